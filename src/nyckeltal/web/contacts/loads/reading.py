"""The first rows of an upload as its mapping reads them, in words: what would come in, what would be refused, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import UserMistake
from nyckeltal.sources.mapping import field_of
from nyckeltal.sources.refusing import too_many
from nyckeltal.web.contacts.loads import ledger, refused, uploads, words
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.frame.say import say
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.sources.preview import Preview


@dataclass(frozen=True)
class Came:
    """Rows that came with an earlier load, told for the page."""

    load_id: str
    files: str
    source: str
    at: str
    n: int
    changed: int


@dataclass(frozen=True)
class Told:
    """`wrong` keeps the file from being loaded at all; `heads` and `rows` are the first facts."""

    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    wrong: tuple[str, ...] = ()
    refusals: tuple[tuple[str, int, int], ...] = ()  # reason, how many, first line
    left_out: tuple[tuple[str, int], ...] = ()
    read: int = 0
    refused: int = 0
    whole: bool = True
    keyless: bool = False
    read_as_utc: bool = False
    came: tuple[Came, ...] = ()  # which of the rows are in already

    @property
    def standing(self) -> int:
        """How many rows are in already."""
        return sum(one.n for one in self.came)

    @property
    def replaced(self) -> int:
        """How many of those would be replaced."""
        return sum(one.changed for one in self.came)

    @property
    def too_many(self) -> bool:
        """The file would be refused whole."""
        return too_many(self.refused, self.read)

    @property
    def would_load(self) -> bool:
        return not self.wrong and not self.too_many and self.read > 0


def zones() -> dict[str, str]:
    """The zones of known clients."""
    return {row["client_id"]: row["tz"] for row in facts.current().small("client").to_pylist() if row["tz"]}


def told(upload: Upload) -> Told:
    from nyckeltal.sources.preview import preview

    try:
        with uploads.paths(upload) as files:
            seen = preview(files[0], upload.mapping, facts=ledger.store().snapshot())
    except UserMistake as mistake:
        return Told(wrong=tuple(say(issue.text) for issue in mistake.issues) or (say(mistake.text),))
    return _told(upload, seen)


def _told(upload: Upload, seen: Preview) -> Told:
    kind = str(upload.seen["kind"])
    zone = _zone(upload.mapping)
    shown = [name for name in seen.fields if any(row[name] is not None for row in seen.rows)]
    return Told(
        heads=(*(words.field(name) for name in shown), *(words.question(survey) for survey in upload.mapping.get("survey", ()))),
        rows=tuple((*(_cell(kind, name, row[name], zone) for name in shown), *_answers(seen, at)) for at, row in enumerate(seen.rows)),
        wrong=tuple(_issue(issue) for issue in seen.issues),
        refusals=tuple((f"{words.field(one.field)}: " * bool(one.field) + say(_by_example(one.text)), one.n, one.line) for one in seen.refusals),
        left_out=tuple((words.left_out(reason), n) for reason, n in seen.left_out.items()),
        read=seen.read, refused=seen.refused, whole=seen.whole, keyless=seen.keyless,
        read_as_utc=zone is None and _has_local_moments(kind, upload.mapping),
        came=tuple(Came(one.load_id, one.files, one.source, ledger.told(one.loaded_at), one.n, one.changed) for one in seen.came),
    )  # fmt: skip


def _answers(seen: Preview, row: int) -> Iterator[str]:
    """What one row says to each question."""
    return (_cell("survey_response", "value", answers[row], None) for answers in seen.answers)


def _by_example(text: Text) -> Text:
    """With a form as it would be written."""
    form = text.values.get("form")
    return replace(text, values={**text.values, "form": refused.form_told(form)}) if isinstance(form, str) else text


def _issue(issue: Any) -> str:
    if issue.text.id == "sources.mapping.needs":  # what each row is about stands above
        return say(Text("web.loads.needs", "“%(field)s” is needed, and no column gives it.", {"field": issue.text.values["field"]}))
    return f"{words.field(issue.field)}: {say(issue.text)}" if issue.field and issue.field in words.FIELDS else say(issue.text)


def _zone(mapping: Mapping[str, Any]) -> ZoneInfo | None:
    """The clock of the file's times, where one is stated."""
    name = mapping.get("file", {}).get("zone") or zones().get(mapping.get("fact", {}).get("client", ""))
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _has_local_moments(kind: str, mapping: Mapping[str, Any]) -> bool:
    for said, rule in mapping.get("columns", {}).items():
        column = field_of(TABLES[kind], said)
        form = str(rule.get("as", "")) if isinstance(rule, Mapping) else ""
        if column and column.kind == "moment" and not form.startswith("epoch") and "%z" not in form:
            return True
    return False


def _cell(kind: str, name: str, value: Any, zone: ZoneInfo | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return numbers.moment(value.astimezone(zone or ZoneInfo("UTC")))
    if isinstance(value, date):
        return numbers.day(value)
    if name.endswith("_s") and isinstance(value, (int, float)):
        return numbers.duration(value)
    if name == "customer_key":
        return gettext("a pseudonym")
    column = field_of(TABLES[kind], name)
    if column and column.kind == "money":
        return numbers.decimal(value / 100, 2)
    if isinstance(value, float):
        return numbers.decimal(value, 0 if value.is_integer() else 2)
    return words.value(value) if column and column.choices else str(value)
