"""Rules about the amounts of a KPI file: what can be no number, and which numbers cannot be, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from nyckeltal.kpi.definition import UNITS
from nyckeltal.kpi.lines import Path
from nyckeltal.words import Text

TEXT, NUMBER, WHOLE, LIST, TABLE, FLAG = "a text", "a number", "a whole number", "a list", "a table", "true or false"
_PYTHON: dict[str, tuple[type, ...]] = {TEXT: (str,), NUMBER: (int, float), WHOLE: (int,), LIST: (list,), TABLE: (dict,), FLAG: (bool,)}
_CALLED = {
    TEXT: Text("kpi.must_be.text", "a text"),
    NUMBER: Text("kpi.must_be.number", "a number"),
    WHOLE: Text("kpi.must_be.whole", "a whole number"),
    LIST: Text("kpi.must_be.list", "a list"),
    TABLE: Text("kpi.must_be.table", "a table"),
    FLAG: Text("kpi.must_be.flag", "true or false"),
}
_LEAST = {"version": 1, "rolling_months": 1, "floor": 0, "show": 0, "compare": 0}
_PARTS_OF_ONE = ("at", "doubt_above")
_ELSEWHERE = ("case", "settings", "words", "history", "benchmark", "serves")


def is_a(value: Any, kind: str) -> bool:
    return isinstance(value, _PYTHON[kind]) and not (isinstance(value, bool) and kind in (NUMBER, WHOLE))


def must_be(key: str, kind: str | Text) -> Text:
    called = _CALLED[kind] if isinstance(kind, str) else kind
    return Text("kpi.wrong_type", "“%(key)s” must be %(kind)s.", {"key": key, "kind": called})


def amount(value: Any) -> float:
    """The number that a file says; nought where it says none, so that the rest of it can be looked at too."""
    return float(value) if is_a(value, NUMBER) else 0.0


def mistakes(data: Mapping[str, Any]) -> Iterator[tuple[Path, Text]]:
    for key in ("name", "asks", "purpose"):
        if key in data and (data[key] == [] or (isinstance(data[key], str) and not data[key].strip())):
            yield (key,), Text("kpi.key_missing", "“%(key)s” is missing.", {"key": key})
    settings = data.get("settings")
    for name, said in settings.items() if isinstance(settings, dict) else ():
        yield from _of_setting(name, said)
    yield from _impossible((), {key: value for key, value in data.items() if key not in _ELSEWHERE})


def _of_setting(name: str, said: Any) -> Iterator[tuple[Path, Text]]:
    table = said if isinstance(said, dict) else {name: said}
    otherwise = table.get("else", 0)
    plain = otherwise if isinstance(otherwise, dict) else {"else": otherwise}
    for key, value in {**{key: table[key] for key in (name, *UNITS, "times") if key in table}, **plain}.items():
        if not is_a(value, NUMBER) or not isfinite(value):
            yield (("settings", name) if table is not said else ("settings", name, key)), must_be(key, NUMBER)
    allowed = table.get("allowed", [])
    if isinstance(allowed, list) and not all(is_a(each, NUMBER) and isfinite(each) for each in allowed):
        yield ("settings", name, "allowed"), must_be("allowed", Text("kpi.must_be.numbers", "a list of numbers"))


def _impossible(path: Path, table: Mapping[str, Any]) -> Iterator[tuple[Path, Text]]:
    """Numbers that their keys cannot have, in this table and in those within it."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _impossible((*path, key), value)
        elif is_a(value, NUMBER) and (wanted := _wanted(key, value, table)):
            yield (*path, key), must_be(key, wanted)


def _wanted(key: str, value: float, table: Mapping[str, Any]) -> Text | None:
    """What the number would have to be, where it is not."""
    if key in _PARTS_OF_ONE and not 0 < value < 1:
        return Text("kpi.must_be.part", "between 0 and 1")
    if key == "scale" and (not isfinite(value) or value == 0):
        return Text("kpi.must_be.factor", "a number other than 0")
    least = _LEAST.get(key)
    if key == "compare" and is_a(table.get("show"), WHOLE):
        least = max(0, table["show"])
    return Text("kpi.must_be.least", "%(least)s or more", {"least": least}) if least is not None and value < least else None
