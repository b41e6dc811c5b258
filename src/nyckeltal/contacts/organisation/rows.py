"""Rows of the organisation as plain values: their loaded fields, their days, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from nyckeltal.contacts.facts import Facts
from nyckeltal.contacts.schema import TABLES, Column

Row = Mapping[str, Any]

EDITED = ("client", "queue", "agreement", "calendar", "team", "team_membership", "employment", "agent", "reason")
UNDESCRIBED = ("queue", "reason", "agent", "client")  # tables whose rows come into being when a file names them
NAMES = {"client": "name", "queue": "name", "team": "name", "agent": "display_name", "reason": "label"}


def key(table: str) -> str:
    return TABLES[table].key or ""


def by_id(facts: Facts, table: str) -> dict[str, Row]:
    """The rows of a table in the order of their ids."""
    return {str(row[key(table)]): row for row in sorted(facts.small(table).to_pylist(), key=lambda row: str(row[key(table)]))}


def plain(table: str, row: Row) -> dict[str, Any]:
    """The loaded fields alone, with defaults where the row does not say and every value in the kind of its field."""
    return {column.name: _value(column, row.get(column.name)) for column in TABLES[table].loaded}


def _value(column: Column, value: Any) -> Any:
    if column.kind == "ids":
        return list(value or ())
    if value is None or value == "":
        return None if column.nullable else column.default
    if column.kind == "date" and isinstance(value, str):
        return date.fromisoformat(value[:10])
    return float(value) if column.kind in ("number", "seconds") else value


def name(table: str, row: Row) -> str:
    """What people call it, else its id."""
    return str(row.get(NAMES.get(table, "")) or row[key(table)])


Days = tuple[date, date]  # from a day until before another


def days(row: Row) -> Days:
    """When a row holds; open ends are the ends of time."""
    return row.get("valid_from") or date.min, row.get("valid_to") or date.max


def shared(one: Row, other: Row) -> Days | None:
    """The days on which both hold."""
    (start, end), (begins, ends) = days(one), days(other)
    first, last = max(start, begins), min(end, ends)
    return (first, last) if first < last else None


def withdrawn(row: Row) -> bool:
    """Ends on the day it begins, so it never holds: how something that was never meant is taken out without losing its trace."""
    return row.get("valid_from") is not None and row.get("valid_from") == row.get("valid_to")
