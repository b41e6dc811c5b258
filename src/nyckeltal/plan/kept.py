"""Which key figures pull against each other in own figures, written down every night: pages that warn while one types cannot ask for all agents."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.state import home_folder
from nyckeltal.plan.links import Link, links
from nyckeltal.when.period import add_months

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.definition import Kpi

FILE = "links.json"
LOOKED_BACK = 24  # months


def keep(home: Path | str | None, now: datetime, facts: Facts | None = None) -> bool:
    """Look again where months, data or definitions are others than those looked at; whether that was so."""
    from nyckeltal.kpi.catalogue import catalogue

    if facts is None:
        from nyckeltal.contacts.store import ContactStore

        facts = ContactStore(home).snapshot()
    path, known = home_folder(home) / FILE, catalogue(home)
    about = {"data": facts.id, "month": f"{now:%Y-%m}", "kpis": {kpi: known[kpi].version for kpi in _goals_of_persons(known)}}
    if _about(path) == about:
        return False
    first = add_months(now.date().replace(day=1), -LOOKED_BACK)
    found = links(_goals_of_persons(known), known, start=first, end=now.date(), facts=facts, home=home, now=now)
    told = [asdict(link) for link in found if link.verdict is not None]
    new = path.with_name(f"{FILE}.{os.getpid()}")
    new.write_text(json.dumps({"about": about, "links": told}, indent=1) + "\n", encoding="utf-8")
    new.replace(path)
    return True


def _about(path: Path) -> object:
    """What was looked at last; a file of another form tells nothing."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said.get("about") if isinstance(said, dict) and _links(said) is not None else None


def kept(home: Path | str | None = None) -> tuple[Link, ...]:
    """Every pair of which own figures could tell when they were looked at last; none before that."""
    path = home_folder(home) / FILE
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        return ()
    return _read(path, changed)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> tuple[Link, ...]:
    try:
        return _links(json.loads(path.read_text(encoding="utf-8"))) or ()
    except ValueError:
        return ()


def _links(said: Any) -> tuple[Link, ...] | None:
    """None where it was written by an earlier version: the night makes it anew."""
    try:
        rows = said["links"]
        return tuple(replace(Link(row["first"], row["second"], row["by"], row["known"]), **row | {"balanced_by": tuple(row["balanced_by"])}) for row in rows)
    except (KeyError, TypeError):
        return None


def _goals_of_persons(catalogue: Mapping[str, Kpi]) -> list[str]:
    """What may be a goal of one person, and is counted by person."""
    return sorted(kpi.id for kpi in catalogue.values() if "agent" in kpi.goal and not kpi.said(None, "agent").refused)
