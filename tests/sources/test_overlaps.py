"""What may not, or should not, hold at the same time, in one file or beside what the store holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources.load import LoadReport, load
from tables import put, rows

AGREED = "agreement_id,client_id,measure,queue_ids,threshold,target,valid_from,valid_to\n"


def told(home: Path, folder: Path, kind: str, text: str, name: str = "") -> LoadReport:
    """Load a table whose columns are called like the fields."""
    columns: dict[str, Any] = {column: column for column in text.splitlines()[0].split(",")}
    said = {"file": {"separator": ",", "zone": "UTC"}, "fact": {"kind": kind, "source": "files"}, "columns": columns}
    return load(put(folder, text, name or f"{kind}.csv"), mapping=said, home=home)


def test_agreements_that_overlap_are_refused_with_file_line_and_both_names(home: Path, tmp_path: Path) -> None:
    text = AGREED + "a1,one,service_level,,20,80,2026-01-01,\na2,one,service_level,,60,80,2026-02-01,\n"
    with pytest.raises(CannotRead, match="“a2” and “a1” agree service_level with “one”") as refused:
        told(home, tmp_path, "agreement", text)
    [issue] = refused.value.issues
    assert (issue.file, issue.line, issue.field) == ("agreement.csv", 3, "valid_from")
    assert rows(home, "agreement") == {}


def test_an_agreement_beside_one_in_the_store_is_refused_too_and_goes_in_when_that_one_ends(home: Path, tmp_path: Path) -> None:
    told(home, tmp_path, "agreement", AGREED + "a1,one,service_level,,20,80,2026-01-01,\n")
    later = "a2,one,service_level,,60,80,2026-02-01,\n"
    with pytest.raises(CannotRead, match="“a2” and “a1”"):
        told(home, tmp_path, "agreement", AGREED + later, "later.csv")
    told(home, tmp_path, "agreement", AGREED + "a1,one,service_level,,20,80,2026-01-01,2026-02-01\n" + later, "both.csv")
    assert sorted(rows(home, "agreement")) == ["a1", "a2"]


@pytest.mark.parametrize(
    ("other", "fits"),
    [
        ("two,service_level,", True),
        ("one,answer_rate,", True),
        ("one,service_level,q1", True),  # a queue's own goes before the one for all
        ("one,service_level,", False),
    ],
)
def test_agreements_overlap_of_one_client_measure_and_queue(home: Path, tmp_path: Path, other: str, fits: bool) -> None:
    text = f"{AGREED}a1,one,service_level,,20,80,2026-01-01,\na2,{other},60,80,2026-02-01,\n"
    if not fits:
        with pytest.raises(CannotRead, match="overlap"):
            told(home, tmp_path, "agreement", text)
        return
    assert told(home, tmp_path, "agreement", text).facts["agreement"].new == 2


def test_somebody_in_two_teams_at_once_is_pointed_out(home: Path, tmp_path: Path) -> None:
    head = "membership_id,agent_id,team_id,valid_from,valid_to,role\n"
    assert told(home, tmp_path, "team_membership", head + "m1,bo,nord,2026-01-01,,agent\nm2,bo,syd,2026-01-01,,leader\n").warnings == []
    [warning] = told(home, tmp_path, "team_membership", head + "m3,bo,syd,2026-03-10,2026-03-20,agent\n", "more.csv").warnings
    assert str(warning).startswith("“bo” is in “syd” and in “nord” on the same days, from 2026-03-10 on.")
    both = "m4,eva,nord,2026-01-01,,agent\nm5,eva,syd,2026-01-01,,agent\nm6,ida,nord,2026-01-01,,agent\nm7,ida,syd,2026-05-01,,agent\n"
    [warning] = told(home, tmp_path, "team_membership", head + both, "most.csv").warnings
    assert "overlap: 2. The first: “eva”" in str(warning)


def test_an_agent_who_speaks_in_two_calls_at_once_is_pointed_out(home: Path, tmp_path: Path) -> None:
    head = "contact_id,client_id,channel,offered_at,outcome,agent_id,started_at,ended_at,talk_s,acw_s\n"

    def call(number: int, start: str, end: str, talk_s: int, acw_s: int = 0, channel: str = "voice", agent: str = "bo") -> str:
        return f"{number},one,{channel},2026-03-02 {start},answered,{agent},2026-03-02 {start},2026-03-02 {end},{talk_s},{acw_s}\n"

    after_work = call(1, "09:00:00", "09:05:00", 200, 100) + call(2, "09:04:00", "09:06:00", 120)
    chats = call(3, "09:00:00", "09:30:00", 1800, channel="chat") + call(4, "09:00:00", "09:03:00", 180, agent="eva")
    assert told(home, tmp_path, "contact", head + after_work + chats).warnings == []
    [warning] = told(home, tmp_path, "contact", head + call(5, "09:05:50", "09:08:00", 130), "later.csv").warnings
    assert "at once: 1. The first: “bo”, 2026-03-02 09:05:50 UTC" in str(warning)


def test_somebody_with_two_contracts_at_once_is_pointed_out(home: Path, tmp_path: Path) -> None:
    head = "employment_id,agent_id,valid_from,valid_to,hours_week\n"
    assert told(home, tmp_path, "employment", head + "e1,anna,2026-01-01,2026-02-01,40\ne2,anna,2026-02-01,,32\ne3,bo,2026-01-01,,40\n").warnings == []
    report = told(home, tmp_path, "employment", head + "e1,anna,2026-01-01,2026-03-01,40\n", "later.csv")
    assert [str(warning) for warning in report.warnings] == [
        "“anna” has the contracts “e1” and “e2” on the same days, from 2026-02-01 on. End the earlier one on the day the later one begins."
    ]
