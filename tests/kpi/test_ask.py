"""Asking small worlds that can be counted by hand: levels, dimensions, periods, floors, reasons, intervals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from nyckeltal import ask
from nyckeltal.contacts.world import World
from nyckeltal.errors import BadQuestion
from small import LATE, by, contact, covered, of, one

MEMBERS = [
    {"membership_id": "1", "agent_id": "anna", "team_id": "nord", "valid_from": date(2025, 1, 1), "valid_to": date(2026, 3, 5)},
    {"membership_id": "2", "agent_id": "anna", "team_id": "syd", "valid_from": date(2026, 3, 5)},
    {"membership_id": "3", "agent_id": "cecilia", "team_id": "nord", "valid_from": date(2025, 1, 1), "role": "leader"},
]
AGENTS = [{"agent_id": "anna", "hired_on": date(2025, 12, 10), "site_id": "lund"}]


def test_a_figure_is_never_bare() -> None:
    facts = of(LATE, contact=[contact(wait_s=12), contact(wait_s=48), contact(outcome="abandoned", wait_s=95)])
    figure = one("service_level", facts=facts, start="2026-03", end="2026-03", per="month")
    assert (figure.numerator, figure.denominator, figure.n) == (1, 3, 3)
    assert (figure.kpi, figure.version, figure.variant, figure.period, figure.counted) == ("service_level", 2, "excl_short", "2026-03", "contact")
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < 1 / 3 < figure.high
    assert (figure.provisional, figure.known_until) == (False, LATE)


def test_an_agent_who_moved_leaves_history_with_the_old_team() -> None:
    facts = of(contact=[contact(2, talk_s=100, agent_id="anna"), contact(5, talk_s=300, agent_id="anna")], team_membership=MEMBERS, agent=AGENTS)
    assert by("team", "aht", facts) == {"nord": 100, "syd": 300}
    assert by("leader", "aht", facts) == {"cecilia": 100, None: 300}
    assert by("site", "aht", facts) == {"lund": 200}
    assert one("aht", facts=facts, where="team == 'nord'").value == 100


def test_tenure_is_counted_in_whole_months_since_the_agent_was_hired() -> None:
    facts = of(contact=[contact(9, agent_id="anna"), contact(10, agent_id="anna"), contact(10, agent_id="bengt")], agent=AGENTS)
    assert by("tenure", "contacts_handled", facts) == {"0-3": 1, "3-6": 1, None: 1}


def test_asked_about_a_queue_visits_are_counted() -> None:
    rows = [{"contact_id": "1", "queue_id": "a", "outcome": "overflowed"}, {"contact_id": "1", "queue_id": "b", "seq": 2}]
    facts = of(contact=[contact(contact_id="1")], queue_visit=rows)
    assert one("contacts_offered", facts=facts).counted == "contact"
    figure = one("contacts_offered", facts=facts, where="queue in ('a', 'b')")
    assert (figure.counted, figure.value) == ("queue_visit", 2)


def test_waiting_has_no_agent() -> None:
    facts = of(contact=[contact(agent_id="anna")])
    for question in ({"by": "agent"}, {"by": "tenure"}, {"where": "agent == 'anna'"}, {"within": {"agent": ["anna"]}}):
        figure = one("service_level", facts=facts, **question)
        assert (figure.reason, str(figure.message)) == ("refused", "Waiting has no agent.")


def test_an_answer_belongs_to_whoever_answered_first_where_its_invitation_names_nobody() -> None:
    facts = of(
        contact=[contact(contact_id="1", agent_id="anna")],
        survey_invitation=[{"invitation_id": "i", "contact_id": "1"}],
        survey_response=[{"invitation_id": "i", "question_id": "resolved", "scale": "yes_no", "value": 1}],
    )
    assert by("agent", "fcr", facts, variant="survey") == {"anna": 1}


def test_what_is_agreed_under_a_sister_measure_holds_unless_the_measure_itself_says_otherwise() -> None:
    short = {"client_id": "c1", "measure": "answer_rate", "short_abandon_s": 10, "valid_from": date(2026, 1, 1)}
    window = {"client_id": "c1", "measure": "repeat_contact_rate", "repeat_window_d": 3, "valid_from": date(2026, 1, 1)}
    waiting = [contact(wait_s=5), contact(outcome="abandoned", wait_s=8)]
    again = [contact(customer_key="A", reason_id="r"), contact(day=6, customer_key="A", reason_id="r")]
    facts = of(LATE, contact=[*waiting, *again], agreement=[short, window])
    assert [one(kpi, facts=facts, where="wait_s is not None").denominator for kpi in ("service_level", "answer_rate", "abandonment_rate")] == [1, 1, 1]
    assert one("fcr", facts=facts).denominator == 2  # four days later is another matter
    own = {**short, "measure": "service_level", "short_abandon_s": 5}
    assert one("service_level", facts=of(contact=waiting, agreement=[short, own])).denominator == 2


def test_a_team_that_names_no_queues_is_refused_and_the_others_are_not() -> None:
    teams = [{"team_id": "nord", "queue_ids": ["q1"]}, {"team_id": "syd"}]
    facts = of(contact=[contact(wait_s=5)], team=teams)
    assert {figure.by["team"]: (figure.value, figure.reason) for figure in ask("service_level", by="team", facts=facts, floor=0)} == {
        "nord": (1, None),
        "syd": (None, "refused"),
    }
    assert one("service_level", where="team == 'syd'", facts=facts).reason == "refused"
    assert one("service_level", by="team", facts=of(contact=[contact()], team=[{"team_id": "syd"}])).reason == "refused"


def test_a_queue_of_two_teams_counts_for_each_team_and_otherwise_once() -> None:
    leading = [{"membership_id": team, "agent_id": "cecilia", "team_id": team, "valid_from": date(2025, 1, 1), "role": "leader"} for team in ("nord", "syd")]
    teams = [{"team_id": "nord", "queue_ids": ["q1"]}, {"team_id": "syd", "queue_ids": ["q1"]}]
    facts = of(contact=[contact(wait_s=5), contact(wait_s=5), contact(wait_s=50)], team=teams, team_membership=leading)
    both = {"team": ["nord", "syd"]}
    assert by("team", "contacts_offered", facts) == {"nord": 3, "syd": 3}
    assert by("leader", "contacts_offered", facts) == {"cecilia": 3}
    assert by("queue", "contacts_offered", facts, within=both) == {"q1": 3}
    assert by("team", "contacts_offered", facts, within={"leader": ["cecilia"]}) == {"nord": 3, "syd": 3}
    assert one("contacts_offered", facts=facts, where="team in ('nord', 'syd')").value == 3
    figure = one("service_level", facts=facts, within=both)
    assert (figure.numerator, figure.denominator) == (2, 3)


def test_a_dimension_that_the_fact_does_not_have_is_refused_with_those_it_has() -> None:
    figure = one("net_customer_growth", by="queue", facts=of(customer_base_month=[{}]))
    assert figure.reason == "refused"
    assert "client" in str(figure.message)
    assert "queue" in str(figure.message)


def test_reasons_are_shares_of_the_whole() -> None:
    reasons = [{"reason_id": "bill", "responsible_area": "finance"}, {"reason_id": "sum", "parent_id": "bill", "responsible_area": "sales"}]
    facts = of(contact=[contact(reason_id="sum"), contact(reason_id="sum"), contact(reason_id="bill"), contact()], reason=reasons)
    found = ask("contacts_offered", by="reason2", facts=facts)
    assert {figure.by["reason2"]: figure.parts["share_of_all"] for figure in found} == {"bill": 0.25, "sum": 0.5, None: 0.25}
    assert by("reason1", "contacts_offered", facts) == {"bill": 3, None: 1}
    assert by("area", "contacts_offered", facts) == {"finance": 1, "sales": 2, None: 1}


def test_weekdays_count_from_monday_and_hours_from_midnight_where_the_queue_is() -> None:
    queue = [{"queue_id": "q1", "client_id": "c1", "tz": "Europe/Stockholm"}]
    facts = of(contact=[contact(2, 9), contact(8, 23)], queue=queue)
    assert by("weekday", "contacts_offered", facts) == {1: 2}
    assert by("hour", "contacts_offered", facts) == {0: 1, 10: 1}


def test_who_came_back_is_a_dimension() -> None:
    rows = [contact(2, customer_key="a", reason_id="r"), contact(4, customer_key="a", reason_id="r"), contact(5)]
    assert by("repeat", "contacts_offered", of(contact=rows)) == {False: 1, True: 1, None: 1}


@pytest.fixture(scope="module")
def one_call() -> World:
    return of(contact=[contact()])


@pytest.mark.parametrize(
    ("per", "labels"),
    [
        ("year", ["2026"]),
        ("quarter", ["2026-Q1"]),
        ("month", ["2026-02", "2026-03"]),
        ("week", ["2026-W09", "2026-W10"]),
        ("day", ["2026-02-28", "2026-03-01", "2026-03-02"]),
    ],
)
def test_every_period_asked_is_listed(per: str, labels: list[str], one_call: World) -> None:
    found = ask("contacts_offered", per=per, start="2026-02-28", end="2026-03-02", facts=one_call)
    assert [figure.period for figure in found] == labels
    assert [figure.value for figure in found] == [*[0] * (len(labels) - 1), 1]


def test_a_days_hours_are_those_of_its_clock() -> None:
    client = [{"client_id": "c1", "tz": "Europe/Stockholm"}]
    facts = of(contact=[contact(29, 8)], client=client)
    found = ask("contacts_offered", per="hour", start="2026-03-29", end="2026-03-29", facts=facts)
    assert len(found) == 23
    assert [figure.period for figure in found if figure.value] == ["2026-03-29T10:00+02:00"]
    assert found[1].period == "2026-03-29T01:00+01:00"
    assert found[2].period == "2026-03-29T03:00+02:00"
    assert len(ask("contacts_offered", per="interval", start="2026-10-25", end="2026-10-25", facts=facts)) == 100


def test_a_count_is_nought_where_the_source_covers_and_unknown_where_it_does_not() -> None:
    facts = of(datetime(2026, 3, 20, tzinfo=UTC), contact=[contact()])
    found = ask("contacts_offered", per="month", start="2026-02", end="2026-04", facts=facts)
    assert [(figure.value, figure.reason) for figure in found] == [(0, None), (1, None), (None, "no_data")]
    assert [figure.provisional for figure in found] == [False, True, True]


def test_a_side_of_a_ratio_that_was_never_loaded_is_not_nought() -> None:
    facts = of(contact=[contact(agent_id="anna")])
    question: dict[str, Any] = {"start": "2026-03", "end": "2026-03"}
    figure = one("incidents_opened", facts=covered(facts, case=[]), **question)
    assert (figure.value, figure.reason) == (None, "not_in_source")
    assert "case" in str(figure.message)
    assert [it.reason for it in ask("incidents_opened", by="agent", facts=covered(facts, case=[]), floor=0)] == ["not_in_source"]
    before = covered(facts, case=[(None, datetime(2026, 2, 1, tzinfo=UTC))])
    assert one("incidents_opened", facts=before, **question).reason == "no_data"
    assert one("incidents_opened", facts=covered(facts, case=[(None, LATE)]), **question).value == 0


def test_a_figure_is_final_once_the_month_it_ends_in_is_closed() -> None:
    """Business day 5 of April 2026 is Tuesday 7, and Thursday 9 where Good Friday (3) and Easter Monday (6) are off."""
    calendar = [{"calendar_id": "office", "tz": "Europe/Stockholm", "weekly": "mo-fr 08:00-17:00", "holidays": "2026; 2026-04-03; 2026-04-06"}]
    queue = [{"queue_id": "q1", "client_id": "c1", "tz": "Europe/Stockholm", "calendar_id": "office"}]
    plain, resting = of(contact=[contact()]), of(contact=[contact()], calendar=calendar, queue=queue)
    for facts, day in ((plain, 7), (resting, 9)):
        for start, end, per in (("2026-03", "2026-03", "month"), ("2026-03-02", "2026-03-08", "week"), ("2026-03-02", "2026-03-02", None)):
            asked: dict[str, Any] = {"facts": facts, "start": start, "end": end, "per": per}
            assert one("contacts_offered", now=datetime(2026, 4, day - 1, 12, tzinfo=UTC), **asked).provisional
            assert not one("contacts_offered", now=datetime(2026, 4, day, 6, tzinfo=UTC), **asked).provisional


def test_a_figure_without_end_is_provisional_while_today_is_being_sent() -> None:
    facts = of(datetime(2026, 3, 3, 12, tzinfo=UTC), contact=[contact()])
    assert one("contacts_offered", facts=facts, now=datetime(2026, 3, 3, 14, tzinfo=UTC)).provisional
    assert not one("contacts_offered", facts=facts, now=datetime(2026, 3, 5, tzinfo=UTC)).provisional


def test_a_group_with_rows_but_none_in_the_whole_is_listed() -> None:
    facts = of(contact=[contact(channel="voice", wait_s=9), contact(channel="chat", outcome="abandoned", wait_s=1)])
    found = {figure.by["channel"]: (figure.value, figure.reason) for figure in ask("service_level", by="channel", facts=facts, floor=0)}
    assert found == {"voice": (1, None), "chat": (None, "no_data")}


def test_too_few_are_not_shown_unless_the_asker_sets_the_floor() -> None:
    facts = of(contact=[contact(wait_s=5)])
    (figure,) = ask("service_level", facts=facts)
    assert (figure.value, figure.low, figure.reason) == (None, None, "too_few")
    assert (figure.numerator, figure.denominator, figure.n) == (None, None, 1)  # else the value could be worked out
    (figure,) = ask("service_level", facts=facts, floor=1)
    assert (figure.value, figure.reason) == (1, None)
    (figure,) = ask("contacts_offered", facts=facts)
    assert figure.value == 1


def test_an_agents_figure_needs_its_sample_and_more_to_be_compared() -> None:
    facts = of(contact=[contact(times=n, agent_id=name, escalated_to_tier=1) for name, n in (("anna", 39), ("bengt", 40), ("eva", 100))])
    found = {figure.by["agent"]: figure for figure in ask("escalation_share", by="agent", facts=facts)}
    assert (found["anna"].value, found["anna"].reason) == (None, "too_few")
    assert (found["bengt"].value, found["bengt"].parts["compare"]) == (0, False)
    assert (found["eva"].value, "compare" in found["eva"].parts) == (0, False)


def test_a_word_that_the_source_never_fills_is_the_reason() -> None:
    facts = of(contact=[contact(talk_s=60, agent_id="anna")])
    figure = one("acw_time", facts=facts)
    assert (figure.value, figure.reason) == (None, "not_in_source")
    assert "acw_s" in str(figure.message)
    assert "acw_s" in str(one("aht", facts=facts).message)


def test_first_contacts_wait_until_the_window_has_passed() -> None:
    rows = [contact(2, customer_key="a", reason_id="r"), contact(9, customer_key="b", reason_id="r")]
    figure = one("fcr", facts=of(datetime(2026, 3, 12, tzinfo=UTC), contact=rows))
    assert (figure.numerator, figure.denominator, figure.provisional) == (1, 1, True)
    figure = one("fcr", facts=of(datetime(2026, 3, 8, tzinfo=UTC), contact=rows))
    assert (figure.value, figure.reason) == (None, "immature")
    figure = one("fcr", facts=of(datetime(2026, 4, 8, tzinfo=UTC), contact=rows), start="2026-03", end="2026-03")
    assert (figure.value, figure.provisional) == (1, False)
    figure = one("fcr", facts=of(datetime(2026, 4, 7, tzinfo=UTC), contact=rows), start="2026-03", end="2026-03")
    assert (figure.value, figure.provisional) == (1, True)


def test_the_agreement_of_the_day_decides() -> None:
    agreements = [{"agreement_id": "1", "client_id": "one", "measure": "service_level", "threshold": 30, "valid_from": date(2026, 3, 5)}]
    rows = [contact(4, wait_s=25, client_id="one"), contact(5, wait_s=25, client_id="one"), contact(5, wait_s=25, client_id="two")]
    facts = of(contact=rows, agreement=agreements)
    assert by("client", "service_level", facts) == {"one": 0.5, "two": 0}
    assert one("service_level", facts=facts, set={"within": 25}).value == 1


def test_the_clock_starts_in_the_menu_where_that_is_agreed() -> None:
    agreements = [{"agreement_id": "1", "client_id": "one", "measure": "service_level", "clock": "ivr", "valid_from": date(2026, 3, 5)}]
    menu = {"ivr_started_at": datetime(2026, 3, 6, 8, 59, tzinfo=UTC), "answered_at": datetime(2026, 3, 6, 9, 0, 10, tzinfo=UTC), "wait_s": 10}
    facts = of(contact=[contact(6, client_id="one", **menu), contact(6, client_id="two", **menu)], agreement=agreements)
    assert by("client", "service_level", facts) == {"one": 0, "two": 1}
    assert by("client", "asa", facts) == {"one": 10, "two": 10}


def test_a_setting_takes_allowed_values_only() -> None:
    with pytest.raises(BadQuestion) as caught:
        ask("fcr", set={"window": 5}, facts=of())
    assert "1, 3, 7, 14, 30" in str(caught.value)
    with pytest.raises(BadQuestion):
        ask("fcr", set={"windw": 7}, facts=of())


def test_scales_are_not_mixed() -> None:
    answers = [{"question_id": "csat", "scale": "1_5", "value": 4}, {"question_id": "csat", "scale": "1_10", "value": 8}]
    facts = of(survey_response=answers)
    assert one("csat", facts=facts).reason == "refused"
    assert by("scale", "csat", facts) == {"1_5": 4, "1_10": 8}
    assert one("csat", facts=facts, where="scale == '1_5'").value == 4


def test_what_stands_beside_the_value_can_be_asked_for_itself() -> None:
    facts = of(contact=[contact(wait_s=wait) for wait in (10, 20, 60)])
    assert one("asa", facts=facts).parts == {"median": 20, "p90": pytest.approx(52)}
    assert one("asa", facts=facts, variant="p90").value == pytest.approx(52)
    assert one("asa", facts=facts, variant="all.median").value == 20


def test_unknown_names_are_told_with_what_is_near() -> None:
    for given, near in (({"variant": "all_offred"}, "all_offered"), ({"where": "chanel == 'voice'"}, "channel"), ({"set": {"witin": 3}}, "within")):
        with pytest.raises(BadQuestion) as caught:
            ask("service_level", facts=of(), **given)
        assert near in str(caught.value)
    with pytest.raises(BadQuestion) as caught:
        ask("servicelevel", facts=of())
    assert "service_level" in str(caught.value)


def test_nobody_sees_beyond_what_they_may() -> None:
    facts = of(contact=[contact(client_id="one"), contact(client_id="two")])
    assert by("client", "contacts_offered", facts, within={"client": ["one"]}) == {"one": 1}
    assert one("contacts_offered", facts=facts, within={"client": []}).n == 0
    assert one("contacts_offered", facts=facts, within={"client": ["one"]}, where="client == 'two' or client == 'one'").value == 1


def test_several_kpis_are_answered_in_the_order_asked() -> None:
    found = ask("asa", "contacts_offered", "fcr", facts=of(contact=[contact(wait_s=5)]), floor=0)
    assert [figure.kpi for figure in found] == ["asa", "contacts_offered", "fcr"]


def test_nothing_claims_to_be_known_beyond_now() -> None:
    now = datetime(2026, 3, 10, tzinfo=UTC)
    figure = one("contacts_offered", facts=of(contact=[contact()]), now=now, start="2026-03", end="2026-03")
    assert (figure.known_until, figure.provisional) == (now, True)


def test_an_answer_is_ready_for_json() -> None:
    (found,) = ask("fcr", facts=of(LATE, contact=[contact()])).as_dicts()
    assert found["known_until"] == "2026-04-01T00:00:00Z"
    assert set(found) == {
        *("kpi", "version", "variant", "period", "by", "value", "unit", "reason", "numerator", "denominator", "n", "low", "high"),
        *("parts", "counted", "provisional", "known_until", "message", "revised_from", "revised_since", "trend"),
    }


def test_what_is_said_of_tests_and_of_calls_of_ours_does_not_count() -> None:
    marks = {"real": 5, "try": 1, "ours": 2, "between": 3}
    contacts = [{"contact_id": "real"}, {"contact_id": "try", "is_test": True}]
    contacts += [{"contact_id": "ours", "direction": "outbound"}, {"contact_id": "between", "direction": "internal"}]
    asked = [{"invitation_id": name, "contact_id": name} for name in marks]
    for question, kpi, scale, expected in (("csat", "csat", "1_5", 5.0), ("resolved", "fcr", "yes_no", 1.0)):
        values = {name: float(mark == 5) if scale == "yes_no" else mark for name, mark in marks.items()}
        answers = [{"invitation_id": name, "question_id": question, "scale": scale, "value": value} for name, value in values.items()]
        facts = of(contact=contacts, survey_invitation=asked, survey_response=answers)
        found = one(kpi, facts=facts, variant="survey" if kpi == "fcr" else None)
        assert (found.value, found.n) in ((expected, 1), (100 * expected, 1))


def test_waits_and_outcomes_that_only_visits_and_clocks_tell_are_counted() -> None:
    silent = {"contact_id": "a", "queue_id": "q1", "outcome": None, "wait_s": None}
    visit = {"contact_id": "a", "outcome": "abandoned", "entered_at": "2026-03-02T09:00:00Z", "left_at": "2026-03-02T09:00:30Z"}
    clocked = {"contact_id": "b", "queue_entered_at": "2026-03-02T09:00:00Z", "answered_at": "2026-03-02T09:00:10Z"}
    facts = of(contact=[silent, clocked], queue_visit=[visit])
    for asked in ({}, {"by": "queue"}):
        assert [one(kpi, facts=facts, **asked).value for kpi in ("asa", "service_level", "abandonment_rate")] == [10.0, 0.5, 0.5]
    assert by("outcome", "contacts_offered", facts) == {"abandoned": 1.0, "answered": 1.0}
    assert one("contacts_offered", facts=facts, where="outcome == 'abandoned' and wait_s == 30").value == 1


def test_a_clock_that_starts_in_the_menu_is_refused_by_queue_for_those_who_agreed_on_it() -> None:
    agreed = {"agreement_id": "1", "client_id": "one", "measure": "service_level", "clock": "ivr", "valid_from": date(2026, 3, 1)}
    queues = [{"queue_id": "a", "client_id": "one"}, {"queue_id": "b", "client_id": "two"}]
    rows = [contact(wait_s=5, client_id="one", queue_id="a"), contact(wait_s=5, client_id="two", queue_id="b")]
    facts = of(contact=rows, agreement=[agreed], queue=queues)
    why = "The menu comes before the queues, so its clock belongs to the contact as a whole."
    said = f"{why} Ask by client instead, or let the agreement start the clock in the queue."
    found = {it.by["queue"]: (it.value, it.reason, it.message and str(it.message)) for it in ask("service_level", by="queue", facts=facts, floor=0)}
    assert found == {"a": (None, "refused", said), "b": (1, None, None)}
    months = ask("service_level", by="client,queue", per="month", start="2026-02", end="2026-03", facts=facts, floor=0)
    assert {(it.by["client"], it.reason) for it in months} == {("one", "refused"), ("two", "no_data"), ("two", None)}
    figure = one("service_level", by="queue", facts=facts, within={"client": ["one"]})
    assert (figure.reason, figure.by, str(figure.message)) == ("refused", {}, said)
    assert one("service_level", where="queue == 'a'", facts=facts).reason == "refused"
    assert one("service_level", where="queue == 'b'", facts=facts).value == 1
    assert by("queue", "service_level", facts, within={"client": ["two"]}) == {"b": 1}
    assert [it.reason for it in ask("service_level", by="queue", start="2026-02", end="2026-02", facts=facts)] == []
    assert by("queue", "contacts_offered", facts) == {"a": 1, "b": 1}
    assert one("service_level", facts=facts).reason is None


def test_a_team_is_refused_that_clock_only_where_it_answers_for_such_a_queue() -> None:
    agreed = {"agreement_id": "1", "client_id": "one", "measure": "service_level", "clock": "ivr", "valid_from": date(2026, 3, 1)}
    queues = [{"queue_id": "a", "client_id": "one"}, {"queue_id": "b", "client_id": "two"}]
    teams = [{"team_id": "nord", "queue_ids": ["a"]}, {"team_id": "syd", "queue_ids": ["b"]}]
    rows = [contact(wait_s=5, client_id="one", queue_id="a"), contact(wait_s=5, client_id="two", queue_id="b")]
    facts = of(contact=rows, agreement=[agreed], queue=queues, team=teams)
    assert one("service_level", within={"team": ["nord"]}, facts=facts).reason == "refused"
    assert one("service_level", within={"team": ["syd"]}, facts=facts).value == 1
