import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.demo import unnamed
from nyckeltal.demo.build import FOLDER
from nyckeltal.demo.events import Span
from nyckeltal.demo.files import write
from nyckeltal.demo.people import PEOPLE
from nyckeltal.demo.simulate import simulate
from nyckeltal.demo.truth import Truth, read
from nyckeltal.kpi.ask import ask

Demo = tuple[Path, Truth]


def _rows(home: Path, table: str, columns: str = "*") -> list[dict[str, object]]:
    import duckdb

    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    ContactStore(home).snapshot().attach(con, table)
    found: list[dict[str, object]] = con.execute(f'select {columns} from "{table}"').to_arrow_table().to_pylist()
    return found


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    def digests(folder: Path) -> dict[str, str]:
        write(simulate(Span(date(2026, 3, 23), date(2026, 4, 2)), seed=5, scale=0.05), folder)
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}

    assert digests(tmp_path / "one") == digests(tmp_path / "two")


def test_every_contact_of_the_simulation_is_in_the_store_with_a_described_client(demo: Demo) -> None:
    home, truth = demo
    contacts = _rows(home, "contact", "contact_id, client_id, queue_id, channel, outcome")
    assert len(contacts) == truth.counts["contacts"]
    assert {row["client_id"] for row in contacts} == {"polartel", "nordkraft", "nordhem"}


def test_what_only_a_file_names_is_all_that_nobody_has_described(demo: Demo) -> None:
    tables = {table: ContactStore(demo[0]).snapshot().small(table).to_pylist() for table in ("client", "queue", "agent", "reason")}
    undescribed = {table: {row[f"{table}_id"] for row in rows if not row["described"]} for table, rows in tables.items()}
    assert undescribed == {"client": set(), "queue": {unnamed.MAILBOX}, "agent": {unnamed.AGENT}, "reason": set(unnamed.REASONS)}


def test_visits_parts_cases_and_answers_name_contacts_that_are_there(demo: Demo) -> None:
    home, truth = demo
    contacts = {row["contact_id"]: row for row in _rows(home, "contact", "contact_id, case_id, offered_at, ended_at")}
    segments, visits = _rows(home, "segment"), _rows(home, "queue_visit")
    assert len(segments) == truth.counts["segments"]
    assert {row["contact_id"] for row in segments} <= contacts.keys()
    assert {row["contact_id"] for row in visits} <= contacts.keys()
    assert {row["contact_id"] for row in _rows(home, "survey_invitation")} <= contacts.keys()
    cases = {row["case_id"] for row in _rows(home, "case")}
    assert {row["case_id"] for row in contacts.values() if row["case_id"] is not None} <= cases
    for row in segments:
        contact = contacts[row["contact_id"]]
        assert contact["offered_at"] <= row["started_at"] <= row["ended_at"] <= contact["ended_at"]  # type: ignore[operator]  # rows of Parquet have values of any type
        assert row["handle_s"] is not None or not row["answered"]


def test_every_fact_that_can_be_loaded_is_in_the_demo(demo: Demo) -> None:
    """But for sums by interval or day: this centre keeps every contact, and beside contacts sums do not count."""
    from nyckeltal.sources.mapping import KINDS

    assert [kind for kind in KINDS if not _rows(demo[0], kind, "count(*) as n")[0]["n"]] == ["summary"]


def test_what_is_told_of_contacts_names_those_that_are_there(demo: Demo) -> None:
    home, _ = demo
    contacts = {row["contact_id"] for row in _rows(home, "contact", "contact_id")}
    for fact in ("message", "qa_evaluation", "sale", "retention_case", "complaint"):
        assert {row["contact_id"] for row in _rows(home, fact, "contact_id")} <= contacts, fact
    agents = {row["agent_id"] for row in _rows(home, "agent", "agent_id")}
    for fact in ("schedule_shift", "absence", "feedback_talk", "qa_evaluation", "employment", "sale"):
        assert {row["agent_id"] for row in _rows(home, fact, "agent_id")} <= agents, fact


def test_transferred_calls_have_all_their_parts_and_stays(demo: Demo) -> None:
    home, _ = demo
    moved = _rows(home, "contact", "contact_id, segments_n, transfers_n")
    assert any(row["transfers_n"] for row in moved)
    visits: dict[object, int] = {}
    for row in _rows(home, "queue_visit", "contact_id"):
        visits[row["contact_id"]] = visits.get(row["contact_id"], 0) + 1
    assert all(visits[row["contact_id"]] >= 2 for row in moved if row["transfers_n"])


def test_the_spoilt_rows_are_refused_with_three_kinds_of_reasons(demo: Demo) -> None:
    home, truth = demo
    refused = ContactStore(home).set_aside().to_pylist()
    assert len(refused) == truth.counts["spoilt_rows"]
    assert {row["file"].rsplit("/", 1)[-1] for row in refused} == {"chats.csv"}
    assert len({row["reason_id"] for row in refused}) == 3


def test_a_mapping_lies_beside_every_file_and_loading_again_changes_nothing(demo: Demo) -> None:
    from nyckeltal.sources.load import load_together

    home, _ = demo
    folder = home / FOLDER
    assert len(list(folder.glob("*.toml"))) == len([file for file in folder.iterdir() if file.suffix != ".toml"])
    parts = [(folder / f"{name}.parquet", folder / f"{name}.toml") for name in ("stays", "parts", "states", "calls")]
    assert load_together(parts, home=home).already


def test_the_truth_lies_beside_the_data(demo: Demo) -> None:
    home, truth = demo
    assert read(home) == truth
    told = json.loads((home / "truth.json").read_text(encoding="utf-8"))
    assert told["last_day"] == str(datetime.now(UTC).date() - timedelta(days=1))
    assert len(told["agents"]) == 60
    assert sum(told["counts"]["by_month"].values()) == told["counts"]["contacts"]


@pytest.mark.parametrize(
    ("kpi", "low", "high"),
    [("fcr", 0.65, 0.88), ("csat", 7.2, 8.4), ("logged_share", 0.8, 0.97), ("aht", 240, 480), ("service_level", 0.6, 0.99)],
)
def test_the_figures_are_plausible(demo: Demo, kpi: str, low: float, high: float) -> None:
    figure = next(iter(ask(kpi, home=demo[0]).figures))
    assert figure.value is not None
    assert low < figure.value < high


def test_agent_states_follow_one_another_without_gaps(demo: Demo) -> None:
    rows = sorted(_rows(demo[0], "agent_state", "agent_id, started_at, ended_at, state"), key=lambda row: (row["agent_id"], row["started_at"]))
    assert {row["state"] for row in rows} == {"available", "talking", "acw", "break", "meeting", "logged_out"}
    for one, other in pairwise(rows):
        if one["agent_id"] == other["agent_id"]:
            assert abs((other["started_at"] - one["ended_at"]).total_seconds()) < 0.01  # type: ignore[operator]  # rows of Parquet have values of any type


def test_the_people_of_the_demo_stand_in_its_organisation(demo: Demo) -> None:
    snapshot = ContactStore(demo[0]).snapshot()
    agents = set(snapshot.small("agent")["agent_id"].to_pylist())
    clients = set(snapshot.small("client")["client_id"].to_pylist())
    assert {person.role for person in PEOPLE} == {"manager", "leader", "agent", "evaluator", "client", "representative", "administrator"}
    assert all(person.agent_id in agents for person in PEOPLE if person.agent_id is not None)
    assert all(set(person.client_ids) <= clients for person in PEOPLE)
