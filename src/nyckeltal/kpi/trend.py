"""Whether a series of figures has left its usual variation (kpi-reference 3.5): the only place that judges one, for every page and program.

Only final values are judged, by the week or anything longer: single days differ by their weekday, and nobody is judged by the day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, Any, Literal

from nyckeltal.stats.change import BASELINE, RUN, TREND, Followed, Rule, followed, followed_shares, moving_range, seasonally_adjusted
from nyckeltal.when.period import Grain, Period
from nyckeltal.words import Text

if TYPE_CHECKING:
    from datetime import date

    from nyckeltal.kpi.answer import Figure

Finding = Literal["outside", "run", "near", "steps", "shift", "none"]
JUDGED_BY = (Grain.WEEK, Grain.MONTH, Grain.QUARTER, Grain.YEAR)
NEAR, NEAR_OF = 3, 4  # X3: so many of so many nearer to a limit than to the middle
LEAST = 5  # events above and below the line in the thinnest period, from which on a share is one of many
YEARS = 3  # of months, before a season is told from chance: with two, each month's factor would be that month itself
ALIKE = 0.5  # the same months of two years differ by at most so much of what neighbours differ by
ENDS: Mapping[str, tuple[float, float]] = {"share": (0, 1), "points": (-100, 100), "alpha": (-1, 1)}  # what no value lies beyond
UNENDED = ("score",)  # scales of their own


# What a series shows, where `since` is named.
SAID: Mapping[tuple[Finding, bool], Text] = {
    ("outside", True): Text("trend.above", "Unusual since %(since)s: above what varied before."),
    ("outside", False): Text("trend.below", "Unusual since %(since)s: below what varied before."),
    ("run", True): Text("trend.upper_half", "Unusual since %(since)s: always in the upper half of what varied before."),
    ("run", False): Text("trend.lower_half", "Unusual since %(since)s: always in the lower half of what varied before."),
    ("near", True): Text("trend.upper_end", "Unusual since %(since)s: close to the upper end of what varied before."),
    ("near", False): Text("trend.lower_end", "Unusual since %(since)s: close to the lower end of what varied before."),
    ("steps", True): Text("trend.rising", "Unusual since %(since)s: rising without a break."),
    ("steps", False): Text("trend.falling", "Unusual since %(since)s: falling without a break."),
    ("shift", True): Text("trend.higher", "A new level since %(since)s, higher than before."),
    ("shift", False): Text("trend.lower", "A new level since %(since)s, lower than before."),
}
STEADY = Text("trend.steady", "No change beyond usual variation.")


@dataclass(frozen=True)
class Usual:
    """Where the value of one period usually lies, and by which rule it is a signal, if it is one."""

    low: float
    centre: float
    high: float
    rule: Rule | None = None
    up: bool = False


@dataclass(frozen=True)
class Trend:
    """How a series stands at its last final period. `since` is the first period of what was found; `new`: the last period brought it.
    `stable_from` is the first period of the level as it is now, since the last shift."""

    usual: Mapping[str, Usual]
    finding: Finding
    up: bool
    since: str
    last: str
    new: bool
    stable_from: str

    @property
    def unusual(self) -> bool:
        """Beyond usual variation as things are now; a level that has held since an earlier shift is the usual one."""
        return self.finding not in ("shift", "none") or (self.finding == "shift" and self.new)

    @property
    def now(self) -> Usual:
        return self.usual[self.last]

    def says(self, since: str | None = None) -> Text:
        """In one sentence, what holds at the last final period; `since` as a reader names that period."""
        if self.finding == "none":
            return STEADY
        said = SAID[self.finding, self.up]
        return Text(said.id, said.english, {"since": since or self.since})


def trend(figures: Sequence[Figure], first: date | None = None, last: date | None = None) -> Trend | None:
    """None with fewer final values than a baseline takes, where they are not counted alike, and by anything shorter than a week.
    `first` and `last` are the days asked for: a period that they cut is not judged, nor is a count of the one in which the data begins."""
    known = judged(figures, first, last)
    if len(known) < BASELINE or len({kind(one) for one in known}) != 1:
        return None
    found, factors = _followed(known)
    return None if found is None else _told(known, found, factors)


def told(figures: Sequence[Figure], first: date | None = None, last: date | None = None) -> list[dict[str, Any] | None]:
    """For programs, of each figure what its series says of it: where its value usually lies and whether it is a signal, and how the series
    stands. None for figures of no series that can be judged."""
    series: dict[object, list[Figure]] = {}
    for figure in figures:
        series.setdefault(_whose(figure), []).append(figure)
    found = {whose: trend(members, first, last) for whose, members in series.items()}
    return [None if (one := found[_whose(figure)]) is None or figure.value is None else _beside(one, figure) for figure in figures]


def _whose(figure: Figure) -> object:
    return figure.kpi, figure.variant, *((name, str(value)) for name, value in figure.by.items())


def _beside(found: Trend, figure: Figure) -> dict[str, Any]:
    usual = found.usual.get(figure.period or "")
    place = asdict(usual) if usual else dict.fromkeys(("low", "centre", "high", "rule"))
    signal = {"signal": place.pop("rule"), "signal_up": place.pop("up", None) if usual and usual.rule else None}
    stands = {"finding": found.finding, "up": found.up if found.finding != "none" else None, "since": found.since, "last": found.last}
    return {**{name: place[name] for name in ("low", "centre", "high")}, **signal, **stands, "unusual": found.unusual, "says": found.says()}


def judged(figures: Sequence[Figure], first: date | None = None, last: date | None = None) -> list[Figure]:
    """The final values of whole periods of a week or more; none where there are shorter ones among them."""
    whole = [one for one in figures if one.period and _uncut(one, first, last)]
    begins = next((at for at, one in enumerate(whole) if one.value is not None), 0)
    if begins and whole[begins].unit == "count":
        whole = whole[begins + 1 :]
    known = [one for one in whole if one.value is not None and not one.provisional]
    return known if all(map(_whole, known)) else []


def kind(figure: Figure) -> tuple[object, ...]:
    """What values of one series have in common."""
    grain = Period.of(figure.period or "").grain
    return figure.kpi, figure.version, figure.variant, figure.unit, figure.counted, tuple(figure.by.items()), grain


def _uncut(figure: Figure, first: date | None, last: date | None) -> bool:
    period = Period.of(figure.period or "") if "T" not in (figure.period or "") else None
    return period is None or ((first is None or period.start >= first) and (last is None or period.last <= last))


def _whole(figure: Figure) -> bool:
    """Whether a figure is one of a whole week or more, not of a day or a part of it."""
    label = figure.period or ""
    return "T" not in label and Period.of(label).grain in JUDGED_BY


def _followed(known: Sequence[Figure]) -> tuple[Followed | None, list[float]]:
    """The series against its limits, and by what each value was divided to take out its season."""
    values = [one.value or 0.0 for one in known]
    if (adjusted := _without_season(known, values)) is not None:
        return followed(adjusted), [value / each for value, each in zip(values, adjusted, strict=True)]
    found = followed_shares([one.numerator or 0 for one in known], [one.denominator or 0 for one in known]) if _of_many(known) else None
    return found or followed(values), [1.0] * len(values)


def _of_many(known: Sequence[Figure]) -> bool:
    """Whether these are shares of so many counted things that chance alone would move them little (Laney's case)."""
    if known[0].unit != "share" or any(one.denominator is None or one.numerator is None or one.denominator != one.n for one in known):
        return False
    totals = [one.denominator or 0 for one in known]
    share = sum(one.numerator or 0 for one in known) / sum(totals) if min(totals) > 0 else 0
    return min(totals, default=0) * min(share, 1 - share) >= LEAST


def _without_season(known: Sequence[Figure], values: list[float]) -> list[float] | None:
    """Each month through the factor of its season, where every month of some years is there and the years repeat themselves."""
    first, last = Period.of(known[0].period or ""), Period.of(known[-1].period or "")
    months = (last.start.year - first.start.year) * 12 + last.start.month - first.start.month + 1
    if first.grain is not Grain.MONTH or months != len(known) or months < 12 * YEARS:
        return None
    years_apart = [abs(after - before) for before, after in zip(values, values[12:], strict=False)]
    repeats = sum(years_apart) / len(years_apart) <= ALIKE * moving_range(values)
    adjusted = seasonally_adjusted(values) if repeats and min(values) > 0 else None
    return adjusted if adjusted is not None and min(adjusted) > 0 else None


def _told(known: Sequence[Figure], found: Followed, factors: Sequence[float]) -> Trend:
    periods = [one.period or "" for one in known]
    signals = {signal.at: signal for signal in reversed(found.signals)}  # the first rule of a point names it
    ends = _ends(known[0].unit)
    usual = {}
    for at, (period, limits, factor) in enumerate(zip(periods, found.limits, factors, strict=True)):
        low, centre, high = (min(max(one * factor, ends[0]), ends[1]) for one in (limits.low, limits.centre, limits.high))
        signal = signals.get(at)
        usual[period] = Usual(low, centre, high, signal.rule if signal else None, up=bool(signal and signal.up))
    values = [(one.value or 0.0) / factor for one, factor in zip(known, factors, strict=True)]
    finding, up, since = _state(values, found)
    new = any(signal.at == len(periods) - 1 for signal in found.signals)
    return Trend(usual, finding, up, periods[since], periods[-1], new, periods[found.stretches[-1].start])


def _ends(unit: str) -> tuple[float, float]:
    return ENDS.get(unit, (float("-inf") if unit in UNENDED else 0.0, float("inf")))


def _state(values: Sequence[float], found: Followed) -> tuple[Finding, bool, int]:
    """What holds at the last point, on which side, and from which point on; the rule that says most comes first."""
    start, last = found.stretches[-1].start, len(values) - 1
    places = [limit.place(value) for limit, value in zip(found.limits[start:], values[start:], strict=True)]
    steps = [after - before for before, after in pairwise(values[start:])]
    for finding, points in _HOLDING.items():
        for up, side in ((True, 1), (False, -1)):
            if back := points([side * place for place in places], [side * step for step in steps]):
                return finding, up, last - back + 1
    if start:
        return "shift", found.limits[start].centre > found.limits[start - 1].centre, start
    return "none", False, 0


def _outside(places: Sequence[float], _steps: Sequence[float]) -> int:
    return _back(places, lambda place: place > 1)


def _on_one_side(places: Sequence[float], _steps: Sequence[float]) -> int:
    points = _back(places, lambda place: place > 0)
    return points if points >= RUN else 0


def _near_the_limit(places: Sequence[float], _steps: Sequence[float]) -> int:
    near = [back for back, place in enumerate(reversed(places[-NEAR_OF:]), 1) if place > 0.5]
    return near[-1] if len(near) >= NEAR else 0


def _in_steps(_places: Sequence[float], steps: Sequence[float]) -> int:
    rises = _back(steps, lambda step: step > 0)
    return rises + 1 if rises >= TREND else 0


# over how many of the last points each holds upwards, in the order of how much they say (X1 to X4)
_HOLDING: Mapping[Finding, Callable[[Sequence[float], Sequence[float]], int]] = {
    "outside": _outside, "run": _on_one_side, "near": _near_the_limit, "steps": _in_steps,
}  # fmt: skip


def _back(values: Sequence[float], holds: Callable[[float], bool]) -> int:
    """Over how many of the last values something holds without a break."""
    return len(list(takewhile(holds, reversed(values))))
