"""Values ready for JSON: as the command line writes them, with sentences in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language

from nyckeltal.web.frame.say import say
from nyckeltal.words import Text


def said(text: Text | None) -> str:
    """In English exactly as the command line says it."""
    if text is None:
        return ""
    return str(text) if (get_language() or "en") == "en" else say(text)


def plain(value: Any) -> Any:
    match value:
        case Text():
            return said(value)
        case Promise():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Mapping():
            return {str(name): plain(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
        case float():
            return value if isfinite(value) else None
    return value


def written(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False)


def listed(rows: Iterable[Any]) -> Iterator[str]:
    """A list row by row, so that a long one need not stand in memory as text."""
    before = "["
    for row in rows:
        yield f"{before}{written(row)}"
        before = ",\n"
    yield "[]" if before == "[" else "]"
