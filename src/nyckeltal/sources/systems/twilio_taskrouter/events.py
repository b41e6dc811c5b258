"""One event of TaskRouter as a row, whichever way it came: asked over the Events interface, sent by webhook, or by Event Streams."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from nyckeltal.sources.documents import peek
from nyckeltal.sources.gathered import Gathered, Record, Unreadable, hider
from nyckeltal.sources.presence import Named, logged_out
from nyckeltal.sources.said import first_year, last_year, objects, read_moment, text
from nyckeltal.sources.tables.text import plain
from nyckeltal.words import Text

COLUMNS = {
    **dict.fromkeys(("sid", "type", "task", "reservation", "worker", "queue", "channel", "direction", "customer", "activity", "reason"), "text"),
    "moment": "moment",
}
channels = {"voice": "voice", "chat": "chat", "web": "chat", "sms": "message", "whatsapp": "message", "messenger": "message", "email": "email"}
activities = {"idle": "available", "reserved": "available", "busy": "talking", "offline": logged_out}
_unknown = "“%(value)s” is not known here. There is: %(known)s."
_no_event = Text("sources.twilio.no_event", "This is no event of TaskRouter.")
_no_moment = "“%(value)s” is no moment with its offset from UTC, such as 2026-03-29T10:00:00Z."
_form = re.compile(r"(^|&)EventType=[a-z.-]+(&|$)")


def is_form(file: Path) -> bool:
    """Whether the first line is a webhook's body as it was sent."""
    return bool(_form.search(peek(file).lstrip().split("\n", 1)[0].strip()))


def as_json(file: Path, folder: Path) -> Path:
    """The lines of webhooks' bodies as JSON lines, in a file of the same name."""
    target = folder / "forms" / file.name
    target.parent.mkdir(exist_ok=True)
    with target.open("w", encoding="utf-8") as out:
        for line in _lines(file, folder):
            fields = dict(parse_qsl(line, keep_blank_values=True)) if _form.search(line) else None
            out.write((json.dumps(fields, ensure_ascii=False) if fields else line) + "\n")
    return target


def _lines(file: Path, folder: Path) -> Iterator[str]:
    with plain(file, folder).path.open(encoding="utf-8-sig", errors="replace") as lines:
        yield from (line.strip() for line in lines)


class Reader:
    """Takes one event after another."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered, self.hide, self.named = gathered, hider(gathered.con, gathered.setting), Named(gathered)
        self.channels = channels | {str(name).casefold(): str(channel) for name, channel in dict(gathered.setting.told.get("channels", {})).items()}

    def take(self, record: Record) -> None:
        """The event's row, or Unreadable."""
        said = _plain(record.value)
        kind, sid = text(said, "event_type"), text(said, "sid")
        if not kind:
            raise Unreadable("event_type", _no_event, sid)
        task, worker = text(said, "task_sid"), text(said, "worker_name") or text(said, "worker_sid")
        row = {
            "sid": sid or f"{kind}|{task or worker}|{text(said, 'reservation_sid')}|{_moment(said, sid)}",
            "type": kind,
            "task": task,
            "reservation": text(said, "reservation_sid"),
            "worker": worker,
            "queue": text(said, "task_queue_name") or text(said, "task_queue_sid"),
            "reason": text(said, "task_canceled_reason") or text(said, "reason"),
            "moment": _moment(said, sid),
        }
        if task:
            row |= self._of_task(said, sid)
        if kind == "worker.activity.update":
            row["activity"] = self._activity(text(said, "worker_activity_name") or "")
        self.gathered.add("event", record, **row)

    def _of_task(self, said: Mapping[str, Any], sid: str | None) -> dict[str, Any]:
        attributes = _attributes(said)
        named = text(said, "task_channel_unique_name") or ""
        channel = self.channels.get(named.casefold()) or self.channels.get((text(attributes, "channelType") or "").casefold())
        if named and not channel:
            values = {"value": named, "known": ", ".join(self.channels)}
            raise Unreadable("task_channel_unique_name", Text("sources.json.unknown", _unknown, values), sid)
        outbound = (text(attributes, "direction") or "").startswith("outbound")
        address = text(attributes, "outbound_to") if outbound else text(attributes, "from") or text(attributes, "customerAddress")
        known = address if (address or "").lower() not in ("", "anonymous", "unknown", "+266696687") else None
        return {"channel": channel, "direction": "outbound" if outbound else "inbound", "customer": self.hide(known)}

    def _activity(self, name: str) -> str | None:
        return activities.get(name.casefold()) or self.named.state(name)


def _plain(value: Any) -> dict[str, Any]:
    """The event's fields under the names of the Events interface."""
    if not isinstance(value, dict):
        return {}
    payload = objects(objects(value, "data"), "payload")
    if payload:
        return {**payload, "event_type": payload.get("eventtype") or payload.get("event_type"), "event_date": payload.get("timestamp")}
    if "EventType" in value:
        snake = {re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower(): said for name, said in value.items()}
        return {**snake, "event_date_ms": snake.get("timestamp_ms"), "event_date": snake.get("timestamp")}
    return {**objects(value, "event_data"), **{name: said for name, said in value.items() if name != "event_data"}}


def _attributes(said: Mapping[str, Any]) -> Mapping[str, Any]:
    found = said.get("task_attributes")
    try:
        found = json.loads(found) if isinstance(found, str) else found
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _moment(said: Mapping[str, Any], sid: str | None) -> datetime:
    """By the thousandth where it is told, else by the second."""
    for name in ("event_date_ms", "event_date"):
        told = text(said, name)
        if told and (found := _read(told)) is not None and first_year <= found.year <= last_year:
            return found
    told = text(said, "event_date_ms") or text(said, "event_date") or ""
    raise Unreadable("event_date", Text("sources.json.no_moment", _no_moment, {"value": told[:100]}), sid)


def _read(told: str) -> datetime | None:
    if not re.fullmatch(r"\d{9,14}", told):
        return read_moment(told)
    return datetime.fromtimestamp(int(told) / (1000 if len(told) > 11 else 1), UTC)
