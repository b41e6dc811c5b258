"""Event logs become cases; a log that would blow up a parser is refused in a moment, and what one file does not know stays as it was."""

from __future__ import annotations

import gzip
import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import CannotRead
from nyckeltal.sources.find import recognise
from nyckeltal.sources.load import load
from nyckeltal.sources.systems.event_log import SYSTEM, xes

HEAD = "Ärende id;Aktivitet;Tidpunkt;Handläggare\n"
LOG = '<?xml version="1.0"?>{}<log xes.version="1.0"><trace><string key="concept:name" value="{}"/><event>{}</event></trace></log>'


def _loaded(home: Path, file: Path, **said: object) -> dict[str, dict[str, object]]:
    load([file], system="event_log", home=home, client="one", **said)  # type: ignore[arg-type]  # the words of load
    snapshot = ContactStore(home).snapshot()
    import duckdb

    con = duckdb.connect()
    snapshot.attach(con, "case")
    return {str(row["source_id"]): row for row in con.execute('from "case"').to_arrow_table().to_pylist()}


def test_a_table_in_another_language_is_recognised_and_told_in_its_zone(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(HEAD + "1;Mottaget;2026-03-02 09:00;anna\n1;Skickat;2026-03-02 10:00;bengt\n1;Stängt;2026-03-02 11:00;anna\n", encoding="utf-8")
    assert recognise(file) is SYSTEM
    case = _loaded(home, file, zone="Europe/Stockholm")["1"]
    assert (case["opened_at"], case["handovers_n"], case["reopened_n"]) == (datetime(2026, 3, 2, 8, tzinfo=UTC), 2, 0)


def test_a_log_in_two_bytes_a_letter_is_recognised_and_read(home: Path, tmp_path: Path) -> None:
    log = """<?xml version="1.0" encoding="UTF-16"?><x:log xmlns:x="http://www.xes-standard.org/"><trace><string key="concept:name" value="Ärende 1"/>
        <event><string key="concept:name" value="a"/><date key="time:timestamp" value="2026-03-02T09:00:00+01:00"/></event></trace></x:log>"""
    file = tmp_path / "log.xes"
    file.write_bytes(log.encode("utf-16"))
    assert recognise(file) is SYSTEM
    assert list(_loaded(home, file)) == ["Ärende 1"]


def test_what_closes_a_case_may_be_told_and_else_its_last_event_does(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("Case,Activity,Time\n1,a,2026-03-02 09:00\n1,z,2026-03-02 10:00\n1,b,2026-03-02 11:00\n", encoding="utf-8")
    report = load([file], home=home, client="one")
    assert "sources.event_log.last_closes" in [warning.id for warning in report.warnings]
    told = {"fact": {"source": "other"}, "event_log": {"closing": ["z"]}}
    cases = _loaded(tmp_path / "second", file, mapping=told)
    assert (cases["1"]["status"], cases["1"]["reopened_n"]) == ("open", 1)


@pytest.mark.parametrize(
    ("head", "opened", "closed"),
    [
        ("CaseID\tActivityName\tStartTime\tComplete Timestamp", "a\t2026/03/02 07:00:00.000\t2026/03/02 08:00:00.500", "Closed\tx\t2026/03/02 09:00:00.000"),
        ("incident_id,event,date_time", "a,13.03.2026 08:00", "Closed,13.03.2026 09:00"),
        ("Ärende;Händelse;Datum", "a;46083.3333333333", "Löst;46083.375"),
    ],
)
def test_logs_of_other_programs_name_and_write_things_in_their_own_way(head: str, opened: str, closed: str, home: Path, tmp_path: Path) -> None:
    file, mark = tmp_path / "log.csv", next(mark for mark in "\t,;" if mark in head)
    file.write_text(f"{head}\n1{mark}{opened}\n1{mark}{closed}\n", encoding="utf-8")
    assert recognise(file) is SYSTEM
    case = _loaded(home, file)["1"]
    assert (case["closed_at"] - case["opened_at"]).total_seconds() == pytest.approx(3600, abs=1)  # type: ignore[operator]  # two moments


def test_days_of_a_log_that_could_be_months_are_not_guessed(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("Case,Activity,Time\n1,Opened,02/03/2026 09:00\n1,Closed,03/04/2026 10:00\n", encoding="utf-8")
    with pytest.raises(CannotRead, match="day or month first"):
        _loaded(home, file)
    case = _loaded(home, file, mapping={"file": {"dates": "%m/%d/%Y %H:%M"}})["1"]
    assert case["opened_at"] == datetime(2026, 2, 3, 9, tzinfo=UTC)


def test_a_case_whose_beginning_only_an_earlier_load_knows_stays_as_it_was(home: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "march.csv", tmp_path / "april.csv"
    first.write_text("Case,Activity,Time\n1,Opened,2026-03-02 09:00\n1,Closed,2026-03-02 10:00\n", encoding="utf-8")
    second.write_text("Case,Activity,Time\n1,Opened,2026-04-02 09:00\n2,Closed,2026-04-02 10:00\n", encoding="utf-8")
    before = _loaded(home, first)["1"]
    report = load([second], home=home, client="one", system="event_log")
    assert sum(report.facts["event_log"].left_out.values()) == 1
    after = _loaded(home, second)
    assert after["1"]["opened_at"] == before["opened_at"]
    assert set(after) == {"1", "2"}


BILLION = '<!DOCTYPE log [<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)) + "]>"
OUTSIDE = '<!DOCTYPE log SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize("declared", [BILLION, OUTSIDE], ids=["a billion laughs", "a file outside"])
def test_a_log_with_entities_of_its_own_is_refused_unread(declared: str, tmp_path: Path) -> None:
    file = tmp_path / "log.xes"
    file.write_text(LOG.format(declared, "&j;", ""), encoding="utf-8")
    with pytest.raises(CannotRead, match="entities of its own"):
        list(xes.events(file))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LOG.format("", "1", "<a>" * 100), "line 1"),
        (LOG.format("", "1", "")[:-20], "ends too early"),
        (LOG.format("", "1", '<string key="concept:name" value="' + "a" * (6 << 20) + '"/>'), "line 1"),
    ],
    ids=["deep", "cut", "one long value"],
)
def test_a_log_that_is_none_is_refused_with_its_line(text: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "log.xes"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(CannotRead, match=says):
        list(xes.events(file))


def test_a_long_packed_log_is_read_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "log.xes.gz"
    event = '<event><string key="concept:name" value="step"/><date key="time:timestamp" value="2026-03-02T08:15:00Z"/></event>'
    with gzip.open(file, "wt", compresslevel=1) as out:
        out.write('<log xes.version="1.0"><trace><string key="concept:name" value="1"/>')
        for _ in range(60):
            out.write(event * 1000)
        out.write("</trace></log>")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(1 for _ in xes.events(file)) == 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # the file unpacked is 7 MB, as objects 60 MB


def test_xes_is_loaded_as_any_file_is_though_it_is_xml(tmp_path: Path) -> None:
    event = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="2026-03-02T0{}:00:00Z"/></event>'
    events = event.format("Open", 8) + event.format("Closed", 9)
    file = tmp_path / "log.xes"
    file.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0"><trace><string key="concept:name" value="c1"/>{events}</trace></log>')
    assert load(file, client="shop", home=tmp_path / "home").facts["case"].new == 1
