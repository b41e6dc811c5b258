"""Moments and durations of the simulation as columns of a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from nyckeltal.demo.book import NEVER


def moments(values: Iterable[float]) -> pa.Array:
    """UTC moments to the millisecond; `NEVER` is missing."""
    seconds = np.fromiter(values, dtype=np.float64)
    missing = ~(seconds < NEVER)
    micro = np.rint(np.where(missing, 0, seconds) * 1000).astype(np.int64) * 1000
    return pa.array(micro, pa.timestamp("us", "UTC"), mask=missing)


def local_moments(values: Iterable[float], zone: str, form: str | None) -> list[str | None]:
    """Moments as a local clock shows them, whole seconds, missing where `NEVER`; without a form ISO with the offset."""
    here = ZoneInfo(zone)
    locals_ = (datetime.fromtimestamp(int(value), here) if value < NEVER else None for value in values)
    return [None if each is None else each.strftime(form) if form else each.isoformat() for each in locals_]


def seconds(values: Iterable[float | None]) -> pa.Array:
    """Durations to the millisecond."""
    return pa.array([None if value is None else round(value, 3) for value in values], pa.float64())


def decimal_comma(values: Iterable[float | None]) -> list[str | None]:
    return [None if value is None else f"{value:.1f}".replace(".", ",") for value in values]
