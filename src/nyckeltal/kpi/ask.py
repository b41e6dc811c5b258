"""Asking: a question to the facts, answered with figures, explained, or shown by the contacts behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from nyckeltal.kpi.answer import Answer, Figure
from nyckeltal.kpi.question import Question

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.evidence import Evidence
    from nyckeltal.kpi.explain import Explanation
    from nyckeltal.kpi.request import Request
    from nyckeltal.when.period import Grain


def ask(
    *kpis: str,
    by: str | Iterable[str] = (),
    per: Grain | str | None = None,
    start: date | str | None = None,
    end: date | str | None = None,
    where: str | None = None,
    variant: str | None = None,
    set: Mapping[str, float | str] | None = None,  # noqa: A002 the word of the command line, and of architecture 10 - named like the option --set
    floor: int | None = None,
    within: Mapping[str, Collection[str]] | None = None,
    least_persons: int = 0,
    facts: Facts | None = None,
    home: Path | str | None = None,
    now: datetime | None = None,
) -> Answer:
    """Figures of these KPIs. `start` and `end` are local days, both included; `within` is what the asker may see at most,
    `least_persons` how many agents must stand behind a figure of a group of them."""
    question = Question.of(
        *kpis, by=by, per=per, start=start, end=end, where=where, variant=variant, set=set, floor=floor, within=within, least_persons=least_persons
    )
    return answer(question, facts, home, now)


def answer(question: Question, facts: Facts | None = None, home: Path | str | None = None, now: datetime | None = None) -> Answer:
    """The figures of a question that is an object already. No figure claims to be known beyond `now`."""
    from nyckeltal.kpi import closed
    from nyckeltal.kpi.figures import Figures, refused

    request = requested(question, facts, home, now)
    figures: list[Figure] = []
    for asked in request.asked:
        if asked.plan is None:
            figures.append(refused(asked.kpi, question.variant, asked.refused or asked.kpi.text("reading.empty")))
        else:
            figures += Figures(request, asked.plan).all()
    in_store = facts is None or home is not None
    return Answer(closed.marked(figures, question, request.facts, home) if in_store else tuple(figures), question.first, question.last)


def explain(
    *kpis: str,
    by: str | Iterable[str] = (),
    per: Grain | str | None = None,
    start: date | str | None = None,
    end: date | str | None = None,
    where: str | None = None,
    variant: str | None = None,
    set: Mapping[str, float | str] | None = None,  # noqa: A002 the word of the command line, and of architecture 10
    floor: int | None = None,
    within: Mapping[str, Collection[str]] | None = None,
    facts: Facts | None = None,
    home: Path | str | None = None,
    now: datetime | None = None,
) -> list[Explanation]:
    """The same question in words, formula and SQL: all that `ask` does but the run. One explanation per KPI."""
    from nyckeltal.kpi.explain import explained

    question = Question.of(*kpis, by=by, per=per, start=start, end=end, where=where, variant=variant, set=set, floor=floor, within=within)
    request = requested(question, facts, home, now)
    return [explained(request, asked) for asked in request.asked]


def evidence(
    kpi: str,
    *,
    n: int = 5,
    seed: int = 0,
    start: date | str | None = None,
    end: date | str | None = None,
    where: str | None = None,
    variant: str | None = None,
    set: Mapping[str, float | str] | None = None,  # noqa: A002 the word of the command line, and of architecture 10
    within: Mapping[str, Collection[str]] | None = None,
    among: Collection[str] | None = None,
    facts: Facts | None = None,
    home: Path | str | None = None,
    now: datetime | None = None,
) -> list[Evidence]:
    """Contacts behind a figure, drawn at random, of these contacts where `among` names some; the same seed draws the same."""
    from nyckeltal.kpi.evidence import drawn

    question = Question.of(kpi, start=start, end=end, where=where, variant=variant, set=set, within=within)
    return drawn(requested(question, facts, home, now), n, seed, among)


def requested(question: Question, facts: Facts | None = None, home: Path | str | None = None, now: datetime | None = None) -> Request:
    """A question on its way to the facts of a home folder, unless facts are given."""
    from nyckeltal.kpi.request import Request

    if facts is None:
        from nyckeltal.contacts.store import ContactStore

        facts = ContactStore(home).snapshot()
    return Request(question, facts, home, now)
