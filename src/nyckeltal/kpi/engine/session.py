"""The one DuckDB of this process, a cursor per request, and what has been found out about some facts before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

import duckdb

_kept_answers = 1000
_lock = Lock()
_asked: OrderedDict[object, Any] = OrderedDict()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:")
    con.execute("set global timezone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    con.execute("set parquet_metadata_cache = true")  # files of the store never change
    con.execute("set enable_external_file_cache = false")  # the system keeps at hand what was read of them; a second copy here is no quicker
    return con


class Cursor:
    """One cursor per request; what it registers goes with it."""

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        with _lock:
            self.con = _engine().cursor()
        return self.con

    def __exit__(self, *_: object) -> None:
        self.con.close()


def remembered(key: object, find: Callable[[], Any]) -> Any:
    """What `find` finds, from memory where it has been asked before."""
    with _lock:
        if key in _asked:
            return _asked[key]
    found = find()
    with _lock:
        _asked[key] = found
        while len(_asked) > _kept_answers:
            _asked.popitem(last=False)
    return found


def forget() -> None:
    """Nothing is remembered any more."""
    with _lock:
        _asked.clear()
