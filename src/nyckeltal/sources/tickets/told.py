"""What a ticket system tells, typed; gathered into the tables `ticket`, `ticket_message`, `ticket_change`, `ticket_rating` and `ticket_name`."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from nyckeltal.contacts.model.kinds import Channel, Direction
from nyckeltal.contacts.model.voice import SurveyMeasure
from nyckeltal.errors import BadMapping
from nyckeltal.sources.cells import quote
from nyckeltal.sources.documents import documents
from nyckeltal.sources.gathered import Gathered, Record, Unreadable, hider
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.when import clock
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

log = logging.getLogger(__name__)
Meaning = TypeVar("Meaning")
Status = Literal["new", "open", "pending", "hold", "solved", "closed"]


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A ticket as it stands. `came_by` and `priority` are the system's own words; a stated number goes before what the changes tell."""

    ticket_id: str
    opened_at: datetime
    status: Status | None = None
    changed_at: datetime | None = None
    came_by: str | None = None
    channel: Channel | None = None  # None: the case counts, and its contacts are set aside
    direction: Direction = "inbound"
    client_id: str | None = None
    customer: str | None = None  # hidden on the way
    queue_id: str | None = None
    agent_id: str | None = None
    opened_by: str | None = None
    reason_id: str | None = None
    reason_type: str | None = None
    priority: str | None = None
    language: str | None = None
    tier: int | None = None
    replied_at: datetime | None = None  # first reply, where messages are not told
    resolved_at: datetime | None = None
    locked_at: datetime | None = None
    in_time: bool | None = None
    reopened_n: int | None = None
    handovers_n: int | None = None
    on_hold_s: float | None = None
    worked_s: float | None = None  # by the agent who has it, where that is not told message by message
    reference: str | None = None  # what the system in which the customer first came calls that contact, such as the number of a call
    is_test: bool = False
    gone: str | None = None  # why it counts nowhere
    all_messages: bool = False  # every message and change that it has is told in the same file: what the store has besides was taken out
    all_ratings: bool = False


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message; `public` false is a note among colleagues, `is_auto` was sent by a machine."""

    ticket_id: str
    message_id: str
    sent_at: datetime
    author: Literal["customer", "agent", "bot", "system"]
    agent_id: str | None = None
    public: bool = True
    is_auto: bool = False
    channel: Channel | None = None  # where it is not the ticket's
    session: str | None = None  # of a live conversation
    worked_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change of status (in our words), queue or agent, or of something else that is only counted.

    `value` None is nobody, `was` what stood before, where the system says it."""

    ticket_id: str
    made_at: datetime
    what: Literal["status", "queue", "agent", "other"]
    value: str | None
    was: str | None = None
    made_by: str | None = None  # the agent who made it


@dataclass(frozen=True, kw_only=True)
class Rating:
    """A customer asked about a ticket, and the answer if there is one; on `yes_no` satisfied is 1."""

    ticket_id: str
    rating_id: str
    question_id: str
    scale: Literal["0_10", "1_10", "1_5", "1_7", "yes_no", "text"]
    measure: SurveyMeasure = "csat"
    value: float | None = None
    text: str | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    agent_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Named:
    """What a group or an agent is called, for those whom nobody has described here."""

    kind: Literal["queue", "agent"]
    id: str
    name: str


Told = Ticket | Message | Change | Rating | Named
_TYPES = {"text": "VARCHAR", "moment": "TIMESTAMPTZ", "seconds": "DOUBLE", "count": "BIGINT", "flag": "BOOLEAN"}
_UNSAID = {**dict.fromkeys(("is_test", "is_auto", "all_messages", "all_ratings"), "false"), "direction": "'inbound'", "public": "true"}
_OF_TICKET = ("ticket_id", "conversation_id", "conversationId", "o_id", "number", "key", "id")  # under what a record names its ticket, or itself
no_number = Text("sources.ticket.no_number", "There is no number of a ticket here.")
_no_list = Text("sources.ticket.no_list", "This document has none of: %(known)s.")
_no_json = Text("sources.json.none", "This is no JSON, or it ends too early.")
TABLE_OF: Mapping[type[Told], str] = {
    Ticket: "ticket",
    Message: "ticket_message",
    Change: "ticket_change",
    Rating: "ticket_rating",
    Named: "ticket_name",
}
_KINDS = {"datetime": "moment", "float": "seconds", "int": "count", "bool": "flag"}


def _columns(noun: type[Told]) -> dict[str, str]:
    """The columns of a noun by kind; `place` keeps the order in which things were told."""
    named = {("customer_key" if one.name == "customer" else one.name): _KINDS.get(str(one.type).split(" ")[0], "text") for one in fields(noun)}
    return {**named, "place": "count"}


COLUMNS = {table: _columns(noun) for noun, table in TABLE_OF.items()}


@dataclass(frozen=True)
class Kept(Record):
    """A record with what of it may be kept."""

    original: str = ""


@dataclass
class Tickets(Gathered):
    """Gathers what documents tell; `finish` makes the facts of it."""

    place: int = field(default=0, init=False)
    pardoned: int = field(default=0, init=False)  # records set aside for a reason that says nothing against the rest of their document
    handovers_told: bool = field(default=True, init=False)  # False: the system never says who had it before, so nobody knows of transfers
    incomplete: set[str] = field(default_factory=set, init=False)  # tickets of which something could not be read; files, where nobody knows of which
    _asked_whole: dict[str, set[tuple[str, str]]] = field(default_factory=dict, init=False)
    _taken: list[tuple[str, str]] = field(default_factory=list, init=False)
    _later: list[tuple[str, str, Text]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._hide = hider(self.con, self.setting)

    @staticmethod
    def of(con: duckdb.DuckDBPyConnection, setting: Setting, name: str) -> Tickets:
        """An empty collection for a system's load."""
        return Tickets(con, setting, name, COLUMNS)

    def documents(self, files: Sequence[Path], lists: Mapping[str, Sequence[str]], also: Sequence[str] = ()) -> Iterator[tuple[str, Kept]]:
        """(name of the list, record) of every item in the named lists of each document, in the order in which `lists` names them; a document that is
        itself a list is the first one.

        Of a record that is set aside only the fields named there are kept: what customers wrote is nobody's business. A document with none of the lists,
        nor of those in `also`, is none of the system's.
        """
        for at, file in enumerate(files):
            self.setting.tell("read", at, len(files))
            read, refused = self.counted.read, self.counted.refused.total() - self.pardoned
            for document in documents(file):
                if document.broken is not None:
                    self.refuse(self.record(file, document.line, None, ()), "", _no_json)
                    continue
                self.note_whole(file, document.value)
                value = in_lists(document.value, lists)
                if not any(name in value for name in (*lists, *also)):
                    self.refuse(self.record(file, document.line, None, ()), "", Text(_no_list.id, _no_list.english, {"known": ", ".join(lists)}))
                for name, kept in lists.items():
                    items = value.get(name)
                    for item in [items] if isinstance(items, dict) else items if isinstance(items, list) else ():
                        yield name, self.record(file, self.counted.read - read + 1, item, kept)
            if self.counted.read > read:
                self.judge(file, self.counted.read - read, self.counted.refused.total() - self.pardoned - refused)

    def record(self, file: Path, line: int, value: Any, kept: Sequence[str]) -> Kept:
        """A record of its own, of which only `kept` is ever written down."""
        self.n += 1
        self.counted.read += 1
        shown = {name: value[name] for name in kept if name in value} if isinstance(value, dict) else {}
        original = json.dumps(shown, ensure_ascii=False, default=str)
        self._tables["record"].add({"n": self.n, "file": file.name, "line": line, "original": original})
        return Kept(self.n, file.name, line, value if isinstance(value, dict) else {}, original)

    def refuse(self, record: Record, field: str, text: Text, source_id: str | None = None, original: str | None = None, fact: str | None = None) -> None:
        """Set the record aside, with the reason; its ticket is not told whole then."""
        said = {known(record.value.get(name)) for name in _OF_TICKET} - {None} if isinstance(record.value, dict) else set()
        self.incomplete |= {str(one) for one in said} or {record.file}
        super().refuse(record, field, text, source_id, record.original if isinstance(record, Kept) else original, fact)

    def tell(self, record: Record, told: Told) -> None:
        """Take in what the record tells."""
        row = {one.name: getattr(told, one.name) for one in fields(told)}
        if isinstance(told, Ticket):
            row["opened_by"] = told.opened_by if told.opened_by != told.customer else None
            row["customer_key"] = self._hide(row.pop("customer"))
            row["all_messages"] = told.all_messages or (record.file, told.ticket_id) in self._asked_whole.get("messages", ())
            row["all_ratings"] = told.all_ratings or (record.file, told.ticket_id) in self._asked_whole.get("ratings", ())
            row["reference"] = found_under(self.reference_field, record.value) if self.reference_field else told.reference
        self.place += 1
        self.add(TABLE_OF[type(told)], record, **row, place=self.place)

    def note_whole(self, file: Path, document: Any) -> None:
        """A page of ours says of which tickets all messages and all ratings were asked for: `"whole": {"messages": [ids], "ratings": [ids]}`."""
        said = document.get("whole") if isinstance(document, dict) else None
        for what, tickets in said.items() if isinstance(said, dict) else ():
            self._asked_whole.setdefault(what, set()).update((file.name, str(ticket)) for ticket in tickets)

    @property
    def reference_field(self) -> str:
        """Where a person says that tickets carry the number of the call: [fact] reference in a mapping, parts of its path with points between."""
        return str(self.setting.told.get("fact", {}).get("reference") or "")

    def ways(self, known_ways: Mapping[str, Channel]) -> dict[str, Channel]:
        """What each way to us is: as everybody knows it, and as the mapping's [channels] says, where "" is a ticket of which no way is told."""
        said: dict[str, Channel] = {same_word(name) or "": channel for name, channel in self.setting.told.get("channels", {}).items()}
        return {**known_ways, **said}

    def channel(self, came_by: str | None, known_ways: Mapping[str, Channel]) -> Channel | None:
        """The channel behind a system's word; None where nobody has said."""
        return self.ways(known_ways).get(same_word(came_by) or "")

    def channel_sql(self, word_sql: str, known_ways: Mapping[str, Channel]) -> str:
        """The same of a column, whose words are as `same_word` writes them."""
        cases = " ".join(f"WHEN {quote(way)} THEN {quote(channel)}" for way, channel in self.ways(known_ways).items())
        return f"CASE coalesce({word_sql}, '') {cases} END"

    def take(self, table: str, relation: str, columns: Mapping[str, str]) -> None:
        """Take in a whole relation at once: `columns` has SQL over it for the columns that it tells. For tables with millions of rows."""
        kinds = {"n": "count", **self.columns.get(table, {"file": "text", "line": "count", "original": "text"})}
        listed = ", ".join(f"({columns.get(name, _UNSAID.get(name, 'NULL'))})::{_TYPES[kind]} AS {name}" for name, kind in kinds.items())
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE taken_{table}_{len(self._taken)} AS SELECT {listed} FROM {relation}")
        self._taken.append((table, f"taken_{table}_{len(self._taken)}"))

    def set_aside_later(self, relation: str, field: str, said: Text) -> int:
        """How many rows of the relation (n, id, value) `finish` will set aside."""
        name = f"later_{len(self._later)}"
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {relation}")
        self._later.append((name, field, said))
        [n] = self.con.execute(f"SELECT count(*) FROM {name}").fetchone() or (0,)
        return int(n)

    def finish(self) -> Reading:
        """The facts of everything told."""
        from nyckeltal.sources.tickets.aside import set_aside
        from nyckeltal.sources.tickets.rows import make

        self.close()
        for table in {name for name, _ in self._taken}:
            gathered = self.setting.folder / f"{self.name}-{table}.parquet"
            parts = [f"FROM read_parquet('{gathered}')", *(f"FROM {taken}" for name, taken in self._taken if name == table)]
            self.con.execute(f"CREATE OR REPLACE TEMP VIEW {table} AS {' UNION ALL BY NAME '.join(parts)}")
        for relation, name, said in self._later:
            set_aside(self, self.name, relation, name, said, counted_before=True)
        make(self, self.handovers_told)
        if self.reference_field and not self.con.execute("SELECT 1 FROM ticket WHERE reference IS NOT NULL LIMIT 1").fetchone():
            self.reading.warnings.append(Text(_no_reference.id, _no_reference.english, {"field": self.reference_field}))
        return self.reading


@contextmanager
def readable(record: Kept) -> Iterator[None]:
    """A record that is built otherwise than its kind is cannot be read: it is set aside, and the others are taken in."""
    try:
        yield
    except (AttributeError, TypeError, KeyError, IndexError) as odd:
        log.info("A record of %s was set aside at line %s; if it is as documented, the fault is ours", record.file, record.line, exc_info=True)
        raise Unreadable("", Text("sources.cell.text", "“%(value)s” cannot be read.", {"value": record.original})) from odd


def found_under(path: str, value: Any) -> str | None:
    """What stands in a record under names one below the other; in a list of own fields under the one of that name or id."""
    for name in path.split("."):
        if isinstance(value, list):
            value = next((one for one in value if isinstance(one, dict) and name in (str(one.get("id")), str(one.get("name")))), None)
        value = value.get(name, value.get("value")) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value = value.get("value", value.get("display_value"))
    return known(value) if isinstance(value, (str, int, float)) else None


def in_lists(value: Any, lists: Mapping[str, Sequence[str]]) -> Mapping[str, Any]:
    """A document with its lists; one that is itself a list, or an item as some exports write line by line, is of the first one."""
    first, fields_of_it = next(iter(lists.items()))
    if not isinstance(value, dict):
        return {first: value}
    alone = all(name in value for name in fields_of_it) and not any(name in value for name in lists)
    return {first: [value]} if alone else value


# ── reading values ──


def known(value: Any) -> str | None:
    """Text without white space around it; None where nothing is left."""
    return (str(value).strip() or None) if value is not None else None


def moment(value: Any, field_name: str, zone: str | None = None, needed: bool = False) -> datetime | None:
    """An ISO moment, or seconds since 1970; one without an offset is on the zone's clock."""
    said = known(value)
    if said is None:
        if needed:
            raise Unreadable(field_name, Text("sources.row.empty", "“%(field)s” is needed and empty here.", {"field": field_name}))
        return None
    try:
        found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=float(said)) if _is_epoch(value, said) else datetime.fromisoformat(said)
    except (ValueError, OverflowError):
        raise Unreadable(field_name, Text("sources.ticket.no_moment", "“%(value)s” is no date with a time.", {"value": said})) from None
    if found.tzinfo is None:
        found = clock.place(found, zone).moment if zone else found.replace(tzinfo=UTC)
    return found.astimezone(UTC)


def _is_epoch(value: Any, said: str) -> bool:
    return not isinstance(value, bool) and (isinstance(value, (int, float)) or (said.isdigit() and len(said) in (9, 10)))


def same_word(value: Any) -> str | None:
    """A word of a system without case, and with one sign between its parts: "On-Hold" is "on hold"."""
    said = known(value)
    return " ".join(said.casefold().replace("_", " ").replace("-", " ").split()) if said else None


_no_reference = Text("sources.ticket.no_reference", "No ticket has anything under “%(field)s”, which [fact] reference names.")
_no_status = {
    "states": Text("sources.ticket.states", "“%(value)s” is none of: %(known)s. Say under [states] which of these “%(name)s” is."),
    "statuses": Text("sources.ticket.statuses", "“%(value)s” is none of: %(known)s. Say under [statuses] which of these “%(name)s” is."),
}


def statuses(told: Mapping[str, Any], table: Literal["states", "statuses"], usual: Mapping[str, Status]) -> dict[str, Status]:
    """What each status means: as everybody knows it, and those of one's own as a person said it in the mapping."""
    own: dict[str, Status] = {}
    for name, meant in told.get(table, {}).items():
        if meant not in get_args(Status):
            text = _no_status[table]
            raise BadMapping(Text(text.id, text.english, {"value": str(meant), "known": ", ".join(get_args(Status)), "name": str(name)}))
        own[str(same_word(name))] = meant
    return {**usual, **own}


def word(value: Any, field_name: str, meanings: Mapping[str, Meaning]) -> Meaning | None:
    """What a system's word means here (`meanings` by `same_word`); one that nobody has explained is never guessed."""
    said = same_word(value)
    if said is not None and said not in meanings:
        english = "Nobody has said what “%(value)s” means. There is: %(known)s."
        raise Unreadable(field_name, Text("sources.ticket.no_word", english, {"value": str(value), "known": ", ".join(meanings)}))
    return meanings[said] if said is not None else None


def whole(value: Any, field_name: str) -> int | None:
    """A whole number."""
    found = number(value, field_name)
    if found is not None and found != int(found):
        raise Unreadable(field_name, Text("sources.cell.count", "“%(value)s” is no whole number.", {"value": str(value)}))
    return None if found is None else int(found)


def number(value: Any, field_name: str) -> float | None:
    """A finite number."""
    said = known(value)
    if said is None:
        return None
    try:
        found = float(said)
    except ValueError:
        found = float("nan")
    if not abs(found) < float("inf"):
        raise Unreadable(field_name, Text("sources.cell.number", "“%(value)s” is no number.", {"value": said}))
    return found
