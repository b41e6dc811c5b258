"""The door: finds commands, keeps exit codes, never shows a traceback, and is quick to open."""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from nyckeltal.cli import main as door
from nyckeltal.errors import BadQuestion, CannotRead, Issue, OurMistake, of_the_machine
from nyckeltal.words import Text

HEAVY = ("ibis", "scipy", "statsmodels", "django", "duckdb", "pyarrow", "pandas", "deltalake")
OPENINGS = ("import nyckeltal", "from nyckeltal.cli.main import main; main(['--help'])", "from nyckeltal.cli.main import main; main(['ask', '--help'])")
WRONG = ("", "nosuch", "ask", "ask asa --per fortnight", "ask asa --floor -1", "ask asa --set within", "load", "load x --undo y", "admin", "admin create")


@pytest.mark.parametrize("code", OPENINGS)
def test_the_door_opens_without_loading_anything_heavy(code: str) -> None:
    script = f"import sys\ntry:\n    {code}\nexcept SystemExit: pass\nprint('heavy:', *[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "heavy:"


@pytest.mark.parametrize("name", sorted(door.commands()))
def test_each_command_helps_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        door.main([name, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert f"nyckeltal {name}" in said.split("example:")[1]
    assert "--home" in said


@pytest.mark.parametrize("line", WRONG)
def test_wrong_usage_leaves_with_two(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        sys.exit(door.main(line.split()))
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert "usage:" in said
    assert "Traceback" not in said


def _ends_with(monkeypatch: pytest.MonkeyPatch, fault: BaseException, home: Path) -> int:
    """What the door makes of a command that raises."""

    def run(_: argparse.Namespace) -> int:
        raise fault

    args = argparse.Namespace(run=run, home=home)
    monkeypatch.setattr(door, "parser", lambda: argparse.Namespace(parse_args=lambda _: args))
    return door.main([])


def test_a_mistake_of_the_user_is_told_with_all_its_issues(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    issues = [Issue(Text("x", "no column %(name)s", {"name": "wait"}), file="a.toml", line=3), Issue(Text("y", "two columns"))]
    assert _ends_with(monkeypatch, CannotRead(Text("z", "The mapping does not fit."), issues), tmp_path) == 1
    assert capsys.readouterr().err.splitlines() == ["nyckeltal: The mapping does not fit.", "  a.toml:3: no column wait", "  two columns"]


def test_a_question_that_names_what_is_not_there_is_wrong_usage(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert _ends_with(monkeypatch, BadQuestion(Text("x", "There is no KPI asb. Did you mean asa?")), tmp_path) == 2


@pytest.mark.parametrize("fault", [OurMistake("the tables disagree"), ZeroDivisionError("division by zero"), AssertionError()])
def test_a_fault_of_ours_is_an_apology_with_a_place_to_look(
    fault: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert _ends_with(monkeypatch, fault, tmp_path) == 1
    said = capsys.readouterr().err
    assert "Sorry" in said
    assert "Traceback" not in said
    [details] = tmp_path.glob("mishap-*.txt")
    assert str(details) in said
    assert "Traceback" in details.read_text(encoding="utf-8")


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert _ends_with(monkeypatch, OSError(28, "No space left on device", "/data/x"), tmp_path) == 1
    assert capsys.readouterr().err.startswith("nyckeltal: There is no room left: No space left on device: /data/x. Make room on that disk.")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "could not be reached over the network: Connection refused."),
        (socket.gaierror(-2, "Name or service not known"), "could not be reached over the network: Name or service not known."),
        (OSError(113, "No route to host"), "could not be reached over the network: No route to host."),
        (TimeoutError("timed out"), "could not be reached over the network: timed out."),
        (IsADirectoryError(21, "Is a directory", "/srv"), "Files could not be read or written: Is a directory: /srv."),
    ],
)
def test_a_network_that_is_away_is_not_told_as_a_file(fault: Exception, said: str) -> None:
    assert said in str(of_the_machine(fault))


def test_ctrl_c_stops_without_noise(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert _ends_with(monkeypatch, KeyboardInterrupt(), tmp_path) == 130
    assert capsys.readouterr().err == "Stopped.\n"


UNKNOWN = [
    ("template nosuch", "There is no fact “nosuch”. There is: contact,"),
    ("load {file} --as nosuch", "There is no system “nosuch”. There is: amazon_connect,"),
    ("pull nosuch --home {folder}", "There is no source yet."),
    ("restore {folder} --home {nowhere}", "no whole backup of nyckeltal"),
    ("organisation export {folder} --home {nowhere}", "There is no folder"),
    ("admin list --home {nowhere}", "There is no folder"),
    ("serve --host nosuch.invalid --home {nowhere}", "There is no address nosuch.invalid to listen on."),
    ("ask asa --set within=-3", "“-3” cannot be a setting"),
    ("ask asa --set within=nan", "“nan” cannot be a setting"),
    ("refused --limit -4", "“-4” is not a whole number from 0 on"),
    ("serve --port 99999", "“99999” is not a whole number from 0 to 65535"),
    ("serve --workers 0", "“0” is not a whole number from 1 on"),
    ("check plan.toml --day 2026-99-01", "“2026-99-01” is no day; write it like 2026-03-29"),
]


@pytest.mark.parametrize(("line", "said"), UNKNOWN)
def test_what_was_wrong_and_what_would_be_right_is_said(line: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "list.csv").write_text("a,b\n1,2\n")
    nowhere = tmp_path / "nowhere"
    args = line.format(folder=tmp_path, nowhere=nowhere, file=tmp_path / "list.csv").split()
    try:
        code = door.main(args)
    except SystemExit as left:
        code = left.code  # type: ignore[assignment]  # argparse leaves with a number
    assert code in (1, 2)
    told = capsys.readouterr().err
    assert said in told
    assert "Did you mean" not in told
    assert not nowhere.exists()


def test_a_home_that_is_a_file_is_told_by_the_doctor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (file := tmp_path / "home").write_text("")
    assert door.main(["doctor", "--home", str(file)]) == 1
    assert "it is a file, no folder" in capsys.readouterr().out
