"""What the sources of a figure never tell: a reason in place of a nought, and a sentence about whom a figure leaves out."""

from __future__ import annotations

from datetime import date
from typing import Any
from unittest.mock import patch

import pytest

from nyckeltal import ask
from nyckeltal.kpi.engine import run as engine
from small import contact, of, one, silence


@pytest.mark.parametrize(
    ("kpi", "words"),
    [("transfer_rate", "end_kind"), ("escalation_share", "escalated_to_tier"), ("escalations_count", "escalated_to_tier"), ("logged_share", "reason_type")],
)
def test_what_a_source_never_tells_is_no_nought(kpi: str, words: str) -> None:
    facts = silence(one={"reason_id": "r"})
    for figure in (one(kpi, facts=facts), *ask(kpi, by="agent", facts=facts, floor=0)):
        assert (figure.value, figure.reason, str(figure.message)) == (None, "not_in_source", f"The source never fills {words}.")


def test_a_source_that_tells_of_none_has_nought() -> None:
    facts = silence(one={"end_kind": "customer", "escalated_to_tier": 1})
    assert [one(kpi, facts=facts).value for kpi in ("transfer_rate", "escalation_share", "escalations_count")] == [0, 0, 0]


def test_what_one_clients_source_lacks_leaves_the_other_clients_figure_alone() -> None:
    facts = silence(one={"talk_s": 60, "hold_s": 0, "acw_s": 20}, two={"talk_s": 100, "hold_s": 0})
    found = {it.by["client"]: (it.value, it.reason, it.message and str(it.message)) for it in ask("acw_time", by="client", facts=facts, floor=0)}
    assert found == {"one": (20, None, None), "two": (None, "not_in_source", "The source never fills acw_s.")}
    for question in ({"where": "client == 'two'"}, {"within": {"client": ["two"]}}, {"where": "agent == 'two'"}):
        assert one("acw_time", facts=facts, **question).reason == "not_in_source"
    assert (one("acw_time", facts=facts, where="client == 'one'").message, one("aht", facts=facts, where="client == 'one'").message) == (None, None)
    assert str(one("aht", facts=facts, where="client == 'two'").message) == "The source does not record acw_s, so it is not in this figure."


def test_a_figure_over_both_says_whom_it_leaves_out() -> None:
    facts = silence(one={"talk_s": 60, "hold_s": 0, "acw_s": 20}, two={"talk_s": 100, "hold_s": 0})
    whole = one("acw_time", facts=facts)
    assert (whole.value, whole.n, str(whole.message)) == (20, 1, "Without Two, whose source never fills acw_s.")
    handling = one("aht", facts=facts)
    assert (handling.value, str(handling.message)) == (90, "The source of Two does not record acw_s, so that part is not in this figure.")
    counted = one("escalations_count", facts=silence(one={"escalated_to_tier": 2}, two={}))
    assert (counted.value, str(counted.message)) == (1, "Without Two, whose source never fills escalated_to_tier.")


def test_of_a_client_with_two_sources_the_silent_one_is_named() -> None:
    facts = silence(one={"talk_s": 60, "acw_s": 20}, one_mail={"talk_s": 100, "channel": "email"})
    assert str(one("acw_time", facts=facts).message) == "Without what “one_mail” sends of One, whose source never fills acw_s."
    assert {it.by["channel"]: it.reason for it in ask("acw_time", by="channel", facts=facts, floor=0)} == {"email": "not_in_source", "voice": None}


def test_a_month_without_rows_says_no_data_where_the_source_would_tell() -> None:
    facts = silence(one={"talk_s": 60, "hold_s": 0, "acw_s": 20}, two={"talk_s": 100, "hold_s": 0})
    asked: dict[str, Any] = {"start": "2026-04", "end": "2026-04", "facts": facts}
    assert one("acw_time", **asked).reason == "no_data"
    assert one("acw_time", where="client == 'two'", **asked).reason == "not_in_source"


def test_a_service_level_of_a_source_without_waits_is_not_nought() -> None:
    bare = [contact(contact_id=str(n), outcome="answered" if n < 20 else "abandoned") for n in range(25)]
    for figure in (one("service_level", facts=of(contact=bare)), *ask("service_level", by="queue", facts=of(contact=bare), floor=0)):
        assert (figure.value, figure.reason, str(figure.message)) == (None, "not_in_source", "The source never fills wait_s.")
    terms = [{"client_id": "c1", "measure": "service_level", "clock": "ivr", "valid_from": date(2026, 1, 1)}]
    assert one("service_level", facts=of(contact=bare, agreement=terms)).reason == "not_in_source"
    assert one("answer_rate", facts=of(contact=bare)).value == 20 / 25


def test_those_who_gave_up_where_no_wait_is_known_do_not_count_against_those_whose_wait_is() -> None:
    told = [contact(contact_id="a", client_id="one", wait_s=5), contact(contact_id="b", client_id="one", outcome="abandoned", wait_s=60)]
    bare = [contact(contact_id=str(n), client_id="two", outcome="answered" if n < 20 else "abandoned") for n in range(25)]
    figure = one("service_level", facts=of(contact=[*told, *bare]))
    assert (figure.numerator, figure.denominator) == (1, 2)
    assert "whose source never fills wait_s" in str(figure.message)


def test_that_nobody_came_back_is_an_answer() -> None:
    facts = of(contact=[contact(customer_key="A", reason_id="r"), contact(customer_key="B", reason_id="r")])
    assert one("repeat_contact_rate", facts=facts).value == 0


def test_what_several_key_figures_need_of_their_sources_is_looked_for_once_and_again_of_nothing() -> None:
    facts = of(contact=[contact(handle_s=100)])
    with patch.object(engine, "_who_fills", wraps=engine._who_fills) as looked:
        ask("service_level", "asa", "transfer_rate", facts=facts)
        asked = [call.args[1] for call in looked.call_args_list]
        ask("transfer_rate", facts=facts)
    assert asked.count("contact") == 1
    assert len(looked.call_args_list) == len(asked)
