"""Answers that would tell of a few persons are hidden, with all they were counted from, and no floor, group or condition brings them out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask, evidence

FILE = """id = "mine"
version = 1
name = "Mine"
asks = "How do we like it here?"
purpose = ["people"]
unit = "points"
better = "higher"
over = "employee_response"
where = "measure == 'enps'"
scale = 100
default = "plain"

[balance]
up = "value >= 9"
down = "value <= 6"
among = "value is not None"

[privacy]
least = 5

[reading]
empty = "Nothing."
"""
SICK = """id = "mine"
version = 1
name = "Mine"
asks = "How many hours are we ill?"
purpose = ["people"]
unit = "share"
better = "lower"
default = "plain"

[ratio]
top = { over = "agent_day", total = "sick_h" }
bottom = { over = "agent_day", total = "contracted_h" }

[privacy]
least = 5
of = "agent_id"

[reading]
empty = "Nothing."
"""


def home(folder: Path, text: str = FILE) -> Path:
    (folder / "kpi").mkdir()
    (folder / "kpi" / "mine.toml").write_text(text, encoding="utf-8")
    return folder


def answers(**teams: int) -> World:
    rows = [{"team_id": team, "question_id": "enps", "value": 9.0, "week": "2026-03-02"} for team, n in teams.items() for _ in range(n)]
    return World.of({"question": [{"question_id": "enps", "measure": "enps"}], "employee_response": rows}, defaults=True)


def shown(figures: Any) -> dict[Any, tuple[float | None, str | None]]:
    return {figure.by.get("team"): (figure.value, figure.reason) for figure in figures}


def is_blank(figure: Figure) -> bool:
    return (figure.value, figure.numerator, figure.denominator, figure.n, figure.low, figure.high, dict(figure.parts)) == (None,) * 6 + ({},)


@pytest.mark.parametrize(("n", "reason"), [(1, "hidden"), (4, "hidden"), (5, None), (0, "no_data")])
def test_fewer_than_five_answers_are_hidden_whatever_the_floor(tmp_path: Path, n: int, reason: str | None) -> None:
    home(tmp_path)
    for floor in (1, 0):
        (figure,) = ask("mine", facts=answers(nord=n), home=tmp_path, floor=floor)
        assert figure.reason == reason
        assert reason != "hidden" or is_blank(figure)
        assert reason != "hidden" or str(figure.message) == "Fewer than 5 have answered, so it is not shown."


def test_the_next_smallest_is_hidden_beside_it_so_that_no_sum_tells(tmp_path: Path) -> None:
    figures = ask("mine", by="team", facts=answers(nord=3, syd=6, vast=9), home=home(tmp_path), floor=0)
    assert shown(figures) == {"nord": (None, "hidden"), "syd": (None, "hidden"), "vast": (100, None)}
    assert all(is_blank(figure) for figure in figures if figure.reason == "hidden")


@pytest.mark.parametrize("question", [{"where": "team != 'nord'"}, {"within": {"team": ["syd", "vast"]}}])
def test_a_part_that_leaves_a_few_is_hidden_too(tmp_path: Path, question: dict[str, Any]) -> None:
    (figure,) = ask("mine", facts=answers(nord=3, syd=6, vast=9), home=home(tmp_path), floor=0, **question)
    assert (figure.reason, is_blank(figure)) == ("hidden", True)
    (figure,) = ask("mine", facts=answers(nord=5, syd=6, vast=9), home=tmp_path, floor=0, **question)
    assert figure.value == 100


def test_a_team_asked_for_alone_shows_what_the_teams_beside_each_other_show(tmp_path: Path) -> None:
    world = answers(nord=3, syd=6, vast=9)
    home(tmp_path)
    for by in ((), "team"):
        alone = {team: ask("mine", by=by, facts=world, home=tmp_path, floor=0, within={"team": [team]})[0].value for team in ("nord", "syd", "vast")}
        assert alone == {"nord": None, "syd": None, "vast": 100}
    (both,) = ask("mine", facts=world, home=tmp_path, floor=0, within={"team": ["nord", "syd"]})
    assert both.value == 100  # all less what is shown


def by_week(**weeks: int) -> World:
    rows = [{"team_id": "nord", "question_id": "enps", "value": 9.0, "week": f"2026-{week[1:3]}-{week[3:]}"} for week, n in weeks.items() for _ in range(n)]
    return World.of({"question": [{"question_id": "enps", "measure": "enps"}], "employee_response": rows}, defaults=True)


@pytest.fixture(scope="module")
def five_weeks() -> World:
    return by_week(w0302=6, w0316=5, w0323=2, w0406=8, w0504=3)


@pytest.mark.parametrize(
    ("first", "last", "is_shown"),
    [
        ("2026-03", "2026-03", True),
        ("2026-03", "2026-04", False),  # the three of May are left
        ("2026-03", "2026-05", True),
        ("2026-03-02", "2026-03-22", False),  # the month less these weeks leaves two
        ("2026-03-23", "2026-04", False),
        ("2026-03-02", "2026-03-15", True),  # and seven are left
        ("2026-02", "2026-06", True),
        ("2026-04", "2026-05", True),  # May has three, and goes with April
        ("2026-04", "2026-04", False),
        (None, "2026-04", False),
        (None, "2026-03-23", True),
        (None, "2026-03-22", False),
        ("2026-03-23", None, False),
        ("2026-03-16", None, True),
        (None, None, True),
    ],
)
def test_days_that_leave_a_few_of_other_days_are_hidden(tmp_path: Path, five_weeks: World, first: str | None, last: str | None, is_shown: bool) -> None:
    (figure,) = ask("mine", facts=five_weeks, home=home(tmp_path), floor=0, start=first, end=last)
    assert (figure.value, is_blank(figure)) == ((100, False) if is_shown else (None, True))


def test_a_part_of_a_year_that_leaves_a_few_is_hidden_beside_the_others(tmp_path: Path) -> None:
    figures = ask("mine", per="month", facts=by_week(w0302=6, w0406=8, w0504=3), home=home(tmp_path), floor=0)
    assert [(figure.period, figure.value) for figure in figures] == [("2026-03", 100), ("2026-04", None), ("2026-05", None)]


def test_persons_are_counted_where_the_file_says_by_which_column(tmp_path: Path) -> None:
    days = [
        {"agent_id": f"{number}", "day": f"2026-03-0{day}", "contracted_h": 8.0, "sick_h": 8.0 * (number == 1)} for number in range(4) for day in range(2, 7)
    ]
    (figure,) = ask("mine", facts=World.of({"agent_day": days}, defaults=True), home=home(tmp_path, SICK), floor=0)
    assert (figure.reason, is_blank(figure)) == ("hidden", True)
    days.append({"agent_id": "4", "day": "2026-03-02", "contracted_h": 8.0, "sick_h": 0.0})
    (figure,) = ask("mine", facts=World.of({"agent_day": days}, defaults=True), home=tmp_path, floor=0)
    assert (figure.numerator, figure.denominator) == (40, 168)


def test_single_answers_are_no_evidence(tmp_path: Path) -> None:
    with pytest.raises(BadQuestion, match="shown to nobody"):
        evidence("mine", facts=answers(nord=9), home=home(tmp_path))


@pytest.mark.parametrize("privacy", ["least = 4", "comments = 9", "complementary = false"])
def test_a_file_may_only_hide_more(tmp_path: Path, privacy: str) -> None:
    with pytest.raises(BadQuestion, match="until its file is mended") as caught:
        ask("mine", facts=answers(nord=9), home=home(tmp_path, FILE.replace("least = 5", privacy)))
    assert any("privacy" in str(issue.field) for issue in caught.value.issues)
