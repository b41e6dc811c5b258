"""Every key figure by everything it can be asked by, on a small centre that has a little of each fact: an answer or a reason, never an error."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

import oracle
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import REASONS, Answer
from nyckeltal.kpi.ask import ask
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.compile import Refused, compile_plan
from nyckeltal.kpi.question import Question
from nyckeltal.kpi.vocabulary import COUNTED, DIMENSIONS, LINKS, dates, dimensions, level_of, place, usual_credit, words
from oracle import working

MADE = {name for name, table in TABLES.items() if table.made}
SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"  # there is time for one question after the other
GRAINS = ("month", "quarter", "week", "day", "hour", "interval")


@cache
def small() -> World:
    rows: dict[str, Any] = {fact: [{}, {}] for fact in COUNTED if fact not in MADE}
    rows["agent"] = [{"agent_id": "anna", "hired_on": "2025-01-01"}, {"agent_id": "bengt", "hired_on": "2025-06-01", "left_on": "2026-03-20"}]
    rows["team"] = [{"team_id": "nord", "queue_ids": ["q1"], "client_ids": ["c1"]}]
    rows["team_membership"] = [{"agent_id": agent, "team_id": "nord", "valid_from": "2025-01-01"} for agent in ("anna", "bengt")]
    rows["employment"] = [{"agent_id": agent, "valid_from": "2025-01-01"} for agent in ("anna", "bengt")]
    for fact in ("agent_state", "schedule_shift", "absence", "feedback_talk", "qa_evaluation", "sale", "order", "retention_case", "contact"):
        rows[fact] = [{"agent_id": agent} for agent in ("anna", "bengt")]
    for fact in ("agent_state", "schedule_shift"):
        rows[fact] = [{**row, "started_at": "2026-03-02T21:30:00Z", "ended_at": "2026-03-02T23:40:00Z"} for row in rows[fact]]
    rows["finance_month"] = [{"service_cost": 1000, "revenue": 9000, "currency": "SEK"}]
    return World.of(rows, defaults=True)


LEVELS: dict[str | None, tuple[str, ...]] = {
    None: tuple(name for name in DIMENSIONS if level_of(frozenset({name})) is None),
    **{level: tuple(name for name in DIMENSIONS if level_of(frozenset({name})) == level) for level in ("queue", "team", "agent")},
}


def asked(kpi: str, **question: Any) -> Answer:
    answer = ask(kpi, facts=small(), floor=0, **{"start": "2026-03", "end": "2026-03", **question})
    assert answer.as_dicts() is not None
    for figure in answer:
        assert (figure.value is None) == (figure.reason in REASONS), figure
        assert figure.reason != "refused" or str(figure.message), figure
    return answer


def allowed(kpi: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the dimensions that it can be asked by; each of the others has a reason."""
    return tuple(name for name in names if why_not(kpi, name) is None)


def why_not(kpi: str, name: str) -> str | None:
    try:
        compile_plan(Question.of(kpi, by=name), catalogue()[kpi], catalogue())
    except Refused as refused:
        return str(refused.text)
    return None


@pytest.mark.parametrize("kpi", sorted(catalogue()))
def test_every_key_figure_can_be_asked_by_everything_or_says_why_not(kpi: str) -> None:
    groups = {level: allowed(kpi, names) for level, names in LEVELS.items()}
    assert any(groups.values()), "it could be asked by nothing"
    there = [names for names in groups.values() if names]
    for names in there if SOAK else [there[sorted(catalogue()).index(kpi) % len(there)]]:
        asked(kpi, by=names, per="month" if SOAK else GRAINS[sorted(catalogue()).index(kpi) % 4])
        if SOAK:
            assert all(asked(kpi, by=name) for name in names)


@pytest.mark.parametrize("kpi", [kpi for at, kpi in enumerate(sorted(catalogue())) if SOAK or at % 3 == 0])
def test_every_key_figure_can_be_asked_per_everything_or_says_why_not(kpi: str) -> None:
    for grain in GRAINS if SOAK else ("interval",):
        asked(kpi, per=grain, **({"start": "2026-03-02", "end": "2026-03-02"} if grain in ("hour", "interval") else {}))


@cache
def at_work() -> tuple[World, oracle.World]:
    rows = working.rows(1)
    return World.of(rows, working.KNOWN_UNTIL), oracle.World(rows, working.KNOWN_UNTIL)


@pytest.mark.parametrize("kpi", sorted(catalogue()))
@pytest.mark.parametrize("whole", [True, False] if SOAK else [False])
def test_a_random_centre_at_work_gives_what_plain_python_makes_of_it(kpi: str, whole: bool) -> None:
    """One of many, by team where that can be asked; the others, with every variant and grain, are asked in test_working.py."""
    by = () if whole else allowed(kpi, ("team",))
    (facts, plain), (first, end) = at_work(), working.PERIOD
    figures = ask(kpi, facts=facts, by=by, start=first, end=end - timedelta(days=1), floor=0)
    mine = oracle.ask(plain, kpi, by, period=working.PERIOD)
    if figures.refused:
        assert {found.reason for found in mine.values()} == {"refused"}
        return
    theirs = {(None, *figure.by.values()): figure.value or 0 for figure in figures if figure.reason != "hidden"}
    assert theirs == {key: pytest.approx((mine[key].value or 0) if key in mine else 0, rel=1e-9) for key in theirs}


@pytest.mark.parametrize("fact", COUNTED)
def test_every_fact_has_a_place_in_time_words_and_links_that_lead_somewhere(fact: str) -> None:
    placed = place(fact)
    assert placed is not None
    table = TABLES[fact]
    assert all(column is None or column in table for column in (placed.moment, placed.day, placed.minute, placed.offset_s))
    assert placed.moment in dates(fact) or placed.moment == "local_date"
    for link, (to, key) in LINKS[fact].items():
        assert key in words(fact), (fact, link)
        assert TABLES[to].key, (fact, link)
    assert dimensions(fact, usual_credit(fact), placed) or fact == "outage"


def test_every_key_figure_has_an_answer_where_most_facts_are_silent() -> None:
    """The centre everybody knows has people and no evaluations, talks, shifts or sales."""
    import world

    facts = World.of({table: [{"source": "world", **row} for row in rows] for table, rows in world.rows.items()})
    answer = ask(*catalogue(), facts=facts, floor=0)
    assert {figure.kpi for figure in answer} == set(catalogue())
    assert all((figure.value is None) == (figure.reason in REASONS) for figure in answer)
