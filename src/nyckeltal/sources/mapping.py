"""The mapping file: how a table becomes facts, and what of it a file does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nyckeltal.contacts.schema import TABLES, Column, Table
from nyckeltal.errors import BadMapping, Issue, did_you_mean
from nyckeltal.sources import called, cells
from nyckeltal.sources.spans import is_span
from nyckeltal.sources.tables.raw import FileForm
from nyckeltal.words import Text

most_named = 60
least_across = 3
DERIVED: Mapping[str, str] = {  # never loaded → what to load instead
    "promise": "agreement",
    "qa_item": "qa_evaluation, qa_answer",
    "interview": "survey_invitation, survey_response",
    "shift_part": "schedule_shift, agent_state",
    "agent_day": "agent, employment, agent_state, absence",
    "agent_month": "agent, agent_state, qa_evaluation, feedback_talk",
}
KINDS = tuple(name for name, table in TABLES.items() if table.family != "ledger" and name not in DERIVED)


@dataclass(frozen=True)
class Rule:
    """How one field comes about: from columns, as a constant, or by a condition. `said` is its name in the file."""

    field: str
    said: str
    kind: str
    columns: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    values: Mapping[str, Any] | None = None
    constant: Any = None
    where: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Survey:
    """One question answered in the same row."""

    question: str
    measure: str
    scale: str
    value: Rule
    text: Rule | None = None
    answered_at: Rule | None = None
    survey_id: str | None = None


@dataclass(frozen=True)
class LeaveOut:
    """Rows that are no facts, counted by reason."""

    where: str
    reason: str


@dataclass(frozen=True)
class TableMapping:
    """A mapping file as read; `text` is the file itself, part of a load's marker."""

    form: FileForm
    kind: str
    client: str | None
    source: str | None
    key: tuple[str, ...]
    changed_at: Rule | None
    rules: tuple[Rule, ...]
    surveys: tuple[Survey, ...] = ()
    leave_out: tuple[LeaveOut, ...] = ()
    checks: Mapping[str, float] = field(default_factory=dict)
    text: str = ""

    def rule(self, name: str) -> Rule | None:
        """The rule of a field of the model, if the mapping has one."""
        return next((rule for rule in self.rules if rule.field == name), None)

    @property
    def used(self) -> list[tuple[str, str]]:
        """(column, what it is for) of every column named."""
        named = [(column, rule.said) for rule in self.rules for column in rule.columns]
        named += [(column, "key") for column in self.key]
        extra = [part for survey in self.surveys for part in (survey.value, survey.text, survey.answered_at)] + [self.changed_at]
        return named + [(column, rule.said) for rule in extra if rule for column in rule.columns]


def refuse_if(issues: Sequence[Issue], file: str | None) -> None:
    """Raise BadMapping when something is wrong."""
    if not issues:
        return
    values = {"file": file or "mapping", "n": len(issues), "first": called.told(issues[0])}
    raise BadMapping(Text("sources.mapping.bad", "%(file)s: the mapping does not fit (%(n)s). %(first)s", values), issues)


def field_of(described: Table, said: str) -> Column | None:
    """The loaded column behind a name in a mapping; a contact's mapping may carry its segment's fields under their own names."""
    for name in (said, f"own_{said}"):
        column = next((column for column in described.loaded if column.name == name), None)
        if column is not None and name != "marks":
            return column
    return None


def said_fields(described: Table) -> list[str]:
    """Every name a mapping of this kind may use."""
    plain = [column.name for column in described.loaded if column.name != "marks"]
    return [name.removeprefix("own_") if name.removeprefix("own_") not in plain else name for name in plain]


def fit(mapping: TableMapping, names: Sequence[str], file: str) -> list[Issue]:
    """What the mapping asks of a file that the file does not have."""
    issues = []
    for column, purpose in dict.fromkeys(mapping.used):
        if names.count(column) > 1:
            values = {"file": file, "column": column}
            issues.append(Issue(Text("sources.mapping.twice_in_file", "%(file)s has two columns called “%(column)s”.", values), file, 1, purpose))
        elif column not in names:
            named = [name for name in names if name]
            text = unknown(Text("sources.mapping.no_column", "%(file)s has no column “%(word)s”.", {"word": column, "file": file}), column, named)
            issues.append(Issue(text, file, 1, purpose))
    return issues


def across(mapping: TableMapping, names: Sequence[str], file: str) -> list[Issue]:
    """What to say of a table whose months or days stand beside each other, when it cannot be read."""
    used = {column for column, _ in mapping.used}
    spread = [name for name in names if name not in used and is_span(name)]
    english = "The columns “%(first)s” to “%(last)s” are months or days. Put them below each other: a row for each, with one column that says which."
    text = Text("sources.mapping.across", english, {"first": spread[0], "last": spread[-1]}) if spread else None
    return [Issue(text, file)] if text and len(spread) >= least_across else []


def with_client(mapping: TableMapping, client: str | None) -> TableMapping:
    """The mapping for another client: a stated one goes before what the file says."""
    if client is None:
        return mapping
    return replace(mapping, client=client, rules=tuple(rule for rule in mapping.rules if rule.field != "client_id" or mapping.kind == "client"))


def with_zone(mapping: TableMapping, zone: str | None) -> TableMapping:
    """The mapping on another clock: a stated one goes before what the file says."""
    return mapping if zone is None else replace(mapping, form=replace(mapping.form, zone=zone))


def with_real_dates(mapping: TableMapping) -> TableMapping:
    """The mapping for a workbook: its real dates, which are written in ISO form here, are read whatever form is said for those that are text."""

    def read(rule: Rule) -> Rule:
        return replace(rule, forms=(*rule.forms, "iso")) if rule.kind in cells.dated and rule.forms and "iso" not in rule.forms else rule

    changed_at = read(mapping.changed_at) if mapping.changed_at else None
    surveys = tuple(replace(survey, answered_at=read(survey.answered_at)) if survey.answered_at else survey for survey in mapping.surveys)
    return replace(mapping, changed_at=changed_at, rules=tuple(map(read, mapping.rules)), surveys=surveys)


def unknown(said: Text, word: str, known: Sequence[str]) -> Text:
    """A mistake about a word that is not known, with the nearest one and all there are."""
    near = did_you_mean(word, known)
    there = ", ".join(known) if len(known) <= most_named else ", ".join(known[:most_named]) + " …"
    hint = Text("sources.mapping.there_is", "There is: %(known)s.", {"known": there})
    if near:
        hint = Text("sources.mapping.near", "Did you mean “%(near)s”? There is: %(known)s.", {"near": near, "known": there})
    return Text("sources.mapping.unknown", "%(what)s %(hint)s", {"what": said, "hint": hint})


def no_kind(word: str) -> Text:
    """What to say of a kind of fact that cannot be loaded: one that is worked out, or none at all."""
    if word in DERIVED:
        values = {"kind": word, "instead": DERIVED[word]}
        return Text("sources.mapping.worked_out", "“%(kind)s” is worked out from other facts and never loaded. Load these: %(instead)s.", values)
    return unknown(Text("sources.mapping.unknown_kind", "There is no kind of fact “%(word)s”.", {"word": word}), word, KINDS)
