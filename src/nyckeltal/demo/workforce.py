"""What planners write down: shifts, absences, forecasts, and the hours in which something stood still."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

import numpy as np
import pyarrow as pa

from nyckeltal.demo.chance import Chance
from nyckeltal.demo.columns import moments, year_first
from nyckeltal.demo.company import LIVE, QUEUES, PoolId, Queue
from nyckeltal.demo.demand import STEP_S, local_hour
from nyckeltal.demo.presence import LOGGED_DAYS
from nyckeltal.demo.roster import Planned, mean_handle_s
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.staff import SITE_ZONES, Agent

ZONE = "Europe/Stockholm"
FULL_WEEK_H = 40
WEEKLY_SPREAD = 0.05  # of the logarithm of a forecast, from week to week
TOO_LOW = {"nordhem": 0.92}  # whose forecasts are always too low, and by how much
EXTRA = 0.75  # agents more than the work itself needs, per root of it
SHRINKAGE = {6: 0.18, 7: 0.2, 8: 0.18}  # by month
USUAL_SHRINKAGE = 0.14


def shifts(story: Story) -> pa.Table:
    """The plan of the last two months, a row for each stretch between pauses; those of the ill are excused."""
    since = story.demand.end - LOGGED_DAYS * 86_400
    rows = [(planned, *stretch) for planned in story.plan if planned.shift.start >= since for stretch in _stretches(planned)]
    return pa.table(
        {
            "agent": [planned.shift.agent.agent_id for planned, _, _, _ in rows],
            "from": moments(start for _, start, _, _ in rows),
            "to": moments(end for _, _, end, _ in rows),
            "activity": [activity for _, _, _, activity in rows],
            "excused": ["yes" if planned.ill else "no" for planned, _, _, _ in rows],
        }
    )


def _stretches(planned: Planned) -> Iterator[tuple[float, float, str]]:
    at = planned.shift.start
    for pause in sorted(planned.shift.pauses, key=lambda pause: pause.start):
        if at < pause.start:
            yield at, pause.start, "contact"
        if at < pause.start + pause.seconds:
            yield max(at, pause.start), pause.start + pause.seconds, pause.state
        at = max(at, pause.start + pause.seconds)
    if at < planned.shift.end:
        yield at, planned.shift.end, "contact"


def absences(story: Story) -> pa.Table:
    """Days of illness as planned shifts that fell away, and weeks of holiday, as a register in Swedish has them."""
    rows = [
        *((each.shift.agent, "Sjuk", each.shift.start, each.shift.end, (each.shift.end - each.shift.start) / 3600) for each in story.plan if each.ill),
        *_holidays(story),
    ]
    return pa.table(
        {
            "Medarbetare": [agent.agent_id for agent, *_ in rows],
            "Typ": [kind for _, kind, *_ in rows],
            "Från": year_first((start for _, _, start, _, _ in rows), ZONE),
            "Till": year_first((end for _, _, _, end, _ in rows), ZONE),
            "Timmar": [f"{hours:.1f}".replace(".", ",") for *_, hours in rows],
        }
    )


def _holidays(story: Story) -> Iterator[tuple[Agent, str, float, float, float]]:
    period = story.events.period
    for agent in story.agents:
        for year, week in sorted(agent.holidays):
            monday = date.fromisocalendar(year, week, 1)
            if agent.team_on(monday) is not None and monday in period:
                zone = SITE_ZONES[agent.site]
                yield agent, "Semester", local_hour(monday, 0, zone), local_hour(monday + timedelta(days=7), 0, zone), FULL_WEEK_H * agent.share


def forecasts(story: Story, chance: Chance) -> pa.Table:
    """Half hour by half hour for telephone and chat, made on the Thursday before; nobody foresees trouble."""
    scheduled = _scheduled(story)
    parts = [part for queue in QUEUES if queue.channel in LIVE and queue.volume for part in _of_queue(queue, story, scheduled, chance)]
    names = ("queue", "start", "made", "contacts", "aht_s", "required", "scheduled", "shrinkage", "patience_s")
    columns = {name: np.concatenate([part[name] for part in parts]) if parts else np.zeros(0) for name in names}
    made = {name: moments(columns[name]) for name in ("start", "made")}
    return pa.table({**columns, **made, "queue": pa.array(columns["queue"], pa.string())})


def _of_queue(queue: Queue, story: Story, scheduled: dict[tuple[PoolId, int], int], chance: Chance) -> Iterator[dict[str, Any]]:
    mistaken: dict[date, float] = {}
    aht_s = mean_handle_s(queue)
    for day in story.events.period.days:
        opening = story.demand.openings.get((queue.queue_id, day))
        monday = day - timedelta(days=day.weekday())
        if monday not in mistaken:
            mistaken[monday] = chance.around(WEEKLY_SPREAD) * TOO_LOW.get(queue.client_id, 1.0)
        if opening is None:
            continue
        contacts = story.demand.expected(queue, day) * story.demand.profile(queue, opening) * mistaken[monday]
        starts = opening.start + STEP_S * np.arange(len(contacts))
        work = contacts * aht_s / STEP_S
        made = datetime.combine(monday - timedelta(days=4), clock_time(12), UTC).timestamp()
        yield {
            "queue": np.full(len(contacts), queue.queue_id),
            "start": starts,
            "made": np.full(len(contacts), made),
            "contacts": np.round(contacts, 2),
            "aht_s": np.full(len(contacts), round(aht_s, 1)),
            "required": np.round(work + EXTRA * np.sqrt(work), 2),
            "scheduled": np.array([scheduled.get((queue.pool, int(start)), 0) for start in starts], dtype=np.float64),
            "shrinkage": np.full(len(contacts), SHRINKAGE.get(day.month, USUAL_SHRINKAGE)),
            "patience_s": np.full(len(contacts), queue.patience_s),
        }


def _scheduled(story: Story) -> dict[tuple[PoolId, int], int]:
    """How many agents of a pool were planned for each half hour."""
    found: Counter[tuple[PoolId, int]] = Counter()
    for planned in story.plan:
        first = int(planned.shift.start // STEP_S) * STEP_S
        found.update((planned.pool, start) for start in range(first, int(planned.shift.end), STEP_S))
    return dict(found)


def outages(story: Story) -> pa.Table:
    """The day on which a client's systems stood still, and two nights of maintenance that struck nobody."""
    trouble, period = story.events.trouble, story.events.period
    rows = [(f"{trouble.client_id}-crm", trouble.day, trouble.from_hour, trouble.to_hour, "0,25", "ja")]
    rows += [("telephony", _night(period.days, share), 2.0, 4.0, "0", "nej") for share in (0.25, 0.7)]
    return pa.table(
        {
            "Avbrott": [f"A{number}" for number in range(1, len(rows) + 1)],
            "System": [row[0] for row in rows],
            "Från": year_first((local_hour(row[1], row[2], ZONE) for row in rows), ZONE),
            "Till": year_first((local_hour(row[1], row[3], ZONE) for row in rows), ZONE),
            "Andel": [row[4] for row in rows],
            "Extern": [row[5] for row in rows],
        }
    )


def _night(days: list[date], share: float) -> date:
    return days[int(len(days) * share)]
