"""Those who work here: what they are employed for, absences, talks, what they say of their work; and the days and months of work made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Count, Day, Flag, Id, Ids, Moment, Number, Seconds, Words, derived

Profile = Literal["service", "sales"]


@dataclass(frozen=True, kw_only=True)
class Employment:
    """An agent's contract from `valid_from` until before `valid_to`; part of the organisation."""

    employment_id: Id
    agent_id: Id
    valid_from: Day
    valid_to: Day | None = None
    hours_week: Number = 40.0
    day_h: Number = 8.0  # hours of a full day
    profile: Profile = "service"


@dataclass(frozen=True, kw_only=True)
class Absence:
    """An agent away from `started_at` to `ended_at`; `hours` and `days` as the register counts them, else by contract."""

    absence_id: Id
    agent_id: Id
    kind: Literal["sick", "leave", "care", "other"]
    started_at: Moment
    ended_at: Moment | None = None
    days: Number | None = None
    hours: Number | None = None
    approved: Flag | None = None
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class FeedbackTalk:
    """A talk in which an agent got results back."""

    talk_id: Id
    agent_id: Id
    leader_id: Id | None = None
    held_at: Moment
    kind: Literal["one_to_one", "side_by_side", "group"] = "one_to_one"
    kpi_ids: Ids = ()
    agreed_actions: Ids = ()
    acknowledged_at: Moment | None = None
    zone: Words | None = None
    marks: Ids = ()

    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class EmployeeResponse:
    """One anonymous answer of an employee: a team and a week, never a person or a time."""

    answer_id: Id
    wave_id: Id | None = None
    team_id: Id | None = None
    question_id: Id
    value: Number | None = None
    week: Day  # its Monday
    marks: Ids = ()

    measure: Words | None = derived()  # the question's
    scale: Words | None = derived()
    local_date: Day | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class ReportTask:
    """A top-reason report that a leader owes a client: due, delivered, and what it held."""

    task_id: Id
    client_id: Id
    team_id: Id | None = None
    leader_id: Id | None = None
    due_on: Day
    delivered_at: Moment | None = None
    reasons_n: Count | None = None
    with_owner_and_action_n: Count | None = None
    zone: Words | None = None
    marks: Ids = ()

    delivered_on: Day | None = derived()  # the local day
    local_date: Day | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class ShiftPart:
    """A stretch of a shift in which the agent was in one state, cut at midnight; made from shifts and states, never loaded."""

    part_id: Id
    agent_id: Id
    started_at: Moment
    ended_at: Moment
    state_class: Words
    state: Words | None = None  # null where no state is known
    exception: Words
    in_class: Flag
    duration_s: Seconds
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()


@dataclass(frozen=True, kw_only=True)
class AgentDay:
    """A day on which an agent was in service; made from agents, employments, states and absences, never loaded."""

    agent_day_id: Id
    agent_id: Id
    day: Day
    profile: Words | None = None
    month_share: Number  # 1 / days of the month, so that a month in service adds up to 1
    worked_s: Seconds | None = None  # logged in, breaks left out; null where no states are known
    worked_days: Number | None = None  # worked_s in days of the contract
    contracted_h: Number | None = None
    sick_h: Number | None = None  # these two null in months before the first absence that is known
    sick: Flag | None = None
    local_date: Day | None = derived()


@dataclass(frozen=True, kw_only=True)
class AgentMonth:
    """A month in which an agent was in service, if only for a day; made from others, never loaded."""

    agent_month_id: Id
    agent_id: Id
    month_start: Day
    in_service: Number  # share of the month
    working_days_n: Count  # days worked by the states, else planned, else with a handled part of a contact
    evaluations_n: Count | None = None  # completed, of the sample; null in months before the first evaluation that is known
    talks_n: Count | None = None  # null in months before the first talk that is known
    local_date: Day | None = derived()
