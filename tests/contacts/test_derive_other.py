from __future__ import annotations

from datetime import date

from batches import read
from nyckeltal.contacts.store import World

zone = [{"client_id": "c1", "tz": "Europe/Stockholm"}]


def test_a_case_counts_what_the_customer_brought() -> None:
    rows = [{}, {"direction": "outbound"}, {"is_test": True}, {"callback_of": "x"}, {"outcome": "abandoned"}]
    world = World.of({"case": [{"case_id": "k"}], "contact": [{"case_id": "k", **row} for row in rows]}, defaults=True)
    assert read(world, "case", "contacts_n") == [{"contacts_n": 2}]


def test_a_case_lies_in_the_month_it_was_opened_and_knows_when_it_was_closed() -> None:
    world = World.of({"case": [{"opened_at": "2026-03-30T09:00:00Z", "closed_at": "2026-04-01T22:30:00Z"}], "client": zone}, defaults=True)
    found = read(world, "case", "month", "opened_date", "closed_date", "closed_minute")
    assert found == [{"month": "2026-03", "opened_date": date(2026, 3, 30), "closed_date": date(2026, 4, 2), "closed_minute": 30}]


def test_a_contact_knows_how_long_its_case_took() -> None:
    case = {"case_id": "k", "opened_at": "2026-03-02T09:00:00Z", "closed_at": "2026-03-03T09:00:00Z"}
    world = World.of(
        {"case": [case, {"case_id": "open"}], "contact": [{"contact_id": "a", "case_id": "k"}, {"contact_id": "b", "case_id": "open"}]}, defaults=True
    )
    assert read(world, "contact", "case_closed_after_s") == [{"case_closed_after_s": 86400.0}, {"case_closed_after_s": None}]


def test_a_state_follows_the_clock_where_the_agent_works() -> None:
    state = {"agent_id": "anna", "started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T09:10:00Z", "client_id": "c1"}
    world = World.of({"agent_state": [state], "agent": [{"agent_id": "anna", "tz": "Europe/Helsinki"}], "client": zone}, defaults=True)
    assert read(world, "agent_state", "duration_s", "local_minute") == [{"duration_s": 600.0, "local_minute": 660}]


def test_an_answer_knows_its_measure_and_speaks_of_its_contact() -> None:
    world = World.of(
        {
            "contact": [{"contact_id": "c", "queue_id": "q", "channel": "chat", "reason_id": "r", "agent_id": "anna"}],
            "survey_invitation": [{"invitation_id": "i", "contact_id": "c"}, {"invitation_id": "j", "agent_id": "bengt"}],
            "survey_response": [{"invitation_id": "i", "question_id": "nps"}, {"invitation_id": "j", "question_id": "happy"}, {"question_id": "nps"}],
            "question": [{"question_id": "happy", "measure": "csat"}],
        },
        defaults=True,
    )
    told = read(world, "survey_response", "measure", "agent_id", "contact_id", "queue_id", "channel", "reason_level2_id")
    assert [tuple(row.values()) for row in told] == [
        ("nps", "anna", "c", "q", "chat", "r"),
        ("csat", "bengt", None, None, None, None),
        ("nps", None, None, None, None, None),
    ]


def test_a_promise_lies_in_the_month_its_period_ended() -> None:
    world = World.of({"promise": [{"met": True, "period_ended_on": "2026-03-31"}]}, defaults=True)
    assert read(world, "promise", "month", "met") == [{"month": "2026-03", "met": True}]
