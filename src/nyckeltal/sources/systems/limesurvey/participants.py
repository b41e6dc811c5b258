"""LimeSurvey's participants, exported (CSV) or as its remote control answered them (JSON): whom a survey was sent to and whether they answered, so that its
response rate can be told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.answers import Known
from nyckeltal.sources.systems.limesurvey.forms import PARTICIPANT, SURVEY, documents, survey_of
from nyckeltal.sources.tables import FileForm, RawTable, read_table
from nyckeltal.sources.tables.workbook import beginning
from nyckeltal.sources.tickets.sheet import header

if TYPE_CHECKING:
    import duckdb

ASKED, OUTCOME, ATTEMPTS = "asked", "outcome", "attempts"  # columns of ours
HIDDEN = ("firstname", "lastname", "token")  # nobody's business, and never written down
_INVITED, _NOT = ("invited", "sent"), ("N", "")


_ANSWERED = re.compile(r'\s*\{\s*"survey"\s*:\s*"?\d+"?\s*,\s*"participants"\s*:\s*\[')
_COLUMNS = ("tid", "emailstatus", "completed", "sent")


def are_told_in(file: Path) -> bool:
    """Whether the file tells participants: as answered, or by the header of the export, which is English whatever the language, or of its table."""
    if _answered(file):
        return True
    names = header(file)
    return {"tid", "emailstatus", "completed"} <= names and bool(names & set(_INVITED))


def _answered(file: Path) -> bool:
    return _ANSWERED.match(beginning(file).decode("utf-8-sig", errors="replace")) is not None


def read(con: duckdb.DuckDBPyConnection, file: Path, folder: Path, tag: str) -> RawTable:
    """The list as a table, with what came of each invitation."""
    raw = documents(file, folder, tag, "participants", _COLUMNS) if _answered(file) else read_table(con, file, folder, FileForm(), tag)
    named = {name.strip().casefold(): f"c{at}" for at, name in enumerate(raw.names)}

    def text(*names: str) -> str:
        found = next((named[name] for name in names if name in named), None)
        return f"coalesce({cells.trimmed(found)}, '')" if found else "''"

    none = ", ".join(map(cells.quote, _NOT))
    computed = {
        SURVEY: f"coalesce(nullif({text(SURVEY)}, ''), nullif({cells.quote(survey_of(file))}, ''))",
        PARTICIPANT: f"'participant ' || {cells.trimmed(named['tid'])}",  # responses are numbered too
        ASKED: f"CASE WHEN upper({text(*_INVITED)}) NOT IN ({none}) THEN {text(*_INVITED)} END",
        OUTCOME: f"""CASE WHEN {text("completed")} = 'Q' THEN 'ineligible' WHEN upper({text("completed")}) NOT IN ({none}) THEN 'complete'
            WHEN lower({text("emailstatus")}) = 'optout' THEN 'refusal' WHEN lower({text("emailstatus")}) NOT IN ('ok', '') THEN 'non_contact'
            WHEN {text("started")} <> '' THEN 'partial' ELSE 'unknown' END""",
        ATTEMPTS: f"(1 + coalesce(try_cast({text('remindercount')} AS BIGINT), 0))::VARCHAR",
    }
    kept = [at for at, name in enumerate(raw.names) if name.strip().casefold() not in (*HIDDEN, SURVEY)]
    listed = [f"c{at} AS c{place}" for place, at in enumerate(kept)]
    listed += [f"{sql} AS c{len(kept) + place}" for place, sql in enumerate(computed.values())]
    path = folder / f"{tag}-participants.parquet"
    con.execute(f"COPY (SELECT line, {', '.join(listed)} FROM read_parquet('{raw.rows}') ORDER BY line) TO '{path}' (FORMAT parquet)")
    return replace(raw, names=(*[raw.names[at] for at in kept], *computed), rows=path)


def known(raw: RawTable) -> Known:
    """An invitation is a row that was sent; nothing in it is an answer."""
    email = next((name for name in raw.names if name.strip().casefold() == "email"), None)
    columns = {"drawn_at": ASKED, "outcome": OUTCOME, "attempts": ATTEMPTS, **({"customer_key": email} if email else {})}
    left_out = {"where": f"{ASKED} is None", "reason": "participant whom the survey has not invited"}
    return Known(frozenset(raw.names), (SURVEY, PARTICIPANT), columns, (left_out,), key_alone=(SURVEY, PARTICIPANT), asks=False)
