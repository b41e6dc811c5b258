"""The parts of the page that explains one KPI: ways of counting side by side, what was agreed, whose goal it can be, what has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi import own
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.background import NO_SOURCE
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.explain import Explanation, span
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.drawing import Chart, draw
from nyckeltal.web.frame.figures import Shown, digits_for, short, show
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import agreed, charts, findings, names
from nyckeltal.web.kpi.asking import Told, tell
from nyckeltal.web.kpi.charts import Goal, Point
from nyckeltal.web.kpi.findings import sentence
from nyckeltal.web.kpi.question import PageQuestion, about_words, variant_words
from nyckeltal.web.people.models import User
from nyckeltal.words import Text

LEVELS = {"company": _("Company"), "client": _("Client"), "team": _("Team"), "agent": _("Person")}
JUDGED = {
    "day": _("judged by the day"), "week": _("judged by the week"), "month": _("judged by the month"), "quarter": _("judged by the quarter"),
    "year": _("judged by the year"), "half_year": _("judged by the half-year"),
}  # fmt: skip
STANDARDS = {
    "iso18295": _("ISO 18295-1, the customer contact centre"), "en15838": _("EN 15838 (withdrawn, replaced by ISO 18295)"),
    "copc_service": _("COPC CX Standard: service"), "copc_quality": _("COPC CX Standard: quality"),
    "copc_efficiency": _("COPC CX Standard: efficiency"), "copc_revenue": _("COPC CX Standard: revenue"),
    "copc_satisfaction": _("COPC CX Standard: satisfaction"), "copc_people": _("COPC CX Standard: people"),
}  # fmt: skip
MOST_CHANGES = 8


@dataclass(frozen=True)
class Way:
    """One way of counting, on the reader's own data."""

    variant: str
    name: str
    told: Told
    shown: Shown | None
    usual: bool

    @property
    def figure(self) -> Figure | None:
        return self.told.figure

    @property
    def why(self) -> str:
        """Why there is no value."""
        return self.shown.why if self.shown else say(self.told.refusal)


@dataclass(frozen=True)
class LevelOfGoal:
    name: Any
    judged: Any  # empty where it is never a goal
    why: str


@dataclass(frozen=True)
class Change:
    what: str
    when: str


def ways(person: User, kpi: Kpi, question: PageQuestion) -> list[Way]:
    """Every variant asked of the same contacts; shares with as many decimals as tell them apart."""
    told = {variant: tell(person, replace(question, variant="" if variant == kpi.default else variant)) for variant in kpi.variant_names}
    digits = _digits([one.figure for one in told.values() if one.figure])
    found = []
    for variant, one in told.items():
        shown = show(one.figure, digits if one.figure.unit == "share" else None) if one.figure else None
        found.append(Way(variant, variant_words(kpi, variant), one, shown, variant == kpi.default))
    return found


def _digits(figures: Sequence[Figure]) -> int:
    return max((digits_for(figure) for figure in figures if figure.unit == "share" and figure.value is not None), default=0)


def comparison(kpi: Kpi, question: PageQuestion, counted: Sequence[Way], goal: Goal | None) -> Chart | None:
    """The ways that measure in the KPI's own unit, as dots on where chance alone could put them."""
    drawn = [way for way in counted if way.figure and way.figure.value is not None and way.figure.unit == kpi.unit]
    if len(drawn) < 2:
        return None
    digits = _digits([way.figure for way in drawn if way.figure])
    points = [_point(way, digits) for way in drawn]
    title = findings.of_variants([point.value for point in points if point.value is not None], points_unit(drawn), digits, month=of_one_month(question))
    under = gettext("%(about)s; the line is where chance alone could put it") % {"about": capfirst(about_words(question))}
    said = "; ".join(f"{point.name} {point.label}" for point in points)
    return draw(title, under, f"{title}. {said}", lambda width: charts.rows(points, points_unit(drawn), width, goal=goal, digits=digits))


def of_one_month(question: PageQuestion) -> bool:
    return (question.first.year, question.first.month) == (question.last.year, question.last.month)


def points_unit(drawn: Sequence[Way]) -> str:
    return next((way.figure.shown_in for way in drawn if way.figure), "")


def _point(way: Way, digits: int) -> Point:
    figure = way.figure
    assert figure is not None and figure.value is not None  # noqa: S101, PT018 - chosen so by the caller
    label = short(figure.value, figure.shown_in, digits)
    note = gettext("as defined") if way.usual else ""
    return Point(way.name, figure.value, figure.low, figure.high, label, sentence(figure, way.name, digits), hollow=not way.usual, strong=way.usual, note=note)


def rests(kpi: Kpi, figure: Figure) -> list[tuple[str, str]]:
    """The two parts of a share; what a mean rests on."""
    if figure.denominator is None or figure.numerator is None or figure.unit == "count":
        return []
    if figure.unit == "share":
        above, below = _part(kpi, "top", figure.numerator), _part(kpi, "bottom", figure.denominator)
        return [(gettext("Above the line"), above), (gettext("Below the line"), below)]
    return [(gettext("Rests on"), numbers.whole(figure.n or 0))]


def _part(kpi: Kpi, side: str, value: float) -> str:
    """What is summed tells by its name whether it is time; rows are counted in whole numbers."""
    fraction = kpi.base[side]
    summed = str(kpi.base["weight"] or (fraction.get("total") if isinstance(fraction, Mapping) else "") or "")
    if summed.endswith("_s"):
        return short(value / 3600, "hours", 1) if value >= 3600 else numbers.duration(value)
    return short(value, "hours", 1) if summed.endswith("_h") else numbers.whole(value)


def beside(kpi: Kpi, figure: Figure) -> list[tuple[str, str]]:
    """What stands beside the value: median and nine in ten, talk, hold and after-contact work."""
    known = ((name, figure.parts.get(name)) for name in kpi.beside)
    return [(say(kpi.text(f"beside.{name}.called")) or name, short(value, figure.shown_in, digits_for(figure))) for name, value in known if value is not None]


def _agreements(kpi_id: str, client: str) -> list[Mapping[str, Any]]:
    """The oldest first."""
    return sorted((row for row in agreed.agreements(client) if row["measure"] == kpi_id), key=lambda row: row["valid_from"])


def terms(kpi: Kpi, client: str, on: date) -> dict[str, Text]:
    """The settings that the client's agreement decides, where it says one thing for all queues."""
    found: dict[str, Text] = {}
    for name, setting in kpi.settings.items():
        valid = [
            row[setting.column] for measure in setting.measures for row in _agreements(measure, client)
            if setting.column and agreed.valid(row, on)
        ]  # fmt: skip
        known = {value for value in valid if value is not None}
        if len(known) == 1 and len(valid) == 1:
            found[name] = span(known.pop() * setting.times)
    return found


def with_terms(words: Text | None, agreed_terms: Mapping[str, Text]) -> Text | None:
    return words and Text(words.id, words.english, {**words.values, **{name: term for name, term in agreed_terms.items() if name in words.values}})


def formula(how: Explanation) -> str:
    """The definition's keys, a line each, the counted fact first."""
    shown = {key: value for key, value in how.formula.items() if value not in (None, "", False)}
    first = [key for key in ("kind", "over", "of", "among", "where") if key in shown]
    return "\n".join(f"{key}: {shown[key]}" for key in [*first, *(key for key in shown if key not in first)])


def goals(kpi: Kpi) -> list[LevelOfGoal]:
    """At which levels it may be a goal, and why not at the others."""
    return [
        LevelOfGoal(word, JUDGED.get(kpi.goal.get(level, ""), ""), say(kpi.text(f"never.{level}")))
        for level, word in LEVELS.items()
        if kpi.goal.get(level) or kpi.never.get(level)
    ]


def changes(kpi: Kpi, clients: Sequence[str]) -> list[Change]:
    """Terms of agreements that replaced others, newest first; then the version of the definition."""
    found = [change for client in clients for change in _of_agreement(kpi, client)]
    found += _of_definition(kpi)
    found.sort(key=lambda pair: pair[0], reverse=True)
    return [change for _, change in found[:MOST_CHANGES]] + [
        Change(gettext("Now it is definition %(version)s") % {"version": kpi.version}, gettext("Reports keep the definition they were made with."))
    ]


def _of_definition(kpi: Kpi) -> list[tuple[date, Change]]:
    """Every version with the day from which it holds; of an organisation's own, when earlier editions were replaced."""
    found = []
    for episode in kpi.history:
        said = {"version": episode["version"], "day": numbers.day(episode["valid_from"])}
        what = say(kpi.text(f"history.{episode['version']}.changed"))
        found.append((episode["valid_from"], Change(what, gettext("Definition %(version)s, from %(day)s") % said)))
    for edition in own.editions(kpi.id, settings.NYCKELTAL_HOME) if kpi.own else ():
        day = edition.valid_from.date()
        found.append((day, Change(gettext("The file was changed"), gettext("an earlier edition until %(day)s") % {"day": numbers.day(day)})))
    return found


def _of_agreement(kpi: Kpi, client: str) -> list[tuple[date, Change]]:
    rows = _agreements(kpi.id, client)
    found = []
    for before, after in pairwise(rows):
        said = _difference(kpi, before, after)
        if said and before["queue_ids"] == after["queue_ids"]:
            who = gettext("%(client)s’s agreement, from %(day)s") % {"client": names.named("client", client), "day": numbers.day(after["valid_from"])}
            found.append((after["valid_from"], Change(said, who)))
    return found


def _difference(kpi: Kpi, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if after["threshold"] is not None and before["threshold"] is not None and after["threshold"] != before["threshold"]:
        return gettext("%(now)s instead of %(before)s") % {"now": numbers.duration(after["threshold"]), "before": numbers.duration(before["threshold"])}
    if after["target"] is not None and before["target"] is not None and after["target"] != before["target"]:
        now, then = (agreed.words(kpi, agreed.promised(kpi, row["target"])) for row in (after, before))
        return gettext("Goal %(now)s instead of %(before)s") % {"now": now, "before": then}
    return ""


def ends(counted: Sequence[Way], kpi: Kpi) -> str:
    """Which ways of counting give least and most on the reader's own data; how far they part is the title of the chart."""
    known = [way for way in counted if way.figure and way.figure.value is not None and way.figure.unit == kpi.unit]
    low, high = (choose(known, key=_value, default=None) for choose in (min, max))
    if low is None or high is None or _value(low) == _value(high):
        return ""
    return gettext("Lowest as “%(lowest)s”, highest as “%(highest)s”.") % {"lowest": low.name, "highest": high.name}


def _value(way: Way) -> float:
    return way.figure.value or 0.0 if way.figure else 0.0


@dataclass(frozen=True)
class Outside:
    """What is known from others: `source` is empty where nothing was found that can be compared."""

    text: str
    source: str
    variant: str


def outside(kpi: Kpi) -> Outside | None:
    if not kpi.benchmark:
        return None
    source, variant = kpi.benchmark["source"], kpi.benchmark.get("variant", "")
    return Outside(say(kpi.text("benchmark.text")), "" if source == NO_SOURCE else source, variant_words(kpi, variant) if variant else "")


def levers(kpi: Kpi) -> list[tuple[Any, str]]:
    """What those at each level can do about it."""
    return [(word, said) for level, word in LEVELS.items() if (said := say(kpi.text(f"levers.{level}")))]


def standards(kpi: Kpi) -> list[str]:
    return [str(STANDARDS[name]) for name in kpi.standards]


def related(kpi: Kpi, known: Mapping[str, Kpi], which: str) -> list[tuple[str, str]]:
    """Ids and names of KPIs that this one should be watched beside or pulls against; one that an own file names and nobody defined by its word."""
    return [(one, say(known[one].text("name"))) if one in known else ("", one) for one in kpi.reading.get(which, ())]
