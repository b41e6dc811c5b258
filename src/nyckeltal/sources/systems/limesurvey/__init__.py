"""LimeSurvey: responses as its export writes them (CSV, VV) and as its remote control answers them (JSON); participants as exported (CSV) or answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources import answers
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.limesurvey import forms, participants
from nyckeltal.sources.systems.limesurvey.pull import PULL
from nyckeltal.sources.tables.workbook import beginning
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.tables import RawTable


class LimeSurvey:
    """What the questions measure is told once, in a mapping; responses that were never sent in do not count. Participants need no mapping."""

    name = "limesurvey"
    title = Text(
        "sources.limesurvey.title",
        "LimeSurvey responses, exported as CSV or VV, and the participants of a survey as CSV; both also asked over its remote control",
    )
    pull = PULL

    def recognises(self, file: Path) -> bool:
        """By the columns that every export has."""
        try:
            return forms.form_of(beginning(file)) is not None or participants.are_told_in(file)
        except CannotRead:
            return False

    def plain(self, file: Path) -> bool:
        """Whether the file is a table that can be read as it stands."""
        return forms.form_of(beginning(file)) == "table"

    def tables(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], folder: Path) -> list[RawTable]:
        """Each file's responses or participants."""
        return [(participants if participants.are_told_in(file) else forms).read(con, file, folder, f"limesurvey{at}") for at, file in enumerate(files)]

    def known(self, con: duckdb.DuckDBPyConnection, raw: RawTable) -> answers.Known:
        """Its own columns, by code or by what they are called in the language of the survey."""
        return participants.known(raw) if forms.PARTICIPANT in raw.names else forms.known(con, raw)

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Who answered and what, and who was asked; of each sort all files together."""
        asked = [file for file in files if participants.are_told_in(file)]
        reading = Reading()
        for name, those in (("asked", asked), ("answered", [file for file in files if file not in asked])):
            if those:
                folder = setting.folder / name
                folder.mkdir()
                own = replace(setting, folder=folder)
                found = [(file, raw) for file, raw in zip(those, self.tables(con, those, folder), strict=True) if not forms.is_empty_page(con, file, raw)]
                raws = [forms.numbered(con, file, raw, own, f"limesurvey{at}") for at, (file, raw) in enumerate(found)]
                if raws:
                    reading.join(answers.read_answers(con, raws, self.known(con, raws[0]), own))
        return reading


SYSTEM = LimeSurvey()
