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
    home.mkdir()
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


def test_the_table_shows_what_was_divided_and_how_far_it_is_known(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "service_level", "--floor", "0"]) == 0
    head, line = capsys.readouterr().out.splitlines()[:2]
    assert head.split()[5:] == ["N", "NUMERATOR", "DENOMINATOR", "BESIDE", "KNOWN", "UNTIL"]
    assert line.split()[5:8] == ["9", "6", "9"]
    assert line.endswith("2026-03-02 23:00Z")


@pytest.mark.parametrize("how", [[], ["--settle"]])
def test_refused_rows_of_a_load_that_there_never_was_are_not_none(loaded: Path, how: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["refused", "nosuch", *how, "--home", str(loaded)]) == 1
    assert "There is no load “nosuch”." in capsys.readouterr().err


@pytest.mark.parametrize("command", [["ask", "abandonment_rate"], ["loads"], ["refused"]])
def test_a_home_that_is_nowhere_is_no_home_without_contacts(command: list[str], home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 1
    said = capsys.readouterr()
    assert (said.out, str(home) in said.err, "--home or NYCKELTAL_HOME" in said.err) == ("", True, True)
    assert not home.exists()


@pytest.mark.parametrize("options", [["--per", "month"], ["--by", "agent"], ["--per", "day", "--by", "queue"]])
def test_a_question_that_nothing_fits_says_why(options: list[str], loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "csat", *options]) == 0
    said = capsys.readouterr().out
    assert "No rows fit this question." in said
    assert "csat: Nobody has answered in this period." in said
    assert main(["ask", "csat", *options, "--format", "json"]) == 0
    [figure] = json.loads(capsys.readouterr().out)
    assert (figure["by"], figure["period"], figure["reason"], figure["message"]) == ({}, None, "no_data", "Nobody has answered in this period.")


def test_what_the_source_never_tells_is_said_under_the_table(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "acw_time", "contacts_handled", "--per", "month", "--floor", "0"]) == 0
    said = capsys.readouterr().out
    assert "not_in_source" in said
    assert "acw_time: The source never fills acw_s." in said


@pytest.mark.parametrize(
    ("condition", "near"),
    [
        ("agent == 'ana'", "There is no agent called “ana”. Did you mean “anna”?"),
        ("agent in ('anna', 'bengtt')", "Did you mean “bengt”?"),
        ("client_id == 'acne' and wait_s > 3", "There is no client called “acne”. Did you mean “acme”?"),
        ("agent = 'anna'", "Equality is written =="),
        ("agnet == 'anna'", "Did you mean “agent”?"),
        ("wait > 3", "Did you mean “wait_s”?"),
        ("nosuch > 3", "Some that there are: "),
    ],
)
def test_a_mistyped_condition_says_what_is_near(condition: str, near: str, loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("ask", "explain"):
        assert main([command, "aht", "--where", condition]) == 2
        assert near in capsys.readouterr().err


def test_a_queue_is_not_judged_while_there_is_none(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "contacts_offered", "--where", "queue == 'support'"]) == 0
    assert "contacts_offered" in capsys.readouterr().out


def test_a_variant_belongs_to_one_of_several_kpis(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "service_level", "asa", "--variant", "all_offered", "--floor", "0"]) == 1
    said = capsys.readouterr().out
    assert "asa: A variant is one KPI's. Average speed of answer has none called “all_offered”; it has: answered, all, ivr, all_hours" in said
    assert "60.00%" in said  # six of ten, hang-ups and all


def test_an_older_store_is_brought_up_by_asking(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = loaded / "state.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"model": 1}), encoding="utf-8")
    [figure] = _json(capsys, "ask", "service_level", "--floor", "0")
    assert (figure["numerator"], figure["denominator"]) == (6, 9)
    assert json.loads(state.read_text())["model"] > 1


def test_an_engine_that_cannot_answer_is_a_mistake_and_no_traceback(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NYCKELTAL_ENGINE", "duckdb")  # so that what the option sets is put back
    assert main(["ask", "asa", "--engine", "postgres"]) == 2
    assert "spark://host:7077" in capsys.readouterr().err
