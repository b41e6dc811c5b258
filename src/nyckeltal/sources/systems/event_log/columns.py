"""Event logs as tables: which column is the case, what was done, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nyckeltal.sources.columns import plain, words

if TYPE_CHECKING:
    from nyckeltal.sources.tables import RawTable

NAMES: Mapping[str, str] = {
    "case": "case id, caseid, case concept name, case, trace id, process instance, ärende id, ärendenummer, sags id, sagsnummer, ügy azonosító, ügyszám, "
    "tapauksen tunnus, tapaus",
    "activity": "activity, activity id, activityid, activity name, concept name, event, event name, aktivitet, händelse, hændelse, tevékenység, esemény, "
    "toiminto, tapahtuma",
    "time": "timestamp, time timestamp, complete timestamp, completetimestamp, event time, time, end timestamp, tidpunkt, tidsstämpel, tidspunkt, "
    "tidsstempel, időpont, időbélyeg, aikaleima, ajankohta",
    "resource": "resource, org resource, user, agent, performer, resurs, handläggare, medarbetare, ressource, medarbejder, erőforrás, ügyintéző, resurssi, "
    "käsittelijä",
    "group": "group, org group, team, queue, department, grupp, kö, avdelning, gruppe, kø, afdeling, csoport, sor, ryhmä, jono, osasto",
    "transition": "lifecycle transition, lifecycle, transition, status",
}
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
    """Part of an event → column: as told, else the first one that is called so."""
    said = {part: name for part, name in (told or {}).items() if name in headers}
    for part, names in NAMES.items():
        fitting = (name for name in headers if plain(name.replace(":", " ")) in words(names) and name not in said.values())
        if part not in said and (name := next(fitting, None)):
            said[part] = name
    return said


def events(raw: RawTable, parts: Mapping[str, str]) -> Iterator[Event]:
    """Every row of a table as an event."""
    import pyarrow.parquet as pq

    columns = {part: raw.column(name) for part, name in parts.items()}
    with pq.ParquetFile(raw.rows) as file:
        for batch in file.iter_batches(columns=["line", *dict.fromkeys(columns.values())]):
            for row in batch.to_pylist():
                yield Event(row["line"], **{part: row[column] for part, column in columns.items()})
