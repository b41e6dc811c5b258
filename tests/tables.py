"""Small files to load, and what the store holds afterwards, for the tests of reading."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batches import read
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.load import LoadReport, load

CALLS: dict[str, Any] = {
    "file": {"zone": "Europe/Stockholm"},
    "fact": {"kind": "contact", "client": "one"},
    "key": {"columns": ["id"]},
    "columns": {"channel": {"is": "voice"}, "outcome": {"is": "answered"}, "offered_at": "at", "wait_s": "wait"},
}


def mapping(columns: Mapping[str, Any] | None = None, **tables: Any) -> dict[str, Any]:
    """The mapping of calls with other columns or tables put in."""
    return {**CALLS, **tables, "columns": {**CALLS["columns"], **(columns or {})}}


def calls(n: int = 30, **instead: str) -> str:
    """A table of `n` calls, one a minute; `instead` gives rows by their number, as row_3="x,y,z"."""
    rows = [instead.get(f"row_{at}", f"{at},2026-03-02 09:{at % 60:02}:00,{at}") for at in range(1, n + 1)]
    return "id,at,wait\n" + "".join(f"{row}\n" for row in rows)


def put(folder: Path, text: str | bytes, name: str = "calls.csv") -> Path:
    """A file of that content."""
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def loaded(home: Path, file: Path, said: Mapping[str, Any] = CALLS, **options: Any) -> LoadReport:
    return load(file, mapping=said, home=home, **options)


def rows(home: Path, table: str = "contact") -> dict[str, dict[str, Any]]:
    """What stands in a table, by source key."""
    return {row["source_id"]: row for row in read(ContactStore(home).snapshot(), table)}


def aside(home: Path) -> list[dict[str, Any]]:
    """The refused rows."""
    return ContactStore(home).set_aside().to_pylist()
