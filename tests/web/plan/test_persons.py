"""What of single persons a plan keeps to themselves and their leader: in the history, the file, the picture, on the pages of figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.test import Client

from nyckeltal.plan.breach import of_goal
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import Sight, tells_figures
from nyckeltal.web.plan import actions, agreeing, cards, changes, importing, picture, setting, stored
from nyckeltal.web.plan.guarding import Guards, _Group, _open
from nyckeltal.web.plan.models import Goal, Season
from nyckeltal.words import Text

SignIn = Callable[[str], Client]
People = dict[str, User]
MANAGER, REPRESENTATIVE = Sight(manages=True), Sight(represents=True)
LEADER = Sight(led=frozenset({"nord"}), agent="cecilia", names=frozenset({"anna", "bengt", "cecilia"}))


def _each(season: Season) -> Goal:
    return season.goals.get(level="agent")


def _page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_persons_target_does_not_stand_for_everybodys_in_a_file(planned: Season, people: People) -> None:
    anna = _each(planned).agreements.get(agent_id="anna")
    agreeing.retarget(anna, 0.61, by=people["cecilia"])
    text = importing.written(planned, MANAGER)
    assert "61" not in text
    assert text.count('"75 %"') + text.count("0.75") >= 3


def test_a_leader_reads_no_history_of_another_teams_goals(as_person: SignIn, planned: Season, people: People) -> None:
    syd = planned.units.get(unit_id="syd")
    other = setting.add_goal(syd, "agent", asking.kpis()["fcr"], by=people["david"], target=0.7)
    changes.note(planned, "set_aside", by=None, goal=other, why="Sven is new to it.")
    changes.note(planned, "refused", by=None, goal=other, agent_id="anna", why="Anna said so in Syd.")
    page = _page(as_person("cecilia"), f"/plan/{planned.pk}/history/")
    assert "Sven is new to it." not in page
    assert "Anna said so in Syd." not in page
    manager = _page(as_person("david"), f"/plan/{planned.pk}/history/")
    assert "set aside" in manager
    assert "Sven is new to it." not in manager, "why stays between the leader and the team"


def test_a_leader_who_serves_as_an_agent_is_a_person_to_managers(as_person: SignIn, planned: Season) -> None:
    changes.note(planned, "refused", by=None, goal=_each(planned), agent_id="cecilia", why="My own calls are the hard ones.")
    changes.note(planned, "refused", by=None, goal=planned.goals.get(level="team"), agent_id="cecilia", why="The team is too new.")
    page = _page(as_person("david"), f"/plan/{planned.pk}/history/")
    assert "My own calls are the hard ones." not in page
    assert "The team is too new." in page


@pytest.mark.parametrize(("sight", "told"), [(MANAGER, False), (LEADER, True)])
def test_what_was_measured_of_two_persons_is_their_leaders_to_know(sight: Sight, told: bool, planned: Season) -> None:
    planned.goals.filter(level__in=["team", "agent"]).update(baseline={"value": 0.55, "n": 100, "periods": 6, "low": None, "high": None})
    assert tells_figures(sight, "team", "nord") is told
    drawn = picture.cascade(sight, planned, Guards())
    assert all(bool(box.now) is told for box in (*drawn.middle, *drawn.people))
    assert ("0.55" in importing.written(planned, sight)) is told


def test_answers_of_two_are_not_told_by_the_sum_less_the_others(planned: Season, people: People) -> None:
    agreeing.ask(planned.goals.all(), by=people["cecilia"])
    line = next(one for one in picture.units(MANAGER, planned, Guards()) if one.unit.unit_id == "nord")
    assert line.answered == ""  # one leader and two agents are three, of whom the leader's answer is known


def test_a_representative_is_not_told_what_a_leader_answered(as_person: SignIn, planned: Season, people: People) -> None:
    team = planned.goals.get(level="team")
    agreeing.ask([team], by=people["david"])
    agreeing.answer(team.agreements.get(agent_id="cecilia"), agrees=False, by=people["cecilia"], why="The team is too new.")
    assert cards.answered(team, REPRESENTATIVE).people == []
    for path in ("", "history/", "of/nord/"):
        page = _page(as_person("hanna"), f"/plan/{planned.pk}/{path}")
        assert "The team is too new." not in page
        assert "says no" not in page
    assert "The team is too new." in _page(as_person("david"), f"/plan/{planned.pk}/of/nord/")


def test_a_client_is_not_told_what_the_company_wants(as_person: SignIn, planned: Season, people: People) -> None:
    top = planned.goals.get(level="company")
    setting.change_goal(top, {"target": 0.777}, by=people["david"])
    setting.add_goal(planned.units.get(unit_id="one"), "client", asking.kpis()["fcr"], by=people["david"], target=0.8, parent=top)
    actions.put_in_force(planned, by=people["david"])
    assert "77.7" not in _page(as_person("fatima"), f"/plan/{planned.pk}/of/one/")
    assert "77.7" in _page(as_person("david"), f"/plan/{planned.pk}/of/one/")


def test_nobody_agrees_to_what_was_not_there(as_person: SignIn, planned: Season, people: People) -> None:
    agreeing.ask([_each(planned)], by=people["cecilia"])
    anna = _each(planned).agreements.get(agent_id="anna")
    browser, path = as_person("anna"), f"/plan/agreement/{anna.pk}/"
    browser.get(path)
    seen = browser.get(path).context["seen"]
    agreeing.retarget(anna, 0.95, by=people["cecilia"])
    assert browser.post(path, {"do": "agree", "seen": seen}).status_code == 422
    anna.refresh_from_db()
    assert anna.state == "asked"
    assert browser.post(path, {"do": "agree", "seen": browser.get(path).context["seen"]}).status_code == 302


def test_what_somebody_else_saved_at_the_same_time_stands(planned: Season, people: People) -> None:
    first, second = _each(planned), _each(planned)
    setting.remove_goal(second, by=people["cecilia"])
    setting.change_goal(first, {"purpose": "Fewer second calls."}, by=people["cecilia"])
    assert Goal.objects.get(pk=first.pk).removed_at is not None
    late = Season.objects.get(pk=planned.pk)
    actions.put_in_force(planned, by=people["david"])
    actions.change_season(late, by=people["david"], name="Winter again")
    assert Season.objects.get(pk=planned.pk).state == "in_force"


def test_rules_that_tell_what_two_persons_give_speak_to_their_leader(planned: Season) -> None:
    each, team = _each(planned), planned.goals.get(level="team")
    said = _Group(of_goal("R15", "warning", stored.goal(team, None), Text("x", "x"), Text("x", "x")), (team.key,), [])
    goals = {one.key: one for one in (each, team)}
    assert not _open(said, goals, MANAGER)
    assert _open(said, goals, LEADER)
    top = planned.goals.get(level="company")
    assert _open(replace(said, goals=(top.key,)), {**goals, top.key: top}, MANAGER)
    each.parent = top
    assert not _open(replace(said, goals=(top.key,)), {**goals, top.key: top}, MANAGER)


def test_another_way_of_counting_or_another_day_is_asked_about_anew(planned: Season, people: People) -> None:
    goal = _each(planned)
    agreeing.ask([goal], by=people["cecilia"])
    for fields in ({"ends": goal.ends.replace(day=1)}, {"variant": "without_calls"}):
        anna = goal.agreements.get(agent_id="anna")
        agreeing.answer(anna, agrees=True, by=people["anna"])
        setting.change_goal(goal, {"purpose": f"Fewer second calls {len(fields)}."}, by=people["cecilia"])
        assert goal.agreements.get(agent_id="anna").state == "agreed"
        setting.change_goal(goal, fields, by=people["cecilia"])
        assert goal.agreements.get(agent_id="anna").state == "asked"
