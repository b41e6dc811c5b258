"""The KPIs there are: one file each in this folder, and an organisation's own in the `kpi` folder of its home."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING

from nyckeltal.contacts.state import home_folder
from nyckeltal.errors import BadDefinition, BadQuestion, Issue
from nyckeltal.kpi.checks import read
from nyckeltal.kpi.formula import unknown
from nyckeltal.kpi.meaning import kpis_named_exist
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nyckeltal.kpi.definition import Kpi

HERE = Path(__file__).parent
Stamp = tuple[tuple[str, int, int], ...]


def catalogue(home: Path | str | None = None) -> Mapping[str, Kpi]:
    """All KPIs by id, ours and the organisation's own. A file with mistakes stands in nobody's way: what it says is not among them."""
    return _all(home)[0]


def mistakes(home: Path | str | None = None) -> tuple[Issue, ...]:
    """What is wrong with the other files."""
    return _all(home)[1]


def absence(name: str, home: Path | str | None = None) -> BadQuestion:
    """Why there is no KPI of that name: its file has mistakes, told with the file's name alone, or nobody wrote one."""
    of_it = [replace(issue, file=Path(issue.file).name) for issue in mistakes(home) if issue.file and Path(issue.file).stem == name]
    if not of_it:
        return BadQuestion(unknown("KPI", name, catalogue(home)))
    english = "“%(kpi)s” cannot be counted until its file is mended: %(why)s"
    return BadQuestion(Text("kpi.to_be_mended", english, {"kpi": name, "why": of_it[0].text}), of_it)


def edition(home: Path | str | None = None) -> tuple[tuple[str, int], ...]:
    """Which edition of the organisation's own files stands."""
    return tuple((Path(path).name, changed) for path, changed, _ in _stamp(home_folder(home) / "kpi"))


def _all(home: Path | str | None) -> tuple[Mapping[str, Kpi], tuple[Issue, ...]]:
    return _read(_ours(HERE, int(monotonic())), _stamp(home_folder(home) / "kpi"))


@lru_cache(maxsize=2)
def _ours(folder: Path, _second: int) -> Stamp:
    """Ours change with the program alone: looked at once a second, while a page asks hundreds of times."""
    return _stamp(folder)


def _stamp(folder: Path) -> Stamp:
    """The folder's files with time and size, so that a changed file is read again. Names that begin with a dot are an editor's or a system's."""
    if not folder.is_dir():
        return ()
    with os.scandir(folder) as entries:
        return tuple(sorted((file.path, *_changed(file)) for file in entries if file.name.endswith(".toml") and not file.name.startswith(".")))


def _changed(file: os.DirEntry[str]) -> tuple[int, int]:
    """None of a link that leads nowhere: reading it tells so."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=16)
def _read(ours: Stamp, own: Stamp) -> tuple[Mapping[str, Kpi], tuple[Issue, ...]]:
    found: dict[str, Kpi] = {}
    issues: list[Issue] = []
    for name, is_own in [*((stamp[0], False) for stamp in ours), *((stamp[0], True) for stamp in own)]:
        try:
            kpi = read(Path(name), own=is_own)
        except BadDefinition as bad:
            issues += bad.issues
            continue
        if kpi.id in found:
            issues.append(Issue(Text("kpi.taken", "There is already a KPI called “%(id)s”.", {"id": kpi.id}), name))
        found.setdefault(kpi.id, kpi)
    while resting := list(kpis_named_exist(found)):  # what rests on one that goes goes with it
        for kpi, (path, text) in resting:
            issues.append(Issue(text, kpi.file, field=".".join(map(str, path))))
            found.pop(kpi.id, None)
    return MappingProxyType(found), tuple(issues)
