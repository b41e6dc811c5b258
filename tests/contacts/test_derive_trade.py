from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from batches import column, put, read, today
from nyckeltal.contacts.store import ContactStore, World

Row = dict[str, Any]


def test_a_sale_and_a_request_to_leave_have_the_words_of_their_contact_and_know_what_came_after() -> None:
    told: dict[str, list[Row]] = {
        "contact": [{"contact_id": "a", "queue_id": "q", "channel": "chat", "reason_id": "r"}],
        "queue": [{"queue_id": "q", "tz": "Asia/Tokyo"}],
        "sale": [{"sale_id": "s", "contact_id": "a", "sold_at": "2026-03-31T20:00:00Z", "cancelled_at": "2026-04-02T20:00:00Z", "amount": 34990}],
        "retention_case": [{"retention_id": "k", "contact_id": "a", "requested_at": "2026-03-02T09:00:00Z", "lost_at": "2026-03-02T10:00:00Z"}],
        "complaint": [{"complaint_id": "c", "contact_id": "a", "received_at": "2026-03-31T20:00:00Z"}],
    }
    world = World.of(told, defaults=True)
    linked = {"queue_id": "q", "channel": "chat", "reason_level2_id": "r"}
    assert read(world, "sale", *linked, "cancelled_after_s", "month", "amount") == [
        {**linked, "cancelled_after_s": 172800.0, "month": "2026-04", "amount": 34990}
    ]
    assert read(world, "retention_case", *linked, "lost_after_s") == [{**linked, "lost_after_s": 3600.0}]
    assert read(world, "complaint", *linked, "local_date") == [{**linked, "local_date": date(2026, 4, 1)}]


def test_an_order_knows_the_customers_next_of_the_same_client() -> None:
    orders: list[Row] = [
        {"order_id": "1", "customer_key": "A", "ordered_at": "2026-03-02T09:00:00Z"},
        {"order_id": "2", "customer_key": "A", "ordered_at": "2026-03-03T09:00:00Z", "client_id": "other"},
        {"order_id": "3", "customer_key": "A", "ordered_at": "2026-03-05T09:00:00Z"},
        {"order_id": "4", "ordered_at": "2026-03-06T09:00:00Z"},
        {"order_id": "5", "ordered_at": "2026-03-07T09:00:00Z"},
    ]
    assert column(World.of({"order": orders}, defaults=True), "order", "next_order_after_s") == {"1": 259200.0, "2": None, "3": None, "4": None, "5": None}


def test_a_corrected_order_is_told_to_its_neighbours(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    orders: list[Row] = [{"order_id": f"{day}", "client_id": "one", "customer_key": "A", "ordered_at": f"2026-03-0{day}T09:00:00Z"} for day in (2, 3, 5)]
    put(store, "first", {"order": orders})
    put(store, "moved", {"order": [{**orders[1], "customer_key": "B"}]})
    assert column(store.snapshot(), "order", "next_order_after_s") == {"2": 259200.0, "3": None, "5": None}
    store.undo("moved", now=today)
    assert column(store.snapshot(), "order", "next_order_after_s") == {"2": 86400.0, "3": 172800.0, "5": None}


def test_months_and_answers_of_employees_lie_where_they_say() -> None:
    rows: dict[str, list[Row]] = {
        "customer_base_month": [{"month_start": "2026-04-01", "new": 5, "churned": 2}],
        "finance_month": [{"month_start": "2026-05-01", "service_cost": 100, "revenue": 1000}],
        "employee_response": [{"question_id": "enps", "value": 9.0, "week": "2026-03-30"}],
        "report_task": [{"due_on": "2026-04-05", "delivered_at": "2026-04-05T22:30:00Z"}],
        "client": [{"client_id": "c1", "tz": "Europe/Stockholm"}],
    }
    world = World.of(rows, defaults=True)
    assert [column(world, table, "month").popitem()[1] for table in list(rows)[:4]] == ["2026-04", "2026-05", "2026-03", "2026-04"]
    assert read(world, "employee_response", "measure") == [{"measure": "enps"}]
    assert read(world, "report_task", "delivered_on") == [{"delivered_on": date(2026, 4, 6)}]


def test_an_evaluations_answers_stand_beside_the_score_of_its_form_once_it_is_completed() -> None:
    rows: dict[str, list[Row]] = {
        "qa_evaluation": [
            {"evaluation_id": "e", "contact_id": "a", "agent_id": "anna", "evaluator_id": "eva", "score": 70.83, "purpose": "calibration"},
            {"evaluation_id": "under way", "completed_at": None, "started_at": "2026-03-02T09:00:00Z", "score": 10.0},
        ],
        "qa_answer": [
            {"answer_id": "1", "evaluation_id": "e", "item_id": "greeting", "value_n": 1.0, "scale": "yes_no"},
            {"answer_id": "2", "evaluation_id": "e", "item_id": "offer", "value_n": 0.0, "is_na": True, "scale": "levels"},
            {"answer_id": "3", "evaluation_id": "under way", "item_id": "greeting", "value_n": 1.0},
        ],
        "contact": [{"contact_id": "a", "client_id": "one", "queue_id": "q"}],
        "queue": [{"queue_id": "q", "client_id": "one", "tz": "Asia/Tokyo"}],
    }
    world = World.of(rows, defaults=True)
    assert [tuple(row.values()) for row in read(world, "qa_item", "item_id", "value_n", "scale", "client_id", "evaluator_id", "purpose")] == [
        ("greeting", 1.0, "yes_no", "one", "eva", "calibration"),
        ("offer", None, "levels", "one", "eva", "calibration"),
        ("form", 70.83, "points", "one", "eva", "calibration"),
    ]
    assert column(world, "qa_answer", "local_date") == dict.fromkeys("123", date(2026, 3, 2))


def test_a_completed_interview_is_the_mean_of_its_answers_brought_to_one_scale() -> None:
    invitations = [
        {"invitation_id": name, "outcome": outcome, "agent_id": "anna"} for name, outcome in (("i", "complete"), ("p", "partial"), ("x", "complete"))
    ]
    answers: list[Row] = [
        {"invitation_id": "i", "question_id": "t", "scale": "1_10", "value": 7.0, "weight": 30.0, "answered_at": "2026-03-04T09:00:00Z"},  # 6/9
        {"invitation_id": "i", "question_id": "t", "scale": "yes_no", "value": 1.0, "weight": 30.0},
        {"invitation_id": "i", "question_id": "t", "scale": "1_5", "value": 2.0, "weight": 30.0},  # 1/4
        {"invitation_id": "i", "question_id": "t", "scale": "text", "weight": 99.0},
        {"invitation_id": "i", "question_id": "nps", "scale": "0_10", "value": 0.0},
        {"invitation_id": "p", "question_id": "t", "scale": "1_10", "value": 7.0},
        {"invitation_id": "x", "question_id": "nps", "scale": "0_10", "value": 0.0},
    ]
    world = World.of({"survey_invitation": invitations, "survey_response": answers, "question": [{"question_id": "t", "measure": "total"}]}, defaults=True)
    (found,) = read(world, "interview")
    assert found["experience"] == pytest.approx((6 / 9 + 1 + 1 / 4) / 3)
    assert (found["invitation_id"], found["agent_id"], found["weight"], found["local_date"]) == ("i", "anna", 30.0, date(2026, 3, 4))


def forecasts(store: ContactStore) -> dict[str, tuple[Any, ...]]:
    words = ("counts", "actual_n", "error_n", "abs_error_n")
    return {row["forecast_id"]: tuple(row[word] for word in words) for row in read(store.snapshot(), "forecast", "forecast_id", *words)}


def test_a_forecast_is_held_against_the_visits_of_its_interval(tmp_path: Path) -> None:
    """Three came in the first interval, one at the border of the second; a test and one of our own calls do not count; on the 5th nothing is known yet."""
    store = ContactStore(tmp_path)
    came = ["09:00:00", "09:07:00", "09:14:59", "09:15:00"]
    contacts: list[Row] = [{"contact_id": f"c{n}", "offered_at": f"2026-03-02T{clock}Z"} for n, clock in enumerate(came)]
    contacts += [{"contact_id": "test", "offered_at": "2026-03-02T09:01:00Z", "is_test": True}]
    contacts += [{"contact_id": "out", "offered_at": "2026-03-02T09:01:00Z", "direction": "outbound"}]
    contacts += [{"contact_id": "later", "offered_at": "2026-03-04T09:00:00Z"}]
    plain = {"client_id": "one", "queue_id": "q", "channel": "voice", "outcome": "answered"}
    made: list[Row] = [
        {"forecast_id": "old", "interval_start": "2026-03-02T09:00:00Z", "contacts": 9.0},
        {"forecast_id": "new", "interval_start": "2026-03-02T09:00:00Z", "contacts": 2.0, "made_at": "2026-03-01T00:00:00Z"},
        {"forecast_id": "next", "interval_start": "2026-03-02T09:15:00Z", "contacts": 2.5},
        {"forecast_id": "quiet", "interval_start": "2026-03-03T09:00:00Z", "contacts": 1.0},
        {"forecast_id": "ahead", "interval_start": "2026-03-05T09:00:00Z", "contacts": 1.0},
    ]
    put(store, "plan", {"forecast": [{"queue_id": "q", **row} for row in made]})
    assert {row[1] for row in forecasts(store).values()} == {None}
    put(store, "came", {"contact": [{**plain, **row} for row in contacts]})
    found = forecasts(store)
    assert (found["old"], found["new"], found["next"]) == ((False, None, None, None), (True, 3, 1.0, 1.0), (True, 1, -1.5, 1.5))
    assert (found["quiet"], found["ahead"]) == ((True, 0, -1.0, 1.0), (True, None, None, None))
    assert {row["client_id"] for row in read(store.snapshot(), "forecast", "client_id")} == {"one"}
    put(store, "more", {"contact": [{**plain, "contact_id": "more", "offered_at": "2026-03-05T09:01:00Z"}]})
    assert forecasts(store)["ahead"][1] == 1
    store.undo("came", now=today)
    assert (forecasts(store)["new"][1], forecasts(store)["ahead"][1]) == (None, 1)


def test_what_is_made_is_known_as_far_as_what_it_is_made_of(tmp_path: Path) -> None:
    store = ContactStore(tmp_path)
    put(store, "talk", {"feedback_talk": [{"talk_id": "t", "agent_id": "anna", "held_at": "2026-03-02T09:00:00Z"}]})
    put(store, "money", {"finance_month": [{"finance_id": "f", "client_id": "one", "month_start": date(2026, 2, 1), "revenue": 5}]})
    snapshot = store.snapshot()
    assert [(it.client_id, it.known_from.date(), it.known_until.date()) for it in snapshot.coverage("finance_month")] == [
        ("one", date(2026, 2, 1), date(2026, 3, 1))
    ]
    assert [(it.client_id, it.known_until.date()) for it in snapshot.coverage("agent_day")] == [(None, date(2026, 3, 3))]
    assert snapshot.coverage("qa_item") == []
