"""The first worked case of a KPI as a small table: what happened, its one or two telling columns, and how each row counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.store import World
from nyckeltal.errors import UserMistake
from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.frame import numbers
from nyckeltal.web.kpi import asking, names
from nyckeltal.words import Text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_COLUMNS = 2
COUNTED_ONE_BY_ONE = frozenset({"share", "count", "mean", "balance", "total"})
_TELLING: Mapping[str, _StrPromise] = {
    "wait_s": _("Waited"), "handle_s": _("Handled in"), "talk_s": _("Talked"), "hold_s": _("On hold"), "acw_s": _("After the contact"),
    "value": _("Answer"), "reason_id": _("Reason"), "offered_at": _("When"), "closed_at": _("Closed"), "customer_key": _("Customer"), "outcome": _("Ended"),
    "case_id": _("Case"), "met": _("Kept"),
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    say: Text
    times: int
    cells: tuple[str, ...]
    counts: str


@dataclass(frozen=True)
class Case:
    say: Text
    columns: tuple[Any, ...]
    rows: tuple[Row, ...]
    gives: str

    @property
    def counts(self) -> bool:
        return any(row.counts for row in self.rows)


def case(kpi: Kpi) -> Case | None:
    """The first case whose rows say what happened in words and numbers; else the first that says it in words."""
    speaking = [(number, told, rows) for number, told in enumerate(kpi.cases) if (rows := _rows(told)) and all("say" in row for row in rows)]
    told = next((one for one in speaking if _columns(one[2])), next(iter(speaking), None))
    return _case(kpi, *told) if told else None


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The telling words in which these rows differ."""
    return [name for name in _TELLING if len({str(row.get(name)) for row in rows}) > 1 and sum(name in row for row in rows) * 2 > len(rows)][:MOST_COLUMNS]


def _rows(told: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Rows of the fact that the case is about: the first table in it that speaks."""
    for value in told.values():
        if isinstance(value, list) and value and isinstance(value[0], dict) and "say" in value[0]:
            return value
    return ()


def _case(kpi: Kpi, number: int, told: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Case:
    columns = _columns(rows)
    counted = _counted(kpi, number)
    found = tuple(
        Row(Text(f"kpi.{kpi.id}.case", row["say"], as_written=kpi.own), int(row.get("times", 1)), tuple(_cell(name, row.get(name)) for name in columns), how)
        for row, how in zip(rows, counted or [""] * len(rows), strict=True)
    )
    return Case(
        Text(f"kpi.{kpi.id}.case.{number}", str(told.get("say", "")), as_written=kpi.own),
        tuple(_TELLING[name] for name in columns),
        found,
        str(told.get("gives", "")),
    )


@lru_cache(maxsize=256)
def _ways(kpi_id: str, number: int, _content: str) -> tuple[str, ...]:
    """How the engine counts each row, asked of a centre that holds nothing but the case. `_content` tells one edition of a file from another."""
    from nyckeltal.kpi.ask import evidence

    kpi = asking.kpis()[kpi_id]
    told = kpi.cases[number]
    rows = {name: [{key: value for key, value in row.items() if key != "times"} for row in found] for name, found in told.items() if name in TABLES}
    world = World.of(rows, told.get("known_until"), defaults=True)
    over = str(kpi.base["over"])
    many = len(rows[over])
    drawn = evidence(kpi_id, n=10 * many, facts=world, home=settings.NYCKELTAL_HOME, set=told.get("set"))
    by_row = {one.row_id: one.counted_as for one in drawn}
    key = TABLES[over].key or ""
    return tuple(by_row.get(str(row.get(key, f"{over}-{at}")), "left_out") for at, row in enumerate(rows[over], 1))


def _counted(kpi: Kpi, number: int) -> list[str]:
    """In words; nothing where the rows that speak are not the ones counted."""
    told, over = kpi.cases[number], str(kpi.base["over"])
    if _rows(told) is not told.get(over) or kpi.base.kind not in COUNTED_ONE_BY_ONE:
        return []
    try:
        ways = _ways(kpi.id, number, repr(told))
    except UserMistake:
        return []
    return [counted_words(kpi, way) for way in ways]


def counted_words(kpi: Kpi, way: str) -> str:
    """Where a row stands in the fraction as it is drawn in words."""
    if way == "left_out":
        return pgettext("counted", "left out")
    if kpi.base.kind != "share":
        return pgettext("counted", "counted")
    return pgettext("counted", "above and below the line") if way == "numerator" else pgettext("counted", "below the line only")


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return pgettext("kept or not", "yes") if value else pgettext("kept or not", "no")
    if name.endswith("_s"):
        return numbers.duration(value)
    if isinstance(value, datetime):
        return numbers.moment(value)
    return names.named(name, value)
