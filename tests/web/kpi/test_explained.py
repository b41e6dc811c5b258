from __future__ import annotations

import os
import re
from collections.abc import Callable
from itertools import cycle, product
from pathlib import Path

import pytest
from django.test import Client
from django.utils.html import escape

from nyckeltal.contacts.store import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import explained, query
from web import cast

SignIn = Callable[[str], Client]
SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
NAMES, SAMPLE = ("anna", "cecilia", "eva", "fatima", "hanna", "ingrid", "nobody"), ("service_level", "fcr", "sickness_rate")
OCTOBER = "/kpis/service_level/?month=2026-10"


def _page(browser: Client, path: str = OCTOBER) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("kpi", sorted(catalogue(None)))
def test_every_kpi_can_be_explained(as_person: SignIn, kpi: str) -> None:
    with_figure = SOAK or sorted(catalogue(None)).index(kpi) % 6 == 0  # the others: test_explore.py
    page = _page(as_person("david" if with_figure else "hanna"), f"/kpis/{kpi}/")
    assert "In words" in page
    assert "For those who build" in page


@pytest.mark.parametrize(("name", "kpi"), list(product(NAMES, SAMPLE)) if SOAK else list(zip(NAMES, cycle(SAMPLE), strict=False)))
def test_everybody_reads_how_it_is_counted(as_person: SignIn, name: str, kpi: str) -> None:
    assert "In words" in _page(as_person(name), f"/kpis/{kpi}/")


def test_it_shows_formula_figure_interval_and_what_was_agreed(as_person: SignIn) -> None:
    page = _page(as_person("david"), f"{OCTOBER}&client=one")
    assert "contacts answered within <strong>20 s</strong>" in page
    assert "likely between" in page
    assert "Agreed 80%" in page
    assert "Nordkraft, October 2026" in page


def test_the_ways_of_counting_stand_side_by_side_under_their_finding(as_person: SignIn) -> None:
    page = _page(as_person("david"))
    assert "The same month reads" in page
    assert all(name in page for name in ("All who contacted us", "Quick hang-ups left out", "Only those answered"))
    assert "The same as a table" in page


def test_the_case_counted_by_hand_says_how_each_row_counts(as_person: SignIn) -> None:
    page = _page(as_person("hanna"))
    assert all(said in page for said in ("Four contacts give one in three", "Answered quickly", "above and below the line", "below the line only", "left out"))


def test_it_says_whose_goal_it_can_be_and_why_not(as_person: SignIn) -> None:
    page = _page(as_person("hanna"))
    assert "judged by the week" in page
    assert "Nobody alone decides how many call" in page


def test_it_says_what_has_changed_in_the_agreement(as_person: SignIn) -> None:
    page = _page(as_person("david"), f"{OCTOBER}&client=one")
    assert "20 s instead of 30 s" in page
    assert "from 1 March 2026" in page


def test_a_client_learns_nothing_of_another_clients_agreement(as_person: SignIn) -> None:
    assert "Nordkraft" not in _page(as_person("gustav"))


def test_contacts_are_drawn_for_those_who_may_see_them(as_person: SignIn) -> None:
    page = _page(as_person("david"))
    assert page.count("Its story") == 5
    assert "/contacts/phone:" in page


def test_another_draw_shows_others_and_the_same_draw_the_same(as_person: SignIn) -> None:
    browser = as_person("david")
    first, again, other = (_page(browser, f"{OCTOBER}&draw={number}").split("Some contacts behind")[1] for number in (0, 0, 1))
    assert first == again
    assert first.split("</table>")[0] != other.split("</table>")[0]


def test_who_may_see_no_figures_is_told_why_and_shown_no_contact(as_person: SignIn) -> None:
    page = _page(as_person("hanna"))
    assert "The figure is not open to you" in page
    assert "Employee representatives see how everything is counted" in page
    assert "figure__value" not in page
    assert "/contacts/" not in page


def test_an_agent_is_told_why_waiting_is_nobodys_own(as_person: SignIn) -> None:
    page = _page(as_person("anna"))
    assert "Waiting has no agent." in page
    assert "%" not in page.split("In words")[1].split("Counted by hand")[0].replace("80%", "")


def test_an_agent_sees_the_own_figure(as_person: SignIn) -> None:
    assert "likely between" in _page(as_person("anna"), "/kpis/aht/?month=2026-10")


def test_before_anything_is_loaded_the_page_explains_all_the_same(as_person: SignIn, nothing_loaded: None) -> None:
    page = _page(as_person("david"))
    assert "Nothing has been loaded yet" in page
    assert "Counted by hand" in page


@pytest.mark.parametrize("query", ["draw=-1", "draw=99999999999999999999", "month=&client="])
def test_a_draw_that_does_not_exist_falls_back(as_person: SignIn, query: str) -> None:
    assert "In words" in _page(as_person("david"), f"/kpis/service_level/?{query}")


@pytest.mark.parametrize("month", ["1999-13", "x", "2031-01"])
def test_a_month_that_is_not_there_is_not_another_one(as_person: SignIn, month: str) -> None:
    answer = as_person("david").get(f"/kpis/service_level/?month={month}")
    assert (answer.status_code, f"Nothing is loaded of a month “{month}”" in answer.content.decode()) == (404, True)


@pytest.mark.parametrize(("name", "client"), [("david", "unknown"), ("david", "two' or 1=1"), ("fatima", "unknown"), ("fatima", "two")])
def test_a_client_that_is_nowhere_is_refused_as_one_that_is_not_open(as_person: SignIn, name: str, client: str) -> None:
    answer = as_person(name).get("/kpis/service_level/", {"client": client})
    assert (answer.status_code, "lies outside what your roles show you" in answer.content.decode()) == (403, True)


def test_an_unknown_kpi_has_no_page(as_person: SignIn) -> None:
    answer = as_person("david").get("/kpis/unknown/")
    assert (answer.status_code, "no key figure of this name" in answer.content.decode()) == (404, True)


def test_a_faulty_key_figure_of_ones_own_tells_its_mistakes_to_those_who_may_define(as_person: SignIn, tmp_path: Path) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text("id = ", encoding="utf-8")
    told = {name: as_person(name).get("/kpis/mine/") for name in ("david", "anna")}
    assert {name: answer.status_code for name, answer in told.items()} == {"david": 404, "anna": 404}
    assert "“mine” cannot be counted until its file is mended: " in told["david"].content.decode()
    assert "mended" not in told["anna"].content.decode()
    assert str(tmp_path) not in told["david"].content.decode()


def test_the_foot_says_how_far_the_data_reaches(as_person: SignIn) -> None:
    page = _page(as_person("david"))
    assert "October 2026 is final" in page
    assert "Data up to" in page
    assert "Definition 2" in page


def test_another_language_reads_as_written_in_it(as_person: SignIn) -> None:
    browser = as_person("david")
    browser.post("/language/", {"language": "sv"})
    assert "oktober 2026" in _page(browser)


@pytest.fixture(scope="module")
def two_keeps_a_poor_log() -> World:
    """Client Two's telephone log tells no waits and no ends."""
    rows = cast.contact_rows()
    untold = ("wait_s", "abandoned_at", "answered_at", "queue_entered_at", "own_acw_s")
    poor = [{**{word: row[word] for word in row if word not in untold}, "source": "poorlog"} if row["client_id"] == "two" else row for row in rows]
    return World.of({**cast.ORGANISATION, "contact": poor}, cast.KNOWN_UNTIL)


@pytest.mark.parametrize("kpi", ["service_level", "transfer_rate"])
def test_the_query_names_no_clients_sources_to_who_may_not_see_them(
    as_person: SignIn, monkeypatch: pytest.MonkeyPatch, kpi: str, two_keeps_a_poor_log: World
) -> None:
    monkeypatch.setattr(facts, "current", lambda: two_keeps_a_poor_log)
    for name in ("fatima", "nobody", "hanna"):
        page = _page(as_person(name), f"/kpis/{kpi}/?month=2026-10")
        assert "The query that was run" in page
        assert "poorlog" not in page, name
    assert "poorlog" in _page(as_person("david"), f"/kpis/{kpi}/?month=2026-10")


def _promised(*agreements: dict[str, object]) -> World:
    shared = {"client_id": "one", "measure": "service_level", "threshold": 20}
    return World.of({**cast.ORGANISATION, "agreement": [{**shared, **one} for one in agreements], "contact": cast.contact_rows()}, cast.KNOWN_UNTIL)


def test_what_is_agreed_for_one_queue_is_no_target_of_the_whole_client(as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    world = _promised({"agreement_id": "q", "target": 77.5, "queue_ids": ["invoice"], "valid_from": "2026-05-01"})
    monkeypatch.setattr(facts, "current", lambda: world)
    assert "77.5" not in _page(as_person("david"), f"{OCTOBER}&client=one")


def test_a_client_reads_the_own_target_without_choosing_oneself(as_person: SignIn) -> None:
    page = _page(as_person("fatima"))
    assert "Agreed 80%" in page
    assert '<option value="one"' in page
    assert "Agreed 80%" in _page(as_person("fatima"), f"{OCTOBER}&client=")
    assert as_person("fatima").get(f"{OCTOBER}&client=two").status_code == 403


def test_a_target_that_was_replaced_is_told_to_the_decimal(as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"agreement_id": "a", "target": 90, "valid_from": "2026-01-01", "valid_to": "2026-05-01"}
    world = _promised(first, {"agreement_id": "b", "target": 77.5, "valid_from": "2026-05-01"})
    monkeypatch.setattr(facts, "current", lambda: world)
    assert "Goal 77.5% instead of 90%" in _page(as_person("david"))


def test_the_ways_of_counting_are_compared_in_a_sentence(as_person: SignIn) -> None:
    page = _page(as_person("david"))
    assert re.search(r"The same month reads [\d.]+ to [\d.]+%, depending on the definition", page)
    ends = re.search(r"Lowest as “(.+?)”, highest as “(.+?)”\.", page)
    assert ends
    table = page.partition("Counted so")[2].partition("</table>")[0]
    shown = {name: float(re.findall(r"([\d.]+)%", table.partition(name)[2])[0]) for name in ends.groups()}
    assert shown[ends[1]] < shown[ends[2]]


def test_the_definition_tells_its_history_its_standards_and_what_others_have(as_person: SignIn) -> None:
    page = _page(as_person("hanna"))
    kpi = catalogue()["service_level"]
    for episode in kpi.history:
        assert escape(episode["changed"]) in page
    assert "Definition 1, from 1 January 2026" in page
    assert escape(kpi.benchmark["text"]) in page
    assert "COPC CX Standard: service" in page


def test_what_one_can_do_is_told_for_each_level(as_person: SignIn) -> None:
    page = _page(as_person("hanna"))
    for said in catalogue()["service_level"].levers.values():
        assert escape(said) in page


@pytest.mark.parametrize(
    ("kpi", "above", "below"), [("occupancy", "890.0\xa0h", "1:00"), ("sickness_rate", "3,203,972.0\xa0h", "60.0\xa0h"), ("service_level", "3,203,972", "60")]
)
def test_time_above_and_below_the_line_has_its_unit(kpi: str, above: str, below: str) -> None:
    figure = Figure(kpi, 1, "x", None, {}, 0.5, "share", n=9, numerator=3203972, denominator=60)
    assert [value for _, value in explained.rests(catalogue(None)[kpi], figure)] == [above, below]


def test_every_table_of_a_query_is_told_apart_from_those_that_are_made_for_it() -> None:
    facts_named, made = query.tables(['SELECT * FROM "contact" AS "t0" LEFT JOIN "term_0_any" AS "t1" JOIN "term_0_queue" AS "t2" FROM "t23"'])
    assert facts_named == ["contact"]
    assert [names for names, _ in made] == ["term_0_any, term_0_queue"]


@pytest.mark.parametrize("kpi", ["service_level", "fcr", "occupancy", "logged_share"])
def test_no_table_of_a_query_stays_unsaid(as_person: SignIn, kpi: str) -> None:
    page = _page(as_person("david"), f"/kpis/{kpi}/")
    told, _, sql = page.partition("The query that was run")[2].partition("<pre")
    named = set(re.findall(r"(?:FROM|JOIN) &quot;([a-z_]\w*)&quot;", sql.partition("</pre>")[0]))
    assert named
    assert [name for name in named if not re.fullmatch(r"t\d+", name) and name not in told] == []
