"""Measure customer service, choose the few figures that matter, and explain every one of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from nyckeltal.contacts.organisation.edit import Edit
    from nyckeltal.kpi.ask import ask, explain
    from nyckeltal.kpi.question import Question
    from nyckeltal.plan.goal import Plan
    from nyckeltal.server import connect
    from nyckeltal.sources.load import LoadReport
    from nyckeltal.when.period import Period

__all__ = ["Period", "Plan", "Question", "ask", "connect", "edit", "explain", "join", "load", "undo"]

_FOUND_IN = {
    "ask": "nyckeltal.kpi.ask",
    "explain": "nyckeltal.kpi.ask",
    "connect": "nyckeltal.server",
    "Question": "nyckeltal.kpi.question",
    "Period": "nyckeltal.when.period",
    "Plan": "nyckeltal.plan.goal",
}


def __getattr__(name: str) -> Any:
    """Imported when first used: `import nyckeltal` alone loads nothing that takes time."""
    if name not in _FOUND_IN:
        raise AttributeError(f"module 'nyckeltal' has no attribute {name!r}")
    return getattr(import_module(_FOUND_IN[name]), name)


def load(paths: str | Path | Iterable[str | Path], *, home: Path | str | None = None, now: datetime | None = None, **options: Any) -> LoadReport:
    """Read files or folders into the store (options: those of `sources.load.load`), then judge the promises that they touch."""
    from nyckeltal.sources import load as loading

    _months_kept(home, now)
    report = loading.load(paths, home=home, now=now, **options)
    return report if report.already else promises_judged(report, home, now)


def undo(load_id: str, *, home: Path | str | None = None, now: datetime | None = None) -> LoadReport:
    """Take a load back whole, then judge the promises again."""
    from nyckeltal.sources import load as loading

    _months_kept(home, now)
    return promises_judged(loading.undo(load_id, home=home, now=now), home, now)


def edit(change: Edit, *, home: Path | str | None = None, now: datetime | None = None, by: str | None = None, **options: Any) -> LoadReport:
    """Change the organisation, as a load of its own (options: those of `contacts.organisation.edit.put`), then judge the promises that it touches."""
    from datetime import UTC, datetime

    from nyckeltal.contacts.organisation.edit import put
    from nyckeltal.sources.report import LoadReport, counts_from

    moment = now or datetime.now(UTC)
    _months_kept(home, moment)
    merged = put(change, home=home, now=moment, by=by, **options)
    report = promises_judged(LoadReport(merged.load_id, [], facts=counts_from({}, merged.counts)), home, moment)
    report.already = merged.already
    return report


def join(home: Path | str | None = None, now: datetime | None = None) -> bool:
    """Let changed rules about contacts that two sources tell of take effect at once, then judge the promises again; whether any had changed."""
    from datetime import UTC, datetime

    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.sources.report import LoadReport

    moment = now or datetime.now(UTC)
    store = ContactStore(home)
    if not store.rules_changed:
        return False
    _months_kept(home, moment)
    store.join(now=moment)
    promises_judged(LoadReport("", []), home, moment)
    return True


def _months_kept(home: Path | str | None, now: datetime | None) -> None:
    """What is final before something new comes in is written down, so that a later change of it is seen; what keeps it from that keeps out no data."""
    from contextlib import suppress
    from datetime import UTC, datetime

    from nyckeltal.contacts.state import home_folder
    from nyckeltal.kpi.closed import FOLDER

    if not (home_folder(home) / FOLDER).is_dir():
        return
    from nyckeltal.errors import UserMistake
    from nyckeltal.kpi import closing

    with suppress(UserMistake):
        closing.keep_before(home, now or datetime.now(UTC))


def promises_judged(report: LoadReport, home: Path | str | None = None, now: datetime | None = None) -> LoadReport:
    """What was loaded stands whatever comes of the promises and of the sums by day; what keeps them from being made is told as a warning of its report."""
    from datetime import UTC, datetime

    from nyckeltal.contacts.store import ContactStore
    from nyckeltal.errors import UserMistake
    from nyckeltal.kpi.upkeep import keep

    try:
        keep.keep(home)
        if ContactStore(home).snapshot().small("agreement").num_rows:
            from nyckeltal.kpi import promises

            if promises.keep(home, now or datetime.now(UTC), report.warnings):
                keep.keep(home)
    except UserMistake as mistake:
        report.warnings.append(mistake.text)
    return report
