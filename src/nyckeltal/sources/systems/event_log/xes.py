"""Event logs in XES (IEEE 1849), read as a stream: a document type, and so every entity, is refused; no element is kept longer than its trace needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from nyckeltal.errors import CannotRead
from nyckeltal.sources.systems.event_log.columns import Event
from nyckeltal.sources.tables.text import chunks, refuse
from nyckeltal.words import Text

_unread_at_most = 1 << 22  # bytes of one tag; what is longer is no log
_deepest = 50
_KEYS = {
    "concept:name": "activity",
    "time:timestamp": "time",
    "org:resource": "resource",
    "org:group": "group",
    "lifecycle:transition": "transition",
}


def is_xes(head: bytes) -> bool:
    """Whether a file's first bytes are those of such a log."""
    start = head[:8192].lower()
    return re.search(rb"<(\w+:)?log\b", start) is not None and b"<" in start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]


def events(file: Path) -> Iterator[Event]:
    """Every event of every trace, in the order of the file."""
    reader = _Reader(file)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, said: reader.begin(parser.CurrentLineNumber, name, said)
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.no_document_type
    fed = 0
    try:
        for chunk in chunks(file):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _unread_at_most:
                raise _no_log(file, parser.CurrentLineNumber)
            yield from reader.taken()
        parser.Parse(b"", True)
    except expat.ExpatError as broken:
        said = Text("sources.event_log.xml", "line %(line)s is no XML, or the file ends too early.", {"line": broken.lineno})
        raise refuse(file, said) from broken
    yield from reader.taken()


def _no_log(file: Path, line: int) -> CannotRead:
    return refuse(file, Text("sources.event_log.no_log", "line %(line)s holds what no event log has. It was not read.", {"line": line}))


@dataclass
class _Reader:
    """Where in the log the parser stands. Only what stands directly below a trace or an event is looked at."""

    file: Path
    path: list[str] = field(default_factory=list)
    case: str | None = None
    event: dict[str, str] | None = None
    line: int = 0
    found: list[Event] = field(default_factory=list)

    def begin(self, line: int, name: str, said: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if self.path[-1:] == ["trace"] and tag == "event":
            self.event, self.line = {}, line
        elif tag == "trace":
            self.case = None
        elif self.path[-1:] == ["event"] and self.event is not None and said.get("key") in _KEYS:
            self.event[_KEYS[said["key"]]] = said.get("value", "")
        elif self.path[-1:] == ["trace"] and said.get("key") == "concept:name":
            self.case = said.get("value")
        self.path.append(tag)
        if len(self.path) > _deepest:
            raise _no_log(self.file, line)

    def end(self, name: str) -> None:  # noqa: ARG002 - as expat calls it; what ends is what began last
        tag = self.path.pop()
        if tag == "event" and self.path[-1:] == ["trace"] and self.event is not None:
            self.found.append(Event(self.line, self.case, **self.event))
            self.event = None

    def no_document_type(self, *_: object) -> None:
        raise refuse(self.file, Text("sources.event_log.document_type", "it declares entities of its own, which no event log needs. It was not read."))

    def taken(self) -> Iterator[Event]:
        """The events that are whole by now."""
        found, self.found = self.found, []
        yield from found
