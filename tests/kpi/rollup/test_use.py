"""An answer from sums by day is the answer of the rows, whatever is asked: every key figure in every variant, by all it can be asked by."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import rolled
from batches import put
from nyckeltal.contacts.expression import Name
from nyckeltal.contacts.store import ContactStore
from nyckeltal.contacts.trace import FOLDER
from nyckeltal.kpi.ask import answer
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.compile import Measure
from nyckeltal.kpi.engine import cells
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.question import Question
from nyckeltal.kpi.rollup import held, use
from nyckeltal.kpi.rollup.cuts import keeps_values
from nyckeltal.kpi.upkeep import keep
from nyckeltal.kpi.vocabulary import DIMENSIONS
from rolled import ASKED, differences

SOAK = bool(os.environ.get("NYCKELTAL_SOAK"))
PERIOD: dict[str, Any] = {"start": "2026-03-23", "end": "2026-04-12", "floor": 0}
MONTHS: dict[str, Any] = {"start": "2026-02-01", "end": "2026-04-30", "floor": 0}
SAMPLE = (
    Question.of("service_level", "abandonment_rate", per="day", where="channel == 'voice' and client != 'two'", **PERIOD),
    Question.of("service_level", by="team", within={"team": ["nord"]}, **PERIOD),
    Question.of("fcr", by="agent", per="month", variant="agent_flag", **PERIOD),
    Question.of("fcr", "logged_share", by="channel", where="queue == 'q1'", **PERIOD),
    Question.of("aht", by=("leader", "channel"), least_persons=2, **PERIOD),
    Question.of("aht", by="tenure", set={}, **PERIOD),
    Question.of("service_level", by="queue", set={"within": 30}, **PERIOD),
    Question.of("contacts_handled", by="weekday", per="quarter", **PERIOD),
    Question.of("failure_demand_share", by=("reason1", "area"), per="year", **PERIOD),
    Question.of("asa", per="month", **MONTHS),
    Question.of("asa", "first_reply_time", by="client", per="quarter", **MONTHS),
    Question.of("asa", variant="all", where="client == 'two'", **MONTHS),
    Question.of("asa", "first_reply_time", within={"client": ["one"]}, per="year", **MONTHS),
    Question.of("asa", per="month", where="channel != 'chat'", **MONTHS),
    Question.of("asa", per="month", **PERIOD),
)


@pytest.mark.parametrize("number", range(len(SAMPLE)))
def test_an_answer_from_sums_is_that_of_the_rows(kept_home: Path, number: int) -> None:
    assert differences(SAMPLE[number], ContactStore(kept_home).snapshot(), kept_home) == []


def test_what_is_kept_is_not_counted_again(kept_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ContactStore(kept_home).snapshot()
    asked = ASKED[:3]  # the last one's intervals are told from the values themselves
    for question in asked:
        answer(question, facts, kept_home, rolled.NOW)  # what each source tells is remembered from then on
    fetched, days = engine.fetched, []

    def spied(prepared: engine.Prepared, *given: Any) -> pa.Table:
        days.append((prepared.scan.first, prepared.scan.last))
        return fetched(prepared, *given)

    monkeypatch.setattr(engine, "fetched", spied)
    for question in asked:
        answer(question, facts, kept_home, rolled.NOW)
    assert days
    assert all(first is not None and first == last for first, last in days), "rows are read of single days only, that have matured in part"


def test_percentiles_of_whole_months_are_told_from_how_often_each_value_occurs(kept_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts, ranked, found = ContactStore(kept_home).snapshot(), cells.percentiles, []
    monkeypatch.setattr(cells, "percentiles", lambda *given: found.append(given) or ranked(*given))
    for question, from_values in ((ASKED[3], True), (Question.of("asa", per="week", **MONTHS), False), (Question.of("asa", by="weekday", floor=0), False)):
        found.clear()
        assert differences(question, facts, kept_home) == []
        assert bool(found) == from_values, question


@pytest.mark.parametrize(("beside", "told"), [({}, True), ({"missing": 0.0}, False), ({"missing": 5.0}, False), ({"per": "contact_id"}, False)])
def test_values_tell_a_percentile_only_where_nothing_else_of_their_rows_counts(beside: dict[str, Any], told: bool) -> None:
    assert keeps_values(Measure("quantile", of=Name("wait_s", "seconds"), at=0.5, **beside)) == told


@pytest.mark.parametrize("by", [(), ("queue",), ("agent",), ("reason1",)])
def test_the_interval_of_a_few_dozen_durations_goes_by_their_logarithms_from_sums_too(tmp_path: Path, by: tuple[str, ...]) -> None:
    start = datetime(2026, 4, 1, 9, tzinfo=UTC)
    took = {"own_agent_id": "a1", "outcome": "answered", "wait_s": 5.0, "own_hold_s": 1.0, "own_acw_s": 2.0}
    contacts = [
        {"contact_id": f"c{n}", "client_id": "one", "queue_id": "q1", "reason_id": "r", "channel": "voice", "own_talk_s": 30 * 1.09**n, **took,
         "offered_at": start + timedelta(hours=n)}
        for n in range(40)
    ]  # fmt: skip
    put(ContactStore(tmp_path), "few", {"contact": contacts}, now=rolled.NOW)
    with pytest.MonkeyPatch.context() as patched:
        rolled.only_contacts(patched)
        assert keep.keep(tmp_path)
    question = Question.of("aht", by=by, variant="segment" if by == ("reason1",) else None, **{**MONTHS, "floor": 0})
    assert held.of(ContactStore(tmp_path).snapshot()) is not None
    assert differences(question, ContactStore(tmp_path).snapshot(), tmp_path) == []


def test_a_wrong_sum_would_be_seen(kept_home: Path, tmp_path: Path) -> None:
    """The comparison compares: cells that are not what their rows are make answers differ."""
    shelf = held.read(kept_home)
    assert shelf is not None
    wrong = {name: replace(table, months=_doubled(table, kept_home / FOLDER, tmp_path)) for name, table in shelf.tables.items()}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(held, "of", lambda _facts: replace(shelf, tables=wrong))
        assert differences(ASKED[0], ContactStore(kept_home).snapshot(), kept_home) != []


def _doubled(table: held.Table, folder: Path, into: Path) -> dict[str, str]:
    """The months of a table, with every count twice of what it is."""
    for file in table.months.values():
        told = pq.read_table(folder / file)
        twice = {name: pc.multiply(told[name], 2) if pa.types.is_integer(told[name].type) else told[name] for name in told.column_names}
        pq.write_table(pa.table(twice), into / file)
    return {month: str(into / file) for month, file in table.months.items()}


def test_spark_reads_the_rows(kept_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(use, "runner", lambda: type("Elsewhere", (), {"name": "spark"}))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cells, "add_up", lambda *_given: pytest.fail("sums lie where Spark does not look"))
        assert answer(ASKED[1], ContactStore(kept_home).snapshot(), kept_home, rolled.NOW).figures


# ── all of it ──


@pytest.fixture(scope="module")
def whole_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A centre with a little of each fact, whose sums are all kept."""
    home = tmp_path_factory.mktemp("whole") / "home"
    rolled.stored(home)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(keep.SETTING, "0")
        patched.setattr(keep, "ROWS_A_VALUE", 0)
        assert keep.keep(home)
        yield home


@pytest.mark.skipif(not SOAK, reason="minutes")
@pytest.mark.parametrize("kpi", sorted(catalogue()))
def test_every_key_figure_is_the_same_from_sums(whole_home: Path, kpi: str) -> None:
    facts = ContactStore(whole_home).snapshot()
    draw = random.Random(kpi)
    every = [
        (variant, by, per) for variant in catalogue()[kpi].variant_names for by in ((), *((name,) for name in DIMENSIONS)) for per in (None, "month", "week")
    ]
    every += [(None, tuple(draw.sample(sorted(DIMENSIONS), 2)), draw.choice(("day", "quarter", None))) for _ in range(20)]
    span: dict[str, Any] = {"start": "2026-01-15", "end": "2026-06-10", "floor": 0}
    asked = [Question.of(kpi, variant=variant, by=by, per=per, **span) for variant, by, per in every]
    asked += [Question.of(kpi, by="client", per="month", where="client == 'one'", **span), Question.of(kpi, within={"client": ["two"]}, per="month", **span)]
    asked += [Question.of(kpi, by=by, least_persons=3, **span) for by in ("team", "leader", "tenure")]
    asked += [Question.of(kpi, variant=variant, by=by, per=per, **MONTHS) for variant, by, per in every if per != "week"]
    assert [found for question in asked for found in differences(question, facts, whole_home)] == []
