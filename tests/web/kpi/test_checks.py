"""An engine that cannot answer is said at the start, and on the page that needs it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from nyckeltal.kpi.engine import session, spark
from nyckeltal.kpi.engine.runner import SETTING
from nyckeltal.web.kpi.checks import engine_can_answer

NOBODY = "spark://127.0.0.1:1"


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """Spark is asked for and installed, and no master answers."""
    monkeypatch.setattr(spark, "find_spec", lambda name: object() if name == "pyspark" else None)
    monkeypatch.setattr(spark, "_java", lambda: "/usr/bin/java")
    monkeypatch.setattr(spark, "_faults", lambda: ((), ()))
    monkeypatch.setenv(SETTING, NOBODY)
    session.forget()


@pytest.mark.parametrize(("engine", "id_"), [("postgres", "nyckeltal.E012"), (NOBODY, "nyckeltal.E013")])
def test_what_is_wrong_on_this_machine_stops_the_start(engine: str, id_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, engine)
    monkeypatch.setattr(spark, "find_spec", lambda _: None)
    (message,) = engine_can_answer()
    assert (message.id, message.is_serious()) == (id_, True)
    assert message.hint


def test_a_master_that_is_away_is_a_warning(away: None) -> None:
    (message,) = engine_can_answer()
    assert (message.id, message.is_serious()) == ("nyckeltal.W012", False)
    assert NOBODY in message.msg


def test_usually_there_is_nothing_to_say() -> None:
    assert engine_can_answer() == []


def test_a_page_says_that_figures_cannot_be_counted(as_person: Callable[[str], Client], away: None) -> None:
    answer = as_person("david").get("/explore/?kpi=occupancy&per=quarter")
    assert answer.status_code == 503
    assert f"Nobody answers at {NOBODY}" in answer.content.decode()


def test_a_program_is_told_to_come_again(as_program: Callable[..., Client], away: None) -> None:
    answer = as_program("david").get("/api/ask?kpi=occupancy&per=quarter")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert NOBODY in answer.json()["detail"]
