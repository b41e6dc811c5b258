"""One thing to translate, and what keeps it from being collected."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Message:
    """An English text and the file that says it."""

    file: str
    english: str
    plural: str | None = None
    context: str | None = None
    about: str | None = None  # for whoever translates: what it is the text of


class NotCollectable(Exception):
    """A text that stands where it cannot be found: put together while running, or far from the call that says it."""
