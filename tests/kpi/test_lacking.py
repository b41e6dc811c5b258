"""What is not known is never taken for nought: a side of a ratio, a client on one side, a column that nobody fills."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.facts import Coverage
from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask

FILE = """id = "mine"
version = 1
name = "Mine"
asks = "What does a contact cost?"
purpose = ["efficiency"]
unit = "ratio"
better = "lower"
default = "plain"

[ratio]
top = { over = "finance_month", total = "service_cost" }
bottom = { kpi = "contacts_handled" }

[reading]
empty = "Nothing."
"""


class Known(World):
    """A world in which some facts are known of some clients only."""

    of: dict[str, list[str]]

    def coverage(self, fact: str) -> list[Coverage]:
        named: list[str | None] = [*self.of[fact]] if fact in self.of else [None]
        return [Coverage(client, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)) for client in named]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def asked(home: Path, finance_of: list[str] | None = None, cost: int | None = 60, **question: Any) -> list[Figure]:
    costs = [{"client_id": "c1", "month_start": "2026-03-01", "service_cost": cost, "revenue": 1}]
    rows = {"finance_month": [] if finance_of == [] else costs}
    facts = Known.of(
        {**rows, "contact": [{"client_id": "c1", "times": 2}, {"client_id": "c2", "times": 10}], "client": [{"client_id": "c2", "name": "Two"}]}, defaults=True
    )
    assert isinstance(facts, Known)
    facts.of = {} if finance_of is None else {"finance_month": finance_of}
    return list(ask("mine", facts=facts, home=home, floor=0, start="2026-03", end="2026-03", **question))


def test_a_client_of_whom_one_side_knows_nothing_is_left_out_of_the_other_too(home: Path) -> None:
    (figure,) = asked(home, ["c1"])
    assert (figure.numerator, figure.denominator, figure.value) == (60, 2, 30)
    assert "Without Two" in str(figure.message)


def test_a_client_that_is_known_and_has_nothing_counts_as_nothing(home: Path) -> None:
    (figure,) = asked(home, ["c1", "c2"])
    assert (figure.numerator, figure.denominator, figure.message) == (60, 12, None)


def test_asked_by_client_each_stands_for_itself(home: Path) -> None:
    found = {figure.by["client"]: (figure.value, figure.reason) for figure in asked(home, ["c1"], by="client")}
    assert found == {"c1": (30, None), "c2": (None, "no_data")}


def test_who_may_see_one_client_learns_of_no_other(home: Path) -> None:
    (figure,) = asked(home, ["c1"], within={"client": ["c1"]})
    assert (figure.denominator, figure.message) == (2, None)


def test_a_side_of_which_nothing_is_known_gives_no_value(home: Path) -> None:
    (figure,) = asked(home, [])
    assert (figure.reason, str(figure.message)) == ("not_in_source", "The source never fills finance_month.")


def test_rows_that_say_no_amount_are_no_amount_of_nought(home: Path) -> None:
    (figure,) = asked(home, cost=None)
    assert (figure.value, figure.reason) == (None, "not_in_source")


def test_a_ratio_is_known_as_far_as_both_its_sides(home: Path) -> None:
    (figure,) = asked(home, now=datetime(2026, 4, 2, tzinfo=UTC))
    assert (figure.known_until, figure.provisional) == (datetime(2026, 4, 2, tzinfo=UTC), True)
