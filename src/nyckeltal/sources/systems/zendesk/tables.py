"""Tables as connectors land them: tickets, the history of their fields, comments, users, groups, ratings. Read by columns, in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nyckeltal.sources import cells
from nyckeltal.sources.systems.zendesk import words
from nyckeltal.sources.tickets.sheet import Sheet, header
from nyckeltal.sources.tickets.told import Tickets
from nyckeltal.words import Text

# Each table by columns that only it has; those of the second line tell nothing that is counted here.
KINDS: dict[str, frozenset[str]] = {
    "ticket": frozenset({"id", "created at", "status", "requester id", "via channel"}),
    "history": frozenset({"field name", "ticket id", "updated", "value"}),
    "comment": frozenset({"id", "created", "public", "ticket id", "user id"}),
    "user": frozenset({"id", "role", "ticket restriction", "name"}),
    "group": frozenset({"id", "name", "created at", "url", "updated at", "fivetran deleted"}),
    "rating": frozenset({"id", "ticket id", "score", "requester id", "assignee id"}),
}
OTHERS: tuple[frozenset[str], ...] = (
    frozenset({"brand url", "subdomain"}),
    frozenset({"shared comments", "shared tickets"}),
    frozenset({"change description", "source label", "actor id"}),
    frozenset({"time zone", "daylight start utc"}),
    frozenset({"time zone", "standard offset"}),
    frozenset({"start time", "end time", "time zone", "start time utc"}),
    frozenset({"schedule id", "start date", "end date"}),
    frozenset({"ticket id", "schedule id"}),
    frozenset({"sla policy id", "metric", "target"}),
    frozenset({"ticket id", "sla policy id", "policy applied at"}),
    frozenset({"tag", "ticket id"}),
    frozenset({"chat id", "backend", "visitor id"}),
    frozenset({"chat id", "chat index", "actor id"}),
)
LANDED = "synced"  # part of a column's name by which connectors mark when they wrote a row
_not_counted = Text("sources.zendesk.other_table", "rows of tables that tell nothing about tickets here")
_no_state = Text("sources.zendesk.no_state", "“%(value)s” is no status known here. The row counts without it.")
_no_role = Text("sources.zendesk.no_role", "Nobody says whether “%(value)s” is an agent or a customer. Fetch the users too.")
_no_score = Text("sources.ticket.no_word", "Nobody has said what “%(value)s” means. There is: %(known)s.", {"known": ", ".join(words.SCORES)})


def kind_of(file: Path) -> str | None:
    """Which of the tables it is, "" for one that is Zendesk's and tells nothing here, None for none."""
    names = header(file)
    if not any(LANDED in name for name in names):
        return None
    found = next((kind for kind, columns in KINDS.items() if columns <= names and not (kind == "group" and "brand url" in names)), None)
    return found or ("" if any(columns <= names for columns in OTHERS) else None)


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Take in every table; users go first, for they say who is an agent."""
    found: dict[str, list[Sheet]] = {}
    for at, file in enumerate(files):
        told.setting.tell("read", at, len(files))
        sheet = Sheet(told, file, at, ("created_at", "created", "updated", "updated_at"), zone="UTC")
        found.setdefault(kind_of(file) or "", []).append(sheet)
    for sheet in found.get("", []):
        told.counted.left_out[str(_not_counted)] += sheet.rows_n
    _users(told, found)
    for kind, take in (("ticket", _tickets), ("history", _history), ("comment", _comments), ("rating", _ratings)):
        for sheet in found.get(kind, []):
            take(told, sheet)


def _one_of(meanings: dict[str, str], text: str) -> str:
    return f"CASE {text} {' '.join(f'WHEN {cells.quote(said)} THEN {cells.quote(means)}' for said, means in meanings.items())} END"


def _users(told: Tickets, found: dict[str, list[Sheet]]) -> None:
    """Makes `zendesk_user` (id, is_agent), and tells names."""
    told.con.execute("CREATE OR REPLACE TEMP TABLE zendesk_user (id VARCHAR, is_agent BOOLEAN)")
    agents = ", ".join(map(cells.quote, words.AGENTS))
    for kind, named in (("user", "agent"), ("group", "queue")):
        for sheet in found.get(kind, []):
            rows = sheet.take(sheet.text("id"), None, ("id",))
            told.take("ticket_name", rows, {"n": "n", "kind": cells.quote(named), "id": sheet.text("id"), "name": sheet.text("name"), "place": "n"})
            if kind == "user":
                told.con.execute(
                    f"INSERT INTO zendesk_user SELECT {sheet.text('id')}, {sheet.word('role')} IN ({agents}) FROM {rows} WHERE {sheet.text('role')} IS NOT NULL"
                )


def _tickets(told: Tickets, sheet: Sheet) -> None:
    number, state = sheet.text("id"), sheet.word("status")
    rows = sheet.take(number, "created_at", ("id", "status", "created_at", "updated_at"))
    merged = f"SELECT unnest(regexp_extract_all({sheet.text('merged_ticket_ids')}, '\\d+')) FROM {rows}"
    status = _one_of(dict(words.STATES), state)
    deleted = f"{state} IN ({', '.join(map(cells.quote, words.GONE))}) OR coalesce({sheet.flag('_fivetran_deleted')}, false)"
    told.set_aside_later(
        f"(SELECT n, {number} AS id, {sheet.text('status')} AS value FROM {rows} WHERE {status} IS NULL AND NOT ({deleted}))", "status", _no_state
    )
    asker, submitter, closed = sheet.text("requester_id"), sheet.text("submitter_id"), f"{state} = 'closed'"
    told.take(
        "ticket",
        rows,
        {
            "n": "n",
            "place": "n",
            "ticket_id": number,
            "opened_at": sheet.moment("created_at"),
            "changed_at": sheet.moment("updated_at"),
            "status": status,
            "came_by": sheet.text("via_channel"),
            "channel": told.channel_sql(sheet.word("via_channel"), words.WAYS),
            "direction": f"CASE WHEN {sheet.text('via_source_rel')} = 'outbound' THEN 'outbound' ELSE 'inbound' END",
            "customer_key": told.setting.hide_sql(sheet.text("requester_id")),
            "queue_id": sheet.text("group_id"),
            "agent_id": sheet.text("assignee_id"),
            "opened_by": f"CASE WHEN {submitter} <> {asker} AND {submitter} IN (SELECT id FROM zendesk_user WHERE is_agent) THEN {submitter} END",
            "reason_id": sheet.text("type"),
            "priority": sheet.text("priority"),
            "reference": sheet.text(told.reference_field or "external_id"),
            "locked_at": f"CASE WHEN {closed} THEN {sheet.moment('updated_at')} END",
            "is_test": f"coalesce({sheet.word('via_channel')} IN ({', '.join(map(cells.quote, words.TESTS))}), false)",
            "gone": f"CASE WHEN {deleted} THEN 'deleted' WHEN {number} IN ({merged}) THEN 'merged' END",
        },
    )
    told.con.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS zendesk_asker AS SELECT {number} AS ticket, {sheet.text('requester_id')} AS asker FROM {rows} WHERE false"
    )
    told.con.execute(f"INSERT INTO zendesk_asker SELECT {number}, {sheet.text('requester_id')} FROM {rows}")


def _history(told: Tickets, sheet: Sheet) -> None:
    ticket, field, value = sheet.text("ticket_id"), sheet.text("field_name"), sheet.text("value")
    rows = sheet.take(ticket, "updated", ("ticket_id", "field_name", "updated"))
    what, status = _one_of(words.FIELDS, field), _one_of(dict(words.STATES), sheet.word("value"))
    gone = ", ".join(map(cells.quote, words.GONE))
    unknown = f"{field} = 'status' AND {status} IS NULL AND coalesce({sheet.word('value')}, '') NOT IN ({gone})"
    told.set_aside_later(f"(SELECT n, {ticket} AS id, {value} AS value FROM {rows} WHERE {unknown})", "value", _no_state)
    user = sheet.text("user_id")
    told.take(
        "ticket_change",
        rows,
        {
            "n": "n",
            "place": "n",
            "ticket_id": ticket,
            "made_at": sheet.moment("updated"),
            "what": f"coalesce({what}, 'other')",
            "value": f"CASE {what} WHEN 'status' THEN coalesce({status}, '?') WHEN 'queue' THEN {value} WHEN 'agent' THEN {value}"
            f" ELSE concat_ws('=', {field}, {value}) END",
            "made_by": f"CASE WHEN {user} IN (SELECT id FROM zendesk_user WHERE is_agent) THEN {user} END",
        },
    )


def _comments(told: Tickets, sheet: Sheet) -> None:
    """Whoever asked is the customer, also when they work here."""
    ticket, user = sheet.text("ticket_id"), sheet.text("user_id")
    rows = sheet.take(ticket, "created", ("id", "ticket_id", "created"))
    told.con.execute("CREATE TEMP TABLE IF NOT EXISTS zendesk_asker (ticket VARCHAR, asker VARCHAR)")
    told.con.execute("CREATE OR REPLACE TEMP TABLE zendesk_role AS SELECT id AS user_number, any_value(is_agent) AS is_agent FROM zendesk_user GROUP BY 1")
    asked = f"({ticket}, {user}) IN (SELECT (ticket, asker) FROM zendesk_asker)"
    author = f"CASE WHEN {asked} THEN 'customer' WHEN u.is_agent THEN 'agent' WHEN NOT u.is_agent THEN 'customer' END"
    said = f"(SELECT r.*, {author} AS author FROM {rows} r LEFT JOIN zendesk_role u ON u.user_number = {user})"
    known_ticket = f"{ticket} IN (SELECT ticket FROM zendesk_asker)"
    told.set_aside_later(f"(SELECT n, {sheet.text('id')} AS id, {user} AS value FROM {said} WHERE author IS NULL AND {known_ticket})", "user_id", _no_role)
    told.take(
        "ticket_message",
        f"(FROM {said} WHERE author IS NOT NULL OR NOT {known_ticket})",
        {
            "n": "n",
            "place": "n",
            "ticket_id": ticket,
            "message_id": sheet.text("id"),
            "sent_at": sheet.moment("created"),
            "author": "author",
            "agent_id": f"CASE WHEN author = 'agent' THEN {user} END",
            "public": f"coalesce({sheet.flag('public')}, true)",
            "is_auto": "false",
        },
    )


def _ratings(told: Tickets, sheet: Sheet) -> None:
    ticket, score = sheet.text("ticket_id"), sheet.word("score")
    rows = sheet.take(ticket, "created_at", ("id", "ticket_id", "score"))
    values = " ".join(f"WHEN {cells.quote(said)} THEN {value}" for said, value in words.SCORES.items())
    value, nothing = f"CASE {score} {values} END", ", ".join(map(cells.quote, (*words.NOT_ASKED, *words.ASKED)))
    unknown = f"{value} IS NULL AND coalesce({score}, '') NOT IN ({nothing})"
    told.set_aside_later(f"(SELECT n, {sheet.text('id')} AS id, {sheet.text('score')} AS value FROM {rows} WHERE {unknown})", "score", _no_score)
    told.take(
        "ticket_rating",
        f"(FROM {rows} WHERE {value} IS NOT NULL OR {score} IN ({', '.join(map(cells.quote, words.ASKED))}))",
        {
            "n": "n",
            "place": "n",
            "ticket_id": ticket,
            "rating_id": sheet.text("id"),
            "question_id": cells.quote(words.QUESTION),
            "measure": "'csat'",
            "scale": "'yes_no'",
            "value": value,
            "asked_at": sheet.moment("created_at"),
            "answered_at": f"CASE WHEN {value} IS NOT NULL THEN coalesce({sheet.moment('updated_at')}, {sheet.moment('created_at')}) END",
            "agent_id": sheet.text("assignee_id"),
        },
    )
