"""What leaders do and hear: talks with agents, reports to clients, and what employees answer about their work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from nyckeltal.demo.business import months
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.columns import year_first
from nyckeltal.demo.company import TEAMS, Team
from nyckeltal.demo.demand import local_hour
from nyckeltal.demo.names import sign
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.staff import Agent

ZONE = "Europe/Stockholm"
TALKS = {"nord": 2.2, "syd": 1.9, "energi": 1.8, "butik": 2.0, "skrift": 1.2, "andra": 1.5}  # a month for each agent, by team
UNEVEN, FAVOURED, FORGOTTEN = "syd", 1.85, 0.15  # the team in which every other agent gets most of the talks
ABOUT = ("aht;fcr", "csat;fcr", "qa_score", "qa_score;csat", "adherence", "logged_share")
AGREED = ("Listen to two calls together", "Ask whether it is solved", "Note the reason before the next call", "Go on like this")
CONFIRMS = 0.85
ASKED_MONTHS, ASKED_FROM_DAY = (2, 5, 8, 11), 10  # employees are asked in the week of that day
ANSWERS = 0.82
MOOD = {"nord": 0.3, "syd": -0.7, "energi": -0.3, "butik": 0.4, "skrift": 0.1, "andra": 0.2}  # points, by team
EMPLOYEE_QUESTIONS = {"work-recommend": ("enps", "0_10"), "work-satisfied": ("satisfaction", "1_10")}
LATE = {"Henrik Sand": 0.6}  # who delivers reports late, and how often
LATE_ELSE = 0.08
REASONS = 10


def talks(story: Story, chance: Chance) -> pa.Table:
    """One row for each talk, as the leaders' list in Swedish has them."""
    rows = [row for month in _all_months(story) for team in TEAMS for row in _team_talks(team, month, story, chance)]
    rows.sort(key=lambda row: (row[2], row[0].agent_id))
    confirmed = [at + 86_400 * chance.exponential() if chance.uniform() < CONFIRMS else float("inf") for _, _, at in rows]
    return pa.table(
        {
            "Samtal": [f"F{number:05d}" for number in range(1, len(rows) + 1)],
            "Medarbetare": [agent.agent_id for agent, _, _ in rows],
            "Ledare": [sign(team.leader) for _, team, _ in rows],
            "Hölls": year_first((at for _, _, at in rows), ZONE),
            "Form": [_pick(("Enskilt", "Enskilt", "Enskilt", "Medlyssning", "Grupp"), chance) for _ in rows],
            "Nyckeltal": [_pick(ABOUT, chance) for _ in rows],
            "Överenskommet": [_pick(AGREED, chance) for _ in rows],
            "Kvitterad": year_first((at if at < story.demand.end else float("inf") for at in confirmed), ZONE),
        }
    )


def _pick(words: tuple[str, ...], chance: Chance) -> str:
    return words[int(chance.uniform() * len(words))]


def _all_months(story: Story) -> list[date]:
    """Also the one that is not over."""
    return sorted({day.replace(day=1) for day in story.events.period.days})


def _team_talks(team: Team, month: date, story: Story, chance: Chance) -> Iterator[tuple[Agent, Team, float]]:
    period = story.events.period
    days = [day for day in (month + timedelta(days=ahead) for ahead in range(31)) if day.month == month.month and day in period and day.weekday() < 5]
    members = [agent for agent in story.agents if days and agent.team_on(days[0]) is team]
    for place, agent in enumerate(members):
        factor = 1.0 if team.team_id != UNEVEN else FAVOURED if place % 2 else FORGOTTEN
        for _ in range(int(chance.generator.poisson(TALKS[team.team_id] * factor * len(days) / 21))):
            day = days[int(chance.uniform() * len(days))]
            if agent.team_on(day) is team:
                yield agent, team, local_hour(day, 9 + int(14 * chance.uniform()) / 2, ZONE)


def employee_answers(story: Story, chance: Chance) -> pa.Table:
    """Anonymous: which team, which week, what was answered; in no order that says who."""
    rows = [row for monday in _waves(story) for team in TEAMS for row in _team_answers(team, monday, story, chance)]
    return pa.table(
        {
            "Round": [f"{monday:%Y-%m}" for monday, _, _, _ in rows],
            "Team": [team.team_id for _, team, _, _ in rows],
            "Week": [f"{monday:%G-W%V}" for monday, _, _, _ in rows],
            "Question": [question for _, _, question, _ in rows],
            "Answer": pa.array([value for _, _, _, value in rows], pa.int64()),
            "Sheet": [f"E{number:05d}" for number in range(1, len(rows) + 1)],
        }
    )


def _waves(story: Story) -> list[date]:
    period, found = story.events.period, []
    for month in _all_months(story):
        day = month.replace(day=ASKED_FROM_DAY)
        monday = day - timedelta(days=day.weekday())
        if month.month in ASKED_MONTHS and period.first <= monday and monday + timedelta(days=7) <= period.until:
            found.append(monday)
    return found


def _team_answers(team: Team, monday: date, story: Story, chance: Chance) -> Iterator[tuple[date, Team, str, int]]:
    felt = [MOOD[team.team_id] + 1.3 * chance.normal() for agent in story.agents if agent.team_on(monday) is team and chance.uniform() < ANSWERS]
    for question, (_, scale) in EMPLOYEE_QUESTIONS.items():
        lowest = int(scale.split("_")[0])
        for value in sorted(max(lowest, min(10, round(7.6 + each + 0.8 * chance.normal()))) for each in felt):
            yield monday, team, question, value


def reports(story: Story, chance: Chance) -> pa.Table:
    """Each leader owes each client of the team the reasons of a month, by the fifth working day of the next."""
    rows = [row for month in months(story) for team in TEAMS for client_id in team.client_ids if (row := _report(month, team, client_id, story, chance))]
    names = ("Report", "Client", "Team", "Leader", "Due", "Delivered", "Reasons", "With owner and action")
    return pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})


def _report(month: date, team: Team, client_id: str, story: Story, chance: Chance) -> tuple[Any, ...] | None:
    day = (month + timedelta(days=32)).replace(day=1)
    working = [day + timedelta(days=ahead) for ahead in range(14) if (day + timedelta(days=ahead)).weekday() < 5]
    due, late = working[4], chance.uniform() < LATE.get(team.leader, LATE_ELSE)
    delivered = due + timedelta(days=1 + int(6 * chance.uniform())) if late else working[int(1 + 4 * chance.uniform())]
    owned = REASONS - int(chance.uniform() < 0.12) * int(1 + 3 * chance.uniform())
    if due not in story.events.period:
        return None
    came = delivered in story.events.period
    at = f"{delivered} 14:00:00" if came else None
    return f"T{team.team_id}-{client_id}-{month:%Y-%m}", client_id, team.team_id, sign(team.leader), due, at, REASONS if came else None, owned if came else None
