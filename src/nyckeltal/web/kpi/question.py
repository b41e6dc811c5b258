"""A question as the page asks it: KPI, by, per, period, filters, variant; to and from an address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext, override

from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import names
from nyckeltal.when.period import Period

FILTERS = (
    "client", "channel", "queue", "team", "reason1", "reason2", "reason3", "area", "demand", "outcome", "direction", "language", "site", "leader", "agent",
    "tenure", "weekday", "hour", "repeat",
)  # fmt: skip
PERIOD_GRAINS = {4: "year", 7: "month", 10: "day"}


@dataclass(frozen=True)
class PageQuestion:
    """`first` and `last` are both included. `chosen` narrows by one value of a dimension."""

    kpi: str
    first: date
    last: date
    by: tuple[str, ...] = ()
    per: str = ""
    variant: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    set: tuple[tuple[str, float], ...] = ()  # what a goal says otherwise than the agreements
    where: str = ""  # a condition of the program's own; no address carries one

    @property
    def address(self) -> str:
        """The same question as a query string; what is not asked is left out."""
        parts: list[tuple[str, str]] = [("kpi", self.kpi), ("variant", self.variant), *zip(("by", "and_by"), self.by, strict=False), ("per", self.per)]
        parts += [("first", self.first.isoformat()), ("last", self.last.isoformat()), *self.chosen.items()]
        parts += [(f"set_{name}", str(value)) for name, value in self.set]
        return urlencode([(name, value) for name, value in parts if value])

    @property
    def about(self) -> tuple[str, ...]:
        """The dimensions it names besides those it is narrowed by."""
        return self.by

    @property
    def terms(self) -> dict[str, Any]:
        """What the engine is told besides KPI, dimensions and grain."""
        return {"start": self.first, "end": self.last, "variant": self.variant or None, "set": dict(self.set) or None, "where": self.where or None}

    def without(self, **changes: Any) -> PageQuestion:
        return replace(self, **changes)


def _label(first: date, last: date) -> str:
    """A week is told by its days."""
    period = Period.days(first, last)
    return period.label if period.grain is not None and "W" not in period.label else f"{first}..{last}"


def period_words(first: date, last: date) -> str:
    """October 2026, or from day to day."""
    return numbers.period(_label(first, last))


def about_words(question: PageQuestion) -> str:
    """Of whom and when: “Nordkraft, October 2026”."""
    narrowed = [names.named(dimension, value) for dimension, value in question.chosen.items()]
    return ", ".join([*narrowed, period_words(question.first, question.last)])


def logged_words(question: PageQuestion) -> str:
    """The same for the log, whose readers have other languages: the days as they are, what is chosen in English where it is not a name of one's own."""
    with override("en"):
        narrowed = [names.named(dimension, value) for dimension, value in question.chosen.items()]
    return ", ".join([*narrowed, _label(question.first, question.last)])


def variant_words(kpi: Kpi, variant: str, level: str | None = None) -> str:
    """What a way of counting is called; the base by its own name, and at a level that counts otherwise as it is called there."""
    of_variant = f"variants.{variant}."
    paths = (f"{of_variant}{level}.", of_variant) if variant and variant != kpi.default else (f"levels.{level}.", "words.")
    return next((called for path in paths if (called := say(kpi.text(f"{path}called")))), gettext("As defined"))
