"""Gathers what rules ask beyond the plan: from the organisation, from figures through `kpi.ask`, and from what the plan's file states."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from nyckeltal.contacts.state import home_folder
from nyckeltal.plan import stated
from nyckeltal.plan.around import Around
from nyckeltal.plan.evidence import with_figures
from nyckeltal.plan.goal import Plan


def gathered(plan: Plan, day: date | None = None, *, home: Path | str | None = None) -> Around:
    """Everything known on a day; by default today, or the day of the season that is nearest to it. Works without any data."""
    from nyckeltal.kpi.catalogue import catalogue

    said = plan.stated.get("day")
    today = day or (said if isinstance(said, date) else min(max(datetime.now(UTC).date(), plan.starts), plan.ends))
    around = stated.on(Around(today, catalogue(home)), plan.stated)
    return with_figures(plan, around, home=home) if (home_folder(home) / "state.json").exists() else around
