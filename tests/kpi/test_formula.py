"""Kinds and keys that the twenty KPIs do not use, as an organisation's own KPIs, counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal import ask
from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.definition import Said
from nyckeltal.kpi.formula import BadFormula, read_formula

HEAD = """id = "mine"
version = 1
name = "Mine"
asks = "How many?"
purpose = ["service"]
unit = "{unit}"
better = "none"
{keys}

{body}

[reading]
empty = "Nothing."

[[case]]
contact = [ {{ wait_s = 12 }} ]
gives = "1"
"""

CONTACTS = [
    {"offered_at": datetime(2026, month, day, 9, tzinfo=UTC), "customer_key": customer, "wait_s": wait, "agent_id": agent}
    for month, day, customer, wait, agent in (
        (1, 5, "a", 10, "anna"),
        (2, 5, "a", 20, "anna"),
        (2, 6, "b", 30, "bengt"),
        (3, 5, "a", 40, "bengt"),
        (3, 6, "b", 50, "bengt"),
        (3, 7, "c", 90, None),
    )
]


def asked(folder: Path, body: str, keys: str = 'over = "contact"', unit: str = "count", **question: Any) -> list[Figure]:
    (folder / "kpi").mkdir(exist_ok=True)
    (folder / "kpi" / "mine.toml").write_text(HEAD.format(unit=unit, keys=keys, body=body), encoding="utf-8")
    facts = World.of({"contact": CONTACTS}, datetime(2026, 6, 1, tzinfo=UTC), defaults=True)
    return list(ask("mine", facts=facts, home=folder, floor=0, **question))


def one(folder: Path, body: str, **question: Any) -> Figure:
    (figure,) = asked(folder, body, **question)
    return figure


def test_a_total_sums_a_number(tmp_path: Path) -> None:
    figure = one(tmp_path, '[total]\nof = "wait_s"\namong = "wait_s < 90"', unit="seconds", start="2026-03", end="2026-03")
    assert (figure.value, figure.denominator, figure.n) == (90, 1, 2)
    assert one(tmp_path, '[total]\nof = "wait_s - 5"', unit="seconds").value == 210


def test_a_count_may_be_of_distinct_values(tmp_path: Path) -> None:
    body = '[count]\nper = "customer_key"\namong = "wait_s > 10"'
    assert one(tmp_path, body).value == 3
    assert [figure.value for figure in asked(tmp_path, body, per="month")] == [0, 2, 3]
    assert asked(tmp_path, body, by="channel")[0].parts == {}


def test_a_share_may_be_of_distinct_values(tmp_path: Path) -> None:
    figure = one(tmp_path, '[share]\nper = "customer_key"\nof = "wait_s >= 90"\namong = "handled"', unit="share")
    assert (figure.numerator, figure.denominator) == (1, 3)


def test_a_percentile_can_be_the_value_and_has_an_interval_when_there_is_enough(tmp_path: Path) -> None:
    figure = one(tmp_path, '[quantile]\nof = "wait_s"\nat = 0.5', unit="seconds")
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (35, None, None, 6)
    assert (figure.low, figure.high) == (10, 90)


def test_a_ratio_of_sums_is_joined_on_what_is_asked(tmp_path: Path) -> None:
    body = '[ratio]\ntop = { over = "contact", total = "wait_s", credit = "first_agent_id" }\nbottom = { over = "segment", where = "handled" }'
    assert one(tmp_path, body, keys="", unit="ratio").value == 240 / 6
    found = {figure.by["agent"]: (figure.numerator, figure.denominator) for figure in asked(tmp_path, body, keys="scale = 2", unit="ratio", by="agent")}
    assert found == {"anna": (30, 2), "bengt": (120, 3), None: (90, 1)}


def test_a_rolling_value_is_read_over_the_months_that_end_with_each_period(tmp_path: Path) -> None:
    body = '[mean]\nof = "wait_s"'
    found = asked(tmp_path, body, keys='over = "contact"\nrolling_months = 2', unit="seconds", per="month", start="2026-02", end="2026-04")
    assert [(figure.period, figure.value, figure.n) for figure in found] == [("2026-02", 20, 3), ("2026-03", 46, 5), ("2026-04", 60, 3)]
    (figure,) = asked(tmp_path, body, keys='over = "contact"\nrolling_months = 3', unit="seconds", start="2026-03", end="2026-03")
    assert figure.n == 6


def test_both_directions_leave_internal_contacts_out(tmp_path: Path) -> None:
    contacts = [{"direction": direction} for direction in ("inbound", "outbound", "outbound", "internal")]
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(HEAD.format(unit="count", keys='over = "contact"\ndirection = "both"', body="[count]"), encoding="utf-8")
    (figure,) = ask("mine", facts=World.of({"contact": contacts}, defaults=True), home=tmp_path)
    assert figure.value == 3


def test_constants_in_days_are_seconds(tmp_path: Path) -> None:
    body = '[count]\namong = "wait_s < limit"\n\n[settings]\nlimit = { minutes = 1 }'
    assert one(tmp_path, body).value == 5
    assert one(tmp_path, body, set={"limit": 0.5}).value == 2


@pytest.mark.parametrize(
    ("keys", "key", "told"),
    [
        ({"over": "contacts"}, "over", "Did you mean “contact”?"),
        ({"over": "contact", "date": "answered_at"}, "date", "placed by: offered_at"),
        ({"over": "contact", "credit": "wait_s"}, "credit", "no id"),
        ({"over": "contact", "matures": "windw"}, "matures", "Did you mean “window”?"),
        ({"over": "contact", "weight": "channel"}, "weight", "not a number"),
        ({"over": "contact", "per": "case"}, "per", "Did you mean"),
    ],
)
def test_a_formula_tells_what_is_wrong_by_key(keys: dict[str, str], key: str, told: str) -> None:
    with pytest.raises(BadFormula) as caught:
        read_formula(Said({"kind": "share", "of": "answered", **keys}, {}), catalogue()["fcr"].settings)
    assert [(at, told in str(text)) for at, text in caught.value.mistakes] == [(key, True)]
