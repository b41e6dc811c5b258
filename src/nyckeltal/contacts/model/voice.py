"""The customer's voice: whom we asked, what they answered, and the questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Channel, Count, Day, Direction, Flag, Id, Ids, Moment, Number, Scale, Words, derived, joined

SurveyMeasure = Literal["nps", "csat", "ces", "resolved", "total", "enps", "satisfaction"]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question of a survey: what it measures and on which scale."""

    question_id: Id
    survey_id: Id | None = None
    measure: SurveyMeasure
    scale: Scale | None = None
    words: Words | None = None


@dataclass(frozen=True, kw_only=True)
class SurveyInvitation:
    """One customer asked about one contact (or about the relation, without contact)."""

    invitation_id: Id
    client_id: Id
    survey_id: Id | None = None
    contact_id: Id | None = None
    customer_key: Id | None = None
    agent_id: Id | None = None
    channel: Channel | None = None
    drawn_at: Moment
    draw_seed: Words | None = None
    draw_rank: Count | None = None
    attempts: Count | None = None
    outcome: Literal["complete", "partial", "refusal", "non_contact", "ineligible", "unknown"] | None = None
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    told_contact_id: Id | None = joined()  # whom the file named, where that contact counts as another
    is_test: Flag | None = derived()  # the contact's; without one false, and inbound
    direction: Direction | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class SurveyResponse:
    """One answer to one question. `agent_id` and `contact_id` are the invitation's, kept here so that asking needs no join."""

    response_id: Id
    invitation_id: Id | None = None
    client_id: Id
    question_id: Id
    scale: Scale
    value: Number | None = None
    text: Words | None = None
    answered_at: Moment
    weight: Number = 1.0
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    measure: SurveyMeasure | None = derived()  # the question's
    agent_id: Id | None = derived()  # the invitation's, else the contact's first agent
    contact_id: Id | None = derived()
    queue_id: Id | None = derived()  # the contact's
    channel: Channel | None = derived()
    is_test: Flag | None = derived()  # the contact's; without one false, and inbound
    direction: Direction | None = derived()
    reason_level2_id: Id | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class Interview:
    """A completed interview as one person's total experience; made from an invitation and its answers, never loaded."""

    invitation_id: Id
    client_id: Id
    contact_id: Id | None = None
    agent_id: Id | None = None
    customer_key: Id | None = None
    completed_at: Moment
    experience: Number  # mean of the answers, each brought to 0 to 1
    weight: Number = 1.0
    is_test: Flag | None = derived()  # the contact's; without one false, and inbound
    direction: Direction | None = derived()
    queue_id: Id | None = derived()
    channel: Channel | None = derived()
    reason_level2_id: Id | None = derived()
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
