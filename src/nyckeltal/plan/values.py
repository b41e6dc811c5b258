"""Targets as people write them: 75 %, 6:00, 8 h. Figures have shares as fractions and durations in seconds."""

from __future__ import annotations

import re

from nyckeltal.words import Text

_SECONDS = {"s": 1, "sec": 1, "seconds": 1, "min": 60, "minutes": 60, "h": 3600, "hours": 3600}
_NUMBER = r"[-−+]?\d+(?:[.,]\d+)?"


def read(said: object, unit: str) -> float | Text:
    """The value in the figure's unit; a Text says what it should be instead."""
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return Text("plan.value.no_number", "This must be a number, or a text such as “75 %%” or “6:00”.", {})
    if isinstance(said, int | float):
        return _checked(float(said), unit)
    given = said.strip()
    found = _share(given) if unit == "share" else _seconds(given) if unit == "seconds" else None
    plain = _plain(given) if found is None else None
    if found is None and plain is None:
        values = {"said": said, "example": _EXAMPLE.get(unit, "41.5")}
        return Text("plan.value.unread", "“%(said)s” is no value of this figure. Write it like this: %(example)s", values)
    return found if found is not None else _checked(plain or 0.0, unit)


_EXAMPLE = {"share": '0.75, "75 %"', "seconds": '360, "6:00", "60 s", "8 h"'}


def _checked(value: float, unit: str) -> float | Text:
    if unit == "share" and abs(value) > 1:
        values = {"value": f"{value:g}", "fraction": f"{value / 100:g}"}
        return Text("plan.value.per_cent", "A share of %(value)s is more than everything. Write %(fraction)s, or “%(value)s %%”.", values)
    return value


def _plain(given: str) -> float | None:
    return float(given.replace(",", ".").replace("−", "-")) if re.fullmatch(_NUMBER, given) else None


def _share(given: str) -> float | None:
    found = re.fullmatch(rf"({_NUMBER})\s*(?:%|per cent)", given)
    return None if found is None else round(float(found[1].replace(",", ".").replace("−", "-")) / 100, 12)


def _seconds(given: str) -> float | None:
    if clock := re.fullmatch(r"(?:(\d+):)?(\d+):(\d{2})", given):
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
    parts = re.findall(rf"({_NUMBER})\s*([a-z]+)", given)
    whole = re.fullmatch(rf"(?:{_NUMBER}\s*[a-z]+\s*)+", given)
    if not whole or any(unit not in _SECONDS for _, unit in parts):
        return None
    return float(sum(float(amount.replace(",", ".")) * _SECONDS[unit] for amount, unit in parts))
