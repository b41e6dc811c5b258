"""What values look like: moments and in which form, clock times, durations, numbers, yes or no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Literal

from nyckeltal.sources import cells, columns

if TYPE_CHECKING:
    import duckdb

Kind = Literal["moment", "date", "clock", "duration", "number", "flag", "text", "empty"]

_days = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%Y.%m.%d.",
    "%Y.%m.%d",
    "%Y/%m/%d",
    "%m/%d/%Y",
    "%m-%d-%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y%m%d",
    "%y%m%d",
    "%d %b %Y",
    "%b %d, %Y",
)
_clocks = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%H.%M.%S", "%H.%M")
day_forms = _days
clock_forms = _clocks
_northern = tuple(
    f"{day}{gap}{clock}" for day in ("%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d") for gap in (" klo ", " kl. ", " kl ") for clock in _clocks if "%p" not in clock
)
moment_forms = (*(f"{day}{gap}{clock}" for day in _days for gap in (" ", "T", ", ") for clock in _clocks), *_northern)


@dataclass(frozen=True)
class Shape:
    """`form` is None where it needs not be said; `sure` is false where another form fits too."""

    kind: Kind
    form: str | None = None
    sure: bool = True
    distinct: int = 0
    unique: bool = False
    both_ways: bool = False  # day first and month first both read every value


_most = 0.95  # a cell in twenty may be bad and the column still be what it is; loading sets that row aside
named_so = 0.6  # where the header says it too
_tried = 20  # values from all over the column that tell which forms are worth trying


def shape(con: duckdb.DuckDBPyConnection, values: Sequence[str], most: float = _most) -> Shape:
    """The shape of a column's values (empty ones left out), of which this share at least must have it."""
    found = _kind(con, [value.strip() for value in values if value.strip()], most)
    distinct = len(set(values))
    return replace(found, distinct=distinct, unique=distinct == len(values) and distinct > 0)


def fits(con: duckdb.DuckDBPyConnection, values: Sequence[str], forms: Sequence[str], least: float = _most) -> list[str]:
    """The strptime forms that read the values, but for the odd bad one."""
    some = values[:: max(1, len(values) // _tried)]
    likely = [form for form in forms if any(_reads(form, value) for value in some)]  # a query of all forms takes seconds to plan
    if not likely:
        return []
    counts = ", ".join(f"count(*) FILTER (year(try_strptime(value, {cells.quote(form)})) >= 1900)" for form in likely)
    read = con.execute(f"SELECT {counts} FROM (SELECT unnest($values) AS value)", {"values": list(values)}).fetchone() or ()
    most = max(read, default=0)
    return [form for form, n in zip(likely, read, strict=True) if n == most] if most >= len(values) * least else []


# What a directive can stand for, at the widest: most values are told from most forms by it, hundreds of times sooner than by reading them.
_widest = {"%Y": r"\d{4}", "%y": r"\d\d", "%f": r"\d{1,6}", "%b": ".+", "%p": ".+", **dict.fromkeys(("%m", "%d", "%H", "%I", "%M", "%S"), r"(?: \d|\d\d?)")}


@cache
def outline(form: str) -> re.Pattern[str]:
    """What a value must look like, at the least, to be of a form."""
    parts = (_widest.get(part) or re.sub(r"\s+", r"\\s+", re.escape(part).replace("\\ ", " ")) for part in re.split("(%.)", form))
    return re.compile("".join(parts), re.IGNORECASE)


def _reads(form: str, value: str) -> bool:
    if not outline(form).fullmatch(value):
        return False
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only whether it fits
    except ValueError:
        return False
    return True


def _kind(con: duckdb.DuckDBPyConnection, values: Sequence[str], most: float) -> Shape:
    if not values:
        return Shape("empty")
    if _nearly_all(con, values, cells.read("number", "value", (), None).value, most):
        dates = [form for form in fits(con, values, ("%Y%m%d", "%y%m%d")) if len({len(value) for value in values}) == 1 and len(values[0]) in (6, 8)]
        likely = [form for form in dates if len(values[0]) == (8 if "Y" in form else 6)]
        return Shape("date", likely[0], sure=False) if likely else Shape("number")
    iso = cells.read("moment", "value", ("iso",), None)
    if _nearly_all(con, values, f"coalesce({iso.value}, {iso.local}::TIMESTAMPTZ)", most):
        return Shape("moment" if any(":" in value for value in values) else "date")
    told: tuple[tuple[Kind, Sequence[str]], ...] = (("moment", moment_forms), ("date", day_forms))
    for kind, forms in told:
        if good := fits(con, values, forms, most):
            both = _both_ways(good)
            return Shape(kind, good[0], sure=not both, both_ways=both)
    return _clock_or_text(con, values, most)


_serials = range(36526, 58000)  # a spreadsheet's numbers of days, of this century's first half


def by_number(seen: Shape, name: str, values: Sequence[str]) -> Shape:
    """A spreadsheet's days that lost their form, and clock times with a point (08.30): numbers below a header that says a date or a time."""
    timed = any(columns.likeness(name, names) == 1 for names in (columns.TIMES, *(columns.NAMES[f"schedule_shift.{end}_at"] for end in ("started", "ended"))))
    figures = [value.strip() for value in values if value.strip()[:1].isdigit()]
    if seen.kind == "number" and timed and all(re.fullmatch(r"([01]?\d|2[0-3])\.[0-5]\d", value) for value in figures):
        return replace(seen, kind="clock", form="%H.%M", sure=False)
    told = any(columns.likeness(name, names) for names in (columns.DATES, columns.NAMES["ordered_at"], columns.NAMES["sold_at"], columns.NAMES["requested_at"]))
    if seen.kind != "number" or not told or not all(re.fullmatch(r"\d{5}([.,]\d+)?", value.strip()) and int(value.strip()[:5]) in _serials for value in values):
        return seen
    return replace(seen, kind="moment" if any(not value.strip().isdigit() for value in values) else "date", form="excel", sure=False)


def _both_ways(forms: Sequence[str]) -> bool:
    """Day first and month first both fit."""
    return any(_swapped(form) in forms for form in forms)


def _swapped(form: str) -> str | None:
    """The same form with day and month changed round, None where its separator leaves no doubt."""
    first = {"%d/%m": "%m/%d", "%m/%d": "%d/%m", "%d-%m": "%m-%d", "%m-%d": "%d-%m"}.get(form[:5])
    return first + form[5:] if first else None


def settled(con: duckdb.DuckDBPyConnection, column: str, seen: Shape) -> Shape:
    """A day that could be a month in the first rows is told by the whole column, where one of its rows says it."""
    form, other = seen.form, _swapped(seen.form or "")
    if not seen.both_ways or form is None or other is None:
        return seen
    counts = ", ".join(f"count(try_strptime(trim(value), {cells.quote(one)}))" for one in (form, other))
    mine, others = con.execute(f"SELECT {counts} FROM ({column}) AS t(value)").fetchone() or (0, 0)
    if mine == others:
        return seen
    return replace(seen, form=form if mine > others else other, sure=True, both_ways=False)


def _clock_or_text(con: duckdb.DuckDBPyConnection, values: Sequence[str], most: float) -> Shape:
    clocks = fits(con, values, clock_forms, most)
    if clocks and "%p" in clocks[0]:
        return Shape("clock", clocks[0])
    for form in ("h:mm:ss", "mm:ss"):
        if _nearly_all(con, values, cells.read("seconds", "value", (form,), None).value, most):
            return Shape("clock", clocks[0] if clocks else form)
    if clocks:
        return Shape("clock", clocks[0])
    return Shape("flag" if _nearly_all(con, values, cells.read("flag", "value", (), None).value, most) else "text")


def _nearly_all(con: duckdb.DuckDBPyConnection, values: Sequence[str], expression: str, most: float) -> bool:
    row = con.execute(f"SELECT count({expression}) >= count(*) * {most} FROM (SELECT unnest($values) AS value)", {"values": list(values)}).fetchone()
    return bool(row and row[0])
