"""Writes down what is final when a month has closed: every night, and before anything new is taken in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts.state import home_folder
from nyckeltal.kpi import closed
from nyckeltal.kpi.ask import answer
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.focus import focus
from nyckeltal.kpi.organisation import organisation
from nyckeltal.kpi.question import Question
from nyckeltal.when.clock import midnight, month_closed_on
from nyckeltal.when.period import Grain, Period

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.answer import Figure

LEVELS: tuple[tuple[str, ...], ...] = ((), ("client",), ("team",))


def keep(home: Path | str | None, now: datetime, facts: Facts | None = None) -> list[str]:
    """Write what is final of the months that have closed and is not written yet; the months that were looked at."""
    if facts is None:
        from nyckeltal.contacts.store import ContactStore

        facts = ContactStore(home).snapshot()
    folder = home_folder(home) / closed.FOLDER
    wanted = [month for month in facts.months("contact") if _has_closed(month, facts, now) and closed.is_open(folder / f"{month}.json", facts.id, now)]
    if wanted:
        found = _final(wanted, facts, home, now)
        for month in wanted:
            closed.write(folder / f"{month}.json", [figure for figure in found if figure.period == month], facts, now)
    return wanted


def keep_before(home: Path | str | None, now: datetime) -> None:
    """The same before something new is taken in, in a home where months are kept at all: it asks first, and no load of a new home shall wait for that."""
    if (home_folder(home) / closed.FOLDER).is_dir():
        keep(home, now)


def _has_closed(month: str, facts: Facts, now: datetime) -> bool:
    """For whoever is last: on business day 5 of the next month, holidays known."""
    around = organisation(facts)
    closed_on = month_closed_on(Period.of(month).start, around.holidays())
    return max(midnight(closed_on, zone) for zone in {*around.zones.values(), "UTC"}) <= now


def _final(months: Collection[str], facts: Facts, home: Path | str | None, now: datetime) -> list[Figure]:
    """The figures of these months for the whole, every client and every team."""
    first, last = Period.of(min(months)).start, Period.of(max(months)).last
    asked = [Question.of(*_kpis(facts, home), by=by, per=Grain.MONTH, start=first, end=last, floor=0) for by in LEVELS]
    return [figure for question in asked for figure in answer(question, facts, home, now) if figure.value is not None]


def _kpis(facts: Facts, home: Path | str | None) -> list[str]:
    """Those in focus, those that something is promised of, and how many there were."""
    agreed = {row["measure"] for row in facts.small("agreement").to_pylist()} & catalogue(home).keys()
    return sorted({"contacts_offered", *agreed, *(kpi for role in focus().values() for kpi in role)})
