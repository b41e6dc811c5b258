"""A loader and a reader as processes of their own, and the ways in which the loader is killed. Started from a fork server that
has imported everything, so that a start costs milliseconds."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from batches import put, read
from nyckeltal.contacts import lake
from nyckeltal.contacts.lake import Lake
from nyckeltal.contacts.state import State
from nyckeltal.contacts.store import ContactStore, Snapshot
from nyckeltal.errors import UserMistake

Row = dict[str, Any]
start = datetime(2026, 3, 25, tzinfo=UTC)

processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(["nyckeltal.contacts.store", "duckdb", "deltalake", "pyarrow.parquet", "pyarrow.compute", "disturbed"])

# Where a loader dies: before or after its n-th commit of a table, around the renaming of state.json, or while putting right what
# an earlier one left.
points = [*(f"commit {n}" for n in range(7)), *(f"committed {n}" for n in range(7)), "save", "saved", "restore"]


def operation(number: int) -> tuple[str, dict[str, list[Row]]]:
    """The n-th load: new contacts with segments, corrections of earlier ones of which some move to another month, cases, or an undo."""
    if number % 5 == 4:
        return f"undo load-{number - 2:02}", {}
    draw = random.Random(number)
    new = [f"c{number}-{n}" for n in range(8)]
    old = [f"c{before}-{n}" for before in range(number) for n in range(8) if before % 5 < 2 and draw.random() < 0.15]
    contacts = [_contact(draw, name) for name in new + old]
    segments = [_segment(draw, name) for name in new[:5]]  # every second load has none of those corrected, and tells contacts whole
    case = {"case_id": f"k{number % 3}", "client_id": "one", "opened_at": start, "closed_at": start + timedelta(hours=number)}
    return f"load-{number:02}", {"contact": contacts, "segment": segments, "case": [case]}


def _contact(draw: random.Random, name: str) -> Row:
    offered = start + timedelta(minutes=draw.randrange(60 * 24 * 14))
    words = {"queue_id": draw.choice("pq"), "customer_key": draw.choice("AB"), "reason_id": "r", "case_id": draw.choice([None, "k0", "k1"])}
    outcome = draw.choice(["answered", "abandoned"])
    return {"contact_id": name, "client_id": "one", "channel": "voice", "offered_at": offered, "outcome": outcome, "own_talk_s": draw.random() * 100, **words}


def _segment(draw: random.Random, name: str) -> Row:
    return {"segment_id": f"s{name}", "contact_id": name, "agent_id": draw.choice(["anna", "bengt"]), "talk_s": float(draw.randrange(300))}


refused: Row = {"fact": "contact", "file": "f", "line": 1, "reason_id": "x", "reason": "X.", "values": "{}", "original": "a"}


def carry_out(home: Path, number: int) -> None:
    """One operation, as an undisturbed process does it; one that is done already is done."""
    store, now = ContactStore(home), start + timedelta(days=number)
    name, rows = operation(number)
    if name.startswith("undo "):
        with contextlib.suppress(UserMistake):
            store.undo(name.removeprefix("undo "), now=now)
    else:
        put(store, name, rows, now=now, refused=[refused], whole={"contact": ["segment"]} if number % 2 else None)


def load_and_die(home: Path, number: int, point: str) -> None:
    """The same, killed at a point; one that never comes there lives."""
    _die_at(point)
    carry_out(home, number)


def _die_at(point: str) -> None:
    here = {"passed": 0}

    def dying(does: Callable[..., Any], before: str, after: str) -> Callable[..., Any]:
        def done(*args: Any, **words: Any) -> Any:
            number = here["passed"]
            _die(point in (before, f"{before} {number}"))
            result = does(*args, **words)
            _die(point in (after, f"{after} {number}"))
            here["passed"] += 1
            return result

        return done

    Lake._write = dying(Lake._write, "commit", "committed")  # type: ignore[method-assign]  # dies where a real one would be killed
    if point == "restore":
        State.save = dying(State.save, "restore", "")  # type: ignore[method-assign]  # dies where a real one would be killed
    elif point.startswith("save"):
        lake.State.save = dying(State.save, "save", "saved")  # type: ignore[method-assign]  # dies where a real one would be killed


def _die(now: bool) -> None:
    if now:
        os.kill(os.getpid(), signal.SIGKILL)


def read_until(home: Path, stop: Event, told: Any) -> None:
    """Take snapshot after snapshot, check each across its tables, and tell how many there were and what was wrong."""
    seen, wrong, states = 0, [], set()
    while not stop.is_set():
        snapshot = ContactStore(home).snapshot()
        try:
            wrong += inconsistencies(snapshot)
        except Exception as error:  # noqa: BLE001 - whatever a reader meets is a finding
            wrong.append(repr(error))
        seen, states = seen + 1, states | {snapshot.id}
        time.sleep(0.5)
    told.put((seen, len(states), wrong))


def inconsistencies(snapshot: Snapshot) -> list[str]:
    """What must hold between the tables of any state that counts."""
    loads = {row["load_id"]: row for row in snapshot.small("load").to_pylist() if row["state"] == "loaded"}
    contacts = {row["contact_id"]: row for row in read(snapshot, "contact", "contact_id", "load_id", "segments_n", "handled", "case_id", "month", "local_date")}
    segments = read(snapshot, "segment", "segment_id", "contact_id", "answered", "is_derived", "load_id")
    visits = read(snapshot, "queue_visit", "contact_id", "load_id")
    cases = read(snapshot, "case", "case_id", "contacts_n", "load_id")
    of = {name: sum(1 for row in segments if row["contact_id"] == name and row["answered"]) for name in contacts}
    named = {row["case_id"]: sum(1 for contact in contacts.values() if contact["case_id"] == row["case_id"]) for row in cases}
    replaced = snapshot.small("replaced").to_pylist()
    checks = {
        "a contact stands twice": len(contacts) == sum(1 for _ in read(snapshot, "contact", "contact_id")),
        "a row's load does not count": {row["load_id"] for row in (*contacts.values(), *segments, *visits, *cases)} <= set(loads),
        "a part has no contact": {row["contact_id"] for row in (*segments, *visits)} <= set(contacts),
        "segments_n is not the segments": of == {name: row["segments_n"] for name, row in contacts.items()},
        "a contact has not its one visit": sorted(row["contact_id"] for row in visits) == sorted(contacts),
        "contacts_n is not the contacts": named == {row["case_id"]: row["contacts_n"] for row in cases},
        "a refused row without load": {row["load_id"] for row in snapshot.small("set_aside").to_pylist()} == set(loads),
        "a replaced row without loads": {row["replaced_by"] for row in replaced if row["replaced_by"]} <= set(loads),
        "what is gone stands": not {row["source_id"] for row in replaced if not row["replaced_by"]} & {row["segment_id"] for row in segments},
    }
    return [f"{snapshot.state.tables}: {name}" for name, holds in checks.items() if not holds]
