"""How the goals of a page stand: figures asked as that person may, the verdict by the one computation, and both in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.answer import Figure
from nyckeltal.plan.fair import Fair
from nyckeltal.plan.goal import Goal, Override, Plan
from nyckeltal.plan.standing import Standing, Status, needs_wider, of
from nyckeltal.plan.verdict import WIDER
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.figures import digits_for, short
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking, planned
from nyckeltal.web.kpi.focused import BEFORE, Focused, ways
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people.models import User
from nyckeltal.when.period import Grain, Period, add_months

SURE = 0.01
Fairs = Mapping[str, Fair]  # by KPI

# kind of mark, drawing and words by status; of a range the words differ
_CHIPS: Mapping[Status, tuple[str, str, str | Promise]] = {
    Status.REACHED: ("good", "check", _("Goal reached")),
    Status.ON_THE_WAY: ("attend", "ring", _("On the way")),
    Status.OFF: ("bad", "warning", _("Off goal")),
    Status.UNCLEAR: ("open", "even", _("Too close to tell")),
    Status.TOO_FEW: ("open", "open", _("Too few")),
    Status.PROVISIONAL: ("open", "open", _("Not judged yet")),
    Status.NO_DATA: ("open", "open", _("No figure")),
    Status.WATCHED: ("open", "info", _("Only watched")),
}
_OF_RANGE: Mapping[Status, str | Promise] = {Status.REACHED: _("Inside the range"), Status.OFF: _("Outside the range")}


@dataclass(frozen=True)
class Chip:
    kind: str
    icon: str
    words: str


@dataclass(frozen=True)
class Stands:
    """A standing in words. `agreed` says whether whoever answers for it has agreed; `fair` what the same mix would have given, `adjusted` the value so."""

    of: Standing
    chip: Chip
    aim: str
    chance: str
    means: str
    act: str
    agreed: Chip | None
    fair: str
    adjusted: str
    overridden: Sequence[Override]

    @property
    def quiet(self) -> bool:
        return self.of.quiet

    @property
    def value(self) -> str:
        figure = self.of.figure
        return "" if figure is None or figure.value is None else short(figure.value, figure.shown_in, digits_for(figure))


def of_page(
    person: User, page: Focused, goals: Sequence[Goal], chosen: Mapping[str, str], plan: Plan | None, fairs: Fairs | None = None
) -> dict[str, Standing]:
    """By KPI, each goal as it stood at the end of the month shown."""
    shown = [goal for goal in goals if goal.kpi in page.told]
    months = {goal.id: page.told[goal.kpi].figures for goal in shown}
    return {one.goal.kpi: one for one in of_goals(person, page, months, shown, chosen, plan, fairs or {})}


def of_goals(
    person: User,
    page: Focused,
    months: Mapping[str, Sequence[Figure]],
    goals: Sequence[Goal],
    chosen: Mapping[str, str],
    plan: Plan | None,
    fairs: Fairs,
) -> list[Standing]:
    """`months` are the figures of each goal by its id; all are about whom `chosen` names."""
    wider = _wider(person, page, [goal for goal in goals if goal.assess is Grain.MONTH and _small(page, goal, months[goal.id])], chosen)
    overrides = plan.overrides if plan else ()
    return [_stand(person, page, goal, months[goal.id], chosen, wider.get(goal.kpi, {}), fairs.get(goal.kpi), overrides) for goal in goals]


def _stand(
    person: User,
    page: Focused,
    goal: Goal,
    months: Sequence[Figure],
    chosen: Mapping[str, str],
    wider: Mapping[int, Figure],
    fair: Fair | None,
    overrides: Sequence[Override],
) -> Standing:
    kpi, day = asking.kpis()[goal.kpi], planned.today()
    if goal.assess is Grain.MONTH:
        return of(goal, kpi, months, day, wider=wider, period=page.month, fair=None if wider else fair, overrides=overrides)
    first = add_months(Period.of(page.months[0]).start, -BEFORE)
    figures = asking.tell(person, _question(goal, first, _whole(page, goal.assess), chosen, goal.assess.value)).figures
    return of(goal, kpi, figures, day, overrides=overrides)


def _whole(page: Focused, grain: Grain) -> date:
    """The last day of the last week, quarter or year that is over with the month shown: one that is cut off there is judged by nothing."""
    period = Period.holding(page.period.last, grain)
    return (period if period.last <= page.period.last else period.before()).last


def _small(page: Focused, goal: Goal, months: Sequence[Figure]) -> bool:
    return needs_wider(goal, months, planned.today(), page.month) is not None


def _wider(person: User, page: Focused, goals: Sequence[Goal], chosen: Mapping[str, str]) -> dict[str, dict[int, Figure]]:
    """The figures of three months for those whose month is too little, of six for those to whom three are; each asked for all of them at once."""
    found: dict[str, dict[int, Figure]] = {}
    left = list(goals)
    for months in WIDER:
        span = page.period.rolling(months)
        for (variant, settings), kpis in ways(left).items():
            question = PageQuestion(kpis[0], span.start, span.last, variant=variant, chosen=chosen, set=settings)
            for kpi, told in asking.tell_together(person, kpis, question).items():
                if told.figure is not None:
                    found.setdefault(kpi, {})[months] = told.figure
        left = [goal for goal in left if (one := found.get(goal.kpi, {}).get(months)) is not None and one.reason == "too_few"]
        if not left:
            break
    return found


def _question(goal: Goal, first: date, last: date, chosen: Mapping[str, str], per: str) -> PageQuestion:
    settings = tuple(sorted(goal.settings.items()))
    return PageQuestion(goal.kpi, first, last, per=per, variant=goal.variant, chosen=chosen, set=settings)


def in_words(standing: Standing) -> Stands:
    goal, figure, fair = standing.goal, standing.figure, standing.adjusted
    unit = figure.shown_in if figure is not None else standing.kpi.unit
    return Stands(
        of=standing,
        chip=chip(standing),
        aim=aim(goal, unit, standing.kpi.better),
        chance=chance_words(standing.reach) if standing.reach is not None and standing.status is not Status.WATCHED else "",
        means=say(standing.means),
        act=say(standing.act) if not isinstance(standing.act, str) else standing.act,
        agreed=agreed(goal),
        fair=say(fair.sentence) if fair is not None else "",
        adjusted=short(fair.value, unit, digits_for(figure)) if fair is not None and figure is not None else "",
        overridden=standing.overridden,
    )


def chance_words(reach: float) -> str:
    """Nothing that lies ahead is certain."""
    if reach < SURE:
        return gettext("under %(share)s") % {"share": numbers.percent(SURE)}
    if reach > 1 - SURE:
        return gettext("over %(share)s") % {"share": numbers.percent(1 - SURE)}
    return numbers.percent(reach)


def chip(standing: Standing) -> Chip:
    kind, icon, words = _CHIPS[standing.status]
    if standing.goal.band is not None:
        words = _OF_RANGE.get(standing.status, words)
    return Chip(kind, icon, str(words))


def aim(goal: Goal, unit: str, better: str) -> str:
    """What is to be reached: “at least 75%”, “4:40 to 6:00”."""
    if goal.band is not None and goal.band.low is not None and goal.band.high is not None:
        return gettext("%(low)s to %(high)s") % {"low": value_in_words(goal.band.low, unit), "high": value_in_words(goal.band.high, unit)}
    low, high = (goal.band.low, goal.band.high) if goal.band is not None else (None, goal.target) if better == "lower" else (goal.target, None)
    if low is not None:
        return gettext("at least %(target)s") % {"target": value_in_words(low, unit)}
    return gettext("at most %(target)s") % {"target": value_in_words(high, unit)} if high is not None else ""


def value_in_words(value: float, unit: str) -> str:
    """As exact as it was written."""
    shown = value * 100 if unit == "share" else value
    return short(value, unit, 0 if abs(shown - round(shown)) < 1e-6 else 1)


def agreed(goal: Goal) -> Chip | None:
    """Whether whoever is to reach it has said yes; a guard is nobody's to agree to, and what managers answer for themselves nobody is asked about."""
    if not goal.in_focus or (goal.level in ("company", "client") and goal.accepted_at is None and not goal.refused_why):
        return None
    if goal.refused_why:
        return Chip("attend", "ring", gettext("Not agreed: says no"))
    if goal.accepted_at is None:
        return Chip("open", "open", gettext("Not agreed yet"))
    return Chip("good", "check", gettext("Agreed"))
