"""What each field of each fact means, for whoever makes a file: `nyckeltal describe --fact` and docs/fields.md say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nyckeltal.contacts.schema import TABLES, Column, Table
from nyckeltal.sources.mapping import KINDS

FACTS: Mapping[str, str] = {
    "contact": "One matter brought to us at one time through one channel, from offer to last end. A contact may carry the fields of its one segment.",
    "queue_visit": "One stay of a contact in one queue. Without such a table each contact with a queue has one.",
    "segment": "One agent's part of a contact. Without such a table each answered contact has one, from its own row.",
    "case": "A ticket that several contacts may be about.",
    "agent_state": "An agent in one state from one moment to another: available, talking, break …",
    "survey_invitation": "One customer asked, mostly about one contact. It is what links answers to contacts.",
    "survey_response": "One answer to one question. It counts once the question is described, and belongs to a contact through its invitation.",
    "client": "An organisation that buys the service; an in-house centre has one.",
    "queue": "Where contacts wait. Its zone places them in days, its calendar says when it is open.",
    "agreement": "What was promised to a client for one measure, from `valid_from` until before `valid_to`.",
    "calendar": "Opening hours and holidays in local time.",
    "team": "A group with a leader, and the queues it answers for.",
    "team_membership": "An agent in a team from `valid_from` until before `valid_to`.",
    "agent": "A customer-service employee.",
    "reason": "Why customers contact us: a tree, each reason owned by the business area that causes it.",
    "question": "One question of a survey: what it measures, and on which scale. Answers to a question that nobody described count nowhere.",
}
_zone = "Time zone of the row's own times, such as Europe/Stockholm, where rows of one file differ."
_shared: Mapping[str, str] = {
    "client_id": "Whose it is. May be said once, as client under [fact].",
    "queue_id": "The queue.",
    "agent_id": "The agent.",
    "contact_id": "The contact it belongs to.",
    "channel": "How the contact came.",
    "direction": "Who called whom; only inbound contacts count, unless a key figure says otherwise.",
    "zone": _zone,
    "is_test": "Made to test the system; counts nowhere.",
    "customer_key": "Who the customer is: a number or name, kept as a pseudonym only. Without it no repeat is found.",
    "survey_id": "The survey it belongs to.",
    "scale": "The scale of the answers.",
    "tz": "Time zone, such as Europe/Stockholm.",
    "name": "What it is called.",
    "calendar_id": "The calendar with the opening hours.",
    "valid_from": "The first day on which it holds.",
    "valid_to": "The first day on which it no longer holds; empty while it does.",
    "seq": "Its place among those of the same contact, from 1.",
    "ring_s": "How long it rang.",
    "talk_s": "Talking time.",
    "hold_s": "Time on hold.",
    "acw_s": "After-work: what was done for the contact after it ended.",
    "end_kind": "How the agent's part ended.",
    "escalated_to_tier": "The tier it was escalated to.",
    "concurrency": "How many contacts the agent had at once, itself included (chat).",
    "planned_transfer": "The transfer was the plan, not a failure: a receptionist's, for example.",
    "reason_id": "Why the customer contacted us.",
    "team_id": "The team.",
    "weight": "What the answer counts for, where a sample was not drawn evenly.",
}
_own: Mapping[str, Mapping[str, str]] = {
    "contact": {
        "contact_id": "What tells the contact from others. Usually said under [key] instead.",
        "queue_id": "The first queue.",
        "offered_at": "When the customer came: the moment that places the contact in a day.",
        "ivr_started_at": "When the menu began.",
        "queue_entered_at": "When the customer joined the queue, where that is not the same as offered_at.",
        "answered_at": "When an agent answered first.",
        "abandoned_at": "When the customer hung up.",
        "ended_at": "When the contact was over.",
        "wait_s": "Waiting time in the first queue; where it is missing the clocks tell.",
        "outcome": "How it ended. Where it is missing the clocks and visits tell.",
        "language": "The language it was held in.",
        "case_id": "The case it is about.",
        "reason_type": "A coarser kind of reason, where the source has one.",
        "reason_logged_at": "When the reason was noted.",
        "resolved_flag": "The agent's own mark that the matter was settled.",
        "left_in_menu": "Hung up before joining a queue.",
        "callback_of": "The contact in which the customer asked to be called back.",
        "logged_by": "Who noted the reason.",
        "upsell_eligible": "An offer could have been made.",
        "upsell_offered": "An offer was made.",
        "answered": "False where it rang and nobody took it.",
        "agent_id": "The agent of its one segment.",
        "started_at": "When its one segment began.",
        "own_ended_at": "When its one segment ended, where that is not when the contact ended.",
    },
    "queue_visit": {
        "visit_id": "What tells the visit from others. Usually said under [key] instead.",
        "entered_at": "When the contact joined the queue.",
        "left_at": "When it left the queue, answered or not.",
        "wait_s": "Waiting time in this queue; where it is missing the clocks tell.",
        "outcome": "How the visit ended.",
    },
    "segment": {
        "segment_id": "What tells the segment from others. Usually said under [key] instead.",
        "visit_id": "The queue visit it came from.",
        "answered": "False where it rang and nobody took it.",
        "started_at": "When the agent began.",
        "ended_at": "When the agent was done, after-work included.",
        "target_queue_id": "The queue it was transferred to.",
    },
    "case": {
        "case_id": "What tells the case from others. Usually said under [key] instead.",
        "opened_at": "When it was opened.",
        "closed_at": "When it was settled; empty while it is open.",
        "reopened_at": "When it was opened again.",
        "opened_by": "Who opened it.",
        "tier": "The line of support that has it, from 1.",
    },
    "agent_state": {
        "state_id": "What tells the spell from others. Usually said under [key] instead.",
        "started_at": "When the state began.",
        "ended_at": "When it ended; empty while it lasts.",
        "state": "What the agent was doing.",
    },
    "survey_invitation": {
        "invitation_id": "What tells the invitation from others. Usually said under [key] instead.",
        "contact_id": 'The contact it asks about. Where contacts came from another source, name it: { from = "call", source = "bank-log" }.',
        "agent_id": "The agent it asks about; else the contact's first agent.",
        "drawn_at": "When the customer was chosen or asked.",
        "draw_seed": "The seed of the random draw.",
        "draw_rank": "The place in the random draw.",
        "attempts": "How often it was tried.",
        "outcome": "What came of it.",
    },
    "survey_response": {
        "response_id": "What tells the answer from others. Usually said under [key] instead.",
        "invitation_id": 'The invitation it answers. Where that came from another source, name it: { from = "invitation", source = "…" }.',
        "question_id": "The question it answers, described in a table of kind question.",
        "value": "The answer as a number; yes is 1, no is 0.",
        "text": "The answer in words.",
        "answered_at": "When it was given.",
    },
    "client": {"client_id": "What tells the client from others.", "currency": "Currency of its money, such as SEK."},
    "queue": {"queue_id": "What tells the queue from others.", "skill": "What its agents must be able to do."},
    "agreement": {
        "agreement_id": "What tells the line of the agreement from others.",
        "queue_ids": "The queues it holds for, separated by semicolons; empty: all of the client's.",
        "measure": "The key figure that was promised, such as service_level.",
        "variant": "Which variant of the key figure.",
        "threshold": "The limit in the key figure, such as 20 (seconds).",
        "target": "What was promised, in the unit shown: 80 for 80 %.",
        "short_abandon_s": "Hang-ups within so many seconds are left out.",
        "clock": "Whether waiting counts from the queue or from the menu.",
        "repeat_window_d": "Within how many days a further contact is a repeat.",
        "reply_limit_s": "Within how long a reply was promised.",
        "period": "Over what the promise is judged.",
        "penalty_note": "What happens when it is not kept.",
    },
    "calendar": {
        "calendar_id": "What tells the calendar from others.",
        "weekly": "Opening hours, like “mo-fr 08:00-17:00; sa 10:00-14:00”.",
        "holidays": "Days that differ, each year named: “2026; 2026-12-25; 2026-12-24 08:00-12:00”. A bare year is covered and has no more.",
    },
    "team": {
        "team_id": "What tells the team from others.",
        "parent_unit": "The unit it belongs to.",
        "client_ids": "The clients it works for, separated by semicolons.",
        "queue_ids": "The queues it answers for, separated by semicolons.",
        "primary_direction": "What it is mainly there for.",
        "secondary_direction": "What it is there for besides.",
    },
    "team_membership": {
        "membership_id": "What tells the membership from others.",
        "role": "What the person does in the team; a leader is a member with that role.",
        "fte_share": "Share of full time.",
    },
    "agent": {
        "agent_id": "What tells the agent from others, as the telephone system names them.",
        "display_name": "The name to show.",
        "pseudonym": "The name in exports.",
        "hired_on": "First day of employment.",
        "left_on": "First day no longer employed.",
        "left_kind": "Whether the agent left by own wish.",
        "languages": "Languages, separated by semicolons.",
        "site_id": "Where the agent works.",
    },
    "reason": {
        "reason_id": "What tells the reason from others.",
        "parent_id": "The coarser reason above it; empty at the top.",
        "level": "1 at the top; told from parent_id where it is missing.",
        "label": "What it is called.",
        "is_other": "A rest category such as “Other”.",
        "demand_type": "Whether the contact is wanted (value) or caused by something that failed (failure).",
        "responsible_area": "The business area that causes such contacts.",
        "avoidable_by": "What would make the contact unnecessary.",
    },
    "question": {
        "question_id": "What tells the question from others.",
        "measure": "What it measures; a key figure such as csat or nps counts the answers to questions of its measure.",
        "words": "The question as it is asked.",
    },
}


@dataclass(frozen=True)
class Field:
    """One field of a fact, under the name that a mapping uses. `required`: a file, or [fact] or [key] of its mapping, must give it."""

    name: str
    type: str
    required: bool
    choices: tuple[str, ...]
    meaning: str


def fields(fact: str) -> list[Field]:
    """The fields of a fact that a file may give, in the order of the model."""
    return list(_fields(TABLES[fact]))


def _fields(table: Table) -> Iterator[Field]:
    plain = {column.name for column in table.loaded}
    for column in table.loaded:
        if column.name not in ("marks", "described"):
            bare = column.name.removeprefix("own_")
            said = column.name if bare != column.name and bare in plain else bare
            meaning = _own[table.name].get(said) or _shared.get(said, "")
            yield Field(said, _type(column), column.required and column.name != table.key, column.choices, meaning)


def _type(column: Column) -> str:
    return {"ids": "list", "choice": "one of"}.get(column.kind, column.kind)


def facts() -> list[tuple[str, str]]:
    """Every fact that a table may tell, with what it is."""
    return [(kind, FACTS[kind]) for kind in KINDS]
