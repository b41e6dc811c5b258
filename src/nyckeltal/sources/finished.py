"""Facts that a system has put together: checked by the data rules, then written as the store wants them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import checks
from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.sources import cells, refusing
from nyckeltal.sources.reading import Counted, Setting
from nyckeltal.sources.staging import Problem, constant, problem_rows, select_staged
from nyckeltal.sources.tabular import too_many

if TYPE_CHECKING:
    import duckdb


def write_checked(con: duckdb.DuckDBPyConnection, table: str, view: str, setting: Setting, counted: Counted) -> tuple[Path, Path]:
    """The good rows of `view` and the refused ones. The view has source_id, marks, file, line and original, what the system says of the table's
    loaded columns, and changed_at where it says that; what it never says is filled in.

    The system states its seconds itself, so clocks that disagree are marked and not refused (rule 7).
    """
    rules = checks.rules(table, checks.Limits(seconds_hold=True))
    problems = [Problem(rule.field, rule.broken, rule.value, rule.text) for rule in rules if rule.action == "aside"]
    marks = [f"CASE WHEN {rule.broken} THEN '{rule.name}' END" for rule in rules if rule.action == "mark"]
    broken = "".join(f" WHEN {problem.broken} THEN {at}" for at, problem in enumerate(problems))
    shown = "".join(f" WHEN {at} THEN ({problem.value})::VARCHAR" for at, problem in enumerate(problems))
    seen = f"list_distinct(list_filter(list_concat(marks, [{', '.join(marks) or 'NULL'}]::VARCHAR[]), lambda mark: mark IS NOT NULL))"
    there = {str(column[0]) for column in con.execute(f"DESCRIBE {view}").fetchall()}
    unsaid = "".join(f", {constant(column.kind, column.default)} AS {column.name}" for column in TABLES[table].loaded if column.name not in there)
    view = f"(SELECT *{unsaid} FROM {view})"
    found = f"SELECT * REPLACE ({seen} AS marks), CASE WHEN false THEN 0{broken} END AS problem FROM {view}"
    con.execute(f"CREATE OR REPLACE TEMP TABLE checked AS SELECT *, CASE problem WHEN -1 THEN NULL::VARCHAR{shown} END AS problem_value FROM ({found})")
    good, aside = setting.folder / f"{table}.parquet", setting.folder / f"set_aside-{table}.parquet"
    given = {"source": cells.quote(setting.source)} | ({} if "changed_at" in there else {"changed_at": "NULL"})
    con.execute(f"COPY (SELECT {select_staged(table, given)} FROM checked WHERE problem IS NULL) TO '{good}' (FORMAT parquet)")
    _count(con, table, problems, counted)
    _aside(con, table, problems, setting, aside)
    return good, aside


def _count(con: duckdb.DuckDBPyConnection, table: str, problems: list[Problem], counted: Counted) -> None:
    reasons = []
    for problem, n, line in con.execute("SELECT problem, count(*), min(line) FROM checked GROUP BY 1").fetchall():
        counted.read += n
        if problem is not None:
            reasons.append((problems[problem].text, problems[problem].field, n, line))
            counted.refused[problems[problem].field + ": " + problems[problem].text.id] += n
    refused = counted.refused.total()
    if counted.read >= 20 and refusing.too_many(refused, counted.read):
        raise too_many(table, refused, counted.read, reasons)


def _aside(con: duckdb.DuckDBPyConnection, table: str, problems: list[Problem], setting: Setting, path: Path) -> None:
    con.execute("CREATE OR REPLACE TEMP TABLE problems (problem INTEGER, field VARCHAR, reason_id VARCHAR, english VARCHAR, others VARCHAR)")
    if problems:
        con.executemany("INSERT INTO problems VALUES (?, ?, ?, ?, ?)", problem_rows(problems))
    given = {
        "load_id": cells.quote(setting.load_id),
        "fact": cells.quote(table),
        "field": "problems.field",
        "reason_id": "problems.reason_id",
        "reason": "replace(english, '%(value)s', coalesce(problem_value, ''))",
        "values": "json_merge_patch(others, json_object('value', problem_value))::VARCHAR",
        "set_aside_at": f"TIMESTAMPTZ '{setting.now.isoformat()}'",
    }
    columns = ", ".join(f'{given.get(name, chr(34) + name + chr(34))} AS "{name}"' for name in arrow_schema("set_aside").names)
    con.execute(f"COPY (SELECT {columns} FROM checked JOIN problems USING (problem) ORDER BY line) TO '{path}' (FORMAT parquet)")
