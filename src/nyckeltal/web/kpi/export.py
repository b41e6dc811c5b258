"""An answer as a file that explains itself: the rows, and inside it the filters, definitions and row count. What a row holds is decided here.

Persons go out by pseudonym, never by name or id. Text that a spreadsheet would run as a formula is made plain text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from nyckeltal.contacts.organisation.files import guarded
from nyckeltal.contacts.privacy import pseudonym
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.explain import Explanation
from nyckeltal.web.frame import facts
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import names
from nyckeltal.web.kpi.asking import Within
from nyckeltal.web.kpi.question import PageQuestion, about_words, period_words

PERSONS = frozenset({"agent", "leader"})
Cell = str | float | int | bool | None


@dataclass(frozen=True)
class Sheet:
    """`about` are pairs of name and sentence; `columns` and `rows` the table."""

    about: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheet(question: PageQuestion, figures: Sequence[Figure], how: Explanation, within: Within, now: datetime) -> Sheet:
    hide = pseudonyms(question)
    parts = sorted({part for figure in figures for part in figure.parts})
    columns = (
        "kpi", "version", "variant", "period", *(column for one in question.by for column in _columns(one)), "value", "unit", "reason",
        "numerator", "denominator", "n", "low", "high", *parts, "counted", "provisional", "known_until", "revised_from", "revised_since", "message",
    )  # fmt: skip
    rows = tuple(_row(question, figure, parts, hide) for figure in figures)
    return Sheet(_about(question, how, within, now, len(rows), hide), columns, rows)


def _columns(dimension: str) -> tuple[str, ...]:
    return (dimension,) if dimension in PERSONS else (dimension, f"{dimension}_name")


def _row(question: PageQuestion, figure: Figure, parts: Sequence[str], hide: Callable[[object], Cell]) -> tuple[Cell, ...]:
    by: list[Cell] = []
    for dimension in question.by:
        value = figure.by.get(dimension)
        by += [hide(value)] if dimension in PERSONS else [value, names.named(dimension, value)]
    known = figure.known_until.isoformat() if figure.known_until else None
    return (
        figure.kpi, figure.version, figure.variant, figure.period, *by, figure.value, figure.unit, figure.reason,
        figure.numerator, figure.denominator, figure.n, figure.low, figure.high, *(figure.parts.get(part) for part in parts),
        figure.counted, figure.provisional, known, figure.revised_from, figure.revised_since.isoformat() if figure.revised_since else None,
        say(figure.message) or None,
    )  # fmt: skip


def pseudonyms(question: PageQuestion) -> Callable[[object], Cell]:
    """An agent's pseudonym as the organisation gave it, else one made with this home's secret."""
    if not PERSONS & set(question.by):
        return lambda value: None if value is None else str(value)
    given = {row["agent_id"]: row["pseudonym"] for row in facts.current().small("agent").to_pylist()}
    made = pseudonym(settings.NYCKELTAL_HOME)
    return lambda value: None if value is None else str(given.get(str(value)) or made(str(value)))


def _about(question: PageQuestion, how: Explanation, within: Within, now: datetime, count: int, hide: Callable[[object], Cell]) -> tuple[tuple[str, str], ...]:
    restricted = {
        dimension: ", ".join(str(hide(one)) if dimension in PERSONS else names.named(dimension, one) for one in ids) for dimension, ids in within.items()
    }
    lines = [
        (gettext("Question"), f"{say(how.name)}: {say(how.asks)}"),
        (gettext("About"), about_words(question)),
        (gettext("Period"), period_words(question.first, question.last)),
        *((gettext("Only %(dimension)s") % {"dimension": names.DIMENSIONS[dimension]}, ids) for dimension, ids in restricted.items()),
        (gettext("Counted"), f"{say(how.top)}" + (f" / {say(how.bottom)}" if how.bottom else "")),
        (gettext("Formula"), "; ".join(f"{key}: {value}" for key, value in how.formula.items() if value)),
        (gettext("Rows"), str(count)),
        (gettext("Made"), f"nyckeltal {version('nyckeltal')}, {now.isoformat(timespec='seconds')}"),
        (gettext("Persons"), gettext("appear by pseudonym only")),
    ]
    return tuple((name, " ".join(text.split())) for name, text in lines)


def as_csv(found: Sheet) -> bytes:
    """What the file says about itself stands in front, each line marked by #."""
    out = io.StringIO(newline="")
    for name, text in found.about:
        out.write(f"# {name}: {text}\r\n")
    write = csv.writer(out)
    write.writerow(found.columns)
    write.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in found.rows)
    return out.getvalue().encode()


def as_xlsx(found: Sheet) -> bytes:
    """Two sheets; text is written as text, so nothing in it runs."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        strong = book.add_format({"bold": True})
        table, about = book.add_worksheet(gettext("Figures")[:31]), book.add_worksheet(gettext("How counted")[:31])
        for at, column in enumerate(found.columns):
            table.write_string(0, at, column, strong)
        for down, row in enumerate(found.rows, 1):
            for at, cell in enumerate(row):
                _write(table, down, at, cell)
        table.freeze_panes(1, 0)
        table.set_column(0, len(found.columns) - 1, 16)
        for down, (name, text) in enumerate(found.about):
            about.write_string(down, 0, name, strong)
            about.write_string(down, 1, text)
        about.set_column(0, 0, 24)
        about.set_column(1, 1, 100)
    return out.getvalue()


def _write(table: Any, down: int, at: int, cell: Cell) -> None:
    if isinstance(cell, bool):
        table.write_boolean(down, at, cell)
    elif isinstance(cell, int | float):
        table.write_number(down, at, cell)
    elif cell is not None:
        table.write_string(down, at, cell)


def as_parquet(found: Sheet) -> bytes:
    """Columns with their types; the rest is metadata of the schema."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = [_column(name, [row[at] for row in found.rows]) for at, name in enumerate(found.columns)]
    metadata = {f"nyckeltal.{number:02d}": f"{name}: {text}" for number, (name, text) in enumerate(found.about)} | {"nyckeltal.rows": str(len(found.rows))}
    table = pa.table(dict(zip(found.columns, arrays, strict=True))).replace_schema_metadata(metadata)
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def _column(name: str, cells: list[Cell]) -> Any:
    import pyarrow as pa

    if all(cell is None or isinstance(cell, bool) for cell in cells) and name == "provisional":
        return pa.array(cells, pa.bool_())
    if name == "version":
        return pa.array(cells, pa.int64())
    if any(isinstance(cell, int | float) for cell in cells) or name in {"value", "numerator", "denominator", "n", "low", "high", "revised_from"}:
        return pa.array([None if cell is None else float(cell) for cell in cells], pa.float64())
    return pa.array([None if cell is None else str(cell) for cell in cells], pa.string())


FORMATS: Mapping[str, tuple[str, Callable[[Sheet], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "parquet": ("application/vnd.apache.parquet", as_parquet),
}
