"""Set-up in three steps: shows, refuses strangers, keeps what was typed, offers ways out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from nyckeltal.plan.breach import Breach
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import guarding
from nyckeltal.web.plan.models import Change, Goal, Season, Unit
from nyckeltal.words import Text

SignIn = Callable[[str], Client]
People = dict[str, User]


def _page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_the_purpose_is_kept_and_leads_to_the_next_step(as_person: SignIn, winter: Season) -> None:
    path = f"/plan/{winter.pk}/of/company/purpose/"
    said = {"objective": "Nobody calls twice.", "primary": "sales", "secondary": "service"}
    answer = as_person("david").post(path, said)
    assert (answer.status_code, answer["Location"]) == (302, f"/plan/{winter.pk}/of/company/choose/")
    winter.refresh_from_db()
    assert winter.objective == "Nobody calls twice."
    assert {(one.primary, one.secondary) for one in winter.units.all()} == {("sales", "service")}
    assert as_person("david").post(path, said | {"secondary": "sales"}).status_code == 422


@pytest.mark.parametrize("step", ["", "purpose/", "choose/"])
def test_each_step_shows_for_whoever_sets(step: str, as_person: SignIn, planned: Season) -> None:
    assert "Plan for the company" in _page(as_person("david"), f"/plan/{planned.pk}/of/company/{step}")
    assert "Plan for Team Nord" in _page(as_person("cecilia"), f"/plan/{planned.pk}/of/nord/{step}")


def test_the_few_are_chosen_from_what_fits(as_person: SignIn, winter: Season, nord: Unit) -> None:
    browser, path = as_person("cecilia"), f"/plan/{winter.pk}/of/nord/"
    page = _page(browser, f"{path}choose/")
    assert "Resolution at the first contact" in page or "First contact resolution" in page
    assert browser.post(f"{path}add/", {"kpi": "fcr", "level": "agent", "role": "primary", "do": "add"}).status_code == 302
    goal = Goal.objects.get(kpi="fcr")
    assert (goal.level, {one.agent_id for one in goal.agreements.all()}) == ("agent", {"anna", "bengt"})
    assert all(getattr(goal, answer) for answer in ("purpose", "influence", "method"))
    assert browser.post(f"{path}add/", {"kpi": "csat", "level": "agent", "do": "park"}).status_code == 302
    nord.refresh_from_db()
    assert nord.rotation == ["csat"]


def test_what_is_typed_is_kept_and_what_follows_from_it_comes_back(as_person: SignIn, planned: Season) -> None:
    goal = planned.goals.get(level="agent")
    said = {f"g{goal.pk}-{name}": value for name, value in {"target": "78", "purpose": "Once is enough.", "role": "primary", "starts": "2026-11-01"}.items()}
    answer = as_person("cecilia").post(f"/plan/goal/{goal.pk}/", said | {f"g{goal.pk}-ends": "2027-04-30"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert f'id="chance-{goal.pk}"' in page
    assert f'id="guards-{goal.pk}"' in page
    assert "textarea" not in page
    wrong = as_person("cecilia").post(f"/plan/goal/{goal.pk}/", said | {f"g{goal.pk}-target": "soon"}, headers={"HX-Request": "true"}).content.decode()
    assert 'class="error"' in wrong.partition(f'id="wrong-{goal.pk}"')[2].partition("</div>")[0]
    goal.refresh_from_db()
    assert (goal.target, goal.purpose) == (0.78, "Once is enough.")
    assert Change.objects.filter(goal=goal, what="target", after__target=0.78).exists()


def test_what_cannot_be_read_is_said_and_changes_nothing(as_person: SignIn, planned: Season) -> None:
    goal = planned.goals.get(level="agent")
    answer = as_person("cecilia").post(f"/plan/goal/{goal.pk}/", {f"g{goal.pk}-target": "a lot"})
    assert answer.status_code == 422
    assert "cannot be read" in answer.content.decode()
    goal.refresh_from_db()
    assert goal.target == 0.75


def test_a_queue_figure_for_a_person_is_refused_with_a_way_out(as_person: SignIn, winter: Season) -> None:
    browser, path = as_person("cecilia"), f"/plan/{winter.pk}/of/nord/"
    browser.post(f"{path}add/", {"kpi": "service_level", "level": "agent", "do": "add"})
    page = _page(browser, path)
    assert "Cannot stand" in page
    assert "Not possible" in page
    goal = Goal.objects.get(kpi="service_level")
    assert browser.post(f"{path}ask/").status_code == 409
    swap = page.split('name="do" value="swap"><input type="hidden" name="value" value="')[1].split('"')[0]
    assert browser.post(f"/plan/goal/{goal.pk}/way/", {"do": "swap", "value": swap}).status_code == 302
    assert list(winter.goals.filter(removed_at=None).values_list("kpi", flat=True)) == [swap]


def test_a_time_is_made_a_range(as_person: SignIn, winter: Season) -> None:
    browser = as_person("cecilia")
    browser.post(f"/plan/{winter.pk}/of/nord/add/", {"kpi": "aht", "level": "agent", "do": "add"})
    goal = Goal.objects.get(kpi="aht")
    Goal.objects.filter(pk=goal.pk).update(target=150, baseline={"value": 170.0, "n": 300, "periods": 6, "low": 150.0, "high": 190.0})
    browser.post(f"/plan/goal/{goal.pk}/way/", {"do": "band", "value": str(goal.pk)})
    goal.refresh_from_db()
    assert goal.is_band
    assert goal.band_low is not None
    assert goal.band_high is not None
    assert goal.band_low < goal.band_high


def test_a_rule_is_set_aside_with_a_reason_that_stands_beside_the_goal(as_person: SignIn, planned: Season) -> None:
    browser, goal = as_person("cecilia"), planned.goals.get(level="agent")
    page = _page(browser, f"/plan/{planned.pk}/of/nord/")
    address = next(part.split('"')[0] for part in page.split(f'href="/plan/goal/{goal.pk}/override/')[1:])
    path = f"/plan/goal/{goal.pk}/override/{address}"
    assert browser.get(path).status_code == 200
    assert browser.post(path, {"reason": "so"}).status_code == 422
    assert browser.post(path, {"reason": "It was agreed with everybody in May."}).status_code == 302
    assert "It was agreed with everybody in May." in _page(browser, f"/plan/{planned.pk}/of/nord/")
    override = planned.overrides.get()
    browser.post(f"/plan/override/{override.pk}/hold-again/")
    assert "It was agreed with everybody in May." not in _page(browser, f"/plan/{planned.pk}/of/nord/")


def test_what_is_said_of_a_unit_is_set_aside_with_a_reason(as_person: SignIn, planned: Season, nord: Unit) -> None:
    Unit.objects.filter(pk=nord.pk).update(primary="", secondary="")
    browser, path = as_person("cecilia"), f"/plan/{planned.pk}/of/nord/override/R05/"
    assert path in _page(browser, f"/plan/{planned.pk}/of/nord/")
    assert as_person("anna").get(path).status_code == 403
    assert browser.post(path, {"reason": "so"}).status_code == 422
    assert browser.post(path, {"reason": "The team is new, and finds its direction."}).status_code == 302
    for page in (f"/plan/{planned.pk}/of/nord/", f"/plan/{planned.pk}/"):
        assert "The team is new, and finds its direction." in _page(browser, page)
    assert browser.get(path).status_code == 404, "it stands aside already"
    browser.post(f"/plan/override/{planned.overrides.get().pk}/hold-again/")
    assert "The team is new" not in _page(browser, f"/plan/{planned.pk}/of/nord/")


def test_what_is_said_of_the_whole_plan_is_set_aside_by_managers(as_person: SignIn, planned: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Breach("R20", "warning", Text("plan.r20", "Measured but not acted on."), Text("plan.r20.remedy", "Plan what to do."), unit="wall screen")
    monkeypatch.setattr(guarding, "check", lambda _plan, _around: [broken])
    browser, path = as_person("david"), f"/plan/{planned.pk}/override/R20/"
    assert path in _page(browser, f"/plan/{planned.pk}/")
    assert path not in _page(as_person("cecilia"), f"/plan/{planned.pk}/")
    assert as_person("cecilia").post(path, {"reason": "It is only a wall screen."}).status_code == 403
    assert browser.post(path, {"reason": "It is only a wall screen."}).status_code == 302
    assert "It is only a wall screen." in _page(browser, f"/plan/{planned.pk}/")
    assert "[[override]]" in browser.get(f"/plan/{planned.pk}/file/").content.decode()


@pytest.mark.parametrize(
    ("name", "unit", "status"),
    [("anna", "nord", 403), ("fatima", "one", 403), ("cecilia", "syd", 403), ("cecilia", "company", 200), ("hanna", "nord", 200), ("david", "syd", 200)],
)
def test_each_reads_what_the_own_role_reads_of_a_draft(name: str, unit: str, status: int, as_person: SignIn, planned: Season) -> None:
    assert as_person(name).get(f"/plan/{planned.pk}/of/{unit}/").status_code == status


@pytest.mark.parametrize(("name", "level"), [("david", "agent"), ("cecilia", "team"), ("cecilia", "company"), ("hanna", "team"), ("anna", "agent")])
def test_nobody_sets_what_others_answer_for(name: str, level: str, as_person: SignIn, planned: Season) -> None:
    browser, goal = as_person(name), planned.goals.get(level=level)
    path = f"/plan/goal/{goal.pk}/"
    assert browser.post(path, {f"g{goal.pk}-target": "10"}).status_code == 403
    assert browser.post(f"{path}way/", {"do": "remove"}).status_code == 403
    assert browser.get(f"{path}override/R08/").status_code == 403
    goal.refresh_from_db()
    assert (goal.target, goal.removed_at) == (0.75, None)


def test_managers_know_persons_as_counts(as_person: SignIn, planned: Season) -> None:
    page = _page(as_person("david"), f"/plan/{planned.pk}/of/nord/")
    assert "Anna Berg" not in page
    assert "Bengt Berg" not in page
    assert "Anna Berg" in _page(as_person("cecilia"), f"/plan/{planned.pk}/of/nord/")
