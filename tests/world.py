"""The tiny contact centre everybody knows: two clients, three teams, named people, and one Monday counted by hand.

Anna and Bengt answer contacts in Team Nord, Cecilia leads it, David heads customer service, Eva evaluates, Fatima is the client's
representative at client One, Gustav sits at client Two and must see nothing of One, Hanna represents the employees. Ida works in
Team Syd for client Two, Jonas in Team Väst for nobody today.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from batches import put
from nyckeltal.contacts.store import ContactStore, World

monday = date(2026, 3, 2)
now = datetime(2026, 3, 20, 9, tzinfo=UTC)
zone = "Europe/Stockholm"  # one hour before UTC on that Monday

Row = dict[str, Any]


def at(clock: str) -> datetime:
    """A clock time of that Monday in Stockholm."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 3, 2, hour - 1, minute, tzinfo=UTC)


def contact(number: int, clock: str, **words: Any) -> Row:
    of_one = {"client_id": "one", "queue_id": "one_phone", "channel": "voice", "outcome": "answered"}
    return {"contact_id": f"world:{number}", "offered_at": at(clock), **of_one, **words}


def segment(number: int, of: int, agent: str, talk_s: float, hold_s: float, acw_s: float, **words: Any) -> Row:
    parts = {"talk_s": talk_s, "hold_s": hold_s, "acw_s": acw_s}
    return {"segment_id": f"world:{of}-{number}", "contact_id": f"world:{of}", "seq": number, "agent_id": agent, **parts, **words}


two = {"client_id": "two", "queue_id": "two_phone"}

rows: dict[str, list[Row]] = {
    "client": [{"client_id": "one", "name": "One", "tz": zone, "currency": "SEK"}, {"client_id": "two", "name": "Two", "tz": zone, "currency": "DKK"}],
    "calendar": [{"calendar_id": "weekdays", "tz": zone, "weekly": "mo-fr 08:00-17:00", "holidays": "2026; 2026-12-25"}],
    "queue": [
        {"queue_id": "one_phone", "client_id": "one", "name": "One, phone", "channel": "voice", "tz": zone},
        {"queue_id": "one_chat", "client_id": "one", "name": "One, chat", "channel": "chat", "tz": zone},
        {"queue_id": "two_phone", "client_id": "two", "name": "Two, phone", "channel": "voice", "tz": zone, "calendar_id": "weekdays"},
    ],
    "agreement": [
        {"agreement_id": "one_sl", "client_id": "one", "measure": "service_level", "threshold": 20.0, "target": 80.0, "valid_from": date(2026, 1, 1)},
    ],
    "team": [
        {"team_id": "nord", "name": "Team Nord", "client_ids": ["one"], "queue_ids": ["one_phone", "one_chat"]},
        {"team_id": "syd", "name": "Team Syd", "client_ids": ["two"], "queue_ids": ["two_phone"]},
        {"team_id": "vast", "name": "Team Väst"},
    ],
    "team_membership": [
        {"membership_id": "m1", "agent_id": "anna", "team_id": "nord", "valid_from": date(2025, 1, 1)},
        {"membership_id": "m2", "agent_id": "bengt", "team_id": "nord", "valid_from": date(2025, 6, 1)},
        {"membership_id": "m3", "agent_id": "cecilia", "team_id": "nord", "valid_from": date(2024, 1, 1), "role": "leader"},
        {"membership_id": "m4", "agent_id": "ida", "team_id": "syd", "valid_from": date(2025, 1, 1)},
        {"membership_id": "m5", "agent_id": "jonas", "team_id": "vast", "valid_from": date(2025, 1, 1)},
        {"membership_id": "m6", "agent_id": "eva", "team_id": "nord", "valid_from": date(2025, 1, 1), "role": "evaluator"},
    ],
    "agent": [
        {"agent_id": "anna", "display_name": "Anna", "hired_on": date(2020, 1, 1)},
        {"agent_id": "bengt", "display_name": "Bengt", "hired_on": date(2025, 6, 1)},
        {"agent_id": "cecilia", "display_name": "Cecilia", "hired_on": date(2018, 1, 1)},
        {"agent_id": "eva", "display_name": "Eva", "hired_on": date(2019, 1, 1)},
        {"agent_id": "ida", "display_name": "Ida", "hired_on": date(2024, 1, 1)},
        {"agent_id": "jonas", "display_name": "Jonas", "hired_on": date(2024, 1, 1)},
    ],
    "reason": [
        {"reason_id": "bill", "label": "Invoice", "level": 1},
        {"reason_id": "bill_late", "parent_id": "bill", "level": 2, "label": "Invoice came late", "demand_type": "failure", "responsible_area": "Finance"},
        {"reason_id": "bill_wrong", "parent_id": "bill_late", "level": 3, "label": "Late and wrong", "demand_type": "failure", "responsible_area": "Finance"},
        {"reason_id": "order", "label": "Order", "level": 1, "demand_type": "value", "responsible_area": "Sales"},
    ],
    "question": [{"question_id": "happy", "measure": "csat", "scale": "1_5"}],
    "contact": [
        contact(1, "08:10", wait_s=5.0, customer_key="A", reason_id="bill_late", reason_type="question"),
        contact(2, "08:20", wait_s=15.0, customer_key="B", reason_id="order"),
        contact(3, "08:30", wait_s=3.0, outcome="abandoned"),
        contact(4, "08:40", wait_s=50.0, outcome="abandoned"),
        contact(5, "09:00", wait_s=30.0, customer_key="C", reason_id="order", case_id="world:k"),
        contact(6, "09:30", wait_s=10.0, queue_id="one_chat", channel="chat"),
        contact(7, "10:00", wait_s=20.0, customer_key="A", reason_id="bill_wrong"),
        contact(8, "11:00", wait_s=8.0, **two, customer_key="A", reason_id="bill_late"),
        contact(9, "11:05", wait_s=30.0, **two, outcome="abandoned"),
        contact(10, "17:30", wait_s=12.0, **two, outcome="abandoned"),  # after hours
    ],
    "segment": [
        segment(1, 1, "anna", 200, 0, 40, queue_id="one_phone", end_kind="customer"),
        segment(1, 2, "bengt", 300, 20, 30, queue_id="one_phone", end_kind="customer"),
        segment(1, 5, "anna", 100, 0, 20, queue_id="one_phone", end_kind="transfer", target_queue_id="one_phone"),
        segment(2, 5, "bengt", 200, 10, 50, queue_id="one_phone", end_kind="customer"),
        segment(1, 6, "bengt", 400, 0, 0, queue_id="one_chat", end_kind="customer"),
        segment(1, 7, "anna", 180, 0, 20, queue_id="one_phone", end_kind="escalation", escalated_to_tier=2),
        segment(1, 8, "ida", 150, 0, 10, queue_id="two_phone", end_kind="customer"),
    ],
    "case": [{"case_id": "world:k", "client_id": "one", "opened_at": at("09:05"), "closed_at": at("15:00"), "opened_by": "anna", "customer_key": "C"}],
    "survey_invitation": [
        {"invitation_id": "world:i1", "client_id": "one", "contact_id": "world:1", "customer_key": "A", "drawn_at": at("12:00"), "outcome": "complete"},
    ],
    "survey_response": [
        {
            "response_id": "world:r1",
            "invitation_id": "world:i1",
            "client_id": "one",
            "question_id": "happy",
            "scale": "1_5",
            "value": 4.0,
            "answered_at": at("12:05"),
        },
    ],
}

# Counted by hand from the rows above. Seconds; shares as (numerator, denominator).
counted = {
    "contacts_offered": {"all": 10, "one": 7, "two": 3},
    "contacts_handled": {"all": 6, "one": 5, "two": 1},
    "service_level": {"one": (4, 6)},  # within 20 s: 1, 2, 6, 7; of seven less the hang-up after 3 s
    "asa": {"one": (80, 5), "two": (8, 1)},  # 5 + 15 + 30 + 10 + 20
    "abandonment_rate": {"one": (1, 6), "two": (1, 2)},  # of Two's, the one after hours stays out
    "aht": {"one": (1570, 5), "anna": (560, 3), "bengt": (1010, 3)},  # 240 + 350 + (120 + 260) + 400 + 200
    "transfer_rate": {"one": (1, 5), "anna": (1, 3)},
    "escalations_count": {"one": 1},
    "repeat_contact_rate": {"one": (1, 4)},  # 7 comes after 1; with customer and reason: 1, 2, 5, 7
    "contacts_per_case": {"one": (1, 1)},
    "csat": {"one": (4, 1), "anna": (4, 1)},
}


def as_world(known_until: datetime | None = now) -> World:
    return World.of({table: [{"source": "world", **row} for row in given] for table, given in rows.items()}, known_until)


def as_store(home: Path) -> ContactStore:
    """The same centre in a store of its own."""
    store = ContactStore(home)
    put(store, "monday", rows, source="world", now=now)
    return store
