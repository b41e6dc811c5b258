"""Random centres of people who sell, keep customers, are ill, talk and are asked: with gaps, in several zones and teams."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

Rows = dict[str, list[dict[str, Any]]]
Value = TypeVar("Value")

KNOWN_UNTIL = datetime(2026, 6, 5, tzinfo=UTC)
PERIOD = (date(2026, 1, 1), date(2026, 6, 1))
AGENTS = [f"a{number}" for number in range(7)]
CLIENTS, TEAMS = ("one", "two"), ("nord", "syd")
SCALES = {"easy": ("ces", "1_7"), "whole": ("total", "0_10"), "heard": ("total", "1_5"), "recommend": ("enps", "0_10"), "satisfied": ("satisfaction", "1_10")}


class Draw(random.Random):
    """Draws what rows are made of."""

    def maybe(self, value: Value, missing: float = 0.2) -> Value | None:
        return None if self.random() < missing else value

    def moment(self, first: int = 0, last: int = 150) -> datetime:
        """Some minute of some day of the year."""
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=self.randrange(first * 1440, last * 1440))

    def day(self, year: int) -> date:
        return date(year, self.randrange(1, 13 if year < 2026 else 6), self.randrange(1, 28))


def rows(seed: int) -> Rows:
    draw = Draw(seed)
    found = _organisation(draw)
    found["contact"] = [_contact(draw, number) for number in range(60)]
    return found | _trade(draw) | _voices(draw) | _work(draw)


def _organisation(draw: Draw) -> Rows:
    agents = [
        {
            "agent_id": who,
            "tz": draw.maybe("Europe/Stockholm", 0.4),
            "hired_on": draw.maybe(draw.day(2025), 0.3),
            "left_on": draw.maybe(draw.day(2026), 0.7),
            "left_kind": draw.choice(("voluntary", "other", None)),
        }
        for who in AGENTS
    ]
    roles = ("agent",) * 5 + ("planner",)
    members: list[dict[str, Any]] = [{"agent_id": who, "team_id": draw.choice(TEAMS), "valid_from": date(2025, 1, 1)} for who in AGENTS]
    members = [member | {"role": draw.choice(roles), "valid_to": draw.maybe(draw.day(2026), 0.6)} for member in members]
    leaders = [{"agent_id": "boss", "team_id": team, "valid_from": date(2025, 1, 1), "role": "leader"} for team in TEAMS]
    return {
        "client": [{"client_id": "one", "tz": "Europe/Stockholm"}, {"client_id": "two", "tz": "America/New_York"}],
        "queue": [{"queue_id": "q1", "client_id": "one", "tz": "Europe/Helsinki"}, {"queue_id": "q2", "client_id": "two"}],
        "agent": agents,
        "employment": _numbered("employment_id", [contract for who in AGENTS for contract in _contracts(draw, who)]),
        "team": [{"team_id": team} for team in TEAMS],
        "team_membership": _numbered("membership_id", [*members, *leaders]),
        "question": [{"question_id": name, "measure": measure, "scale": scale} for name, (measure, scale) in SCALES.items()],
    }


def _contracts(draw: Draw, who: str) -> list[dict[str, Any]]:
    """None, one, or one after the other."""
    changes = draw.maybe(draw.day(2026), 0.6)
    first = {
        "agent_id": who,
        "valid_from": date(2025, 3, 1),
        "valid_to": changes,
        "hours_week": draw.choice((20.0, 37.5, 40.0)),
        "day_h": draw.choice((6.0, 8.0)),
    }
    then = {"agent_id": who, "valid_from": changes, "valid_to": draw.maybe(date(2026, 5, 28), 0.7), "hours_week": 30.0, "day_h": 7.5}
    return [] if draw.random() < 0.2 else [first, then] if changes else [first]


def _contact(draw: Draw, number: int) -> dict[str, Any]:
    fitting = {"upsell_eligible": draw.maybe(draw.random() < 0.6), "upsell_offered": draw.maybe(draw.random() < 0.5)}
    place = {
        "client_id": draw.choice(CLIENTS),
        "queue_id": draw.choice(("q1", "q2", None)),
        "channel": draw.choice(("voice", "chat")),
        "offered_at": draw.moment(),
    }
    ended = {"outcome": "abandoned"} if draw.random() < 0.3 else {"outcome": "answered", "own_agent_id": draw.choice(AGENTS)}
    return {"contact_id": f"c{number}", **place, **fitting, **ended}


def _about(draw: Draw) -> dict[str, Any]:
    """Of whose customer, of which contact, by whom."""
    return {"client_id": draw.choice(CLIENTS), "contact_id": draw.maybe(f"c{draw.randrange(60)}", 0.4), "agent_id": draw.maybe(draw.choice(AGENTS))}


def _trade(draw: Draw) -> Rows:
    sales = [_about(draw) | {"sold_at": draw.moment(), "kind": draw.choice(("new", "upsell")), "accepted": draw.random() < 0.8} for _ in range(80)]
    requests = [_about(draw) | {"requested_at": draw.moment(), "outcome": draw.choice(("kept", "kept", "lost", "pending", None))} for _ in range(60)]
    orders = [_about(draw) | {"ordered_at": draw.moment(-400), "customer_key": draw.maybe(draw.choice("ABCDEFGH")), "currency": "SEK"} for _ in range(90)]
    months = [{"client_id": client, "month_start": date(2026, month, 1)} for month in range(1, 6) for client in CLIENTS]
    return {
        "sale": _numbered("sale_id", [_later(draw, row, "sold_at", "cancelled_at", (0, 3, 14, 14.001, 30, -1)) for row in sales]),
        "retention_case": _numbered("retention_id", [_later(draw, row, "requested_at", "lost_at", (0, 20, 30, 31, 60)) for row in requests]),
        "order": _numbered("order_id", [row | {"amount": draw.maybe(draw.randrange(100, 99_999), 0.1)} for row in orders]),
        "customer_base_month": _numbered("base_id", [row | {name: draw.maybe(draw.randrange(50), 0.1) for name in ("new", "churned")} for row in months]),
    }


def _later(draw: Draw, row: dict[str, Any], first: str, then: str, days: tuple[float, ...]) -> dict[str, Any]:
    return row | {then: draw.maybe(row[first] + timedelta(days=draw.choice(days)), 0.6)}


def _voices(draw: Draw) -> Rows:
    outcomes = ("complete", "complete", "partial", "refusal", "non_contact", "ineligible", "unknown", None)
    invitations = _numbered("invitation_id", [_about(draw) | {"drawn_at": draw.moment(), "outcome": draw.choice(outcomes)} for _ in range(80)])
    evaluations = [_about(draw) | {"agent_id": draw.choice(AGENTS), "purpose": draw.choice(("sample", "sample", "coaching"))} for _ in range(50)]
    items = [
        {"evaluation_id": f"evaluation_id-{draw.randrange(50)}", "item_id": draw.choice(("upsell_offer", "greeting")), "scale": "yes_no"} for _ in range(80)
    ]
    weeks = [{"team_id": draw.choice(TEAMS), "week": date(2026, 1, 5) + timedelta(weeks=draw.choice((0, 9, 13)))} for _ in range(90)]
    return {
        "survey_invitation": invitations,
        "survey_response": _numbered("response_id", [_answer(draw, draw.choice(invitations)) for _ in range(150)]),
        "employee_response": _numbered("answer_id", [row | {"question_id": draw.choice(("recommend", "satisfied")), "value": _mark(draw)} for row in weeks]),
        "qa_evaluation": _numbered(
            "evaluation_id", [row | {"completed_at": draw.maybe(draw.moment(), 0.1), "started_at": draw.moment()} for row in evaluations]
        ),
        "qa_answer": _numbered("answer_id", [row | {"value_n": draw.maybe(float(draw.randrange(2))), "is_na": draw.random() < 0.1} for row in items]),
    }


def _answer(draw: Draw, invitation: dict[str, Any]) -> dict[str, Any]:
    asked = draw.choice(("easy", "whole", "heard"))
    told = {"question_id": asked, "scale": SCALES[asked][1], "value": _mark(draw, 6), "weight": draw.choice((1.0, 2.0, 0.5))}
    about = {"invitation_id": invitation["invitation_id"], "client_id": invitation["client_id"]}
    return {**about, **told, "answered_at": invitation["drawn_at"] + timedelta(hours=draw.randrange(1, 99))}


def _mark(draw: Draw, end: int = 11) -> float | None:
    return draw.maybe(float(draw.randrange(1, end)), 0.1)


def _work(draw: Draw) -> Rows:
    illness = [{"agent_id": draw.choice(AGENTS), "kind": draw.choice(("sick", "sick", "care")), "started_at": draw.moment(20, 140)} for _ in range(25)]
    illness = [_later(draw, row, "started_at", "ended_at", (0.2, 0.4, 2, 5)) for row in illness]
    talks = [{"agent_id": draw.choice(AGENTS), "leader_id": "boss", "held_at": draw.moment(10)} for _ in range(40)]
    return {
        "absence": _numbered("absence_id", [row | {"hours": draw.maybe(float(draw.randrange(2, 40)), 0.6), "days": draw.maybe(1.5, 0.5)} for row in illness]),
        "feedback_talk": _numbered("talk_id", talks),
        "agent_state": _numbered("state_id", [state for who in AGENTS[:6] for day in range(40) if draw.random() < 0.6 for state in _states(draw, who, day)]),
    }


def _states(draw: Draw, who: str, day: int) -> list[dict[str, Any]]:
    """A day of one state after another."""
    at, found = datetime(2026, 2, 10, 7, tzinfo=UTC) + timedelta(days=day), []
    for state in draw.sample(("available", "talking", "break", "acw", "offline_work", "logged_out"), 4):
        until = at + timedelta(minutes=draw.randrange(20, 200))
        found.append({"agent_id": who, "state": state, "started_at": at, "ended_at": until})
        at = until
    return found


def _numbered(key: str, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: f"{key}-{number}", **row} for number, row in enumerate(found)]
