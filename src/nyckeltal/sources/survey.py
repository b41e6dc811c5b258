"""Answers that stand in a row of their contact, or in one row for each who answered: a response per answer, the questions, and for a contact's
own row the invitation as well."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.mapping import Survey, TableMapping
from nyckeltal.sources.reading import Setting
from nyckeltal.sources.staging import select_staged

if TYPE_CHECKING:
    import duckdb

ANSWERED = {"contact": "coalesce(ended_at, offered_at)", "survey_invitation": "drawn_at"}  # whose rows may hold answers → when those were given
_nothing = {"survey_id": "NULL", "draw_seed": "NULL", "draw_rank": "NULL", "attempts": "NULL"}


def survey_facts(con: duckdb.DuckDBPyConnection, mapping: TableMapping, setting: Setting) -> dict[str, list[Path]]:
    """The survey tables that the view `good` of contacts or invitations implies."""
    if not mapping.surveys:
        return {}
    source = cells.quote(setting.source)
    responses = " UNION ALL ".join(_response(at, survey, source, mapping.kind) for at, survey in enumerate(mapping.surveys))
    questions = " UNION ALL ".join(_question(survey, source) for survey in mapping.surveys if survey.question not in setting.known_questions)
    queries = {
        **({"survey_invitation": _invitations(mapping, source)} if mapping.kind == "contact" else {}),
        "survey_response": responses,
        **({"question": questions} if questions else {}),
    }
    paths = {table: setting.folder / f"{table}.parquet" for table in queries}
    for table, query in queries.items():
        con.execute(f"COPY ({query}) TO '{paths[table]}' (FORMAT parquet)")
    return {table: [path] for table, path in paths.items()}


def _invitations(mapping: TableMapping, source: str) -> str:
    """One for each contact that was answered."""
    answered = " OR ".join(f"s{at}_value IS NOT NULL" for at in range(len(mapping.surveys)))
    given = {
        **_nothing,
        "invitation_id": f"{source} || ':' || source_id",
        "agent_id": "own_agent_id",
        "drawn_at": ANSWERED["contact"],
        "outcome": "'complete'",
        "survey_id": constant_or_null(mapping.surveys[0].survey_id),
        "source": source,
    }
    return f"SELECT {select_staged('survey_invitation', given)} FROM good WHERE {answered}"


def _response(at: int, survey: Survey, source: str, kind: str) -> str:
    value = f"s{at}_value"
    number = "NULL" if survey.scale == "text" else f"CASE WHEN {value} THEN 1 ELSE 0 END" if survey.scale == "yes_no" else value
    text = value if survey.scale == "text" else f"s{at}_text" if survey.text else "NULL"
    given = {
        "response_id": f"{source} || ':' || source_id || '#' || {cells.quote(survey.question)}",
        "invitation_id": "invitation_id" if kind == "survey_invitation" else f"{source} || ':' || source_id",
        "question_id": cells.quote(survey.question),
        "scale": cells.quote(survey.scale),
        "value": number,
        "text": text,
        "answered_at": f"coalesce(s{at}_answered_at, {ANSWERED[kind]})" if survey.answered_at else ANSWERED[kind],
        "weight": "1",
        "source": source,
        "source_id": f"source_id || '#' || {cells.quote(survey.question)}",
    }
    return f"SELECT {select_staged('survey_response', given)} FROM good WHERE {value} IS NOT NULL"


def _question(survey: Survey, source: str) -> str:
    given = {
        "question_id": cells.quote(survey.question),
        "survey_id": constant_or_null(survey.survey_id),
        "measure": cells.quote(survey.measure),
        "scale": cells.quote(survey.scale),
        "words": "NULL",
        "source": source,
        "source_id": cells.quote(survey.question),
        "changed_at": "NULL",
        "line": "0",
    }
    return f"SELECT {select_staged('question', given)}"


def constant_or_null(value: str | None) -> str:
    """A text constant, or NULL."""
    return "NULL" if value is None else cells.quote(value)
