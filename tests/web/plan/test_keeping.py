"""What is worked out from a season is kept only as long as nothing of it is another, and for each sight apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from nyckeltal.web.people.planned import Sight
from nyckeltal.web.plan import keeping
from nyckeltal.web.plan.models import Agreement, Goal, Override, Season, Unit

MANAGER = Sight(manages=True)


def test_a_plan_is_put_together_once(planned: Season) -> None:
    first = keeping.plan(Season.objects.get(pk=planned.pk))
    with CaptureQueriesContext(connection) as asked:
        assert keeping.plan(Season.objects.get(pk=planned.pk)) is first
    assert len(asked) <= 6


@pytest.mark.parametrize("written", ["goal", "removed", "agreement", "unit", "season", "override"])
def test_whatever_is_written_is_seen_however_it_is_written(planned: Season, written: str) -> None:
    before, goals = keeping.plan(planned), Goal.objects.filter(season=planned)
    first = goals.get(level="company")
    if written == "goal":
        goals.filter(pk=first.pk).update(target=0.123)
    elif written == "removed":
        goals.filter(pk=first.pk).update(removed_at=timezone.now())
    elif written == "agreement":
        Agreement.objects.update_or_create(
            goal=first, agent_id=first.owner or "anna", defaults={"state": Agreement.State.AGREED, "answered_at": timezone.now()}
        )
    elif written == "unit":
        Unit.objects.filter(season=planned, level="company").update(claims_quality=True)
    elif written == "season":
        Season.objects.filter(pk=planned.pk).update(name="Another")
    else:
        Override.objects.create(season=planned, goal=first, rule="R09", by_name="Anna", reason="None was found.")
    found = Season.objects.get(pk=planned.pk)
    state = keeping.state(found)
    assert keeping.plan(found) is not before
    assert keeping.state(found) == state


def test_nobody_meets_what_was_made_for_another_sight_language_or_surroundings(planned: Season) -> None:
    keeping._kept.clear()  # so that what others kept does not push this out
    numbers = count(1)

    def ask(sight: Sight, around: str = "", language: str = "en") -> str:
        with translation.override(language):
            return keeping.seen("guards", planned, sight, around, lambda: str(next(numbers)))

    answers = [ask(MANAGER), ask(Sight(led=frozenset({"nord"}))), ask(replace(MANAGER, names=frozenset({"anna"}))), ask(MANAGER, "gathered")]
    answers.append(ask(MANAGER, language="sv"))
    assert answers == ["1", "2", "3", "4", "5"]
    assert ask(MANAGER) == "1"
