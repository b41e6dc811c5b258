"""Loading: once, again, corrected, refused and taken back."""

from __future__ import annotations

import gzip
import json
import resource
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import BadMapping, CannotRead
from nyckeltal.sources import systems, templates
from nyckeltal.sources.called import LANGUAGES
from nyckeltal.sources.load import load, undo
from tables import CALLS, aside, calls, loaded, mapping, put, rows

SYSTEMS = Path(systems.__file__).parent


def test_the_same_file_again_changes_nothing(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, calls())
    first, again = loaded(home, file), loaded(home, file)
    assert (first.facts["contact"].new, first.already) == (30, False)
    assert (again.facts["contact"].new, again.facts["contact"].unchanged, again.already) == (0, 30, True)


def test_a_corrected_row_replaces_the_old_one_also_in_another_month_until_its_load_is_taken_back_whole(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, calls()))
    report = loaded(home, put(tmp_path, calls(31, row_3="3,2026-04-02 09:00:00,99"), "corrected.csv"))
    count, found = report.facts["contact"], rows(home)
    assert (count.new, count.changed, count.unchanged) == (1, 1, 29)
    assert (found["3"]["wait_s"], found["3"]["month"], len(found)) == (99.0, "2026-04", 31)
    undone = undo(report.load_id, home=home)
    assert undone.undone
    assert undone.undone_counts["contact"] == {"removed": 2, "restored": 1}
    found = rows(home)
    assert (found["3"]["wait_s"], found["3"]["month"], len(found)) == (3.0, "2026-03", 30)


def test_rows_that_went_with_an_undo_come_back_with_the_later_file_and_no_older_than_they_were(home: Path, tmp_path: Path) -> None:
    first = loaded(home, put(tmp_path, calls()))
    later = loaded(home, file := put(tmp_path, calls(31, row_4="4,2026-03-02 09:04:00,never"), "later.csv"))
    loaded(home, put(tmp_path, calls(row_3="3,2026-03-02 09:03:00,99"), "corrected.csv"))
    assert set(undo(first.load_id, home=home).also_in) >= {later.load_id}
    again = loaded(home, file)
    assert (again.load_id, again.already, again.facts["contact"].read, again.refused_n) == (later.load_id, False, 31, 1)
    assert (rows(home)["3"]["wait_s"], len(rows(home)), len(aside(home))) == (99.0, 30, 1)
    assert loaded(home, file).already


def test_real_dates_of_a_workbook_are_read_beside_those_that_are_text(home: Path, tmp_path: Path) -> None:
    import xlsxwriter

    file = tmp_path / "absences.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet, form = book.add_worksheet(), book.add_format({"num_format": "dd-mm-yyyy"})
    sheet.write_row(0, 0, ["who", "first", "last"])
    sheet.write_row(1, 0, ["anna", "02-03-2026", "03-03-2026"])
    sheet.write(2, 0, "bengt")
    for column, day in ((1, date(2026, 3, 4)), (2, date(2026, 3, 5))):
        sheet.write_datetime(2, column, day, form)
    book.close()
    dated = {"as": "%d-%m-%Y"}
    columns = {"agent_id": "who", "started_at": {"from": "first", **dated}, "ended_at": {"from": "last", **dated}, "kind": {"is": "sick"}}
    report = load(file, mapping={"fact": {"kind": "absence", "source": "hr"}, "key": {"columns": ["who", "first"]}, "columns": columns}, home=home)
    assert (report.facts["absence"].new, report.refused_n) == (2, 0)
    days = {row["agent_id"]: row["local_date"] for row in ContactStore(home).snapshot().small("absence").to_pylist()}
    assert days == {"anna": date(2026, 3, 2), "bengt": date(2026, 3, 4)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_in_template_is_loaded_as_it_is(language: str, home: Path, tmp_path: Path) -> None:
    columns = templates.columns("absence", language)
    cells = {"absence_id": "x1", "agent_id": "anna", "kind": "sick", "started_at": "2026-03-02 08:00"}
    rows = [[column.header for column in columns], [cells.get(column.field.name, "") for column in columns]]
    file = put(tmp_path, "".join(";".join(row) + "\n" for row in rows), "filled.csv")
    assert load(file, home=home, zone="UTC").facts["absence"].new == 1
    assert load(file, home=home, zone="UTC").already


def test_a_template_with_one_column_more_asks_for_a_mapping(home: Path, tmp_path: Path) -> None:
    headers = [column.header for column in templates.columns("absence")]
    with pytest.raises(CannotRead, match="of no system known"):
        load(put(tmp_path, ",".join([*headers, "mine"]) + "\n", "filled.csv"), home=home)


def test_a_row_that_cannot_be_read_is_set_aside_with_line_field_reason_and_text(home: Path, tmp_path: Path) -> None:
    report = loaded(home, put(tmp_path, calls(row_5="5,yesterday,5")))
    assert report.refused_n == 1
    [row] = aside(home)
    assert (row["file"], row["line"], row["field"], row["original"]) == ("calls.csv", 6, "offered_at", "5,yesterday,5")
    assert "“yesterday” is no moment" in row["reason"]
    assert json.loads(row["values"])["value"] == "yesterday"


def test_the_line_is_the_physical_one_also_after_quoted_line_breaks_and_blank_lines(home: Path, tmp_path: Path) -> None:
    text = calls(60, row_2='"2\nb",2026-03-02 09:00:00,2', row_4="\n4,2026-03-02 09:00:00,4", row_6="6,never,6", row_8="8,2026-03-02 09:00:00")
    loaded(home, put(tmp_path, text))
    lines = text.splitlines()
    expected = {(lines.index("6,never,6") + 1, "offered_at"), (lines.index("8,2026-03-02 09:00:00") + 1, None)}
    assert {(row["line"], row["field"]) for row in aside(home)} == expected


def test_above_five_percent_the_whole_file_is_refused_with_reasons_and_counts(home: Path, tmp_path: Path) -> None:
    bad = {f"row_{at}": f"{at},never,1" for at in (4, 9)}
    with pytest.raises(CannotRead, match="2 of 30 rows") as refused:
        loaded(home, put(tmp_path, calls(**bad)))
    [issue] = refused.value.issues
    assert (issue.line, issue.field) == (5, "offered_at")
    assert "2 rows" in str(issue.text)
    assert ContactStore(home).loads().num_rows == 0


def test_the_last_row_of_a_key_counts_and_the_repeats_are_counted(home: Path, tmp_path: Path) -> None:
    report = loaded(home, put(tmp_path, calls() + "3,2026-03-02 09:03:00,77\n"))
    assert report.facts["contact"].repeated == 1
    assert rows(home)["3"]["wait_s"] == 77.0


def test_a_key_that_many_calls_share_is_refused_before_anything_is_loaded(home: Path, tmp_path: Path) -> None:
    shared = "".join(f"{at % 5},2026-03-02 09:{at:02}:00,1\n" for at in range(40))
    with pytest.raises(BadMapping, match="not unique"):
        loaded(home, put(tmp_path, "id,at,wait\n" + shared))
    assert not (home / "lake" / "contact").exists()


def test_a_bar_within_a_part_of_the_key_makes_no_two_rows_one(home: Path, tmp_path: Path) -> None:
    text = "line,call,at,wait\na|b,c,2026-03-02 09:01:00,1\na,b|c,2026-03-02 09:02:00,2\n"
    loaded(home, put(tmp_path, text), mapping(key={"columns": ["line", "call"]}))
    assert len(rows(home)) == 2


def test_the_newer_of_two_rows_is_told_by_changed_at(home: Path, tmp_path: Path) -> None:
    said = mapping(key={"columns": ["id"], "changed_at": "changed"})
    newer = "id,at,wait,changed\n1,2026-03-02 09:00:00,1,2026-03-05 10:00:00\n"
    older = "id,at,wait,changed\n1,2026-03-02 09:00:00,50,2026-03-04 10:00:00\n"
    loaded(home, put(tmp_path, newer), said)
    report = loaded(home, put(tmp_path, older, "older.csv"), said)
    assert report.facts["contact"].older == 1
    assert rows(home)["1"]["wait_s"] == 1.0


def test_without_a_key_a_correction_is_refused_and_a_longer_file_goes_through(home: Path, tmp_path: Path) -> None:
    said = {name: part for name, part in CALLS.items() if name != "key"}
    loaded(home, put(tmp_path, calls()), said)
    assert loaded(home, put(tmp_path, calls(35), "longer.csv"), said).facts["contact"].new == 5
    with pytest.raises(CannotRead, match="has no key"):
        loaded(home, put(tmp_path, calls(35, row_3="3,2026-03-02 09:03:00,99"), "corrected.csv"), said)
    assert len(rows(home)) == 35


def test_rows_left_out_are_counted_by_reason(home: Path, tmp_path: Path) -> None:
    said = mapping(leave_out=[{"where": "wait > 20", "reason": "too slow for this test"}])
    report = loaded(home, put(tmp_path, calls()), said)
    assert report.facts["contact"].left_out == {"too slow for this test": 10}
    assert len(rows(home)) == 20


def test_the_client_given_goes_before_what_the_file_says(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, calls().replace("\n", ",x\n").replace("wait,x", "wait,who"))
    said = mapping({"client_id": "who"}, fact={"kind": "contact", "source": "exchange"})
    loaded(home, file, said)
    assert {row["client_id"] for row in rows(home).values()} == {"x"}
    loaded(home, file, said, client="two")
    assert {row["client_id"] for row in rows(home).values()} == {"two"}


def test_an_hour_that_comes_twice_is_told_by_the_order_of_the_rows(home: Path, tmp_path: Path) -> None:
    times = ["01:50:00", "02:10:00", "02:50:00", "02:05:00", "02:40:00", "03:10:00"]
    text = "id,at,wait\n" + "".join(f"{at},2026-10-25 {time},1\n" for at, time in enumerate(times))
    loaded(home, put(tmp_path, text))
    moments = [rows(home)[str(at)]["offered_at"].astimezone(UTC).strftime("%H:%M") for at in range(6)]
    assert moments == ["23:50", "00:10", "00:50", "01:05", "01:40", "02:10"]
    assert all(not row["marks"] for row in rows(home).values())


def test_an_hour_that_comes_twice_without_order_is_the_first_and_marked(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, "id,at,wait\n1,2026-10-25 01:30:00,1\n2,2026-10-25 02:30:00,1\n3,2026-10-25 03:30:00,1\n"))
    assert rows(home)["2"]["offered_at"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert rows(home)["2"]["marks"] == ["ambiguous_hour"]


def test_an_hour_that_never_comes_is_shifted_and_marked(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, "id,at,wait\n1,2026-03-29 02:30:00,1\n"))
    assert rows(home)["1"]["offered_at"] == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert rows(home)["1"]["marks"] == ["shifted_hour"]


def test_a_clock_time_after_midnight_is_on_the_next_day(home: Path, tmp_path: Path) -> None:
    form = "%Y-%m-%d %H:%M:%S"
    said = mapping({"offered_at": {"from": ["day", "begin"], "as": form}, "ended_at": {"from": ["day", "end"], "as": form}})
    loaded(home, put(tmp_path, "id,day,begin,end,wait\n1,2026-03-02,23:58:00,0:04:00,1\n"), said)
    assert (rows(home)["1"]["ended_at"] - rows(home)["1"]["offered_at"]).total_seconds() == 360


def test_customers_are_hidden_and_told_apart(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "id,at,wait,who\n1,2026-03-02 09:00:00,1,+46701\n2,2026-03-02 09:00:00,1,+46701\n3,2026-03-02 09:00:00,1,0\n")
    loaded(home, file, mapping({"customer_key": {"from": "who", "none": ["0"]}}))
    one, two, nobody = (rows(home)[key]["customer_key"] for key in "123")
    assert one == two != "+46701"
    assert nobody is None


def test_the_organisation_is_loaded_by_mapping_too(home: Path, tmp_path: Path) -> None:
    agreements = "id,queues,kpi,limit,from\na1,q1; q2,service_level,30,2026-01-01\n"
    columns = {"agreement_id": "id", "queue_ids": "queues", "measure": "kpi", "threshold": "limit", "valid_from": "from"}
    loaded(home, put(tmp_path, agreements, "agreements.csv"), {"fact": {"kind": "agreement", "client": "one"}, "columns": columns})
    calendar = "name,zone,hours,free\nmain,Europe/Stockholm,mo-fr 08:00-17:00,2026; 2026-12-25\n"
    columns = {"calendar_id": "name", "tz": "zone", "weekly": "hours", "holidays": "free"}
    loaded(home, put(tmp_path, calendar, "calendars.csv"), {"fact": {"kind": "calendar"}, "columns": columns})
    [agreement] = ContactStore(home).snapshot().small("agreement").to_pylist()
    assert (agreement["queue_ids"], agreement["threshold"], agreement["client_id"]) == (["q1", "q2"], 30.0, "one")
    assert ContactStore(home).snapshot().small("calendar").num_rows == 1


def test_answers_in_a_contacts_row_become_invitation_response_and_question(home: Path, tmp_path: Path) -> None:
    text = "id,at,wait,who,mark\n" + "".join(f"{at},2026-03-02 09:00:00,1,anna,{'' if at % 2 else 4}\n" for at in range(10))
    survey = [{"question": "satisfied", "measure": "csat", "scale": "1_5", "value": "mark"}]
    report = loaded(home, put(tmp_path, text), mapping({"agent_id": "who"}, survey=survey))
    assert (report.facts["survey_response"].new, report.facts["survey_invitation"].new, report.facts["question"].new) == (5, 5, 1)
    assert {(row["value"], row["agent_id"], row["measure"]) for row in rows(home, "survey_response").values()} == {(4.0, "anna", "csat")}


def test_an_answer_off_its_scale_sets_the_row_aside(home: Path, tmp_path: Path) -> None:
    text = "id,at,wait,mark\n" + "".join(f"{at},2026-03-02 09:00:00,1,{9 if at == 7 else 4}\n" for at in range(30))
    loaded(home, put(tmp_path, text), mapping(survey=[{"question": "satisfied", "measure": "csat", "scale": "1_5", "value": "mark"}]))
    [row] = aside(home)
    assert "scale from 1 to 5" in row["reason"]


def test_an_answer_off_its_scale_is_refused_in_a_table_of_answers_too(home: Path, tmp_path: Path) -> None:
    text = "id,at,mark\n" + "".join(f"{at},2026-03-02 09:00:00,{7 if at == 7 else 4}\n" for at in range(30))
    said = {
        "file": {"zone": "Europe/Stockholm"},
        "fact": {"kind": "survey_response", "client": "one"},
        "key": {"columns": ["id"]},
        "columns": {"answered_at": "at", "value": "mark", "scale": {"is": "1_5"}, "question_id": {"is": "csat"}},
    }
    loaded(home, put(tmp_path, text), said)
    [row] = aside(home)
    assert "scale from 1 to 5" in row["reason"]


def test_a_file_of_no_system_and_without_mapping_says_what_to_do(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="nyckeltal describe"):
        load(put(tmp_path, calls()), home=home)


def test_a_mapping_for_a_system_is_read_by_that_system_whether_or_not_it_is_named(home: Path, tmp_path: Path) -> None:
    jira, survey = SYSTEMS / "jira" / "samples", SYSTEMS / "limesurvey" / "samples" / "results-survey482615.csv"
    report = load(jira / "list.csv", mapping={"statuses": {"Resolved": "closed"}}, client="one", zone="UTC", home=home)
    assert report.facts["case"].new == 2
    assert rows(home, "case")["HELP-11"]["status"] == "closed"
    assert load(survey, mapping=survey.with_name(f"{survey.name}.mapping.toml"), client="one", home=home).facts["survey_response"].new == 7
    swedish = put(tmp_path, "Ärendenyckel,Status,Skapad\nHELP-1,Done,2026-03-02 09:00\n")
    with pytest.raises(CannotRead, match=r"“headers”, which only a system's reader understands. Say which one with --as\."):
        load(swedish, mapping={"headers": {"Ärendenyckel": "Issue key", "Skapad": "Created"}}, client="one", home=home)
    with pytest.raises(BadMapping):
        load(put(tmp_path, calls()), mapping={"survey": [], "fact": 3, "columns": 4}, client="one", home=home)


def test_what_is_known_reaches_from_the_first_local_day_to_the_end_of_the_last(home: Path, tmp_path: Path) -> None:
    report = loaded(home, put(tmp_path, calls()), now=datetime(2026, 3, 10, tzinfo=UTC))
    assert report.known["contact"]["one"] == (datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 23, tzinfo=UTC))


def test_progress_is_told(home: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    loaded(home, put(tmp_path, calls()), progress=lambda stage, done, total: told.append((stage, done, total)))
    assert "read" in {stage for stage, _, _ in told}


def test_a_report_is_ready_for_json(home: Path, tmp_path: Path) -> None:
    report = loaded(home, put(tmp_path, calls(row_5="5,yesterday,5")))
    said = json.loads(json.dumps(report.as_dict()))
    assert said["facts"]["contact"]["new"] == 29
    assert said["refused_n"] == 1


def _broken(folder: Path) -> dict[str, Path]:
    whole = calls(5000)
    long = folder / "long.csv"
    with long.open("wb") as file:
        file.write(b"id,at,wait\n")
        file.truncate(10 << 30)
    unending = folder / "unending.csv"
    with unending.open("wb") as file:
        file.write(b"id,at,wait\n" + b"x" * (4 << 20))
    return {
        "the file is empty": put(folder, b"", "empty.csv"),
        "this is not text": put(folder, bytes(range(256)) * 50, "binary.csv"),
        "not text, and neither": long,
        "longer than 1024 KB": unending,
        "ends too early or is damaged": put(folder, gzip.compress(whole.encode())[:-500], "cut.csv.gz"),
        "workbook is damaged": put(folder, b"PK\x03\x04" + whole.encode(), "cut.xlsx"),
        "line 2 is damaged": put(folder, "id,at,wäit\n".encode() + b"1\xff,2026-03-02 09:00:00,1\n", "mixed.csv"),
        "but line 2 is damaged": put(folder, b"id,at,wait\n1\xff,2026-03-02 09:00:00,1\n" + "å2,2026-03-02 09:00:00,1\n".encode() * 2, "first.csv"),
        "never closes": put(folder, calls(row_2='"2,2026-03-02 09:00:00,2'), "unclosed.csv"),
        "Parquet file is damaged": put(folder, b"PAR1" + whole.encode(), "cut.parquet"),
        "no file or folder": folder / "nowhere.csv",
    }


def test_a_broken_file_is_refused_quickly_with_its_reason_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    for reason, file in _broken(tmp_path).items():
        began = time.monotonic()
        with pytest.raises(CannotRead, match=reason):
            loaded(home, file)
        assert time.monotonic() - began < 20
    assert not (home / "lake").exists() or ContactStore(home).loads().num_rows == 0


def test_a_million_bad_rows_end_quickly_in_bounded_memory(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, b"id,at,wait\n" + b"".join(b"%d,never,1\n" % at for at in range(1_000_000)))
    with pytest.raises(CannotRead, match="1000000 of 1000000 rows"):
        loaded(home, file)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3 << 20


def test_a_header_without_rows_loads_nothing_and_says_so(home: Path, tmp_path: Path) -> None:
    report = loaded(home, put(tmp_path, "id,at,wait\n"))
    assert report.facts["contact"].read == 0
    assert any("no row" in str(warning) for warning in report.warnings)


@pytest.mark.parametrize("of_the_mapping", [None, "America/New_York"])
def test_a_zone_said_when_loading_holds_before_the_mappings_and_places_days(home: Path, tmp_path: Path, of_the_mapping: str | None) -> None:
    said = mapping(file={"zone": of_the_mapping} if of_the_mapping else {})
    loaded(home, put(tmp_path, "id,at,wait\n1,2026-03-02 00:30:00,3\n"), said, zone="Europe/Stockholm")
    [row] = rows(home).values()
    assert (str(row["local_date"]), row["local_minute"], row["zone"]) == ("2026-03-02", 30, "Europe/Stockholm")
    assert str(row["offered_at"]) == "2026-03-01 23:30:00+00:00"


def test_an_encoding_that_is_stated_is_not_remarked_upon(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, calls(row_3="å3,2026-03-02 09:03:00,3").encode("cp1252"))
    said = mapping(file={"zone": "Europe/Stockholm", "encoding": "cp1252"})
    assert [str(warning) for warning in loaded(home / "guessed", file).warnings] != []
    assert loaded(home / "stated", file, said).warnings == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("calls.csv", "time,callid,queuename,agent,event,data1\n"),
        ("cases.csv", "case id,activity,timestamp,resource\n"),
        ("events.json", '{"events": [], "meta": {"key": "events"}}'),
    ],
)
def test_an_export_that_says_that_nothing_happened_is_loaded(name: str, text: str, home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, text, name)
    report = load(file, system=None if name.endswith("csv") else "twilio_taskrouter", client="one", home=home)
    assert report.refused_n == 0
    assert rows(home) == {}
