"""Rules about the amounts of a KPI file: what can be no number, and which numbers cannot be, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nyckeltal.kpi.definition import UNITS
from nyckeltal.kpi.lines import Path
from nyckeltal.words import Text

TEXT, NUMBER, WHOLE, LIST, TEXTS, TABLE, FLAG = "a text", "a number", "a whole number", "a list", "a list of texts", "a table", "true or false"
_PYTHON: dict[str, tuple[type, ...]] = {TEXT: (str,), NUMBER: (int, float), WHOLE: (int,), LIST: (list,), TEXTS: (list,), TABLE: (dict,), FLAG: (bool,)}
_CALLED = {
    TEXT: Text("kpi.must_be.text", "a text"),
    NUMBER: Text("kpi.must_be.number", "a number"),
    WHOLE: Text("kpi.must_be.whole", "a whole number"),
    LIST: Text("kpi.must_be.list", "a list"),
    TEXTS: Text("kpi.must_be.texts", "a list of texts"),
    TABLE: Text("kpi.must_be.table", "a table"),
    FLAG: Text("kpi.must_be.flag", "true or false"),
}
LONGEST_D = 1830  # five years: of what a figure is read over, and of what must have passed before a row counts
LARGEST = 10**12  # no key figure needs more, and days and sums of it can be worked out
DEEPEST = 12  # what stands in what, in the deepest of files
_MANY, _FACTOR = (0, 10_000), (0.001, 1_000_000)
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "version": (1, 9999),
    "rolling_months": (1, 60),
    "scale": _FACTOR,
    "times": _FACTOR,
    "floor": _MANY,
    "show": _MANY,
    "compare": _MANY,
    "least": (5, 10_000),  # who must not be told from others: reference 6.5
    "comments": (10, 10_000),
    **{unit: (0, LONGEST_D * UNITS["days"] // size) for unit, size in UNITS.items()},
}
_PARTS_OF_ONE = ("at", "doubt_above")
_ELSEWHERE = ("settings", "words", "benchmark", "serves")  # what stands there is looked at by rules of its own, or is no number


def is_a(value: Any, kind: str) -> bool:
    fits = isinstance(value, _PYTHON[kind]) and not (isinstance(value, bool) and kind in (NUMBER, WHOLE))
    return fits and (kind != TEXTS or all(isinstance(each, str) for each in value))


def must_be(key: str, kind: str | Text) -> Text:
    called = _CALLED[kind] if isinstance(kind, str) else kind
    return Text("kpi.wrong_type", "“%(key)s” must be %(kind)s.", {"key": key, "kind": called})


def amount(value: Any) -> float:
    """The number that a file says; nought where it says none, so that the rest of it can be looked at too."""
    return float(value) if is_a(value, NUMBER) and _within(value, -LARGEST, LARGEST) else 0.0


def mistakes(data: Mapping[str, Any]) -> Iterator[tuple[Path, Text]]:
    for key in ("name", "asks", "purpose"):
        if key in data and (data[key] == [] or (isinstance(data[key], str) and not data[key].strip())):
            yield (key,), Text("kpi.key_missing", "“%(key)s” is missing.", {"key": key})
    settings = data.get("settings")
    for name, said in settings.items() if isinstance(settings, dict) else ():
        yield from _of_setting(("settings", name), name, said)
    yield from _impossible((), {key: value for key, value in data.items() if key not in _ELSEWHERE})


def between(least: float, most: float) -> Text:
    return Text("kpi.must_be.between", "between %(least)s and %(most)s", {"least": f"{least:.15g}", "most": f"{most:.15g}"})


def too_long(seconds: float) -> bool:
    """Whether nothing can be waited for so long, or so little."""
    return not _within(seconds, 0, LONGEST_D * UNITS["days"])


def _within(value: float, least: float, most: float) -> bool:
    """Also of what is no number (nan), or too large to be made a float."""
    return least <= value <= most


def _of_setting(path: Path, name: str, said: Any) -> Iterator[tuple[Path, Text]]:
    """A setting has one value: a number, or a number of a unit of time, on its own or as what holds where nothing was agreed."""
    table = said if isinstance(said, dict) else {"else": said}
    otherwise = table.get("else")
    plain = otherwise if isinstance(otherwise, dict) else {}
    values = [key for key in ("else", *UNITS) if key in table]
    if len(values) > 1 or len(plain) > 1:
        keys = tuple(plain if len(plain) > 1 else values)
        yield path, Text("kpi.setting_twice", "“%(name)s” has more than one value: %(keys)s", {"name": name, "keys": keys})
    if plain.keys() - UNITS.keys():
        number = Text("kpi.must_be.setting", "a number, or a number of %(units)s, as in { days = 7 }", {"units": tuple(UNITS)})
        yield (*path, "else"), must_be("else", number)
    for key, value in [*table.items(), *plain.items()]:
        wanted = _wanted(key, value, {}) if key in (*UNITS, "times") or (key == "else" and not plain) else None
        if wanted:
            yield ((*path, key), must_be(key, wanted)) if isinstance(said, dict) else (path, must_be(name, wanted))
    unit = next((unit for unit in UNITS if unit in table or unit in plain), "else")
    allowed = table.get("allowed")
    if isinstance(allowed, list) and (not allowed or any(_wanted(unit, each, {}) for each in allowed)):
        numbers = Text("kpi.must_be.numbers", "a list of numbers, each %(bounds)s", {"bounds": between(*_bounds(unit, {}))})
        yield (*path, "allowed"), must_be("allowed", numbers)
    measure = table.get("measure", "")
    if not is_a(measure, TEXT) and not is_a(measure, TEXTS):
        yield (*path, "measure"), must_be("measure", TEXTS)


def _impossible(path: Path, found: Any) -> Iterator[tuple[Path, Text]]:
    """Numbers that their keys cannot have, in this table and in those within it."""
    if len(path) > DEEPEST:
        yield path[:1], Text("kpi.too_deep", "Lists or tables stand in each other here, deeper than any KPI needs.")
        return
    for key, value in found.items() if isinstance(found, dict) else enumerate(found):
        if isinstance(value, dict | list):
            yield from _impossible((*path, key), value)
        elif is_a(value, NUMBER) and (wanted := _wanted("" if path[:1] == ("case",) else str(key), value, found)):
            yield (*path, key), must_be(str(path[-1] if isinstance(found, list) else key), wanted)


def _wanted(key: str, value: Any, table: Any) -> Text | None:
    """What the number would have to be, where it is not."""
    if not is_a(value, NUMBER):
        return _CALLED[NUMBER]
    if key in _PARTS_OF_ONE and not 0 < value < 1:
        return Text("kpi.must_be.part", "more than 0 and less than 1")
    least, most = _bounds(key, table)
    return None if _within(value, least, most) else between(least, most)


def _bounds(key: str, table: Any) -> tuple[float, float]:
    least, most = _BOUNDS.get(key, (-LARGEST, LARGEST))
    shown = table.get("show") if key == "compare" else None
    return (shown, most) if isinstance(shown, int) and _within(shown, least, most) else (least, most)
