"""A plan's file: read with all its mistakes at once, and written so that it reads back as the same plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plans
from nyckeltal.errors import BadPlan
from nyckeltal.plan import values
from nyckeltal.plan.file import read, read_text
from nyckeltal.plan.goal import LEVELS, ROLES, Band, Baseline, Benchmark, Goal, Override, Plan, Unit
from nyckeltal.plan.writing import written
from nyckeltal.when.period import Grain
from nyckeltal.words import Text

HEAD = """
[plan]
id = "spring"
name = "Spring"
objective = "Customers get help at the first contact."
starts = 2026-01-01
ends = 2026-06-30

[[unit]]
id = "nord"
level = "team"
primary = "service"
secondary = "efficiency"
"""
GOAL = """
[[goal]]
id = "fcr"
unit = "nord"
kpi = "fcr"
level = "agent"
"""


def _mistakes(content: str) -> dict[str, str]:
    """What is said of each field, and that its line is right."""
    with pytest.raises(BadPlan) as bad:
        read_text(content, "spring.toml")
    assert all(issue.file == "spring.toml" and issue.line for issue in bad.value.issues)
    return {issue.field or "": f"{issue.line}: {issue.text}" for issue in bad.value.issues}


def test_what_people_write_is_read_in_the_figures_unit() -> None:
    plan = read_text(
        HEAD
        + GOAL
        + 'owner = "anna"\ntarget = "75 %"\nbaseline = { value = "72,5 %", n = 1200, periods = 6 }\nbenchmark = "none found"\n'
        + GOAL.replace('"fcr"', '"aht"')
        + 'owner = "anna"\nband = ["4:40", "6:00"]\nrole = "secondary"\naccepted_at = 2025-12-10\n'
    )
    fcr, aht = plan.goals
    assert (fcr.target, fcr.baseline, fcr.benchmark) == (0.75, Baseline(0.725, 1200, 6), Benchmark(None, "none found"))
    assert (fcr.starts, fcr.ends, fcr.assess) == (date(2026, 1, 1), date(2026, 6, 30), Grain.MONTH)
    assert (aht.band, aht.role, aht.accepted_at) == (Band(280, 360), "secondary", datetime(2025, 12, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    ("said", "unit", "value"),
    [
        (0.75, "share", 0.75),
        ("75%", "share", 0.75),
        ("7,5 %", "share", 0.075),
        ("6:00", "seconds", 360),
        ("1:30:00", "seconds", 5400),
        ("8 h", "seconds", 28800),
        ("1 h 30 min", "seconds", 5400),
        ("360 s", "seconds", 360),
        ("360", "seconds", 360),
        ("41.5", "money", 41.5),
        (8, "score", 8),
        ("−5", "points", -5),
    ],
)
def test_each_way_of_writing_a_value(said: Any, unit: str, value: float) -> None:
    assert values.read(said, unit) == value


@pytest.mark.parametrize(
    ("said", "unit"), [(75, "share"), ("six", "seconds"), ("6:0", "seconds"), ("75 %", "seconds"), (True, "score"), ([1], "score"), ("5 m", "seconds")]
)
def test_what_is_no_value_is_told_with_what_would_be(said: Any, unit: str) -> None:
    found = values.read(said, unit)
    assert isinstance(found, Text)
    assert str(found)


def test_all_mistakes_are_told_at_once_each_with_its_line() -> None:
    content = (
        HEAD.replace('"service"', '"servise"')
        + 'rotation = ["qa_scor"]\n'
        + GOAL.replace('kpi = "fcr"', 'kpi = "frc"')
        + GOAL.replace('id = "fcr"', 'id = "second"')
        + 'target = 75\nassess = "mnth"\nbaseline = { value = 0.7 }\nparent = "sevice"\nvariant = "case"\nstarts = 2026-07-01\n'
        + GOAL.replace('id = "fcr"', 'id = "third"').replace('unit = "nord"', 'unit = "norrd"')
        + 'target = 0.8\nband = [0.9, 0.7]\npurpsoe = "x"\nvariant = "serveyed"\n'
        + '[[override]]\nrule = "R48"\nby = "David"\nat = 2026-01-01\nreason = "x"\ngoal = "scond"\n'
        + '[around]\nalpha = "high"\nfroms = []\n'
    )
    found = _mistakes(content)
    assert found["unit.nord.primary"].startswith("12: There is no direction called “servise”. Did you mean “service”")
    assert "“qa_score”" in found["unit.nord.rotation"]
    assert "Did you mean “fcr”" in found["goal.fcr.kpi"]
    assert "Write 0.75, or “75 %”" in found["goal.second.target"]
    assert "Did you mean “month”" in found["goal.second.assess"]
    assert "“periods” is missing" in found["goal.second.baseline"]
    assert "Did you mean “second”" not in found["goal.second.parent"]
    assert found["goal.second.ends"].endswith("It ends before it starts.")
    assert "Did you mean “nord”" in found["goal.third.unit"]
    assert "Did you mean “purpose”" in found["goal.third.purpsoe"]
    assert "Did you mean “survey”" in found["goal.third.variant"]
    assert "R48" in found["override.1.rule"]
    assert "Did you mean “second”" in found["override.1.goal"]
    assert "must be a number" in found["around.alpha"]
    assert "Did you mean “forms”" in found["around.froms"]
    assert len(found) == 15


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[plan", "This is not TOML"),
        ("", "“plan” is missing"),
        (HEAD.replace("ends = 2026-06-30", "ends = 2025-06-30"), "ends before it starts"),
        (HEAD.replace("2026-01-01", '"2026-01-01"'), "must be a day"),
        (HEAD + GOAL + GOAL, "stands twice"),
        (HEAD + GOAL + "target = 0.8\nband = [0.7, 0.9]\n", "not both"),
        (HEAD + GOAL + "band = [0.7]\n", "A band has"),
        (HEAD + GOAL + "settings = { widow = 7 }\n", "Did you mean “window”"),
        (HEAD + GOAL.replace('"agent"', '"team"') + 'owner = "each"\n', "Only goals of agents"),
        (HEAD + GOAL + 'owner = ["anna"]\n[goal.person.ana]\ntarget = 0.8\n', "Did you mean “anna”"),
        ('goal = "fcr"\n' + HEAD, "must be a list"),
        (HEAD + "[[goal]]\nid = 5\n", "“kpi” is missing"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(content: str, said: str) -> None:
    with pytest.raises(BadPlan) as bad:
        read_text(content, "spring.toml")
    assert said in " ".join(str(issue) for issue in bad.value.issues)


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadPlan, match="cannot be read"):
        read(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadPlan, match="UTF-8"):
        read(tmp_path / "bytes.toml")


def test_a_goal_for_several_owners_is_one_for_each_and_what_is_said_of_a_person_holds_for_that_person() -> None:
    plan = read_text(
        HEAD + GOAL + 'owner = ["anna", "bengt"]\ntarget = 0.75\nwhy = "Once is enough."\n[goal.person.bengt]\ntarget = "70 %"\naccepted_at = 2026-01-01\n'
    )
    anna, bengt = plan.goals
    assert (anna.id, anna.owner, anna.together, anna.target, anna.accepted_at) == ("fcr/anna", "anna", "fcr", 0.75, None)
    assert (bengt.id, bengt.target, bengt.why, bengt.accepted_at) == ("fcr/bengt", 0.70, "Once is enough.", datetime(2026, 1, 1, tzinfo=UTC))


def test_each_is_everybody_who_is_in_the_team_when_the_goal_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, date]] = []

    def members(team: str, on: date, _home: object) -> list[str]:
        asked.append((team, on))
        return ["anna", "bengt"] if team == "nord" else []

    monkeypatch.setattr("nyckeltal.plan.members.members", members)
    assert [goal.owner for goal in read_text(HEAD + GOAL + 'owner = "each"\nstarts = 2026-02-01\n').goals] == ["anna", "bengt"]
    assert asked == [("nord", date(2026, 2, 1))]
    with pytest.raises(BadPlan, match="no plan yet") as bad:
        read_text((HEAD + GOAL).replace('"nord"', '"syd"') + 'owner = "each"\n')
    assert [str(issue.text) for issue in bad.value.issues if "Nobody is known in syd on 2026-01-01" in str(issue.text)]


_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_numbers = st.floats(allow_nan=False, allow_infinity=False, width=32)
_shares = st.floats(0, 1)
_days = st.dates(date(2026, 1, 1), date(2026, 6, 30))
_moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
_ids = st.text("abcdefghijåäö .-_/", min_size=1, max_size=8)


@st.composite
def _goals(draw: Any) -> list[Goal]:
    """One goal, or one for each of several persons, some with values of their own."""
    name, level = draw(_ids), draw(st.sampled_from(LEVELS))
    said: dict[str, Any] = {
        "id": name,
        "unit": "nord",
        "kpi": draw(st.sampled_from(["fcr", "csat", "aht", "nps"])),
        "level": level,
        "owner": draw(_words),
        "starts": date(2026, 1, 1),
        "ends": draw(_days),
        "role": draw(st.sampled_from(ROLES)),
        "assess": draw(st.sampled_from([Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.QUARTER])),
        "provisional": draw(st.booleans()),
        "benchmark": draw(st.none() | st.builds(Benchmark, st.none() | _shares, _words, st.just(""), st.booleans())),
        "effect": draw(_shares),
        **{key: draw(_words) for key in ("purpose", "why", "influence", "method", "action", "link_reason")},
        "support": tuple(draw(st.lists(_words, max_size=2))),
    }
    goal = Goal(**said)
    if level != "agent" or draw(st.booleans()):
        return [replace(goal, owner=goal.owner if goal.owner != "each" else "", **_own(draw))]
    persons = draw(st.lists(_ids, min_size=1, max_size=3, unique=True))
    return [replace(goal, id=f"{name}/{person}", owner=person, together=name, **_own(draw)) for person in persons]


def _own(draw: Any) -> dict[str, Any]:
    band = st.builds(lambda low, high: Band(*sorted((low, high))), _shares, _shares) | st.builds(Band, st.just(None), _shares)
    target, banded = draw(st.none() | _shares), draw(st.none() | band)
    return {
        "target": None if banded else target,
        "band": banded,
        "baseline": draw(st.none() | st.builds(Baseline, _shares, st.none() | st.floats(0, 1e6), st.integers(0, 24), st.none() | _shares, st.none() | _shares)),
        "reach": draw(st.none() | _shares),
        "accepted_at": draw(st.none() | _moments),
        "refused_why": draw(_words),
    }


@st.composite
def _plans(draw: Any) -> Plan:
    goals = [goal for group in draw(st.lists(_goals(), max_size=3, unique_by=lambda group: group[0].together or group[0].id)) for goal in group]
    unique = {goal.id: goal for goal in goals}
    primary, secondary = draw(st.sampled_from([("service", "sales"), (None, None)]))
    unit = Unit("nord", "team", primary, secondary, draw(st.booleans()), draw(st.sampled_from([(), ("aht",)])))
    overrides = draw(st.lists(st.builds(Override, st.just("R09"), st.sampled_from(["", "nord"]), _words, _moments, _words), max_size=2))
    stated = draw(st.sampled_from([{}, {"alpha": 0.85, "forms": ["voice"], "register": {"*": {"purpose": "x"}}}]))
    return Plan("spring", draw(_words), draw(_words), date(2026, 1, 1), date(2026, 6, 30), (unit,), tuple(unique.values()), tuple(overrides), stated)


@settings(max_examples=40, deadline=None)
@given(_plans())
def test_a_plan_that_is_written_reads_back_as_the_same_plan(plan: Plan) -> None:
    assert read_text(written(plan)) == plan


def test_a_whole_plan_reads_back_too() -> None:
    assert read_text(written(plans.base())) == plans.base()
