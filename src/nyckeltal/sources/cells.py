"""Cells as values: the SQL that reads a text cell as a moment, a duration, a number …, and what to say where it cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nyckeltal.sources import amounts, spans
from nyckeltal.words import Text

duration_forms = ("seconds", "milliseconds", "minutes", "hours", "days", "mm:ss", "h:mm:ss", "hh:mm:ss", "hh:mm", "h:mm")
moment_forms = ("iso", "epoch", "epoch_ms", "epoch_us", "excel")
dated = ("moment", "date", "month", "week")  # kinds with a form of their own; month and week are days that stand for more
_yes = ("true", "t", "yes", "y", "1", "x", "ja", "j", "igen", "i", "kyllä", "sand", "sant", "on")
_no = ("false", "f", "no", "n", "0", "nej", "nee", "nein", "nem", "ei", "falsk", "falskt", "off")
_space = " \t\r\n\u00a0\ufeff"
_directive = re.compile(r"%(-?)(.)")
_directives = "aAbBcdDfgGHIjmMnpSuUVwWxXyYzZ%"


@dataclass(frozen=True)
class Reading:
    """`value` is NULL where the text is missing or cannot be read; `local` is set for a moment that is still on a local clock."""

    value: str
    unreadable: Text
    local: str | None = None


def quote(text: object) -> str:
    """A text constant."""
    return "'" + str(text).replace("'", "''") + "'"


def trimmed(cell: str) -> str:
    """The cell without white space around it; NULL where nothing is left. Looking at both ends first is much quicker than trimming all."""
    ends = " OR ".join(f"suffix({cell}, '{space}')" for space in _space)
    return f"nullif(CASE WHEN {cell} BETWEEN '!' AND '~' AND NOT ({ends}) THEN {cell} ELSE trim({cell}, '{_space}') END, '')"


def number(text: str, decimal: str | None) -> str:
    """A finite number. Without a stated decimal sign a comma is one only where it cannot mean thousands."""
    bare = f"regexp_replace({text}, '[\\s\\x{{A0}}\\x{{202F}}'']', '', 'g')"
    if decimal == ",":
        plain = f"replace(replace({bare}, '.', ''), ',', '.')"
    elif decimal == ".":
        plain = f"replace({bare}, ',', '')"
    else:
        comma = f"regexp_matches({bare}, '^[+-]?\\d+,(\\d{{1,2}}|\\d{{4,}})$')"
        plain = f"CASE WHEN {comma} THEN replace({bare}, ',', '.') ELSE {bare} END"
    slow = f"try_cast(CASE WHEN regexp_matches({plain}, '^[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{{1,3}})?$') THEN {plain} END AS DOUBLE)"
    fraction = "" if decimal == "," else "([.][0-9]+)?"
    usual = f"regexp_full_match({text}, '[+-]?[0-9]+{fraction}')"
    return f"CASE WHEN {usual} THEN try_cast({text} AS DOUBLE) ELSE {slow} END"


def read(kind: str, text: str, forms: tuple[str, ...], decimal: str | None) -> Reading:
    """How a text (SQL) is read as a kind of the model."""
    if kind == "moment":
        return _moment(text, forms)
    if kind == "date":
        return _date(text, forms)
    if kind in ("month", "week"):
        return _span(kind, text, forms)
    if kind == "money":
        said = "“%(value)s” is no amount of money. Write it like 349.90 or 1 234,50; say under [file] which sign is the decimal one where that is not plain."
        return Reading(amounts.minor_units(text, decimal), Text("sources.cell.money", said))
    if kind == "seconds":
        return _seconds(text, forms, decimal)
    if kind == "share":
        bare = f"trim(rtrim({text}, '%'))"
        value = f"CASE WHEN suffix({text}, '%') THEN {number(bare, decimal)} / 100 ELSE {number(text, decimal)} END"
        return Reading(value, Text("sources.cell.share", "“%(value)s” is no share. Write it like 0.8 or 80 %%."))
    if kind == "hours":
        clock = f"regexp_matches({text}, '^\\d+:\\d')"
        value = f"CASE WHEN {clock} THEN {_clock_duration(text, 'h:mm')} / 3600 ELSE {number(text, decimal)} END"
        return Reading(value, Text("sources.cell.number", "“%(value)s” is no number."))
    if kind == "number":
        return Reading(number(text, decimal), Text("sources.cell.number", "“%(value)s” is no number."))
    if kind == "count":
        whole = number(text, decimal)
        value = f"CASE WHEN {whole} = floor({whole}) AND abs({whole}) < 9e15 THEN {whole}::BIGINT END"
        return Reading(value, Text("sources.cell.count", "“%(value)s” is no whole number."))
    if kind == "flag":
        yes, no = (", ".join(map(quote, words)) for words in (_yes, _no))
        value = f"CASE WHEN lower({text}) IN ({yes}) THEN true WHEN lower({text}) IN ({no}) THEN false END"
        return Reading(value, Text("sources.cell.flag", "“%(value)s” is neither yes nor no. Name it under values."))
    if kind == "ids":
        json = f"CASE WHEN {text} LIKE '[%' AND json_valid({text}) THEN CAST(json({text}) AS VARCHAR[]) ELSE regexp_split_to_array({text}, '[,;]') END"
        value = f"coalesce(list_filter(list_transform({json}, lambda part: trim(part)), lambda part: part <> ''), [])"
        return Reading(value, Text("sources.cell.ids", "“%(value)s” is no list."))
    return Reading(text, Text("sources.cell.text", "“%(value)s” cannot be read."))


def bad_form(kind: str, form: str) -> Text | None:
    """What is wrong with an `as`, or None."""
    wrong = [mark for _, mark in _directive.findall(form) if mark not in _directives]
    if wrong:
        values = {"form": form, "mark": "%" + wrong[0]}
        return Text("sources.mapping.directive", "“%(form)s” holds %(mark)s, which is no part of a date or time. Use those of strptime.", values)
    if kind == "seconds" and form not in duration_forms and "%" not in form:
        values = {"form": form, "known": ", ".join(duration_forms)}
        return Text("sources.mapping.duration_form", "“%(form)s” is no way to write a duration. There is: %(known)s, or a clock like %%H:%%M:%%S.", values)
    if kind in dated and form not in moment_forms:
        if "%" not in form:
            values = {"form": form}
            return Text(
                "sources.mapping.moment_form", "“%(form)s” is no way to write a moment. Write it like %%d.%%m.%%Y %%H:%%M, or iso, epoch, excel.", values
            )
        marks = {mark for _, mark in _directive.findall(form)}
        if (kind == "month" and marks & set("mbB") and marks & set("yY")) or (kind == "week" and marks & set("VUW") and marks & set("GyY")):
            return None
        if not (marks & set("cxDj") or (marks & set("d") and marks & set("mbB") and marks & set("yY"))):
            return Text("sources.mapping.no_day", "“%(form)s” has no day, month and year, so it is no moment.", {"form": form})
    if kind not in (*dated, "seconds"):
        return Text("sources.mapping.no_form", "“as” is for moments, dates and durations only.")
    return None


def _moment(text: str, forms: tuple[str, ...]) -> Reading:
    local = [_local(text, form) for form in forms or ("iso",)]
    absolute = [_absolute(text, form) for form in forms or ("iso",)]
    shown = " / ".join(forms) if forms else "2026-03-29 10:00:00"
    unreadable = Text("sources.cell.moment", "“%(value)s” is no moment in the form %(form)s. Choose its form (in a mapping: “as”).", {"form": shown})
    return Reading(_first([part for part in absolute if part]) or "NULL::TIMESTAMPTZ", unreadable, _first([part for part in local if part]))


def _first(parts: list[str]) -> str | None:
    return f"coalesce({', '.join(parts)})" if len(parts) > 1 else parts[0] if parts else None


_offset = "'\\d{1,2}:\\d\\d.*(Z|[+-]\\d\\d(:?\\d\\d)?)$'"
_interval = re.compile(r"(.*%[HI].*?)\s*[-–]\s*%[HI].*")
_iso = "'^\\d{4}-\\d\\d?-\\d\\d?([ T]|$)'"


def _local(text: str, form: str) -> str | None:
    if form == "iso":
        return f"try_cast(CASE WHEN regexp_matches({text}, {_iso}) AND NOT regexp_matches({text}, {_offset}) THEN {text} END AS TIMESTAMP)"
    if form == "excel":
        days = number(text, None)
        return f"CASE WHEN {days} BETWEEN 1 AND 2958465 THEN TIMESTAMP '1899-12-30' + to_microseconds(round({days} * 86400e3)::BIGINT * 1000) END"
    if form in moment_forms or "%z" in form:
        return None
    if begins := _interval.fullmatch(form):  # 08:00-08:15 is where it begins
        return f"try_strptime(regexp_extract({text}, '^(.+?)\\s*[-–]\\s*\\d{{1,2}}[:.]\\d\\d[^-–]*$', 1), {quote(begins[1])})"
    return _parsed(text, form)


def _parsed(text: str, form: str) -> str:
    """Newer programs write a narrow space that does not break before AM and PM."""
    said = f"replace({text}, '\u202f', ' ')" if "%p" in form else text
    return f"try_strptime({said}, {quote(form)})"


def _absolute(text: str, form: str) -> str | None:
    if form == "iso":
        return f"try_cast(CASE WHEN regexp_matches({text}, {_iso}) AND regexp_matches({text}, {_offset}) THEN {text} END AS TIMESTAMPTZ)"
    if form.startswith("epoch"):
        scale = {"epoch": 1_000_000, "epoch_ms": 1000, "epoch_us": 1}[form]
        whole = number(text, ".")
        return f"CASE WHEN abs({whole}) * {scale} < 2e17 THEN make_timestamptz(round({whole} * {scale})::BIGINT) END"
    return _parsed(text, form) if "%z" in form else None


def _date(text: str, forms: tuple[str, ...]) -> Reading:
    shown = " / ".join(forms) if forms else "2026-03-29"
    parts = [_local(text, form) for form in forms or ("iso",)]
    value = f"CAST({_first([part for part in parts if part]) or 'NULL'} AS DATE)"
    return Reading(value, Text("sources.cell.date", "“%(value)s” is no date in the form %(form)s. Choose its form (in a mapping: “as”).", {"form": shown}))


_USUAL_SPANS = {
    "month": Text("sources.cell.usual_month", "2026-03, 2026-03-01 or March 2026"),
    "week": Text("sources.cell.usual_week", "2026-W10 or 2026-03-02"),
}


def _span(kind: str, text: str, forms: tuple[str, ...]) -> Reading:
    """The first day of a month or week."""
    parts = [part for part in (_local(text, form) for form in forms) if part]
    usual = spans.month(text) if kind == "month" else spans.week(text)
    value = f"CAST(date_trunc('{kind}', {_first(parts) if forms else usual}) AS DATE)"
    shown: object = " / ".join(forms) or _USUAL_SPANS[kind]
    if kind == "month":
        return Reading(value, Text("sources.cell.month", "“%(value)s” is no month like %(form)s. Choose its form (in a mapping: “as”).", {"form": shown}))
    return Reading(value, Text("sources.cell.week", "“%(value)s” is no week like %(form)s. Choose its form (in a mapping: “as”).", {"form": shown}))


def _seconds(text: str, forms: tuple[str, ...], decimal: str | None) -> Reading:
    value = _first([_duration(text, form, decimal) for form in forms or ("seconds", "h:mm:ss")])
    shown: object = " / ".join(forms) if forms else Text("sources.cell.usual_duration", "seconds or h:mm:ss")
    unreadable = Text("sources.cell.seconds", "“%(value)s” is no duration in the form %(form)s. Choose its form (in a mapping: “as”).", {"form": shown})
    return Reading(value or "NULL::DOUBLE", unreadable)


def _duration(text: str, form: str, decimal: str | None) -> str:
    factors = {"seconds": 1.0, "milliseconds": 0.001, "minutes": 60.0, "hours": 3600.0, "days": 86400.0}
    if form in factors:
        return f"{number(text, decimal)} * {factors[form]}"
    if "%" in form:
        clock = f"try_strptime({text}, {quote(form)})"
        return f"(epoch_us({clock}) - epoch_us(date_trunc('day', {clock}))) / 1e6"
    return _clock_duration(text, form)


def _clock_duration(text: str, form: str) -> str:
    """h:mm:ss, also with more than 59 minutes written mm:ss; a sign and a fraction are kept."""
    three, two = "'^-?\\d{1,5}:[0-5]?\\d:[0-5]?\\d([.,]\\d+)?$'", "'^-?\\d{1,5}:[0-5]?\\d([.,]\\d+)?$'"
    part = [f"try_cast(replace(split_part(ltrim({text}, '-'), ':', {at}), ',', '.') AS DOUBLE)" for at in (1, 2, 3)]
    sign = f"CASE WHEN {text} LIKE '-%' THEN -1 ELSE 1 END"
    long = f"WHEN regexp_matches({text}, {three}) THEN {sign} * ({part[0]} * 3600 + {part[1]} * 60 + {part[2]})"
    if form in ("h:mm:ss", "hh:mm:ss"):
        return f"(CASE {long} END)"
    unit = (60, 1) if form == "mm:ss" else (3600, 60)
    return f"(CASE {long} WHEN regexp_matches({text}, {two}) THEN {sign} * ({part[0]} * {unit[0]} + {part[1]} * {unit[1]}) END)"
