"""What figures of closed months were when they were final first, so that a later change of theirs is seen (kpi-reference 9.3.8).

A file for each month lies in the home, written when a month has closed (`closing.py`); a figure once written is never written over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.state import home_folder
from nyckeltal.when.period import Grain, Period, add_months

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.kpi.question import Question

FOLDER = "closed"
WATCHED_MONTHS = 6  # so long a figure of a closed month may still become final; what is not by then is not waited for
BY_DISPLAY = {"share": 0.001}  # a tenth of the unit in which people see a value (reference 9.3.8): 0.1 points of a share, else 0.1
USUAL = 0.1
Key = tuple[str, int, str, str]  # KPI, version, variant, and the group as text


@dataclass(frozen=True)
class Was:
    """The value with which a figure was final first, and up to when the store knew of loads as that was written."""

    value: float
    at: datetime


def marked(figures: Iterable[Figure], question: Question, facts: Facts, home: Path | str | None) -> tuple[Figure, ...]:
    """Figures with what they were, where they are of a closed month and have moved since. Only what is plainly the same question is compared."""
    found = tuple(figures)
    if question.where or question.set or question.whole or not (home_folder(home) / FOLDER).is_dir():
        return found
    return tuple(_marked(figure, question, facts, home_folder(home) / FOLDER) for figure in found)


def _marked(figure: Figure, question: Question, facts: Facts, folder: Path) -> Figure:
    month, group = _month(figure, question), _group(figure, question)
    if month is None or group is None or figure.provisional or figure.reason not in (None, "no_data"):
        return figure
    was = _read(folder / f"{month}.json").get((figure.kpi, figure.version, figure.variant, group))
    if was is None or not _moved(figure, was.value):
        return figure
    return replace(figure, revised_from=was.value, revised_since=_since(facts, Period.of(month), was.at))


def _moved(figure: Figure, was: float) -> bool:
    return figure.value is None or abs(figure.value - was) > BY_DISPLAY.get(figure.unit, USUAL) * (1 + 1e-9)


def _month(figure: Figure, question: Question) -> str | None:
    """The whole month that a figure is of."""
    if figure.period:
        whole = len(figure.period) == len("2026-03") and question.per is Grain.MONTH
        asked = Period.of(figure.period) if whole else None
        first, last = question.first, question.last
        return figure.period if asked and (first is None or first <= asked.start) and (last is None or last >= asked.last) else None
    if question.per or not question.first or not question.last:
        return None
    period = Period.days(question.first, question.last)
    return period.label if period.grain is Grain.MONTH else None


def _group(figure: Figure, question: Question) -> str | None:
    """Whom a figure is of, by what it was asked and narrowed by; None where that is no single group."""
    narrowed = dict(question.within)
    if any(len(ids) != 1 and name not in figure.by for name, ids in narrowed.items()):
        return None
    return _text({name: ids[0] for name, ids in narrowed.items() if len(ids) == 1} | dict(figure.by))


def _text(group: Mapping[str, Any]) -> str:
    return json.dumps(dict(sorted(group.items())), default=str, ensure_ascii=False)


def is_open(file: Path, data: str, now: datetime) -> bool:
    """Whether something of a month may still be missing in its file: never looked at, or not all was final and data or day are others now."""
    if not file.is_file():
        return True
    told = json.loads(file.read_text("utf-8"))
    young = Period.of(file.stem).start >= add_months(now.date().replace(day=1), -WATCHED_MONTHS)
    return bool(told["open"]) and young and [told["data"], told["day"]] != [data, now.date().isoformat()]


def write(file: Path, figures: Collection[Figure], facts: Facts, now: datetime) -> None:
    """What is new beside what stands, whole or not at all."""
    had = json.loads(file.read_text("utf-8"))["figures"] if file.is_file() else []
    known = {tuple(one[:4]) for one in had}
    known_at = max(_moments(facts.small("load").to_pylist()), default=now)
    final = [_entry(figure, known_at) for figure in figures if not figure.provisional]
    told = {
        "data": facts.id,
        "day": now.date().isoformat(),
        "open": sum(figure.provisional for figure in figures),
        "figures": [*had, *(one for one in final if tuple(one[:4]) not in known)],
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    being_written = file.with_name(f".{file.name}.{os.getpid()}")
    being_written.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    being_written.replace(file)


def _entry(figure: Figure, known_at: datetime) -> list[Any]:
    return [figure.kpi, figure.version, figure.variant, _text(figure.by), figure.value, known_at.astimezone(UTC).isoformat()]


def _read(file: Path) -> Mapping[Key, Was]:
    return _kept(str(file), file.stat().st_mtime_ns) if file.is_file() else {}


@lru_cache(maxsize=256)
def _kept(file: str, _edition: int) -> Mapping[Key, Was]:
    told = json.loads(Path(file).read_text("utf-8"))["figures"]
    return {(kpi, version, variant, group): Was(value, datetime.fromisoformat(at)) for kpi, version, variant, group, value, at in told}


def _since(facts: Facts, period: Period, at: datetime) -> date | None:
    """The day of the first load, or of the first taken back, that may have moved a month after it was final."""
    moments = _moments(row for row in facts.small("load").to_pylist() if _touches(row, period))
    return min((moment.date() for moment in moments if moment > at), default=None)


def _moments(loads: Iterable[Mapping[str, Any]]) -> list[datetime]:
    """When they came in, when they were taken back, and when they or rows that they shared came again."""
    return [moment for load in loads for name in ("loaded_at", "undone_at", "read_again_at") if (moment := load[name])]


def _touches(row: Mapping[str, Any], period: Period) -> bool:
    """Whether a load brought something new that may be of these days; the organisation is of all days."""
    counts = json.loads(row["counts"] or "{}")
    if not any(isinstance(each, dict) and (each.get("new") or each.get("changed")) for each in counts.values()):
        return False
    stretches = [stretch for clients in json.loads(row["kinds"] or "{}").values() for stretch in clients.values()]
    days = [(datetime.fromisoformat(start).date(), datetime.fromisoformat(end).date()) for start, end in stretches]
    return not days or any(start < period.end and end >= period.start for start, end in days)
