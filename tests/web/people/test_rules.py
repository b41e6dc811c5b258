"""The table of architecture 12, asked role by role."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nyckeltal.contacts.store import World
from nyckeltal.web.frame import facts
from nyckeltal.web.people import access
from nyckeltal.web.people.access import Thing
from nyckeltal.web.people.models import User
from nyckeltal.web.people.roles import Role
from web import cast

OWN, TEAM, MEMBERS = {"agent": {"anna"}}, {"team": {"nord"}}, {"team": {"nord"}, "agent": {"anna", "bengt", "cecilia"}}
NOBODY = None

# person → figures; by agent; by team; contacts. A restriction, {} for all, None for refused
TABLE = {
    "anna": (OWN, OWN, NOBODY, OWN),
    "cecilia": ({}, MEMBERS, TEAM, MEMBERS),
    "david": ({}, NOBODY, {}, {}),
    "eva": (NOBODY, NOBODY, NOBODY, NOBODY),
    "fatima": ({"client": {"one"}}, NOBODY, NOBODY, {"client": {"one"}}),
    "gustav": ({"client": {"two"}}, NOBODY, NOBODY, {"client": {"two"}}),
    "hanna": (NOBODY, NOBODY, NOBODY, NOBODY),
    "ingrid": (NOBODY, NOBODY, NOBODY, NOBODY),
    "nobody": (NOBODY, NOBODY, NOBODY, NOBODY),
}


def _within(ruling: access.Ruling) -> dict[str, set[str]] | None:
    return {dimension: set(ids) for dimension, ids in ruling.within.items()} if ruling.allowed else None


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_role_sees_what_the_table_says(name: str, people: dict[str, User]) -> None:
    person = people[name]
    asked = (access.figures(person), access.figures(person, ["agent"]), access.figures(person, ["team"]), access.contacts(person))
    assert tuple(_within(ruling) for ruling in asked) == TABLE[name]


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_ruling_says_why(name: str, people: dict[str, User]) -> None:
    for ruling in (access.figures(people[name]), access.figures(people[name], ["agent"]), access.contacts(people[name])):
        assert str(ruling.why).endswith(".")


@pytest.mark.parametrize("dimension", ["agent", "team", "leader", "tenure", "site"])
def test_a_client_is_never_told_who(dimension: str, people: dict[str, User]) -> None:
    assert not access.figures(people["fatima"], ["channel", dimension]).allowed


def test_nobody_is_shown_a_customer_but_whoever_answers_for_it(people: dict[str, User]) -> None:
    assert all("customer_key" in access.contacts(people[name]).hidden for name in ("anna", "cecilia", "david", "fatima"))
    assert all("agent_id" in access.contacts(people[name]).hidden for name in ("david", "fatima"))


def test_a_manager_who_leads_a_team_is_also_its_leader(people: dict[str, User]) -> None:
    person = people["cecilia"]
    person.roles = [Role.MANAGER.value, Role.LEADER.value]
    assert _within(access.figures(person, ["agent"])) == MEMBERS
    assert _within(access.figures(person, ["team"])) == {}


def test_a_leader_sees_who_belongs_to_the_team_today_and_nobody_who_left(people: dict[str, User]) -> None:
    assert "siri" not in access.figures(people["cecilia"], ["agent"]).within["agent"]


def test_who_leads_no_team_any_more_sees_nothing_as_a_leader(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    memberships = [dict(row, valid_to="2026-01-01") if row["agent_id"] == "cecilia" else row for row in cast.ORGANISATION["team_membership"]]
    world = World.of({**cast.ORGANISATION, "team_membership": memberships}, datetime(2026, 11, 1, tzinfo=UTC))
    monkeypatch.setattr(facts, "current", lambda: world)
    assert not access.figures(people["cecilia"], ["agent"]).allowed
    assert not access.figures(people["cecilia"]).allowed


def test_a_closed_account_sees_nothing(people: dict[str, User]) -> None:
    people["david"].is_active = False
    assert not access.figures(people["david"]).allowed


@pytest.mark.parametrize(("name", "missing"), [("anna", "agent_id"), ("fatima", "client_ids"), ("cecilia", "agent_id")])
def test_a_role_that_is_tied_to_nobody_sees_nothing(name: str, missing: str, people: dict[str, User]) -> None:
    setattr(people[name], missing, [] if missing == "client_ids" else "")
    assert not access.figures(people[name]).allowed
    assert not access.contacts(people[name]).allowed


def test_access_can_say_what_each_role_says(people: dict[str, User]) -> None:
    person = people["cecilia"]
    person.roles = [Role.MANAGER.value, Role.LEADER.value]
    said = access.explain(person, Thing.FIGURES, ["agent"])
    assert [(ruling.role, ruling.allowed) for ruling in said] == [(Role.LEADER, True), (Role.MANAGER, False)]
