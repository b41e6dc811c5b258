"""Two people at the same goal: nobody's words are lost, and nobody has agreed to another day than the one that was asked about."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from django.test import Client

from nyckeltal.web.people.models import User
from nyckeltal.web.plan import actions, agreeing
from nyckeltal.web.plan.models import Goal, Season

SignIn = Callable[[str], Client]
CLASH = "Somebody else has changed this meanwhile"


def _typed(browser: Client, goal: Goal, *, unit: str) -> dict[str, str]:
    """Every field of the goal's form as the page shows it, with what it carries unseen."""
    page = browser.get(f"/plan/{goal.season.pk}/of/{unit}/").content.decode()
    form = page.split(f'action="/plan/goal/{goal.pk}/"')[1].split("</form>")[0]
    inputs = {name: re.search(r'value="([^"]*)"', tag) for tag, name in re.findall(r'(<input[^>]*name="([^"]+)"[^>]*>)', form) if "checkbox" not in tag}
    areas = dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', form))
    chosen = re.findall(r'<select[^>]*name="([^"]+)".*?(?:<option value="([^"]*)" selected|</select>)', form, re.DOTALL)
    return {name: found[1] if found else "" for name, found in inputs.items()} | areas | dict(chosen)


def test_what_another_wrote_meanwhile_stays_and_is_shown(as_person: SignIn, planned: Season) -> None:
    goal = planned.goals.get(level="company")
    first, second, path = as_person("david"), as_person("david"), f"/plan/goal/{goal.pk}/"
    mine = _typed(first, goal, unit="company") | {f"g{goal.pk}-target": "78"}
    Goal.objects.filter(pk=goal.pk).update(target=0.81, last_by={"target": -1})
    answer = first.post(path, mine | {f"g{goal.pk}-purpose": "Once is enough."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert CLASH in page
    assert "“81”" in page
    goal.refresh_from_db()
    assert (goal.target, goal.purpose) == (0.81, "Once is enough.")
    again = {name: value for name, value in mine.items() if not name.startswith("initial-")} | {f"initial-g{goal.pk}-target": "81"}
    assert second.post(path, again).status_code == 302, "it has been seen"
    goal.refresh_from_db()
    assert goal.target == 0.78


def test_what_one_did_not_touch_is_not_written(as_person: SignIn, planned: Season) -> None:
    goal, browser = planned.goals.get(level="company"), as_person("david")
    mine = _typed(browser, goal, unit="company")
    Goal.objects.filter(pk=goal.pk).update(target=0.81, why="It was written meanwhile.", last_by={"target": -1, "why": -1})
    assert browser.post(f"/plan/goal/{goal.pk}/", mine | {f"g{goal.pk}-purpose": "Once is enough."}).status_code == 302
    goal.refresh_from_db()
    assert (goal.target, goal.why, goal.purpose) == (0.81, "It was written meanwhile.", "Once is enough.")


def test_typing_on_clashes_with_nobody(as_person: SignIn, planned: Season) -> None:
    goal, browser = planned.goals.get(level="company"), as_person("david")
    mine = _typed(browser, goal, unit="company")
    for target in ("7", "78"):
        answer = browser.post(f"/plan/goal/{goal.pk}/", mine | {f"g{goal.pk}-target": target}, headers={"HX-Request": "true"})
        assert CLASH not in answer.content.decode()
    goal.refresh_from_db()
    assert goal.target == 0.78


def test_with_other_days_everybody_is_asked_anew(planned: Season, people: dict[str, User]) -> None:
    goal = planned.goals.get(level="agent")
    agreeing.ask([goal], by=people["cecilia"])
    agreement = goal.agreements.get(agent_id="anna")
    agreeing.answer(agreement, agrees=True, by=people["anna"])
    actions.change_season(planned, by=people["david"], name="Another name")
    agreement.refresh_from_db()
    assert agreement.state == "agreed", "a name changes nothing"
    actions.change_season(planned, by=people["david"], ends=date(2027, 5, 31))
    agreement.refresh_from_db()
    goal.refresh_from_db()
    assert (goal.ends, agreement.state, agreement.answered_at) == (date(2027, 5, 31), "asked", None)
