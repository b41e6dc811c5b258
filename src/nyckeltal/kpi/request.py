"""One request on its way: the plans of a question, the scans they share, and their sums once they have run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nyckeltal.kpi import reach
from nyckeltal.kpi.catalogue import absence, catalogue
from nyckeltal.kpi.compile import Measure, Part, Plan, Refused, Scan, compile_plan, mentioned, repeat_window, restricted
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.engine import tables
from nyckeltal.kpi.engine.bind import needs_of
from nyckeltal.kpi.engine.together import run_each
from nyckeltal.kpi.engine.zones import zones_seen
from nyckeltal.kpi.known import Known
from nyckeltal.kpi.organisation import organisation
from nyckeltal.kpi.rollup.use import each as sums_of_each
from nyckeltal.kpi.rollup.use import run as sums_of
from nyckeltal.kpi.shared_days import within_shared_days
from nyckeltal.kpi.silence import look_up, told
from nyckeltal.kpi.vocabulary import FACTS, TEAM_LISTS
from nyckeltal.when.period import Period
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.kpi.engine.run import At, Key, Prepared
    from nyckeltal.kpi.engine.sums import Sums
    from nyckeltal.kpi.question import Question

Found = dict["Key", "Sums"]
Run = tuple[Scan, str | None]  # a scan, and by what its rows come in groups that are folded

menu_clock = Text(
    "ask.menu_clock",
    "The menu comes before the queues, so its clock belongs to the contact as a whole. "
    "Ask by client instead, or let the agreement start the clock in the queue.",
)


@dataclass(frozen=True)
class Asked:
    """One KPI of the question: its plan, or why it cannot be asked so."""

    kpi: Kpi
    plan: Plan | None
    refused: Text | None = None


class Request:
    """A question to some facts. `asked` and `prepared` are all but the run; `sums` runs."""

    def __init__(self, question: Question, facts: Facts, home: Path | str | None = None, now: datetime | None = None) -> None:
        self.question, self.facts, self.now = question, facts, now
        self.kpis: Mapping[str, Kpi] = catalogue(home)
        self.organisation = organisation(facts)
        for name in question.kpis:
            if name not in self.kpis:
                raise absence(name, home)

    @cached_property
    def asked(self) -> list[Asked]:
        asked = [self._compiled(self.kpis[name]) for name in self.question.kpis]
        look_up(self, [it.plan for it in asked if it.plan])
        return [self._allowed(it.kpi, it.plan) if it.plan else it for it in asked]

    def _compiled(self, kpi: Kpi) -> Asked:
        try:
            plan = compile_plan(self.question, kpi, self.kpis, self.organisation.clocks)
        except Refused as refused:
            return Asked(kpi, None, refused.text)
        far = reach.agreed_mistake(self.organisation, self._windows(plan))
        return Asked(kpi, None if far else plan, far)

    def _windows(self, plan: Plan) -> frozenset[str]:
        """The measures whose agreements say how far apart contacts of a customer may be."""
        by_agreement = {name for setting in plan.settings.values() if setting.column == reach.AGREED for name in setting.measures}
        names = {*self.question.by, *mentioned(self.question.where), *(name for name, _ in self.question.within)}
        return frozenset(by_agreement | ({*repeat_window.measures} if "repeat" in names else set()))

    def _allowed(self, kpi: Kpi, compiled: Plan) -> Asked:
        """As its sources allow it to be asked."""
        try:
            plan = within_shared_days(self, told(self, compiled))
            self._allow_teams(plan)
            self._allow_clock(plan)
        except Refused as refused:
            return Asked(kpi, None, refused.text)
        return Asked(kpi, plan)

    def _allow_teams(self, plan: Plan) -> None:
        """A KPI that credits teams by what they answer for is refused while they name nothing."""
        list_name = TEAM_LISTS.get(plan.parts[0].scan.credit or "") if plan.level == "team" else None
        if not list_name:
            return
        without = self.organisation.teams_without(list_name)
        meant = restricted(plan.parts[0].scan, "team") or {row["team_id"] for row in self.organisation.rows("team")}
        if meant and meant <= set(without):
            raise Refused(unnamed(list_name, sorted(meant)))

    def _allow_clock(self, plan: Plan) -> None:
        """A wait that starts in the menu is not one queue's: refused where anybody meant agreed on that clock, group by group where groups differ."""
        if not set(plan.parts[0].scan.by) & {"queue", "client", "team"} and self.starts_in_menu(plan, ()):
            raise Refused(menu_clock)

    def starts_in_menu(self, plan: Plan, by: tuple[Any, ...]) -> bool:
        """Whether a group's waits in queues are asked for while somebody it can have rows of agreed to count from the menu."""
        scan = plan.parts[0].scan if by else replace(plan.parts[0].scan, by=())
        rows = self.organisation.menu_agreements(plan.kpi.id, scan.first, scan.last)
        if not rows or not waits_in_queue(plan):
            return False
        named = dict(zip(scan.by, by, strict=True))
        queues = {named["queue"]} if named.get("queue") else restricted(scan, "queue") or self._queues_of_teams(scan, named.get("team"))
        clients = self.clients(scan, by) or (self._of_queues(queues) if queues else None)
        meant = (row for row in rows if clients is None or row["client_id"] in clients)
        return any(not queues or not row["queue_ids"] or queues & {*row["queue_ids"]} for row in meant)

    def _queues_of_teams(self, scan: Scan, team: str | None) -> set[str] | None:
        """The queues that the teams meant answer for, where a queue is what makes a row a team's."""
        if TEAM_LISTS.get(scan.credit or "") != "queue_ids":
            return None
        teams = {team} if team else restricted(scan, "team")
        return {queue for row in self.organisation.rows("team") if row["team_id"] in teams for queue in row["queue_ids"] or ()} if teams else None

    @cached_property
    def periods(self) -> dict[At, Period | None]:
        """The days that figures speak of, by what names a period: all key figures of a question share them."""
        return {}

    @cached_property
    def settled(self) -> dict[tuple[object, ...], dict[tuple[At, frozenset[str] | None], tuple[datetime | None, bool]]]:
        """Until when figures are known and whether they are final, by what they rest on."""
        return {}

    @cached_property
    def zones(self) -> dict[str, str]:
        return {**zones_seen(self.facts), **self.organisation.zones}

    def known(self, fact: str) -> Known:
        if fact not in self._known:
            self._known[fact] = Known(fact, self.organisation, self.zones, self.now)
        return self._known[fact]

    @cached_property
    def _known(self) -> dict[str, Known]:
        return {}

    @cached_property
    def prepared(self) -> dict[Run, Prepared]:
        """One scan for all KPIs that count the same rows in the same groups."""
        return self._prepare([asked.plan for asked in self.asked if asked.plan])

    def _prepare(self, plans: list[Plan]) -> dict[Run, Prepared]:
        wanted: dict[Run, dict[Measure, None]] = {}
        by_name: set[Run] = set()  # of which both sides of a ratio are put together by agent or day
        for plan in plans:
            for part in (*plan.parts, *(part for _, part in plan.beside)):
                if not plan.formula.rolling_months and not part.measure.tabled:
                    wanted.setdefault(_where_run(plan, part), {})[part.measure] = None
                    by_name |= {_where_run(plan, part)} if len(plan.parts) > 1 else set()
        self._told_apart |= _told_by_the_same(wanted)
        return {run: self._prepared(run, list(measures), folded=bool(run[1]) and run not in by_name) for run, measures in wanted.items()}

    def _prepared(self, run: Run, measures: list[Measure], *, folded: bool) -> Prepared:
        scan, clusters = run
        return engine.prepare(engine.in_clusters(scan, clusters), measures, self.organisation, self.known(scan.over), folded=folded)

    @cached_property
    def _told_apart(self) -> dict[tuple[Part, None], Run]:
        """By which run, of parts that ask for no groups to be folded, those are told that another one tells besides."""
        return {}

    def steps(self, plan: Plan) -> list[Prepared]:
        """What is run for a plan, in order; of a value that is read over several months, what is run for the last period."""
        found: list[Prepared] = []
        for part in (*plan.parts, *(part for _, part in plan.beside)):
            if plan.formula.rolling_months:
                rolled = [scan for _, scan in self._rolled_scans(plan, part)] or [part.scan]  # where nothing is loaded there is no last period
                found.append(self._step(rolled[-1], part.measure))
            elif part.measure.tabled:
                found.append(self._step(part.scan, part.measure))
            elif (step := self.prepared[self._told_apart.get((part, None), _where_run(plan, part))]) not in found:
                found.append(step)
        return found

    def _step(self, scan: Scan, measure: Measure) -> Prepared:
        if measure.tabled:
            return tables.prepare_table(scan, measure, self.organisation, self.known(scan.over))
        return engine.prepare(scan, [measure], self.organisation, self.known(scan.over))

    def _ran(self, scan: Scan, measure: Measure, *, of_rows: bool = False) -> Found:
        """The figures of one measure by itself."""
        step = self._step(scan, measure)
        if measure.tabled:
            return tables.run_table(step, self.facts)
        return {key: sums[0] for key, sums in (engine.run(step, self.facts) if of_rows else sums_of(step, self)).items()}

    @cached_property
    def sums(self) -> dict[tuple[Part, str | None], Found]:
        return self._run(self.prepared)

    def _run(self, prepared: Mapping[Run, Prepared]) -> dict[tuple[Part, str | None], Found]:
        found: dict[tuple[Part, str | None], Found] = {}
        for ((scan, clusters), step), each in zip(prepared.items(), self._each([*prepared.values()]), strict=True):
            groups = engine.clustered(step, each) if clusters and not step.folded else each
            for number, measure in enumerate(step.measures):
                part = Part(scan, measure)
                found[part, clusters] = {key: sums[number] for key, sums in groups.items()}
                if (part, None) in self._told_apart:
                    told = found[part, clusters]
                    found[part, None] = told if step.folded else {key: replace(sums, each=None) for key, sums in told.items()}
        return found

    def _each(self, steps: Sequence[Prepared]) -> Sequence[Mapping[Key, list[Sums]]]:
        """What each step gives: from what is kept by day, else from the rows."""
        return sums_of_each(steps, self, lambda rest: run_each(rest, self.organisation, self.known, self.facts))

    def of(self, plan: Plan, part: Part) -> Found:
        """The sums of one part of a plan, by group."""
        if plan.formula.rolling_months or part.measure.tabled:
            return self.ran(plan, part)
        return self.sums[part, _where_run(plan, part)[1]]

    def ran(self, plan: Plan, part: Part, *, of_rows: bool = False) -> Found:
        """The same, run by itself. `of_rows`: it holds what no sums by day tell."""
        if not plan.formula.rolling_months:
            return self._ran(part.scan, part.measure, of_rows=of_rows)
        rolled = self._rolled_scans(plan, part)
        return {(at, by): sums for at, scan in rolled for (_, by), sums in self._ran(scan, part.measure, of_rows=of_rows).items()}

    def _rolled_scans(self, plan: Plan, part: Part) -> list[tuple[tuple[Any, ...], Scan]]:
        """Each period read over the months that end with it."""
        windows = self.windows(plan)
        first, last = plan.shared
        return [
            (at, replace(part.scan, per=None, first=max(window.start, first or window.start), last=min(window.last, last or window.last)))
            for at, window in windows.items()
        ]

    def windows(self, plan: Plan) -> dict[tuple[Any, ...], Period]:
        """The months that each period asked for is read over; the whole question's under ()."""
        months = plan.formula.rolling_months or 1
        there = [month for part in plan.parts if part.scan.over in FACTS for month in self.facts.months(part.scan.over)]
        last = self.question.last or max((_month_end(month) for month in there), default=None)
        if last is None:
            return {}
        asked = Period.days(self.question.first or last.replace(day=1), last)
        if self.question.per is None or self.question.per.within_a_day:
            return {(): asked.rolling(months)}
        return {(part.start,): part.rolling(months) for part in asked.parts(self.question.per)}

    def clients(self, scan: Scan, by: tuple[Any, ...]) -> frozenset[str] | None:
        """The clients that a group can have rows of, where group or conditions say so."""
        named = dict(zip(scan.by, by, strict=True))
        if named.get("client"):
            return frozenset((named["client"],))
        if named.get("queue"):
            return self._of_queues({named["queue"]})
        if found := restricted(scan, "client"):
            return frozenset(found)
        queues = restricted(scan, "queue")
        return self._of_queues(queues) if queues else None

    def _of_queues(self, queues: set[str]) -> frozenset[str] | None:
        return frozenset(row["client_id"] for row in self.organisation.rows("queue") if row["queue_id"] in queues) or None


def waits_in_queue(plan: Plan) -> bool:
    """Whether the KPI looks at the wait in each queue."""
    return any("wait_s" in needs_of(part.scan, [part.measure]).words for part in plan.parts if part.scan.over == "queue_visit")


def unnamed(list_name: str, teams: list[str]) -> Text:
    values = {"teams": ", ".join(teams)}
    if list_name == "queue_ids":
        return Text("ask.team_without_queues", "No queue is named that %(teams)s answers for, so its customers' waiting cannot be counted.", values)
    return Text("ask.team_without_clients", "No client is named that %(teams)s works for.", values)


def _told_by_the_same(wanted: dict[Run, dict[Measure, None]]) -> dict[tuple[Part, None], Run]:
    """Numbers of rows that are wanted as they are, while other sums over the same rows are wanted by agent: both in one reading. What is moved,
    and where to."""
    moved: dict[tuple[Part, None], Run] = {}
    for scan, clusters in [*wanted]:
        if clusters != "agent" or (scan, None) not in wanted:
            continue
        for measure in [it for it in wanted[scan, None] if _adds_up_exactly(it)]:
            moved[Part(scan, measure), None] = (scan, clusters)
            wanted[scan, clusters][measure] = None
            del wanted[scan, None][measure]
        if not wanted[scan, None]:
            del wanted[scan, None]
    return moved


def _adds_up_exactly(measure: Measure) -> bool:
    """Whether it is whole numbers, of which agents' add up to the group's."""
    return measure.kind in ("count", "share", "balance") and not (measure.per or measure.distinct or measure.weight or measure.doubt)


def _where_run(plan: Plan, part: Part) -> Run:
    scans = [side.scan for side in plan.parts]
    return part.scan, plan.clusters if part.measure.additive and part.scan in scans else None


def _month_end(month: str) -> Any:
    return Period.of(month).last
