"""The same pages on PostgreSQL: a cluster of its own, started from the installed programs, and the tests that use the database run against it."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from components import REPOSITORY, absent, postgresql
from outside import Ended, commands, on

# What the two kinds of database could do differently: what must not stand twice, who comes first, what is taken back, how JSON and moments are kept.
ON_THE_DATABASE = (
    "people/test_people.py", "people/test_tokens.py", "people/test_throttle.py", "people/test_welcome.py", "people/test_looks.py", "jobs/test_actions.py",
    *(f"contacts/test_loads.py::test_{name}" for name in ("it_is_loaded_by_the_worker_and_the_file_is_removed", "a_file_can_be_forgotten")),
    *(f"api/test_door.py::test_{name}" for name in ("too_many_calls_wait", "after_waiting_the_next_call_is_answered", "a_token_ends_on_its_day")),
    "contacts/test_organisation_pages.py::test_two_administrators_at_once_see_both_versions", "plan/test_stored.py", "plan/test_keeping.py",
)  # fmt: skip
ALL_OF_IT = ("people", "jobs/test_actions.py", "plan", "contacts", "frame/test_shell.py", "api/test_door.py", "test_access.py")  # minutes


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as whoever owns nothing here. None: as oneself."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None) or absent("PostgreSQL needs a user that is not root.")


def _run(programs: Path, *command: str) -> None:
    """Not by `subprocess.run(user=…)`: that copies this process, which may have grown too large for it."""
    user = _unprivileged()
    as_user = ["setpriv", f"--reuid={user}", "--clear-groups"] if user else []
    subprocess.run(
        [*as_user, str(programs / command[0]), *command[1:]], check=True, capture_output=True, cwd="/", env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    )


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of an empty database on a port of its own, reachable from this machine only."""
    programs = postgresql()
    folder = Path(tempfile.mkdtemp(prefix="nyckeltal-postgresql-"))
    if user := _unprivileged():
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data, log = str(folder / "data"), str(folder / "log")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off -c timezone=Pacific/Chatham"
    _run(programs, "initdb", "-D", data, "-U", "nyckeltal", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    _run(programs, "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
    yield f"postgresql://nyckeltal@127.0.0.1:{port}/postgres"
    _run(programs, "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    shutil.rmtree(folder, ignore_errors=True)


MIGRATED = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
call_command("makemigrations", check=True, dry_run=True)
print(connection.vendor)
"""


@pytest.mark.postgresql
def test_every_migration_runs_there_and_nothing_is_left_to_migrate(database: str, tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", MIGRATED], cwd=REPOSITORY, env=on(tmp_path, database), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.splitlines()[-1] == "postgresql"


PEOPLE = "SELECT username, password, created_at, roles FROM people_user ORDER BY username"


def _people_there(database: str) -> list[tuple[Any, ...]]:
    import psycopg

    with psycopg.connect(database) as connection:
        rows = connection.execute(PEOPLE).fetchall()
    return [(name, password, made.astimezone(UTC), roles if isinstance(roles, list) else json.loads(roles)) for name, password, made, roles in rows]


def _people_in(home: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "django.sqlite3")) as connection:
        rows = connection.execute(PEOPLE).fetchall()
    return [(name, password, datetime.fromisoformat(made).replace(tzinfo=UTC), json.loads(roles)) for name, password, made, roles in rows]


def _well(*ended: Ended) -> None:
    for one in ended:
        assert one.returncode == 0, one.stdout + one.stderr


@pytest.mark.postgresql
def test_a_backup_goes_from_one_kind_of_database_to_the_other_and_back(database: str, tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    file, rows, said = str(tmp_path / "file.backup"), str(tmp_path / "rows.backup"), "long enough a password\n"
    _well(*commands(one, ("admin", "create", "anna"), ("backup", file), said=said))
    _well(*commands(two, ("restore", file, "--force"), database=database))
    assert _people_there(database) == _people_in(one)
    assert [name for name, *_ in _people_there(database)] == ["anna"]
    assert not (two / "django.sqlite3").exists()
    _well(*commands(two, ("admin", "create", "bengt"), ("backup", rows), database=database, said=said))
    _well(*commands(three, ("restore", rows)))
    assert _people_in(three) == _people_there(database)
    assert [name for name, *_ in _people_in(three)] == ["anna", "bengt"]


@pytest.mark.postgresql
@pytest.mark.slow
def test_the_pages_hold_on_postgresql_too(database: str, tmp_path: Path) -> None:
    parts = ALL_OF_IT if os.environ.get("NYCKELTAL_SOAK") else ON_THE_DATABASE
    chosen = [str(REPOSITORY / "tests" / "web" / part) for part in parts]
    command = [sys.executable, "-m", "pytest", *chosen, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=--import-mode=importlib"]
    ran = subprocess.run(command, cwd=REPOSITORY, env=on(tmp_path, database), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
