"""A question as an object: which KPIs, by what, over which days, under which conditions. Everything that asks, asks with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.formula import unknown
from nyckeltal.kpi.vocabulary import DIMENSIONS
from nyckeltal.when.period import Grain, Period
from nyckeltal.words import Text


@dataclass(frozen=True)
class Question:
    """`first` and `last` are local days, both included, None where open. `within` is a trusted restriction by dimension, from access;
    so is `least_persons`, how many agents must stand behind a figure of a group of them.
    `whole`: contacts are counted as a whole, whatever level the question is at; a queue then means the contact's first."""

    kpis: tuple[str, ...]
    by: tuple[str, ...] = ()
    per: Grain | None = None
    first: date | None = None
    last: date | None = None
    where: str | None = None
    variant: str | None = None
    set: tuple[tuple[str, float], ...] = ()
    floor: int | None = None
    within: tuple[tuple[str, tuple[str, ...]], ...] = ()
    whole: bool = False
    least_persons: int = 0

    @classmethod
    def of(
        cls,
        *kpis: str,
        by: str | Iterable[str] = (),
        per: Grain | str | None = None,
        start: date | str | None = None,
        end: date | str | None = None,
        where: str | None = None,
        variant: str | None = None,
        set: Mapping[str, float | str] | None = None,  # noqa: A002 - named like the option --set
        floor: int | None = None,
        within: Mapping[str, Collection[str]] | None = None,
        least_persons: int = 0,
    ) -> Question:
        """From what a person gives; raises BadQuestion where something is not known."""
        if not kpis:
            raise BadQuestion(Text("ask.nothing", "Name at least one KPI."))
        dimensions = tuple(dict.fromkeys(part.strip() for part in (by.split(",") if isinstance(by, str) else by) if part.strip()))
        for name in (*dimensions, *(within or ())):
            _among(name, "dimension", DIMENSIONS)
        return cls(
            kpis=tuple(dict.fromkeys(kpis)),
            by=dimensions,
            per=_grain(per),
            first=_day(start, last=False),
            last=_day(end, last=True),
            where=where.strip() or None if where else None,
            variant=variant or None,
            set=tuple(sorted((name, _number(name, value)) for name, value in (set or {}).items())),
            floor=floor,
            within=tuple(sorted((name, tuple(sorted(ids))) for name, ids in (within or {}).items())),
            least_persons=least_persons,
        ).in_order()

    def in_order(self) -> Question:
        if self.first and self.last and self.last < self.first:
            values = {"start": self.first, "end": self.last}
            raise BadQuestion(Text("ask.period_backwards", "The period ends (%(end)s) before it starts (%(start)s).", values))
        return self


def _among(name: str, what: str, known: Collection[str]) -> None:
    if name not in known:
        raise BadQuestion(unknown(what, name, known))


def _grain(per: Grain | str | None) -> Grain | None:
    if not per:
        return None
    _among(str(per), "grain", [grain.value for grain in Grain])
    return Grain(per)


def _day(given: date | str | None, *, last: bool) -> date | None:
    """A day, or the first or last day of what a label such as 2026-03 names."""
    if given is None or given == "":
        return None
    if isinstance(given, datetime):
        return given.date()
    if isinstance(given, date):
        return given
    period = Period.of(given)
    return period.last if last else period.start


def _number(name: str, value: float | str) -> float:
    try:
        return float(value)
    except ValueError:
        raise BadQuestion(Text("ask.setting_no_number", "“%(value)s” is no number for %(name)s.", {"name": name, "value": value})) from None
