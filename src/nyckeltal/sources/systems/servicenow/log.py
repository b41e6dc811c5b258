"""The log of updates, and the exported list, which is a log with one row for each incident. Read by columns: it has as many rows as there were updates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nyckeltal.sources import cells
from nyckeltal.sources.systems.servicenow.words import CANCELLED, STATES, WAYS
from nyckeltal.sources.tickets.sheet import Sheet, zone_note
from nyckeltal.sources.tickets.told import Tickets, statuses
from nyckeltal.words import Text

SHOWN = ("number", "incident_state", "state", "sys_mod_count", "opened_at", "sys_updated_at")
_columns = {
    "customer": ("caller_id", "caller"),
    "queue_id": ("assignment_group", "assignment group"),
    "agent_id": ("assigned_to", "assigned to"),
    "opened_by": ("opened_by", "opened by"),
    "reason_id": ("category",),
    "priority": ("priority",),
    "came_by": ("contact_type", "contact type", "channel"),
    "said_state": ("incident_state", "incident state", "state"),
}
_moments = {
    "opened_at": ("opened_at", "opened"),
    "changed_at": ("sys_updated_at", "sys_updated_on", "updated"),
    "resolved_at": ("resolved_at", "resolved"),
    "locked_at": ("closed_at", "closed"),
}
_counts = {"reopened_n": ("reopen_count", "reopen count"), "handovers_n": ("reassignment_count", "reassignment count")}
_unknown_state = Text("sources.servicenow.state", "“%(value)s” is no state known here. The row counts without it.")


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Take in every file; the rows of all of them together are each incident's updates."""
    parts = []
    for at, file in enumerate(files):
        told.setting.tell("read", at, len(files))
        parts.append(_rows(told, Sheet(told, file, at, [name for names in _moments.values() for name in names], ("?",), others={}), at))
    if not parts:
        return
    told.con.execute(f"CREATE OR REPLACE TEMP TABLE update_of AS {' UNION ALL BY NAME '.join(f'FROM {part}' for part in parts)}")
    _once(told)
    _tickets(told)
    _changes(told)
    told.reading.warnings += zone_note(told.setting)


def _rows(told: Tickets, sheet: Sheet, at: int) -> str:
    """The rows of a file as typed columns, in a table whose name is given."""
    sheet.needs(["Number"], ["Opened", *_moments["opened_at"]])
    number = sheet.text("number")
    rows = sheet.take(number, next(name for name in _moments["opened_at"] if sheet.has(name)), SHOWN)
    for names in (_moments["changed_at"], _moments["resolved_at"], _moments["locked_at"]):
        sheet.note_unread(number, rows, *[name for name in names if sheet.has(name)][:1])
    listed = [f"{number} AS ticket_id", "n", f"coalesce({sheet.number('sys_mod_count', 'updates')}, 0)::BIGINT AS nth"]
    columns = _columns | {"reference": (told.reference_field,) if told.reference_field else ("correlation_id", "correlation id")}
    listed += [f"{sheet.text(*names)} AS {name}" for name, names in columns.items()]
    listed += [f"{sheet.moment(*[name for name in names if sheet.has(name)][:1] or ['-'])} AS {column}" for column, names in _moments.items()]
    listed += [f"{sheet.number(*names)}::BIGINT AS {name}" for name, names in _counts.items()]
    listed += [f"{sheet.flag('made_sla', 'made sla')} AS in_time", f"{sheet.word(*_columns['said_state'])} AS state_word"]
    states = " ".join(f"WHEN {cells.quote(said)} THEN {cells.quote(ours)}" for said, ours in statuses(told.setting.told, "states", STATES).items())
    told.con.execute(
        f"CREATE OR REPLACE TEMP TABLE update_{at} AS SELECT *, CASE state_word {states} END AS status FROM (SELECT {', '.join(listed)} FROM {rows})"
    )
    return f"update_{at}"


def _once(told: Tickets) -> None:
    """The same update told twice counts once; a state that nobody has explained is no state."""
    known = ", ".join(map(cells.quote, CANCELLED))
    before = told.con.execute("SELECT count(*) FROM update_of").fetchone() or (0,)
    told.con.execute("CREATE OR REPLACE TEMP TABLE update_once AS SELECT * EXCLUDE (n), max(n) AS n FROM update_of GROUP BY ALL")
    after = told.con.execute("SELECT count(*) FROM update_once").fetchone() or (0,)
    told.counted.repeated += before[0] - after[0]
    unknown = f"status IS NULL AND said_state IS NOT NULL AND state_word NOT IN ({known})"
    told.set_aside_later(f"(SELECT n, ticket_id AS id, said_state AS value FROM update_once WHERE {unknown})", "state", _unknown_state)


def _tickets(told: Tickets) -> None:
    """Each incident as the update with the highest number left it, whatever the order of the file."""
    cancelled = ", ".join(map(cells.quote, CANCELLED))
    plain = ("ticket_id", "n", "opened_at", "status", "changed_at", "came_by", "queue_id", "agent_id", "reason_id", "priority", "reference", "in_time")
    settled = "status IN ('solved', 'closed')"
    told.take(
        "ticket",
        "(FROM update_once QUALIFY row_number() OVER (PARTITION BY ticket_id ORDER BY nth DESC, changed_at DESC, n DESC) = 1)",
        {
            **{name: name for name in (*plain, *_counts)},
            "channel": told.channel_sql("lower(trim(regexp_replace(came_by, '[\\s_-]+', ' ', 'g')))", WAYS),
            "opened_by": "CASE WHEN opened_by IS DISTINCT FROM customer THEN opened_by END",
            "customer_key": told.setting.hide_sql("customer"),
            "resolved_at": f"CASE WHEN {settled} THEN resolved_at END",
            "locked_at": "CASE WHEN status = 'closed' THEN locked_at END",
            "gone": f"CASE WHEN state_word IN ({cancelled}) THEN 'cancelled' END",
        },
    )


def _changes(told: Tickets) -> None:
    """Where an update differs from the one before it. The first one found is no change; it tells what stood at the opening if it is the very first."""
    order = "OVER (PARTITION BY ticket_id ORDER BY nth, changed_at, n)"
    told.con.execute("CREATE OR REPLACE TEMP TABLE many AS SELECT ticket_id FROM update_once GROUP BY 1 HAVING count(*) > 1")
    for what, column in (("status", "coalesce(status, '?')"), ("queue", "queue_id"), ("agent", "agent_id")):
        known = "WHERE state_word IS NOT NULL" if what == "status" else ""
        steps = f"""(SELECT *, lag({column}) {order} AS was, row_number() {order} AS step, first(n) {order} = n AS is_first
            FROM (FROM update_once SEMI JOIN many USING (ticket_id)) {known}
            QUALIFY is_first AND {column} IS NOT NULL OR {column} IS DISTINCT FROM was)"""
        told.take(
            "ticket_change",
            steps,
            {
                "n": "n",
                "ticket_id": "ticket_id",
                "made_at": "CASE WHEN is_first AND nth = 0 THEN opened_at ELSE changed_at END",
                "what": cells.quote(what),
                "value": column,
                "was": "was",
                "place": "step",
            },
        )
