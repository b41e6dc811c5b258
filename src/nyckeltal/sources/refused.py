"""The refused rows, and which of them a later load has put right: a row with the same key that came after them, or where a system's reader could not
tell what fact the record is, any fact with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.contacts.store import ContactStore, Snapshot


def refused_rows(store: ContactStore, load_id: str | None = None) -> pa.Table:
    """The rows set aside, in the order of the files, with `corrected_by`: the load that has put the row right since, else null."""
    import duckdb
    import pyarrow as pa

    rows, snapshot = store.set_aside(load_id), store.snapshot()
    told = rows.column("fact").unique().to_pylist()
    facts: dict[Any, tuple[str, ...]] = {fact: (fact,) for fact in told if fact in TABLES and TABLES[fact].family != "ledger"}
    facts |= {fact: _kept(snapshot) for fact in told if fact not in facts}
    con = duckdb.connect()
    con.register("refused", rows.append_column("n", pa.array(range(len(rows)), pa.int64())))
    con.register("load", snapshot.small("load"))
    for fact in {one for looked in facts.values() for one in looked}:
        snapshot.attach(con, fact, name=f"in_{fact}")
    nothing = "SELECT NULL::BIGINT AS n, NULL::VARCHAR AS load_id WHERE false"
    found = " UNION ALL ".join([nothing, *(_corrected(fact, one) for fact, looked in facts.items() for one in looked)])
    query = f"""SELECT r.* EXCLUDE (n), c.load_id AS corrected_by FROM refused r
        LEFT JOIN (SELECT n, any_value(load_id) AS load_id FROM ({found}) GROUP BY n) c USING (n) ORDER BY n"""
    columns = arrow_schema("set_aside").append(pa.field("corrected_by", pa.string()))
    try:
        return con.execute(query).to_arrow_table().cast(columns)
    finally:
        con.close()


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
