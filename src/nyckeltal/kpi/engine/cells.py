"""Cells: the sums of a fact's rows by day and by a few words. Made of the rows, and added up again for a question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from nyckeltal.contacts import columns as sql_columns
from nyckeltal.contacts.facts import ROWS_AT_ONCE
from nyckeltal.kpi.compile import Measure, Scan
from nyckeltal.kpi.engine.bind import Layout, Needs, Rows, layout_of, needs_of
from nyckeltal.kpi.engine.run import Prepared, fetched
from nyckeltal.kpi.engine.session import Cursor
from nyckeltal.kpi.engine.shape import sql_of
from nyckeltal.kpi.engine.sums import ColumnsOf, aggregates_of, columns_of, counted, folded_in, group_columns, kept, number, states

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.expression import Condition
    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.known import Known
    from nyckeltal.kpi.organisation import Organisation

Row = dict[str, Any]
Names = Mapping[str, Mapping[str, str]]
VALUE = "value"
ripens = ("first_ripe_s", "last_ripe_s")  # before the one no row of a cell has matured, from the other on all have


@dataclass(frozen=True)
class Sieve:
    """Which rows a scan looks at."""

    name: str
    direction: str
    where: Condition | None


@dataclass(frozen=True)
class Wanted:
    """A measure over the rows of a sieve."""

    name: str
    sieve: str
    measure: Measure


@dataclass(frozen=True)
class Sought:
    """A measure as a question seeks it among cells: of those that meet `cells` these fields, each by its column."""

    wanted: Wanted
    fields: tuple[tuple[str, str], ...]
    cells: Condition | None


# ── making ──


class Making:
    """How the cells of a scan are made, whichever its days; `names` tells in which column each field of each measure stands: those of several
    that are alike stand in one."""

    def __init__(self, scan: Scan, words: Sequence[str], sieves: Sequence[Sieve], wanted: Sequence[Wanted], organisation: Organisation, known: Known) -> None:
        self.scan = replace(scan, first=date.min, last=date.max)
        self.needs = _needs(scan, words, sieves, wanted)
        self.layout = replace(layout_of(self.scan, self.needs, organisation, known), known_s=None)  # cells do not rest on how far is known
        by_value = any(it.measure.kind == "quantile" for it in wanted)
        written, self.names = (_spread if by_value else _summed)(Rows(self.scan, self.needs, self.layout), words, sieves, wanted)
        self.order = (*words, scan.place.day, *((VALUE,) if by_value else ()))  # so that a client's cells lie together
        self._shape = ("cells", tuple(words), tuple(sieves), tuple(wanted), self.layout.key)
        self._written = written

    def cells(self, first: date, last: date, facts: Facts, days: Collection[date] = ()) -> pa.Table:
        """Those of these days, or of some among them, in order."""
        scan = replace(self.scan, first=first, last=last)
        prepared = Prepared(scan, (), self.needs, self.layout, self._shape, lambda: self._written)
        day = sql_columns.quoted(scan.place.day)  # of what is cut it is the moment at which the day begins
        only = f"where {day} in ({', '.join(sql_columns.text(str(it)) for it in sorted(days))})" if days else ""
        order = ", ".join(sql_columns.quoted(name) for name in self.order)
        whole = f"select * replace ({day}::date as {day}) from ({prepared.sql}) {only} order by {order}"
        return fetched(prepared, whole, facts)


def terms(scan: Scan, sieves: Sequence[Sieve], wanted: Sequence[Wanted], organisation: Organisation, known: Known) -> Mapping[str, pa.Table]:
    """What is agreed that the cells rest on, by a name for each term."""
    needs = _needs(scan, (), sieves, wanted)
    layout = layout_of(scan, needs, organisation, known)
    named = {f"term_{number}_{kind}": f"{term}_{kind}" for number, term in enumerate(needs.terms) for kind in ("any", "queue")}
    return {named.get(name, name): table for name, table in layout.tables.items()}


def days_naming(scan: Scan, word: str, ids: Sequence[str], organisation: Organisation, known: Known, facts: Facts) -> list[date]:
    """The days of which a row names one of these things."""
    needs = needs_of(scan, [])
    needs.words |= {word}
    there = layout_of(scan, needs, organisation, known)

    def write() -> ibis.Table:
        rows = Rows(scan, needs, there)
        table = rows.table.filter(*rows.of_the_days(), rows.word(word).isin(list(ids)))
        return table.select(day=table[scan.place.day]).distinct()

    prepared = Prepared(scan, (), needs, there, ("days", word, tuple(ids), there.key), write)
    return [row["day"] for row in fetched(prepared, prepared.sql, facts).to_pylist()]


def linked_words(scan: Scan, sieves: Sequence[Sieve], wanted: Sequence[Wanted]) -> set[str]:
    """The words of other tables that the cells rest on."""
    return {word for word in _needs(scan, (), sieves, wanted).words if "." in word}


def _needs(scan: Scan, words: Sequence[str], sieves: Sequence[Sieve], wanted: Sequence[Wanted]) -> Needs:
    """As if all were one scan: what has matured is told when a question is asked."""
    each = [needs_of(replace(scan, where=sieve.where), []) for sieve in sieves] + [needs_of(scan, [it.measure]) for it in wanted]
    whole = Needs(words={*words})
    for needs in each:
        whole.words |= needs.words
        whole.clocks |= needs.clocks
        whole.terms += [term for term in needs.terms if term not in whole.terms]
    return whole


def _summed(rows: Rows, words: Sequence[str], sieves: Sequence[Sieve], wanted: Sequence[Wanted]) -> tuple[ibis.Table, Names]:
    day = rows.scan.place.day
    no_test = [~rows.table["is_test"].fill_null(False)] if "is_test" in rows.table.columns else []
    rows.table = rows.table.filter(*rows.of_the_days(), *no_test)
    rows.table = rows.table.mutate(**{f"rows_{sieve.name}": _let_through(rows, sieve) for sieve in sieves})
    plain = {day: rows.table[day], **{word: rows.word(word) for word in words}, **{f"rows_{it.name}": rows.table[f"rows_{it.name}"] for it in sieves}}
    chosen = dict(plain)
    for it in wanted:
        chosen |= {f"{it.name}_{name}": column for name, column in _columns(rows, it).items()}
    called = _alike(chosen)
    table = rows.table.select(**{name: column for name, column in chosen.items() if name in plain or called[name] == name})
    sums = {f"rows_{sieve.name}": _many(table[f"rows_{sieve.name}"]) for sieve in sieves}
    names: dict[str, dict[str, str]] = {}
    for it in wanted:
        found = _aggregates(_Counted(table, it.name, called), it.measure)
        sums |= {f"{it.name}_{name}": value for name, value in found.items()}
        names[it.name] = {name: f"{it.name}_{name}" for name in found}
    once = _alike(sums)
    kept_sums = {name: value for name, value in sums.items() if once[name] == name}
    return table.aggregate(**kept_sums, by=[day, *words]), {measure: {field: once[name] for field, name in each.items()} for measure, each in names.items()}


def _spread(rows: Rows, words: Sequence[str], sieves: Sequence[Sieve], wanted: Sequence[Wanted]) -> tuple[ibis.Table, Names]:
    """Of one measure: how often each value occurs in a month, and how many rows of the sieve have none that counts."""
    day, (sieve,), (it,) = rows.scan.place.day, sieves, wanted
    no_test = [~rows.table["is_test"].fill_null(False)] if "is_test" in rows.table.columns else []
    rows.table = rows.table.filter(*rows.of_the_days(), *no_test)
    rows.table = rows.table.filter(_let_through(rows, sieve))
    among, _ = counted(rows, it.measure)
    value = ibis.ifelse(among, number(rows, it.measure, it.measure.of), ibis.null("float64"))
    month = rows.table[day].cast("date").truncate("M")
    table = rows.table.select(**{day: month, **{word: rows.word(word) for word in words}, VALUE: value})
    return table.aggregate(**{f"rows_{sieve.name}": table.count()}, by=[*table.columns]), {it.name: {VALUE: VALUE}}


def _alike(columns: Mapping[str, Any]) -> dict[str, str]:
    """Of each column the name of the first that is like it."""
    first: dict[Any, str] = {}
    return {name: first.setdefault(column.op(), name) for name, column in columns.items()}


class _Counted(ColumnsOf):
    """Counting by adding takes half the time."""

    def many(self, condition: Any) -> Any:
        return _many(condition)


def _many(condition: Any) -> Any:
    return condition.cast("float64").sum().cast("int64")


def _let_through(rows: Rows, sieve: Sieve) -> Any:
    """As `kept` keeps them."""
    passes = rows.condition(sieve.where)
    if "direction" not in rows.table.columns:
        return passes
    directions = ["inbound", "outbound"] if sieve.direction == "both" else [sieve.direction]
    return passes & rows.table["direction"].isin(directions).fill_null(rows.scan.over not in ("contact", "queue_visit", "segment"))


def _columns(rows: Rows, wanted: Wanted) -> dict[str, Any]:
    measure = wanted.measure
    found = columns_of(rows, replace(measure, matures=None), persons=False)
    found["among"] &= rows.table[f"rows_{wanted.sieve}"]
    if measure.matures is not None:
        moment = rows.table[rows.scan.place.moment].cast("timestamp('UTC')").epoch_seconds().cast("float64")
        found["ripe_s"] = ibis.ifelse(found["among"], moment + rows.leaf(measure.matures), ibis.null("float64"))
    return found


def _aggregates(it: ColumnsOf, measure: Measure) -> dict[str, Any]:
    found = aggregates_of(it, replace(measure, matures=None), persons=False)
    if states(measure):
        found["stated"] = it.many(it.stated)
        del found["bottom"]
    if measure.matures is not None:  # a second to spare on both sides: seconds are whole here, moments are not
        found |= {ripens[0]: it.ripe_s.min() - 1, ripens[1]: it.ripe_s.max() + 1}
    return found


# ── adding up ──


class Cells(Rows):
    """Cells in place of the rows they were made of: what a row's words say of the organisation, theirs do."""

    def __init__(self, scan: Scan, needs: Needs, layout: Layout, kinds: Mapping[str, str]) -> None:
        self.scan, self.needs, self.layout = scan, needs, layout
        self.links, self.linked, self.key = [], set(), ""
        self.table = ibis.table(dict(kinds), name="cells")
        self._join_organisation()


@dataclass(frozen=True)
class Held:
    """Cells on disk: their files, the kind of each column, and the days that are not looked at."""

    files: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    without: tuple[date, ...] = ()


def add_up(scan: Scan, sieve: Sieve, sought: Sequence[Sought], held: Held, organisation: Organisation, known: Known, *, folded: bool) -> list[Row]:
    """What the engine's sums over the rows would give: one row per group, `<number>_<field>` per measure."""

    def write(cells: Cells) -> ibis.Table:
        found = _regrouped(cells, scan, sieve, sought, held.without)
        return folded_in(found, scan, [it.wanted.measure for it in sought]) if folded else found

    rest = ("add", folded, sieve.name, tuple(sought), held.without)
    matures = any(it.wanted.measure.matures is not None for it in sought)
    return [_plain(row) for row in _told(scan, rest, write, held, organisation, known, matures)]


def percentiles(scan: Scan, sieve: Sieve, sought: Sequence[tuple[Sought, float]], held: Held, organisation: Organisation, known: Known) -> list[Row]:
    """The same of percentiles of one measure, linear between the two nearest values (reference 3.3), from how often each value occurs."""

    def write(cells: Cells) -> ibis.Table:
        return _ranked(cells, scan, sieve, sought)

    return [_plain(row) for row in _told(scan, ("values", sieve.name, *sought), write, held, organisation, known, matures=False)]


def ripening(scan: Scan, sought: Sequence[Sought], held: Held, organisation: Organisation, known: Known) -> tuple[date, ...]:
    """The days of which some cell has matured in part: those are asked of the rows."""

    def write(cells: Cells) -> ibis.Table:
        parts = [(cells.table[dict(it.fields)[ripens[0]]], *_ripe(cells, it)) for it in sought]
        table = cells.table.filter(*cells.of_the_days(), ibis.or_(*(first.notnull() & ~ripe & ~waits for first, ripe, waits in parts)))
        return table.select(day=table[scan.place.day]).distinct().order_by("day")

    bare = replace(scan, by=(), per=None, asked=None, within=(), persons=False)
    return tuple(row["day"] for row in _told(bare, ("ripening", tuple(sought)), write, held, organisation, known, matures=True))


def origins(scan: Scan, sieve: Sieve, held: Held, organisation: Organisation, known: Known) -> list[Row]:
    """Each group with the clients and sources that its rows come from."""

    def write(cells: Cells) -> ibis.Table:
        table = kept(cells, scan)
        table = cells.table = table.filter(table[f"rows_{sieve.name}"] > 0)
        client = table["client_id"] if "client_id" in table.columns else ibis.null("string")
        return table.select(**group_columns(cells, scan), client_id=client, source=table["source"]).distinct()

    return _told(scan, ("origins", sieve.name), write, held, organisation, known, matures=False)


def layout(scan: Scan, organisation: Organisation, known: Known) -> Layout:
    """The small tables that cells meet for a scan."""
    return layout_of(scan, needs_of(scan, []), organisation, known)


def _told(scan: Scan, rest: tuple[object, ...], write: Any, held: Held, organisation: Organisation, known: Known, matures: bool) -> list[Row]:
    if not held.files:
        return []
    needs = replace(needs_of(scan, []), words=set(), matures=matures)  # cells have no words but those they are kept by
    tables = layout_of(scan, needs, organisation, known)
    sql = sql_of(scan, (*rest, held.kinds, tables.key), lambda: write(Cells(scan, needs, tables, dict(held.kinds))))
    names = ", ".join(sql_columns.quoted(name) for name, _ in held.kinds)
    with Cursor() as con:
        for name, small in tables.tables.items():
            con.register(name, small)
        there = f"cells as (select {names} from {sql_columns.files_sql(held.files, monthly=False)})"  # a view would be looked into once more
        whole = sql.replace("WITH ", f"WITH {there}, ", 1) if sql.startswith("WITH ") else f"WITH {there} {sql}"
        return list(con.execute(whole).to_arrow_table(ROWS_AT_ONCE).to_pylist())


def _regrouped(cells: Cells, scan: Scan, sieve: Sieve, sought: Sequence[Sought], without: Collection[date]) -> ibis.Table:
    if without:
        cells.table = cells.table.filter(~cells.table[scan.place.day].isin([ibis.literal(it) for it in without]))
    table = kept(cells, scan)
    keys = group_columns(cells, scan)
    columns: dict[str, Any] = {**keys, "rows": table[f"rows_{sieve.name}"]}
    columns |= {"person": cells.dimension("agent")} if scan.persons else {}
    for place, it in enumerate(sought):
        columns |= {f"{place}_{name}": column for name, column in _looked_at(cells, it).items()}
    table = table.select(**columns)
    sums: dict[str, Any] = {"rows": table["rows"].sum()}
    for place, it in enumerate(sought):
        sums |= {f"{place}_{name}": value for name, value in _sums(ColumnsOf(table, place), it, persons=scan.persons).items()}
    found = table.aggregate(**sums, by=list(keys))
    return found.filter(found["rows"] > 0)


def _ranked(cells: Cells, scan: Scan, sieve: Sieve, sought: Sequence[tuple[Sought, float]]) -> ibis.Table:
    table = kept(cells, scan)
    keys, among = group_columns(cells, scan), sought[0][0].cells
    value = table[VALUE] if among is None else ibis.ifelse(cells.condition(among), table[VALUE], ibis.null("float64"))
    table = table.select(**keys, value=value, many=table[f"rows_{sieve.name}"])
    table = table.aggregate(many=table.many.sum(), by=[*keys, VALUE])
    table = table.mutate(n=ibis.ifelse(table.value.notnull(), table.many, 0).cast("float64"))
    upward = ibis.cumulative_window(group_by=[*keys], order_by=table.value)
    table = table.mutate(upto=table.n.sum().over(upward), whole=table.n.sum().over(ibis.window(group_by=[*keys])))
    sums: dict[str, Any] = {"rows": table.many.sum()}
    for place, (_, at) in enumerate(sought):
        rank = (table.whole - 1) * at
        low, high = (table.value.min(where=table.upto > nearest) for nearest in (rank.floor(), rank.ceil()))
        part = (rank - rank.floor()).max()
        sums |= {f"{place}_n": table.n.sum().cast("int64"), f"{place}_value": low * (1 - part) + high * part}
    found = table.aggregate(**sums, by=[*keys])
    return found.filter(found["rows"] > 0)


def _looked_at(cells: Cells, it: Sought) -> dict[str, Any]:
    columns = {name: cells.table[column] for name, column in it.fields}
    if it.wanted.measure.matures is None:
        return columns | ({"here": cells.condition(it.cells)} if it.cells else {})
    here, (ripe, waits) = cells.condition(it.cells), _ripe(cells, it)
    return {**columns, "here": here & ripe, "waits": here & waits}


def _ripe(cells: Cells, sought: Sought) -> tuple[Any, Any]:
    """Whether all rows of a cell have matured, and whether none has."""
    known_s, columns = cells.known_s(), dict(sought.fields)
    first, last = (cells.table[columns[name]] for name in ripens)
    return (last <= known_s).fill_null(False), ((first > known_s) | known_s.isnull()).fill_null(False)


def _sums(it: ColumnsOf, sought: Sought, *, persons: bool) -> dict[str, Any]:
    measure = sought.wanted.measure
    how = {"least": "min", "most": "max"}
    here = it.here if sought.cells or measure.matures is not None else None  # a condition that is always met is asked of each cell all the same
    found = {name: getattr(getattr(it, name), how.get(name, "sum"))(where=here) for name, _ in sought.fields if name not in ripens}
    if states(measure):  # what it is divided by rests on some row stating anything
        found["bottom"] = ibis.ifelse(found.pop("stated") > 0, found["n"], 0)
    if measure.matures is not None:
        found["waiting"] = it.n.sum(where=it.waits)
    if persons:
        counts = it.table["rows"] > 0 if measure.kind in ("count", "total") else it.n > 0
        found["persons"] = it.table["person"].nunique(where=counts if here is None or measure.kind in ("count", "total") else here & counts)
    return found


def _plain(row: Row) -> Row:
    """Whole numbers as such."""
    return {name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()}
