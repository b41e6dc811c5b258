"""The organisation: clients, queues, agreements, calendars, teams, memberships, agents, reasons; and promises kept or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Channel, Count, Day, Flag, Id, Ids, Number, Seconds, Words, derived


@dataclass(frozen=True, kw_only=True)
class Client:
    """An organisation that buys the service; an in-house centre has one."""

    client_id: Id
    name: Words | None = None
    currency: Words | None = None
    tz: Words | None = None
    described: Flag = True  # false: first seen in a file that named it, nobody has described it


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Where contacts wait; its zone places them in days, its calendar says when it is open."""

    queue_id: Id
    client_id: Id
    name: Words | None = None
    channel: Channel | None = None
    tz: Words | None = None
    calendar_id: Id | None = None
    skill: Words | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    described: Flag = True


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What was promised to a client for one measure, from `valid_from` until before `valid_to`; no `queue_ids` means all queues."""

    agreement_id: Id
    client_id: Id
    queue_ids: Ids = ()
    measure: Id
    variant: Words | None = None
    threshold: Number | None = None
    target: Number | None = None  # in the display unit of the KPI (80 for 80 %)
    short_abandon_s: Seconds | None = None
    clock: Literal["queue", "ivr"] | None = None
    repeat_window_d: Number | None = None
    reply_limit_s: Seconds | None = None
    period: Literal["week", "month", "quarter"] = "month"
    calendar_id: Id | None = None
    valid_from: Day
    valid_to: Day | None = None
    penalty_note: Words | None = None


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Opening hours in local time. `weekly` reads "mo-fr 08:00-17:00; sa 10:00-14:00", and "…; from 2026-12-01; mo-fr 08:00-16:00" where other
    hours hold from a later day on; `holidays` names each year it covers: "2026; 2026-12-25; 2026-12-24 08:00-12:00" (a bare year: covered,
    no more holidays)."""

    calendar_id: Id
    tz: Words
    weekly: Words
    holidays: Words
    valid_from: Day | None = None
    valid_to: Day | None = None


@dataclass(frozen=True, kw_only=True)
class Team:
    """A group with a leader, and the queues it answers for."""

    team_id: Id
    name: Words | None = None
    parent_unit: Id | None = None
    client_ids: Ids = ()
    queue_ids: Ids = ()
    primary_direction: Literal["service", "efficiency", "sales"] | None = None
    secondary_direction: Literal["service", "efficiency", "sales"] | None = None


@dataclass(frozen=True, kw_only=True)
class TeamMembership:
    """An agent in a team from `valid_from` until before `valid_to`."""

    membership_id: Id
    agent_id: Id
    team_id: Id
    valid_from: Day
    valid_to: Day | None = None
    role: Literal["agent", "leader", "evaluator", "planner"] = "agent"
    fte_share: Number = 1.0


@dataclass(frozen=True, kw_only=True)
class Agent:
    """A customer-service employee."""

    agent_id: Id
    display_name: Words | None = None
    pseudonym: Words | None = None
    hired_on: Day | None = None
    left_on: Day | None = None
    left_kind: Literal["voluntary", "other"] | None = None
    languages: Ids = ()
    site_id: Id | None = None
    tz: Words | None = None
    described: Flag = True


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why customers contact us; a tree, each reason owned by the business area that causes it."""

    reason_id: Id
    parent_id: Id | None = None
    level: Count | None = None
    label: Words | None = None
    is_other: Flag = False
    demand_type: Literal["value", "failure", "unknown"] | None = None
    responsible_area: Words | None = None
    avoidable_by: Literal["self_service", "information", "process", "product", "none"] | None = None
    valid_from: Day | None = None
    valid_to: Day | None = None
    described: Flag = True


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One promise of one agreement in one of its periods: met or not. Written by `kpi/promises.py`, never loaded."""

    promise_id: Id
    agreement_id: Id
    client_id: Id
    measure: Id
    period_ended_on: Day
    met: Flag
    value: Number | None = None
    local_date: Day | None = derived()
