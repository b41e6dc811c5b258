"""What a person may ask, and how a mistake in a question is told."""

from __future__ import annotations

from datetime import date

import pytest

from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.question import Question
from nyckeltal.when.period import Grain


def test_a_question_is_the_same_object_however_it_is_given() -> None:
    asked = Question.of("asa", by="team, client", per="month", start="2026-03", end="2026-04", set={"within": "30"})
    same = Question.of("asa", by=["team", "client"], per=Grain.MONTH, start=date(2026, 3, 1), end="2026-04-30", set={"within": 30})
    assert asked == same
    assert hash(asked) == hash(same)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"by": "tem"}, "Did you mean “team”?"),
        ({"per": "mont"}, "Did you mean “month”?"),
        ({"start": "2026-13"}, "is not a period"),
        ({"start": "2026-03-02", "end": "2026-03-01"}, "before it starts"),
        ({"set": {"within": "soon"}}, "no number"),
        ({"within": {"tem": ["a"]}}, "Did you mean “team”?"),
    ],
)
def test_what_is_not_known_is_told_with_what_is_near(given: dict[str, object], told: str) -> None:
    with pytest.raises(BadQuestion) as caught:
        Question.of("asa", **given)  # type: ignore[arg-type]  # wrong on purpose
    assert told in str(caught.value)


def test_a_question_names_a_kpi() -> None:
    with pytest.raises(BadQuestion):
        Question.of()
