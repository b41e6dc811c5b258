"""People beside each other, as a leader may see them: value against number of contacts with the room that chance needs; never in a row.

Adjusted for kind of contacts and experience where that can be done; the plain figures stand behind it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.funnel import Compared, compared, rests_on
from nyckeltal.plan.fair import Fair, Family
from nyckeltal.stats.compare import INNER, OUTER
from nyckeltal.web.frame.drawing import Chart, Width, draw
from nyckeltal.web.frame.figures import digits_for, short
from nyckeltal.web.kpi import charts, findings, names
from nyckeltal.web.kpi.charts import Limit, Point
from nyckeltal.web.kpi.findings import sentence

STEPS = 24


def of_people(figures: Sequence[Figure], about: str, widths: Sequence[Width]) -> tuple[Chart, Compared] | None:
    """`about` says what is drawn and of whom. None where there are too few to compare, or where the figure has no such limits."""
    found = compared(figures)
    if found is None:
        return None
    points = [(rests_on(figure), _point(figure, outside=not found.inside(figure))) for figure in found.figures]
    inside = sum(not point.strong for _, point in points)
    title = findings.of_funnel(inside, len(points))
    unadjusted = gettext("Not adjusted for kind of contacts and experience. No order, no ranking; the grey field is where 19 in 20 would lie by chance.")
    unit, digits = found.figures[0].shown_in, digits_for(found.figures[0])
    label = gettext("All %(value)s") % {"value": short(found.middle, unit, digits)}
    limits = _limits(found)
    chart = draw(title, f"{about}. {unadjusted}", f"{title}. {about}", lambda width: charts.funnel(points, found.middle, limits, unit, width, label), widths)
    return chart, found


def of_fair(family: Family, people: Mapping[str, Fair], about: str, unit: str, digits: int, widths: Sequence[Width]) -> Chart:
    """The adjusted values of these people of the family."""
    points = [(one.n, _fair_point(one, unit, digits)) for one in people.values()]
    title = findings.of_funnel(sum(not point.strong for _, point in points), len(points))
    adjusted = gettext("Same mix of contacts and same experience for all. No order, no ranking; the grey field is where 19 in 20 would lie by chance.")
    label = gettext("All %(value)s") % {"value": short(family.overall, unit, digits)}
    behind = [one.n for one in people.values()]
    low, high = min(behind) * 0.9, max(behind) * 1.05
    places = (low + (high - low) * step / STEPS for step in range(STEPS + 1))
    limits = [Limit(n, *family.limits(n, INNER), *family.limits(n, OUTER)) for n in places]
    return draw(title, f"{about}. {adjusted}", f"{title}. {about}", lambda width: charts.funnel(points, family.overall, limits, unit, width, label), widths)


def _fair_point(one: Fair, unit: str, digits: int) -> Point:
    who, value = names.named("agent", one.agent), short(one.value, unit, digits)
    said = gettext("%(who)s: %(value)s adjusted, %(raw)s as counted") % {"who": who, "value": value, "raw": short(one.raw, unit, digits)}
    return Point(who, one.value, one.low, one.high, value, said, strong=one.place != "usual")


def _point(figure: Figure, *, outside: bool) -> Point:
    who, digits = names.named("agent", figure.by.get("agent")), digits_for(figure)
    said = sentence(figure, who, digits)
    return Point(who, figure.value, figure.low, figure.high, short(figure.value or 0, figure.shown_in, digits), said, strong=outside)


def _limits(found: Compared) -> list[Limit]:
    behind = [rests_on(figure) for figure in found.figures]
    low, high = min(behind) * 0.9, max(behind) * 1.05
    places = (low + (high - low) * step / STEPS for step in range(STEPS + 1))
    return [Limit(n, *found.limits(n, INNER), *found.limits(n, OUTER)) for n in places]
