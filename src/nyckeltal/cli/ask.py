"""`nyckeltal ask`: figures, with what they rest on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from nyckeltal.cli import output
from nyckeltal.cli.question import add_question, asked

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Answer, Figure

NAME = "ask"
HELP = "Ask for figures: one or several KPIs, by any dimension and period."
EXAMPLE = "nyckeltal ask service_level asa --by queue --per month --from 2026-01-01 --to 2026-03-31"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_question(parser)
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.kpi.ask import ask

    answer = ask(*args.kpis, **asked(args))
    if args.format == "json":
        output.print_json(answer.as_dicts())
    else:
        output.print_table([_row(figure) for figure in answer], empty="No rows fit this question.")
        _say_refusals(answer)
    return 1 if answer.refused else 0


def _row(figure: Figure) -> dict[str, Any]:
    """A line for a person: the value in the unit people say it in, its interval, and what it rests on."""
    row: dict[str, Any] = {"kpi": figure.kpi, "variant": figure.variant}
    row |= {"period": figure.period} if figure.period else {}
    row |= {name: value if value is not None else "(none)" for name, value in figure.by.items()}
    row |= {"value": figure.reason if figure.value is None else said(figure.value, figure.unit)}
    row |= {"low": said(figure.low, figure.unit), "high": said(figure.high, figure.unit), "n": figure.n, "beside": _beside(figure)}
    return row | {"": "provisional" if figure.provisional else ""}


def _beside(figure: Figure) -> str:
    """The numbers beside the value, each in its own unit; one that the source does not know is left out."""
    numbers = {name: value for name, value in figure.parts.items() if isinstance(value, int | float) and not isinstance(value, bool)}
    return ", ".join(f"{name} {said(value, 'share' if name == 'share_of_all' else figure.unit)}" for name, value in numbers.items())


def said(value: float | None, unit: str) -> str | None:
    """A value as text: shares in per cent, seconds with one decimal, counts whole."""
    if value is None:
        return None
    if unit == "share":
        return f"{value:.2%}"
    if unit == "seconds":
        return f"{value:,.1f} s"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _say_refusals(answer: Answer) -> None:
    for message in dict.fromkeys(str(figure.message) for figure in answer if figure.reason == "refused" and figure.message):
        print(message)
