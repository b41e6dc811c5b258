"""A raw table and its mapping become staged facts: one pass of SQL that reads every cell, checks every rule and keeps every reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts import checks, where
from nyckeltal.contacts.expression import Name
from nyckeltal.contacts.laid import COMPRESSION
from nyckeltal.contacts.schema import TABLES, Column, staged_schema
from nyckeltal.contacts.spelled import to_sql
from nyckeltal.errors import Issue
from nyckeltal.sources import amounts, cells, choices, notation
from nyckeltal.sources.clocks import Clock, text_of
from nyckeltal.sources.mapping import Rule, Survey, TableMapping, with_real_dates
from nyckeltal.sources.reading import Setting, prefixed
from nyckeltal.sources.tables.raw import RawTable
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

earliest_year = 1970
ahead_days = 366
sql_types = {
    "moment": "TIMESTAMPTZ",
    "date": "DATE",
    "month": "DATE",
    "week": "DATE",
    "ids": "VARCHAR[]",
    "seconds": "DOUBLE",
    "number": "DOUBLE",
    "hours": "DOUBLE",
    "count": "BIGINT",
    "money": "BIGINT",
    "flag": "BOOLEAN",
}
scales = {"0_10": (0, 10), "1_10": (1, 10), "1_5": (1, 5), "1_7": (1, 7)}


@dataclass(frozen=True)
class Problem:
    """A reason to refuse a row: `broken` and `value` are SQL over the columns made so far."""

    field: str
    broken: str
    value: str
    text: Text


@dataclass
class Plan:
    """The SQL of one table in three steps: texts of the cells, their values, and the row as a fact."""

    texts: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=lambda: ["left_out", "problem"])


@dataclass(frozen=True)
class Staged:
    """One file's rows in `rows`: as the store takes them, with survey cells, `left_out` and `problem`; `problems` names the latter."""

    rows: Path
    problems: tuple[Problem, ...]
    raw: RawTable
    every: str = ""  # SQL of all that is wrong with them: problem, how often, first line, what stands there; `problem` names the first of a row only


def conditions(mapping: TableMapping, raw: RawTable) -> tuple[dict[str, str], list[Issue]]:
    """Every condition of the mapping as SQL over the raw table's cells, and what is wrong with them."""
    words = {identifier(name): name for name in raw.names if name}
    known = {word: where.Word("cell") for word in words}
    issues: list[Issue] = []
    found: dict[str, str] = {}

    def cell(name: Name) -> str:
        text = cells.trimmed(raw.column(words[name.name]))
        cast = {"cell number": "DOUBLE", "cell flag": "BOOLEAN", "cell date": "DATE", "cell moment": "TIMESTAMPTZ"}.get(name.kind)
        return cells.number(text, mapping.form.decimal) if cast == "DOUBLE" else f"try_cast({text} AS {cast})" if cast else text

    named = [(rule.said, rule.where) for rule in mapping.rules] + [("leave_out", part.where) for part in mapping.leave_out]
    for place, text in named:
        if text is None:
            continue
        try:
            found[text] = to_sql(where.parse(text, known), cell)
        except where.BadCondition as wrong:
            issues += [Issue(issue.text, None, None, place) for issue in wrong.issues]
    return found, issues


def identifier(name: str) -> str:
    """A column's name as conditions write it."""
    word = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in name)
    return f"_{word}" if word[:1].isdigit() else word


def stage(con: duckdb.DuckDBPyConnection, raw: RawTable, mapping: TableMapping, setting: Setting, tag: str) -> Staged:
    """Write the file's rows as facts with their problems."""
    conditioned, _ = conditions(mapping, raw)
    plan, described = Plan(), TABLES[mapping.kind]
    if raw.first_column is not None:
        mapping = with_real_dates(mapping)
    clock = Clock.of(con, raw, mapping, setting)
    plan.texts.append(f"{_left_out(mapping, conditioned)} AS left_out")
    _key(plan, raw, mapping)
    for column in described.loaded:
        _field(plan, column, raw, mapping, setting, conditioned, clock)
    for at, survey in enumerate(mapping.surveys):
        _survey(plan, at, survey, raw, mapping, clock)
    if mapping.changed_at:
        _read_rule(plan, "changed_at", mapping.changed_at, raw, mapping, clock)
    else:
        plan.values.append("NULL::TIMESTAMPTZ AS changed_at")
    plan.problems += [Problem(said, broken, "NULL", text) for said, broken, text in notation.mistakes(con, raw, mapping)]
    plan.problems[:0] = [Problem(*found) for found in choices.near_misses(con, raw, mapping)]
    plan.problems += _other_currencies(mapping)
    _rules(plan, mapping)
    plan.kept.append(select_staged(mapping.kind, {"source": cells.quote(setting.source)}))
    rows = setting.folder / f"{tag}-staged.parquet"
    con.execute(f"COPY ({_query(plan, raw, clock, mapping.kind)}) TO '{rows}' (FORMAT parquet, COMPRESSION {COMPRESSION})")
    return Staged(rows, tuple(plan.problems), raw, _every(plan, raw, clock))


def _every(plan: Plan, raw: RawTable, clock: Clock) -> str:
    """Of each field its first problem: what cannot be read is not missing besides."""
    of: dict[str, str] = {}
    for at, problem in enumerate(plan.problems):
        of[problem.field] = f"{of.get(problem.field, '')} WHEN {problem.broken} THEN struct_pack(at := {at}, value := ({problem.value})::VARCHAR)"
    told = ", ".join(f"CASE{cases} END" for cases in of.values())
    each = f"SELECT line, unnest([{told or 'NULL'}]) AS problem FROM ({_values(plan, raw, clock)}) WHERE left_out IS NULL"
    return f"SELECT problem.at, count(*), min(line), arg_min(problem.value, line) FROM ({each}) WHERE problem IS NOT NULL GROUP BY 1"


def _values(plan: Plan, raw: RawTable, clock: Clock) -> str:
    texts = f"SELECT line, {', '.join(plan.texts)} FROM read_parquet('{raw.rows}')"
    return f"SELECT *, {', '.join(plan.values)} FROM ({clock.placed(texts)})"


def _query(plan: Plan, raw: RawTable, clock: Clock, kind: str) -> str:
    """Texts, then local clocks, then values, then problems; each step sees the one before."""
    found = "".join(f" WHEN {problem.broken} THEN {at}" for at, problem in enumerate(plan.problems))
    shown = "".join(f" WHEN {at} THEN ({problem.value})::VARCHAR" for at, problem in enumerate(plan.problems))
    named = ", ".join(plan.marks)
    kept = f"list_filter([{named}]::VARCHAR[], lambda mark: mark IS NOT NULL)" if named else "[]::VARCHAR[]"
    values = _values(plan, raw, clock)
    marks = f", list_distinct({kept}) AS marks" if "marks" in TABLES[kind] else ""
    problem = f"SELECT *{marks}, CASE WHEN left_out IS NOT NULL THEN NULL{found} END AS problem FROM ({values})"
    value = f"CASE WHEN problem IS NOT NULL THEN CASE problem{shown} END END" if shown else "NULL::VARCHAR"
    return f"SELECT {', '.join(plan.kept)}, {value} AS problem_value FROM ({problem})"


def _left_out(mapping: TableMapping, conditioned: dict[str, str]) -> str:
    cases = "".join(f" WHEN {conditioned[part.where]} THEN {at}" for at, part in enumerate(mapping.leave_out))
    return f"CASE{cases} END" if cases else "NULL::INTEGER"


def _key(plan: Plan, raw: RawTable, mapping: TableMapping) -> None:
    """What tells rows apart: the named columns, else the column of the id, else the whole content."""
    described = TABLES[mapping.kind]
    rule = mapping.rule(described.key or "")
    named = rule.columns if rule else ()
    columns = named or mapping.key if described.family == "organisation" else mapping.key or named
    if columns:
        parts = [cells.trimmed(raw.column(name)) for name in columns]
        # a bar within a part is doubled, so that ("a|b", "c") and ("a", "b|c") stay two keys
        joined = " || '|' || ".join(f"coalesce(replace({part}, '|', '||'), '')" if len(parts) > 1 else f"coalesce({part}, '')" for part in parts)
        plan.texts.append(f"CASE WHEN coalesce({', '.join(parts)}, '') <> '' THEN {joined} END AS source_id")
        said = " + ".join(columns)
        plan.problems.append(Problem(said, "source_id IS NULL", "''", Text("sources.row.no_key", "The key (%(columns)s) is empty.", {"columns": said})))
    else:
        every = " || chr(31) || ".join(f"coalesce(c{at}, '')" for at in range(len(raw.names)))
        plan.texts.append(f"md5({every}) AS source_id")


def _field(plan: Plan, column: Column, raw: RawTable, mapping: TableMapping, setting: Setting, conditioned: dict[str, str], clock: Clock) -> None:
    """One field of the fact: from its rule, from the file or the load as a whole, or the model's default."""
    rule = mapping.rule(column.name)
    if column.name == "marks":
        return
    if rule is None:
        plan.values.append(f"{_unsaid(column, mapping, setting)} AS {column.name}")
        return
    if rule.where is not None:
        plan.texts.append(f"{conditioned[rule.where]} AS v_{column.name}")
        plan.values.append(f"v_{column.name} AS {column.name}")
        return
    if not rule.columns:
        plan.values.append(f"{_own_id(column, rule, constant(rule.kind, rule.constant), setting)} AS {column.name}")
        return
    value = _read_rule(plan, column.name, rule, raw, mapping, clock, column, setting)
    if column.required:
        text = Text("sources.row.empty", "“%(field)s” is needed and empty here.", {"field": rule.said})
        plan.problems.append(Problem(rule.said, f"{value} IS NULL", "''", text))


def _unsaid(column: Column, mapping: TableMapping, setting: Setting) -> str:
    described = TABLES[mapping.kind]
    if column.name == described.key:
        return f"{cells.quote(setting.source + ':')} || source_id" if column.name in prefixed else "source_id"
    if column.name == "client_id" and setting.client:
        return cells.quote(setting.client)
    if column.name == "zone" and mapping.form.zone:
        return cells.quote(mapping.form.zone)
    if column.name == "currency" and any(other.kind == "money" for other in described.columns):
        return _currency(mapping, setting)
    return constant(column.kind, column.default)


def _currency(mapping: TableMapping, setting: Setting) -> str:
    """The currency that the amounts name, else the client's."""
    named = [f"nullif({amounts.currency(f'x_{rule.field}')}, '')" for rule in _amounts(mapping)]
    clients = "".join(f" WHEN {cells.quote(client)} THEN {cells.quote(currency)}" for client, currency in setting.currencies.items())
    of_client = f"CASE client_id{clients} END" if clients else "NULL::VARCHAR"
    return f"coalesce({', '.join([*named, of_client])}, NULL)"


def _amounts(mapping: TableMapping) -> list[Rule]:
    return [rule for rule in mapping.rules if rule.kind == "money" and rule.columns]


def _other_currencies(mapping: TableMapping) -> list[Problem]:
    """Amounts that name another currency than their row."""
    text = Text("sources.row.currency", "“%(value)s” names another currency than the row. One row is in one currency.")
    return [
        Problem(rule.said, f"{amounts.currency(f'x_{rule.field}')} NOT IN ('', coalesce(currency, ''))", f"x_{rule.field}", text) for rule in _amounts(mapping)
    ]


def constant(kind: str, value: object) -> str:
    """A constant as SQL in the type of its kind."""
    target = sql_types.get(kind, "VARCHAR")
    if value is None:
        return f"NULL::{target}"
    if kind in ("money", "month", "week"):
        return cells.read(kind, cells.quote(value), (), ".").value
    if kind == "ids":
        parts = [value] if isinstance(value, str) else list(value) if isinstance(value, (list, tuple)) else []
        return f"[{', '.join(map(cells.quote, parts))}]::VARCHAR[]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value}::{target}" if isinstance(value, (int, float)) else f"{cells.quote(value)}::{target}"


def _own_id(column: Column, rule: Rule, value: str, setting: Setting) -> str:
    """Ids of facts carry their source, so that two sources never collide; customers are hidden."""
    if column.name in prefixed:
        return f"{cells.quote((rule.source or setting.source) + ':')} || {value}"
    if column.name == "currency":
        return f"upper({value})"
    return setting.hide_sql(value) if column.name == "customer_key" else value


def _read_rule(
    plan: Plan,
    name: str,
    rule: Rule,
    raw: RawTable,
    mapping: TableMapping,
    clock: Clock,
    column: Column | None = None,
    setting: Setting | None = None,
) -> str:
    """Read a rule's cells into `name`; the SQL that names the value."""
    plan.texts.append(f"{text_of(rule, raw)} AS x_{name}")
    if rule.values is not None:
        meant = {said: constant(rule.kind, means) for said, means in rule.values.items() if said != "*"}
        other = f" ELSE CASE WHEN x_{name} IS NOT NULL THEN {constant(rule.kind, rule.values['*'])} END" if "*" in rule.values else ""
        value = f"CASE coalesce(x_{name}, ''){''.join(f' WHEN {cells.quote(said)} THEN {means}' for said, means in meant.items())}{other} END"
        said = ", ".join(rule.values)
        text = Text("sources.row.no_rule", "No rule says what “%(value)s” means. There is: %(known)s.", {"known": said})
    elif column is not None and column.choices:
        options = ", ".join(map(cells.quote, column.choices))
        value = f"CASE WHEN lower(x_{name}) IN ({options}) THEN lower(x_{name}) END"
        text = Text("sources.row.no_choice", "“%(value)s” is none of: %(known)s. Say under values what it means.", {"known": ", ".join(column.choices)})
    else:
        reading = cells.read(rule.kind, f"x_{name}", rule.forms, mapping.form.decimal)
        value, text = reading.value, reading.unreadable
        if rule.kind == "moment":
            value = f"m_{name}"
            plan.marks += clock.marks(name)
    if column is not None and setting is not None:
        value = _own_id(column, rule, value, setting)
    plan.values.append(f"{value} AS {name}")
    missing = f"{name} IS NULL" if rule.kind != "ids" else "false"
    plan.problems.append(Problem(rule.said, f"x_{name} IS NOT NULL AND {missing}", f"x_{name}", text))
    if rule.kind in cells.dated:
        plan.problems.append(_beyond_sense(name, rule, clock))
    return name


def _beyond_sense(name: str, rule: Rule, clock: Clock) -> Problem:
    text = Text("sources.row.beyond_sense", "“%(value)s” would be %(field)s in a year that makes no sense.", {"field": rule.said})
    if rule.kind != "moment":
        return Problem(rule.said, f"year({name}) NOT BETWEEN 1901 AND 9999", f"x_{name}", text)
    latest = f"TIMESTAMPTZ '{clock.now.isoformat()}' + INTERVAL {ahead_days} DAY"
    return Problem(rule.said, f"({name} < TIMESTAMPTZ '{earliest_year}-01-02' OR {name} > {latest})", f"x_{name}", text)


def _survey(plan: Plan, at: int, survey: Survey, raw: RawTable, mapping: TableMapping, clock: Clock) -> None:
    name = _read_rule(plan, f"s{at}_value", survey.value, raw, mapping, clock)
    plan.kept.append(name)
    if survey.scale in scales:
        low, high = scales[survey.scale]
        text = Text("sources.row.scale", "“%(value)s” is not on the scale from %(low)s to %(high)s.", {"low": low, "high": high})
        plan.problems.append(Problem(survey.question, f"{name} NOT BETWEEN {low} AND {high}", f"x_{name}", text))
    for part, rule in (("text", survey.text), ("answered_at", survey.answered_at)):
        if rule is not None:
            plan.kept.append(_read_rule(plan, f"s{at}_{part}", rule, raw, mapping, clock))


def _rules(plan: Plan, mapping: TableMapping) -> None:
    given = checks.Limits()
    limits = checks.Limits(mapping.checks.get("ghost_below_s", given.ghost_below_s), mapping.checks.get("longest_part_s", given.longest_part_s))
    for rule in checks.rules(mapping.kind, limits):
        if rule.action == "aside":
            plan.problems.append(Problem(rule.field, rule.broken, rule.value, rule.text))
        else:
            plan.marks.append(f"CASE WHEN {rule.broken} THEN '{rule.name}' END")


def select_staged(table: str, instead: Mapping[str, str] | None = None) -> str:
    """The columns of a staged table in the schema's order and types, for a SELECT; `instead` gives SQL for columns not there by name."""
    types = {"timestamp[us, tz=UTC]": "TIMESTAMPTZ", "date32[day]": "DATE", "double": "DOUBLE", "int64": "BIGINT", "bool": "BOOLEAN", "string": "VARCHAR"}
    given = instead or {}
    return ", ".join(f'({given.get(one.name, one.name)})::{types.get(str(one.type), "VARCHAR[]")} AS "{one.name}"' for one in staged_schema(table))


def problem_rows(problems: Sequence[Problem]) -> list[tuple[int, str, str, str, str]]:
    """(number, field, id, English with the value still open, other values as JSON) of each problem."""
    rows = []
    for at, problem in enumerate(problems):
        values = {name: str(value) for name, value in problem.text.values.items()}
        english = problem.text.english
        for name, value in values.items():
            english = english.replace(f"%({name})s", value)
        rows.append((at, problem.field, problem.text.id, english.replace("%%", "%"), json.dumps(values, ensure_ascii=False)))
    return rows
