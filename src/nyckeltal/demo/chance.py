"""Seeded random numbers, drawn in blocks because the simulation asks for millions of single ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

_BLOCK = 65_536


class Chance:
    """`uniform`, `normal` and `exponential` (mean 1) give one number a call; `generator` draws arrays. One seed, one story."""

    def __init__(self, seed: int) -> None:
        uniforms, normals, exponentials, self.generator = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(4))
        self.uniform: Callable[[], float] = _one_by_one(uniforms.random)
        self.normal: Callable[[], float] = _one_by_one(normals.standard_normal)
        self.exponential: Callable[[], float] = _one_by_one(exponentials.standard_exponential)

    def around(self, spread: float) -> float:
        """A factor with mean 1 whose logarithm has this standard deviation."""
        return math.exp(spread * self.normal() - spread * spread / 2)


def _one_by_one(draw: Callable[[int], NDArray[np.float64]]) -> Callable[[], float]:
    def stream() -> Iterator[float]:
        while True:
            yield from draw(_BLOCK).tolist()

    return stream().__next__
