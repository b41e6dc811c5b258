"""What a system's documents tell, gathered into tables on the way: rows under the load's folder, and what had to be set aside.

A reader walks through `records`, adds rows with `add`, refuses what it cannot use with `refuse`, works on the tables with SQL, and
gives each fact to `hand_over`, which fills in what the system never says, checks the data rules and writes the fact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.laid import COMPRESSION
from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.sources import cells, refusing
from nyckeltal.sources.documents import documents, records
from nyckeltal.sources.finished import write_checked
from nyckeltal.sources.reading import Counted, Reading, Setting
from nyckeltal.sources.staging import constant
from nyckeltal.sources.tables.text import refuse
from nyckeltal.sources.tabular import too_many
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

default_client = "company"
too_few_to_judge = 20  # below so many records a few bad ones say nothing of the rest
_at_once = 20_000
_no_json = Text("sources.json.none", "This is no JSON, or it ends too early.")


class Unreadable(Exception):
    """A record that cannot be used: which field, and why."""

    def __init__(self, field: str, text: Text, source_id: str | None = None) -> None:
        super().__init__(str(text))
        self.field, self.text, self.source_id = field, text, source_id


@dataclass(frozen=True)
class Record:
    """A document as it stood: its number in the load, its file, its place there, and what it says."""

    n: int
    file: str
    line: int
    value: Any


@dataclass
class Gathered:
    """`columns` names each table's columns and their kind; every row also has `n`, the number of its record."""

    con: duckdb.DuckDBPyConnection
    setting: Setting
    name: str  # of the system, under which its records are counted
    columns: Mapping[str, Mapping[str, str]]
    reading: Reading = field(default_factory=Reading)
    counted: Counted = field(default_factory=Counted)
    n: int = 0

    def __post_init__(self) -> None:
        said = {"record": {"file": "text", "line": "count", "original": "text"}, **self.columns}
        self._tables = {name: _Table(self.setting.folder / f"{self.name}-{name}.parquet", columns) for name, columns in said.items()}
        self._aside: list[dict[str, Any]] = []
        self.reading.counts[self.name] = self.counted

    def records(self, files: Sequence[Path], inside: Sequence[str] = ()) -> Iterator[Record]:
        """Every record of the files; what is no JSON is set aside, and a file of which too much cannot be used is refused whole."""
        for at, file in enumerate(files):
            self.setting.tell("read", at, len(files))
            read, refused = self.counted.read, self.counted.refused.total()
            for document in records(file, inside):
                self.n += 1
                self.counted.read += 1
                record = Record(self.n, file.name, document.line, document.value)
                if document.broken is not None:
                    self.refuse(record, "", _no_json, original=document.broken)
                    continue
                self._tables["record"].add({"n": self.n, "file": file.name, "line": document.line, "original": _text(document.value)})
                yield record
            if self.counted.read > read or next(documents(file), None) is None:  # an answer may say that nothing happened
                self.judge(file, self.counted.read - read, self.counted.refused.total() - refused)

    def found(self, file: Path, line: int, value: Any) -> Record:
        """A record that the reader has found by itself."""
        self.n += 1
        self.counted.read += 1
        self._tables["record"].add({"n": self.n, "file": file.name, "line": line, "original": _text(value)})
        return Record(self.n, file.name, line, value)

    def judge(self, file: Path, read: int, refused: int) -> None:
        """Refuse a file without records, or of which too much cannot be used."""
        if not read:
            raise refuse(file, Text("sources.file.empty", "the file is empty."))
        if refused == read or (read >= too_few_to_judge and refusing.too_many(refused, read)):
            found: dict[str, list[dict[str, Any]]] = {}
            for row in self._aside[-refused:]:
                found.setdefault(str(row["said"]), []).append(row)
            raise too_many(file.name, refused, read, [(rows[0]["said"], rows[0]["field"], len(rows), rows[0]["line"]) for rows in found.values()])

    def add(self, table: str, record: Record, **row: Any) -> None:
        """A row made of the record."""
        self._tables[table].add({"n": record.n, **row})

    def refuse(self, record: Record, field: str, text: Text, source_id: str | None = None, original: str | None = None, fact: str | None = None) -> None:
        """Set the record aside, with the reason; `fact` where it is plain what it would have been."""
        self.counted.refused[_reason(text, field)] += 1
        place = {"file": record.file, "line": record.line, "field": field or None, "source_id": source_id, "fact": fact or self.name}
        self._aside.append({**place, "said": text, "original": original if original is not None else _text(record.value)})

    def leave_out(self, reason: Text) -> None:
        """Count a record that is none of our business; the reason is told."""
        self.counted.left_out[str(reason)] += 1

    def close(self) -> None:
        """Write what was gathered; each table is a view of its name from here on."""
        for name, table in self._tables.items():
            self.con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet('{table.close()}')")
        if self._aside:
            self.reading.set_aside.append(self._write_aside())

    def _write_aside(self) -> Path:
        import pyarrow as pa
        import pyarrow.parquet as pq

        same = {"load_id": self.setting.load_id, "set_aside_at": self.setting.now}
        rows = []
        for row in self._aside:
            said: Text = row.pop("said")
            values = json.dumps({name: str(value) for name, value in said.values.items()}, ensure_ascii=False)
            rows.append({**row, **same, "reason_id": said.id, "reason": str(said), "values": values})
        path = self.setting.folder / f"set_aside-{self.name}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema("set_aside")), path)
        return path

    def hand_over(self, table: str, relation: str, columns: Mapping[str, str]) -> None:
        """Give a fact: `columns` has SQL over `relation` for source_id, n and the fact's own columns; the key and what is not named are filled in.

        Where a key comes twice the row of the last record counts.
        """
        view = f"handed_{table}"
        named = {"source_id": columns["source_id"], **self._unsaid(table), **columns}
        listed = ", ".join(f"{sql} AS {name}" for name, sql in named.items())
        once = "QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY n DESC) = 1"
        self.con.execute(f"""CREATE OR REPLACE TEMP VIEW {view} AS SELECT h.* EXCLUDE (n), r.file, r.line, r.original
            FROM (SELECT {listed} FROM {relation} {once}) h LEFT JOIN record r USING (n)""")
        counted = self.reading.counts.setdefault(table, Counted())
        path, aside = write_checked(self.con, table, view, self.setting, counted)
        self.reading.facts[table] = [path]
        self.reading.set_aside.append(aside)

    def _unsaid(self, table: str) -> dict[str, str]:
        described, setting = TABLES[table], self.setting
        said = {column.name: constant(column.kind, column.default) for column in described.loaded}
        said["marks"] = "[]::VARCHAR[]"
        if described.key:
            said[described.key] = f"{cells.quote(setting.source + ':')} || source_id"
        if "client_id" in said:
            said["client_id"] = cells.quote(setting.client or default_client)
        if "zone" in said:
            said["zone"] = cells.quote(setting.zone) if setting.zone else "NULL::VARCHAR"
        return said

    def own(self, sql: str) -> str:
        """SQL for an id of this source's facts."""
        return f"{cells.quote(self.setting.source + ':')} || {sql}"


class _Table:
    """Rows on their way into a Parquet file, a block at a time."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        kinds = {"text": pa.string(), "moment": pa.timestamp("us", "UTC"), "seconds": pa.float64(), "count": pa.int64(), "flag": pa.bool_()}
        fields: list[pa.Field[Any]] = [pa.field("n", pa.int64()), *(pa.field(name, kinds[kind]) for name, kind in columns.items())]
        self.path, self.schema = path, pa.schema(fields)
        self.rows: list[dict[str, Any]] = []
        self.writer = pq.ParquetWriter(path, self.schema, compression=COMPRESSION)

    def add(self, row: dict[str, Any]) -> None:
        self.rows.append(row)
        if len(self.rows) >= _at_once:
            self._write()

    def _write(self) -> None:
        import pyarrow as pa

        self.writer.write_table(pa.Table.from_pylist(self.rows, schema=self.schema))
        self.rows.clear()

    def close(self) -> Path:
        self._write()
        self.writer.close()
        return self.path


def hider(con: duckdb.DuckDBPyConnection, setting: Setting) -> Callable[[str | None], str | None]:
    """Makes pseudonyms of customers, so that nothing else is ever written down."""
    if setting.hide is not None:
        hide = setting.hide
        return lambda value: hide(value) if value else None
    query = f"SELECT {setting.hide_sql('$1::VARCHAR')}"

    @lru_cache(maxsize=1 << 16)
    def hidden(value: str | None) -> str | None:
        found = con.execute(query, [value]).fetchone() if value else None
        return str(found[0]) if found else None

    return hidden


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _reason(text: Text, field: str) -> str:
    """A reason as counted: without the one record's value."""
    said = text.english % {**{name: str(value) for name, value in text.values.items()}, "value": "…"} if text.values else text.english
    return f"{field}: {said}" if field else said
