"""Two facts of which one begins later: only the days that both know of are looked at, and it is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from nyckeltal.contacts.facts import Coverage
from nyckeltal.contacts.world import World, always
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask
from nyckeltal.kpi.shared_days import is_whole

BEGINS = {"agent_state": datetime(2026, 9, 20, tzinfo=UTC), "finance_month": datetime(2026, 9, 1, tzinfo=UTC), "contact": datetime(2026, 8, 17, tzinfo=UTC)}
BEGINS["segment"] = BEGINS["contact"]
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)


class Begun(World):
    """A centre whose facts are known from different days on."""

    def coverage(self, fact: str) -> list[Coverage]:
        return [Coverage(None, BEGINS.get(fact, always[0]), UNTIL)]


def _centre() -> World:
    days = [date(2026, 8, 17) + timedelta(days=number) for number in range(76)]
    contacts = [{"contact_id": f"{day}", "client_id": "one", "agent_id": "anna", "offered_at": f"{day}T09:00:00Z", "talk_s": 60} for day in days]
    states = [
        {"state_id": f"{day}", "agent_id": "anna", "state": "available", "started_at": f"{day}T08:00:00Z", "ended_at": f"{day}T09:00:00Z"}
        for day in days
        if day >= BEGINS["agent_state"].date()
    ]
    sales = [{"sale_id": f"{day}", "client_id": "one", "agent_id": "anna", "sold_at": f"{day}T10:00:00Z"} for day in days]
    months = [
        {"finance_id": month, "client_id": "one", "month_start": f"{month}-01", "service_cost": 30_000, "currency": "SEK"} for month in ("2026-09", "2026-10")
    ]
    judged = [{"evaluation_id": "1", "agent_id": "anna", "completed_at": "2026-09-25T09:00:00Z", "score": 80}]
    people = {"agent": [{"agent_id": "anna", "hired_on": "2025-01-01"}], "employment": [{"agent_id": "anna", "valid_from": "2025-01-01", "day_h": 1}]}
    rows: dict[str, Any] = {"contact": contacts, "agent_state": states, "sale": sales, "finance_month": months, "qa_evaluation": judged, **people}
    return Begun.of(rows, UNTIL, defaults=True)


@pytest.fixture(scope="module")
def centre() -> World:
    return _centre()


def _by_month(kpi: str, centre: World, **question: Any) -> dict[str | None, Figure]:
    return {figure.period: figure for figure in ask(kpi, per="month", facts=centre, floor=0, start="2026-08", end="2026-10", **question)}


def test_contacts_are_divided_by_the_hours_of_the_same_days(centre: World) -> None:
    found = _by_month("contacts_per_hour", centre)
    assert found["2026-08"].reason == "no_data"
    assert (found["2026-09"].numerator, found["2026-09"].value) == (11, 1.0)
    assert "from 2026-09-20 on" in str(found["2026-09"].message)
    assert (found["2026-10"].numerator, found["2026-10"].value, found["2026-10"].message) == (31, 1.0, None)


def test_without_periods_the_days_before_stay_out_too(centre: World) -> None:
    (figure,) = ask("contacts_per_hour", facts=centre, floor=0)
    assert (figure.numerator, figure.value) == (42, 1.0)


def test_sales_are_divided_by_the_days_of_work_that_are_known(centre: World) -> None:
    found = _by_month("sales_per_day", centre)
    assert found["2026-08"].reason == "no_data"
    assert (found["2026-09"].numerator, found["2026-09"].value) == (11, 1.0)


def test_a_month_of_money_stands_beside_whole_months_only(centre: World) -> None:
    found = _by_month("cost_per_contact", centre)
    assert found["2026-08"].reason == "no_data"
    assert (found["2026-09"].numerator, found["2026-09"].denominator, found["2026-09"].value) == (30_000, 30, 10.0)


def test_a_month_of_which_only_days_are_known_has_no_coverage_of_people(centre: World) -> None:
    found = _by_month("qa_coverage", centre)
    assert found["2026-09"].value is None
    assert found["2026-10"].denominator == 1


def test_one_fact_is_known_as_far_as_itself_and_a_month_in_which_that_begins_says_so(centre: World) -> None:
    found = _by_month("contacts_handled", centre)
    assert found["2026-08"].value == 15
    assert "from 2026-08-17 on" in str(found["2026-08"].message)
    assert [is_whole(found[month]) for month in ("2026-08", "2026-09")] == [False, True]
    assert found["2026-09"].message is None


def test_what_begins_with_its_first_row_is_not_said_to_begin_late(centre: World) -> None:
    assert all(figure.message is None for figure in _by_month("sales_count", centre).values())
