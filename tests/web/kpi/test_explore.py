from __future__ import annotations

import html
import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import cycle, product

import pytest
from django.test import Client

from nyckeltal.contacts.store import World
from nyckeltal.kpi import vocabulary
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import shown
from nyckeltal.web.kpi.asking import tell
from nyckeltal.web.kpi.forms import allowed_values
from nyckeltal.web.kpi.names import DIMENSIONS, GRAINS
from nyckeltal.web.kpi.question import FILTERS, PageQuestion
from nyckeltal.web.people.models import User
from web import cast

SignIn = Callable[[str], Client]
SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
SAMPLE = ("service_level", "aht", "contacts_offered")  # a share, a mean, a count


def _page(browser: Client, query: str = "") -> str:
    answer = browser.get(f"/explore/?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_visit_shows_service_level_by_month(as_person: SignIn) -> None:
    page = _page(as_person("david"))
    assert "August 2026" in page
    assert "plot--wide" in page
    assert "3 rows" in page


@pytest.mark.parametrize("dimension", sorted(DIMENSIONS))
def test_every_dimension_can_be_asked_by_or_says_why_not(as_person: SignIn, dimension: str) -> None:
    assert 'id="answer"' in _page(as_person("david"), f"kpi=contacts_handled&by={dimension}")


@pytest.mark.parametrize(("kpi", "grain"), list(product(SAMPLE, sorted(GRAINS))) if SOAK else list(zip(cycle(SAMPLE), sorted(GRAINS), strict=False)))
def test_every_grain_can_be_asked_per(as_person: SignIn, kpi: str, grain: str) -> None:
    page = _page(as_person("david"), f"kpi={kpi}&per={grain}&by=client&first=2026-10-01&last=2026-10-14")
    assert "Nordkraft" in page.split("<tbody>")[1]


@pytest.mark.parametrize("kpi", [kpi for at, kpi in enumerate(sorted(catalogue(None))) if SOAK or at % 6])  # the others' figures: test_explained.py
def test_every_kpi_can_be_asked_for(as_person: SignIn, kpi: str) -> None:
    assert 'id="answer"' in _page(as_person("cecilia"), f"kpi={kpi}&by=queue&and_by=channel")


def test_every_variant_can_be_asked_for(as_person: SignIn) -> None:
    browser = as_person("david")
    for variant in catalogue(None)["service_level"].variant_names:
        assert "The question cannot be asked like this" not in _page(browser, f"kpi=service_level&variant={variant}")


def test_a_variant_that_no_key_figure_has_is_not_passed_over(as_person: SignIn) -> None:
    assert "The question cannot be asked like this" in _page(as_person("david"), "kpi=asa&variant=nope")


def test_a_variant_of_another_kpi_gives_way_to_the_definition(as_person: SignIn) -> None:
    assert "The question cannot" not in _page(as_person("david"), "kpi=asa&variant=answered_only")


def test_names_come_from_the_organisation_and_are_escaped(as_person: SignIn) -> None:
    page = _page(as_person("david"), "kpi=contacts_offered&by=client")
    assert "Nordkraft" in page
    assert "=Webb &amp; Co" in page


def test_the_heading_says_how_it_is_counted_at_the_level_asked_for(as_person: SignIn) -> None:
    browser = as_person("david")
    whole, by_queue = (_page(browser, f"kpi=aht{query}").split('id="answer"')[1].split("section-head")[1].split("</div>")[0] for query in ("", "&by=queue"))
    assert "The whole contact" in whole
    assert "part by itself" in by_queue


def _ways(page: str) -> list[str]:
    select = page.split('name="variant"')[1].split("</select>", maxsplit=1)[0]
    return [html.unescape(one) for one in re.findall(r"<option[^>]*>(.*?)</option>", select)]


def test_the_form_calls_the_ways_of_counting_as_the_answer_does(as_person: SignIn) -> None:
    browser = as_person("david")
    assert _ways(_page(browser, "kpi=aht"))[:2] == ["The whole contact", "Each person's part by itself"]
    assert "The whole contact" not in _ways(_page(browser, "kpi=aht&by=queue"))
    assert _ways(_page(browser, "kpi=aht&by=queue")).count("Each person's part by itself") == 1
    assert 'value="segment" selected' in _page(browser, "kpi=aht&by=queue&variant=segment")


def test_a_day_that_ends_with_a_full_stop_gets_no_second_one() -> None:
    assert shown._and_then("2026. november 23.", "Az ábra") == "2026. november 23. Az ábra"
    assert shown._and_then("23 November 2026", "The chart") == "23 November 2026. The chart"


def test_who_sees_only_their_own_figures_begins_with_one_that_a_person_has(as_person: SignIn) -> None:
    assert '<option value="fcr" selected>' in _page(as_person("anna"))
    assert '<option value="service_level" selected>' in _page(as_person("cecilia"))
    refused = _page(as_person("anna"), "kpi=service_level")
    assert "Take it with you" not in refused
    assert "All values shown are final" not in refused


def test_one_client_can_be_chosen(as_person: SignIn) -> None:
    page = _page(as_person("david"), "kpi=contacts_offered&by=queue&client=one")
    table = page.split("<tbody>")[1]
    assert "Invoice" in table
    assert "Orders" not in table


@pytest.mark.parametrize("dimension", FILTERS)
def test_what_is_chosen_of_a_dimension_is_its_row_of_the_table(people: dict[str, User], dimension: str) -> None:
    """Whoever may ask by a dimension may narrow by each of its values, to the figure that stands beside that value."""
    person, days = people["cecilia"], PageQuestion("contacts_handled", date(2026, 10, 1), date(2026, 10, 31))
    beside = {str(figure.by[dimension]).lower(): figure.value for figure in tell(person, replace(days, by=(dimension,))).figures if figure.value is not None}
    for value, _ in allowed_values(person, dimension):
        alone = tell(person, replace(days, chosen={dimension: value})).figures
        assert [figure.value or 0 for figure in alone if figure.reason != "refused"] in ([beside.get(value, 0)], []), value


def test_a_leader_is_offered_nobody_of_another_team(people: dict[str, User]) -> None:
    assert {value for value, _ in allowed_values(people["cecilia"], "agent")} == {"anna", "bengt", "cecilia"}
    assert allowed_values(people["david"], "agent") == []


def test_a_client_is_offered_only_itself(as_person: SignIn) -> None:
    page = _page(as_person("gustav"), "kpi=contacts_offered&by=client")
    assert "Nordkraft" not in page
    assert "200" in page.split("<tbody>")[1]


@pytest.mark.parametrize("query", ["by=agent", "by=team", "and_by=agent", "team=nord", "client=one", "queue=invoice&client=one"])
def test_a_client_cannot_ask_round_the_rules(as_person: SignIn, query: str) -> None:
    page = _page(as_person("gustav"), f"kpi=contacts_handled&{query}")
    assert "anna" not in page.lower()
    assert "Nordkraft" not in page


def test_a_queue_of_another_client_gives_nothing(as_person: SignIn) -> None:
    page = _page(as_person("gustav"), "kpi=contacts_offered&queue=invoice")
    assert not any(f">{number}<" in page for number in range(1, 401))


PAGES = [
    "/kpis/", "/kpis/service_level/", "/kpis/service_level/?client=one", "/kpis/aht/?month=2026-10", "/explore/", "/explore/?kpi=contacts_offered&by=queue",
    "/explore/?kpi=contacts_offered&by=reason1&and_by=queue", "/explore/?kpi=contacts_offered&queue=invoice", "/explore/?kpi=aht&queue=outage&client=one",
    "/explore/export/csv/?kpi=contacts_offered&by=queue", "/contacts/phone:2/", "/who-sees-what/",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_client_reads_no_name_of_anothers_queue_or_reason(as_person: SignIn, path: str, centre_of_three_reasons: None) -> None:
    page = as_person("gustav").get(path).content.decode()
    assert not any(name in page for name in ("Outage", "Invoice query", "Meter is broken", "Nordkraft"))


def test_a_client_chooses_among_its_own_reasons_and_their_groups(people: dict[str, User], centre_of_three_reasons: None) -> None:
    assert [value for value, _ in allowed_values(people["gustav"], "reason1")] == ["money", "late"]
    assert [value for value, _ in allowed_values(people["gustav"], "reason2")] == ["bill", "money", "late"]
    assert [value for value, _ in allowed_values(people["gustav"], "queue")] == ["orders"]
    assert [value for value, _ in allowed_values(people["david"], "reason1")] == ["meter", "money", "late"]
    assert len(allowed_values(people["david"], "queue")) == 3


@pytest.fixture(scope="module")
def three_reasons() -> World:
    """Client One has a reason of its own; the queue of invoices has a name that is no word of ours."""
    organisation = dict(cast.ORGANISATION)
    organisation["queue"] = [dict(row, name="Invoice query") if row["queue_id"] == "invoice" else row for row in organisation["queue"]]
    bill, late = organisation["reason"]
    meter = {"reason_id": "meter", "label": "Meter is broken", "level": 1}
    organisation["reason"] = [dict(bill, parent_id="money", level=2), late, meter, {"reason_id": "money", "label": "Money", "level": 1}]
    contacts = [cast._contact(number, 600) for number in range(600)]
    contacts = [dict(row, reason_id="meter") if row["client_id"] == "one" else row for row in contacts]
    return World.of({**organisation, "contact": contacts}, cast.KNOWN_UNTIL)


@pytest.fixture
def centre_of_three_reasons(three_reasons: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "current", lambda: three_reasons)


def test_a_manager_cannot_ask_by_person(as_person: SignIn) -> None:
    page = _page(as_person("david"), "kpi=aht&by=agent")
    assert "The question cannot be asked like this" in page
    assert "Anna" not in page


@pytest.mark.parametrize("query", ["by=team&and_by=tenure", "by=tenure&team=nord", "by=leader&and_by=tenure", "by=site&and_by=tenure"])
def test_a_manager_cannot_single_out_persons(as_person: SignIn, query: str) -> None:
    page = _page(as_person("david"), f"kpi=contacts_handled&{query}")
    assert "it would single out persons" in page
    assert "<tbody>" not in page


def test_a_leader_sees_the_own_team_by_name_and_nobody_else(as_person: SignIn) -> None:
    table = _page(as_person("cecilia"), "kpi=contacts_handled&by=agent").split("<tbody>")[1]
    assert "Anna Berg" in table
    assert "Sven Berg" not in table
    assert "Siri Berg" not in table


def test_persons_stand_by_name_never_by_value(as_person: SignIn) -> None:
    table = _page(as_person("cecilia"), "kpi=aht&by=agent").split("<tbody>")[1]
    assert table.index("Anna Berg") < table.index("Bengt Berg")


def test_an_agent_sees_the_own_figures_only(as_person: SignIn) -> None:
    table = _page(as_person("anna"), "kpi=contacts_handled&by=agent")
    assert "Bengt Berg" not in table
    assert "Anna Berg" in table


def test_a_period_that_ends_before_it_begins_keeps_what_was_typed(as_person: SignIn) -> None:
    page = _page(as_person("david"), "kpi=aht&first=2026-10-31&last=2026-10-01")
    assert "The period ends before it begins." in page
    assert 'value="2026-10-31"' in page


def test_what_cannot_be_read_is_said(as_person: SignIn) -> None:
    assert "The question cannot be asked like this" in _page(as_person("david"), "kpi=nonsense&first=yesterday&by=moon")


def test_hours_of_a_year_are_refused_with_the_way_out(as_person: SignIn) -> None:
    assert "for a month at most" in _page(as_person("david"), "kpi=aht&per=hour&first=2026-01-01&last=2026-10-31")


def test_htmx_gets_the_answer_alone(as_person: SignIn) -> None:
    answer = as_person("david").get("/explore/?kpi=aht&by=client", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert page.strip().startswith('<section class="stack" id="answer"')


def test_an_empty_store_leads_to_what_to_do_next(as_person: SignIn, nothing_loaded: None) -> None:
    page = _page(as_person("david"))
    assert "Nothing has been loaded yet" in page
    assert "nyckeltal describe" in page


def test_who_sees_no_figures_is_told_why_and_where_to_go(as_person: SignIn) -> None:
    page = _page(as_person("ingrid"))
    assert "Administrators keep organisation" in page
    assert "<form class=" not in page.split('id="main"')[1]


def test_too_few_is_said_and_not_shown(as_person: SignIn) -> None:
    assert "too few" in _page(as_person("david"), "kpi=service_level&per=day&first=2026-10-01&last=2026-10-07")


def test_a_count_by_a_dimension_shows_its_share_of_the_whole(as_person: SignIn) -> None:
    page = as_person("david").get("/explore/?kpi=contacts_offered&by=client").content.decode()
    assert "Share of all" in page
    assert "%" in page.split("<tbody>")[1].split("</table>")[0]


@pytest.mark.parametrize("query", ["by=agent&per=day", "by=agent&per=week", "by=agent&and_by=weekday", "by=agent&first=2026-10-05&last=2026-10-05"])
def test_one_persons_figures_are_followed_by_the_month_only(as_person: SignIn, query: str) -> None:
    for name in ("cecilia", "anna"):
        browser = as_person(name)
        page = _page(browser, f"kpi=contacts_handled&{query}")
        assert "One person’s figures are followed by the month" in page
        assert "<tbody>" not in page
        assert browser.get(f"/explore/export/csv/?kpi=contacts_handled&{query}").status_code == 403


def test_a_team_of_few_is_hidden_from_who_may_not_see_persons(as_person: SignIn) -> None:
    browser = as_person("david")
    asked = "kpi=contacts_handled&by=team&first=2026-08-01&last=2026-10-31"
    assert "hidden" in _page(browser, asked).split("<tbody>")[1]
    said = browser.get(f"/explore/export/csv/?{asked}").content.decode()
    assert "Fewer than 3 persons stand behind this" in said
    assert "hidden" not in _page(as_person("cecilia"), asked).split("<tbody>")[1].split("</tbody>")[0]


def _one_in_the_south() -> World:
    """Team North has four who answer, team Syd only Sven."""
    north = ("anna", "bengt", "erik", "elin")
    rows = cast.contact_rows()
    for number, row in enumerate(rows):
        if "own_agent_id" in row:
            row["own_agent_id"] = "sven" if row["client_id"] == "two" else north[number % 4]
    members = [{"membership_id": f"n{agent}", "agent_id": agent, "team_id": "nord", "valid_from": "2025-01-01"} for agent in north]
    members.append({"membership_id": "s", "agent_id": "sven", "team_id": "syd", "valid_from": "2025-01-01"})
    agents = [*cast.ORGANISATION["agent"], *({"agent_id": agent, "display_name": agent} for agent in north[2:])]
    return World.of({**cast.ORGANISATION, "contact": rows, "team_membership": members, "agent": agents}, cast.KNOWN_UNTIL)


@pytest.mark.parametrize("query", ["by=team", "team=nord", "team=nord&by=queue", "team=syd", "by=team&per=month"])
def test_one_persons_figure_is_not_the_whole_less_the_other_team(as_person: SignIn, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    world = _one_in_the_south()
    monkeypatch.setattr(facts, "current", lambda: world)
    said = as_person("david").get(f"/explore/export/csv/?kpi=contacts_handled&{query}&first=2026-08-01&last=2026-10-31").content.decode()
    lines = [line for line in said.splitlines() if "contacts_handled" in line]
    assert lines
    assert all("Not shown" in line or "Fewer than" in line for line in lines)


@pytest.mark.parametrize(
    ("query", "said", "called"),
    [
        ("kpi=adherence&by=client", "is about those who work here", "place of work"),
        ("kpi=asa&by=scale", "It can be asked by: client,", "main group of reasons"),
    ],
)
def test_a_dimension_that_a_kpi_has_not_is_refused_with_those_it_has_by_their_names(as_person: SignIn, query: str, said: str, called: str) -> None:
    having = _page(as_person("david"), query).partition(said)[2].partition("</p>")[0]
    assert called in having
    assert "reason1" not in having


def test_every_dimension_of_the_language_has_a_name_on_the_page() -> None:
    assert set(DIMENSIONS) == set(vocabulary.DIMENSIONS)
