"""The KPIs there are: one file each in this folder, and an organisation's own in the `kpi` folder of its home."""

from __future__ import annotations

import os
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING

from nyckeltal.contacts.state import home_folder
from nyckeltal.errors import BadDefinition, Issue
from nyckeltal.kpi.checks import read
from nyckeltal.kpi.meaning import kpis_named_exist
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nyckeltal.kpi.definition import Kpi

HERE = Path(__file__).parent
Stamp = tuple[tuple[str, int, int], ...]


def catalogue(home: Path | str | None = None) -> Mapping[str, Kpi]:
    """All KPIs by id, ours and the organisation's own; raises BadDefinition with every mistake of every file."""
    found, issues = readable(home)
    if issues:
        raise BadDefinition(Text("kpi.bad_files", "Some KPI files have mistakes."), issues)
    return found


def readable(home: Path | str | None = None) -> tuple[Mapping[str, Kpi], tuple[Issue, ...]]:
    """The KPIs of all files without a mistake, and the mistakes of the others."""
    return _read(_ours(HERE, int(monotonic())), _stamp(home_folder(home) / "kpi"))


@lru_cache(maxsize=2)
def _ours(folder: Path, _second: int) -> Stamp:
    """Ours change with the program alone: looked at once a second, while a page asks hundreds of times."""
    return _stamp(folder)


def _stamp(folder: Path) -> Stamp:
    """The folder's files with time and size, so that a changed file is read again."""
    if not folder.is_dir():
        return ()
    with os.scandir(folder) as entries:
        files = [(file.path, file.stat()) for file in entries if file.name.endswith(".toml")]
    return tuple((path, found.st_mtime_ns, found.st_size) for path, found in sorted(files, key=itemgetter(0)))


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
    for kpi, (path, text) in list(kpis_named_exist(found)):
        issues.append(Issue(text, kpi.file, field=".".join(map(str, path))))
        found.pop(kpi.id, None)
    return MappingProxyType(found), tuple(issues)
