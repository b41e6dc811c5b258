"""Answers a question from what is kept by day as far as that goes, and from the rows for the rest: the same sums."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.expression import Every
from nyckeltal.contacts.schema import TABLES
from nyckeltal.kpi.compile import Dimension, Scan
from nyckeltal.kpi.engine import cells
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.engine.bind import leaves
from nyckeltal.kpi.engine.cells import Sieve, Sought
from nyckeltal.kpi.engine.runner import runner
from nyckeltal.kpi.engine.sums import Sums, reader, told_by_clusters
from nyckeltal.kpi.rollup import held
from nyckeltal.kpi.rollup.cuts import Kept, can_answer, keeps, keeps_values, kept_as, name_of, names_in, sieve_of, values_of
from nyckeltal.when.period import Grain

if TYPE_CHECKING:
    from nyckeltal.contacts.expression import Condition
    from nyckeltal.kpi.engine.cells import Held, Row, Wanted
    from nyckeltal.kpi.engine.run import Key, Origin, Prepared
    from nyckeltal.kpi.request import Request
    from nyckeltal.kpi.rollup.held import Shelf, Table

MOST_DAYS = 40  # that have matured in part; beyond that the rows are asked
_OF_CERTAINTY = frozenset({"squares", "logs", "logs2", "zeros"})


@dataclass(frozen=True)
class Found:
    """Where the sums of some measures of a scan are kept: `places` tells which of its measures they are."""

    shelf: Shelf
    table: Table
    scan: Scan
    sieve: Sieve
    sought: Mapping[int, Sought]

    def held(self, places: Iterable[int]) -> Held:
        columns = {*self.table.kept, self.scan.place.day, f"rows_{self.sieve.name}"}
        columns |= {column for place in places for _, column in self.sought[place].fields}
        return self.table.held(self.shelf.folder, self.scan.first, self.scan.last, frozenset(columns))


def run(step: Prepared, request: Request) -> Mapping[Key, list[Sums]]:
    """The sums of every group of a scan, one per measure."""
    return each([step], request, lambda steps: [engine.run(it, request.facts) for it in steps])[0]


def each(
    steps: Sequence[Prepared], request: Request, from_rows: Callable[[Sequence[Prepared]], Sequence[Mapping[Key, list[Sums]]]]
) -> list[Mapping[Key, list[Sums]]]:
    """The same of several scans; what is not kept of them is asked of the rows all at once."""
    kept = [_kept(step, request) for step in steps]
    rests = [_rest(step, places, request) for step, (places, _) in zip(steps, kept, strict=True)]
    asked = iter(from_rows([rest for rest, _ in rests if rest]))
    found = []
    for step, (here, groups), (rest, places) in zip(steps, kept, rests, strict=True):
        told = next(asked) if rest else {}
        found.append(_with(groups, told, places, len(step.measures)) if here else told)
    return found


def _kept(step: Prepared, request: Request) -> tuple[set[int], dict[Key, list[Sums]]]:
    """Which of a step's measures are told from what is kept, and their sums."""
    found = _found(step, request)
    groups = [*(_from_cells(found, step, request) if found else ()), *_from_values(step, request)]
    return {place for places, _ in groups for place in places}, _together(step, groups)


def _rest(step: Prepared, told: Collection[int], request: Request) -> tuple[Prepared | None, tuple[int, ...]]:
    """The measures of a step that are left to the rows, and which those are."""
    places = tuple(place for place in range(len(step.measures)) if place not in told)
    if not told or not places:
        return (step if places else None), places
    measures = [step.measures[place] for place in places]
    return engine.prepare(step.scan, measures, request.organisation, request.known(step.scan.over), folded=step.folded), places


def _with(kept: Mapping[Key, list[Sums]], told: Mapping[Key, list[Sums]], places: Sequence[int], many: int) -> dict[Key, list[Sums]]:
    found = {key: [*sums] for key, sums in kept.items()}
    for key, sums in told.items():
        here = found.setdefault(key, [Sums(top=0, bottom=0) for _ in range(many)])
        for place, one in zip(places, sums, strict=True):
            here[place] = one
    return found


def origins(scan: Scan, request: Request) -> dict[Key, frozenset[Origin]]:
    """The clients and sources that the rows of each group come from."""
    shelf = _usable(scan, request)
    sieve, of_cells = sieve_of(scan)
    seen = f"rows_{sieve.name}"
    told_by = names_in(of_cells) | ({"client_id"} if "client_id" in TABLES[scan.over] else set())
    table = next((it for it in _tables(shelf, scan, told_by, name_of(scan)) if seen in it.kinds), None) if shelf else None
    if shelf is None or table is None or not _once(_among(scan, of_cells), request):
        return engine.origins(scan, request.organisation, request.known(scan.over), request.facts)
    there = table.held(shelf.folder, scan.first, scan.last, frozenset({*table.kept, scan.place.day, seen}))
    result: dict[Key, set[Origin]] = {}
    for row in cells.origins(_among(scan, of_cells), sieve, there, request.organisation, request.known(scan.over)):
        result.setdefault(_key(row, scan.by), set()).add((row["client_id"], row["source"]))
    return {key: frozenset(each) for key, each in result.items()}


# ── what is there ──


def _found(step: Prepared, request: Request) -> Found | None:
    """The cells that tell most of a step's measures, where any do."""
    shelf = _usable(step.scan, request)
    if shelf is None:
        return None
    kept = {place: kept_as(step.scan, measure) for place, measure in enumerate(step.measures) if keeps(measure)}
    if not kept:
        return None
    sieve, of_cells = sieve_of(step.scan)
    scan = _among(step.scan, of_cells)
    if not _once(scan, request):
        return None
    there = [table for table in _tables(shelf, step.scan, names_in(of_cells), name_of(step.scan)) if f"rows_{sieve.name}" in table.kinds]
    each = [Found(shelf, table, scan, sieve, _sought(kept, table, step, request)) for table in there]
    best = max(each, key=lambda it: len(it.sought), default=None)
    return best if best is not None and best.sought else None


def _usable(scan: Scan, request: Request) -> Shelf | None:
    if (scan.per and scan.per.within_a_day) or runner().name != "duckdb":
        return None
    return held.of(request.facts)


def _tables(shelf: Shelf, scan: Scan, words: frozenset[str], begins: str) -> list[Table]:
    """Those that are kept by these words and tell what a scan groups and chooses by, the smallest first."""
    named = [table for name, table in shelf.tables.items() if name.rpartition("-")[0] == begins]
    there = [table for table in named if words <= {*table.kept} and can_answer(table.kept, scan)]
    return sorted(there, key=lambda table: sum(table.cells.values()))


def _sought(kept: Mapping[int, Kept], table: Table, step: Prepared, request: Request) -> dict[int, Sought]:
    found: dict[int, Sought] = {}
    for place, it in kept.items():
        measure = step.measures[place]
        by_client = measure.matures is not None and request.known(step.scan.over).by_client is not None
        if it.wanted and it.wanted.name in table.fields and names_in(it.sums_of) | ({"client_id"} if by_client else set()) <= {*table.kept}:
            fields = tuple((name, column) for name, column in table.fields[it.wanted.name].items() if measure.certain or name not in _OF_CERTAINTY)
            found[place] = Sought(it.wanted, fields, Every(it.sums_of) if it.sums_of else None)
    return found


def _among(scan: Scan, of_cells: tuple[Condition, ...]) -> Scan:
    """The scan over cells: what its rows must meet is in them, but for what is said of whole cells."""
    asked = (*of_cells, *((scan.asked,) if scan.asked is not None else ()))
    return replace(scan, where=None, asked=Every(asked) if asked else None)


def _once(scan: Scan, request: Request) -> bool:
    """Whether no row is several teams' that it is asked about together: which of a cell's rows those are is not told."""
    return not cells.layout(scan, request.organisation, request.known(scan.over)).once


# ── adding up ──


def _from_cells(found: Found, step: Prepared, request: Request) -> Iterator[tuple[tuple[int, ...], list[Row]]]:
    """Sums without windows from cells alone; those with one also from the rows of days that have matured in part."""
    windows = tuple(place for place, it in found.sought.items() if it.wanted.measure.matures is not None)
    if plain := tuple(place for place in found.sought if place not in windows):
        yield plain, _added_up(found, plain, (), step, request)
    if not windows:
        return
    known, organisation = request.known(step.scan.over), request.organisation
    days = cells.ripening(found.scan, [found.sought[place] for place in windows], found.held(windows), organisation, known)
    by_clusters = step.folded and any(told_by_clusters(step.measures[place]) for place in windows)  # one may be in both
    if len(days) > MOST_DAYS or (days and (step.scan.persons or by_clusters)):
        return
    rows = _added_up(found, windows, days, step, request)
    for first, last in _stretches(days):
        rows += _from_rows(step, windows, first, last, request)
    yield windows, rows


def _from_values(step: Prepared, request: Request) -> Iterator[tuple[tuple[int, ...], list[Row]]]:
    """Percentiles of whole months, from how often each value occurs in one."""
    scan = step.scan
    shelf = _usable(scan, request) if _of_whole_months(scan) and not step.folded else None
    sieve, of_cells = sieve_of(scan)
    among = _among(scan, of_cells)
    wanted: dict[tuple[Wanted, tuple[Condition, ...]], list[int]] = {}
    for place, measure in enumerate(step.measures):
        it = kept_as(scan, measure) if shelf and keeps_values(measure) else None
        if it and it.wanted:
            wanted.setdefault((it.wanted, it.sums_of), []).append(place)
    for (measured, sums_of), places in wanted.items():
        there = _tables(shelf, scan, names_in((*of_cells, *sums_of)), values_of(scan, measured)) if shelf and _once(among, request) else []
        if shelf and there:
            columns = frozenset({*there[0].kept, scan.place.day, cells.VALUE, f"rows_{sieve.name}"})
            sought = Sought(measured, (), Every(sums_of) if sums_of else None)
            each = [(sought, step.measures[place].at or 0.0) for place in places]
            held_there = there[0].held(shelf.folder, scan.first, scan.last, columns)
            yield tuple(places), cells.percentiles(among, sieve, each, held_there, request.organisation, request.known(scan.over))


def _of_whole_months(scan: Scan) -> bool:
    named = {*scan.by, *(name for name, _ in scan.within), *(leaf.name for leaf in leaves(scan.asked) if isinstance(leaf, Dimension))}
    begins, ends = scan.first is None or scan.first.day == 1, scan.last is None or scan.last == date.max or (scan.last + timedelta(days=1)).day == 1
    return begins and ends and not named & {"day", "weekday"} and scan.per in (None, Grain.MONTH, Grain.QUARTER, Grain.YEAR)


def _added_up(found: Found, places: tuple[int, ...], without: tuple[date, ...], step: Prepared, request: Request) -> list[Row]:
    there = replace(found.held(places), without=without)
    sought = [found.sought[place] for place in places]
    return cells.add_up(found.scan, found.sieve, sought, there, request.organisation, request.known(found.scan.over), folded=step.folded)


def _stretches(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """Days that follow one another, as first and last."""
    first = None
    for number, day in enumerate(days):
        first = first or day
        if number + 1 == len(days) or days[number + 1] != day + timedelta(days=1):
            yield first, day
            first = None


def _from_rows(step: Prepared, places: Sequence[int], first: date, last: date, request: Request) -> list[Row]:
    scan, measures = replace(step.scan, first=first, last=last), [step.measures[place] for place in places]
    prepared = engine.prepare(scan, measures, request.organisation, request.known(scan.over), folded=step.folded)
    rows: list[Row] = engine.fetched(prepared, prepared.sql, request.facts).to_pylist()
    return rows


def _together(step: Prepared, groups: Sequence[tuple[tuple[int, ...], list[Row]]]) -> dict[Key, list[Sums]]:
    """The sums of each measure out of its group's rows."""
    found: dict[Key, list[Sums]] = {}
    for places, rows in groups:
        readers: dict[tuple[str, ...], list[Callable[[Row], Sums]]] = {}  # rows of cells alone and of both have not all columns in common
        for key, row in _merged(rows, step.by).items():
            sums = found.setdefault(key, [Sums(top=0, bottom=0) for _ in step.measures])
            if (columns := tuple(row)) not in readers:
                readers[columns] = [reader(columns, number, step.measures[place]) for number, place in enumerate(places)]
            for place, read in zip(places, readers[columns], strict=True):
                sums[place] = read(row)
    return found


def _merged(rows: Iterable[Row], by: Sequence[str]) -> dict[Key, Row]:
    found: dict[Key, Row] = {}
    for row in rows:
        key = _key(row, by)
        found[key] = _both(found[key], row) if key in found else row
    return found


def _both(one: Row, other: Row) -> Row:
    """Two rows of one group; what either of them has not is the other's."""
    return {name: _added(*name.rpartition("_")[::2], one.get(name), other.get(name)) for name in {**one, **other}}


def _added(begins: str, field: str, one: Any, other: Any) -> Any:
    if begins in ("at", "by") or one is None or other is None:
        return one if other is None else other
    return min(one, other) if field == "least" else max(one, other) if field == "most" else one + other


def _key(row: Mapping[str, Any], by: Sequence[str]) -> Key:
    return engine.place_of(row), tuple(row[f"by_{number}"] for number in range(len(by)))
