"""Which loaded field places a row of a fact in time, while it is being read."""

from __future__ import annotations

from nyckeltal.contacts.schema import TABLES

_while_reading = {"case": "opened_at", "segment": "started_at"}  # what places them in the end may be missing, or is another fact's
_shares = ("in_time_share", "shrinkage", "lost_agent_share", "fte_share")  # which files may write as 0.8 or as 80 %
_hours = ("hours", "hours_week", "day_h")  # which files may write as 7.5 or as 7:30
_spans = {"customer_base_month": "month", "finance_month": "month", "employee_response": "week"}


def placed_by(kind: str) -> str | None:
    """The field, None where the file has none: an answer to a form lies where its evaluation does."""
    name, described = _while_reading.get(kind, TABLES[kind].placed_by), TABLES[kind]
    return name if name and name in described and not described[name].derived else None


def span_of(kind: str) -> str:
    """How long what a row tells lasts: a month of finances is known until its end."""
    return _spans.get(kind, "day")


def read_as(kind: str, field: str, usual: str) -> str:
    """A field's kind while it is being read: the day that stands for a month or week may be written as such, a share in per cent."""
    if field in _shares:
        return "share"
    if field in _hours:
        return "hours"
    return _spans[kind] if kind in _spans and field == TABLES[kind].placed_by else usual
