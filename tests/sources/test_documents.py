"""JSON in the forms in which systems write it, and what is none."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources import documents
from nyckeltal.sources.documents import Document, records
from tables import put

ONE, TWO = {"a": 1, "text": "}{ ]"}, {"a": 2, "text": 'å "x"'}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ONE) + "\n" + json.dumps(TWO) + "\n",
        json.dumps(ONE) + json.dumps(TWO),
        json.dumps([ONE, TWO], indent=2),
        json.dumps({"rows": [ONE, TWO], "page": 1}),
        "\ufeff" + json.dumps(ONE, indent=1) + "\r\n\r\n" + json.dumps(TWO, ensure_ascii=False, indent=1),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_documents_are_read_in_whatever_form_they_come(text: str, packed: bool, tmp_path: Path) -> None:
    file = put(tmp_path, gzip.compress(text.encode()) if packed else text, "x.json")
    assert [record.value for record in records(file, ["rows"])] == [ONE, TWO]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_documents_are_read_in_the_encodings_of_older_programs(encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.tables.text.chunk_bytes", 5)
    text = f"{json.dumps(ONE)}\r\n{json.dumps(TWO, ensure_ascii=False)}"
    file = put(tmp_path, text.encode(encoding), "x.json")
    assert [record.value for record in records(file)] == [ONE, TWO]
    assert documents.begins_with(file, "a", "text")


def test_a_broken_line_is_given_back_with_its_place_and_the_others_are_read(tmp_path: Path) -> None:
    file = put(tmp_path, f"{json.dumps(ONE)}\n{{this is none}}\n\n{json.dumps(TWO)}\n", "x.json")
    assert list(records(file)) == [Document(1, ONE), Document(2, None, "{this is none}"), Document(4, TWO)]


def test_a_document_that_ends_too_early_is_broken(tmp_path: Path) -> None:
    text = json.dumps(ONE) + "\n" + json.dumps(TWO)
    for cut in range(len(json.dumps(ONE)) + 2, len(text)):
        found = list(records(put(tmp_path, text[:cut], "x.json")))
        assert [record.broken for record in found] == [None, text[len(json.dumps(ONE)) + 1 : cut]]


@pytest.mark.parametrize("end", ['"text": "å', '"n": 1', "", '"n": tru', "[1,"])
def test_what_stands_on_the_lines_of_a_document_that_is_cut_is_no_document(end: str, tmp_path: Path) -> None:
    text = f'{{"tickets": [\n{json.dumps(ONE)}\n,\n{json.dumps(TWO)},\n{{{end}'
    [record] = records(put(tmp_path, text, "x.json"), ["tickets"])
    assert (record.line, record.broken) == (1, text)


def test_documents_longer_than_what_is_read_at_once_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.tables.text.chunk_bytes", 7)
    text = "".join(json.dumps({"n": n, "text": "ö" * n}, ensure_ascii=False) for n in range(60))
    assert [record.value["n"] for record in records(put(tmp_path, text, "x.json"))] == list(range(60))


def test_brackets_without_end_are_no_document(tmp_path: Path) -> None:
    [found] = records(put(tmp_path, "[" * 200_000, "x.json"))
    assert found.broken is not None


def test_a_document_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "longest_document", 100)
    with pytest.raises(CannotRead, match="no answer is"):
        list(records(put(tmp_path, '{"a": "' + "x" * 200, "x.json")))


def test_one_damaged_letter_makes_no_older_program_of_a_file_in_utf_8(tmp_path: Path) -> None:
    whole = "".join(json.dumps({"n": n, "text": "åäö"}, ensure_ascii=False) + "\n" for n in range(9)).encode()
    with pytest.raises(CannotRead, match="the file is UTF-8, but line 1 is damaged"):
        list(records(put(tmp_path, whole.replace("å".encode(), b"\xc3", 1), "x.json")))


def test_a_line_that_tells_excel_what_separates_cells_is_no_header(tmp_path: Path) -> None:
    assert documents.peek(put(tmp_path, "sep=;\r\na;b\r\n", "x.csv")) == "a;b\n"
