"""Says in the reader's language what the core handed over: a `Text`, or a sentence of a KPI file, which is its own message id."""

from __future__ import annotations

from datetime import date

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from nyckeltal.web.frame import numbers
from nyckeltal.words import Amount, Field, Text


def say(thing: Text | str | None) -> str:
    if thing is None or thing == "":
        return ""
    if isinstance(thing, Text):
        values = {name: _said(value) for name, value in thing.values.items()}
        return thing.filled(_form(thing), values)
    return gettext(thing)


def say_strong(thing: Text | None) -> SafeString:
    """The same with what was filled in set off, so that a reader sees which part is a setting."""
    if thing is None or not thing.english:
        return SafeString("")
    values = {name: format_html("<strong>{}</strong>", _said(value)) for name, value in thing.values.items()}
    return SafeString(thing.filled(escape(_form(thing)), values))


def _form(thing: Text) -> str:
    """Its form in the reader's language, where it is not as somebody has written it."""
    return thing.english if thing.as_written else gettext(thing.english)


def _said(value: object) -> object:
    """What stands for a placeholder: a text is translated, a day is written as the reader's language writes it, a field is called what it means."""
    match value:
        case tuple():
            return ", ".join(dict.fromkeys(str(_said(each)) for each in value))
        case Field():
            return _said(value.called) if value.called else value.name
        case Text():
            return say(value)
        case Amount():
            return numbers.of_unit(value.value, value.unit)
        case date():
            return numbers.day(value)
    return value
