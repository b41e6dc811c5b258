"""A PostgreSQL of one's own for as long as a test needs it: a private folder, a socket in it, no network."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from components import absent, postgresql


@contextmanager
def cluster() -> Iterator[str]:
    """The DATABASE_URL of a server that is stopped and removed afterwards."""
    programs, user = postgresql(), _user()
    folder = Path(tempfile.mkdtemp(prefix="nyckeltal-pg-"))
    if user is not None:
        os.chown(folder, user, -1)
    try:
        _run(programs / "initdb", "-D", folder / "data", "-U", "nyckeltal", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", user=user)
        _run(programs / "pg_ctl", "-D", folder / "data", "-w", "-o", f"-k {folder} -c listen_addresses= -F", "-l", folder / "log", "start", user=user)
        yield f"postgresql://nyckeltal@{quote(str(folder), safe='')}/postgres"
    finally:
        subprocess.run([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"], user=user, capture_output=True, check=False, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


def _user() -> int | None:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_uid
    except KeyError:
        absent("PostgreSQL does not run as root, and there is no user postgres.")


def _run(program: Path, *arguments: str | Path, user: int | None) -> None:
    done = subprocess.run([program, *arguments], user=user, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False, cwd="/")
    assert done.returncode == 0, f"{program.name}: {done.stderr}"
