"""Asks a KPI of a world: the rows that belong, the groups they fall in, and the sums of each group."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from oracle import clocks, conditions, definition, dimensions, tables
from oracle.result import Result
from oracle.rows import Reader

if TYPE_CHECKING:
    from oracle.definition import Definition
    from oracle.world import Row, World

Key = tuple[Any, ...]

APART = {"item_id": "item", "form_version_id": "form"}  # by what to ask where a column must not be mixed


@dataclass(frozen=True)
class Question:
    """What is asked: dimensions, grain, first day and day after the last, settings by hand, a condition, and what may be seen at most."""

    kpi: str
    by: Sequence[str] = ()
    per: str | None = None
    variant: str | None = None
    period: tuple[date, date] | None = None
    given: Mapping[str, float] = field(default_factory=dict)
    where: str | None = None
    within: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """Every dimension that by, condition or restriction mentions."""
        tree = ast.walk(ast.parse(self.where or "None", mode="eval"))
        return {*self.by, *self.within, *(node.id for node in tree if isinstance(node, ast.Name) and node.id in dimensions.DIMENSIONS)}

    @property
    def is_of_one_person(self) -> bool:
        """Whether each figure is one agent's."""
        return "agent" in self.by or len(_restricted(self, "agent")) == 1

    @property
    def level(self) -> str | None:
        return dimensions.level_of(self.names)


def ask(world: World, kpi: str, by: Sequence[str] = (), **asked: Any) -> dict[Key, Result]:
    """Figures by (label of the period or None, value of each dimension); a refusal stands alone under ("refused",)."""
    question = Question(kpi, by, **asked)
    found = counted(world, definition.effective(kpi, question.level, question.variant), question, kpi)
    default = definition.read(kpi)["default"]
    for name in definition.beside(kpi, question.variant) if definition.parted(kpi, question.variant)[1] is None else ():
        asked_so = definition.effective(kpi, question.level, f"{question.variant or default}.{name}")
        for key, part in counted(world, asked_so, question, kpi).items():
            found[key].beside[name] = part.value
    return found


def counted(world: World, asked: Definition, question: Question, kpi: str) -> dict[Key, Result]:
    if asked["kind"] == "ratio" and "refuse" not in asked:
        return _ratio(world, asked, question, kpi)
    reader = Reader(world, asked, kpi, question.given)
    if (
        not reader.knows(question.names, question.per, question.period)
        or _names_nothing(reader, question)
        or (not {"queue", "client", "team"} & set(question.by) and _starts_in_menu(reader, question, {}))
    ):
        return {("refused",): Result(reason="refused")}
    if asked.get("rolling_months"):
        return _rolled(world, asked, question, kpi)
    groups: dict[Key, list[Row]] = {} if question.by or question.per else {(None,): []}
    for row in reader.belonging(slots="hour" in question.names or question.per in ("hour", "interval")):
        for key in _keys(reader, row, question):
            groups.setdefault(key, []).append(row)
    mixed = {key for key, rows in groups.items() if len(_sorts(reader, rows)) > 1}
    if mixed and (asked["apart"] != "currency" or not (question.by or question.per)) and APART.get(asked["apart"], asked["apart"]) not in question.by:
        return {("refused",): Result(reason="refused")}
    everything = {id(row): row for rows in groups.values() for row in rows}.values()
    apart = asked.get("apart", "currency")
    if apart != "currency" and APART.get(apart, apart) not in question.by and len(_sorts(reader, list(everything))) > 1:
        return {("refused",): Result(reason="refused")}
    unnamed = reader.teams_without() & _meant(reader, question) if tuple(question.by) == ("team",) else set()
    menu = {key: bool(question.by) and _starts_in_menu(reader, question, dict(zip(question.by, key[1:], strict=True))) for key in groups}
    if menu and all(menu.values()):
        return {("refused",): Result(reason="refused")}
    figures = {key: Result(reason="refused") if menu[key] or key in mixed else _figure(reader, rows, question) for key, rows in groups.items()}
    return figures | {(None, team): Result(reason="refused") for team in unnamed}


def _sorts(reader: Reader, rows: list[Row]) -> set[Any]:
    """The values that must not be mixed, among the rows that count; no currency is one too."""
    apart = reader.asked.get("apart")
    return {row[apart] for row in rows if reader.holds(reader.asked.get("among"), row)} if apart else set()


def _rolled(world: World, asked: Definition, question: Question, kpi: str) -> dict[Key, Result]:
    """Each period read over the months that end with it."""
    alone = {name: value for name, value in asked.items() if name != "rolling_months"}
    if ("refused",) in (plainly := counted(world, alone, question, kpi)):
        return plainly
    if question.period is None and (question := replace(question, period=_last_month(world, asked))).period is None:
        return {} if question.by or question.per else {(None,): Result(0, 0, reason="no_data")}
    assert question.period is not None
    first, end = question.period
    if question.per is None:
        return counted(world, alone, replace(question, period=(clocks.months_before(end, asked["rolling_months"]), end)), kpi)
    found = {}
    while first < end:
        label, after = clocks.label(None, first, "UTC", question.per), clocks.part_after(first, question.per)
        window = (clocks.months_before(after, asked["rolling_months"]), after)
        for key, figure in counted(world, alone, replace(question, per=None, period=window), kpi).items():
            found[label, *key[1:]] = figure
        first = after
    return found


def _last_month(world: World, asked: Definition) -> tuple[date, date] | None:
    """The last month that anything is there of."""
    sides = [asked[side] for side in ("top", "bottom")] if asked["kind"] == "ratio" else [asked]
    facts = [definition.effective(side["kpi"], None, None)["over"] if "kpi" in side else side.get("over", "contact") for side in sides]
    days = [row["local_date"] for fact in facts if fact != "agent" for row in world.tables[fact] if row["local_date"]]
    if not days:
        return None
    first = max(days).replace(day=1)
    return first, clocks.part_after(first, "month")


def _meant(reader: Reader, question: Question) -> set[str]:
    """The teams that may appear."""
    teams = {team["team_id"] for team in reader.world.tables["team"] if "team" not in question.within or team["team_id"] in question.within["team"]}
    return {team for team in teams if "team ==" not in (question.where or "") or f"'{team}'" in str(question.where)}


def _names_nothing(reader: Reader, question: Question) -> bool:
    """Whether all the teams that are meant name nothing that they answer for."""
    meant = _meant(reader, question)
    return question.level == "team" and bool(meant) and meant <= reader.teams_without()


def _starts_in_menu(reader: Reader, question: Question, group: Mapping[str, Any]) -> bool:
    """Whether a wait in queues is asked for, which somebody meant has agreed to count from the menu."""
    said = [question.where, *(reader.asked.get(key) for key in ("where", "of", "among", "up", "down"))]
    if reader.over != "queue_visit" or not any("wait_s" in str(text) for text in said):
        return False
    queues = _meant_by(question, group, "queue") or _queues_of(reader, _meant_by(question, group, "team"))
    owners = {row["client_id"] for row in reader.world.tables["queue"] if queues and row["queue_id"] in queues}
    clients = ({group["client"]} if group.get("client") else set()) or (owners if group.get("queue") else set())
    clients = clients or _restricted(question, "client") or owners
    first, end = question.period or (date.min, date.max)
    return any(
        (row["measure"], row["clock"]) == (reader.kpi, "ivr")
        and (not clients or row["client_id"] in clients)
        and (not queues or not row["queue_ids"] or queues & set(row["queue_ids"]))
        and row["valid_from"] < end
        and (row["valid_to"] is None or row["valid_to"] > first)
        for row in reader.world.tables["agreement"]
    )


def _meant_by(question: Question, group: Mapping[str, Any], dimension: str) -> set[str]:
    return {group[dimension]} if group.get(dimension) else _restricted(question, dimension)


def _queues_of(reader: Reader, teams: set[str]) -> set[str]:
    """What these teams answer for."""
    if reader.team_lists != "queue_ids":
        return set()
    return {queue for row in reader.world.tables["team"] if row["team_id"] in teams for queue in row["queue_ids"]}


def _restricted(question: Question, dimension: str) -> set[str]:
    """The values that restriction and condition leave; empty where they leave all."""
    found = [set(question.within[dimension])] if dimension in question.within else []
    found += [{named} for named in re.findall(rf"^{dimension} == '(\w+)'$", question.where or "")]
    return set.intersection(*found) if found else set()


def _keys(reader: Reader, row: Row, question: Question) -> list[Key]:
    """The groups a row falls in, each once: none outside the period or the condition, several where several teams answer for its queue."""
    day = reader.day(row)
    if day is None or (question.period and not question.period[0] <= day < question.period[1]):
        return []
    label = clocks.label(reader.moment(row), day, row["clock"], question.per) if question.per else None
    places = [place for place in dimensions.values(reader, row, question.names) if _is_asked(reader, row, place, question)]
    return list(dict.fromkeys((label, *(place[name] for name in question.by)) for place in places))


def _is_asked(reader: Reader, row: Row, place: Mapping[str, Any], question: Question) -> bool:
    within = all(place[name] in allowed for name, allowed in question.within.items())
    return within and conditions.holds(question.where, lambda name: place[name] if name in place else reader.word(name, row))


def _figure(reader: Reader, rows: list[Row], question: Question) -> Result:
    asked = reader.asked
    among = [row for row in rows if reader.holds(asked.get("among"), row)]
    ripe = [row for row in among if reader.is_ripe(row)]
    if asked["kind"] == "count":
        n = len({row[asked["per"]] for row in ripe if row[asked["per"]] is not None}) if "per" in asked else len(ripe)
        return Result(n, 1, n * asked.get("scale", 1), n)
    if asked["kind"] == "total":
        told = [found for row in ripe if (found := reader.word_of(asked["of"], row)) is not None]
        return Result(sum(told), 1, sum(told) * asked.get("scale", 1), len(told)) if told or not rows else Result(0, 1, reason="no_data")
    if asked["kind"] in ("spread", "alpha"):
        return tables.figure(reader, ripe)
    if asked["kind"] == "quantile":
        points = [reader.word(asked["of"], row) for row in ripe]
        return _quantile(sorted(point for point in points if point is not None), asked["at"])
    found = _sums(reader, ripe)
    if question.is_of_one_person and asked.get("doubt"):
        doubted = sum(reader.holds(asked["of"], row) and reader.holds(asked["doubt"], row) for row in ripe)
        found.numerator = (found.numerator or 0) - (doubted if doubted > asked["doubt_above"] * (found.numerator or 0) else 0)
    if not found.denominator:
        found.reason = "immature" if len(among) > len(ripe) else "no_data"
        return found
    found.value = asked.get("scale", 1) * (found.numerator or 0) / found.denominator
    return found


def _sums(reader: Reader, rows: list[Row]) -> Result:
    """Numerator, denominator and how many rows they rest on, for shares, balances and means."""
    asked = reader.asked
    if asked["kind"] == "share" and "per" in asked:
        return _of_different(reader, rows)
    stated = [row for row in rows if asked["kind"] == "mean" and reader.word_of(asked["of"], row) is not None]
    if asked["kind"] == "mean" and not ("missing" in asked and stated):
        rows = stated
    if "weight" in asked:
        rows = [row for row in rows if reader.word_of(asked["weight"], row) is not None]
    weight = [float(reader.word_of(asked["weight"], row)) if "weight" in asked else 1.0 for row in rows]
    if asked["kind"] == "mean":
        told = [reader.word_of(asked["of"], row) for row in rows]
        points = [float(asked["missing"] if point is None else point) for point in told]
    elif asked["kind"] == "balance":
        points = [float(reader.holds(asked["up"], row)) - float(reader.holds(asked["down"], row)) for row in rows]
    else:
        points = [float(reader.holds(asked["of"], row)) for row in rows]
    below = len({row[asked["per"]] for row in rows} - {None}) if "per" in asked else sum(weight)
    return Result(sum(w * x for w, x in zip(weight, points, strict=True)), below, None, len(rows))


def _of_different(reader: Reader, rows: list[Row]) -> Result:
    """Of different values of a column, those that some row meets the condition for."""
    per = reader.asked["per"]
    among = {row[per] for row in rows} - {None}
    of = {row[per] for row in rows if reader.holds(reader.asked["of"], row)} - {None}
    return Result(len(of), len(among), None, len(among))


def _quantile(values: list[float], at: float) -> Result:
    if not values:
        return Result(reason="no_data")
    place = at * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return Result(None, None, values[low] + (values[high] - values[low]) * (place - low), len(values))


def _ratio(world: World, asked: Definition, question: Question, kpi: str) -> dict[Key, Result]:
    """The two facts are counted apart and joined on what was asked."""
    if asked.get("rolling_months"):
        return _rolled(world, asked, question, kpi)
    sides = [_side(world, asked, asked[side], question) for side in ("top", "bottom")]
    if any(("refused",) in side for side in sides):
        return {("refused",): Result(reason="refused")}
    found = {}
    for key in {*sides[0], *sides[1]}:
        top, bottom = (side.get(key, Result(0, 1, 0, 0)) for side in sides)
        figure = Result(top.numerator, bottom.numerator, None, bottom.n)
        if "refused" in (top.reason, bottom.reason):
            figure.reason = "refused"
        elif "no_data" in (top.reason, bottom.reason) or not figure.denominator:
            figure.reason = "no_data"
        else:
            figure.value = asked.get("scale", 1) * (figure.numerator or 0) / figure.denominator
        found[key] = figure
    return found


def _side(world: World, asked: Definition, side: Mapping[str, Any], question: Question) -> dict[Key, Result]:
    if "kpi" in side:
        return counted(world, definition.effective(side["kpi"], question.level, None), replace(question, given={}), side["kpi"])
    if not question.names <= {*side.get("by", question.names)}:
        return {("refused",): Result(reason="refused")}
    kind: Definition = {"kind": "total", "of": side["total"]} if "total" in side else {"kind": "count"}
    shared: Definition = {name: asked[name] for name in ("direction", "settings") if name in asked}
    apart: Definition = {"apart": asked["apart"]} if asked.get("apart") in TABLES[side["over"]] else {}
    return counted(world, {**shared, **apart, **kind, **side}, question, question.kpi)
