"""`nyckeltal explain`: the same question in words, formula and SQL, with its worked case."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.cli import output
from nyckeltal.cli.ask import heard
from nyckeltal.cli.page import episodes, given, results, source
from nyckeltal.cli.question import add_question, asked

if TYPE_CHECKING:
    from nyckeltal.kpi.explain import Explanation

NAME = "explain"
HELP = "Explain a figure: the question in words, the formula, the SQL that counts it, and a worked case."
EXAMPLE = "nyckeltal explain service_level --by queue --set within=30"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_question(parser)
    output.add_format(parser)


def run(args: argparse.Namespace) -> int:
    from nyckeltal.kpi.ask import explain

    heard(args)
    explanations = explain(*args.kpis, **asked(args))
    if args.format == "json":
        output.print_json([explanation.as_dict() for explanation in explanations])
    else:
        print("\n\n".join("\n".join(_lines(explanation)) for explanation in explanations))
    return 1 if any(explanation.refused for explanation in explanations) else 0


def _lines(told: Explanation) -> Iterator[str]:
    """From the question down to the SQL, as one reads."""
    yield f"{told.name} ({told.kpi}, version {told.version}, variant {told.variant}: {told.called})"
    yield str(told.asks)
    if told.refused:
        yield f"Cannot be asked so: {told.refused}"
        return
    yield from _in_words(told)
    yield from ("", "Formula", *(f"  {key}: {value}" for key, value in told.formula.items()))
    yield from (f"  {name} = {value}" for name, value in told.settings.items())
    if told.case:
        yield from ("", f"Worked case: {told.case.get('say', '')}", *(f"  {line}" for line in given(told.case)), f"  gives {results(told.case)}")
    for sql in told.sql:
        yield from ("", "SQL", sql)


def _in_words(told: Explanation) -> Iterator[str]:
    """A fraction as it is written by hand; what there is only one of stands alone."""
    over = [str(part) for part in (told.top, told.bottom) if part]
    yield from ("", f"  {over[0]}")
    if len(over) > 1:
        yield from (f"  {'─' * min(100, max(map(len, over)))}", f"  {over[1]}")
    if told.caution:
        yield from ("", f"Mind: {told.caution}")
    if told.interval:
        yield from ("", f"How sure: {told.interval}")
    if told.sums:
        yield from ("", f"Without contacts: {told.sums}")
    if told.benchmark:
        yield from ("", f"From outside: {told.benchmark['text']} ({source(told.benchmark)})")
    if told.history:
        yield from ("", "History", *(f"  {line}" for line in episodes(told.history)))
