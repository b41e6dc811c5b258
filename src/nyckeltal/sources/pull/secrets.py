"""The secrets of sources: from the environment or from files that only their owner reads, and from nowhere else."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

FOLDER = "secrets"


def variable(source: str, setting: str) -> str:
    """The name in the environment."""
    return "NYCKELTAL_SECRET_" + re.sub(r"[^A-Z0-9]", "_", f"{source}_{setting}".upper())


def find(home: Path, source: str, setting: str) -> str | None:
    """The secret, None where there is none."""
    if said := os.environ.get(variable(source, setting), "").strip():
        return said
    try:
        return _place(home, source, setting).read_text(encoding="utf-8").strip() or None
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def keep(home: Path, source: str, setting: str, secret: str) -> None:
    """Put it where only its owner reads it, whole or not at all."""
    path = _place(home, source, setting)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(secret.strip() + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def too_open(home: Path) -> Iterator[tuple[Path, int]]:
    """The files that others on this machine can read, with their mode."""
    for path in sorted((home / FOLDER).glob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.is_file() and mode & 0o077:
            yield path, mode


def _place(home: Path, source: str, setting: str) -> Path:
    return home / FOLDER / f"{source}.{setting}"
