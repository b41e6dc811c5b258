"""Fair comparison: published and worked figures of kpi-reference 3.6 to 3.10 and 5.5, and what holds for all groups."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log, sqrt
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.compare import (
    INNER,
    OUTER,
    Funnel,
    benjamini_hochberg,
    beta_binomial,
    gini,
    icc1,
    james_stein,
    mix_moved,
    of_means,
    of_shares,
    shrink,
    standardise,
)

counts = [(231, 300), (198, 280), (260, 310), (150, 220), (175, 240), (244, 300), (120, 190), (207, 270), (190, 265), (265, 330), (142, 180), (228, 310)]
values, ns = [k / n for k, n in counts], [n for _, n in counts]
middle = sum(k for k, _ in counts) / sum(ns)


def test_the_spread_of_twelve_agents_is_the_published_one() -> None:
    funnel = of_shares(middle, values, ns)
    assert middle == pytest.approx(0.75430, abs=5e-6)
    assert funnel.dispersion == pytest.approx(2.9644, abs=5e-5)
    assert sqrt(funnel.extra) == pytest.approx(0.03949, abs=5e-6)
    assert [at + 1 for at, (value, n) in enumerate(zip(values, ns, strict=True)) if not funnel.holds(value, n)] == [7]


def test_without_it_five_lie_outside_and_two_far_outside() -> None:
    plain = Funnel(middle, sqrt(middle * (1 - middle)), share=True)
    assert sum(not plain.holds(value, n) for value, n in zip(values, ns, strict=True)) == 5
    assert sum(not plain.holds(value, n, OUTER) for value, n in zip(values, ns, strict=True)) == 2


def test_small_numbers_have_exact_limits_between_nought_and_one() -> None:
    low, high = Funnel(0.9, 0.3, share=True).limits(20, INNER)
    assert 0.65 < low < 0.8
    assert high == pytest.approx(1.0, abs=0.02)


def test_means_narrow_with_the_root_of_their_number() -> None:
    funnel = of_means(4.0, 1.0, [4.0, 4.05, 3.95], [100, 100, 100])
    assert funnel.extra == 0
    assert funnel.limits(100, INNER) == pytest.approx((4 - 0.196, 4 + 0.196), abs=1e-3)


def test_beside_chance_and_many_agents_none_of_the_twelve_stands_out() -> None:
    plain, wide = Funnel(middle, sqrt(middle * (1 - middle)), share=True), of_shares(middle, values, ns)
    seventh, n = values[6], ns[6]
    assert (seventh - middle) / plain.error_at(n) == pytest.approx(-3.929, abs=5e-4)
    assert (seventh - middle) / wide.error_at(n) == pytest.approx(-2.438, abs=5e-4)
    assert wide.p(seventh, n) == pytest.approx(0.0148, abs=5e-5)
    assert min(benjamini_hochberg([wide.p(value, n) for value, n in zip(values, ns, strict=True)])) > 0.05


hits = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]


def test_eighteen_batters_are_drawn_together_as_efron_and_morris_published() -> None:
    averages = [round(hit / 45, 3) for hit in hits]
    mean = fmean(averages)
    found = james_stein(averages, mean * (1 - mean) / 45)
    assert found
    assert mean == pytest.approx(0.265, abs=5e-4)
    assert (found[0] - mean) / (averages[0] - mean) == pytest.approx(0.212, abs=5e-4)
    assert found[0] == pytest.approx(0.294, abs=5e-4)
    assert james_stein([1, 2, 3], 1) is None
    assert james_stein([0.3] * 5, 1) is None
    assert james_stein([1, 2, 3, 4], 1000) == (2.5, 2.5, 2.5, 2.5)


def test_six_mean_times_are_drawn_together_by_what_they_rest_on() -> None:
    times, rest_on = [310, 355, 402, 330, 368, 290], [250, 40, 120, 300, 25, 180]
    found = shrink([log(time / 350) for time in times], [1 / sqrt(n) for n in rest_on])
    assert found
    assert found.middle == pytest.approx(-0.05651, abs=5e-6)
    assert found.between == pytest.approx(0.005854, abs=5e-7)
    assert [group.weight for group in found.groups] == pytest.approx([0.594, 0.190, 0.413, 0.637, 0.128, 0.513], abs=5e-4)
    assert [350 * exp(group.value) for group in found.groups] == pytest.approx([318.27, 335.24, 358.49, 330.28, 335.30, 309.18], abs=5e-3)
    assert found.groups[4].sd == pytest.approx(sqrt(0.128) / 5, abs=1e-3)


def test_few_groups_take_the_variance_of_all() -> None:
    found = shrink([0.0, 1.0], [1.0, 1.0], between=1.0)
    assert found
    assert [group.value for group in found.groups] == pytest.approx([0.25, 0.75])
    assert shrink([1.0], [0.0]) is None


def test_five_shares_are_drawn_together() -> None:
    counts = [(12, 20), (66, 80), (95, 130), (40, 60), (21, 24)]
    prior = beta_binomial(counts)
    assert prior
    assert prior.mean == pytest.approx(0.74522, abs=5e-6)
    assert prior.worth == pytest.approx(42.163, abs=5e-4)
    assert [prior.posterior(k, n) for k, n in counts] == pytest.approx([0.6985, 0.7975, 0.7343, 0.6991, 0.7923], abs=5e-5)
    first = prior.interval(12, 20)
    assert (100 * first.low, 100 * first.high) == pytest.approx((58.0, 80.5), abs=0.05)


def test_shares_no_further_apart_than_chance_have_no_prior() -> None:
    assert beta_binomial([(50, 100), (50, 100), (50, 100)]) is None
    assert beta_binomial([(0, 10), (0, 10)]) is None
    assert beta_binomial([(5, 10)]) is None


def test_the_slower_looking_of_two_may_be_the_faster() -> None:
    found = standardise(
        {
            "A": {"simple": (50, 50 * 190), "complex": (150, 150 * 560)},
            "B": {"simple": (160, 160 * 205), "complex": (40, 40 * 600)},
        }
    )
    assert (found["A"].raw, found["B"].raw) == pytest.approx((467.50, 284.00), abs=5e-3)
    assert (found["A"].ratio, found["B"].ratio) == pytest.approx((0.98076, 1.03338), abs=5e-6)
    assert (found["A"].adjusted, found["B"].adjusted) == pytest.approx((368.52, 388.29), abs=5e-3)
    # the reference itself, 201.43 and 568.42, from groups that had only one of the kinds
    means = standardise({"A": {"simple": (50, 50 * 190)}, "B": {"simple": (160, 160 * 205)}})
    assert means["A"].raw / means["A"].ratio == pytest.approx(201.43, abs=5e-3)
    means = standardise({"A": {"complex": (150, 150 * 560)}, "B": {"complex": (40, 40 * 600)}})
    assert means["A"].raw / means["A"].ratio == pytest.approx(568.42, abs=5e-3)
    assert found["A"].adjusted / found["A"].ratio == pytest.approx(375.75, abs=5e-3)


def test_what_expects_nothing_is_not_compared() -> None:
    assert standardise({"A": {}, "B": {"simple": (1, 5)}}).keys() == {"B"}
    assert standardise({}) == {}


def test_a_mix_that_moved_is_told_by_the_share_that_changed_places() -> None:
    assert mix_moved({"a": 60, "b": 40}, {"a": 45, "b": 40, "c": 15}) == pytest.approx(0.15)
    assert mix_moved({"a": 1}, {"a": 7}) == 0
    assert mix_moved({}, {"a": 1}) is None


def test_of_fifteen_p_values_four_hold_among_the_others() -> None:
    published = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]
    assert sum(p <= 0.05 for p in benjamini_hochberg(published)) == 4
    assert sum(p <= 0.05 / 15 for p in published) == 3
    assert benjamini_hochberg([]) == []


def test_talks_shared_out_unevenly() -> None:
    found = gini([4, 4, 3, 5, 0, 2])
    assert found == pytest.approx(0.2963, abs=5e-5)
    assert found is not None
    assert 1 - found == pytest.approx(0.7037, abs=5e-5)
    assert gini([3, 3, 3]) == pytest.approx(0)
    assert gini([]) is None
    assert gini([0, 0]) is None


def summed(groups: list[list[float]]) -> list[tuple[float, float, float]]:
    return [(len(group), sum(group), sum(value**2 for value in group)) for group in groups]


def test_three_who_differ_more_than_their_own_work_does() -> None:
    found = icc1(summed([[82, 78, 85, 80], [70, 74, 66, 72], [88, 91, 84, 90]]))
    assert found.between == pytest.approx(319.75, abs=5e-3)
    assert found.within == pytest.approx(10.056, abs=5e-4)
    assert found.icc == pytest.approx(0.8851, abs=5e-5)
    assert found.sd == pytest.approx(8.80, abs=5e-3)


def test_groups_of_different_size_count_by_their_size() -> None:
    """By hand: n0 = (6 - 14/6)/2 = 11/6, between 12/2, within 4/3."""
    found = icc1(summed([[1], [2, 4], [3, 5, 3]]))
    size = (6 - 14 / 6) / 2
    mean = 3
    between = (1 * (1 - mean) ** 2 + 2 * (3 - mean) ** 2 + 3 * (11 / 3 - mean) ** 2) / 2
    within = (2 + 8 / 3) / 3
    assert (found.between, found.within) == pytest.approx((between, within))
    assert found.icc == pytest.approx((between - within) / (between + (size - 1) * within))
    assert found.sd == pytest.approx(sqrt((between - within) / size))


@pytest.mark.parametrize("groups", [[], [[1, 2, 3]], [[1], [2], [3]]])
def test_without_two_groups_and_two_values_of_one_there_is_nothing_between(groups: list[list[float]]) -> None:
    assert icc1(summed(groups)).icc is None
    assert icc1(summed(groups)).sd is None


def test_values_all_alike_have_no_share_between() -> None:
    found = icc1(summed([[5, 5], [5, 5]]))
    assert (found.icc, found.sd) == (None, 0)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_evenness_lies_between_nought_and_one(handed_out: list[int]) -> None:
    found = gini(handed_out)
    assert found is None or -1e-9 <= found < 1


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(0.1, 10)), min_size=2, max_size=20))
def test_shrunken_values_lie_between_their_own_and_the_common_one(groups: list[tuple[float, float]]) -> None:
    found = shrink([value for value, _ in groups], [error for _, error in groups])
    assert found
    for (value, _), group in zip(groups, found.groups, strict=True):
        assert min(value, found.middle) - 1e-9 <= group.value <= max(value, found.middle) + 1e-9


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_p_values_among_others_keep_their_order_and_never_fall(ps: list[float]) -> None:
    found = benjamini_hochberg(ps)
    assert all(after >= before for before, after in zip(sorted(ps), sorted(found), strict=True))
    assert all(a <= b + 1e-12 for a, b in pairwise(found[at] for at in sorted(range(len(ps)), key=ps.__getitem__)))
