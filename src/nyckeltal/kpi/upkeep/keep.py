"""Keeps the sums by day right: after every load the days that it touched are made anew, and nothing else. Killed at any moment it leaves
what was kept before, which belongs to an older state and is used for none."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import trace
from nyckeltal.contacts.laid import COMPRESSION
from nyckeltal.contacts.state import home_folder, locked
from nyckeltal.contacts.store import ContactStore, Snapshot
from nyckeltal.contacts.upkeep import FACTS, KEEP_H
from nyckeltal.errors import StoreBusy, UserMistake
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.kpi.engine.cells import Making
    from nyckeltal.kpi.request import Request
    from nyckeltal.kpi.rollup.cuts import Cut
    from nyckeltal.kpi.rollup.held import Shelf, Table

SETTING = "NYCKELTAL_ROLLUPS_FROM"
USUAL = 5_000_000  # below it the rows answer in a second or two, and making sums takes longer than many questions
BY_CLIENT = 5  # of a fifth as many rows sums by client alone are kept: they are made in seconds, and a trend takes half as long
BY_REASON = 4  # times as many rows a fact has before its sums are kept by each client's reasons: so many that few of a day fall together
NEVER = "never"
FEWEST_BYTES = 4  # that a row takes in a file
BESIDE = 20  # a fact is kept as well that has at least this part of those rows
ROWS_A_VALUE = 4  # in the mean of a month, or putting all values in order is no slower than looking each of them up
ROW_GROUP = 20_000  # cells that are read or passed over together
FEW_CELLS = ROW_GROUP // 12  # a month of no more lies in one file with the others of its year
FEW_DAYS = 20  # of a month that are made anew by themselves
Days = frozenset[date] | None  # None: all there are
Say = Callable[[str, int, int], None]


def least_rows() -> int | None:
    """From how many rows of the largest fact on sums are kept; None where they never are."""
    given = os.environ.get(SETTING, "").strip() or str(USUAL)
    if given == NEVER:
        return None
    if given.isascii() and given.isdigit():
        return int(given)
    english = "%(setting)s is “%(given)s”. It is a whole number of rows, or %(never)s."
    raise UserMistake(Text("rollup.setting", english, {"setting": SETTING, "given": given, "never": NEVER}))


def large(snapshot: Snapshot) -> list[str]:
    """The facts of which any sums are kept: those that matter beside the largest, where that is large enough."""
    least = least_rows()
    rows = _rows(snapshot)
    if least is None or max(rows.values(), default=-1) * BY_CLIENT < least:
        return []
    return [fact for fact, many in rows.items() if many * BESIDE * BY_CLIENT >= least]


def _rows(snapshot: Snapshot) -> dict[str, int]:
    return {fact: snapshot.rows(fact) for fact in FACTS if snapshot.files(fact)}


def _is_small(home: Path) -> bool:
    """Whether the store's files are so few bytes that no fact can be large: told without opening a table, which every small load would pay for."""
    least = least_rows()
    if least is None:
        return True
    sizes = (sum(path.stat().st_size for path in (home / "lake" / fact).rglob("*.parquet")) for fact in FACTS)
    return max(sizes) * BY_CLIENT < FEWEST_BYTES * least


def keep(home: Path | str | None = None, say: Say | None = None) -> list[str]:
    """Bring what is kept up to the store as it stands; the names of the tables that were written. Whoever comes while another is at it leaves
    it to that one, or to the next."""
    place = home_folder(home)
    store = ContactStore(place)
    if _is_small(place) or not large(store.snapshot()):
        if trace.is_on(place):
            _put_away(place)
        return []
    (place / trace.FOLDER).mkdir(exist_ok=True)  # from now on loads tell what they touch
    try:
        with locked(place / trace.FOLDER, 0):
            return _kept(place, store.snapshot(), say)
    except StoreBusy:
        return []


def _put_away(home: Path) -> None:
    """Nothing is large any more, or sums are not wanted: their files take room for nothing."""
    for path in (home / trace.FOLDER).iterdir():
        path.unlink(missing_ok=True)
    (home / trace.FOLDER).rmdir()


def _kept(home: Path, snapshot: Snapshot, say: Say | None) -> list[str]:
    from nyckeltal.kpi.question import Question
    from nyckeltal.kpi.request import Request
    from nyckeltal.kpi.rollup import held
    from nyckeltal.kpi.rollup.held import Shelf
    from nyckeltal.kpi.upkeep.worth import cuts

    request = Request(Question.of("contacts_offered"), snapshot, home)
    facts, before = large(snapshot), held.read(home)
    rows = _rows(snapshot)
    wanted = [cut for cut in cuts(request, facts) if is_worth(cut, rows[cut.scan.over], max(rows.values()))]
    touched = trace.between(home, before.state, snapshot.id) if before else None
    tables: dict[str, Table] = {}
    written = []
    for number, cut in enumerate(wanted):
        if say:
            say("rollup", number, len(wanted))
        old = before.tables.get(cut.name) if before else None
        if old is None and cut.by_value and not _fall_together(cut, request):
            continue
        tables[cut.name] = _renewed(cut, old, touched, home / trace.FOLDER, request)
        written += [cut.name] if tables[cut.name] != old else []
    shelf = Shelf(home / trace.FOLDER, snapshot.id, tables)
    if shelf != before:
        shelf.save()
    trace.forget(home, snapshot.id)
    _sweep(shelf)
    return written


def is_worth(cut: Cut, rows: int, most: int) -> bool:
    """Whether its cells are so much fewer than the rows of a large fact that reading them is quicker. `most`: the rows of the largest."""
    if cut.by_client:
        return True
    least = least_rows() or 0
    return most >= least and rows * BESIDE >= least and (not cut.by_clients_reason or rows >= BY_REASON * least)


def _fall_together(cut: Cut, request: Request) -> bool:
    """Whether values occur so often that how often is soon told: seen in the last but one month."""
    from nyckeltal.kpi.engine.cells import Making
    from nyckeltal.when.period import Period

    months = [month for month in request.facts.months(cut.scan.over) if month[:1].isdigit()][-2:]
    if not months:
        return False
    making, month = Making(cut.scan, cut.kept, cut.sieves, cut.wanted, request.organisation, request.known(cut.scan.over)), Period.of(months[0])
    found = making.cells(month.start, month.last, request.facts)
    return sum(row or 0 for row in found.column(f"rows_{cut.sieves[0].name}").to_pylist()) >= ROWS_A_VALUE * len(found)


def _renewed(cut: Cut, old: Table | None, touched: trace.Touched | None, folder: Path, request: Request) -> Table:
    """A cut as it is now: of its days those made anew that the facts or what they rest on changed."""
    from nyckeltal.kpi.rollup.held import Table
    from nyckeltal.kpi.upkeep import rests

    now = rests.of(cut, request)
    if old is None or touched is None or old.signature != cut.signature or not (was := rests.read(folder / old.rests_on)):
        table = Table(cut.signature, cut.kept, {}, {}, rests_on=now.save(folder))
        return _with_months(cut, table, _all_days(cut, request), folder, request)
    over, day = cut.scan.over, cut.scan.place.day
    changed = rests.days(cut, was, now, request)
    days = None if changed is None else changed | set(touched.get(over, {}).get(day, ()))
    table = old if now == was else replace(old, rests_on=now.save(folder))
    if days is None:
        return _with_months(cut, replace(table, months={}, cells={}), _all_days(cut, request), folder, request)
    return _with_months(cut, table, _by_month(days, whole=cut.by_value), folder, request) if days else table


def _with_months(cut: Cut, table: Table, days: Mapping[str, Days], folder: Path, request: Request) -> Table:
    from nyckeltal.kpi.engine.cells import Making
    from nyckeltal.kpi.rollup.held import Table

    months, cells, kinds = dict(table.months), dict(table.cells), dict(table.kinds)
    scan = cut.scan
    making = Making(scan, cut.kept, cut.sieves, cut.wanted, request.organisation, request.known(scan.over))
    for year, of_year in groupby(sorted(days), lambda month: month[:4]):
        touched = [*of_year]
        before = {month: folder / name for month, name in months.items() if month[:4] == year}
        few: dict[str, pa.Table] = {}
        for month in touched:
            found = _month(making, month, days[month], before.get(month), request)
            months.pop(month, None)
            cells.pop(month, None)
            if len(found):
                kinds = {name: _KINDS[str(found.schema.field(name).type)] for name in found.column_names}
                cells[month] = len(found)
            if len(found) > FEW_CELLS:
                months[month] = _write(cut, month, found, folder)
            elif len(found):
                few[month] = found
        left = {before[month] for month in touched if month in before}
        others = {month: file for month, file in before.items() if month not in touched and (cells[month] <= FEW_CELLS or file in left)}
        if few or left & {*others.values()}:
            months |= _together(cut, {**few, **{month: _held(making, month, file) for month, file in others.items()}}, making, folder)
    return Table(table.signature, table.kept, kinds, making.names, months, cells, table.rests_on)


def _together(cut: Cut, found: Mapping[str, pa.Table], making: Making, folder: Path) -> dict[str, str]:
    """Months of a year in one file: opening twelve takes longer than reading so few cells."""
    import pyarrow as pa

    first = next(iter(found.values()))
    whole = pa.concat_tables([there.select(first.column_names).cast(first.schema) for there in found.values()])
    in_order = whole.sort_by([(name, "ascending") for name in making.order])
    return dict.fromkeys(found, _write(cut, min(found) if len(found) == 1 else f"{min(found)}..{max(found)}", in_order, folder))


def _held(making: Making, month: str, file: Path) -> pa.Table:
    """A month's cells as they lie in a file, which may hold others'."""
    import pyarrow.parquet as pq

    from nyckeltal.when.period import Period

    day, whole = making.scan.place.day, Period.of(month)
    return pq.read_table(file, filters=[(day, ">=", whole.start), (day, "<=", whole.last)])


_KINDS = {"string": "string", "date32[day]": "date", "int64": "int64", "double": "float64", "bool": "boolean"}


def _month(making: Making, month: str, days: Days, old: Path | None, request: Request) -> pa.Table:
    """A month's cells: all made anew, or those of some days beside the others as they were."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from nyckeltal.when.period import Period

    whole = Period.of(month)
    if days is None or len(days) > FEW_DAYS or old is None:
        return making.cells(whole.start, whole.last, request.facts)
    made = making.cells(min(days), max(days), request.facts, days)
    kept = _held(making, month, old)
    others = kept.filter(pc.invert(pc.is_in(kept.column(making.scan.place.day), pa.array(sorted(days), pa.date32()))))
    return pa.concat_tables([others, made.select(kept.column_names).cast(kept.schema)]).sort_by([(name, "ascending") for name in making.order])


def _write(cut: Cut, month: str, found: pa.Table, folder: Path) -> str:
    import pyarrow.parquet as pq

    name = f"{cut.name}-{month}-{uuid.uuid4().hex[:12]}.parquet"
    pq.write_table(found, folder / name, compression=COMPRESSION, row_group_size=ROW_GROUP)  # read in half the time that zstd takes, for a seventh more disk
    return name


def _all_days(cut: Cut, request: Request) -> dict[str, Days]:
    """Every month in which rows of a cut are placed."""
    from nyckeltal.kpi.compile import Measure
    from nyckeltal.kpi.engine import run as engine
    from nyckeltal.when.period import Grain

    scan = replace(cut.scan, per=Grain.MONTH)
    counted = engine.prepare(scan, [Measure("count")], request.organisation, request.known(scan.over))
    return {f"{at[0]:%Y-%m}": None for at, _ in engine.run(counted, request.facts)}


def _by_month(days: frozenset[date] | set[date], *, whole: bool) -> dict[str, Days]:
    """The months of these days, each with which of them, or as a whole."""
    found: dict[str, set[date]] = {}
    for day in days:
        found.setdefault(f"{day:%Y-%m}", set()).add(day)
    return {month: None if whole else frozenset(each) for month, each in found.items()}


def _sweep(shelf: Shelf) -> None:
    """Files that do not count any more stay a day, for readers that began before."""
    before_s = time.time() - KEEP_H * 3600
    for path in _cells_on_disk(shelf.folder):
        if path.name not in shelf.files and path.stat().st_mtime < before_s:
            path.unlink(missing_ok=True)


def _cells_on_disk(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.parquet")
    yield from folder.glob("rests-*.json")
