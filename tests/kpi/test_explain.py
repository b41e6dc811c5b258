"""Explaining is asking without the last step."""

from __future__ import annotations

from datetime import date
from unittest.mock import patch

import pytest

from nyckeltal import ask, explain
from nyckeltal.contacts.world import World
from nyckeltal.kpi import certainty
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.explain import span


def test_the_words_carry_the_settings_as_asked() -> None:
    (found,) = explain("service_level", facts=World.of({}), set={"within": 60})
    assert str(found.top) == "contacts answered within 60 s"
    assert "5 s" in str(found.bottom)
    (found,) = explain("fcr", facts=World.of({}), set={"window": 3})
    assert "within 3 days" in str(found.top)


def test_an_agreement_is_told_where_one_may_decide() -> None:
    agreement = {"agreement_id": "1", "client_id": "one", "measure": "service_level", "threshold": 30.0, "valid_from": date(2026, 1, 1)}
    (found,) = explain("service_level", facts=World.of({"agreement": [agreement]}))
    assert str(found.top) == "contacts answered within the time agreed (else 20 s)"


def test_variant_and_level_change_the_words() -> None:
    facts = World.of({})
    (found,) = explain("service_level", variant="all_offered", facts=facts)
    assert (str(found.called), str(found.bottom)) == ("All who contacted us", "contacts offered")
    (found,) = explain("aht", by="agent", facts=facts)
    assert (str(found.bottom), found.counted) == ("parts handled", "segment")


def test_it_says_what_sums_by_interval_or_day_tell_of_it() -> None:
    told = {(kpi, variant): str(explain(kpi, variant=variant, facts=World.of({}))[0].sums) for kpi, variant in [("asa", None), ("asa", "ivr"), ("fcr", None)]}
    assert told["asa", None].endswith("tells it too, where its rows have answered_n, wait_s.")
    assert told["asa", "ivr"].endswith("tells other variants of it: Those we answered, Outside opening hours too.")
    assert told["fcr", None].endswith("cannot tell it: it takes single contacts.")


def test_the_sql_explained_is_the_sql_that_runs() -> None:
    facts = World.of({"contact": [{"wait_s": 5}]}, defaults=True)
    (explained,) = explain("asa", by="channel", per="month", facts=facts)
    with patch.object(engine, "fetched", wraps=engine.fetched) as ran:
        ask("asa", by="channel", per="month", facts=facts)
    assert set(explained.sql) <= {call.args[1] for call in ran.call_args_list}


@pytest.mark.parametrize("kpi", sorted(catalogue()))
def test_every_kpi_can_be_explained_in_every_variant(kpi: str) -> None:
    facts = World.of({})
    for variant in catalogue()[kpi].variant_names:
        (found,) = explain(kpi, variant=variant, facts=facts)
        assert str(found.top)
        assert "%(" not in f"{found.top}{found.bottom}"
        assert found.sql
        assert found.as_dict()["case"]["gives"]


def test_what_cannot_be_asked_says_so() -> None:
    (found,) = explain("service_level", by="agent", facts=World.of({}))
    assert (str(found.refused), found.sql) == ("Waiting has no agent.", ())


@pytest.mark.parametrize(("seconds", "words"), [(20, "20 s"), (120, "2 minutes"), (604800, "7 days"), (86400, "24 hours"), (90, "90 s"), (7200, "2 hours")])
def test_times_are_told_in_units_that_people_use(seconds: float, words: str) -> None:
    assert str(span(seconds)) == words


@pytest.mark.parametrize(
    ("kpi", "question", "said"),
    [
        ("service_level", {}, "Wilson"),
        ("contacts_offered", {}, "Garwood"),
        ("nps", {}, "Wald"),
        ("asa", {"variant": "p90"}, "in order"),
        ("aht", {}, "Below 30 values"),
        ("aht", {"by": "team"}, "agents differ"),
        ("contacts_per_case", {}, "Student"),
    ],
)
def test_how_sure_a_figure_is_is_told_with_where_the_method_changes(kpi: str, question: dict[str, str], said: str) -> None:
    (told,) = explain(kpi, facts=World.of({}), **question)
    assert said in str(told.interval)
    assert told.as_dict()["interval"] == str(told.interval)


def test_the_numbers_where_the_interval_may_jump_are_those_that_decide() -> None:
    (told,) = explain("aht", facts=World.of({}))
    assert told.interval is not None
    assert (told.interval.values["few"], told.interval.values["many"]) == (certainty.few, certainty.many)
