"""Whoever loads has the promises judged: the agreement in one file, the contacts in another, met or not as a figure."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import nyckeltal

AGREEMENT = "agreement_id,client_id,measure,variant,threshold,target,valid_from\na1,one,service_level,all_offered,20,60,2026-01-01\n"
CALLS = "id,began,waited\n" + "".join(f"{n},2026-03-{n:02} 10:00:00,{15 if n % 2 else 60}\n" for n in range(1, 31))
NOW = datetime(2026, 5, 1, tzinfo=UTC)

AGREED = {
    "fact": {"kind": "agreement", "source": "office"},
    "key": {"columns": ["agreement_id"]},
    "columns": {name: name for name in AGREEMENT.splitlines()[0].split(",")},
}
CALLED = {
    "file": {"zone": "Europe/Stockholm"},
    "fact": {"kind": "contact", "client": "one"},
    "key": {"columns": ["id"]},
    "columns": {"offered_at": "began", "wait_s": "waited", "channel": {"is": "voice"}, "outcome": {"is": "answered"}},
}


def test_promises_are_judged_after_a_load_and_again_after_it_is_taken_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "agreement.csv").write_text(AGREEMENT)
    (tmp_path / "calls.csv").write_text(CALLS + "31,2026-04-02 10:00:00,15\n")
    nyckeltal.load(tmp_path / "agreement.csv", mapping=AGREED, home=home, now=NOW)
    calls = nyckeltal.load(tmp_path / "calls.csv", mapping=CALLED, home=home, now=NOW)
    (figure,) = nyckeltal.ask("sla_compliance", home=home, now=NOW, start="2026-03-01", end="2026-03-31").figures
    assert (figure.numerator, figure.denominator) == (0, 1)  # half of them in time, 60 % promised
    nyckeltal.undo(calls.load_id, home=home, now=NOW)
    (figure,) = nyckeltal.ask("sla_compliance", home=home, now=NOW, start="2026-03-01", end="2026-03-31").figures
    assert figure.value is None
    assert figure.reason == "no_data"


def test_a_promise_that_cannot_be_judged_is_told_as_a_warning(tmp_path: Path) -> None:
    (tmp_path / "agreement.csv").write_text(AGREEMENT.replace("all_offered", "friendly"))
    (tmp_path / "calls.csv").write_text(CALLS)
    nyckeltal.load(tmp_path / "calls.csv", mapping=CALLED, home=tmp_path / "home", now=NOW)
    report = nyckeltal.load(tmp_path / "agreement.csv", mapping=AGREED, home=tmp_path / "home", now=NOW)
    assert any("friendly" in str(warning) for warning in report.warnings)
