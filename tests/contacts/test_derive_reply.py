from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from batches import read
from nyckeltal.contacts.store import World

Row = dict[str, Any]
WORKDAYS = "mo-fr 08:00-17:00"
ALWAYS = "mo-su 00:00-24:00"


def replied(offered: str, *messages: Row, weekly: str | None = None, agreement: list[Row] | None = None, tz: str = "Europe/Stockholm", **words: Any) -> Row:
    rows: dict[str, list[Row]] = {
        "contact": [{"contact_id": "a", "channel": "email", "offered_at": offered, **words}],
        "message": [{"contact_id": "a", **message} for message in messages],
        "agreement": [{"client_id": "c1", "valid_from": "2026-01-01", **terms} for terms in agreement or []],
        "queue": [{"queue_id": "q1", "tz": tz, "calendar_id": "k" if weekly else None}],
        "calendar": [
            {"calendar_id": "k", "tz": tz, "weekly": weekly or ALWAYS, "holidays": "2026; 2026-04-03"},
            {"calendar_id": "own", "tz": "UTC", "weekly": "mo-fr 10:00-12:00", "holidays": "2026"},
        ],
    }
    words_of = "first_reply_at", "reply_s", "reply_business_s", "reply_due_at", "reply_due_date", "reply_due_minute", "reply_due_offset_s"
    return read(World.of(rows, defaults=True), "contact", *words_of)[0]


def by_agent(moment: str, **words: Any) -> Row:
    return {"author": "agent", "sent_at": moment, **words}


@pytest.mark.parametrize(
    ("offered", "reply", "weekly", "hours"),
    [
        ("2026-03-06T15:30:00Z", "2026-03-09T08:15:00Z", WORKDAYS, 1.75),  # Friday 16:30 to Monday 09:15
        ("2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z", ALWAYS, 7.0),  # 22:00 to 06:00 in the night that loses an hour
        ("2026-10-24T20:00:00Z", "2026-10-25T05:00:00Z", ALWAYS, 9.0),  # 22:00 to 06:00 in the night that gains one
        ("2026-04-02T14:00:00Z", "2026-04-06T07:00:00Z", WORKDAYS, 2.0),  # Good Friday and a weekend between
        ("2026-03-07T10:00:00Z", "2026-03-08T10:00:00Z", WORKDAYS, 0.0),  # all of it on a weekend
        ("2026-03-06T15:30:00Z", "2026-03-06T15:40:00Z", None, 1 / 6),  # no calendar: always open
    ],
)
def test_a_reply_is_counted_in_opening_hours(offered: str, reply: str, weekly: str | None, hours: float) -> None:
    found = replied(offered, by_agent(reply), weekly=weekly)
    assert found["reply_business_s"] == hours * 3600
    assert found["reply_s"] == (datetime.fromisoformat(reply) - datetime.fromisoformat(offered)).total_seconds()


def test_only_what_a_person_wrote_to_the_customer_is_a_reply() -> None:
    machine = by_agent("2026-03-02T09:01:00Z", is_auto=True)
    note = by_agent("2026-03-02T09:02:00Z", direction="internal")
    customer = {"author": "customer", "sent_at": "2026-03-02T09:03:00Z"}
    early = by_agent("2026-03-02T08:00:00Z")
    assert replied("2026-03-02T09:00:00Z", machine, note, customer, early)["first_reply_at"] is None
    reply = by_agent("2026-03-02T10:00:00Z")
    assert replied("2026-03-02T09:00:00Z", machine, reply, by_agent("2026-03-02T11:00:00Z"))["reply_s"] == 3600


def test_a_written_contact_without_messages_was_replied_to_when_it_was_answered() -> None:
    assert replied("2026-03-02T09:00:00Z", answered_at="2026-03-02T09:30:00Z")["reply_s"] == 1800
    customer = {"author": "customer", "sent_at": "2026-03-02T09:00:00Z"}
    assert replied("2026-03-02T09:00:00Z", customer, answered_at="2026-03-02T09:30:00Z")["reply_s"] is None
    assert set(replied("2026-03-02T09:00:00Z", channel="voice", answered_at="2026-03-02T09:30:00Z").values()) == {None}


def test_a_reply_is_due_after_eight_opening_hours_where_nothing_is_agreed() -> None:
    found = replied("2026-03-06T15:30:00Z", weekly=WORKDAYS)  # Friday 16:30: half an hour on Friday, the rest on Monday until 15:30
    assert found["reply_due_at"] == datetime(2026, 3, 9, 14, 30, tzinfo=UTC)
    assert (found["reply_due_date"], found["reply_due_minute"], found["reply_due_offset_s"]) == (date(2026, 3, 9), 15 * 60 + 30, 3600)
    assert replied("2026-03-06T15:30:00Z")["reply_due_at"] == datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    ends_with_the_day = replied("2026-03-02T08:00:00Z", weekly=WORKDAYS)
    assert ends_with_the_day["reply_due_at"] == datetime(2026, 3, 2, 16, tzinfo=UTC)


def test_the_agreement_of_the_day_says_by_when_and_in_which_hours() -> None:
    old = {"measure": "first_reply_time", "reply_limit_s": 60, "valid_to": "2026-03-02"}
    now = {"measure": "first_reply_time", "reply_limit_s": 3600}
    assert replied("2026-03-02T09:00:00Z", agreement=[old])["reply_due_at"] == datetime(2026, 3, 2, 17, tzinfo=UTC)
    assert replied("2026-03-02T09:00:00Z", agreement=[now])["reply_due_at"] == datetime(2026, 3, 2, 10, tzinfo=UTC)
    first = {"measure": "reply_in_time_share", "reply_limit_s": 7200}
    assert replied("2026-03-02T09:00:00Z", agreement=[now, first])["reply_due_at"] == datetime(2026, 3, 2, 11, tzinfo=UTC)
    named = {"measure": "reply_in_time_share", "reply_limit_s": 1800, "queue_ids": ["q1"]}
    assert replied("2026-03-02T09:00:00Z", agreement=[first, named])["reply_due_at"] == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert replied("2026-03-02T09:00:00Z", agreement=[{**named, "queue_ids": ["other"]}])["reply_due_at"] == datetime(2026, 3, 2, 17, tzinfo=UTC)
    own = replied("2026-03-02T09:00:00Z", by_agent("2026-03-02T11:00:00Z"), agreement=[{**now, "calendar_id": "own"}], weekly=WORKDAYS)
    assert (own["reply_due_at"], own["reply_business_s"]) == (datetime(2026, 3, 2, 11, tzinfo=UTC), 3600)


def test_what_is_due_in_a_year_that_the_calendar_does_not_name_is_not_known() -> None:
    assert replied("2026-12-31T15:30:00Z", weekly=WORKDAYS)["reply_due_at"] is None
    assert replied("2026-12-31T07:00:00Z", weekly=WORKDAYS)["reply_due_at"] == datetime(2026, 12, 31, 15, tzinfo=UTC)
