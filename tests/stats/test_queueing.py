"""Waiting lines: published tables and guides, the worked day of kpi-reference 4.3, and what holds for every line."""

from __future__ import annotations

from math import exp, inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyckeltal.stats.queueing import (
    Waiting,
    erlang_a,
    erlang_b,
    erlang_c,
    lines_needed,
    patience,
    servers_needed,
    shapley,
    wait_quantile,
    waits_longer,
    with_shrinkage,
)

hundred = 100 / 1800  # per half hour, in one second


@pytest.mark.parametrize(
    ("load", "servers", "blocked", "within"),
    [(1, 1, 0.5, 1e-12), (1, 2, 0.2, 1e-12), (10, 17, 0.012949, 5e-7), (10, 16, 0.022302, 5e-7), (25, 30, 0.0526, 5e-5)],
)
def test_published_blocking(load: float, servers: int, blocked: float, within: float) -> None:
    assert erlang_b(load, servers) == pytest.approx(blocked, abs=within)


def test_lines_for_ten_erlang() -> None:
    assert lines_needed(10, 0.02) == 17
    assert with_shrinkage(17, 0.3) == 25
    assert lines_needed(0, 0.02) == 1


def test_forty_eight_erlang_as_in_mitans_guide() -> None:
    found = erlang_c(360 / 1800, 240, 55, 15)
    assert found.wait == pytest.approx(0.239, abs=5e-4)
    assert 100 * found.in_time == pytest.approx(84.59, abs=5e-3)
    assert found.mean_wait_s == pytest.approx(8.184, abs=5e-4)
    assert 100 * found.occupancy == pytest.approx(87.27, abs=5e-3)


@pytest.mark.parametrize(
    ("servers", "wait", "in_time", "mean_wait_s", "within_s"),
    [(11, 0.6821, 0.3896, 122.8, 0.05), (12, 0.4494, 0.6402, 40.4, 0.05), (13, 0.2853, 0.7956, 17.1, 0.05), (14, 0.1741, 0.8883, 7.84, 0.005)],
)
def test_a_hundred_in_half_an_hour_who_all_wait(servers: int, wait: float, in_time: float, mean_wait_s: float, within_s: float) -> None:
    found = erlang_c(hundred, 180, servers, 20)
    assert (found.wait, found.in_time) == pytest.approx((wait, in_time), abs=5.01e-5)  # .88835002 is shown as .8883
    assert found.mean_wait_s == pytest.approx(mean_wait_s, abs=within_s)


@pytest.mark.parametrize(
    ("cap", "servers", "in_time", "wait", "occupancy", "employed"), [(0.85, 14, 0.888, 0.174, 0.714, 20), (0.70, 15, 0.941, 0.102, 0.667, 22)]
)
def test_servers_for_eighty_in_twenty_and_not_too_busy(cap: float, servers: int, in_time: float, wait: float, occupancy: float, employed: int) -> None:
    def waiting(n: int) -> Waiting:
        return erlang_c(hundred, 180, n, 0.33 * 60)

    found = waiting(servers)
    assert servers_needed(waiting, 0.8, cap) == servers
    assert (found.in_time, found.wait, found.occupancy) == pytest.approx((in_time, wait, occupancy), abs=5e-4)
    assert with_shrinkage(servers, 0.3) == employed


def test_a_thousand_erlang_do_not_overflow() -> None:
    found = erlang_c(1000 / 180, 180, 1020, 20)
    assert found.wait == pytest.approx(0.41626, abs=5e-6)
    assert found.in_time == pytest.approx(0.954891, abs=5e-7)
    assert found.mean_wait_s == pytest.approx(3.746, abs=5e-4)


def test_as_many_servers_as_load_never_catch_up() -> None:
    found = erlang_c(1.0, 10, 10, 20)
    assert (found.wait, found.in_time, found.mean_wait_s) == (1, 0, inf)


def test_a_hundred_of_whom_some_leave() -> None:
    found = erlang_a(hundred, 180, 14, 300, 20)
    assert found.wait == pytest.approx(0.14526, abs=5e-6)
    assert (found.left, found.occupancy, found.mean_wait_s / 60) == pytest.approx((0.013984, 0.704297, 0.069919), abs=5e-7)
    assert (found.in_time, found.served_in_time) == pytest.approx((0.916792, 0.929794), abs=5e-7)


@pytest.mark.parametrize(("servers", "in_time", "occupancy"), [(10, 0.51681, 0.89056), (11, 0.65687, 0.84550), (12, 0.77228, 0.79774), (13, 0.85818, 0.75003)])
def test_the_same_hundred_with_fewer_servers(servers: int, in_time: float, occupancy: float) -> None:
    found = erlang_a(hundred, 180, servers, 300, 20)
    assert (found.in_time, found.occupancy) == pytest.approx((in_time, occupancy), abs=5e-6)


def test_for_eighty_in_twenty_those_who_leave_spare_one_server() -> None:
    assert servers_needed(lambda n: erlang_c(hundred, 180, n, 20), 0.8) == 14
    assert servers_needed(lambda n: erlang_a(hundred, 180, n, 300, 20), 0.8) == 13


def test_fifty_servers_as_garnett_mandelbaum_and_reiman_published() -> None:
    some, none = erlang_a(48 / 60, 60, 50, 120, 20), erlang_c(48 / 60, 60, 50, 20)
    assert 100 * some.left == pytest.approx(3.1, abs=0.05)
    assert (some.mean_wait_s, none.mean_wait_s) == pytest.approx((3.7, 20.8), abs=0.05)
    assert (48 / 60 * some.mean_wait_s, 48 / 60 * none.mean_wait_s) == pytest.approx((3, 17), abs=0.5)
    assert (100 * some.occupancy, 100 * none.occupancy) == pytest.approx((93, 96), abs=0.5)
    assert wait_quantile(48 / 60, 60, 50, 120, 0.9) == pytest.approx(12.4, abs=0.05)
    assert wait_quantile(48 / 60, 60, 50, inf, 0.9) == pytest.approx(58.1, abs=0.05)


@pytest.mark.parametrize(("servers", "in_time"), [(11, 0.6712), (12, 0.7841), (13, 0.8670)])
def test_handled_in_time_and_still_too_few(servers: int, in_time: float) -> None:
    """The example of kpi-reference 4.4: two more than the eleven there are."""
    assert erlang_a(hundred, 178, servers, 300, 20).in_time == pytest.approx(in_time, abs=5e-5)
    assert servers_needed(lambda n: erlang_a(hundred, 178, n, 300, 20), 0.8) - 11 == 2


def test_patience_is_what_all_waited_through_those_who_left() -> None:
    assert patience(30_000, 150).mean_s == 200
    assert (patience(30_000, 99).mean_s, patience(30_000, 99).assumed) == (300, True)


State = tuple[float, float, float]  # arrivals, seconds of service, actual servers


def in_time_of(plan: list[tuple[float, float, float, float]], actual: list[tuple[float, float, float, float]], chosen: frozenset[str]) -> float:
    """Of a day of half hours, with the actual value of what is chosen and the planned one of the rest."""
    good = every = 0.0
    for planned, found in zip(plan, actual, strict=True):
        calls, service_s, servers, out = (new if name in chosen else old for name, old, new in zip("vaso", planned, found, strict=True))
        good += calls * erlang_a(calls / 1800, service_s, servers * (1 - out), 300, 20).in_time
        every += calls
    return good / every


first_plan, first_actual = (100.0, 180.0, 14.0, 0.0), (115.0, 195.0, 13.0, 0.1)
second_plan, second_actual = (80.0, 180.0, 12.0, 0.0), (78.0, 195.0, 12.0, 0.0)
table = """ .916792 v .811762 a .862158 s .858178 o .823818 va .717259 vs .715665 vo .667371
as .782715 ao .740394 so .737657 vas .604025 vao .552627 vso .553671 aso .638299 vaso .436001"""


@pytest.mark.parametrize(("chosen", "in_time"), [(pair[0], float(pair[1])) for pair in zip(["", *table.split()[1::2]], table.split()[0::2], strict=True)])
def test_every_row_of_the_worked_half_hour(chosen: str, in_time: float) -> None:
    assert in_time_of([first_plan], [first_actual], frozenset(chosen)) == pytest.approx(in_time, abs=5e-7)


def test_what_each_cause_took_in_the_worked_half_hour() -> None:
    found = shapley("vaso", lambda chosen: in_time_of([first_plan], [first_actual], chosen))
    assert [found[name] for name in "vaso"] == pytest.approx([-0.159690, -0.091337, -0.093038, -0.136726], abs=5e-7)
    assert sum(found.values()) == pytest.approx(-0.480791, abs=5e-7)
    assert 0.41 - in_time_of([first_plan], [first_actual], frozenset("vaso")) == pytest.approx(-0.026001, abs=5e-7)


def test_what_each_cause_took_in_the_worked_day() -> None:
    plan, actual = [first_plan, second_plan], [first_actual, second_actual]
    assert in_time_of(plan, actual, frozenset()) == pytest.approx(0.922742, abs=5e-7)
    assert in_time_of(plan, actual, frozenset("vaso")) == pytest.approx(0.624289, abs=5e-7)
    found = shapley("vaso", lambda chosen: in_time_of(plan, actual, chosen))
    assert [found[name] for name in "vaso"] == pytest.approx([-0.095022, -0.070251, -0.053947, -0.079233], abs=5e-7)


def by_states(rate: float, service_s: float, servers: int, patience_s: float) -> tuple[float, float]:
    """Share that waits and share that leaves, state by state as kpi-reference 4.1 writes them."""
    down, up = [1.0], [1.0]
    for n in range(servers, 0, -1):
        down.append(down[-1] * n / service_s / rate)
    while up[-1] > 1e-18 * sum(up) or len(up) < 10:
        up.append(up[-1] * rate / (servers / service_s + len(up) / patience_s))
    whole = sum(down) + sum(up[1:])
    return sum(up) / whole, sum(j * x for j, x in enumerate(up)) / whole / patience_s / rate


lines = st.tuples(st.floats(0.01, 0.5), st.floats(20, 400), st.integers(1, 60), st.floats(20, 2000))


@given(lines)
def test_those_who_leave_are_those_of_the_states(line: tuple[float, float, int, float]) -> None:
    found = erlang_a(*line, 20)
    assert (found.wait, found.left) == pytest.approx(by_states(*line), abs=1e-11)


def test_one_server_for_a_crowd_is_exact_too() -> None:
    """The density turns within seconds and takes hours to die away."""
    line = (0.5, 330.0, 1, 20.0)
    assert erlang_a(*line, 20).left == pytest.approx(by_states(*line)[1], abs=1e-13)


@given(lines, st.floats(0, 300), st.floats(0, 60))
def test_every_share_is_one_and_more_servers_help(line: tuple[float, float, int, float], within_s: float, short_s: float) -> None:
    rate, service_s, servers, patience_s = line
    found, more = erlang_a(*line, within_s, short_s), erlang_a(rate, service_s, servers + 1, patience_s, within_s, short_s)
    for share in (found.wait, found.left, found.occupancy, found.in_time, found.served_in_time, found.short, found.in_time_without_short):
        assert -1e-9 <= share <= 1 + 1e-9
    assert more.in_time >= found.in_time - 1e-9
    assert found.short <= found.left + 1e-9
    assert found.served_wait_s * (1 - found.left) <= found.mean_wait_s + 1e-9


@given(lines.filter(lambda line: line[0] * line[1] < 0.97 * line[2]))
def test_endless_patience_is_erlang_c(line: tuple[float, float, int, float]) -> None:
    rate, service_s, servers, _ = line
    some, none = erlang_a(rate, service_s, servers, 1e9, 20), erlang_c(rate, service_s, servers, 20)
    assert (some.wait, some.in_time, some.mean_wait_s) == pytest.approx((none.wait, none.in_time, none.mean_wait_s), rel=1e-3, abs=1e-5)


@given(lines)
def test_no_patience_is_erlang_b(line: tuple[float, float, int, float]) -> None:
    rate, service_s, servers, _ = line
    assert erlang_a(rate, service_s, servers, 1e-4, 20).left == pytest.approx(erlang_b(rate * service_s, servers), abs=1e-3)


def test_short_leavers_are_counted_to_the_second() -> None:
    """Against a fine sum over the wait that was offered and the patience people had."""
    found = erlang_a(hundred, 180, 11, 300, 20, short_s=5)
    longer = [waits_longer(hundred, 180, 11, 300, second / 100) for second in range(501)]
    assert found.short == pytest.approx(sum(longer[:-1] + longer[1:]) / 2 / 100 / 300, rel=1e-6)
    assert found.in_time_without_short == pytest.approx(found.in_time / (1 - found.short))


def test_a_line_far_beyond_its_servers_still_has_figures() -> None:
    found = erlang_a(20, 180, 500, 300, 20)
    assert found.left == pytest.approx(1 - 500 / 3600, abs=1e-3)
    assert found.occupancy == pytest.approx(1, abs=1e-9)
    assert found.in_time < 1e-9


def test_nobody_comes_and_nobody_serves() -> None:
    assert erlang_a(0, 180, 5, 300, 20).in_time == 1
    nobody = erlang_a(1, 180, 0, 300, 20, 30)
    assert (nobody.left, nobody.in_time, nobody.mean_wait_s) == (1, 0, 300)
    assert nobody.short == pytest.approx(1 - exp(-0.1))
    assert wait_quantile(hundred, 180, 30, 300, 0.5) == 0
    assert wait_quantile(1, 10, 5, inf, 0.9) == inf


def test_part_of_a_server_lies_on_the_line_between_two() -> None:
    found = [erlang_a(hundred, 180, servers, 300, 20).in_time for servers in (12, 12.6, 13)]
    assert found[1] == pytest.approx(0.4 * found[0] + 0.6 * found[2])
    assert erlang_b(10, 16.5) == pytest.approx((erlang_b(10, 16) + erlang_b(10, 17)) / 2)
    assert erlang_c(hundred, 180, 12.5, 20).wait == pytest.approx((0.4494 + 0.2853) / 2, abs=1e-4)
