"""The figures of a page that shows a role's KPIs in focus, or a plan's goals: month by month over thirteen months, one of them shown.

A year more is asked for, so that what is usual is known from before the months that are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from django.utils import timezone

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.focus import focus
from nyckeltal.kpi.trend import Trend, trend
from nyckeltal.plan.goal import Goal
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.asking import Told
from nyckeltal.web.kpi.forms import months
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people.models import User
from nyckeltal.when.period import Period, add_months

Way = tuple[str, tuple[tuple[str, float], ...]]  # variant, settings
MONTHS = 13
BEFORE = 12  # months before those shown


@dataclass(frozen=True)
class Focused:
    """`months` are the thirteen, oldest first; `month` is the one shown, `before` and `after` its neighbours with data, empty where there are none."""

    months: tuple[str, ...]
    month: str
    before: str
    after: str
    told: Mapping[str, Told] = field(default_factory=dict)
    _trends: dict[tuple[str, str], Trend | None] = field(default_factory=dict, repr=False, compare=False)

    def series(self, kpi: str) -> list[Figure]:
        """A KPI's figures in their months; one that was refused has none."""
        return [figure for figure in self.told[kpi].figures if figure.period in self.months]

    def trend(self, kpi: str, until: str = "") -> Trend | None:
        """How its months vary, those before the first shown among them; as it was known in one of the months, where `until` names it."""
        if (kpi, until) not in self._trends:
            self._trends[kpi, until] = trend([figure for figure in self.told[kpi].figures if not until or (figure.period or "") <= until])
        return self._trends[kpi, until]

    def figure(self, kpi: str, month: str) -> Figure | None:
        return next((figure for figure in self.series(kpi) if figure.period == month), None)

    @property
    def shown(self) -> list[Figure]:
        """The figures of the month shown."""
        return [figure for kpi in self.told if (figure := self.figure(kpi, self.month)) is not None]

    @property
    def newest(self) -> list[Figure]:
        """The figures of the last month of all."""
        return [figure for kpi in self.told if (figure := self.figure(kpi, self.months[-1])) is not None]

    @property
    def period(self) -> Period:
        return Period.of(self.month)


def focused(person: User, role: str, chosen: Mapping[str, str], asked: str, goals: Sequence[Goal] = ()) -> Focused | None:
    """The KPIs of these goals, else the three of that role, of whom `chosen` names; `asked` is a month, or anything else for the usual one.
    None where nothing has been loaded."""
    known = sorted(months())
    if not known:
        return None
    window = _window(known[-1], asked if asked in known else "")
    first = add_months(Period.of(window[0]).start, -BEFORE)
    told: dict[str, Told] = {}
    for (variant, settings), kpis in ways(goals, focus()[role]).items():
        question = PageQuestion(kpis[0], first, Period.of(window[-1]).last, per="month", variant=variant, chosen=chosen, set=settings)
        told |= asking.tell_together(person, kpis, question)
    in_order = {kpi: told[kpi] for kpi in ([goal.kpi for goal in goals] or focus()[role])}
    month = asked if asked in known else _usual(window, known, in_order)
    return Focused(window, month, *_beside(known, month), in_order)


def ways(goals: Sequence[Goal], otherwise: Sequence[str] = ()) -> Mapping[Way, list[str]]:
    """KPIs that are asked together: those that are counted with the same variant and settings. Mostly all."""
    if not goals:
        return {("", ()): list(otherwise)} if otherwise else {}
    found: dict[Way, list[str]] = {}
    for goal in goals:
        found.setdefault((goal.variant, tuple(sorted(goal.settings.items()))), []).append(goal.kpi)
    return found


def _window(newest: str, asked: str) -> tuple[str, ...]:
    """Up to the newest month; an older one that is asked for ends it."""
    end = Period.of(newest)
    if asked and Period.of(asked).start < add_months(end.start, 2 - MONTHS):
        end = Period.of(asked)
    return tuple(part.label for part in end.rolling(MONTHS).parts("month"))


def _usual(window: Sequence[str], known: Sequence[str], told: Mapping[str, Told]) -> str:
    """The last month of which something is known and all that is known is final; else the last that is over; else the last."""
    today = timezone.now().date()
    over = [month for month in window if month in known and Period.of(month).end <= today]
    by_month = {month: [figure for one in told.values() for figure in one.figures if figure.period == month] for month in over}
    final = [month for month, figures in by_month.items() if _enough(figures)]
    return next(iter([*reversed(final), *reversed(over)]), known[-1])


def _enough(figures: Sequence[Figure]) -> bool:
    return any(figure.value is not None for figure in figures) and not any(figure.provisional for figure in figures)


def _beside(known: Sequence[str], month: str) -> tuple[str, str]:
    before = next((one for one, other in pairwise(known) if other == month), "")
    after = next((other for one, other in pairwise(known) if one == month), "")
    return before, after
