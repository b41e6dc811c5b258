"""The plan as a whole: seasons, the picture, history, the file, and the season that comes after."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from nyckeltal.web.people.models import User
from nyckeltal.web.plan import agreeing, stored
from nyckeltal.web.plan.models import Season

SignIn = Callable[[str], Client]
People = dict[str, User]


def _page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return str(answer.content.decode())


def test_a_season_begins_with_its_dates_and_the_purpose(as_person: SignIn) -> None:
    said = {"name": "Spring", "starts": "2027-01-01", "ends": "2027-06-30", "order": "bottom", "template": ""}
    answer = as_person("david").post("/plan/new/", said)
    made = Season.objects.get()
    assert answer["Location"] == f"/plan/{made.pk}/of/company/purpose/"
    assert made.bottom_up
    assert {(one.level, one.unit_id) for one in made.units.all()} == {
        ("company", "company"), ("client", "one"), ("client", "two"), ("team", "nord"), ("team", "syd"),
    }  # fmt: skip
    assert as_person("david").post("/plan/new/", said | {"ends": "2026-12-31"}).status_code == 422
    assert as_person("cecilia").post("/plan/new/", said).status_code == 403


def test_the_picture_ties_each_goal_to_what_it_serves(as_person: SignIn, planned: Season) -> None:
    page = _page(as_person("david"), f"/plan/{planned.pk}/")
    assert page.count("<path") - page.count('<path d="M4 7h16') >= 2
    assert page.count('class="goal-box') == 3
    assert "Anna Berg" not in page
    assert "2 people" in page
    assert "1 agreed" not in page


def test_a_plan_is_put_in_force_and_ended(as_person: SignIn, planned: Season) -> None:
    browser = as_person("david")
    assert browser.post(f"/plan/{planned.pk}/begin/").status_code == 302
    planned.refresh_from_db()
    assert planned.state == "in_force"
    assert stored.current(planned.starts) is not None
    assert browser.post(f"/plan/{planned.pk}/end/").status_code == 302
    assert browser.post(f"/plan/{planned.pk}/begin/").status_code == 409


def test_a_plan_without_goals_is_not_put_in_force(as_person: SignIn, winter: Season) -> None:
    assert as_person("david").post(f"/plan/{winter.pk}/begin/").status_code == 409


@pytest.mark.parametrize(("name", "reads"), [("anna", "nord"), ("cecilia", "nord"), ("hanna", "nord"), ("fatima", "one")])
def test_what_is_in_force_is_read_by_those_it_concerns(name: str, reads: str, as_person: SignIn, planned: Season, people: People) -> None:
    Season.objects.filter(pk=planned.pk).update(state="in_force")
    browser = as_person(name)
    assert browser.get(f"/plan/{planned.pk}/").status_code == 200
    assert browser.get(f"/plan/{planned.pk}/of/{reads}/").status_code == 200
    assert browser.get(f"/plan/{planned.pk}/of/{'two' if name == 'fatima' else 'syd'}/").status_code == (200 if name == "hanna" else 403)


def test_a_representative_reads_no_figures_and_no_persons(as_person: SignIn, planned: Season) -> None:
    planned.goals.update(baseline={"value": 0.6789, "n": 500, "periods": 8}, reach=0.4321)
    browser = as_person("hanna")
    for path in ("", "of/nord/", "of/company/", "history/"):
        page = _page(browser, f"/plan/{planned.pk}/{path}")
        assert not re.search(r"67\.9|68%|43%|Anna Berg|Bengt Berg", page), path


def test_the_history_names_persons_to_their_leader_alone(as_person: SignIn, planned: Season, people: People) -> None:
    agreeing.ask(planned.goals.all(), by=people["cecilia"])
    agreeing.answer(planned.goals.get(level="agent").agreements.get(agent_id="anna"), agrees=False, by=people["anna"], why="Half of mine are transfers.")
    assert "Half of mine are transfers." in _page(as_person("cecilia"), f"/plan/{planned.pk}/history/")
    for name in ("david", "hanna"):
        page = _page(as_person(name), f"/plan/{planned.pk}/history/")
        assert "Half of mine are transfers." not in page
        assert "Anna Berg" not in page
    assert as_person("anna").get(f"/plan/{planned.pk}/history/").status_code == 403


def test_a_file_names_no_person_to_a_manager_and_reads_back(as_person: SignIn, planned: Season) -> None:
    text = _page(as_person("david"), f"/plan/{planned.pk}/file/")
    assert "anna" not in text
    assert 'owner = "each"' in text
    named = _page(as_person("cecilia"), f"/plan/{planned.pk}/file/")
    assert "anna" in named
    answer = as_person("david").post("/plan/from-a-file/", {"text": named})
    assert answer.status_code == 302
    read = Season.objects.first()
    assert read is not None
    assert read.pk != planned.pk
    assert {(one.key, one.target, one.level) for one in read.goals.all()} == {(one.key, one.target, one.level) for one in planned.goals.all()}
    assert {one.agent_id for one in read.goals.get(level="agent").agreements.all()} == {"anna", "bengt"}
    assert set(read.goals.values_list("agreements__state", flat=True)) <= {None, "proposed"}


def test_everything_wrong_with_a_file_is_said_by_line(as_person: SignIn, db: None) -> None:
    text = '[plan]\nid = "x"\nname = "X"\nstarts = 2027-01-01\nends = 2027-06-30\n\n[[goal]]\nid = "g"\nunit = "nord"\nkpi = "fcrr"\nlevel = "crowd"\n'
    page = as_person("david").post("/plan/from-a-file/", {"text": text})
    assert page.status_code == 422
    assert re.search(r"Line 1[01]:", page.content.decode())
    assert not Season.objects.exists()


def test_the_next_season_carries_the_goals_over_as_they_are_wanted(as_person: SignIn, planned: Season, people: People) -> None:
    nord = planned.units.get(unit_id="nord")
    nord.rotation = ["csat"]
    nord.save()
    browser, path = as_person("david"), f"/plan/{planned.pk}/next/"
    page = _page(browser, path)
    assert "Gives way to" in page
    goals = {one.level: one for one in planned.goals.all()}
    said = {"name": "Summer", "starts": "2027-05-01", "ends": "2027-10-31", f"goal_{goals['company'].pk}": "primary", f"goal_{goals['team'].pk}": "guard"}
    assert browser.post(path, said).status_code == 302
    made = Season.objects.get(name="Summer")
    assert made.follows == planned
    roles = {(one.level, one.kpi): one.role for one in made.goals.all()}
    assert roles == {("company", "fcr"): "primary", ("team", "fcr"): "guard", ("team", "csat"): "primary"}
    assert made.goals.get(level="team", kpi="fcr").parent == made.goals.get(level="company")
    assert set(made.goals.filter(level="team").values_list("agreements__state", flat=True)) == {"proposed"}


@pytest.mark.parametrize("path", ["/plan/", "/plan/new/", "/plan/from-a-file/"])
def test_pages_survive_that_nothing_is_loaded(path: str, as_person: SignIn, nothing_loaded: None) -> None:
    assert as_person("david").get(path).status_code == 200
