"""What is to be said, kept as JSON until somebody reads it in the own language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nyckeltal.errors import Issue, UserMistake
from nyckeltal.words import Text

Packed = dict[str, Any]


def pack(text: Text) -> Packed:
    values = {name: _packed(value) for name, value in text.values.items()}
    return {"id": text.id, "english": text.english, "values": values}


def _packed(value: object) -> Any:
    if isinstance(value, Text):
        return pack(value)
    return value if isinstance(value, (int, float, str)) else str(value)


def unpack(packed: Mapping[str, Any]) -> Text:
    values = {name: unpack(value) if isinstance(value, Mapping) else value for name, value in packed["values"].items()}
    return Text(packed["id"], packed["english"], values)


def pack_mistake(mistake: UserMistake) -> Packed:
    return {"text": pack(mistake.text), "issues": [_pack_issue(issue) for issue in mistake.issues[:200]]}


def unpack_issue(packed: Mapping[str, Any]) -> Issue:
    return Issue(**{**packed, "text": unpack(packed["text"])})


def _pack_issue(issue: Issue) -> Packed:
    return {"text": pack(issue.text), "file": issue.file, "line": issue.line, "field": issue.field, "severity": issue.severity}
