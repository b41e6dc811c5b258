"""Tickets told again and again: an older telling changes nothing, and one that is withdrawn later counts no more."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nyckeltal.kpi.ask import ask
from nyckeltal.sources.load import LoadReport, load
from nyckeltal.sources.systems import zendesk

SAMPLE = json.loads((Path(zendesk.__file__).parent / "samples" / "export.json").read_text(encoding="utf-8"))


def told(folder: Path, name: str, **changed: Any) -> LoadReport:
    """A page in which ticket 501 stands as said; of a deleted one nothing else is told."""
    tickets = [{**ticket, **changed} if ticket["id"] == 501 else ticket for ticket in SAMPLE["tickets"]]
    audits = [audit for audit in SAMPLE["audits"] if changed.get("status") != "deleted" or audit["ticket_id"] != 501]
    page = folder / f"{name}.json"
    page.write_text(json.dumps({**SAMPLE, "tickets": tickets, "audits": audits}), encoding="utf-8")
    return load([page], home=folder / "home", client="one", now=datetime(2026, 4, 1, tzinfo=UTC))


def offered(folder: Path) -> float | None:
    [figure] = ask("contacts_offered", home=folder / "home", floor=0, start="2026-03-01", end="2026-03-31", now=datetime(2026, 4, 1, tzinfo=UTC)).figures
    return figure.value


def test_an_older_telling_changes_nothing_and_a_withdrawn_ticket_counts_no_more(tmp_path: Path) -> None:
    first = told(tmp_path, "first").as_dict()["facts"]
    assert (first["contact"]["new"], first["case"]["new"]) == (4, 3)
    assert offered(tmp_path) == 4
    older = told(tmp_path, "older", updated_at="2026-03-05T08:00:00Z", status="solved").as_dict()["facts"]
    assert (older["case"]["changed"], older["case"]["older"]) == (0, 1)
    again = told(tmp_path, "again", priority="normal", tags=["invoice", "paid"]).as_dict()["facts"]
    assert (again["contact"]["new"], again["contact"]["changed"]) == (0, 0)
    gone = told(tmp_path, "gone", updated_at="2026-03-10T08:00:00Z", status="deleted").as_dict()["facts"]
    assert gone["case"]["changed"] == 1
    assert offered(tmp_path) == 2
