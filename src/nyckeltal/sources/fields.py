"""What each field of each fact means, for whoever makes a file: `nyckeltal describe --fact` and docs/fields.md say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nyckeltal.contacts.schema import TABLES, Column, Table
from nyckeltal.sources import explained
from nyckeltal.sources.mapping import KINDS

FACTS: Mapping[str, str] = {
    "contact": "One matter brought to us at one time through one channel, from offer to last end. A contact may carry the fields of its one segment.",
    "queue_visit": "One stay of a contact in one queue. Without such a table each contact with a queue has one.",
    "segment": "One agent's part of a contact. Without such a table each answered contact has one, from its own row.",
    "case": "A ticket that several contacts may be about.",
    "agent_state": "An agent in one state from one moment to another: available, talking, break …",
    "survey_invitation": "One customer asked, mostly about one contact. It is what links answers to contacts.",
    "survey_response": "One answer to one question. It counts once the question is described, and belongs to a contact through its invitation.",
    "message": "One message of a written contact. The first reply of an agent is told by them; without them by when the contact was answered.",
    "schedule_shift": "A stretch that an agent is planned for: contacts, breaks, meetings … A whole shift may be one row.",
    "forecast": "How many contacts were expected in one queue and interval.",
    "summary": "What a source that keeps no contacts counted in one queue and an interval or day. Where contacts are known, they count instead.",
    "outage": "Something that kept agents from working.",
    "absence": "An agent away from work: ill, on leave …",
    "qa_evaluation": "One evaluator's judgement of one agent's part of a contact, with its score.",
    "qa_answer": "The answer to one item of an evaluation. Without them there is no agreement item by item.",
    "sale": "One offer and whether it was accepted; a refused offer is a row as well.",
    "retention_case": "A customer who asked to leave, and what came of it.",
    "order": "A purchase, through customer service or not.",
    "complaint": "A complaint, in the month in which it was received.",
    "customer_base_month": "A client's customers in one month: at its start, won, lost, at its end.",
    "finance_month": "What the service of one month cost, and what the client earned.",
    "feedback_talk": "A talk in which an agent got results back.",
    "employee_response": "One anonymous answer of an employee: a team and a week, never a person or a time.",
    "report_task": "A top-reason report that is owed to a client, and when it was delivered.",
    "client": "An organisation that buys the service; an in-house centre has one.",
    "queue": "Where contacts wait. Its zone places them in days, its calendar says when it is open.",
    "agreement": "What was promised to a client for one measure, from `valid_from` until before `valid_to`.",
    "calendar": "Opening hours and holidays in local time.",
    "team": "A group with a leader, and the queues it answers for.",
    "team_membership": "An agent in a team from `valid_from` until before `valid_to`.",
    "agent": "A customer-service employee.",
    "employment": "An agent's contract from `valid_from` until before `valid_to`: hours a week, and of a full day.",
    "reason": "Why customers contact us: a tree, each reason owned by the business area that causes it.",
    "question": "One question of a survey: what it measures, and on which scale. Answers to a question that nobody described count nowhere.",
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
            meaning = explained.OWN[table.name].get(said) or explained.SHARED.get(said, "")
            yield Field(said, _type(column), column.required and column.name != table.key, column.choices, meaning)


def _type(column: Column) -> str:
    return {"ids": "list", "choice": "one of"}.get(column.kind, column.kind)


def facts() -> list[tuple[str, str]]:
    """Every fact that a table may tell, with what it is."""
    return [(kind, FACTS[kind]) for kind in KINDS]
