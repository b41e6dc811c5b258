"""The same pages on PostgreSQL: a cluster of its own, started from the installed programs, and the tests that use the database run against it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from components import REPOSITORY, absent, postgresql

ON_THE_DATABASE = (
    "people", "jobs/test_actions.py", "contacts/test_story.py", "frame/test_shell.py",
    *(f"contacts/test_loads.py::test_{name}" for name in (
        "it_is_loaded_by_the_worker_and_the_file_is_removed", "refused_rows_are_told_mended_and_count_as_put_right",
        "a_load_is_taken_back_whole_and_what_it_replaced_stands_again", "a_mapping_is_remembered_and_fits_the_next_file_of_that_shape",
        "several_files_of_one_shape_are_one_load", "a_file_can_be_forgotten",
    )),
    *(f"api/test_door.py::test_{name}" for name in ("too_many_calls_wait", "after_waiting_the_next_call_is_answered", "a_token_ends_on_its_day")),
    *(f"contacts/test_organisation_pages.py::test_{name}" for name in (
        "a_change_is_taken_back", "what_changes_figures_is_worked_out_by_the_worker_and_found_again", "two_administrators_at_once_see_both_versions",
    )),
)  # fmt: skip


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


def _outside(database: str, home: Path) -> dict[str, str]:
    return os.environ | {"DATABASE_URL": database, "NYCKELTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "nyckeltal.web.settings"}


@pytest.mark.postgresql
def test_every_migration_runs_and_nothing_is_left_to_migrate(database: str, tmp_path: Path) -> None:
    for command in (("migrate", "--verbosity=0"), ("makemigrations", "--check", "--dry-run")):
        ran = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=REPOSITORY, env=_outside(database, tmp_path), capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.postgresql
def test_the_address_is_what_is_used(database: str, tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "shell", "-c", "from django.db import connection; print(connection.vendor)"]
    ran = subprocess.run(command, cwd=REPOSITORY, env=_outside(database, tmp_path), capture_output=True, text=True, check=True)
    assert "postgresql" in ran.stdout


def _ours(database: str | None, home: Path, *command: str, said: str = "") -> str:
    """Our own command, on that database or on the file in the home folder."""
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {"NYCKELTAL_HOME": str(home)}
    env |= {"DATABASE_URL": database} if database else {}
    ran = subprocess.run([sys.executable, "-m", "nyckeltal.cli.main", *command], env=env, capture_output=True, text=True, check=False, input=said)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.mark.postgresql
def test_a_backup_goes_from_one_kind_of_database_to_the_other_and_back(database: str, tmp_path: Path) -> None:
    show = "from nyckeltal.web.people.models import User; print(sorted(User.objects.values_list('username', 'password', 'created_at', 'roles')))"

    def people(address: str | None, home: Path) -> str:
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | ({"DATABASE_URL": address} if address else {})
        env |= {"NYCKELTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "nyckeltal.web.settings"}
        return subprocess.run([sys.executable, "-m", "django", "shell", "-v", "0", "-c", show], env=env, capture_output=True, text=True, check=True).stdout

    one, two, three = (tmp_path / name for name in ("one", "two", "three"))
    _ours(None, one, "admin", "create", "anna", said="long enough a password\n")
    first = people(None, one)
    assert "anna" in first
    _ours(None, one, "backup", str(tmp_path / "file.backup"))
    _ours(database, two, "restore", str(tmp_path / "file.backup"), "--force")
    assert people(database, two) == first
    assert not (two / "django.sqlite3").exists()
    _ours(database, two, "admin", "create", "bengt", said="long enough a password\n")
    _ours(database, two, "backup", str(tmp_path / "rows.backup"))
    _ours(None, three, "restore", str(tmp_path / "rows.backup"))
    assert people(None, three) == people(database, two)
    assert "bengt" in people(None, three)


@pytest.mark.postgresql
@pytest.mark.slow
def test_the_pages_hold_on_postgresql_too(database: str, tmp_path: Path) -> None:
    every_address = ("test_access.py",) if os.environ.get("NYCKELTAL_SOAK") else ()  # minutes; access itself asks no database
    chosen = [str(REPOSITORY / "tests" / "web" / part) for part in ON_THE_DATABASE + every_address]
    command = [sys.executable, "-m", "pytest", *chosen, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=--import-mode=importlib"]
    ran = subprocess.run(command, cwd=REPOSITORY, env=_outside(database, tmp_path), capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
