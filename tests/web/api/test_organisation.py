from __future__ import annotations

import io
from collections.abc import Callable

import pyarrow.parquet as pq
from django.test import Client

Program = Callable[..., Client]


def test_rows_carry_the_days_on_which_they_hold(as_program: Program) -> None:
    rows = as_program("david").get("/api/organisation/agreement").json()
    assert [(row["agreement_id"], row["valid_from"], row["valid_to"]) for row in rows] == [("a1", "2025-01-01", "2026-03-01"), ("a2", "2026-03-01", None)]


def test_a_leader_reads_about_the_own_team_and_not_why_somebody_left(as_program: Program) -> None:
    program = as_program("cecilia")
    rows = program.get("/api/organisation/agent").json()
    assert {row["agent_id"] for row in rows} == {"anna", "bengt", "cecilia"}
    assert not any("left_kind" in row for row in rows)
    assert {row["team_id"] for row in program.get("/api/organisation/team_membership").json()} == {"nord"}
    assert "left_kind" in as_program("ingrid").get("/api/organisation/agent").json()[0]


def test_the_list_names_what_the_person_may_read(as_program: Program) -> None:
    tables = {row["table"]: row for row in as_program("david").get("/api/organisation").json()}
    assert set(tables) == {"client", "queue", "agreement", "calendar", "team", "reason"}
    assert tables["queue"]["rows"] == 3
    assert "queue_id" in tables["queue"]["fields"]


def test_a_table_goes_out_as_parquet(as_program: Program) -> None:
    program = as_program("david")
    table = pq.read_table(io.BytesIO(program.get("/api/organisation/team?format=parquet").content))
    assert table.column("queue_ids").to_pylist() == [["invoice", "outage"], ["orders"]]
    assert "invoice;outage" in program.get("/api/organisation/team?format=csv").content.decode()


def test_a_table_that_is_none_is_not_found_and_the_known_ones_are_named(as_program: Program) -> None:
    answer = as_program("david").get("/api/organisation/contact")
    assert answer.status_code == 404
    assert "team_membership" in answer.json()["detail"]
