"""After every fault the store is, in its facts, what an undisturbed run makes of it. Faults of the network: pull/test_fetch.py."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import disturbed
from disturbed import NOW, STEPS, facts
from fake_vendor import FakeVendor, serving
from killing import processes
from nyckeltal.cli.main import main
from nyckeltal.contacts.store import ContactStore
from nyckeltal.kpi.ask import ask
from nyckeltal.sources.load import load
from outside import on
from tables import CALLS, calls, put

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
KILLS = 120 if SOAK else 1  # in each step


@pytest.fixture
def vendor() -> Iterator[FakeVendor]:
    with serving(FakeVendor()) as one:
        for number in range(7):
            one.took(number, f"2026-03-0{1 + number // 3}T06:00:0{number}Z", wait_s=number)
        yield one


def test_killed_anywhere_in_every_step_it_ends_as_if_undisturbed(vendor: FakeVendor, tmp_path: Path) -> None:
    calm, home, chance, killed = tmp_path / "calm", tmp_path / "home", random.Random(11), 0
    before = facts(calm)
    for step in range(len(STEPS)):
        there_are = disturbed.calls_of(step, calm, vendor.address)
        after = facts(calm)
        for moment in sorted(chance.randrange(1, there_are) for _ in range(KILLS)):  # the early ones first: a step that ended cannot die
            killed += disturbed.begun(step, home, vendor.address, moment) != 0
            assert facts(home) in (before, after), (step, moment)
        STEPS[step](home, vendor.address)
        assert facts(home) == after, step
        before = after
    assert killed >= (500 if SOAK else 4)
    figures = [ask("contacts_offered", per="day", floor=0, home=one).as_dicts() for one in (calm, home)]
    assert [figure["value"] for figure in figures[0]] == [figure["value"] for figure in figures[1]]
    assert not list((home / "staging").iterdir())


def _words(folder: Path) -> tuple[str, ...]:
    return ("load", str(put(folder, calls(2000), "more.csv")), "--mapping", str(_mapping(folder)), "--quiet")


def _mapping(folder: Path) -> Path:
    text = '[file]\nzone = "Europe/Stockholm"\n[fact]\nkind = "contact"\nclient = "one"\n[key]\ncolumns = ["id"]\n[columns]\n'
    text += 'channel = { is = "voice" }\noutcome = { is = "answered" }\noffered_at = "at"\nwait_s = "wait"\n'
    return put(folder, text, "calls.toml")


@pytest.fixture(scope="module")
def loaded_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    load(put(folder, calls(), "first.csv"), mapping=_mapping(folder), home=folder / "home", now=NOW)
    return folder / "home"


@pytest.fixture
def loaded(loaded_once: Path, tmp_path: Path) -> Path:
    """A home with thirty calls in it."""
    return Path(shutil.copytree(loaded_once, tmp_path / "home"))


def _limited(words: tuple[str, ...], most_bytes: int, said: Path) -> None:
    """The command where no file may grow beyond so many bytes, as on a disk with a quota."""
    descriptor = os.open(said, os.O_WRONLY | os.O_CREAT)
    os.dup2(descriptor, 2)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1)
    os._exit(main(words))


@pytest.mark.parametrize("most_bytes", range(200, 42_200, 700) if SOAK else (4_000, 40_000))
def test_where_nothing_more_can_be_written_the_load_ends_with_a_word_and_counts_once_there_is_room(
    loaded: Path, tmp_path: Path, most_bytes: int, undisturbed: Any
) -> None:
    words, before = (*_words(tmp_path), "--home", str(loaded)), facts(loaded)
    state = ContactStore(loaded).snapshot().state
    process = processes.Process(target=_limited, args=(words, most_bytes, tmp_path / "said"))
    process.start()
    process.join()
    assert process.exitcode == 1
    told = (tmp_path / "said").read_text(encoding="utf-8")
    assert "Traceback" not in told
    assert "fault of nyckeltal" not in told
    assert ContactStore(loaded).snapshot().state.tables == state.tables
    assert facts(loaded) == before
    assert main(words) == 0
    assert facts(loaded) == undisturbed


@pytest.fixture(scope="module")
def undisturbed(loaded_once: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The facts of a home into which both files went without a fault."""
    folder = tmp_path_factory.mktemp("undisturbed")
    shutil.copytree(loaded_once, folder / "home")
    assert main([*_words(folder), "--home", str(folder / "home")]) == 0
    return facts(folder / "home")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("Only who may mount a disk can fill one.")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_on_a_full_disk_the_load_ends_with_a_word_and_counts_once_there_is_room(
    loaded: Path, tmp_path: Path, small_disk: Path, capsys: pytest.CaptureFixture[str], undisturbed: Any
) -> None:
    home = Path(shutil.copytree(loaded, small_disk / "home"))
    words, before = (*_words(tmp_path), "--home", str(home)), facts(home)
    (small_disk / "filling").write_bytes(bytes(shutil.disk_usage(small_disk).free - 16_384))
    assert main(words) == 1
    assert "No space left" in capsys.readouterr().err
    assert facts(home) == before
    (small_disk / "filling").unlink()
    subprocess.run(["mount", "-o", "remount,size=50m", str(small_disk)], check=True)
    assert main(words) == 0
    assert facts(home) == undisturbed


def test_in_a_folder_that_may_only_be_read_the_load_ends_with_a_word(loaded: Path, tmp_path: Path, undisturbed: Any) -> None:
    words, before = (*_words(tmp_path), "--home", str(loaded)), facts(loaded)
    folders = [loaded, *(path for path in loaded.rglob("*"))]
    modes = {path: path.stat().st_mode for path in folders}
    for path in folders:
        path.chmod(modes[path] & 0o555)
    powerless = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search,-fowner", "--inh-caps=-all"] if os.geteuid() == 0 else []
    ran = subprocess.run([*powerless, sys.executable, "-m", "nyckeltal.cli.main", *words], env=on(loaded), capture_output=True, text=True, check=False)
    for path in folders:
        path.chmod(modes[path])
    assert ran.returncode == 1, ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Permission denied" in ran.stderr
    assert facts(loaded) == before
    assert main(words) == 0
    assert facts(loaded) == undisturbed


def test_a_clock_that_jumps_back_changes_no_fact(tmp_path: Path) -> None:
    load(put(tmp_path, calls(10), "first.csv"), mapping=CALLS, home=tmp_path / "calm", now=NOW)
    shutil.copytree(tmp_path / "calm", tmp_path / "home")
    texts = [calls(12, row_3="3,2026-03-02 09:03:00,99"), calls(12, row_3="3,2026-03-02 09:03:00,7")]
    for name, moments in (("calm", (1, 2)), ("home", (-100, -300))):
        for number, (text, days) in enumerate(zip(texts, moments, strict=True)):
            load(put(tmp_path, text, f"{number}.csv"), mapping=CALLS, home=tmp_path / name, now=NOW + timedelta(days=days))
    assert facts(tmp_path / "home") == facts(tmp_path / "calm")
    assert {row["source_id"]: row["wait_s"] for row in facts(tmp_path / "home")["contact"]}["3"] == 7
