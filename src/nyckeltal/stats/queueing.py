"""Waiting lines: Erlang B, C and A, the servers a promise needs, and what each cause contributed (kpi-reference 4.1 to 4.3).

Arrivals are Poisson and the stretch of time stationary. Numbers of servers that are not whole lie on the line between the two next to them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import combinations, pairwise
from math import ceil, comb, exp, expm1, floor, inf, log
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[int], np.dtype[np.float64]]

Factor = TypeVar("Factor", bound=Hashable)

DEFAULT_PATIENCE_S, FEWEST_LEFT = 300.0, 100
NODES, BREAKS = 32, (0.0, 0.004, 0.016, 0.064, 0.25, 1.0)  # of Gauss-Legendre between two breaks, from the top of what is integrated outwards
NEGLIGIBLE = 45.0  # parts that are e^45 times smaller than the greatest count for nothing


@dataclass(frozen=True)
class Waiting:
    """How those who come fare. Shares are of all who come, unless said; `short` is the share who leave within the time that counts as short."""

    wait: float
    left: float
    occupancy: float
    mean_wait_s: float
    in_time: float
    served_in_time: float
    served_wait_s: float
    short: float

    @property
    def in_time_without_short(self) -> float:
        """Served in time, of all but those who left at once."""
        return self.in_time / (1 - self.short) if self.short < 1 else 0.0


@dataclass(frozen=True)
class Patience:
    """Mean time that people are willing to wait; `assumed` where too few left to tell."""

    mean_s: float
    assumed: bool


def erlang_b(load: float, servers: float) -> float:
    """Share refused where nobody can wait, by the recursion that knows no factorials (Erlang 1917)."""
    whole = floor(servers)
    blocked = 1.0
    for k in range(1, whole + 1):
        blocked = load * blocked / (k + load * blocked)
    if servers == whole:
        return blocked
    return blocked + (servers - whole) * (load * blocked / (whole + 1 + load * blocked) - blocked)


def erlang_c(rate: float, service_s: float, servers: float, within_s: float) -> Waiting:
    """Nobody leaves; `rate` is arrivals per second. Without more servers than load everybody waits for ever."""
    if servers != floor(servers):
        return _between(lambda whole: erlang_c(rate, service_s, whole, within_s), servers)
    load = rate * service_s
    if servers <= load:
        return Waiting(wait=1.0, left=0.0, occupancy=1.0, mean_wait_s=inf, in_time=0.0, served_in_time=0.0, served_wait_s=inf, short=0.0)
    blocked = erlang_b(load, servers)
    wait = servers * blocked / (servers - load * (1 - blocked))
    mean = wait * service_s / (servers - load)
    in_time = 1 - wait * exp(-(servers - load) * within_s / service_s)
    return Waiting(wait, 0.0, load / servers, mean, in_time, in_time, mean, 0.0)


def erlang_a(rate: float, service_s: float, servers: float, patience_s: float, within_s: float, short_s: float = 0.0) -> Waiting:
    """People leave after an exponential time (M/M/N+M: Palm; Baccelli & Hebuterne 1981; Garnett, Mandelbaum & Reiman 2002).

    The states with a free server weigh 1/B together, relative to the one with a single free server (B of Erlang B, one server fewer); the others weigh
    as much as the integral of the density of the offered wait. So no state is counted through, and neither many servers nor long lines overflow.
    """
    if servers != floor(servers):
        return _between(lambda whole: erlang_a(rate, service_s, whole, patience_s, within_s, short_s), servers)
    if rate <= 0:
        return Waiting(wait=0.0, left=0.0, occupancy=0.0, mean_wait_s=0.0, in_time=1.0, served_in_time=1.0, served_wait_s=0.0, short=0.0)
    if servers < 1:
        short = -expm1(-short_s / patience_s)
        return Waiting(wait=1.0, left=1.0, occupancy=1.0, mean_wait_s=patience_s, in_time=0.0, served_in_time=0.0, served_wait_s=inf, short=short)
    offered = _Offered(rate, service_s, int(servers), patience_s)
    wait, served = offered.integral(0.0, inf, 0), offered.integral(0.0, inf, 1)
    left = max(0.0, wait - served)
    in_time = 1 - wait + offered.integral(0.0, within_s, 1)
    short = offered.integral(0.0, short_s, 0) - offered.integral(0.0, short_s, 1) - expm1(-short_s / patience_s) * offered.integral(short_s, inf, 0)
    return Waiting(
        wait=wait,
        left=left,
        occupancy=rate * (1 - left) * service_s / servers,
        mean_wait_s=left * patience_s,
        in_time=in_time,
        served_in_time=in_time / (1 - left),
        served_wait_s=offered.integral(0.0, inf, 1, times_wait=True) / (1 - left),
        short=max(0.0, short),
    )


def waits_longer(rate: float, service_s: float, servers: int, patience_s: float, than_s: float) -> float:
    """Share of all who come that waits longer, whether served or not in the end; nobody leaves where patience is infinite."""
    if patience_s == inf:
        return erlang_c(rate, service_s, servers, 0.0).wait * exp(-(servers / service_s - rate) * than_s) if servers > rate * service_s else 1.0
    return exp(-than_s / patience_s) * _Offered(rate, service_s, servers, patience_s).integral(than_s, inf, 0)


def wait_quantile(rate: float, service_s: float, servers: int, patience_s: float, q: float) -> float:
    """The wait that the share `q` of all who come does not exceed."""
    from scipy.optimize import brentq

    def beyond(wait_s: float) -> float:
        return waits_longer(rate, service_s, servers, patience_s, wait_s) - (1 - q)

    if beyond(0.0) <= 0:
        return 0.0
    if patience_s == inf and servers <= rate * service_s:
        return inf
    high = service_s
    while beyond(high) > 0:
        high *= 2
    return float(brentq(beyond, 0.0, high))


def patience(total_wait_s: float, left: int) -> Patience:
    """All time waited through the number who left: waits that were cut short by service are censored. Without 100 who left, five minutes."""
    return Patience(DEFAULT_PATIENCE_S, assumed=True) if left < FEWEST_LEFT else Patience(total_wait_s / left, assumed=False)


def servers_needed(waiting: Callable[[int], Waiting], in_time: float, occupancy: float = 1.0, start: int = 1) -> int:
    """The smallest number of servers that keeps the promise and is not busier than `occupancy`."""

    def enough(servers: int) -> bool:
        found = waiting(servers)
        return found.in_time >= in_time and found.occupancy <= occupancy

    return _smallest(enough, start)


def lines_needed(load: float, blocked: float) -> int:
    """The smallest number of lines that refuses no more than the share `blocked`."""
    return _smallest(lambda lines: erlang_b(load, lines) <= blocked, 0)


def with_shrinkage(servers: float, shrinkage: float) -> int:
    """How many have to be employed for so many to be there."""
    return ceil(round(servers / (1 - shrinkage), 9))


def shapley(factors: Sequence[Factor], worth: Callable[[frozenset[Factor]], float]) -> dict[Factor, float]:
    """What each factor contributed to `worth` of all less `worth` of none: its mean step over all orders (Shapley 1953), kpi-reference 4.3."""
    known = {chosen: worth(chosen) for size in range(len(factors) + 1) for chosen in map(frozenset, combinations(factors, size))}
    count = len(factors)
    return {
        factor: sum((known[others | {factor}] - value) / (count * comb(count - 1, len(others))) for others, value in known.items() if factor not in others)
        for factor in factors
    }


class _Offered:
    """The density v(w) of the wait that someone with endless patience would have, in kpi-reference 4.1; weighed so that all probabilities add up to 1."""

    def __init__(self, rate: float, service_s: float, servers: int, patience_s: float) -> None:
        self.rate, self.leave, self.out = rate, 1 / patience_s, servers / service_s
        self.top_s = max(0.0, log(rate / self.out) * patience_s)
        self.top = self._exponent(self.top_s)
        self.low_s, self.high_s = self._reach()
        waiting = self._piece(0.0, inf, 0, times_wait=False)
        blocked = erlang_b(rate * service_s, servers - 1)
        free = exp(-self.top) / blocked if blocked > 0 else inf
        self.whole = free + waiting

    def integral(self, start_s: float, end_s: float, survived: int, *, times_wait: bool = False) -> float:
        """Of v(w) between two times; `survived` 1 counts those only who have not left by then."""
        return self._piece(start_s, end_s, survived, times_wait=times_wait) / self.whole

    def _piece(self, start_s: float, end_s: float, survived: int, *, times_wait: bool) -> float:
        start_s, end_s = max(start_s, self.low_s), min(end_s, self.high_s)
        if end_s <= start_s:
            return 0.0
        if start_s < self.top_s < end_s:
            return sum(self._piece(a, b, survived, times_wait=times_wait) for a, b in ((start_s, self.top_s), (self.top_s, end_s)))
        import numpy as np

        places, weights = _gauss()
        near, far = (start_s, end_s) if start_s >= self.top_s else (end_s, start_s)
        w = near + (far - near) * places
        density = self.rate * np.exp(-self.rate / self.leave * np.expm1(-self.leave * w) - self.out * w - self.top - survived * self.leave * w)
        return float((end_s - start_s) * (weights * density * (w if times_wait else 1.0)).sum())

    def _exponent(self, wait_s: float) -> float:
        return -self.rate / self.leave * expm1(-self.leave * wait_s) - self.out * wait_s

    def _reach(self) -> tuple[float, float]:
        """Between which waits anything counts: the exponent is concave, with its top at `top_s`."""
        step = 1 / self.out
        while self._exponent(self.top_s + step) > self.top - NEGLIGIBLE:
            step *= 2
        low = 0.0 if self._exponent(0.0) > self.top - NEGLIGIBLE else self._crossing(0.0, self.top_s)
        return low, self._crossing(self.top_s + step, self.top_s)

    def _crossing(self, outside_s: float, inside_s: float) -> float:
        for _ in range(30):
            middle = (outside_s + inside_s) / 2
            if self._exponent(middle) > self.top - NEGLIGIBLE:
                inside_s = middle
            else:
                outside_s = middle
        return outside_s


@cache
def _gauss() -> tuple[Array, Array]:
    """Places and weights between 0 and 1, closer together towards 0: there the density turns, further out it only dies away."""
    import numpy as np

    places, weights = np.polynomial.legendre.leggauss(NODES)
    parts = list(pairwise(BREAKS))
    return (
        np.concatenate([low + (high - low) * (places + 1) / 2 for low, high in parts]),
        np.concatenate([(high - low) * weights / 2 for low, high in parts]),
    )


def _between(waiting: Callable[[int], Waiting], servers: float) -> Waiting:
    below, above, part = waiting(floor(servers)), waiting(ceil(servers)), servers - floor(servers)
    return Waiting(*((1 - part) * getattr(below, field.name) + part * getattr(above, field.name) for field in fields(Waiting)))


def _smallest(enough: Callable[[int], bool], start: int) -> int:
    """By doubling and halving; `enough` stays true once it is."""
    low, high = start - 1, max(start, 1)
    while not enough(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
