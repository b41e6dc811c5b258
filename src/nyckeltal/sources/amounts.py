"""Amounts of money as people write them – 349.90, 1 234,50 kr, EUR 1.234,50, 349:- – read as whole minor units, and the currency they name."""

from __future__ import annotations

import re

from nyckeltal.contacts.columns import once

_unit = r"(?:\p{Sc}|\p{L}{1,4}\.?)"  # €, kr, kr., SEK, Ft
_head = rf"^([+-]?)\s*{_unit}\s*([+-]?)"
_tail = rf"(?:[,.:][-–]|[,.:]?[-–]?\s*{_unit})$"  # 349:- and 349,- are whole amounts; a minus alone at the end is left, and refused
_SIGNS = {"€": "EUR", "£": "GBP", "Ft": "HUF", "zł": "PLN"}  # $ and kr. are of several countries


def minor_units(text: str, decimal: str | None) -> str:
    """SQL for a text's amount times 100. Where the file does not say its decimal sign and 1,234 could mean both, there is none."""
    plain = "[+-]?[0-9]+" if decimal == "," else "[+-]?[0-9]+([.][0-9]{1,2})?"
    bare = f"regexp_replace(regexp_replace(regexp_replace({text}, '{_head}', '\\1\\2'), '{_tail}', ''), '[\\s\\x{{A0}}\\x{{202F}}''’]', '', 'g')"
    amount = once(bare, "bare", f"try_cast({_with_point('bare', decimal)} AS DECIMAL(24, 6))")
    units = f"CASE WHEN regexp_full_match({text}, '{plain}') THEN try_cast({text} AS DECIMAL(24, 6)) ELSE {amount} END * 100"
    return once(units, "units", "CASE WHEN abs(units) < 9e15 THEN round(units)::BIGINT END")


def _with_point(bare: str, decimal: str | None) -> str:
    """The figures with a point before the fraction, NULL where nobody can tell."""
    comma = f"WHEN regexp_matches({bare}, '^[+-]?[1-9]\\d{{0,2}}(\\.\\d{{3}})+,\\d+$|^[+-]?\\d*,\\d+$') THEN replace(replace({bare}, '.', ''), ',', '.')"
    point = f"WHEN regexp_matches({bare}, '^[+-]?[1-9]\\d{{0,2}}(,\\d{{3}})+\\.\\d+$|^[+-]?\\d*\\.\\d+$') THEN replace({bare}, ',', '')"
    in_commas = f"WHEN regexp_matches({bare}, '^[+-]?[1-9]\\d{{0,2}}(,\\d{{3}})+$') THEN replace({bare}, ',', '')"
    in_points = f"WHEN regexp_matches({bare}, '^[+-]?[1-9]\\d{{0,2}}(\\.\\d{{3}})+$') THEN replace({bare}, '.', '')"
    whole = f"WHEN regexp_matches({bare}, '^[+-]?\\d+$') THEN {bare}"
    if decimal == ",":
        return f"CASE {whole} {in_points} {comma} END"
    if decimal == ".":
        return f"CASE {whole} {in_commas} {point} END"
    both = f"WHEN regexp_matches({bare}, '^[+-]?[1-9]\\d{{0,2}}([,.]\\d{{3}})$') THEN NULL"
    return f"CASE {whole} {both} {in_points} {in_commas} {comma} {point} END"


def currency(text: str) -> str:
    """SQL for the currency that a text names by its code or by a sign of one country only; empty where it names none."""
    signs = "".join(f" WHEN contains({text}, '{sign}') THEN '{code}'" for sign, code in _SIGNS.items())
    return f"CASE{signs} ELSE regexp_extract({text}, '(?:^|[^\\p{{L}}])([A-Z]{{3}})(?:$|[^\\p{{L}}])', 1) END"


_in_thousands = re.compile(
    r"\b([tkm][ .]?(kr|sek|dkk|nok|eur|huf|€)|[em] ?ft|ezer|millió|tuhat\w*|miljoon\w*|tusen|tusind|miljoner|mio|thousands?|millions?|1[ .,]?000|000s?)(?!\w)",
    re.IGNORECASE,
)


def in_thousands(header: str) -> bool:
    """Whether amounts below a header are not in whole units: Kostnad (tkr), Cost in EUR thousands."""
    return _in_thousands.search(header) is not None
