"""`nyckeltal admin`: the first administrator, a new password or an invitation without mail, who may sign in, and letting somebody try again."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from nyckeltal.cli import database, opening, output, webside
from nyckeltal.errors import UserMistake
from nyckeltal.words import Text

NAME = "admin"
HELP = "Make an administrator, give a user a new password, invite somebody, list the accounts, let somebody try to sign in again."
EXAMPLE = "nyckeltal admin create anna"

ROLES = ("agent", "leader", "manager", "evaluator", "client", "representative", "administrator")
_ASKED = "The password is asked for, or read from standard input."
_VERBS = {
    "create": ("make an administrator", _ASKED),
    "password": ("give this user a new password", _ASKED),
    "invite": ("print a link with which somebody new chooses a password", "The link is printed once, works once, and ends after seven days."),
    "unlock": ("let this user try to sign in again after wrong passwords", ""),
    "list": ("say who has an account", ""),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="|".join(_VERBS), required=True)
    for verb, (says, more) in _VERBS.items():
        sub = verbs.add_parser(verb, help=says, description=f"{says.capitalize()}. {more}".strip(), allow_abbrev=False)
        if verb == "list":
            output.add_format(sub)
        else:
            sub.add_argument("name", metavar="NAME", help="the name to sign in with")
        if verb == "invite":
            sub.add_argument("--role", action="append", choices=ROLES, metavar="ROLE", help=f"one of {', '.join(ROLES)}; may be repeated (default: none)")
            sub.add_argument("--address", metavar="URL", help="address of the server, for the link (default: the first of NYCKELTAL_HOSTS)")
        sub.add_argument("--home", type=Path, metavar="FOLDER", default=argparse.SUPPRESS, help="may stand here too")


def run(args: argparse.Namespace) -> int:
    if args.verb in ("password", "unlock", "list") and not database.is_elsewhere():
        opening.there(args.home)  # there is nobody where nothing is, and looking makes no home
    webside.wake(args.home)
    webside.migrate()
    _DO[args.verb](args)
    return 0


def _create(args: argparse.Namespace) -> None:
    webside.make_administrator(args.name, _password())
    print(f"{args.name} is an administrator now.")


def _new_password(args: argparse.Namespace) -> None:
    webside.give_password(args.name, _password())
    print(f"{args.name} has a new password.")


def _invite(args: argparse.Namespace) -> None:
    print(webside.invite(args.name, args.role or [], args.address))


def _unlock(args: argparse.Namespace) -> None:
    forgotten = webside.unlock(args.name)
    print(f"{args.name} may try again." if forgotten else f"{args.name} was not waiting; nothing was changed.")


def _list(args: argparse.Namespace) -> None:
    rows = webside.accounts()
    if args.format == "json":
        output.print_json(rows)
    else:
        output.print_table(rows)


_DO = {"create": _create, "password": _new_password, "invite": _invite, "unlock": _unlock, "list": _list}


def _password() -> str:
    """Typed twice at a terminal, one line of standard input elsewhere; never an argument, which others could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("The same again: "):
        raise UserMistake(Text("cli.passwords_differ", "The two passwords differ. Nothing was changed."))
    return password
