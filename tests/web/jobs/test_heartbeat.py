"""The worker's lock and its sign of life."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

from nyckeltal.web.jobs import heartbeat


def test_nobody_is_seen_where_no_worker_lives(tmp_path: Path) -> None:
    assert heartbeat.seen(tmp_path) is None
    heartbeat.beat(tmp_path, "")
    assert heartbeat.seen(tmp_path) is None


def test_whoever_only_looks_for_a_worker_makes_no_lock(tmp_path: Path) -> None:
    assert heartbeat.seen(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_worker_is_seen_as_long_as_it_lives(tmp_path: Path) -> None:
    with heartbeat.only_one(tmp_path, Event()) as alone:
        assert alone
        heartbeat.beat(tmp_path, "load", now_s=12.0)
        assert (heartbeat.seen(tmp_path) or {})["at"] == 12.0
    assert heartbeat.seen(tmp_path) is None


def test_a_second_worker_waits_until_the_first_has_ended(tmp_path: Path) -> None:
    took: list[bool] = []

    def second() -> None:
        with heartbeat.only_one(tmp_path, Event(), poll_s=0.01) as alone:
            took.append(alone)

    with heartbeat.only_one(tmp_path, Event()):
        waiting = Thread(target=second)
        waiting.start()
        waiting.join(0.2)
        assert took == []
    waiting.join(5)
    assert took == [True]


def test_one_that_waits_can_be_stopped(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with heartbeat.only_one(tmp_path, Event()), heartbeat.only_one(tmp_path, stop) as alone:
        assert not alone
