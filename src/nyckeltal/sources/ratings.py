"""Columns that hold answers, in a table with one row for each who answered: told by what they are called and by the marks given in them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from nyckeltal.sources import cells
from nyckeltal.sources import columns as known

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.describe import ColumnGuess
    from nyckeltal.sources.tables import RawTable

MEASURES: Mapping[str, str] = {  # what a question may be called that measures it, in five languages
    "nps": "nps, net promoter, net promoter score, nps score, recommend, recommendation, likely to recommend, rekommendera, rekommenderar, rekommenderade, "
    "rekommendation, rekommendationsvilja, anbefale, anbefaler, anbefaling, ajánlaná, ajánlana, ajánlanád, ajánlja, ajánlás, ajánlási hajlandóság, "
    "suosittelu, suositteluhalukkuus, suosittelisi, suosittelisitko, suosittelisit, suosittelisitte, suosittelet, suosittelette, suosittelemaan",
    "csat": f"{known.SATISFACTION}, csat score, satisfied, how satisfied, nöjd, hur nöjd, tilfreds, hvor tilfreds, elégedett, mennyire elégedett, "
    "tyytyväinen, kuinka tyytyväinen, tyytyväisiä",
    "ces": "ces, ces score, effort, customer effort, how easy, easy, easily, how easily, ansträngning, lätt, hur lätt, enkelt, hur enkelt, smidigt, "
    "hur smidigt, indsats, nemt, hvor nemt, hvor let, erőfeszítés, könnyű, mennyire könnyű, könnyen, vaiva, vaivattomuus, helppo, helppoa, helposti, "
    "kuinka helposti",
    "resolved": "resolved, solved, issue resolved, first contact resolution, löst, löstes, ärendet löst, løst, blev løst, megoldva, megoldódott, ratkaistu, "
    "ratkesi",
}
LINKS: Mapping[str, str] = {  # a bare id is the answer's own
    "contact_id": "contact id, call id, callid, interaction id, conversation id, ticket id, ticket, case id, uniqueid, samtals id, kontakt id, ärendenummer, "
    "opkalds id, sagsnummer, hívás azonosító, ügyszám, puhelun tunnus, tiketti",
    "agent_id": known.NAMES["own_agent_id"],
    "queue_id": known.NAMES["queue_id"],
}
MOMENTS = f"{known.NAMES['drawn_at']}, {known.NAMES['survey_response.answered_at']}, {known.DATES}, created at, started, start date"
_SHORT = ("nps", "csat", "ces")  # too short to be looked for within words, and sure as words
MARKS = ((0, 10, "0_10"), (1, 5, "1_5"), (1, 7, "1_7"), (1, 10, "1_10"))
least_held = 0.98  # a cell in fifty may be bad


def one_row_each(seen: Sequence[ColumnGuess]) -> bool:
    """Whether the table has answers as columns: more than one question, one that is called like nothing else, or one beside the contact, the queue or the
    agent that it is about. One with waits, talk or after-work in it lists contacts, some of them rated."""
    asked = [guess for guess in seen if guess.shape.kind in ("number", "flag") and measured(guess.name)]
    linked = any(known.likeness(guess.name, names) == 1 for guess in seen for names in LINKS.values())
    when = any(guess.shape.kind in ("moment", "date") for guess in seen)
    told = any(known.likeness(guess.name, known.NAMES["question_id"]) == 1 for guess in seen)
    contacts = any(known.likeness(guess.name, known.NAMES[field]) == 1 for guess in seen for field in ("wait_s", "own_talk_s", "own_acw_s", "own_hold_s"))
    return when and not told and not contacts and bool(asked) and (len(asked) > 1 or linked or _is_worded(asked[0].name))


def measured(name: str) -> str | None:
    """What a question of this name probably measures, None where its name does not say."""
    if said := next((word for word in _SHORT if word in known.plain(name).split()), None):
        return said
    likely = {measure: known.likeness(name, names) for measure, names in MEASURES.items()}
    best = max(likely, key=lambda measure: likely[measure])
    return best if likely[best] else None


def _is_worded(name: str) -> bool:
    """Whether it is called by a question or by what it measures; “score” and “rating” may be an answer to any question."""
    return known.likeness(name, known.SATISFACTION) < 1


def proposed(con: duckdb.DuckDBPyConnection, raw: RawTable, names: Sequence[str], none: Sequence[str] = ()) -> list[dict[str, Any]]:
    """A [[survey]] for each of the columns whose cells are marks on a scale, or yes and no to a question that says so; each to be
    checked by a person. `none` are what stands for no answer."""
    found = []
    for name in names:
        measure, scale = measured(name), scale_of(con, raw, name, none)
        if measure == "resolved" and _is_yes_no(con, raw, name, none):
            scale = "yes_no"
        if scale is not None and (measure != "resolved" or scale == "yes_no"):
            measure = measure or ("nps" if scale == "0_10" else "csat")
            scale = "0_10" if measure == "nps" else scale  # though nobody may have given 0; one that begins with 1 is rare
            found.append({"question": question(name), "measure": measure, "scale": scale, "value": name})
    return found


def scale_of(con: duckdb.DuckDBPyConnection, raw: RawTable, name: str, none: Sequence[str] = ()) -> str | None:
    """The smallest scale that has the marks of a column; None where they are no marks."""
    text = _given(raw, name, none)
    number = cells.number(text, None)
    query = f"""SELECT min(v), max(v), count(*) FILTER (v = floor(v)) >= {least_held} * count(*), count(v) >= {least_held} * count(*), count(v)
        FROM (SELECT {number} AS v FROM read_parquet('{raw.rows}') WHERE {text} IS NOT NULL)"""
    low, high, whole, numbers, n = con.execute(query).fetchone() or (None, None, False, False, 0)
    if not n or not whole or not numbers or high <= 1:
        return None
    fitting = [scale for least, most, scale in sorted(MARKS, key=lambda one: one[1] - one[0]) if least <= low <= high <= most]
    return fitting[0] if fitting else None


def _is_yes_no(con: duckdb.DuckDBPyConnection, raw: RawTable, name: str, none: Sequence[str]) -> bool:
    text = _given(raw, name, none)
    flag = cells.read("flag", text, (), None).value
    query = f"SELECT count({flag}) = count(*) AND count(*) > 0 FROM read_parquet('{raw.rows}') WHERE {text} IS NOT NULL"
    return bool((con.execute(query).fetchone() or (False,))[0])


def _given(raw: RawTable, name: str, none: Sequence[str]) -> str:
    """SQL for what was answered."""
    text = cells.trimmed(raw.column(name))
    return f"CASE WHEN {text} NOT IN ({', '.join(map(cells.quote, none))}) THEN {text} END" if none else text


def question(name: str) -> str:
    """A column's name as the id of its question."""
    return re.sub(r"\W+", "_", name.casefold()).strip("_") or name


def when(seen: Sequence[ColumnGuess], taken: Collection[str]) -> ColumnGuess | None:
    """The column that most likely says when the customer was asked or answered."""
    moments = [guess for guess in seen if guess.shape.kind in ("moment", "date") and guess.name not in taken]
    return max(moments, key=lambda guess: known.likeness(guess.name, MOMENTS), default=None)
