"""Writes one source into `sources.toml`; whatever else stands there, comments too, stays as it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from nyckeltal import toml
from nyckeltal.contacts.same_rules import TABLE, Rule
from nyckeltal.contacts.same_rules import read as read_rules
from nyckeltal.errors import UserMistake
from nyckeltal.sources.pull import place, sources
from nyckeltal.sources.pull.sources import FILE, Sources
from nyckeltal.words import Text


def checked(home: Path, name: str, table: Mapping[str, object]) -> Sources:
    """What the file would say with this source in it."""
    return sources.read_text(home, _with(home, name, table))


def put(home: Path, name: str, table: Mapping[str, object]) -> None:
    """Put the source in force."""
    place.write(home / FILE, _with(home, name, table).encode())


def table_of(home: Path, name: str) -> dict[str, object]:
    """The source as it stands in the file; empty where it does not."""
    try:
        found = tomllib.loads((home / FILE).read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    table = found.get("source", {}).get(name, {})
    return dict(table) if isinstance(table, Mapping) else {}


def change_rule(home: Path, before: Rule | None, after: Rule | None) -> None:
    """Put a rule about contacts of two sources in the place of another, at the end where there was none, or take it away; a UserMistake where
    the file cannot be read, or tells its rules otherwise than in tables of their own."""
    try:
        text = _with_rule(home, before, after)
        tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise UserMistake(sources.unreadable(wrong)) from None
    place.write(home / FILE, text.encode())


def _with_rule(home: Path, before: Rule | None, after: Rule | None) -> str:
    lines = _lines(home)
    begin = next((at for at, line in enumerate(lines) if _head(line) == f"[[{TABLE}]]" and before and _rule(lines, at) == before), None)
    new = after.toml().splitlines() if after else []
    if before is None:
        return "\n".join([*lines, *([""] if lines else []), *new]) + "\n"
    if begin is None:
        raise UserMistake(Text("same.not_there", "%(file)s does not have this rule in a table of its own any more. Change it there.", {"file": FILE}))
    return "\n".join([*lines[:begin], *new, *lines[_end(lines, begin) :]]).strip("\n") + "\n"


def _rule(lines: list[str], begin: int) -> Rule | None:
    found, _ = read_rules(tomllib.loads("\n".join(lines[begin : _end(lines, begin)]))[TABLE])
    return next(iter(found), None)


def _with(home: Path, name: str, table: Mapping[str, object]) -> str:
    lines = _lines(home)
    new = [f"[source.{name}]", *toml.lines(table)]
    heads = {f"[source.{name}]", f'[source."{name}"]'}
    begin = next((at for at, line in enumerate(lines) if _head(line) in heads), None)
    if begin is None:
        return "\n".join([*lines, *([""] if lines else []), *new]) + "\n"
    return "\n".join([*lines[:begin], *new, *lines[_end(lines, begin) :]]) + "\n"


def _lines(home: Path) -> list[str]:
    path = home / FILE
    return path.read_text(encoding="utf-8-sig").rstrip("\n").splitlines() if path.exists() else []


def _head(line: str) -> str:
    """A table's head as it is written without spaces and a comment; whatever else stands in other lines."""
    return line.split("#", maxsplit=1)[0].replace(" ", "").replace("\t", "")


def _end(lines: list[str], begin: int) -> int:
    """Behind the last line of the table; what stands above the next one belongs to that."""
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].lstrip().startswith("[")), len(lines))
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end
