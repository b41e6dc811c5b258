"""The columns of a file as the page shows them: what each seems to mean, how sure that is, and what can be chosen instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from nyckeltal.contacts.schema import TABLES, Column
from nyckeltal.sources.mapping import KINDS, field_of, said_fields
from nyckeltal.sources.shapes import day_forms
from nyckeltal.web.contacts.loads import draft, words

Choices = list[tuple[str, str, bool]]  # value, label, chosen
CLOCKS = ("%H:%M:%S", "%H:%M")


@dataclass(frozen=True)
class Value:
    name: str
    said: str
    choices: Choices


@dataclass(frozen=True)
class Shown:
    """One column. `sure` is sure, check, needed or empty where it is left out."""

    at: int
    name: str
    samples: str
    means: Choices
    used: bool
    sure: str
    forms: Choices
    values: list[Value]
    is_key: bool


def kinds(seen: Mapping[str, Any], mapping: Mapping[str, Any]) -> Choices:
    """Every fact there is, the likely ones first."""
    order = [*seen.get("likely", ()), *KINDS]
    named = {"survey_invitation": gettext("Answers to surveys, a column for each question")} if mapping.get("survey") else {}
    return [(kind, named.get(kind) or words.kind(kind), kind == seen["kind"]) for kind in dict.fromkeys(order)]


def shown(seen: Mapping[str, Any], mapping: Mapping[str, Any]) -> list[Shown]:
    """In the order of the file."""
    meant = {column: said for said, rule in mapping.get("columns", {}).items() for column in draft.columns_of(rule)}
    key = mapping.get("key", {}).get("columns", [])
    return [
        _shown(at, column, seen, mapping, meant.get(column["name"], ""), [key] if isinstance(key, str) else key) for at, column in enumerate(seen["columns"])
    ]


def _shown(at: int, column: Mapping[str, Any], seen: Mapping[str, Any], mapping: Mapping[str, Any], said: str, key: list[str]) -> Shown:
    described = TABLES[str(seen["kind"])]
    field = field_of(described, said) if said else None
    options = sorted(((name, words.field(name)) for name in said_fields(described)), key=lambda pair: pair[1].casefold())
    values = _values(at, column["name"], field, said, seen, mapping)
    asked = _asked(mapping).get(column["name"])
    unsaid = asked or (gettext("Only tells the rows apart") if column["name"] in key else gettext("Leave out"))
    return Shown(
        at, column["name"], ", ".join(column["samples"]), [("", unsaid, not said), *((name, label, name == said) for name, label in options)],
        bool(said or asked) or column["name"] in key, "check" if asked and not said else _sure(column, said, values),
        _forms(column, field, mapping, said), values, column["name"] in key,
    )  # fmt: skip


def _asked(mapping: Mapping[str, Any]) -> dict[str, str]:
    """What the columns are that [[survey]] reads: answers to a question, and what was written with them."""
    found: dict[str, str] = {}
    for survey in mapping.get("survey", ()):
        labels = {"value": words.question(survey), "text": words.field("text"), "answered_at": words.field("answered_at")}
        found |= {column: label for part, label in labels.items() for column in draft.columns_of(survey.get(part))}
    return found


def _sure(column: Mapping[str, Any], said: str, values: list[Value]) -> str:
    if any(not any(chosen for value, _, chosen in one.choices if value) for one in values):
        return "needed"
    if not said:
        return ""
    guessed = (column["field"] or "").removeprefix("own_") == said.removeprefix("own_")
    return "check" if guessed and column["confidence"] == "check" else "sure"


def _forms(column: Mapping[str, Any], field: Column | None, mapping: Mapping[str, Any], said: str) -> Choices:
    """How moments and durations are written; nothing to choose where they are neither."""
    if field is None or field.kind not in ("moment", "date", "seconds"):
        return []
    rule = mapping["columns"][said]
    now = rule.get("as", "") if isinstance(rule, Mapping) else ""
    now = now if isinstance(now, str) else now[0]
    found = [("", gettext("as it stands"), not now)]
    if field.kind == "seconds":
        return found + [(form, str(label), form == now) for form, label in words.DURATIONS.items()] + _own(now, words.DURATIONS)
    likely = [now, column.get("form") or ""] if now or column.get("form") else []
    usual = [f"{day} {clock}" for day in day_forms[:8] for clock in CLOCKS] if field.kind == "moment" else list(day_forms[:12])
    forms = dict.fromkeys(
        form for form in (*likely, *usual, "epoch", "excel") if form and (form in ("epoch", "excel") or any(day in form for day in day_forms))
    )
    return found + [(form, example(form), form == now) for form in forms] + _own(now, forms)


def _own(now: str, known: Any) -> Choices:
    return [(now, now, True)] if now and now not in known else []


def example(form: str) -> str:
    """A form as it would be written on the last evening of 2026."""
    from datetime import UTC, datetime

    if form == "epoch":
        return gettext("seconds since 1970")
    if form == "excel":
        return gettext("a spreadsheet’s number of days")
    return datetime(2026, 12, 31, 17, 45, 59, tzinfo=UTC).strftime(form)


def _values(at: int, name: str, field: Column | None, said: str, seen: Mapping[str, Any], mapping: Mapping[str, Any]) -> list[Value]:
    """What the file says, and what each may mean, for fields that know a few words only."""
    found = seen.get("values", {}).get(name, [])
    if field is None or not field.choices or not found:
        return []
    rule = mapping["columns"][said]
    meant = rule.get("values", {}) if isinstance(rule, Mapping) else {one: one.lower() for one in found if one.lower() in field.choices}
    out = draft.left_out_values(dict(mapping), name, found)
    return [_value(f"v{at}.{n}", one, draft.LEAVE_OUT if one in out else str(meant.get(one, "")), field) for n, one in enumerate(found)]


def _value(name: str, said: str, means: str, field: Column) -> Value:
    choices = [("", gettext("Please choose"), not means), *((one, words.value(one), one == means) for one in field.choices or ())]
    return Value(name, said, [*choices, (draft.LEAVE_OUT, gettext("leave these rows out"), means == draft.LEAVE_OUT)])


@dataclass(frozen=True)
class Constant:
    """A field that is the same in all rows."""

    name: str
    label: str
    choices: Choices
    value: str
    needed: bool


def constants(seen: Mapping[str, Any], mapping: Mapping[str, Any]) -> list[Constant]:
    """What no column gives and the whole file may share: what is needed, and what has few words."""
    described = TABLES[str(seen["kind"])]
    rules = mapping.get("columns", {})
    found = []
    for said in said_fields(described):
        column = field_of(described, said)
        rule = rules.get(said)
        given = rule["is"] if isinstance(rule, Mapping) and "is" in rule else None
        if column is None or (rule is not None and given is None) or said in ("client_id", described.key):
            continue
        if given is not None or column.required or (column.choices and said in ("channel", "direction", "outcome")):
            choices = [("", gettext("Not said"), not given), *((one, words.value(one), one == given) for one in column.choices or ())]
            found.append(Constant(said, words.field(said), choices if column.choices else [], "" if given is None else str(given), column.required))
    return found
