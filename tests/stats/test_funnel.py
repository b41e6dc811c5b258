"""The funnel, against the twelve agents of kpi-reference 3.7."""

from __future__ import annotations

from math import sqrt

import pytest

from nyckeltal.stats.funnel import INNER, OUTER, Funnel, of_means, of_shares

counts = [(231, 300), (198, 280), (260, 310), (150, 220), (175, 240), (244, 300), (120, 190), (207, 270), (190, 265), (265, 330), (142, 180), (228, 310)]
values, ns = [k / n for k, n in counts], [n for _, n in counts]
middle = sum(k for k, _ in counts) / sum(ns)


def test_the_spread_of_twelve_agents_is_the_published_one() -> None:
    funnel = of_shares(middle, values, ns)
    assert middle == pytest.approx(0.75430, abs=1e-5)
    assert funnel.dispersion == pytest.approx(2.9644, abs=1e-3)
    assert sqrt(funnel.extra) == pytest.approx(0.03949, abs=1e-4)
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
