"""What is to be said, kept as JSON until somebody reads it in the own language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from nyckeltal.errors import Issue, UserMistake
from nyckeltal.words import Amount, Field, Text

Packed = dict[str, Any]
MOST_ISSUES = 200


def pack(text: Text) -> Packed:
    packed: Packed = {"id": text.id, "english": text.english, "values": {name: _packed(value) for name, value in text.values.items()}}
    return packed | {"as_written": True} if text.as_written else packed


def _packed(value: object) -> Any:
    match value:
        case Text():
            return pack(value)
        case Amount():
            return {"amount": value.value, "unit": value.unit}
        case Field():
            return {"field": value.name, "called": pack(value.called) if value.called else None}
        case date():
            return {"day": value.isoformat()} if type(value) is date else str(value)
        case tuple():
            return [_packed(one) for one in value]
    return value if isinstance(value, (int, float, str)) else str(value)


def unpack(packed: Mapping[str, Any]) -> Text:
    return Text(packed["id"], packed["english"], {name: _unpacked(value) for name, value in packed["values"].items()}, packed.get("as_written", False))


def _unpacked(value: Any) -> object:
    match value:
        case {"english": _}:
            return unpack(value)
        case {"amount": number, "unit": unit}:
            return Amount(number, unit)
        case {"field": name, "called": called}:
            return Field(name, unpack(called) if called else None)
        case {"day": day}:
            return date.fromisoformat(day)
        case list():
            return tuple(map(_unpacked, value))
    return value


def pack_mistake(mistake: UserMistake) -> Packed:
    return {"text": pack(mistake.text), "issues": [pack_issue(issue) for issue in mistake.issues[:MOST_ISSUES]]}


def unpack_mistake(packed: Mapping[str, Any]) -> UserMistake:
    return UserMistake(unpack(packed["text"]), [unpack_issue(issue) for issue in packed["issues"]])


def pack_issue(issue: Issue) -> Packed:
    return {"text": pack(issue.text), "file": issue.file, "line": issue.line, "field": issue.field, "severity": issue.severity}


def unpack_issue(packed: Mapping[str, Any]) -> Issue:
    return Issue(**{**packed, "text": unpack(packed["text"])})
