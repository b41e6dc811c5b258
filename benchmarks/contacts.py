"""Made-up contacts of any number, drawn in columns from a seed: two years and a fortnight, 41 clients of very different size, 246 queues,
1,517 agents in 164 teams (half change team once), 200 reasons, one contact in five a repeat, customers' marks after one in six."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Self

import duckdb

FIRST_DAY = date(2024, 11, 1)
DAYS = 745  # the fortnight after the two years lets every contact that is asked about mature
NEXT_DAY = FIRST_DAY + timedelta(days=DAYS)
MOVED_ON = "2025-11-01"
CLIENTS, AGENTS_EACH, REASONS, AREAS = 41, 37, 200, 12

# `root`: whose customer and reason it is; a repeat is about what its predecessor was about, one to ten days later.
_DRAWN = """
with numbered as (
    select i as id, case when draw(i, 12) < 0.25 and i > {start} + {each} then i - 1 else i end as root from range({start}, {end}) t(i)
), drawn as (
    select id, root, draw(root, 1) as u1, draw(id, 2) as u2, draw(id, 3) as u3, draw(id, 4) as u4, draw(id, 5) as u5, draw(id, 6) as u6 from numbered
), placed as (
    select *, case when root < {each} then root else (40 * u1 * u1 * u1)::int end as client_n,
           round(-30 * ln(1 - u2), 1) as wait, wait > 20 and u5 < 0.2 as gone, {day} as day from drawn
)
"""
_CONTACTS = """
select 'b' || id as id, 'c' || client_n as client, 'c' || client_n || 'q' || pick(id, 7, 6) as queue,
       day + to_seconds((25200 + 43200 * (u3 + u4) / 2)::bigint) as offered_at, wait as wait_s, case when gone then 'abandoned' else 'answered' end as outcome,
       'k' || pick(root, 8, {customers}) as customer, 'r' || (200 * draw(root, 9) * draw(root, 9))::int % 200 as reason,
       case when not gone then 'a' || (client_n * 37 + pick(id, 10, 37)) end as agent,
       case when not gone then round(exp(5.3 + 0.6 * (u6 + u4 + u3 - 1.5)), 1) end as talk_s,
       case when not gone then round(30 * u6, 1) end as hold_s,
       case when not gone then round(60 * u5, 1) end as acw_s,
       case when not gone then case when draw(id, 13) < 0.08 then 'transfer' when draw(id, 13) < 0.11 then 'escalation' else 'customer' end end as ending
from placed
"""
_ANSWERS = """
select 's' || id as id, 'c' || client_n as client, day + to_seconds((30000 + 43200 * u3)::bigint) as answered_at, least(5, 2 + pick(id, 14, 5))::int as mark
from placed where not gone and draw(id, 15) < 0.18
"""
_PLACED_BY = {"contact": "offered_at", "answer": "answered_at"}
# The first so many contacts are one of each client, on the last day: so the days of every client are known to the end.
_USUAL_DAY = """
    case when id < {each} then {days} - 1 else least(pick(root, 11, {days}) + case when id = root then 0 else 1 + pick(id, 16, 10) end, {days} - 1) end
"""
_ANY_DAY = f"timestamp '{FIRST_DAY}' + to_days({_USUAL_DAY.format(days=DAYS, each=CLIENTS)}::int)"


class Drawing:
    """Contacts of one seed, in a DuckDB of its own. `rows` says how many customers there are: one for every two contacts."""

    def __init__(self, rows: int, seed: int) -> None:
        self.customers = max(1, rows // 2)
        self.con = duckdb.connect()
        self.con.execute(f"create macro pick(i, n, among) as hash(i, n, {seed}) % among; create macro draw(i, n) as pick(i, n, 1000000) / 1e6")
        self.con.execute("set enable_progress_bar = false; set preserve_insertion_order = false")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def written(self, folder: Path, name: str, rows: int) -> list[Path]:
        """Folders with the rows of each month, in order; `name` is contact or answer."""
        drawn = f"select *, strftime({_PLACED_BY[name]}, '%Y-%m') as month from ({self._sql(name, 0, rows, _ANY_DAY)})"
        self.con.execute(f"copy ({drawn}) to '{folder / name}' (format parquet, compression zstd, partition_by (month))")
        return sorted((folder / name).iterdir())

    def separated(self, file: Path, rows: int) -> None:
        """The contacts of all months as one CSV file, in no order of time."""
        self.con.execute(f"copy ({self._sql('contact', 0, rows, _ANY_DAY)}) to '{file}' (format csv, header)")

    def one_day(self, file: Path, first: int, rows: int, latest: Path) -> None:
        """Contacts of the day after all others; one in four comes back about what it came about in the latest month, a folder."""
        again = rows // 4
        come_back = f"""select * replace ('b' || ({first + rows - again} + row_number() over (order by id)) as id,
            timestamp '{NEXT_DAY}' + (offered_at - date_trunc('day', offered_at)) as offered_at) from {_rows(latest)} order by id limit {again}"""
        drawn = self._sql("contact", first, rows - again, f"timestamp '{NEXT_DAY}'")
        self._write(file, f"from ({drawn}) union all from ({come_back})")

    def corrected(self, file: Path, of: Path, rows: int) -> None:
        """Contacts of a folder with one second more talk."""
        self._write(
            file,
            f"select * replace (talk_s + 1 as talk_s) from {_rows(of)} where talk_s is not null order by id limit {rows}",
        )

    def _sql(self, name: str, first: int, rows: int, day: str) -> str:
        drawn = _DRAWN.format(start=first, end=first + rows, day=day, each=CLIENTS)
        return drawn + {"contact": _CONTACTS.format(customers=self.customers), "answer": _ANSWERS}[name]

    def _write(self, file: Path, sql: str) -> None:
        self.con.execute(f"copy ({sql}) to '{file}' (format parquet, compression zstd)")


def _rows(folder: Path) -> str:
    return f"read_parquet('{folder}/*.parquet', hive_partitioning = false)"


def organisation() -> dict[str, list[str]]:
    """The lines of a file per table: agreements whose threshold changes once, teams, memberships with leaders, reasons in two levels, the question."""
    return {
        "agreement": ["agreement_id,client_id,measure,threshold,valid_from,valid_to", *_agreements()],
        "team": ["team_id,name", *(f"{team},Team {team}" for team in sorted({_team(agent) for agent in range(CLIENTS * AGENTS_EACH)}))],
        "team_membership": ["membership_id,agent_id,team_id,valid_from,valid_to,role", *_memberships()],
        "reason": ["reason_id,parent_id,level,label", *_reasons()],
        "question": ["question_id,measure,scale", "satisfied,csat,1_5"],
    }


def _team(agent: int, later: bool = False) -> str:
    client, place = divmod(agent, AGENTS_EACH)
    return f"t{client}-{(place // 10 + later) % 4}"


def _agreements() -> Iterator[str]:
    for client in range(CLIENTS):
        yield f"c{client}-1,c{client},service_level,{20 + client % 3 * 10},2024-01-01,{MOVED_ON}"
        yield f"c{client}-2,c{client},service_level,{30 + client % 2 * 30},{MOVED_ON},"


def _memberships() -> Iterator[str]:
    for agent in range(CLIENTS * AGENTS_EACH):
        moves = agent % 2
        yield f"m{agent}-1,a{agent},{_team(agent)},2024-01-01,{MOVED_ON if moves else ''},agent"
        if moves:
            yield f"m{agent}-2,a{agent},{_team(agent, later=True)},{MOVED_ON},,agent"
    for client in range(CLIENTS):
        yield f"l{client},leader{client},t{client}-0,2024-01-01,,leader"


def _reasons() -> Iterator[str]:
    yield from (f"area{area},,1,Area {area}" for area in range(AREAS))
    yield from (f"r{reason},area{reason % AREAS},2,Reason {reason}" for reason in range(REASONS))
