"""SQL compiled once per shape of a question: days and the asker's own ids are marks in it, filled in at each request."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from nyckeltal.kpi.compile import Scan
from nyckeltal.kpi.engine.runner import Runner, runner

if TYPE_CHECKING:
    import ibis

_random = secrets.token_hex(8)  # so that nothing a person writes can look like a mark
first_mark, last_mark = f"{_random}-first", f"{_random}-last"
_compiled: OrderedDict[object, str] = OrderedDict()
_kept = 1000
_lock = Lock()


def ids_mark(dimension: str) -> str:
    """What stands in the SQL for the values of a dimension that the asker may see."""
    return f"{_random}-{dimension}"


def sql_of(scan: Scan, rest: tuple[object, ...], build: Callable[[], ibis.Table]) -> str:
    """The SQL of a scan; `rest` is what else decides how it looks, `build` writes it where the shape is new."""
    return _filled(compiled((_shape(scan), *rest), build), scan, runner())


def _shape(scan: Scan) -> Scan:
    """The scan without what is filled in later: only whether there is something counts."""
    within = tuple((dimension, ("",) if ids else ()) for dimension, ids in scan.within)
    return replace(scan, first=scan.first and date.min, last=scan.last and date.min, within=within)


def _filled(template: str, scan: Scan, by: Runner) -> str:
    marks = {first_mark: (scan.first,), last_mark: (scan.last,)} | {ids_mark(dimension): ids for dimension, ids in scan.within}
    for mark, values in marks.items():
        template = template.replace(f"'{mark}'", ", ".join(by.text(str(value)) for value in values))
    return template


def compiled(shape: tuple[object, ...], build: Callable[[], ibis.Table]) -> str:
    """The SQL of an expression, written where its shape is new to the engine."""
    by = runner()
    key = (by.name, *shape)
    with _lock:
        if sql := _compiled.get(key):
            _compiled.move_to_end(key)
            return sql
    written = by.written(build())
    with _lock:
        _compiled[key] = written
        while len(_compiled) > _kept:
            _compiled.popitem(last=False)
    return written
