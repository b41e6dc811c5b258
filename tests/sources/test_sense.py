"""Rows of the newer facts that make no sense are set aside with what would have been right (kpi-reference 9.3), and how far such facts are known."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.load import load
from nyckeltal.sources.mapping_file import read_mapping
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.tables import connect
from nyckeltal.sources.tabular import read_tables
from tables import put

NOW = datetime(2026, 4, 20, 12, tzinfo=UTC)
T = "2026-03-02 10:00:00"
EARLIER = "2026-03-02 09:00:00"

# fact → (columns, a row that breaks a rule, what is said of it)
BROKEN: list[tuple[str, str, str, str]] = [
    ("schedule_shift", "agent_id,started_at,ended_at", f"anna,{T},{EARLIER}", "ended_at is .*, before started_at"),
    ("absence", "agent_id,kind,started_at,hours", f"anna,sick,{T},-3", "hours is …, and cannot be below zero"),
    ("absence", "agent_id,kind,started_at", f"anna,sik,{T}", "“…” is none of: sick, leave, care, other. Did you mean “sick”?"),
    ("forecast", "queue_id,interval_start,contacts,shrinkage", f"q,{T},12,30", "shrinkage is …; a share lies between 0 and 1, so that 30 % is 0.3"),
    ("forecast", "queue_id,interval_start,contacts,interval_s", f"q,{T},12,0", "interval_s is …, and must be more than zero"),
    ("forecast", "queue_id,interval_start,contacts,aht_s", f"q,{T},12,-5", "aht_s is …; a duration is never negative"),
    ("outage", "started_at,lost_agent_share", f"{T},1.2", "lost_agent_share is …; a share lies between 0 and 1"),
    ("qa_evaluation", "agent_id,completed_at,score", f"anna,{T},101", "score is …; it lies between 0 and 100"),
    ("qa_evaluation", "agent_id,started_at,completed_at", f"anna,{T},{EARLIER}", "completed_at is .*, before started_at"),
    ("qa_evaluation", "agent_id,completed_at,design_weight", f"anna,{T},0", "design_weight is …, and must be more than zero"),
    ("qa_answer", "evaluation_id,item_id,value_n", "e,i,75", "value_n is …; a share lies between 0 and 1"),
    ("sale", "sold_at,amount", f"{T},-349.90", "amount is …, and cannot be below zero"),
    ("sale", "sold_at,cancelled_at", f"{T},{EARLIER}", "cancelled_at is .*, before sold_at"),
    ("sale", "sold_at,amount,currency", f"{T},349.90 EUR,SEK", "“…” names another currency than the row"),
    ("sale", "sold_at,amount,currency", f"{T},349.90,kr", "“…” is no currency; write its three letters"),
    ("sale", "sold_at,amount", f'{T},"1,234"', "“…” is no amount of money"),
    ("sale", "sold_at,kind", f"{T},upsel", "Did you mean “upsell”?"),
    ("retention_case", "requested_at,lost_at", f"{T},{EARLIER}", "lost_at is .*, before requested_at"),
    ("order", "ordered_at,amount", f"{T},-1", "amount is …, and cannot be below zero"),
    ("complaint", "received_at,closed_at", f"{T},{EARLIER}", "closed_at is .*, before received_at"),
    ("customer_base_month", "month_start,new", "2026-03,-1", "new is …, and cannot be below zero"),
    ("finance_month", "month_start,service_cost", "2026-03,-0.01", "service_cost is …, and cannot be below zero"),
    ("finance_month", "month_start,service_cost", "spring 2026,1", "“…” is no month like 2026-03, 2026-03-01 or March 2026"),
    ("employment", "employment_id,agent_id,valid_from,day_h", "1,anna,2026-03-01,0", "day_h is …, and must be more than zero"),
    ("employment", "employment_id,agent_id,valid_from,hours_week", "1,anna,2026-03-01,400", "hours_week is …; it lies between 0 and 168"),
    ("employment", "employment_id,agent_id,valid_from,valid_to", "1,anna,2026-03-01,2026-02-01", "valid_to is …, before valid_from"),
    ("feedback_talk", "agent_id,held_at,acknowledged_at", f"anna,{T},{EARLIER}", "acknowledged_at is .*, before held_at"),
    ("employee_response", "question_id,week,value", "enps,soon,9", "“…” is no week like 2026-W10 or 2026-03-02"),
    ("report_task", "due_on,reasons_n,with_owner_and_action_n", "2026-03-06,9,10", "with_owner_and_action_n is …, more than reasons_n"),
    ("message", "contact_id,author,sent_at", f"c,robot,{T}", "“…” is none of: customer, agent, bot, system. Did you mean “bot”?"),
]


def _mapping(kind: str, columns: str) -> dict[str, Any]:
    fact = {"kind": kind, "source": "x"} | ({} if kind in ("employee_response", "employment") else {"client": "x"})
    return {"fact": fact, "columns": {name: name for name in columns.split(",")}}


@pytest.mark.parametrize(("kind", "columns", "row", "said"), BROKEN, ids=[f"{kind}-{at}" for at, (kind, *_) in enumerate(BROKEN)])
def test_a_row_without_sense_is_refused_with_what_would_be_right(kind: str, columns: str, row: str, said: str, tmp_path: Path) -> None:
    file = put(tmp_path, f"{columns}\n{row}\n")
    with pytest.raises(CannotRead, match="1 of 1 rows cannot be used") as refused:
        load(file, mapping=_mapping(kind, columns), home=tmp_path / "home", now=NOW)
    [issue] = refused.value.issues
    shown = str(issue.text)
    for part in said.replace("…", ".*").split(".*"):
        assert part in shown


def _read(folder: Path, kind: str, text: str, currencies: dict[str, str] | None = None, mapping: dict[str, Any] | None = None) -> Reading:
    file = put(folder, text)
    said, issues = read_mapping(mapping or _mapping(kind, text.splitlines()[0]))
    made = folder / "made"
    made.mkdir(exist_ok=True)
    setting = Setting(made, "x", said.client, "Europe/Stockholm", NOW, lambda sql: sql, currencies=currencies or {})
    con = connect(made)
    try:
        return read_tables(con, [file], said, list(issues), setting)
    finally:
        con.close()


def _rows(reading: Reading, kind: str) -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(reading.facts[kind][0]).to_pylist()
    return found


def test_an_amount_without_a_currency_is_in_that_of_its_client(tmp_path: Path) -> None:
    text = f"client_id,sold_at,amount\nbank,{T},10.00\nshop,{T},20.00\nbank,{T},30 EUR\n"
    found = _read(tmp_path, "sale", text, {"bank": "SEK", "shop": "DKK"})
    assert [(row["amount"], row["currency"]) for row in _rows(found, "sale")] == [(1000, "SEK"), (2000, "DKK"), (3000, "EUR")]
    assert found.warnings == []


def test_whose_currency_nobody_knows_is_told(tmp_path: Path) -> None:
    found = _read(tmp_path, "sale", f"client_id,sold_at,amount\nbank,{T},10.00\nbank,{T},\n")
    assert [str(warning) for warning in found.warnings] == [
        'Rows whose currency is not known: 1. Say currency = { is = "SEK" } under [columns], or give the client a currency before loading.'
    ]


def test_a_constant_amount_and_month_are_read_like_cells(tmp_path: Path) -> None:
    columns = {"client_id": "client", "month_start": {"is": "2026-03"}, "service_cost": {"is": 12.5}, "currency": {"is": "SEK"}}
    [row] = _rows(_read(tmp_path, "finance_month", "client\nbank\n", mapping={"fact": {"kind": "finance_month"}, "columns": columns}), "finance_month")
    assert (row["month_start"].isoformat(), row["service_cost"]) == ("2026-03-01", 1250)


def test_a_months_form_needs_no_day_and_a_days_form_does() -> None:
    form = {"fact": {"kind": "finance_month", "client": "x"}, "columns": {"month_start": {"from": "m", "as": "%m-%y"}}}
    assert read_mapping(form)[1] == []
    [issue] = read_mapping({"fact": {"kind": "report_task", "client": "x"}, "columns": {"due_on": {"from": "d", "as": "%m-%y"}}})[1]
    assert "has no day" in str(issue)


def test_customers_that_do_not_add_up_are_kept_and_marked(tmp_path: Path) -> None:
    text = "month_start,opening,new,churned,closing\n2026-02,100,10,5,105\n2026-03,105,10,5,120\n"
    assert [row["marks"] for row in _rows(_read(tmp_path, "customer_base_month", text), "customer_base_month")] == [[], ["customers_do_not_add_up"]]


@pytest.mark.parametrize(
    ("kind", "text", "first", "last"),
    [
        ("finance_month", "month_start,service_cost\n2026-01,1\n2026-02,1\n", "2025-12-31T23:00", "2026-02-28T23:00"),
        ("finance_month", "month_start,service_cost\n2026-04,1\n", "2026-03-31T22:00", "2026-04-20T12:00"),
        ("employee_response", "question_id,week,value\nenps,2026-W10,9\n", "2026-03-01T23:00", "2026-03-08T23:00"),
        ("report_task", "due_on\n2026-03-06\n2026-04-07\n", "2026-03-05T23:00", "2026-04-07T22:00"),
        ("complaint", f"received_at\n{T}\n2026-03-30 23:30:00\n", "2026-03-01T23:00", "2026-03-30T22:00"),
    ],
)
def test_a_fact_is_known_until_the_end_of_its_last_day_week_or_month(kind: str, text: str, first: str, last: str, tmp_path: Path) -> None:
    [(known_from, known_until)] = _read(tmp_path, kind, text).kinds[kind].values()
    assert (f"{known_from:%Y-%m-%dT%H:%M}", f"{known_until.astimezone(UTC):%Y-%m-%dT%H:%M}") == (first, last)


def test_answers_of_evaluations_have_no_time_of_their_own(tmp_path: Path) -> None:
    assert "qa_answer" not in _read(tmp_path, "qa_answer", "evaluation_id,item_id,value_n\ne,i,1\n").kinds
    with duckdb.connect() as con:
        assert coverage(con, {"qa_answer": [Path("nowhere")]}, Setting(tmp_path, "x", None, None, NOW, str), None) == {}
