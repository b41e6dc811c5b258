"""What is to be said, without saying it in any language: the core hands over `Text`, page and command translate it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACE = re.compile(r"%\((\w+)\)s")  # where a value is put in


@dataclass(frozen=True)
class Text:
    """A sentence for a reader: a stable id, its English form with named `%(placeholders)s`, and the values to put in.

    The English form is the gettext message, so `make words` collects the second argument of every `Text(…)`.
    A value may itself be a `Text`; it is then translated before it is put in. Several values stand with commas between them.
    What somebody here has written stays `as_written`: it is in their language, whatever a word of it means elsewhere.
    """

    id: str
    english: str
    values: Mapping[str, object] = field(default_factory=dict)
    as_written: bool = False

    def __str__(self) -> str:
        return self.filled(self.english, {name: _plain(value) for name, value in self.values.items()})

    def filled(self, form: str, values: Mapping[str, object]) -> str:
        """One of its forms with the values put in. What somebody has written may hold any other % too: “more than 5 % of them”."""
        if self.as_written:
            return PLACE.sub(lambda found: str(values.get(found[1], found[0])), form)
        return form % values if values else form


@dataclass(frozen=True)
class Field:
    """A field of a file as a value in a sentence: by its own name to whoever makes files, by what it is called on a page."""

    name: str
    called: Text | None

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Amount:
    """A number with its unit as a value in a sentence: as the reader's language writes it on a page, as here elsewhere."""

    value: float
    unit: str

    def __str__(self) -> str:
        match self.unit:
            case "share":
                return f"{_number(self.value * 100, 1)}%"
            case "share_points":
                return f"{_number(self.value * 100, 1)} percentage points"
            case "seconds":
                return _duration(self.value)
        money = self.unit.removeprefix("money").strip()
        return f"{_number(self.value, 2)} {money}" if self.unit.startswith("money ") else _number(self.value, 2)


def short(said: object, most: int = 80) -> str:
    """What somebody wrote, as far as a sentence can quote it."""
    text = str(said)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _number(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{_number(seconds, 1)} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d}"


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
