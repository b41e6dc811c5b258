"""A contact centre in memory: the facts of a worked case or a test, complete with every derived word."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts import seen
from nyckeltal.contacts.facts import Coverage
from nyckeltal.contacts.schema import TABLES, Column, arrow_schema, empty
from nyckeltal.contacts.upkeep import derive_world

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from nyckeltal.contacts.same_rules import Rules

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

always = (datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))
case_moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
case_day = date(2026, 3, 2)
case_client, case_queue, case_source = "c1", "q1", "case"


class World:
    """Facts in memory. Without `known_until` everything is known for ever."""

    def __init__(self, tables: Mapping[str, pa.Table], known_until: datetime | None = None) -> None:
        self.tables = dict(tables)
        self.known_until = known_until
        self.id = uuid.uuid4().hex
        self._months: dict[str, list[str]] = {}

    @classmethod
    def of(cls, rows: Rows, known_until: datetime | None = None, defaults: bool = False, same: Rules = ()) -> World:
        """From plain dict rows in loaded columns; `defaults` adds what a worked case need not name.

        A row may state a derived word too (`in_hours`, `next_contact_after_s`): it then stands as stated. With `defaults` a contact
        may state its segment's words (`talk_s`, `agent_id`, `handle_s`). Where rows are stated of a fact that is made of others
        (`agent_day`), they are all its rows. `same` are the rules by which rows of two sources are joined.
        """
        plain = {table: [dict(row) for row in given] for table, given in rows.items()}
        if defaults:
            plain = with_defaults(plain)
        tables = {table: _table(table, given) for table, given in plain.items()}
        named = seen.rows(tables)
        for table, given in named.items():
            tables[table] = _table(table, [*plain.get(table, []), *given])
        world = derive_world(tables, same) | {table: _placed(table, tables[table]) for table in tables if TABLES[table].made}
        return cls(_stated(world, plain), known_until)

    def attach(
        self,
        con: duckdb.DuckDBPyConnection,
        table: str,
        months: Collection[str] | None = None,
        name: str | None = None,
        words: Collection[str] | None = None,
    ) -> None:
        con.register(name or table, self._of_months(table, months, words))

    def small(self, table: str) -> pa.Table:
        return self.tables[table] if table in self.tables else empty(table)

    def files(self, table: str, months: Collection[str] | None = None) -> list[str]:  # noqa: ARG002 - as Facts says; a world has no files
        return []

    def months(self, table: str) -> list[str]:
        if table not in self._months:
            self._months[table] = sorted({str(month) for month in self.small(table).column("month").to_pylist()})
        return self._months[table]

    def coverage(self, fact: str) -> list[Coverage]:  # noqa: ARG002 - as Facts says; a world knows all its facts alike
        return [Coverage(None, always[0], self.known_until or always[1])]

    def _of_months(self, table: str, months: Collection[str] | None, words: Collection[str] | None) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        whole = self.small(table)
        if words is not None:  # each column that is at hand costs an engine more than the few rows of a world
            whole = whole.select([name for name in whole.column_names if name in words or name == "month"])
        return whole if months is None else whole.filter(pc.is_in(whole.column("month"), pa.array(sorted(months), pa.string())))


def _table(table: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of the stored columns; ids of provenance are filled so that every row has its own."""
    import pyarrow as pa

    key = TABLES[table].key
    whole = [{"source": case_source, "source_id": row.get(key or ""), **row} for row in rows]
    return pa.Table.from_pylist([{name: _value(table, name, value) for name, value in row.items()} for row in whole], arrow_schema(table))


def _value(table: str, name: str, value: Any) -> Any:
    """Text in ISO form becomes what its column holds; a moment without zone is UTC."""
    kind = TABLES[table][name].kind if name in TABLES[table] else "id"
    if isinstance(value, str) and kind in ("moment", "date"):
        value = date.fromisoformat(value) if kind == "date" else datetime.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


def _placed(table: str, rows: pa.Table) -> pa.Table:
    """Stated rows of a fact that is made of others, in their local day, which is UTC's where they say no other."""
    import pyarrow as pa

    moment = TABLES[table].placed_by or ""
    told = [{**_day(row[moment]), **{name: value for name, value in row.items() if value is not None}} for row in rows.to_pylist()]
    return pa.Table.from_pylist(told, rows.schema)


def _day(moment: datetime | date | None) -> dict[str, Any]:
    if moment is None:
        return {"month": "unknown"}
    clock = {"local_minute": moment.hour * 60 + moment.minute, "utc_offset_s": 0} if isinstance(moment, datetime) else {}
    local = moment.date() if isinstance(moment, datetime) else moment
    return {"local_date": local, "month": f"{local:%Y-%m}", **clock}


def _stated(tables: Mapping[str, pa.Table], rows: Rows) -> dict[str, pa.Table]:
    """Derived words that a row states replace what was derived, on the row and on its contact's one derived segment."""
    found = dict(tables)
    for table, given in rows.items():
        if TABLES[table].made:
            continue
        derived = [column.name for column in TABLES[table].columns if column.derived]
        key = TABLES[table].key or ""
        words = {row[key]: {name: _value(table, name, row[name]) for name in derived if name in row} for row in given}
        words = {at: stated for at, stated in words.items() if stated}
        if not words:
            continue
        found[table] = _replaced(found[table], key, words)
        if table == "contact":
            found["segment"] = _replaced(found["segment"], "contact_id", {at: _for_segment(stated) for at, stated in words.items()}, "is_derived")
    return found


def _for_segment(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stated.items() if name in ("handle_s", "handle_ring_s", "active_handle_s")}


def _replaced(table: pa.Table, key: str, words: Mapping[str, Mapping[str, Any]], only: str | None = None) -> pa.Table:
    import pyarrow as pa

    rows = [{**row, **(words.get(row[key], {}) if only is None or row[only] else {})} for row in table.to_pylist()]
    return pa.Table.from_pylist(rows, table.schema)


def with_defaults(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What kpi-language gives to the rows of a case: `times` repeats a row, ids are unique, moments and names are the known ones."""
    whole = {table: [dict(row, times=None) for row in given for _ in range(row.get("times") or 1)] for table, given in rows.items()}
    for given in whole.values():
        for row in given:
            del row["times"]
    for table in ("queue_visit", "segment"):
        _name_contacts(whole, table)
    for table, given in whole.items():
        for number, row in enumerate(given, start=1):
            _fill(table, row, number)
    _give_contacts_their_parts(whole)
    _name_questions(whole)
    return whole


def _name_contacts(rows: dict[str, list[dict[str, Any]]], table: str) -> None:
    """Every visit and segment has a contact: one of its own where it names none, and a plain one where nobody describes it."""
    number = itertools.count(1)
    for row in rows.get(table, []):
        row.setdefault("contact_id", f"contact-of-{table}-{next(number)}")
    known = {row.get("contact_id") for row in rows.get("contact", [])}
    for row in rows.get(table, []):
        if row["contact_id"] not in known:
            known.add(row["contact_id"])
            about: dict[str, Any] = {name: row[name] for name in ("client_id", "channel", "direction", "queue_id") if name in row}
            rows.setdefault("contact", []).append({"contact_id": row["contact_id"], **about})


def _fill(table: str, row: dict[str, Any], number: int) -> None:
    described = TABLES[table]
    for column in described.loaded:
        if column.name not in row and (default := _case_default(table, column, number)) is not None:
            row[column.name] = default


def _case_default(table: str, column: Column, number: int) -> Any:
    if column.name == TABLES[table].key:
        return f"{table}-{number}"
    special = {
        ("queue_visit", "outcome"): "answered",
        ("queue_visit", "entered_at"): None,
        ("queue_visit", "queue_id"): case_queue,
        ("promise", "period_ended_on"): date(2026, 3, 31),
        ("survey_response", "question_id"): "q",
        ("survey_response", "scale"): "0_10",
        ("question", "measure"): "csat",
        ("qa_evaluation", "completed_at"): case_moment,
        ("employee_response", "question_id"): "q",
        ("report_task", "due_on"): date(2026, 3, 31),
        ("message", "author"): "agent",
        ("agent_day", "month_share"): 1.0,
        ("agent_month", "in_service"): 1.0,
        ("shift_part", "state_class"): "contact",
        ("shift_part", "exception"): "none",
        ("qa_item", "completed_at"): case_moment,
    }
    if (table, column.name) in special:
        return special[table, column.name]
    return _plain_default(column) if column.required else None


def _plain_default(column: Column) -> Any:
    by_kind = {"moment": case_moment, "date": date(2026, 1, 1), "flag": True, "text": column.name, "number": 0.0, "seconds": 0.0, "count": 0}
    by_name = {
        "client_id": case_client,
        "queue_id": case_queue,
        "channel": "voice",
        **dict.fromkeys(("day", "week"), case_day),
        "month_start": case_day.replace(day=1),
        "tz": "UTC",
        "weekly": "mo-su 00:00-24:00",
        "holidays": "2025; 2026; 2027",
    }
    if column.name in by_name:
        return by_name[column.name]
    return column.choices[0] if column.choices else by_kind.get(column.kind, column.name)


carried_names = {f"own_{name}": name for name in ("agent_id", "ring_s", "talk_s", "hold_s", "acw_s", "end_kind", "escalated_to_tier")}
carried_names |= {f"own_{name}": name for name in ("concurrency", "planned_transfer", "started_at")}


def _give_contacts_their_parts(rows: dict[str, list[dict[str, Any]]]) -> None:
    """A visit is entered when its contact was offered; a contact's queue, wait and outcome are its visits'; a segment's words go to the segment."""
    offered = {row["contact_id"]: row["offered_at"] for row in rows.get("contact", [])}
    visits: dict[str, list[dict[str, Any]]] = {}
    for visit in rows.get("queue_visit", []):
        visits.setdefault(visit["contact_id"], []).append(visit)
        visit["entered_at"] = visit.get("entered_at") or offered[visit["contact_id"]]
    in_segments = {row["contact_id"] for row in rows.get("segment", [])}
    for row in rows.get("contact", []):
        _follow_visits(row, sorted(visits.get(row["contact_id"], []), key=lambda visit: visit.get("seq", 1)))
        if row["contact_id"] not in in_segments:
            row |= {own: row.pop(name) for own, name in carried_names.items() if name in row}
        if "handle_s" in row:
            row.setdefault("active_handle_s", row["handle_s"] / row.get("own_concurrency", 1))
            row.setdefault("handle_ring_s", row["handle_s"] + row.get("own_ring_s", 0))


def _follow_visits(contact: dict[str, Any], visits: Sequence[Mapping[str, Any]]) -> None:
    outcomes = [visit["outcome"] for visit in visits]
    contact.setdefault("outcome", "answered" if not visits or "answered" in outcomes else outcomes[-1])
    contact.setdefault("queue_id", visits[0]["queue_id"] if visits else case_queue)


def _name_questions(rows: dict[str, list[dict[str, Any]]]) -> None:
    """A question called like a measure asks for it."""
    measures = TABLES["question"]["measure"].choices
    described = {row["question_id"] for row in rows.get("question", [])}
    asked = {row["question_id"] for table in ("survey_response", "employee_response") for row in rows.get(table, [])}
    for name in sorted(asked - described):
        if name in measures:
            rows.setdefault("question", []).append({"question_id": name, "measure": name})
