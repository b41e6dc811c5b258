"""Survey tools whose files have a column for each question and never say what a question measures: a person says it once, in [[survey]] of a mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from nyckeltal.errors import BadMapping, Issue
from nyckeltal.sources import ratings
from nyckeltal.sources.gathered import default_client
from nyckeltal.sources.mapping import with_zone
from nyckeltal.sources.mapping_file import read_mapping
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.source import Source
from nyckeltal.sources.tabular import read_raw_tables
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.tables import RawTable

TOLD = ("columns", "survey", "leave_out", "key", "changed_at")  # tables of a mapping that go before what is known


@dataclass(frozen=True)
class Known:
    """What a tool's table says by itself, as parts of a mapping; `own` are its columns that are no questions.

    Of one survey alone, under the name of that survey as `source`, `key_alone` tells its rows apart.
    """

    own: frozenset[str]
    key: tuple[str, ...]
    columns: Mapping[str, Any]
    leave_out: Sequence[Mapping[str, str]] = ()
    none: tuple[str, ...] = ()  # what stands for no answer
    key_alone: tuple[str, ...] = ()
    source: str | None = None
    changed_at: str | None = None
    asks: bool = True  # False: nobody answers anything in it


@runtime_checkable
class Asking(Source, Protocol):
    """A source that needs to be told what its questions measure."""

    def plain(self, file: Path) -> bool:
        """Whether the file is a table that anybody can read as it stands."""
        ...

    def tables(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], folder: Path) -> list[RawTable]:
        """The files' answers, a row for each who answered and a column for each question."""
        ...

    def known(self, con: duckdb.DuckDBPyConnection, raw: RawTable) -> Known:
        """What is known of such a table."""
        ...


def read_answers(con: duckdb.DuckDBPyConnection, raws: Sequence[RawTable], known: Known, setting: Setting) -> Reading:
    """Who answered and what, or a mistake that names the questions of which nobody has said what they measure."""
    if known.asks and not setting.told.get("survey"):
        raise _untold(con, raws[0], known)
    mapping, issues = read_mapping(_mapping(known, setting, raws[0].names))
    return read_raw_tables(con, raws, with_zone(mapping, setting.zone), issues, replace(setting, client=mapping.client))


def _mapping(known: Known, setting: Setting, names: Sequence[str]) -> dict[str, Any]:
    told = {name: part for name, part in setting.told.items() if name in TOLD}
    if not known.asks:  # what is told of the answers holds for those who were asked as far as they have such columns
        told = {"columns": {field: rule for field, rule in told.get("columns", {}).items() if _column_of(rule) in names}}
    surveys = [_empty_are_none(survey, known.none) for survey in told.get("survey", ())]
    return {
        "file": setting.told.get("file", {}),
        "fact": {"kind": "survey_invitation", "client": setting.client or default_client, "source": setting.source},
        "key": {"columns": list(known.key), **({"changed_at": known.changed_at} if known.changed_at else {}), **told.get("key", {})},
        "columns": {**known.columns, **told.get("columns", {})},
        "leave_out": [*known.leave_out, *told.get("leave_out", ())],
        "survey": surveys,
    }


def _column_of(rule: Any) -> Any:
    return rule.get("from") if isinstance(rule, Mapping) else rule


def _empty_are_none(survey: Mapping[str, Any], none: Sequence[str]) -> dict[str, Any]:
    """A question as told, with what the tool writes where nobody answered."""

    def rule(given: Any) -> Any:
        full = {"from": given} if isinstance(given, str) else given
        return {"none": list(none), **full} if none and isinstance(full, Mapping) and "from" in full else given

    return {part: rule(given) if part in ("value", "text", "answered_at") else given for part, given in survey.items()}


def questions(raw: RawTable, known: Known) -> list[str]:
    """The columns that are neither the tool's own nor told to be something else."""
    return [name for name in raw.names if name and name not in known.own]


def _untold(con: duckdb.DuckDBPyConnection, raw: RawTable, known: Known) -> BadMapping:
    """What is missing, with a guess for each question that has marks."""
    english = (
        "%(file)s: nobody has said yet what the questions of this survey measure. Say it once in a mapping, with [[survey]] for each question that counts: "
        "“nyckeltal describe” proposes one, and so does the page. Never counted: questions that nobody has named."
    )
    issues = []
    for guess in ratings.proposed(con, raw, questions(raw, known), known.none):
        said = {"question": guess["value"], "scale": guess["scale"], "measure": guess["measure"]}
        text = Text("sources.survey.perhaps", "“%(question)s” has marks on the scale %(scale)s and could be %(measure)s; only you know.", said)
        issues.append(Issue(text, raw.file, 1, "survey"))
    return BadMapping(Text("sources.survey.untold", english, {"file": raw.file}), issues)


def proposal(con: duckdb.DuckDBPyConnection, raw: RawTable, known: Known, client: str) -> dict[str, Any]:
    """The mapping by which such a table could be read, its questions guessed."""
    surveys = [_empty_are_none(guess, known.none) for guess in ratings.proposed(con, raw, questions(raw, known), known.none)]
    fact = {"kind": "survey_invitation", "client": client, **({"source": known.source} if known.source else {})}
    form = {"separator": raw.separator} if raw.separator != "," else {}
    mapping = {"file": form, "fact": fact, "key": {"columns": list(known.key_alone or known.key)}, "columns": dict(known.columns), "survey": surveys}
    return {**mapping, **({"leave_out": [dict(one) for one in known.leave_out]} if known.leave_out else {})}


def write_ragged(broken: Sequence[tuple[int, str]], path: Path, width: int) -> Path | None:
    """What could not be read, with its line, as a table's rows of another width are kept."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not broken:
        return None
    lines, texts = [line for line, _ in broken], [text for _, text in broken]
    pq.write_table(pa.table({"line": lines, "original": texts, "cells": [0] * len(broken), "columns": [width] * len(broken)}), path)
    return path
