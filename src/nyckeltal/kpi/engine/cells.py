"""Cells: the sums of a fact's rows by day and by a few words. Made of the rows, and added up again for a question."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis

from nyckeltal.contacts import columns as sql_columns
from nyckeltal.kpi.compile import Measure, Scan
from nyckeltal.kpi.engine.bind import Layout, Needs, Rows, layout_of, needs_of
from nyckeltal.kpi.engine.run import Prepared, fetched
from nyckeltal.kpi.engine.session import Cursor
from nyckeltal.kpi.engine.shape import compiled, sql_of
from nyckeltal.kpi.engine.sums import ColumnsOf, aggregates_of, columns_of, group_columns, kept

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.expression import Condition
    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.known import Known
    from nyckeltal.kpi.organisation import Organisation

Row = dict[str, Any]
ripens = ("first_ripe_s", "last_ripe_s")  # before the one no row of a cell has matured, from the other on all have


@dataclass(frozen=True)
class Sieve:
    """Which rows a scan looks at."""

    name: str
    direction: str
    where: Condition | None


@dataclass(frozen=True)
class Wanted:
    """A measure over the rows of a sieve; its sums are the columns `<name>_<field>`."""

    name: str
    sieve: str
    measure: Measure


@dataclass(frozen=True)
class Sought:
    """A measure as a question seeks it among cells: of those that meet `cells`, these fields."""

    wanted: Wanted
    fields: tuple[str, ...]
    cells: Condition | None


# ── making ──


class Sifted(Rows):
    """Rows of which each measure sees those that its sieve lets through."""

    sieve: str | None = None

    def condition(self, node: Any) -> Any:
        found = super().condition(node)
        return found if self.sieve is None else found & self.table[self.sieve]


def make(
    scan: Scan,
    words: Sequence[str],
    sieves: Sequence[Sieve],
    wanted: Sequence[Wanted],
    organisation: Organisation,
    known: Known,
    facts: Facts,
    days: tuple[date, ...] = (),
) -> pa.Table:
    """The cells of a scan's days, or of these among them, in order of days."""
    needs = _needs(scan, words, sieves, wanted)
    layout = layout_of(scan, needs, organisation, known)
    rest = ("cells", tuple(words), tuple(sieves), tuple(wanted), layout.key)
    sql = sql_of(scan, rest, lambda: _summed(Sifted(scan, needs, layout), words, sieves, wanted))
    day = sql_columns.quoted(scan.place.day)  # of what is cut it is the moment at which the day begins
    only = f"where {day} in ({', '.join(sql_columns.text(str(it)) for it in days)})" if days else ""
    return fetched(Prepared(scan, (), needs, layout, sql), f"select * replace ({day}::date as {day}) from ({sql}) {only} order by all", facts)


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
        table = rows.table.filter(rows.word(word).isin(list(ids)))
        return table.select(day=table[scan.place.day]).distinct()

    found = fetched(Prepared(scan, (), needs, there, ""), compiled(("days", scan, word, tuple(ids)), write), facts)
    return [row["day"] for row in found.to_pylist()]


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


def _summed(rows: Sifted, words: Sequence[str], sieves: Sequence[Sieve], wanted: Sequence[Wanted]) -> ibis.Table:
    day = rows.scan.place.day
    if "is_test" in rows.table.columns:
        rows.table = rows.table.filter(~rows.table["is_test"].fill_null(False))
    rows.table = rows.table.mutate(**{f"rows_{sieve.name}": _let_through(rows, sieve) for sieve in sieves})
    chosen = {day: rows.table[day], **{word: rows.word(word) for word in words}, **{f"rows_{it.name}": rows.table[f"rows_{it.name}"] for it in sieves}}
    for it in wanted:
        rows.sieve = f"rows_{it.sieve}"
        chosen |= {f"{it.name}_{name}": column for name, column in _columns(rows, it.measure).items()}
    table = rows.table.select(**chosen)
    sums = {f"rows_{sieve.name}": table.count(where=table[f"rows_{sieve.name}"]) for sieve in sieves}
    for it in wanted:
        sums |= {f"{it.name}_{name}": value for name, value in _aggregates(ColumnsOf(table, it.name), it.measure).items()}
    return table.aggregate(**sums, by=[day, *words])


def _let_through(rows: Rows, sieve: Sieve) -> Any:
    """As `kept` keeps them."""
    passes = rows.condition(sieve.where)
    if "direction" not in rows.table.columns:
        return passes
    directions = ["inbound", "outbound"] if sieve.direction == "both" else [sieve.direction]
    return passes & rows.table["direction"].isin(directions).fill_null(rows.scan.over not in ("contact", "queue_visit", "segment"))


def _columns(rows: Sifted, measure: Measure) -> dict[str, Any]:
    found = columns_of(rows, replace(measure, matures=None), persons=False)
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


def states(measure: Measure) -> bool:
    """Whether what it is divided by rests on some row stating anything."""
    return measure.missing is not None and measure.weight is None


# ── adding up ──


class Cells(Rows):
    """Cells in place of the rows they were made of: what a row's words say of the organisation, theirs do."""

    def __init__(self, scan: Scan, needs: Needs, layout: Layout, kinds: Mapping[str, str]) -> None:
        self.scan, self.needs, self.layout = scan, needs, layout
        self.links, self.linked, self.key = [], set(), ""
        self.table = ibis.table(dict(kinds), name="cells")
        self._filter_days()
        self._join_organisation()


@dataclass(frozen=True)
class Held:
    """Cells on disk: their files, the kind of each column, and the days that are not looked at."""

    files: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    without: tuple[date, ...] = ()


def add_up(scan: Scan, sieve: Sieve, sought: Sequence[Sought], held: Held, organisation: Organisation, known: Known) -> list[Row]:
    """What the engine's sums over the rows would give: one row per group, `<number>_<field>` per measure."""

    def write(cells: Cells) -> ibis.Table:
        return _regrouped(cells, scan, sieve, sought, held.without)

    rest = ("add", sieve.name, tuple(sought), held.without)
    return [_plain(row, sought) for row in _told(scan, rest, write, held, organisation, known, any(it.wanted.measure.matures is not None for it in sought))]


def ripening(scan: Scan, sought: Sequence[Sought], held: Held, organisation: Organisation, known: Known) -> tuple[date, ...]:
    """The days of which some cell has matured in part: those are asked of the rows."""

    def write(cells: Cells) -> ibis.Table:
        parts = [_ripe(cells, it.wanted) for it in sought if it.wanted.measure.matures is not None]
        partly = [~ripe & ~waits & cells.table[f"{it.name}_{ripens[0]}"].notnull() for it, ripe, waits in parts]
        table = cells.table.filter(ibis.or_(*partly))
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
    needs = needs_of(scan, [])
    needs.matures = matures
    tables = layout_of(scan, needs, organisation, known)
    sql = sql_of(scan, (*rest, held.kinds, tables.key), lambda: write(Cells(scan, needs, tables, dict(held.kinds))))
    names = ", ".join(sql_columns.quoted(name) for name, _ in held.kinds)
    with Cursor() as con:
        con.execute(f"create or replace temp view cells as select {names} from {sql_columns.files_sql(held.files, monthly=False)}")
        for name, small in tables.tables.items():
            con.register(name, small)
        return list(con.sql(sql).to_arrow_table().to_pylist())


def _regrouped(cells: Cells, scan: Scan, sieve: Sieve, sought: Sequence[Sought], without: Collection[date]) -> ibis.Table:
    if without:
        cells.table = cells.table.filter(~cells.table[scan.place.day].isin([ibis.literal(it) for it in without]))
    table = kept(cells, scan)
    keys = group_columns(cells, scan)
    columns: dict[str, Any] = {**keys, "rows": table[f"rows_{sieve.name}"]}
    columns |= {"person": cells.dimension("agent")} if scan.persons else {}
    for number, it in enumerate(sought):
        columns |= {f"{number}_{name}": column for name, column in _looked_at(cells, it).items()}
    table = table.select(**columns)
    sums: dict[str, Any] = {"rows": table["rows"].sum()}
    for number, it in enumerate(sought):
        sums |= {f"{number}_{name}": value for name, value in _sums(ColumnsOf(table, number), it, persons=scan.persons).items()}
    found = table.aggregate(**sums, by=list(keys))
    return found.filter(found["rows"] > 0)


def _looked_at(cells: Cells, it: Sought) -> dict[str, Any]:
    here = cells.condition(it.cells)
    columns = {name: cells.table[f"{it.wanted.name}_{name}"] for name in it.fields}
    if it.wanted.measure.matures is None:
        return {**columns, "here": here}
    ripe, waits = _ripe(cells, it.wanted)[1:]
    return {**columns, "here": here & ripe, "waits": here & waits}


def _ripe(cells: Cells, wanted: Wanted) -> tuple[Wanted, Any, Any]:
    """Whether all rows of a cell have matured, and whether none has."""
    known_s = cells.known_s()
    first, last = (cells.table[f"{wanted.name}_{name}"] for name in ripens)
    return wanted, (last <= known_s).fill_null(False), ((first > known_s) | known_s.isnull()).fill_null(False)


def _sums(it: ColumnsOf, sought: Sought, *, persons: bool) -> dict[str, Any]:
    measure = sought.wanted.measure
    how = {"least": "min", "most": "max"}
    found = {name: getattr(getattr(it, name), how.get(name, "sum"))(where=it.here) for name in sought.fields if name not in ripens}
    if measure.matures is not None:
        found["waiting"] = it.n.sum(where=it.waits)
    if persons:
        found["persons"] = it.table["person"].nunique(where=it.table["rows"] > 0 if measure.kind in ("count", "total") else it.here & (it.n > 0))
    return found


def _plain(row: Row, sought: Sequence[Sought]) -> Row:
    """Whole numbers as such, and what rests on some row stating anything."""
    plain = {name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()}
    for number, it in enumerate(sought):
        if states(it.wanted.measure):
            plain[f"{number}_bottom"] = plain[f"{number}_n"] if plain.pop(f"{number}_stated") else 0
    return plain
