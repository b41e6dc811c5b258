import math
from collections import defaultdict
from datetime import date

import numpy as np

from nyckeltal.demo.chance import Chance
from nyckeltal.demo.events import Span, thirteen_months_before
from nyckeltal.demo.reasons import Topic, hard
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.staff import LEARNING_EXPONENT, hire

TODAY = date(2026, 11, 22)


def _telephone(story: Story) -> list[tuple[str, str, float, float]]:
    """Agent, topic, contacts taken and seconds, of first-line calls at Polartel."""
    return [
        (leg.agent.agent_id, leg.contact.matter.topic.reason_id, leg.taken, leg.talk_s + leg.hold_s + leg.acw_s)
        for leg in story.book.legs
        if leg.answered and leg.queue.pool == "tele" and leg.queue.channel == "voice"
    ]


def test_sixty_agents_in_six_teams_some_of_whom_come_leave_and_move() -> None:
    period = Span(thirteen_months_before(TODAY), TODAY)
    agents = hire(period, Chance(1))
    assert len(agents) == len({agent.agent_id for agent in agents}) == 60
    assert len({agent.memberships[0].team_id for agent in agents}) == 6
    assert sum(agent.hired_on in period for agent in agents) >= 10
    assert sum(agent.left_on is not None for agent in agents) >= 5
    assert sum(len(agent.memberships) == 2 for agent in agents) == 4


def test_handling_time_falls_by_the_learning_curve(story: Story) -> None:
    """Regression of the logarithm of handling time on that of the contacts taken, topics and true speeds removed."""
    speed = {agent.agent_id: agent.speed for agent in story.agents}
    handle = {leg.contact.matter.topic.reason_id: leg.contact.matter.topic.handle_s for leg in story.book.legs}
    rows = [(math.log(taken), math.log(seconds / handle[topic] / speed[agent])) for agent, topic, taken, seconds in _telephone(story)]
    slope = np.polyfit([taken for taken, _ in rows], [seconds for _, seconds in rows], 1)[0]
    assert abs(-slope - LEARNING_EXPONENT) < 0.04


def test_one_agent_is_slow_only_because_of_the_cases(story: Story) -> None:
    who = next(agent for agent in story.agents if agent.hard_cases)
    factor = {agent.agent_id: agent.speed for agent in story.agents}
    assert who.speed == 1.0
    raw: dict[bool, list[float]] = defaultdict(list)
    per_topic: dict[Topic, dict[bool, list[float]]] = defaultdict(lambda: defaultdict(list))
    for leg in story.book.legs:
        if leg.answered and leg.queue.pool == "tele" and leg.queue.channel == "voice":
            own = leg.agent is who
            seconds = leg.talk_s + leg.hold_s + leg.acw_s
            fair = seconds / factor[leg.agent.agent_id] / (leg.taken / 8000) ** -LEARNING_EXPONENT / math.exp(leg.agent.hurry[2026, 10])
            raw[own].append(fair)
            per_topic[leg.contact.matter.topic][own].append(fair)
    assert np.mean(raw[True]) > 1.2 * np.mean(raw[False])
    for topic, each in per_topic.items():
        if hard(topic) and len(each[True]) > 100:
            assert abs(np.mean(each[True]) / np.mean(each[False]) - 1) < 0.15


def test_who_hurries_solves_less(story: Story) -> None:
    """The same agent, the same month: a shorter handling time goes with a smaller chance of solving."""
    from nyckeltal.demo.book import Book
    from nyckeltal.demo.customers import Customers

    customers = Customers(story.demand, Book(), Chance(1))
    contact = next(contact for contact in story.book.contacts if contact.solved is not None and contact.agent is not None)
    agent = contact.agent
    assert agent is not None
    before = dict(agent.hurry)
    chances = []
    for hurry in (-0.2, 0.0, 0.2):
        agent.hurry = dict.fromkeys(before, hurry)
        chances.append(customers.chance_of_solving(contact, contact.queue, agent, contact.ended_at))
    agent.hurry = before
    assert chances[0] < chances[1] < chances[2]
