"""What is summed over a scan's rows for each measure, as Ibis aggregates, and the same as plain numbers once it has run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import ibis

from nyckeltal.contacts.expression import Every, Missing
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.spelled import to_filters, to_python
from nyckeltal.kpi.compile import Measure, Scan
from nyckeltal.kpi.engine.bind import by_stored_month
from nyckeltal.kpi.engine.shape import ids_mark
from nyckeltal.kpi.formula import TABLED
from nyckeltal.when.period import Grain

if TYPE_CHECKING:
    from nyckeltal.contacts.expression import Condition
    from nyckeltal.kpi.engine.bind import Rows
    from nyckeltal.words import Text


Aggregates = Callable[..., dict[str, Any]]


@dataclass
class Sums:
    """Sums of one measure over one group. `n` rows counted, `top` and `bottom` the figure's two sums (of a balance: `up`, `down`, `bottom`),
    `waiting` rows that have not matured, `doubted` rows that were taken out of `top`, `persons` the agents behind it where that is asked,
    `distinct` values of a column that a rule goes by, `groups` that were compared, `why` there is no value though there are rows,
    `least` and `most` of the values that must not be mixed, `each` agent's or day's own two sums, or how many `clusters` those are and the sums of
    their squares and products; the rest is for intervals."""

    rows: int = 0
    n: int = 0
    top: float | None = None
    bottom: float | None = None
    up: float | None = None
    down: float | None = None
    value: float | None = None
    waiting: int = 0
    doubted: int = 0
    persons: int = 0
    distinct: int = 0
    groups: int = 0
    why: Text | None = None
    least: str | None = None
    most: str | None = None
    squares: float = 0.0
    weights2: float = 0.0
    logs: float | None = None
    logs2: float | None = None
    zeros: int = 0
    each: Mapping[Any, tuple[float, float]] | None = None
    clusters: int | None = None
    top2: float = 0.0
    top_bottom: float = 0.0
    bottom2: float = 0.0

    @property
    def in_clusters(self) -> bool:
        """Whether it is told how much agents, or days, differ."""
        return self.each is not None or self.clusters is not None


def grouped(rows: Rows, scan: Scan, measures: Iterable[Measure], lanes: Sequence[Condition | None] = ()) -> ibis.Table:
    """The aggregate expression: one row per group, columns `at_…`, `by_…`, `rows`, and `<number>_<field>` per measure. With `lanes` each
    measure looks only at the rows that meet its own condition, and `<number>_rows` tells how many those are.

    Each measure's conditions become columns first, those that are alike one column, and are summed then: so no condition is worked out twice.
    """
    kept(rows, scan)
    return summed(rows, scan, group_columns(rows, scan), list(measures), lanes, aggregates_of)


def summed(rows: Rows, scan: Scan, keys: Mapping[str, Any], measures: Sequence[Measure], lanes: Sequence[Condition | None], how: Aggregates) -> ibis.Table:
    """The sums by these keys; `how` tells which they are."""
    table, columns = rows.table, dict(keys)
    for number, measure in enumerate(measures):
        columns |= {f"{number}_{name}": column for name, column in columns_of(rows, measure, persons=scan.persons).items()}
    columns |= {f"{number}_lane": rows.condition(lane) for number, lane in enumerate(lanes) if lane is not None}
    first: dict[Any, str] = {}
    called = {name: first.setdefault(column.op(), name) for name, column in columns.items()}
    table = table.select(**{name: column for name, column in columns.items() if name in keys or called[name] == name})
    aggregates: dict[str, Any] = {"rows": table.count()}
    for number, measure in enumerate(measures):
        it = ColumnsOf(table, number, called)
        aggregates |= {f"{number}_rows": it.many(it.looked_at)} if it.looked_at is not None else {}
        aggregates |= {f"{number}_{name}": value for name, value in how(it, measure, persons=scan.persons).items()}
    return table.aggregate(**aggregates, by=list(keys))


def told_by_clusters(measure: Measure) -> bool:
    """Whether the interval of a measure that is read in clusters goes by them: numbers of rows are only told along."""
    return measure.certain and (measure.kind == "mean" or (measure.kind == "share" and measure.weight is not None))


def folded_in(found: ibis.Table, scan: Scan, measures: Iterable[Measure]) -> ibis.Table:
    """Groups without their last dimension, by which rows are alike; with how many clusters each has, and their squares and products."""
    keys = [name for name in found.columns if name.startswith(("at_", "by_")) and name != f"by_{len(scan.by) - 1}"]
    most = () if scan.by[-1] == "agent" else ("persons",)  # those of several days may be the same ones
    sums: dict[str, Any] = {}
    for name in found.columns[len(keys) + 1 :]:
        sums[name] = found[name].max() if name.rpartition("_")[2] in most else added(found[name], name)
    for number, measure in enumerate(measures):
        if told_by_clusters(measure):
            top, bottom = (found[_first(found, *names)].cast("float64").fill_null(0.0) for names in ((f"{number}_top",), (f"{number}_bottom", f"{number}_n")))
            products = {"top2": top * top, "top_bottom": top * bottom, "bottom2": bottom * bottom}
            sums |= {f"{number}_clusters": _whole((top != 0) | (bottom != 0)), **{f"{number}_{name}": it.sum() for name, it in products.items()}}
    together = found.aggregate(**sums, by=keys)
    return together if keys else together.filter(together["rows"] > 0)  # without groups there would be one of no rows


def added(column: Any, name: str) -> Any:
    """What a sum, or the least or most of some values, is over several groups."""
    field = name.rpartition("_")[2]
    return column.min() if field == "least" else column.max() if field == "most" else _whole(column) if column.type().is_integer() else column.sum()


def _first(found: ibis.Table, *names: str) -> str:
    return next(name for name in names if name in found.columns)


def _whole(column: Any) -> Any:
    return column.cast("float64").sum().cast("int64")


class ColumnsOf:
    """The columns of one measure in the table of all; `called`: by which name one is there that is like an earlier one."""

    def __init__(self, table: ibis.Table, number: int | str, called: Mapping[str, str] | None = None) -> None:
        self.table, self.number, self.called = table, number, called or {}

    def __getattr__(self, name: str) -> Any:
        """A column; what counts of the rows that are counted is true of no others."""
        if self._has("ripe") and name in ("among", "waits"):
            ripe = self._column("ripe")
            return self._of_lane(self._column("among") & (ripe if name == "among" else ~ripe))
        column = self._column(name)
        if name == "among":
            return self._of_lane(column)
        return column & self.among if name in _OF_THE_COUNTED and column.type().is_boolean() else column

    @property
    def may_wait(self) -> bool:
        """Whether any row may not have matured."""
        return self._has("ripe")

    @property
    def looked_at(self) -> Any:
        """Which rows the measure looks at, where not at all of them."""
        return self._column("lane") if self._has("lane") else None

    def _of_lane(self, condition: Any) -> Any:
        return condition if self.looked_at is None else condition & self.looked_at

    def _column(self, name: str) -> Any:
        return self.table[self._called(name)]

    def _has(self, name: str) -> bool:
        return self._called(name) in self.table.columns

    def _called(self, name: str) -> str:
        return self.called.get(f"{self.number}_{name}", f"{self.number}_{name}")

    def many(self, condition: Any) -> Any:
        """How many rows meet a condition. Numbers that are added up take half the time of rows that are picked out and counted, and with each
        aggregate that picks its rows all the others take longer."""
        return _whole(condition)

    def total(self, number: Any, condition: Any) -> Any:
        """The sum over the rows that meet a condition."""
        return ibis.ifelse(condition, number, ibis.null("float64")).sum()


def kept(rows: Rows, scan: Scan) -> ibis.Table:
    """The scan's rows: not test, of the direction, what file and question say, and nothing outside what the asker may see."""
    conditions = rows.of_the_days()
    if "is_test" in rows.table.columns:
        is_test = rows.table["is_test"]
        conditions.append(~(is_test.fill_null(False) if TABLES[scan.over]["is_test"].nullable else is_test))
    if "direction" in rows.table.columns:
        directions = ["inbound", "outbound"] if scan.direction == "both" else [scan.direction]
        known = rows.table["direction"].isin(directions)
        conditions.append(known if scan.over in ("contact", "queue_visit", "segment") else known.fill_null(True))
    conditions += [part for node in (scan.where, scan.asked) if node is not None for part in to_filters(node, rows.leaf)]
    for dimension, ids in scan.within:
        conditions.append(rows.dimension(dimension).cast("string").isin([ids_mark(dimension)]) if ids else ibis.literal(False))
    rows.table = rows.table.filter(*conditions)
    rows.keep_each_once()
    return rows.table


def group_columns(rows: Rows, scan: Scan) -> dict[str, Any]:
    return {f"by_{number}": rows.dimension(name) for number, name in enumerate(scan.by)} | period_columns(rows, scan)


def period_columns(rows: Rows, scan: Scan) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    if scan.per is None:
        return keys
    day = rows.table[scan.place.day]
    if by_stored_month(scan) and "month" in rows.table.columns:
        keys["at_month"] = rows.table["month"]
    elif scan.per in _MONTHS:  # numbered since the year 0: truncating a day takes longer than all the rest of a count
        months = day.year().cast("int64") * 12 + (day.month() - 1)
        keys["at_month"] = months if scan.per is Grain.MONTH else months - months % _MONTHS[scan.per]
    else:
        keys["at_day"] = day.truncate("W") if scan.per is Grain.WEEK else day
    if scan.per.minutes:
        keys["at_slot"] = (rows.table[scan.place.minute or ""] // scan.per.minutes).cast("int64")
        keys["at_offset"] = rows.table[scan.place.offset_s or ""]
    return keys


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def counted(rows: Rows, measure: Measure) -> tuple[Any, Any]:
    """Whether a row is counted, and whether it would be, had it matured."""
    among = _among(rows, measure, rows.condition)
    return (among, among) if measure.matures is None else (among & rows.ripe(measure.matures), among)


def _among(rows: Rows, measure: Measure, condition: Callable[[Any], Any]) -> Any:
    among = condition(measure.among)
    needed = [measure.of] if measure.kind in ("mean", "total", "quantile", *TABLED) and measure.missing is None else []
    for node in (*needed, measure.weight, measure.exposure):
        if node is not None and Missing(node, negated=True) not in (measure.among.parts if isinstance(measure.among, Every) else (measure.among,)):
            among &= to_python(node, rows.leaf).notnull()
    return among


_OF_THE_COUNTED = ("of", "up", "down", "stated", "doubt")


def columns_of(rows: Rows, measure: Measure, *, persons: bool) -> dict[str, Any]:
    """What a measure looks at in each row, as columns. What has matured stands by itself, and so does what counts of the rows that are
    counted: `ColumnsOf` puts them together."""
    found = {"among": _among(rows, measure, rows.met)} | ({"person": rows.dimension("agent")} if persons else {})
    if measure.matures is not None and not rows.layout.ripe:
        found["ripe"] = rows.ripe(measure.matures)
    if measure.missing is not None:
        found["stated"] = to_python(measure.of, rows.leaf).notnull()
    if measure.doubt is not None:
        found["doubt"] = rows.met(measure.of) & rows.met(measure.doubt)
    numbers = ("of", "weight") if measure.kind in ("mean", "total", "quantile") else ("weight",)
    for name in ("of", "up", "down", "weight"):
        if (node := getattr(measure, name)) is not None:
            found[name] = number(rows, measure, node) if name in numbers else rows.met(node)
    found |= {"apart": rows.word(measure.apart).fill_null("")} if measure.apart else {}  # what says no currency is not in that of the others
    return found | {name: rows.word(word) for name, word in (("per", measure.per), ("distinct", measure.distinct)) if word}


def number(rows: Rows, measure: Measure, node: Any) -> Any:
    """A number of each row, with what stands for a missing one where the measure says so; a nought need not stand there to be added."""
    value = to_python(node, rows.leaf).cast("float64")
    return value if not measure.missing else value.fill_null(float(measure.missing))


def aggregates_of(it: ColumnsOf, measure: Measure, *, persons: bool) -> dict[str, Any]:
    found = _KINDS[measure.kind](it, measure)
    if persons:  # what is counted for nobody else is no less a group's: all whose rows were looked through
        found["persons"] = it.person.nunique(where=it.looked_at) if measure.kind in ("count", "total") else it.person.nunique(where=it.among)
    if measure.distinct:
        found["distinct"] = it.distinct.nunique(where=it.among)
    if measure.matures is not None and it.may_wait:
        found["waiting"] = it.many(it.waits)
    if measure.doubt is not None:
        found["doubted"] = it.many(it.doubt)
    if measure.apart:
        found |= {"least": it.apart.min(where=it.among), "most": it.apart.max(where=it.among)}
    return found


def states(measure: Measure) -> bool:
    """Whether what it is divided by rests on some row stating anything."""
    return measure.missing is not None and measure.weight is None


def _count(it: ColumnsOf, measure: Measure) -> dict[str, Any]:
    return {"n": it.per.nunique(where=it.among) if measure.per else it.many(it.among)}


def _total(it: ColumnsOf, _: Measure) -> dict[str, Any]:
    return {"n": it.many(it.among), "top": it.total(it.of, it.among)}


def _share(it: ColumnsOf, measure: Measure) -> dict[str, Any]:
    if measure.per:
        distinct = it.per.nunique(where=it.among)
        return {"n": distinct, "top": it.per.nunique(where=it.of), "bottom": distinct}
    if measure.weight is None:
        return {"n": it.many(it.among), "top": it.many(it.of)}
    return {"n": it.many(it.among), "top": it.total(it.weight, it.of), **_weighed(it)}


def _balance(it: ColumnsOf, measure: Measure) -> dict[str, Any]:
    if measure.weight is None:
        return {"n": it.many(it.among), "up": it.many(it.up), "down": it.many(it.down)}
    return {"n": it.many(it.among), "up": it.total(it.weight, it.up), "down": it.total(it.weight, it.down), **_weighed(it)}


def _mean(it: ColumnsOf, measure: Measure) -> dict[str, Any]:
    x, one = it.of, measure.weight is None
    found = {"n": it.many(it.among), "top": it.total(x if one else x * it.weight, it.among)}
    if measure.per:
        found["bottom"] = it.per.nunique(where=it.among)
    elif measure.missing is not None:  # what no row states has no mean
        states = found["top"].notnull() if one and not measure.missing else it.many(it.stated) > 0
        found["bottom"] = ibis.ifelse(states, found["n"], 0)
    if not one:
        found |= _weighed(it)
    if measure.certain:
        found["squares"] = it.total(x * x if one else x * x * it.weight, it.among)
    if measure.logs:
        above = it.among & (x > 0).fill_null(False)
        logs = ibis.ifelse(x > 0, x, ibis.null("float64")).ln()
        found |= {"logs": it.total(logs, above), "logs2": it.total(logs * logs, above), "zeros": it.many(it.among & ~above)}
    return found


def _quantile(it: ColumnsOf, measure: Measure) -> dict[str, Any]:
    return {"n": it.many(it.among), "value": it.of.quantile(measure.at, where=it.among)}


_KINDS = {"count": _count, "total": _total, "share": _share, "balance": _balance, "mean": _mean, "quantile": _quantile}


def _weighed(it: ColumnsOf) -> dict[str, Any]:
    return {"bottom": it.total(it.weight, it.among), "weights2": it.total(it.weight * it.weight, it.among)}


def reader(columns: Iterable[str], number: int, measure: Measure) -> Callable[[Mapping[str, Any]], Sums]:
    """How one measure's sums are read out of a result row; what the engine leaves null over no rows is 0."""
    prefix = f"{number}_"
    names = [(name, name.removeprefix(prefix)) for name in columns if name.startswith(prefix)]
    counts_rows = measure.weight is None and not measure.per
    kind, doubts = measure.kind, measure.doubt is not None

    def read(row: Mapping[str, Any]) -> Sums:
        sums = Sums(row["rows"])
        told = sums.__dict__  # a team's month has a hundred agents: what is asked for each of them is told quickly
        for name, field in names:
            if (value := row[name]) is not None:
                told[field] = value
        if kind == "balance":
            sums.up, sums.down = sums.up or 0, sums.down or 0
            sums.top = sums.up - sums.down
        elif kind == "count":
            sums.top = sums.n
        sums.top = sums.top or 0
        if doubts:
            sums.doubted = sums.doubted if sums.doubted > measure.doubt_above * sums.top else 0
            sums.top -= sums.doubted
        sums.bottom = sums.n if sums.bottom is None and counts_rows else sums.bottom or 0
        return sums

    return read


_ADDED = ("rows", "n", "top", "bottom", "waiting", "doubted", "persons", "distinct", "squares", "weights2", "zeros", "logs", "logs2")
_all_added = attrgetter(*_ADDED)


def folded(parts: Mapping[Any, Sums], whose: str) -> Sums:
    """The sums of a group out of those of its agents or days, with what each of them gave. Persons of several days are the most of a day: they
    may be the same ones."""
    columns = zip(*map(_all_added, parts.values()), strict=True)
    whole = Sums(**{name: sum(filter(None, column)) for name, column in zip(_ADDED, columns, strict=True)})
    whole.least = min((part.least for part in parts.values() if part.least is not None), default=None)
    whole.most = max((part.most for part in parts.values() if part.most is not None), default=None)
    if whose != "agent":
        whole.persons = max((part.persons for part in parts.values()), default=0)
    whole.each = {name: (part.top or 0.0, part.bottom or 0.0) for name, part in parts.items()}
    return whole
