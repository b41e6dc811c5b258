"""Figures: a value or the reason there is none, and all that a reader must know beside it. The only place that knows floors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.compile import Plan
    from nyckeltal.stats.interval import Interval

REASONS = ("no_data", "too_few", "refused", "hidden", "not_in_source", "immature")


@dataclass(frozen=True)
class Figure:
    """One number in an answer, never bare. `by` holds the value of each dimension asked by; `n` is how many rows it rests on.

    `revised_from` is the value with which its month was final first, where it has moved since; `revised_since` the day from which it may have.
    """

    kpi: str
    version: int
    variant: str
    period: str | None
    by: Mapping[str, Any]
    value: float | None
    unit: str
    reason: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)
    counted: str = "contact"
    provisional: bool = False
    known_until: datetime | None = None
    message: Text | None = None
    revised_from: float | None = None
    revised_since: date | None = None

    @property
    def shown_in(self) -> str:
        """The unit with what it takes to write a value: of an amount its currency (`money SEK`)."""
        currency = self.parts.get("currency") or self.by.get("currency")
        return f"{self.unit} {currency}" if self.unit == "money" and currency else self.unit

    def but(self, **changed: Any) -> Figure:
        """The same but for these fields. An answer can hold thousands of figures: `replace` takes twenty times as long."""
        found: Figure = object.__new__(Figure)
        object.__setattr__(found, "__dict__", self.__dict__ | changed)
        return found

    def certain(self, interval: Interval | None, scale: float) -> Figure:
        """The same with its interval, where it shows a value."""
        if interval is None or self.value is None:
            return self
        return self.but(low=interval.low * scale, high=interval.high * scale)

    def without(self, reason: str, message: Text) -> Figure:
        """The same with a reason in place of the value. Of too few it shows how many alone, and of what is hidden not even that: the rest would
        tell the value."""
        bare = self.but(value=None, low=None, high=None, reason=reason, message=message, parts={}, revised_from=None, revised_since=None)
        if reason in ("too_few", "hidden"):
            bare = bare.but(numerator=None, denominator=None)
        return bare.but(n=None) if reason == "hidden" else bare

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON: days and moments in ISO form, the message in English."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}


@dataclass(frozen=True)
class Answer:
    """The figures of a question, in order of KPI, period and group."""

    figures: tuple[Figure, ...]
    first: date | None = None  # the days asked for: a period that they cut is judged by nothing
    last: date | None = None

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)

    def __getitem__(self, number: int) -> Figure:
        return self.figures[number]

    @property
    def refused(self) -> bool:
        return any(figure.reason == "refused" for figure in self.figures)

    def as_dicts(self) -> list[dict[str, Any]]:
        """Ready for JSON; each figure with what its series says of it (`kpi/trend.py`)."""
        from nyckeltal.kpi.trend import told

        trends = told(self.figures, self.first, self.last)
        return [figure.as_dict() | {"trend": _plain(trend)} for figure, trend in zip(self.figures, trends, strict=True)]


def floored(figure: Figure, plan: Plan, floor: int | None, sampled: float | None = None) -> Figure:
    """The figure as it may be shown: hidden below the floor of its level, marked where it must not be compared. `sampled`: what an agent's
    figure rests on, where that is not its rows.

    Company, client and team have the file's floor, which counts and totals have not; an agent's figure needs what `[sample]` says.
    """
    if figure.value is None or plan.formula.kind in ("count", "total"):
        return figure
    sample = plan.kpi.sample_of(plan.chosen) if plan.level == "agent" else {}
    least = floor if floor is not None else sample.get("show") or plan.kpi.reading.get("floor", 0)
    rests_on = (figure.n or 0) if sampled is None else round(sampled)
    if rests_on < least:
        said = Text("figure.too_few", "Rests on %(n)s; shown from %(floor)s.", {"n": rests_on, "floor": least})
        return figure.without("too_few", said)
    if rests_on < sample.get("compare", 0):
        return figure.but(parts={**figure.parts, "compare": False})
    return figure


def with_shares(figures: list[Figure]) -> list[Figure]:
    """Counts asked by a dimension, each with its share of all groups in the same period."""
    totals: dict[str | None, float] = {}
    for figure in figures:
        totals[figure.period] = totals.get(figure.period, 0) + (figure.value or 0)
    return [it.but(parts={**it.parts, "share_of_all": it.value / totals[it.period]}) if it.value is not None and totals[it.period] else it for it in figures]


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return value
