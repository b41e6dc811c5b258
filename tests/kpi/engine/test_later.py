"""Teams that are joined to the sums of days give the figures of teams that are joined to rows."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Answer
from nyckeltal.kpi.ask import ask
from nyckeltal.kpi.engine import later, shape


@cache
def _centre() -> World:
    """Anna changes her team within a month, Bengt is in none, and nobody's hold is known but Carin's."""
    contacts = [
        {"agent_id": agent, "offered_at": f"2026-03-{day:02}T{hour:02}:00:00Z", "talk_s": 60 * hour + day, "hold_s": 7 if agent == "carin" else None}
        for agent in ("anna", "bengt", "carin")
        for day in (2, 9, 17, 31)
        for hour in (9, 10, 11)
    ]
    contacts.append({"agent_id": "anna", "offered_at": "2026-03-17T12:00:00Z", "outcome": "abandoned"})
    members = [("anna", "nord", "2025-01-01", "2026-03-17"), ("anna", "syd", "2026-03-17", None), ("carin", "syd", "2025-01-01", None)]
    rows: dict[str, list[dict[str, Any]]] = {
        "contact": contacts,
        "agent": [{"agent_id": "anna", "site_id": "s1", "hired_on": "2025-12-10"}, {"agent_id": "bengt", "site_id": "s2"}, {"agent_id": "carin"}],
        "team": [{"team_id": "nord"}, {"team_id": "syd"}],
        "team_membership": [{"agent_id": who, "team_id": team, "valid_from": start, "valid_to": end} for who, team, start, end in members],
    }
    return World.of(rows, defaults=True)


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "team", "per": "month"},
        {"by": ("team", "agent"), "per": "week"},
        {"by": ("site", "tenure")},
        {"by": ("leader", "weekday", "channel"), "per": "day"},
        {"by": "team", "per": "month", "where": "agent != 'bengt'"},
    ],
)
def test_figures_by_team_are_the_same_however_teams_are_joined(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    centre, told = _centre(), []
    of_days = later._in_groups

    def counted(*args: Any) -> Any:
        told.append(args)
        return of_days(*args)

    def figures() -> Answer:
        shape._compiled.clear()
        return ask("contacts_handled", "aht", "transfer_rate", facts=centre, floor=0, start="2026-03", end="2026-03", **asked)

    monkeypatch.setattr(later, "_in_groups", counted)
    by_days = figures()
    assert told, "nothing was joined to sums of days"
    monkeypatch.setattr(later, "_can_wait", lambda *_: False)
    assert [figure.as_dict() for figure in by_days] == [figure.as_dict() for figure in figures()]
    assert any(figure.value for figure in by_days)


def test_what_teams_choose_or_persons_are_counted_of_is_joined_to_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    centre = _centre()
    monkeypatch.setattr(later, "_in_groups", lambda *_: pytest.fail("joined to sums of days"))
    shape._compiled.clear()
    for asked in ({"by": "team", "where": "team == 'syd'"}, {"by": "team", "least_persons": 2}, {"by": "team", "within": {"team": ["syd"]}}):
        assert ask("contacts_handled", facts=centre, floor=0, start="2026-03", end="2026-03", **asked).figures
