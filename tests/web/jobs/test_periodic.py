"""Periodic work: when it is due, and that one failing stops no other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from nyckeltal.web.jobs import periodic
from nyckeltal.web.jobs.models import Periodic
from nyckeltal.web.jobs.periodic import Work

EVENING = datetime(2026, 11, 22, 20, tzinfo=UTC)
NIGHT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)


def _nothing(_now: datetime) -> None:
    return None


def test_what_is_done_at_night_is_due_once_its_hour_has_come() -> None:
    work = Work("x", _nothing, hour=1)
    assert not work.due(EVENING, EVENING + timedelta(hours=4))
    assert work.due(EVENING, NIGHT)
    assert not work.due(NIGHT, NIGHT + timedelta(hours=20))


def test_a_night_when_the_machine_was_off_is_caught_up_with() -> None:
    assert Work("x", _nothing, hour=1).due(EVENING - timedelta(days=3), EVENING)


def test_what_is_done_each_hour_is_due_after_an_hour() -> None:
    work = Work("x", _nothing, every=timedelta(hours=1))
    assert not work.due(EVENING, EVENING + timedelta(minutes=59))
    assert work.due(EVENING, EVENING + timedelta(minutes=60))


@pytest.mark.django_db
def test_one_that_fails_stops_no_other_and_its_fault_is_kept(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def failing(_now: datetime) -> None:
        raise OSError("the disk is full")

    done: list[datetime] = []
    monkeypatch.setattr(periodic, "work", lambda: (Work("breaks", failing, hour=1), Work("works", done.append, hour=1)))
    assert periodic.do_what_is_due(EVENING) == []  # seen for the first time
    assert periodic.do_what_is_due(NIGHT) == ["breaks", "works"]
    assert done == [NIGHT]
    assert Periodic.objects.get(name="breaks").fault == "OSError: the disk is full"
    assert "the disk is full" in caplog.text
    assert periodic.do_what_is_due(NIGHT) == []


@pytest.mark.django_db
@pytest.mark.parametrize("work", periodic.work(), ids=lambda work: work.name)
def test_each_can_be_done_before_anything_was_loaded(work: Work) -> None:
    work.does(NIGHT)


def test_no_two_have_the_same_name() -> None:
    names = [work.name for work in periodic.work()]
    assert sorted(set(names)) == sorted(names)
