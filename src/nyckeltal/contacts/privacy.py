"""Pseudonyms for customers: the same value gives the same pseudonym in one store, and nobody without the store's secret gets back."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from nyckeltal.contacts.columns import text
from nyckeltal.contacts.state import home_folder

LENGTH = 24


def secret(home: Path | str | None = None) -> str:
    """The store's secret, made at first use and readable by its owner alone."""
    path = home_folder(home) / "secret"
    with suppress(FileNotFoundError):
        return path.read_text("ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first: its secret holds
        os.link(new, path)
    new.unlink()
    return path.read_text("ascii").strip()


def pseudonym(home: Path | str | None = None) -> Callable[[str], str]:
    """What to call a customer: 24 hexadecimal digits."""
    salt = secret(home)
    return lambda value: hashlib.sha256((salt + value).encode()).hexdigest()[:LENGTH]


def pseudonym_sql(expression: str, home: Path | str | None = None) -> str:
    """The same as SQL for DuckDB over an expression that gives text."""
    return f"left(sha256({text(secret(home))} || ({expression})), {LENGTH})"
