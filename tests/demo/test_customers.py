from collections import defaultdict

from nyckeltal.demo.company import QUEUE
from nyckeltal.demo.customers import COMES_BACK, COMES_BACK_AFTER_S
from nyckeltal.demo.simulate import Story


def test_no_contact_without_a_client_and_every_client_has_contacts(story: Story) -> None:
    clients = {contact.queue.client_id for contact in story.book.contacts}
    assert clients == {"polartel", "nordkraft", "nordhem"}
    assert all(contact.matter.topic.client_id == contact.queue.client_id for contact in story.book.contacts)


def test_patience_is_found_again_from_waits(story: Story) -> None:
    """Reference 4.1: waiting time of all, divided by those who gave up, short hang-ups removed."""
    waited: dict[str, float] = defaultdict(float)
    gave_up: dict[str, int] = defaultdict(int)
    for contact in story.book.contacts:
        if contact.wait_s is not None and contact.entered_at > 0 and not contact.left_in_menu and (contact.outcome != "abandoned" or contact.wait_s >= 5):
            waited[contact.queue.queue_id] += contact.wait_s
            gave_up[contact.queue.queue_id] += contact.outcome == "abandoned"
    for queue_id in ("polartel-technical", "polartel-invoice", "polartel-chat"):
        assert gave_up[queue_id] >= 100
        assert abs(waited[queue_id] / gave_up[queue_id] / QUEUE[queue_id].patience_s - 1) < 0.2


def test_repeats_come_from_matters_that_were_not_solved(story: Story) -> None:
    contacts = defaultdict(list)
    for contact in story.book.contacts:
        if contact.solved is not None:
            contacts[contact.matter.number].append(contact)
    returned, unsolved, delays = 0, 0, []
    for each in contacts.values():
        each.sort(key=lambda contact: contact.ended_at)
        assert not any(contact.solved for contact in each[:-1])
        first = each[0]
        if not first.solved and story.demand.end - first.ended_at > 15 * 86_400:
            unsolved += 1
            returned += len(each) > 1
            delays += [each[1].offered_at - first.ended_at] if len(each) > 1 else []
    assert abs(returned / unsolved - COMES_BACK) < 0.1  # some give up while waiting the second time
    assert COMES_BACK_AFTER_S < sum(delays) / len(delays) < 1.8 * COMES_BACK_AFTER_S  # nights and weekends come on top


def test_about_three_of_four_matters_are_settled_at_the_first_contact(story: Story) -> None:
    first = [matter for matter in story.book.matters if matter.handled]
    settled = sum(matter.solved and matter.handled == 1 for matter in first) / len(first)
    assert 0.60 < settled < 0.80


def test_a_solved_matter_is_not_reopened(story: Story) -> None:
    for contact in story.book.contacts:
        if contact.solved:
            assert contact.matter.solved
            assert contact.matter.closed_at >= contact.ended_at - 1e-6
