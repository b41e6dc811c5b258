"""Formbricks: responses as its export writes them (CSV, XLSX saved as CSV) and as its management API answers them (JSON)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources import answers
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems.formbricks import forms
from nyckeltal.sources.systems.formbricks.pull import PULL
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.tables import RawTable


class Formbricks:
    """What the questions measure is told once, in a mapping; responses that were not finished do not count."""

    name = "formbricks"
    title = Text("sources.formbricks.title", "Formbricks responses, exported as CSV or asked over its interface")
    pull = PULL

    def recognises(self, file: Path) -> bool:
        """By the columns of every export, or the fields of every response."""
        try:
            return forms.form_of(file) is not None
        except CannotRead:
            return False

    def plain(self, file: Path) -> bool:
        """Whether the file is a table that can be read as it stands."""
        return forms.form_of(file) == "table"

    def tables(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], folder: Path) -> list[RawTable]:
        """Each file's responses; those of documents together, since a document names only the questions that were answered in it."""
        return forms.read(con, files, folder)

    def known(self, con: duckdb.DuckDBPyConnection, raw: RawTable) -> answers.Known:  # noqa: ARG002 the columns' names say all
        """A response is a row, its own id the key."""
        return forms.known(raw)

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Who answered and what."""
        raws = forms.with_told(self.tables(con, files, setting.folder), con, setting)
        return answers.read_answers(con, raws, self.known(con, raws[0]), setting)


SYSTEM = Formbricks()
