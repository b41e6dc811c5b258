"""Finds the texts in KPI files: name, question, words of the formula, cautions, refusals, benchmarks, editions and the story of each case."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nyckeltal.locale.message import Message

spoken = {"name", "asks", "called", "top", "bottom", "refuse", "empty", "caution"}
tables_of_words = {"words", "never", "levers", "means"}


def from_kpis(package: Path) -> Iterator[Message]:
    for path in sorted((package / "kpi" / "catalogue").glob("*.toml")):
        file = path.relative_to(package.parent).as_posix()
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        for about, english in _said(content, ""):
            yield Message(file, english, about=f"{path.stem}: {about}")


def _said(table: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        where = f"{above}.{key}" if above else key
        if key == "case" and not above:  # a variant may be called so too
            yield from _stories(value)
        elif key == "history":
            yield from ((f"{key}.changed", edition["changed"]) for edition in value)
        elif isinstance(value, dict):
            yield from _said(value, where)
        elif isinstance(value, str) and (key in spoken or above in tables_of_words or where == "benchmark.text"):
            yield where, value


def _stories(thing: Any) -> Iterator[tuple[str, str]]:
    """Everything that says something about a case or one of its rows."""
    if isinstance(thing, list):
        for part in thing:
            yield from _stories(part)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key == "say":
                yield "case", value
            else:
                yield from _stories(value)
