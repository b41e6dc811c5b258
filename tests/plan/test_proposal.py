"""A target to start the talk from, what it is set against, and a cost goal that follows sales."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.kpi.answer import Figure
from nyckeltal.plan.baseline import Measured
from nyckeltal.plan.goal import Baseline, Benchmark
from nyckeltal.plan.proposal import as_share, best_quartile, floating, proposal

FCR = Measured("fcr", "share", Baseline(0.72, 3600, 12), 0.72, 0.012, 0.0, 0.0015, 0.015, None, 300, "2025-01", "2025-12", None, 0.72)
PEERS = [0.70, 0.71, 0.72, 0.73, 0.74, 0.75, 0.78]


def test_half_the_way_to_the_best_quarter_with_its_references_beside() -> None:
    found = proposal(FCR, "higher", 3, peers=PEERS, benchmark=Benchmark(0.80, "SQM"))
    assert (found.baseline, found.best_quartile, found.benchmark) == (0.72, pytest.approx(0.745), 0.80)
    assert found.target == pytest.approx(0.7325)
    assert found.without_action == pytest.approx(0.72)
    assert found.because.id == "proposal.half_way"


def test_what_is_too_far_is_moved_to_three_in_ten() -> None:
    found = proposal(FCR, "higher", 3, peers=[0.9] * 6)
    assert (found.chance.planned, found.because.id) == (pytest.approx(0.3), "proposal.not_so_far")


def test_never_beyond_the_best_known_elsewhere() -> None:
    found = proposal(FCR, "higher", 3, peers=[0.9] * 6, benchmark=Benchmark(0.725, "SQM"))
    assert (found.target, found.because.id) == (0.725, "proposal.top")
    assert proposal(FCR, "higher", 3, peers=PEERS, benchmark=Benchmark(0.70, "SQM")).because.id == "proposal.past_the_best"


def test_who_is_among_the_best_is_not_asked_to_fall_back() -> None:
    found = proposal(FCR, "higher", 3, peers=[0.60, 0.62, 0.64, 0.65, 0.66])
    assert (found.target, found.because.id) == (pytest.approx(0.72), "proposal.among_the_best")


def test_alone_it_goes_as_far_as_three_in_ten_allow() -> None:
    found = proposal(FCR, "higher", 3, peers=PEERS[:4])
    assert found.best_quartile is None
    assert (found.chance.planned, found.because.id) == (pytest.approx(0.3), "proposal.alone")


def test_the_best_quarter_of_times_is_the_low_one_and_never_one_person() -> None:
    assert best_quartile([300, 310, 320, 330, 340], up=False) == 310
    assert best_quartile([300, 310, 320, 330], up=False) is None


@given(
    st.lists(st.floats(0.3, 0.99), max_size=12),
    st.floats(0.4, 0.9),
    st.sampled_from(["higher", "lower"]),
    st.floats(-0.05, 0.05),
    st.one_of(st.none(), st.floats(0.3, 0.99)),
)
def test_a_proposal_is_neither_too_easy_nor_out_of_reach(peers: list[float], level: float, better: str, effect: float, top: float | None) -> None:
    own = Measured("fcr", "share", Baseline(level, 3600, 12), level, 0.012, 0.0, 0.0015, 0.015, None, 300, "2025-01", "2025-12", None, level)
    found = proposal(own, better, 3, peers=peers, benchmark=Benchmark(top, "somebody") if top else None, effect=effect)
    if top is not None and found.target == top:
        return
    assert top is None or (found.target <= top if better == "higher" else found.target >= top)
    assert 0.3 - 1e-9 <= found.chance.planned <= 0.7 + 1e-9


def test_a_cost_goal_follows_sales() -> None:
    months = [("2026-03", 4_000_000.0, 60_000.0), ("2026-04", 2_000_000.0, 45_000.0)]
    series = [Figure("cost_share_of_revenue", 1, "monthly", at, {}, spent / sold, "share", numerator=spent, denominator=sold) for at, sold, spent in months]
    march, april = floating(series, 0.02)
    assert (march.allowed, march.held) == (80_000, True)
    assert (april.allowed, april.held) == (40_000, False)
    assert as_share(60_000, series) == pytest.approx(0.02)
    assert as_share(60_000, series, months=3) == pytest.approx(0.06)
    assert as_share(60_000, []) is None
