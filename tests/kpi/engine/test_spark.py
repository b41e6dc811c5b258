"""Key figures on a Spark master are those of DuckDB: a sample of every kind, and with NYCKELTAL_SOAK=1 the whole catalogue on two workers."""

from __future__ import annotations

import errno
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import spark
from components import spark_class
from nyckeltal.contacts.store import ContactStore
from nyckeltal.contacts.world import World
from nyckeltal.errors import EngineAway
from nyckeltal.kpi.ask import ask, evidence
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.engine import session
from nyckeltal.kpi.engine import spark as engine
from nyckeltal.kpi.engine.runner import SETTING
from nyckeltal.sources.load import load
from oracle import clocks, definition

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
RESULTS = ("gives", "variants", "by_queue", "by_agent", "as_team", "say", "period", "known_until", "set")
BY = {"by_queue": "queue", "by_agent": "agent", "as_team": "team"}
CUTS = ("", "client", "queue", "agent", "team", "reason2", "weekday", "tenure", "repeat")

# Some worked cases, and questions about them: a share, a mean, a count, a balance, a percentile, a spread and an agreement of raters; a ratio over
# two facts; a threshold and a window that somebody agreed on; stretches cut at midnight and at quarters; what has to mature; conditions.
Case = tuple[str, str]
Asked = tuple[str, dict[str, Any]]
SAMPLE: tuple[tuple[tuple[Case, ...], tuple[Asked, ...]], ...] = (
    (
        (
            *(("service_level", "The agreement's threshold on the day"), ("nps", "Sixty promoters")),
            *(("qa_consistency", "Two evaluations of one person"), ("order_size", "Three orders")),
        ),
        (("service_level", {"by": "queue"}), ("nps", {}), ("qa_consistency", {}), ("order_size", {})),
    ),
    (
        (("contacts_per_hour", "Six contacts in two hours"),),
        (
            ("contacts_per_hour", {"per": "month", "by": "weekday"}),
            ("occupancy", {"per": "hour", "start": "2026-03-02", "end": "2026-03-02"}),
            ("contacts_offered", {"where": "channel == 'voice'", "within": {"client": ["c1", "o'hara\\"]}}),
        ),
    ),
    ((("fcr", "Fourteen days are agreed"),), (("fcr", {}),)),
    ((("first_reply_time", "Ten replies"),), (("first_reply_time", {"variant": "p90"}),)),
    ((("qa_agreement", "Four evaluators"),), (("qa_agreement", {}),)),
)

# what pyspark itself leaves open is not ours to close
pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("spark")
    kept = {name: os.environ.get(name) for name in ("SPARK_LOCAL_IP", "SPARK_CONF_DIR")}
    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_CONF_DIR": str(folder)}
    try:
        with spark.cluster(folder, workers=2 if SOAK else 1) as address:
            yield address
            spark.leave()
    finally:
        for name, value in kept.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def _alike(one: Any, other: Any) -> bool:
    match one, other:
        case float() | int(), float() | int():
            return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
        case dict(), dict():
            return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(_alike(*pair) for pair in zip(one, other, strict=True))
    return bool(one == other)


def _figures(asked: Sequence[Asked], facts: Any) -> list[list[dict[str, Any]]]:
    session.forget()
    return [ask(kpi, facts=facts, floor=0, **question).as_dicts() for kpi, question in asked]


def _same(master: str, asked: Sequence[Asked], facts: Any, monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """The figures of each question, once they are found to be the same on both."""
    here = _figures(asked, facts)
    with monkeypatch.context() as there:
        there.setenv(SETTING, master)
        found = _figures(asked, facts)
    for question, mine, theirs in zip(asked, here, found, strict=True):
        assert len(mine) == len(theirs), question
        assert [pair for pair in zip(mine, theirs, strict=True) if not _alike(*pair)] == [], question
    return here


def _world(*cases: Mapping[str, Any]) -> World:
    rows = {name: given for case in cases for name, given in case.items() if name not in RESULTS}
    return World.of(rows, next((case["known_until"] for case in cases if "known_until" in case), None), defaults=True)


def _case(kpi: str, say: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(case for case in definition.read(kpi)["case"] if case["say"].startswith(say))
    return found


def test_a_sample_of_every_kind_gives_the_figures_of_duckdb(master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for cases, asked in SAMPLE:
        answers = _same(master, asked, _world(*(_case(*each) for each in cases)), monkeypatch)
        for question, figures in zip(asked, answers, strict=True):
            assert any(figure["value"] is not None for figure in figures), (question, "two that know nothing are alike")


def test_a_java_that_this_machine_has_no_room_for_is_told_like_a_cluster_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    spark_class()

    def no_room(_: engine.Spark) -> None:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    monkeypatch.setattr(engine.Spark, "_started", no_room)
    with pytest.raises(EngineAway, match="Cannot allocate memory"):
        engine.Spark("local")._ready()


def test_a_store_on_disk_is_read_from_the_files_of_its_state(master: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, mapping = tmp_path / "a home, 100% ours", _mapping()
    rows = ["id,queue,start,wait,how", "1,a,2026-02-28T23:30:00Z,12,answered", "2,a,2026-03-02T09:00:00Z,40,answered"]
    (tmp_path / "calls.csv").write_text("\n".join([*rows, "3,b,2026-03-02T09:10:00Z,70,abandoned"]), "utf-8")
    load([tmp_path / "calls.csv"], mapping=mapping, home=home)
    before = ContactStore(home).snapshot()
    (tmp_path / "more.csv").write_text("\n".join([rows[0], "2,a,2026-03-02T09:00:00Z,4,answered", "4,b,2026-03-03T09:10:00Z,1,answered"]), "utf-8")
    load([tmp_path / "more.csv"], mapping=mapping, home=home)
    asked = (("contacts_offered", {"by": "queue", "per": "month"}),)
    (first,), (then,) = (_same(master, asked, snapshot, monkeypatch) for snapshot in (before, ContactStore(home).snapshot()))
    assert {figure["period"] for figure in first} == {"2026-02", "2026-03"}
    assert [sum(figure["value"] for figure in figures) for figures in (first, then)] == [3, 4]
    here = evidence("service_level", facts=before)
    monkeypatch.setenv(SETTING, master)
    assert evidence("service_level", facts=before) == here != []


def _mapping() -> dict[str, Any]:
    return {
        "fact": {"kind": "contact", "client": "one", "source": "calls"},
        "key": {"columns": ["id"]},
        "columns": {"channel": {"is": "voice"}, "queue_id": "queue", "offered_at": "start", "wait_s": "wait", "outcome": "how"},
    }


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="a session more, and Java once more")
def test_a_session_that_was_stopped_and_a_java_that_died_are_started_anew(master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from pyspark import SparkContext

    facts = _world(_case("fcr", "Fourteen days are agreed"))
    asked: tuple[Asked, ...] = (("fcr", {}),)
    _same(master, asked, facts, monkeypatch)
    SparkContext._active_spark_context.stop()
    _same(master, asked, facts, monkeypatch)
    spark.leave()
    _same(master, asked, facts, monkeypatch)


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="every worked case: many minutes")
@pytest.mark.parametrize("kpi", definition.catalogue() if SOAK else [])
def test_every_worked_case_gives_the_figures_of_duckdb(kpi: str, master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for case in definition.read(kpi)["case"]:
        asked: dict[str, Any] = {"set": case.get("set")}
        if "period" in case:
            start, end = clocks.span(case["period"])
            asked |= {"start": start, "end": end - timedelta(days=1)}
        variants = {definition.parted(kpi, variant)[0] for variant in (None, *case.get("variants", {}))}
        cuts = ("", *(BY[name] for name in BY if name in case))
        _same(master, [(kpi, {**asked, "by": by, "variant": variant}) for by in cuts for variant in sorted(variants, key=str)], _world(case), monkeypatch)


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example organisation, small."""
    from nyckeltal.demo.build import build

    home = tmp_path_factory.mktemp("demo") / "home"
    build(home, seed=3, today=date(2026, 4, 20), scale=0.02, days=62)
    return home


@pytest.mark.slow
@pytest.mark.skipif(not SOAK, reason="the whole catalogue: many minutes")
@pytest.mark.parametrize("by", CUTS if SOAK else [])
@pytest.mark.parametrize("per", [None, "week"])
def test_the_whole_catalogue_gives_the_figures_of_duckdb(per: str | None, by: str, organisation: Path, master: str, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = ContactStore(organisation).snapshot()
    answers = _same(master, [(kpi, {"by": by, "per": per}) for kpi in catalogue()], facts, monkeypatch)
    known = {figure["kpi"] for figures in answers for figure in figures if figure["value"] is not None}
    assert by or per or len(known) > 40, set(catalogue()) - known
