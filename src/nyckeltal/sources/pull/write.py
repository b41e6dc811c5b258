"""Writes one source into `sources.toml`; whatever else stands there, comments too, stays as it is."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from nyckeltal.contacts.same_rules import TABLE, Rule
from nyckeltal.contacts.same_rules import read as read_rules
from nyckeltal.sources.pull import place, sources
from nyckeltal.sources.pull.sources import FILE, Sources


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


def add_rule(home: Path, rule: Rule) -> None:
    """Put one more rule about contacts of two sources at the end."""
    path = home / FILE
    before = path.read_text(encoding="utf-8-sig").rstrip("\n") if path.exists() else ""
    place.write(path, "\n".join([*([before, ""] if before else []), rule.toml(), ""]).encode())


def drop_rule(home: Path, rule: Rule | None) -> None:
    """Take a rule away; nothing where it does not stand there."""
    path = home / FILE
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
    heads = [at for at, line in enumerate(lines) if line.split("#")[0].replace(" ", "") == f"[[{TABLE}]]"]
    for begin in heads:
        end = next((at for at in range(begin + 1, len(lines)) if lines[at].lstrip().startswith("[")), len(lines))
        if read_rules(tomllib.loads("\n".join(lines[begin:end]))[TABLE])[0] == (rule,):
            place.write(path, ("\n".join([*lines[:begin], *lines[end:]]).rstrip("\n") + "\n").encode())
            return


def _with(home: Path, name: str, table: Mapping[str, object]) -> str:
    path = home / FILE
    lines = path.read_text(encoding="utf-8-sig").splitlines() if path.exists() else []
    new = [f"[source.{name}]", *(f"{key} = {_value(value)}" for key, value in table.items())]
    heads = {f"[source.{name}]", f'[source."{name}"]'}
    begin = next((at for at, line in enumerate(lines) if line.split("#")[0].strip() in heads), None)
    if begin is None:
        return "\n".join([*lines, *([""] if lines else []), *new]) + "\n"
    end = next((at for at in range(begin + 1, len(lines)) if lines[at].startswith("[")), len(lines))
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1  # what stands above the next table belongs to that
    return "\n".join([*lines[:begin], *new, *lines[end:]]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, int) else json.dumps(str(value), ensure_ascii=False)
