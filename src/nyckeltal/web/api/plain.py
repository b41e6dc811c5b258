"""Values ready for JSON: as the command line writes them, with sentences in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    """What JSON can hold of a value."""
    write = next((write for kind, write in _WRITTEN if isinstance(value, kind)), None)
    return value if write is None else write(value)


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _named(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): plain(each) for name, each in value.items()}


def _each(value: Iterable[Any]) -> list[Any]:
    return [plain(each) for each in value]


def _number(value: float) -> float | None:
    return value if isfinite(value) else None


# the first kind that fits: a datetime is a date too
_WRITTEN: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Text, said),
    (Promise, str),
    (datetime, _moment),
    (date, date.isoformat),
    (Mapping, _named),
    ((list, tuple, set, frozenset), _each),
    (float, _number),
)


def written(value: Any) -> str:
    return json.dumps(plain(value), ensure_ascii=False)


def listed(rows: Iterable[Any]) -> Iterator[str]:
    """A list row by row, so that a long one need not stand in memory as text."""
    before = "["
    for row in rows:
        yield f"{before}{written(row)}"
        before = ",\n"
    yield "[]" if before == "[" else "]"
