"""`nyckeltal explain`: the same question in words, formula and SQL, with its worked case."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from nyckeltal.cli import output
from nyckeltal.cli.question import add_question, asked

if TYPE_CHECKING:
    from nyckeltal.kpi.ask import Explanation

NAME = "explain"
HELP = "Explain a figure: the question in words, the formula, the SQL that counts it, and a worked case."
EXAMPLE = "nyckeltal explain service_level --by queue --set within=30"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_question(parser)
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.kpi.ask import explain

    explanation = explain(*args.kpis, **asked(args))
    told = explanation if isinstance(explanation, list | tuple) else [explanation]
    if args.format == "json":
        output.print_json([_as_dict(each) for each in told])
    else:
        for each in told:
            _print(_as_dict(each))
    return 0


def _as_dict(explanation: Explanation) -> Mapping[str, object]:
    return explanation.as_dict()


def _print(told: Mapping[str, object]) -> None:
    print(told)
