"""What can be said about each fact: its words, the facts it links to, its place in time, and the dimensions it may be asked by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.where import Word
from nyckeltal.when.period import Grain

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS = tuple(name for name, table in TABLES.items() if table.family == "fact")
COUNTED = (*FACTS, "agent")  # what a KPI may count: facts, and those who left

_CONTACT = {"contact": ("contact", "contact_id")}
_AGENT = {"agent": ("agent", "agent_id")}
_CLIENT = {"client": ("client", "client_id")}
_QUEUE = {"queue": ("queue", "queue_id")}
_REASON = {"reason": ("reason", "contact.reason_id")}  # reasons stand on the contact alone
_WITH_CONTACT = _CONTACT | _QUEUE | _CLIENT | _REASON
_TEAM = {"team": ("team", "team_id")}

# a link's name = the table it leads to, and the word that holds that table's key
LINKS: dict[str, dict[str, tuple[str, str]]] = {
    "contact": {"reason": ("reason", "reason_id"), **_QUEUE, **_CLIENT, "case": ("case", "case_id")},
    "queue_visit": _WITH_CONTACT,
    "segment": {**_CONTACT, "queue_visit": ("queue_visit", "visit_id"), **_AGENT, **_QUEUE, **_CLIENT, **_REASON},
    "case": {"reason": ("reason", "reason_id"), **_CLIENT},
    "agent_state": _AGENT | _QUEUE | _CLIENT,
    "survey_invitation": _CONTACT | _AGENT | _CLIENT,
    "survey_response": {"question": ("question", "question_id"), "invitation": ("survey_invitation", "invitation_id"), **_WITH_CONTACT},
    "interview": {"invitation": ("survey_invitation", "invitation_id"), **_AGENT, **_WITH_CONTACT},
    "promise": {"agreement": ("agreement", "agreement_id"), **_CLIENT},
    "message": _CONTACT | _AGENT | _REASON,
    "schedule_shift": _AGENT,
    "shift_part": _AGENT,
    "forecast": _QUEUE | _CLIENT,
    "summary": _QUEUE | _CLIENT,
    "outage": {},
    "qa_evaluation": {"segment": ("segment", "segment_id"), **_AGENT, **_WITH_CONTACT},
    "qa_answer": {"evaluation": ("qa_evaluation", "evaluation_id")},
    "qa_item": {"evaluation": ("qa_evaluation", "evaluation_id"), **_CONTACT, **_AGENT, **_CLIENT, **_REASON},
    "sale": _AGENT | _WITH_CONTACT,
    "retention_case": _AGENT | _WITH_CONTACT,
    "order": _AGENT | _CONTACT | _CLIENT | _REASON,
    "complaint": _WITH_CONTACT,
    "customer_base_month": _CLIENT,
    "finance_month": _CLIENT | _TEAM,
    "absence": _AGENT,
    "feedback_talk": _AGENT,
    "employee_response": {"question": ("question", "question_id"), **_TEAM},
    "report_task": _CLIENT | _TEAM,
    "agent_day": _AGENT,
    "agent_month": _AGENT,
    "agent": {},
}

# words of the contact that its parts carry themselves, so that no join is needed for them
COPIED = {
    "queue_visit": ("client_id", "channel", "direction", "is_test", "reason_level2_id"),
    "segment": ("client_id", "channel", "direction", "is_test", "reason_level2_id"),
    "survey_response": ("client_id", "direction", "is_test"),
    "survey_invitation": ("client_id", "direction", "is_test"),
}

# words whose gaps another column fills: the loaded one stays as the file gave it, so that the next file can be compared with it
_FILLED = {"contact": {"wait_s": "waited_s", "outcome": "ended_as"}, "queue_visit": {"wait_s": "waited_s"}}


def filling(over: str, word: str) -> str | None:
    """The column that fills the gaps of a word; it says what the word says wherever that says something."""
    return _FILLED.get(over, {}).get(word)


@dataclass(frozen=True)
class Place:
    """The columns that place a row: its moment, its local day, minute of the day, and offset to UTC (None where days are all there is)."""

    moment: str
    day: str
    minute: str | None
    offset_s: str | None


_PLACES = {
    ("contact", "reply_due_at"): Place("reply_due_at", "reply_due_date", "reply_due_minute", "reply_due_offset_s"),
    ("case", "opened_at"): Place("opened_at", "opened_date", "opened_minute", "opened_offset_s"),
    ("case", "closed_at"): Place("closed_at", "closed_date", "closed_minute", "closed_offset_s"),
    ("promise", "period_ended_on"): Place("period_ended_on", "period_ended_on", None, None),
    ("customer_base_month", "month_start"): Place("month_start", "month_start", None, None),
    ("finance_month", "month_start"): Place("month_start", "month_start", None, None),
    ("agent_month", "month_start"): Place("month_start", "month_start", None, None),
    ("agent_day", "day"): Place("day", "day", None, None),
    ("employee_response", "week"): Place("week", "week", None, None),
    ("report_task", "due_on"): Place("due_on", "due_on", None, None),
    ("report_task", "delivered_on"): Place("delivered_on", "delivered_on", None, None),
    ("agent", "left_on"): Place("left_on", "left_on", None, None),
    ("agent", "hired_on"): Place("hired_on", "hired_on", None, None),
}
_USUAL_PLACE = {"agent": "left_on"}  # of those who are no fact
_KEPT_BY = {"customer_base_month": Grain.MONTH, "finance_month": Grain.MONTH, "agent_month": Grain.MONTH, "employee_response": Grain.WEEK}
_FINER = (Grain.INTERVAL, Grain.HOUR, Grain.DAY, Grain.WEEK)


def place(over: str, date: str | None = None) -> Place | None:
    """How a fact stands in time by one of its columns; None where no local day is kept for that column."""
    table = TABLES[over]
    usual = table.placed_by or _USUAL_PLACE.get(over)
    column = date or usual
    if (over, column) in _PLACES:
        return _PLACES[over, column or ""]
    if column != usual or "local_date" not in table:
        return None
    minute, offset = ("local_minute", "utc_offset_s") if "local_minute" in table else (None, None)
    return Place(usual or "local_date", "local_date", minute, offset)


def kept_by(over: str) -> Grain | None:
    """The grain that rows of a fact stand for, where that is coarser than a day: nothing finer can be asked."""
    return _KEPT_BY.get(over)


def too_fine(over: str, grain: Grain) -> bool:
    """Whether a grain cuts what the fact's rows stand for."""
    kept = kept_by(over)
    return kept is not None and grain in _FINER[: 4 if kept is Grain.MONTH else 3]


def dates(over: str) -> tuple[str, ...]:
    """The columns by which a fact can be placed."""
    return tuple(column.name for column in TABLES[over].columns if place(over, column.name))


@cache
def words(over: str) -> Mapping[str, Word]:
    """Every word a condition over this fact may use: its own, its own behind the fact's name, and those of linked facts."""
    own = _columns(over)
    linked = {f"{link}.{name}": word for link, (table, _) in LINKS[over].items() for name, word in _columns(table).items()}
    return MappingProxyType({**linked, **{f"{over}.{name}": word for name, word in own.items()}, **own})


def plain(over: str, word: str) -> str:
    """The shortest way to a word: `contact.channel` is `channel` on a contact, and on a visit, which carries it."""
    link, dot, name = word.partition(".")
    if dot and (link == over or (link == "contact" and name in COPIED.get(over, ()))):
        return name
    return word


def _columns(table: str) -> dict[str, Word]:
    return {column.name: Word(column.kind, column.choices) for column in TABLES[table].columns}


# ── what tells single persons or rows apart ──

# the ids, lists and texts by which many rows are alike; any other one, also one that the model gets later, names a person or a single row
_OF_MANY = frozenset(
    {
        "client_id", "queue_id", "target_queue_id", "team_id", "site_id", "scope_id", "agreement_id", "calendar_id", "parent_unit", "parent_id",
        "reason_id", "reason_level2_id", "question_id", "survey_id", "wave_id", "form_version_id", "item_id", "measure", "queue_ids", "client_ids", "kpi_ids",
        "languages", "marks", "flags", "language", "reason_type", "zone", "tz", "taken", "channel", "came_by", "priority", "replacement_reason", "value",
        "scale", "currency", "cost_scope", "state_class", "state", "exception", "profile", "name", "skill", "variant", "label", "responsible_area",
    }
)  # fmt: skip
_OF_ROWS = frozenset({*(TABLES[fact].key for fact in FACTS), "callback_of", "same_as", "told_contact_id"})


def tells_apart(over: str, word: str) -> bool:
    """Whether single persons or single rows are told apart by this word of a fact."""
    kind, (link, _, name) = getattr(words(over).get(word), "kind", None), word.rpartition(".")
    return kind == "hash" or (kind in ("id", "ids", "text") and name not in _OF_MANY) or (kind == "date" and (link or over) == "agent")


def tells_persons(over: str, word: str) -> bool:
    """Whether it tells who somebody is, customer or colleague: all that tells apart but the ids of rows."""
    return tells_apart(over, word) and word.rpartition(".")[2] not in _OF_ROWS


# by which colleagues are alike: what is said of an agent, and what the contract says of days and months of work
_OF_COLLEAGUES = {"agent": ("languages", "site_id", "tz"), "agent_day": ("profile", "contracted_h"), "agent_month": ("in_service",)}


def tells_of_colleagues(over: str, word: str) -> bool:
    """Whether colleagues are alike by this word, so that a group may be one of them alone."""
    link, _, name = plain(over, word).rpartition(".")
    return name in _OF_COLLEAGUES.get(link or over, ())


# ── dimensions ──

DIMENSIONS: dict[str, Word] = {
    "client": Word("id"),
    "queue": Word("id"),
    "channel": Word("choice", TABLES["contact"]["channel"].choices),
    "direction": Word("choice", TABLES["contact"]["direction"].choices),
    "language": Word("text"),
    "site": Word("id"),
    "team": Word("id"),
    "leader": Word("id"),
    "agent": Word("id"),
    "tenure": Word("choice", ("0-3", "3-6", "6-12", "12+")),
    "outcome": Word("choice", TABLES["contact"]["outcome"].choices),
    "reason1": Word("id"),
    "reason2": Word("id"),
    "reason3": Word("id"),
    "area": Word("text"),
    "demand": Word("choice", TABLES["reason"]["demand_type"].choices),
    "weekday": Word("count"),
    "hour": Word("count"),
    "repeat": Word("flag"),
    "scale": Word("choice", TABLES["survey_response"]["scale"].choices),
    "currency": Word("text"),
    "form": Word("id"),
    "item": Word("id"),
}

# asked by several levels at once: agent before team before queue
LEVELS = ("agent", "team", "queue")
_LEVEL = {"agent": "agent", "tenure": "agent", "team": "team", "leader": "team", "site": "team", "queue": "queue"}
_LEVEL_WORDS = {"agent_id": "agent", "first_agent_id": "agent", "queue_id": "queue", "team_id": "team", "leader_id": "team"}
_DIRECT = {
    "client": "client_id",
    "queue": "queue_id",
    "channel": "channel",
    "direction": "direction",
    "language": "language",
    "outcome": "outcome",
    "scale": "scale",
    "currency": "currency",
    "form": "form_version_id",
    "item": "item_id",
}
_OF_TEAMS = {"team": "team_id", "leader": "leader_id"}  # where a row names its team itself
_REASONS = ("reason1", "reason2", "reason3", "area", "demand")
_THROUGH_AGENT = ("site", "team", "leader", "agent", "tenure")
GROUPS_OF_AGENTS = frozenset({"team", "leader", "site", "tenure"})
TEAM_LISTS = {"queue_id": "queue_ids", "client_id": "client_ids"}  # credit by these: what a team answers for


def level_of(mentioned: frozenset[str]) -> str | None:
    """The level that dimensions and words ask about, if any."""
    asked = {_LEVEL.get(name) or _LEVEL_WORDS.get(name.partition(".")[2] or name) for name in mentioned}
    return next((level for level in LEVELS if level in asked), None)


def usual_credit(over: str) -> str | None:
    """The column through which a row belongs to an agent, unless a file says otherwise."""
    return "agent_id" if "agent_id" in TABLES[over] else None


def dimension_word(over: str, dimension: str) -> str | None:
    """The word that a dimension simply is on this fact; None where it is more than a word, or the fact does not have it."""
    if dimension in _OF_TEAMS:
        return _OF_TEAMS[dimension] if names_its_team(over) and _OF_TEAMS[dimension] in TABLES[over] else None
    return _reach(over, _DIRECT[dimension]) if dimension in _DIRECT else None


def naming_word(over: str, dimension: str, credit: str | None) -> str | None:
    """The column without which nobody knows which value of a dimension a row has: the id that leads there, where it is more than a word."""
    if dimension in _THROUGH_AGENT and not (dimension in _OF_TEAMS and names_its_team(over)):
        return credit
    word = reason_word(over) if dimension in _REASONS else dimension_word(over, dimension)
    link, dot, _ = (word or "").partition(".")
    return LINKS[over][link][1] if dot else word


def names_its_team(over: str) -> bool:
    """Whether rows belong to a team by themselves, not through who worked."""
    return over in FACTS and "team_id" in TABLES[over]


def reason_word(over: str) -> str | None:
    """The word that holds the reason of a row."""
    return _reach(over, "reason_id")


def matter_word(over: str) -> str | None:
    """The word that holds the reason's level 2, where every load keeps it with the rows."""
    return "reason_level2_id" if over == "contact" or "reason_level2_id" in COPIED.get(over, ()) else None


def repeat_word(over: str) -> str | None:
    """The word that says how long before the customer had been here."""
    return _reach(over, "previous_handled_after_s")


def _reach(over: str, column: str) -> str | None:
    if column in TABLES[over]:
        return column
    return f"contact.{column}" if "contact" in LINKS[over] and column in TABLES["contact"] else None


def dimensions(over: str, credit: str | None, placed: Place) -> dict[str, Word]:
    """The dimensions that rows of this fact have when they are credited so."""
    having = {name for name in (*_DIRECT, *_OF_TEAMS) if dimension_word(over, name)}
    having |= set(_REASONS) if reason_word(over) else set()
    having |= {"weekday", "hour"} if placed.minute else {"weekday"} if kept_by(over) is None else set()
    having |= {"repeat"} if repeat_word(over) else set()
    if credit:
        having |= {"team", "leader"} if credit in TEAM_LISTS else set(_THROUGH_AGENT)
    return {name: _as_kept(over, name, word) for name, word in DIMENSIONS.items() if name in having}


def _as_kept(over: str, dimension: str, word: Word) -> Word:
    """A dimension with the values that this fact has of it: an outcome of a request to leave is none of a contact."""
    own = _DIRECT.get(dimension)
    return Word(word.kind, TABLES[over][own].choices) if own and word.choices and own in TABLES[over] else word
