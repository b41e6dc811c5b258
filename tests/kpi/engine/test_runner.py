"""Which engine runs a question, and what is said when it cannot."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nyckeltal.errors import BadQuestion, EngineAway
from nyckeltal.kpi import engines
from nyckeltal.kpi.engine import spark
from nyckeltal.kpi.engine.runner import SETTING


@contextmanager
def _listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


@pytest.fixture
def equipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine with the package and a Java, as far as anybody looks before the first question."""
    monkeypatch.setattr(spark, "find_spec", lambda _: object())
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))


def test_duckdb_is_what_runs_unless_something_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for said in (None, "", " ", "duckdb"):
        monkeypatch.delenv(SETTING, raising=False) if said is None else monkeypatch.setenv(SETTING, said)
        assert engines.named() == "duckdb"
        engines.tried()


@pytest.mark.parametrize("said", ["postgres", "spark", "spark://", "spark://host", "spark://host:7077/", "spark://:7077", "spark://a:1,b"])
def test_an_engine_that_is_none_is_refused_with_what_would_be_right(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, said)
    with pytest.raises(BadQuestion, match="spark://host:7077"):
        engines.named()


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, "spark://127.0.0.1:7077")
    monkeypatch.setattr(spark, "find_spec", lambda _: None)
    with pytest.raises(EngineAway, match=r"pip install 'nyckeltal\[spark\]'.*Java 17"):
        engines.tried()


def test_without_java_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, equipped: None) -> None:
    monkeypatch.setenv(SETTING, "spark://127.0.0.1:7077")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "gone"))
    with pytest.raises(EngineAway, match="Java is not found"):
        engines.tried()


def test_a_master_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch, equipped: None) -> None:
    with _listening() as port:
        monkeypatch.setenv(SETTING, f"spark://127.0.0.1:{port}")
        engines.tried()
    with pytest.raises(EngineAway, match=f"127.0.0.1:{port}.*running"):
        engines.tried()


def test_of_several_masters_one_is_enough(monkeypatch: pytest.MonkeyPatch, equipped: None) -> None:
    with _listening() as port, _listening() as other:
        pass
    with _listening() as port:
        monkeypatch.setenv(SETTING, f"spark://127.0.0.1:{other},127.0.0.1:{port}")
        engines.tried()


def test_a_text_is_a_text_in_the_sql_of_spark_too() -> None:
    assert spark.Spark("local").text("o'hara\\") == r"'o\'hara\\'"


def test_nothing_in_a_path_is_a_pattern() -> None:
    assert spark._address("/home/a [b] {c}*?\\/x.parquet") == r"file:///home/a \[b\] \{c\}\*\?\\/x.parquet"
    assert spark._address("s3://bucket/x.parquet") == "s3://bucket/x.parquet"
