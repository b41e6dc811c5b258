"""What was put into the demo's data, so that what is later found in it can be checked."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nyckeltal.demo import customers, evaluations, floor, leading, offers, staff, voices, workforce, written
from nyckeltal.demo.book import Leg
from nyckeltal.demo.columns import local_months
from nyckeltal.demo.company import LIVE, QUEUES
from nyckeltal.demo.events import Span
from nyckeltal.demo.files import Files
from nyckeltal.demo.names import sign
from nyckeltal.demo.notes import Habit
from nyckeltal.demo.reasons import TOPICS, hard
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import by_telephone

SHORT_S = 5.0


@dataclass(frozen=True)
class Truth:
    """Parameters and events of one demo. `timings` (seconds) are of this run and not written down."""

    seed: int
    scale: float
    first_day: str
    last_day: str
    parameters: dict[str, float]
    opposing: dict[str, Any]
    case_mix: dict[str, Any]
    events: dict[str, Any]
    queues: dict[str, dict[str, Any]]
    reasons: dict[str, dict[str, Any]]
    agents: dict[str, dict[str, Any]]
    counts: dict[str, Any]
    planted: dict[str, Any] = field(default_factory=dict)
    timings: dict[str, float] = field(default_factory=dict, compare=False)

    def as_dict(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "timings"}

    def write(self, home: Path) -> Path:
        """As truth.json beside the data."""
        path = home / "truth.json"
        path.write_text(json.dumps(self.as_dict(), indent=1, ensure_ascii=False, default=str) + "\n", encoding="utf-8")
        return path


def read(home: Path) -> Truth:
    """The truth beside the data of that home."""
    return Truth(**json.loads((home / "truth.json").read_text(encoding="utf-8")))


def tell(story: Story, files: Files) -> Truth:
    """The truth of a simulation and its files."""
    period = story.events.period
    return Truth(
        seed=story.seed,
        scale=story.scale,
        first_day=period.first.isoformat(),
        last_day=(period.until - timedelta(days=1)).isoformat(),
        parameters=_parameters(),
        opposing=_opposing(),
        case_mix=_case_mix(story),
        events=_events(story),
        queues=_queues(story),
        reasons=_reasons(story),
        agents=_agents(story, files.habits),
        counts=_counts(story),
        planted=_planted(story),
    )


def _parameters() -> dict[str, float]:
    return {
        "learning_rate": staff.LEARNING_RATE,
        "learning_exponent": staff.LEARNING_EXPONENT,
        "learning_is_1_at_contacts": staff.EXPERIENCED_AT,
        "learning_on_log_odds_of_solving": customers.LEARNING_ON_SOLVED,
        "difficulty_spread_of_log": customers.DIFFICULTY_SPREAD,
        "comes_back_when_unsolved": customers.COMES_BACK,
        "comes_back_after_mean_s": customers.COMES_BACK_AFTER_S,
        "calls_again_after_giving_up": customers.CALLS_AGAIN,
        "hangs_up_at_once_share": customers.QUICK_SHARE,
        "hangs_up_at_once_mean_s": customers.QUICK_S,
        "left_in_menu_share": customers.IN_MENU,
        "transferred_share": floor.TRANSFERRED,
        "after_work_share_of_handling": floor.ACW_SHARE,
        "slower_with_two_chats": floor.SLOWER_WITH_TWO_CHATS,
        "asked_share": voices.ASKED,
        "answering_share": voices.ANSWERS,
        "satisfaction_lost_when_unsolved": -voices.WHEN_UNSOLVED,
    }


def _planted(story: Story) -> dict[str, Any]:
    """What later features should find in evaluations, talks, forecasts and answers of employees."""
    return {
        "weak_agent": {"agent_id": sign(evaluations.WEAK), "log_odds_of_each_item": -evaluations.WEAKER_BY},
        "lenient_evaluators": {sign(name): share for name, share in evaluations.LENIENT.items()},
        "evaluator_errs_share": evaluations.ERRS,
        "uneven_feedback": {"team_id": leading.UNEVEN, "favoured": leading.FAVOURED, "forgotten": leading.FORGOTTEN},
        "late_reports": {sign(name): share for name, share in leading.LATE.items()},
        "forecast_too_low": dict(workforce.TOO_LOW),
        "mood_of_teams": dict(leading.MOOD),
        "offers_taken_share": offers.TAKEN,
        "kept_share_of_average_agent": offers.KEPT,
        "ill_days": sum(planned.ill for planned in story.plan),
    }


def _opposing() -> dict[str, Any]:
    """Within an agent, months of shorter handling are months in which fewer matters are solved."""
    return {
        "kpis": ["aht", "fcr"],
        "log_odds_of_solving_per_log_of_handling": customers.HURRY_ON_SOLVED,
        "spread_of_log_handling_between_months": staff.HURRY_SPREAD,
    }


def _case_mix(story: Story) -> dict[str, Any]:
    """How much longer the contacts of the one with the hard cases take anybody, against those of the colleagues on the same queues."""
    own, others = _Mix(), _Mix()
    for leg in story.book.legs:
        if leg.answered and leg.queue.pool == "tele" and leg.queue.channel == "voice":
            (own if leg.agent.hard_cases else others).add(leg)
    who = next(agent for agent in story.agents if agent.hard_cases)
    return {
        "agent_id": who.agent_id,
        "speed": who.speed,
        "contacts": own.contacts,
        "hard_share": own.share,
        "hard_share_of_colleagues": others.share,
        "longer_by_cases_alone": own.expected / others.expected,
    }


@dataclass
class _Mix:
    contacts: int = 0
    hard: int = 0
    handle_s: float = 0.0

    def add(self, leg: Leg) -> None:
        topic = leg.contact.matter.topic
        self.contacts += 1
        self.hard += hard(topic)
        self.handle_s += topic.handle_s * leg.queue.handle_factor

    @property
    def share(self) -> float:
        return self.hard / max(self.contacts, 1)

    @property
    def expected(self) -> float:
        return self.handle_s / max(self.contacts, 1) or 1.0


def _events(story: Story) -> dict[str, Any]:
    events = story.events
    illness, trouble, shortage = events.illness, events.trouble, events.shortage
    return {
        "illness": {**_span(illness.span), "team_id": illness.team_id, "ill_share": illness.ill_share},
        "trouble": {**asdict(trouble), "day": trouble.day.isoformat()},
        "shortage": {**_span(shortage.span), "pool": shortage.pool, "planned_share": shortage.planned_share},
        "tighter_agreement": {"client_id": "polartel", "from": events.tighter_from.isoformat(), "threshold_s": [30, 20]},
        "clock_changes": [day.isoformat() for day in events.period.days if _hours(day) != 24],
    }


def _span(span: Span) -> dict[str, str]:
    return {"from": span.first.isoformat(), "until": span.until.isoformat()}


def _hours(day: date) -> float:
    zone = ZoneInfo("Europe/Stockholm")
    after = day + timedelta(days=1)
    start, end = (datetime(each.year, each.month, each.day, tzinfo=zone).timestamp() for each in (day, after))
    return (end - start) / 3600


def _queues(story: Story) -> dict[str, dict[str, Any]]:
    """By queue the patience put in, and what the estimate of reference 4.1 makes of the waits: about a seventh more, since it leaves
    out those who gave up within five seconds but not the five seconds that all the others waited."""
    found = _patience(story)
    return {
        queue.queue_id: {
            "patience_mean_s": queue.patience_s if queue.channel in LIVE else None,
            "patience_by_estimate_s": found.get(queue.queue_id),
            "handle_factor": queue.handle_factor,
            "pool": queue.pool,
        }
        for queue in QUEUES
    }


def _patience(story: Story) -> dict[str, float]:
    waited: dict[str, float] = defaultdict(float)
    gave_up: Counter[str] = Counter()
    for visit in story.book.visits:
        wait = visit.left_at - visit.entered_at
        if visit.seq == 1 and visit.queue.channel in LIVE and visit.outcome is not None and not (visit.outcome == "abandoned" and wait < SHORT_S):
            waited[visit.queue.queue_id] += wait
            gave_up[visit.queue.queue_id] += visit.outcome == "abandoned"
    return {queue_id: waited[queue_id] / count for queue_id, count in gave_up.items() if count >= 100}


def _reasons(story: Story) -> dict[str, dict[str, Any]]:
    """By reason at level 2; `solved_at_first` is the share of answered matters that their first contact really settled."""
    matters: Counter[str] = Counter()
    settled: Counter[str] = Counter()
    for matter in story.book.matters:
        if matter.handled:
            matters[matter.topic.reason_id] += 1
            settled[matter.topic.reason_id] += matter.solved and matter.handled == 1
    return {
        topic.reason_id: {
            "handle_s": topic.handle_s,
            "solved_by_average_agent": topic.solved,
            "matters": matters[topic.reason_id],
            "solved_at_first": settled[topic.reason_id] / matters[topic.reason_id] if matters[topic.reason_id] else None,
        }
        for topic in TOPICS
    }


def _agents(story: Story, habits: dict[str, Habit]) -> dict[str, dict[str, Any]]:
    return {
        agent.agent_id: {
            "name": agent.name,
            "hired_on": agent.hired_on.isoformat(),
            "left_on": agent.left_on.isoformat() if agent.left_on else None,
            "teams": [[each.team_id, each.valid_from.isoformat(), each.valid_to.isoformat() if each.valid_to else None] for each in agent.memberships],
            "speed": agent.speed,
            "quality_in_log_odds": agent.quality,
            "contacts_before": agent.taken_at_start,
            "contacts_after": agent.taken,
            "hurry": {f"{year}-{month:02d}": value for (year, month), value in agent.hurry.items()},
            "not_logged_share": habits[agent.agent_id].left_out,
            "logged_as_other_share": habits[agent.agent_id].other,
        }
        for agent in story.agents
    }


def _counts(story: Story) -> dict[str, Any]:
    contacts = story.book.contacts
    by_month: Counter[str] = Counter()
    for zone in {queue.zone for queue in QUEUES}:
        by_month.update(local_months((contact.offered_at for contact in contacts if contact.queue.zone == zone), zone))
    return {
        "contacts": len(contacts),
        "by_channel": dict(Counter(contact.queue.channel for contact in contacts)),
        "by_outcome": dict(Counter(contact.outcome or "open" for contact in contacts)),
        "by_month": dict(sorted(by_month.items())),
        "visits": len(story.book.visits),
        "segments": sum(leg.answered or by_telephone(leg.contact) for leg in story.book.legs),  # chats that only rang are not exported
        "matters": len(story.book.matters),
        "spoilt_rows": written.spoilt(sum(contact.queue.channel == "chat" for contact in contacts)),
    }
