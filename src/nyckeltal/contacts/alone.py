"""Contacts that come first and alone, many and without visits and segments of their own: they are put in order once, and what they say of their one
visit and segment is written with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import columns, derive_contact, laid
from nyckeltal.contacts.derive_time import local_words
from nyckeltal.contacts.lake import Fresh

if TYPE_CHECKING:
    import duckdb

_ROWS = {"queue_visit": derive_contact.OWN_VISIT_WORDS, "segment": derive_contact.OWN_SEGMENT_WORDS, "contact": derive_contact.MADE_CONTACT}
_FARTHEST = "interval 2 day"  # from UTC's month to where a local one begins or ends
_ORDER = ("client_id", "offered_at")
_ROWS_AT_ONCE = 16_384  # few, so that little is read besides of the months before and after
MANY_A_MONTH = 50_000  # contacts, for which a query of their own is worth while
_LOOKED_AT = 2_048  # rows; what they say alike all others may


def are(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether contacts are all there is, many every month, and each stands where its visit and segment do."""
    parts = "(select 1 from base_queue_visit limit 1) union all (select 1 from base_segment limit 1)"
    if con.execute(f"{parts} union all (select 1 from base_contact where queue_entered_at is not null limit 1)").fetchall():
        return False
    found = con.execute("select count(*), count(distinct date_trunc('month', offered_at)) from base_contact").fetchone() or (0, 0)
    return bool(found[0] >= MANY_A_MONTH * found[1])


def lay(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, list[Fresh]]:
    """Write the finished rows of contacts, visits and segments, month by month. Neighbours are looked up among those of the month."""
    told = _Told(con, folder / "told.parquet")
    told.write()
    con.execute(derive_contact.OWN_PARTS + derive_contact.NO_STAYS)
    con.execute(derive_contact.CONTACT_WORDS.format(without="s, ", told=derive_contact.WITH_OWN_PART, lasting="view"))
    con.execute(derive_contact.NEIGHBOURS)
    con.execute("create or replace temp table turn as from neighbours")
    files: dict[str, list[Fresh]] = {table: [] for table in _ROWS}
    with _in_order(con):
        for month in told.months():
            told.read(month)
            around = f"offered_at >= date '{month}' - {_FARTHEST} and offered_at < date '{month}' + interval 1 month + {_FARTHEST}"
            con.execute(f"create or replace temp table neighbours as from turn where {around}")
            for table, rows in _ROWS.items():
                chosen = columns.select(table, [name for name in columns.types(table) if name != "month"])
                path = folder / f"new-{table}-{month:%Y-%m}.parquet"
                if n := laid.copied(con, f"select {chosen} from ({rows})", path):
                    files[table].append(Fresh(f"{month:%Y-%m}", path, n))
    told.read()
    return files


class _Told:
    """`told_contact` as a file, with its place by the clock, in the order in which facts are stored: nothing has to be sorted or looked up again.
    What all contacts say alike, or none of them says, is not written."""

    def __init__(self, con: duckdb.DuckDBPyConnection, file: Path) -> None:
        self.con, self.file, self.relation = con, file, columns.files_sql([str(file)], monthly=False)
        kinds = {name: kind for name, kind, *_ in con.execute("describe from told_contact").fetchall() if name != "ended_as"}
        self.alike = {
            name: f"{value}::{kinds[name]} as {columns.quoted(name)}" for name, value in self._alike([name for name in kinds if name not in _ORDER]).items()
        }
        self.said = [columns.quoted(name) for name in kinds if name not in self.alike]

    def _alike(self, names: list[str]) -> dict[str, str]:
        """SQL for what every contact says in a column, where that is one thing."""
        few = ", ".join(f"count(distinct {columns.quoted(name)}) < 2" for name in names)
        looked = self.con.execute(f"select {few} from (from told_contact limit {_LOOKED_AT})").fetchone() or ()
        likely = [name for name, same in zip(names, looked, strict=True) if same]
        each = ", ".join(f"count({name}), min({name})::varchar, max({name})::varchar" for name in map(columns.quoted, likely))
        n, *found = self.con.execute(f"select count(*), {each} from told_contact").fetchone() or (0,)
        told = zip(likely, found[::3], found[1::3], found[2::3], strict=True)
        return {name: columns.text(low) if said else "null" for name, said, low, high in told if not said or (said == n and low == high)}

    def write(self) -> None:
        said = ", ".join(f"c.{name}" for name in self.said)
        rows = f"select {said}, clock.offset_s as told_offset_s, {local_words('c.offered_at')} {derive_contact.ON_THE_CLOCK}"
        chosen = "* exclude (local_date, local_minute, utc_offset_s), date_trunc('month', local_date)::date as told_month"
        laid.copied(self.con, f"select {chosen} from ({rows}) order by told_month, {', '.join(_ORDER)}", self.file, _ROWS_AT_ONCE)
        self.read()

    def months(self) -> list[date]:
        return [month for (month,) in self.con.execute(f"select distinct told_month from {self.relation} order by 1").fetchall()]

    def read(self, month: date | None = None) -> None:
        """Let `told_contact` be the contacts of one month, or all."""
        only = f" where told_month = date '{month}'" if month else ""
        said = f"select {', '.join((*self.said, *self.alike.values()))}, told_offset_s from {self.relation}{only}"
        words = f"outcome as ended_as, {local_words('offered_at', offset='told_offset_s')}"
        self.con.execute(f"create or replace temp view told_contact as select * exclude (told_offset_s), {words} from ({said})")


@contextmanager
def _in_order(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Rows leave a query about as they were read: what is looked up is what stands to the right in a join, however few rows stand to the left."""
    con.execute("set preserve_insertion_order = true; set disabled_optimizers = 'join_order,build_side_probe_side'")
    try:
        yield
    finally:
        con.execute("set preserve_insertion_order = false; set disabled_optimizers = ''")
