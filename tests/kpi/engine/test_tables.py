"""Spread between groups and agreement of raters, asked of the engine: the reference's worked and published numbers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask, explain

FILE = """id = "mine"
version = 1
name = "Mine"
asks = "How far apart?"
purpose = ["quality"]
unit = "points"
better = "lower"
over = "{over}"
default = "plain"

{body}

[reading]
empty = "Nothing."
"""
SPREAD = '[spread]\nof = "score"\nbetween = "agent_id"\n'
ALPHA = '[alpha]\nof = "value_n"\nthing = "contact_id"\nrater = "evaluator_id"\nscale_of = "scale"\n'
SCORES = {"a": (82, 78, 85, 80), "b": (70, 74, 66, 72), "c": (88, 91, 84, 90)}  # kpi-reference 5.5
# Krippendorff 2011: who said what of twelve and of fifteen things
FIRST = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")
SECOND = (". . . . . 3 4 1 2 1 1 3 3 . 3", "1 . 2 1 3 3 4 3 . . . . . . .", ". . 2 1 3 4 4 . 2 1 1 3 3 . 4")


def asked(folder: Path, over: str, body: str, rows: dict[str, Any], **question: Any) -> list[Figure]:
    (folder / "kpi").mkdir(exist_ok=True)
    (folder / "kpi" / "mine.toml").write_text(FILE.format(over=over, body=body), encoding="utf-8")
    return list(ask("mine", facts=World.of(rows, defaults=True), home=folder, floor=0, **question))


def scores(agents: Mapping[str, tuple[float, ...]] = SCORES) -> dict[str, Any]:
    return {"qa_evaluation": [{"agent_id": agent, "score": float(score)} for agent, found in agents.items() for score in found]}


def judgements(lines: tuple[str, ...], scale: str) -> dict[str, Any]:
    said = [(rater, thing, value) for rater, line in enumerate(lines) for thing, value in enumerate(line.split()) if value != "."]
    return {
        "qa_item": [
            {"evaluator_id": f"{rater}", "contact_id": f"{thing:02}", "item_id": "i", "evaluation_id": "e", "scale": scale, "value_n": float(value)}
            for rater, thing, value in said
        ]
    }


@pytest.mark.parametrize(("measure", "value"), [("sd", 8.80), ("icc1", 0.8851)])
def test_a_spread_is_that_of_the_worked_example(tmp_path: Path, measure: str, value: float) -> None:
    (figure,) = asked(tmp_path, "qa_evaluation", f'{SPREAD}measure = "{measure}"', scores())
    assert (round(figure.value or 0, 4 if measure == "icc1" else 2), figure.n) == (value, 12)
    assert (figure.numerator, figure.denominator, figure.low) == (None, None, None)


def test_evenness_is_of_the_rate_by_exposure(tmp_path: Path) -> None:
    body = '[spread]\nof = "talks_n"\nbetween = "agent_id"\nexposure = "in_service"\nmeasure = "evenness"'
    months = [{"agent_id": f"{n}", "in_service": 1.0, "working_days_n": 20, "talks_n": talks} for n, talks in enumerate((4, 4, 3, 5, 0, 2))]
    (figure,) = asked(tmp_path, "agent_month", body, {"agent_month": months})
    assert round(figure.value or 0, 4) == 0.7037
    (figure,) = asked(tmp_path, "agent_month", body, {"agent_month": [{**row, "talks_n": 0} for row in months]})
    assert (figure.value, figure.reason) == (None, "no_data")


@pytest.mark.parametrize("agents", [{"a": (82.0, 78.0)}, {"a": (82.0,), "b": (70.0,)}])
def test_one_group_or_single_values_have_no_spread_and_say_so(tmp_path: Path, agents: dict[str, tuple[float, ...]]) -> None:
    (figure,) = asked(tmp_path, "qa_evaluation", SPREAD, scores(agents))
    assert (figure.value, figure.reason) == (None, "no_data")
    assert "too few groups" in str(figure.message)


@pytest.mark.parametrize(
    ("lines", "scale", "value"),
    [(FIRST, "yes_no", 0.743), (FIRST, "levels", 0.815), (FIRST, "points", 0.849), (SECOND, "yes_no", 0.691358), (SECOND, "points", 0.810845)],
)
def test_agreement_is_the_published_one(tmp_path: Path, lines: tuple[str, ...], scale: str, value: float) -> None:
    (figure,) = asked(tmp_path, "qa_item", ALPHA, judgements(lines, scale))
    assert round(figure.value or 0, len(str(value)) - 2) == value


def test_agreement_that_cannot_be_told_says_why(tmp_path: Path) -> None:
    same, alone = judgements(("1 1 1", "1 1 1"), "yes_no"), judgements(("1 0 1",), "yes_no")
    mixed = {
        "qa_item": [
            *judgements(("1 0", "1 1"), "yes_no")["qa_item"],
            *({**row, "contact_id": f"x{row['contact_id']}"} for row in judgements(("1 2", "1 1"), "points")["qa_item"]),
        ]
    }
    said = [asked(tmp_path, "qa_item", ALPHA, rows)[0] for rows in (same, alone, mixed)]
    assert [(figure.value, figure.reason) for figure in said] == [(None, "no_data")] * 3
    assert [word in str(figure.message) for word, figure in zip(("same value", "by two", "several scales"), said, strict=True)] == [True] * 3


def test_of_two_judgements_by_one_the_later_counts(tmp_path: Path) -> None:
    rows = judgements(("1 2 3", "1 2 3"), "points")["qa_item"]
    earlier = {**rows[0], "value_n": 9.0, "completed_at": "2026-03-01T09:00:00Z"}
    (figure,) = asked(tmp_path, "qa_item", ALPHA, {"qa_item": [earlier, *rows]})
    assert (figure.value, figure.n) == (1, 3)


def test_what_is_explained_is_what_runs(tmp_path: Path) -> None:
    asked(tmp_path, "qa_item", ALPHA, judgements(FIRST, "points"))
    (found,) = explain("mine", home=tmp_path, facts=World.of(judgements(FIRST, "points"), defaults=True))
    assert "evaluator_id" in found.sql[0]
    assert found.formula["kind"] == "alpha"
