"""Months and weeks as files name them: 2026-03, 202603, 3/2026, mars 2026, mar-26, 2026-03-01, a spreadsheet's day; 2026-W10."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from nyckeltal.contacts.columns import once

_iso = r"^\d{4}-\d\d?-\d\d?([ T]|$)"
_serial = r"^[2-9]\d{4}(\.0+)?$"  # a spreadsheet's number of days, from 1954 on
languages = ("en", "sv", "da", "hu", "fi")
of_lists = (*languages, "de", "es", "fr", "nl", "pt")  # in which ticket systems write out months


def month(text: str) -> str:
    """SQL for a moment within the month that a text names."""
    names = " ".join(f"WHEN '{word}' THEN {number}" for word, number in month_names().items())
    by_name = once(f"regexp_extract(lower({text}), '\\p{{L}}+')", "name", f"(CASE name {names} END)::VARCHAR")
    numbered, together = r"^(\d{4})[-./](\d{1,2})\.?$", r"^(\d{4})(\d\d)$"
    turned = r"^(\d{1,2})[-./](\d{4})$"
    year = r"(\d{4})"
    worded = r"^(\d{4}\.?[\s-]*\p{L}+\.?|\p{L}+\.?[\s-]*\d{4})$"
    shortly = r"^\p{L}+\.?[\s.-]*[''’]?\d{2}$"  # a spreadsheet's mar-26: a name and two figures are month and year
    cases = (
        (shortly, _first_of("'20' || " + _part(text, r"(\d{2})$", 1), by_name)),
        (_iso, f"try_cast({text} AS TIMESTAMP)"),
        (numbered, _first_of(_part(text, numbered, 1), _part(text, numbered, 2))),
        (together, _first_of(_part(text, together, 1), _part(text, together, 2))),
        (turned, _first_of(_part(text, turned, 2), _part(text, turned, 1))),
        (worded, _first_of(_part(text, year, 1), by_name)),
        (_serial, f"TIMESTAMP '1899-12-30' + to_days(try_cast({text} AS DOUBLE)::INTEGER)"),
    )
    return _cases(text, cases)


def week(text: str) -> str:
    """SQL for a moment within the week that a text names."""
    numbered = r"^(\d{4})-?[WwVv](\d{1,2})$"
    monday = f"{_part(text, numbered, 1)} || ' ' || lpad({_part(text, numbered, 2)}, 2, '0') || ' 1'"
    return _cases(text, ((numbered, f"try_strptime({monday}, '%G %V %u')"), (_iso, f"try_cast({text} AS TIMESTAMP)")))


def _cases(text: str, cases: Sequence[tuple[str, str]]) -> str:
    whens = " ".join(f"WHEN regexp_matches({text}, '{pattern}') THEN {moment}" for pattern, moment in cases)
    return f"CASE {whens} END"


def _part(text: str, pattern: str, group: int) -> str:
    return f"regexp_extract({text}, '{pattern}', {group})"


def _first_of(year: str, number: str) -> str:
    return f"try_strptime({year} || '-' || {number}, '%Y-%m')"


def month_in_english(text: str, form: str) -> str:
    """SQL for a date whose month may be written out in another language, with the month as a form of strptime knows it."""
    whole = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
    english = whole if "%B" in form else [name[:3] for name in whole]
    cases = " ".join(f"WHEN '{name}' THEN '{english[number - 1]}'" for name, number in month_names(of_lists).items())
    named = f"coalesce(CASE lower(word) {cases} END, word)"
    return once(f"regexp_extract({text}, '\\p{{L}}+')", "word", f"regexp_replace({text}, '\\p{{L}}+\\.?', {named})")


@cache
def month_names(spoken: tuple[str, ...] = languages) -> dict[str, int]:
    """What months are called in these languages, whole and short, without the full stop."""
    from babel.dates import get_month_names

    forms = (("wide", "format"), ("wide", "stand-alone"), ("abbreviated", "format"), ("abbreviated", "stand-alone"))
    names = {
        name.casefold().rstrip("."): number
        for language in spoken
        for width, context in forms
        for number, name in get_month_names(width, context, language).items()  # type: ignore[arg-type]  # literals in a tuple are widened to str
    }
    return {name: number for name, number in names.items() if name.isalpha()}


def is_span(header: str) -> bool:
    """Whether a header is a month or a day: mar-26, mars, 2026-03, 9/3, Mon 9/3."""
    bare = header.casefold().strip()
    words = [word for word in re.findall(r"[^\W\d_]+", bare) if word not in weekdays()]
    if re.search(r"\d", bare) is None:
        return len(words) == 1 and words[0] in month_names()
    named = len(words) == 1 and words[0] in month_names() and re.fullmatch(r"\D*\d{1,4}\D*(\d{2,4}\D*)?", bare)
    return bool(named or (not words and re.fullmatch(r"\D*(\d{4}[-./]\d\d?([-./]\d\d?)?( 00:00:00)?|\d\d?[-./]\d\d?([-./]\d{2,4})?)\D*", bare)))


@cache
def weekdays() -> frozenset[str]:
    """What days of the week are called in five languages, whole and short."""
    from babel.dates import get_day_names

    widths = ("wide", "abbreviated", "short")
    return frozenset(name.casefold().rstrip(".") for language in languages for width in widths for name in get_day_names(width, "format", language).values())  # type: ignore[arg-type]  # literals in a tuple are widened to str
