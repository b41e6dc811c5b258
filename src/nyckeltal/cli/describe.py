"""`nyckeltal describe`: what a file looks like, and a mapping file to start from. What it prints is that mapping file, the findings as comments."""

from __future__ import annotations

import argparse
from pathlib import Path

from nyckeltal.cli import output

NAME = "describe"
HELP = "Say what system a file looks like, name its columns, and propose a mapping file."
EXAMPLE = "nyckeltal describe calls.csv > calls.toml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.sources.load import describe

    description = describe(args.file)
    if args.format == "json":
        output.print_json(description.as_dict())
    else:
        print(description.mapping_toml())
    return 0
