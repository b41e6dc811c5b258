"""Jobs are asked for, done, refused, interrupted and found again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from nyckeltal.errors import CannotRead, Issue
from nyckeltal.web.frame.say import say
from nyckeltal.web.jobs import actions, worker
from nyckeltal.web.jobs.actions import Progress
from nyckeltal.web.jobs.models import Job
from nyckeltal.words import Text

pytestmark = pytest.mark.django_db(transaction=True)
what: dict[str, Any] = {}


def _does(job: Job, progress: Progress) -> dict[str, Any]:
    """What the test put in."""
    result: dict[str, Any] = what["does"](job, progress)
    return result


@task()
def carry_out(job_id: str) -> str:
    return actions.do(job_id, _does)


@pytest.fixture(autouse=True)
def going_on() -> Iterator[None]:
    actions.stopping.clear()
    yield
    actions.stopping.clear()


def _asked(does: Any) -> Job:
    what["does"] = does
    return actions.ask_for(carry_out, kind="test", title="a file", by=None, about={})


def _now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_what_was_asked_for_is_done_and_its_result_kept() -> None:
    job = _asked(lambda job, _: {"title": job.title})
    assert _now(job).state == Job.State.WAITING
    worker.do_all()
    assert (_now(job).state, _now(job).result) == (Job.State.DONE, {"title": "a file"})
    assert not DBTaskResult.objects.ready().exists()


def test_jobs_are_done_in_the_order_in_which_they_were_asked_for() -> None:
    done: list[str] = []

    def noting(job: Job, _: Progress) -> dict[str, Any]:
        done.append(str(job.pk))
        return {}

    jobs = [_asked(noting) for _ in range(3)]
    worker.do_all()
    assert done == [str(job.pk) for job in jobs]


def test_how_far_it_is_can_be_read_while_it_runs() -> None:
    def reading(job: Job, progress: Progress) -> dict[str, Any]:
        progress("read", 10, 40)
        seen = _now(job)
        return {"seen": [seen.state, seen.stage, seen.done, seen.total]}

    job = _asked(reading)
    worker.do_all()
    assert _now(job).result == {"seen": ["running", "read", 10, 40]}


def test_a_users_mistake_is_kept_with_its_places() -> None:
    def refusing(*_: Any) -> dict[str, Any]:
        inner = Text("x.inner", "“%(value)s” is no number.", {"value": "a"})
        raise CannotRead(Text("x.outer", "%(file)s: %(what)s", {"file": "f.csv", "what": inner}), [Issue(inner, "f.csv", 7, "wait_s")])

    job = _asked(refusing)
    worker.do_all()
    kept = _now(job)
    assert kept.state == Job.State.REFUSED
    assert say(kept.wrong) == "f.csv: “a” is no number."
    assert [str(issue) for issue in kept.issues] == ["f.csv:7: wait_s: “a” is no number."]


def test_a_mistake_of_ours_stops_neither_the_worker_nor_the_next_job(caplog: pytest.LogCaptureFixture) -> None:
    def failing(*_: Any) -> dict[str, Any]:
        raise KeyError

    broken = _asked(failing)
    worker.do_all()
    whole = _asked(lambda *_: {})
    worker.do_all()
    assert (_now(broken).state, _now(whole).state) == (Job.State.FAILED, Job.State.DONE)
    assert "KeyError" in caplog.text


def test_a_job_is_put_back_when_the_worker_is_to_end_and_done_by_the_next() -> None:
    def ended(job: Job, progress: Progress) -> dict[str, Any]:
        if not job.about.get("second"):
            job.told(about={"second": True})
            actions.stopping.set()
        progress("read", 1, 2)
        return {"done": True}

    job = _asked(ended)
    worker.do_all()
    assert (_now(job).state, _now(job).attempts) == (Job.State.WAITING, 0)
    actions.stopping.clear()
    worker.do_all()
    assert _now(job).result == {"done": True}


def _died(job: Job, attempts: int) -> None:
    """As a worker leaves it that was killed in the middle."""
    DBTaskResult.objects.update(status="RUNNING")
    job.told(state=Job.State.RUNNING, attempts=attempts)


def test_what_was_being_done_when_the_machine_stopped_is_begun_again() -> None:
    job = _asked(lambda *_: {"done": True})
    _died(job, 1)
    actions.find_again()
    assert _now(job).state == Job.State.WAITING
    worker.do_all()
    assert _now(job).state == Job.State.DONE


def test_what_ended_its_worker_three_times_is_told_as_interrupted() -> None:
    job = _asked(lambda *_: {"done": True})
    _died(job, 3)
    actions.find_again()
    worker.do_all()
    assert _now(job).state == Job.State.INTERRUPTED


def test_a_job_whose_task_was_lost_does_not_wait_for_ever() -> None:
    over = _asked(lambda *_: {"done": True})
    DBTaskResult.objects.update(status="SUCCESSFUL")
    gone = Job.objects.create(kind="test", title="lost")
    actions.find_again()
    worker.do_all()
    assert (_now(over).state, _now(gone).state) == (Job.State.DONE, Job.State.INTERRUPTED)


def _locked(*_: Any, **__: Any) -> None:
    raise OperationalError


def test_what_came_of_it_is_kept_though_the_database_was_locked_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    told, times = Job.told, iter(range(3))
    monkeypatch.setattr(actions, "WAITS_S", (0.0, 0.0, 0.0))

    def now_and_then(job: Job, **values: Any) -> None:
        _locked() if values.get("state") == Job.State.DONE and next(times) < 2 else told(job, **values)

    monkeypatch.setattr(Job, "told", now_and_then)
    job = _asked(lambda *_: {"done": True})
    worker.do_all()
    assert (_now(job).state, _now(job).result) == (Job.State.DONE, {"done": True})


def test_the_worker_shows_that_it_lives_though_the_database_is_locked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Job.objects, "filter", _locked)
    assert worker._doing() == ""
