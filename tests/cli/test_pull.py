from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_vendor import SECRET, FakeSystem, FakeVendor, serving
from nyckeltal.cli.main import main
from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotRead, Issue
from nyckeltal.sources import find
from nyckeltal.sources.pull import secrets, status
from nyckeltal.sources.pull.place import Place
from nyckeltal.words import Text


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeVendor]:
    systems = find.systems()
    monkeypatch.setattr(find, "systems", lambda: {**systems, "fake": FakeSystem()})
    with serving(FakeVendor()) as one:
        one.took(1, "2026-03-02T06:00:00Z")
        yield one


def _sources(home: Path, text: str) -> None:
    (home / "sources.toml").write_text(text)


def test_sources_are_brought_up_to_date_and_listed(vendor: FakeVendor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.keep(tmp_path, "calls", "token", SECRET)
    _sources(tmp_path, f'[source.calls]\nsystem = "fake"\nclient = "shop"\nfrom = 2026-03-01\naddress = "{vendor.address}"\n')
    assert main(["pull", "--home", str(tmp_path), "--format", "json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["source"], told["new"], told["error"], told["every"]) == ("calls", 1, None, "15 minutes")
    assert main(["pull", "calls", "--once", "--home", str(tmp_path)]) == 0
    assert main(["pull", "--list", "--home", str(tmp_path)]) == 0
    assert len(ContactStore(tmp_path).loads()) == 1
    assert main(["doctor", "--home", str(tmp_path), "--format", "json"]) in (0, 1)
    said = capsys.readouterr()
    assert "contacts until 2026-03-02 06:00" in said.out
    assert SECRET not in said.out + said.err


def test_one_that_fails_is_told_and_stops_no_other(vendor: FakeVendor, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.keep(tmp_path, "calls", "token", SECRET)
    (tmp_path / "secrets" / "calls.token").chmod(0o644)
    _sources(
        tmp_path,
        f'[source.gone]\nfolder = "/nowhere/at/all"\n\n[source.odd]\nfollow = "x"\nevry = "1 hour"\n\n'
        f'[source.calls]\nsystem = "fake"\nclient = "shop"\nfrom = 2026-03-01\naddress = "{vendor.address}"\n',
    )
    assert main(["pull", "--home", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert "There is no folder “/nowhere/at/all”" in said.err
    assert "sources.toml:6: source.odd.evry: “evry” is not known here. Did you mean every?" in said.err
    assert ContactStore(tmp_path).snapshot().rows("contact") == 1
    main(["doctor", "--home", str(tmp_path)])
    assert "chmod 600" in capsys.readouterr().out
    assert main(["pull", "--list", "--home", str(tmp_path)]) == 1


@pytest.mark.parametrize("fault", ["401", "odd"])
def test_the_doctor_says_how_often_a_source_failed_when_it_is_asked_again_and_what_to_check(
    vendor: FakeVendor, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    secrets.keep(tmp_path, "calls", "token", SECRET)
    _sources(tmp_path, f'[source.calls]\nsystem = "fake"\nclient = "shop"\nfrom = 2026-03-01\naddress = "{vendor.address}"\n')
    for faults in ([], [fault], [fault]):
        vendor.faults = list(faults)
        main(["pull", "--home", str(tmp_path)])
    capsys.readouterr()
    assert main(["doctor", "--home", str(tmp_path)]) == 1
    told = " ".join(capsys.readouterr().out.split())
    due = status.read(Place(tmp_path, "calls")).next_due
    assert due is not None
    assert f"failed 2 times since, is asked again at {due:%Y-%m-%d %H:%M} UTC" in told
    assert "Check the secret" in told or "check its address and settings" in told


def test_the_doctor_tells_what_was_wrong_with_each_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _sources(tmp_path, '[source.calls]\nfolder = "/tmp"\n')
    wrong = CannotRead(Text("test.refused", "Too much of it was refused."), (Issue(Text("test.row", "The wait is no number."), "calls.csv", 3),))
    status.keep(Place(tmp_path, "calls"), status.Status().with_error(wrong))
    assert main(["doctor", "--home", str(tmp_path)]) == 1
    assert "Too much of it was refused.; calls.csv:3: The wait is no number." in " ".join(capsys.readouterr().out.split())


def test_wrong_usage_and_unknown_names_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pull", "--home", str(tmp_path)]) == 1
    assert "There is no source yet" in capsys.readouterr().err
    _sources(tmp_path, '[source.calls]\nfolder = "/tmp"\n')
    assert main(["pull", "cals", "--home", str(tmp_path)]) == 1
    assert "Did you mean calls?" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["pull", "--watch", "calls", "--home", str(tmp_path)])


def test_a_source_that_brings_nothing_says_what_may_be_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, drop = tmp_path / "home", tmp_path / "drop"
    home.mkdir()
    drop.mkdir()
    (tmp_path / "queue_log").write_text("1772442000|c1|support|NONE|ENTERQUEUE||+46701|1\n1772442009|c1|support|NONE|ABANDON|1|1|9\n")
    assert main(["load", str(tmp_path / "queue_log"), "--as", "queue_log", "--client", "bank", "--zone", "UTC", "--home", str(home), "--quiet"]) == 0
    _sources(home, f'[source.lists]\nfolder = "{drop}"\npattern = "*.csv"\nclient = "bnk"\n')
    assert main(["pull", "--home", str(home)]) == 0
    said = capsys.readouterr().err
    assert "lists: No file that fits “*.csv” was ever found in the folder" in said
    assert "lists: There is no client “bnk” yet; its first rows will make one. Those there are: bank." in said
    drop.rmdir()
    main(["pull", "--list", "--home", str(home)])
    assert f"lists: There is no folder “{drop}” to watch." in capsys.readouterr().err
    assert main(["doctor", "--home", str(home)]) == 1
    assert f"There is no folder “{drop}” to watch." in capsys.readouterr().out
