"""Which KPIs a role sees before there is a plan, from `focus.toml`: known ones, asked where they may be asked, at most three."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from nyckeltal.errors import BadDefinition, Issue
from nyckeltal.kpi.catalogue import HERE, catalogue
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.formula import unknown
from nyckeltal.words import Text

FILE = HERE.with_name("focus.toml")
MOST = 3
LEVELS: Mapping[str, str] = {"agent": "agent", "leader": "team", "manager": "company", "client": "client"}  # whose figures each role's page shows


@cache
def focus(file: Path = FILE) -> Mapping[str, tuple[str, ...]]:
    """KPI ids by role; raises BadDefinition with every mistake in the file."""
    data, kpis = tomllib.loads(file.read_text(encoding="utf-8")), catalogue()
    issues = [Issue(text, str(file), field=role) for role, named in data.items() for text in _mistakes(role, named, kpis)]
    issues += [Issue(Text("focus.missing", "No KPI is named for %(role)s.", {"role": role}), str(file), field=role) for role in LEVELS if role not in data]
    if issues:
        raise BadDefinition(Text("focus.bad", "The KPIs in focus cannot be shown so."), tuple(issues))
    return {role: tuple(named) for role, named in data.items()}


def _mistakes(role: str, named: Any, kpis: Mapping[str, Kpi]) -> Iterator[Text]:
    if role not in LEVELS:
        yield unknown("role", role, LEVELS)
        return
    if not isinstance(named, list) or not 1 <= len(named) <= MOST:
        yield Text("focus.how_many", "One to %(most)s KPIs are in focus.", {"most": MOST})
        return
    for name in named:
        if name not in kpis:
            yield unknown("KPI", str(name), kpis)
        elif (why := _why_not(kpis[name], LEVELS[role])) is not None:
            yield Text("focus.not_there", "%(kpi)s cannot be in focus there: %(why)s", {"kpi": name, "why": why})


def _why_not(kpi: Kpi, level: str) -> Text | None:
    """A figure that may not be asked there, or that nobody there could do anything about."""
    if kpi.said(level=level).refused is not None:
        return kpi.text(f"levels.{level}.refuse")
    if level in kpi.never:
        return kpi.text(f"never.{level}")
    return None if kpi.levers.get(level) else Text("focus.no_lever", "It does not say what one can do about it.")
