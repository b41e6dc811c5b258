"""Who is in a team on a day, by the organisation that was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nyckeltal.contacts.facts import Facts


def members(team: str, day: date, home: Path | str | None = None, facts: Facts | None = None) -> Sequence[str]:
    """The agents of a team on a day, by id; its leader is none."""
    if facts is None:
        from nyckeltal.contacts.store import ContactStore

        facts = ContactStore(home).snapshot()
    rows = facts.small("team_membership").to_pylist()
    return sorted({row["agent_id"] for row in rows if row["team_id"] == team and row["role"] == "agent" and _holds(row, day)})


def _holds(row: dict[str, date | None], day: date) -> bool:
    first, after = row["valid_from"], row["valid_to"]
    return (first is None or first <= day) and (after is None or day < after)
