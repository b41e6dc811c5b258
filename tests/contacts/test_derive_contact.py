from __future__ import annotations

from typing import Any

import pytest

from batches import column, read
from nyckeltal.contacts.same_rules import Rule
from nyckeltal.contacts.store import World

Row = dict[str, Any]


def told(segments: list[Row] | None = None, visits: list[Row] | None = None, **words: Any) -> Row:
    """The words of one contact with these parts."""
    rows: dict[str, list[Row]] = {"contact": [{"contact_id": "c", **words}]}
    for table, given in (("segment", segments), ("queue_visit", visits)):
        if given:
            rows[table] = [{"contact_id": "c", **row} for row in given]
    return read(World.of(rows, defaults=True), "contact")[0]


def test_handling_is_talk_hold_and_after_work() -> None:
    found = told([{"talk_s": 200, "hold_s": 20, "acw_s": 40}, {"seq": 2, "talk_s": 300, "hold_s": 0, "acw_s": 60}])
    assert (found["talk_s"], found["hold_s"], found["acw_s"], found["handle_s"]) == (500, 20, 100, 620)
    assert (found["segments_n"], found["handled"]) == (2, True)


def test_a_part_that_the_source_has_and_a_row_lacks_makes_its_handling_unknown() -> None:
    world = World.of({"contact": [{"contact_id": "a", "talk_s": 10, "acw_s": 5}, {"contact_id": "b", "talk_s": 20}]}, defaults=True)
    assert column(world, "contact", "handle_s") == {"a": 15.0, "b": None}
    assert column(world, "contact", "talk_s") == {"a": 10.0, "b": 20.0}


def test_a_part_that_the_whole_source_lacks_is_left_out() -> None:
    world = World.of(
        {"contact": [{"contact_id": "a", "source": "x", "talk_s": 10, "acw_s": 5}, {"contact_id": "b", "source": "y", "talk_s": 20}]}, defaults=True
    )
    assert column(world, "contact", "handle_s") == {"a": 15.0, "b": 20.0}


def test_a_source_with_clocks_only_has_handling_from_start_to_end() -> None:
    found = told([{"started_at": "2026-03-02T09:01:00Z", "ended_at": "2026-03-02T09:03:30Z"}])
    assert (found["handle_s"], found["talk_s"]) == (150.0, None)


def test_consult_time_of_a_warm_transfer_counts_once_for_the_contact() -> None:
    first = {"agent_id": "anna", "started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T09:10:00Z", "talk_s": 600}
    second = {"seq": 2, "agent_id": "bengt", "started_at": "2026-03-02T09:08:00Z", "ended_at": "2026-03-02T09:20:00Z", "talk_s": 720}
    world = World.of({"contact": [{"contact_id": "c"}], "segment": [{"contact_id": "c", **first}, {"contact_id": "c", **second}]}, defaults=True)
    assert read(world, "contact", "handle_s") == [{"handle_s": 1200.0}]
    assert sorted(column(world, "segment", "handle_s").values()) == [600.0, 720.0]


def test_after_work_beside_the_next_agents_talk_counts_for_both() -> None:
    first = {"started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T09:04:20Z", "talk_s": 200, "hold_s": 20, "acw_s": 40}
    second = {"seq": 2, "started_at": "2026-03-02T09:03:40Z", "ended_at": "2026-03-02T09:09:40Z", "talk_s": 300, "hold_s": 0, "acw_s": 60}
    assert told([first, second])["handle_s"] == 620.0
    sooner = {**second, "started_at": "2026-03-02T09:03:15Z", "ended_at": "2026-03-02T09:09:15Z"}  # both spoke for 25 seconds
    assert told([first, sooner])["handle_s"] == 595.0


def test_one_inside_the_other_counts_as_the_longer() -> None:
    outer = {"started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T09:10:00Z", "talk_s": 600}
    inner = {"seq": 2, "started_at": "2026-03-02T09:02:00Z", "ended_at": "2026-03-02T09:05:00Z", "talk_s": 180}
    assert told([outer, inner])["handle_s"] == 600.0


def test_ring_is_added_where_it_is_known() -> None:
    assert told(talk_s=60, ring_s=7)["handle_ring_s"] == 67
    assert told(talk_s=60)["handle_ring_s"] is None


def test_chats_at_once_share_the_time() -> None:
    found = told(channel="chat", talk_s=600, concurrency=3)
    assert (found["handle_s"], found["active_handle_s"]) == (600, 200)


def test_a_segment_that_rang_unanswered_is_not_handling() -> None:
    found = told([{"answered": False, "agent_id": "anna", "ring_s": 15}, {"seq": 2, "agent_id": "bengt", "talk_s": 50}])
    assert (found["segments_n"], found["first_agent_id"], found["handle_s"]) == (1, "bengt", 50)


def test_a_part_that_nobody_took_was_not_passed_on() -> None:
    parts = [{"answered": False, "end_kind": "transfer"}, {"seq": 2, "end_kind": "customer"}]
    found = told(parts)
    assert (found["transfers_n"], found["handled"]) == (0, True)


def test_planned_transfers_are_not_transfers() -> None:
    parts = [{"end_kind": "transfer", "planned_transfer": True}, {"seq": 2, "end_kind": "transfer"}, {"seq": 3, "end_kind": "customer"}]
    assert told(parts)["transfers_n"] == 1


@pytest.mark.parametrize(
    ("words", "escalated"), [({"end_kind": "escalation"}, True), ({"escalated_to_tier": 2}, True), ({"escalated_to_tier": 1}, False), ({}, None)]
)
def test_escalated_is_an_escalation_or_a_higher_tier(words: Row, escalated: bool | None) -> None:
    world = World.of({"segment": [words]}, defaults=True)
    assert list(column(world, "segment", "escalated").values()) == [escalated]


def test_what_a_source_never_tells_is_no_word_of_its_rows() -> None:
    silent = {"contact_id": "a", "source": "switchboard", "reason_id": "r"}
    telling = {"contact_id": "b", "source": "desk", "end_kind": "customer", "escalated_to_tier": 1}
    world = World.of({"contact": [silent, telling, {"contact_id": "c", "source": "desk", "reason_id": "r", "reason_type": "t"}]}, defaults=True)
    assert column(world, "contact", "transfers_n") == {"a": None, "b": 0, "c": 0}
    assert column(world, "segment", "transferred") == {"a#1": None, "b#1": False, "c#1": False}
    assert column(world, "segment", "escalated") == {"a#1": None, "b#1": False, "c#1": False}
    assert column(world, "contact", "logged") == {"a": None, "b": False, "c": True}


def test_a_reason_taken_over_tells_of_those_contacts_that_could_have_taken_one() -> None:
    def call(name: str, source: str, **more: object) -> Row:
        return {
            "contact_id": name,
            "source": source,
            "customer_key": name[0],
            "client_id": "one",
            "channel": "voice",
            "reason_id": None,
            "reason_type": None,
            **more,
        }

    noted = {"reason_id": "r", "reason_type": "t"}
    calls = [call("a", "switch"), call("b", "switch"), call("c", "switch", client_id="two"), call("d", "switch", channel="chat")]
    tickets = [call("a2", "desk", **noted), call("x", "desk", client_id="two")]
    world = World.of({"contact": [*calls, *tickets]}, defaults=True, same=(Rule("switch", "desk", ("customer",)),))
    assert column(world, "contact", "logged") == {"a": True, "b": False, "c": None, "d": None, "a2": True, "x": False}
    own = World.of({"contact": [*calls[:3], call("e", "switch", client_id="two", **noted)]}, defaults=True)
    assert column(own, "contact", "logged") == {"a": False, "b": False, "c": False, "e": True}, "what notes reasons itself, does so for all"


def test_who_hung_up_tells_of_transfers_and_not_of_tiers() -> None:
    world = World.of({"segment": [{"end_kind": "customer"}, {"end_kind": "transfer"}]}, defaults=True)
    assert list(column(world, "segment", "transferred").values()) == [False, True]
    assert list(column(world, "segment", "escalated").values()) == [None, None]


def test_a_contact_with_several_visits_is_answered_if_any_was_else_as_the_last_was() -> None:
    cases: dict[str, tuple[tuple[str | None, ...], bool | None, bool | None]] = {
        "a": (("overflowed", "answered"), True, False),
        "b": (("answered", "abandoned"), True, False),
        "c": (("overflowed", "abandoned"), False, True),
        "d": (("overflowed", None), None, None),
    }
    contacts = [{"contact_id": name, "outcome": None} for name in cases]
    visits = [
        {"contact_id": name, "seq": at, "queue_id": f"q{at}", "outcome": outcome}
        for name, (outcomes, *_) in cases.items()
        for at, outcome in enumerate(outcomes)
    ]
    world = World.of({"contact": contacts, "queue_visit": visits}, defaults=True)
    assert column(world, "contact", "answered") == {name: answered for name, (_, answered, _) in cases.items()}
    assert column(world, "contact", "abandoned") == {name: abandoned for name, (_, _, abandoned) in cases.items()}


def test_what_only_the_visits_tell_is_told_of_the_contact() -> None:
    first = {"seq": 1, "outcome": "overflowed", "entered_at": "2026-03-02T09:00:00Z", "wait_s": 30}
    visits = [first, {"seq": 2, "queue_id": "q2", "outcome": "answered", "entered_at": "2026-03-02T09:00:32Z", "wait_s": 40}]
    found = told(visits=visits, outcome=None, wait_s=None)
    assert (found["ended_as"], found["waited_s"], found["answered"], found["handled"]) == ("answered", 72, True, True)
    assert (found["outcome"], found["wait_s"]) == (None, None)
    assert told(visits=visits[:1], outcome=None)["ended_as"] == "overflowed"
    stated = told(visits=visits, outcome="abandoned", wait_s=5)
    assert (stated["ended_as"], stated["waited_s"]) == ("abandoned", 5)


def test_a_wait_runs_until_the_stay_that_decided_how_it_ended() -> None:
    stays = (("2026-03-02T09:00:00Z", 2), ("2026-03-02T09:00:02Z", 300), ("2026-03-02T09:06:40Z", 10))
    cases: dict[tuple[str | None, ...], float | None] = {
        ("overflowed", "answered", "answered"): 302,
        ("overflowed", "abandoned", None): None,
        ("overflowed", "overflowed", "abandoned"): 410,
        ("answered", "answered", "abandoned"): 2,
    }
    clocks = {"queue_entered_at": "2026-03-02T09:00:00Z", "answered_at": "2026-03-02T09:05:00Z"}
    contacts, visits = list[Row](), list[Row]()
    for outcomes in cases:
        for more in ({}, clocks):
            name = f"{outcomes} {'by its clocks' if more else ''}"
            contacts.append({"contact_id": name, "outcome": None, **more})
            for at, ((entered_at, wait_s), outcome) in enumerate(zip(stays, outcomes, strict=True)):
                stay = {"entered_at": entered_at, "wait_s": None if outcome is None else wait_s, "outcome": outcome}
                visits.append({"contact_id": name, "seq": at, **stay})
    found = column(World.of({"contact": contacts, "queue_visit": visits}, defaults=True), "contact", "waited_s")
    assert {outcomes: found[f"{outcomes} "] for outcomes in cases} == cases
    assert {found[f"{outcomes} by its clocks"] for outcomes in cases} == {300}  # they know better


def test_a_wait_that_is_not_stated_is_told_by_the_clocks() -> None:
    cases: list[tuple[Row, float | None, list[str]]] = [
        ({"queue_entered_at": "2026-03-02T09:00:10Z", "answered_at": "2026-03-02T09:00:45Z"}, 35, []),
        ({"queue_entered_at": "2026-03-02T09:00:10Z", "abandoned_at": "2026-03-02T09:01:10Z"}, 60, []),
        ({"queue_entered_at": "2026-03-02T09:00:10Z", "answered_at": "2026-03-02T09:00:45Z", "wait_s": 3}, 3, []),
        ({"queue_entered_at": "2026-03-02T09:00:10Z", "answered_at": "2026-03-02T09:00:00Z"}, None, ["negative_wait"]),
        ({"answered_at": "2026-03-02T09:00:45Z"}, None, []),
    ]
    world = World.of({"contact": [{"contact_id": f"c{at}", **words} for at, (words, *_) in enumerate(cases)]}, defaults=True)
    for table in ("contact", "queue_visit"):
        assert read(world, table, "waited_s", "flags") == [{"waited_s": waited_s, "flags": flags} for _, waited_s, flags in cases]


def test_a_visit_waited_until_it_was_answered_or_given_up() -> None:
    cases: list[tuple[str, str | None, float | None, list[str]]] = [
        ("answered", "2026-03-02T09:00:20Z", 20, []),
        ("abandoned", "2026-03-02T09:00:20Z", 20, []),
        ("overflowed", "2026-03-02T09:00:20Z", None, []),
        ("answered", "2026-03-02T08:59:59Z", None, ["negative_wait"]),
        ("answered", None, None, []),
    ]
    visits = [{"contact_id": f"c{at}", "outcome": outcome, "left_at": left_at} for at, (outcome, left_at, *_) in enumerate(cases)]
    world = World.of({"contact": [{"contact_id": visit["contact_id"]} for visit in visits], "queue_visit": visits}, defaults=True)
    assert read(world, "queue_visit", "waited_s", "flags") == [{"waited_s": waited_s, "flags": flags} for _, _, waited_s, flags in cases]
    assert read(world, "contact", "waited_s") == [{"waited_s": waited_s} for _, _, waited_s, _ in cases]


def test_waits_after_the_first_answer_are_transfer_waits() -> None:
    visits = [{"seq": 1, "outcome": "answered", "wait_s": 10}, {"seq": 2, "queue_id": "q2", "outcome": "answered", "wait_s": 40}]
    found = told(visits=visits)
    assert (found["waited_s"], found["transfer_wait_s"]) == (10, 40)


def test_a_contact_that_named_an_agent_and_was_not_answered_rang() -> None:
    world = World.of({"contact": [{"outcome": "abandoned", "agent_id": "anna"}]}, defaults=True)
    assert read(world, "segment", "agent_id", "answered") == [{"agent_id": "anna", "answered": False}]
    assert read(world, "contact", "handled") == [{"handled": False}]


def test_an_abandoned_contact_without_agent_has_no_segment() -> None:
    assert read(World.of({"contact": [{"outcome": "abandoned"}]}, defaults=True), "segment") == []


def test_menu_time_runs_to_the_answer_and_is_no_figure_when_negative() -> None:
    menu = "2026-03-02T08:59:50Z"
    assert told(ivr_started_at=menu, answered_at="2026-03-02T09:00:10Z")["ivr_wait_s"] == 20
    wrong = told(ivr_started_at=menu, answered_at="2026-03-02T08:59:45Z")
    assert (wrong["ivr_wait_s"], wrong["flags"]) == (None, ["negative_menu_time"])


def test_marks_of_the_reader_and_long_waits_are_flags() -> None:
    assert told(wait_s=4 * 3600, marks=["hour_twice"])["flags"] == ["hour_twice", "long_wait"]


def test_logging_before_the_end_took_no_time() -> None:
    ended = "2026-03-02T09:10:00Z"
    assert told(ended_at=ended, reason_logged_at="2026-03-02T09:08:00Z")["logged_after_s"] == 0
    assert told(ended_at=ended, reason_logged_at="2026-03-02T10:10:00Z")["logged_after_s"] == 3600
    assert told(ended_at=ended)["logged_after_s"] is None


def after(rows: list[Row], reasons: list[Row] | None = None) -> dict[str, tuple[float | None, float | None]]:
    """Per contact the days until the next and since the previous handled one."""
    common = {"customer_key": "A", "reason_id": "r"}
    world = World.of({"contact": [{**common, **row} for row in rows]} | ({"reason": reasons} if reasons else {}), defaults=True)
    found = read(world, "contact", "contact_id", "next_contact_after_s", "previous_handled_after_s")
    days = [(row["contact_id"], *(None if row[name] is None else row[name] / 86400 for name in row if name != "contact_id")) for row in found]
    return {name: (following, before) for name, following, before in days}


def on(number: int, **words: Any) -> Row:
    return {"contact_id": f"d{number}", "offered_at": f"2026-03-{number:02}T09:00:00Z", **words}


def test_the_next_contact_may_be_an_abandoned_one_the_previous_was_handled() -> None:
    assert after([on(2), on(4, outcome="abandoned"), on(5)]) == {"d2": (2, None), "d4": (1, 2), "d5": (None, 3)}


def test_neighbours_are_told_up_to_the_reach_and_not_a_second_further() -> None:
    """From 2 March 09:00 to 2 June 09:00 are 92 days; one handled before an abandoned one is as far from what comes after it."""
    june = {"contact_id": "june", "offered_at": "2026-06-02T09:00:00Z"}
    assert after([on(2), june]) == {"d2": (92, None), "june": (None, 92)}
    assert after([on(2), june | {"offered_at": "2026-06-02T09:00:01Z"}]) == {"d2": (None, None), "june": (None, None)}
    assert after([on(2), on(3, outcome="abandoned"), june]) == {"d2": (1, None), "d3": (91, 1), "june": (None, 92)}
    assert after([on(2), on(3, outcome="abandoned"), june | {"offered_at": "2026-06-03T08:00:00Z"}])["june"] == (None, None)


def test_call_backs_outbound_and_unknown_customers_are_nobodys_neighbours() -> None:
    rows = [on(2), on(3, callback_of="x"), on(4, direction="outbound"), on(5, customer_key=None), on(6, reason_id=None), on(7, is_test=True)]
    assert set(after(rows).values()) == {(None, None)}


def test_another_client_or_customer_is_another_matter() -> None:
    assert set(after([on(2), on(3, client_id="c2"), on(4, customer_key="B")]).values()) == {(None, None)}


def test_two_at_the_same_moment_follow_each_other_by_id() -> None:
    assert after([on(2), {**on(2), "contact_id": "e"}]) == {"d2": (0, None), "e": (None, 0)}


def test_neighbours_meet_at_the_reasons_second_level() -> None:
    reasons = [
        {"reason_id": "top"},
        {"reason_id": "mid", "parent_id": "top"},
        {"reason_id": "low", "parent_id": "mid"},
        {"reason_id": "other", "parent_id": "top"},
    ]
    assert after([on(2, reason_id="low"), on(3, reason_id="mid"), on(4, reason_id="top"), on(5, reason_id="other")], reasons)["d2"] == (1, None)
    assert after([on(2, reason_id="low"), on(3, reason_id="other")], reasons)["d2"] == (None, None)
