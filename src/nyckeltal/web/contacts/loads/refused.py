"""The refused rows of a load: told with their reasons, and written as a file like the one they came from, to be mended and loaded again."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain, count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

import nyckeltal
from nyckeltal.sources import called, written
from nyckeltal.sources import refused as sources_refused
from nyckeltal.web.contacts.loads import ledger, words
from nyckeltal.web.contacts.loads.columns import example
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.words import Text

SHOWN = 20
MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00")


@dataclass(frozen=True)
class Row:
    file: str
    line: int
    cell: str  # of a sheet: D7
    field: str
    reason: str
    original: str
    row_id: str
    corrected_by: str
    settled: str  # when and by whom


@dataclass(frozen=True)
class Refused:
    """`reasons` over all of them, the most frequent first; `open` have not been put right since, nor settled. Those stand first in `rows`."""

    rows: tuple[Row, ...]
    n: int
    corrected: int
    settled: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def open(self) -> int:
        return self.n - self.corrected - self.settled

    @property
    def more(self) -> int:
        return self.n - len(self.rows)


def of_load(load_id: str) -> Refused:
    found = _rows(load_id)
    reasons = Counter(_general(row) for row in found)
    corrected, settled = (sum(1 for row in found if _done(row) == how) for how in ("corrected", "settled"))
    shown = sorted(found, key=lambda row: bool(_done(row)))[:SHOWN]
    return Refused(tuple(map(_row, shown)), len(found), corrected, settled, tuple(reasons.most_common()))


def _done(row: Mapping[str, Any]) -> str:
    """Why nothing more is to be done about it, if so."""
    return "corrected" if row["corrected_by"] else "settled" if row["settled_at"] else ""


def settle(load_id: str, row_ids: list[str] | None, settled: bool, by: str) -> None:
    sources_refused.settle(ledger.store(), load_id, row_ids, settled=settled, now=timezone.now(), by=by)


def _rows(load_id: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = sources_refused.refused_rows(ledger.store(), load_id).to_pylist()
    zone = ledger.zone_of(load_id)
    return [row | {"values": json.dumps(_by_its_clock(json.loads(row["values"] or "{}"), zone))} for row in rows]


def _by_its_clock(values: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """A moment that a rule names as the file's own clock had it."""
    found = MOMENT.fullmatch(str(values.get("value")))
    return values | {"value": numbers.until(datetime.fromisoformat(found[0]).astimezone(zone))} if found else values


def _row(row: Mapping[str, Any]) -> Row:
    cell = json.loads(row["values"] or "{}").get("cell", "")
    return Row(
        row["file"], row["line"], cell, words.field(row["field"]) if row["field"] else "", _reason(row), row["original"] or "",
        row["row_id"], row["corrected_by"] or "", _settled(row),
    )  # fmt: skip


def _settled(row: Mapping[str, Any]) -> str:
    if not row["settled_at"]:
        return ""
    return " · ".join(filter(None, (ledger.told(row["settled_at"]), row["settled_by"])))


def _reason(row: Mapping[str, Any]) -> str:
    """In the reader's language, where the sentence is one of ours."""
    english = sentences().get(row["reason_id"])
    if english is None:
        return str(row["reason"])
    try:
        return say(Text(row["reason_id"], english, {"value": "", **_values(json.loads(row["values"]))}))
    except (KeyError, ValueError):
        return str(row["reason"])


def _values(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What is put into the sentence: its parts that are ours in the reader's language, fields by what they are called, and what stood in the file as it
    stood there."""
    ours = set(sentences().values())
    fields = {name: gettext("“%(field)s”") % {"field": words.field(kept[name])} for name in called.NAMES if name in kept}
    said = {name: say(one) if one in ours else " / ".join(map(form_told, one.split(" / "))) for name, one in kept.items() if name == "form"}
    return {**kept, **fields, **said}


def form_told(form: str) -> str:
    """How a moment or a duration is written: as it would be, or in words, as where it is chosen."""
    return str(words.DURATIONS[form]) if form in words.DURATIONS else example(form) if "%" in form or form in ("epoch", "excel") else form


def _general(row: Mapping[str, Any]) -> str:
    """The reason without the one row's value."""
    field = f"{words.field(row['field'])}: " if row["field"] else ""
    return field + _reason({**row, "values": json.dumps({**json.loads(row["values"]), "value": "…"})})


@cache
def sentences() -> Mapping[str, str]:
    """Each sentence of the reader and of the data rules by its id."""
    package = Path(nyckeltal.__file__).parent
    files = [*(package / "sources").rglob("*.py"), package / "contacts" / "checks.py"]
    return dict(pair for file in files for pair in _sentences(ast.parse(file.read_text(encoding="utf-8"))))


def _sentences(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text" and len(node.args) >= 2:
            said = [part.value for part in node.args[:2] if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if len(said) == 2:
                yield said[0], said[1]


def file_of(line: ledger.Line) -> tuple[str, bytes]:
    """Name and content: the rows that nobody has put right or settled yet, under the header of their file and in its encoding, each with its reason behind.
    Where the files of the load had several headers: a packed folder with a file for each."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in _rows(line.load_id):
        if not _done(row):
            parts.setdefault(json.dumps(line.headers.get(row["file"])), []).append(row)
    written_out = [_part(line, json.loads(header), rows) for header, rows in parts.items()] or [_part(line, next(iter(line.headers.values()), None), [])]
    if len(written_out) == 1:
        return written_out[0]
    return f"{_stem(line.files.split(', ')[0])}-refused.zip", _packed(written_out)


def _part(line: ledger.Line, header: Mapping[str, Any] | None, rows: list[dict[str, Any]]) -> tuple[str, bytes]:
    """The rows of the files that have this header."""
    stem = _stem(rows[0]["file"] if rows else line.files.split(", ")[0])
    if header is None:  # a log, or a load from before headers were kept: the lines as they stood
        return f"{stem}-refused.txt", "".join(f"{row['original']}\n" for row in rows).encode()
    text = io.StringIO()
    writer = csv.writer(text, delimiter=str(header["separator"]), lineterminator="\r\n")
    writer.writerow([*header["columns"], say(Text("web.refused.why", "refused because"))])
    for row in rows:
        cells = next(csv.reader([row["original"]], delimiter=str(header["separator"])), [])
        writer.writerow([*cells, _reason(row)])
    return f"{stem}-refused.csv", text.getvalue().encode(_encoding(line), errors="replace")


def _stem(file: str) -> str:
    return Path(file).name.split(".")[0] or "rows"


def _packed(parts: list[tuple[str, bytes]]) -> bytes:
    out, taken = io.BytesIO(), set[str]()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            names = chain([name], (f"{number}-{name}" for number in count(2)))
            free = next(one for one in names if one not in taken)
            taken.add(free)
            packed.writestr(free, content)
    return out.getvalue()


def charset(line: ledger.Line) -> str:
    """In which letters the file of a load's refused rows is written."""
    return _encoding(line).removesuffix("-sig")


def _encoding(line: ledger.Line) -> str:
    """What the mapping says about the file, so that it reads the mended one too."""
    said = written.tables_of(line.mapping).get("file", {}).get("encoding") if line.mapping else None
    return said if said and said.startswith(("cp", "latin", "iso", "utf")) else "utf-8-sig"
