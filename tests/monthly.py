"""Figures month by month, as they come out of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nyckeltal.kpi.answer import Figure


def label(at: int, first: str = "2024-01") -> str:
    year, month = map(int, first.split("-"))
    place = year * 12 + month - 1 + at
    return f"{place // 12}-{place % 12 + 1:02d}"


def months(values: Sequence[float | None], unit: str = "seconds", kpi: str = "aht", first: str = "2024-01", **said: Any) -> list[Figure]:
    return [
        Figure(kpi, 1, "default", label(at, first), {}, value, unit, reason=None if value is not None else "no_data", **said) for at, value in enumerate(values)
    ]


def shares(counts: Sequence[int], of: int | Sequence[int], kpi: str = "fcr", first: str = "2024-01") -> list[Figure]:
    ns = [of] * len(counts) if isinstance(of, int) else of
    return [
        Figure(kpi, 1, "default", label(at, first), {}, k / n, "share", numerator=float(k), denominator=float(n), n=n)
        for at, (k, n) in enumerate(zip(counts, ns, strict=True))
    ]
