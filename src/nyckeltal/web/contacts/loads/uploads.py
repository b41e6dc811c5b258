"""Verbs about files sent in: receive, look at, find a mapping that fits, hand over to be loaded, forget."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from nyckeltal.errors import CannotRead, UserMistake
from nyckeltal.web.contacts.loads import saved
from nyckeltal.web.contacts.models import Upload
from nyckeltal.web.frame import facts
from nyckeltal.web.frame import uploads as arriving
from nyckeltal.web.people.models import User
from nyckeltal.words import Text

KEPT = timedelta(days=7)
LONGEST_NAME_BYTES = 200


def folder(upload: Upload) -> Path:
    return arriving.folder() / str(upload.pk)


def receive(by: User, files: Sequence[Any], repairs: str = "", system: str = "") -> Upload:
    """Take the files out of the request; what cannot be read at all is refused here and not kept. `system` is where somebody says they come from."""
    upload = Upload(by=by, repairs=repairs, files=[{"name": name, "size": file.size} for name, file in zip(_names(files), files, strict=True)])
    place = folder(upload)
    place.mkdir(mode=0o700)
    try:
        for at, file in enumerate(files):
            arriving.keep(file, place / str(at))
        look(upload, system=system)
        with transaction.atomic():
            upload.save()
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
    return upload


def _names(files: Sequence[Any]) -> list[str]:
    """As the sender called them, each once, without what a path could make of them."""
    names: list[str] = []
    for at, file in enumerate(files):
        name = "".join(letter for letter in Path(str(file.name)).name if letter.isprintable()).strip().lstrip(".")
        short = name.encode(errors="replace")[-LONGEST_NAME_BYTES:].decode(errors="ignore") or f"file-{at + 1}"
        names.append(next(free for free in chain([short], (f"{n}-{short}" for n in count(at + 1))) if free not in names))
    return names


@contextmanager
def paths(upload: Upload) -> Iterator[list[Path]]:
    """The files under the names they came with, for as long as the block lasts."""
    with TemporaryDirectory(dir=folder(upload), prefix="named-") as made:
        found = []
        for at, name in enumerate(upload.names):
            link = Path(made) / name
            link.symlink_to(folder(upload) / str(at))
            found.append(link)
        yield found


def is_there(upload: Upload) -> bool:
    return all((folder(upload) / str(at)).exists() for at in range(len(upload.files)))


def look(upload: Upload, fact: str | None = None, system: str = "") -> None:
    """What the files are: a known system's, as somebody says or as they show, of a shape that was read before, or a table whose columns are guessed."""
    from nyckeltal.sources import find
    from nyckeltal.sources.tables.text import glance

    with paths(upload) as files:
        for file in files:
            glance(file)
        if system:
            _look_as(upload, files, system)
            return
        systems = {source.name if source else "" for source in map(find.by_itself, files)} if fact is None else {""}
        if len(systems) > 1:
            names = ", ".join(sorted(systems - {""}))
            raise CannotRead(
                Text("web.uploads.mixed", "Some of these files come from %(names)s and some do not. Send them one kind at a time.", {"names": names})
            )
        upload.system = systems.pop()
        if upload.system:
            upload.mapping, upload.read_as = {}, ""
        else:
            _look_at_table(upload, files[0], fact)


def _look_as(upload: Upload, files: Sequence[Path], system: str) -> None:
    """As that system's; a survey tool's table is better said column by column."""
    from nyckeltal.sources import find
    from nyckeltal.sources.answers import Asking

    source = find.system(system)
    upload.system, upload.mapping, upload.read_as = system, {}, ""
    if isinstance(source, Asking) and all(map(source.plain, files)):
        upload.system = ""
        _look_at_table(upload, files[0], None, system)


def _look_at_table(upload: Upload, file: Path, fact: str | None, system: str | None = None) -> None:
    from nyckeltal.sources import preview

    seen = preview.describe(file, fact, system)
    columns = [_seen_column(guess) for guess in seen.columns]
    upload.seen = {"kind": seen.kind, "likely": list(seen.likely), "columns": columns, "file": dict(seen.mapping.get("file", {}))}
    names = [column["name"] for column in columns]
    fitting = None if fact else saved.fitting(names)
    fitting = fitting if fitting and _reads(file, saved.read(fitting)) else None
    upload.read_as = fitting or ""
    upload.mapping = saved.read(fitting) if fitting else _of_the_only_client(_plain(dict(seen.mapping)))
    upload.seen["values"] = preview.values(file, [column["name"] for column in columns if _told_by_values(column)], _form(upload.mapping))


def _reads(file: Path, mapping: dict[str, Any]) -> bool:
    """Columns of the same names may hold values of another form: a workbook's dates are no text."""
    from nyckeltal.sources import preview

    seen = preview.preview(file, mapping)
    return not seen.issues and seen.refused * 2 <= seen.read


def _of_the_only_client(mapping: dict[str, Any]) -> dict[str, Any]:
    """Who has one client need not say whose the contacts are; a name made of the file's would be a second one."""
    known = [row["client_id"] for row in facts.current().small("client").to_pylist()]
    return mapping | {"fact": mapping["fact"] | {"client": known[0]}} if len(known) == 1 and "client" in mapping["fact"] else mapping


def _form(mapping: dict[str, Any]) -> Any:
    from nyckeltal.sources.tables import FileForm

    return FileForm(**{name: value for name, value in mapping.get("file", {}).items() if name in FileForm.__dataclass_fields__})


def _seen_column(guess: Any) -> dict[str, Any]:
    return {
        "name": guess.name, "samples": list(guess.samples), "shape": guess.shape.kind, "form": guess.shape.form, "distinct": guess.shape.distinct,
        "both_ways": guess.shape.both_ways, "field": guess.field, "confidence": guess.confidence,
    }  # fmt: skip


def _told_by_values(column: dict[str, Any]) -> bool:
    return column["shape"] in ("text", "flag", "number") and 0 < column["distinct"] <= 50


def _plain(mapping: dict[str, Any]) -> dict[str, Any]:
    """As JSON keeps it."""
    import json

    plain: dict[str, Any] = json.loads(json.dumps(mapping, default=str))
    return plain


def forget(upload: Upload) -> None:
    """The files go, and with them the upload."""
    shutil.rmtree(folder(upload), ignore_errors=True)
    upload.delete()


def drop_files(upload: Upload) -> None:
    """What is in needs its file no longer; the upload goes on telling what was sent."""
    shutil.rmtree(folder(upload), ignore_errors=True)


def forget_old(now: datetime) -> None:
    """Files that nobody has loaded for a week, folders that belong to nobody, and what was still coming in when its receiver died."""
    for upload in Upload.objects.filter(at__lt=now - KEPT).exclude(job__state__in=("waiting", "running")):
        forget(upload)
    known = {str(key) for key in Upload.objects.values_list("pk", flat=True)}
    _sweep(known, now)
    arriving.sweep()


def _sweep(known: Collection[str], now: datetime) -> None:
    for place in arriving.folder().iterdir():
        if place.is_dir() and place.name not in known and place.stat().st_mtime < now.timestamp() - 3600:
            shutil.rmtree(place, ignore_errors=True)


def gone(upload: Upload) -> UserMistake:
    name = {"file": upload.title}
    return UserMistake(Text("web.uploads.gone", "The file %(file)s is not kept any more. Send it again.", name))
