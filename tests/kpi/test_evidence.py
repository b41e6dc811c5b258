"""The contacts behind a figure: drawn at random, told how each was counted, without naming anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.ask import evidence
from nyckeltal.kpi.engine import run as engine


def facts(**said: Any) -> World:
    rows = [{"wait_s": 12}, {"wait_s": 48}, {"outcome": "abandoned", "wait_s": 3}, {"outcome": "abandoned", "wait_s": 95}]
    return World.of({"contact": [{**row, "contact_id": str(number), **said} for number, row in enumerate(rows)]}, defaults=True)


def test_each_contact_tells_how_it_was_counted() -> None:
    found = {row.contact_id: row.counted_as for row in evidence("service_level", n=9, facts=facts())}
    assert found == {"0": "numerator", "1": "denominator", "2": "left_out", "3": "denominator"}


def test_the_same_seed_draws_the_same_contacts() -> None:
    world = facts()
    first, again = (evidence("service_level", n=2, seed=3, facts=world) for _ in range(2))
    assert [row.contact_id for row in first] == [row.contact_id for row in again]
    assert len({tuple(row.contact_id for row in evidence("service_level", n=2, seed=seed, facts=world)) for seed in range(20)}) > 1


def test_a_draw_names_neither_agent_nor_customer() -> None:
    for row in evidence("fcr", n=9, facts=facts(customer_key="secret", agent_id="anna", reason_id="r")):
        assert "secret" not in row.words.values()
        assert "anna" not in row.words.values()
        assert row.words["outcome"] in ("answered", "abandoned")


def test_a_draw_names_nobody_whom_a_key_figure_of_ones_own_asks_about(tmp_path: Path) -> None:
    text = """id = "mine"\nversion = 1\nname = "Mine"\nasks = "How many?"\npurpose = ["people"]\nunit = "count"\nbetter = "none"\nover = "contact"
[count]\namong = "own_agent_id is not None and callback_of is None"\n[reading]\nempty = "Nothing."\n"""
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(text, encoding="utf-8")
    rows = evidence("mine", n=9, facts=facts(own_agent_id="anna"), home=tmp_path)
    assert len(rows) == 4
    assert [{"own_agent_id", "callback_of"} & row.words.keys() for row in rows] == [{"callback_of"}] * 4


def test_a_segment_leads_to_its_contact() -> None:
    found = evidence("aht", n=9, where="agent == 'anna'", facts=facts(agent_id="anna", talk_s=60))
    assert {row.fact for row in found} == {"segment"}
    assert {row.contact_id for row in found} <= {"0", "1", "2", "3"}


def test_what_cannot_be_asked_has_no_evidence() -> None:
    with pytest.raises(BadQuestion):
        evidence("service_level", where="agent == 'anna'", facts=facts())


def test_nothing_has_no_evidence() -> None:
    assert evidence("service_level", facts=World.of({})) == []


def test_a_draw_can_be_among_some_contacts_only() -> None:
    assert {row.contact_id for row in evidence("service_level", n=9, among={"1", "3", "elsewhere"}, facts=facts())} == {"1", "3"}
    assert {row.contact_id for row in evidence("aht", n=9, among={"1"}, facts=facts(agent_id="anna", talk_s=60))} == {"1"}
    assert evidence("service_level", among=(), facts=facts()) == []


def test_what_rows_say_is_read_for_those_drawn_alone() -> None:
    with patch.object(engine, "fetched", wraps=engine.fetched) as ran:
        evidence("service_level", n=2, facts=facts())
    ids, drawn = (call.args[1] for call in ran.call_args_list)
    assert "handle_s" not in ids
    assert "row_id in (" in drawn


def test_a_ratio_is_shown_by_rows_of_both_its_sides() -> None:
    rows = {"case": [{"opened_by": "anna"}], "contact": [{}, {}]}
    found = evidence("incidents_opened", n=5, facts=World.of(rows, defaults=True))
    assert sorted((row.fact, row.counted_as) for row in found) == [("case", "numerator"), ("contact", "denominator"), ("contact", "denominator")]
