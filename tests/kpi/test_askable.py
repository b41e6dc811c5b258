"""What a refusal says a key figure can be asked by is what it can be asked by."""

from __future__ import annotations

import pytest

from nyckeltal.kpi.askable import askable
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.compile import Refused, compile_plan
from nyckeltal.kpi.question import Question
from nyckeltal.kpi.vocabulary import DIMENSIONS


def refused(kpi: str, name: str, variant: str | None = None) -> Refused | None:
    try:
        compile_plan(Question.of(kpi, by=name, variant=variant), catalogue()[kpi], catalogue())
    except Refused as why:
        return why
    return None


@pytest.mark.parametrize("kpi", sorted(catalogue()))
def test_every_dimension_that_is_named_can_be_asked_by_and_no_other_can(kpi: str) -> None:
    for variant in catalogue()[kpi].variant_names:
        whys = {name: refused(kpi, name, variant) for name in DIMENSIONS}
        can = tuple(name for name in DIMENSIONS if whys[name] is None)
        assert askable(catalogue()[kpi], catalogue(), variant) == can
        said = [str(why) for why in whys.values() if why and "It can be asked by: " in str(why)]
        assert {it.partition("It can be asked by: ")[2] for it in said} <= {", ".join(can)}


@pytest.mark.parametrize(
    ("kpi", "by", "having", "lacking"),
    [
        ("aht", "scale", ["queue", "team", "agent", "tenure"], []),
        ("sickness_rate", "channel", ["team", "weekday"], ["agent", "tenure"]),
        ("cost_per_contact", "channel", ["client", "team"], ["agent", "queue"]),
        ("feedback_equity", "hour", ["team"], ["agent"]),
        ("attrition_rate", "agent", ["team", "tenure"], ["agent", "weekday"]),
    ],
)
def test_people_and_teams_are_named_where_they_can_be_asked_by_only(kpi: str, by: str, having: list[str], lacking: list[str]) -> None:
    named = str(refused(kpi, by)).partition("It can be asked by: ")[2].split(", ")
    assert {*having} <= {*named}
    assert not {*lacking} & {*named}
