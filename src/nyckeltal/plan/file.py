"""A plan as a TOML file: read with all its mistakes at once, and written so that reading gives the same plan again (docs/guide/plan-file.md)."""

from __future__ import annotations

import pathlib
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from nyckeltal.errors import BadPlan, Issue
from nyckeltal.kpi.formula import unknown
from nyckeltal.kpi.lines import Lines, Path, broken_at
from nyckeltal.plan import stated, values
from nyckeltal.plan.goal import LEVELS, ROLES, Band, Baseline, Benchmark, Direction, Goal, Override, Plan, Unit
from nyckeltal.plan.reading import Reading, Take, choice, day, either, flag, listed, moment, number, record, share, table, text, whole
from nyckeltal.when.period import Grain
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi

EACH = "each"
Rows = Mapping[str, Sequence[Mapping[str, Any]]]
Members = Callable[[str, date], Sequence[str]]  # the agents of a team on a day

_value: Take = lambda _reading, _path, value: value  # noqa: E731 - read once the figure's unit is known
_band: Take = either((list, listed(_value)), record({"low": _value, "high": _value}))
_OF_PERSON: dict[str, Take] = {
    **dict.fromkeys(("target",), _value),
    "band": _band,
    "baseline": record({"value": _value, "n": number, "periods": whole, "low": _value, "high": _value}, ("value", "periods")),
    "reach": share,
    "accepted_at": moment,
    "refused_why": text,
}
_WORDS = ("purpose", "why", "influence", "method", "action", "parent", "link_reason", "variant")
_GOAL: dict[str, Take] = {
    **dict.fromkeys(("id", "unit", "kpi", *_WORDS), text),
    "level": choice("level", LEVELS),
    "owner": either((list, listed(text)), text),
    **dict.fromkeys(("starts", "ends"), day),
    "role": choice("role", ROLES),
    "settings": table(number),
    "assess": choice("period", [grain.value for grain in Grain if not grain.within_a_day]),
    "provisional": flag,
    "benchmark": either((str, text), record({"value": _value, "source": text, "variant": text, "peers": flag})),
    "effect": _value,
    "support": listed(text),
    **_OF_PERSON,
    "person": table(record(_OF_PERSON)),
}
_UNIT: dict[str, Take] = {
    "id": text,
    "level": choice("level", LEVELS[:-1]),
    **dict.fromkeys(("primary", "secondary"), choice("direction", get_args(Direction))),
    "claims_quality": flag,
    "rotation": listed(text),
}
_OVERRIDE: dict[str, Take] = {"rule": text, "goal": text, "by": text, "at": moment, "reason": text}
_PLAN: dict[str, Take] = {**dict.fromkeys(("id", "name", "objective"), text), **dict.fromkeys(("starts", "ends"), day)}
_ROWS = {
    "unit": record(_UNIT, ("id", "level")),
    "goal": record(_GOAL, ("id", "unit", "kpi", "level")),
    "override": record(_OVERRIDE, ("rule", "by", "at", "reason")),
}
_FILE = record(
    {
        "plan": record(_PLAN, ("id", "name", "starts", "ends")),
        **dict.fromkeys(("unit", "goal", "override"), listed(_value, list)),
        "around": stated.read,
    },
    ("plan",),
)


def read(path: pathlib.Path | str, home: pathlib.Path | str | None = None) -> Plan:
    """The plan of a file; raises BadPlan with every mistake in it."""
    file = pathlib.Path(path)
    try:
        content = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        said = Text("plan.file.not_utf8", "This is not text in UTF-8 (byte %(at)s).", {"at": error.start + 1})
        raise BadPlan(said, (Issue(said, str(file)),)) from None
    except OSError as error:
        said = Text("plan.file.unread", "%(file)s cannot be read: %(why)s", {"file": str(file), "why": error.strerror or str(error)})
        raise BadPlan(said, (Issue(said, str(file)),)) from None
    return read_text(content, str(file), home)


def read_text(content: str, name: str = "", home: pathlib.Path | str | None = None) -> Plan:
    """The same for a text, as if it stood in a file of that name."""
    from nyckeltal.kpi.catalogue import catalogue

    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        said = Text("plan.file.not_toml", "This is not TOML: %(error)s", {"error": str(error)})
        raise BadPlan(said, (Issue(said, name or None, broken_at(error)),)) from None
    reading, lines = Reading(), Lines(content)
    plan = _Draft(reading, catalogue(home), lambda team, on: _members(team, on, home)).plan(data)
    if reading.mistakes or plan is None:
        issues = {(str(said), lines.of(path)): Issue(said, name or None, lines.of(path), _field(path, data)) for path, said in reading.mistakes}
        ordered = tuple(sorted(issues.values(), key=lambda issue: issue.line or 0))
        raise BadPlan(Text("plan.file.bad", "%(file)s is no plan yet.", {"file": pathlib.Path(name).name or "plan"}), ordered)
    return plan


def _members(team: str, on: date, home: pathlib.Path | str | None) -> Sequence[str]:
    from nyckeltal.plan.members import members

    return members(team, on, home)


def _field(path: Path, data: Mapping[str, Any]) -> str:
    """Where it stands, goals and units by their id: `goal.fcr.target`."""
    if len(path) > 1 and path[0] in ("goal", "unit") and isinstance(path[1], int):
        said = data[str(path[0])][path[1]]
        path = (path[0], said["id"] if isinstance(said, dict) and isinstance(said.get("id"), str) else path[1] + 1, *path[2:])
    return ".".join(str(step + 1 if isinstance(step, int) else step) for step in path)


class _Draft:
    """A file on its way to a plan: what its parts say of each other."""

    def __init__(self, reading: Reading, catalogue: Mapping[str, Kpi], members: Members) -> None:
        self.reading, self.catalogue, self.members = reading, catalogue, members

    def plan(self, data: Mapping[str, Any]) -> Plan | None:
        found = _FILE(self.reading, (), data)
        if found is None:
            return None
        head = found["plan"]
        if head["ends"] < head["starts"]:
            self.reading.wrong(("plan", "ends"), _BACKWARDS)
        units = tuple(Unit(**{**one, "rotation": one.get("rotation", ())}) for _, one in self._rows(found, "unit"))
        goals = tuple(goal for at, one in self._rows(found, "goal") for goal in self._goals(("goal", at), one, head))
        overrides = tuple(Override(**{"goal": "", **one}) for _, one in self._rows(found, "override"))
        plan = Plan(**{"objective": "", **head}, units=units, goals=goals, overrides=overrides, stated=data.get("around", {}))
        rows = {key: [one if isinstance(one, dict) else {} for one in found.get(key, ())] for key in _ROWS}
        self._ids_once(rows)
        for rule in (self._units_there, self._parents_there, self._overrides_fit):
            rule(plan, rows)
        return plan

    def _rows(self, found: Mapping[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Rows that say what they must, each with its place in the file."""
        read = ((at, _ROWS[key](self.reading, (key, at), one)) for at, one in enumerate(found.get(key, ())))
        return ((at, one) for at, one in read if one is not None)

    def _goals(self, path: Path, said: dict[str, Any], head: Mapping[str, Any]) -> Iterator[Goal]:
        """One goal, or one for each of several owners."""
        kpi = self.catalogue.get(said["kpi"])
        if kpi is None:
            self.reading.wrong((*path, "kpi"), unknown("KPI", said["kpi"], self.catalogue))
            return
        if said.get("variant") and said["variant"] not in kpi.variant_names:
            self.reading.wrong((*path, "variant"), unknown("variant", said["variant"], kpi.variant_names))
            return
        for name in said.get("settings", ()):
            if name not in kpi.settings:
                self.reading.wrong((*path, "settings"), unknown("setting", name, kpi.settings))
        shared = {"starts": head["starts"], "ends": head["ends"], **said}
        if shared["ends"] < shared["starts"]:
            self.reading.wrong((*path, "ends"), _BACKWARDS)
        persons = shared.pop("person", {})
        goal = self._goal(path, shared, kpi)
        owners = self._owners(path, shared)
        for name in persons:
            if name not in owners:
                self.reading.wrong((*path, "person", name), unknown("owner", name, owners))
        if owners == (goal.owner,) and not isinstance(said.get("owner"), list):
            yield goal
            return
        for owner in owners:
            own = self._changes((*path, "person", owner), persons.get(owner, {}), kpi, goal)
            yield replace(goal, id=f"{goal.id}/{owner}", owner=owner, together=goal.id, **own)

    def _owners(self, path: Path, said: Mapping[str, Any]) -> tuple[str, ...]:
        owner = said.get("owner", "")
        if owner != EACH:
            return tuple(owner) if isinstance(owner, tuple) else (owner,)
        if said["level"] != "agent":
            self.reading.wrong((*path, "owner"), Text("plan.file.each_level", "Only goals of agents are set for each of them."))
            return ()
        found = tuple(self.members(said["unit"], said["starts"]))
        if not found:
            values = {"unit": said["unit"], "day": said["starts"]}
            english = "Nobody is known in %(unit)s on %(day)s, so there is nobody to set it for. Load the team, or name the agents: owner = [“anna”, “bengt”]"
            self.reading.wrong((*path, "owner"), Text("plan.file.each_nobody", english, values))
        return found

    def _goal(self, path: Path, said: Mapping[str, Any], kpi: Kpi) -> Goal:
        plain = {key: value for key, value in said.items() if key not in ("target", "band", "baseline", "benchmark", "effect", "assess", "owner")}
        owner = said.get("owner", "")
        return Goal(
            **plain,
            **self._changes(path, said, kpi, None),
            benchmark=self._benchmark(path, said.get("benchmark"), kpi, said.get("variant", "")),
            effect=self._number((*path, "effect"), said.get("effect"), _unit_of(kpi, said.get("variant", ""))) or 0.0,
            assess=Grain(said.get("assess", "month")),
            owner=owner if isinstance(owner, str) and owner != EACH else "",
        )

    def _changes(self, path: Path, said: Mapping[str, Any], kpi: Kpi, goal: Goal | None) -> dict[str, Any]:
        """What one person's table may say otherwise, read in the figure's unit."""
        unit = _unit_of(kpi, goal.variant if goal else said.get("variant", ""))
        found: dict[str, Any] = {key: said[key] for key in ("reach", "accepted_at", "refused_why") if goal and key in said}
        if "target" in said and "band" in said:
            self.reading.wrong((*path, "band"), Text("plan.file.target_and_band", "A goal has a target or a band, not both."))
        if "target" in said:
            found |= {"target": self._number((*path, "target"), said["target"], unit), **({"band": None} if goal else {})}
        if "band" in said:
            found |= {"band": self._band((*path, "band"), said["band"], unit), **({"target": None} if goal else {})}
        if "baseline" in said:
            found["baseline"] = self._baseline((*path, "baseline"), said["baseline"], unit)
        return found

    def _number(self, path: Path, said: Any, unit: str) -> float | None:
        found = None if said is None else values.read(said, unit)
        return self.reading.wrong(path, found) if isinstance(found, Text) else found

    def _band(self, path: Path, said: Any, unit: str) -> Band | None:
        if isinstance(said, tuple):
            if len(said) != 2:
                self.reading.wrong(path, _BAND)
                return None
            said = dict(zip(("low", "high"), said, strict=True))
        low, high = (self._number((*path, edge), said.get(edge), unit) for edge in ("low", "high"))
        if (low is None and high is None) or (low is not None and high is not None and low > high):
            self.reading.wrong(path, _BAND)
            return None
        return Band(low, high)

    def _baseline(self, path: Path, said: Mapping[str, Any], unit: str) -> Baseline | None:
        value, low, high = (self._number((*path, key), said.get(key), unit) for key in ("value", "low", "high"))
        return None if value is None else Baseline(value, said.get("n"), said["periods"], low, high)

    def _benchmark(self, path: Path, said: Any, kpi: Kpi, variant: str) -> Benchmark | None:
        if said is None:
            return None
        if isinstance(said, str):
            return Benchmark(None, said)
        value = self._number((*path, "benchmark"), said.get("value"), _unit_of(kpi, said.get("variant") or variant))
        return Benchmark(value, said.get("source", ""), said.get("variant", ""), said.get("peers", False))

    # ── what parts of the file say of each other ──

    def _ids_once(self, rows: Rows) -> None:
        for key in ("unit", "goal"):
            seen: set[str] = set()
            for at, one in enumerate(rows[key]):
                if one.get("id") in seen:
                    self.reading.wrong((key, at, "id"), Text("plan.file.id_twice", "“%(id)s” stands twice; each needs a name of its own.", {"id": one["id"]}))
                seen.add(str(one.get("id")))

    def _units_there(self, plan: Plan, rows: Rows) -> None:
        known = [unit.id for unit in plan.units]
        for at, one in enumerate(rows["goal"]):
            if isinstance(one.get("unit"), str) and one["unit"] not in known:
                self.reading.wrong(("goal", at, "unit"), unknown("unit", one["unit"], known))
        for at, unit in enumerate(plan.units):
            for name in unit.rotation:
                if name not in self.catalogue:
                    self.reading.wrong(("unit", at, "rotation"), unknown("KPI", name, self.catalogue))

    def _parents_there(self, plan: Plan, rows: Rows) -> None:
        known = {one.get("id") for one in rows["goal"]} | {goal.id for goal in plan.goals}
        for at, one in enumerate(rows["goal"]):
            if isinstance(one.get("parent"), str) and one["parent"] and one["parent"] not in known:
                self.reading.wrong(("goal", at, "parent"), unknown("goal", one["parent"], sorted(filter(None, known))))

    def _overrides_fit(self, plan: Plan, rows: Rows) -> None:
        from nyckeltal.plan.guardrails import RULES

        rules = [rule.__name__.upper() for rule in RULES]
        known = {"", *(unit.id for unit in plan.units), *(goal.id for goal in plan.goals), *(goal.together for goal in plan.goals)}
        for at, one in enumerate(rows["override"]):
            if isinstance(one.get("rule"), str) and one["rule"] not in rules:
                self.reading.wrong(("override", at, "rule"), unknown("rule", one["rule"], rules))
            if isinstance(one.get("goal"), str) and one["goal"] not in known:
                self.reading.wrong(("override", at, "goal"), unknown("goal or unit", one["goal"], sorted(known - {""})))


_BACKWARDS = Text("plan.file.backwards", "It ends before it starts.")
_BAND = Text("plan.file.band", "A band has a lower edge, an upper one, or both: [280, 360], or { high = 360 }.")


def _unit_of(kpi: Kpi, variant: str) -> str:
    return str(kpi.said(variant if variant in kpi.variant_names else None)["unit"] or kpi.unit)
