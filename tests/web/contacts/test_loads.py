"""Loads: a file from its sending to its undoing, as the administrator sees it."""

from __future__ import annotations

import html
import json
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

import nyckeltal
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import load as from_file
from nyckeltal.sources.systems import freescout
from nyckeltal.web.contacts.loads import ledger
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.jobs import worker
from nyckeltal.web.jobs.models import Job
from web import cast
from web.contacts.loading import HEADER, Making, calls, changed, counts, done, form, load, number, send, sent

SignIn = Callable[[str], Client]
NOT_A_DAY = "3;31.09.2026 08:03:14;Faktura;00:00:03;elli;Besvarad"


@pytest.fixture(scope="module")
def october_but_one(making: Making) -> tuple[Path, str]:
    return making(lambda browser: load(browser, sent(browser, calls(instead={3: NOT_A_DAY}))))


@pytest.fixture
def but_one(october_but_one: tuple[Path, str]) -> str:
    """The address of a load of sixty calls of which one was refused."""
    shutil.copytree(october_but_one[0], settings.NYCKELTAL_HOME, dirs_exist_ok=True)
    return october_but_one[1]


def _page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def _kept() -> list[Path]:
    folder = Path(settings.NYCKELTAL_HOME) / "uploads"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


@pytest.mark.parametrize("name", sorted(set(cast.CAST) - {"ingrid"}))
def test_only_who_feeds_the_data_comes_in_and_others_are_told_why(as_person: SignIn, name: str) -> None:
    answer = as_person(name).get("/loads/")
    assert answer.status_code == 403
    assert "Your administrator" in answer.content.decode() or "role" in answer.content.decode()
    assert send(as_person(name), ("a.csv", calls())).status_code == 403
    assert _kept() == []


def test_an_empty_system_leads_to_the_first_figure_in_three_steps(ingrid: Client) -> None:
    page = _page(ingrid, "/loads/")
    steps = ["Describe who answers, if you like", "Load contacts", "See the first figure"]
    assert sorted(steps, key=page.index) == steps


def test_a_file_is_looked_at_and_nothing_of_it_counts_yet(ingrid: Client) -> None:
    page = _page(ingrid, sent(ingrid, calls()))
    assert "Contact began" in page
    assert "Thu 1 Oct, 08:01:14" in page
    assert "Looked at all 60 rows" in page
    assert ledger.lines() == []
    assert "samtal.csv" in _page(ingrid, "/loads/")  # found again
    assert [stat.S_IMODE(path.stat().st_mode) for path in _kept()] == [0o600]
    assert "samtal" not in str(_kept()[0])


def test_it_is_loaded_by_the_worker_and_the_file_is_removed(ingrid: Client, first: str) -> None:
    assert counts(first)["new"] == 60
    page = _page(ingrid, first)
    assert "All of it is in" in page
    assert "ingrid" in page
    assert "Give somebody a role" in page  # an administrator sees no figures
    assert _kept() == []
    assert "samtal.csv" in _page(ingrid, "/loads/")
    assert "nordkraft" in _page(ingrid, "/loads/")


def test_what_a_source_took_out_of_a_conversation_is_told(ingrid: Client, tmp_path: Path) -> None:
    sample = json.loads((Path(freescout.__file__).parent / "samples" / "conversations-0001.json").read_text(encoding="utf-8"))
    page = tmp_path / "page.json"
    for state in ("published", "deleted"):
        threads = sample["_embedded"]["conversations"][0]["_embedded"]["threads"]
        next(one for one in threads if one["id"] == 204)["state"] = state
        page.write_text(json.dumps(sample), encoding="utf-8")
        report = from_file([page], home=settings.NYCKELTAL_HOME, system="freescout", client="one")
        said = "stands in its ticket or conversation no longer" in _page(ingrid, f"/loads/{report.load_id}/")
        assert said == (state == "deleted")


def test_the_same_file_again_changes_nothing(ingrid: Client, first: str) -> None:
    assert load(ingrid, sent(ingrid, calls())) == f"{first}?again=1"
    assert len(ledger.lines()) == 1
    assert ["changes nothing" in _page(ingrid, address) for address in (first, f"{first}?again=1")] == [False, True]


def test_refused_rows_are_told_mended_and_count_as_put_right(ingrid: Client, but_one: str) -> None:
    address = but_one
    page = _page(ingrid, address)
    assert "but for one row that was refused" in page
    assert "31.09.2026" in page
    mended = ingrid.get(f"{address}refused/").content.decode("utf-8-sig")
    assert mended.splitlines()[0] == f"{HEADER};refused because"
    assert mended.splitlines()[1].startswith(NOT_A_DAY)
    again = sent(ingrid, mended.replace("31.09.2026", "30.09.2026"), "samtal-refused.csv", repairs=number(address))
    assert "samtal" in _page(ingrid, again)  # the mapping of before fits
    second = load(ingrid, again)
    assert counts(second)["new"] == 1
    assert number(address) in _page(ingrid, second)
    assert "1 has been put right since" in _page(ingrid, address)
    assert len(ingrid.get(f"{address}refused/").content.decode().splitlines()) == 1


def test_a_refused_row_is_settled_by_whom_and_opened_again(ingrid: Client, but_one: str) -> None:
    found = re.search(r'name="row" value="(\w+)"', _page(ingrid, but_one))
    assert found
    answer = ingrid.post(f"{but_one}settle/", {"row": found[1]})
    assert answer["Location"] == f"{but_one}#refused"
    page = _page(ingrid, but_one)
    assert "nothing of it stands refused any more" in page
    assert "· ingrid" in page
    assert "Get these rows" not in page
    ingrid.post(f"{but_one}settle/", {"row": found[1], "reopen": "1"})
    assert "but for one row that was refused" in _page(ingrid, but_one)
    ingrid.post(f"{but_one}settle/")
    assert "1 is settled" in _page(ingrid, but_one)
    assert ingrid.get(f"{but_one}settle/").status_code == 405


def test_a_load_of_mended_rows_offers_to_settle_those_that_it_was_about(ingrid: Client, but_one: str) -> None:
    mended = f"{HEADER}\n;30.09.2026 08:05:14;Faktura;00:00:05;elli;Besvarad\n2;01.10.2026 08:02:14;Faktura;00:00:02;elli;Besvarad\n"
    second = load(ingrid, sent(ingrid, mended.replace("\n;", "\n5000;"), "mended.csv", repairs=number(but_one)))
    assert "1 row there still stands refused" in _page(ingrid, second)
    ingrid.post(f"{but_one}settle/")
    assert "still stands refused" not in _page(ingrid, second)


def test_what_a_reason_says_of_forms_and_fields_is_in_the_readers_language(ingrid: Client, first: str) -> None:
    wrong = {5: "500;01.10.2026 08:05:14;Faktura;snart;elli;Besvarad", 7: "700;01.10.2026 08:05:14;Faktura;-00:00:05;elli;Besvarad"}
    address = load(ingrid, sent(ingrid, calls(100, wrong), "fel.csv"))
    ingrid.cookies["nyckeltal_language"] = "sv"
    said = _page(ingrid, address).split('<h2 id="refused">')[1].split("</section>")[0]
    assert ("h:mm:ss" in said, "wait_s" in said, "timmar:minuter:sekunder" in said) == (False, False, True)
    assert "“snart”" in said or "”snart”" in said


def test_a_moment_in_a_reason_is_told_by_the_clock_of_the_file(ingrid: Client, first: str, tmp_path: Path) -> None:
    rows = [f"{at},2026-10-02 00:30:00,2026-10-02 00:{20 if at == 7 else 40}:00,{-11 if at == 8 else 11}" for at in range(60)]
    (tmp_path / "fel.csv").write_text("\n".join(["id,at,end,wait", *rows, ""]))
    columns = {"channel": {"is": "voice"}, "offered_at": "at", "ended_at": "end", "wait_s": "wait", "outcome": {"is": "answered"}}
    mapping = {"file": {"zone": "Europe/Stockholm"}, "fact": {"kind": "contact", "client": "fel"}, "key": {"columns": ["id"]}, "columns": columns}
    address = f"/loads/{nyckeltal.load(tmp_path / 'fel.csv', mapping=mapping, home=settings.NYCKELTAL_HOME).load_id}/"
    told = html.unescape(_page(ingrid, address))
    assert "“Ended at” is 2 October 2026 00:20, before “Contact began”." in told
    assert "“Waited” is -11; a duration is never negative." in told
    ingrid.cookies["nyckeltal_language"] = "fi"
    assert "”Odotti” on -11;" in html.unescape(_page(ingrid, address))


def test_reasons_are_told_in_the_readers_language(ingrid: Client, but_one: str) -> None:
    reason = "is no moment in the form"
    assert reason in _page(ingrid, but_one)
    ingrid.cookies["nyckeltal_language"] = "sv"
    assert reason not in _page(ingrid, but_one)


def test_a_corrected_file_is_told_as_corrected_and_what_it_replaced_stands_again_once_it_is_taken_back(ingrid: Client, first: str) -> None:
    second = load(ingrid, sent(ingrid, calls(instead={5: "5;01.10.2026 08:05:14;Faktura;00:01:00;osda;Besvarad"})))
    assert (counts(second)["changed"], counts(second)["unchanged"]) == (1, 59)
    page = _page(ingrid, done(ingrid, str(ingrid.post(f"{second}undo/")["Location"])))
    assert "Taken back on" in page
    assert "Earlier rows that stand again" in page
    page = _page(ingrid, done(ingrid, str(ingrid.post(f"{first}undo/")["Location"])))
    assert "Nothing of it counts any more" in page
    assert ingrid.post(f"{first}undo/")["Location"] == first
    assert [line.undone != "" for line in ledger.lines()] == [True, True]


def test_an_undo_tells_which_later_loads_held_the_same_rows(ingrid: Client, first: str) -> None:
    second = load(ingrid, sent(ingrid, calls(70)))
    page = _page(ingrid, done(ingrid, str(ingrid.post(f"{first}undo/")["Location"])))
    assert "Later loads held some of the same rows" in page
    assert number(second) in page


def test_columns_can_mean_something_else_and_values_be_left_out(ingrid: Client) -> None:
    address = sent(ingrid, calls(instead={4: "4;01.10.2026 08:04:14;Faktura;00:00:04;elli;Felringd"}))
    page = _page(ingrid, address)
    assert "Needed" in page
    given = form(ingrid, address)
    wrong = next(name for name, value in given.items() if name.startswith("v5.") and value == "")
    changed(ingrid, address, **{wrong: "·leave out", "m4": ""})
    page = _page(ingrid, address)
    assert "Left out, as you said" in page
    assert Upload.objects.get().mapping["leave_out"] == [{"where": "Avslut == 'Felringd'", "reason": "Felringd"}]
    assert counts(load(ingrid, address))["left_out"] == 1


def test_the_form_sent_as_it_stands_changes_nothing(ingrid: Client) -> None:
    address = sent(ingrid, calls())
    before = Upload.objects.get().mapping
    changed(ingrid, address)
    assert Upload.objects.get().mapping == before


def test_another_kind_of_fact_is_guessed_anew(ingrid: Client) -> None:
    address = sent(ingrid, calls())
    changed(ingrid, address, kind="case")
    assert Upload.objects.get().seen["kind"] == "case"
    assert "The first rows would read" in _page(ingrid, address)


def test_the_mapping_can_be_taken_along_edited_as_text_and_is_refused_with_its_line(ingrid: Client) -> None:
    address = sent(ingrid, calls())
    text = ingrid.get(f"{address}mapping.toml").content.decode()
    assert 'offered_at = { from = "Samtal start", as = "%d.%m.%Y %H:%M:%S" }' in text
    changed(ingrid, address, "text", text=text.replace('queue_id = "Kö"\n', ""))
    assert "queue_id" not in Upload.objects.get().mapping["columns"]
    answer = changed(ingrid, address, "text", text=text + "\nfoo = [")
    assert "is not TOML" in answer.content.decode()
    assert "foo = [" in answer.content.decode()  # what was typed is kept


def test_a_mapping_is_remembered_and_fits_the_next_file_of_that_shape(ingrid: Client) -> None:
    load(ingrid, sent(ingrid, calls()), {"remember": "1", "name": "Växel, samtal"})
    address = sent(ingrid, calls(20), "november.csv")
    assert "These are the columns of “Växel- samtal”" in _page(ingrid, address)
    assert Upload.objects.get(job=None).mapping["fact"]["client"] == "nordkraft"
    changed(ingrid, address, "afresh")
    assert "These are the columns of" not in _page(ingrid, address)


def test_several_files_of_one_shape_are_one_load(ingrid: Client) -> None:
    half = calls(30).replace("01.10.2026", "02.10.2026").replace("\n", "\nb")[:-1]
    address = str(send(ingrid, ("a.csv", calls(30)), ("b.csv", half))["Location"])
    found = load(ingrid, address)
    assert counts(found)["new"] == 60
    assert "a.csv, b.csv" in _page(ingrid, found)


def test_a_known_systems_file_needs_no_mapping(ingrid: Client) -> None:
    events = ("00|1.1|invoice|NONE|ENTERQUEUE||555|1", "10|1.1|invoice|Agent/1|CONNECT|10|1.2|3", "70|1.1|invoice|Agent/1|COMPLETECALLER|10|60|1")
    log = "".join(f"16146000{event}\n" for event in events)
    address = sent(ingrid, log, "queue_log")
    assert "This is a queue_log file" in _page(ingrid, address)
    answer = ingrid.post(f"{address}change/", {"do": "load", "client": "one", "zone": "Europe/Stockholm"})
    assert counts(done(ingrid, str(answer["Location"])))["new"] >= 1


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "empty"), (b"\x7fELF\0\0\1\2" * 99, "not text"), (b"\x1f\x8b\x08\0broken", "packed file"), (b"PK\x03\x04 no workbook", "")]
)
def test_what_cannot_be_read_says_what_was_wrong_and_is_not_kept(ingrid: Client, content: bytes, says: str) -> None:
    answer = send(ingrid, ("wrong.csv", content))
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert "nothing of it was kept" in answer.content.decode()
    assert (_kept(), Upload.objects.count()) == ([], 0)


def test_what_is_still_needed_left_out_and_counted_is_told_in_the_readers_language(ingrid: Client) -> None:
    ingrid.cookies["nyckeltal_language"] = "sv"
    page = _page(ingrid, sent(ingrid, f"{calls(30)}Totalt;;;00:15:00;;\n"))
    assert "rad med summor" in page
    page = _page(ingrid, sent(ingrid, "Kundnr;Ärende\n1;a\n2;b\n", "lista.csv"))
    assert "”Kontakten började” behövs, och ingen kolumn ger det." in page
    hours = "Medarbetare;Frånvarotyp;Från;Till;Antal dagar\n" + "".join(f"Anna;Sjuk;2026-03-0{at};2026-03-0{at};{at % 2 + 0.5}\n" for at in range(2, 9))
    assert "<td>1,50</td>" in _page(ingrid, sent(ingrid, hours, "lista.csv")).replace(' class="num"', "")


def test_a_header_alone_is_said_to_be_that(ingrid: Client) -> None:
    assert "There is a header and no row below it." in _page(ingrid, sent(ingrid, f"{HEADER}\n"))


def test_nothing_chosen_is_said(ingrid: Client) -> None:
    assert "No file came with it" in ingrid.post("/loads/send/", {}).content.decode()


def test_more_than_one_row_in_twenty_wrong_is_told_before_it_is_loaded(ingrid: Client) -> None:
    rows = {at: f"{at};01.10.2026 08:03:14;Faktura;00:00:03;elli;Felringd" for at in range(1, 11)}
    address = sent(ingrid, calls(instead=rows))
    assert "the whole file would be" in _page(ingrid, address)
    assert changed(ingrid, address, "load", client="nordkraft")["Location"] == address
    assert not Job.objects.exists()


def test_what_goes_wrong_later_in_the_file_is_told_on_the_jobs_page(ingrid: Client) -> None:
    rows = {at: NOT_A_DAY.replace("3;", f"{at};", 1) for at in range(5_900, 6_400)}
    address = sent(ingrid, calls(6_400, rows))
    job = str(changed(ingrid, address, "load", client="nordkraft", zone="Europe/Stockholm")["Location"])
    page = _page(ingrid, done(ingrid, job))
    assert "more than 5 %" in page
    assert "The file and what you said about its columns are kept" in page
    assert "What do the columns mean?" in _page(ingrid, address)


def test_names_of_files_are_only_names(ingrid: Client) -> None:
    page = _page(ingrid, sent(ingrid, calls(), "../../<script>alert(1)</script>.csv"))
    assert "<script>alert" not in page
    assert all(Path(settings.NYCKELTAL_HOME) / "uploads" in path.parents for path in _kept())


def test_a_file_is_its_senders(as_person: SignIn, ingrid: Client) -> None:
    address = sent(ingrid, calls())
    assert as_person("david").get(address).status_code == 403
    assert ingrid.get("/loads/file/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert ingrid.get("/loads/job/00000000-0000-0000-0000-000000000000/").status_code == 404
    assert ingrid.get("/loads/no-such-load/").status_code == 404


def test_a_file_can_be_forgotten(ingrid: Client) -> None:
    address = sent(ingrid, calls())
    changed(ingrid, address, "forget")
    assert (ingrid.get(address).status_code, _kept()) == (404, [])


def test_while_it_waits_the_page_tells_how_far_it_is_and_ends_by_itself(ingrid: Client) -> None:
    address = sent(ingrid, calls())
    job = str(changed(ingrid, address, "load", client="nordkraft", zone="Europe/Stockholm")["Location"])
    page = _page(ingrid, job)
    assert "Waiting its turn" in page
    assert "Look again" in page  # without script
    assert ingrid.get(address)["Location"] == job  # nothing is changed meanwhile
    assert "samtal.csv" in _page(ingrid, "/loads/")
    worker.do_all()
    led_to = ingrid.get(job, headers={"HX-Request": "true"})["HX-Redirect"]
    assert led_to.startswith("/loads/2")
    assert Job.objects.get().result["load_id"] == number(led_to)


def test_a_load_that_ended_its_worker_too_often_says_so(ingrid: Client) -> None:
    address = sent(ingrid, calls())
    job = str(changed(ingrid, address, "load", client="nordkraft", zone="Europe/Stockholm")["Location"])
    Job.objects.update(state=Job.State.INTERRUPTED)
    page = _page(ingrid, job)
    assert "It was interrupted" in page
    assert "Back to the columns" in page
    assert counts(load(ingrid, address))["new"] == 60


def test_a_survey_tools_table_is_looked_at_question_by_question(ingrid: Client) -> None:
    rows = "".join(f'"{n}";"2026-10-01 08:{n:02}:00";"3";"sv";"7";"{n % 11}";"{1 + n % 5}"\n' for n in range(1, 31))
    address = sent(ingrid, '"id";"submitdate";"lastpage";"startlanguage";"seed";"NPS";"Q7"\n' + rows, "results-survey482615.csv")
    page = _page(ingrid, address)
    assert "Answer: recommending (NPS), scale 0–10" in page
    assert "Answer: satisfaction (CSAT), scale 1–5" in page
    load(ingrid, address)
    assert len(ContactStore(settings.NYCKELTAL_HOME).snapshot().files("survey_response")) > 0
