from collections import defaultdict
from itertools import pairwise

from nyckeltal.demo.book import NEVER
from nyckeltal.demo.simulate import Story


def test_an_agent_is_never_in_two_calls_at_once(story: Story) -> None:
    calls = defaultdict(list)
    for leg in story.book.legs:
        if leg.queue.channel != "chat":
            calls[leg.agent.agent_id].append((leg.rang_at, leg.ended_at))
    assert len(calls) > 40
    for spans in calls.values():
        assert all(one[1] <= other[0] + 1e-6 for one, other in pairwise(sorted(spans)))


def test_an_agent_has_at_most_two_chats_at_once(story: Story) -> None:
    changes: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for leg in story.book.legs:
        if leg.queue.channel == "chat":
            changes[leg.agent.agent_id] += [(leg.ended_at, -1), (leg.rang_at, 1)]
    for steps in changes.values():
        open_chats = 0
        for _, step in sorted(steps):
            open_chats += step
            assert open_chats <= 2


def test_agents_work_only_while_logged_in(story: Story) -> None:
    sessions = defaultdict(list)
    for absent in story.book.absences:
        if absent.state is None:
            sessions[absent.agent.agent_id].append((absent.start, absent.end))
    for leg in story.book.legs:
        assert any(start <= leg.rang_at and leg.ended_at <= end + 61 for start, end in sessions[leg.agent.agent_id])


def test_parts_lie_inside_their_contact(story: Story) -> None:
    for leg in story.book.legs:
        assert leg.contact.offered_at <= leg.rang_at <= leg.started_at <= leg.ended_at <= leg.contact.ended_at + 1e-6


def test_nobody_waits_beyond_their_patience(story: Story) -> None:
    for visit in story.book.visits:
        if visit.outcome in ("answered", "abandoned"):
            assert visit.left_at <= visit.gives_up_at + 26 or visit.gives_up_at == NEVER


def test_every_call_back_belongs_to_a_request(story: Story) -> None:
    by_number = {contact.number: contact for contact in story.book.contacts}
    made = [contact for contact in story.book.contacts if contact.callback_of is not None]
    assert made
    for contact in made:
        request = by_number[contact.callback_of]  # type: ignore[index]  # those without were left out above
        assert request.outcome == "callback_requested"
        assert contact.offered_at == request.ended_at
        assert contact.queue.client_id == request.queue.client_id


def test_calls_are_passed_on_between_queues_and_to_second_line(story: Story) -> None:
    kinds = {leg.end_kind for leg in story.book.legs if leg.target is not None}
    assert kinds == {"transfer", "escalation"}
    assert any(visit.seq == 2 and visit.queue.tier == 2 and visit.outcome == "answered" for visit in story.book.visits)


def test_waiting_comes_from_the_queue(story: Story) -> None:
    """Busy half hours have longer waits than calm ones: nothing is drawn from a formula for waiting."""
    waits = defaultdict(list)
    for contact in story.book.contacts:
        if contact.queue.pool == "tele" and contact.queue.channel == "voice" and contact.wait_s is not None and contact.outcome in ("answered", "abandoned"):
            waits[int(contact.offered_at // 1800)].append(contact.wait_s)
    by_load = sorted((len(each), sum(each) / len(each)) for each in waits.values())
    calm, busy = by_load[: len(by_load) // 2], by_load[len(by_load) // 2 :]
    assert sum(wait for _, wait in busy) / len(busy) > sum(wait for _, wait in calm) / len(calm)
