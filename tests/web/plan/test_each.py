"""A goal for each from where each stands; who is too little known is measured first; who has left counts no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from nyckeltal.plan.baseline import Measured
from nyckeltal.plan.goal import Band, Baseline
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import Sight
from nyckeltal.web.plan import agreeing, cards, measuring, setting, stored, ways
from nyckeltal.web.plan.measuring import Start
from nyckeltal.web.plan.models import Agreement, Season

SignIn = Callable[[str], Client]
People = dict[str, User]


def _measured(value: float) -> Measured:
    base = Baseline(value, 900, 9, value - 0.06, value + 0.06)
    common = {"level_error": 0.01, "slope": 0.0, "slope_error": 0.001, "process_sd": 0.01, "single": None, "per_period": 100.0}
    return Measured("fcr", "share", base, value, **common, first="2026-02", last="2026-10", signals=None, raw=value, ends=(0.0, 1.0))  # type: ignore[arg-type]  # numbers and texts in one table


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> dict[str, Measured]:
    """Where Anna and Bengt stand."""
    persons = {"anna": _measured(0.6), "bengt": _measured(0.85)}
    monkeypatch.setattr(measuring, "people", lambda *_given, **_named: Start(people=dict.fromkeys(persons, ()), persons=persons))
    monkeypatch.setattr(measuring, "start", lambda *_given: Start(measured=_measured(0.7)))
    return persons


def test_each_person_is_given_a_goal_from_where_they_stand(planned: Season, people: People, known: dict[str, Measured]) -> None:
    goal = planned.goals.get(level="agent")
    agreeing.ask([goal], by=people["cecilia"])
    agreeing.answer(goal.agreements.get(agent_id="anna"), agrees=True, by=people["anna"])
    assert known.keys() == {"anna", "bengt"}
    ways.take(people["cecilia"], goal, "each", "")
    anna, bengt = (goal.agreements.get(agent_id=agent) for agent in ("anna", "bengt"))
    assert (anna.target or 0) < (bengt.target or 0)
    assert all(one.own_target and 0.1 < (one.reach or 0) < 0.9 for one in (anna, bengt))
    assert anna.state == "asked", "she agreed to another one"


def test_a_range_asks_for_something() -> None:
    def chance(band: Band) -> float:
        return ((band.high or 0) - (band.low or 0)) / 100  # of 100 s everybody is within

    low, high = ways.asking_for_something(300, 400, "seconds", chance)
    assert (low, high) == (315, 385)


def test_who_is_too_little_known_is_measured_first(as_person: SignIn, planned: Season, people: People, known: dict[str, Measured]) -> None:
    goal, browser = planned.goals.get(level="agent"), as_person("cecilia")
    bengt = known.pop("bengt")
    assert browser.post(f"/plan/goal/{goal.pk}/way/", {"do": "first", "value": ""}).status_code == 302
    assert {one.agent_id: one.state for one in goal.agreements.all()} == {"anna": "proposed", "bengt": "measuring"}
    assert [one.owner for one in stored.plan(planned).goals if one.level == "agent"] == ["anna"], "nobody is held to it yet"
    agreeing.ask([goal], by=people["cecilia"])
    assert goal.agreements.get(agent_id="bengt").state == "measuring"
    assert as_person("bengt").get(f"/plan/agreement/{goal.agreements.get(agent_id='bengt').pk}/").status_code == 404
    assert "Measured first" in browser.get(f"/plan/{planned.pk}/of/nord/").content.decode()
    known["bengt"] = bengt
    browser.get(f"/plan/{planned.pk}/of/nord/")
    assert goal.agreements.get(agent_id="bengt").state == "proposed", "now it can be asked about"


def test_who_has_left_the_team_counts_no_more(planned: Season, people: People) -> None:
    goal = planned.goals.get(level="agent")
    Agreement.objects.create(goal=goal, agent_id="gone", state="refused", refused_why="I am leaving anyway.")
    assert "gone" not in {one.owner for one in stored.plan(planned).goals}
    answered = cards.answered(goal, Sight(manages=True))
    assert (answered.all, answered.refused) == (2, 0)
    setting.with_people(goal)
    assert goal.agreements.filter(agent_id="gone").exists(), "the word is kept"
