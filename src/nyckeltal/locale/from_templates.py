"""Finds the texts in Django templates: Django turns a template into gettext calls, Babel reads those."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from nyckeltal.locale.message import Message

keywords = {"_": None, "gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}


def from_templates(package: Path) -> Iterator[Message]:
    for path in sorted(package.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            yield from _read(path, path.relative_to(package.parent).as_posix())


def _read(path: Path, file: str) -> Iterator[Message]:
    from babel.messages.extract import extract
    from django.utils.translation.template import templatize

    calls = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for _, found, _, context in extract("python", BytesIO(calls.encode()), keywords=keywords):
        english, plural = found if isinstance(found, tuple) else (found, None)
        yield Message(file, english, plural, context)
