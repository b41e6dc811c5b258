"""Draws: the worked example of kpi-reference 5.3, and what holds for every draw."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.draw import cell_weights, draw_key, draw_order, largest_remainder, stratified, trimmed


def test_six_over_three_strata() -> None:
    assert [6 * size / 200 for size in (130, 55, 15)] == pytest.approx([3.90, 1.65, 0.45])
    assert largest_remainder(6, [130, 55, 15]) == [4, 2, 0]


def test_the_order_of_one_month_and_person() -> None:
    keys = {"C1003": "033b8ed0", "C1001": "44499834", "C1006": "4d841e9c", "C1004": "9fe2dc45", "C1002": "b53081b9", "C1005": "fef48870"}
    assert draw_order("2026-03|A17", sorted(keys)) == list(keys)
    assert {name: draw_key("2026-03|A17", name)[:8] for name in keys} == keys


def test_whoever_falls_out_is_followed_by_the_next() -> None:
    strata = {"phone": [f"P{n}" for n in range(130)], "mail": [f"M{n}" for n in range(55)], "chat": [f"C{n}" for n in range(15)]}
    drawn = stratified("2026-03|A17|secret", strata, 6)
    assert [len(one.chosen) for one in drawn.values()] == [4, 2, 0]
    assert [one.weight for one in drawn.values()] == [130 / 4, 55 / 2, None]
    assert [*drawn["mail"].chosen, *drawn["mail"].reserve] == draw_order("2026-03|A17|secret", strata["mail"])
    assert stratified("2026-04|A17|secret", strata, 6)["phone"].chosen != drawn["phone"].chosen


def test_equal_strata_are_served_from_the_first() -> None:
    assert largest_remainder(2, [5, 5, 5]) == [1, 1, 0]
    assert largest_remainder(9, [2, 1]) == [2, 1]
    assert largest_remainder(0, []) == []


def test_answers_stand_for_all_of_their_cell() -> None:
    assert cell_weights({"a": 100, "b": 60, "c": 0}, {"a": 20, "b": 30}) == {"a": 5, "b": 2}
    assert cell_weights({"a": 100, "b": 60}, {"a": 20, "b": 19}) is None


def test_no_answer_speaks_for_a_crowd() -> None:
    assert trimmed([1, 2, 2, 2, 40]) == [1, 2, 2, 2, 10]
    assert trimmed([]) == []


@given(st.lists(st.integers(0, 500), max_size=12), st.integers(0, 300))
def test_quotas_add_up_and_lie_next_to_the_exact_ones(sizes: list[int], total: int) -> None:
    quotas = largest_remainder(total, sizes)
    assert sum(quotas) == min(total, sum(sizes))
    assert all(quota <= size for quota, size in zip(quotas, sizes, strict=True))
    if sum(sizes) > total:
        assert all(abs(quota - total * size / sum(sizes)) < 1 for quota, size in zip(quotas, sizes, strict=True))
