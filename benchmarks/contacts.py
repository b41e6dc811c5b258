"""Made-up contacts of any number, seeded: two years, forty clients of very different size, 1,500 agents, half a million customers per million contacts."""

from __future__ import annotations

from pathlib import Path

import duckdb

FIRST_DAY = "2024-11-01"
DAYS = 730

MAPPING = """[fact]
kind = "contact"
source = "bench"
[key]
columns = ["id"]
[columns]
client_id = "client"
queue_id = "queue"
channel = { is = "voice" }
offered_at = "offered_at"
wait_s = "wait_s"
outcome = "outcome"
customer_key = "customer"
reason_id = "reason"
agent_id = "agent"
talk_s = "talk_s"
hold_s = "hold_s"
acw_s = "acw_s"
"""
AGREEMENTS = """[fact]
kind = "agreement"
source = "bench"
[key]
columns = ["agreement_id"]
[columns]
agreement_id = "agreement_id"
client_id = "client_id"
measure = { is = "service_level" }
threshold = "threshold"
valid_from = "valid_from"
valid_to = "valid_to"
"""
CONTACTS = """
with drawn as (
    select i as id, hash(i, 1) % 1000000 / 1e6 as u1, hash(i, 2) % 1000000 / 1e6 as u2, hash(i, 3) % 1000000 / 1e6 as u3,
           hash(i, 4) % 1000000 / 1e6 as u4, hash(i, 5) % 1000000 / 1e6 as u5, hash(i, 6) % 1000000 / 1e6 as u6
    from range({start}, {end}) t(i)
), placed as (
    select *, (40 * u1 * u1 * u1)::int as client_n, -30 * ln(1 - u2) as wait, {day} as day from drawn
)
select 'b' || id as id, 'c' || client_n as client, 'c' || client_n || 'q' || (hash(id, 7) % 6) as queue,
       day + to_seconds((25200 + 43200 * (u3 + u4) / 2)::bigint) as offered_at,
       round(wait, 1) as wait_s, case when wait > 20 and u5 < 0.2 then 'abandoned' else 'answered' end as outcome,
       'k' || (hash(id, 8) % {customers}) as customer, 'r' || (hash(id, 9) % 60) as reason,
       case when wait > 20 and u5 < 0.2 then null else 'a' || (client_n * 37 + hash(id, 10) % 37)::int end as agent,
       case when wait > 20 and u5 < 0.2 then null else round(exp(5.3 + 0.6 * (u6 + u4 + u3 - 1.5)), 1) end as talk_s,
       case when wait > 20 and u5 < 0.2 then null else round(30 * u6, 1) end as hold_s,
       case when wait > 20 and u5 < 0.2 then null else round(60 * u5, 1) end as acw_s
from placed
"""


def write_contacts(file: Path, rows: int, *, first: int = 0, last_days: int | None = None) -> None:
    """`rows` contacts with ids from `first`; in the last so many days only, if that is said."""
    back = DAYS if last_days is None else last_days
    day = f"timestamp '{FIRST_DAY}' + to_days((({DAYS} - {back}) + hash(id, 11) % {back})::int)"
    sql = CONTACTS.format(start=first, end=first + rows, day=day, customers=max(1, rows // 2))
    with duckdb.connect() as con:
        con.execute(f"copy ({sql}) to '{file}' (format parquet, compression zstd)")


def write_corrected(file: Path, of: Path, rows: int) -> None:
    """The first rows of a file with one second more talk."""
    with duckdb.connect() as con:
        con.execute(f"copy (select * replace (talk_s + 1 as talk_s) from '{of}' where talk_s is not null limit {rows}) to '{file}' (format parquet)")


def write_agreements(file: Path) -> None:
    """Two service-level thresholds per client, one after the other."""
    lines = ["agreement_id,client_id,threshold,valid_from,valid_to"]
    for client in range(41):
        lines += [f"c{client}-1,c{client},{20 + client % 3 * 10},2024-01-01,2025-11-01", f"c{client}-2,c{client},{30 + client % 2 * 30},2025-11-01,"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
