"""Mappings kept under a name in the home folder, for the next file of the same shape; the command line reads the same files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from nyckeltal.errors import UserMistake
from nyckeltal.sources import written


def folder() -> Path:
    return Path(settings.NYCKELTAL_HOME) / "mappings"


def names() -> list[str]:
    return sorted(file.stem for file in folder().glob("*.toml")) if folder().exists() else []


def read(name: str) -> dict[str, Any]:
    return written.tables_of((folder() / f"{name}.toml").read_text(encoding="utf-8-sig"))


def keep(name: str, mapping: dict[str, Any]) -> str:
    """Under a name that a file may have; the name it got."""
    plain = re.sub(r"[^\w -]+", "-", name).strip(" -")[:80] or "mapping"
    folder().mkdir(parents=True, exist_ok=True)
    new = folder() / f".{plain}.new"
    new.write_text(written.text_of(mapping), encoding="utf-8")
    new.replace(folder() / f"{plain}.toml")
    return plain


def fitting(columns: Sequence[str]) -> str | None:
    """The saved mapping that reads a file with these columns; of several the one that reads most of them."""
    from nyckeltal.sources.mapping import fit
    from nyckeltal.sources.mapping_file import read_mapping

    best: tuple[int, str] | None = None
    for name in names():
        try:
            mapping, issues = read_mapping(folder() / f"{name}.toml")
        except UserMistake:
            continue  # told when somebody opens it
        used = len({column for column, _ in mapping.used})
        if used and not issues and not fit(mapping, columns, "") and (best is None or used > best[0]):
            best = (used, name)
    return best[1] if best else None
