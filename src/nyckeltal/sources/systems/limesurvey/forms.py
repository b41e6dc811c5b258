"""The forms in which LimeSurvey gives responses, each brought to a table with one row per response."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from nyckeltal.sources import cells
from nyckeltal.sources.answers import Known, write_ragged
from nyckeltal.sources.documents import records
from nyckeltal.sources.reading import Setting
from nyckeltal.sources.staging import identifier
from nyckeltal.sources.tables import FileForm, RawTable, read_table
from nyckeltal.sources.tables.heading import below_separator
from nyckeltal.sources.tables.raw import write_rows
from nyckeltal.sources.tables.text import refuse
from nyckeltal.sources.tables.workbook import beginning
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

Form = Literal["table", "vv", "json"]
NAMES: Mapping[str, str] = {  # code → what the column is called where headings are written out, in the languages of its surveys
    "id": "response id, antwort id, svars id, svar id, besvarelses id, id de la réponse, id. de respuesta, vastauksen id, válasz azonosító, válaszazonosító",
    "submitdate": "date submitted, datum abgeschickt, insänt datum, datum inskickat, datum insänt, dato for indsendelse, dato indsendt, date de soumission, "
    "fecha de envío, lähetyspäivä, beküldés dátuma, a beküldés dátuma",
    "lastpage": "last page, letzte seite, sista sidan, senaste sida, sidste side, dernière page, última página, viimeinen sivu, utolsó oldal",
    "startlanguage": "start language, start sprache, startsprache, startspråk, startsprog, langue de départ, lenguaje inicial, aloituskieli, kezdő nyelv",
    "seed": "seed, zufallsstartwert, frö, semilla, magszám",
    "startdate": "date started, datum gestartet, startdatum, dato startet, startdato, date de lancement, fecha de inicio, aloituspäivä, kezdés dátuma",
    "datestamp": "date last action, datum letzte aktivität, datum senaste åtgärd, dato for seneste handling, date de la dernière action, "
    "fecha de la última acción, viimeisin toiminto, utolsó művelet dátuma",
    "token": "access code, zugangscode, token, zugangsschlüssel, åtkomstkod, adgangskode, code d'accès",
    "ipaddr": "ip address, ip adresse, ip adress, adresse ip, dirección ip, ip osoite, ip cím",
    "refurl": "referrer url, referrer-url, url de référence",
}
SURVEY = "survey"  # a column of ours: response ids begin anew in every survey
PARTICIPANT = "participant"  # another, of those who were asked
NOT_SHOWN = ("{question_not_shown}", "N/A")
_ESCAPED = (("{newline}", "\n"), ("{cr}", "\r"), ("{tab}", "\t"), ("{quote}", '"'), ("{lbrace}", "{"))  # the brace last, as it was written first
_no_dates = Text(
    "sources.limesurvey.no_dates",
    "no response of this survey has a date, since it was not set to keep dates, so nobody can say in which month "
    "it was answered. Switch the date stamp on in its settings.",
)
_no_survey = Text(
    "sources.limesurvey.no_survey",
    "of which survey these responses are is not told: response ids begin anew in each. Keep its number in the file's name, as in results-survey123456.csv, "
    "or say survey_id under [[survey]].",
)


def form_of(start: bytes) -> Form | None:
    """Which form the file's beginning has, None where it is of no survey of LimeSurvey."""
    text = start.decode("utf-8-sig", errors="replace").lstrip()
    if text.startswith("{"):
        found = re.match(r'\{\s*(?:"survey"\s*:\s*"?\d+"?\s*,\s*)?"responses"\s*:\s*\[', text)
        return "json" if found and (re.search(r'"(submitdate|lastpage|startlanguage)"', text) or text[found.end() :].startswith("]")) else None
    lines = below_separator(text).lstrip().splitlines()[:2]
    if len(lines) == 2 and "\t" in lines[1] and _is_header(lines[1]):
        return "vv"
    return "table" if lines and _is_header(lines[0]) else None


def _is_header(line: str) -> bool:
    """Whether its columns are those with which each export begins."""
    found = {code_of(name) for name in re.split(r"[;,\t]", line)}
    return {"id", "submitdate"} <= found and bool(found & {"lastpage", "startlanguage", "seed", "startdate"})


def code_of(heading: str) -> str | None:
    """The code of one of its own columns, whether the heading is the code or its name."""
    bare = re.sub(r"[\W_]+", " ", heading.strip().strip('"').casefold()).strip()
    code, _, name = bare.partition(" ")  # headings may be “submitdate. Date submitted”
    return _codes().get(bare) or (code if code in NAMES and _codes().get(name) == code else None)


@cache
def _codes() -> dict[str, str]:
    named = ((re.sub(r"[\W_]+", " ", name).strip(), code) for code, names in NAMES.items() for name in (code, *names.split(",")))
    return {name: code for name, code in named if name}


def read(con: duckdb.DuckDBPyConnection, file: Path, folder: Path, tag: str) -> RawTable:
    """The file as a table, with the number of its survey as a column."""
    form = form_of(beginning(file))
    if form == "json":
        raw = documents(file, folder, tag, "responses", ("id", "submitdate"))
    else:
        raw = read_table(con, file, folder, FileForm(separator="\t" if form == "vv" else None), tag)
    if form == "vv":
        raw = _with_codes(con, raw, folder, tag)
    if SURVEY not in raw.names:
        raw = _with_survey(con, raw, folder, tag, survey_of(file))
    _refuse_without_dates(con, file, raw)
    return raw


def documents(file: Path, folder: Path, tag: str, kind: str, columns: tuple[str, ...]) -> RawTable:
    """Responses or participants as JSON: objects, in older versions each under its id. An empty survey gives one response with nothing in it."""
    rows: list[tuple[int, str, dict[str, Any]]] = []
    broken: list[tuple[int, str]] = []
    survey = ""
    for document in records(file):
        if document.broken is not None or not isinstance(document.value, dict):
            broken.append((document.line, document.broken or str(document.value)))
            continue
        survey = str(document.value.get("survey") or "")
        found = document.value.get(kind)
        for told in found if isinstance(found, list) else ():
            inner = next(iter(told.values())) if isinstance(told, dict) and len(told) == 1 else told
            if not isinstance(inner, dict):
                broken.append((document.line, str(told)))
            elif any(value not in (None, "") for value in inner.values()):
                rows.append((len(rows) + 1, survey, inner))
    names = tuple(dict.fromkeys(name for _, _, row in rows for name in row)) or columns
    extra = (SURVEY,) if survey else ()
    cells_of = [[_text(row.get(name)) for name in names] + [said for _ in extra] for _, said, row in rows]
    path = folder / f"{tag}-rows.parquet"
    write_rows(path, len(names) + len(extra), [([line for line, _, _ in rows], cells_of)])
    return RawTable(file.name, names + extra, path, write_ragged(broken, folder / f"{tag}-ragged.parquet", len(names)))


def is_empty_page(con: duckdb.DuckDBPyConnection, file: Path, raw: RawTable) -> bool:
    """Whether an answer told nobody: of all that a page had, nothing may be of the time that is asked for. It names no columns."""
    if raw.ragged or not beginning(file).lstrip(b"\xef\xbb\xbf \n").startswith(b"{"):
        return False
    return con.execute(f"SELECT count(*) FROM read_parquet('{raw.rows}')").fetchone() == (0,)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _with_codes(con: duckdb.DuckDBPyConnection, raw: RawTable, folder: Path, tag: str) -> RawTable:
    """A VV file has the codes in its second line, and writes what would break a line in words."""
    columns = [f"c{at}" for at in range(len(raw.names))]
    codes = con.execute(f"SELECT {', '.join(columns)} FROM read_parquet('{raw.rows}') ORDER BY line LIMIT 1").fetchone() or ()
    path = folder / f"{tag}-vv.parquet"
    rest = f"SELECT line, {', '.join(f'{_plain(column)} AS {column}' for column in columns)} FROM read_parquet('{raw.rows}') ORDER BY line OFFSET 1"
    con.execute(f"COPY ({rest}) TO '{path}' (FORMAT parquet)")
    return replace(raw, names=tuple(str(code or "") for code in codes), rows=path)


def _plain(column: str) -> str:
    said = f"CASE WHEN {column} <> {cells.quote(NOT_SHOWN[0])} THEN {column} END"
    for word, sign in _ESCAPED:
        said = f"replace({said}, {cells.quote(word)}, {cells.quote(sign)})"
    return said


def survey_of(file: Path) -> str:
    """The number that the export writes into the file's name, empty where it was renamed."""
    found = re.search(r"(?:survey|vvexport|tokens)[_-]?(\d{3,})", file.name.casefold())
    return found[1] if found else ""


def _with_survey(con: duckdb.DuckDBPyConnection, raw: RawTable, folder: Path, tag: str, survey: str) -> RawTable:
    path = folder / f"{tag}-survey.parquet"
    said = f"SELECT *, nullif({cells.quote(survey)}, '') AS c{len(raw.names)} FROM read_parquet('{raw.rows}') ORDER BY line"
    con.execute(f"COPY ({said}) TO '{path}' (FORMAT parquet)")
    return replace(raw, names=(*raw.names, SURVEY), rows=path)


def _refuse_without_dates(con: duckdb.DuckDBPyConnection, file: Path, raw: RawTable) -> None:
    """A survey that keeps no dates is said to be sent in on 1 January 1980."""
    codes = {code_of(name): name for name in raw.names}
    if "submitdate" not in codes:
        raise refuse(file, Text("sources.mapping.no_column", "%(file)s has no column “%(word)s”.", {"word": "submitdate", "file": file.name}))
    sent = f"nullif(trim({raw.column(codes['submitdate'])}), '')"
    query = f"SELECT count({sent}) > 0 AND count({sent}) FILTER (NOT starts_with({sent}, '1980-01-01')) = 0 FROM read_parquet('{raw.rows}')"
    if (con.execute(query).fetchone() or (False,))[0]:
        raise refuse(file, _no_dates)


def numbered(con: duckdb.DuckDBPyConnection, file: Path, raw: RawTable, setting: Setting, tag: str) -> RawTable:
    """The table with the number of its survey in each row: from the file, else as told; a key of the person's own needs none."""
    column = raw.column(SURVEY)
    (missing,) = con.execute(f"SELECT count(*) FROM read_parquet('{raw.rows}') WHERE {column} IS NULL").fetchone() or (0,)
    told = {str(survey["survey_id"]) for survey in setting.told.get("survey", ()) if survey.get("survey_id")}
    if not missing or (PARTICIPANT not in raw.names and ("key" in setting.told or not setting.told.get("survey"))):
        return raw
    if len(told) != 1:
        raise refuse(file, _no_survey)
    path = setting.folder / f"{tag}-numbered.parquet"
    filled = f"SELECT * REPLACE (coalesce({column}, {cells.quote(told.pop())}) AS {column}) FROM read_parquet('{raw.rows}') ORDER BY line"
    con.execute(f"COPY ({filled}) TO '{path}' (FORMAT parquet)")
    return replace(raw, rows=path)


def known(con: duckdb.DuckDBPyConnection, raw: RawTable) -> Known:
    """A response is a row, its number the key; what was not sent in is left out."""
    named = {code: name for name in reversed(raw.names) if (code := code_of(name))}
    sent = named["submitdate"]
    left_out = {"where": f"{identifier(sent)} is None", "reason": "response that was never sent in"}
    (survey,) = con.execute(f"SELECT max({raw.column(SURVEY)}) FROM read_parquet('{raw.rows}')").fetchone() or (None,)
    source = f"limesurvey-{survey}" if survey else None
    own = frozenset((*named.values(), SURVEY))
    return Known(own, (SURVEY, named["id"]), {"drawn_at": sent}, (left_out,), NOT_SHOWN, (named["id"],), source)
