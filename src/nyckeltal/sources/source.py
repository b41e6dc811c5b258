"""What a system's folder offers: does this file come from it, and what facts does it hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


class Source(Protocol):
    """One system. `name` is what `--as` takes; `title` says in a line what it reads."""

    name: str
    title: Text

    def recognises(self, file: Path) -> bool:
        """Whether the file looks like one of this system; looks at its head only."""
        ...

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """The facts of the files, keys unique; CannotRead where they cannot be read."""
        ...
