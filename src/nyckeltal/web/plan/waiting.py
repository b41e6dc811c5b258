"""What waits for a person: goals to answer, and answers of others to answer to. Persons by name only for whoever sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nyckeltal.web.kpi import asking, names
from nyckeltal.web.people.planned import Sight
from nyckeltal.web.plan import choosing, finding, setting, targets
from nyckeltal.web.plan.models import UNASKED, Agreement, Season


@dataclass(frozen=True)
class Waits:
    """One goal of one person; `who` is empty where it is one's own."""

    agreement: Agreement
    name: str
    aim: str
    who: str = ""

    @property
    def reminded(self) -> datetime | None:
        reminder = getattr(self.agreement, "reminder", None)
        return reminder.at if reminder else None


def own(sight: Sight) -> Sequence[Waits]:
    """One's own goals of seasons that are not over: those that wait for an answer first."""
    found = Agreement.objects.of(sight.agent).exclude(state__in=UNASKED).exclude(goal__season__state=Season.State.OVER)
    order = {Agreement.State.ASKED: 0, Agreement.State.REFUSED: 1, Agreement.State.AGREED: 2}
    chosen = found.select_related("goal", "goal__season", "goal__unit", "reminder")
    return [_waits(one) for one in sorted(chosen, key=lambda one: (order[Agreement.State(one.state)], one.goal.season.starts, one.goal.pk))]


def count(sight: Sight) -> int:
    """How much waits for the person: own goals without an answer, and noes to be answered."""
    own_ones = Agreement.objects.of(sight.agent).waiting().exclude(goal__season__state=Season.State.OVER).count() if sight.agent else 0
    return own_ones + (len(on_others(sight)) if sight.led or sight.manages else 0)


def on_others(sight: Sight) -> Sequence[Waits]:
    """What somebody said no to, for whoever answers: the leader for the own agents, managers for leaders."""
    found = Agreement.objects.filter(state=Agreement.State.REFUSED, goal__removed_at=None).exclude(goal__season__state=Season.State.OVER)
    chosen = found.select_related("goal", "goal__season", "goal__unit", "goal__unit__season", "reminder")
    return [_waits(one, names.named("agent", one.agent_id)) for one in chosen if finding.answers(sight, one)]


def leaders(sight: Sight, season: Season) -> set[str]:
    """Those whose word on a team's goal the reader sees."""
    if not sight.manages:
        return set()
    return {leader for unit in season.units.filter(level="team") for leader in setting.leaders_of(unit.unit_id, season.starts)}


def _waits(agreement: Agreement, who: str = "") -> Waits:
    goal = agreement.goal
    return Waits(agreement, choosing.name_of(goal.kpi), targets.aim(goal, asking.kpis().get(goal.kpi), agreement), who)
