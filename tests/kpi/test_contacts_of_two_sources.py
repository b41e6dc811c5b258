"""Ten calls in the switch, six phone tickets; counted by hand without and with the rule that says which are the same (decision 0021)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nyckeltal.contacts.same_rules import Rule, Rules
from nyckeltal.contacts.world import World
from nyckeltal.kpi.ask import ask

RULE = Rule("switch", "tickets", ("customer",), 60)
BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
Row = dict[str, Any]


def call(number: int, customer: str, at: timedelta, *, answered: bool = True, **more: Any) -> Row:
    """Answered calls take 300 s."""
    spoke = {"outcome": "answered", "own_agent_id": "anna", "own_talk_s": 240.0, "own_acw_s": 60.0} if answered else {"outcome": "abandoned"}
    return {**_contact("switch", number, customer, at), "queue_id": "calls", **spoke, **more}


def ticket(number: int, customer: str, at: timedelta, reason: str) -> Row:
    """Tickets are open for 600 s; who wrote them need not be who spoke."""
    began = BEGIN + at
    worked = {"outcome": "answered", "own_agent_id": "eva", "own_started_at": began, "own_ended_at": began + timedelta(seconds=600)}
    return {**_contact("tickets", number, customer, at), "queue_id": "desk", "reason_id": reason, **worked}


def _contact(source: str, number: int, customer: str, at: timedelta) -> Row:
    known = {"client_id": "one", "channel": "voice", "customer_key": customer}
    return {"contact_id": f"{source}:{number}", "source": source, "offered_at": BEGIN + at, **known}


def minutes(n: float) -> timedelta:
    return timedelta(minutes=n)


CALLS = [
    call(1, "A", minutes(0)),
    call(2, "A", timedelta(days=2)),  # came back about the same
    call(3, "C", minutes(20), reason_id="r2"),  # what the caller pressed
    call(4, "D", minutes(30)),
    call(5, "D", minutes(30) + timedelta(seconds=40)),
    call(6, "F", minutes(50)),
    call(7, "G", minutes(60)),
    call(8, "H", minutes(70)),
    call(9, "I", minutes(80), answered=False),
    call(10, "J", minutes(90), answered=False),
]
TICKETS = [
    ticket(1, "A", timedelta(seconds=10), "r1"),
    ticket(2, "A", timedelta(days=2, seconds=40), "r1"),  # its clock is 40 s off
    ticket(3, "C", minutes(20) + timedelta(seconds=5), "r2"),
    ticket(4, "D", minutes(30) + timedelta(seconds=20), "r3"),  # call 4 or call 5
    ticket(5, "Z", minutes(50), "r3"),  # of another customer
    ticket(6, "G", minutes(60), "r3"),
]
ABOUT: dict[str, Sequence[Row]] = {
    "agent_state": [{"state_id": "a", "agent_id": "anna", "started_at": BEGIN, "ended_at": BEGIN + timedelta(hours=5), "state": "available"}],
    "survey_invitation": [{"invitation_id": "i", "client_id": "one", "contact_id": "tickets:1", "drawn_at": BEGIN + minutes(30)}],
    "survey_response": [
        {"response_id": "i", "invitation_id": "i", "client_id": "one", "question_id": "csat", "scale": "1_5", "value": 4.0, "answered_at": BEGIN + minutes(40)}
    ],
    "question": [{"question_id": "csat", "measure": "csat", "scale": "1_5"}],
}


@pytest.fixture(scope="module")
def worlds() -> dict[bool, World]:
    def world(rules: Rules) -> World:
        return World.of({"contact": [*CALLS, *TICKETS], **ABOUT}, same=rules)

    return {False: world(()), True: world((RULE,))}


@pytest.mark.parametrize(
    ("kpi", "before", "after"),
    [
        ("contacts_offered", (16, 1), (12, 1)),  # tickets 1, 2, 3 and 6 are calls 1, 2, 3 and 7
        ("contacts_handled", (14, 1), (10, 1)),
        ("aht", (8 * 300 + 6 * 600, 14), (8 * 300 + 2 * 600, 10)),
        ("contacts_per_hour", (14, 5 * 3600), (10, 5 * 3600)),
        ("abandonment_rate", (2, 16), (2, 12)),
        # without the rule ticket 3 looks like call 3 come back; ticket 2, and so call 2, is no first contact
        ("fcr", (3, 5), (4, 5)),
    ],
)
def test_each_contact_counts_once(worlds: dict[bool, World], kpi: str, before: tuple[float, float], after: tuple[float, float]) -> None:
    for ruled, expected in ((False, before), (True, after)):
        [figure] = ask(kpi, facts=worlds[ruled], floor=0)
        assert (figure.numerator, figure.denominator) == pytest.approx(expected), ruled


def offered(world: World, by: str) -> dict[str | None, float | None]:
    return {figure.by[by]: figure.value for figure in ask("contacts_offered", by=[by], facts=world, floor=0)}


def test_the_reason_is_the_tickets_and_the_wait_the_calls(worlds: dict[bool, World]) -> None:
    assert offered(worlds[False], "reason1") == {"r1": 2, "r2": 2, "r3": 3, None: 9}
    assert offered(worlds[True], "reason1") == {"r1": 2, "r2": 1, "r3": 3, None: 6}
    assert offered(worlds[True], "queue") == {"calls": 10, "desk": 2}


def test_what_the_customer_thought_is_of_whoever_spoke(worlds: dict[bool, World]) -> None:
    found = [{figure.by["agent"]: figure.value for figure in ask("csat", by=["agent"], facts=worlds[ruled], floor=0) if figure.n} for ruled in (False, True)]
    assert [list(each) for each in found] == [["eva"], ["anna"]]


def test_a_summary_gives_way_to_a_contact_that_counts_as_another() -> None:
    """The desk's own count of its two tickets tells of two calls that count already."""
    summary = {"summary_id": "desk", "client_id": "one", "queue_id": "desk", "channel": "voice", "started_at": BEGIN, "offered_n": 2, "answered_n": 2}
    facts = World.of({"contact": [CALLS[0], CALLS[6], TICKETS[0], TICKETS[5]], "summary": [summary]}, same=(RULE,))
    [figure] = ask("contacts_offered", facts=facts, floor=0)
    assert figure.value == 2
