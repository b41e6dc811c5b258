"""Tables in every form that people send come out as the same rows."""

from __future__ import annotations

import gzip
import json
import time
import zipfile
from datetime import date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources.tables import FileForm, connect, read_table
from nyckeltal.sources.tables.separated import sniff
from nyckeltal.sources.tables.text import glance
from tables import calls, put

Table = tuple[tuple[str, ...], list[tuple[Any, ...]]]


def table(file: Path, folder: Path, **form: str) -> Table:
    """The names, and the rows with their lines."""
    con = connect(folder)
    raw = read_table(con, file, folder, FileForm(**form))
    return raw.names, con.execute(f"SELECT * FROM read_parquet('{raw.rows}') ORDER BY line").fetchall()


EXPECTED: Table = (("id", "at", "wait"), [(at + 1, str(at), f"2026-03-02 09:0{at}:00", str(at)) for at in range(1, 6)])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plain.csv", calls(5).encode()),
        ("mark.csv", b"\xef\xbb\xbf" + calls(5).encode()),
        ("windows.csv", calls(5).replace("\n", "\r\n").encode()),
        ("mac.csv", calls(5).replace("\n", "\r").encode()),
        ("wide.csv", calls(5).encode("utf-16")),
        ("narrow.csv", calls(5).encode("utf-16-le")),
        ("semicolons.csv", calls(5).replace(",", ";").encode()),
        ("tabs.txt", calls(5).replace(",", "\t").encode()),
        ("packed.csv.gz", gzip.compress(calls(5).encode(), mtime=0)),
        ("packed", gzip.compress(calls(5).encode(), mtime=0)),
        ("quoted.csv", "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in calls(5).splitlines()).encode()),
        ("no_last_line_end.csv", calls(5).rstrip("\n").encode()),
        ("blank_end.csv", calls(5).encode() + b"\n\n\n"),
    ],
)
def test_separated_text_in_every_dress_is_the_same_table(name: str, content: bytes, tmp_path: Path) -> None:
    assert table(put(tmp_path, content, name), tmp_path) == EXPECTED


def test_a_separator_after_the_last_cell_is_no_column(tmp_path: Path) -> None:
    lines = calls(5).splitlines()
    both = put(tmp_path, "\n".join(f"{line}," for line in lines), "both.csv")
    names, rows = table(both, tmp_path)
    assert names == ("id", "at", "wait", "")
    assert [row[:4] for row in rows] == EXPECTED[1]
    assert table(put(tmp_path, "\n".join([lines[0], *(f"{line}," for line in lines[1:])]), "rows.csv"), tmp_path) == EXPECTED


@pytest.mark.parametrize(
    ("word", "encoding"), [("Műszaki hibák, Őrs", "cp1250"), ("Årsavgift, für Gäste, naïve", "cp1252"), ("öt élmény", "cp1252"), ("août", "cp1252")]
)
def test_hungarian_without_unicode_keeps_its_letters_and_so_do_others(tmp_path: Path, word: str, encoding: str) -> None:
    assert table(put(tmp_path, f'a;b\n"{word}";1\n'.encode(encoding)), tmp_path)[1][0][1] == word


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"%PDF-1.7\n1 0 obj\n", "document to be read by people"),
        (b"<html><table><tr><td>Id</td></tr></table></html>", "web page or XML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "web page or XML"),
    ],
)
def test_what_is_no_table_is_said_by_what_it_is(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(CannotRead, match=says):
        glance(put(tmp_path, content, "export.xls"))


def test_a_workbook_in_the_open_document_form_is_told_from_a_packed_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "list.ods", "w") as packed:
        packed.writestr("content.xml", "<office/>")
    with pytest.raises(CannotRead, match="OpenDocument"):
        glance(tmp_path / "list.ods")


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_letters_of_old_encodings_are_read(encoding: str, tmp_path: Path) -> None:
    file = put(tmp_path, "kö,väntan\nFörsäljning,1\n".encode(encoding))
    assert table(file, tmp_path) == (("kö", "väntan"), [(2, "Försäljning", "1")])
    assert table(file, tmp_path, encoding=encoding) == (("kö", "väntan"), [(2, "Försäljning", "1")])


def test_an_encoding_that_does_not_fit_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="line 2 is not utf-8"):
        table(put(tmp_path, "a,b\nkö,1\n".encode("cp1252")), tmp_path, encoding="utf-8")
    with pytest.raises(CannotRead, match="no encoding called"):
        table(put(tmp_path, calls(5)), tmp_path, encoding="utf-9")


def test_json_lines_open_objects_and_keep_their_line(tmp_path: Path) -> None:
    lines = [json.dumps({"id": 1, "queue": {"name": "q1"}}), "", json.dumps({"id": 2, "tags": ["a", "b"]}), "no object"]
    names, rows = table(put(tmp_path, "\n".join(lines), "calls.jsonl"), tmp_path)
    assert names == ("id", "queue.name", "tags")
    assert rows == [(1, "1", "q1", None), (3, "2", None, '["a","b"]')]


def test_a_workbooks_times_days_and_durations_read_as_a_csv_would(tmp_path: Path) -> None:
    import xlsxwriter

    file = tmp_path / "calls.xlsx"
    book = xlsxwriter.Workbook(str(file))
    sheet = book.add_worksheet("Calls")
    forms = [book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "hh:mm:ss", "yyyy-mm-dd hh:mm:ss")]
    sheet.write_row(0, 0, ["day", "clock", "moment", "whole", "part", "empty", "word"])
    sheet.write_datetime(1, 0, date(2026, 3, 2), forms[0])
    sheet.write_datetime(1, 1, clock(0, 2, 23), forms[1])
    sheet.write_datetime(1, 2, datetime(2026, 3, 2, 9, 5), forms[2])  # noqa: DTZ001 a Parquet file may hold times without a zone - a workbook's cell has no zone
    sheet.write_row(1, 3, [7, 7.5])
    sheet.write(1, 6, "=1+1 is text")
    book.close()
    names, [row] = table(file, tmp_path)
    assert names[-1] == "word"
    assert row[2:6] == ("00:02:23", "2026-03-02 09:05:00", "7", "7.5")
    assert str(row[1]).startswith("2026-03-02")


def test_parquet_reads_as_a_csv_would(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = tmp_path / "calls.parquet"
    pq.write_table(pa.table({"id": [1.0, 2.0], "at": [datetime(2026, 3, 2, 9), None], "queues": [["a", "b"], []]}), file)  # noqa: DTZ001 a Parquet file may hold times without a zone
    names, rows = table(file, tmp_path)
    assert names == ("id", "at", "queues")
    assert rows == [(1, "1", "2026-03-02 09:00:00", "a;b"), (2, "2", None, "")]


def _zip(file: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return file


def test_a_workbook_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    began = time.monotonic()
    huge = _zip(tmp_path / "huge.xlsx", {"xl/worksheets/sheet1.xml": b" " * (600 << 20)})
    far = _zip(tmp_path / "far.xlsx", {"xl/worksheets/sheet1.xml": b'<row><c r="A1"><v>1</v></c></row><row><c r="XFD1048576"><v>1</v></c></row>'})
    for file in (huge, far):
        with pytest.raises(CannotRead, match="far more than a workbook"):
            table(file, tmp_path)
    assert time.monotonic() - began < 60


def test_a_packed_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.tables.text._free_unpacked", 1 << 20)
    with pytest.raises(CannotRead, match="no table does"):
        table(put(tmp_path, gzip.compress(b"a,b\n" * (1 << 20), mtime=0), "bomb.csv.gz"), tmp_path)


def test_lists_within_cells_do_not_pass_for_columns(tmp_path: Path) -> None:
    days = "; ".join(f"2026-12-{day}" for day in range(10, 31))
    rows = ["main,Europe/Stockholm,mo-fr 08:00-17:00; sa 10:00-14:00", "night,UTC,mo-su 00:00-24:00"]
    calendars = "calendar_id,tz,weekly,holidays\n" + "".join(f"{row},2026; {days}\n" for row in rows)
    assert sniff(put(tmp_path, calendars, "calendars.csv")) == ","
    queues = "agreement_id;queue_ids;measure\na;q1,q2,q3,q4;asa\nb;q5,q6,q7,q8;asa\n"
    assert sniff(put(tmp_path, queues, "agreements.csv")) == ";"


def test_a_title_above_the_header_does_not_hide_the_separator(tmp_path: Path) -> None:
    assert sniff(put(tmp_path, "Calls of March\n\nid;at;wait\n1;2;3\n2;3;4\n")) == ";"
