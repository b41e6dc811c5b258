"""Who belonged where on a day, and what was agreed then: hand-made organisations."""

from __future__ import annotations

from datetime import date

from nyckeltal.contacts.world import World
from nyckeltal.kpi.compile import Term
from nyckeltal.kpi.organisation import Organisation, Stretch, organisation, resolved

WITHIN = Term("threshold", ("service_level",), 1.0, 20.0)


def of(**rows: list[dict[str, object]]) -> Organisation:
    return organisation(World.of(rows))


def agreement(number: int, **said: object) -> dict[str, object]:
    return {"agreement_id": str(number), "client_id": "one", "measure": "service_level", "valid_from": date(2026, 1, 1), **said}


def test_of_overlapping_stretches_the_one_that_began_later_holds() -> None:
    first = Stretch(date(2026, 1, 1), date(2026, 12, 31), "nord")
    second = Stretch(date(2026, 3, 1), date(2026, 4, 1), "syd")
    assert [(it.start.month, it.value) for it in resolved([first, second])] == [(1, "nord"), (3, "syd"), (4, "nord")]


def test_an_agreement_for_a_queue_goes_before_one_for_all() -> None:
    found = of(agreement=[agreement(1, threshold=30.0), agreement(2, threshold=60.0, queue_ids=["a"])]).agreed(WITHIN).to_pylist()
    assert {(row["queue_id"], row["value"]) for row in found} == {(None, 30.0), ("a", 60.0)}


def test_an_older_agreement_holds_on_its_days() -> None:
    old = agreement(1, threshold=30.0, valid_to=date(2026, 3, 1))
    found = of(agreement=[old, agreement(2, threshold=10.0, valid_from=date(2026, 3, 1))]).agreed(WITHIN).to_pylist()
    assert [(row["starts"], row["ends"], row["value"]) for row in found] == [
        (date(2026, 1, 1), date(2026, 3, 1), 30.0),
        (date(2026, 3, 1), date.max, 10.0),
    ]


def test_measures_are_tried_in_order() -> None:
    short = Term("short_abandon_s", ("answer_rate", "service_level"), 1.0, 5.0)
    rows = [agreement(1, short_abandon_s=8.0), agreement(2, measure="answer_rate", short_abandon_s=3.0, valid_from=date(2026, 6, 1))]
    found = of(agreement=rows).agreed(short).to_pylist()
    assert [(row["starts"], row["value"]) for row in found] == [(date(2026, 1, 1), 8.0), (date(2026, 6, 1), 3.0)]


def test_an_agreement_that_is_silent_about_a_term_changes_nothing() -> None:
    assert of(agreement=[agreement(1, target=80.0)]).agreed(WITHIN).to_pylist() == []


def test_the_longest_window_is_known() -> None:
    window = Term("repeat_window_d", ("fcr",), 86400.0, 7 * 86400.0)
    assert of(agreement=[agreement(1, measure="fcr", repeat_window_d=14.0)]).longest(window) == 14 * 86400


def test_a_team_has_the_leader_of_the_day() -> None:
    rows = [
        {"membership_id": "1", "agent_id": "anna", "team_id": "nord", "valid_from": date(2026, 1, 1)},
        {"membership_id": "2", "agent_id": "cecilia", "team_id": "nord", "valid_from": date(2026, 1, 1), "valid_to": date(2026, 2, 1), "role": "leader"},
        {"membership_id": "3", "agent_id": "david", "team_id": "nord", "valid_from": date(2026, 2, 1), "role": "leader"},
    ]
    found = of(team_membership=rows).teams_of_agents.to_pylist()
    assert [(row["agent_id"], row["leader_id"], row["starts"]) for row in found] == [
        ("anna", "cecilia", date(2026, 1, 1)),
        ("anna", "david", date(2026, 2, 1)),
    ]


def test_a_reason_has_its_ancestors_and_stands_for_itself_below() -> None:
    rows = [{"reason_id": "bill"}, {"reason_id": "bill_high", "parent_id": "bill", "responsible_area": "finance", "demand_type": "failure"}]
    found = {row["reason_id"]: row for row in of(reason=rows).reasons.to_pylist()}
    assert [found["bill_high"][f"reason{level}"] for level in (1, 2, 3)] == ["bill", "bill_high", "bill_high"]
    assert (found["bill_high"]["area"], found["bill_high"]["demand"]) == ("finance", "failure")


def test_a_team_that_names_no_queue_is_known() -> None:
    found = of(team=[{"team_id": "nord", "queue_ids": ["a"]}, {"team_id": "syd"}])
    assert found.teams_without("queue_ids") == ["syd"]
    assert [(row["listed_id"], row["team_id"]) for row in found.teams_of_lists("queue_ids").to_pylist()] == [("a", "nord")]


def test_a_client_without_zone_has_that_of_its_queue() -> None:
    found = of(client=[{"client_id": "one"}, {"client_id": "two", "tz": "Europe/Helsinki"}], queue=[{"queue_id": "a", "client_id": "one", "tz": "Europe/Oslo"}])
    assert found.zones == {"one": "Europe/Oslo", "two": "Europe/Helsinki"}
