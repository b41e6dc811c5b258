"""`nyckeltal ask` and `nyckeltal explain`: figures and their JSON, which others script against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.cli.ask import said
from nyckeltal.cli.main import main

FIGURE = {
    *("kpi", "version", "variant", "period", "by", "value", "unit", "reason", "numerator", "denominator", "n", "low", "high"),
    *("parts", "counted", "provisional", "known_until"),
}


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert main([*arguments, "--format", "json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_figure_has_all_its_fields(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [figure] = _json(capsys, "ask", "service_level", "--floor", "0")
    assert set(figure) >= FIGURE
    assert (figure["numerator"], figure["denominator"], figure["n"]) == (6, 9, 9)
    assert figure["value"] == pytest.approx(6 / 9)
    assert figure["low"] < figure["value"] < figure["high"]


def test_figures_come_by_dimension_and_period(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = _json(capsys, "ask", "contacts_handled", "aht", "--by", "agent", "--per", "hour", "--floor", "0")
    assert {figure["kpi"] for figure in figures} == {"contacts_handled", "aht"}
    assert {figure["by"]["agent"] for figure in figures} >= {"anna", "bengt"}
    assert "2026-03-02T09:00+01:00" in {figure["period"] for figure in figures}


def test_variant_setting_condition_and_days_are_heeded(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("ask", "service_level", "--variant", "all_offered", "--set", "within=30", "--where", "wait_s > 4", "--from", "2026-03-02", "--to", "2026-03-02")
    [figure] = _json(capsys, *asked, "--floor", "0")
    assert (figure["variant"], figure["numerator"], figure["denominator"]) == ("all_offered", 5, 7)


def test_too_few_is_said_and_a_floor_of_nought_shows_it(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [figure] = _json(capsys, "ask", "service_level", "--where", "wait_s < 3")
    assert (figure["value"], figure["reason"]) == (None, "too_few")
    [figure] = _json(capsys, "ask", "service_level", "--where", "wait_s < 3", "--floor", "0")
    assert figure["reason"] is None


def test_what_cannot_be_asked_so_is_refused_with_one(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [figure] = _json(capsys, "ask", "service_level", "--by", "agent", code=1)
    assert (figure["value"], figure["reason"]) == (None, "refused")
    assert figure["message"]
    assert main(["ask", "service_level", "--by", "agent"]) == 1
    assert "Waiting has no agent" in capsys.readouterr().out


def test_an_empty_store_gives_a_reason_never_nought(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [figure] = _json(capsys, "ask", "abandonment_rate")
    assert (figure["value"], figure["reason"]) == (None, "no_data")


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        ("ask servicelevel", "service_level"),
        ("ask asa --by agnt", "agent"),
        ("ask service_level --variant all_ofered", "all_offered"),
        ("ask service_level --set wihtin=3", "within"),
        ("ask asa --from 2026-13-01", "2026"),
        ("ask asa --from 2026-03-02 --to 2026-03-01", "before"),
        ("explain servicelevel", "service_level"),
    ],
)
def test_a_wrong_question_says_what_would_be_right(wrong: str, near: str, loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(wrong.split()) == 2
    said = capsys.readouterr().err
    assert said.startswith("nyckeltal: ")
    assert near in said


@pytest.mark.parametrize("condition", ["channel = 3", "channel == 'vioce'", "__import__('os')", "wait_s >", "1", "nosuch > 3", "x" * 5000])
def test_a_wrong_condition_is_a_message(condition: str, loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "asa", "--where", condition]) == 2
    said = capsys.readouterr().err
    assert said.startswith("nyckeltal: ")
    assert "Sorry" not in said


def test_the_table_shows_value_interval_and_n(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "asa", "service_level", "--floor", "0"]) == 0
    said = capsys.readouterr().out
    assert said.split()[:6] == ["KPI", "VARIANT", "VALUE", "LOW", "HIGH", "N"]
    assert "66.67%" in said
    assert "13.0 s" in said


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(0.5, "share", "50.00%"), (61.25, "seconds", "61.2 s"), (1234.0, "count", "1,234"), (3.4036, "score", "3.40")]
)
def test_values_are_said_in_their_unit(value: float, unit: str, text: str) -> None:
    assert said(value, unit) == text


def test_an_explanation_has_words_formula_sql_and_case(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [told] = _json(capsys, "explain", "service_level", "--set", "within=30")
    assert "30 s" in told["top"]
    assert told["formula"]["of"] == "answered and wait_s <= within"
    assert "SELECT" in told["sql"][0]
    assert told["case"]["gives"]


def test_an_explanation_reads_as_a_fraction(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "fcr"]) == 0
    said = capsys.readouterr().out
    assert "────" in said
    assert "7 days" in said
    assert "Worked case" in said


def test_explaining_what_cannot_be_asked_says_why(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "service_level", "--by", "agent"]) == 1
    assert "Waiting has no agent" in capsys.readouterr().out
