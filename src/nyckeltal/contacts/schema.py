"""The model as columns: derived from the dataclasses in `model/`, not written twice."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from nyckeltal.contacts import model

if TYPE_CHECKING:
    import pyarrow as pa

STORE_VERSION = 13  # raised when a column comes or a derived word is made otherwise; an older store is then brought up when it is opened
MODEL_VERSION = 4  # part of a load's marker; raised when a file would be read differently
REACH_D = 92  # days after which a customer's next contact about a matter, or before which the previous one, is none to a contact (decision 0022)
OF_NEIGHBOURS = ("next_contact_at", "previous_handled_at", "next_contact_after_s", "previous_handled_after_s")  # what a contact says of those

_KEYS = {
    "contact": "contact_id",
    "queue_visit": "visit_id",
    "segment": "segment_id",
    "case": "case_id",
    "agent_state": "state_id",
    "survey_invitation": "invitation_id",
    "survey_response": "response_id",
    "promise": "promise_id",
    "summary": "summary_id",
    "message": "message_id",
    "schedule_shift": "shift_id",
    "forecast": "forecast_id",
    "outage": "outage_id",
    "absence": "absence_id",
    "feedback_talk": "talk_id",
    "employee_response": "answer_id",
    "report_task": "task_id",
    "qa_evaluation": "evaluation_id",
    "qa_answer": "answer_id",
    "sale": "sale_id",
    "retention_case": "retention_id",
    "order": "order_id",
    "complaint": "complaint_id",
    "customer_base_month": "base_id",
    "finance_month": "finance_id",
    "shift_part": "part_id",
    "agent_day": "agent_day_id",
    "agent_month": "agent_month_id",
    "qa_item": "answer_id",
    "interview": "invitation_id",
    "client": "client_id",
    "queue": "queue_id",
    "agreement": "agreement_id",
    "calendar": "calendar_id",
    "team": "team_id",
    "team_membership": "membership_id",
    "employment": "employment_id",
    "agent": "agent_id",
    "reason": "reason_id",
    "question": "question_id",
}

_PLACED_BY = {  # where each fact stands in time, unless a KPI says otherwise (kpi-language)
    "contact": "offered_at",
    "queue_visit": "entered_at",
    "segment": "placed_at",
    "case": "closed_at",
    "agent_state": "started_at",
    "survey_invitation": "drawn_at",
    "survey_response": "answered_at",
    "promise": "period_ended_on",
    "summary": "started_at",
    "message": "sent_at",
    "schedule_shift": "started_at",
    "forecast": "interval_start",
    "outage": "started_at",
    "absence": "started_at",
    "feedback_talk": "held_at",
    "employee_response": "week",
    "report_task": "due_on",
    "qa_evaluation": "completed_at",
    "qa_answer": "local_date",
    "sale": "sold_at",
    "retention_case": "requested_at",
    "order": "ordered_at",
    "complaint": "received_at",
    "customer_base_month": "month_start",
    "finance_month": "month_start",
    "shift_part": "started_at",
    "agent_day": "day",
    "agent_month": "month_start",
    "qa_item": "completed_at",
    "interview": "completed_at",
}

PROVENANCE = ("source", "source_id", "changed_at", "loaded_at", "load_id")


@dataclass(frozen=True)
class Column:
    """One column: `kind` as in `model/kinds.py`; `derived` is computed at load, `carried` speaks of a contact's one segment,
    `joined` says what another source's row changed about this one."""

    name: str
    kind: str
    nullable: bool
    choices: tuple[str, ...] = ()
    derived: bool = False
    carried: bool = False
    joined: bool = False
    default: Any = None  # None where the field has none
    required: bool = False  # no default and not nullable: a file must give it


@dataclass(frozen=True)
class Table:
    """One table of the store. `key` is its id column (null for ledgers), `placed_by` the moment that places a row."""

    name: str
    columns: tuple[Column, ...]
    key: str | None
    placed_by: str | None
    family: Literal["fact", "organisation", "ledger"]
    made: bool = False  # of other facts, never loaded

    def __getitem__(self, name: str) -> Column:
        return self.named[name]

    def __contains__(self, name: object) -> bool:
        return name in self.named

    @cached_property
    def named(self) -> Mapping[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def loaded(self) -> tuple[Column, ...]:
        """The columns that come from files, or with a row that is made."""
        return tuple(column for column in self.columns if not column.derived)

    @property
    def monthly(self) -> bool:
        """Whether its rows lie in a folder per local month (`month`, text "2026-03")."""
        return self.family == "fact"


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() and at else letter.lower() for at, letter in enumerate(name))


def _column(field: dataclasses.Field[Any], hint: Any) -> Column:
    parts = get_args(hint) if get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    nullable = type(None) in parts
    inner = next(part for part in parts if part is not type(None))
    choices: tuple[str, ...] = get_args(inner) if get_origin(inner) is Literal else ()
    kind = "choice" if choices else get_args(inner)[1] if get_origin(inner) is Annotated else "text"
    has_default = field.default is not dataclasses.MISSING
    return Column(
        name=field.name,
        kind=kind,
        nullable=nullable,
        choices=choices,
        derived=bool(field.metadata.get("derived")),
        carried=bool(field.metadata.get("carried")),
        joined=bool(field.metadata.get("joined")),
        default=field.default if has_default else None,
        required=not has_default and not nullable,
    )


def _table(noun: type[Any], family: Literal["fact", "organisation", "ledger"]) -> Table:
    hints = typing.get_type_hints(noun, include_extras=True)
    name = _snake(noun.__name__)
    columns = tuple(_column(field, hints[field.name]) for field in dataclasses.fields(noun))
    return Table(name=name, columns=columns, key=_KEYS.get(name), placed_by=_PLACED_BY.get(name), family=family, made=noun in model.MADE)


TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(_table(noun, "fact") for noun in model.FACTS),
        *(_table(noun, "organisation") for noun in model.ORGANISATION),
        *(_table(noun, "ledger") for noun in model.LEDGERS),
    )
}


def _arrow_type(column: Column) -> pa.DataType:
    import pyarrow as pa

    types: dict[str, pa.DataType] = {
        "id": pa.string(),
        "text": pa.string(),
        "choice": pa.string(),
        "moment": pa.timestamp("us", "UTC"),
        "date": pa.date32(),
        "seconds": pa.float64(),
        "number": pa.float64(),
        "count": pa.int64(),
        "money": pa.int64(),
        "hash": pa.int64(),
        "flag": pa.bool_(),
        "ids": pa.list_(pa.string()),
    }
    return types[column.kind]


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The stored columns of a table: its own, then `PROVENANCE` (not for ledgers), then `month` where it is monthly."""
    import pyarrow as pa

    described = TABLES[table]
    fields = [pa.field(column.name, _arrow_type(column)) for column in described.columns]
    if described.family != "ledger":
        fields += _provenance()
    if described.monthly:
        fields.append(pa.field("month", pa.string()))
    return pa.schema(fields)


@cache
def empty(table: str) -> pa.Table:
    """The table without a row."""
    return arrow_schema(table).empty_table()


@cache
def staged_schema(table: str) -> pa.Schema:
    """What a reader hands to the store: the loaded columns, then source, source_id, changed_at, then `line` (of the file, from 1)."""
    import pyarrow as pa

    described = TABLES[table]
    fields = [pa.field(column.name, _arrow_type(column)) for column in described.loaded]
    return pa.schema([*fields, *_provenance()[:3], pa.field("line", pa.int64())])


def _provenance() -> list[pa.Field[Any]]:
    import pyarrow as pa

    kinds: dict[str, pa.DataType] = {"changed_at": pa.timestamp("us", "UTC"), "loaded_at": pa.timestamp("us", "UTC")}
    return [pa.field(name, kinds.get(name, pa.string())) for name in PROVENANCE]
