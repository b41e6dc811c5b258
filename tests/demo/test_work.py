"""What the demo tells beside contacts agrees with what was simulated, and holds what was planted."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from statistics import mean

import pytest

from nyckeltal.demo import business, evaluations, interviews, leading, messages, offers, workforce
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.form import ITEMS, Answers, scores
from nyckeltal.demo.names import sign
from nyckeltal.demo.offers import Trade
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import contact_id


@pytest.fixture(scope="module")
def judged(story: Story) -> list[evaluations.Evaluation]:
    return evaluations.evaluate(story, Chance(1))


@pytest.fixture(scope="module")
def traded(story: Story) -> Trade:
    return offers.trade(story, Chance(1))


def test_who_was_planned_and_not_ill_logged_in(story: Story) -> None:
    logged_in = {(one.agent.agent_id, round(one.start)) for one in story.book.absences if one.state is None}
    planned = {(one.shift.agent.agent_id, round(one.shift.start)) for one in story.plan if not one.ill}
    assert planned == logged_in


def test_the_stretches_of_a_shift_fill_it_without_overlap(story: Story) -> None:
    rows = workforce.shifts(story).to_pylist()
    by_shift: dict[tuple[str, object], list[dict[str, object]]] = defaultdict(list)
    for row in rows:
        by_shift[row["agent"], row["from"].date()].append(row)
    for stretches in by_shift.values():
        assert all(one["to"] == other["from"] for one, other in pairwise(stretches))
    assert {row["activity"] for row in rows} == {"contact", "break", "meeting"}
    assert sum(one.ill for one in story.plan) == sum(row["Typ"] == "Sjuk" for row in workforce.absences(story).to_pylist())


def test_a_forms_score_follows_the_weights_of_its_sections() -> None:
    good: dict[str, float | None] = {item.item_id: 1.0 for item in ITEMS}
    assert scores(good) == dict.fromkeys(("score", "zero_section", "flag", "pooled", "full"), 100.0)
    half = good | {"right-answer": 0.0}  # three of six in a section of 35
    assert (scores(half)["score"], scores(half)["pooled"]) == (82.5, 75.0)
    leaky = good | {"data-protection": 0.0}
    assert (scores(leaky)["score"], scores(leaky)["zero_section"], scores(leaky)["flag"]) == (0.0, 80.0, 90.0)
    unasked = good | {"offers-more": None, "data-protection": None, "greets": 0.0}
    assert (scores(unasked)["score"], scores(unasked)["full"]) == (round(100 * (45 * 0.75 + 35) / 80, 4), 88.75)
    assert scores(dict.fromkeys(good)) == dict.fromkeys(("score", "zero_section", "flag", "pooled"), None) | {"full": 100.0}


def test_one_agent_is_evaluated_lower_than_others(judged: list[evaluations.Evaluation]) -> None:
    by_agent: dict[str, list[float]] = defaultdict(list)
    for one in judged:
        score = scores(one.answers)["flag"]
        if one.purpose == "sample" and score is not None:
            by_agent[one.agent.agent_id].append(score)
    assert mean(by_agent[sign(evaluations.WEAK)]) < mean(score for agent, found in by_agent.items() if agent != sign(evaluations.WEAK) for score in found) - 8


def test_two_evaluators_judge_the_same_contacts_and_one_is_more_lenient(story: Story) -> None:
    both: dict[tuple[int, int], dict[str, Answers]] = defaultdict(dict)
    for seed in range(20):  # of a single draw's twenty contacts chance may say the contrary
        for one in evaluations.evaluate(story, Chance(seed)):
            if one.purpose == "calibration":
                both[seed, one.contact.number][one.evaluator] = one.answers
    pairs = [(pair["Pál Barta"], pair["Eva Strand"]) for pair in both.values() if len(pair) == 2]
    assert len(pairs) >= 20 * 12
    assert mean(mine - other for pal, eva in pairs for item, mine in pal.items() if mine is not None and (other := eva[item]) is not None) > 0.01


def test_evaluated_is_who_took_the_contact(story: Story, judged: list[evaluations.Evaluation]) -> None:
    took = {(leg.contact.number, leg.agent.agent_id) for leg in story.book.legs if leg.answered}
    assert {(one.contact.number, one.agent.agent_id) for one in judged} <= took


def test_sales_are_of_those_who_spoke_with_the_customer(traded: Trade) -> None:
    assert all(sale.agent is sale.contact.agent for sale in traded.sales)
    upsells = [sale for sale in traded.sales if sale.kind == "upsell"]
    assert len(upsells) == sum(traded.offered.values())
    assert 0.15 < mean(sale.accepted for sale in upsells) < 0.27
    assert sum(sale.kind == "renewal" for sale in traded.sales) == sum(one.outcome == "kept" for one in traded.leavers)
    assert all(sale.cancelled_at > sale.at for sale in traded.sales)


def test_customers_of_a_month_add_up_and_costs_are_hours(story: Story, traded: Trade) -> None:
    base = business.customer_base(story, traded.leavers, Chance(1)).to_pylist()
    assert base
    assert all(row["Opening"] + row["New"] - row["Churned"] == row["Closing"] for row in base)
    orders = business.orders(story, traded.sales, Chance(1))
    costs = {row["Client"]: float(row["Cost"].replace(" ", "")) for row in business.finances(story, orders, Chance(1)).to_pylist()}
    hours = sum((one.shift.end - one.shift.start) / 3600 for one in story.plan if one.day.month == 10)
    paid = sum(cost / business.HOUR_COSTS[client] / business.OVERHEAD for client, cost in costs.items())
    assert paid == pytest.approx(hours, rel=0.01)


def test_feedback_is_uneven_in_one_team(story: Story) -> None:
    got: dict[str, int] = defaultdict(int)
    for seed in range(6):
        for row in leading.talks(story, Chance(seed)).to_pylist():
            got[row["Medarbetare"]] += 1
    members = [agent for agent in story.agents if agent.memberships[0].team_id == leading.UNEVEN and agent.left_on is None]
    talks = sorted(got[agent.agent_id] for agent in members)
    assert talks[-1] > 4 * max(talks[0], 1)


def test_every_reply_is_after_the_mail_and_a_receipt_is_no_agents(story: Story) -> None:
    mails: dict[str, dict[str, object]] = defaultdict(dict)
    rows = messages.messages(story).to_pylist()
    for row in rows:
        mails[row["mail"]][row["author"]] = row["sent"]
    assert set(mails) == {contact_id(contact) for contact in story.book.contacts if contact.queue.channel == "email"}
    assert all(sent.get("agent", sent["customer"]) >= sent["customer"] for sent in mails.values())  # type: ignore[operator]  # moments, which a dict of objects does not say
    assert all((row["agent"] is None) == (row["author"] != "agent") for row in rows)


def test_interviews_stop_when_enough_have_answered(story: Story) -> None:
    done: dict[str, int] = defaultdict(int)
    for one in interviews.interview(story, Chance(1)):
        assert one.contact.agent is not None
        done[one.contact.agent.agent_id] += one.outcome == "complete"
        assert bool(one.answers) == (one.outcome == "complete")
    assert max(done.values()) <= 2 * interviews.WANTED  # two months
