"""What stands around a season's plan, as far as it is known: what takes long is asked aside, and kept in the home for every process."""

from __future__ import annotations

import logging
import threading
from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.utils import timezone

from nyckeltal.plan import looked, stated
from nyckeltal.plan.around import Around
from nyckeltal.plan.gathering import gathered
from nyckeltal.plan.goal import Plan
from nyckeltal.plan.kept import kept
from nyckeltal.plan.links import opposition
from nyckeltal.plan.looked import About
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.organisation import agents, clients, teams
from nyckeltal.web.plan import stored
from nyckeltal.web.plan.models import Season

log = logging.getLogger(__name__)
Known = Literal["known", "asking", "failed"]  # whether what figures tell is known, being worked out, or could not be
MOST_KEPT = 16  # in this process: each holds the catalogue, which no cache takes
_kept: dict[str, tuple[About, Around, Known]] = {}  # by plan
_asking = threading.Lock()


@dataclass(frozen=True)
class Surroundings:
    """`edition` is by what that which was found is known again."""

    around: Around
    edition: Hashable
    known: Known


def of(plan: Plan) -> Surroundings:
    """What is asked of figures comes with a later look; until then what was found before, or what is at hand. Found for the same goals from
    somewhat older data it is good enough, and asked anew aside."""
    today, home = timezone.now().date(), settings.NYCKELTAL_HOME
    named = {**agents(), **clients(), **teams()}
    at_hand = Around(today, asking.kpis(), names=named, opposition=opposition(kept(home)))
    wanted = looked.about(plan, at_hand.catalogue, facts.current(), today, asking.stamp())
    about, found, known = _found(plan, wanted, at_hand)
    pulling = {**at_hand.opposition, **found.opposition}
    around = stated.on(replace(found, names={**found.names, **named}, opposition=pulling), plan.stated)
    return Surroundings(around, (about, tuple(pulling.items())), known)


def _found(plan: Plan, wanted: About, at_hand: Around) -> tuple[About | None, Around, Known]:
    held = _kept.get(plan.id)
    if held is None or held[0] != wanted:
        _ask_aside(plan, wanted, written=_is_written(plan, wanted))
        held = _kept.get(plan.id, held)
    if held is None:
        return None, at_hand, "asking" if _anything_loaded() else "known"
    return held[0], held[1], held[2] if held[0].plan == wanted.plan else "asking"


def _anything_loaded() -> bool:
    return (settings.NYCKELTAL_HOME / "state.json").exists()


def _is_written(plan: Plan, wanted: About) -> bool:
    before = looked.kept(settings.NYCKELTAL_HOME, plan)
    return before is not None and before[0] == wanted


def _ask_aside(plan: Plan, wanted: About, *, written: bool) -> None:
    """One at a time; at once where another process has asked, and nothing before the first load."""
    if not _anything_loaded() or not _asking.acquire(blocking=False):
        return
    args = (plan, wanted, settings.NYCKELTAL_HOME, timezone.now())
    if written:
        _gather(*args)
    else:
        threading.Thread(target=_gather, args=args, name="plan", daemon=True).start()


def _gather(plan: Plan, wanted: About, home: Path, now: datetime) -> None:
    known: Known = "known"
    try:
        found = gathered(plan, now.date(), home=home)
    except Exception:  # a page without these rules is better than none; it says so
        log.exception("What the rules of %s rest on could not be worked out", plan.id)
        found, known = Around(now.date(), asking.kpis()), "failed"
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[plan.id] = (wanted, found, known)
    _asking.release()


def work_out(now: datetime) -> int:
    """Of every season that is not over, where it is not known yet: before anybody opens its page. How many are known then."""
    seasons = [stored.plan(season) for season in Season.objects.open()] if _anything_loaded() else []
    for plan in seasons:
        gathered(plan, now.date(), home=settings.NYCKELTAL_HOME)
    return len(seasons)
