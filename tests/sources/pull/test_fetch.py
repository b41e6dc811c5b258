from __future__ import annotations

import contextlib
import errno
import json
import os
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from disturbed import facts
from fake_vendor import SECRET, FakeSystem, FakeVendor, serving
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources import find
from nyckeltal.sources.load import load, undo
from nyckeltal.sources.pull import run, secrets, status
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.place import Place
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed

BEGIN = datetime(2026, 3, 1, 6, tzinfo=UTC)
DAYS = 30 if os.environ.get("NYCKELTAL_SOAK") else 4


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVendor]:
    systems = find.systems()
    monkeypatch.setattr(find, "systems", lambda: {**systems, "fake": FakeSystem()})
    with serving(FakeVendor()) as one:
        yield one


def _feed(vendor: FakeVendor, **changes: Any) -> Feed:
    given = {"address": vendor.address}
    feed = Feed("calls", "from", "fake-shop", Schedule.read("1 hour"), "fake", client="shop", first_day=date(2026, 3, 1), given=given, secret={"token": SECRET})
    return replace(feed, **changes)


def _means(home: Path, **changes: Any) -> Means:
    return replace(Means(home, wait=lambda _: None, now=lambda: BEGIN + timedelta(days=60)), **changes)


def _facts(home: Path) -> list[dict[str, Any]]:
    """Everything of the store's contacts but which load brought it, and when."""
    store = ContactStore(home).snapshot()
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pa.concat_tables([pq.read_table(file, partitioning=None) for file in store.files("contact")], promote_options="default").to_pylist()
    return sorted(({name: value for name, value in row.items() if name not in ("load_id", "loaded_at")} for row in rows), key=lambda row: row["contact_id"])


def _kept(home: Path, vendor: FakeVendor) -> Path:
    """A home that keeps the vendor in step."""
    secrets.keep(home, "calls", "token", SECRET)
    text = f'[source.calls]\nsystem = "fake"\nclient = "shop"\nfrom = 2026-03-01\nevery = "1 hour"\naddress = "{vendor.address}"\n'
    (home / "sources.toml").write_text(text)
    return home


def _day(vendor: FakeVendor, day: int, dice: random.Random) -> None:
    """What a day brings: new calls, now and then in words that nobody knows until the vendor puts them right, and its second thoughts about old ones."""
    now = BEGIN + timedelta(days=day)
    later = f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    for name in [name for name, call in vendor.calls.items() if call["outcome"] == "exploded"]:
        vendor.calls[name] |= {"outcome": "abandoned", "updated": later}
    for number in range(6):
        outcome = "exploded" if day % 7 == 3 else "answered"
        vendor.took(day * 10 + number, f"{now + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ}", wait_s=dice.randrange(60), outcome=outcome)
    for name in dice.sample(sorted(vendor.calls), 2):
        vendor.calls[name] |= {"wait": dice.randrange(100), "updated": later}


def _at_once(home: Path, now: datetime, load: Callable[..., Any]) -> None:
    """Two schedulers that know nothing of each other; one that was killed begins again."""

    def schedule() -> None:
        means = _means(home, now=lambda: now, load=load)
        for _ in range(2):
            with contextlib.suppress(KeyboardInterrupt):
                run.do_what_is_due(means)

    others = [threading.Thread(target=schedule) for _ in range(2)]
    for other in others:
        other.start()
    for other in others:
        other.join()


def test_after_every_disturbance_the_store_is_as_without_any(vendor: FakeVendor, tmp_path: Path) -> None:
    dice, kills, one, calm = random.Random(7), random.Random(8), _kept(tmp_path / "one", vendor), _kept(tmp_path / "calm", vendor)
    seen = set()

    def killed(*args: Any, **options: Any) -> Any:
        """Before or after its rows count, or not at all."""
        fate = kills.choice(["before", "after", "lives", "lives"])
        if fate == "before":
            raise KeyboardInterrupt
        report = load(*args, **options)
        if fate == "after":
            raise KeyboardInterrupt
        return report

    for day in range(DAYS):
        _day(vendor, day, dice)
        vendor.faults += dice.choices(["429", "500", "truncated", "half", "dropped", "repeat", "", ""], k=8) + ["500"] * (9 if day % 9 == 1 else 0)
        clock = BEGIN + timedelta(days=day - (dice.choice([0, 2, 40]) if day % 3 == 2 else 0))  # it jumps back now and then
        _at_once(one, clock, killed)
        seen.add(str(status.read(Place(one, "calls")).error)[:20])
    vendor.faults.clear()
    _day(vendor, DAYS, dice)
    for home in (one, calm):
        assert run.do_what_is_due(_means(home)) == ["calls"]
        assert status.read(Place(home, "calls")).error is None
    assert facts(one) == facts(calm)
    assert len(_facts(one)) == 6 * (DAYS + 1)
    assert len(seen) > 1  # it did fail in between


def test_what_a_source_says_again_after_it_said_something_else_counts_again(vendor: FakeVendor, tmp_path: Path) -> None:
    """Its cursor stands still meanwhile: the whole window is asked each time."""
    place = Place(tmp_path, "calls")
    for wait_s in (10, 20, 10, 10):
        vendor.calls.clear()
        vendor.took(1, "2026-03-01T06:00:00Z", wait_s=wait_s)
        run.catch_up(_feed(vendor), _means(tmp_path))
        kept = place.read("cursor.json")["kept"]
        place.keep("cursor.json", {"kept": [{**entry, "cursor": {}} for entry in kept]})
    assert _facts(tmp_path)[0]["wait_s"] == 10
    assert len(ContactStore(tmp_path).loads()) == 3


def test_it_goes_on_from_where_it_was_and_asks_again_for_a_load_that_was_taken_back(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.took(1, "2026-03-01T06:00:00Z")
    done = run.catch_up(_feed(vendor), _means(tmp_path))
    assert done is not None
    assert (done.error, done.counts["new"], done.next_due) == (None, 1, BEGIN + timedelta(days=60, hours=1))
    vendor.asked.clear()
    run.catch_up(_feed(vendor), _means(tmp_path))
    assert "after=2026-03-01T06%3A00%3A00Z%7Cc0001" in vendor.asked[0]
    undo(str(done.load_id), tmp_path)
    run.catch_up(_feed(vendor), _means(tmp_path))
    assert len(_facts(tmp_path)) == 1


def test_what_an_undo_took_of_a_later_load_too_is_asked_for_again(vendor: FakeVendor, tmp_path: Path) -> None:
    place = Place(tmp_path, "calls")
    vendor.took(1, "2026-03-01T06:00:00Z")
    first = run.catch_up(_feed(vendor), _means(tmp_path))
    assert first is not None
    place.keep("cursor.json", {"kept": [{**entry, "cursor": {}} for entry in place.read("cursor.json")["kept"]]})  # the window that it asks for again
    for number in (2, 3):
        vendor.took(number, f"2026-03-01T0{number + 5}:00:00Z")
        run.catch_up(_feed(vendor), _means(tmp_path))
    undo(str(first.load_id), tmp_path)
    assert len(_facts(tmp_path)) == 2
    run.catch_up(_feed(vendor), _means(tmp_path))
    assert len(_facts(tmp_path)) == 3


def test_a_source_that_sends_nonsense_stops_itself_and_touches_nothing(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.took(1, "2026-03-01T06:00:00Z")
    run.catch_up(_feed(vendor), _means(tmp_path))
    before = _facts(tmp_path)
    for number in range(2, 9):
        vendor.took(number, "2026-03-02T06:00:00Z", outcome="answered" if number % 2 else "exploded")
    for _ in range(2):
        done = run.catch_up(_feed(vendor), _means(tmp_path))
        assert done is not None
        assert "more than 40 %" in str(done.error)
    assert (done.failures, done.refused_share) == (2, 0)
    assert _facts(tmp_path) == before
    assert done.next_due == BEGIN + timedelta(days=60, minutes=4)
    patient = run.catch_up(_feed(vendor, most_refused_percent=60), _means(tmp_path))
    assert patient is not None
    assert (patient.error, patient.counts["new"], patient.counts["refused"]) == (None, 3, 4)
    assert [row for row in _facts(tmp_path) if row["contact_id"] == before[0]["contact_id"]] == before


def test_an_answer_in_another_form_is_told_and_the_secret_is_in_no_file(vendor: FakeVendor, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    vendor.took(1, "2026-03-01T06:00:00Z")
    for faults, said in ((["odd"], "not known here"), (["401"], "refused us"), (["500"] * 9, "answered 500"), (["dropped"] * 9, "could not be reached")):
        vendor.faults[:] = faults
        run.catch_up(_feed(vendor), _means(tmp_path))
        assert said in str(status.read(Place(tmp_path, "calls")).error)
    vendor.faults.clear()
    run.catch_up(_feed(vendor), _means(tmp_path))
    written = b" ".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert SECRET.encode() not in written
    assert SECRET not in caplog.text


def test_what_the_machine_lacks_is_told_as_that_whichever_library_met_it(vendor: FakeVendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise duckdb.IOException('IO Error: Could not write file "/srv/staging/x.parquet": No space left on device')

    def shut(*_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", "pulled/calls/lock")

    vendor.took(1, "2026-03-01T06:00:00Z")
    done = run.catch_up(_feed(vendor), _means(tmp_path, load=full))
    assert done is not None
    assert "There is no room left" in str(done.error)
    assert "/srv/staging/x.parquet" in str(done.error)
    monkeypatch.setattr(Place, "alone", shut)
    done = run.catch_up(_feed(vendor), _means(tmp_path))
    assert done is not None
    assert "Permission denied: pulled/calls/lock" in str(done.error)


def test_a_clock_that_was_ahead_for_a_while_keeps_no_source_waiting(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.took(1, "2026-03-01T06:00:00Z")
    run.catch_up(_feed(vendor), _means(tmp_path, now=lambda: BEGIN + timedelta(days=90)))
    assert not run.is_due(_feed(vendor), tmp_path, BEGIN + timedelta(days=90))
    assert run.is_due(_feed(vendor), tmp_path, BEGIN + timedelta(days=60))


def test_time_ends_a_catch_up_between_pages_and_the_next_goes_on(vendor: FakeVendor, tmp_path: Path) -> None:
    for number in range(9):
        vendor.took(number, f"2026-03-0{1 + number // 4}T06:00:0{number}Z")
    ticks = iter(range(0, 100_000, 90))
    means = _means(tmp_path, clock=lambda: float(next(ticks)))
    done = run.catch_up(_feed(vendor), means)
    assert done is not None
    assert done.behind
    assert 0 < len(_facts(tmp_path)) < 9
    run.catch_up_all([_feed(vendor)], means)
    assert len(_facts(tmp_path)) == 9


def test_two_at_once_do_no_harm(vendor: FakeVendor, tmp_path: Path) -> None:
    with Place(tmp_path, "calls").alone() as mine:
        assert mine
        assert run.catch_up(_feed(vendor), _means(tmp_path)) is None
    assert vendor.asked == []


def test_pages_are_kept_for_some_days_only(vendor: FakeVendor, tmp_path: Path) -> None:
    vendor.took(1, "2026-03-01T06:00:00Z")
    run.catch_up(_feed(vendor), _means(tmp_path))
    kept = list((tmp_path / "pulled" / "calls" / "pages").rglob("*.json"))
    assert [json.loads(path.read_text())["calls"][0]["id"] for path in kept] == ["c0001"]
    assert {path.stat().st_mode & 0o077 for path in kept} == {0}
    run.catch_up(_feed(vendor), _means(tmp_path, now=lambda: BEGIN + timedelta(days=68)))
    assert list((tmp_path / "pulled" / "calls" / "pages").rglob("*.json")) == []
