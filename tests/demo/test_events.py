from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from nyckeltal.demo.events import Span, plant, thirteen_months_before
from nyckeltal.demo.simulate import Story

TODAY = date(2026, 11, 22)


def test_the_period_is_thirteen_months_ending_yesterday() -> None:
    assert thirteen_months_before(TODAY) == date(2025, 10, 22)
    assert thirteen_months_before(date(2026, 3, 31)) == date(2025, 2, 28)
    assert thirteen_months_before(date(2027, 1, 1)) == date(2025, 12, 1)


def test_events_lie_inside_the_period_and_apart() -> None:
    events = plant(Span(thirteen_months_before(TODAY), TODAY))
    assert events.illness.span.first.weekday() == 0
    assert events.trouble.day.weekday() == 2
    assert len(events.shortage.span.days) >= 28
    assert events.tighter_from.day == 1
    assert events.trouble.day not in events.illness.span
    assert not set(events.illness.span.days) & set(events.shortage.span.days)


def _day(moment: float) -> date:
    return datetime.fromtimestamp(moment, ZoneInfo("Europe/Stockholm")).date()


def test_the_day_of_trouble_loses_calls_and_no_other_day_does(story: Story) -> None:
    lost = [contact for contact in story.book.contacts if contact.outcome in ("technical", "blocked")]
    assert {_day(contact.offered_at) for contact in lost} == {story.events.trouble.day}
    assert "email" not in {contact.queue.channel for contact in lost}


def test_the_week_of_illness_has_fewer_agents_and_longer_waits(story: Story) -> None:
    illness = story.events.illness
    present: dict[bool, set[tuple[str, date]]] = defaultdict(set)
    weekdays = [day for day in story.events.period.days if day.weekday() < 5]
    for absent in story.book.absences:
        team = absent.agent.team_on(_day(absent.start))
        if absent.state is None and team is not None and team.team_id == illness.team_id:
            present[_day(absent.start) in illness.span].add((absent.agent.agent_id, _day(absent.start)))
    ill_days = sum(day in illness.span for day in weekdays)
    assert len(present[True]) / ill_days < 0.75 * len(present[False]) / (len(weekdays) - ill_days)
    assert {day for _, day in present[True]} == {day for day in illness.span.days if day in weekdays}  # and somebody comes each day
    waits: dict[bool, list[float]] = defaultdict(list)
    for contact in story.book.contacts:
        if contact.queue.pool == "kraft" and contact.wait_s is not None and contact.queue.channel == "voice":
            waits[_day(contact.offered_at) in illness.span].append(contact.wait_s)
    assert sum(waits[True]) / len(waits[True]) > 2 * sum(waits[False]) / len(waits[False])


def test_the_day_on_which_the_clock_is_put_back_has_25_hours_and_the_same_opening(story: Story) -> None:
    sunday, monday = date(2026, 10, 25), date(2026, 10, 26)
    zone = ZoneInfo("Europe/Stockholm")
    opening = {day: story.demand.openings["polartel-invoice", day] for day in (date(2026, 10, 19), monday)}
    assert {datetime.fromtimestamp(each.start, zone).hour for each in opening.values()} == {8}
    mails = [contact.offered_at for contact in story.book.contacts if contact.queue.channel == "email" and _day(contact.offered_at) == sunday]
    assert mails
    assert max(mails) - min(mails) < 25 * 3600
    assert opening[monday].start - opening[date(2026, 10, 19)].start == 7 * 86_400 + 3600
