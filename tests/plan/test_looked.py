"""What figures told about a plan is kept in the home, comes back as it was, and is asked anew when something it rests on is another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import plans
from nyckeltal.contacts.world import World
from nyckeltal.plan import looked
from nyckeltal.plan.around import Ages, Interviews, Seen, Talk
from nyckeltal.plan.evidence import FOLLOWING, SETTING

DAY = date(2026, 3, 20)
FOUND = {
    "forms": frozenset({"voice"}),
    "coverage": {"": (0.9, None), "nord": (0.8, 0.7)},
    "alpha": 0.82,
    "upsell_item": None,
    "adjusted": None,
    "missed": frozenset({"asa"}),
    "reach": {"fcr/anna": 0.4},
    "moved": {("anna", "fcr"): "better"},
    "talks": (Talk(date(2026, 2, 3), "anna"),),
    "without_feedback": {"nord": ("anna", "bengt")},
    "surveys": {"csat": Ages(12.0, None)},
    "interviews": {"anna": Interviews(9, response_rate=0.4)},
    "opposition": {frozenset({"aht", "fcr"}): Seen("opposing", -0.4, 12, 18)},
    "of_groups": False,
}


def test_what_was_found_comes_back_as_it_was(tmp_path: Path) -> None:
    plan, about = plans.base(), looked.About("plan", "state")
    assert looked.kept(tmp_path, plan) is None
    looked.keep(tmp_path, plan, about, FOUND)
    assert looked.kept(tmp_path, plan) == (about, FOUND)
    assert [one.name.endswith(".json") for one in (tmp_path / looked.FOLDER).iterdir()] == [True]


def test_an_older_form_is_asked_anew(tmp_path: Path) -> None:
    plan = plans.base()
    looked.keep(tmp_path, plan, looked.About("plan", "state"), {})
    (file,) = (tmp_path / looked.FOLDER).iterdir()
    for said in ('{"about": {"other": 1}, "found": {}}', "[]", "", '{"about": {"plan": "", "state": ""}, "found": {"talks": [{"day": 1}]}}'):
        file.write_text(said)
        assert looked.kept(tmp_path, plan) is None, said


def test_another_target_changes_only_what_rests_on_it() -> None:
    world, around = World.of({}), plans.around()
    plan = plans.base()
    (first, *others) = (goal for goal in plan.goals if goal.reach is not None and goal.kpi not in looked.WAITING)

    def about(*goals: object, day: date = DAY) -> looked.About:
        return looked.about(replace(plan, goals=goals), around.catalogue, world, day)  # type: ignore[arg-type]  # goals, put together here

    same = about(first, *others)
    assert about(replace(first, target=0.99, band=None), *others) == same, "its chance is known"
    assert about(replace(first, reach=None, target=0.99, band=None), *others).plan != about(replace(first, reach=None), *others).plan
    assert about(replace(first, owner="somebody"), *others).plan != same.plan
    assert (about(first, *others, day=date(2026, 3, 21)).plan, about(first, *others, day=date(2026, 3, 21)).state == same.state) == (same.plan, False)


def test_whatever_is_asked_can_be_kept() -> None:
    """A part that finds something of another form must say how it comes back."""
    assert {part.__name__ for part in (*SETTING, *FOLLOWING)} == {
        "_quality", "_demand", "_work", "_fairness", "_opposition", "_standing", "_feedback", "_surveys", "_sources", "_movement",
    }  # fmt: skip
