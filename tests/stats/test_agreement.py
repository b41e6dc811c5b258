"""Agreement: Krippendorff's and Fleiss's published tables, against kpi-reference 5.3, and what holds for all ratings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.agreement import Level, cohen_kappa, drift, fleiss_kappa, krippendorff_alpha

four_observers = ["1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 ."]
three_coders = [". . . . . 3 4 1 2 1 1 3 3 . 3", "1 . 2 1 3 3 4 3 . . . . . . .", ". . 2 1 3 4 4 . 2 1 1 3 3 . 4"]
Rating = tuple[int, int, float | None]


def ratings(rows: list[str]) -> list[Rating]:
    return [(thing, rater, None if cell == "." else float(cell)) for rater, row in enumerate(rows) for thing, cell in enumerate(row.split())]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)])
def test_four_observers_agree_as_krippendorff_published(level: Level, alpha: float) -> None:
    assert krippendorff_alpha(ratings(four_observers), level) == pytest.approx(alpha, abs=5e-4)


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.691358), ("interval", 0.810845)])
def test_three_coders_agree_as_published(level: Level, alpha: float) -> None:
    assert krippendorff_alpha(ratings(three_coders), level) == pytest.approx(alpha, abs=5e-7)


def test_what_was_not_rated_may_be_left_out() -> None:
    there = ratings(three_coders)
    assert krippendorff_alpha([one for one in there if one[2] is not None], "interval") == krippendorff_alpha(there, "interval")


def test_names_will_do_where_there_is_no_order() -> None:
    rated = [("c1", "ann", "good"), ("c1", "bo", "good"), ("c2", "ann", "bad"), ("c2", "bo", "good")]
    assert krippendorff_alpha(rated, "nominal") == pytest.approx(0.0)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_raters_who_knew_one_value_only_are_not_called_agreed(level: Level) -> None:
    assert krippendorff_alpha([(1, "a", 3), (1, "b", 3), (2, "a", 3), (2, "b", 3)], level) is None
    assert krippendorff_alpha([(1, "a", 3), (2, "b", 4)], level) is None
    assert krippendorff_alpha([], level) is None


def test_a_rater_alone_does_not_agree_with_oneself() -> None:
    assert krippendorff_alpha([(1, "a", 3), (1, "a", 4), (2, "a", 5), (2, "a", 5)], "interval") is None


def slow_alpha(rated: list[Rating], level: Level) -> float | None:
    """By the matrix of coincidences, as Krippendorff writes it down."""
    things: dict[int, list[float]] = {}
    for thing, _, value in rated:
        if value is not None:
            things.setdefault(thing, []).append(value)
    found = sorted({value for values in things.values() if len(values) > 1 for value in values})
    together = {(a, b): 0.0 for a in found for b in found}
    for values in things.values():
        for i, a in enumerate(values):
            for j, b in enumerate(values):
                if i != j:
                    together[a, b] += 1 / (len(values) - 1)
    n_of = {a: sum(together[a, b] for b in found) for a in found}
    n = sum(n_of.values())

    def distance(a: float, b: float) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "ordinal":
            return (sum(n_of[g] for g in found if min(a, b) <= g <= max(a, b)) - (n_of[a] + n_of[b]) / 2) ** 2 if a != b else 0.0
        return (a - b) ** 2 if level == "interval" else (((a - b) / (a + b)) ** 2 if a != b else 0.0)

    expected = sum(n_of[a] * n_of[b] * distance(a, b) for a in found for b in found)
    return 1 - (n - 1) * sum(together[pair] * distance(*pair) for pair in together) / expected if len(found) > 1 else None


some = st.dictionaries(st.tuples(st.integers(0, 8), st.integers(0, 4)), st.integers(0, 5), max_size=40)


@given(some, st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_it_is_the_matrix_of_coincidences(found: dict[tuple[int, int], int], level: Level) -> None:
    rated: list[Rating] = [(thing, rater, value) for (thing, rater), value in found.items()]
    ours, theirs = krippendorff_alpha(rated, level), slow_alpha(rated, level)
    assert ours == (theirs if theirs is None else pytest.approx(theirs, abs=1e-9))


def test_two_raters_by_cohen() -> None:
    found = cohen_kappa([[20, 5], [10, 15]])
    assert found
    assert found.value == pytest.approx(0.400, abs=5e-4)
    assert cohen_kappa([[7, 0], [0, 0]]) is None
    assert cohen_kappa([[0, 0], [0, 0]]) is None


def test_fourteen_raters_as_fleiss_published() -> None:
    rows = "0 0 0 0 14|0 2 6 4 2|0 0 3 5 6|0 3 9 2 0|2 2 8 1 1|7 7 0 0 0|3 2 6 3 0|2 5 3 2 2|6 5 2 1 0|0 2 2 3 7"
    table = [[int(cell) for cell in row.split()] for row in rows.split("|")]
    found = fleiss_kappa(table)
    assert found
    assert (found.observed, found.expected, found.value) == pytest.approx((0.378, 0.213, 0.210), abs=5e-4)
    assert fleiss_kappa([[2, 0], [1, 0]]) is None
    assert fleiss_kappa([]) is None


def test_a_rater_who_is_lenient_beyond_chance_is_flagged() -> None:
    found = drift([4, 6, -1, 7, 3, 5, 8, 2])
    assert found
    assert found.mean == pytest.approx(4.25, abs=5e-3)
    assert found.t == pytest.approx(4.123, abs=5e-4)
    assert (found.interval.low, found.interval.high) == pytest.approx((1.81, 6.69), abs=5e-3)
    assert found.flagged()
    assert not found.flagged(worthwhile=5)


def test_one_difference_is_no_drift() -> None:
    assert drift([3]) is None
    always = drift([3, 3])
    assert always
    assert (always.t, always.flagged()) == (None, True)
