"""Draws that anybody can repeat and nobody can choose: quotas, an order by secret key, and what each drawn one stands for (kpi-reference 5.3 and 6.4)."""

from __future__ import annotations

import hmac
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TypeVar

Stratum = TypeVar("Stratum", bound=Hashable)


@dataclass(frozen=True)
class Drawn:
    """Who was drawn from a stratum, who follows when one falls out, and how many each drawn one stands for (None where nobody was)."""

    chosen: tuple[str, ...]
    reserve: tuple[str, ...]
    weight: float | None


def largest_remainder(total: int, sizes: Sequence[int]) -> list[int]:
    """`total` shared out by size in whole numbers (Hamilton): first the whole parts, then one each where most is left over; ties to the larger, then the first.

    Never more than there are: with fewer than `total` everybody is taken.
    """
    everybody = sum(sizes)
    if total >= everybody:
        return list(sizes)
    exact = [Fraction(total * size, everybody) for size in sizes]
    quotas = [floor(part) for part in exact]
    order = sorted(range(len(sizes)), key=lambda at: (quotas[at] - exact[at], -sizes[at], at))
    for at in order[: total - sum(quotas)]:
        quotas[at] += 1
    return quotas


def draw_key(seed: str, name: str) -> str:
    """What decides the place of `name`: HMAC-SHA256 under the seed, as hexadecimal digits."""
    return hmac.new(seed.encode(), name.encode(), "sha256").hexdigest()


def draw_order(seed: str, names: Iterable[str]) -> list[str]:
    """All names in an order that the seed alone decides: nobody can foresee it, and whoever has the seed can check it."""
    return sorted(names, key=lambda name: (draw_key(seed, name), name))


def stratified(seed: str, strata: Mapping[Stratum, Sequence[str]], total: int) -> dict[Stratum, Drawn]:
    """`total` names over the strata by their size; a name's weight is how many of its stratum it stands for."""
    quotas = largest_remainder(total, [len(names) for names in strata.values()])
    found = {}
    for (stratum, names), quota in zip(strata.items(), quotas, strict=True):
        order = draw_order(seed, names)
        found[stratum] = Drawn(tuple(order[:quota]), tuple(order[quota:]), len(order) / quota if quota else None)
    return found


def cell_weights(everybody: Mapping[Stratum, float], answered: Mapping[Stratum, int], fewest: int = 20) -> dict[Stratum, float] | None:
    """Post-stratification: how many each answer of a cell stands for; None while a cell has fewer than `fewest` answers."""
    if any(answered.get(cell, 0) < fewest for cell, size in everybody.items() if size):
        return None
    return {cell: size / answered[cell] for cell, size in everybody.items() if size}


def trimmed(weights: Sequence[float], times: float = 5.0) -> list[float]:
    """No weight above five times the median one, so that no single answer speaks for a crowd."""
    from nyckeltal.stats.quantile import quantile

    most = times * (quantile(weights, 0.5) or 0.0)
    return [min(weight, most) for weight in weights]
