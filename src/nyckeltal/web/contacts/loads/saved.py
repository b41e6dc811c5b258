"""Mappings kept under a name in the home folder, for the next file of the same shape; the command line reads the same files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain, count
from operator import itemgetter
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


def keep(name: str, mapping: dict[str, Any], columns: Sequence[str]) -> str:
    """Under a name that a file may have; the name it got. Only a mapping that reads a file with these columns is replaced, else the name gets a number."""
    plain = _free(re.sub(r"[^\w -]+", "-", name).strip(" -")[:80] or "mapping", columns)
    folder().mkdir(parents=True, exist_ok=True)
    new = folder() / f".{plain}.new"
    new.write_text(written.text_of(mapping), encoding="utf-8")
    new.replace(folder() / f"{plain}.toml")
    return plain


def _free(name: str, columns: Sequence[str]) -> str:
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(name for name in names if not (folder() / f"{name}.toml").exists() or _used(name, columns))


def fitting(columns: Sequence[str]) -> str | None:
    """The saved mapping that reads a file with these columns; of several the one that reads most of them."""
    reading = [(used, name) for name in names() if (used := _used(name, columns))]
    return max(reading, key=itemgetter(0))[1] if reading else None


def _used(name: str, columns: Sequence[str]) -> int:
    """How many of these columns the saved mapping reads; 0 where it does not fit."""
    from nyckeltal.sources.mapping import fit
    from nyckeltal.sources.mapping_file import read_mapping

    try:
        mapping, issues = read_mapping(folder() / f"{name}.toml")
    except UserMistake:
        return 0  # told when somebody opens it
    return 0 if issues or fit(mapping, columns, "") else len({column for column, _ in mapping.used})
