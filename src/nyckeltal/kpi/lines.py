"""A TOML file as a table, and on which line of it something stands: `tomllib` does not say, and whoever corrects a file wants to know."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from nyckeltal.words import Text, short

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_.\"-]+)\s*=")

Path = tuple[str | int, ...]


class NotToml(Exception):
    """A text is no TOML; `said` is why, `line` where."""

    def __init__(self, said: Text, line: int | None = None) -> None:
        super().__init__(str(said))
        self.said, self.line = said, line


def table_of(text: str) -> dict[str, Any]:
    """What a text says as TOML; raises NotToml."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))  # which editors on Windows begin a file with
    except RecursionError:
        raise NotToml(Text("kpi.too_deep", "Lists or tables stand in each other here, deeper than any KPI needs.")) from None
    except tomllib.TOMLDecodeError as error:
        written = text.splitlines() or [""]
        line = broken_at(error) or len(written)
        values = {"line": short(written[min(line, len(written)) - 1].strip())}
        if "overwrite" in str(error) or "twice" in str(error):
            raise NotToml(Text("kpi.said_twice", "Every key and every table stands once: “%(line)s” says again what stands above.", values), line) from None
        english = 'This is not TOML: “%(line)s”. Lines are written like name = "Wait", floor = 10 or [reading]; texts stand in quotes.'
        raise NotToml(Text("kpi.not_toml", english, values), line) from None
    except ValueError:  # of a number with thousands of digits
        raise NotToml(Text("kpi.too_many_digits", "A number here has more digits than can be read.")) from None


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
