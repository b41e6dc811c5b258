"""What the rules say of goals that are set for each person stands once on a card, not once a person."""

from __future__ import annotations

from nyckeltal.plan.breach import Breach
from nyckeltal.web.plan.guarding import _grouped
from nyckeltal.web.plan.models import Season
from nyckeltal.words import Text


def test_a_rule_about_each_persons_goal_and_the_teams_is_one_message(planned: Season) -> None:
    each, team = planned.goals.get(level="agent"), planned.goals.get(level="team")
    said = Text("plan.r06", "They pull against each other.")
    found = [Breach("R06", "warning", said, said, (f"{each.key}/{one}", team.key), "nord", one) for one in ("anna", "bengt")]
    (group,) = _grouped(found, {goal.key: goal for goal in (each, team)})
    assert (group.goals, group.owners) == ((each.key, team.key), ["anna", "bengt"])
