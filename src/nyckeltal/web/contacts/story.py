"""What happened to one contact, in order, as far as the reader may know it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from django.utils.translation import gettext

from nyckeltal.web.contacts.found import Row, elsewhere, parts, rows
from nyckeltal.web.frame import facts, numbers


@dataclass(frozen=True)
class Step:
    at: str
    what: str
    detail: str


def local(contact: Row, moment: datetime) -> datetime:
    """A moment on the contact's own clock."""
    return moment.astimezone(timezone(timedelta(seconds=contact.get("utc_offset_s") or 0)))


def steps(contact: Row, hidden: Collection[str], named: Collection[str] | None = None) -> list[Step]:
    """`hidden` are fields nobody is told; `named` those agents whose name and times may be told, where not all may."""
    found: list[tuple[datetime, Step]] = [(contact["offered_at"], Step(_at(contact, contact["offered_at"]), gettext("The customer turned to us"), ""))]
    found += [_visit(contact, row) for row in rows("queue_visit", [contact["contact_id"]], [contact["month"]])]
    found += [_segment(contact, row, hidden, named) for row in parts(contact)]
    found += _ends(contact)
    return [step for _, step in sorted(found, key=lambda pair: pair[0])]


def _at(contact: Row, moment: datetime) -> str:
    return numbers.moment(local(contact, moment))


def _visit(contact: Row, row: Row) -> tuple[datetime, Step]:
    queue = _named("queue", "name", row["queue_id"])
    waited = gettext("waited %(time)s") % {"time": numbers.duration(round(row["waited_s"]))} if row["waited_s"] is not None else ""
    return row["entered_at"], Step(_at(contact, row["entered_at"]), gettext("Came to the queue %(queue)s") % {"queue": queue}, waited)


def _segment(contact: Row, row: Row, hidden: Collection[str], named: Collection[str] | None) -> tuple[datetime, Step]:
    at = row["started_at"] or contact["answered_at"] or contact["offered_at"]
    anonymous = "agent_id" in hidden or not row["agent_id"]
    colleague = not anonymous and named is not None and row["agent_id"] not in named
    who = "" if anonymous else gettext("a colleague") if colleague else _named("agent", "display_name", row["agent_id"])
    if not row["answered"]:
        what = gettext("Rang with %(who)s, not taken") % {"who": who} if who else gettext("Rang, not taken")
        return at, Step(_at(contact, at), what, "")
    what = gettext("Answered by %(who)s") % {"who": who} if who else gettext("Answered")
    return at, Step(_at(contact, at), what, ", ".join(([] if colleague else _times(row)) + _passed(row)))


def _times(row: Row) -> list[str]:
    times = (("talk_s", gettext("talk %(time)s")), ("hold_s", gettext("on hold %(time)s")), ("acw_s", gettext("after the contact %(time)s")))
    return [text % {"time": numbers.duration(round(row[name]))} for name, text in times if row[name]]


def _passed(row: Row) -> list[str]:
    onward = (("transferred", gettext("passed on")), ("escalated", gettext("sent to the next line")))
    return [text for name, text in onward if row[name]]


def _ends(contact: Row) -> list[tuple[datetime, Step]]:
    if contact["ended_as"] == "abandoned":
        at = contact["abandoned_at"] or contact["offered_at"] + timedelta(seconds=contact["waited_s"] or 0)
        return [(at, Step(_at(contact, at), gettext("The customer gave up"), ""))]
    return [(contact["ended_at"], Step(_at(contact, contact["ended_at"]), gettext("Ended"), ""))] if contact["ended_at"] else []


def _named(table: str, column: str, value: str) -> str:
    names: Mapping[str, Any] = {row[f"{table}_id"]: row[column] for row in facts.current().small(table).to_pylist()}
    return names.get(value) or value


def about(contact: Row) -> list[tuple[str, str]]:
    """What it was about, where known."""
    reason = _named("reason", "label", contact["reason_id"]) if contact["reason_id"] else ""
    told = [(gettext("Client"), _named("client", "name", contact["client_id"])), (gettext("Reason"), reason)]
    told += [(gettext("Also in"), f"{row['source']} · {row['source_id']}") for row in elsewhere(contact)]
    if contact["next_contact_after_s"] is not None:
        told.append((gettext("Came back after"), numbers.span(contact["next_contact_after_s"])))
    return [(name, value) for name, value in told if value]
