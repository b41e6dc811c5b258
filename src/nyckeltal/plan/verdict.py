"""Whether a goal is reached: the one computation, for every page and program. Only final values are judged, on the unrounded value.

A value that meets the goal has reached it. One that does not is on the way where it truly moves towards the goal, too close to tell where chance alone
may keep it off, and off goal otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nyckeltal.kpi.change import compared
from nyckeltal.kpi.trend import Trend, trend
from nyckeltal.plan.goal import Band
from nyckeltal.plan.meaning import act, means
from nyckeltal.plan.series import grain_of, months_between
from nyckeltal.when.period import Grain, Period

if TYPE_CHECKING:
    from datetime import date

    from nyckeltal.kpi.answer import Figure
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.fair import Fair
    from nyckeltal.plan.goal import Goal, Override
    from nyckeltal.words import Text

WIDER = (3, 6)  # months that are looked at together where a single period is too small
_NOTHING = ("no_data", "refused", "not_in_source", "immature")


class Status(StrEnum):
    """`unclear` is too close to tell; `watched` has nothing that is to be reached."""

    REACHED = "reached"
    ON_THE_WAY = "on_the_way"
    OFF = "off"
    UNCLEAR = "unclear"
    TOO_FEW = "too_few"
    PROVISIONAL = "provisional"
    NO_DATA = "no_data"
    WATCHED = "watched"

    @property
    def judged(self) -> bool:
        return self in JUDGED


JUDGED = (Status.REACHED, Status.ON_THE_WAY, Status.OFF, Status.UNCLEAR)


@dataclass(frozen=True)
class Standing:
    """`figure` is what was judged (or shown, where nothing could be), `before` the one period earlier, `window` how many months it holds
    where that is more than one period; `adjusted` is what it is in fair comparison, and then what was judged."""

    goal: Goal
    kpi: Kpi
    figure: Figure | None
    before: Figure | None
    series: tuple[Figure, ...]
    status: Status
    trend: Trend | None
    reach: float | None
    means: Text
    act: Text | str
    window: int = 0
    adjusted: Fair | None = None
    overridden: tuple[Override, ...] = ()
    ended: bool = False

    @property
    def value(self) -> float | None:
        """The value that was judged."""
        return self.adjusted.value if self.adjusted is not None else self.figure.value if self.figure else None

    @property
    def quiet(self) -> bool:
        """A guard figure: said in a line, and only louder where it is off."""
        return not self.goal.in_focus


@dataclass(frozen=True)
class _Seen:
    """What is judged: the figure, one that stands for several months where `window` says so, and the months up to it."""

    figure: Figure | None
    window: int
    until: tuple[Figure, ...]
    status: Status | None = None  # where there is nothing to judge


def of(
    goal: Goal,
    kpi: Kpi,
    series: Sequence[Figure],
    day: date,
    *,
    wider: Mapping[int, Figure] | None = None,
    period: str = "",
    fair: Fair | None = None,
    overrides: Sequence[Override] = (),
) -> Standing:
    """From its figures period by period, oldest first. `wider` are those of the last 3 and 6 months up to `needs_wider`; `period` judges an
    earlier period than the last; `fair` is the same figure in fair comparison."""
    figures = tuple(sorted((one for one in series if one.period), key=lambda one: Period.of(one.period or "").start))
    seen = _seen(goal, figures, day, wider or {}, period)
    judged = fair if fair is not None and seen.status is None else None
    found = trend(seen.until)
    chance = _reach(goal, kpi, seen, day)
    before = _before(seen, figures)
    status = seen.status or _status(goal, kpi, seen, found, before, judged)
    ended = day > goal.ends
    said, rules = means(goal, seen.figure, status, seen.window, judged, ended=ended), overridden(goal, overrides)
    shown: dict[str, Any] = {"figure": seen.figure, "before": before, "series": figures, "status": status, "trend": found, "reach": None if ended else chance}
    return Standing(goal, kpi, **shown, means=said, act=act(goal, kpi, status), window=seen.window, adjusted=judged, overridden=rules, ended=ended)


def overridden(goal: Goal, overrides: Sequence[Override]) -> tuple[Override, ...]:
    """Rules set aside for this goal, for those set with it, for its unit, or for the whole plan; each once, though it stands for each of those."""
    meant = [one for one in overrides if one.goal in ("", goal.id, goal.unit) or (goal.together and one.goal == goal.together)]
    return tuple({(one.rule, one.by, one.reason): one for one in meant}.values())


def needs_wider(goal: Goal, series: Sequence[Figure], day: date, period: str = "") -> Period | None:
    """The period that is judged, where it is too small by itself: then the figures of the last 3 and 6 months up to it are wanted."""
    found = _candidate(goal, series, day, period)
    return Period.of(found.period or "") if found is not None and found.reason == "too_few" and not found.provisional else None


def _candidate(goal: Goal, series: Sequence[Figure], day: date, period: str = "") -> Figure | None:
    """The last final period of the goal's time that has anything, or the one named; None where there is none."""
    within = [one for one in series if one.period and _in_time(goal, Period.of(one.period), day) and (not period or one.period <= period)]
    if period:
        return next((one for one in within if one.period == period), None)
    within.sort(key=lambda one: Period.of(one.period or "").start)
    final = [one for one in within if not one.provisional and Period.of(one.period or "").end <= day]
    known = [one for one in final if one.value is not None or one.reason in ("too_few", "hidden")]
    return next(iter([*reversed(known), *reversed([one for one in within if one.value is not None]), *reversed(final)]), None)


def _in_time(goal: Goal, period: Period, day: date) -> bool:
    """Within the season: not before the period in which the goal starts, nor after it ends."""
    start = (period.grain or Grain.MONTH).start(goal.starts)
    return start <= period.start <= min(goal.ends, day)


def _seen(goal: Goal, series: Sequence[Figure], day: date, wider: Mapping[int, Figure], period: str) -> _Seen:
    found = _candidate(goal, series, day, period)
    if found is None:
        earlier = [one for one in series if one.value is not None and not one.provisional and (not period or (one.period or "") <= period)]
        status = Status.PROVISIONAL if goal.starts <= day and earlier else Status.NO_DATA
        return _Seen(earlier[-1] if earlier else None, 0, tuple(earlier), status)
    until = tuple(one for one in series if (one.period or "") <= (found.period or ""))
    running = found.provisional or Period.of(found.period or "").end > day
    if running:
        return _Seen(found, 0, until, Status.PROVISIONAL if found.value is not None else Status.NO_DATA)
    if found.value is not None:
        return _Seen(found, 0, until)
    if found.reason in _NOTHING:
        return _Seen(found, 0, until, Status.NO_DATA)
    longer = [(months, wider[months]) for months in WIDER if months in wider and wider[months].value is not None and not wider[months].provisional]
    if found.reason == "too_few" and longer:
        return _Seen(longer[0][1], longer[0][0], until)
    return _Seen(found, 0, until, Status.TOO_FEW)


def _before(seen: _Seen, series: Sequence[Figure]) -> Figure | None:
    """The final value before the one that is judged, where that is of a single period."""
    if seen.figure is None or seen.window:
        return None
    earlier = [one for one in series if (one.period or "") < (seen.figure.period or "") and one.value is not None and not one.provisional]
    return earlier[-1] if earlier else None


def _status(goal: Goal, kpi: Kpi, seen: _Seen, found: Trend | None, before: Figure | None, fair: Fair | None) -> Status:
    figure = seen.figure
    value = fair.value if fair is not None else figure.value if figure is not None else None
    if figure is None or value is None:
        return Status.NO_DATA
    met = goal.met(value, kpi.better)
    if met is None:
        return Status.WATCHED
    if met:
        return Status.REACHED
    upwards = _upwards(goal, kpi, value)
    if moving(goal, upwards, found, figure, before):
        return Status.ON_THE_WAY
    low, high = (fair.low, fair.high) if fair is not None else (figure.low, figure.high)
    edge = goal.aim(value)
    close = edge is not None and low is not None and high is not None and low <= edge <= high
    return Status.UNCLEAR if close else Status.OFF


def _upwards(goal: Goal, kpi: Kpi, value: float) -> bool:
    """Whether the goal lies above."""
    edge = goal.aim(value)
    return kpi.better != "lower" if edge is None else edge > value


def moving(goal: Goal, upwards: bool, found: Trend | None, figure: Figure, before: Figure | None) -> bool:
    """Whether a real change is towards the goal: a signal that holds or came in the goal's time; with too short a series, a change since the period before."""
    if found is not None:
        in_time = Period.of(found.since).end > goal.starts
        return found.finding != "none" and found.up == upwards and (found.unusual or in_time)
    step = compared(figure, before) if before is not None else None
    return step is not None and step.verdict == "changed" and step.up == upwards


def _reach(goal: Goal, kpi: Kpi, seen: _Seen, day: date) -> float | None:
    """The chance of a value at the end of the season that meets the goal, as things go."""
    from nyckeltal.plan.baseline import baseline
    from nyckeltal.plan.reach import reach

    aim = goal.band if goal.band is not None else goal.target
    if aim is None or aim == Band() or day > goal.ends or not seen.until:
        return None
    rolling = int(kpi.said(goal.variant or None, goal.level)["rolling_months"] or 1)
    measured = baseline(seen.until, rolling=rolling)
    if measured is None:
        return None
    months = {Grain.WEEK: 7 / 30.4, Grain.QUARTER: 3.0, Grain.YEAR: 12.0}.get(grain_of(measured.last), 1.0)
    n = float(seen.figure.n) if seen.window and seen.figure is not None and seen.figure.n else None
    return reach(measured, aim, kpi.better, max(1.0, months_between(measured.last, goal.ends) / months), n)
