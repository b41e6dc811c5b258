"""The refused rows, and which of them are done with: put right by a later load, a row with the same key that came after them (where a system's reader
could not tell what fact the record is, any fact with its key); or settled, because somebody said that nothing more is to be done about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.errors import UserMistake
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.store import ContactStore, Snapshot

ROW_ID = "substr(md5(concat_ws(chr(31), fact, file, line, coalesce(field, ''), reason_id, coalesce(original, ''))), 1, 16)"


def refused_rows(store: ContactStore, load_id: str | None = None) -> pa.Table:
    """The rows set aside, in the order of the files, each with its `row_id` within the load; with `corrected_by`, the load that has put the row
    right since, and `settled_at` and `settled_by`, when and by whom it was settled; else null."""
    import duckdb
    import pyarrow as pa

    rows, snapshot = store.set_aside(load_id), store.snapshot()
    told = rows.column("fact").unique().to_pylist()
    facts: dict[Any, tuple[str, ...]] = {fact: (fact,) for fact in told if fact in TABLES and TABLES[fact].family != "ledger"}
    facts |= {fact: _kept(snapshot) for fact in told if fact not in facts}
    con = duckdb.connect()
    con.register("refused", rows.append_column("n", pa.array(range(len(rows)), pa.int64())))
    con.register("load", snapshot.small("load"))
    con.register("settled_row", snapshot.small("settled_row"))
    for fact in {one for looked in facts.values() for one in looked}:
        snapshot.attach(con, fact, name=f"in_{fact}")
    nothing = "SELECT NULL::BIGINT AS n, NULL::VARCHAR AS load_id WHERE false"
    found = " UNION ALL ".join([nothing, *(_corrected(fact, one) for fact, looked in facts.items() for one in looked)])
    query = f"""SELECT r.* EXCLUDE (n), c.load_id AS corrected_by, s.said_at AS settled_at, s.said_by AS settled_by
        FROM (SELECT *, {ROW_ID} AS row_id FROM refused) r LEFT JOIN (SELECT n, any_value(load_id) AS load_id FROM ({found}) GROUP BY n) c USING (n)
        LEFT JOIN (SELECT load_id, row_id, max(said_at) AS said_at, arg_max(said_by, said_at) AS said_by FROM settled_row
            GROUP BY 1, 2 HAVING arg_max(is_settled, said_at)) s ON s.load_id = r.load_id AND s.row_id = r.row_id ORDER BY n"""
    columns = arrow_schema("set_aside").append(pa.field("row_id", pa.string())).append(pa.field("corrected_by", pa.string()))
    columns = columns.append(pa.field("settled_at", pa.timestamp("us", "UTC"))).append(pa.field("settled_by", pa.string()))
    try:
        return con.execute(query).to_arrow_table().cast(columns)
    finally:
        con.close()


def still_refused(rows: pa.Table) -> pa.Table:
    """Those that nobody has put right or settled."""
    import pyarrow.compute as pc

    return rows.filter(pc.is_null(pc.coalesce(rows.column("corrected_by"), pc.cast(rows.column("settled_at"), "string"))))


def settle(store: ContactStore, load_id: str, row_ids: Sequence[str] | None, *, settled: bool, now: datetime, by: str | None) -> int:
    """Say that nothing more is to be done about refused rows of a load, or that they stand open again: all of them where none are named.
    How many were not so before; a row that a later load has put right stays as it is."""
    rows = [row for row in refused_rows(store, load_id).to_pylist() if row["corrected_by"] is None]
    if unknown := sorted(set(row_ids or ()) - {row["row_id"] for row in rows}):
        said = "The load “%(load)s” has no refused row “%(row)s” that could be settled. The list of its refused rows has each one's row_id."
        raise UserMistake(Text("sources.refused.no_row", said, {"load": load_id, "row": unknown[0]}))
    meant = [row for row in rows if (row["settled_at"] is not None) != settled and (row_ids is None or row["row_id"] in row_ids)]
    if meant:
        store.settle_rows(load_id, sorted({row["row_id"] for row in meant}), settled, now=now, by=by)
    return len(meant)


def _kept(snapshot: Snapshot) -> tuple[str, ...]:
    """The facts that a system's records become."""
    return tuple(name for name, table in TABLES.items() if table.family == "fact" and not table.made and snapshot.files(name))


def _corrected(fact: str, kept: str) -> str:
    """In the organisation an id is the key, whoever gave it; elsewhere the key is the source's own. Where a system tells of cases, a record that is none
    may bear the number of one that it has nothing to do with."""
    same = "s.source_id = r.source_id" + ("" if TABLES[kept].family == "organisation" else " AND s.source = l.source")
    same += "" if fact == kept else " AND NOT contains(l.counts, '\"case\"')"
    return f"""SELECT r.n, any_value(s.load_id) AS load_id FROM refused r JOIN load l ON l.load_id = r.load_id
        JOIN in_{kept} s ON {same} AND s.loaded_at > r.set_aside_at WHERE r.fact = '{fact}' AND r.source_id IS NOT NULL GROUP BY r.n"""
