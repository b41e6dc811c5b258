"""On which line of a TOML file something stands: `tomllib` does not say, and whoever corrects a file wants to know."""

from __future__ import annotations

import re
import tomllib
from typing import Any

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"-]+)\s*=")

Path = tuple[str | int, ...]


class Lines:
    """Finds lines by path: `("share", "of")`, `("case", 0, "gives")`. A path inside a row leads to the line its table starts on."""

    def __init__(self, text: str) -> None:
        self.found: dict[Path, int] = {}
        table: Path = ()
        arrays: dict[str, int] = {}
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                table = self._table(header[1], header[2], arrays)
                self.found.setdefault(table, number)
                self.found.setdefault(tuple(_parts(header[2])), number)  # of several, the first
            elif key := _KEY.match(line):
                self.found.setdefault((*table, *_parts(key[1])), number)

    def _table(self, bracket: str, name: str, arrays: dict[str, int]) -> Path:
        if bracket == "[":
            return tuple(_parts(name))
        arrays[name] = arrays.get(name, -1) + 1
        return (*_parts(name), arrays[name])

    def of(self, path: Path) -> int | None:
        """The line of a path, or of the nearest thing around it."""
        for end in range(len(path), 0, -1):
            if line := self.found.get(tuple(path[:end])):
                return line
        return None


def broken_at(error: tomllib.TOMLDecodeError) -> int | None:
    """The line on which a file stops being TOML."""
    told = re.search(r"line (\d+)", str(error))
    return int(told[1]) if told else None


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip('"') for part in re.findall(r'"[^"]*"|[^.]+', dotted)]


def inside(data: Any, path: Path) -> Any:
    """What stands at a path, or None."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
