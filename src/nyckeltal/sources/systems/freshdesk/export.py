"""Freshdesk's exported tickets: a row for each, in the words of the account's language for statuses and ways, without messages and changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from nyckeltal.sources import cells
from nyckeltal.sources.systems.freshdesk.words import CHANNELS, FELT, OTHER_QUESTION, QUESTION, status
from nyckeltal.sources.tables import FileForm, read_table
from nyckeltal.sources.tickets import Rating, Ticket, Tickets, Unreadable, known, moment, same_word
from nyckeltal.sources.tickets.lists import key_of, needed
from nyckeltal.sources.tickets.sheet import form_of, in_english, reading
from nyckeltal.sources.tickets.told import Kept
from nyckeltal.words import Text

SHOWN = ("ticket id", "status", "source", "created time")
_MOMENTS = ("created time", "resolved time", "closed time", "last update time", "last updated time", "initial response time")
_IN_TIME = {"within sla": True, "sla violated": False}
_at_once = 5_000
_ragged = Text("sources.row.ragged_any", "The row has another number of cells than the header.")


def read(told: Tickets, files: Sequence[Path]) -> None:
    """Every row of every file."""
    for at, file in enumerate(files):
        read, refused = told.counted.read, told.counted.refused.total()
        for record in _rows(told, file, f"freshdesk{at}"):
            try:
                _row(told, record)
            except Unreadable as wrong:
                told.refuse(record, wrong.field, wrong.text, wrong.source_id or known(record.value.get("ticket id")), fact="case")
        if told.counted.read > read:
            told.judge(file, told.counted.read - read, told.counted.refused.total() - refused)


def _rows(told: Tickets, file: Path, tag: str) -> Iterator[Kept]:
    raw = read_table(told.con, file, told.setting.folder, FileForm(), tag)
    names = in_english(told.setting, file, raw.names, {})
    dated = {f"c{at}": cells.trimmed(f"c{at}") for at, name in enumerate(names) if name in _MOMENTS}
    form = form_of(told.con, told.setting, file, raw, list(dated.values()))
    con = told.con.cursor()
    listed = ", ".join(f"{_iso(text, form)} AS {column}" for column, text in dated.items())
    con.execute(f"SELECT * {f'REPLACE ({listed})' if dated else ''} FROM read_parquet('{raw.rows}') ORDER BY line")
    while rows := con.fetchmany(_at_once):
        for line, *said in rows:
            yield told.record(file, line, dict(zip(names, said, strict=True)), SHOWN)
    if raw.ragged:
        con.execute(f"SELECT line FROM read_parquet('{raw.ragged}') ORDER BY line")
        for (line,) in con.fetchall():
            told.refuse(told.record(file, line, {}, ()), "", _ragged)


def _iso(text: str, form: str) -> str:
    """SQL for a date as ISO writes it, on its own clock; one that cannot be read stands as it is, and is told with its row."""
    local = reading(text, form).local
    return f"coalesce(strftime({local}, '%Y-%m-%dT%H:%M:%S'), {text})" if local else text


def _row(told: Tickets, record: Kept) -> None:
    value, zone = record.value, told.setting.zone
    now, came_by = status(told, value.get("status")), same_word(value.get("source"))
    settled = now in ("solved", "closed")
    resolved, closed = (moment(value.get(name), name, zone) for name in ("resolved time", "closed time"))
    key, opened_at = key_of(record, "ticket id"), needed(value.get("created time"), "Created time", zone)
    changed = moment(value.get("last update time") or value.get("last updated time"), "Last update time", zone)
    told.tell(
        record,
        Ticket(
            ticket_id=key,
            opened_at=opened_at,
            status=now,
            changed_at=changed,
            came_by=came_by,
            channel=told.channel(came_by, CHANNELS),
            direction="outbound" if came_by == "outbound email" else "inbound",
            customer=known(value.get("contact id") or value.get("requester id") or value.get("email")),
            queue_id=_nobody(value.get("group")),
            agent_id=_nobody(value.get("agent")),
            reason_id=known(value.get("type")),
            priority=same_word(value.get("priority")),
            replied_at=moment(value.get("initial response time"), "Initial response time", zone),
            resolved_at=resolved or closed if settled else None,
            locked_at=closed if now == "closed" else None,
            in_time=_IN_TIME.get(str(same_word(value.get("resolution status")))),
        ),
    )
    _rated(told, record, key, closed or resolved or changed or opened_at)


def _rated(told: Tickets, record: Kept, key: str, answered_at: datetime) -> None:
    """The export says how somebody felt and not when: no later than the ticket was last changed."""
    felt = same_word(record.value.get("survey results"))
    if felt is not None and felt in FELT:
        told.tell(record, Rating(ticket_id=key, rating_id=key, question_id=QUESTION, scale="1_7", value=FELT[felt], answered_at=answered_at))
    elif felt not in (None, "no response", "not taken"):
        told.leave_out(OTHER_QUESTION)


def _nobody(value: object) -> str | None:
    """A group or agent; the export writes that there is none in words."""
    said = known(value)
    return None if said in (None, "No Agent", "No Group", "--") else said
