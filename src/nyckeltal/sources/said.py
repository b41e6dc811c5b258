"""What a field of a JSON object says, in its kind; a value of another kind is Unreadable with the field's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from nyckeltal.sources.gathered import Unreadable
from nyckeltal.words import Text

first_year, last_year = 1971, 2100
_iso = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)[T ](\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|[+-]\d\d:?\d\d)?")
_no_moment = "“%(value)s” is no moment with its offset from UTC, such as 2026-03-29T10:00:00Z."
_no_number = "“%(value)s” is no number of 0 or more."
_no_text = "“%(value)s” is no text."


def text(value: Mapping[str, Any], name: str) -> str | None:
    """A text or a number as text; nothing where it is empty."""
    said = value.get(name)
    if isinstance(said, (dict, list)):
        raise Unreadable(name, Text("sources.json.no_text", _no_text, {"value": _short(said)}))
    return (str(said).strip() or None) if said is not None else None


def objects(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object in it; an empty one where there is none."""
    said = value.get(name)
    return said if isinstance(said, dict) else {}


def listed(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects of a list in it."""
    said = value.get(name)
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def number(value: Mapping[str, Any], name: str, source_id: str | None = None) -> float | None:
    """A number, also one written as text."""
    said = value.get(name)
    if said is None or said == "":
        return None
    try:
        found = float(said) if not isinstance(said, bool) else float("nan")
    except (TypeError, ValueError):
        found = float("nan")
    if not 0 <= found < float("inf"):
        raise Unreadable(name, Text("sources.json.no_number", _no_number, {"value": _short(said)}), source_id)
    return found


def moment(value: Mapping[str, Any], name: str, source_id: str | None = None) -> datetime | None:
    """A moment in ISO form, also with days and hours of one digit, which some systems write."""
    said = value.get(name)
    if said is None or said == "":
        return None
    found = read_moment(said) if isinstance(said, str) else None
    if found is None or not first_year <= found.year <= last_year:
        raise Unreadable(name, Text("sources.json.no_moment", _no_moment, {"value": _short(said)}), source_id)
    return found


def read_moment(said: str) -> datetime | None:
    """The moment in UTC, None where the text is none or lacks its offset."""
    parts = _iso.fullmatch(said.strip())
    if parts is None or parts[8] is None:
        return None
    year, month, day, hour, minute = (int(part) for part in parts.group(1, 2, 3, 4, 5))
    try:
        local = datetime(year, month, day, hour, minute, int(parts[6] or 0), int((parts[7] or "0")[:6].ljust(6, "0")), tzinfo=_offset(parts[8]))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(said: str) -> timezone:
    if said in "Zz":
        return UTC
    ahead = timedelta(hours=int(said[1:3]), minutes=int(said[-2:]))
    return timezone(-ahead if said[0] == "-" else ahead)


def _short(said: object) -> str:
    return str(said)[:100]
