"""A PostgreSQL of its own, started from the installed programs, with the store's columns in tables and indexes for each kind of question."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import duckdb

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "contact": {
        **dict.fromkeys(("contact_id", "client_id", "direction", "outcome", "callback_of", "customer_key", "reason_level2_id", "first_agent_id"), "text"),
        **dict.fromkeys(("is_test", "left_in_menu", "in_hours", "offered", "handled", "answered", "abandoned"), "boolean"),
        **dict.fromkeys(("wait_s", "handle_s", "talk_s", "hold_s", "acw_s", "next_contact_after_s", "previous_handled_after_s"), "float8"),
        **dict.fromkeys(("local_minute", "transfers_n"), "integer"),
        "local_date": "date",
    },
    "segment": {
        **dict.fromkeys(("contact_id", "client_id", "agent_id", "direction"), "text"),
        **dict.fromkeys(("is_test", "handled", "transferred"), "boolean"),
        **dict.fromkeys(("handle_s", "talk_s", "hold_s", "acw_s"), "float8"),
        "local_date": "date",
    },
    "survey_response": {**dict.fromkeys(("direction", "measure"), "text"), "is_test": "boolean", "value": "float8", "weight": "float8", "local_date": "date"},
    "agreement": {"client_id": "text", "threshold": "float8", "valid_from": "date", "valid_to": "date"},
    "team_membership": {"agent_id": "text", "team_id": "text", "role": "text", "valid_from": "date", "valid_to": "date"},
}
INDEXES = (
    "contact (local_date)",
    "contact (client_id, local_date)",
    "contact (reason_level2_id, local_date) include (handle_s, talk_s, hold_s, acw_s, handled, is_test, direction)",
    "segment (client_id, local_date)",
    "segment (agent_id, local_date) include (handle_s, talk_s, hold_s, acw_s, handled, is_test, direction)",
    "survey_response (local_date)",
    "team_membership (agent_id)",
)


def absent() -> str | None:
    """Why there can be no PostgreSQL here; None where there can."""
    if find_spec("psycopg") is None:
        return "psycopg is not installed"
    if _programs() is None:
        return "PostgreSQL's programs are not installed"
    if os.geteuid() == 0 and (_user() is None or shutil.which("setpriv") is None):
        return "PostgreSQL does not run as root, and there is no other user to run it as"
    return None


def _programs() -> Path | None:
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    folders = [Path(on_path).parent] if on_path else debian
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _user() -> str | None:
    """Whom to run it as, being root; None: as oneself."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in known), None)


def _run(*command: str) -> None:
    as_user = ["setpriv", f"--reuid={user}", "--clear-groups"] if (user := _user()) else []
    environment = {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"}
    subprocess.run([*as_user, str((_programs() or Path()) / command[0]), *command[1:]], check=True, capture_output=True, cwd="/", env=environment)


@contextmanager
def server() -> Iterator[str]:
    """The address of an empty database that only this machine reaches, with the memory and cores of the machine to use."""
    folder = Path(tempfile.mkdtemp(prefix="nyckeltal-bench-postgresql-"))
    if user := _user():
        shutil.chown(folder, user)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    _run("initdb", "-D", data, "-U", "nyckeltal", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    _run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-o", _options(port, folder), "-w", "start")
    try:
        yield f"postgresql://nyckeltal@127.0.0.1:{port}/postgres"
    finally:
        _run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _options(port: int, folder: Path) -> str:
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    cores = os.cpu_count() or 1
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "shared_buffers": f"{min(memory_mb // 4, 4096)}MB",
        "effective_cache_size": f"{memory_mb // 2}MB",
        "work_mem": "256MB",
        "maintenance_work_mem": "1GB",
        "max_wal_size": "8GB",
        "max_parallel_workers_per_gather": cores,
        "max_parallel_workers": 2 * cores,
        "random_page_cost": "1.1",
        "timezone": "UTC",
    }
    return " ".join([f"-p {port}", *(f"-c {name}={value}" for name, value in settings.items())])


def fill(address: str, home: Path) -> float:
    """Seconds until the tables stand there, indexed, vacuumed and counted by the planner."""
    import psycopg

    began = time.perf_counter()
    with psycopg.connect(address, autocommit=True) as con, tempfile.TemporaryDirectory(prefix="nyckeltal-bench-") as folder:
        for table, columns in COLUMNS.items():
            con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})".encode())
            for file in _written(home, table, Path(folder)):
                with con.cursor().copy(f"copy {table} from stdin (format csv)".encode()) as copy, file.open("rb") as source:
                    while chunk := source.read(1 << 20):
                        copy.write(chunk)
                file.unlink()
        for index in INDEXES:
            con.execute(f"create index on {index}".encode())
        con.execute("vacuum analyze")
    return time.perf_counter() - began


def _written(home: Path, table: str, folder: Path) -> Iterator[Path]:
    """The rows of one file of the store after the other, as text."""
    from nyckeltal.contacts.store import ContactStore

    for number, path in enumerate(ContactStore(home).snapshot().files(table)):
        file = folder / f"{table}-{number}.csv"
        with duckdb.connect() as con:
            con.execute(f"copy (select {', '.join(COLUMNS[table])} from read_parquet('{path}')) to '{file}' (format csv, header false)")
        yield file
