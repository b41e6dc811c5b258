from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import world
from batches import column, read
from nyckeltal.contacts.facts import Facts
from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.contacts.store import World
from nyckeltal.contacts.upkeep import FACTS, connect


def sums(facts: Facts, select: str, table: str) -> dict[str, object]:
    con = connect()
    facts.attach(con, table, name="asked")
    return con.execute(f"select {select} from asked where client_id = 'one'").to_arrow_table().to_pylist()[0]


def test_the_monday_counts_as_it_does_by_hand() -> None:
    monday = world.as_world()
    found = sums(monday, "count(*) filter (offered) as offered, sum(handled::int) as handled, sum(handle_s) as handle_s, sum(transfers_n) as moved", "contact")
    assert found == {"offered": 7, "handled": 5, "handle_s": 1570.0, "moved": 1}
    again = column(monday, "contact", "previous_handled_after_s")
    assert {key for key, value in again.items() if value is not None} == {"world:7"}
    assert column(monday, "contact", "in_hours")["world:10"] is False
    assert column(monday, "case", "contacts_n") == {"world:k": 1}
    assert column(monday, "survey_response", "agent_id") == {"world:r1": "anna"}


def test_a_store_tells_the_same_as_a_world(tmp_path: Path) -> None:
    in_memory, stored = world.as_world(), world.as_store(tmp_path).snapshot()
    for table in FACTS:
        told = [
            [{name: value for name, value in row.items() if name not in ("load_id", "loaded_at")} for row in read(facts, table)]
            for facts in (in_memory, stored)
        ]
        assert told[0] == told[1]


def test_an_empty_world_has_every_table_in_its_shape() -> None:
    empty = World.of({})
    con = connect()
    for table in TABLES:
        empty.attach(con, table, name="asked")
        assert con.execute("from asked").to_arrow_table().schema.names == arrow_schema(table).names


def test_a_case_names_only_what_matters() -> None:
    told = World.of({"contact": [{"times": 2, "wait_s": 12}, {"outcome": "abandoned", "wait_s": 3}]}, defaults=True)
    rows = read(told, "contact", "offered_at", "channel", "queue_id", "outcome", "handled")
    assert rows[0] == {"offered_at": datetime(2026, 3, 2, 9, tzinfo=UTC), "channel": "voice", "queue_id": "q1", "outcome": "answered", "handled": True}
    assert len(rows) == 3
    assert len(read(told, "queue_visit")) == 3
    assert len(read(told, "segment")) == 2


def test_a_case_gives_a_contacts_words_to_its_segment() -> None:
    told = World.of({"contact": [{"talk_s": 60, "acw_s": 10, "agent_id": "anna"}]}, defaults=True)
    assert read(told, "segment", "agent_id", "talk_s", "handle_s") == [{"agent_id": "anna", "talk_s": 60.0, "handle_s": 70.0}]
    assert read(told, "contact", "handle_s", "first_agent_id") == [{"handle_s": 70.0, "first_agent_id": "anna"}]


def test_a_derived_word_that_a_row_states_stands() -> None:
    told = World.of({"contact": [{"handle_s": 300, "in_hours": False, "next_contact_after_s": 86400}]}, defaults=True)
    assert read(told, "contact", "handle_s", "in_hours", "next_contact_after_s") == [{"handle_s": 300.0, "in_hours": False, "next_contact_after_s": 86400.0}]
    assert read(told, "segment", "handle_s") == [{"handle_s": 300.0}]


def test_a_segment_without_contact_gets_one() -> None:
    told = World.of({"segment": [{"agent_id": "anna", "talk_s": 5}, {"agent_id": "bengt", "talk_s": 7}]}, defaults=True)
    assert len({row["contact_id"] for row in read(told, "segment", "contact_id")}) == 2
    assert [row["handled"] for row in read(told, "contact", "handled")] == [True, True]


def test_names_that_nobody_described_are_there_and_marked() -> None:
    told = World.of({"contact": [{"queue_id": "q", "reason_id": "r", "agent_id": "anna"}]}, defaults=True)
    for table, key in (("queue", "q"), ("reason", "r"), ("agent", "anna"), ("client", "c1")):
        assert column(told, table, "described") == {key: False}


def test_months_are_those_asked_for() -> None:
    told = World.of({"contact": [{}, {"offered_at": "2026-04-02T09:00:00Z"}]}, defaults=True)
    con = connect()
    told.attach(con, "contact", ["2026-04"], "april")
    assert told.months("contact") == ["2026-03", "2026-04"]
    assert con.execute("from april").to_arrow_table().num_rows == 1


def test_stated_rows_of_what_is_made_of_others_are_all_its_rows() -> None:
    rows = {
        "agent_day": [{"agent_id": "anna", "worked_days": 2.0}],
        "agent_state": [{"agent_id": "bengt", "state": "available"}],
        "qa_item": [{"item_id": "a"}],
    }
    told = World.of(rows, defaults=True)
    assert read(told, "agent_day", "agent_id", "month", "month_share") == [{"agent_id": "anna", "month": "2026-03", "month_share": 1.0}]
    assert read(told, "qa_item", "month", "local_minute") == [{"month": "2026-03", "local_minute": 540}]
    assert column(told, "agent", "described") == {"anna": False, "bengt": False}


def test_a_world_that_is_kept_takes_little_address_space() -> None:
    """Else a process that keeps some hundred of them is too large to start another."""
    kept, before = [world.as_world()], _address_space()
    kept.append(world.as_world())
    assert _address_space() - before < 256 << 20


def _address_space() -> int:
    """What this process has of it, in bytes; where no file tells of it, nought."""
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE") if told.exists() else 0
