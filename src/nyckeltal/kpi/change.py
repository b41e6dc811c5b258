"""Whether a figure differs from an earlier one by more than chance (kpi-reference 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.stats.change import Verdict
    from nyckeltal.stats.interval import Interval

# the smallest step worth speaking of: two points of a share, 0.2 of a score, five points of a balance, 3 % of a time and of what is had per something
_BY_RATIO = ("seconds", "hours", "days", "money", "per_100", "per_1000", "per_hour", "per_day", "per_month")
WORTHWHILE: Mapping[str, float] = {"share": 0.02, "score": 0.2, "points": 5.0, **dict.fromkeys(_BY_RATIO, 0.03)}


@dataclass(frozen=True)
class Changed:
    verdict: Verdict
    up: bool


def compared(now: Figure, before: Figure) -> Changed | None:
    """None where one of them has no value or no interval, is not final, or where the two were not counted alike."""
    alike = (now.kpi, now.version, now.variant, now.unit, now.counted) == (before.kpi, before.version, before.variant, before.unit, before.counted)
    sides = [_side(one) for one in (now, before)]
    worthwhile = WORTHWHILE.get(now.unit)
    if not alike or now.provisional or before.provisional or worthwhile is None or sides[0] is None or sides[1] is None:
        return None
    from nyckeltal.stats.change import difference, ratio

    change = (ratio if now.unit in _BY_RATIO else difference)(*sides[0], *sides[1])
    return None if change is None else Changed(change.verdict(worthwhile), change.up)


def parts_compared(now: Figure, before: Figure) -> Changed | None:
    """Of counts with their share of all: whether that share differs."""
    from nyckeltal.stats.change import difference
    from nyckeltal.stats.proportion import wilson

    shares = [_part(one) for one in (now, before)]
    if shares[0] is None or shares[1] is None:
        return None
    (k1, n1), (k2, n2) = shares[0], shares[1]
    first, second = wilson(k1, n1), wilson(k2, n2)
    if first is None or second is None:
        return None
    change = difference(k1 / n1, first, k2 / n2, second)
    return Changed(change.verdict(WORTHWHILE["share"] / 4), change.up)


def _side(figure: Figure) -> tuple[float, Interval] | None:
    from nyckeltal.stats.interval import Interval

    if figure.value is None or figure.low is None or figure.high is None:
        return None
    return figure.value, Interval(figure.low, figure.high, "")


def _part(figure: Figure) -> tuple[float, float] | None:
    share = figure.parts.get("share_of_all")
    return (figure.value, figure.value / share) if figure.value and share and not figure.provisional else None
