"""Moments and durations of the simulation as columns of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nyckeltal.demo.book import NEVER

_NO_TIME = timedelta()


def moments(values: Iterable[float]) -> pa.Array[Any]:
    """UTC moments to the millisecond; `NEVER` is missing."""
    seconds = np.fromiter(values, dtype=np.float64)
    missing = ~(seconds < NEVER)
    micro = np.rint(np.where(missing, 0, seconds) * 1000).astype(np.int64) * 1000
    return pa.array(micro, pa.timestamp("us", "UTC"), mask=missing)


def day_first(values: Iterable[float], zone: str) -> pa.Array[Any]:
    """Local times as 24.12.2026 09:30:00."""
    return _written(values, zone, lambda iso, _: f"{iso[8:10]}.{iso[5:7]}.{iso[:4]} {iso[11:]}")


def year_first(values: Iterable[float], zone: str) -> pa.Array[Any]:
    """Local times as 2026-12-24 09:30:00."""
    return _written(values, zone, lambda iso, _: f"{iso[:10]} {iso[11:]}")


def with_offset(values: Iterable[float], zone: str) -> pa.Array[Any]:
    """Local times as 2026-12-24T09:30:00+01:00."""
    return _written(values, zone, lambda iso, offset: f"{iso}{offset // 3600:+03d}:00")


def _written(values: Iterable[float], zone: str, form: Callable[[str, int], str]) -> pa.Array[Any]:
    """Whole seconds as a local clock shows them; `NEVER` is missing."""
    seconds = np.fromiter(values, dtype=np.float64)
    missing = ~(seconds < NEVER)
    utc = np.where(missing, 0, seconds).astype(np.int64)
    offsets = _offsets(utc, zone)
    shown = np.datetime_as_string((utc + offsets).astype("datetime64[s]")).tolist()
    return pa.array([form(iso, offset) for iso, offset in zip(shown, offsets.tolist(), strict=True)], pa.string(), mask=missing)


def local_months(values: Iterable[float], zone: str) -> list[str]:
    """The local month of each moment, as 2026-12."""
    utc = np.fromiter(values, dtype=np.float64).astype(np.int64)
    months: list[str] = np.datetime_as_string((utc + _offsets(utc, zone)).astype("datetime64[s]").astype("datetime64[M]")).tolist()
    return months


def _offsets(utc: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Each moment's offset from UTC; clocks change on the hour, so it is looked up once an hour."""
    here = ZoneInfo(zone)
    hours, which = np.unique(utc // 3600, return_inverse=True)
    found = [(datetime.fromtimestamp(hour * 3600, UTC).astimezone(here).utcoffset() or _NO_TIME).seconds for hour in hours.tolist()]
    return np.array(found, dtype=np.int64)[which]


def seconds(values: Iterable[float | None]) -> pa.Array[Any]:
    """Durations to the millisecond."""
    found = np.fromiter((np.nan if value is None else value for value in values), dtype=np.float64)
    return pa.array(np.round(found, 3), pa.float64(), mask=np.isnan(found))


def decimal_comma(values: Iterable[float | None]) -> list[str | None]:
    return [None if value is None else f"{value:.1f}".replace(".", ",") for value in values]
