"""The events of a queue_log, from whichever form and however many rotated files, in the order in which they happened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import arrow_schema
from nyckeltal.sources import cells, refusing
from nyckeltal.sources.clocks import Clock
from nyckeltal.sources.documents import peek, records, starts_as_json
from nyckeltal.sources.gathered import too_few_to_judge
from nyckeltal.sources.mapping import Rule, TableMapping
from nyckeltal.sources.reading import Counted, Reading, Setting
from nyckeltal.sources.systems.queue_log import ongoing
from nyckeltal.sources.tables import FileForm, RawTable, read_table
from nyckeltal.sources.tables.lines import write_lines
from nyckeltal.sources.tables.text import plain, refuse
from nyckeltal.sources.tabular import too_many
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

_names = {
    "time": ("time", "created", "timestamp", "eventdate"),
    "callid": ("callid", "uniqueid"),
    "queue": ("queuename", "queue"),
    "agent": ("agent", "agentname"),
    "event": ("event",),
    **{f"data{n}": (f"data{n}",) for n in range(1, 6)},
}
_unreadable = Text("sources.queue_log.unreadable", "This is no event: a moment, a call, a queue, an agent and an event belong on the line.")


def read_events(con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting, reading: Reading, counted: Counted) -> None:
    """Makes the temporary table `events`, with those that earlier loads kept for this one; lines that are no events are set aside."""
    parts = []
    for at, file in enumerate(files):
        setting.tell("read", at, len(files))
        file = _in_lines(file, setting.folder, at) if starts_as_json(file) else file  # noqa: PLW2901 the same rows, one a line
        first = peek(file, 4096).lstrip().split("\n", 1)[0]
        is_text = "|" in first and not first.lower().startswith(("time", '"time', "id,", '"id'))
        query = _text_events(file, setting, at) if is_text else _table_events(con, file, setting, at)
        path = setting.folder / f"events-{at}.parquet"
        con.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        _set_aside(con, path, file, at, setting, reading, counted, is_text)
        parts.append(_in_order(con, path, file))
    _fresh(con, parts, setting)
    ongoing.take_up(con, setting)
    told = ", ".join(ongoing.parts)
    con.execute(f"""CREATE OR REPLACE TEMP TABLE events AS
        SELECT row_number() OVER (ORDER BY moment, begins, place) AS n, * FROM (
            SELECT moment, begins, place, file, line, original, {told}, true AS fresh FROM fresh UNION ALL
            SELECT moment, begins, place, '' AS file, 0 AS line, '' AS original, {told}, false AS fresh FROM kept)
        QUALIFY row_number() OVER (PARTITION BY moment, {told} ORDER BY fresh DESC, begins DESC, place DESC) = 1""")


def _in_lines(file: Path, folder: Path, at: int) -> Path:
    """A document of rows as JSON lines, in a file of the same name."""
    target = folder / f"lines-{at}" / file.name
    target.parent.mkdir()
    with target.open("w", encoding="utf-8") as out:
        for record in records(file):
            out.write((json.dumps(record.value, ensure_ascii=False) if record.broken is None else record.broken) + "\n")
    return target


def _fresh(con: duckdb.DuckDBPyConnection, parts: Sequence[str], setting: Setting) -> None:
    """Makes `fresh`, the events of these files; whoever called is a pseudonym from here on."""
    known = "event = 'ENTERQUEUE' AND lower(data2) NOT IN ('unknown', 'anonymous')"
    data = ", ".join(f"nullif(trim(data{n}), '') AS data{n}" for n in range(1, 6))
    con.execute(f"""CREATE OR REPLACE TEMP TABLE fresh AS
        SELECT * REPLACE (CASE WHEN event <> 'ENTERQUEUE' THEN data2 END AS data2), CASE WHEN {known} THEN {setting.hide_sql("data2")} END AS customer FROM (
            SELECT moment, begins, place, file, line, original, trim(callid) AS callid, trim(queue) AS queue,
                CASE WHEN agent NOT IN ('NONE', '') THEN regexp_replace(agent, '^Agent/', '') END AS agent, upper(trim(event)) AS event, {data}
            FROM ({" UNION ALL ".join(parts)}))""")


def _text_events(file: Path, setting: Setting, at: int) -> str:
    """`epoch|callid|queue|agent|event|data1|…`; the epoch needs no zone."""
    lines = setting.folder / f"lines-{at}.parquet"
    write_lines(plain(file, setting.folder), lines)
    moment = cells.read("moment", "part[1]", ("epoch",), None).value
    data = ", ".join(f"part[{5 + n}] AS data{n}" for n in range(1, 6))
    return f"""SELECT CASE WHEN len(part) >= 5 AND part[5] <> '' THEN {moment} END AS moment, line, raw AS original,
        part[2] AS callid, part[3] AS queue, part[4] AS agent, part[5] AS event, {data}
        FROM (SELECT line, raw, string_split(raw, '|') AS part FROM read_parquet('{lines}'))"""


def _table_events(con: duckdb.DuckDBPyConnection, file: Path, setting: Setting, at: int) -> str:
    """The realtime table; its times are local unless they carry an offset."""
    raw = read_table(con, file, setting.folder, FileForm(), f"table{at}")
    found = {word: _column(raw, names) for word, names in _names.items()}
    missing = [word for word in ("time", "callid", "queue", "agent", "event") if found[word] is None]
    if missing:
        there = ", ".join(raw.names)
        raise refuse(
            file,
            Text(
                "sources.file.no_queue_log", "a queue_log needs the columns %(missing)s. There is: %(there)s.", {"missing": ", ".join(missing), "there": there}
            ),
        )
    time = raw.names[int(str(found["time"])[1:])]
    rule = Rule("started_at", "time", "moment", (time,), ("iso", "epoch"))
    mapping = TableMapping(FileForm(zone=setting.zone), "agent_state", None, None, (), None, (rule,))
    clock = Clock.of(con, raw, mapping, setting)
    data = found["data1"] is None and _column(raw, ("data",))
    columns = [f"coalesce({found[word] or 'NULL'}, '') AS {word}" for word in ("callid", "queue", "agent", "event")]
    columns += [f"string_split({data}, '|')[{n}] AS data{n}" if data else f"{found[f'data{n}'] or 'NULL::VARCHAR'} AS data{n}" for n in range(1, 6)]
    cells_said = f"concat_ws(',', {', '.join(f'c{column}' for column in range(len(raw.names)))})"
    texts = f"SELECT *, {cells.trimmed(str(found['time']))} AS x_started_at FROM read_parquet('{raw.rows}')"
    moment = "CASE WHEN coalesce(event, '') <> '' THEN m_started_at END AS moment"
    inner = f"SELECT m_started_at, line, {cells_said} AS original, {', '.join(columns)} FROM ({clock.placed(texts)})"
    return f"SELECT {moment}, * EXCLUDE (m_started_at) FROM ({inner})"


def _column(raw: RawTable, names: Sequence[str]) -> str | None:
    lowered = [name.casefold() for name in raw.names]
    return next((f"c{lowered.index(name)}" for name in names if name in lowered), None)


def _in_order(con: duckdb.DuckDBPyConnection, path: Path, file: Path) -> str:
    """The file's events with their place; exports of the realtime table often stand newest first."""
    found = con.execute(f"SELECT arg_min(moment, line) > arg_max(moment, line) FROM read_parquet('{path}') WHERE moment IS NOT NULL").fetchone()
    place = "-line" if found and found[0] else "line"
    begins = f"(SELECT min(moment) FROM read_parquet('{path}'))"
    return f"SELECT *, {cells.quote(file.name)} AS file, {place} AS place, {begins} AS begins FROM read_parquet('{path}') WHERE moment IS NOT NULL"


def _set_aside(con: duckdb.DuckDBPyConnection, path: Path, file: Path, at: int, setting: Setting, reading: Reading, counted: Counted, is_text: bool) -> None:
    read, bad, line = con.execute(
        f"SELECT count(*), count(*) FILTER (moment IS NULL), min(line) FILTER (moment IS NULL) FROM read_parquet('{path}')"
    ).fetchone() or (0, 0, 0)
    if not read and is_text:
        raise refuse(file, Text("sources.file.empty", "the file is empty."))
    counted.read += read
    if not bad:
        return  # a table may say that nothing happened
    counted.refused[str(_unreadable)] += bad
    if bad == read or (read >= too_few_to_judge and refusing.too_many(bad, read)):
        raise too_many(file.name, bad, read, [(_unreadable, "event", bad, line)])
    given = {
        "load_id": cells.quote(setting.load_id),
        "fact": "'queue_log'",
        "file": cells.quote(file.name),
        "field": "'event'",
        "reason_id": cells.quote(_unreadable.id),
        "reason": cells.quote(_unreadable.english),
        "values": "'{}'",
        "source_id": "NULL::VARCHAR",
        "set_aside_at": f"TIMESTAMPTZ '{setting.now.isoformat()}'",
    }
    columns = ", ".join(f'{given.get(name, name)} AS "{name}"' for name in arrow_schema("set_aside").names)
    target = setting.folder / f"set_aside-events-{at}.parquet"
    con.execute(f"COPY (SELECT {columns} FROM read_parquet('{path}') WHERE moment IS NULL ORDER BY line) TO '{target}' (FORMAT parquet)")
    reading.set_aside.append(target)
