"""How far a fact is known, by client."""

from __future__ import annotations

from datetime import UTC, date, datetime

from nyckeltal.contacts.facts import Coverage
from nyckeltal.contacts.world import World
from nyckeltal.kpi.known import Known
from nyckeltal.kpi.organisation import organisation
from nyckeltal.when.period import Period

MARCH = Period.of("2026-03")


class Covered(World):
    """A world of which only some stretches are known."""

    stretches: list[Coverage]

    def coverage(self, fact: str) -> list[Coverage]:
        return self.stretches


def known(*stretches: tuple[str | None, str, str], now: datetime | None = None) -> Known:
    clients = [{"client_id": "one", "tz": "Europe/Stockholm"}, {"client_id": "two", "tz": "Europe/Helsinki"}]
    facts = Covered(World.of({"client": clients}).tables)
    facts.stretches = [Coverage(client, moment(start), moment(end)) for client, start, end in stretches]
    found = organisation(facts)
    return Known("contact", found, found.zones, now)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_what_is_known_for_all_is_known_for_each() -> None:
    it = known(("one", "2026-01-01", "2026-02-01"), (None, "2026-01-01", "2026-03-01"))
    assert it.until({"one"}) == moment("2026-03-01")
    assert it.until({"two"}) == moment("2026-03-01")
    assert it.by_client is None


def test_several_clients_are_known_as_far_as_the_least_of_them() -> None:
    it = known(("one", "2026-01-01", "2026-02-01"), ("two", "2026-01-01", "2026-03-01"))
    assert it.until() == moment("2026-02-01")
    assert it.until({"two"}) == moment("2026-03-01")
    assert it.until({"three"}) is None
    assert it.same_s is None
    assert it.by_client is not None
    assert it.by_client.column("client_id").to_pylist() == ["one", "two"]


def test_a_client_that_stopped_sending_holds_back_the_whole_and_one_that_left_long_ago_does_not() -> None:
    it = known(("one", "2026-01-01", "2026-04-01"), ("two", "2026-01-01", "2026-03-01"))
    assert it.until_of_those_there(MARCH.start, MARCH.end) == moment("2026-03-01")
    assert it.until_of_those_there(None) == moment("2026-03-01")
    assert it.until_of_those_there(date(2026, 6, 1), date(2026, 7, 1)) == moment("2026-04-01")
    left = known(("one", "2026-01-01", "2026-04-01"), ("two", "2025-01-01", "2025-12-01"))
    assert left.until_of_those_there(MARCH.start, MARCH.end) == moment("2026-04-01")
    later = known(("one", "2025-01-01", "2026-06-01"), ("two", "2026-04-02", "2026-04-20"))
    assert later.until_of_those_there(MARCH.start, MARCH.end) == moment("2026-06-01")
    assert known().until_of_those_there(None) is None


def test_a_client_that_stopped_is_not_waited_for_for_ever() -> None:
    stopped = known(("one", "2026-01-01", "2026-04-25"), ("two", "2025-01-01", "2026-03-10"))
    assert stopped.until_of_those_there(MARCH.start, MARCH.end) == moment("2026-03-10")
    left = known(("one", "2026-01-01", "2026-06-01"), ("two", "2025-01-01", "2026-03-10"))
    assert left.until_of_those_there(MARCH.start, MARCH.end) == moment("2026-06-01")
    assert left.behind(MARCH.start, MARCH.end) == {"two": moment("2026-03-10")}


def test_a_client_is_waited_for_as_long_as_it_had_been_heard_of() -> None:
    short = known(("one", "2026-01-01", "2026-04-25"), ("two", "2026-03-01", "2026-03-04"))
    assert short.until_of_those_there(MARCH.start, MARCH.end) == moment("2026-04-25")
    assert known(("one", "2026-01-01", "2026-03-06"), ("two", "2026-03-01", "2026-03-04")).until_of_those_there(None) == moment("2026-03-04")
    longer = known(("one", "2026-01-01", "2026-04-25"), ("two", "2026-01-20", "2026-03-04"))
    assert longer.until_of_those_there(MARCH.start, MARCH.end) == moment("2026-04-25")
    assert known(("one", "2026-01-01", "2026-04-15"), ("two", "2026-01-20", "2026-03-04")).until_of_those_there(None) == moment("2026-03-04")


def test_who_is_left_out_is_not_waited_for_and_not_named() -> None:
    it = known(("one", "2026-01-01", "2026-04-01"), ("two", "2026-01-01", "2026-03-01"))
    assert it.until_of_those_there(MARCH.start, MARCH.end, frozenset({"two"})) == moment("2026-04-01")
    assert it.behind(MARCH.start, MARCH.end, frozenset({"two"})) == {}
    assert it.until_of_those_there(None, without=frozenset({"one", "two"})) == moment("2026-04-01")


def test_whoever_is_a_week_behind_or_not_waited_for_is_named() -> None:
    near = known(("one", "2026-01-01", "2026-03-20"), ("two", "2026-01-01", "2026-03-14"))
    assert near.behind(MARCH.start, MARCH.end) == {}
    week = known(("one", "2026-01-01", "2026-03-22"), ("two", "2026-01-01", "2026-03-14"))
    assert week.behind(MARCH.start, MARCH.end) == week.behind(None) == {"two": moment("2026-03-14")}
    assert week.behind(date(2026, 2, 1), date(2026, 3, 1)) == {}
    short = known(("one", "2026-01-01", "2026-03-20"), ("two", "2026-03-12", "2026-03-14"))
    assert short.behind(MARCH.start, MARCH.end) == {"two": moment("2026-03-14")}
    assert short.behind(date(2026, 6, 1), date(2026, 7, 1)) == {}


def test_a_period_is_covered_where_any_part_of_it_is_known() -> None:
    it = known(("one", "2026-03-10", "2026-03-12"))
    assert it.covers(MARCH)
    assert not it.covers(MARCH, {"two"})
    assert it.covers(Period.days(date(2026, 3, 12), date(2026, 3, 20)), {"one"})  # the 12th has begun in Stockholm
    assert not it.covers(Period.days(date(2026, 3, 13), date(2026, 3, 20)), {"one"})
    assert not it.covers(Period.of("2026-04"))


def test_a_month_is_over_at_the_last_of_its_midnights() -> None:
    it = known((None, "2026-01-01", "2026-05-01"))
    assert it.over(MARCH, {"one"}) == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert it.over(MARCH, {"two"}) == datetime(2026, 3, 31, 21, tzinfo=UTC)
    assert it.over(MARCH) == datetime(2026, 3, 31, 22, tzinfo=UTC)


def test_nothing_is_known_beyond_now() -> None:
    assert known(("one", "2026-01-01", "2026-05-01"), now=moment("2026-03-03")).until() == moment("2026-03-03")


def test_the_last_day_known_is_today_while_today_is_being_sent() -> None:
    it = known((None, "2026-01-01", "2026-03-03"))
    assert it.is_today(moment("2026-03-03"), datetime(2026, 3, 3, 6, tzinfo=UTC))
    assert not it.is_today(moment("2026-03-01"), datetime(2026, 3, 3, 6, tzinfo=UTC))


def test_an_empty_store_knows_nothing() -> None:
    assert known().until() is None
    assert not known().covers(None)
