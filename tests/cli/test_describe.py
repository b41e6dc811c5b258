"""`nyckeltal describe`: what it prints is a mapping file that can be loaded with."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from nyckeltal.cli.main import main


def test_what_is_printed_is_a_mapping_file(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(written / "calls.csv")]) == 0
    proposed = tomllib.loads(capsys.readouterr().out)
    assert {"fact", "columns"} <= set(proposed)


def test_as_json_the_columns_are_named(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(written / "calls.csv"), "--format", "json"]) == 0
    assert "started" in json.dumps(json.loads(capsys.readouterr().out))


def test_a_file_that_cannot_be_read_is_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.csv").touch()
    assert main(["describe", str(tmp_path / "empty.csv")]) == 1
    assert capsys.readouterr().err.startswith("nyckeltal: ")


def test_without_a_file_the_facts_and_the_fields_of_one_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", "--format", "json"]) == 0
    assert "survey_response" in {row["fact"] for row in json.loads(capsys.readouterr().out)}
    assert main(["describe", "--fact", "survey_response", "--format", "json"]) == 0
    fields = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert (fields["answered_at"]["type"], fields["answered_at"]["required"], fields["text"]["required"]) == ("moment", True, False)
    assert main(["describe", "--fact", "survey_response"]) == 0
    assert "0_10" in capsys.readouterr().out


def test_a_folder_of_one_form_gets_one_mapping(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for month in ("march", "april"):
        (tmp_path / f"{month}.csv").write_text("Call id,Call started,Wait\n1,2026-03-02 09:00:00,5\n", encoding="utf-8")
    assert main(["describe", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert tomllib.loads(said)["columns"]["wait_s"] == "Wait"
    assert "# march.csv: contact, 1 rows" in said


def test_of_a_mixed_folder_each_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "calls.csv").write_text("Call id,Call started,Wait\n1,2026-03-02 09:00:00,5\n", encoding="utf-8")
    (tmp_path / "answers.csv").write_text("Id,Answered at,Score\n1,2026-03-02 09:00:00,5\n", encoding="utf-8")
    assert main(["describe", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "# answers.csv: survey_response" in said
    assert "one kind at a time" in said


def test_an_empty_folder_is_said_to_be_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(tmp_path)]) == 1
    assert "holds no file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content", ["name\nanna\nbo\n", "Lorem ipsum dolor, sit amet\nadipiscing elit, sed do\n", '{"a": [1, 2], "b": {"c": 1}}', "colour,weight\nred,12\n"]
)
def test_a_file_that_says_nothing_is_not_taken_for_contacts(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "what.txt"
    file.write_text(content)
    assert main(["describe", str(file)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "nothing in it is recognised" in said.err
    assert main(["describe", str(file), "--fact", "contact"]) == 0, "whoever says what it is gets a mapping to start from"
