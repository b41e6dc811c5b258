"""A hundred million contacts: the rows of a home ten times over, each time under ids of their own, put into the store's tables month by month.
What is asked of them is the company's trend, by sums kept by day and from the rows."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import asking
import duckdb
from homes import Home, with_sums
from questions import ALL, TREND, TREND_SUMS, same
from results import ROWS, SUMS, Times
from upkeep import Day, loaded

from nyckeltal.contacts import upkeep as written
from nyckeltal.contacts.derive_contact import EIGHT_BYTES
from nyckeltal.contacts.lake import Fresh, Lake
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.state import State
from nyckeltal.contacts.store import ContactStore

TIMES = 10
COPIED = ("contact", "segment", "queue_visit", "survey_response")  # what a trend reads, and a new day's contacts are merged into
NEW_DAY = 100_000
IDS = ("contact_id", "segment_id", "visit_id", "response_id", "invitation_id", "customer_key", "source_id")
MEMORY = "4GB"


@dataclass(frozen=True)
class Hundred:
    """What was found: seconds and MB per question and way of asking, and how long filling and making the sums took."""

    rows: int
    seed: int
    filled_s: float
    sums_s: float
    times: Mapping[str, Mapping[str, Times]]
    peak_mb: Mapping[tuple[str, str], float]
    day: Day


def measured(home: Home, folder: Path, rounds: int) -> Hundred:
    """Each question in turn of each way of asking, each in a process of its own, so that its peak of memory is told too."""
    many = _filled(home, folder)
    sums_s = with_sums(many, few=True) or 0.0
    times: dict[str, dict[str, Times]] = {}
    peak_mb: dict[tuple[str, str], float] = {}
    for timed in (TREND_SUMS, TREND):
        print(f"{timed.name} over {many.rows:,}", file=sys.stderr)
        ways = {who: asking.Asked(make, str(many.folder)) for who, make in ((SUMS, asking.ours), (ROWS, asking.from_rows), ("DuckDB", asking.by_hand))}
        taken: dict[str, list[tuple[float, float]]] = {who: [] for who in ways}
        for _ in range(rounds):
            values = {}
            for who, asked in ways.items():
                took, values[who], peak_mb[timed.name, who] = asked(ALL.index(timed))
                taken[who].append(took)
            for who, found in values.items():
                if differing := same(values[ROWS], found):
                    raise SystemExit(f"{timed.name}: {who} differs in {len(differing)} values:\n" + "\n".join(differing[:10]))
        times[timed.name] = {who: Times.of(all_of) for who, all_of in taken.items()}
        for way in ways.values():
            way.stop()
    print(f"one new day into {many.rows:,}", file=sys.stderr)
    day = loaded(replace(many, files=home.files, mapping=home.mapping), NEW_DAY, 1, sums=False)[0]
    return Hundred(many.rows, many.seed, many.load_s, sums_s, times, peak_mb, day)


def _filled(home: Home, folder: Path) -> Home:
    """The home in `folder`; one that an earlier run filled is used again, one whose filling was cut off is begun anew."""
    rows = home.rows * TIMES
    place = folder / f"{rows}-{home.seed}-copied"
    mark = place / "filled.json"
    if not mark.exists():
        print(f"copying {home.rows:,} contacts {TIMES} times", file=sys.stderr)
        shutil.rmtree(place, ignore_errors=True)
        began = time.perf_counter()
        _copy(home.folder, place / "home")
        mark.write_text(json.dumps({"load_s": time.perf_counter() - began}), encoding="utf-8")
    return Home(place / "home", rows, home.seed, json.loads(mark.read_text(encoding="utf-8"))["load_s"], place, place)


def _copy(source: Path, home: Path) -> None:
    """Tables of the organisation as they are, the others ten times, a month after the other. The first time keeps its ids: those that come anew, or
    corrected, are of the same customers."""
    snapshot = ContactStore(source).snapshot()
    home.mkdir(parents=True)
    shutil.copy2(source / "secret", home / "secret")
    lake = Lake(home, State.read(home))
    for table in snapshot.state.tables:
        if TABLES[table].family != "fact":
            lake.append(table, snapshot.small(table))
    for table in COPIED:
        months = snapshot.months(table)
        lake.take_in(table, (_written(home, table, month, snapshot.files(table, [month])) for month in months))
    lake.state.with_versions(lake.reached).save(home)


def _written(folder: Path, table: str, month: str, files: list[str]) -> Fresh:
    """A file with the rows of a month, one time after the other, as a load writes them."""
    named = [name for name in IDS if name == "source_id" or name in TABLES[table]]
    each = (", ".join(_renamed(table, named, f"~{number}" if number else "")) for number in range(TIMES))
    rows = " union all ".join(f"(select * replace ({renamed}) from read_parquet({files!r}, hive_partitioning = false))" for renamed in each)
    with duckdb.connect() as con:
        con.execute(f"set timezone = 'UTC'; set enable_progress_bar = false; set memory_limit = '{MEMORY}'")
        path = folder / f"{table}-{month}.parquet"
        return Fresh(month, path, written.copied(con, rows, path))


def _renamed(table: str, named: list[str], suffix: str) -> Iterator[str]:
    yield from (f"{name} || '{suffix}' as {name}" for name in named)
    if table == "contact":
        hashed = EIGHT_BYTES.format(f"customer_key || '{suffix}'")
        yield f"case when customer_hash is not null then {hashed} end as customer_hash"
