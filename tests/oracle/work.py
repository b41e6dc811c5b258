"""Days and months in service, from agents, contracts, teams, states, absences and talks, a day at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from oracle import clocks

if TYPE_CHECKING:
    from oracle.world import Row, World

MOMENTS = {"agent_state": "started_at", "schedule_shift": "started_at", "absence": "started_at", "feedback_talk": "held_at"}
AT_REST = ("break", "logged_out")


def derive(world: World) -> None:
    for table, moment in MOMENTS.items():
        for row in world.tables[table]:
            row["clock"] = _zone(world, row)
            row["local_date"] = clocks.local(row[moment], row["clock"]).date()
    known = _known(world)
    for absence in world.tables["absence"]:
        absence["pieces"] = _pieces({**absence, "ended_at": _absent_until(absence, known)})
    for response in world.tables["employee_response"]:
        question: Row = world.get("question", response["question_id"]) or {}
        response |= {"clock": "UTC", "local_date": response["week"], "measure": question.get("measure"), "scale": question.get("scale")}
    for agent in world.tables["agent"]:
        agent |= {"clock": "UTC", "local_date": agent["left_on"]}
    world.tables["agent_day"] = [found for agent in world.tables["agent"] for day in known for found in _day(world, agent, day)]
    world.tables["agent_month"] = [*_months(world)]


def _zone(world: World, row: Row) -> str:
    tz = (world.get("agent", row["agent_id"]) or {}).get("tz")
    return str(tz or (world.zone_of(row.get("queue_id"), row.get("client_id"), row["zone"]) if "queue_id" in row else row["zone"] or "UTC"))


def _absent_until(absence: Row, known: list[date]) -> datetime:
    """The end; a day where only a day was named, and the last day that is known where nobody has come back."""
    start: datetime = absence["started_at"]
    end: datetime | None = absence["ended_at"]
    if end is None and known:
        return max(start, datetime(known[-1].year, known[-1].month, known[-1].day, tzinfo=UTC) + timedelta(days=2))
    return end if end and end > start else start + timedelta(days=1, microseconds=-1)


def _known(world: World) -> list[date]:
    """From a year before the first trace of work until the last one."""
    named = [(table, row) for table in ("contact", "agent_state", "sale", "feedback_talk", "qa_evaluation", "absence") for row in world.tables[table]]
    traces = [row["local_date"] for table, row in named if row["local_date"] and (table != "absence" or row["kind"] == "sick")]
    if not traces:
        return []
    first = min(traces).replace(year=min(traces).year - 1, day=1)
    return [first + timedelta(days=later) for later in range((max(traces) - first).days + 1)]


def _day(world: World, agent: Row, day: date) -> list[Row]:
    """The day of an agent, none where it is not in service on it."""
    who = agent["agent_id"]
    contracts = _of(world, "employment", who)
    teams = [row for row in _of(world, "team_membership", who) if row["role"] == "agent"]
    starts = agent["hired_on"] or min((row["valid_from"] for row in contracts), default=None) or min((row["valid_from"] for row in teams), default=None)
    ended = [row["valid_to"] for row in contracts]
    ends = agent["left_on"] or (max(ended) if ended and None not in ended else None)
    if (ends and day >= ends) or (day < starts if starts else not _traced(world, who, day)) or _is_elsewhere(world, who, day):
        return []
    contract: Row = max((row for row in contracts if _holds(row, day)), key=lambda row: row["valid_from"], default={})
    worked = _worked_s(world, who, day)
    agreed = (contract["hours_week"] / 5 if day.isoweekday() <= 5 else 0.0) if contract else None
    return [
        {
            "agent_id": who,
            "day": day,
            "clock": "UTC",
            "local_date": day,
            "profile": contract.get("profile"),
            "month_share": 1 / _days_in(day),
            "worked_s": worked,
            "worked_days": worked / (contract["day_h"] * 3600) if worked is not None and contract else None,
            "contracted_h": agreed,
            **_illness(world, who, day, contract, agreed),
        }
    ]


def _of(world: World, table: str, who: str) -> list[Row]:
    return [row for row in world.tables[table] if row["agent_id"] == who]


def _holds(row: Row, day: date) -> bool:
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"]))


def _is_elsewhere(world: World, who: str, day: date) -> bool:
    """Whether an agent only leads, plans or evaluates that day."""
    roles = {row["role"] for row in _of(world, "team_membership", who) if _holds(row, day)}
    return bool(roles) and "agent" not in roles


def _pieces(row: Row) -> list[tuple[date, float]]:
    """A stretch as seconds of each local day; cut once."""
    if "pieces" not in row:
        row["pieces"] = [(clocks.local(piece["started_at"], row["clock"]).date(), piece["duration_s"]) for piece in clocks.cut(row, quarters=False)]
    return list(row["pieces"])


def _worked_s(world: World, who: str, day: date) -> float | None:
    """Logged in without breaks; unknown in months without states."""
    pieces = [(found, seconds, row["state"]) for row in _of(world, "agent_state", who) for found, seconds in _pieces(row)]
    if not any((found.year, found.month) == (day.year, day.month) for found, _, _ in pieces):
        return None
    return sum(seconds for found, seconds, state in pieces if found == day and state not in AT_REST)


def _traced(world: World, who: str, day: date) -> bool:
    """Whether the agent worked, was planned or handled anything in the month."""
    handled = [row["local_date"] for row in _of(world, "segment", who) if row["handled"]]
    states = [found for row in _of(world, "agent_state", who) if row["state"] not in AT_REST for found, _ in _pieces(row)]
    shifts = [found for row in _of(world, "schedule_shift", who) if row["state_class"] != "break" for found, _ in _pieces(row)]
    return any((found.year, found.month) == (day.year, day.month) for found in (*handled, *states, *shifts))


def _illness(world: World, who: str, day: date, contract: Row, agreed: float | None) -> Row:
    """Hours ill as the register spreads them over weekdays, else as the contract asks; unknown before the first absence."""
    known = min((row["local_date"] for row in world.tables["absence"]), default=None)
    if known is None or day < known.replace(day=1):
        return {"sick_h": None, "sick": None}
    ill = [(row, dict(row["pieces"])) for row in _of(world, "absence", who) if row["kind"] == "sick" and day in dict(row["pieces"])]
    if not ill:
        return {"sick_h": 0.0, "sick": False}
    told = [_told_h(row, pieces, day, contract) for row, pieces in ill]
    registered = [hours for hours in told if hours is not None]
    untold = [pieces[day] / 3600 for (_, pieces), hours in zip(ill, told, strict=True) if hours is None and agreed is not None]
    asked = [min(agreed or 0.0, hours) for hours in untold]  # of two notes about the same hours one is enough
    return {"sick_h": sum(registered) + max(asked, default=0.0) if registered or asked else None, "sick": True}


def _told_h(row: Row, pieces: dict[date, float], day: date, contract: Row) -> float | None:
    """What the register counts, spread over the weekdays; nothing while nobody has come back."""
    counted = row["hours"] if row["hours"] is not None else row["days"] * contract["day_h"] if row["days"] is not None and contract else None
    if row["ended_at"] is None or counted is None:
        return None
    weekdays = [found for found in pieces if found.isoweekday() <= 5]
    return 0.0 if weekdays and day not in weekdays else float(counted / len(weekdays or pieces))


def _days_in(day: date) -> int:
    return ((day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day


def _months(world: World) -> Any:
    first = {
        "evaluations_n": min((row["local_date"] for row in world.tables["qa_evaluation"] if row["completed_at"]), default=None),
        "talks_n": min((row["local_date"] for row in world.tables["feedback_talk"]), default=None),
    }
    for who, month in sorted({(row["agent_id"], row["day"].replace(day=1)) for row in world.tables["agent_day"]}):
        days = [row for row in world.tables["agent_day"] if (row["agent_id"], row["day"].replace(day=1)) == (who, month)]
        sampled = [row for row in _of(world, "qa_evaluation", who) if row["completed_at"] and row["purpose"] == "sample"]
        found = {"evaluations_n": sampled, "talks_n": _of(world, "feedback_talk", who)}
        counted = {name: sum(row["local_date"].replace(day=1) == month for row in rows) for name, rows in found.items()}
        yield {
            "agent_id": who,
            "month_start": month,
            "clock": "UTC",
            "local_date": month,
            "in_service": len(days) / _days_in(month),
            "working_days_n": _working_days(world, who, month, days),
            **{name: counted[name] if (since := first[name]) and month >= since.replace(day=1) else None for name in counted},
        }


def _working_days(world: World, who: str, month: date, days: list[Row]) -> int:
    """Days worked by the states, else planned, else with a handled part of a contact."""
    if any(row["worked_s"] is not None for row in days):
        return sum(bool(row["worked_s"]) for row in days)
    planned = {
        found for row in _of(world, "schedule_shift", who) if row["state_class"] != "break" for found, _ in _pieces(row) if found.replace(day=1) == month
    }
    handled = {row["local_date"] for row in _of(world, "segment", who) if row["handled"] and row["local_date"].replace(day=1) == month}
    return len(planned or handled)
