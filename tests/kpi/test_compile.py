"""From question to steps: which level is asked, what the settings become, which rows are scanned."""

from __future__ import annotations

from typing import Any

import pytest

from nyckeltal.contacts.expression import Constant, Name
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.compile import Clock, Plan, Refused, Term, compile_plan, mentioned
from nyckeltal.kpi.engine.bind import leaves
from nyckeltal.kpi.question import Question


def plan(kpi: str, clocks: frozenset[str] = frozenset(), **question: Any) -> Plan:
    return compile_plan(Question.of(kpi, **question), catalogue()[kpi], catalogue(), clocks)


@pytest.mark.parametrize(
    ("question", "level", "counted"),
    [
        ({}, None, "contact"),
        ({"by": "client,channel"}, None, "contact"),
        ({"by": "queue"}, "queue", "segment"),
        ({"by": "team"}, "team", "segment"),
        ({"by": "queue,team,agent"}, "agent", "segment"),
        ({"by": "queue,leader"}, "team", "segment"),
        ({"by": "tenure"}, "agent", "segment"),
        ({"where": "queue == 'a'"}, "queue", "segment"),
        ({"where": "team in ('a', 'b') and queue == 'q'"}, "team", "segment"),
        ({"within": {"agent": ["anna"]}}, "agent", "segment"),
        ({"where": "queue_id == 'a'"}, "queue", "segment"),
    ],
)
def test_agent_goes_before_team_and_team_before_queue(question: dict[str, Any], level: str | None, counted: str) -> None:
    found = plan("aht", **question)
    assert (found.level, found.counted) == (level, counted)


def test_settings_are_filled_in_or_left_to_the_agreements() -> None:
    within = [leaf for leaf in leaves(plan("service_level").parts[0].measure.of) if isinstance(leaf, Term)]
    assert within == [Term("threshold", ("service_level",), 1.0, 20.0)]
    given = list(leaves(plan("service_level", set={"within": 30}).parts[0].measure.of))
    assert Constant(30.0, "number") in given


def test_words_that_a_visit_carries_need_no_contact() -> None:
    names = {leaf.name for leaf in leaves(plan("service_level", by="queue").parts[0].scan.where) if isinstance(leaf, Name)}
    assert "channel" in names
    assert "contact.channel" not in names
    assert "contact.left_in_menu" in names


def test_the_wait_is_read_by_the_menus_clock_only_where_somebody_agreed_so() -> None:
    def waits(clocks: frozenset[str], **question: Any) -> set[type]:
        return {type(leaf) for leaf in leaves(plan("service_level", clocks, **question).parts[0].measure.of) if getattr(leaf, "name", "wait_s") == "wait_s"}

    assert Clock in waits(frozenset(("service_level",)))
    assert Clock not in waits(frozenset())
    assert Clock not in waits(frozenset(("service_level",)), by="queue")


def test_a_ratio_has_two_parts_at_the_same_level() -> None:
    found = plan("incidents_opened", by="agent")
    assert [part.scan.over for part in found.parts] == ["case", "segment"]
    assert [part.scan.credit for part in found.parts] == ["opened_by", "agent_id"]


def test_a_teams_durations_come_in_groups_of_agents() -> None:
    assert plan("aht", by="team").clusters == "agent"
    assert all(plan(kpi, by=by).clusters is None for kpi, by in (("aht", ""), ("aht", "agent"), ("asa", "team"), ("fcr", "team")))


@pytest.mark.parametrize(("question", "clusters"), [({}, "agent"), ({"by": "team"}, "agent"), ({"by": "agent"}, "day"), ({"per": "hour"}, None)])
def test_time_comes_in_groups_of_agents_and_of_one_agent_in_days(question: dict[str, Any], clusters: str | None) -> None:
    assert plan("occupancy", **question).clusters == clusters


def test_what_stands_beside_shares_the_scan_of_the_value() -> None:
    found = plan("asa", by="channel")
    assert [name for name, _ in found.beside] == ["median", "p90"]
    assert {part.scan for _, part in found.beside} == {found.parts[0].scan}


def test_days_alone_cannot_be_asked_by_the_hour() -> None:
    with pytest.raises(Refused):
        plan("sla_compliance", per="hour")


def test_a_condition_over_an_unknown_word_is_a_mistake() -> None:
    with pytest.raises(BadQuestion):
        plan("asa", where="wait > 5")


def test_names_are_seen_before_they_are_known() -> None:
    assert mentioned("team == 'x' and contact.channel in ('voice',)") == {"team", "contact", "contact.channel"}
    assert mentioned("not an expression (") == frozenset()
