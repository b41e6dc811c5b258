"""`nyckeltal load`, and what it prints."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.cli.main import main
from nyckeltal.contacts.store import ContactStore


def _load(written: Path, *more: str, file: str = "calls.csv") -> int:
    return main(["load", str(written / file), "--mapping", str(written / "calls.toml"), "--quiet", *more])


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_a_load_prints_what_became_of_its_rows(home: Path, written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _load(written) == 0
    said = capsys.readouterr().out
    assert "READ" in said
    assert "contact" in said


def test_a_load_as_json_tells_each_fact(home: Path, written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _load(written, "--format", "json") == 0
    report = _json(capsys)
    assert {"load_id", "files", "already", "facts", "warnings", "refused_n"} <= set(report)
    assert report["facts"]["contact"]["read"] == report["facts"]["contact"]["new"] == 10


def test_the_same_file_again_is_known(loaded: Path, written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _load(written) == 0
    assert "nothing changed" in capsys.readouterr().out


def test_refused_rows_make_the_exit_code_one_and_can_be_listed(home: Path, written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _load(written, file="broken.csv") == 1
    assert "1 rows were refused" in capsys.readouterr().out
    assert main(["refused", "--format", "json"]) == 0
    [row] = _json(capsys)
    assert (row["file"].endswith("broken.csv"), row["line"], row["field"]) == (True, 39, "wait_s")
    assert "soon" in row["original"]


def test_refused_rows_are_exported_as_they_stood(home: Path, written: Path, tmp_path: Path) -> None:
    _load(written, file="broken.csv")
    assert main(["refused", "--out", str(tmp_path / "refused.csv")]) == 0
    head, row = (tmp_path / "refused.csv").read_text(encoding="utf-8").splitlines()
    assert head == "load_id,fact,file,line,cell,field,reason,original"
    assert "soon" in row


def test_the_list_of_loads_says_how_many_lines_a_log_had(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "queue_log"
    log.write_text("1772442000|c1|support|NONE|ENTERQUEUE||+46701|1\n1772442009|c1|support|NONE|ABANDON|1|1|9\n")
    assert main(["load", str(log), "--as", "queue_log", "--client", "acme", "--zone", "UTC", "--home", str(home), "--quiet"]) == 0
    capsys.readouterr()
    main(["loads", "--home", str(home)])
    heads, row = (line.split() for line in capsys.readouterr().out.splitlines())
    assert row[-len(heads) + heads.index("READ")] == "2"


def test_a_load_is_taken_back_whole(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["loads", "--format", "json"]) == 0
    [load] = _json(capsys)
    assert main(["load", "--undo", load["load_id"]]) == 0
    assert "taken back" in capsys.readouterr().out
    main(["loads", "--format", "json"])
    assert [each["state"] for each in _json(capsys)] == ["undone"]
    assert main(["ask", "contacts_offered", "--format", "json"]) == 0
    assert _json(capsys)[0]["reason"] == "no_data"


def test_undoing_what_was_never_loaded_is_a_mistake(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "--undo", "nosuch"]) == 1
    assert capsys.readouterr().err.startswith("nyckeltal: ")


def test_the_systems_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "--list", "--format", "json"]) == 0
    assert "queue_log" in [row["system"] for row in _json(capsys)]


BROKEN: dict[str, bytes] = {
    "empty.csv": b"",
    "binary.csv": bytes(range(256)) * 50,
    "head_only.csv": b"id,started,wait,talk,agent,result\n",
    "wrong_encoding.csv": b"id,started,wait,talk,agent,result\n1,2026-03-02 09:00:00,5,10,\xff\xfe\x81,answered\n",
    "truncated.xlsx": b"PK\x03\x04" + bytes(200),
    "truncated.csv.gz": b"\x1f\x8b\x08\x00" + bytes(20),
    "other_columns.csv": b"a;b\n1;2\n",
    "one_long_line.csv": b"x" * 5_000_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_clear_message_and_changes_nothing(
    name: str, home: Path, written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    file.write_bytes(BROKEN[name])
    code = main(["load", str(file), "--mapping", str(written / "calls.toml"), "--quiet"])
    said = capsys.readouterr()
    assert "Sorry" not in said.err
    assert "Traceback" not in said.err
    if name != "head_only.csv":
        assert code == 1
        assert said.err.startswith("nyckeltal: ")
        assert ContactStore(home).loads().num_rows == 0


def test_a_file_that_is_not_there_is_said_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "nosuch.csv"]) == 1
    assert "nosuch.csv" in capsys.readouterr().err


def test_rows_put_right_since_are_left_out_of_the_list(home: Path, written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _load(written, file="broken.csv")
    text = (written / "broken.csv").read_text(encoding="utf-8").replace("soon", "4")
    (tmp_path / "repaired.csv").write_text(text, encoding="utf-8")
    assert main(["load", str(tmp_path / "repaired.csv"), "--mapping", str(written / "calls.toml"), "--quiet"]) == 0
    capsys.readouterr()
    assert main(["refused", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out) == []
    assert "1 rows were put right by a later load" in said.err
    assert main(["refused", "--all", "--format", "json"]) == 0
    [row] = _json(capsys)
    assert row["corrected_by"]


def test_rows_that_are_settled_leave_the_list_and_can_be_opened_again(home: Path, written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _load(written, file="broken.csv")
    capsys.readouterr()
    assert main(["refused", "--format", "json"]) == 0
    [row] = _json(capsys)
    assert main(["refused", row["load_id"], "--settle", "--row", row["row_id"]]) == 0
    assert main(["refused", "--format", "json"]) == 0
    said = capsys.readouterr()
    assert (json.loads(said.out), "1 rows are settled; --all lists them too" in said.err) == ([], True)
    assert main(["refused", "--all", "--format", "json"]) == 0
    [settled] = _json(capsys)
    assert settled["settled_at"]
    assert settled["settled_by"] == getpass.getuser()
    assert main(["refused", row["load_id"], "--reopen"]) == 0
    assert main(["refused"]) == 0
    assert row["row_id"] in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--settle"], ["some-load", "--row", "a"], ["some-load", "--settle", "--reopen"]])
def test_settling_names_its_load_and_says_one_of_the_two(home: Path, written: Path, words: list[str]) -> None:
    _load(written, file="broken.csv")
    assert main(["refused", *words]) == 2


def test_a_mistake_is_told_once(home: Path, written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", str(written / "calls.csv")]) == 1
    assert capsys.readouterr().err.count("of no system known") == 1
    (tmp_path / "wrong.toml").write_text((written / "calls.toml").read_text(encoding="utf-8").replace('"wait"', '"vait"'), encoding="utf-8")
    assert main(["load", str(written / "calls.csv"), "--mapping", str(tmp_path / "wrong.toml"), "--quiet"]) == 1
    assert capsys.readouterr().err.count("has no column “vait”") == 1


def test_an_undo_names_the_later_loads_that_had_the_same_rows(loaded: Path, written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    longer = (written / "calls.csv").read_text(encoding="utf-8") + "11,2026-03-02 12:00:00,7,110,anna,answered\n"
    (tmp_path / "longer.csv").write_text(longer, encoding="utf-8")
    assert main(["load", str(tmp_path / "longer.csv"), "--mapping", str(written / "calls.toml"), "--quiet"]) == 0
    capsys.readouterr()
    main(["loads", "--format", "json"])
    first, second = [load["load_id"] for load in _json(capsys)]
    assert main(["load", "--undo", first]) == 0
    assert second in capsys.readouterr().out
