"""Evaluations of contacts, and the answers they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.contacts.model.kinds import Channel, Count, Day, Flag, Id, Ids, Moment, Number, Words, derived, joined

Purpose = Literal["sample", "calibration", "coaching"]
ItemScale = Literal["yes_no", "levels", "points"]


@dataclass(frozen=True, kw_only=True)
class QaEvaluation:
    """One evaluator's judgement of one agent's part of a contact. A score is 0 to 100, one column per way of scoring; null: nothing was applicable."""

    evaluation_id: Id
    form_version_id: Id | None = None
    contact_id: Id | None = None
    segment_id: Id | None = None
    agent_id: Id
    evaluator_id: Id | None = None
    client_id: Id | None = None
    purpose: Purpose = "sample"
    selected_by: Literal["plan", "replacement", "manual"] | None = None
    replacement_reason: Words | None = None
    draw_seed: Words | None = None
    stratum: Words | None = None
    design_weight: Number = 1.0
    started_at: Moment | None = None
    completed_at: Moment | None = None  # null while it is under way
    score: Number | None = None  # sections weighted, a critical error makes it 0
    score_zero_section: Number | None = None
    score_flag: Number | None = None
    score_pooled: Number | None = None
    score_full: Number | None = None  # what is not applicable counted as full marks
    critical: Literal["none", "customer", "business", "compliance"] = "none"
    disputed: Flag = False
    zone: Words | None = None
    marks: Ids = ()  # what the reader noticed about the row (an hour that came twice, a clock that disagrees); become `flags`

    told_contact_id: Id | None = joined()  # whom the file named, where that contact counts as another
    queue_id: Id | None = derived()  # these three are the contact's
    channel: Channel | None = derived()
    reason_level2_id: Id | None = derived()
    local_date: Day | None = derived()  # of completed_at, else of started_at
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class QaAnswer:
    """The answer to one item of an evaluation."""

    answer_id: Id
    evaluation_id: Id
    item_id: Id
    value: Words | None = None
    value_n: Number | None = None  # the answer as a number between 0 and 1
    scale: ItemScale | None = None
    is_na: Flag = False
    comment: Words | None = None
    marks: Ids = ()

    local_date: Day | None = derived()  # its evaluation's
    flags: Ids = derived(())


@dataclass(frozen=True, kw_only=True)
class QaItem:
    """An answer beside its evaluation, for agreement between evaluators; made from the two, never loaded. The form's score is the item `form`."""

    answer_id: Id
    evaluation_id: Id
    contact_id: Id | None = None
    client_id: Id | None = None
    agent_id: Id | None = None
    form_version_id: Id | None = None
    item_id: Id
    evaluator_id: Id | None = None
    value_n: Number | None = None
    scale: Words | None = None
    completed_at: Moment | None = None
    purpose: Purpose = "sample"
    local_date: Day | None = derived()
    local_minute: Count | None = derived()
    utc_offset_s: Count | None = derived()
