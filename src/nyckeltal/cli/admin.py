"""`nyckeltal admin`: the first administrator, and a new password without mail."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from nyckeltal.cli import webside
from nyckeltal.errors import UserMistake
from nyckeltal.words import Text

NAME = "admin"
HELP = "Make an administrator, or give a user a new password."
EXAMPLE = "nyckeltal admin create anna"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="create|password", required=True)
    for verb, says in (("create", "make an administrator"), ("password", "give this user a new password")):
        sub = verbs.add_parser(verb, help=says, description=f"{says.capitalize()}. The password is asked for, or read from standard input.", allow_abbrev=False)
        sub.add_argument("name", metavar="NAME", help="the name to sign in with")
        sub.add_argument("--home", type=Path, metavar="FOLDER", default=argparse.SUPPRESS, help="may stand here too")


def run(args: argparse.Namespace) -> int:
    webside.wake(args.home)
    webside.migrate()
    password = _password()
    if args.verb == "create":
        webside.make_administrator(args.name, password)
        print(f"{args.name} is an administrator now.")
    else:
        webside.give_password(args.name, password)
        print(f"{args.name} has a new password.")
    return 0


def _password() -> str:
    """Typed twice at a terminal, one line of standard input elsewhere; never an argument, which others could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("The same again: "):
        raise UserMistake(Text("cli.passwords_differ", "The two passwords differ. Nothing was changed."))
    return password
