"""Lists of ticket systems that people exported in another language than English, with dates as people there write them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources import find, spans
from nyckeltal.sources.load import load
from tables import put, rows

SWEDISH = {
    "Ärendenyckel": "Issue key", "Status": "Status", "Tilldelad": "Assignee", "Rapporterad av": "Reporter", "Skapad": "Created", "Uppdaterad": "Updated",
    "Löst": "Resolved", "Inkommen via": "Request channel",
}  # fmt: skip
LIST = "Ärendenyckel;Status;Tilldelad;Rapporterad av;Skapad;Uppdaterad;Löst;Inkommen via\nHELP-1;Stängt;anna;kim;{0} 09:00;{0} 10:00;{0} 09:30;email\n"
FRESH = "Ticket ID,Status,Source,Created time,Resolved time,Last update time,Contact ID,Agent,Group\n"


def jira(home: Path, folder: Path, text: str, headers: dict[str, str]) -> None:
    told = {"headers": headers, "statuses": {"Stängt": "closed"}}
    load(put(folder, text, "ärenden.csv"), system="jira", mapping=told, client="one", zone="UTC", home=home)


def test_headers_of_any_language_are_said_in_a_mapping(home: Path, tmp_path: Path) -> None:
    jira(home, tmp_path, LIST.format("27 maj 2026"), SWEDISH)
    [case] = rows(home, "case").values()
    assert (case["status"], case["agent_id"], f"{case['resolved_at']:%m-%d %H:%M}", case["channel"]) == ("closed", "anna", "05-27 09:30", "email")


def test_a_list_that_lacks_what_nothing_can_be_told_without_says_which_column_and_how_to_name_it(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match=r'no column “Created”.*\[headers\].*"its name there" = "Created"'):
        jira(home, tmp_path, LIST.format("27 maj 2026"), {name: meant for name, meant in SWEDISH.items() if meant != "Created"})


def test_a_header_that_was_said_and_is_not_there_is_named(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="no column “Tilldelat”"):
        jira(home, tmp_path, LIST.format("27 maj 2026"), SWEDISH | {"Tilldelat": "Assignee"})


def test_a_servicenow_list_in_swedish_is_read_with_its_headers_and_states_said(home: Path, tmp_path: Path) -> None:
    text = "Nummer,Öppnad,Status,Anropare,Tilldelningsgrupp,Uppdaterad\nINC1,2026-03-02 09:00:00,Stängd,Kim,Service desk,2026-03-04 09:00:00\n"
    told = {
        "headers": {
            "Nummer": "Number",
            "Öppnad": "Opened",
            "Status": "State",
            "Anropare": "Caller",
            "Tilldelningsgrupp": "Assignment group",
            "Uppdaterad": "Updated",
        },
        "states": {"Stängd": "closed"},
        "channels": {"": "email"},
    }
    load(put(tmp_path, text, "lista.csv"), system="servicenow", mapping=told, client="one", zone="Europe/Stockholm", home=home)
    [case] = rows(home, "case").values()
    assert (case["status"], case["queue_id"], f"{case['opened_at']:%H:%M}") == ("closed", "Service desk", "08:00")
    with pytest.raises(CannotRead, match="no column “Number”"):
        load(put(tmp_path, text, "lista.csv"), system="servicenow", client="one", home=home)


@pytest.mark.parametrize(("said", "month"), [
    ("02/Mär/26 9:00 AM", 3), ("02 mar. 2026 9:00", 3), ("02 märz 2026 9:00", 3), ("17/ago/26 10:00 AM", 8), ("02 okt. 2026 09:00", 10), ("2 mrt 2026 9:00", 3),
    ("02 avr. 2026 9:00", 4), ("06 abr 2026, 0:36", 4), ("02 maaliskuuta 2026 9:00", 3), ("02 szept. 2026 9:00", 9), ("02 marts 2026 9:00", 3),
])  # fmt: skip
def test_months_are_read_as_these_languages_write_them(said: str, month: int) -> None:
    english = spans.month_in_english("said", "%d %b %Y")
    found = duckdb.execute(f"SELECT {english} FROM (SELECT $1 AS said)", [said]).fetchall()[0][0]
    assert spans.month_names(("en",))[next(word for word in found.replace("/", " ").split() if word.isalpha()).lower()] == month


def test_a_word_that_is_no_month_stands_as_it_is() -> None:
    assert duckdb.execute(f"SELECT {spans.month_in_english('said', '%b')} FROM (SELECT unnest(['never', '', NULL, '2/3/2026']) AS said)").fetchall() == [
        ("never",), ("",), (None,), ("2/3/2026",),
    ]  # fmt: skip


def test_a_list_of_incidents_without_what_says_that_they_are_settled_calls_none_of_them_open(home: Path, tmp_path: Path) -> None:
    text = "Incidentnummer;Aanmelddatum;Behandelaar\nI 1;2026-03-02 09:00;Anna\n"
    load(put(tmp_path, text, "lijst.csv"), system="topdesk", mapping={"channels": {"": "email"}}, client="one", home=home)
    assert [case["status"] for case in rows(home, "case").values()] == [None]


def test_a_list_in_the_letters_of_older_windows_programs_is_known(tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes("Vorgangsschlüssel;Vorgangs-ID;Status;Erstellt\nHELP-1;1;Closed;02.03.2026 09:00\n".encode("cp1252"))
    source = find.recognise(file)
    assert source is not None
    assert source.name == "jira"


def fresh(home: Path, folder: Path, *dates: str, **told: object) -> list[tuple[str, str | None]]:
    lines = "".join(f"{n},Closed,Email,{date},{date},{date},9,Anna,Billing\n" for n, date in enumerate(dates))
    load(put(folder, FRESH + lines, "tickets.csv"), system="freshdesk", mapping=told, client="one", zone="Europe/Stockholm", home=home)
    return [(f"{case['opened_at']:%Y-%m-%d %H:%M}", case["resolved_at"] and f"{case['resolved_at']:%H:%M}") for case in rows(home, "case").values()]


@pytest.mark.parametrize(("dates", "expected"), [
    (("02/03/2026 09:00", "13/03/2026 10:00"), ["2026-03-02 08:00", "2026-03-13 09:00"]),
    (("03/02/2026 09:00 AM", "03/13/2026 10:00 PM"), ["2026-03-02 08:00", "2026-03-13 21:00"]),
    (("02 Mar 2026 09:00", "13 Mar 2026 10:00"), ["2026-03-02 08:00", "2026-03-13 09:00"]),
    (("2026-03-02T09:00:00+01:00", "2026-03-13T10:00:00+01:00"), ["2026-03-02 08:00", "2026-03-13 09:00"]),
])  # fmt: skip
def test_freshdesk_s_dates_are_read_in_the_form_of_the_file_as_a_whole(dates: tuple[str, ...], expected: list[str], home: Path, tmp_path: Path) -> None:
    assert [opened for opened, _ in fresh(home, tmp_path, *dates)] == expected


def test_freshdesk_s_dates_that_could_be_day_or_month_first_are_asked_for(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match=r"day or month first\. Say dates ="):
        fresh(home, tmp_path, "02/03/2026 09:00")
    assert fresh(home, tmp_path, "02/03/2026 09:00", file={"dates": "%m/%d/%Y %H:%M"}) == [("2026-02-03 08:00", "08:00")]
