"""Tables as people keep them by hand – titles above, totals below, days without form – are guessed right, or it is said what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.sources import preview, spans
from nyckeltal.sources.load import load
from nyckeltal.sources.preview import Preview
from nyckeltal.sources.tables.heading import header_at
from nyckeltal.sources.totals import is_total


def _csv(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def _book(folder: Path, **sheets: list[list[Any]]) -> Path:
    import xlsxwriter

    path = folder / "list.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        clock = book.add_format({"num_format": "hh:mm"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for down, row in enumerate(rows):
                for at, cell in enumerate(row):
                    sheet.write(down, at, cell, *([clock] if isinstance(cell, time) else []))
    return path


def _read(path: Path) -> tuple[str, Preview]:
    seen = preview.describe(path)
    assert seen.needed == ()
    return seen.kind, preview.preview(path, seen.mapping, client="bank", zone="Europe/Stockholm")


def test_a_swedish_list_of_absences_is_read_below_its_title_and_above_its_sum(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Frånvaro mars 2026"],
        [],
        ["Namn", "Frånvaroorsak", "Fr.o.m.", "T.o.m.", "Antal dagar"],
        ["Andersson, Anna", "Sjuk", date(2026, 3, 2), date(2026, 3, 4), 3],
        ["Berg, Bo", "VAB", date(2026, 3, 5), date(2026, 3, 5), 0.5],
        ["Summa", "", "", "", 3.5],
    ]
    kind, told = _read(_book(tmp_path, Mars=rows))
    assert (kind, told.read, dict(told.left_out), told.refusals) == ("absence", 3, {"row of totals": 1}, ())
    assert [row["kind"] for row in told.rows] == ["sick", "care"]
    # the last day named is a day away
    assert told.rows[0]["ended_at"].astimezone(UTC) == datetime(2026, 3, 4, 23, tzinfo=UTC)


DANISH: list[list[Any]] = [
    ["Medarbejder", "Årsag", "Første fraværsdag", "Sidste fraværsdag", "Arbejdsdage", "Godkendt"],
    ["Anna", "Syg", date(2026, 10, 1), date(2026, 10, 2), 2, "nej"],
    ["Bo", "Ferie", date(2026, 10, 5), date(2026, 10, 9), 5, "ja"],
    ["Ib", "Barn syg", date(2026, 10, 6), date(2026, 10, 8), 3, "ja"],
    ["I alt", None, None, None, 10, None],
]


def test_a_danish_list_of_absences_is_none_of_contacts(tmp_path: Path) -> None:
    book = _book(tmp_path, Ark1=DANISH)
    kind, told = _read(book)
    assert (kind, told.read, dict(told.left_out), told.refusals) == ("absence", 4, {"row of totals": 1}, ())
    assert preview.describe(book).mapping["leave_out"] == [{"where": "Medarbejder == 'I alt'", "reason": "row of totals"}]


def test_the_first_day_in_a_list_that_is_said_to_be_one_of_absences_is_when_it_began(tmp_path: Path) -> None:
    rows = [["Medarbejder", "Årsag", "Væk", "Hjemme igen"], *(row[:4] for row in DANISH[1:4])]
    described = preview.describe(_book(tmp_path, Ark1=rows), fact="absence")
    assert described.mapping["columns"]["started_at"] == "Væk"
    assert described.needed == ()


def test_names_in_merged_cells_and_headers_of_two_lines_hold_for_every_row(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("Mars")
        sheet.merge_range("B2:B3", "Anställd")
        sheet.merge_range("C2:E2", "Frånvaro mars")
        sheet.write_row(2, 2, ["Orsak", "Från", "Timmar"])
        sheet.merge_range("B4:B5", "Anna")
        sheet.write_row(3, 2, ["Sjuk", date(2026, 3, 2)])
        sheet.write_row(4, 2, ["Semester", date(2026, 3, 9)])
        sheet.merge_range("E4:E5", 9)
        sheet.write_row(5, 1, ["Bo", "Sjuk", date(2026, 3, 3), 8])
    kind, told = _read(path)
    assert (kind, [(row["agent_id"], row["hours"]) for row in told.rows]) == ("absence", [("Anna", 9), ("Anna", None), ("Bo", 8)])


def test_hours_may_be_written_as_a_clock_or_with_a_comma(tmp_path: Path) -> None:
    head = "Medarbejder;Årsag;Fra dato;Til dato;Timer"
    kind, told = _read(_csv(tmp_path, head, "Hanne;Syg;02-03-2026;02-03-2026;7:30", "Jens;Ferie;16-03-2026;20-03-2026;29:36", encoding="cp1252"))
    assert (kind, [row["hours"] for row in told.rows]) == ("absence", [7.5, 29.6])
    kind, told = _read(_csv(tmp_path, "Nimi;Syy;Alkaen;Asti;Tunnit", "Ville;Sairaus;2.3.2026;3.3.2026;15,5", "Kaisa;Loma;9.3.2026;13.3.2026;37,5"))
    assert (kind, [row["hours"] for row in told.rows]) == ("absence", [15.5, 37.5])


def test_a_roster_of_days_and_clock_times_ends_after_midnight(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Medarbejder", "Dato", "Start", "Slut"],
        ["Jens", date(2026, 3, 9), time(22), time(6)],
        ["Hanne", date(2026, 3, 10), time(8), time(16)],
    ]
    kind, told = _read(_book(tmp_path, Vagter=rows))
    assert kind == "schedule_shift"
    assert [(row["ended_at"] - row["started_at"]).total_seconds() / 3600 for row in told.rows] == [8, 8]


def test_amounts_in_thousands_are_left_to_the_person(tmp_path: Path) -> None:
    path = _csv(tmp_path, "Månad;Kostnad (tkr);Intäkter SEK", "2026-01;812;4500000", "2026-02;798;4412000")
    assert preview.describe(path).mapping["columns"] == {"month_start": "Månad", "revenue": "Intäkter SEK", "currency": {"is": "SEK"}}


def test_clock_times_may_have_a_point(tmp_path: Path) -> None:
    kind, told = _read(_csv(tmp_path, "Namn;Datum;Starttid;Sluttid", "Anna;2026-03-09;08.00;16.30", "Bo;2026-03-09;22.00;06.30"))
    assert (kind, [(row["ended_at"] - row["started_at"]).total_seconds() / 3600 for row in told.rows]) == ("schedule_shift", [8.5, 8.5])


def test_rows_that_are_alike_in_every_cell_count_once_and_it_is_said(home: Path, tmp_path: Path) -> None:
    path = _csv(tmp_path, "Datum;Säljare;Belopp SEK;Tackade ja", *["2026-03-02;Anna;299;ja"] * 2)
    report = load([path], mapping=preview.describe(path).mapping, home=home, client="bank", zone="Europe/Stockholm")
    assert [warning.id for warning in report.warnings] == ["sources.warning.alike"]


def test_costs_by_month_are_found_behind_a_cover_sheet(tmp_path: Path) -> None:
    months: list[list[Any]] = [
        ["Månad", "Kostnad", "Intäkter"],
        [date(2026, 1, 1), 812000, 4500000],
        [date(2026, 2, 1), 798500.5, 4412000],
        ["Totalt", 1610500.5, 8912000],
    ]
    path = _book(tmp_path, Start=[["Underlag"], ["Kontakt: Eva"]], Siffror=months, Lista=[["a", "b"], [1, 2]])
    kind, told = _read(path)
    assert (kind, [row["service_cost"] for row in told.rows]) == ("finance_month", [81200000, 79850050])


def test_short_months_carry_their_year(tmp_path: Path) -> None:
    kind, told = _read(_csv(tmp_path, "Kuukausi;Kustannukset (€)", "tammi.26;50 100,50", "maalis-26;52 500,00", "Yhteensä;102 600,50"))
    assert (kind, [row["month_start"] for row in told.rows]) == ("finance_month", [date(2026, 1, 1), date(2026, 3, 1)])
    assert {row["currency"] for row in told.rows} == {"EUR"}


def test_sales_of_a_rep_with_pounds_and_a_sum_without_a_word(tmp_path: Path) -> None:
    lines = ("Rep,Close Date,Deal Value,Won?", '"Smith, John",13/02/2026,"£1,250.00",Yes', '"Jones, Kate",28/02/2026,"£2,400",No', ',,"£3,650.00",')
    kind, told = _read(_csv(tmp_path, *lines))
    assert (kind, [row["amount"] for row in told.rows], dict(told.left_out)) == ("sale", [125000, 240000], {"row of totals": 1})


def test_days_that_lost_their_form_are_a_spreadsheets_numbers(tmp_path: Path) -> None:
    kind, told = _read(_csv(tmp_path, "Ordernr;Orderdatum;Belopp", "A-1;46083;1 249,00", "A-2;46085;349,50", ";;", ";;"))
    assert (kind, told.read, [row["ordered_at"].date() for row in told.rows]) == ("order", 2, [date(2026, 3, 1), date(2026, 3, 3)])


def test_requests_to_leave_are_known_by_what_came_of_them(tmp_path: Path) -> None:
    kind, told = _read(_csv(tmp_path, "Datum;Kundnr;Resultat", "2026-03-02;5501;Behållen", "2026-03-03;5502;Uppsagd", "Antal;2;"))
    assert (kind, [row["outcome"] for row in told.rows]) == ("retention_case", ["kept", "lost"])


def test_a_forecast_is_no_list_of_contacts(tmp_path: Path) -> None:
    kind, told = _read(_csv(tmp_path, "Date,Interval,Queue,Forecast calls,AHT (sec)", "2026-03-09,08:00,Support,20,312", "2026-03-09,08:30,Support,23,312"))
    assert (kind, [row["contacts"] for row in told.rows]) == ("forecast", [20, 23])


def test_months_beside_each_other_are_told_and_never_read(tmp_path: Path) -> None:
    path = _csv(tmp_path, "Agent,Jan-26,Feb-26,Mar-26,Total", "John,12,9,14,35", "Kate,7,11,8,26")
    told = preview.preview(path, preview.describe(path).mapping, client="bank")
    assert "“Jan-26” to “Mar-26” are months or days" in str(told.issues[0].text)


@pytest.mark.parametrize(("header", "told"), [("Man 9/3", True), ("maalis-26", True), ("2026-03", True), ("Mars", True), ("Q1", False), ("AHT 20", False)])
def test_a_header_is_a_month_or_day(header: str, told: bool) -> None:
    assert spans.is_span(header) == told


@pytest.mark.parametrize(
    ("said", "sparse", "total"), [("Summa:", False, True), ("Anna Total", True, True), ("Total Energies", False, False), ("Totally", True, False)]
)
def test_words_of_totals(said: str, sparse: bool, total: bool) -> None:
    assert is_total(said, sparse) == total


def test_a_header_is_the_first_row_where_nothing_stands_above_it() -> None:
    assert header_at([["a", "b", "c"], ["1", "2", "3"], ["1", "2", "3"]]) == 0
    assert header_at([["Report"], ["made", "2026"], [], ["a", "b", "c", "d"], ["1", "2", "3", "4"]]) == 3
    assert header_at([["name"], ["Anna, B"], ["Bo"]]) == 0


def test_a_finnish_survey_with_its_clock_after_klo_is_one(tmp_path: Path) -> None:
    head = "Vastausaika;Asiakasnumero;Kuinka todennäköisesti suosittelisit meitä? (0-10);Kuinka tyytyväinen olit palveluun? (1-5);Avoin palaute"
    rows = (f"{1 + at % 28}.10.2026 klo {9 + at % 8}.{at % 60:02};A{100 + at};{(3, 7, 9, 10)[at % 4]};{2 + at % 4};" for at in range(40))
    kind, told = _read(_csv(tmp_path, head, *rows))
    assert kind == "survey_invitation"
    assert told.rows[0]["drawn_at"] == datetime(2026, 10, 1, 7, 0, tzinfo=UTC)


def test_a_danish_childs_first_day_of_illness_is_care(tmp_path: Path) -> None:
    rows = [("Barns 1. sygedag", "care"), ("Omsorgsdag", "care"), ("Sygdom", "sick"), ("Ferie", "leave")]
    file = _csv(
        tmp_path,
        "Medarbejder;Fraværstype;Første fraværsdag;Sidste fraværsdag",
        *(f"Anna;{kind};0{at + 1}-09-2026;0{at + 1}-09-2026" for at, (kind, _) in enumerate(rows)),
    )
    _, told = _read(file)
    assert [row["kind"] for row in told.rows] == [meant for _, meant in rows]
