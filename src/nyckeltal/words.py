"""What is to be said, without saying it in any language: the core hands over `Text`, page and command translate it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A sentence for a reader: a stable id, its English form with named `%(placeholders)s`, and the values to put in.

    The English form is the gettext message, so `make words` collects the second argument of every `Text(…)`.
    A value may itself be a `Text`; it is then translated before it is put in. Several values stand with commas between them.
    """

    id: str
    english: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.english % {name: _plain(value) for name, value in self.values.items()} if self.values else self.english


@dataclass(frozen=True)
class Field:
    """A field of a file as a value in a sentence: by its own name to whoever makes files, by what it is called on a page."""

    name: str
    called: Text | None

    def __str__(self) -> str:
        return self.name


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
