"""The engine against plain Python on random contact centres: every KPI, its variants, dimensions and grains, and sums that add up."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oracle
from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask
from oracle import Result, definition, worlds
from oracle.dimensions import DIMENSIONS

KPIS = definition.catalogue()
SHAPES = [(), *((name,) for name in DIMENSIONS), ("team", "queue"), ("agent", "channel"), ("agent", "team"), ("queue", "reason2"), ("leader", "weekday")]
WHERE = ("queue == 'qa'", "agent == 'anna'", "team == 'nord'", "channel in ('voice', 'chat')", "reason2 == 'sum' or area is None", "not weekday in (1, 7)")
WITHIN: tuple[dict[str, Any], ...] = (
    {"client": ["c1"]},
    {"team": ["syd"]},
    {"queue": ["qb", "qc"]},
    {"agent": ["eva"]},
    {"leader": ["eva"], "client": ["c1", "c2"]},
)
GRAINS = (None, None, "month", "week", "day", "quarter", "year")
PERIODS = (None, None, (date(2026, 3, 29), date(2026, 3, 30)), (date(2026, 3, 1), date(2026, 4, 1)), (date(2026, 10, 25), date(2026, 11, 1)))
NIGHTS = ((date(2026, 3, 29), date(2026, 3, 30)), (date(2026, 10, 25), date(2026, 10, 26)))  # hours and quarters are listed all, so one day at a time
PARTITIONS = ("client", "channel", "reason1", "weekday")

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
Key = tuple[Any, ...]


def centres(number: int) -> settings:
    """So many random centres; as many as the profile says when there is time (NYCKELTAL_SOAK=1)."""
    return settings() if SOAK else settings(max_examples=number)


@st.composite
def questions(draw: st.DrawFn, kpi: str) -> dict[str, Any]:
    per = draw(st.sampled_from((*GRAINS, "hour", "interval")))
    return {
        "kpi": kpi,
        "variant": draw(st.sampled_from(definition.variants(kpi))),
        "by": draw(st.sampled_from(SHAPES)),
        "per": per,
        "period": draw(st.sampled_from(NIGHTS if per in ("hour", "interval") else PERIODS)),
        "given": draw(st.sampled_from(({}, {}, *GIVEN.get(kpi, ())))),
        "where": draw(st.sampled_from((None, None, None, None, *WHERE))),
        "within": draw(st.sampled_from(({}, {}, {}, {}, {}, *WITHIN))),
    }


GIVEN: Mapping[str, Sequence[Mapping[str, float]]] = {
    "service_level": ({"within": 12}, {"short": 0, "within": 30}),
    "answer_rate": ({"short": 12},),
    "fcr": ({"window": 1}, {"window": 14}),
    "repeat_contact_rate": ({"window": 3},),
    "logged_share": ({"within": 2},),
}


def asked(facts: World, kpi: str, by: Sequence[str] = (), per: str | None = None, period: Any = None, given: Any = None, **other: Any) -> dict[Key, Figure]:
    """The engine's figures by the oracle's keys; a lone refusal under ("refused",)."""
    start, end = (period[0], period[1] - timedelta(days=1)) if period else (None, None)
    figures = ask(kpi, by=by, per=per, start=start, end=end, set=given, floor=0, facts=facts, **other).figures
    if [figure.reason for figure in figures] == ["refused"] and not figures[0].by:
        return {("refused",): figures[0]}
    keyed = {(figure.period if per else None, *(figure.by[name] for name in by)): figure for figure in figures}
    assert len(keyed) == len(figures), "a group stands twice"
    return keyed


def close(left: Any, right: Any) -> bool:
    if isinstance(left, float | int) and isinstance(right, float | int):
        return abs(left - right) <= 1e-9 * max(1, abs(left))
    return bool(left == right)


def is_empty(figure: Figure) -> bool:
    """A period in which a group has nothing: listed so that no period is left out."""
    return not figure.n and not figure.value and figure.reason in (None, "no_data", "not_in_source", "refused")


def differences(mine: dict[Key, Result], theirs: dict[Key, Figure]) -> list[str]:
    """What the engine says otherwise, group by group."""
    found = [f"only the oracle lists {key}" for key in mine.keys() - theirs.keys()]
    found += [f"only the engine lists {key}: {theirs[key]}" for key in theirs.keys() - mine.keys() if not is_empty(theirs[key])]
    for key in mine.keys() & theirs.keys():
        if theirs[key].reason == "not_in_source" and not mine[key].n:
            continue  # a finer word for no data, and for a count of nothing
        for name in ("reason", "value") if mine[key].reason == "refused" else ("value", "numerator", "denominator", "n", "reason"):
            if not close(getattr(mine[key], name), getattr(theirs[key], name)):
                found.append(f"{key} {name}: {getattr(mine[key], name)} by hand, {getattr(theirs[key], name)} by the engine")
        beside = {} if mine[key].value is None else mine[key].beside  # without a value there is nothing to stand beside
        beside = {name: value for name, value in beside.items() if not close(value, theirs[key].parts.get(name))}
        found += [f"{key} beside {name}: {value} by hand, {theirs[key].parts.get(name)} by the engine" for name, value in beside.items()]
    return found


FACTS = {"contact": "contact_id", "queue_visit": "visit_id", "segment": "segment_id", "case": "case_id", "survey_response": "response_id"}
SAME = {"marks", "concurrency", "is_derived", "reason_id"}  # as loaded, filled by the store, or on one side only
FILLED = {"wait_s": "waited_s", "outcome": "ended_as"}  # what a row does not say and its visits or clocks do stands in a word of its own


@centres(5)
@given(worlds.worlds())
def test_the_words_kept_at_load_are_what_plain_python_makes_of_the_rows(world: tuple[worlds.Rows, datetime | None]) -> None:
    facts, centre = World.of(*world), oracle.World(*world)
    for table, key in FACTS.items():
        kept, mine = ({row[key]: row for row in rows} for rows in (facts.tables[table].to_pylist(), centre.tables[table]))
        assert kept.keys() == mine.keys()
        for name, row in mine.items():
            words = [word for word in row if word in kept[name] and word not in SAME]
            told = {word: kept[name].get(FILLED.get(word, word), kept[name][word]) for word in words}
            assert {word: (row[word], told[word]) for word in words if not close(row[word], told[word])} == {}


@centres(5)
@given(worlds.worlds(), st.data())
def test_the_engine_counts_as_plain_python_does(world: tuple[worlds.Rows, datetime | None], data: st.DataObject) -> None:
    rows, known_until = world
    facts, centre = World.of(rows, known_until), oracle.World(rows, known_until)
    for kpi in KPIS if SOAK else data.draw(st.permutations(KPIS))[:12]:
        question = data.draw(questions(kpi))
        assert differences(oracle.ask(centre, **question), asked(facts, **question)) == [], question


@centres(3)
@given(worlds.worlds(), st.data())
def test_parts_add_up_to_the_whole(world: tuple[worlds.Rows, datetime | None], data: st.DataObject) -> None:
    """What is summed over the values of any dimension is what is summed without it, as long as rows stay what is counted."""
    facts = World.of(*world)
    for kpi in data.draw(st.permutations(KPIS))[: 8 if SOAK else 6]:
        variant, by = data.draw(st.sampled_from(definition.variants(kpi))), data.draw(st.sampled_from(PARTITIONS))
        whole = asked(facts, kpi, variant=variant)
        parts = asked(facts, kpi, (by,), variant=variant)
        if ("refused",) in {*whole, *parts}:
            continue
        for name in ("numerator", "n", *(() if definition.effective(kpi, None, variant)["kind"] == "count" else ("denominator",))):
            summed = sum(getattr(figure, name) or 0 for figure in parts.values())
            assert summed == pytest.approx(getattr(whole[None,], name) or 0, abs=1e-9), (kpi, variant, by, name)


@cache
def _empty() -> World:
    return World.of({})


@pytest.mark.parametrize("kpi", KPIS)
def test_an_empty_centre_has_no_values_and_no_contacts(kpi: str) -> None:
    facts, centre = _empty(), oracle.World({})
    for variant in definition.variants(kpi):
        for by in ((), ("agent",)):
            found = asked(facts, kpi, by, variant=variant)
            assert differences(oracle.ask(centre, kpi, by, variant=variant), found) == [], (variant, by)
            assert all(figure.value in (None, 0) for figure in found.values())


def _at(minutes: int, base: datetime) -> dict[str, Any]:
    known = {"client_id": "c1", "queue_id": "qa", "channel": "voice", "outcome": "answered"}
    return {"contact_id": f"{minutes}", "offered_at": base + timedelta(minutes=minutes), **known}


@pytest.mark.parametrize("zone", worlds.ZONES)
@pytest.mark.parametrize(("night", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)], ids=("spring", "autumn"))
def test_the_night_the_clock_changes_has_its_own_number_of_hours(zone: str, night: date, hours: int) -> None:
    """A contact every half hour for two days: the local day holds as many as it is long, and no hour stands twice."""
    noon_before = datetime(night.year, night.month, night.day, 12, tzinfo=UTC) - timedelta(days=1)
    rows = {
        "client": [{"client_id": "c1"}],
        "queue": [{"queue_id": "qa", "client_id": "c1", "tz": zone}],
        "contact": [_at(minutes, noon_before) for minutes in range(0, 48 * 60, 30)],
    }
    facts, centre = World.of(rows), oracle.World(rows)
    period = (night, night + timedelta(days=1))
    whole = asked(facts, "contacts_offered", period=period)
    assert whole[None,].value == 2 * hours
    for per in ("hour", "interval", "day"):
        found = asked(facts, "contacts_offered", per=per, period=period)
        assert differences(oracle.ask(centre, "contacts_offered", per=per, period=period), found) == []
    assert [figure.value for figure in asked(facts, "contacts_offered", per="hour", period=period).values()] == [2] * hours
