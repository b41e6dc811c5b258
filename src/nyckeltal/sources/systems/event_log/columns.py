"""Event logs as tables: which column is the case, what was done, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.columns import plain
from nyckeltal.sources.shapes import by_number, settled, shape
from nyckeltal.sources.tables.text import refuse
from nyckeltal.sources.tickets.sheet import day_or_month

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.tables import RawTable

NAMES: Mapping[str, str] = {
    "case": "case id, caseid, case concept name, case, case number, trace id, process instance, incident id, incident number, ticket id, ticket number, "
    "sr number, ärende, ärende id, ärendenummer, sags id, sagsnummer, ügy azonosító, ügyszám, "
    "tapauksen tunnus, tapaus",
    "activity": "activity, activity id, activityid, activity name, concept name, event, event name, action, aktivitet, händelse, hændelse, "
    "tevékenység, esemény, "
    "toiminto, tapahtuma",
    "time": "complete timestamp, completetimestamp, end timestamp, timestamp, time timestamp, event time, event timestamp, end time, completion time, time, "
    "date time, datetime, change date time, start timestamp, start time, date, datum, dato, dátum, päivämäärä, tidpunkt, tidsstämpel, tidspunkt, "
    "tidsstempel, időpont, időbélyeg, aikaleima, ajankohta",
    "resource": "resource, org resource, user, agent, performer, performed by, assignee, assigned to, owner, resurs, handläggare, "
    "medarbetare, ressource, medarbejder, erőforrás, ügyintéző, resurssi, "
    "käsittelijä",
    "group": "group, org group, team, queue, department, assignment group, assigned group, support group, grupp, kö, avdelning, gruppe, kø, "
    "afdeling, csoport, sor, ryhmä, jono, osasto",
    "transition": "lifecycle transition, lifecycle, transition, status",
}
looked_at = 1_000
NEEDED = ("case", "activity", "time")


@dataclass(frozen=True)
class Event:
    """What was done to a case, when and by whom, as the file says it."""

    line: int
    case: str | None = None
    activity: str | None = None
    time: str | None = None
    resource: str | None = None
    group: str | None = None
    transition: str | None = None


def found(headers: Sequence[str], told: Mapping[str, str] | None = None) -> dict[str, str]:
    """Part of an event → column: as told, else the one with the name that says it best."""
    said = {part: name for part, name in (told or {}).items() if name in headers}
    called = {plain(name.replace(":", " ").replace("+", " ")): name for name in reversed(headers)}
    for part, names in NAMES.items():
        fitting = (called[name] for name in map(plain, names.split(",")) if name in called and called[name] not in said.values())
        if part not in said and (name := next(fitting, None)):
            said[part] = name
    return said


def in_iso(con: duckdb.DuckDBPyConnection, raw: RawTable, name: str, said: str | None, file: Path, folder: Path) -> RawTable:
    """The table with the moments of a column written as ISO, in whichever form people chose; days and months that could be each other are not guessed."""
    column = raw.column(name)
    query = f"SELECT trim({column}) FROM read_parquet('{raw.rows}') WHERE trim(coalesce({column}, '')) <> '' LIMIT {looked_at}"
    values = [str(value) for (value,) in con.execute(query).fetchall()]
    seen = settled(con, f"SELECT {column} FROM read_parquet('{raw.rows}')", by_number(shape(con, values), "date", values))
    if seen.both_ways and seen.form and not said:
        raise refuse(file, day_or_month(seen.form))
    if not (form := said or seen.form):
        return raw
    path = folder / f"iso-{raw.rows.name}"
    local = cells.read("moment", f"trim({column})", (form,), None).local or "NULL"
    written = f"coalesce(strftime({local}, '%Y-%m-%dT%H:%M:%S.%f'), {column})"
    con.execute(f"COPY (SELECT * REPLACE ({written} AS {column}) FROM read_parquet('{raw.rows}') ORDER BY line) TO '{path}' (FORMAT parquet)")
    return replace(raw, rows=path)


def events(raw: RawTable, parts: Mapping[str, str]) -> Iterator[Event]:
    """Every row of a table as an event."""
    import pyarrow.parquet as pq

    columns = {part: raw.column(name) for part, name in parts.items()}
    with pq.ParquetFile(raw.rows) as file:
        for batch in file.iter_batches(columns=["line", *dict.fromkeys(columns.values())]):
            for row in batch.to_pylist():
                yield Event(row["line"], **{part: row[column] for part, column in columns.items()})
