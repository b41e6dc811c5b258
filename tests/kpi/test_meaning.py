"""What a KPI file may say of persons: nothing that leads around the rules about who may see whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.errors import BadDefinition
from nyckeltal.kpi.catalogue import catalogue

HEAD = """id = "mine"
version = 1
name = "Mine"
asks = "How many?"
purpose = ["people"]
unit = "count"
better = "none"
default = "plain"
"""
TAIL = """
[reading]
empty = "Nothing."
"""
HIDING = """
[privacy]
least = 5
of = "agent_id"
"""


def told(folder: Path, text: str) -> list[str]:
    """What is wrong with an own KPI."""
    (folder / "kpi").mkdir(exist_ok=True)
    (folder / "kpi" / "mine.toml").write_text(HEAD + text + TAIL, encoding="utf-8")
    try:
        return [] if "mine" in catalogue(folder) else ["It is not there."]
    except BadDefinition as bad:
        return [str(issue.text) for issue in bad.issues]


@pytest.mark.parametrize(
    "text",
    [
        'over = "absence"\n[count]',
        'over = "agent_day"\n[total]\nof = "sick_h"',
        'over = "agent_day"\n[count]\namong = "sick"',
        'over = "contact"\n[count]\n[variants.ill]\nover = "agent_day"\namong = "sick_h > 1"',
        '[ratio]\ntop = { over = "agent_day", total = "worked_s" }\nbottom = { over = "agent_day", total = "contracted_h", where = "not sick" }',
    ],
)
def test_illness_is_counted_only_where_few_are_hidden(tmp_path: Path, text: str) -> None:
    assert [said.partition(":")[0] for said in told(tmp_path, text)] == ["Absence tells of people’s health"]
    assert [said.partition(":")[0] for said in told(tmp_path, text + "\n[privacy]\nleast = 5")] == ["Absence tells of people’s health"]


def test_illness_of_enough_persons_may_be_counted(tmp_path: Path) -> None:
    assert told(tmp_path, f'over = "agent_day"\n[total]\nof = "sick_h"{HIDING}') == []
    assert told(tmp_path, 'over = "agent_day"\n[total]\nof = "worked_s"') == []


def test_answers_of_employees_are_counted_only_where_few_are_hidden(tmp_path: Path) -> None:
    text = 'over = "employee_response"\n[count]\namong = "value >= 9"'
    assert told(tmp_path, text) == ["Answers of employees are anonymous: write [privacy] with least = 5."]
    assert told(tmp_path, f"{text}\n[privacy]\nleast = 7") == []


def test_what_rests_on_something_hidden_is_hidden(tmp_path: Path) -> None:
    count = HEAD.replace("mine", "ill") + f'over = "absence"\n[count]{HIDING}{TAIL}'
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "ill.toml").write_text(count, encoding="utf-8")
    ratio = '[ratio]\ntop = { kpi = "ill" }\nbottom = { over = "agent_day", total = "contracted_h" }'
    assert told(tmp_path, ratio) == ["ill hides what rests on few, so this must too: write [privacy] with least = 5."]
    assert told(tmp_path, ratio + HIDING) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('over = "segment"\n[count]\namong = "agent_id == \'anna\'"', "agent_id"),
        ("over = \"segment\"\n[count]\namong = \"handled and not agent_id in ('anna', 'bo')\"", "agent_id"),
        ('over = "segment"\n[count]\namong = "agent.display_name == \'Anna\'"', "agent.display_name"),
        ('over = "contact"\n[count]\n[levels]\nteam = { among = "first_agent_id == \'anna\'" }', "first_agent_id"),
        ('over = "qa_evaluation"\n[mean]\nof = "score"\namong = "evaluator_id == \'eva\'"', "evaluator_id"),
        ('[ratio]\ntop = { over = "sale", where = "agent_id == \'anna\'" }\nbottom = { over = "sale" }', "agent_id"),
        ('over = "agent_day"\n[count]\namong = "agent.hired_on == day"', "agent.hired_on"),
    ],
)
def test_an_own_key_figure_names_nobody(tmp_path: Path, text: str, word: str) -> None:
    assert told(tmp_path, text) == [f"“{word}” tells persons apart, so it cannot be compared with a value here."]


def test_whether_somebody_is_named_at_all_may_be_asked(tmp_path: Path) -> None:
    assert told(tmp_path, 'over = "segment"\n[count]\namong = "agent_id is not None and agent.site_id == \'oslo\'"') == []
