"""Templates to fill in: a table for any fact, its headers in the reader's language, with a marked example row that is never loaded.

What stands in them comes from the model; a filled template is recognised by its headers (`fact.likely`), whatever the language.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from nyckeltal.contacts.organisation.files import guarded
from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources import called, choice_words, examples
from nyckeltal.sources.describe import known_fact
from nyckeltal.sources.fields import FACTS, Field, fields
from nyckeltal.sources.placing import read_as
from nyckeltal.sources.tables.workbook import EXPLAINED
from nyckeltal.words import Text

# What offices keep by hand; every other fact has a template as well.
OFFERED = (
    *("absence", "schedule_shift", "employment", "finance_month", "customer_base_month", "sale", "retention_case", "order", "forecast"),
    *("qa_evaluation", "qa_answer", "complaint", "feedback_talk", "survey_invitation", "survey_response", "question", "summary", "event_log"),
)
EVENT_LOG = "event_log"  # a table that a system reads; its headers are that system's own
_day = date(2026, 3, 2)
_not_offered = ("zone", "is_test", "left_in_menu", "callback_of", "logged_by", "reference", "draw_rank", "draw_seed", "seq", "weight")
_events: Mapping[str, tuple[str, ...]] = {
    "en": ("Case ID", "Activity", "Timestamp", "Resource", "Group"),
    "sv": ("Ärende id", "Aktivitet", "Tidpunkt", "Resurs", "Grupp"),
    "da": ("Sags id", "Aktivitet", "Tidspunkt", "Ressource", "Gruppe"),
    "hu": ("Ügy azonosító", "Tevékenység", "Időpont", "Erőforrás", "Csoport"),
    "fi": ("Tapauksen tunnus", "Toiminto", "Aikaleima", "Resurssi", "Ryhmä"),
}
_closed: Mapping[str, str] = {"en": "Closed", "sv": "Stängd", "da": "Lukket", "hu": "Lezárva", "fi": "Suljettu"}
_event_fields = (
    Field("case", "id", True, (), "The case that the event belongs to."),
    Field("activity", "text", True, (), "What was done; words like closed or solved close the case."),
    Field("time", "moment", True, (), "When it was done."),
    Field("resource", "id", False, (), "Who did it."),
    Field("group", "id", False, (), "The group that had the case then."),
)


@dataclass(frozen=True)
class Column:
    """A column of a template: the field, its header, what an example row says, how a cell may be read, and the words that a cell may be, where they
    are few."""

    field: Field
    header: str
    example: Any
    kind: str
    words: tuple[str, ...] = ()


def columns(kind: str, language: str = "en") -> list[Column]:
    """The columns of a template, what tells rows apart first."""
    if kind == EVENT_LOG:
        examples = (_mark(language), _closed[language], datetime.combine(_day, time(8, 30)), "anna", "support")
        return [Column(*told, told[0].type) for told in zip(_event_fields, _events.get(language, _events["en"]), examples, strict=True)]
    key = TABLES[known_fact(kind)].key
    shown = [field for field in fields(kind) if field.name not in _not_offered and not field.name.startswith("own_")]
    ordered = sorted(shown, key=lambda field: (field.name != key, not field.required))
    return [_column(kind, field, language, first=field.name == key) for field in ordered]


def _column(kind: str, field: Field, language: str, *, first: bool) -> Column:
    read = read_as(kind, field.name, field.type)
    words = tuple(choice_words.in_language(kind, field.name, choice, language) for choice in field.choices)
    if read == "flag":
        words = (choice_words.yes(True, language), choice_words.yes(False, language))  # yes and no
    return Column(field, called.field(field.name, language), _mark(language) if first else examples.of(kind, field, language), read, words)


def _mark(language: str) -> str:
    return dict(zip(called.LANGUAGES, called.EXAMPLE, strict=True)).get(language, called.EXAMPLE[0])


def kind_of(headers: Iterable[str]) -> str | None:
    """The fact whose template has these headers, in whichever language; None where they are of none."""
    found = {header.strip() for header in headers}
    each = ((kind, language) for kind in dict.fromkeys((*OFFERED, *FACTS)) if kind != EVENT_LOG for language in called.LANGUAGES)
    return next((kind for kind, language in each if {column.header for column in columns(kind, language)} == found), None)


def as_csv(kind: str, language: str = "en") -> bytes:
    """Headers and the example row, in UTF-8 with a mark, so that spreadsheets read the letters right; separated as spreadsheets of that language do it."""
    told = columns(kind, language)
    out = io.StringIO(newline="")
    write = csv.writer(out, delimiter="," if language == "en" else ";")
    write.writerow([column.header for column in told])
    write.writerow([guarded(_cell(column.example, language)) for column in told])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any, language: str) -> str:
    """As a spreadsheet of that language writes it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value).replace(".", "," if language != "en" else ".") if isinstance(value, float) else str(value)


def meaning_of(kind: str) -> str:
    return FACTS.get(kind, "What was done to which case, when, and by whom.")


@dataclass(frozen=True)
class Said:
    """How what explains a template is said in the reader's language: a text, what a fact is, a field, and a word that a cell may hold."""

    text: Callable[[Text], str] = str
    fact: Callable[[str], str] = meaning_of
    field: Callable[[Field], str] = lambda field: field.meaning
    choice: Callable[[str], str] = lambda word: word


def as_xlsx(kind: str, language: str = "en", said: Said | None = None) -> bytes:
    """A sheet to fill in, cells checked while one types, and a sheet that explains every column."""
    import xlsxwriter

    out = io.BytesIO()
    told = columns(kind, language)
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}) as book:
        _sheet(book, kind, told, said or Said())
        _explained(book, kind, told, said or Said())
    return out.getvalue()


_rows = 10_000  # that cells are checked for
_formats = {"moment": "yyyy-mm-dd hh:mm", "date": "yyyy-mm-dd"}


def _sheet(book: Any, kind: str, told: Sequence[Column], said: Said) -> None:
    sheet = book.add_worksheet(kind)
    needed, optional, example = (book.add_format(said) for said in ({"bold": True, "bottom": 1}, {"bottom": 1}, {"italic": True, "font_color": "#707070"}))
    for at, column in enumerate(told):
        form = book.add_format({"num_format": _formats[column.kind]}) if column.kind in _formats else None
        sheet.set_column(at, at, max(14, min(40, len(column.header) + 2)), form)
        sheet.write_string(0, at, column.header, needed if column.field.required else optional)
        sheet.write_comment(0, at, said.field(column.field)[:250])
        if isinstance(column.example, date):
            dated = book.add_format({"italic": True, "font_color": "#707070", "num_format": _formats.get(column.kind, "yyyy-mm-dd")})
            sheet.write_datetime(1, at, column.example, dated)
        else:
            sheet.write(1, at, column.example, example)
        if check := _check(column):
            sheet.data_validation(1, at, _rows, at, check)
    sheet.freeze_panes(1, 0)


def _check(column: Column) -> dict[str, Any] | None:
    """What a cell of the column may hold."""
    if column.words:
        return {"validate": "list", "source": list(column.words)}
    if column.kind in ("date", "moment"):
        return {"validate": "date", "criteria": ">=", "value": date(1990, 1, 1)}
    if column.kind in ("seconds", "count"):
        return {"validate": "decimal" if column.kind == "seconds" else "integer", "criteria": ">=", "value": 0}
    return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1} if column.kind == "share" else None


def _explained(book: Any, kind: str, told: Sequence[Column], said: Said) -> None:
    """What each column means and what may stand in it."""
    sheet = book.add_worksheet(EXPLAINED)
    strong, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, said.fact(kind))
    for at, (header, width) in enumerate(zip(_HEADS, (34, 8, 40, 80), strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(2, at, said.text(header), strong)
    for down, column in enumerate(told, 3):
        may = _may(column, said)
        for at, text in enumerate((column.header, said.text(_YES) if column.field.required else "", may, said.field(column.field))):
            sheet.write_string(down, at, text, wrapped)


def _may(column: Column, said: Said) -> str:
    """A word that no language has another for is explained."""
    each = (word if word != choice else said.choice(word) for word, choice in zip(column.words, column.field.choices, strict=False))
    return ", ".join(each) or said.text(_MAY.get(column.kind, _MAY["text"]))


_YES = Text("template.yes", "yes")
_HEADS = (
    Text("template.column", "Column"),
    Text("template.needed", "Needed"),
    Text("template.may", "What may stand there"),
    Text("template.means", "What it means"),
)
_MAY: Mapping[str, Text] = {
    "moment": Text("template.moment", "A day and a time: 2026-03-02 08:00"),
    "date": Text("template.date", "A day: 2026-03-02"),
    "month": Text("template.month", "A month: 2026-03"),
    "week": Text("template.week", "A week: 2026-W10"),
    "seconds": Text("template.seconds", "Seconds, or minutes and seconds: 1:30"),
    "count": Text("template.count", "A whole number"),
    "number": Text("template.number", "A number"),
    "share": Text("template.share", "A share from 0 to 1"),
    "money": Text("template.money", "An amount: 349.90"),
    "flag": Text("template.flag", "yes or no"),
    "hours": Text("template.hours", "Hours: 7.5"),
    "list": Text("template.list", "Several, with ; between them"),
    "id": Text("template.id", "A number or a name"),
    "text": Text("template.text", "Any text"),
}


FORMATS: Mapping[str, Any] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "csv": ("text/csv; charset=utf-8", lambda kind, language="en", _said=None: as_csv(kind, language)),
}


def listed() -> list[tuple[str, str]]:
    """Every template with what it is for, those that offices keep by hand first."""
    return [(kind, meaning_of(kind)) for kind in dict.fromkeys((*OFFERED, *FACTS))]
