"""What stands around a plan is gathered from the organisation and from figures; what nobody knows stays unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import plans
from nyckeltal.contacts.world import World
from nyckeltal.errors import BadPlan
from nyckeltal.plan.around import Ages, Around
from nyckeltal.plan.gathering import gathered
from nyckeltal.plan.members import members

DAY = date(2026, 3, 20)
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ORGANISATION: dict[str, list[dict[str, Any]]] = {
    "client": [{"client_id": "one", "name": "Client One"}],
    "queue": [
        {"queue_id": "calls", "client_id": "one", "channel": "voice", "calendar_id": "office"},
        {"queue_id": "mail", "client_id": "one", "channel": "email"},
    ],
    "calendar": [{"calendar_id": "office", "tz": "UTC", "weekly": "mo-su 00:00-24:00", "holidays": "2026"}],
    "agreement": [
        {"agreement_id": "sl", "client_id": "one", "queue_ids": ["calls"], "measure": "service_level", "threshold": 20, "valid_from": date(2025, 1, 1)},
        {"agreement_id": "asa", "client_id": "one", "measure": "asa", "target": 60, "valid_from": date(2025, 1, 1)},
    ],
    "team": [{"team_id": "nord", "name": "Team Nord", "queue_ids": ["calls", "mail"]}],
    "team_membership": [
        {"membership_id": "1", "agent_id": "anna", "team_id": "nord", "valid_from": date(2025, 1, 1)},
        {"membership_id": "2", "agent_id": "bengt", "team_id": "nord", "valid_from": date(2025, 1, 1), "valid_to": date(2026, 2, 1)},
        {"membership_id": "3", "agent_id": "cecilia", "team_id": "nord", "role": "leader", "valid_from": date(2025, 1, 1)},
    ],
    "agent": [{"agent_id": "anna", "hired_on": date(2026, 1, 20)}, {"agent_id": "bengt"}, {"agent_id": "cecilia"}],
    "reason": [
        {"reason_id": "bill", "level": 1, "label": "Bill", "demand_type": "failure", "responsible_area": "Billing"},
        {"reason_id": "other", "level": 1, "label": "Other"},
    ],
}
FACTS: dict[str, list[dict[str, Any]]] = {
    "contact": [
        {"contact_id": f"c{at}", "client_id": "one", "queue_id": "calls", "offered_at": datetime(2026, 2, 2 + at, 9, tzinfo=UTC), "reason_id": reason}
        for at, reason in enumerate(["bill", "bill", "other", None])
    ],
    "qa_evaluation": [
        {
            "evaluation_id": "e1",
            "contact_id": "c0",
            "agent_id": "anna",
            "completed_at": datetime(2026, 2, 10, 9, tzinfo=UTC),
            "score": 80.0,
            "channel": "voice",
        }
    ],
    "question": [{"question_id": "q", "measure": "csat", "scale": "1_10"}],
    "survey_response": [
        {"question_id": "q", "scale": "1_10", "value": 8, "answered_at": datetime(2026, month, day, 9, tzinfo=UTC)} for month, day in ((1, 1), (3, 10), (3, 15))
    ],
    "retention_case": [
        {"agent_id": "anna", "client_id": "one", "outcome": "kept", "requested_at": datetime(2026, month, 5, 9, tzinfo=UTC)} for month in (1, 1, 2)
    ],
}


def _gathered(tmp_path: Path, rows: dict[str, Any], plan: Any = None, **options: Any) -> Around:
    world = World.of(rows, known_until=NOW, defaults=True)
    return gathered(plan or plans.base(), DAY, home=tmp_path, facts=world, now=NOW, **options)


def test_the_organisation_says_who_serves_whom_and_how_long(tmp_path: Path) -> None:
    found = _gathered(tmp_path, ORGANISATION)
    assert found.today == DAY
    assert (found.queues, found.clients) == ({"nord": frozenset({"calls", "mail"})}, {"nord": frozenset({"one"})})
    assert found.channels == {"nord": frozenset({"voice", "email"}), "one": frozenset({"voice", "email"})}
    assert found.agents == {"nord": 1}  # Bengt has left, Cecilia leads
    assert found.tenure_months == {"anna": pytest.approx(59 / 30.44)}
    assert found.named("nord") == "Team Nord"
    by_measure = {one.measure: one for one in found.agreements}
    assert by_measure["service_level"].calendar_id == "office"  # of its one queue
    assert by_measure["asa"].calendar_id is None  # of one of the two queues nothing is known
    assert by_measure["service_level"].queue_ids == ("calls",)


def test_where_there_is_no_data_nothing_is_known_and_nothing_is_asked(tmp_path: Path) -> None:
    found = gathered(plans.base(), DAY, home=tmp_path)
    assert (found.forms, found.alpha, found.talks, found.unowned, found.reach) == (None, None, None, None, {})
    assert found.agreements == ()


def test_figures_tell_of_quality_demand_and_answers(tmp_path: Path) -> None:
    goals = [plans.goal("stay", "retention_rate", "agent", target=0.5), plans.goal("csat", "csat", "team", target=8)]
    plan = replace(plans.base(), goals=tuple(goals))
    found = _gathered(tmp_path, ORGANISATION | FACTS, plan)
    assert found.forms == frozenset({"voice"})
    assert found.unowned == 0.5  # one of no reason, one whose reason nobody answers for
    assert found.requests == {"anna": 1.5}  # two in January, one in February
    assert found.surveys["csat"] == Ages(5, 5)  # 15 March; the one of New Year is too old to be in the middle
    assert found.talks is None
    assert set(found.coverage) <= {"", "nord"}


def test_a_plan_that_is_being_written_asks_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.plan.evidence.SETTING", (lambda *_: {"alpha": 0.9},))
    monkeypatch.setattr("nyckeltal.plan.evidence.FOLLOWING", (lambda *_: {"late_days": {"contact": 1}},))
    rows = {"contact": FACTS["contact"][:1]}
    assert (_gathered(tmp_path, rows).alpha, _gathered(tmp_path, rows).late_days) == (0.9, {"contact": 1})
    quick = _gathered(tmp_path, rows, following=False)
    assert (quick.alpha, quick.late_days) == (0.9, {})


def test_what_is_stated_stands_over_what_was_found_the_plan_over_the_home(tmp_path: Path) -> None:
    (tmp_path / "around.toml").write_text('alpha = 0.7\nforms = ["chat"]\n[tenure_months]\nbengt = 40\n', encoding="utf-8")
    found = _gathered(tmp_path, ORGANISATION, replace(plans.base(), stated={"alpha": 0.85}))
    assert (found.alpha, found.forms) == (0.85, frozenset({"chat"}))
    assert set(found.tenure_months) == {"anna", "bengt"}


def test_a_home_that_states_something_wrongly_is_told(tmp_path: Path) -> None:
    (tmp_path / "around.toml").write_text('\nalpha = "high"\n', encoding="utf-8")
    with pytest.raises(BadPlan) as bad:
        gathered(plans.base(), DAY, home=tmp_path)
    assert [(issue.line, issue.field) for issue in bad.value.issues] == [(2, "alpha")]
    (tmp_path / "around.toml").write_text("alpha =", encoding="utf-8")
    with pytest.raises(BadPlan, match="not TOML"):
        gathered(plans.base(), DAY, home=tmp_path)


def test_the_day_is_today_or_the_day_of_the_season_that_is_nearest(tmp_path: Path) -> None:
    days = [gathered(plans.base(), home=tmp_path, now=datetime(year, 4, 1, tzinfo=UTC)).today for year in (2025, 2026, 2027)]
    assert days == [plans.STARTS, date(2026, 4, 1), plans.ENDS]
    assert gathered(replace(plans.base(), stated={"day": DAY}), home=tmp_path).today == DAY


def test_members_of_a_team_are_those_of_the_day(tmp_path: Path) -> None:
    world = World.of(ORGANISATION, known_until=NOW)
    assert members("nord", date(2026, 1, 15), facts=world) == ["anna", "bengt"]
    assert members("nord", DAY, facts=world) == ["anna"]
    assert members("syd", DAY, tmp_path) == []
