"""Says in the reader's language what the core handed over: a `Text`, or a sentence of a KPI file, which is its own message id."""

from __future__ import annotations

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from nyckeltal.words import Text


def say(thing: Text | str | None) -> str:
    if thing is None or thing == "":
        return ""
    if isinstance(thing, Text):
        values = {name: say(value) if isinstance(value, Text) else value for name, value in thing.values.items()}
        return gettext(thing.english) % values if values else gettext(thing.english)
    return gettext(thing)


def say_strong(thing: Text | None) -> SafeString:
    """The same with what was filled in set off, so that a reader sees which part is a setting."""
    if thing is None or not thing.english:
        return SafeString("")
    values = {name: format_html("<strong>{}</strong>", say(value) if isinstance(value, Text) else value) for name, value in thing.values.items()}
    return SafeString(escape(gettext(thing.english)) % values) if values else escape(gettext(thing.english))
