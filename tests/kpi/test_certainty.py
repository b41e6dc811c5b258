"""Which interval a figure gets, against the worked numbers of kpi-reference 3.1 to 3.4."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from nyckeltal import ask
from nyckeltal.contacts.expression import Name
from nyckeltal.contacts.world import World
from nyckeltal.kpi import certainty
from nyckeltal.kpi.compile import Measure
from nyckeltal.kpi.engine.sums import Sums, folded

X = (62, 95, 118, 140, 155, 171, 188, 204, 221, 240, 262, 287, 318, 355, 402, 468, 560, 705, 980, 1450)
MEAN = Measure("mean")


def sums_of(values: tuple[float, ...]) -> Sums:
    logs = [math.log(value) for value in values if value > 0]
    return Sums(
        rows=len(values),
        n=len(values),
        top=sum(values),
        bottom=len(values),
        squares=sum(value * value for value in values),
        logs=sum(logs),
        logs2=sum(log * log for log in logs),
        zeros=len(values) - len(logs),
    )


def test_a_share_has_wilsons_interval() -> None:
    found = certainty.interval(Sums(n=84, top=63, bottom=84), Measure("share"), "share")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.6479, 0.8303), abs=5e-5)


def test_a_weighted_share_is_worth_fewer_answers() -> None:
    weighted = Measure("share", weight=1)  # type: ignore[arg-type]  # that there is a weight is all that is asked
    even = certainty.interval(Sums(n=10, top=8, bottom=10, weights2=10), weighted, "share")
    uneven = certainty.interval(Sums(n=10, top=8, bottom=10, weights2=20), weighted, "share")
    assert even is not None
    assert uneven is not None
    assert (even.low, even.high) == pytest.approx((0.4902, 0.9433), abs=5e-5)
    assert uneven.low < even.low


def test_a_balance_has_the_adjusted_interval() -> None:
    found = certainty.interval(Sums(n=100, up=60, down=15, top=45, bottom=100), Measure("balance"), "points")
    assert found is not None
    assert (100 * found.low, 100 * found.high) == pytest.approx((29.34, 58.04), abs=5e-3)


def test_a_count_has_garwoods_interval() -> None:
    found = certainty.interval(Sums(n=21), Measure("count"), "count")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((13.00, 32.10), abs=5e-3)


def test_durations_between_thirty_and_a_hundred_are_taken_as_log_normal() -> None:
    found = certainty.interval(sums_of(X * 2), MEAN, "seconds")
    assert found is not None
    assert found.method == "modified_cox"
    assert certainty.interval(sums_of(X * 5), MEAN, "seconds").method == "t"  # type: ignore[union-attr]  # without an interval this fails as well


def test_few_durations_and_those_with_zeros_are_drawn_again() -> None:
    assert certainty.needs_values(sums_of(X), MEAN, "seconds")
    assert certainty.needs_values(sums_of((*X, *X, 0)), MEAN, "seconds")
    assert not certainty.needs_values(sums_of(X * 2), MEAN, "seconds")
    found = certainty.from_values(X, MEAN)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((260, 576), abs=20)


def test_durations_that_heap_up_in_two_places_are_drawn_again_so_that_the_interval_holds_the_mean() -> None:
    waits = (6.0,) * 20 + (5.0,) * 20 + (900.0,) * 5  # mean 4720/45 = 104.9; Cox would say 17 to 76
    assert certainty.needs_values(sums_of(waits), MEAN, "seconds")
    found = certainty.from_values(waits, MEAN)
    assert found is not None
    assert found.method == "bca"
    assert 4720 / 45 in found


def test_where_too_many_would_have_to_be_drawn_again_students_interval_holds_the_mean_too() -> None:
    waits = sums_of((6.0,) * 20 + (5.0,) * 20 + (900.0,) * 5)  # mean 104.9, deviation 284.4, t 2.0154 of 44
    found = certainty.without_values(waits, MEAN, "seconds")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((19.4, 190.3), abs=0.2)
    assert certainty.without_values(sums_of(X), MEAN, "seconds") is None


def test_one_and_the_same_duration_has_no_width() -> None:
    assert certainty.needs_values(sums_of((5.0,) * 51), MEAN, "seconds")
    found = certainty.from_values((0.1,) * 51, MEAN)
    assert found is not None
    assert (found.low, found.high) == (0.1, 0.1)


def test_marks_that_are_all_alike_have_no_width_in_whichever_order_they_are_added() -> None:
    weights = (1.533, 2.9, 2.7)
    for order in itertools.permutations(weights):
        top, bottom = sum(6 * weight for weight in order), sum(order)
        sums = Sums(n=3, top=top, bottom=bottom, weights2=sum(weight**2 for weight in order), squares=sum(36 * weight for weight in order))
        found = certainty.interval(sums, Measure("mean", weight=Name("weight", "number")), "score")
        assert found is not None
        assert found.low == found.high == pytest.approx(6), order
    alike = {"a": (0.3 * 7, 7.0), "b": (0.3 * 11, 11.0), "c": (0.3 * 13, 13.0)}
    found = certainty.of_clusters(alike)
    assert found is not None
    assert found.low == found.high == pytest.approx(0.3)


def test_an_interval_ends_where_the_scale_ends() -> None:
    """Marks 4 and 5 of 5: 4.5 with t 12.706 would reach from -1.85 to 10.85."""
    marks = replace(sums_of((4, 5)), least="1_5", most="1_5")
    found = certainty.interval(marks, Measure("mean", apart="scale"), "score")
    assert found is not None
    assert (found.low, found.high) == (1, 5)
    bursts = sums_of((0.0,) * 99 + (1000.0,))  # mean 10, t would begin below nought
    found = certainty.interval(bursts, MEAN, "seconds")
    assert found is not None
    assert found.low == 0
    assert found.high == pytest.approx(10 + 1.9842 * 10, abs=0.01)


def test_amounts_of_money_are_as_skewed_as_durations() -> None:
    amounts = sums_of(tuple(100.0 * value for value in (*X, *X)))
    times = sums_of((*X, *X))
    of_money, of_time = certainty.interval(amounts, MEAN, "money"), certainty.interval(times, MEAN, "seconds")
    assert of_money is not None
    assert of_time is not None
    assert (of_money.low, of_money.high) == pytest.approx((100 * of_time.low, 100 * of_time.high))
    assert certainty.needs_values(sums_of(X), MEAN, "money")  # a few are drawn again


def test_an_interview_is_never_better_than_a_hundred() -> None:
    mean = Measure("mean", of=Name("experience", "number"))
    found = certainty.interval(sums_of((1.0, 1.0, 0.9, 0.6)), mean, "score")
    assert found is not None
    assert (found.low > 0.5, found.high) == (True, 1.0)


def test_scores_have_students_interval_however_few() -> None:
    found = certainty.interval(sums_of(X), MEAN, "score")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((210.11, 527.99), abs=5e-3)


CLUSTERS = ((36000, 120), (41400, 115), (33600, 105), (52200, 145), (38880, 108))  # kpi-reference 3.2


def test_a_teams_handling_time_is_a_ratio_of_its_agents() -> None:
    whole = folded({agent: Sums(rows=x, n=x, top=y, bottom=x) for agent, (y, x) in enumerate(CLUSTERS)}, "agent")
    found = certainty.interval(whole, MEAN, "seconds")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((305.4, 376.2), abs=0.05)


def test_a_ratio_of_two_sums_rests_on_what_each_agent_gave_on_either_side() -> None:
    top = folded({agent: Sums(rows=9, n=9, top=y, bottom=9) for agent, (y, _) in enumerate(CLUSTERS)}, "agent")
    bottom = folded({agent: Sums(rows=4, n=4, top=x, bottom=4) for agent, (_, x) in enumerate(CLUSTERS)}, "agent")
    found = certainty.of_ratio(top, bottom, Measure("total"))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((305.4, 376.2), abs=0.05)


def test_a_share_of_time_rests_on_agents_and_never_leaves_nothing_to_all() -> None:
    shares = folded({agent: Sums(rows=2, n=2, top=900 * part, bottom=900, weights2=2 * 450**2) for agent, part in enumerate((1.0, 1.0, 0.9))}, "agent")
    found = certainty.interval(shares, Measure("share", weight=Name("duration_s", "seconds")), "share")
    assert found is not None
    assert (found.method, found.high) == ("clusters", 1.0)
    assert 0.8 < found.low < 0.96
    alone = folded({"anna": Sums(rows=2, n=2, top=450, bottom=900, weights2=2 * 450**2)}, "agent")
    assert certainty.interval(alone, Measure("share", weight=Name("duration_s", "seconds")), "share").method == "wilson"  # type: ignore[union-attr]  # without an interval this fails as well


def test_events_per_something_are_a_count_over_what_is_known() -> None:
    found = certainty.of_ratio(Sums(n=10, top=10), Sums(n=7, top=100), Measure("count"))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.04795, 0.18390), abs=5e-6)


@pytest.mark.parametrize("measure", [MEAN, Measure("share"), Measure("balance"), Measure("quantile")])
def test_nothing_and_a_single_value_have_no_interval_to_fail_on(measure: Measure) -> None:
    certainty.interval(Sums(top=0, bottom=0), measure, "seconds")
    certainty.interval(Sums(n=1, top=5, bottom=1, up=1, down=0, logs=1.6, logs2=2.6), measure, "seconds")


def test_an_answer_shows_the_interval_of_what_was_asked() -> None:
    members = [{"membership_id": f"{agent}", "agent_id": agent, "team_id": "nord"} for agent in ("anna", "bengt", "eva")]
    calls = [{"agent_id": agent, "talk_s": talk} for agent, talks in (("anna", (10, 20)), ("bengt", (30,)), ("eva", (60, 40))) for talk in talks]
    facts = World.of({"contact": calls, "team_membership": members}, defaults=True)
    (team,) = ask("aht", by="team", facts=facts, floor=0)
    clusters = folded({1: Sums(top=30, bottom=2), 2: Sums(top=30, bottom=1), 3: Sums(top=100, bottom=2)}, "agent")
    assert (team.value, team.n) == (32, 5)
    assert (team.low, team.high) == pytest.approx((certainty.interval(clusters, MEAN, "seconds").low, certainty.interval(clusters, MEAN, "seconds").high))  # type: ignore[union-attr]  # without an interval this fails as well
    (company,) = ask("aht", facts=facts, floor=0)
    drawn = certainty.from_values((10, 20, 30, 40, 60), MEAN)
    assert (company.low, company.high) == (drawn.low, drawn.high)  # type: ignore[union-attr]  # without an interval this fails as well
