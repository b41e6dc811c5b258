"""Rows that a reader keeps for the file that goes on from here (decision 0011): a transfer that is told later, a state that lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import arrow_schema
from nyckeltal.sources import cells

if TYPE_CHECKING:
    from nyckeltal.sources.gathered import Gathered

_types = {"text": "VARCHAR", "moment": "TIMESTAMPTZ", "seconds": "DOUBLE", "count": "BIGINT", "flag": "BOOLEAN"}


def take_up(gathered: Gathered, table: str, wanted: str) -> str:
    """A relation of the table's rows, `fresh`, and of those that earlier loads kept and for which the condition `wanted` holds."""
    columns, con = gathered.columns[table], gathered.con
    names = ", ".join(columns)
    if gathered.setting.facts is None:
        return f"(SELECT n, {names}, true AS fresh FROM {table})"
    gathered.setting.facts.attach(con, "log_event", name="in_store")
    said = ", ".join(f"try_cast(fields ->> '{name}' AS {_types[kind]}) AS {name}" for name, kind in columns.items())
    con.execute(f"""CREATE OR REPLACE TEMP TABLE kept_{table} AS SELECT * FROM (
        SELECT DISTINCT {said} FROM in_store WHERE source = {cells.quote(gathered.setting.source)} AND (fields ->> 'of') = '{table}') WHERE {wanted}""")
    return f"(SELECT n, {names}, true AS fresh FROM {table} UNION ALL SELECT 0 AS n, {names}, false AS fresh FROM kept_{table})"


def keep(gathered: Gathered, table: str, relation: str, moment: str) -> None:
    """Hand over rows of the table to the loads that follow; `relation` has its columns, `moment` says when they were."""
    setting = gathered.setting
    named = ", ".join(f"'{name}', {name}" for name in gathered.columns[table])
    given = {
        "load_id": cells.quote(setting.load_id),
        "source": cells.quote(setting.source),
        "moment": moment,
        "begins": f"min({moment}) OVER ()",
        "place": f"row_number() OVER (ORDER BY {moment})",
        "fields": f"json_object('of', '{table}', {named})::VARCHAR",
    }
    columns = ", ".join(f'{given[name]} AS "{name}"' for name in arrow_schema("log_event").names)
    path = setting.folder / f"kept-{table}.parquet"
    gathered.con.execute(f"COPY (SELECT {columns} FROM {relation}) TO '{path}' (FORMAT parquet)")
    gathered.reading.log_events.append(path)
    gathered.reading.beside = setting.beside
