"""A mapping as a person changes it: what the form says put into the mapping, everything the form does not show kept as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from nyckeltal.contacts.schema import TABLES, Column
from nyckeltal.sources.mapping import field_of

LEAVE_OUT = "·leave out"  # what a value may mean besides: its rows are no facts
Mapped = dict[str, Any]
Form = Mapping[str, str]


def changed(mapping: Mapped, seen: Mapping[str, Any], form: Form, keys: list[str]) -> Mapped:
    """`form` has `m<n>` (what column n means), `f<n>` (how it is written), `v<n>.<k>` (what its k-th value means), `is.<field>`, `where<n>`, `reason<n>`;
    `keys` are the numbers of the columns that tell rows apart."""
    names = [column["name"] for column in seen["columns"]]
    new = dict(mapping)
    new["file"] = _file(mapping.get("file", {}), form)
    new["fact"] = _fact(mapping.get("fact", {}), form, str(seen["kind"]))
    new["columns"] = {**_constants(form, str(seen["kind"])), **_kept(mapping, names), **_columns(mapping, seen, form)}
    new["leave_out"] = [*_conditions(form), *_values_left_out(seen, form)]
    key = [names[int(at)] for at in keys if at.isdigit() and int(at) < len(names)]
    new["key"] = {name: value for name, value in mapping.get("key", {}).items() if name != "columns"} | ({"columns": key} if key else {})
    return {name: part for name, part in new.items() if part}


def _file(had: Mapped, form: Form) -> Mapped:
    said = {name: form[name].strip() for name in ("zone", "decimal") if name in form}
    return {**{name: value for name, value in had.items() if name not in said}, **{name: value for name, value in said.items() if value}}


def _fact(had: Mapped, form: Form, kind: str) -> Mapped:
    said = {name: form.get(name, had.get(name, "") if name == "source" else "").strip() for name in ("client", "source")}
    rest = {name: value for name, value in had.items() if name not in ("kind", *said)}
    return {"kind": kind, **{name: value for name, value in said.items() if value}, **rest}


def _constants(form: Form, kind: str) -> Mapped:
    given = {name.removeprefix("is."): value.strip() for name, value in form.items() if name.startswith("is.") and value.strip()}
    return {name: {"is": _of_its_kind(field_of(TABLES[kind], name), value)} for name, value in given.items()}


def _of_its_kind(column: Column | None, said: str) -> Any:
    """A number or yes and no as such; what cannot be one is told where mappings are checked."""
    if column is not None and column.kind == "flag":
        return {"true": True, "false": False}.get(said.casefold(), said)
    if column is None or column.kind not in ("seconds", "number", "money", "count"):
        return said
    try:
        number = float(said.replace(",", "."))
    except ValueError:
        return said
    return said if not isfinite(number) else int(number) if number.is_integer() else number


def _kept(mapping: Mapped, names: list[str]) -> Mapped:
    """Rules that the form does not show: conditions, and columns that the file names but did not show."""
    found = {}
    for said, rule in mapping.get("columns", {}).items():
        if isinstance(rule, Mapping) and ("where" in rule or ("from" in rule and not set(columns_of(rule)) <= set(names))):
            found[said] = dict(rule)
    return found


def columns_of(rule: Any) -> list[str]:
    """The columns a rule reads."""
    if isinstance(rule, str):
        return [rule]
    given = rule.get("from", ()) if isinstance(rule, Mapping) else ()
    return [given] if isinstance(given, str) else list(given)


def _columns(mapping: Mapped, seen: Mapping[str, Any], form: Form) -> Mapped:
    """Column by column: two of one meaning, a day and a clock time for example, are read together."""
    meant: dict[str, list[int]] = {}
    for at in range(len(seen["columns"])):
        if said := form.get(f"m{at}", ""):
            meant.setdefault(said, []).append(at)
    return {said: _rule(mapping, seen, form, said, places) for said, places in meant.items()}


def _rule(mapping: Mapped, seen: Mapping[str, Any], form: Form, said: str, places: list[int]) -> Any:
    columns = [seen["columns"][at]["name"] for at in places]
    had = mapping.get("columns", {}).get(said)
    if set(columns_of(had)) == set(columns):
        columns = columns_of(had)  # in the order of before
    rule: Mapped = {name: value for name, value in had.items() if name in ("none", "source")} if isinstance(had, Mapping) else {}
    rule["from"] = columns[0] if len(columns) == 1 else columns
    if written := next((form[f"f{at}"] for at in places if form.get(f"f{at}", "").strip()), ""):
        rule["as"] = written.strip()
    if values := _not_in_this_file(had, seen, form, places) | dict(_values(seen, form, said, places)):
        rule["values"] = values
    return columns[0] if rule == {"from": columns[0]} else rule


def _not_in_this_file(had: Any, seen: Mapping[str, Any], form: Form, places: list[int]) -> Mapped:
    """What the mapping knows of values that this file happens not to have, or that the form did not ask about."""
    asked = {
        value for at in places for n, value in enumerate(seen.get("values", {}).get(seen["columns"][at]["name"], ())) if f"v{at}.{n}" in form
    }  # fmt: skip
    same = set(columns_of(had)) == {seen["columns"][at]["name"] for at in places}
    known: Mapped = had.get("values", {}) if isinstance(had, Mapping) and same else {}
    return {value: means for value, means in known.items() if value not in asked}


def _values(seen: Mapping[str, Any], form: Form, said: str, places: list[int]) -> Iterator[tuple[str, Any]]:
    kind = next((column.kind for column in [field_of(TABLES[str(seen["kind"])], said)] if column), "text")
    for at in places:
        for n, value in enumerate(seen.get("values", {}).get(seen["columns"][at]["name"], ())):
            means = form.get(f"v{at}.{n}", "")
            if means and means != LEAVE_OUT:
                yield value, means == "true" if kind == "flag" else means


def _conditions(form: Form) -> list[Mapped]:
    given = [(form.get(f"where{at}", "").strip(), form.get(f"reason{at}", "").strip()) for at in range(20)]
    return [{"where": where, "reason": reason or where} for where, reason in given if where]


def _values_left_out(seen: Mapping[str, Any], form: Form) -> list[Mapped]:
    found = []
    for at, column in enumerate(seen["columns"]):
        for n, value in enumerate(seen.get("values", {}).get(column["name"], ())):
            if form.get(f"v{at}.{n}") == LEAVE_OUT and form.get(f"m{at}"):
                found.append({"where": f"{identifier(column['name'])} == {literal(value)}", "reason": value})
    return found


def identifier(name: str) -> str:
    """A column as conditions write it: other characters become _."""
    word = "".join(letter if letter.isalnum() or letter == "_" else "_" for letter in name)
    return f"_{word}" if word[:1].isdigit() else word


def literal(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def conditions(mapping: Mapped, seen: Mapping[str, Any]) -> list[Mapped]:
    """What is left out besides single values of a column."""
    by_value = {f"{identifier(name)} == {literal(value)}" for name, values in seen.get("values", {}).items() for value in values}
    return [part for part in mapping.get("leave_out", ()) if part.get("where") not in by_value]


def left_out_values(mapping: Mapped, column: str, values: list[str]) -> set[str]:
    """The values of a column whose rows the mapping leaves out by the conditions that the form writes."""
    wheres = {part.get("where") for part in mapping.get("leave_out", ())}
    return {value for value in values if f"{identifier(column)} == {literal(value)}" in wheres}
