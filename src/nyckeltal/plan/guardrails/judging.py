"""Persons are judged by enough, over long enough, and fairly: R02, R03, R40, R41, R43."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.plan.around import COMPARING, JUDGING, Tile, View
from nyckeltal.plan.breach import Breach, of_goal
from nyckeltal.plan.goal import Goal, Plan
from nyckeltal.plan.guardrails import sayings
from nyckeltal.when.period import Grain
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.around import Around

NEW = 6.0  # months


def r02(plan: Plan, around: Around) -> Iterator[Breach]:
    """Judged by a shorter period than the KPI bears at this level."""
    for goal, kpi in around.goals(plan):
        least = Grain(kpi.goal[goal.level]) if goal.level in kpi.goal else None
        if least is not None and sayings.shorter(goal.assess, least):
            values = {"kpi": sayings.named(kpi), "level": sayings.LEVEL[goal.level], "least": sayings.PERIOD[least]}
            said = Text(
                "plan.r02", "“%(kpi)s” at this level (%(level)s) is judged by no shorter period than: %(least)s. Shorter ones are mostly chance.", values
            )
            yield of_goal("R02", "error", goal, said, _longer(goal, kpi, least))


def _longer(goal: Goal, kpi: Kpi, least: Grain) -> Text:
    """Which period, and what each of the two can tell from chance."""
    now, then = (sayings.detectable(goal, kpi, period) for period in (goal.assess, least))
    values = {"least": sayings.PERIOD[least], "short": sayings.PERIOD.get(goal.assess, str(goal.assess))}
    if now is None or then is None:
        return Text("plan.r02.remedy", "Judge it by this period: %(least)s.", values)
    told = {"n": Amount(round(sayings.observations(goal, goal.assess)), "count"), "now": now, "then": then}
    english = (
        "Judge it by this period: %(least)s. With about %(n)s observations in one (%(short)s), a change under %(now)s cannot be told from chance; "
        "in the longer one, under %(then)s."
    )
    return Text("plan.r02.detectable", english, {**values, **told})


def r03(_plan: Plan, around: Around) -> Iterator[Breach]:
    """A person's figure of a day or less with anything that judges it."""
    for view in around.views:
        if sayings.shorter(view.window, Grain.WEEK) and view.marks & JUDGING and any(tile.person for tile in view.tiles):
            said = Text("plan.r03", "Figures of a person for a day may not be judged (%(view)s).", {"view": around.named(view.id)})
            remedy = Text("plan.r03.remedy", "Show each person the bare facts of their own day, or show a month.")
            yield Breach("R03", "error", said, remedy, unit=view.id)


def r40(_plan: Plan, around: Around) -> Iterator[Breach]:
    """A person's figure shown, or compared, that rests on too few."""
    for view in around.views:
        for tile, kpi in _personal(view, around):
            sample = kpi.sample_of(tile.variant or None)
            compared = bool(view.marks & COMPARING) or view.kind == "contest"
            least = sample.get("compare" if compared else "show", 0)
            if tile.n is not None and tile.n < least:
                values = {"kpi": sayings.named(kpi), "n": Amount(tile.n, "count"), "least": least}
                said = Text("plan.r40", "“%(kpi)s” of one person rests on %(n)s observations; it takes %(least)s.", values)
                yield Breach("R40", "error", said, Text("plan.r40.remedy", "Show a longer time: three months, then six."), unit=view.id, owner=tile.person)


def _personal(view: View, around: Around) -> Iterator[tuple[Tile, Kpi]]:
    return ((tile, around.catalogue[tile.kpi]) for tile in view.tiles if tile.person and tile.kpi in around.catalogue)


def r41(plan: Plan, around: Around) -> Iterator[Breach]:
    """Somebody new is compared, or has a goal, as if they were not."""
    remedy = Text("plan.r41.remedy", "Allow for experience in the figure, or give the new colleague a path of their own.")
    for goal, kpi in around.goals(plan):
        if goal.level == "agent" and _is_new(goal.owner, goal.kpi, around):
            said = Text("plan.r41", "“%(kpi)s”: somebody who is new has a goal without allowance for experience.", {"kpi": sayings.named(kpi)})
            yield of_goal("R41", "warning", goal, said, remedy)
    for view in around.views:
        for tile, kpi in _personal(view, around) if view.marks & COMPARING else ():
            if _is_new(tile.person, tile.kpi, around):
                said = Text("plan.r41.compared", "“%(kpi)s”: somebody who is new is compared without allowance for experience.", {"kpi": sayings.named(kpi)})
                yield Breach("R41", "warning", said, remedy, unit=view.id, owner=tile.person)


def _is_new(agent: str, kpi: str, around: Around) -> bool:
    return around.tenure_months.get(agent, NEW) < NEW and agent not in around.learning and kpi not in (around.for_tenure or ())


def r43(_plan: Plan, around: Around) -> Iterator[Breach]:
    """Persons ranked, or set against each other, by something that is not fair to them."""
    for view in around.views:
        if view.kind == "contest" or "rank" in view.marks:
            shown = {tile.kpi for tile in view.tiles}
            wrong = tuple({str(said): said for tile, kpi in _personal(view, around) for said in _unfair(view, tile, kpi, shown)}.values())
            if wrong:
                values = {"view": around.named(view.id), "reasons": wrong}
                said = Text("plan.r43", "Ranking people here (%(view)s) is not fair: %(reasons)s.", values)
                remedy = Text("plan.r43.remedy", "Let teams compete, or each person with their own last month, among those who want to.")
                yield Breach("R43", "error", said, remedy, unit=view.id)


def _unfair(view: View, tile: Tile, kpi: Kpi, shown: set[str]) -> Iterator[Text]:
    if "agent" not in kpi.goal:
        yield Text("plan.r43.level", "a person cannot influence “%(kpi)s”", {"kpi": sayings.named(kpi)})
    if tile.n is not None and tile.n < kpi.sample_of(tile.variant or None).get("compare", 0):
        yield Text("plan.r43.few", "too few observations")
    if not shown & set(kpi.reading.get("balanced_by", ())):
        yield Text("plan.r43.unbalanced", "nothing beside “%(kpi)s” balances it", {"kpi": sayings.named(kpi)})
    if not view.opt_in:
        yield Text("plan.r43.opt_in", "nobody was asked whether they want to take part")
