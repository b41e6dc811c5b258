"""The refused rows, and which of them a later load has put right: a row with the same key that came after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.store import ContactStore


def refused_rows(store: ContactStore, load_id: str | None = None) -> pa.Table:
    """The rows set aside, in the order of the files, with `corrected_by`: the load that has put the row right since, else null."""
    import duckdb
    import pyarrow as pa

    rows, snapshot = store.set_aside(load_id), store.snapshot()
    facts = [fact for fact in rows.column("fact").unique().to_pylist() if fact in TABLES and TABLES[fact].family != "ledger"]
    con = duckdb.connect()
    con.register("refused", rows.append_column("n", pa.array(range(len(rows)), pa.int64())))
    con.register("load", snapshot.small("load"))
    for fact in facts:
        snapshot.attach(con, fact, name=f"in_{fact}")
    found = " UNION ALL ".join(map(_corrected, facts)) or "SELECT NULL::BIGINT AS n, NULL::VARCHAR AS load_id WHERE false"
    query = f"SELECT r.* EXCLUDE (n), c.load_id AS corrected_by FROM refused r LEFT JOIN ({found}) c USING (n) ORDER BY n"
    columns = arrow_schema("set_aside").append(pa.field("corrected_by", pa.string()))
    try:
        return con.execute(query).to_arrow_table().cast(columns)
    finally:
        con.close()


def _corrected(fact: str) -> str:
    """In the organisation an id is the key, whoever gave it; elsewhere the key is the source's own."""
    same = "s.source_id = r.source_id" + ("" if TABLES[fact].family == "organisation" else " AND s.source = l.source")
    return f"""SELECT r.n, any_value(s.load_id) AS load_id FROM refused r JOIN load l ON l.load_id = r.load_id
        JOIN in_{fact} s ON {same} AND s.loaded_at > r.set_aside_at WHERE r.fact = '{fact}' AND r.source_id IS NOT NULL GROUP BY r.n"""
