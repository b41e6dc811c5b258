"""`nyckeltal ask`: figures, with what they rest on."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from nyckeltal.cli import opening, output
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

    heard(args)
    answer = ask(*args.kpis, **asked(args))
    whole = _as_a_whole(missing, args) if (missing := [kpi for kpi in args.kpis if kpi not in {figure.kpi for figure in answer}]) else []
    if args.format == "json":
        output.print_json([*answer.as_dicts(), *(figure.as_dict() | {"trend": None} for figure in whole)])
    else:
        output.print_table([_row(figure) for figure in answer], empty="No rows fit this question.")
        _say(_messages(answer), sys.stdout)
        _say(_trends(answer), sys.stdout)
        _say((f"{figure.kpi}: {figure.message}" for figure in whole if figure.message), sys.stdout)
    return 1 if answer.refused else 0


def heard(args: argparse.Namespace) -> None:
    """Open the store, and refuse a condition that names what nobody has heard of."""
    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.kpi.unheard import refuse_unheard

    opening.there(args.home)
    opening.bring_up(args.home)
    refuse_unheard(args.where, ContactStore(args.home).snapshot())


def _row(figure: Figure) -> dict[str, Any]:
    """A line for a person: the value in the unit people say it in, its interval, what it was divided from, and how far it is known."""
    row: dict[str, Any] = {"kpi": figure.kpi, "variant": figure.variant}
    row |= {"period": figure.period} if figure.period else {}
    row |= {name: value if value is not None else "(none)" for name, value in figure.by.items()}
    row |= {"value": figure.reason if figure.value is None else said(figure.value, figure.shown_in)}
    row |= {"low": said(figure.low, figure.shown_in), "high": said(figure.high, figure.shown_in), "n": figure.n}
    row |= {"numerator": _plain(figure.numerator), "denominator": _plain(figure.denominator), "beside": _beside(figure)}
    row |= {"known until": None if figure.known_until is None else f"{figure.known_until:%Y-%m-%d %H:%M}Z"}
    return row | {
        "": "provisional" if figure.provisional else "" if figure.revised_from is None else f"revised, was {said(figure.revised_from, figure.shown_in)}"
    }


def _plain(value: float | None) -> float | None:
    """A sum as people write it: whole where it is."""
    return value if value is None else int(value) if float(value).is_integer() else round(value, 2)


def _beside(figure: Figure) -> str:
    """The numbers beside the value, each in its own unit; one that the source does not know is left out."""
    numbers = {name: value for name, value in figure.parts.items() if isinstance(value, int | float) and not isinstance(value, bool)}
    return ", ".join(f"{name} {said(value, 'share' if name == 'share_of_all' else figure.unit)}" for name, value in numbers.items())


def said(value: float | None, unit: str) -> str | None:
    """A value as text: shares in per cent, seconds with one decimal, amounts with their currency, counts whole."""
    if value is None:
        return None
    if unit == "share":
        return f"{value:.2%}"
    if unit == "seconds":
        return f"{value:,.1f} s"
    if unit.startswith("money "):
        return f"{value:,.2f} {unit.removeprefix('money ')}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


def _messages(answer: Answer) -> Iterator[str]:
    """What stands behind the table: why something is refused or not told, what a value leaves out; of other reasons only where there is nothing else."""
    telling = [figure for figure in answer if figure.reason in (None, "refused", "not_in_source")]
    if not any(figure.value is not None for figure in answer):
        telling = list(answer)
    yield from dict.fromkeys(f"{figure.kpi}: {figure.message}" for figure in telling if figure.message)


def _trends(answer: Answer) -> Iterator[str]:
    """A sentence for each series that can be judged."""
    from nyckeltal.kpi.trend import told

    for figure, found in zip(answer, told(answer.figures, answer.first, answer.last), strict=True):
        if found and found["last"] == figure.period:
            whose = ", ".join([figure.kpi, *(str(value) for value in figure.by.values())])
            yield f"{whose}: {found['says']}"


def _as_a_whole(kpis: Sequence[str], args: argparse.Namespace) -> list[Figure]:
    """Why there is no line for these KPIs: the reason that the same question has when it is asked as a whole."""
    from nyckeltal.kpi.ask import ask

    return [figure for figure in ask(*kpis, **(asked(args) | {"by": (), "per": None, "floor": 0})) if figure.value is None]


def _say(messages: Iterable[str], to: TextIO) -> None:
    for message in messages:
        print(message, file=to)
