"""The people everybody knows, in a contact centre small enough to count: two clients, two teams, three months of 2026."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.store import World
from nyckeltal.web.people.roles import Role

if TYPE_CHECKING:
    from nyckeltal.web.people.models import User

MONTHS = ("2026-08", "2026-09", "2026-10")
KNOWN_UNTIL = datetime(2026, 11, 1, tzinfo=UTC)

SETTINGS = {"SECRET_KEY": "made for tests", "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"]}

# name: roles, agent, clients
CAST: dict[str, tuple[list[Role], str, list[str]]] = {
    "anna": ([Role.AGENT], "anna", []),
    "bengt": ([Role.AGENT], "bengt", []),
    "cecilia": ([Role.LEADER], "cecilia", []),
    "david": ([Role.MANAGER], "", []),
    "eva": ([Role.EVALUATOR], "", []),
    "fatima": ([Role.CLIENT], "", ["one"]),
    "gustav": ([Role.CLIENT], "", ["two"]),
    "hanna": ([Role.REPRESENTATIVE], "", []),
    "ingrid": ([Role.ADMINISTRATOR], "", []),
    "nobody": ([], "", []),
}

ORGANISATION: dict[str, list[dict[str, Any]]] = {
    "client": [{"client_id": "one", "name": "Nordkraft", "tz": "Europe/Stockholm"}, {"client_id": "two", "name": "=Webb & Co", "tz": "Europe/Stockholm"}],
    "queue": [
        {"queue_id": "invoice", "client_id": "one", "name": "Invoice"},
        {"queue_id": "outage", "client_id": "one", "name": "Outage"},
        {"queue_id": "orders", "client_id": "two", "name": "Orders"},
    ],
    "team": [
        {"team_id": "nord", "name": "Team Nord", "queue_ids": ["invoice", "outage"]},
        {"team_id": "syd", "name": "Team Syd", "queue_ids": ["orders"]},
    ],
    "agent": [{"agent_id": one, "display_name": f"{one.capitalize()} Berg"} for one in ("anna", "bengt", "cecilia", "sven", "siri")],
    "team_membership": [
        {"membership_id": "m1", "agent_id": "anna", "team_id": "nord", "valid_from": "2025-01-01"},
        {"membership_id": "m2", "agent_id": "bengt", "team_id": "nord", "valid_from": "2025-01-01"},
        {"membership_id": "m3", "agent_id": "cecilia", "team_id": "nord", "valid_from": "2025-01-01", "role": "leader"},
        {"membership_id": "m4", "agent_id": "sven", "team_id": "syd", "valid_from": "2025-01-01"},
        {"membership_id": "m5", "agent_id": "siri", "team_id": "nord", "valid_from": "2025-01-01", "valid_to": "2026-09-01"},
        {"membership_id": "m6", "agent_id": "siri", "team_id": "syd", "valid_from": "2026-09-01"},
    ],
    "agreement": [
        {
            "agreement_id": "a1",
            "client_id": "one",
            "measure": "service_level",
            "threshold": 30,
            "target": 80,
            "valid_from": "2025-01-01",
            "valid_to": "2026-03-01",
        },
        {"agreement_id": "a2", "client_id": "one", "measure": "service_level", "threshold": 20, "target": 80, "valid_from": "2026-03-01"},
    ],
    "reason": [{"reason_id": "bill", "label": "Invoice hard to understand", "level": 1}, {"reason_id": "late", "label": "Where is my delivery?", "level": 1}],
}


def account(name: str) -> User:
    """One of the cast as a saved account."""
    from nyckeltal.web.people.models import User

    roles, agent, clients = CAST[name]
    person = User(username=name, name=f"{name.capitalize()} Berg", roles=[role.value for role in roles], agent_id=agent, client_ids=clients)
    person.set_password("correct horse battery")
    person.save()
    return person


def centre(contacts: int = 600) -> World:
    """Every fifth gives up, waits grow with the number; Sven and Siri answer for client Two."""
    return World.of({**ORGANISATION, "contact": contact_rows(contacts)}, KNOWN_UNTIL)


def contact_rows(contacts: int = 600) -> list[dict[str, Any]]:
    return [_contact(number, contacts) for number in range(contacts)]


def empty() -> World:
    """Nothing has been loaded."""
    return World.of({})


def _contact(number: int, of: int) -> dict[str, Any]:
    begun = datetime(2026, 8, 3, 7, tzinfo=UTC) + timedelta(minutes=number * 85 * 24 * 60 // of + number * 7 % 480)
    two = number % 3 == 2
    row: dict[str, Any] = {
        "contact_id": f"phone:{number}", "client_id": "two" if two else "one", "queue_id": "orders" if two else ("invoice", "outage")[number % 2],
        "channel": "voice", "offered_at": begun, "queue_entered_at": begun, "customer_key": f"customer{number % 150}",
        "reason_id": ("bill", "late")[number % 2], "reason_logged_at": begun,
    }  # fmt: skip
    wait = number * 13 % 40
    if number % 5 == 0:
        return row | {"outcome": "abandoned", "wait_s": wait / 2, "abandoned_at": begun + timedelta(seconds=wait / 2)}
    agent = ("sven", "siri")[number % 2] if two else ("anna", "bengt")[number // 2 % 2]
    times = {"own_talk_s": 100 + number % 90, "own_hold_s": 5, "own_acw_s": 20 + number % 30, "own_agent_id": agent}
    answered = begun + timedelta(seconds=wait)
    return row | times | {"outcome": "answered", "wait_s": wait, "answered_at": answered, "ended_at": answered + timedelta(seconds=180)}
