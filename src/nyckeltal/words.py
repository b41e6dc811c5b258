"""What is to be said, without saying it in any language: the core hands over `Text`, page and command translate it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    """A sentence for a reader: a stable id, its English form with named `%(placeholders)s`, and the values to put in.

    The English form is the gettext message, so `make words` collects the second argument of every `Text(…)`.
    A value may itself be a `Text`; it is then translated before it is put in.
    """

    id: str
    english: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.english % {name: str(value) for name, value in self.values.items()} if self.values else self.english
