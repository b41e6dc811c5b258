"""Lists of several systems: which one a file is of, whose numbers its rows have, and what of them is in already."""

from __future__ import annotations

import json
from pathlib import Path

from django.conf import settings
from django.test import Client

from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.systems import zendesk
from web.contacts.loading import calls, changed, counts, load, send, sent

OTHERS = {at: f"{at};02.10.2026 09:{at % 60:02}:00;Flytt;00:00:09;osda;Besvarad" for at in range(1, 11)}


def _looked_at(browser: Client, address: str, **words: str) -> str:
    changed(browser, address, "look", client="nordkraft", zone="Europe/Stockholm", **words)
    return browser.get(address).content.decode()


def test_before_it_is_loaded_a_list_says_whose_rows_it_would_replace(ingrid: Client, first: str) -> None:
    page = _looked_at(ingrid, sent(ingrid, calls(70, OTHERS), "chef.csv"))
    assert "In already: 60 of 70 rows" in page
    assert "Said otherwise here, and to be replaced: 10." in page
    assert f'<a href="{first}">samtal.csv</a>' in page
    assert "60 in already, 10 to be replaced" in page


def test_the_same_numbers_of_another_system_stand_beside_the_first_once_it_is_named(ingrid: Client, first: str) -> None:
    address = sent(ingrid, calls(70, OTHERS), "chef.csv")
    assert "In already" not in _looked_at(ingrid, address, source="another-switch")
    second = load(ingrid, address, {"source": "another-switch"})
    assert (counts(second)["new"], counts(second)["changed"]) == (70, 0)
    assert ContactStore(settings.NYCKELTAL_HOME).snapshot().rows("contact") == 130


def test_rows_that_are_in_as_they_are_are_said_to_count_once(ingrid: Client, first: str) -> None:
    page = _looked_at(ingrid, sent(ingrid, calls(65), "longer.csv"))
    assert "In already: 60 of 65 rows" in page
    assert "go on counting once" in page
    assert "to be replaced:" not in page


def _bare_tickets(indent: int | None = 1) -> str:
    """What somebody cut out of an export, without the lists' names and addresses."""
    sample = json.loads((Path(zendesk.__file__).parent / "samples" / "export.json").read_text(encoding="utf-8"))
    tickets = [{name: value for name, value in one.items() if name not in ("submitter_id", "url")} for one in sample["tickets"]]
    return json.dumps({"tickets": tickets}, indent=indent)


def test_who_knows_the_system_says_it_where_the_file_does_not(ingrid: Client) -> None:
    refused = send(ingrid, ("tickets.json", _bare_tickets()))
    assert refused.status_code == 400
    assert '<option value="zendesk">Zendesk tickets' in refused.content.decode()
    answer = send(ingrid, ("tickets.json", _bare_tickets()), system="zendesk")
    assert "This is a zendesk file" in ingrid.get(answer["Location"]).content.decode()


def test_where_no_column_means_anything_the_systems_are_offered_at_once(ingrid: Client) -> None:
    page = ingrid.get(sent(ingrid, _bare_tickets(indent=None), "tickets.json")).content.decode()
    assert '<details class="more" id="export_of" open>' in page


def test_what_a_file_is_an_export_of_can_be_said_anew_on_its_page(ingrid: Client) -> None:
    address = sent(ingrid, (Path(zendesk.__file__).parent / "samples" / "export.json").read_text(encoding="utf-8"), "export.json")
    ingrid.post(f"{address}change/", {"do": "system", "system": "zammad"})
    assert "This is a zammad file" in ingrid.get(address).content.decode()
    table = sent(ingrid, calls())
    ingrid.post(f"{table}change/", {"do": "system", "system": "three_cx"})
    assert "This is a three_cx file" in ingrid.get(table).content.decode()
    ingrid.post(f"{table}change/", {"do": "system", "system": ""})
    assert "What do the columns mean?" in ingrid.get(table).content.decode()


def test_the_files_of_a_system_may_be_of_a_named_source_too(ingrid: Client) -> None:
    text = (Path(zendesk.__file__).parent / "samples" / "export.json").read_text(encoding="utf-8")
    for source in ("", "zendesk-shop"):
        load(ingrid, sent(ingrid, text, f"export{source}.json"), {"source": source})
    loads = ContactStore(settings.NYCKELTAL_HOME).loads().to_pylist()
    assert {row["source"] for row in loads} >= {"zendesk-nordkraft", "zendesk-shop"}


def test_a_system_that_nobody_knows_is_said_so(ingrid: Client) -> None:
    answer = send(ingrid, ("tickets.json", _bare_tickets()), system="no such")
    assert answer.status_code == 400
    assert "There is no system" in answer.content.decode()


def test_the_answers_of_a_survey_are_shown_as_they_would_be_read(ingrid: Client) -> None:
    rows = "".join(f"2026-10-{day:02};{day % 11};bra\n" for day in range(1, 29))
    page = ingrid.get(sent(ingrid, "Datum;Hur troligt är det att du rekommenderar oss;Kommentar\n" + rows, "svar.csv")).content.decode()
    assert "Answers to surveys, a column for each question" in page
    assert '<th scope="col">Answer: recommending (NPS), scale 0–10</th>' in page
    assert "<td>1</td></tr><tr>" in page
    assert page.count('<option value="" selected>Comment</option>') == 1


def test_an_odd_cell_is_told_with_the_form_as_it_would_be_written(ingrid: Client) -> None:
    page = _looked_at(ingrid, sent(ingrid, calls(60, {3: "3;okänd;Faktura;00:00:03;elli;Besvarad"})))
    assert "1 of 60 rows would be refused" in page
    assert "“okänd” is no moment in the form 31.12.2026 17:45:59." in page


def test_long_lists_of_files_and_refused_rows_are_folded_and_nothing_of_them_is_lost(ingrid: Client) -> None:
    bad = {at: f"{at};31.09.2026 08:00:00;Faktura;00:00:03;elli;Besvarad" for at in range(1, 13)}
    page = ingrid.get(load(ingrid, sent(ingrid, calls(300, bad)))).content.decode()
    assert (page.count("<strong>Line "), page.count("7 more rows</summary>")) == (12, 1)
    for at in range(5):
        sent(ingrid, calls(), f"begun-{at}.csv")
    page = ingrid.get("/loads/").content.decode()
    assert (page.count(">begun-"), page.count("2 more files</summary>")) == (5, 1)
