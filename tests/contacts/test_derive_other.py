from __future__ import annotations

from datetime import date
from pathlib import Path

from batches import column, put, read, today
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.store import ContactStore, World

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


def test_a_case_knows_how_long_it_took_until_it_was_settled_solved_and_put_away() -> None:
    case = {
        "opened_at": "2026-03-02T09:00:00Z",
        "closed_at": "2026-03-03T09:00:00Z",
        "resolved_at": "2026-03-02T08:00:00Z",
        "locked_at": "2026-03-07T09:00:00Z",
    }
    found = read(World.of({"case": [case]}, defaults=True), "case", "closed_after_s", "resolved_after_s", "locked_after_s")
    assert found == [{"closed_after_s": 86400.0, "resolved_after_s": None, "locked_after_s": 5 * 86400.0}]


def test_a_contact_knows_when_its_case_was_opened_again() -> None:
    closed = {"opened_at": "2026-03-02T09:00:00Z", "closed_at": "2026-03-03T09:00:00Z"}
    cases = [{"case_id": "again", **closed, "reopened_at": "2026-03-05T09:00:00Z"}, {"case_id": "before", **closed, "reopened_at": "2026-03-02T10:00:00Z"}]
    world = World.of({"case": cases, "contact": [{"contact_id": row["case_id"], "case_id": row["case_id"]} for row in cases]}, defaults=True)
    assert column(world, "contact", "case_reopened_after_s") == {"again": 3 * 86400.0, "before": None}


def test_a_state_follows_the_clock_where_the_agent_works() -> None:
    state = {"agent_id": "anna", "started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T09:10:00Z", "client_id": "c1"}
    world = World.of({"agent_state": [state], "agent": [{"agent_id": "anna", "tz": "Europe/Helsinki"}], "client": zone}, defaults=True)
    assert read(world, "agent_state", "duration_s", "local_minute") == [{"duration_s": 600.0, "local_minute": 660}]


def test_answers_and_cases_fall_on_the_days_of_the_queue_or_of_their_client(tmp_path: Path) -> None:
    """At 21:30 UTC it is the next day in Helsinki, and half past eleven in Stockholm."""
    late = "2026-03-31T21:30:00Z"
    clients = [{"client_id": "a"}, {"client_id": "b", "tz": "Europe/Stockholm"}]
    queues = [{"queue_id": f"q{number}", "client_id": name, "tz": "Europe/Helsinki"} for number, name in enumerate("ab")]
    queues.append({"queue_id": "q9", "client_id": "a", "tz": "Europe/London"})
    of = {"contact": [], "case": [], "survey_invitation": [], "survey_response": []}
    for number, name in enumerate("ab"):
        plain = {"client_id": name, "case_id": name, "invitation_id": name, "contact_id": name}
        of["contact"].append({**plain, "queue_id": f"q{number}", "channel": "voice", "offered_at": late, "outcome": "answered"})
        of["case"].append({**plain, "opened_at": late, "closed_at": late})
        of["survey_invitation"].append({**plain, "drawn_at": late})
        told = {"answered_at": "2026-03-31T21:20:00Z", "question_id": "q", "scale": "1_5", "value": 1.0}
        of["survey_response"] += [{**plain, **told, "response_id": name}, {"client_id": name, **told, "response_id": f"{name} alone"}]
    march, april = date(2026, 3, 31), date(2026, 4, 1)
    right = {
        "case": {"a": april, "b": march},
        "survey_invitation": {"a": april, "b": april},
        "survey_response": {"a": april, "a alone": april, "b": april, "b alone": march},
    }
    whole = {**of, "client": clients, "queue": queues}
    world = World.of(whole, defaults=True)
    for table, days in right.items():
        assert column(world, table, "local_date") == days
    store = ContactStore(tmp_path / "home")
    for tables in (("contact", "case"), ("survey_invitation", "survey_response"), ("client", "queue")):
        known = {table: {column.name for column in TABLES[table].loaded} for table in tables}
        put(store, tables[0], {table: [{name: value for name, value in row.items() if name in known[table]} for row in whole[table]] for table in tables})
    for table, days in right.items():
        assert column(store.snapshot(), table, "local_date") == days


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


def test_what_customers_say_of_a_test_or_a_call_of_ours_is_known_as_such() -> None:
    contacts = [{"contact_id": "real"}, {"contact_id": "try", "is_test": True}, {"contact_id": "ours", "direction": "outbound"}]
    asked = [*({"invitation_id": f"i-{row['contact_id']}", "contact_id": row["contact_id"]} for row in contacts), {"invitation_id": "nobody"}]
    answers = [{"response_id": row["invitation_id"], "invitation_id": row["invitation_id"], "question_id": "nps"} for row in asked]
    answers.append({"response_id": "unasked", "question_id": "nps"})
    world = World.of({"contact": contacts, "survey_invitation": asked, "survey_response": answers}, defaults=True)
    told = {"i-ours": (False, "outbound"), "i-real": (False, "inbound"), "i-try": (True, "inbound"), "nobody": (False, "inbound")}
    assert {row["invitation_id"]: (row["is_test"], row["direction"]) for row in read(world, "survey_invitation")} == told
    assert {row["response_id"]: (row["is_test"], row["direction"]) for row in read(world, "survey_response")} == told | {"unasked": (False, "inbound")}


def test_a_contact_that_turns_out_to_be_a_test_takes_its_answers_with_it(tmp_path: Path) -> None:
    store = ContactStore(tmp_path / "home")
    at = "2026-03-02T09:00:00Z"
    plain = {"contact_id": "c", "client_id": "one", "channel": "voice", "offered_at": at, "outcome": "answered"}
    answer = {"response_id": "r", "client_id": "one", "question_id": "q", "scale": "1_5", "value": 1.0, "answered_at": at, "invitation_id": "i"}
    invitation = {"invitation_id": "i", "client_id": "one", "contact_id": "c", "drawn_at": at}
    put(store, "surveys", {"survey_invitation": [invitation], "survey_response": [answer]})
    put(store, "contacts", {"contact": [plain]})
    put(store, "corrected", {"contact": [{**plain, "is_test": True}]})
    assert [column(store.snapshot(), table, "is_test") for table in ("survey_invitation", "survey_response")] == [{"i": True}, {"r": True}]
    store.undo("corrected", now=today)
    assert [column(store.snapshot(), table, "is_test") for table in ("survey_invitation", "survey_response")] == [{"i": False}, {"r": False}]


def test_a_promise_lies_in_the_month_its_period_ended() -> None:
    world = World.of({"promise": [{"met": True, "period_ended_on": "2026-03-31"}]}, defaults=True)
    assert read(world, "promise", "month", "met") == [{"month": "2026-03", "met": True}]
