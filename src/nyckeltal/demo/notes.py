"""What agents note about contacts: the reason, its type, when, the case, and whether they think the matter settled."""

from __future__ import annotations

from dataclasses import dataclass

from nyckeltal.demo.book import NEVER, Contact
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.reasons import TOPICS, Topic, other_id
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.staff import Agent

NO_TYPE = 0.02
WRONG = 0.015  # another reason of the same client
LATE = 0.04  # noted one to three days later
FLAGGED = 0.85
FLAG_TOO_HOPEFUL = 0.30  # not settled, but noted as settled
TYPES = {"value": ("question", "order"), "failure": ("complaint", "fault")}


@dataclass(slots=True)
class Note:
    """One contact's note; all None where nobody answered or nothing was noted."""

    reason_id: str | None = None
    reason_type: str | None = None
    logged_at: float = NEVER
    case_id: str | None = None
    solved_flag: bool | None = None


@dataclass(frozen=True)
class Habit:
    """How an agent notes: the share left out, and the share noted as other."""

    left_out: float
    other: float


def habits(story: Story, chance: Chance) -> dict[str, Habit]:
    """A habit for each agent: most leave out few, some many."""
    return {agent.agent_id: Habit(0.02 + 0.10 * chance.uniform() ** 2, 0.02 + 0.08 * chance.uniform() ** 2) for agent in story.agents}


def take_notes(story: Story, habit: dict[str, Habit], chance: Chance) -> list[Note]:
    """One note for each contact, in the order of the book."""
    others = {topic.client_id: [each for each in TOPICS if each.client_id == topic.client_id] for topic in TOPICS}
    end = story.demand.end
    return [_note(contact, contact.agent, habit, others, end, chance) if contact.agent is not None else Note() for contact in story.book.contacts]


def _note(contact: Contact, agent: Agent, habit: dict[str, Habit], others: dict[str, list[Topic]], end: float, chance: Chance) -> Note:
    uniform, matter = chance.uniform, contact.matter
    note = Note(case_id=case_id(matter.number) if matter.has_case else None)
    if uniform() < FLAGGED and contact.solved is not None:
        note.solved_flag = contact.solved or uniform() < FLAG_TOO_HOPEFUL
    if uniform() < habit[agent.agent_id].left_out:
        return note
    at = contact.ended_at + (86_400 * (1.1 + 2 * uniform()) if uniform() < LATE else -20 * uniform())
    if at >= end:
        return note
    note.logged_at = at
    topic = matter.topic
    if uniform() < WRONG:
        topic = others[topic.client_id][int(uniform() * len(others[topic.client_id]))]
    note.reason_id = other_id(topic.client_id) if uniform() < habit[agent.agent_id].other else topic.leaf_id(matter.leaf)
    if uniform() >= NO_TYPE:
        note.reason_type = TYPES[topic.demand][int(uniform() * 2)]
    return note


def case_id(number: int) -> str:
    return f"I{number:07d}"
