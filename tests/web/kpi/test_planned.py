"""The pages of the roles while a plan is in force: its goals, how they stand, what waits; on the Monday counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse

from nyckeltal.contacts.store import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.plan.fair import fair
from nyckeltal.plan.goal import Band, Goal, Override, Plan
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import asking, decisions, fairly, funnels, hanging, planned
from nyckeltal.web.kpi.hanging import Hanging, People, UnitBox
from nyckeltal.web.kpi.planned import Decision
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people.models import User
from nyckeltal.web.plan.models import Season
from nyckeltal.when.period import Period
from web.kpi import monday
from web.kpi.test_pages import cards, text

if TYPE_CHECKING:
    from nyckeltal.web.people.models import User as Person

SignIn = Callable[[str], Client]
AGREED = datetime(2026, 1, 5, tzinfo=UTC)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def goal(name: str, kpi: str, level: Any, unit: str, owner: str, **said: Any) -> Goal:
    return Goal(name, unit, kpi, level, owner, FIRST, LAST, **{"accepted_at": AGREED} | said)


ANNAS = (
    goal("aht/anna", "aht", "agent", "nord", "anna", band=Band(160, 200)),
    goal("fcr/anna", "fcr", "agent", "nord", "anna", target=0.75, action="Read five contacts together."),
    goal("csat/anna", "csat", "agent", "nord", "anna", target=4.0, accepted_at=None),
    goal("transfer/anna", "transfer_rate", "agent", "nord", "anna", target=0.1, role="guard", accepted_at=None),
)
OTHERS = (
    goal("fcr/bengt", "fcr", "agent", "nord", "bengt", target=0.75, refused_why="Half of mine are transfers.", accepted_at=None, reach=0.14),
    goal("nord", "fcr", "team", "nord", "cecilia", target=0.9),
    goal("one", "service_level", "client", "one", "cecilia", target=0.6),
    goal("two", "service_level", "client", "two", "david", target=0.9),
    goal("all", "csat", "company", "company", "david", target=4.5, action="Call back whoever was dissatisfied."),
)


class Offered:
    """A plan without the room of plans."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def current(self, day: date) -> Plan | None:
        return self.plan if self.plan.starts <= day <= self.plan.ends else None

    def rules_broken(self, person: User, units: Sequence[str]) -> Sequence[Decision]:
        return [Decision(f"A rule is broken for {unit}.") for unit in units if unit == "nord"]

    def hanging(self, person: User, shown: Mapping[str, Any]) -> Mapping[str, Any]:
        return {}


@pytest.fixture(scope="session")
def mondays() -> World:
    return monday.centre()


@pytest.fixture
def plan(mondays: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plan]:
    before = planned.source()
    overrides = (Override("R06", "fcr/anna", "Cecilia Berg", AGREED, "Both are wanted this spring."),)
    made = Plan("p", "Spring", "", FIRST, LAST, (), (*ANNAS, *OTHERS), overrides)
    monkeypatch.setattr(facts, "current", lambda: mondays)
    planned.offer(Offered(made))
    yield made
    planned._offered[:] = [before] if before else []


def test_an_agent_sees_the_own_goals_with_status_in_words(as_person: SignIn, plan: Plan) -> None:
    page = text(as_person("anna"), "/my-figures/")
    mine = cards(page)
    assert list(mine) == ["Average handling time", "First contact resolution", "Customer satisfaction"]
    assert "Inside the range" in mine["Average handling time"]  # 3:07 of 2:40 to 3:20
    assert "2:40 to 3:20" in mine["Average handling time"]
    assert "Off goal" in mine["First contact resolution"]  # 20 of 40, likely 35 to 65 %
    assert "at least 75%" in mine["First contact resolution"]
    assert "Read five contacts together." in mine["First contact resolution"]
    assert "A rule is set aside by Cecilia Berg: “Both are wanted this spring.”" in mine["First contact resolution"]
    assert "Goal reached" in mine["Customer satisfaction"]  # 4.00 meets 4.0
    assert "Agreed" in mine["First contact resolution"]
    assert "Not agreed yet" in mine["Customer satisfaction"]


def test_the_lead_says_how_many_goals_are_reached(as_person: SignIn, plan: Plan) -> None:
    assert "2 of your 3 goals are reached." in text(as_person("anna"), "/my-figures/")


def test_a_guard_is_a_quiet_line_and_no_card(as_person: SignIn, plan: Plan) -> None:
    page = text(as_person("anna"), "/my-figures/")
    quiet = page.partition("Watched quietly")[2]
    assert "Transfer rate" in quiet
    assert "33%" in quiet
    assert "Off goal" in quiet
    assert page.count("What you can do") == 3


def test_whoever_has_no_goal_sees_the_usual_figures(as_person: SignIn, plan: Plan) -> None:
    planned.offer(Offered(replace(plan, goals=OTHERS[1:])))
    page = text(as_person("anna"), "/my-figures/")
    assert list(cards(page)) == ["First contact resolution", "Customer satisfaction", "Average handling time"]
    assert "Goal reached" not in page


def test_a_leader_sees_what_needs_a_decision_first(as_person: SignIn, plan: Plan) -> None:
    page = text(as_person("cecilia"), "/team/")
    first = page.partition("Needs a decision")[2].partition("¶")[0]
    assert "First contact resolution is off goal." in first
    assert "Nothing is agreed for when it is off goal." in first
    assert "Bengt says no to the goal for First contact resolution." in first
    assert "“Half of mine are transfers.” The chance of reaching it was 14% when it was set." in first
    assert "1 goal in the team is not agreed yet." in first
    assert "A rule is broken for nord." in first


def test_a_leader_sees_no_goal_that_was_set_for_a_person_in_another_team_or_who_left(as_person: SignIn, plan: Plan) -> None:
    elsewhere = goal("aht/sven", "aht", "agent", "syd", "sven", band=Band(111, 222))
    left = goal("aht/siri", "aht", "agent", "nord", "siri", band=Band(111, 222), refused_why="I am leaving anyway.", accepted_at=None)
    moved = goal("csat/anna-syd", "csat", "agent", "syd", "anna", target=3.3, refused_why="Not in Syd.", accepted_at=None)
    planned.offer(Offered(replace(plan, goals=(*OTHERS, elsewhere, left, moved))))
    browser = as_person("cecilia")
    for agent in ("sven", "siri", "anna"):
        answer = browser.get(reverse("kpi:person", args=["nord", agent]))
        for personal in ("1:51", "3:42", "3.3", "says no"):
            assert personal not in answer.content.decode(), agent
    assert "I am leaving anyway." not in text(browser, "/team/")


def test_of_goals_that_two_have_no_count_is_told(as_person: SignIn, plan: Plan) -> None:
    three = [goal(f"fcr/{one}", "fcr", "agent", "nord", one, together="fcr", accepted_at=None) for one in ("anna", "bengt", "siri")]
    one = goal("aht/anna", "aht", "agent", "nord", "anna", together="aht", accepted_at=None)
    assert decisions.of_enough([*three, one]) == three
    planned.offer(Offered(replace(plan, goals=(*three, one, OTHERS[-1]))))
    assert "3 of 3 personal goals are not agreed yet." in text(as_person("david"), "/customer-service/")


def test_a_manager_sees_decisions_and_no_person(as_person: SignIn, plan: Plan) -> None:
    page = text(as_person("david"), "/customer-service/")
    assert "Needs a decision" in page
    assert "Two · Service level is off goal." in page, page[:3000]
    assert "Team Nord · First contact resolution is off goal." not in page  # two persons are too few for whoever sees none
    for personal in ("Anna", "Bengt", "Half of mine", "3:07"):
        assert personal not in page
    decided = page.partition("Needs a decision")[2].partition("¶")[0]
    assert "Customer satisfaction is off goal" not in decided  # what is done about it is agreed already


def test_beside_the_plan_as_a_whole_each_figure_is_a_line_that_opens(as_person: SignIn, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    people = People("12 people", "at most 2 goals each", "", "What they are to reach adds up.", ())
    whole = Hanging(Season(pk=1, name="Spring"), (), (UnitBox("Team Nord", (), people),), (), ())
    before = as_person("david").get("/customer-service/").content.decode()
    monkeypatch.setattr(hanging, "hanging", lambda *_: whole)
    page = as_person("david").get("/customer-service/").content.decode()
    assert (before.count('<article class="card kpi"'), before.count('class="fold"')) == (1, 0)
    assert (page.count('<article class="card kpi"'), page.count('class="fold"')) == (0, 1)
    assert page.split('class="fold__line"')[1].split("</summary>")[0].count("Customer satisfaction") == 1
    assert page.count("at most 2 goals each") == 2  # beside the team, and within its box where there is room for one column only


def test_a_client_sees_the_own_goal_only(as_person: SignIn, plan: Plan) -> None:
    one, two = text(as_person("fatima"), "/our-service/"), text(as_person("gustav"), "/our-service/")
    assert "at least 60%" in one
    assert "at least 90%" not in one
    assert "at least 90%" in two
    assert "Needs a decision" not in one


def test_without_a_plan_in_force_nothing_is_judged(as_person: SignIn, plan: Plan) -> None:
    planned.offer(Offered(replace(plan, ends=date(2026, 1, 31))))
    assert "Goal reached" not in text(as_person("anna"), "/my-figures/")
    assert "Needs a decision" not in text(as_person("cecilia"), "/team/")


@pytest.mark.parametrize("name", ["bengt", "david", "fatima", "eva", "hanna", "ingrid"])
def test_nobody_else_is_told_how_an_agent_compares(people: dict[str, Person], plan: Plan, name: str) -> None:
    month = Period.of("2026-03")
    assert fairly.own(people[name], "anna", ["aht"], "nord", month) == {}
    assert fairly.families(people[name], ["aht"], "nord", month) == {}


def test_of_so_few_colleagues_none_is_told_of(people: dict[str, Person], plan: Plan) -> None:
    assert fairly.own(people["anna"], "anna", ["aht"], "nord", Period.of("2026-03")) == {}


def colleagues(kpis: Sequence[str], question: PageQuestion) -> tuple[Figure, ...]:
    """Six of equal pace; Anna's contacts are the long ones. Dana takes twice as long as anybody."""
    found = []
    for name in ("anna", "bengt", "carl", "dana", "erik", "frida"):
        for reason, mean, n in (("short", 200.0, 40 if name == "anna" else 360), ("long", 600.0, 360 if name == "anna" else 40)):
            by, value = {"agent": name, "reason2": reason, "channel": "voice", "tenure": "12+"}, mean * (2 if name == "dana" else 1)
            half = value * 2 / n**0.5
            told = {"numerator": value * n, "denominator": float(n), "n": n, "low": value - half, "high": value + half}
            found.append(Figure("aht", 2, "segment", None, by, value, "seconds", **told))
    return tuple(found)


def test_an_agent_is_told_the_own_place_among_colleagues(people: dict[str, Person], plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "of_everybody", colleagues)
    found = fairly.own(people["anna"], "anna", ["aht"], "nord", Period.of("2026-03"))
    assert list(found) == ["aht"]
    anna = found["aht"]
    assert (anna.agent, anna.place, anna.harder, anna.raw) == ("anna", "usual", 1, 560.0)  # 40 at 200 s and 360 at 600 s
    assert anna.value < anna.raw
    assert fairly.own(people["anna"], "bengt", ["aht"], "nord", Period.of("2026-03")) == {}
    assert set(fairly.families(people["cecilia"], ["aht"], "nord", Period.of("2026-03"))["aht"].people) >= {"anna", "dana"}
    assert fairly.families(people["cecilia"], ["aht"], "syd", Period.of("2026-03")) == {}


def test_a_personal_goal_is_judged_with_the_same_mix(as_person: SignIn, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "of_everybody", colleagues)
    card = cards(text(as_person("anna"), "/my-figures/"))["Average handling time"]
    assert "Your contacts are harder than the others’: with the same mix a colleague would have had" in card
    assert "you have 9:20." in card
    assert "With the team’s mix" in card


def test_people_are_drawn_adjusted_and_the_one_outside_is_named(db: None) -> None:
    family = fair(colleagues(["aht"], PageQuestion("aht", FIRST, LAST)), "lower")
    assert family
    chart = funnels.of_fair(family, family.people, "Average handling time, Team Nord, March 2026", "seconds", 0, ("mid",))
    assert "Same mix of contacts and same experience for all." in chart.under
    assert family.people["dana"].raw == 480.0
    assert family.people["anna"].raw > family.people["dana"].raw  # and yet Dana is the slow one
    assert family.people["dana"].value > 1.5 * family.people["anna"].value
