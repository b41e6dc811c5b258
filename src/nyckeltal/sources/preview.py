"""A file's first rows as a mapping would read them, and those that it would refuse: what a person looks at before loading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from nyckeltal.errors import Issue
from nyckeltal.sources import cells
from nyckeltal.sources.describe import Description
from nyckeltal.sources.describe import describe as described
from nyckeltal.sources.mapping import TableMapping, across, fit, with_client, with_zone
from nyckeltal.sources.mapping_file import read_mapping
from nyckeltal.sources.reading import Setting
from nyckeltal.sources.staging import Staged, conditions, stage
from nyckeltal.sources.tables import FileForm, RawTable, connect, read_table
from nyckeltal.sources.tables.text import chunks, form, packed
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.contacts.snapshot import Snapshot
    from nyckeltal.contacts.standing import Came

ROWS = 5_000
MOST_BYTES = 4 << 20
SHOWN = 5


@dataclass(frozen=True)
class Refusal:
    """Rows that would be refused for one reason: how many, and the first of them."""

    text: Text
    field: str
    n: int
    line: int


@dataclass(frozen=True)
class Preview:
    """`rows` are the first facts, by field; `issues` keep the mapping from being used at all. `whole` where the file has no more rows than were read.
    `answers` are what those say to the mapping's questions, question by question. `came` tells load by load which of the rows are in already."""

    read: int = 0
    whole: bool = True
    fields: tuple[str, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()
    answers: tuple[tuple[Any, ...], ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    issues: tuple[Issue, ...] = ()
    keyless: bool = False
    came: tuple[Came, ...] = ()

    @property
    def refused(self) -> int:
        return sum(refusal.n for refusal in self.refusals)


@contextmanager
def beginning(file: Path, rows: int = ROWS) -> Iterator[tuple[Path, bool]]:
    """A file of the same name with the first rows, and whether that is all of it. A workbook is taken as it is."""
    with TemporaryDirectory() as made:
        part = Path(made) / file.name
        if form(file) == "workbook":
            yield file, True
        elif form(file) == "parquet":
            whole = _first_of_parquet(file, part, rows)
            yield (file if whole else part), whole
        else:
            text, whole = _first(file, rows)
            part.write_bytes(text)
            yield part, whole


def _first_of_parquet(file: Path, part: Path, rows: int) -> bool:
    """Write the first rows; whether that is all of them. A packed or damaged one is left to the reader."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if packed(file):
        return True
    try:
        whole = pq.ParquetFile(file)
        if whole.metadata.num_rows <= rows:
            return True
        pq.write_table(pa.Table.from_batches([next(whole.iter_batches(batch_size=rows))]), part)
    except (pa.ArrowException, OSError, StopIteration):
        return True
    return False


def _first(file: Path, rows: int) -> tuple[bytes, bool]:
    text = b""
    for chunk in chunks(file):
        text += chunk
        if text.count(b"\n") > rows + 1 or len(text) >= MOST_BYTES:
            return _cut(text, rows + 1), False
    return text, True


def _cut(text: bytes, lines: int) -> bytes:
    """At the end of a row: a quoted cell may hold line ends, and in UTF-16 a character is two bytes."""
    if text[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in text[:100]:
        mark = b"\n\0" if text[:2] == b"\xff\xfe" or text[1:2] == b"\0" else b"\0\n"
        at = text.rfind(mark)
        while at > 0 and at % 2:
            at = text.rfind(mark, 0, at)
        return text[: at + 2] if at > 0 else text
    kept = text.splitlines(keepends=True)[:lines]
    kept = kept if kept[-1].endswith((b"\n", b"\r")) or len(kept) == 1 else kept[:-1]
    while len(kept) > 1 and b"".join(kept).count(b'"') % 2:
        kept.pop()
    return b"".join(kept)


def describe(file: Path, fact: str | None = None, system: str | None = None) -> Description:
    """What the file looks like, told from its first rows."""
    with beginning(file) as (part, _):
        return described(part, system, fact=fact)


def values(file: Path, columns: Sequence[str], said: FileForm, most: int = 50) -> dict[str, list[str]]:
    """The different values of these columns in the first rows, the most frequent first."""
    with beginning(file) as (part, _), _opened() as (con, folder):
        raw = read_table(con, part, folder, said)
        return {name: _of_column(con, raw, name, most) for name in columns if name in raw.names}


def preview(file: Path, mapping: Mapping[str, Any] | Path, *, client: str | None = None, zone: str | None = None, facts: Snapshot | None = None) -> Preview:
    """How the mapping reads the first rows, by what `facts` know: the clients, and which of the rows are in already."""
    read, issues = read_mapping(mapping)
    read = with_zone(with_client(read, client), zone)
    with beginning(file) as (part, whole), _opened() as (con, folder):
        raw = read_table(con, part, folder, read.form)
        issues = [*issues, *fit(read, raw.names, raw.file)]
        issues += conditions(read, raw)[1] if not issues else []
        if issues:
            return Preview(whole=whole, issues=(*across(read, raw.names, raw.file), *issues))
        staged = stage(con, raw, read, _setting(folder, read, facts), "preview")
        return _told(con, staged, read, whole, _standing(con, staged, read, facts) if facts else ())


def _setting(folder: Path, mapping: TableMapping, facts: Snapshot | None) -> Setting:
    """As a load would have it."""
    from nyckeltal.contacts import privacy

    clients = facts.small("client").to_pylist() if facts else []
    zones, currencies = ({row["client_id"]: row[said] for row in clients if row[said]} for said in ("tz", "currency"))
    zone = mapping.form.zone or zones.get(mapping.client)

    def hide(text: str) -> str:
        return privacy.pseudonym_sql(text, facts.home) if facts else f"left(md5({text}), 8)"

    source = mapping.source or mapping.client or mapping.kind
    return Setting(folder, source, mapping.client, zone, datetime.now(UTC), hide, known_clients=zones, currencies=currencies)


def _standing(con: duckdb.DuckDBPyConnection, staged: Staged, mapping: TableMapping, facts: Snapshot) -> tuple[Came, ...]:
    """Of the rows that would be loaded those that are in already; of a key that comes twice the last counts."""
    from nyckeltal.contacts.standing import standing

    last = "QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY line DESC) = 1"
    good = f"SELECT * FROM read_parquet('{staged.rows}') WHERE left_out IS NULL AND problem IS NULL {last}"
    return standing(con, facts, mapping.kind, good)


def _told(con: duckdb.DuckDBPyConnection, staged: Staged, mapping: TableMapping, whole: bool, came: tuple[Came, ...]) -> Preview:
    fields = tuple(rule.field for rule in mapping.rules)
    shown = ", ".join(f'"{name}"' for name in fields) or "line"
    asked = ", ".join(f"s{at}_value" for at in range(len(mapping.surveys)))
    good = f"FROM read_parquet('{staged.rows}') WHERE left_out IS NULL AND problem IS NULL ORDER BY line LIMIT {SHOWN}"
    left = con.execute(f"SELECT left_out, count(*) FROM read_parquet('{staged.rows}') WHERE left_out IS NOT NULL GROUP BY 1").fetchall()
    (read,) = con.execute(f"SELECT count(*) FROM read_parquet('{staged.rows}')").fetchone() or (0,)
    ragged = _ragged(con, staged.raw)
    return Preview(
        read=int(read) + sum(one.n for one in ragged),
        whole=whole,
        fields=fields,
        rows=tuple(con.execute(f"SELECT {shown} {good}").to_arrow_table().to_pylist()),
        answers=tuple(zip(*con.execute(f"SELECT {asked} {good}").fetchall(), strict=True)) if asked else (),
        left_out={mapping.leave_out[at].reason: int(n) for at, n in left},
        refusals=(*_refusals(con, staged), *ragged),
        keyless=not mapping.key and mapping.rule(_key_of(mapping)) is None,
        came=came,
    )


def _refusals(con: duckdb.DuckDBPyConnection, staged: Staged) -> list[Refusal]:
    query = f"""SELECT problem, problem_value, count(*) OVER (PARTITION BY problem) AS n, line FROM read_parquet('{staged.rows}')
        WHERE problem IS NOT NULL QUALIFY row_number() OVER (PARTITION BY problem ORDER BY line) = 1 ORDER BY n DESC, line"""
    found = []
    for at, value, n, line in con.execute(query).fetchall():
        problem = staged.problems[at]
        text = Text(problem.text.id, problem.text.english, {**problem.text.values, "value": value or ""})
        found.append(Refusal(text, problem.field, int(n), int(line)))
    return found


def _ragged(con: duckdb.DuckDBPyConnection, raw: RawTable) -> list[Refusal]:
    if raw.ragged is None:
        return []
    n, line = con.execute(f"SELECT count(*), min(line) FROM read_parquet('{raw.ragged}')").fetchone() or (0, None)
    text = Text("sources.row.ragged_any", "The row has another number of cells than the header.")
    return [Refusal(text, "", int(n), int(line))] if n else []


def _key_of(mapping: TableMapping) -> str:
    from nyckeltal.contacts.schema import TABLES

    return TABLES[mapping.kind].key or ""


def _of_column(con: duckdb.DuckDBPyConnection, raw: RawTable, name: str, most: int) -> list[str]:
    cell = cells.trimmed(raw.column(name))
    query = f"SELECT {cell} AS v FROM read_parquet('{raw.rows}') WHERE {cell} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {most}"
    return [str(value) for (value,) in con.execute(query).fetchall()]


@contextmanager
def _opened() -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    with TemporaryDirectory() as made:
        con = connect(Path(made))
        try:
            yield con, Path(made)
        finally:
            con.close()
