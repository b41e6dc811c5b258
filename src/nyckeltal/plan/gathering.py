"""Gathers what rules ask beyond the plan: from the organisation, from figures through `kpi.ask`, and from what the plan's file states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.model.organisation import Agreement
from nyckeltal.plan import looked, stated
from nyckeltal.plan.around import Around
from nyckeltal.plan.goal import Plan

if TYPE_CHECKING:
    from nyckeltal.contacts.facts import Facts

A_MONTH = 30.44  # days
Rows = list[dict[str, Any]]


def gathered(
    plan: Plan,
    day: date | None = None,
    *,
    home: Path | str | None = None,
    facts: Facts | None = None,
    now: datetime | None = None,
    following: bool = True,
) -> Around:
    """Everything known on a day; by default today, or the day of the season that is nearest to it. Works without any data.

    What the home's `around.toml` states holds for every plan, what a plan's file states for that one. Without `following` what is about
    following up is left out, which is quicker. What figures of the home's own store tell is asked once, and kept (`plan/looked.py`).
    """
    from nyckeltal.kpi.catalogue import catalogue

    in_store = facts is None

    if facts is None:
        from nyckeltal.contacts.store import ContactStore

        facts = ContactStore(home).snapshot()
    moment = now or datetime.now(UTC)
    said = plan.stated.get("day")
    today = day or (said if isinstance(said, date) else min(max(moment.date(), plan.starts), plan.ends))
    around = organised(Around(today, catalogue(home)), facts)
    found = _told(plan, around, facts, home, moment, keeps=in_store and following, following=following)
    return stated.on(stated.on(replace(around, **found), stated.of_home(home)), plan.stated)


def _told(plan: Plan, around: Around, facts: Facts, home: Path | str | None, now: datetime, *, keeps: bool, following: bool) -> looked.Found:
    """By what was kept about the very same, else asked."""
    from nyckeltal.kpi.catalogue import edition
    from nyckeltal.plan.evidence import evidence

    if not keeps:
        return evidence(plan, around, facts, home, now, following=following)
    of, before = looked.about(plan, around.catalogue, facts, around.today, edition(home)), looked.kept(home, plan)
    if before is not None and before[0] == of:
        return before[1]
    found = evidence(plan, around, facts, home, now)
    looked.keep(home, plan, of, found)
    return found


def organised(around: Around, facts: Facts) -> Around:
    """With what the organisation's tables say: agreements, who serves whom, how many, how long."""
    tables = {name: facts.small(name).to_pylist() for name in ("agreement", "client", "queue", "team", "team_membership", "agent")}
    day = around.today
    queues = {row["queue_id"]: row for row in tables["queue"] if _holds(row, day)}
    of_team = {row["team_id"]: frozenset(row["queue_ids"] or ()) for row in tables["team"]}
    clients = {row["team_id"]: _clients(row, queues) for row in tables["team"]}
    return replace(
        around,
        names={row[f"{kind}_id"]: row["name"] for kind in ("client", "team") for row in tables[kind] if row["name"]},
        agreements=tuple(_agreement(row, queues) for row in tables["agreement"]),
        queues={team: found for team, found in of_team.items() if found},
        clients={team: found for team, found in clients.items() if found},
        channels=_channels(of_team, queues),
        agents=_counted(row["team_id"] for row in tables["team_membership"] if row["role"] == "agent" and _holds(row, day)),
        tenure_months={row["agent_id"]: (day - row["hired_on"]).days / A_MONTH for row in tables["agent"] if row["hired_on"]},
    )


def _holds(row: Mapping[str, Any], day: date) -> bool:
    first, after = row["valid_from"], row["valid_to"]
    return (first is None or first <= day) and (after is None or day < after)


def _agreement(row: Mapping[str, Any], queues: Mapping[str, Mapping[str, Any]]) -> Agreement:
    """Opening hours that it does not say may stand with all of its queues."""
    said = {each.name: row[each.name] for each in fields(Agreement) if row.get(each.name) is not None}
    named = tuple(said.get("queue_ids", ()))
    hours = [queue["calendar_id"] for name, queue in queues.items() if (name in named if named else queue["client_id"] == row["client_id"])]
    if hours and all(hours):
        said.setdefault("calendar_id", hours[0])
    return Agreement(**{**said, "queue_ids": named})


def _clients(team: Mapping[str, Any], queues: Mapping[str, Mapping[str, Any]]) -> frozenset[str]:
    """Those it names, and those of the queues that it answers for."""
    return frozenset(team["client_ids"] or ()) | {queues[name]["client_id"] for name in team["queue_ids"] or () if name in queues}


def _channels(of_team: Mapping[str, frozenset[str]], queues: Mapping[str, Mapping[str, Any]]) -> Mapping[str, frozenset[str]]:
    """Of teams by their queues, of clients by theirs."""
    found: dict[str, set[str]] = {}
    for team, names in of_team.items():
        found.setdefault(team, set()).update(queues[name]["channel"] for name in names if name in queues)
    for row in queues.values():
        found.setdefault(row["client_id"], set()).add(row["channel"])
    return {unit: frozenset(filter(None, channels)) for unit, channels in found.items() if any(channels)}


def _counted(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return found
