"""Systems are found by folder and by entry point; two claims are a mistake that names both."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import CannotRead
from nyckeltal.sources import find
from nyckeltal.sources.load import load
from nyckeltal.sources.reading import Reading
from nyckeltal.words import Text
from tables import calls, put


class Other:
    """A system of somebody else's that claims every file."""

    title = Text("other.title", "Another one")

    def __init__(self, name: str = "other") -> None:
        self.name = name

    def recognises(self, file: Path) -> bool:
        return file.exists()

    def read(self, con: Any, files: Sequence[Path], setting: Any) -> Reading:
        return Reading()


class Point:
    """An entry point as installed packages have them."""

    name, value, dist = "other", "other_package:SYSTEM", None

    def __init__(self, system: Other) -> None:
        self.system = system

    def load(self) -> Other:
        return self.system


@pytest.fixture(autouse=True)
def _looked_for_anew() -> Iterator[None]:
    """What is installed is looked for once in a process."""
    find.added.cache_clear()
    yield
    find.added.cache_clear()


def test_the_built_in_systems_are_found() -> None:
    assert "queue_log" in find.systems()


def test_an_installed_system_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "entry_points", lambda group: [Point(Other())] if group == "nyckeltal.systems" else [])
    found = list(find.systems())
    assert found == sorted(found)
    assert {"organisation", "other", "queue_log"} <= {*found}


def test_two_systems_of_one_name_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "entry_points", lambda **_: [Point(Other("queue_log"))])
    with pytest.raises(CannotRead, match="sources/systems/queue_log and other_package:SYSTEM"):
        find.systems()


def test_two_claims_on_a_file_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(find, "entry_points", lambda **_: [Point(Other())])
    with pytest.raises(CannotRead, match="looks like other and queue_log"):
        find.recognise(put(tmp_path, "1772407800|c1|q|NONE|CLOSED|\n", "queue_log"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", ["1772407800|c1|q|NONE|CLOSED|\n", "sep=,\r\ntime,callid,queuename,agent,event\r\n"])
def test_a_queue_log_is_known_in_every_encoding(text: str, encoding: str, tmp_path: Path) -> None:
    found = find.recognise(put(tmp_path, text.encode(encoding), "queue_log"))
    assert found is not None
    assert found.name == "queue_log"


@pytest.mark.parametrize(("mark", "end", "encoding"), [("\t", "", "utf-16"), (",", ",", "utf-8"), (";", "", "cp1252")])
def test_the_organisation_is_known_however_a_spreadsheet_saved_it(mark: str, end: str, encoding: str, tmp_path: Path) -> None:
    header = mark.join(f'"{column.name}"' for column in TABLES["team"].loaded) + end
    found = find.recognise(put(tmp_path, f"sep={mark}\n{header}\n".encode(encoding), "teams.csv"))
    assert found is not None
    assert found.name == "organisation"


@pytest.mark.parametrize(("system", "name"), [("jira", "list.csv"), ("event_log", "incidents.csv"), ("five9", "call-log.csv"), ("freshdesk", "tickets.csv")])
def test_a_line_for_excel_hides_no_header(system: str, name: str, tmp_path: Path) -> None:
    text = (Path(find.__file__).parent / "systems" / system / "samples" / name).read_text(encoding="utf-8")
    found = find.recognise(put(tmp_path, f"sep=,\r\n{text}", name))
    assert found is not None
    assert found.name == system


def test_a_packed_folder_is_told_as_that(tmp_path: Path) -> None:
    folder = tmp_path / "calls.csv.zip"
    with zipfile.ZipFile(folder, "w") as packed:
        packed.writestr("calls.csv", calls())
    with pytest.raises(CannotRead, match="Unpack it"):
        load(folder, home=tmp_path / "home")


def test_a_file_of_nobody_is_claimed_by_nobody(tmp_path: Path) -> None:
    assert find.recognise(put(tmp_path, calls())) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
def test_no_letters_and_no_ends_of_lines_stop_the_looking(encoding: str, tmp_path: Path) -> None:
    for text in ("{\r\n}\r", "a,b\rc,d\r", '"å\r\n'):
        assert find.recognise(put(tmp_path, text.encode(encoding), "x")) is None


def test_an_unknown_system_is_told_with_the_nearest() -> None:
    with pytest.raises(CannotRead, match="Did you mean queue_log"):
        find.system("queuelog")
