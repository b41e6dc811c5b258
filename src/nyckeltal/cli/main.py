"""Finds the commands that lie beside it, runs one, and turns mistakes into sentences and exit codes: 0 done, 1 "no" or refused, 2 wrong usage."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from nyckeltal import cli
from nyckeltal.cli import mishap
from nyckeltal.errors import BadQuestion, UserMistake

DONE, NO, WRONG_USAGE, STOPPED = 0, 1, 2, 130


class Command(Protocol):
    """What each file of this folder that is a command has. `run` returns the exit code."""

    NAME: str
    HELP: str
    EXAMPLE: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


def commands() -> dict[str, Command]:
    """All commands by name, in the order of the alphabet; a file without NAME helps the others and is none."""
    modules = (importlib.import_module(f"{cli.__name__}.{found.name}") for found in pkgutil.iter_modules(cli.__path__))
    found = [cast("Command", module) for module in modules if hasattr(module, "NAME")]
    return {command.NAME: command for command in sorted(found, key=lambda command: command.NAME)}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="nyckeltal",
        description="Measure customer service, choose the few figures that matter, and explain every one of them.",
        epilog="example: nyckeltal ask service_level --per month --by queue",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"nyckeltal {_version()}")
    rooms = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in commands().items():
        _add(rooms, name, command)
    return top


def _version() -> str:
    from importlib.metadata import version

    return version("nyckeltal")


def _add(rooms: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: Command) -> None:
    sub = rooms.add_parser(
        name,
        help=command.HELP,
        description=command.HELP,
        epilog=f"example:\n  {command.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    sub.add_argument("--home", type=Path, metavar="FOLDER", help="folder that holds everything (default: NYCKELTAL_HOME, else ./nyckeltal-data)")
    command.add_arguments(sub)
    sub.set_defaults(run=command.run, command=name)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. argparse leaves with 2 by itself where the usage is wrong."""
    args = parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except UserMistake as mistake:
        mishap.say(mistake)
        return WRONG_USAGE if isinstance(mistake, BadQuestion) else NO
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED
    except BrokenPipeError:  # whoever read us (head, less) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as fault:  # noqa: BLE001 a fault of ours, whatever it is, is told as an apology and kept for whoever mends it
        mishap.apologise(fault, args.home)
        return NO
    return code


if __name__ == "__main__":
    sys.exit(main())
