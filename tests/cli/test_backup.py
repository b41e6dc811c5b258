"""`nyckeltal backup` and `restore`: what counted at one moment, whole or not at all, here or elsewhere."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nyckeltal.cli import archive, restore
from nyckeltal.cli.main import main
from nyckeltal.contacts.store import ContactStore
from outside import commands
from tables import calls, loaded, put, rows

LOADER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import undo
from tables import calls, loaded, put
home, folder = Path(sys.argv[1]), Path(sys.argv[2])
for at in range(1, 5):
    loaded(home, put(folder, calls(30 * at), f"calls-{at}.csv"))
undo(loaded(home, put(folder, calls(200), "too-many.csv")).load_id, home=home)
ContactStore(home).tidy()
"""


def _backup(home: Path, file: Path) -> None:
    assert main(["backup", str(file), "--home", str(home)]) == 0


def _restore(file: Path, home: Path, *more: str) -> int:
    return main(["restore", str(file), "--home", str(home), *more])


def _people(home: Path) -> None:
    """A database as Django keeps it: somebody, and somebody signed in."""
    with sqlite3.connect(home / "django.sqlite3") as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE people_user (username TEXT)")
        database.execute("CREATE TABLE people_session (session_key TEXT, session_data TEXT)")
        database.execute("CREATE TABLE people_link (token_hash TEXT, used_at TEXT, withdrawn_at TEXT)")
        database.execute("INSERT INTO people_user VALUES ('anna')")
        database.execute("INSERT INTO people_link VALUES ('way in', NULL, NULL), ('used', '2026-01-01', NULL)")
        database.execute("INSERT INTO people_session VALUES ('open door', '')")
    database.close()


def test_a_backup_taken_during_loads_gives_the_figures_of_a_state_that_counted_and_takes_further_loads(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    loaded(home, put(folder, calls(10), "first.csv"))
    loader = subprocess.Popen([sys.executable, "-c", LOADER, str(home), str(folder), str(Path(__file__).parents[1])])
    taken = 0
    while loader.poll() is None:
        _backup(home, tmp_path / f"{taken}.backup")
        taken += 1
        time.sleep(0.2)  # a load has several moments at which a backup may fall; each backup is restored below
    assert loader.returncode == 0
    seen = set()
    for at in range(taken):
        assert _restore(tmp_path / f"{at}.backup", tmp_path / f"there-{at}") == 0
        store = ContactStore(tmp_path / f"there-{at}")
        found = len(rows(store.home))
        loads = [load for load in store.loads().to_pylist() if load["state"] == "loaded"]
        assert found in {10, 30, 60, 90, 120, 200}
        assert sum(json.loads(load["counts"])["contact"]["new"] for load in loads) == found
        seen.add(found)
    assert len(seen) > 1
    last = tmp_path / f"there-{taken - 1}"
    report = loaded(last, put(folder, calls(201, row_1="1,2026-04-02 09:00:00,7"), "further.csv"))
    assert report.facts["contact"].changed == 1
    assert len(rows(last)) == 201


def test_everything_that_a_person_would_miss_is_in_it_and_nothing_else(loaded: Path, tmp_path: Path) -> None:
    _people(loaded)
    for name in ("mappings/calls.toml", "kpi/own.toml", "static/page.css", "staging/half.parquet", "uploads/x/calls.csv", "mishap-1.txt", "truth.json"):
        (loaded / name).parent.mkdir(parents=True, exist_ok=True)
        (loaded / name).write_text("here", encoding="utf-8")
    secret = (loaded / "secret").read_text(encoding="ascii") if (loaded / "secret").exists() else None
    _backup(loaded, loaded / "inside.backup")
    assert (loaded / "inside.backup").stat().st_mode & 0o777 == 0o600
    assert _restore(loaded / "inside.backup", tmp_path / "there") == 0
    there = tmp_path / "there"
    assert {path.name for path in there.iterdir()} - {"secret"} == {"lake", "state.json", "mappings", "kpi", "truth.json", "django.sqlite3"}
    assert (there / "mappings" / "calls.toml").read_text(encoding="utf-8") == "here"
    if secret:
        assert (there / "secret").read_text(encoding="ascii") == secret
        assert (there / "secret").stat().st_mode & 0o777 == 0o600
    database = sqlite3.connect(there / "django.sqlite3")
    assert database.execute("SELECT username FROM people_user").fetchall() == [("anna",)]
    assert database.execute("SELECT count(*) FROM people_session").fetchone() == (0,)
    assert database.execute("SELECT token_hash FROM people_link WHERE used_at IS NULL AND withdrawn_at IS NULL").fetchall() == []
    database.close()


def test_a_home_that_holds_something_is_refused_and_kept_aside_by_force(loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _backup(loaded, tmp_path / "a.backup")
    other = tmp_path / "other"
    (other / "mappings").mkdir(parents=True)
    (other / "mappings" / "mine.toml").write_text("mine", encoding="utf-8")
    assert _restore(tmp_path / "a.backup", other) == 1
    assert "--force" in capsys.readouterr().err
    assert (other / "mappings" / "mine.toml").exists()
    assert _restore(tmp_path / "a.backup", other, "--force") == 0
    [aside] = tmp_path.glob("other.before-*")
    assert (aside / "mappings" / "mine.toml").read_text(encoding="utf-8") == "mine"
    assert len(rows(other)) == 10


def test_what_is_in_no_backup_stays_where_it_was(loaded: Path, tmp_path: Path) -> None:
    _backup(loaded, tmp_path / "a.backup")
    beside = (".env", ".ssh/key", "before-20260101T000000/mappings/mine.toml", "uploads/x/0", "mishap-1.txt")
    for name in beside:
        (tmp_path / "there" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "there" / name).write_text("mine", encoding="utf-8")
    assert _restore(tmp_path / "a.backup", tmp_path / "there") == 0
    assert len(rows(tmp_path / "there")) == 10
    assert all((tmp_path / "there" / name).read_text(encoding="utf-8") == "mine" for name in beside)


@pytest.mark.slow
def test_a_database_elsewhere_is_kept_beside_a_home_that_held_nothing(tmp_path: Path) -> None:
    old, new, home, said = f"sqlite:///{tmp_path}/old.db", f"sqlite:///{tmp_path}/new.db", tmp_path / "there", "long enough a password\n"
    (tmp_path / "one" / "mappings").mkdir(parents=True)
    (tmp_path / "one" / "mappings" / "calls.toml").write_text("here", encoding="utf-8")
    made, kept = commands(tmp_path / "one", ("admin", "create", "berit"), ("backup", str(tmp_path / "a.backup")), database=new, said=said)
    assert (made.returncode, kept.returncode) == (0, 0)
    restore = ("restore", str(tmp_path / "a.backup"), "--force")
    assert commands(tmp_path / "two", ("admin", "create", "anna"), database=old, said=said)[0].returncode == 0
    restored, told = commands(home, restore, ("admin", "list"), database=old)
    assert restored.returncode == 0, restored.stderr
    [dump] = tmp_path.glob("there.before-*")
    assert str(dump) in restored.stdout
    assert '"anna"' in dump.read_text(encoding="utf-8")
    assert "berit" in told.stdout
    assert "anna" not in told.stdout


def test_a_folder_that_cannot_be_renamed_is_filled_where_it_is(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _backup(loaded, tmp_path / "a.backup")
    volume = tmp_path / "volume"
    (volume / "mappings").mkdir(parents=True)
    monkeypatch.setattr(restore, "_stays", lambda _: True)
    assert _restore(tmp_path / "a.backup", volume, "--force") == 0
    assert len(rows(volume)) == 10
    assert [path.name for path in volume.glob("before-*/*")] == ["mappings"]
    assert not list(volume.glob(".restoring-*"))
    _backup(volume, tmp_path / "b.backup")
    assert not any("before-" in name for name in archive.read(tmp_path / "b.backup", tmp_path / "looked", lambda *_: None)["files"])


def test_links_in_a_backup_of_an_older_version_let_nobody_in(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _people(loaded)
    with monkeypatch.context() as older:
        older.setattr("nyckeltal.cli.database._close_doors", lambda _: None)
        _backup(loaded, tmp_path / "a.backup")
    assert _restore(tmp_path / "a.backup", tmp_path / "there") == 0
    with sqlite3.connect(tmp_path / "there" / "django.sqlite3") as database:
        assert database.execute("SELECT count(*) FROM people_link WHERE used_at IS NULL AND withdrawn_at IS NULL").fetchone() == (0,)
    database.close()


def test_a_damaged_backup_changes_nothing(loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _backup(loaded, tmp_path / "whole.backup")
    whole = (tmp_path / "whole.backup").read_bytes()
    unpacked = bytearray(gzip.decompress(whole))
    unpacked[unpacked.index(b"PAR1") + 40] ^= 1
    broken = {"cut": whole[: len(whole) // 2], "other": b"this is no backup", "empty": b"", "changed": gzip.compress(bytes(unpacked), 1)}
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
        assert _restore(tmp_path / name, tmp_path / "there") == 1, name
        assert "no whole backup" in capsys.readouterr().err
        assert not (tmp_path / "there").exists()
        assert not list(tmp_path.glob(".restoring-*"))


def test_a_backup_of_a_newer_version_is_refused(loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = archive._manifest
    monkeypatch.setattr(archive, "_manifest", lambda *given: {**manifest(*given), "nyckeltal": "99.1"})
    _backup(loaded, tmp_path / "newer.backup")
    assert _restore(tmp_path / "newer.backup", tmp_path / "there") == 1
    assert "99.1" in capsys.readouterr().err


def test_nothing_to_keep_and_nowhere_to_write_are_said(home: Path, loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(tmp_path / "x"), "--home", str(tmp_path / "nowhere")]) == 1
    assert "nothing to keep" in capsys.readouterr().err
    assert main(["backup", str(tmp_path / "nosuch" / "x"), "--home", str(loaded)]) == 1
    assert "no folder" in capsys.readouterr().err
    assert _restore(tmp_path / "nosuch.backup", tmp_path / "there") == 1
    assert "There is no file" in capsys.readouterr().err


def test_a_file_that_is_there_is_replaced_by_force_alone(loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.backup"
    file.write_text("older", encoding="utf-8")
    assert main(["backup", str(file)]) == 1
    assert "--force" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "older"
    assert main(["backup", str(file), "--force"]) == 0
    assert file.stat().st_size > 1000


def test_it_can_be_told_as_json(loaded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(tmp_path / "a.backup"), "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["state"] == ContactStore(loaded).snapshot().id
    assert said["bytes"] == (tmp_path / "a.backup").stat().st_size
