"""The table of architecture 12, asked role by role."""

from __future__ import annotations

from datetime import UTC, date, datetime

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
    "cecilia": ({}, MEMBERS, TEAM, TEAM),
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


@pytest.mark.parametrize("dimension", ["agent", "team", "leader", "tenure", "site", "area"])
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


AUTUMN, SUMMER = date(2026, 10, 1), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("agent", "day", "open_to_cecilia"),
    [("anna", AUTUMN, True), ("siri", SUMMER, True), ("siri", AUTUMN, False), ("sven", AUTUMN, False), ("cecilia", AUTUMN, False)],
)
def test_a_leader_opens_contacts_of_who_served_in_the_team_that_day(agent: str, day: date, open_to_cecilia: bool, people: dict[str, User]) -> None:
    ruling = access.contact(people["cecilia"], access.Contact("one", day, frozenset({agent})))
    assert (ruling is not None) is open_to_cecilia


def test_an_agent_opens_only_contacts_with_a_part_of_the_own(people: dict[str, User]) -> None:
    assert access.contact(people["anna"], access.Contact("one", AUTUMN, frozenset({"anna", "bengt"})))
    assert access.contact(people["anna"], access.Contact("one", AUTUMN, frozenset({"bengt"}))) is None
    assert access.contact(people["anna"], access.Contact("one", AUTUMN, frozenset())) is None


def test_a_leader_names_the_team_of_that_day_and_oneself(people: dict[str, User]) -> None:
    ruling = access.contacts(people["cecilia"])
    assert access.named(people["cecilia"], ruling, SUMMER) == {"anna", "bengt", "siri", "cecilia"}
    assert access.named(people["cecilia"], ruling, AUTUMN) == {"anna", "bengt", "cecilia"}


@pytest.mark.parametrize("beside", ["team", "leader", "site", "agent", "hour", "reason1"])
def test_a_manager_cannot_single_out_persons_by_time_in_the_job(beside: str, people: dict[str, User]) -> None:
    assert not access.figures(people["david"], ["tenure", beside]).allowed
    assert not access.figures(people["david"], ["tenure"], {beside: "nord"}).allowed
    assert not access.figures(people["david"], [beside], {"tenure": "0-3"}).allowed
    assert not access.figures(people["david"], (), {beside: "nord", "tenure": "0-3"}).allowed


def test_a_manager_may_ask_by_time_in_the_job_beside_what_customers_see(people: dict[str, User]) -> None:
    assert all(access.figures(people["david"], by).allowed for by in (["tenure"], ["tenure", "client"], ["tenure", "channel", "queue"]))


def test_a_leader_who_also_serves_asks_about_oneself_as_an_agent(people: dict[str, User]) -> None:
    person = people["cecilia"]
    person.roles, person.agent_id = [Role.LEADER.value, Role.AGENT.value], "cecilia"
    assert access.figures(person, ["agent"], {"agent": "anna"}).role is Role.LEADER
    assert access.figures(person, ["agent"]).role is Role.LEADER
    assert access.figures(person, ["agent"], {"agent": "cecilia"}).role is Role.AGENT


def test_the_role_decides_that_reaches_what_was_chosen(people: dict[str, User]) -> None:
    person = people["anna"]
    person.roles, person.client_ids = [Role.CLIENT.value, Role.AGENT.value], ["two"]
    assert access.figures(person, (), {"queue": "orders"}).role is Role.CLIENT
    assert access.figures(person, (), {"queue": "invoice"}).role is Role.AGENT


def test_who_manages_and_leads_keeps_the_names_of_the_own_team(people: dict[str, User]) -> None:
    person = people["cecilia"]
    person.roles = [Role.MANAGER.value, Role.LEADER.value]
    own, other = (access.contact(person, access.Contact("one", AUTUMN, frozenset({one}))) for one in ("anna", "sven"))
    assert own is not None
    assert own.role is Role.LEADER
    assert other is not None
    assert "agent_id" in other.hidden


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


def _days(first: str, last: str, per: str = "") -> access.Days:
    return access.Days(date.fromisoformat(first), date.fromisoformat(last), per)


MONTHLY = [_days("2026-08-01", "2026-10-31", per) for per in ("", "month", "quarter", "year")] + [_days("2026-10-01", "2026-10-31")]
SHORTER = [_days("2026-08-01", "2026-10-31", per) for per in ("week", "day", "hour", "interval")] + [
    _days("2026-10-01", "2026-10-30"), _days("2026-10-02", "2026-11-30"), _days("2026-10-05", "2026-10-05"), _days("2026-10-05", "2026-10-05", "month"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "by"), [("anna", ()), ("anna", ("agent",)), ("anna", ("queue",)), ("cecilia", ("agent",)), ("cecilia", ("team", "agent"))])
def test_one_person_is_followed_by_the_month_and_by_nothing_shorter(name: str, by: tuple[str, ...], people: dict[str, User]) -> None:
    assert all(access.figures(people[name], by, {}, days).allowed for days in MONTHLY)
    for days in SHORTER:
        ruling = access.figures(people[name], by, {}, days)
        assert not ruling.allowed
        assert "Ask per month, quarter or year" in str(ruling.why)


@pytest.mark.parametrize("narrowed", ["weekday", "hour"])
def test_a_month_of_one_person_is_not_parted_into_days_or_hours(narrowed: str, people: dict[str, User]) -> None:
    assert not access.figures(people["cecilia"], ["agent", narrowed], {}, MONTHLY[0]).allowed
    assert not access.figures(people["cecilia"], ["agent"], {narrowed: "1"}, MONTHLY[0]).allowed
    assert not access.figures(people["cecilia"], [narrowed], {"agent": "anna"}, MONTHLY[0]).allowed
    assert not access.figures(people["anna"], [narrowed], {}, MONTHLY[0]).allowed
    assert access.figures(people["david"], [narrowed], {}, SHORTER[0]).allowed


def test_the_running_month_is_whole_as_far_as_there_is_one() -> None:
    today = date(2026, 11, 22)
    assert _days("2026-11-01", "2026-11-30").whole_months(today)
    assert _days("2026-10-01", "2026-11-22", "month").whole_months(today)
    assert not _days("2026-11-01", "2026-11-22").whole_months(today)


@pytest.mark.parametrize("group", ["team", "leader", "tenure", "site"])
def test_persons_are_not_seen_through_a_group_of_few_by_who_may_not_see_them(group: str, people: dict[str, User]) -> None:
    assert access.figures(people["david"], [group], {}, MONTHLY[0]).least_persons == access.LEAST_PERSONS
    assert access.figures(people["david"], (), {group: "x"}, MONTHLY[0]).least_persons == access.LEAST_PERSONS
    assert access.figures(people["david"], ["queue"], {}, MONTHLY[0]).least_persons == 0
    assert access.figures(people["cecilia"], [group], {}, MONTHLY[0]).least_persons == 0
    assert access.figures(people["cecilia"], [group], {}, SHORTER[0]).least_persons == access.LEAST_PERSONS
