"""How far each source reaches, as the Loads page tells it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nyckeltal import load
from nyckeltal.web.contacts.loads import ledger

MAPPING = """
[file]
zone = "Europe/Stockholm"
[fact]
kind = "contact"
source = "switch"
[key]
columns = ["id"]
[columns]
client_id = "client"
offered_at = { from = "at", as = "%Y-%m-%d %H:%M" }
outcome = { from = "end", values = { answered = "answered" } }
channel = { is = "voice" }
"""


NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def reached(tmp_path: Path) -> Callable[..., list[tuple[str, str]]]:
    def after(*rows: str) -> list[tuple[str, str]]:
        (tmp_path / "calls.csv").write_text("\n".join(["id,client,at,end", *rows, ""]))
        (tmp_path / "calls.toml").write_text(MAPPING)
        load([tmp_path / "calls.csv"], mapping=tmp_path / "calls.toml", home=tmp_path, now=NOW)
        return [(reach.client, reach.until) for reach in ledger.reaches(NOW)]

    return after


def test_clients_that_reach_equally_far_share_a_line(reached: Callable[..., list[tuple[str, str]]]) -> None:
    assert [client for client, _ in reached("1,one,2026-03-02 10:00,answered", "2,two,2026-03-02 11:00,answered")] == ["one, two"]


def test_a_client_that_lags_has_a_line_of_its_own(reached: Callable[..., list[tuple[str, str]]]) -> None:
    lines = reached("1,one,2026-03-02 10:00,answered", "2,two,2026-03-02 11:00,answered", "3,two,2026-03-05 11:00,answered")
    assert [client for client, _ in lines] == ["one", "two"]
    assert lines[0][1] != lines[1][1]


@pytest.mark.parametrize(("month", "in_step"), [("2026-02", True), ("2026-01", False)])
def test_what_is_told_by_the_month_is_in_step_until_the_next_month_is_over(tmp_path: Path, month: str, in_step: bool) -> None:
    (tmp_path / "costs.csv").write_text(f"client,month,cost\none,{month},1000\n")
    (tmp_path / "costs.toml").write_text(
        '[file]\nzone = "Europe/Stockholm"\n[fact]\nkind = "finance_month"\nsource = "books"\n[key]\ncolumns = ["client", "month"]\n[columns]\n'
        'client_id = "client"\nmonth_start = "month"\nservice_cost = "cost"\ncurrency = { is = "SEK" }\n'
    )
    load([tmp_path / "costs.csv"], mapping=tmp_path / "costs.toml", home=tmp_path, now=NOW)
    assert [reach.in_step for reach in ledger.reaches(NOW)] == [in_step]


def test_a_source_that_lags_in_anything_stands_before_those_in_step(reached: Callable[..., list[tuple[str, str]]], tmp_path: Path) -> None:
    reached("1,one,2026-03-10 10:00,answered", "2,two,2026-03-02 11:00,answered")
    (tmp_path / "calls.toml").write_text(MAPPING.replace("switch", "another"))
    (tmp_path / "calls.csv").write_text("id,client,at,end\n1,one,2026-03-10 10:00,answered\n")
    load([tmp_path / "calls.csv"], mapping=tmp_path / "calls.toml", home=tmp_path, now=NOW)
    found = ledger.by_source(ledger.reaches(NOW))
    assert [(one.source, one.behind, len(one.reaches), bool(one.until)) for one in found] == [("switch", 1, 2, False), ("another", 0, 1, True)]
