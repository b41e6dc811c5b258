"""What is run, how often, and over which files."""

from __future__ import annotations

import math
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import duckdb
import ibis
import pytest

from nyckeltal import ask
from nyckeltal.contacts.world import World
from nyckeltal.kpi.engine import run as engine
from nyckeltal.stats.mean import modified_cox
from oracle import definition


class Watched(World):
    """A world that remembers which months were asked of it."""

    asked: tuple[tuple[str, Collection[str] | None], ...] = ()

    def attach(
        self,
        con: duckdb.DuckDBPyConnection,
        table: str,
        months: Collection[str] | None = None,
        name: str | None = None,
        words: Collection[str] | None = None,
    ) -> None:
        self.asked = (*self.asked, (name or table, months))
        super().attach(con, table, months, name, words)


def world() -> Watched:
    moments = [datetime(2026, month, 2, 9, tzinfo=UTC) for month in (1, 2, 3, 4, 5)]
    rows: dict[str, list[dict[str, Any]]] = {"contact": [{"offered_at": moment, "wait_s": 5} for moment in moments]}
    rows["case"] = [{"opened_at": moments[0], "closed_at": moments[2]}]
    return Watched(World.of(rows, defaults=True).tables)


def runs(*kpis: str, **question: Any) -> int:
    with patch.object(engine, "fetched", wraps=engine.fetched) as ran:
        ask(*kpis, facts=world(), floor=0, **question)
    return ran.call_count


def test_kpis_over_the_same_rows_share_one_scan() -> None:
    assert runs("answer_rate", "abandonment_rate") == 1
    assert runs("contacts_offered", "contacts_handled") == 1
    assert runs("contacts_offered", "service_level") == 1


def test_a_shape_is_compiled_once() -> None:
    facts = world()
    ask("asa", by="channel", facts=facts, floor=0)
    with patch.object(ibis, "to_sql", side_effect=AssertionError("compiled again")):
        ask("asa", by="channel", facts=facts, floor=0)


def test_another_period_and_another_asker_are_the_same_shape() -> None:
    facts = world()
    ask("asa", start="2026-01", end="2026-03", within={"client": ["c1"]}, facts=facts, floor=0)
    ask("asa", start="2026-01", end="2026-03", within={"client": ["nobody"]}, facts=facts, floor=0)  # what it then asks: why there is nothing
    with patch.object(ibis, "to_sql", side_effect=AssertionError("compiled again")):
        (figure,) = ask("asa", start="2026-02", end="2026-05", within={"client": ["o'hara", "c1"]}, facts=facts, floor=0)
        assert figure.n == 4
        (figure,) = ask("asa", start="2026-02", end="2026-05", within={"client": ["o'hara"]}, facts=facts, floor=0)
        assert figure.n == 0
    (figure,) = ask("contacts_offered", within={"client": []}, facts=facts)
    assert figure.n == 0


def test_only_the_months_asked_for_are_read() -> None:
    facts = world()
    ask("contacts_offered", start="2026-02-10", end="2026-03-10", facts=facts)
    assert facts.asked[-1] == ("contact", ["2026-02", "2026-03"])


def test_a_case_closed_in_march_may_lie_in_january() -> None:
    facts = world()
    (figure,) = ask("contacts_per_case", start="2026-03", end="2026-03", facts=facts, floor=0, variant=None)
    assert ("case", ["2026-01"]) in facts.asked
    assert figure.reason == "no_data"  # it is found, and no contact names it


def test_what_a_visit_links_to_may_lie_in_any_month_before() -> None:
    facts = world()
    ask("service_level", by="queue", start="2026-03", end="2026-03", facts=facts, floor=0)
    assert ("queue_visit", ["2026-03"]) in facts.asked
    assert ("link_contact", ["2026-01", "2026-02", "2026-03", "2026-04"]) in facts.asked


def test_two_requests_at_once_do_not_see_each_others_tables() -> None:
    from concurrent.futures import ThreadPoolExecutor

    worlds = [World.of({"contact": [{"times": number}]}, defaults=True) for number in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda facts: ask("contacts_offered", facts=facts)[0].value, worlds * 3))
    assert found == [*range(1, 9)] * 3


def test_logarithms_are_summed_over_the_months_whose_intervals_go_by_them() -> None:
    took = [60 + 7 * n % 113 for n in range(40)]
    moments = [datetime(2026, 2, 2, 9, n, tzinfo=UTC) for n in range(40)] + [datetime(2026, 1, 2, 9, n % 60, n // 60, tzinfo=UTC) for n in range(120)]
    rows = [{"offered_at": moment, "talk_s": float((took * 4)[n]), "outcome": "answered"} for n, moment in enumerate(moments)]
    facts = Watched(World.of({"contact": rows}, defaults=True).tables)
    january, february = ask("asa", "aht", per="month", start="2026-01", end="2026-02", facts=facts, floor=0).figures[2:]
    logs = [math.log(each) for each in took]
    middle = sum(logs) / 40
    expected = modified_cox(middle, sum((each - middle) ** 2 for each in logs) / 39, 40)
    assert expected is not None
    assert (january.n, february.n) == (120, 40)
    assert (february.low, february.high) == pytest.approx((expected.low, expected.high))
    assert ("contact", ["2026-02"]) in facts.asked


def test_scans_read_together_leave_out_groups_that_one_of_them_has_no_rows_of() -> None:
    rows = [{"offered_at": datetime(2026, 1, 2, 9, tzinfo=UTC), "wait_s": 5, "channel": channel} for channel in ("voice", "email")]
    facts = World.of({"contact": rows}, defaults=True)
    found = ask("contacts_offered", "service_level", by="channel", facts=facts, floor=0).figures
    assert [(each.kpi, each.by["channel"], each.n) for each in found] == [
        ("contacts_offered", "email", 1),
        ("contacts_offered", "voice", 1),
        ("service_level", "voice", 1),
    ]


def test_what_is_cut_at_midnight_names_its_day_as_the_rest_does() -> None:
    """Or both sides of a ratio would be taken for days of their own, and one day have an interval."""
    case = next(case for case in definition.read("adherence")["case"] if case["say"].startswith("Seven of eight hours"))
    facts = World.of({table: case[table] for table in ("schedule_shift", "agent_state")}, defaults=True)
    (figure,) = ask("adherence", by="agent", variant="conformance", facts=facts, floor=0)
    assert (figure.value, figure.low, figure.high) == (0.9333333333333333, None, None)
