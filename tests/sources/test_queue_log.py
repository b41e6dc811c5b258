"""Asterisk's queue_log beyond its samples: logs that end too early, rotated files, zones, and lines that are none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources import find
from nyckeltal.sources.load import load
from tables import aside, put, rows

SAMPLE = (Path(find.__file__).parent / "systems" / "queue_log" / "samples" / "an-hour-at-the-desk.log").read_text(encoding="utf-8")


def test_a_longer_log_completes_the_calls_and_states_that_were_open(home: Path, tmp_path: Path) -> None:
    lines = SAMPLE.splitlines()
    load(put(tmp_path, "\n".join(lines[:6]), "queue_log"), home=home)
    assert rows(home)["1772439000.11"]["outcome"] == "answered"
    assert rows(home)["1772439000.11"]["ended_at"] is None
    assert rows(home, "agent_state")["21|1772439012000000"]["ended_at"] is None
    report = load(put(tmp_path, SAMPLE, "queue_log"), home=home)
    assert report.facts["contact"].changed == 1
    assert rows(home)["1772439000.11"]["ended_at"] == datetime(2026, 3, 2, 8, 12, 12, tzinfo=UTC)
    assert rows(home, "agent_state")["21|1772439012000000"]["ended_at"] == datetime(2026, 3, 2, 8, 12, 12, tzinfo=UTC)
    assert len(rows(home, "segment")) == 4


def test_times_of_the_table_are_local_to_the_zone_that_is_stated(home: Path, tmp_path: Path) -> None:
    table = "time,callid,queuename,agent,event,data1\n2026-07-01 09:00:00.000000,c1,q,NONE,CLOSED,\n"
    load(put(tmp_path, table), system="queue_log", zone="Europe/Stockholm", home=home)
    assert rows(home)["c1"]["offered_at"] == datetime(2026, 7, 1, 7, tzinfo=UTC)
    load(put(tmp_path, table.replace("c1", "c2")), system="queue_log", mapping={"file": {"zone": "Europe/Helsinki"}}, home=home)
    assert rows(home)["c2"]["offered_at"] == datetime(2026, 7, 1, 6, tzinfo=UTC)


def test_the_epoch_needs_no_zone_and_its_days_are_local(home: Path, tmp_path: Path) -> None:
    load(put(tmp_path, "1772407800|c1|q|NONE|CLOSED|\n"), system="queue_log", zone="Europe/Stockholm", home=home)  # 1 March, 23:30 UTC
    assert str(rows(home)["c1"]["local_date"]) == "2026-03-02"


def test_two_clients_do_not_collide(home: Path, tmp_path: Path) -> None:
    for client in ("one", "two"):
        load(put(tmp_path, SAMPLE, "queue_log"), client=client, home=home)
    import duckdb

    from nyckeltal.contacts.store import ContactStore

    con = duckdb.connect()
    ContactStore(home).snapshot().attach(con, "contact")
    assert con.execute("SELECT client_id, count(*) FROM contact GROUP BY 1 ORDER BY 1").fetchall() == [("one", 6), ("two", 6)]


def test_a_line_that_is_no_event_is_set_aside(home: Path, tmp_path: Path) -> None:
    load(put(tmp_path, SAMPLE + "what is this\n", "queue_log"), home=home)
    [row] = aside(home)
    assert (row["line"], row["original"], row["field"]) == (len(SAMPLE.splitlines()) + 1, "what is this", "event")


def test_a_log_of_nothing_but_junk_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match="no event"):
        load(put(tmp_path, "1772407800|c1|q|NONE|CLOSED|\n" + "junk\n" * 50, "queue_log"), system="queue_log", home=home)


def test_the_same_events_in_two_forms_are_the_same_facts(home: Path, tmp_path: Path) -> None:
    cells = [line.split("|") + [""] * 5 for line in SAMPLE.splitlines()]
    table = "time,callid,queuename,agent,event,data1,data2,data3,data4,data5\n"
    table += "".join(",".join([str(datetime.fromtimestamp(int(row[0]), UTC).replace(tzinfo=None)), *row[1:10]]) + "\n" for row in reversed(cells))
    load(put(tmp_path, SAMPLE, "queue_log"), home=home)
    report = load(put(tmp_path, table, "queue_log.csv"), home=home)
    for fact in ("contact", "queue_visit", "segment", "agent_state"):
        assert (report.facts[fact].new, report.facts[fact].changed) == (0, 0), fact


def test_a_wait_runs_on_through_the_queues_that_a_call_overflowed_from(home: Path, tmp_path: Path) -> None:
    at = 1772438400
    events = [
        *((at, "first", "NONE", "ENTERQUEUE", "", "0701234567"), (at + 20, "first", "NONE", "EXITWITHTIMEOUT", "1", "1", "20")),
        *((at + 25, "second", "NONE", "ENTERQUEUE", "", "0701234567"), (at + 65, "second", "Agent/21", "CONNECT", "40", "x", "3")),
        (at + 165, "second", "Agent/21", "COMPLETECALLER", "40", "100", "1"),
    ]
    load(put(tmp_path, "".join("|".join([str(when), "c1", *rest]) + "\n" for when, *rest in events), "queue_log"), system="queue_log", home=home)
    assert (rows(home)["c1"]["wait_s"], rows(home)["c1"]["waited_s"]) == (65, 65)
    assert sorted(row["wait_s"] for row in rows(home, "queue_visit").values()) == [20, 40]


def _log(folder: Path, events: Sequence[tuple[object, ...]]) -> Path:
    return put(folder, "".join("|".join(map(str, (1772438400 + int(str(when)), *rest))) + "\n" for when, *rest in events), "queue_log")


def test_a_transfer_that_links_two_calls_says_its_seconds_one_place_later(home: Path, tmp_path: Path) -> None:
    events = [(0, "c1", "q", "NONE", "ENTERQUEUE", "", "0701234567", "1"), (30, "c1", "q", "Anna", "CONNECT", "30", "x", "3")]
    load(_log(tmp_path, [*events, (150, "c1", "q", "Anna", "ATTENDEDTRANSFER", "LINK", "SIP/a-1", "SIP/b-2", "30", "120", "1")]), system="queue_log", home=home)
    assert [rows(home)["c1"][name] for name in ("waited_s", "talk_s", "transfers_n")] == [30, 120, 1]


def test_members_of_queues_are_there_while_in_any_and_talk_and_pause_meanwhile(home: Path, tmp_path: Path) -> None:
    first = [
        *((0, "1772438400.1", "q", "Anna", "ADDMEMBER", ""), (5, "MANAGER", "r", "Anna", "ADDMEMBER", ""), (6, "MANAGER", "q", "Bo", "ADDMEMBER", "PAUSED")),
        *((100, "c1", "q", "NONE", "ENTERQUEUE", "", "", "1"), (110, "c1", "q", "Anna", "CONNECT", "10", "x", "3")),
        *((170, "c1", "q", "Anna", "COMPLETECALLER", "10", "60", "1"), (200, "NONE", "q", "Bo", "UNPAUSE", "")),
    ]
    later = 5 * 3600
    then = [(later, "NONE", "NONE", "Anna", "PAUSEALL", ""), *((later + at, f"{at}.1", "qr"[at > 100], "Anna", "REMOVEMEMBER", "") for at in (50, 150))]
    for events in (first, then):
        load(_log(tmp_path, events), system="queue_log", home=home)
    spells = sorted(rows(home, "agent_state").values(), key=lambda row: (row["agent_id"], row["started_at"]))
    lasts = [(row["agent_id"], row["state"], (row["ended_at"] - row["started_at"]).total_seconds() if row["ended_at"] else None) for row in spells]
    anna = [("Anna", "available", 110), ("Anna", "talking", 60), ("Anna", "available", later - 170), ("Anna", "break", 150)]
    assert lasts == [*anna, ("Bo", "break", 194), ("Bo", "available", None)]
