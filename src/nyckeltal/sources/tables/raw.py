"""A table as it stood in its file: text cells with the line each row began on, kept as Parquet so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.laid import COMPRESSION

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.words import Text

batch_rows = 50_000


@dataclass(frozen=True)
class FileForm:
    """What a mapping's `[file]` says about the file; None where it is to be seen from the file."""

    separator: str | None = None
    encoding: str | None = None
    zone: str | None = None
    decimal: str | None = None
    sheet: str | None = None
    names: tuple[str, ...] | None = None  # of columns, where the first line is a row already


@dataclass(frozen=True)
class RawTable:
    """`rows` has `line` and c0, c1 …, all text, in the order of the file; `ragged` has `line`, `original` and the two counts of cells."""

    file: str
    names: tuple[str, ...]
    rows: Path
    ragged: Path | None = None
    separator: str = ","
    encoding: str | None = None
    notes: tuple[Text, ...] = ()  # what a person should know of how it was read
    first_column: int | None = None  # of a sheet: where its first column stands, counted from 0

    def column(self, name: str) -> str:
        """The column of `rows` that holds what the file calls `name`."""
        return f"c{self.names.index(name)}"

    def letters(self, name: str) -> str | None:
        """What a spreadsheet calls the column; None where the file is none."""
        if self.first_column is None or name not in self.names:
            return None
        number, letters = self.first_column + self.names.index(name) + 1, ""
        while number:
            number, rest = divmod(number - 1, 26)
            letters = chr(65 + rest) + letters
        return letters


def raw_schema(width: int) -> pa.Schema:
    """`line` and as many text columns."""
    import pyarrow as pa

    texts: list[pa.Field[Any]] = [pa.field(f"c{at}", pa.string()) for at in range(width)]
    return pa.schema([pa.field("line", pa.int64()), *texts])


def write_rows(path: Path, width: int, batches: Iterable[tuple[Sequence[int], Sequence[Sequence[str | None]]]]) -> int:
    """Write batches of (lines, rows) as a raw table; how many rows there were."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, written = raw_schema(width), 0
    with pq.ParquetWriter(path, schema, compression=COMPRESSION) as writer:
        for lines, rows in batches:
            columns = list(zip(*rows, strict=True)) if rows else [()] * width
            arrays: list[pa.Array[Any]] = [pa.array(lines, pa.int64()), *(pa.array(column, pa.string()) for column in columns)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
            written += len(rows)
    return written
