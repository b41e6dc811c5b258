"""Takes values out of a parsed file, each as what it must be, and notes every mistake with where it stands instead of stopping at the first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from nyckeltal.kpi.formula import unknown
from nyckeltal.kpi.lines import Path
from nyckeltal.words import Text


@dataclass
class Reading:
    """The mistakes found so far."""

    mistakes: list[tuple[Path, Text]] = field(default_factory=list)

    def wrong(self, path: Path, said: Text) -> Any:
        """Noted; the value is none."""
        self.mistakes.append((path, said))


Take = Callable[[Reading, Path, Any], Any]  # None where it is not what it must be


def _kind(said: Text, *kinds: type) -> Take:
    def take(reading: Reading, path: Path, value: Any) -> Any:
        if isinstance(value, kinds) and not (isinstance(value, bool) and bool not in kinds):
            return value
        return reading.wrong(path, said)

    return take


text = _kind(Text("plan.file.text", "This must be a text between quotation marks."), str)
number = _kind(Text("plan.file.number", "This must be a number."), int, float)
whole = _kind(Text("plan.file.whole", "This must be a whole number."), int)
flag = _kind(Text("plan.file.flag", "This must be true or false."), bool)


def share(reading: Reading, path: Path, value: Any) -> Any:
    found = number(reading, path, value)
    if found is not None and not 0 <= found <= 1:
        return reading.wrong(path, Text("plan.file.share", "This is a share: write 0.75 for 75 per cent."))
    return found


def day(reading: Reading, path: Path, value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return reading.wrong(path, Text("plan.file.day", "This must be a day, without quotation marks: 2026-01-31"))


def moment(reading: Reading, path: Path, value: Any) -> Any:
    """A moment or a day; without an offset it is taken as UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return reading.wrong(path, Text("plan.file.moment", "This must be a day or a moment, without quotation marks: 2026-01-31 or 2026-01-31T09:00:00Z"))


def choice(what: str, choices: Collection[str]) -> Take:
    def take(reading: Reading, path: Path, value: Any) -> Any:
        if isinstance(value, str) and value in choices:
            return value
        return reading.wrong(path, unknown(what, str(value), choices))

    return take


def listed(each: Take, into: Callable[[Any], Any] = tuple) -> Take:
    def take(reading: Reading, path: Path, value: Any) -> Any:
        if not isinstance(value, list):
            return reading.wrong(path, Text("plan.file.list", "This must be a list: [ … ]"))
        found = [each(reading, (*path, at), one) for at, one in enumerate(value)]
        return into(one for one in found if one is not None)

    return take


def table(each: Take) -> Take:
    """Names of the writer's own, each with a value."""

    def take(reading: Reading, path: Path, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return reading.wrong(path, _A_TABLE)
        found = {name: each(reading, (*path, name), one) for name, one in value.items()}
        return {name: one for name, one in found.items() if one is not None}

    return take


_A_TABLE = Text("plan.file.table", "This must be a table of names and values.")


def record(keys: Mapping[str, Take], needed: Collection[str] = (), build: Callable[..., Any] = dict) -> Take:
    """A table with known keys; None where one that is needed is missing or wrong."""

    def take(reading: Reading, path: Path, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return reading.wrong(path, _A_TABLE)
        for name in value:
            if name not in keys:
                reading.wrong((*path, name), unknown("key", str(name), keys))
        for name in needed:
            if name not in value:
                reading.wrong(path, Text("plan.file.missing", "“%(key)s” is missing.", {"key": name}))
        read = {name: take_one(reading, (*path, name), value[name]) for name, take_one in keys.items() if name in value}
        found = {name: one for name, one in read.items() if one is not None}
        return build(**found) if all(name in found for name in needed) else None

    return take


def either(first: tuple[type, Take], otherwise: Take) -> Take:
    """By the type of what stands there."""
    kind, take_first = first

    def take(reading: Reading, path: Path, value: Any) -> Any:
        return take_first(reading, path, value) if isinstance(value, kind) else otherwise(reading, path, value)

    return take
