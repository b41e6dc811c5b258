"""Any text file as plain UTF-8: unpacked, decoded and bounded, so that broken and hostile files end quickly with a clear reason."""

from __future__ import annotations

import codecs
import gzip
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from nyckeltal.errors import CannotRead, Issue
from nyckeltal.sources import refusing
from nyckeltal.words import Text

longest_line = 1 << 20
chunk_bytes = 1 << 20
unpacked_at_most = 200  # times the packed size, once more than a gigabyte has come out
_free_unpacked = 1 << 30
Form = Literal["text", "workbook", "parquet"]
_hungarian = frozenset("áéíóöőúüűÁÉÍÓÖŐÚÜŰ".encode("cp1250"))  # of which cp1252 has all but ő and ű at the same places
_only_hungarian = frozenset("őűŐŰ".encode("cp1250"))
_beside = "áíóöúüÁÍÓÖÚÜ".encode("cp1250")  # no name with õ or û stands alone for a language
_of_utf8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


@dataclass(frozen=True)
class Plain:
    """A file without byte-order mark, in UTF-8; `lines` counts physical lines, `blank_end` the empty ones at its end."""

    path: Path
    lines: int
    blank_end: int
    encoding: str


def refuse(path: Path, what: Text) -> CannotRead:
    """The mistake that names the file."""
    return CannotRead(Text("sources.file", "%(file)s: %(what)s", {"file": path.name, "what": what}))


def packed(path: Path) -> bool:
    """Whether the file is gzipped, told by its first bytes and not by its name."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def head(path: Path, size: int = 1 << 16) -> bytes:
    """The first bytes of the file, unpacked."""
    if not path.is_file():
        raise refuse(path, Text("sources.file.missing", "there is no such file."))
    try:
        with _opened(path) as file:
            return file.read(size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise _broken_gzip(path) from broken


def beginning(path: Path, size: int = 1 << 16) -> bytes:
    """The same, in UTF-8 where it is text in UTF-16."""
    found = head(path, size)
    wide = _wide(found)
    return found.decode(wide, errors="ignore").encode() if wide else found


def encoding_of(path: Path) -> str:
    """UTF-16 where the first bytes are of it; else UTF-8."""
    return _wide(head(path)) or "utf-8-sig"


def _wide(start: bytes) -> str | None:
    """UTF-16 by its mark, or by the noughts that Latin letters have there."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for at, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if start[at::2].count(0) > 0.3 * len(start) / 2 and start[1 - at :: 2].count(0) == 0:
            return name
    return None


def form(path: Path) -> Form:
    """What kind of file it is, by its first bytes."""
    start = head(path, 8)
    if not start:
        raise refuse(path, Text("sources.file.empty", "the file is empty."))
    if start.startswith(b"PK"):
        return "workbook"
    if start.startswith(b"%PDF"):
        raise refuse(
            path, Text("sources.file.document", "this is a document to be read by people, not a table. Export a table as CSV, XLSX, Parquet or JSON lines.")
        )
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(path, Text("sources.file.old_workbook", "this is a workbook in the old binary form. Save it as .xlsx or .csv and load that."))
    return "parquet" if start.startswith(b"PAR1") else "text"


def refuse_folder(path: Path, names: Sequence[str]) -> None:
    """Stop at a packed file whose parts are none of a workbook's."""
    if "content.xml" in names:
        raise refuse(path, Text("sources.file.open_document", "this is a workbook in the OpenDocument form. Save it as .xlsx or .csv and load that."))
    if not any(name.startswith("xl/") for name in names):
        raise refuse(path, Text("sources.file.zip", "this is a packed folder and not a workbook. Unpack it and load the files in it."))


def glance(path: Path) -> None:
    """Refuse at once what its first megabytes give away: empty, binary, a packed folder, or one line without end. JSON may stand on one line whole."""
    if form(path) == "workbook" and not packed(path):
        with suppress(zipfile.BadZipFile, OSError), zipfile.ZipFile(path) as folder:
            refuse_folder(path, folder.namelist())
    if form(path) != "text":
        return
    start = head(path, 2 * longest_line)
    encoding = _guess(path, start[: 1 << 16])
    page = re.match(rb"\s*<(!doctype html|html|\?xml|table)\b", start.removeprefix(codecs.BOM_UTF8)[:200], re.IGNORECASE)
    if page and not re.search(rb"<(\w+:)?log\b", start[:8192].lower()):  # an event log in XES is XML too
        said = "this is a web page or XML, whatever its name says. Open it in a spreadsheet, save it as .xlsx or .csv and load that."
        raise refuse(path, Text("sources.file.markup", said))
    is_json = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    if not is_json and not encoding.startswith("utf-16"):
        measure = _Measure(path)
        for at in range(0, len(start), chunk_bytes):
            measure.take(start[at : at + chunk_bytes])


def unpacked(path: Path, folder: Path) -> Path:
    """The file itself, or its unpacked copy in `folder`."""
    if not packed(path):
        return path
    target = folder / f"unpacked-{abs(hash(path)):x}"
    with target.open("wb") as out:
        for chunk in chunks(path):
            out.write(chunk)
    return target


def chunks(path: Path, progress: Callable[[int], None] | None = None) -> Iterator[bytes]:
    """The unpacked bytes, bounded: a file that unpacks without end is refused."""
    came, most = 0, max(_free_unpacked, path.stat().st_size * unpacked_at_most)
    room = shutil.disk_usage(path.parent).free if packed(path) else None
    try:
        with _opened(path) as file:
            while chunk := file.read(chunk_bytes):
                came += len(chunk)
                if room is not None and (came > most or came > room):
                    raise refuse(
                        path, Text("sources.file.bomb", "unpacks to more than %(most)s MB, which no table does. It was not read.", {"most": most >> 20})
                    )
                if progress:
                    progress(came)
                yield chunk
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise _broken_gzip(path) from broken


def plain(path: Path, folder: Path, encoding: str | None = None, progress: Callable[[int], None] | None = None) -> Plain:
    """The file as UTF-8. Without a stated encoding it is told from byte-order mark and content: cp1250 of Hungarian, else cp1252."""
    start = head(path)
    guess = encoding or _guess(path, start)
    try:
        return _decoded(path, folder, guess, progress)
    except UnicodeDecodeError as wrong:
        if encoding is not None or guess != "utf-8":
            raise refuse(path, Text("sources.file.encoding", "line %(line)s is not %(encoding)s.", {"line": wrong.reason, "encoding": guess})) from wrong
        if wrong.object == b"utf-8 seen" or is_utf8(path):
            raise refuse(path, Text("sources.file.damaged", "the file is UTF-8, but line %(line)s is damaged.", {"line": wrong.reason})) from wrong
    try:
        return _decoded(path, folder, "cp1250" if _is_hungarian(path) else "cp1252", progress)
    except UnicodeDecodeError:
        return _decoded(path, folder, "latin-1", progress)


def _is_hungarian(path: Path) -> bool:
    """Whether all letters beyond ASCII are of Hungarian, some of Hungarian alone and some that it has beside those."""
    found = set[int]()
    for chunk in chunks(path):
        found.update(set(chunk))
    letters = {byte for byte in found if byte >= 0xC0}
    return letters <= _hungarian and not letters.isdisjoint(_only_hungarian) and not letters.isdisjoint(_beside)


def is_utf8(path: Path) -> bool:
    """Whether most letters beyond ASCII are of UTF-8, though some are of nothing: no older program writes so."""
    whole = odd = 0
    for chunk in chunks(path):
        rest, found = _of_utf8.subn(b"", chunk)
        whole, odd = whole + found, odd + len(rest) - len(rest.translate(None, bytes(range(128, 256))))
    return whole > odd


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if packed(path) else path.open("rb")  # type: ignore[return-value]  # a GzipFile reads as any binary file does


def _broken_gzip(path: Path) -> CannotRead:
    return refuse(path, Text("sources.file.gzip", "the packed file ends too early or is damaged. Fetch it again."))


def _guess(path: Path, start: bytes) -> str:
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if wide := _wide(start):
        return wide
    if b"\0" in start:
        raise _binary(path)
    if len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]", start)) > 0.005 * len(start):
        raise _binary(path)
    return "utf-8"


def too_ragged(path: Path, ragged: int, lines: int, first: int) -> CannotRead:
    """More rows than may be refused have another number of cells than the header."""
    said = Text("sources.row.ragged_count", "%(n)s rows and more: another number of cells than the header.", {"n": ragged})
    issue = Issue(said, path.name, first)
    return CannotRead(
        Text(
            "sources.file.ragged",
            "%(file)s: more than %(most)s %% of its %(lines)s lines have another number of cells than the header, first line %(first)s. Nothing was loaded.",
            {"file": path.name, "lines": lines, "most": refusing.percent(lines), "first": first},
        ),
        [issue],
    )


def _binary(path: Path) -> CannotRead:
    return refuse(
        path, Text("sources.file.binary", "this is not text, and neither a workbook nor Parquet. Export a table as CSV, XLSX, Parquet or JSON lines.")
    )


def _decoded(path: Path, folder: Path, encoding: str, progress: Callable[[int], None] | None) -> Plain:
    """Write the UTF-8 copy; a file that is UTF-8 already and not packed is only looked through and stays where it is."""
    as_is = encoding == "utf-8" and not packed(path)
    target = path if as_is else folder / f"plain-{abs(hash(path)):x}"
    measure = _Measure(path)
    with (folder / "unused" if as_is else target).open("wb") as out:
        for chunk in _recoded(path, encoding, measure, progress):
            measure.take(chunk)
            if not as_is:
                out.write(chunk)
    return Plain(target, measure.lines, measure.blank_end, encoding)


def _recoded(path: Path, encoding: str, measure: _Measure, progress: Callable[[int], None] | None) -> Iterator[bytes]:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError as unknown:
        raise refuse(path, Text("sources.file.no_encoding", "there is no encoding called “%(encoding)s”.", {"encoding": encoding})) from unknown
    seen = False
    try:
        for chunk in chunks(path, progress):
            text = decoder.decode(chunk)
            seen = seen or not text.isascii()
            yield chunk if encoding == "utf-8" else text.encode()
        tail = decoder.decode(b"", final=True)
        yield tail.encode()
    except UnicodeDecodeError as wrong:
        line = measure.newlines + 1 + wrong.object[: wrong.start].count(b"\n")
        seen = seen or (encoding == "utf-8" and not wrong.object[: wrong.start].isascii())
        raise UnicodeDecodeError(encoding, b"utf-8 seen" if seen else b"", 0, 0, str(line)) from wrong


class _Measure:
    """Counts lines as chunks pass, and stops at what no table has: NUL bytes and lines without end."""

    def __init__(self, path: Path) -> None:
        self.path, self.newlines, self.run, self.tail = path, 0, 0, b""

    def take(self, chunk: bytes) -> None:
        if b"\0" in chunk:
            raise _binary(self.path)
        first, last = chunk.find(b"\n"), chunk.rfind(b"\n")
        if self.run + (len(chunk) if first < 0 else first) > longest_line:
            most = longest_line >> 10
            raise refuse(
                self.path,
                Text("sources.file.long_line", "line %(line)s is longer than %(most)s KB, so this is no table.", {"line": self.newlines + 1, "most": most}),
            )
        self.run = self.run + len(chunk) if first < 0 else len(chunk) - last - 1
        self.newlines += chunk.count(b"\n")
        self.tail = (self.tail + chunk)[-4096:]

    @property
    def lines(self) -> int:
        return self.newlines + (1 if self.tail and not self.tail.endswith(b"\n") else 0)

    @property
    def blank_end(self) -> int:
        ends = re.search(rb"(?:\r?\n)+\Z", self.tail)
        return max(0, ends.group().count(b"\n") - 1) if ends else 0
