"""Which fact a table tells, judged by its headers: a table of answers is not a table of contacts, although both have an id and a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources import called
from nyckeltal.sources import columns as known
from nyckeltal.sources.columns import everywhere
from nyckeltal.sources.mapping import KINDS
from nyckeltal.sources.meanings import known_values

if TYPE_CHECKING:
    from nyckeltal.sources.describe import ColumnGuess

_MEASURED = ("moment", "date", "seconds", "number", "count", "money")
_calls = {"wait_s", "own_talk_s", "queue_entered_at", "outcome"}


def _with(first: str, *others: str) -> tuple[set[str], ...]:
    """The field together with any one of the others."""
    return tuple({first, other} for other in others)


# Fact → the sets of fields of which one must be named whole, and the fields that speak against it.
SIGNS: dict[str, tuple[tuple[set[str], ...], set[str]]] = {
    "message": (({"message_id", "author"}, {"author", "sent_at"}, {"message_id", "sent_at"}), _calls),
    "schedule_shift": ((*_with("shift_id", "started_at", "state_class", "agent_id"), {"state_class", "agent_id", "started_at"}), _calls | {"state"}),
    "forecast": (_with("contacts", "interval_start", "made_at", "agents_required", "queue_id"), {"agent_id", "contact_id", "own_talk_s", "outcome"}),
    "summary": (
        (*_with("offered_n", "answered_n", "abandoned_n", "mean_wait_s", "in_time_share"), {"answered_n", "abandoned_n"}),
        {"contact_id", "agent_id", "customer_key", "made_at", "agents_required"},
    ),
    "outage": (_with("outage_id", "started_at", "scope", "lost_agent_share"), _calls | {"agent_id"}),
    "absence": (
        ({"absence_id", "agent_id"}, *({"agent_id", "kind", "started_at", other} for other in ("days", "hours", "approved"))),
        _calls | {"state"},
    ),
    "qa_evaluation": (_with("evaluator_id", "agent_id", "score", "evaluation_id") + _with("evaluation_id", "score", "agent_id"), _calls | {"item_id"}),
    "qa_answer": (_with("evaluation_id", "item_id"), _calls | {"score"}),
    "sale": ((*_with("sold_at", "agent_id", "amount", "accepted", "sale_id"), *_with("sale_id", "amount", "agent_id"), {"accepted", "amount"}), _calls),
    "retention_case": (_with("requested_at", "retention_id", "lost_at", "outcome"), {"wait_s", "own_talk_s", "queue_id"}),
    "order": (_with("ordered_at", "order_id", "amount") + _with("order_id", "amount"), {"wait_s", "own_talk_s", "queue_id", "sold_at", "requested_at"}),
    "complaint": (_with("complaint_id", "received_at", "about", "contact_id"), {"wait_s", "own_talk_s"}),
    "customer_base_month": (_with("month_start", "opening", "churned", "closing", "active"), _calls),
    "finance_month": (_with("month_start", "service_cost", "revenue"), _calls),
    "employment": (_with("hours_week", "agent_id", "employment_id"), _calls | {"week"}),
    "feedback_talk": ((*_with("held_at", "agent_id", "leader_id"), {"talk_id", "agent_id"}), _calls),
    "employee_response": ((*_with("wave_id", "value", "question_id", "team_id"), {"week", "question_id", "value"}), _calls | {"contact_id", "invitation_id"}),
    "report_task": (_with("due_on", "delivered_at", "leader_id", "reasons_n", "task_id"), _calls),
    "case": (({"opened_at", "closed_at"},), {"wait_s", "own_talk_s"}),
    "segment": (_with("segment_id", "contact_id", "agent_id"), set()),
    "queue_visit": (({"visit_id", "queue_id"}, {"queue_id", "entered_at", "left_at"}), {"own_talk_s", "own_acw_s"}),
    "survey_response": (
        _with("value", "question_id", "answered_at", "response_id", "invitation_id", "survey_id"),
        {"wait_s", "own_talk_s", "queue_entered_at", "measure", "threshold"},
    ),
    "survey_invitation": (
        _with("drawn_at", "contact_id", "customer_key", "invitation_id", "survey_id"),
        {"wait_s", "own_talk_s", "queue_entered_at", "value"},
    ),
    "agent_state": (_with("state", "started_at", "agent_id"), _calls | {"closed_at", "opened_at"}),
    "calendar": (_with("weekly", "holidays", "calendar_id"), _calls),
    "agreement": (_with("measure", "target", "threshold", "agreement_id") + _with("agreement_id", "target", "threshold"), _calls),
    "team_membership": (({"membership_id", "agent_id"}, {"agent_id", "team_id", "valid_from"}), _calls),
    "team": (_with("team_id", "queue_ids", "parent_unit", "client_ids", "name"), _calls | {"agent_id"}),
    "agent": (_with("agent_id", "hired_on", "left_on", "site_id", "languages", "display_name"), _calls | {"queue_id", "contact_id", "value"}),
    "reason": (_with("reason_id", "parent_id", "responsible_area", "label", "level", "demand_type"), _calls | {"agent_id", "queue_id"}),
    "question": (_with("question_id", "measure", "words"), _calls | {"value"}),
    "queue": (_with("queue_id", "name", "calendar_id", "tz", "skill", "channel"), _calls | {"agent_id", "contact_id", "entered_at"}),
    "client": (_with("client_id", "currency", "tz", "name"), _calls | {"queue_id", "agent_id", "contact_id"}),
}


def likely(headers: Sequence[str]) -> list[str]:
    """The facts that a table with these headers may tell, the likeliest first. A contact is what is left when nothing else speaks up."""
    if own := _by_own_names(set(headers)) or _by_template(headers):
        return [own]
    fitting = [kind for kind in SIGNS if _fits(kind, headers)]
    return [*sorted(fitting, key=lambda kind: -named(kind, headers)), "contact"]


def nearest(headers: Sequence[str]) -> list[str]:
    """Where no sign speaks: the facts of which most headers are a field, the one with most of them first."""
    fields = {kind: named(kind, headers) for kind in KINDS if kind != "contact" and TABLES[kind].family == "fact"}
    return sorted((kind for kind, n in fields.items() if n >= 3 and n >= 0.6 * len(headers)), key=lambda kind: -fields[kind])


def named(kind: str, headers: Sequence[str]) -> int:
    """How many of the headers are a field of this fact."""
    fields = [column.name for column in TABLES[kind].loaded]
    return sum(header in fields or any(known.says(header, kind, field) == 1 for field in fields) for header in headers)


def is_measured(header: str) -> bool:
    """Whether it is the name of a time, a length, a number or an amount in any fact."""
    return any(known.likeness(header, names) == 1 for names in (known.DATES, known.TIMES)) or any(
        known.says(header, kind, column.name) == 1 for kind in KINDS for column in TABLES[kind].loaded if column.kind in _MEASURED
    )


def by_values(seen: Sequence[ColumnGuess], values: Callable[[str], list[str]]) -> str | None:
    """A list that offices keep by hand, where headers say too little: told by words of its own, or by a day with a beginning and an end of work."""
    for kind, field in (("absence", "kind"), ("retention_case", "outcome")):
        for guess in seen:
            said = values(guess.name) if guess.shape.kind == "text" and known.says(guess.name, kind, field) else []
            if said and len(known.meanings(said, known_values(kind, field))) >= 0.8 * len(said):
                return kind
    return "schedule_shift" if _is_roster(seen) else None


def _is_roster(seen: Sequence[ColumnGuess]) -> bool:
    clocks, headers = [guess.name for guess in seen if guess.shape.kind == "clock"], [guess.name for guess in seen]
    day = any(guess.shape.kind == "date" and known.likeness(guess.name, known.DATES) == 1 for guess in seen)
    ends = all(_says("schedule_shift", field, clocks) for field in ("started_at", "ended_at"))
    others = {"wait_s", "own_talk_s", "queue_id", "contact_id", "state", "customer_key"}
    return day and ends and _says("schedule_shift", "agent_id", headers) and not any(_says("contact", field, headers) for field in others)


def _by_own_names(headers: set[str]) -> str | None:
    """A table whose headers are mostly the model's own names, with all that the fact needs."""
    exact = {kind: len(headers & {column.name for column in TABLES[kind].loaded}) for kind in KINDS if _needs(kind) <= headers}
    return max(exact, key=lambda kind: exact[kind]) if exact and 2 * max(exact.values()) > len(headers) else None


def _by_template(headers: Sequence[str]) -> str | None:
    """A template that was filled in: most of its headers are what pages call the fields of one fact, its number among them."""
    said = {known.plain(header) for header in headers}
    named = {kind: len({field for field in _shown(kind) if said & everywhere(field)}) for kind in KINDS if said & everywhere(TABLES[kind].key or "")}
    most = max(named, key=lambda kind: named[kind], default=None)
    return most if most and named[most] >= 0.8 * len(said) else None


def _shown(kind: str) -> list[str]:
    return [column.name for column in TABLES[kind].loaded if column.name.removeprefix("own_") in called.FIELDS]


def _needs(kind: str) -> set[str]:
    """The model's names without which a table is not of this kind."""
    needs = {column.name for column in TABLES[kind].loaded if column.required}
    return needs - {"client_id"} or needs


def _fits(kind: str, headers: Sequence[str]) -> bool:
    sets, against = SIGNS[kind]
    return any(all(_says(kind, field, headers) for field in fields) for fields in sets) and not any(_says(kind, field, headers) for field in against)


def _says(kind: str, field: str, headers: Sequence[str]) -> bool:
    return any(header == field or known.says(header, kind, field) == 1 for header in headers)
