"""Rows of a relation set aside by SQL, with their place, for a reason that says nothing against the rest of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import arrow_schema
from nyckeltal.sources import cells
from nyckeltal.sources.reading import Counted
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.sources.gathered import Gathered

orphan = Text("sources.ticket.orphan", "Its ticket “%(value)s” did not come with it.")


def set_aside(told: Gathered, fact: str, relation: str, field: str, said: Text, counted_before: bool = False) -> int:
    """How many rows of `relation`, which has n, id and value, were set aside; the value stands in the reason."""
    con, setting = told.con, told.setting
    [n] = con.execute(f"SELECT count(*) FROM {relation}").fetchone() or (0,)
    if not n:
        return 0
    counted = told.reading.counts.setdefault(fact, Counted())
    counted.read += 0 if counted_before else n
    counted.refused[f"{field}: {said.english % {'value': '…'}}"] += n
    given = {
        "load_id": cells.quote(setting.load_id),
        "fact": cells.quote(fact),
        "source_id": "id::VARCHAR",
        "field": cells.quote(field),
        "reason_id": cells.quote(said.id),
        "reason": f"replace({cells.quote(said.english)}, '%(value)s', coalesce(value::VARCHAR, ''))",
        "values": "json_object('value', value::VARCHAR)::VARCHAR",
        "set_aside_at": f"TIMESTAMPTZ '{setting.now.isoformat()}'",
    }
    columns = ", ".join(f'{given.get(name, name)} AS "{name}"' for name in arrow_schema("set_aside").names)
    path = setting.folder / f"set_aside-{fact}-{len(told.reading.set_aside)}.parquet"
    con.execute(f"COPY (SELECT {columns} FROM {relation} r LEFT JOIN record USING (n) ORDER BY file, line) TO '{path}' (FORMAT parquet)")
    told.reading.set_aside.append(path)
    return int(n)
