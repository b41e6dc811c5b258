"""The data rules of reference 9.3: what each one refuses, and what it lets through."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nyckeltal.contacts.checks import Limits, rules

HOUR = 3600


def broken(table: str, limits: Limits | None = None, **row: Any) -> list[tuple[str, str]]:
    """Which rules the row breaks, and what becomes of it."""
    import duckdb

    con = duckdb.connect()
    words = {word for rule in rules(table, limits or Limits()) for word in re.findall(r"[a-z_]+", rule.broken)} - {"coalesce", "epoch_us", "abs", "e"}
    values = {**dict.fromkeys(sorted(words)), **row}
    cells = ", ".join(f"{'NULL' if value is None else repr(value)}::{_type(name)} AS {name}" for name, value in values.items())
    found = []
    for rule in rules(table, limits or Limits()):
        hit = con.execute(f"SELECT coalesce({rule.broken}, false) FROM (SELECT {cells})").fetchone()
        if hit and hit[0]:
            found.append((rule.name, rule.action))
    return found


def _type(name: str) -> str:
    if name == "scale":
        return "VARCHAR"
    return "TIMESTAMPTZ" if name.endswith("_at") else "DATE" if name.startswith("valid") else "DOUBLE"


def test_a_negative_duration_is_set_aside_and_never_clamped() -> None:
    for field in ("wait_s", "own_talk_s", "own_hold_s", "own_acw_s", "own_ring_s"):
        assert ("negative_duration", "aside") in broken("contact", **{field: -1})
    assert broken("contact", wait_s=0, own_talk_s=0) == []


def test_an_end_before_its_start_is_set_aside() -> None:
    assert broken("contact", offered_at="2026-03-02 09:00:00+00", ended_at="2026-03-02 08:59:59+00") == [("ends_before_it_starts", "aside")]
    assert broken("contact", offered_at="2026-03-02 09:00:00+00", ended_at="2026-03-02 09:00:00+00") == []
    assert broken("case", opened_at="2026-03-02 09:00:00+00", closed_at="2026-03-01 09:00:00+00") == [("ends_before_it_starts", "aside")]


@pytest.mark.parametrize("end", ["answered_at", "abandoned_at"])
def test_a_negative_time_in_the_queue_is_set_aside_and_a_negative_menu_time_is_not(end: str) -> None:
    came = {"offered_at": "2026-03-02 10:00:00+00", end: "2026-03-02 10:00:05+00"}
    assert broken("contact", **came, queue_entered_at="2026-03-02 10:00:10+00") == [("ends_before_it_starts", "aside")]
    assert broken("contact", **came, queue_entered_at="2026-03-02 10:00:05+00", ivr_started_at="2026-03-02 10:00:20+00") == []
    assert broken("contact", Limits(seconds_hold=True), **came, queue_entered_at="2026-03-02 10:00:10+00") == [("clock_disagrees", "mark")]


def test_where_the_source_states_the_seconds_its_clocks_are_only_marked() -> None:
    stated = Limits(seconds_hold=True)
    row = {"entered_at": "2026-03-02 09:00:00+00", "left_at": "2026-03-02 08:00:00+00", "wait_s": 3}
    assert {action for _, action in broken("queue_visit", stated, **row)} == {"mark"}
    assert broken("queue_visit", **row) == [("ends_before_it_starts", "aside")]


@pytest.mark.parametrize(("seconds", "expected"), [(4 * HOUR, []), (4 * HOUR + 1, [("too_long", "aside")])])
def test_more_than_four_hours_of_one_part_is_set_aside(seconds: float, expected: list[tuple[str, str]]) -> None:
    assert broken("segment", talk_s=seconds) == expected


def test_a_confirmed_length_goes_through() -> None:
    assert broken("segment", Limits(longest_part_s=8 * HOUR), talk_s=5 * HOUR) == []


def test_parts_longer_than_their_segment_are_set_aside_beyond_two_seconds() -> None:
    span = {"started_at": "2026-03-02 09:00:00+00", "ended_at": "2026-03-02 09:01:00+00"}
    assert broken("segment", **span, talk_s=50, hold_s=10, acw_s=2) == []
    assert broken("segment", **span, talk_s=50, hold_s=10, acw_s=3) == [("parts_exceed_whole", "aside")]


def test_ghosts_count_unless_the_mapping_says_otherwise() -> None:
    assert broken("segment", talk_s=0) == []
    assert broken("segment", Limits(ghost_below_s=3), talk_s=0, acw_s=2) == [("ghost", "aside")]
    assert broken("segment", Limits(ghost_below_s=3), talk_s=0, acw_s=3) == []


def test_a_validity_that_ends_before_it_begins_is_set_aside() -> None:
    assert broken("agreement", valid_from="2026-03-02", valid_to="2026-03-01") == [("valid_to_before_from", "aside")]


def test_a_missing_value_breaks_no_rule() -> None:
    for table in ("contact", "segment", "queue_visit", "case", "agent_state", "survey_response", "agreement"):
        assert broken(table) == []
