"""What a copy of the store must hold: the files that the state in force names, of every table, and nothing that came after."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from nyckeltal.contacts.lake import active_files
from nyckeltal.contacts.state import State

_numbered = re.compile(r"(\d{20})\.(json|checkpoint\.parquet|checkpoint\.\d+\.\d+\.parquet)")


def read_state(home: Path) -> tuple[State, bytes]:
    """The state in force with its file as it stands; both of the same moment."""
    path = home / "state.json"
    while True:
        before = path.read_bytes() if path.exists() else b""
        state = State.read(home)
        if before == (path.read_bytes() if path.exists() else b""):
            return state, before


def files_in_force(home: Path, state: State) -> Iterator[Path]:
    """Every file of the lake that this state needs. Loads write beside them; only upkeep removes them, a day after they went out of force."""
    for table, version in sorted(state.tables.items()):
        for path, _, _ in active_files(home / "lake", table, version, state.id).parts:
            yield Path(path)
        for log in sorted((home / "lake" / table / "_delta_log").iterdir()):
            numbered = _numbered.fullmatch(log.name)
            if numbered and int(numbered.group(1)) <= version:
                yield log


def versions_on_disk(home: Path, state: State) -> Iterator[tuple[str, int, int | None]]:
    """(table, the version in force, the newest one there is); None where the table cannot be opened at all."""
    from deltalake import DeltaTable
    from deltalake.exceptions import DeltaError

    for table, version in sorted(state.tables.items()):
        try:
            yield table, version, DeltaTable(str(home / "lake" / table)).version()
        except (DeltaError, OSError):
            yield table, version, None
