"""How overlays lie over each other, and what a definition says about itself."""

from __future__ import annotations

from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.definition import Said


def said(**keys: object) -> Said:
    return Said({"kind": "share", "over": "contact", "of": "answered", "among": "offered", **keys}, {"top": "answered ones"})


def test_an_overlay_changes_what_it_names_and_leaves_the_rest() -> None:
    found = said().under({"among": "handled"})
    assert (found["of"], found["among"]) == ("answered", "handled")


def test_another_kind_drops_the_keys_it_does_not_have() -> None:
    found = said(weight="wait_s").under({"kind": "quantile", "at": 0.5})
    assert found["weight"] is None
    assert found["among"] == "offered"


def test_another_fact_forgets_date_credit_maturing_and_per() -> None:
    found = said(date="offered_at", credit="first_agent_id", matures="window", per="case_id").under({"over": "segment"})
    assert [found[key] for key in ("date", "credit", "matures", "per")] == [None] * 4


def test_the_same_fact_again_forgets_nothing() -> None:
    assert said(credit="first_agent_id").under({"over": "contact"})["credit"] == "first_agent_id"


def test_what_an_overlay_says_itself_is_not_forgotten() -> None:
    assert said().under({"over": "case", "credit": "opened_by"})["credit"] == "opened_by"


def test_false_takes_a_key_away() -> None:
    assert said(matures="window").under({"matures": False})["matures"] is None


def test_words_are_overlaid_apart_from_the_sides_of_a_ratio() -> None:
    ratio = Said({"kind": "ratio", "top": {"over": "case"}}, {"top": "cases opened"})
    found = ratio.under({"top": "cases that somebody opened"})
    assert found["top"] == {"over": "case"}
    assert found.words["top"] == "cases that somebody opened"


def test_layers_lie_in_the_order_level_variant_variant_at_level_beside() -> None:
    rate = catalogue()["answer_rate"]
    assert rate.said("all", "queue")["over"] == "queue_visit"
    assert rate.said("all", "queue")["among"] == "offered"
    assert rate.said("all", "agent")["among"] == "offered and contact.offered"
    asa = catalogue()["asa"]
    assert asa.said("all", "queue", "p90").kind == "quantile"
    assert asa.said("all", "queue", "p90")["among"] == "answered or abandoned"


def test_a_level_that_refuses_says_why() -> None:
    assert catalogue()["service_level"].said(None, "agent").refused == "Waiting has no agent."
    assert "menu" in str(catalogue()["asa"].said("ivr", "queue").refused)


def test_a_setting_given_by_the_asker_is_in_the_files_unit_and_final() -> None:
    window = catalogue()["fcr"].settings["window"]
    assert window.otherwise == 7 * 86400
    assert window.given(3).otherwise == 3 * 86400
    assert window.given(3).column is None


def test_each_sentence_of_a_file_can_be_translated() -> None:
    kpi = catalogue()["service_level"]
    assert str(kpi.text("name")) == "Service level"
    assert kpi.text("variants.all_offered.called").id == "kpi.service_level.variants.all_offered.called"
    assert str(kpi.text("reading.nothing")) == ""


def test_a_variant_of_a_ratio_says_its_words_apart_from_its_sides() -> None:
    base = Said({"kind": "ratio", "top": {"over": "case"}, "bottom": {"kpi": "contacts_handled"}}, {"top": "cases opened", "bottom": "contacts handled"})
    closed = base.under({"top": {"over": "case", "date": "closed_at"}, "words": {"top": "cases closed"}})
    assert closed["top"] == {"over": "case", "date": "closed_at"}
    assert closed.words == {"top": "cases closed", "bottom": "contacts handled"}


def test_a_variant_may_need_another_sample_of_one_agent() -> None:
    kpi = catalogue()["upsell_offer_rate"]
    assert kpi.sample_of() == {"show": 40, "compare": 100}
    assert kpi.sample_of("qa_item") == {"show": 6, "compare": 23}
    assert kpi.said("qa_item")["sample"] is None
