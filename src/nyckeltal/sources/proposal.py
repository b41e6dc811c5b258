"""The guessing behind `describe`: header names first, then the shape of the values, then what is left for the person to say."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources import columns as known
from nyckeltal.sources.mapping import KINDS
from nyckeltal.sources.shapes import clock_forms, day_forms, fits

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.describe import ColumnGuess, Description
    from nyckeltal.sources.tables import RawTable

fitting = {  # the shapes of values that each kind of field can be read from
    "moment": ("moment", "date"),
    "date": ("date", "moment"),
    "seconds": ("number", "clock", "duration"),
    "number": ("number",),
    "count": ("number",),
    "flag": ("flag", "text", "number"),
    "choice": ("text", "flag", "number"),
    "ids": ("text", "number"),
}
named_exactly = ("customer_key", "language", "channel", "case_id", "is_test")  # a likeness says too little
own_names = ("contact", "case", "agent_state")
choices = {"outcome": known.OUTCOMES, "channel": known.CHANNELS, "direction": known.DIRECTIONS}


def propose(con: duckdb.DuckDBPyConnection, raw: RawTable, seen: Sequence[ColumnGuess], name: str) -> tuple[str, list[ColumnGuess], dict[str, Any], list[str]]:
    """The kind of fact, each column with its meaning, the mapping, and the fields still needed."""
    kind = _kind(seen)
    guesses = {guess.name: guess for guess in seen}
    fields = _fields(con, raw, kind, seen)
    for field, (columns, rule, confidence) in fields.items():
        for column in columns:
            if guesses[column].field is None:
                guesses[column] = replace(guesses[column], field=field.removeprefix("own_"), rule=rule, confidence=confidence)
    mapping = _mapping(con, raw, kind, seen, fields, name)
    _survey(kind, guesses, mapping)
    described = TABLES[kind]
    given = set(fields) | {column.name for column in described.loaded if column.name in mapping["columns"]} | {"client_id", described.key}
    needed = [column.name for column in described.loaded if column.required and column.name not in given]
    needed += [f"{field}: {value}" for field, (_, rule, _) in fields.items() if isinstance(rule, dict) for value in rule.get("unknown", ())]
    return kind, list(guesses.values()), mapping, needed


def _kind(seen: Sequence[ColumnGuess]) -> str:
    """Header names that are the model's own tell the table; else a case by its opening and closing, else a contact."""
    names = {guess.name for guess in seen}
    exact = {name: len(names & {column.name for column in TABLES[name].loaded}) for name in KINDS if name not in own_names and _needs(name) <= names}
    if exact and 2 * max(exact.values()) > len(names):
        return max(exact, key=lambda name: exact[name])
    best = {
        field: max((known.likeness(guess.name, known.NAMES[field]) for guess in seen), default=0)
        for field in ("opened_at", "closed_at", "state", "started_at", "offered_at", "wait_s")
    }
    if best["opened_at"] == 1 and best["closed_at"] == 1 and best["wait_s"] == 0:
        return "case"
    if best["state"] == 1 and best["started_at"] == 1 and best["offered_at"] < 1:
        return "agent_state"
    return "contact"


def _needs(kind: str) -> set[str]:
    """The model's names without which a table is not of this kind."""
    needs = {column.name for column in TABLES[kind].loaded if column.required}
    return needs - {"client_id"} or needs


Fields = dict[str, tuple[list[str], Any, str]]


def _fields(con: duckdb.DuckDBPyConnection, raw: RawTable, kind: str, seen: Sequence[ColumnGuess]) -> Fields:
    """Field → (columns, rule, confidence), each column once, the surest first."""
    described = TABLES[kind]
    wanted = [(column, known.NAMES.get(column.name, "")) for column in described.loaded if column.name not in ("marks", described.key)]
    ranked = sorted(
        (
            (1.0 if guess.name == column.name else known.likeness(guess.name, names), -at, guess, column)
            for column, names in wanted
            for at, guess in enumerate(seen)
            if guess.shape.kind in fitting.get(column.kind, ("text", "number", "flag", "clock", "date"))
        ),
        key=lambda one: (-one[0], -one[1]),
    )
    found: Fields = {}
    taken: set[str] = set()
    for likeness, _, guess, column in ranked:
        if likeness >= (1 if column.name in named_exactly else 0.5) and column.name not in found and guess.name not in taken:
            rule = _rule(con, raw, guess, column.kind, column.name)
            if rule is not None:
                sure = likeness == 1 and guess.shape.sure and not (isinstance(rule, dict) and rule.get("unknown"))
                found[column.name] = ([guess.name], rule, "sure" if sure else "check")
                taken.add(guess.name)
    _moments(con, described.placed_by if kind != "case" else "opened_at", seen, found, taken)
    return found


def _rule(con: duckdb.DuckDBPyConnection, raw: RawTable, guess: ColumnGuess, kind: str, field: str) -> Any:
    """How to read the column as the field, None where it cannot be."""
    if kind in ("moment", "date"):
        return {"from": guess.name, "as": guess.shape.form} if guess.shape.form else guess.name
    if kind == "seconds" and guess.shape.kind == "clock":
        form = guess.shape.form or "h:mm:ss"
        return {"from": guess.name, "as": "h:mm:ss" if form == "%H:%M:%S" else "mm:ss" if form in ("%H:%M", "mm:ss") else form}
    if field in choices:
        values = _values(con, raw, guess.name)
        meant = known.meanings(values, choices[field])
        return {"from": guess.name, "values": meant, "unknown": [value for value in values if value not in meant]} if meant else None
    return guess.name


def _values(con: duckdb.DuckDBPyConnection, raw: RawTable, name: str) -> list[str]:
    """The different values of a column, the most frequent first, at most fifty."""
    column = raw.column(name)
    query = f"SELECT trim({column}) FROM read_parquet('{raw.rows}') WHERE trim(coalesce({column}, '')) <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 51"
    return [str(value) for (value,) in con.execute(query).fetchall()]


def _moments(con: duckdb.DuckDBPyConnection, placing: str | None, seen: Sequence[ColumnGuess], found: Fields, taken: set[str]) -> None:
    """A day in one column and clock times in others make moments together."""
    if placing is None or (placing in found and _has_clock(seen, found[placing][0][0])):
        return
    days = [
        guess
        for guess in seen
        if guess.shape.kind == "date" and (known.likeness(guess.name, known.DATES) or [guess.name] == found.get(placing, ([], None, ""))[0])
    ]
    clocks = [guess for guess in seen if guess.shape.kind == "clock" and guess.name not in taken]
    if not days:
        return
    named = {field: max(clocks, key=lambda guess: known.likeness(guess.name, known.NAMES[field]), default=None) for field in ("answered_at", "ended_at")}
    first = next(
        (guess for guess in clocks if known.likeness(guess.name, known.TIMES) == 1 or known.likeness(guess.name, known.NAMES["offered_at"]) == 1),
        clocks[0] if clocks else None,
    )
    pairs = [(placing, first)] + [(field, guess) for field, guess in named.items() if guess and known.likeness(guess.name, known.NAMES[field]) == 1]
    for field, clock in pairs:
        if clock is not None and clock.name not in taken and placing in (field, "offered_at"):
            taken |= {clock.name, days[0].name}
            form = _together(con, days[0], clock)
            found[field] = (
                [days[0].name, clock.name],
                {"from": [days[0].name, clock.name], "as": form},
                "sure" if days[0].shape.sure and days[0].shape.form is None else "check",
            )


def _has_clock(seen: Sequence[ColumnGuess], name: str) -> bool:
    return next(guess for guess in seen if guess.name == name).shape.kind == "moment"


def _together(con: duckdb.DuckDBPyConnection, day: ColumnGuess, clock: ColumnGuess) -> str:
    days = [day.shape.form] if day.shape.form else fits(con, day.samples, day_forms)
    clocks = fits(con, clock.samples, clock_forms)
    return f"{days[0] if days else '%Y-%m-%d'} {clocks[0] if clocks else '%H:%M:%S'}"


def _mapping(con: duckdb.DuckDBPyConnection, raw: RawTable, kind: str, seen: Sequence[ColumnGuess], fields: Fields, name: str) -> dict[str, Any]:
    described = TABLES[kind]
    form = {
        key: value
        for key, value in (("separator", raw.separator if raw.separator != "," else None), ("encoding", raw.encoding))
        if value not in (None, "utf-8", "utf-8-sig")
    }
    columns: dict[str, Any] = {}
    if "channel" in described and described["channel"].required and "channel" not in fields:
        columns["channel"] = {"is": "voice"}
    key = _key(con, raw, kind, seen)
    if described.family == "organisation" and key and described.key:
        columns[described.key] = key[0]
    for column in described.loaded:
        if column.name in fields:
            rule = fields[column.name][1]
            said = column.name.removeprefix("own_") if column.name.startswith("own_") and column.name.removeprefix("own_") != "ended_at" else column.name
            columns[said] = {part: value for part, value in rule.items() if part != "unknown"} if isinstance(rule, dict) else rule
    fact = {"kind": kind} if "client_id" in fields or "client_id" not in described or kind == "client" else {"kind": kind, "client": name}
    if "client" not in fact:
        fact["source"] = name
    mapping: dict[str, Any] = {"file": form, "fact": fact}
    if key and described.family != "organisation":
        mapping["key"] = {"columns": key}
    return {**mapping, "columns": columns}


def _key(con: duckdb.DuckDBPyConnection, raw: RawTable, kind: str, seen: Sequence[ColumnGuess]) -> list[str]:
    """The column that tells rows apart, by its name and in the whole file; else that column together with another one."""
    described = TABLES[kind]
    names = known.NAMES["contact_id"] + ", " + known.NAMES["case_id"]
    own = [guess.name for guess in seen if guess.name == described.key]
    likely = own + [guess.name for guess in seen if guess.shape.kind in ("text", "number") and known.likeness(guess.name, names) == 1]
    for name in likely:
        if _unique(con, raw, [name]):
            return [name]
    for name in likely:
        for other in (guess.name for guess in seen if guess.name != name and guess.shape.kind == "text"):
            if _unique(con, raw, [other, name]):
                return [other, name]
    return []


def _unique(con: duckdb.DuckDBPyConnection, raw: RawTable, names: Sequence[str]) -> bool:
    parts = ", ".join(raw.column(name) for name in names)
    found = con.execute(f"SELECT count(*), count(DISTINCT ({parts})) FILTER ({raw.column(names[-1])} IS NOT NULL) FROM read_parquet('{raw.rows}')").fetchone()
    return bool(found and found[0] and found[0] == found[1])


def _numbers(samples: Sequence[str]) -> list[float]:
    """The samples that are numbers; the odd one may be a title or a remark."""
    plain = (sample.strip().replace(",", ".") for sample in samples)
    return [float(text) for text in plain if re.fullmatch(r"[+-]?\d+(\.\d+)?", text)]


def _survey(kind: str, guesses: dict[str, ColumnGuess], mapping: dict[str, Any]) -> None:
    """A rating in a contact's row is an answer to a question."""
    if kind != "contact":
        return
    for guess in list(guesses.values()):
        values = _numbers(guess.samples) if guess.shape.kind == "number" else []
        if (
            guess.field is None
            and values
            and known.likeness(guess.name, known.SATISFACTION)
            and guess.shape.distinct <= 11
            and 0 <= min(values) <= max(values) <= 10
        ):
            scale = "1_5" if guess.shape.distinct <= 5 and max(values) <= 5 else "0_10"
            guesses[guess.name] = replace(guess, field="survey", confidence="check")
            mapping["survey"] = [{"question": "satisfaction", "measure": "csat", "scale": scale, "value": guess.name}]
            return


def toml(described: Description) -> str:
    """The mapping as a file a person goes on with."""
    if described.system:
        return f"# {described.file} is a {described.system} file and needs no mapping: nyckeltal load --as {described.system} {described.file}\n"
    lines = [f"# {described.file}: {described.rows} rows, {len(described.columns)} columns. Proposed from names and values; what says “check” is a guess."]
    unsure = {str(guess.field) for guess in described.columns if guess.confidence == "check"}
    mapping = described.mapping
    lines += [
        "",
        "[file]",
        *(f"{key} = {_value(value)}" for key, value in mapping["file"].items()),
        '# zone = "Europe/Stockholm"  # of times without an offset; without it they are UTC',
    ]
    lines += [
        "",
        "[fact]",
        *(f"{key} = {_value(value)}{'  # check: whose contacts they are' if key == 'client' else ''}" for key, value in mapping["fact"].items()),
    ]
    if "key" in mapping:
        lines += ["", "[key]", f"columns = {_value(mapping['key']['columns'])}"]
    else:
        lines += (
            ["", '# [key]  # columns = ["…"]: what tells rows apart. Without it corrected rows are refused.'] if TABLES[described.kind].family == "fact" else []
        )
    lines += ["", "[columns]"]
    for field, rule in mapping["columns"].items():
        lines.append(f"{field} = {_value(rule)}{'  # check' if field in unsure or (isinstance(rule, dict) and 'is' in rule) else ''}")
    lines += [f'# {field} = "…"  # needed, and no column seems to give it' for field in described.needed if ": " not in field]
    lines += [f"# say under values, or leave out, what it means: {field}" for field in described.needed if ": " in field]
    for survey in mapping.get("survey", ()):
        lines += ["", "[[survey]]  # check", *(f"{key} = {_value(value)}" for key, value in survey.items())]
    if any(": " in field for field in described.needed):
        lines += ["", "# [[leave_out]]  # rows that are no contacts", "# where = \"outcome == '…'\"", '# reason = "…"']
    left = [guess.name for guess in described.columns if guess.field is None and guess.name not in mapping.get("key", {}).get("columns", ())]
    lines += [
        "",
        *(f"# not used: {_value(name)}, for example {_value(', '.join(guess.samples))}" for name in left for guess in described.columns if guess.name == name),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _value(value: Any) -> str:
    """A value as TOML."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key if key.isidentifier() and key.isascii() else _value(key)} = {_value(part)}" for key, part in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, bool) else str(value).lower()
