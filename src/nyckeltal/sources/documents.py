"""JSON documents of a file in whatever form they come: one, a list, one a line, or one straight after the other; packed or not.

What is no JSON is given back as a broken document with its place, and reading goes on at the next line; a document that the end of the file cuts is
broken as a whole, whatever stands on its lines.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nyckeltal.errors import CannotRead
from nyckeltal.sources.tables.heading import below_separator
from nyckeltal.sources.tables.text import beginning, chunks, encoding_of, is_utf8, refuse
from nyckeltal.words import Text

longest_document = 1 << 28
shown = 2000  # characters of a broken document that are kept
_near_the_end = 16  # characters within which a cut word, number or escape is seen
_space = " \t\r\n"


@dataclass(frozen=True)
class Document:
    """One JSON value and the line it begins on; `broken` has the text of what is none."""

    line: int
    value: Any
    broken: str | None = None


def starts_as_json(file: Path) -> bool:
    """Whether the file begins as an object or a list does."""
    return beginning(file, 4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def begins_with(file: Path, *fields: str) -> bool:
    """Whether the file is JSON at whose start all these fields stand; one that cannot be read is nobody's."""
    try:
        start = peek(file) if starts_as_json(file) else ""
    except CannotRead:
        return False
    return all(f'"{field}"' in start for field in fields)


def peek(file: Path, size: int = 1 << 16) -> str:
    """The first characters, to tell a system by the names in them; none of a workbook or Parquet, which tells nothing by its bytes."""
    start = beginning(file, size)
    if start.startswith((b"PK", b"PAR1")):
        return ""
    text = start.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    return below_separator(text)


def records(file: Path, inside: Sequence[str] = ()) -> Iterator[Document]:
    """What the documents hold: items of lists, and of the first list under one of the names in `inside`; each alone is given as it is.

    Items of one document share the line on which it begins, so they are told apart by their number in the file where there are several.
    """
    number = 0
    for document in documents(file):
        items = [document.value] if document.broken is not None else _items(document.value, inside)
        for item in items:
            number += 1
            yield Document(document.line if len(items) == 1 else number, item, document.broken)


def _items(value: Any, inside: Sequence[str]) -> list[Any]:
    if isinstance(value, list):
        return value
    for name in inside:
        if isinstance(value, dict) and isinstance(value.get(name), list):
            return list(value[name])
    return [value]


def documents(file: Path) -> Iterator[Document]:
    """Each JSON value of the file in turn."""
    text, line = _Text(file), 1
    while text.skip_space():
        line = text.line
        found = text.value()
        yield found if found is not None else Document(line, None, text.skip())


class _Text:
    """The file's text, read on as far as a value needs."""

    def __init__(self, file: Path) -> None:
        self.file, self.line, self.buffer, self.at = file, 1, "", 0
        self.more, self.decoder = chunks(file), codecs.getincrementaldecoder(encoding_of(file))()
        self.json = json.JSONDecoder()
        self.ended, self.is_ascii, self.is_cut = False, True, False

    def read(self) -> bool:
        """At least as much again as is there already, so that a long document is not tried over and over; False at the end."""
        if self.ended:
            return False
        parts, came, wanted = [self.buffer[self.at :]], 0, max(1, len(self.buffer) - self.at)
        while came < wanted and not self.ended:
            chunk = next(self.more, None)
            self.ended = chunk is None
            parts.append(self._decoded(chunk or b""))
            came += len(parts[-1])
        self.buffer, self.at = "".join(parts), 0
        if len(self.buffer) > longest_document:
            english = "a document from line %(line)s on is larger than %(most)s MB, which no answer is. It was not read."
            raise refuse(self.file, Text("sources.file.long_document", english, {"line": self.line, "most": longest_document >> 20}))
        return came > 0

    def _decoded(self, chunk: bytes) -> str:
        try:
            text = self.decoder.decode(chunk, final=self.ended)
        except UnicodeDecodeError as wrong:
            if self.is_ascii and wrong.object[: wrong.start].isascii() and not is_utf8(self.file):  # an older program wrote it
                self.is_ascii, self.decoder = False, codecs.getincrementaldecoder("cp1252")(errors="replace")
                return self.decoder.decode(wrong.object, final=self.ended)
            said = Text("sources.file.damaged", "the file is UTF-8, but line %(line)s is damaged.", {"line": self.line})
            raise refuse(self.file, said) from wrong
        self.is_ascii = self.is_ascii and text.isascii()
        return text

    def skip_space(self) -> bool:
        """To where the next value begins; False where there is none."""
        while True:
            before = self.at
            while self.at < len(self.buffer) and self.buffer[self.at] in _space:
                self.at += 1
            self.line += self.buffer.count("\n", before, self.at)
            if self.at < len(self.buffer):
                return True
            if not self.read():
                return False

    def value(self) -> Document | None:
        """The value that begins here, None where there is none."""
        while True:
            try:
                value, end = self.json.raw_decode(self.buffer, self.at)
            except json.JSONDecodeError as wrong:
                cut = wrong.msg.startswith("Unterminated string") or wrong.pos >= len(self.buffer) - _near_the_end
                if cut and self.read():
                    continue
                self.is_cut = cut and self.buffer[self.at] in "{[" and "\n" not in self.buffer[wrong.pos :].strip()
                return None
            except RecursionError:
                return None
            if end == len(self.buffer) and not self.ended and not isinstance(value, (dict, list)) and self.read():
                continue
            return self._taken(value, end)

    def _taken(self, value: Any, end: int) -> Document:
        line = self.line
        self.line += self.buffer.count("\n", self.at, end)
        self.at = end
        return Document(line, value)

    def skip(self) -> str:
        """Past the end of this line, or of the document that the file's end cuts; the text passed over, as far as it is shown."""
        kept = ""
        while True:
            end = -1 if self.is_cut else self.buffer.find("\n", self.at)
            passed = self.buffer[self.at : end if end >= 0 else len(self.buffer)]
            kept += passed[: shown - len(kept)]
            self.at += len(passed)
            if end >= 0 or not self.read():
                return kept
