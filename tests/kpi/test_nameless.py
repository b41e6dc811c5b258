"""A side of a ratio whose source never says what is asked by: its rows are somebody's and nobody knows whose, so nobody's figure is nought."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.kpi import nameless
from nyckeltal.kpi.ask import ask
from small import by, contact, of, one

MARCH = date(2026, 3, 1)
TWO = [{"client_id": "one", "name": "One"}, {"client_id": "two", "name": "Two"}]


def opened(**said: Any) -> dict[str, Any]:
    return {"opened_at": "2026-03-02T09:00:00Z", "closed_at": "2026-03-03T09:00:00Z", **said}


def costs(**team: str | None) -> World:
    """Two teams take a contact each of clients whose costs are kept by team or not."""
    teams = {"one": "north", "two": "south"}
    return of(
        contact=[contact(contact_id=it, client_id=it, agent_id=it) for it in teams],
        finance_month=[{"client_id": it, "month_start": MARCH, "service_cost": 800, "currency": "SEK", "team_id": team.get(it)} for it in teams],
        team=[{"team_id": it} for it in teams.values()],
        team_membership=[{"agent_id": agent, "team_id": team, "valid_from": date(2025, 1, 1)} for agent, team in teams.items()],
        client=TWO,
    )


def test_costs_that_no_team_is_named_of_make_no_contact_free() -> None:
    found = {figure.by["team"]: (figure.value, figure.reason) for figure in ask("cost_per_contact", by="team", facts=costs(), floor=0, start="2026-03")}
    assert found == {"north": (None, "not_in_source"), "south": (None, "not_in_source"), None: (None, "no_data")}


def test_where_one_clients_costs_are_by_team_the_others_teams_are_left_out() -> None:
    facts = costs(one="north")
    found = {figure.by["team"]: figure.value for figure in ask("cost_per_contact", by="team", facts=facts, floor=0, start="2026-03")}
    assert found == {"north": 8, None: None}
    apart = {tuple(figure.by.values()): figure.reason for figure in ask("cost_per_contact", by=["client", "team"], facts=facts, floor=0, start="2026-03")}
    assert apart == {("one", "north"): None, ("two", "south"): "not_in_source", ("two", None): "no_data"}


@pytest.mark.parametrize(("dimension", "word"), [("channel", "channel"), ("queue", "queue_id"), ("reason1", "reason_id")])
def test_incidents_that_say_no_channel_queue_or_reason_are_not_none_of_each(dimension: str, word: str) -> None:
    facts = of(contact=[contact(contact_id=str(number), queue_id="q", reason_id="r") for number in range(4)], case=[opened(contact_id="1")] * 2)
    named = [figure for figure in ask("incidents_opened", by=dimension, facts=facts, floor=0) if figure.by[dimension]]
    assert [(figure.value, figure.reason, str(figure.message)) for figure in named] == [(None, "not_in_source", f"The source never fills {word}.")]
    value = {"channel": "voice", "queue": "q", "reason1": "r"}[dimension]
    assert one("incidents_opened", facts=facts, where=f"{dimension} == '{value}'").reason == "not_in_source"


def test_a_channel_without_incidents_has_none_where_others_have() -> None:
    facts = of(contact=[contact(contact_id="1"), contact(contact_id="2", channel="chat")], case=[opened(channel="voice")])
    assert by("channel", "incidents_opened", facts) == {"voice": 100, "chat": 0}


def test_a_client_whose_incidents_say_no_channel_is_left_out_of_the_contacts_too() -> None:
    facts = of(
        contact=[contact(contact_id=it, client_id=it) for it in ("one", "two")],
        case=[opened(client_id="one", channel="voice"), opened(client_id="two")],
        client=TWO,
    )
    (figure,) = [figure for figure in ask("incidents_opened", by="channel", facts=facts, floor=0) if figure.by["channel"]]
    assert (figure.value, figure.denominator, str(figure.message)) == (100, 1, "Without Two, whose source never fills channel.")


def test_orders_placed_in_a_contact_are_no_measure_of_the_contacts_of_a_channel() -> None:
    facts = of(
        contact=[contact(contact_id=str(number), channel="chat") for number in range(4)],
        order=[{"order_id": str(number), "ordered_at": "2026-03-02T09:00:00Z", "contact_id": "1" if number == 0 else None} for number in range(20)],
    )
    assert one("contact_rate", facts=facts).value == 20
    (figure,) = ask("contact_rate", by="channel", facts=facts, floor=0)
    said = "Contacts per 100 orders or customers cannot be asked by channel. It can be asked by: client, team, leader, weekday, hour"
    assert (figure.value, figure.reason, str(figure.message)) == (None, "refused", said)
    assert one("contact_rate", facts=facts, where="channel == 'chat'").reason == "refused"


def test_complaints_that_name_no_contact_are_not_none_of_each_reason() -> None:
    facts = of(contact=[contact(contact_id="1", reason_id="r")], complaint=[{"complaint_id": "1", "received_at": "2026-03-02T09:00:00Z"}])
    (figure,) = [figure for figure in ask("complaint_rate", by="reason1", facts=facts, floor=0) if figure.by["reason1"]]
    assert (figure.value, figure.reason, str(figure.message)) == (None, "not_in_source", "The source never fills contact_id.")


def test_a_count_narrowed_to_what_no_row_names_is_not_nought_and_one_without_narrowing_looks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = of(sale=[{"sale_id": "1", "sold_at": "2026-03-02T09:00:00Z"}])
    assert one("sales_count", facts=facts, where="channel == 'voice'").reason == "not_in_source"
    monkeypatch.setattr(nameless, "_filled", None)  # at ten million rows it takes a while
    assert [figure.value for figure in ask("sales_count", facts=facts, by="client", per="day", start="2026-03-01", end="2026-03-03", floor=0)] == [0, 1, 0]


def test_hours_that_are_spent_on_no_client_are_no_hours_without_contacts() -> None:
    worked = {"started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T10:00:00Z", "state": "talking"}
    states = [{"state_id": it or "nobodys", "agent_id": "anna", "client_id": it, **worked} for it in ("one", None)]
    facts = of(contact=[contact(contact_id=str(number), client_id="one", agent_id="anna") for number in range(3)], agent_state=states, client=TWO)
    found = {figure.by["client"]: (figure.value, figure.reason) for figure in ask("contacts_per_hour", by="client", facts=facts, floor=0, start="2026-03")}
    assert found == {"one": (3, None), None: (None, "no_data")}
