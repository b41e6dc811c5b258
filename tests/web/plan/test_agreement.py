"""The talk about one person's goal, as agent, leader and manager; nobody else's business."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from nyckeltal.web.people.models import User
from nyckeltal.web.plan import agreeing
from nyckeltal.web.plan.models import Agreement, Change, Reminder, Season

SignIn = Callable[[str], Client]
People = dict[str, User]
WHY = "Half of mine are transfers from sales."


@pytest.fixture
def asked(planned: Season, people: People) -> Season:
    agreeing.ask(planned.goals.filter(removed_at=None), by=people["cecilia"])
    return planned


def _of(season: Season, agent: str) -> Agreement:
    return Agreement.objects.get(goal__season=season, goal__level="agent" if agent != "cecilia" else "team", agent_id=agent)


def test_an_agent_agrees_or_says_why_not(as_person: SignIn, asked: Season) -> None:
    own = _of(asked, "anna")
    browser, path = as_person("anna"), f"/plan/agreement/{own.pk}/"
    page = browser.get(path).content.decode()
    assert "Your goal: 75% or more" in page
    assert "I agree" in page
    assert browser.post(path, {"do": "refuse", "text": ""}).status_code == 422
    assert browser.post(path, {"do": "refuse", "text": WHY}).status_code == 302
    own.refresh_from_db()
    assert (own.state, own.refused_why) == ("refused", WHY)
    assert browser.post(path, {"do": "agree"}).status_code == 302
    own.refresh_from_db()
    assert (own.state, own.refused_why) == ("agreed", "")
    assert [one.text for one in own.said.all()] == [WHY]
    assert list(Change.objects.filter(agent_id="anna").order_by("pk").values_list("what", flat=True)) == ["refused", "agreed"]


def test_a_leader_answers_and_changes_the_target_in_answer(as_person: SignIn, asked: Season) -> None:
    own = _of(asked, "anna")
    path = f"/plan/agreement/{own.pk}/"
    as_person("anna").post(path, {"do": "refuse", "text": WHY})
    leader = as_person("cecilia")
    assert WHY in leader.get("/plan/").content.decode()
    assert leader.post(path, {"do": "target", "target": "lots", "text": ""}).status_code == 422
    assert leader.post(path, {"do": "target", "target": "70", "text": "Seventy, then."}).status_code == 302
    own.refresh_from_db()
    assert (own.state, own.target, own.own_target) == ("asked", 0.7, True)
    assert "Seventy, then." in as_person("anna").get(path).content.decode()
    assert "Your goal: 70% or more" in as_person("anna").get(path).content.decode()


def test_a_leader_agrees_to_the_teams_goal_and_the_manager_answers(as_person: SignIn, asked: Season) -> None:
    own = _of(asked, "cecilia")
    path = f"/plan/agreement/{own.pk}/"
    assert as_person("cecilia").post(path, {"do": "agree"}).status_code == 302
    assert as_person("david").post(path, {"do": "say", "text": "Thank you."}).status_code == 302
    assert as_person("david").post(path, {"do": "agree"}).status_code == 403
    own.refresh_from_db()
    assert own.state == "agreed"


@pytest.mark.parametrize("name", ["bengt", "david", "hanna", "fatima"])
def test_nobody_else_learns_of_a_persons_goal(name: str, as_person: SignIn, asked: Season) -> None:
    path = f"/plan/agreement/{_of(asked, 'anna').pk}/"
    assert as_person(name).get(path).status_code == 404
    assert as_person(name).post(path, {"do": "agree"}).status_code == 404


def test_an_agent_is_not_asked_about_what_is_still_being_written(as_person: SignIn, planned: Season) -> None:
    own = _of(planned, "anna")
    assert as_person("anna").get(f"/plan/agreement/{own.pk}/").status_code == 404
    assert as_person("cecilia").get(f"/plan/agreement/{own.pk}/").status_code == 200
    assert "No goal has been proposed" in as_person("anna").get("/plan/").content.decode()


def test_another_target_for_all_asks_those_anew_who_had_no_own(asked: Season, people: People) -> None:
    from nyckeltal.web.plan import setting

    anna, bengt = _of(asked, "anna"), _of(asked, "bengt")
    agreeing.answer(bengt, agrees=True, by=people["bengt"])
    agreeing.retarget(anna, 0.7, by=people["cecilia"])
    agreeing.answer(anna, agrees=True, by=people["anna"])
    setting.change_goal(anna.goal, {"target": 0.8}, by=people["cecilia"])
    anna.refresh_from_db()
    bengt.refresh_from_db()
    assert (anna.state, bengt.state) == ("agreed", "asked")


def test_whoever_has_not_answered_is_reminded_once_a_week(asked: Season, people: People, as_person: SignIn) -> None:
    now = timezone.now()
    assert agreeing.remind(now) == 0
    waiting = Agreement.objects.waiting().count()
    assert agreeing.remind(now + timedelta(days=6)) == waiting == 3
    assert agreeing.remind(now + timedelta(days=7)) == 0
    assert "reminded" in as_person("anna").get("/plan/").content.decode()
    assert agreeing.remind(now + timedelta(days=14)) == 3
    agreeing.answer(_of(asked, "anna"), agrees=True, by=people["anna"])
    assert not Reminder.objects.filter(agreement=_of(asked, "anna")).exists()


def test_a_season_that_is_over_is_not_talked_about_any_more(asked: Season, people: People) -> None:
    Season.objects.filter(pk=asked.pk).update(state="over")
    with pytest.raises(ValidationError, match="over"):
        agreeing.answer(_of(asked, "anna"), agrees=True, by=people["anna"])
