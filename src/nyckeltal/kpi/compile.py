"""From question and definition to a tree of steps that names no engine: which rows are scanned, and what is summed over them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from nyckeltal.contacts.expression import Compare, Condition, Constant, Every, Name, OneOf, Value, names, replaced
from nyckeltal.contacts.where import BadCondition, parse
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi import reach
from nyckeltal.kpi.askable import askable, shared
from nyckeltal.kpi.definition import Kpi, Said, Setting
from nyckeltal.kpi.fields import dimensions_called
from nyckeltal.kpi.formula import TABLED, Formula, asked_formula, read_formula, unknown
from nyckeltal.kpi.question import Question
from nyckeltal.kpi.vocabulary import DIMENSIONS, GROUPS_OF_AGENTS, Place, dimension_word, dimensions, kept_by, level_of, plain, too_fine, words
from nyckeltal.when.period import Grain
from nyckeltal.words import Text


@dataclass(frozen=True)
class Term:
    """What an agreement says for the row's client and queue on its day: a leaf that only the engine can fill."""

    column: str
    measures: tuple[str, ...]
    times: float
    otherwise: float
    kind: str = "number"


@dataclass(frozen=True)
class Clock(Name):
    """The wait of a contact, from the start of the menu where there was one and the agreement of this measure says so (None: whatever is agreed)."""

    name: str = "wait_s"
    kind: str = "seconds"
    measure: str | None = None


@dataclass(frozen=True)
class Dimension:
    """One of the dimensions, as a leaf in a condition."""

    name: str
    kind: str


@dataclass(frozen=True)
class Scan:
    """Rows of one fact in a stretch of local days, and the groups they fall into. `persons`: how many agents they are of is counted too.
    `split`: stretches of time are cut where local days, or quarters of an hour, meet."""

    over: str
    place: Place
    direction: str
    where: Condition | None = None
    asked: Condition | None = None
    within: tuple[tuple[str, tuple[str, ...]], ...] = ()
    credit: str | None = None
    by: tuple[str, ...] = ()
    per: Grain | None = None
    first: date | None = None
    last: date | None = None
    persons: bool = False
    split: Grain | None = None


@dataclass(frozen=True)
class Measure:
    """What is summed over the rows of a scan. `certain`: with what an interval needs besides; `logs`: with the logarithms, which only few
    intervals need. `missing`: what a row without `of` counts as. `doubt`: rows of the numerator that do not count where they are more than
    `doubt_above` of it. `distinct`: of which column the different values among the rows are counted too, for rules of hiding and of samples."""

    kind: str
    of: Any = None
    among: Condition | None = None
    weight: Value | None = None
    per: str | None = None
    at: float | None = None
    up: Condition | None = None
    down: Condition | None = None
    missing: float | None = None
    doubt: Condition | None = None
    doubt_above: float = 0
    matures: Constant | Term | None = None
    apart: str | None = None
    certain: bool = False
    logs: bool = False
    between: str | None = None
    exposure: Value | None = None
    measure: str | None = None
    thing: tuple[str, ...] = ()
    rater: str | None = None
    scale_of: str | None = None
    distinct: str | None = None

    @property
    def additive(self) -> bool:
        return self.kind not in ("quantile", *TABLED) and self.per is None

    @property
    def tabled(self) -> bool:
        """Whether the figure comes from a table of groups or pairs, not from sums."""
        return self.kind in TABLED


@dataclass(frozen=True)
class Part:
    scan: Scan
    measure: Measure


@dataclass(frozen=True)
class Plan:
    """All that is to be run for one KPI. `parts` are one, or top and bottom of a ratio; `clusters`: rows come in groups by agent or by day,
    because rows of one are alike and the interval must know it. `shared`: the first and last day that all sides know of, where one ends sooner."""

    kpi: Kpi
    variant: str
    level: str | None
    said: Said
    formula: Formula
    settings: Mapping[str, Setting]
    parts: tuple[Part, ...]
    beside: tuple[tuple[str, Part], ...] = ()
    clusters: str | None = None
    shared: tuple[date | None, date | None] = (None, None)

    @property
    def chosen(self) -> str:
        """The variant without what stands beside it."""
        return self.variant if self.variant in self.kpi.variant_names else self.variant.rpartition(".")[0] or self.kpi.default

    @property
    def counted(self) -> str:
        return self.parts[0].scan.over

    @property
    def unit(self) -> str:
        return str(self.said["unit"] or self.kpi.unit)


class Refused(Exception):
    """The KPI cannot be asked so; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


def compile_plan(question: Question, kpi: Kpi, kpis: Mapping[str, Kpi], clocks: frozenset[str] = frozenset()) -> Plan:
    """The steps for one KPI; raises Refused where it cannot be asked so. `clocks`: measures whose wait starts in the menu for somebody."""
    names = frozenset((*question.by, *mentioned(question.where), *(name for name, _ in question.within)))
    level = None if question.whole else level_of(names)
    variant, beside = _chosen(question, kpi)
    said = kpi.said(variant, level, beside)
    if said.refused:
        raise Refused(Text(f"kpi.{kpi.id}.refuse", said.refused))
    settings = settings_of(question, kpi)
    writer = Writer(question, kpi, kpis, settings, level, clocks)
    formula = asked_formula(said, settings)
    parts = writer.parts(formula)
    clusters = _clusters(question, parts, level, str(said["unit"] or kpi.unit))
    asked = question.variant or kpi.default
    return Plan(kpi, asked, level, said, formula, settings, parts, () if beside else tuple(writer.beside(variant)), clusters)


def _clusters(question: Question, parts: tuple[Part, ...], level: str | None, unit: str) -> str | None:
    """By what rows are alike, where the interval of a figure rests on it: sums of time or money, weights of time, a team's durations."""
    if any(part.measure.tabled or part.measure.per for part in parts) or (question.per and question.per.within_a_day):
        return None
    first = parts[0].measure
    of_durations = len(parts) == 1 and first.kind == "mean" and first.weight is None and unit == "seconds"
    by_time = first.kind in ("share", "mean") and isinstance(first.weight, Name) and first.weight.kind == "seconds"
    by_sums = len(parts) == 2 and all(part.measure.kind == "total" for part in parts)
    if not (by_time or by_sums or (of_durations and level == "team")):
        return None
    having = [dimensions(part.scan.over, part.scan.credit, part.scan.place) for part in parts]
    by_agent = level != "agent" and all("agent" in names for names in having)
    if not by_agent and (of_durations or any(kept_by(part.scan.over) for part in parts)):
        return None
    adds_up = all(part.measure.distinct in (None, part.scan.credit if by_agent else part.scan.place.day) for part in parts)
    return None if not adds_up else "agent" if by_agent else "day"


def restricted(scan: Scan, dimension: str) -> set[str] | None:
    """The values of a dimension that conditions leave, where they plainly say so; None where they do not."""
    found = [set(ids) for name, ids in scan.within if name == dimension]
    meant = (dimension, scan.credit if dimension == "agent" else dimension_word(scan.over, dimension))  # `client == 'c3'`, `client_id == 'c3'`
    for node in scan.asked.parts if isinstance(scan.asked, Every) else (scan.asked,):
        match node:
            case Compare("==", Dimension(name) | Name(name), Constant(value)) if name in meant:
                found.append({str(value)})
            case OneOf(Dimension(name) | Name(name), options, False) if name in meant:
                found.append({str(option.value) for option in options})
    return set.intersection(*found) if found else None


@lru_cache(maxsize=256)
def mentioned(where: str | None) -> frozenset[str]:
    """The names in a condition, before anything is known about them."""
    try:
        tree = ast.parse((where or "").strip() or "None", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute))


def _chosen(question: Question, kpi: Kpi) -> tuple[str, str | None]:
    """The variant that is asked for, and what stands beside it where that is: `all`, `p90`, `all.p90`."""
    asked = question.variant or kpi.default
    if asked in kpi.variant_names:
        return asked, None
    variant, _, beside = asked.rpartition(".")
    if beside in kpi.beside and (variant or kpi.default) in kpi.variant_names:
        return variant or kpi.default, beside
    if len(question.kpis) == 1:
        raise BadQuestion(unknown("variant", asked, (*kpi.variant_names, *kpi.beside)))
    english = "A variant is one KPI's. %(kpi)s has none called “%(variant)s”; it has: %(known)s"
    raise Refused(Text("ask.variant_of_another", english, {"kpi": kpi.text("name"), "variant": asked, "known": ", ".join(kpi.variant_names)}))


def settings_of(question: Question, kpi: Kpi) -> dict[str, Setting]:
    settings = dict(kpi.settings)
    for name, value in question.set:
        if setting := settings.get(name):
            _allow(setting, value)
            settings[name] = setting.given(value)
        elif len(question.kpis) == 1:
            raise BadQuestion(unknown("setting", name, settings))
    return settings


def _allow(setting: Setting, value: float) -> None:
    if setting.allowed and value not in setting.allowed:
        values = {"name": setting.name, "value": f"{value:.15g}", "allowed": ", ".join(f"{each:.15g}" for each in setting.allowed)}
        raise BadQuestion(Text("ask.setting_not_allowed", "%(name)s cannot be %(value)s. It is one of: %(allowed)s", values))


_EXPRESSIONS = ("of", "among", "weight", "up", "down", "exposure")
_AS_SAID = ("per", "at", "apart", "missing", "between", "measure", "thing", "rater", "scale_of")
SPLIT = {"agent_state": Grain.DAY, "schedule_shift": Grain.DAY, "shift_part": None}  # a part of a shift ends at midnight already


class Writer:
    """Writes formulas as scans and measures, for one question."""

    def __init__(
        self, question: Question, kpi: Kpi, kpis: Mapping[str, Kpi], settings: Mapping[str, Setting], level: str | None, clocks: frozenset[str]
    ) -> None:
        self.question, self.kpi, self.kpis, self.settings, self.level, self.clocks = question, kpi, kpis, settings, level, clocks

    def parts(self, formula: Formula, *, certain: bool = True) -> tuple[Part, ...]:
        if formula.kind != "ratio":
            return (self.part(formula, certain=certain),)
        sides = [self.side(side) for side in (formula.top, formula.bottom)]
        having = shared([side for _, side in sides])
        for _, side in sides:
            self.allow_dimensions(side.over, having)
        return tuple(writer.part(side) for writer, side in sides)

    def side(self, side: Formula | str | None) -> tuple[Writer, Formula]:
        """A side of a ratio, and who writes it: another KPI's has that one's settings."""
        if isinstance(side, Formula):
            return self, side
        kpi = self.kpis[str(side)]
        said = kpi.said(None, self.level)
        if said.refused:
            raise Refused(Text(f"kpi.{kpi.id}.refuse", said.refused))
        settings = settings_of(replace(self.question, set=()), kpi)
        return Writer(self.question, kpi, self.kpis, settings, self.level, self.clocks), read_formula(said, settings)

    def beside(self, variant: str) -> list[tuple[str, Part]]:
        """What stands beside the value, by name: one part, or top and bottom of a ratio."""
        saids = {name: self.kpi.said(variant, self.level, name) for name in self.kpi.beside}
        read = [(name, read_formula(said, self.settings)) for name, said in saids.items() if not said.refused]
        return [(name, part) for name, formula in read for part in self.parts(formula, certain=False)]

    def part(self, formula: Formula, *, certain: bool = False) -> Part:
        over = formula.over
        having = dimensions(over, formula.credit, formula.place)
        self.allow_dimensions(over, having)
        scan = Scan(
            over=over,
            place=formula.place,
            direction=formula.direction,
            where=self.bound(formula.where, over),
            asked=self.asked(over, having),
            within=self.question.within,
            credit=formula.credit,
            by=self.question.by,
            per=self.question.per,
            first=self.question.first,
            last=self.question.last,
            persons=bool(self.question.least_persons) and "agent" in having and self.of_groups(),
            split=self.split(formula),
        )
        return Part(scan, self.measure(formula, scan, certain=certain))

    def split(self, formula: Formula) -> Grain | None:
        """Whether what is counted is time that has to be cut: at midnight, and at slots where the hour is asked for (reference 9.3.2)."""
        nodes = [node for key in _EXPRESSIONS if (node := getattr(formula, key)) is not None]
        if formula.over not in SPLIT or "duration_s" not in {plain(formula.over, name.name) for node in nodes for name in names(node)}:
            return None
        asked = {*self.question.by, *mentioned(self.question.where), *(name for name, _ in self.question.within)}
        by_hour = "hour" in asked or (self.question.per is not None and self.question.per.within_a_day)
        return Grain.INTERVAL if by_hour else SPLIT[formula.over]

    def of_groups(self) -> bool:
        """Whether groups of agents are asked about."""
        named = {*self.question.by, *mentioned(self.question.where), *(name for name, _ in self.question.within)}
        return bool(named & GROUPS_OF_AGENTS)

    def measure(self, formula: Formula, scan: Scan, *, certain: bool) -> Measure:
        over = formula.over
        conditions: dict[str, Any] = {key: self.bound(getattr(formula, key), over) for key in _EXPRESSIONS}
        if formula.doubt and ("agent" in scan.by or len(restricted(scan, "agent") or ()) == 1):  # a rule about the notes of one person
            conditions |= {"doubt": self.bound(formula.doubt, over), "doubt_above": formula.doubt_above}
        matures = self.leaf(Name(formula.matures, "number"), over) if formula.matures else None
        plain = {key: getattr(formula, key) for key in _AS_SAID}
        few = len(restricted(scan, "agent") or ()) == 1  # of one person a month has so few that logarithms are likely needed: no second reading then
        logs = certain and few and formula.kind == "mean" and formula.weight is None
        return Measure(formula.kind, matures=matures, certain=certain, logs=logs, distinct=self.distinct(over), **plain, **conditions)

    def distinct(self, over: str) -> str | None:
        """The column whose different values a rule of hiding, or of an agent's sample, goes by."""
        of_sample = self.kpi.sample.get("agent", {}).get("counts") if self.level == "agent" else None
        named = self.kpi.privacy.get("of") or of_sample
        return plain(over, str(named)) if named in words(over) else None

    def allow_dimensions(self, over: str, having: Mapping[str, object]) -> None:
        asked = (*self.question.by, *(name for name, _ in self.question.within))
        conditions = sorted(mentioned(self.question.where) & DIMENSIONS.keys() - words(over).keys())
        missing = [name for name in (*asked, *conditions) if name not in having]
        if missing:
            can = askable(self.kpi, self.kpis, _chosen(self.question, self.kpi)[0])
            values = {"kpi": self.kpi.text("name"), "missing": dimensions_called(missing), "having": dimensions_called(can)}
            if "client" in missing and "team" in can:
                english = "%(kpi)s is about those who work here, whoever they work for, so it has no client. It can be asked by: %(having)s"
                raise Refused(Text("ask.of_those_who_work", english, {name: values[name] for name in ("kpi", "having")}))
            raise Refused(Text("ask.no_dimension", "%(kpi)s cannot be asked by %(missing)s. It can be asked by: %(having)s", values))
        self.allow_grain(over, by_hour="hour" in having)

    def allow_grain(self, over: str, *, by_hour: bool) -> None:
        """What is kept by day, week or month can be asked by nothing finer, nor for a part of a month."""
        per, first, last, kept = self.question.per, self.question.first, self.question.last, kept_by(over)
        named = {"kpi": self.kpi.text("name")}
        if kept is None and per and per.within_a_day and not by_hour:
            raise Refused(Text("ask.no_minutes", "%(kpi)s is kept by day; it cannot be asked by hour or interval.", named))
        if kept is Grain.MONTH and ((per and too_fine(over, per)) or (first and first.day > 1) or (last and (last + timedelta(days=1)).day > 1)):
            raise Refused(Text("ask.whole_months", "%(kpi)s is kept by month; it can only be asked for whole months.", named))
        if kept is Grain.WEEK and per and too_fine(over, per):
            raise Refused(Text("ask.whole_weeks", "%(kpi)s is kept by week; it can be asked by nothing finer.", named))

    def asked(self, over: str, having: Mapping[str, Any]) -> Condition | None:
        if not self.question.where:
            return None
        try:
            condition = parse(self.question.where, {**DIMENSIONS, **words(over), **having})  # of what it does not have only the names are near
        except BadCondition as bad:
            if len(self.question.kpis) > 1:
                raise Refused(bad.text) from None
            raise BadQuestion(bad.text, bad.issues) from None
        for far in reach.mistakes(condition, {}):
            raise BadQuestion(far)
        found: Condition = replaced(condition, lambda name: Dimension(name.name, name.kind) if name.name in having else self.leaf(name, over))
        return found

    def bound(self, node: Any, over: str) -> Any:
        """An expression with settings filled in and every word by its shortest name."""
        return None if node is None else replaced(node, lambda name: self.leaf(name, over))

    def leaf(self, name: Name, over: str) -> Any:
        if setting := self.settings.get(name.name):
            return _term(setting)
        word = plain(over, name.name)
        if over == "contact" and word == "ivr_wait_s":
            return Clock()
        if over == "contact" and word == "wait_s" and self.kpi.id in self.clocks:
            return Clock(measure=self.kpi.id)
        return Name(word, name.kind, name.choices)


def _term(setting: Setting) -> Constant | Term:
    if setting.column is None:
        return Constant(setting.otherwise, "number")
    return Term(setting.column, setting.measures, setting.times, setting.otherwise)


repeat_window = Term("repeat_window_d", ("repeat_contact_rate", "fcr"), 86400.0, 7 * 86400.0)  # of the dimension `repeat`
