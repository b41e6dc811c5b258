"""One KPI on a page, in the order a reader asks: the figure, how sure, is the change real, what it means, what one can do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext, ngettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.trend import Usual
from nyckeltal.plan.standing import Standing
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.drawing import Chart, Width, draw
from nyckeltal.web.frame.figures import Shown, amount, digits_for, revised, short, show, why, why_short
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import agreed, asking, charts, findings, standings, table
from nyckeltal.web.kpi.changed import Delta, delta, in_words, signal_words
from nyckeltal.web.kpi.charts import Goal, Point
from nyckeltal.web.kpi.findings import sentence
from nyckeltal.web.kpi.focused import Focused
from nyckeltal.web.kpi.standings import Stands


@dataclass(frozen=True)
class MonthRow:
    month: str
    value: str
    range: str
    n: str
    provisional: bool
    reason: str
    shown: bool
    unusual: str = ""  # why this month is a signal
    revised: str = ""  # what it was when it closed


@dataclass(frozen=True)
class Card:
    kpi: Kpi
    name: str
    shown: Shown | None
    why: str  # why there is no figure
    before: str
    rests: str
    goal: str
    reached: bool | None
    delta: Delta | None
    chart: Chart | None
    means: str
    lever: str
    rows: Sequence[MonthRow]
    stands: Stands | None = None  # where it is a goal of the plan in force


def cards(page: Focused, level: str, clients: Collection[str] = (), stand: Mapping[str, Standing] | None = None) -> list[Card]:
    """`level` is whose page it is (company, client, team, agent, or person: one of the reader's team); `clients` are those whose agreements hold for it.
    Whether a promise was kept is said to the client alone: it is given to that client, not to a team or the whole."""
    return [_card(page, asking.kpis()[kpi], level, clients, (stand or {}).get(kpi)) for kpi in page.told]


def _card(page: Focused, kpi: Kpi, level: str, clients: Collection[str], stand: Standing | None) -> Card:
    told, figure, before = page.told[kpi.id], page.figure(kpi.id, page.month), page.figure(kpi.id, page.before)
    if stand is not None and stand.window:  # one month is too little, and several are judged
        figure, before = stand.figure, None
    goal = agreed.target(kpi, clients, page.period.last) if clients and stand is None else None
    stands = standings.in_words(stand) if stand is not None else None
    refused = next((one for one in told.figures if one.reason == "refused"), None)
    known = figure is not None and figure.value is not None
    return Card(
        kpi=kpi,
        name=say(kpi.text("name")),
        shown=show(figure) if figure else None,
        why="" if known else why(refused) if refused else say(told.refusal) if told.refusal else why(figure) if figure else "",
        before=short(before.value, before.shown_in, digits_for(before)) if known and before and before.value is not None else "",
        rests=rests(figure) if figure else "",
        goal=agreed.words(kpi, goal.value) if goal else "",
        reached=agreed.reached(kpi, figure, goal) if goal and figure and level == "client" else None,
        delta=delta(figure, before, page.trend(kpi.id, page.month)),
        chart=_development(page, kpi, goal or _line(stand, stands), ("narrow", "mid") if level in ("agent", "person", "team") else ("narrow", "mid", "wide")),
        means=_means(kpi, level, figure) if figure else "",
        lever=_lever(kpi, level),
        rows=_rows(page, kpi),
        stands=stands,
    )


def _line(stand: Standing | None, stands: Stands | None) -> Goal | None:
    """The goal over the chart: its target, or the edge of the range that is nearer."""
    edge = stand.goal.aim(stand.value) if stand is not None else None
    if stand is None or stands is None or edge is None:
        return None
    if stand.goal.band is not None:
        return Goal(edge, stands.aim)
    unit = stand.figure.shown_in if stand.figure is not None else stand.kpi.unit
    return Goal(edge, gettext("Goal %(goal)s") % {"goal": standings.value_in_words(edge, unit)})


def rests(figure: Figure) -> str:
    """“265 contacts”, “38 answers”."""
    if figure.n is None:
        return ""
    said = {"n": numbers.whole(figure.n)}
    if figure.counted == "survey_response":
        return ngettext("%(n)s answer", "%(n)s answers", figure.n) % said
    if figure.counted == "segment":
        return ngettext("%(n)s part of a contact", "%(n)s parts of contacts", figure.n) % said
    if figure.counted == "case":
        return ngettext("%(n)s case", "%(n)s cases", figure.n) % said
    return ngettext("%(n)s contact", "%(n)s contacts", figure.n) % said


def _means(kpi: Kpi, level: str, figure: Figure) -> str:
    """The file's sentence with the figure in it; those about a person speak to that person."""
    if figure.value is None or level == "person":
        return ""
    said = kpi.text(f"means.{level if level in kpi.means else 'company'}")
    value, unit = amount(figure.value, figure.shown_in, digits_for(figure))
    in_one_piece = figure.unit == "share" or figure.shown_in.startswith("money ")
    whole = short(figure.value, figure.shown_in, digits_for(figure)) if in_one_piece else f"{value}\xa0{unit}".strip()
    values = {"value": whole, "of_100": numbers.whole(figure.value * 100) if figure.unit == "share" else whole}
    return say(replace(said, values=values)) if said.english else ""


def _lever(kpi: Kpi, level: str) -> str:
    """What the reader can do: about a person of the team, what a leader can."""
    level = "team" if level == "person" else level
    return say(kpi.text(f"levers.{level if level in kpi.levers else 'company'}"))


def _rows(page: Focused, kpi: Kpi) -> list[MonthRow]:
    series = page.trend(kpi.id)
    usual = series.usual if series else {}
    return [_row(one, page.month, signal_words(usual.get(one.period or ""))) for one in reversed(page.series(kpi.id))]


def _row(figure: Figure, month: str, unusual: str) -> MonthRow:
    label = numbers.period(figure.period or "")
    n = "" if figure.n is None else numbers.whole(figure.n)
    if figure.value is None:
        return MonthRow(label, why_short(figure), "", n, figure.provisional, why(figure), figure.period == month, "", revised(figure))
    digits = digits_for(figure)
    value, between, reason = short(figure.value, figure.shown_in, digits), table.between(figure, digits), say(figure.message)
    return MonthRow(label, value, between, n, figure.provisional, reason, figure.period == month, unusual, revised(figure))


def _development(page: Focused, kpi: Kpi, goal: Goal | None, widths: Sequence[Width]) -> Chart | None:
    """Thirteen months, the one shown named; with less than two values there is no development."""
    figures = page.series(kpi.id)
    known = [figure for figure in figures if figure.value is not None]
    if len(known) < 2:
        return None
    digits = max(digits_for(figure) for figure in known) if known[0].unit != "share" else min(digits_for(figure) for figure in known)
    series = page.trend(kpi.id)
    usual = series.usual if series else {}
    points = [_point(figure, digits, usual.get(figure.period or "")) for figure in figures]
    ticks = {month: numbers.short_period(month, with_year=False) for month in page.months}
    title = findings.of_trend([figure for figure in figures if (figure.period or "") <= page.month], digits)
    coming = gettext("Hollow: not final yet.") if any(point.hollow and point.value is not None for point in points) else ""
    under = findings.of_usual(series)
    description = f"{say(kpi.text('name'))}. {title}. {in_words(series) if series else ''} {under} {coming}".strip()
    unit = known[0].shown_in
    return draw(title, under, description, lambda width: charts.trend({"": points}, ticks, unit, width, goal=goal, mark=page.month), widths)


def _point(figure: Figure, digits: int, usual: Usual | None) -> Point:
    month = figure.period or ""
    if figure.value is None:
        return Point(month, None, None, None, "", "", hollow=figure.provisional)
    label = short(figure.value, figure.shown_in, digits)
    said = sentence(figure, numbers.period(month), digits, signal_words(usual))
    return Point(month, figure.value, figure.low, figure.high, label, said, hollow=figure.provisional, usual=usual)
