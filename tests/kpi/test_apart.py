"""Amounts in several currencies are never added up: each figure is in one, and says in which."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask

FILE = """id = "mine"
version = 1
name = "Mine"
asks = "What does a contact cost?"
purpose = ["efficiency"]
unit = "money"
better = "lower"
scale = 0.01
apart = "currency"
default = "plain"

[ratio]
top = { over = "finance_month", total = "service_cost" }
bottom = { kpi = "contacts_handled" }

[reading]
empty = "Nothing."
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def costs(*currencies: str | None) -> World:
    months = [{"client_id": f"c{number}", "month_start": "2026-03-01", "service_cost": 8240, "currency": name} for number, name in enumerate(currencies)]
    return World.of({"finance_month": months, "contact": [{"client_id": row["client_id"], "times": 2} for row in months]}, defaults=True)


def asked(home: Path, facts: World, **question: Any) -> list[Figure]:
    return list(ask("mine", facts=facts, home=home, floor=0, start="2026-03", end="2026-03", **question))


def test_an_amount_says_its_currency_and_comes_in_whole_units(home: Path) -> None:
    (figure,) = asked(home, costs("SEK"))
    assert (figure.value, figure.parts) == (41.2, {"currency": "SEK"})


def test_several_currencies_are_refused_as_one_sum_and_shown_apart(home: Path) -> None:
    (whole,) = asked(home, costs("SEK", "EUR", "DKK"))
    assert (whole.reason, whole.value) == ("refused", None)
    assert str(whole.message) == "Amounts in several currencies (DKK, EUR, SEK) are not added up. They can be asked by: client"
    assert [(figure.by["client"], figure.value, figure.parts["currency"]) for figure in asked(home, costs("SEK", "EUR"), by="client")] == [
        ("c0", 41.2, "SEK"),
        ("c1", 41.2, "EUR"),
    ]


def test_one_group_that_mixes_is_refused_where_others_are_shown(home: Path) -> None:
    rows = [("c0", "SEK"), ("c1", "SEK"), ("c1", "EUR")]
    months = [{"client_id": client, "month_start": "2026-03-01", "service_cost": 100, "currency": currency} for client, currency in rows]
    facts = World.of({"finance_month": months, "contact": [{"client_id": "c0"}, {"client_id": "c1"}]}, defaults=True)
    found = asked(home, facts, by="client")
    assert [(figure.by["client"], figure.reason) for figure in found] == [("c0", None), ("c1", "refused")]
    assert str(found[1].message) == "Amounts in several currencies (EUR, SEK) are not added up."
    assert "(EUR, SEK)" in str(asked(home, facts, per="month")[0].message)


def test_an_amount_without_currency_is_not_in_that_of_the_others(home: Path) -> None:
    assert asked(home, costs("SEK", None))[0].reason == "refused"
    (figure,) = asked(home, costs(None))
    assert (figure.value, figure.parts) == (41.2, {})


def test_what_one_side_does_not_have_is_refused_with_what_both_have(home: Path) -> None:
    (figure,) = asked(home, costs("SEK"), by="channel")
    assert figure.reason == "refused"
    assert str(figure.message) == "Mine cannot be asked by channel. It can be asked by: client, team"
    assert asked(home, costs("SEK"), by="currency")[0].reason == "refused"


@pytest.mark.parametrize("question", [{"per": "week"}, {"per": "day"}])
def test_what_is_kept_by_month_is_asked_by_nothing_finer(home: Path, question: dict[str, Any]) -> None:
    (figure,) = asked(home, costs("SEK"), **question)
    assert (figure.reason, str(figure.message)) == ("refused", "Mine is kept by month; it can only be asked for whole months.")
    (figure,) = ask("mine", facts=costs("SEK"), home=home, start="2026-03-02", end="2026-03-31")
    assert figure.reason == "refused"
