"""Help desks that are kept in step, over their own interfaces: what they take out counts no longer, and no disturbance changes what comes in."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batches import column
from disturbed import facts
from fake_helpdesks import AGENT, CUSTOMER, SMALL, Chatwoot, Freshdesk, Helpdesk, Zammad, Zendesk
from fake_vendor import SECRET, serving
from more_helpdesks import FreeScout, Jira, ServiceNow, Topdesk
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.pull import run
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.pull.status import Status
from tables import put

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
DESKS: dict[str, type[Helpdesk]] = {"zendesk": Zendesk, "zammad": Zammad, "freshdesk": Freshdesk, "chatwoot": Chatwoot}
MORE: dict[str, type[Helpdesk]] = {"topdesk": Topdesk, "freescout": FreeScout, "jira": Jira, "servicenow": ServiceNow}  # in the long form
RATED = (Zendesk, Freshdesk)  # with a ticket they tell all ratings that it has
UNRATED = (Zammad, Topdesk, FreeScout, Jira, ServiceNow)


@pytest.fixture(params=sorted([*DESKS, *MORE] if SOAK else DESKS))
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Helpdesk]:
    for name, size in SMALL:
        monkeypatch.setattr(f"nyckeltal.sources.systems.{name}", size)
    with serving((DESKS | MORE)[request.param]()) as one:
        assert isinstance(one, Helpdesk)
        yield one


def caught_up(desk: Helpdesk, home: Path, now: datetime) -> Status:
    system = next(name for name, kind in (DESKS | MORE).items() if isinstance(desk, kind))
    of_system: Any = desk
    given, secret = {"address": desk.address, **of_system.given}, {of_system.secret: SECRET}
    feed = Feed("desk", "from", "desk", Schedule.read("1 hour"), system, client="one", first_day=date(2026, 3, 1), given=given, secret=secret)
    desk.pages.clear()
    done = run.catch_up(feed, Means(home, wait=lambda _: None, now=lambda: now))
    assert done is not None
    return done


def counted(home: Path) -> tuple[list[str], list[str]]:
    """The messages and the answers that count."""
    snapshot = ContactStore(home).snapshot()
    return tuple(sorted(column(snapshot, table, "source_id").values()) for table in ("message", "survey_response"))  # type: ignore[return-value]  # a pair, as two tables are named


def test_what_is_taken_out_of_a_ticket_counts_no_longer_after_the_next_catch_up(desk: Helpdesk, tmp_path: Path) -> None:
    """A comment of one, and the rating of another where the vendor tells all ratings that a ticket has."""
    if isinstance(desk, (Topdesk, ServiceNow)):
        pytest.skip("it never tells a progress whole, or none of it")
    rated, commented = desk.opens(BEGIN), desk.opens(BEGIN + timedelta(minutes=5))
    for ticket in (rated, commented):
        for hour, by in ((1, AGENT), (30, CUSTOMER), (31, AGENT)):
            desk.writes(ticket, BEGIN + timedelta(hours=hour), by)
        if isinstance(desk, RATED):
            desk.is_rated(ticket, BEGIN + timedelta(hours=32))
    assert caught_up(desk, tmp_path, BEGIN + timedelta(days=2)).error is None
    messages, answers = counted(tmp_path)
    gone = f"2/{commented.said[3].id}"
    desk.takes_out(commented, BEGIN + timedelta(days=3), 3)
    desk.takes_out(rated, BEGIN + timedelta(days=3))
    assert caught_up(desk, tmp_path, BEGIN + timedelta(days=4)).error is None
    now = counted(tmp_path)
    assert now[0] == [key for key in messages if key != gone] != messages
    assert (len(answers), len(now[1])) == ((2, 1) if isinstance(desk, RATED) else (0, 0))


def standing(home: Path, desk: Helpdesk) -> dict[str, list[dict[str, Any]]]:
    """Everything that counts; of a rating that Chatwoot tells again with its conversation not when it was changed last."""
    apart = dict.fromkeys(("changed_at",) if isinstance(desk, Chatwoot) else ())
    return {table: [{**row, **apart} if table == "survey_invitation" else row for row in rows] for table, rows in facts(home).items()}


def happens(desk: Helpdesk, now: datetime, dice: random.Random) -> None:
    """A day: tickets come, are answered, settled, rated and reopened; now and then a comment or a rating is taken out of an old one."""
    for number in range(3):
        desk.opens(now + timedelta(minutes=number))
    for minute, ticket in enumerate(dice.sample(sorted(desk.tickets.values(), key=lambda one: one.id), min(6, len(desk.tickets))), 10):
        at, what = now + timedelta(minutes=minute), dice.choice(["answer", "answer", "asks", "note", "settled", "rated", "out", "rating out"])
        if what in ("answer", "asks", "note"):
            desk.writes(ticket, at, CUSTOMER if what == "asks" else AGENT, note=what == "note")
        elif what == "settled":
            ticket.settled = ticket.changed = at
        elif what == "rated" and not ticket.rated and not isinstance(desk, UNRATED):
            desk.is_rated(ticket, at)
        elif what == "out" and len(ticket.said) > 1 and not isinstance(desk, Topdesk):  # it never tells a progress whole
            desk.takes_out(ticket, at, dice.randrange(1, len(ticket.said)))
        elif what == "rating out" and isinstance(desk, RATED):
            desk.takes_out(ticket, at)


@pytest.mark.parametrize("seed", range(3 if SOAK else 1))
def test_a_month_in_step_with_a_desk_that_changes_its_mind_ends_as_if_it_had_been_asked_once(desk: Helpdesk, tmp_path: Path, seed: int) -> None:
    if not SOAK and not isinstance(desk, (Zendesk, Chatwoot)):
        pytest.skip("the others in the long form")
    dice, days, failed = random.Random(seed), 30 if SOAK else 3, 0
    chance = random.Random(seed)
    desk.again = lambda: chance.random() < 0.2
    for day in range(days):
        now = BEGIN + timedelta(days=day)
        happens(desk, now, dice)
        desk.faults = chance.choices(["429", "500", "truncated", "half", "dropped", "", "", ""], k=12) + ["500"] * (9 if day % 3 == 1 else 0)
        failed += caught_up(desk, tmp_path / "one", now + timedelta(hours=1)).error is not None
    desk.faults, desk.again = [], lambda: False
    end = BEGIN + timedelta(days=days)
    happens(desk, end, dice)
    (calm := tmp_path / "calm").mkdir()
    put(calm, (tmp_path / "one" / "secret").read_bytes(), "secret")  # customers are called alike in both
    for home in (tmp_path / "one", calm):
        assert caught_up(desk, home, end + timedelta(hours=1)).error is None
    assert standing(tmp_path / "one", desk) == standing(calm, desk)
    assert failed + desk.repeated > 0
    assert all(counted(calm)[: 1 if isinstance(desk, UNRATED) else 2]) or isinstance(desk, ServiceNow)
