"""The one DuckDB of this process, a cursor per request, and what has been found out about some facts before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import duckdb

from nyckeltal.contacts.schema import TABLES

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts

_kept_answers = 1000
_lock = Lock()
_asked: OrderedDict[object, Any] = OrderedDict()


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(":memory:")
    con.execute("set timezone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    return con


class Cursor:
    """One cursor per request; what it registers goes with it."""

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        with _lock:
            self.con = _engine().cursor()
        self.con.execute("set timezone = 'UTC'")
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


def zones_seen(facts: Facts) -> dict[str, str]:
    """The zone that a client's files named, for clients that have none themselves; from the latest months there are."""

    def find() -> dict[str, str]:
        with Cursor() as con:
            facts.attach(con, "contact", facts.months("contact")[-2:])
            found = con.sql("select client_id, max(zone) as zone from contact where zone is not null group by 1 order by 1").to_arrow_table().to_pylist()
        return {row["client_id"]: row["zone"] for row in found}

    seen: dict[str, str] = remembered(("zones", facts.id), find)
    return seen


def zones_named(facts: Facts, fact: str) -> frozenset[str]:
    """The zones that the files of a fact named."""

    def find() -> frozenset[str]:
        with Cursor() as con:
            facts.attach(con, fact)
            found = con.sql(f'select distinct zone from "{fact}" where zone is not null').to_arrow_table().column("zone").to_pylist()
        return frozenset(str(name) for name in found)

    named: frozenset[str] = remembered(("zones", facts.id, fact), find) if "zone" in TABLES[fact] else frozenset()
    return named
