"""Values as TOML, for every file that nyckeltal writes for people to go on with; what is written reads back as the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_RAW = re.compile("[\x7f-\x9f\u2028\u2029]")  # left as they are by JSON, but not allowed, or taken for ends of lines


def value(of: Any) -> str:
    """A text, number, flag, date, list or table in a line."""
    match of:
        case bool():
            return str(of).lower()
        case int() | float():
            return repr(of)
        case date() | time():
            return of.isoformat()
        case Mapping():
            return "{ " + ", ".join(f"{key(str(name))} = {value(one)}" for name, one in of.items()) + " }" if of else "{}"
        case list() | tuple():
            return "[" + ", ".join(map(value, of)) + "]"
    return text(str(of))


def key(name: str) -> str:
    """Bare where it may be."""
    return name if _BARE.fullmatch(name) else text(name)


def text(said: str) -> str:
    """A basic string of TOML: those of JSON are, but for some characters."""
    return _RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(said, ensure_ascii=False))


def lines(table: Mapping[str, Any]) -> list[str]:
    """What stands below a table's head."""
    return [f"{key(name)} = {value(one)}" for name, one in table.items()]
