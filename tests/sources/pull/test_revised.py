"""The whole way of a second thought: a vendor changes what it told of a month that is final, and whoever asks sees the figure and what it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import nyckeltal
from fake_helpdesks import AGENT, CUSTOMER, Zendesk
from fake_vendor import SECRET, FakeSystem, FakeVendor, serving
from nyckeltal.cli.main import main
from nyckeltal.kpi import closing
from nyckeltal.kpi.answer import Figure
from nyckeltal.sources import find
from nyckeltal.sources.pull import run, secrets
from nyckeltal.sources.pull.means import Means

LAST_MONTH = datetime(2026, 4, 1, 6, tzinfo=UTC)
CLOSED = datetime(2026, 4, 15, 6, tzinfo=UTC)


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVendor]:
    systems = find.systems()
    monkeypatch.setattr(find, "systems", lambda: {**systems, "fake": FakeSystem()})
    monkeypatch.setattr(closing, "_kpis", lambda _facts, _home: ["asa", "contacts_offered"])
    with serving(FakeVendor(page=100)) as one:
        yield one


@pytest.fixture
def home(vendor: FakeVendor, tmp_path: Path) -> Path:
    secrets.keep(tmp_path, "calls", "token", SECRET)
    (tmp_path / "sources.toml").write_text(f'[source.calls]\nsystem = "fake"\nclient = "shop"\nfrom = 2026-03-01\naddress = "{vendor.address}"\n')
    (tmp_path / closing.closed.FOLDER).mkdir()  # as the worker begins it
    return tmp_path


def _pull(home: Path, now: datetime) -> None:
    assert run.do_what_is_due(Means(home, load=nyckeltal.load, settle=nyckeltal.promises_judged, now=lambda: now, wait=lambda _: None)) == ["calls"]


def _march(home: Path, kpi: str) -> Figure:
    (figure,) = nyckeltal.ask(kpi, start="2026-03", end="2026-03", floor=0, home=home, now=CLOSED)
    return figure


def test_a_call_that_the_vendor_changes_in_a_final_month_shows_the_month_as_revised(vendor: FakeVendor, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for day in range(1, 31):
        vendor.took(day, f"2026-03-{day:02}T10:00:00Z", wait_s=20)
    vendor.took(31, "2026-04-01T05:00:00Z")
    _pull(home, LAST_MONTH)
    vendor.took(32, "2026-04-14T10:00:00Z")
    vendor.took(1, "2026-03-01T10:00:00Z", wait_s=320, updated="2026-04-14T11:00:00Z")
    vendor.took(33, "2026-03-31T10:00:00Z", updated="2026-04-14T12:00:00Z", outcome="abandoned")
    assert _march(home, "asa").revised_from is None
    _pull(home, CLOSED)
    waited, offered = _march(home, "asa"), _march(home, "contacts_offered")
    assert (waited.value, waited.revised_from, waited.revised_since) == (30.0, 20.0, date(2026, 4, 15))
    assert (offered.value, offered.revised_from) == (31.0, 30.0)
    assert not waited.provisional
    assert main(["ask", "asa", "--from", "2026-03-01", "--to", "2026-03-31", "--floor", "0", "--home", str(home)]) == 0
    assert "revised, was" in capsys.readouterr().out


def test_a_comment_that_is_taken_out_of_a_ticket_of_a_final_month_shows_the_month_as_revised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "_kpis", lambda _facts, _home: ["contacts_offered"])
    secrets.keep(tmp_path, "calls", "token", SECRET)
    (tmp_path / closing.closed.FOLDER).mkdir()
    with serving(Zendesk()) as desk:
        assert isinstance(desk, Zendesk)
        said = f'[source.calls]\nsystem = "zendesk"\nclient = "shop"\nfrom = 2026-03-01\naddress = "{desk.address}"\nuser = "reader@example.com"\n'
        (tmp_path / "sources.toml").write_text(said)
        for day in range(1, 31):
            at = datetime(2026, 3, day, 10, tzinfo=UTC)
            ticket = desk.opens(at)
            desk.writes(ticket, at + timedelta(hours=1), AGENT)
            ticket.settled = ticket.changed = at + timedelta(hours=1)
        back = desk.tickets[5]
        desk.writes(back, datetime(2026, 3, 9, 10, tzinfo=UTC), CUSTOMER)  # a contact of its own
        desk.opens(datetime(2026, 4, 1, 5, tzinfo=UTC))
        _pull(tmp_path, LAST_MONTH)
        desk.opens(datetime(2026, 4, 14, 10, tzinfo=UTC))
        _pull(tmp_path, CLOSED - timedelta(hours=3))
        before = _march(tmp_path, "contacts_offered")
        assert (before.value, before.revised_from, before.provisional) == (31.0, None, False)
        desk.takes_out(back, CLOSED - timedelta(hours=2), -1)
        _pull(tmp_path, CLOSED)
        after = _march(tmp_path, "contacts_offered")
    assert (after.value, after.revised_from, after.revised_since) == (30.0, 31.0, date(2026, 4, 15))
