"""Runs scans: which months of which tables they need, the SQL that was compiled once per shape, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import ibis

from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.spelled import to_python
from nyckeltal.kpi.compile import Measure, Scan
from nyckeltal.kpi.engine.bind import Layout, Needs, Rows, layout_of, linked_tables, needs_of, told_table, told_word
from nyckeltal.kpi.engine.later import sums_over
from nyckeltal.kpi.engine.overlap import SUMMARY, tables_beside
from nyckeltal.kpi.engine.runner import Lies, runner
from nyckeltal.kpi.engine.session import remembered
from nyckeltal.kpi.engine.shape import compiled, sql_of
from nyckeltal.kpi.engine.sums import Sums, counted, folded, folded_in, group_columns, kept, number, reader
from nyckeltal.kpi.vocabulary import LINKS
from nyckeltal.when.period import add_months

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.known import Known
    from nyckeltal.kpi.organisation import Organisation

At = tuple[Any, ...]  # what names a group's period: () without, (day,) or (day, slot, offset)
Key = tuple[At, tuple[Any, ...]]  # its period, then its value of each dimension
Origin = tuple[str | None, str]  # where a row comes from: client, source
_ANY = ""  # in place of a column: who sends rows at all


@dataclass(frozen=True)
class Prepared:
    """A scan, what has to be at hand to run it, and how its SQL is written; `shape` is what decides that besides the scan.
    `folded`: its last dimension only tells how much groups of rows differ."""

    scan: Scan
    measures: tuple[Measure, ...]
    needs: Needs
    layout: Layout
    shape: tuple[object, ...]
    write: Callable[[], ibis.Table] = field(compare=False, repr=False)
    folded: bool = False

    @cached_property
    def sql(self) -> str:
        """Written when it is asked for: what is read together with others, or told from what is kept by day, is never run as it is."""
        return sql_of(self.scan, self.shape, self.write)

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions of its groups."""
        return self.scan.by[:-1] if self.folded else self.scan.by


def prepare(scan: Scan, measures: Sequence[Measure], organisation: Organisation, known: Known, *, folded: bool = False) -> Prepared:
    """All but the run."""
    needs = needs_of(scan, measures)
    layout = layout_of(scan, needs, organisation, known)

    def write() -> ibis.Table:
        found = sums_over(scan, needs, layout, measures)
        return folded_in(found, scan, measures) if folded else found

    return Prepared(scan, tuple(measures), needs, layout, ("sums", folded, *measures, layout.key), write, folded)


def run(prepared: Prepared, facts: Facts) -> dict[Key, list[Sums]]:
    """The sums of every group, one per measure."""
    found = fetched(prepared, prepared.sql, facts)
    readers = [reader(found.column_names, number, measure) for number, measure in enumerate(prepared.measures)]
    dimensions = [f"by_{number}" for number in range(len(prepared.by))]
    return {(place_of(row), tuple(row[name] for name in dimensions)): [read(row) for read in readers] for row in found.to_pylist()}


def clustered(prepared: Prepared, found: Mapping[Key, list[Sums]]) -> dict[Key, list[Sums]]:
    """Groups folded by their last dimension, with what each agent or day gave."""
    groups: dict[Key, dict[Any, list[Sums]]] = {}
    for (at, by), sums in found.items():
        groups.setdefault((at, by[:-1]), {})[_alike_by(by[-1])] = sums
    whose = prepared.scan.by[-1]
    return {
        key: [folded({name: sums[number] for name, sums in parts.items()}, whose) for number in range(len(prepared.measures))] for key, parts in groups.items()
    }


def _alike_by(name: Any) -> Any:
    """An agent, or a day: of what is cut at midnight DuckDB gives it as a moment, and both sides of a ratio must name it alike."""
    return name.date() if isinstance(name, datetime) else name


def values(scan: Scan, measure: Measure, organisation: Organisation, known: Known, facts: Facts, below: int) -> dict[Key, list[float]]:
    """The values behind each mean that rests on fewer than `below` rows."""
    needs = needs_of(scan, [measure])
    layout = layout_of(scan, needs, organisation, known)
    shape = ("values", measure, layout.key, below)
    prepared = Prepared(scan, (measure,), needs, layout, shape, lambda: _collected(Rows(scan, needs, layout), scan, measure, below))
    found = fetched(prepared, prepared.sql, facts).to_pylist()
    return {(place_of(row), tuple(row[f"by_{number}"] for number in range(len(scan.by)))): sorted(row["values"] or ()) for row in found}


def _collected(rows: Rows, scan: Scan, measure: Measure, below: int) -> ibis.Table:
    table = kept(rows, scan)
    among, _ = counted(rows, measure)
    keys = group_columns(rows, scan)
    picked = table.filter(among).select(**keys, value=number(rows, measure, measure.of))
    gathered = picked.aggregate(n=picked.count(), values=picked.value.collect(), by=list(keys))
    return gathered.filter(gathered.n < below)


def listed(scan: Scan, measure: Measure, words: Sequence[str], organisation: Organisation, known: Known, facts: Facts, only: Collection[str]) -> pa.Table:
    """The rows of a scan that have these ids, each with whether it is counted, whether it is in the numerator, and these words."""
    prepared = _each(scan, measure, words, organisation, known)
    return fetched(prepared, f"select * from ({prepared.sql}) where row_id in ({', '.join(runner().text(each) for each in only)})", facts)


def drawn(
    scan: Scan, measure: Measure, organisation: Organisation, known: Known, facts: Facts, most: int, seed: int, among: tuple[str, Collection[str]] | None
) -> list[str]:
    """The ids of so many rows of a scan, of all alike likely ones, in an order that the seed decides: nothing is sorted but what is drawn.
    `among`: a word or the row's id, and the values that it may have."""
    import pyarrow as pa

    prepared = _each(scan, measure, [among[0]] if among and among[0] != "row_id" else [], organisation, known)
    if among:
        tables = prepared.layout.tables | {"drawn_among": pa.table({"value": pa.array(sorted(among[1]), pa.string())})}
        prepared = replace(prepared, layout=replace(prepared.layout, tables=tables))
    where = f"where {among[0]} in (select value from drawn_among)" if among else ""
    sql = f"select row_id from ({prepared.sql}) {where} order by hash(row_id, {int(seed)}), row_id limit {int(most)}"
    return [str(row_id) for row_id in fetched(prepared, sql, facts).column("row_id").to_pylist()]


def _each(scan: Scan, measure: Measure, words: Sequence[str], organisation: Organisation, known: Known) -> Prepared:
    """Every row of a scan by its id."""
    needs = needs_of(scan, [measure])
    key = TABLES[scan.over].key or ""
    needs.words |= {key, *words}
    layout = layout_of(scan, needs, organisation, known)
    shape = ("listed", measure, layout.key, *words)
    return Prepared(scan, (measure,), needs, layout, shape, lambda: _told(Rows(scan, needs, layout), scan, measure, key, words))


def _told(rows: Rows, scan: Scan, measure: Measure, key: str, words: Sequence[str]) -> ibis.Table:
    table = kept(rows, scan)
    among, _ = counted(rows, measure)
    tops = [to_python(node, rows.leaf) for node in (measure.of, measure.up, measure.down) if node is not None and measure.kind in ("share", "balance")]
    top = tops[0] if len(tops) == 1 else tops[0] | tops[1] if tops else ibis.literal(True)
    return table.select(row_id=rows.word(key), counted=among, top=among & top, **{word: rows.word(word) for word in words})


def filled(facts: Facts, fact: str, words: tuple[str, ...]) -> dict[Origin, frozenset[str]]:
    """Every client and source that rows of a fact come from, and which of these columns that source ever fills for that client. What was told
    before of some of them is not looked for again."""
    told: dict[str, frozenset[Origin]] = remembered(("filled", facts.id, fact), dict)
    missing = tuple(word for word in words if word not in told)
    if missing or _ANY not in told:
        told |= _who_fills(facts, fact, missing)
    return {origin: frozenset(word for word in words if origin in told[word]) for origin in told[_ANY]}


def _who_fills(facts: Facts, fact: str, words: tuple[str, ...]) -> dict[str, frozenset[Origin]]:
    """By column who fills it, and who sends rows at all."""
    sql = compiled(("filled", fact, words), lambda: _filled_by_source(fact, words))
    rows = runner().fetch(sql, facts, {fact: Lies(fact)}, {}).to_pylist()
    origins = [(row["client_id"], row["source"]) for row in rows]
    fills = {word: [row[f"filled_{number}"] for row in rows] for number, word in enumerate(words)}
    return {_ANY: frozenset(origins), **{word: frozenset(it for it, n in zip(origins, each, strict=True) if n) for word, each in fills.items()}}


def _filled_by_source(fact: str, words: Sequence[str]) -> ibis.Table:
    table = told_table(fact, {*words, "client_id", "source"})
    client = table["client_id"] if "client_id" in TABLES[fact] else ibis.null("string")
    told = {f"filled_{number}": told_word(table, fact, word).count() for number, word in enumerate(words)}
    return table.aggregate(**told, by=[client.name("client_id"), "source"])


def origins(scan: Scan, organisation: Organisation, known: Known, facts: Facts) -> dict[Key, frozenset[Origin]]:
    """The clients and sources that the rows of each group come from."""
    needs = needs_of(scan, [])
    needs.words |= {"client_id", "source"} if "client_id" in TABLES[scan.over] else {"source"}
    layout = layout_of(scan, needs, organisation, known)
    prepared = Prepared(scan, (), needs, layout, ("origins", layout.key), lambda: _from_where(Rows(scan, needs, layout), scan))
    found: dict[Key, set[Origin]] = {}
    for row in fetched(prepared, prepared.sql, facts).to_pylist():
        key = place_of(row), tuple(row[f"by_{number}"] for number in range(len(scan.by)))
        found.setdefault(key, set()).add((row["client_id"], row["source"]))
    return {key: frozenset(each) for key, each in found.items()}


def _from_where(rows: Rows, scan: Scan) -> ibis.Table:
    table = kept(rows, scan)
    client = rows.word("client_id") if "client_id" in TABLES[scan.over] else ibis.null("string")
    return table.select(**group_columns(rows, scan), client_id=client, source=rows.word("source")).distinct()


def fetched(prepared: Prepared, sql: str, facts: Facts) -> pa.Table:
    """What a scan's SQL gives."""
    scan = prepared.scan
    links = {word.partition(".")[0] for word in prepared.needs.words if "." in word}
    linked = linked_tables(scan.over, _with_contact(scan.over, links)).items()
    tables = {scan.over: Lies(scan.over, _months(scan, facts) if TABLES[scan.over].monthly else None)}
    tables |= {name: Lies(table, _months_of_link(scan, table, facts)) for name, table in linked}
    tables |= tables_beside(facts, tables[SUMMARY].months) if scan.over == SUMMARY else {}
    return runner().fetch(sql, facts, tables, {**prepared.layout.tables, **prepared.layout.clocks})


def _with_contact(over: str, links: Collection[str]) -> set[str]:
    through = {"contact" for link in links if LINKS[over][link][1].startswith("contact.")}
    return {*links, *through}


def _months(scan: Scan, facts: Facts) -> list[str] | None:
    """The months that can hold a row of the scan; a row lies in the month of the day it came about, which is not always the day it counts on."""
    if scan.first is None and scan.last is None:
        return None
    by_usual_day = scan.place.day in ("local_date", TABLES[scan.over].placed_by) and scan.split is None  # what is cut may have begun long before
    first = f"{scan.first:%Y-%m}" if scan.first and by_usual_day else ""
    last = f"{scan.last:%Y-%m}" if scan.last else "9999-12"
    return [month for month in facts.months(scan.over) if first <= month <= last]


def _months_of_link(scan: Scan, table: str, facts: Facts) -> list[str] | None:
    """What a row links to may have begun long before; only what begins after the scan's last month is out of reach (a day of grace for zones)."""
    if scan.last is None or table not in ("contact", "survey_invitation"):
        return None
    return [month for month in facts.months(table) if month <= f"{add_months(scan.last, 1):%Y-%m}"]


def place_of(row: Mapping[str, Any]) -> At:
    """What names the period of a result row."""
    if "at_month" in row:
        month = row["at_month"]
        return (date.fromisoformat(f"{month}-01") if isinstance(month, str) else date(month // 12, month % 12 + 1, 1),)
    if "at_day" not in row:
        return ()
    day = row["at_day"]
    day = day if type(day) is date else day.date()
    return (day, row["at_slot"], row["at_offset"]) if "at_slot" in row else (day,)


def in_clusters(scan: Scan, clusters: str | None) -> Scan:
    """The scan with what its rows are alike by as its last dimension."""
    return replace(scan, by=(*scan.by, clusters)) if clusters else scan
