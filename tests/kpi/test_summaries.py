"""Sources that keep no contacts are asked in the same way as far as their sums go; nothing is counted twice, and what sums do not tell says why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.errors import BadDefinition
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask
from nyckeltal.kpi.checks import read_text

DAY = datetime(2026, 3, 2, tzinfo=UTC)


def day(number: int, **said: Any) -> dict[str, Any]:
    """A summary of one queue's day: of 100 who came 90 were answered, 70 of them in time, and 5 hung up at once."""
    given = {"queue_id": "a", "started_at": DAY + timedelta(days=number), "offered_n": 100, "answered_n": 90, "abandoned_n": 10}
    given |= {"short_abandoned_n": 5, "short_s": 5.0, "in_time_n": 70, "in_time_s": 20.0, "wait_s": 1800.0, "talk_s": 9000.0, "hold_s": 900.0, "acw_s": 1800.0}
    given |= {"summary_id": f"{number}-{said.get('queue_id', 'a')}-{said.get('length_s', '')}-{said.get('source', '')}", "client_id": "one"}
    return given | said


def one(kpi: str, *summaries: dict[str, Any], also: dict[str, list[dict[str, Any]]] | None = None, **asked: Any) -> Figure:
    [figure] = ask(kpi, facts=World.of({"summary": list(summaries), **(also or {})}), floor=0, **asked)
    return figure


@pytest.fixture(scope="module")
def three() -> World:
    """Two days of one queue, and one of another."""
    return World.of({"summary": [day(0), day(0, queue_id="b"), day(1)]})


@pytest.mark.parametrize(
    ("kpi", "asked", "top", "bottom"),
    [
        ("contacts_offered", {}, 300, 1),
        ("contacts_handled", {}, 270, 1),
        ("answer_rate", {}, 270, 285),
        ("answer_rate", {"variant": "all"}, 270, 300),
        ("abandonment_rate", {}, 15, 285),
        ("service_level", {}, 210, 285),
        ("service_level", {"variant": "answered_only"}, 210, 270),
        ("asa", {}, 5400, 270),
        ("aht", {}, 3 * 11700, 270),
        ("aht", {"variant": "acw_s"}, 5400, 270),
        ("acw_time", {}, 5400, 270),
        ("asa", {"where": "queue == 'a'"}, 3600, 180),
        ("asa", {"start": "2026-03-03"}, 1800, 90),
        ("asa", {"within": {"queue": ["b"]}}, 1800, 90),
    ],
)
def test_figures_are_ratios_of_sums(kpi: str, asked: dict[str, Any], top: float, bottom: float, three: World) -> None:
    [figure] = ask(kpi, facts=three, floor=0, **asked)
    assert (figure.numerator, figure.denominator) == (top, bottom)
    assert figure.n == (top if bottom == 1 else bottom)


def test_a_mean_of_days_weighs_each_day_by_its_contacts() -> None:
    busy, calm = day(0, answered_n=90, wait_s=None, mean_wait_s=60.0), day(1, answered_n=10, wait_s=None, mean_wait_s=10.0)
    empty = day(2, offered_n=0, answered_n=0, abandoned_n=0, wait_s=None)
    figure = one("asa", busy, calm, empty)
    assert (figure.value, figure.n) == (5500 / 100, 100)


def test_shares_have_an_interval_and_means_none_that_is_invented() -> None:
    share, mean = one("answer_rate", day(0), variant="all"), one("asa", day(0))
    assert (share.low or 1) < 0.9 < (share.high or 0)
    assert (mean.low, mean.high) == (None, None)
    assert "no interval" in str(mean.message)


def test_where_contacts_of_a_queue_and_day_are_known_they_count_and_the_summary_does_not() -> None:
    contacts = [{"client_id": "one", "queue_id": "a", "channel": "voice", "outcome": "answered", "wait_s": 4.0, "offered_at": DAY + timedelta(hours=9)}] * 2
    also = {"contact": [row | {"contact_id": str(at)} for at, row in enumerate(contacts)]}
    world = World.of({"summary": [day(0), day(0, queue_id="b"), day(1), day(1, queue_id=None, channel="chat")], **also})
    figures = {(it.period, it.by["queue"]): it.value for it in ask("contacts_offered", by="queue", per="day", facts=world)}
    assert figures == {
        ("2026-03-02", "a"): 2,
        ("2026-03-02", "b"): 100,
        ("2026-03-02", None): 0,
        ("2026-03-03", "a"): 100,
        ("2026-03-03", "b"): 0,
        ("2026-03-03", None): 100,
    }
    [whole] = ask("asa", facts=world)
    assert (whole.numerator, whole.denominator) == (8 + 3 * 1800, 2 + 3 * 90)
    assert "Summaries tell 270 of those" in str(whole.message)


def test_intervals_go_before_the_day_they_lie_in_and_queues_before_their_whole() -> None:
    halves = [day(0, started_at=DAY + timedelta(minutes=30 * at), length_s=1800.0, offered_n=10, summary_id=f"half {at}") for at in range(4)]
    assert one("contacts_offered", day(0), *halves).value == 40
    assert one("contacts_offered", day(0), day(0, queue_id=None, offered_n=500)).value == 100
    groups = [day(0, summary_id="first group"), day(0, summary_id="second group")]  # of one source, which tells more apart than the mapping took
    assert one("contacts_offered", *groups).value == 200


def test_of_two_sources_that_summarise_the_same_day_one_counts() -> None:
    assert one("contacts_offered", day(0, source="old"), day(0, source="other", offered_n=101)).value == 101


@pytest.mark.parametrize(
    ("kpi", "asked", "reason", "says"),
    [
        ("service_level", {"set": {"within": 30}}, "not_in_source", "another limit"),
        ("answer_rate", {"set": {"short": 10}}, "not_in_source", "quick hang-ups"),
        ("asa", {"variant": "p90"}, "not_in_source", "answered, all_hours"),
        ("asa", {"where": "hour == 9"}, "not_in_source", "longer stretches"),
        ("contacts_offered", {"where": "wait_s > 5"}, "not_in_source", "cannot be told from sums"),
        ("fcr", {}, "not_in_source", "cannot be told from sums"),
        ("aht", {"by": "agent"}, "refused", "cannot be asked by agent"),
    ],
)
def test_what_sums_do_not_tell_says_why(kpi: str, asked: dict[str, Any], reason: str, says: str, three: World) -> None:
    figure = ask(kpi, facts=three, floor=0, **asked)[0]
    assert (figure.value, figure.reason) == (None, reason)
    assert says in str(figure.message)


def test_words_that_a_summary_leaves_empty_are_named_and_others_still_count() -> None:
    figure = one("asa", day(0), day(1, wait_s=None))
    assert (figure.denominator, figure.reason) == (90, None)
    assert "1 summaries are not in it. The source never fills wait_s." in str(figure.message)
    assert "handle_s" in str(one("aht", day(0, acw_s=None)).message)


def test_who_came_in_opening_hours_is_not_told_by_a_day_of_a_queue_that_closes() -> None:
    also: dict[str, list[dict[str, Any]]] = {
        "queue": [{"queue_id": "a", "client_id": "one", "calendar_id": "c"}],
        "calendar": [{"calendar_id": "c", "tz": "UTC", "weekly": "mo-fr 08:00-17:00", "holidays": "2026", "valid_from": DAY.date()}],
    }
    assert "opening hours" in str(one("answer_rate", day(0), also=also).message)
    assert one("answer_rate", day(0), also=also, variant="all_hours").value == 90 / 95


def test_a_kpi_file_with_sums_that_nobody_can_read_is_told_so(tmp_path: Path) -> None:
    from nyckeltal.kpi.catalogue import HERE

    text = (HERE / "asa.toml").read_text(encoding="utf-8")
    text = text.replace('answered = { top = "wait_sum_s"', 'answerd = { top = "wait_sum_s"')
    text = text.replace('all_hours = { top = "wait_sum_s"', 'all_hours = { top = "wait_sm_s"')
    with pytest.raises(BadDefinition) as bad:
        read_text(text, tmp_path / "asa.toml")
    assert {issue.field for issue in bad.value.issues} == {"summary.answerd", "summary.all_hours.top"}
