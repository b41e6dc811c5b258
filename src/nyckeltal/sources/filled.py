"""Filled-in templates: known by their headers, in whichever language, and read without a mapping of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nyckeltal.errors import UserMistake
from nyckeltal.sources.templates import kind_of


def mapping(files: Sequence[Path], client: str | None) -> Mapping[str, Any] | None:
    """How the templates of one fact are read; None where these are none, or where nobody says whose the rows are."""
    from nyckeltal.sources.describe import describe

    found: list[Mapping[str, Any]] = []
    for file in files:
        try:
            seen = describe(file)
            kind = kind_of(column.name for column in seen.columns)
            seen = describe(file, fact=kind) if kind and kind != seen.kind else seen
        except UserMistake:  # told where the file is read
            return None
        if kind is None or not seen.complete:
            return None
        found.append(seen.mapping)
    if any(one.get("columns") != found[0].get("columns") for one in found) or ("client" in found[0].get("fact", {}) and client is None):
        return None
    return found[0]
