"""One conversation of Genesys Cloud as rows: the contact, its stays in queues, and each agent's session in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nyckeltal.sources.gathered import Gathered, Record, Unreadable, hider
from nyckeltal.sources.said import listed, moment, number, read_moment, text
from nyckeltal.words import Text

Json = Mapping[str, Any]
_never = datetime.max.replace(tzinfo=UTC)

_moments = ("begins", "menu", "ends", "changed", "wrapped")
COLUMNS = {
    "conversation": {
        **dict.fromkeys(("id", "channel", "direction", "customer", "reason", "callback_of"), "text"),
        **dict.fromkeys(_moments, "moment"),
        "left_by_customer": "flag",
    },
    "visit": {**dict.fromkeys(("id", "conversation", "queue", "ended_as", "otherwise"), "text"), "entered": "moment", "left_at": "moment", "waited": "seconds"},
    "part": {
        **dict.fromkeys(("id", "conversation", "agent", "queue", "end_kind"), "text"),
        "answered": "flag",
        **dict.fromkeys(("alerted", "started", "ended"), "moment"),
        **dict.fromkeys(("ring", "talk", "hold", "acw"), "seconds"),
    },
}
channels = {"voice": "voice", "chat": "chat", "email": "email", "message": "message", "callback": "callback", "social": "social"}
beside = ("cobrowse", "screenshare", "screenmonitoring", "screenrecording", "video", "internalmessage", "unknown")
ends = {
    **dict.fromkeys(("peer",), "customer"),
    **dict.fromkeys(("client", "endpoint"), "agent"),
    **dict.fromkeys(("transfer", "consultTransfer", "forwardTransfer", "noAnswerTransfer", "notAvailableTransfer"), "transfer"),
    "conferenceTransfer": "conference",
    **dict.fromkeys(("error", "transportFailure"), "technical"),
}
customers = ("customer", "external")
agents = ("agent", "user")
listening = ("monitoring", "coaching", "barging")
no_code = ("ININ-WRAP-UP-TIMEOUT", "ININ-WRAP-UP-SKIPPED", "ININ-OUTBOUND-PREVIEW-SKIPPED")


@dataclass(frozen=True)
class Session:
    """A session with what its segments and metrics say."""

    id: str
    purpose: str
    medium: str
    said: Json
    segments: tuple[Json, ...]
    user: str | None
    callback: bool  # of a participant who calls back

    def metric(self, *names: str) -> float | None:
        """The sum of a metric in seconds (it is told in milliseconds), of the first name that is there."""
        for name in names:
            values = [number(one, "value", self.id) or 0 for one in listed(self.said, "metrics") if one.get("name") == name]
            if values:
                return round(sum(values) / 1000, 6)
        return None

    def of(self, *kinds: str) -> list[Json]:
        """Its segments of these types."""
        return [one for one in self.segments if one.get("segmentType") in kinds]

    def first(self, *kinds: str) -> datetime | None:
        """When the first of these segments began, of all where none are named."""
        return min((at for one in (self.of(*kinds) if kinds else self.segments) if (at := moment(one, "segmentStart", self.id))), default=None)

    @property
    def ended(self) -> datetime | None:
        """When its last segment ended; None while one lasts."""
        found = [moment(one, "segmentEnd", self.id) for one in self.segments]
        known = [at for at in found if at]
        return max(known) if known and len(known) == len(found) else None

    @property
    def queue(self) -> str | None:
        return next((queue for one in self.segments if (queue := text(one, "queueId"))), None)

    @property
    def end(self) -> str | None:
        """How it was disconnected."""
        said = [kind for one in self.segments if one.get("segmentType") != "wrapup" and (kind := text(one, "disconnectType"))]
        return said[-1] if said else None


def sessions(conversation: Json) -> Iterator[Session]:
    """The sessions of all participants that are of a contact's medium."""
    for participant in listed(conversation, "participants"):
        spoken = listed(participant, "sessions")
        asked = min((_begins(session) for session in spoken if session.get("mediaType") == "callback"), default=None)
        for at, session in enumerate(spoken):
            medium = text(session, "mediaType") or "unknown"
            if medium not in (*channels, *beside):
                said = Text("sources.json.unknown", "“%(value)s” is not known here. There is: %(known)s.", {"value": medium, "known": ", ".join(channels)})
                raise Unreadable("mediaType", said, text(conversation, "conversationId"))
            if medium in channels:
                key = text(session, "sessionId") or f"{text(participant, 'participantId')}-{at}"
                segments = tuple(sorted(listed(session, "segments"), key=lambda one: moment(one, "segmentStart", key) or _never))
                callback = asked is not None and _begins(session) >= asked  # a customer's first call is told of the same participant
                yield Session(key, text(participant, "purpose") or "", medium, session, segments, text(participant, "userId"), callback)


def _begins(session: Json) -> datetime:
    """When its first segment began; one without is of the end."""
    return min((at for one in listed(session, "segments") if (at := moment(one, "segmentStart", text(session, "sessionId")))), default=_never)


@dataclass(frozen=True)
class Told:
    """A contact that a conversation tells of: all of it, or what came before a call-back, or the call-back."""

    id: str
    sessions: list[Session]
    begins: datetime
    callback_of: str | None = None
    asked_back: bool = False


class Reader:
    """Takes one conversation after another."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered, self.hide, self.read_n = gathered, hider(gathered.con, gathered.setting), 0

    def take(self, record: Record) -> None:
        """Rows of the conversation, or Unreadable."""
        said: Json = record.value
        key = text(said, "conversationId")
        begins = moment(said, "conversationStart", key)
        spoken = list(sessions(said))
        if not key or begins is None or not spoken:
            field = "conversationId" if not key else "conversationStart" if begins is None else "participants"
            raise Unreadable(field, Text("sources.row.empty", "“%(field)s” is needed and empty here.", {"field": field}), key)
        rows = [(told, self._visits(told), self._parts(told, said)) for told in _contacts(key, begins, spoken)]
        for told, visits, parts in rows:
            for table, found in (("visit", visits), ("part", parts)):
                for row in found:
                    self.gathered.add(table, record, conversation=told.id, **row)
            self.gathered.add("conversation", record, **self._contact(told, said))
        self.read_n += 1

    def _visits(self, told: Told) -> list[dict[str, Any]]:
        visits = [_visit(one) for one in told.sessions if one.purpose == "acd" and one.queue and one.first()]
        visits.sort(key=lambda visit: visit["entered"])
        if told.asked_back and visits:
            visits[-1]["ended_as"] = "callback_requested"
        return visits

    def _parts(self, told: Told, said: Json) -> list[dict[str, Any]]:
        over = bool(said.get("conversationEnd"))
        spoken = [one for one in told.sessions if one.purpose in agents]
        queues = {one.user: one.queue for one in spoken if one.medium == "callback"}
        parts = [part for one in spoken if one.medium != "callback" and (part := _part(one, over))]
        for part in parts:
            part["queue"] = part["queue"] or queues.get(part["agent"])  # the call itself may not name the queue of which it was asked for
        for one in spoken:
            if one.medium == "callback":
                _add_after_work(parts, one, over)
        return parts

    def _contact(self, told: Told, said: Json) -> dict[str, Any]:
        customer = next((one for one in sessions(said) if one.purpose in customers), None)
        wrapped = [one for session in told.sessions for one in session.of("wrapup") if text(one, "wrapUpCode") not in (None, *no_code)]
        inbound = text(said, "originatingDirection") != "outbound"
        internal = all(one.purpose in (*agents, "voicemail") for one in told.sessions)
        callback = any(one.callback for one in told.sessions)
        return {
            "id": told.id,
            "channel": "callback" if callback else channels[(customer or told.sessions[0]).medium],
            "direction": "internal" if internal else "inbound" if inbound or told.callback_of else "outbound",
            "customer": self.hide(_address(customer)),
            "reason": text(wrapped[-1], "wrapUpCode") if wrapped else None,
            "callback_of": told.callback_of,
            "begins": told.begins,
            "menu": told.begins if inbound and not internal and not callback else None,
            "ends": max((at for one in told.sessions if (at := one.ended)), default=None) if told.asked_back else moment(said, "conversationEnd", told.id),
            "changed": max(_moments_in(said), default=None),
            "wrapped": moment(wrapped[-1], "segmentEnd", told.id) if wrapped else None,
            "left_by_customer": customer is not None and customer.end in ("endpoint", "client"),
        }


def _contacts(key: str, begins: datetime, spoken: list[Session]) -> list[Told]:
    """Whoever is called back has waited in a call before: then the conversation is two contacts, and whatever begins later is the call-back's."""
    asked = min((at for one in spoken if one.callback and (at := one.first())), default=_never)
    before = [one for one in spoken if not one.callback and (one.first() or begins) < asked]
    if not any(one.callback for one in spoken) or not any(one.purpose == "acd" for one in before):
        return [Told(key, spoken, begins)]
    back = [one for one in spoken if one not in before]
    return [Told(key, before, begins, asked_back=True), Told(f"{key}#callback", back, asked, callback_of=key)]


def _visit(one: Session) -> dict[str, Any]:
    """`ended_as` where the metrics say it; `otherwise` is how it ended if no agent answered."""
    left = one.ended
    certain = "abandoned" if one.metric("tAbandon") is not None else "overflowed" if one.metric("tFlowOut") is not None else None
    gone = {"peer": "abandoned", "endpoint": "abandoned", "client": "abandoned", "error": "technical", "transportFailure": "technical"}
    entered = one.first()
    waited = one.metric("tAcd", "tAbandon", "tFlowOut")
    return {
        "id": one.id,
        "queue": one.queue,
        "ended_as": certain,
        "otherwise": gone.get(one.end or "", "overflowed") if left else None,
        "entered": entered,
        "left_at": left,
        "waited": waited if waited is not None or not left or not entered else (left - entered).total_seconds(),
    }


def _part(one: Session, over: bool) -> dict[str, Any] | None:
    """An agent's session, None where somebody only listened in. A metric that is not there counts nought once all is over."""
    if all(segment.get("segmentType") in listening for segment in one.segments):
        return None
    ended, started, alerted = one.ended, one.first("interact", "hold"), one.first("alert", "dialing", "contacting", "delay")
    ring = one.metric("tAlert")
    if ring is None and alerted and (started or ended):
        ring = max(0.0, ((started or ended) - alerted).total_seconds())  # type: ignore[operator]  # one of the two is there
    answered = started is not None
    return {
        "id": one.id,
        "agent": one.user,
        "queue": one.queue,
        "end_kind": ends.get(one.end or "") if answered else None,
        "answered": answered,
        "alerted": alerted,
        "started": started if answered else alerted,
        "ended": ended,
        "ring": ring,
        "talk": _length(one, ("tTalkComplete", "tTalk"), "interact", ended is not None) if answered else None,
        "hold": _length(one, ("tHeldComplete", "tHeld"), "hold", ended is not None) if answered else None,
        "acw": _length(one, ("tAcw",), "wrapup", over) if answered else None,
    }


def _add_after_work(parts: list[dict[str, Any]], callback: Session, over: bool) -> None:
    """What an agent does after calling back is told of the call-back; it belongs to the last call in which the customer was reached."""
    mine = [part for part in parts if part["agent"] == callback.user and part["answered"]]
    if mine and not mine[-1]["acw"] and (acw := _length(callback, ("tAcw",), "wrapup", over)) is not None:
        mine[-1]["acw"] = acw
        mine[-1]["ended"] = max(filter(None, (mine[-1]["ended"], callback.ended)), default=None)


def _length(one: Session, metrics: tuple[str, ...], segment: str, over: bool) -> float | None:
    """As the metric states it, else by the clocks of its segments, else nought when it is over."""
    stated = one.metric(*metrics)
    if stated is not None:
        return stated
    spans = [(moment(part, "segmentStart", one.id), moment(part, "segmentEnd", one.id)) for part in one.of(segment)]
    if any(start is None or end is None for start, end in spans):
        return None
    return sum((end - start).total_seconds() for start, end in spans if start and end) if spans or over else None


def _address(customer: Session | None) -> str | None:
    """Whose number or address it is, without what only says its kind; of who was called or written to, where it went."""
    if customer is None:
        return None
    called = ("dnis", "addressTo") if text(customer.said, "direction") == "outbound" else ()
    said = next((found for name in (*called, "ani", "addressFrom", "addressSelf") if (found := text(customer.said, name))), None)
    bare = (said or "").removeprefix("tel:").removeprefix("sip:")
    return None if bare.lower() in ("", "anonymous", "unknown", "notavailable.org") else bare


def _moments_in(value: object) -> Iterator[datetime]:
    """Every moment that the conversation tells of: the version with the latest is the newest."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and name in ("conversationStart", "conversationEnd", "segmentStart", "segmentEnd", "emitDate"):
                found = read_moment(inner)
                yield from [found] if found else []
            else:
                yield from _moments_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _moments_in(inner)
