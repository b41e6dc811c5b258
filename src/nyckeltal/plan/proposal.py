"""A target to start the talk from, with what it was set against side by side (kpi-reference 3.13), and a cost goal that follows sales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nyckeltal.plan.reach import Chance, chance, expected
from nyckeltal.stats.forecast import HARDEST, SOFTEST, proposed_target
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.plan.baseline import Measured
    from nyckeltal.plan.goal import Benchmark

FEWEST_PEERS = 5
_SAME = 1e-9


@dataclass(frozen=True)
class Proposal:
    """What to aim at, beside what is known elsewhere, what the best quarter here does, and what comes without any action."""

    target: float
    chance: Chance
    baseline: float
    best_quartile: float | None
    benchmark: float | None
    without_action: float
    because: Text


def proposal(
    measured: Measured,
    better: str,
    ahead: float,
    n: float | None = None,
    *,
    peers: Sequence[float] = (),
    benchmark: Benchmark | None = None,
    effect: float = 0.0,
) -> Proposal:
    """`peers` are the values of those who do the same work, adjusted and drawn together, only of those with enough to be compared.

    A band is proposed by its edges, one by one; here `better` is higher or lower. A benchmark's value is the best known elsewhere.
    """
    up = better != "lower"
    outlook = expected(measured, ahead, n, effect)
    best, top = best_quartile(peers, up=up), benchmark.value if benchmark else None
    now = measured.baseline.value
    aimed = _not_worse(best if best is not None else top, now, up=up)
    if outlook.sd > 0:
        wanted = aimed if aimed is not None else now + 2 * (outlook.target(HARDEST, up=up) - now)
        target = min(max(proposed_target(now, wanted, outlook, up=up, top=top), measured.ends[0]), measured.ends[1])
    else:
        target = now
    reached = chance(measured, target, better, ahead, n, effect)
    return Proposal(target, reached, now, best, top, expected(measured, ahead, n).mean, _because(target, now, aimed, best, top, reached, up=up))


def _not_worse(aimed: float | None, now: float, *, up: bool) -> float | None:
    return aimed if aimed is None else max(aimed, now) if up else min(aimed, now)


def best_quartile(peers: Sequence[float], *, up: bool) -> float | None:
    """What a quarter of the peers do better than; None for fewer than five, where it would be one person's value."""
    from nyckeltal.stats.quantile import quantile

    return quantile(peers, 0.75 if up else 0.25) if len(peers) >= FEWEST_PEERS else None


def _because(target: float, now: float, aimed: float | None, best: float | None, top: float | None, reached: Chance, *, up: bool) -> Text:
    if top is not None and (now >= top if up else now <= top):
        return Text("proposal.past_the_best", "The value is as good as the best known elsewhere already: keep it rather than push it.")
    if top is not None and abs(target - top) <= _SAME:
        return Text("proposal.top", "As good as the best known elsewhere, and no further.")
    if aimed is None:
        return Text("proposal.alone", "There are too few to compare with and no value from elsewhere: as far as can be reached three times in ten.")
    if aimed == now == target:
        return Text("proposal.among_the_best", "The value is among the best quarter already: keep it rather than push it.")
    if abs(target - (now + 0.5 * (aimed - now))) <= _SAME:
        if best is not None:
            return Text("proposal.half_way", "Half the way to what the best quarter reach.")
        return Text("proposal.half_way_elsewhere", "Half the way to what is known elsewhere.")
    if reached.planned < (SOFTEST + HARDEST) / 2:
        return Text("proposal.not_so_far", "Half the way to the best would be out of reach: as far as can be reached three times in ten.")
    return Text("proposal.further", "Half the way to the best comes almost by itself: as far as is reached seven times in ten.")


@dataclass(frozen=True)
class Floating:
    """What a share of revenue allows at the revenue that came, beside what was spent; over the months that the figure of the period reads."""

    period: str
    revenue: float
    allowed: float
    spent: float

    @property
    def held(self) -> bool:
        return self.spent <= self.allowed


def floating(series: Sequence[Figure], share: float) -> tuple[Floating, ...]:
    """A goal for the share of revenue, as an amount that follows sales: from figures of cost through revenue, final or not."""
    return tuple(
        Floating(one.period or "", one.denominator, share * one.denominator, one.numerator)
        for one in series
        if one.denominator and one.denominator > 0 and one.numerator is not None
    )


def as_share(amount: float, series: Sequence[Figure], months: int = 1) -> float | None:
    """What an absolute amount for a month is as a share, at the revenue these figures rest on; None where none is known. `months`: read by each."""
    from statistics import fmean

    revenue = [one.denominator / months for one in series if one.denominator and one.denominator > 0]
    return amount / fmean(revenue) if revenue else None
