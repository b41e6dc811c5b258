"""The organisation's own tables: clients, calendars, queues, agreements, teams, agents, memberships, reasons and questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from nyckeltal.demo import interviews
from nyckeltal.demo.company import CLIENTS, HOURS, QUEUES, TEAMS, ZONES, Hours
from nyckeltal.demo.evaluations import EVALUATORS
from nyckeltal.demo.holidays import holidays
from nyckeltal.demo.leading import EMPLOYEE_QUESTIONS
from nyckeltal.demo.names import sign
from nyckeltal.demo.reasons import TOPICS, other_id
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.staff import SITE_ZONES, SITES
from nyckeltal.demo.voices import QUESTIONS

Row = dict[str, Any]
LEADERS_SINCE = date(2021, 1, 1)
SELLING = "butik"
_SURVEYS = {"after-contact": QUESTIONS, interviews.SURVEY: interviews.QUESTIONS, "work": EMPLOYEE_QUESTIONS}


def tables(story: Story) -> dict[str, list[Row]]:
    """Rows by kind, in the order in which they are loaded."""
    return {
        "client": [{"client_id": each.client_id, "name": each.name, "currency": each.currency, "tz": each.zone} for each in CLIENTS],
        "calendar": [_calendar(hours, story) for hours in HOURS.values()],
        "queue": [_queue(number) for number in range(len(QUEUES))],
        "agreement": list(_agreements(story)),
        "team": [_team(number) for number in range(len(TEAMS))],
        "agent": [*_leaders(), *_evaluators(), *_agents(story)],
        "team_membership": [*_leaderships(), *_evaluates(), *_memberships(story)],
        "employment": list(_employments(story)),
        "reason": list(_reasons()),
        "question": [_question(survey, *each) for survey, questions in _SURVEYS.items() for each in questions.items()],
    }


def _calendar(hours: Hours, story: Story) -> Row:
    period = story.events.period
    years = range(period.first.year, period.until.year + 2)
    closed = holidays(hours.country, years)
    weekly = f"mo-fr {_clock(hours.weekday)}" + (f"; sa-su {_clock(hours.weekend)}" if hours.weekend else "")
    return {
        "calendar_id": hours.calendar_id,
        "tz": ZONES[hours.country],
        "weekly": weekly,
        "holidays": "; ".join([*(str(year) for year in years), *(day.isoformat() for day in closed)]),
    }


def _clock(hours: tuple[int, int]) -> str:
    return f"{hours[0]:02d}:00-{hours[1]:02d}:00"


def _queue(number: int) -> Row:
    queue = QUEUES[number]
    return {
        "queue_id": queue.queue_id,
        "client_id": queue.client_id,
        "name": queue.name,
        "channel": queue.channel,
        "tz": queue.zone,
        "calendar_id": queue.calendar_id,
        "skill": queue.language,
    }


def _agreements(story: Story) -> Iterator[Row]:
    """Polartel tightens its time within the period; Nordkraft counts from the start of the menu."""
    began, tighter = date(2024, 1, 1), story.events.tighter_from
    terms: dict[str, list[Row]] = {
        "polartel": [
            {"measure": "service_level", "threshold": 30, "target": 80, "short_abandon_s": 5, "valid_to": tighter},
            {"measure": "service_level", "threshold": 20, "target": 75, "short_abandon_s": 5, "valid_from": tighter},
            {"measure": "abandonment_rate", "target": 8, "short_abandon_s": 5},
            {"measure": "fcr", "target": 75, "repeat_window_d": 7},
            {"measure": "csat", "target": 7.8},
        ],
        "nordkraft": [
            {"measure": "service_level", "threshold": 60, "target": 80, "short_abandon_s": 5, "clock": "ivr"},
            {"measure": "asa", "target": 60, "clock": "ivr"},
            {"measure": "csat", "target": 7.7},
            {"measure": "fcr", "target": 74, "repeat_window_d": 14, "period": "quarter"},
        ],
        "nordhem": [
            {"measure": "service_level", "variant": "all_offered", "threshold": 20, "target": 70, "queue_ids": "nordhem-denmark;nordhem-sweden"},
            {"measure": "service_level", "threshold": 30, "target": 75, "short_abandon_s": 5, "queue_ids": "nordhem-chat"},
            {"measure": "nps", "target": 35, "period": "quarter"},
            {"measure": "answer_rate", "target": 90, "short_abandon_s": 5},
        ],
    }
    for client_id, rows in terms.items():
        for number, row in enumerate(rows, start=1):
            yield {"agreement_id": f"{client_id}-{number}", "client_id": client_id, "period": "month", "valid_from": began} | row


def _team(number: int) -> Row:
    team = TEAMS[number]
    return {
        "team_id": team.team_id,
        "name": team.name,
        "parent_unit": "customer-service",
        "client_ids": ";".join(team.client_ids),
        "queue_ids": ";".join(team.queue_ids),
        "primary_direction": team.first_direction,
        "secondary_direction": team.second_direction,
    }


def _leaders() -> Iterator[Row]:
    for team in TEAMS:
        site = SITES[team.team_id]
        yield {"agent_id": sign(team.leader), "display_name": team.leader, "hired_on": LEADERS_SINCE, "site_id": site, "tz": SITE_ZONES[site]}


def _evaluators() -> Iterator[Row]:
    for name in EVALUATORS:
        yield {"agent_id": sign(name), "display_name": name, "hired_on": LEADERS_SINCE, "site_id": "stockholm", "tz": SITE_ZONES["stockholm"]}


def _agents(story: Story) -> Iterator[Row]:
    for number, agent in enumerate(story.agents, start=1):
        yield {
            "agent_id": agent.agent_id,
            "display_name": agent.name,
            "pseudonym": f"Agent {number:02d}",
            "hired_on": agent.hired_on,
            "left_on": agent.left_on,
            "left_kind": agent.left_kind,
            "languages": ";".join(agent.languages),
            "site_id": agent.site,
            "tz": SITE_ZONES[agent.site],
        }


def _leaderships() -> Iterator[Row]:
    for team in TEAMS:
        leader = sign(team.leader)
        yield {"membership_id": f"{leader}-{team.team_id}", "agent_id": leader, "team_id": team.team_id, "valid_from": LEADERS_SINCE, "role": "leader"}


def _evaluates() -> Iterator[Row]:
    """They belong to a team as all do, and evaluate in all of them."""
    for name, team in zip(EVALUATORS, TEAMS, strict=False):
        evaluator = sign(name)
        yield {
            "membership_id": f"{evaluator}-{team.team_id}",
            "agent_id": evaluator,
            "team_id": team.team_id,
            "valid_from": LEADERS_SINCE,
            "role": "evaluator",
        }


def _memberships(story: Story) -> Iterator[Row]:
    for agent in story.agents:
        for each in agent.memberships:
            yield {
                "membership_id": f"{agent.agent_id}-{each.team_id}",
                "agent_id": agent.agent_id,
                "team_id": each.team_id,
                "valid_from": each.valid_from,
                "valid_to": each.valid_to,
                "role": "agent",
                "fte_share": agent.share,
            }


def _employments(story: Story) -> Iterator[Row]:
    """A contract for each time in a team: those of the shop's team sell."""
    for name in (*(team.leader for team in TEAMS), *EVALUATORS):
        yield _employment(f"{sign(name)}-1", sign(name), LEADERS_SINCE, None, 1.0, "service")
    for agent in story.agents:
        for number, each in enumerate(agent.memberships, start=1):
            profile = "sales" if each.team_id == SELLING else "service"
            yield _employment(f"{agent.agent_id}-{number}", agent.agent_id, each.valid_from, each.valid_to, agent.share, profile)


def _employment(name: str, agent_id: str, first: date, until: date | None, share: float, profile: str) -> Row:
    return {"employment_id": name, "agent_id": agent_id, "valid_from": first, "valid_to": until, "hours_week": 40 * share, "day_h": 8, "profile": profile}


def _question(survey: str, name: str, said: tuple[str, str]) -> Row:
    return {"question_id": name, "survey_id": survey, "measure": said[0], "scale": said[1]}


def _reasons() -> Iterator[Row]:
    areas = {topic.area_id: topic for topic in TOPICS}
    for area_id, topic in areas.items():
        yield {"reason_id": area_id, "level": 1, "label": topic.area, "demand_type": "unknown"}
    for topic in TOPICS:
        meaning = {"demand_type": topic.demand, "responsible_area": topic.responsible, "avoidable_by": topic.avoidable_by}
        yield {"reason_id": topic.reason_id, "parent_id": topic.area_id, "level": 2, "label": topic.label} | meaning
        for number, label in enumerate(topic.leaves):
            yield {"reason_id": topic.leaf_id(number), "parent_id": topic.reason_id, "level": 3, "label": label} | meaning
    for client in CLIENTS:
        yield {"reason_id": other_id(client.client_id), "level": 1, "label": "Other", "is_other": True, "demand_type": "unknown", "avoidable_by": "none"}
