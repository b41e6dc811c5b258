"""An organisation's own KPIs: files in the `kpi` folder of its home, checked like ours, tried on own data, and kept with their earlier editions."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nyckeltal.contacts.state import home_folder
from nyckeltal.errors import BadDefinition, Issue
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.checks import ID, Mistake, read_text
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.lines import NotToml, table_of
from nyckeltal.kpi.meaning import kpis_named_exist
from nyckeltal.kpi.worked import cases_hold
from nyckeltal.words import Text

BAD = Text("kpi.own_bad", "This is no KPI yet.")
_COUNTS = ("base", "settings", "levels", "variants", "beside", "default", "unit")  # a change of these changes figures


@dataclass(frozen=True)
class Edition:
    """A definition as it stood from `valid_from` until the next one replaced it."""

    kpi_id: str
    valid_from: datetime
    text: str


def file_of(kpi_id: str, home: Path | str | None = None) -> Path:
    return home_folder(home) / "kpi" / f"{kpi_id}.toml"


def text_of(kpi_id: str, home: Path | str | None = None) -> str | None:
    """The file as it stands, as far as it can be read; None where there is none of that name."""
    file = file_of(kpi_id, home)
    return file.read_text(encoding="utf-8", errors="replace") if ID.fullmatch(kpi_id) and file.is_file() else None


def check(text: str, home: Path | str | None = None, *, replacing: str | None = None) -> Kpi:
    """The KPI that a text defines; raises BadDefinition with every mistake, those of its worked cases among them.

    `replacing` is the id of the KPI that it is a new edition of.
    """
    named = _id_in(text)
    kpi = read_text(text, file_of(named or "own", home), own=True, besides=(lambda kpi: _mistakes(kpi, home, replacing),))
    if kpi.cases:
        with trial(text, kpi.id, home) as folder:
            issues = [Issue(said, kpi.file, field="case") for said in cases_hold(kpi, folder)]
        if issues:
            raise BadDefinition(BAD, tuple(issues))
    return kpi


def keep(text: str, home: Path | str | None = None, *, now: datetime, replacing: str | None = None) -> Kpi:
    """Checks the text and makes it the definition in force; the one that stood before is kept beside it with the day it ended."""
    kpi = check(text, home, replacing=replacing)
    file = file_of(kpi.id, home)
    file.parent.mkdir(parents=True, exist_ok=True)
    _lay_aside(file, now)
    _write(file, text.encode())
    return kpi


def remove(kpi_id: str, home: Path | str | None = None, *, now: datetime) -> None:
    """Takes an own KPI out of the catalogue; its file stays among the earlier editions. Raises BadDefinition where another rests on it."""
    resting = [other.id for other in catalogue(home).values() if kpi_id in _rests_on(other)]
    if resting:
        said = Text("kpi.own_in_use", "%(others)s rest on it. Change them first.", {"others": ", ".join(resting)})
        raise BadDefinition(said, (Issue(said, str(file_of(kpi_id, home))),))
    _lay_aside(file_of(kpi_id, home), now)
    file_of(kpi_id, home).unlink(missing_ok=True)


def editions(kpi_id: str, home: Path | str | None = None) -> list[Edition]:
    """The earlier ones, newest first, each with the moment at which it was replaced."""
    folder = home_folder(home) / "kpi" / "earlier"
    found = sorted(folder.glob(f"{kpi_id}.*.toml"), reverse=True) if folder.is_dir() else []
    return [Edition(kpi_id, _stamped(file), file.read_text(encoding="utf-8", errors="replace")) for file in found]


@contextmanager
def trial(text: str, kpi_id: str, home: Path | str | None = None) -> Iterator[Path]:
    """A home whose catalogue holds the own KPIs and this text, for asking before anything is kept; it holds no data."""
    with tempfile.TemporaryDirectory(prefix="nyckeltal-trial-") as name:
        folder = Path(name) / "kpi"
        folder.mkdir()
        for file in (Path(kpi.file) for kpi in catalogue(home).values() if kpi.own and kpi.file):
            (folder / file.name).write_bytes(file.read_bytes())
        (folder / f"{kpi_id}.toml").write_text(text, encoding="utf-8")
        yield Path(name)


def _mistakes(kpi: Kpi, home: Path | str | None, replacing: str | None) -> Iterator[Mistake]:
    known = catalogue(home)
    stored = known.get(kpi.id)
    if replacing is not None and kpi.id != replacing:
        yield ("id",), Text("kpi.own_renamed", "A KPI keeps its id (%(id)s). Make a new one for another.", {"id": replacing})
    elif stored is not None and (replacing is None or not stored.own):
        yield ("id",), Text("kpi.taken", "There is already a KPI called “%(id)s”.", {"id": kpi.id})
    for other, (path, said) in kpis_named_exist({**known, kpi.id: kpi}):
        if other.id == kpi.id:
            yield path, said
    if stored is not None and stored.own and stored.version >= kpi.version and _formula(stored) != _formula(kpi):
        values = {"version": stored.version, "next": stored.version + 1}
        yield ("version",), Text("kpi.own_version", "The formula is another than in version %(version)s. Write version = %(next)s.", values)


def _formula(kpi: Kpi) -> tuple[Any, ...]:
    return tuple(getattr(kpi, name) for name in _COUNTS)


def _rests_on(kpi: Kpi) -> set[str]:
    sides = (kpi.base.keys.get(side) for side in ("top", "bottom"))
    return {str(side["kpi"]) for side in sides if isinstance(side, Mapping) and "kpi" in side}


def _id_in(text: str) -> str | None:
    """The id that a text gives itself, for the name of its file; what is wrong with it is told by the checks."""
    try:
        found = table_of(text).get("id")
    except NotToml:
        return None
    return found if isinstance(found, str) and ID.fullmatch(found) else None


def _lay_aside(file: Path, now: datetime) -> None:
    if file.is_file():
        earlier = file.parent / "earlier"
        earlier.mkdir(exist_ok=True)
        _write(earlier / f"{file.stem}.{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}.toml", file.read_bytes())


def _stamped(file: Path) -> datetime:
    return datetime.strptime(file.name.split(".")[1], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)


def _write(file: Path, content: bytes) -> None:
    """Whole or not at all."""
    being_written = file.with_name(f".{file.name}.{os.getpid()}")
    being_written.write_bytes(content)
    being_written.replace(file)
