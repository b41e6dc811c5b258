"""The guessing behind `describe`: header names first, then the shape of the values, then what is left for the person to say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES, Column
from nyckeltal.sources import amounts, cells, intervals, lengths, ratings
from nyckeltal.sources import columns as known
from nyckeltal.sources.called import EXAMPLE
from nyckeltal.sources.keys import Key, best_key
from nyckeltal.sources.meanings import known_values
from nyckeltal.sources.placing import read_as
from nyckeltal.sources.shapes import clock_forms, day_forms, fits, named_so
from nyckeltal.sources.staging import identifier

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.describe import ColumnGuess
    from nyckeltal.sources.tables import RawTable

fitting = {  # the shapes of values that each kind of field can be read from
    "moment": ("moment", "date"),
    "date": ("date", "moment"),
    "month": ("date", "moment", "text", "number"),
    "week": ("date", "moment", "text", "number"),
    "seconds": ("number", "clock", "duration"),
    "number": ("number",),
    "hours": ("number", "clock"),
    "share": ("number", "text"),
    "count": ("number",),
    "money": ("number", "text"),
    "flag": ("flag", "text", "number"),
    "choice": ("text", "flag", "number"),
    "ids": ("text", "number"),
}
named_exactly = ("customer_key", "language", "channel", "case_id", "is_test")  # a likeness says too little
scales = {"1_5": (1, 5), "1_7": (1, 7), "1_10": (1, 10), "0_10": (0, 10)}


@dataclass(frozen=True)
class Proposal:
    """The columns with their meanings, the mapping, the fields still needed, and what tells the rows apart."""

    columns: tuple[ColumnGuess, ...]
    mapping: dict[str, Any]
    needed: tuple[str, ...]
    key: Key


def propose(con: duckdb.DuckDBPyConnection, raw: RawTable, seen: Sequence[ColumnGuess], kind: str, name: str) -> Proposal:
    """How to read the table as this kind of fact."""
    guesses = {guess.name: guess for guess in seen}
    fields = _fields(con, raw, kind, seen)
    if kind == "survey_invitation":
        _asked_about(seen, fields)
    if kind == "summary":
        intervals.complete(con, raw, seen, fields)
    for field, (columns, rule, confidence) in fields.items():
        for column in columns:
            if guesses[column].field is None:
                guesses[column] = replace(guesses[column], field=field.removeprefix("own_"), rule=rule, confidence=confidence)
    key = best_key(con, raw, kind, list(guesses.values()))
    mapping = _mapping(raw, kind, fields, key, name)
    _survey(con, raw, kind, guesses, mapping)
    if kind == "survey_invitation":
        _one_row_each(con, raw, guesses, mapping)
    _example(con, raw, mapping)
    _decimal(con, raw, kind, fields, mapping)
    if kind == "survey_response":
        _answers(con, raw, fields, mapping)
    described = TABLES[kind]
    given = set(fields) | {column.name for column in described.loaded if column.name in mapping["columns"]} | {"client_id", described.key}
    needed = [column.name for column in described.loaded if column.required and column.name not in given]
    needed += [f"{field}: {value}" for field, (_, rule, _) in fields.items() if isinstance(rule, dict) for value in rule.get("unknown", ())]
    return Proposal(tuple(guesses.values()), mapping, tuple(needed), key)


Fields = dict[str, tuple[list[str], Any, str]]


def _fields(con: duckdb.DuckDBPyConnection, raw: RawTable, kind: str, seen: Sequence[ColumnGuess]) -> Fields:
    """Field → (columns, rule, confidence), each column once, the surest first."""
    described = TABLES[kind]
    wanted = [column for column in described.loaded if column.name not in ("marks", described.key)]
    no_rows, filled = all(guess.shape.kind == "empty" for guess in seen), _is_template(seen, kind)
    ranked = sorted(
        (
            (1.0 if guess.name == column.name else known.says(guess.name, kind, column.name), -at, guess, column)
            for column in wanted
            for at, guess in enumerate(seen)
            if no_rows or _by_template(guess, column) or guess.shape.kind in _readable(kind, column)
            if filled or not _is_number_of_row(guess, kind, column)
        ),
        key=lambda one: (-one[0], -one[1]),
    )
    found: Fields = {}
    taken: set[str] = set()
    for likeness, _, guess, column in ranked:
        if likeness >= (1 if column.name in named_exactly else 0.5) and column.name not in found and guess.name not in taken:
            rule = _rule(con, raw, guess, column, kind)
            if rule is not None:
                sure = likeness == 1 and guess.shape.sure and not (isinstance(rule, dict) and rule.get("unknown"))
                found[column.name] = ([guess.name], rule, "sure" if sure else "check")
                taken.add(guess.name)
    _moments(con, kind, described.placed_by if kind != "case" else "opened_at", seen, found, taken)
    return found


def _readable(kind: str, column: Column) -> tuple[str, ...]:
    """The shapes of values that the field can be read from."""
    return fitting.get(read_as(kind, column.name, column.kind), ("text", "number", "flag", "clock", "date"))


def _by_template(guess: ColumnGuess, column: Column) -> bool:
    """A header as pages and templates have it: a bad cell below it is told when the row is read."""
    return known.plain(guess.name) in known.everywhere(column.name) and not column.choices


def _is_template(seen: Sequence[ColumnGuess], kind: str) -> bool:
    """Whether every header is one that templates of this fact have, the one of its number among them: then none is there by chance."""
    described, headers = TABLES[kind], {known.plain(guess.name) for guess in seen}
    every = {name for column in described.loaded for name in known.everywhere(column.name)}
    return headers <= every and not headers.isdisjoint(known.everywhere(described.key or ""))


def _is_number_of_row(guess: ColumnGuess, kind: str, column: Column) -> bool:
    """Figures of which none comes twice are no lengths of time, even under a word that pages have for one: “Samtal” is a call, and the talk in it."""
    return column.kind == "seconds" and guess.shape.unique and known.likeness(guess.name, known.names_of(kind, column.name)) < 1


def _rule(con: duckdb.DuckDBPyConnection, raw: RawTable, guess: ColumnGuess, column: Column, fact: str) -> Any:
    """How to read the column as the field, None where it cannot be."""
    kind, field = column.kind, column.name
    if kind == "money" and amounts.in_thousands(guess.name):
        return None
    if kind in ("moment", "date"):
        return {"from": guess.name, "as": guess.shape.form} if guess.shape.form else guess.name
    if kind == "seconds" and guess.shape.kind == "clock":
        form = guess.shape.form or "h:mm:ss"
        return {"from": guess.name, "as": "h:mm:ss" if form == "%H:%M:%S" else "mm:ss" if form in ("%H:%M", "mm:ss") else form}
    if kind == "seconds" and lengths.unit(guess.name) in ("minutes", "hours"):
        return {"from": guess.name, "as": lengths.unit(guess.name)}
    if column.choices:
        said = values(con, raw, guess.name)
        meant = known.meanings(said, known_values(fact, field))
        return {"from": guess.name, "values": meant, "unknown": [value for value in said if value not in meant]} if meant else None
    return guess.name


def values(con: duckdb.DuckDBPyConnection, raw: RawTable, name: str) -> list[str]:
    """The different values of a column, the most frequent first, at most fifty."""
    column = raw.column(name)
    query = f"SELECT trim({column}) FROM read_parquet('{raw.rows}') WHERE trim(coalesce({column}, '')) <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 51"
    return [str(value) for (value,) in con.execute(query).fetchall()]


def _moments(con: duckdb.DuckDBPyConnection, kind: str, placing: str | None, seen: Sequence[ColumnGuess], found: Fields, taken: set[str]) -> None:
    """A day in one column and clock times in others make moments together; a lone day places what needs no clock time."""
    if placing is None or (placing in found and _has_clock(seen, found[placing][0][0])):
        return
    days = [
        guess
        for guess in seen
        if guess.shape.kind == "date" and (known.likeness(guess.name, known.DATES) or [guess.name] == found.get(placing, ([], None, ""))[0])
    ]
    clocks = [
        guess for guess in seen if (guess.shape.kind == "clock" or (kind in intervals.KINDS and intervals.form(guess.samples))) and guess.name not in taken
    ]
    if not days and kind in known.BY_HAND and placing not in found:
        days = [guess for guess in seen if guess.shape.kind == "date" and guess.name not in taken][:1]  # the first of a list by hand is when it began
    if not days:
        return
    others = [field for field in ("answered_at", "ended_at") if field in TABLES[kind] and field != placing]
    named = {field: max(clocks, key=lambda guess: known.says(guess.name, kind, field), default=None) for field in others}
    first = next(
        (guess for guess in clocks if known.likeness(guess.name, known.TIMES) == 1 or known.says(guess.name, kind, placing) == 1),
        clocks[0] if clocks else None,
    )
    pairs = [(placing, first)] + [(field, guess) for field, guess in named.items() if guess and known.says(guess.name, kind, field) == 1]
    for field, clock in pairs:
        if clock is not None and clock.name not in taken:
            taken |= {clock.name, days[0].name}
            form = _together(con, days[0], clock)
            sure = "sure" if days[0].shape.sure and days[0].shape.form is None else "check"
            found[field] = ([days[0].name, clock.name], {"from": [days[0].name, clock.name], "as": form}, sure)
    if placing not in found and kind in known.BY_HAND and days[0].name not in taken:
        found[placing] = ([days[0].name], {"from": days[0].name, "as": days[0].shape.form} if days[0].shape.form else days[0].name, "check")


def _has_clock(seen: Sequence[ColumnGuess], name: str) -> bool:
    return next(guess for guess in seen if guess.name == name).shape.kind == "moment"


def _together(con: duckdb.DuckDBPyConnection, day: ColumnGuess, clock: ColumnGuess) -> str:
    days = [day.shape.form] if day.shape.form else fits(con, day.samples, day_forms, named_so)
    span = intervals.form(clock.samples)
    clocks = [span] if span else fits(con, clock.samples, clock_forms, named_so)
    return f"{days[0] if days else '%Y-%m-%d'} {clocks[0] if clocks else '%H:%M:%S'}"


def _mapping(raw: RawTable, kind: str, fields: Fields, key: Key, name: str) -> dict[str, Any]:
    described = TABLES[kind]
    form = {
        key: value
        for key, value in (("separator", raw.separator if raw.separator != "," else None), ("encoding", raw.encoding))
        if value not in (None, "utf-8", "utf-8-sig")
    }
    columns: dict[str, Any] = {}
    if "channel" in described and described["channel"].required and "channel" not in fields:
        columns["channel"] = {"is": "voice"}
    if described.family == "organisation" and key.columns and described.key:
        columns[described.key] = key.columns[0]
    for column in described.loaded:
        if column.name in fields:
            rule = fields[column.name][1]
            said = column.name.removeprefix("own_") if column.name.startswith("own_") and column.name.removeprefix("own_") != "ended_at" else column.name
            columns[said] = {part: value for part, value in rule.items() if part != "unknown"} if isinstance(rule, dict) else rule
    fact = {"kind": kind} if "client_id" in fields or "client_id" not in described or kind == "client" else {"kind": kind, "client": name}
    if "client" not in fact:
        fact["source"] = name
    mapping: dict[str, Any] = {"file": form, "fact": fact}
    if key.usable and described.family != "organisation":
        mapping["key"] = {"columns": list(key.columns)}
    return {**mapping, "columns": columns}


def _example(con: duckdb.DuckDBPyConnection, raw: RawTable, mapping: dict[str, Any]) -> None:
    """The row of a template that only shows how to fill it in is left out."""
    marks = ", ".join(map(cells.quote, EXAMPLE))
    if con.execute(f"SELECT 1 FROM (SELECT trim(c0) AS first FROM read_parquet('{raw.rows}') ORDER BY line LIMIT 5) WHERE first IN ({marks})").fetchone():
        mapping["leave_out"] = [{"where": f"{identifier(raw.names[0])} in ({marks})", "reason": "example row of the template"}]


def _decimal(con: duckdb.DuckDBPyConnection, raw: RawTable, kind: str, fields: Fields, mapping: dict[str, Any]) -> None:
    """The decimal sign, where amounts such as 2,400 leave it open and others of them say it."""
    money = [raw.column(columns[0]) for field, (columns, _, _) in fields.items() if TABLES[kind][field].kind == "money"]
    named = _currency_of([raw.names[int(column[1:])] for column in money])
    if named and "currency" not in fields:
        mapping["columns"]["currency"] = {"is": named}
    patterns = (r"^\d{1,3}[.,]\d{3}$", r"^\d*\.\d{1,2}$|,\d{3}\.\d|,\d{3},\d{3}$", r"^\d*,\d{1,2}$|\.\d{3},\d|\.\d{3}\.\d{3}$")
    counts = ", ".join(f"count(*) FILTER (regexp_matches(bare, '{pattern}'))" for pattern in patterns)
    bare = " UNION ALL ".join(f"SELECT regexp_replace({column}, '[^0-9.,]', '', 'g') AS bare FROM read_parquet('{raw.rows}')" for column in money)
    open_n, points, commas = (con.execute(f"SELECT {counts} FROM ({bare})").fetchone() if money else None) or (0, 0, 0)
    if open_n and bool(points) != bool(commas):
        mapping["file"]["decimal"] = "." if points else ","


def _currency_of(headers: Sequence[str]) -> str | None:
    """The one currency that headers of amounts name: “Cost (€)”, “Kostnad SEK”."""
    codes = "SEK|DKK|NOK|EUR|HUF|GBP|USD|CHF|PLN|CZK"
    signs = {"€": "EUR", "£": "GBP", "Ft": "HUF"}
    named = {signs.get(word, word) for header in headers for word in re.findall(rf"\b(?:{codes}|Ft)\b|[€£]", header)}
    return named.pop() if len(named) == 1 else None


def _answers(con: duckdb.DuckDBPyConnection, raw: RawTable, fields: Fields, mapping: dict[str, Any]) -> None:
    """What a table of answers to one question leaves unsaid: which question it was, and the scale as the values show it."""
    given = fields["value"][0][0] if "value" in fields else None
    measure = ratings.measured(given) if given else None
    if "question_id" not in fields:
        mapping["columns"]["question_id"] = {"is": measure if measure in ("nps", "ces") else "satisfaction"}
    if "scale" not in fields:
        mapping["columns"]["scale"] = {"is": "0_10" if measure == "nps" else _scale(con, raw, given) if given else "text"}


def _scale(con: duckdb.DuckDBPyConnection, raw: RawTable, name: str) -> str:
    """The smallest scale that has all the values of a column."""
    number = cells.number(f"trim({raw.column(name)})", None)
    low, high = con.execute(f"SELECT min({number}), max({number}) FROM read_parquet('{raw.rows}')").fetchone() or (None, None)
    held = [scale for scale, (least, most) in scales.items() if low is not None and least <= low <= high <= most]
    return held[0] if held else "0_10"


def _numbers(samples: Sequence[str]) -> list[float]:
    """The samples that are numbers; the odd one may be a title or a remark."""
    plain = (sample.strip().replace(",", ".") for sample in samples)
    return [float(text) for text in plain if re.fullmatch(r"[+-]?\d+(\.\d+)?", text)]


def _survey(con: duckdb.DuckDBPyConnection, raw: RawTable, kind: str, guesses: dict[str, ColumnGuess], mapping: dict[str, Any]) -> None:
    """Ratings in a contact's row are answers to questions: one of satisfaction, and those whose name says what they measure."""
    if kind != "contact":
        return
    free = [guess for guess in guesses.values() if guess.field is None and _is_rating(guess)]
    asked = ratings.proposed(con, raw, [guess.name for guess in free if ratings.measured(guess.name) not in (None, "csat")])
    if rated := next((guess for guess in free if ratings.measured(guess.name) == "csat"), None):
        scale = "1_5" if rated.shape.distinct <= 5 and max(_numbers(rated.samples)) <= 5 else "0_10"
        asked.insert(0, {"question": "satisfaction", "measure": "csat", "scale": scale, "value": rated.name})
    if asked:
        mapping["survey"] = asked
        guesses |= {one["value"]: replace(guesses[one["value"]], field="survey", confidence="check") for one in asked}


def _is_rating(guess: ColumnGuess) -> bool:
    values = _numbers(guess.samples) if guess.shape.kind == "number" else []
    return bool(values) and guess.shape.distinct <= 11 and 0 <= min(values) <= max(values) <= 10


def _asked_about(seen: Sequence[ColumnGuess], fields: Fields) -> None:
    """Where each row is a customer's answers: a lone moment is when they came, and an id is the contact's only where it is called so."""
    if "contact_id" in fields and not known.likeness(fields["contact_id"][0][0], ratings.LINKS["contact_id"]):
        del fields["contact_id"]
    taken = {column for columns, _, _ in fields.values() for column in columns}
    if "drawn_at" not in fields and (guess := ratings.when(seen, taken)):
        fields["drawn_at"] = ([guess.name], {"from": guess.name, "as": guess.shape.form} if guess.shape.form else guess.name, "check")


def _one_row_each(con: duckdb.DuckDBPyConnection, raw: RawTable, guesses: dict[str, ColumnGuess], mapping: dict[str, Any]) -> None:
    """The questions among the columns that mean nothing else and are called like one."""
    key = mapping.get("key", {}).get("columns", ())
    free = [name for name, guess in guesses.items() if guess.field is None and name not in key and ratings.measured(name)]
    if asked := ratings.proposed(con, raw, free):
        words = [name for name, guess in guesses.items() if guess.field is None and name not in key and known.likeness(name, known.NAMES["text"]) == 1]
        if len(asked) == 1 and words:
            asked[0]["text"] = words[0]
            guesses[words[0]] = replace(guesses[words[0]], field="survey", confidence="check")
        mapping["survey"] = asked
        guesses |= {one["value"]: replace(guesses[one["value"]], field="survey", confidence="check") for one in asked}
