"""The two forms in which Formbricks gives responses, each brought to a table with one row per response."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nyckeltal.sources.answers import Known, write_ragged
from nyckeltal.sources.cells import quote
from nyckeltal.sources.documents import peek, records, starts_as_json
from nyckeltal.sources.reading import Setting
from nyckeltal.sources.said import objects
from nyckeltal.sources.staging import identifier
from nyckeltal.sources.tables import FileForm, RawTable, read_table
from nyckeltal.sources.tables.heading import below_separator
from nyckeltal.sources.tables.raw import write_rows
from nyckeltal.sources.tables.workbook import beginning

if TYPE_CHECKING:
    import duckdb

HEADER = frozenset({"Response ID", "Timestamp", "Finished", "Survey ID"})
OWN = ("id", "createdAt", "updatedAt", "finished", "surveyId", "userId", "language")  # of a response as the interface tells it
CLOCKS: Mapping[str, str] = {
    "UTC": "+00:00", "GMT": "+00:00", "NST": "-03:30", "NDT": "-02:30", "AST": "-04:00", "ADT": "-03:00", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00",
    "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00", "AKST": "-09:00", "AKDT": "-08:00", "HST": "-10:00",
}  # fmt: skip
_asked = re.compile(r"\d+\. ")  # how the export begins the heading of a question


def form_of(file: Path) -> Literal["table", "json"] | None:
    """Which form the file has, None where it holds no responses of Formbricks."""
    if starts_as_json(file):
        start = peek(file)
        return "json" if all(f'"{name}"' in start for name in ("surveyId", "finished", "data", "createdAt")) else None
    text = beginning(file).decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    line = below_separator(text).lstrip("\n").split("\n", 1)[0]
    first = next(csv.reader([line], delimiter=max(",;\t", key=line.count)), [])
    return "table" if set(first) >= HEADER else None


def read(con: duckdb.DuckDBPyConnection, files: Sequence[Path], folder: Path) -> list[RawTable]:
    """A table for each export, and one for all documents."""
    documents = [file for file in files if form_of(file) != "table"]
    raws = [read_table(con, file, folder, FileForm(), f"formbricks{at}") for at, file in enumerate(files) if file not in documents]
    raws = [_with_offsets(con, raw, folder) for raw in raws]
    return [*raws, *(_documents(file, folder, f"formbricks-json{at}") for at, file in enumerate(documents))]


def _with_offsets(con: duckdb.DuckDBPyConnection, raw: RawTable, folder: Path) -> RawTable:
    """An export names its clock behind each moment: 14:30:00 UTC, GMT+8, GMT+5:30, or a zone of North America by its letters."""
    column, path = raw.column("Timestamp"), folder / f"clock-{raw.rows.name}"
    said = f"regexp_extract(trim({column}), ' (UTC|GMT|[A-Z]{{2,4}})([+-]\\d+(:\\d\\d)?)?$', 1)"
    shift = f"regexp_extract(trim({column}), ' GMT([+-]\\d+)(:\\d\\d)?$', 1)"
    minutes = f"coalesce(nullif(regexp_extract(trim({column}), ' GMT[+-]\\d+:(\\d\\d)$', 1), ''), '00')"
    hours = f"left({shift}, 1) || lpad(substr({shift}, 2), 2, '0') || ':' || {minutes}"
    named = " ".join(f"WHEN {quote(name)} THEN {quote(offset)}" for name, offset in CLOCKS.items())
    offset = f"CASE WHEN {shift} <> '' THEN {hours} ELSE CASE {said} {named} END END"
    told = f"CASE WHEN {offset} IS NULL THEN {column} ELSE left(trim({column}), 19) || {offset} END AS {column}"
    con.execute(f"COPY (SELECT * REPLACE ({told}) FROM read_parquet('{raw.rows}') ORDER BY line) TO '{path}' (FORMAT parquet)")
    return replace(raw, rows=path)


def _documents(file: Path, folder: Path, tag: str) -> RawTable:
    """Responses as the interface tells them, the answers under the ids of their questions."""
    rows: list[tuple[int, dict[str, str | None]]] = []
    broken: list[tuple[int, str]] = []
    for document in records(file, ("data",)):
        if isinstance(document.value, dict) and "surveyId" in document.value:
            rows.append((len(rows) + 1, _row(document.value)))
        elif document.value != {"data": []}:
            broken.append((document.line, document.broken or str(document.value)[:2000]))
    names = tuple(dict.fromkeys((*OWN, *(name for _, row in rows for name in row))))
    path = folder / f"{tag}-rows.parquet"
    write_rows(path, len(names), [([line for line, _ in rows], [[row.get(name) for name in names] for _, row in rows])])
    return RawTable(file.name, names, path, write_ragged(broken, folder / f"{tag}-ragged.parquet", len(names)))


def _row(response: Mapping[str, Any]) -> dict[str, str | None]:
    person = objects(response, "contact") or objects(response, "person")
    own = {name: _text(response.get(name)) for name in OWN if name != "userId"} | {"userId": _text(person.get("userId"))}
    attributes = {f"contactAttributes.{name}": _text(said) for name, said in objects(response, "contactAttributes").items()}
    return {**attributes, **{name: _text(said) for name, said in objects(response, "data").items()}, **own}


def _text(value: Any) -> str | None:
    """One cell: lists are joined as the export joins them, true and false are its words for them."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return "; ".join(str(one) for one in value if one not in (None, ""))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {said}" for name, said in value.items())
    return None if value is None else str(value)


def with_told(raws: Sequence[RawTable], con: duckdb.DuckDBPyConnection, setting: Setting) -> list[RawTable]:
    """Documents with a column for each question that a person told of and nobody answered in them; one that no document has stays a mistake."""
    told = [name for survey in setting.told.get("survey", ()) for part in ("value", "text", "answered_at") if (name := _column(survey.get(part)))]
    found = {name for raw in raws for name in raw.names}
    named = [name for name in told if name in found or found == set(OWN)]
    return [_widened(con, raw, named, setting.folder) if raw.names[0] == OWN[0] else raw for raw in raws]


def _column(rule: Any) -> str | None:
    given = rule.get("from") if isinstance(rule, Mapping) else rule
    return given if isinstance(given, str) else None


def _widened(con: duckdb.DuckDBPyConnection, raw: RawTable, names: Sequence[str], folder: Path) -> RawTable:
    new = [name for name in dict.fromkeys(names) if name not in raw.names]
    if not new:
        return raw
    path = folder / f"wide-{raw.rows.name}"
    added = ", ".join(f"NULL::VARCHAR AS c{len(raw.names) + at}" for at in range(len(new)))
    con.execute(f"COPY (SELECT *, {added} FROM read_parquet('{raw.rows}') ORDER BY line) TO '{path}' (FORMAT parquet)")
    return replace(raw, names=(*raw.names, *new), rows=path)


def known(raw: RawTable) -> Known:
    """The id of a response is the same in export and interface, and unlike any other survey's."""
    if raw.names[0] == OWN[0]:
        own = frozenset((*OWN, *(name for name in raw.names if name.startswith("contactAttributes."))))
        columns: dict[str, Any] = {"drawn_at": "createdAt", "survey_id": "surveyId", "customer_key": "userId"}
        return Known(own, ("id",), columns, (_unfinished("finished"),), changed_at="updatedAt")
    own = frozenset(name for name in raw.names if not _asked.match(name))
    columns = {"drawn_at": "Timestamp", "survey_id": "Survey ID", **({"customer_key": "User ID"} if "User ID" in raw.names else {})}
    return Known(own, ("Response ID",), columns, (_unfinished("Finished"),))


def _unfinished(column: str) -> dict[str, str]:
    return {"where": f"{identifier(column)} != 'Yes'", "reason": "response that was not finished"}
