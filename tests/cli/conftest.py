"""A small file of calls with its mapping, and a home in which it was loaded: ten calls of one Monday, one of them beyond reading."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from nyckeltal.cli.main import main

CALLS = """id,started,wait,talk,agent,result
1,2026-03-02 09:00:00,5,100,anna,answered
2,2026-03-02 09:01:00,15,200,anna,answered
3,2026-03-02 09:02:00,25,300,bengt,answered
4,2026-03-02 09:03:00,35,,,gone
5,2026-03-02 10:00:00,2,,,gone
6,2026-03-02 10:01:00,1,60,bengt,answered
7,2026-03-02 10:02:00,8,90,anna,answered
8,2026-03-02 11:00:00,40,80,bengt,answered
9,2026-03-02 11:01:00,3,120,anna,answered
10,2026-03-02 11:02:00,7,110,anna,answered
"""
MAPPING = """[file]
zone = "Europe/Stockholm"
encoding = "utf-8"
[fact]
kind = "contact"
client = "acme"
[key]
columns = ["id"]
[columns]
channel = { is = "voice" }
offered_at = { from = "started", as = "%Y-%m-%d %H:%M:%S" }
wait_s = "wait"
talk_s = "talk"
agent_id = "agent"
outcome = { from = "result", values = { answered = "answered", gone = "abandoned" } }
"""


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with calls.csv, calls.toml, and broken.csv: forty rows of which one has no readable waiting time."""
    folder = tmp_path_factory.mktemp("calls")
    (folder / "calls.csv").write_text(CALLS, encoding="utf-8")
    (folder / "calls.toml").write_text(MAPPING, encoding="utf-8")
    rows = "".join(f"{number},2026-03-03 09:00:{number % 60:02},{'soon' if number == 57 else 5},100,anna,answered\n" for number in range(20, 60))
    (folder / "broken.csv").write_text(CALLS.splitlines()[0] + "\n" + rows, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def loaded_once(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    assert main(["load", str(written / "calls.csv"), "--mapping", str(written / "calls.toml"), "--home", str(folder), "--quiet"]) == 0
    return folder


@pytest.fixture
def loaded(loaded_once: Path, home: Path) -> Path:
    """A home of one's own in which calls.csv was loaded."""
    shutil.copytree(loaded_once, home)
    return home
