"""Django's database in one file: SQLite as an exact copy made while others write, PostgreSQL as rows that either can take in again."""

# ruff: noqa: SLF001 - _meta and _base_manager are how Django tells of models whose names are not known before

from __future__ import annotations

import base64
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import groupby, islice
from pathlib import Path
from typing import Any
from uuid import UUID

from nyckeltal.errors import CannotRead
from nyckeltal.words import Text

# A backup opens no door: who was signed in then is not signed in again, and a link or token handed out before lets nobody in. Tables are told by their columns.
of_a_session = {"session_key", "session_data"}
of_a_link = {"token_hash", "used_at", "withdrawn_at"}
of_a_token = {"token_hash", "last_used_at", "withdrawn_at"}
batch = 500


def is_elsewhere() -> bool:
    """Whether the database is not the file in the home folder."""
    return bool(os.environ.get("DATABASE_URL", "").strip())


def copy_sqlite(file: Path, target: Path) -> None:
    """A copy as of one moment, whatever is written meanwhile; without what lets anybody in."""
    source, copy = sqlite3.connect(file, timeout=30), sqlite3.connect(target)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        _close_doors(copy)
        copy.execute("VACUUM")
    finally:
        copy.close()
        source.close()
    target.chmod(0o600)


def close_doors(file: Path) -> None:
    """The same in a copy that an older version made."""
    with closing(sqlite3.connect(file)) as copy:
        _close_doors(copy)


def _close_doors(copy: sqlite3.Connection) -> None:
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")  # as Django writes it
    for (table,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = {column for _, column, *_ in copy.execute(f'PRAGMA table_info("{table}")')}
        if of_a_session <= columns:
            copy.execute(f'DELETE FROM "{table}"')
        if of_a_link <= columns:
            copy.execute(f'UPDATE "{table}" SET withdrawn_at = ? WHERE used_at IS NULL AND withdrawn_at IS NULL', (now,))
        if of_a_token <= columns:
            copy.execute(f'UPDATE "{table}" SET withdrawn_at = ? WHERE withdrawn_at IS NULL', (now,))
    copy.commit()


def dump(target: Path, alias: str = "default") -> None:
    """Every row of every model, as the database stood at one moment; its first line names the migrations it has had."""
    from django.db import connections, transaction

    connection = connections[alias]
    with transaction.atomic(using=alias), os.fdopen(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        nodes = _applied(connection)
        out.write(json.dumps({"migrations": nodes}) + "\n")
        for model in _models(connection, nodes):
            fields = model._meta.concrete_fields
            for row in model._base_manager.using(alias).iterator(chunk_size=batch):
                values = {field.attname: _plain(field.value_from_object(row)) for field in fields}
                out.write(json.dumps([model._meta.label_lower, values], ensure_ascii=False) + "\n")


def fill(source: Path) -> None:
    """Put a dump in place of all that the database holds, or change nothing. Afterwards it has all migrations of this version."""
    from django.core.management import call_command
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    with source.open(encoding="utf-8") as lines:
        nodes = [tuple(node) for node in json.loads(next(lines))["migrations"]]
        executor = MigrationExecutor(connection)
        if not set(nodes) <= set(executor.loader.graph.nodes):
            raise CannotRead(Text("restore.newer_database", "The database of this backup was made by a newer version. Install that version first."))
        executor.migrate(_last(executor.loader.graph, nodes))
        models = _models(connection, nodes)
        with transaction.atomic():
            for model in reversed(models):
                model._base_manager.all()._raw_delete(connection.alias)
            _insert(lines, {model._meta.label_lower: model for model in models})
            for model in models:
                columns = {field.attname for field in model._meta.concrete_fields}
                if of_a_link <= columns:
                    model._base_manager.filter(used_at=None, withdrawn_at=None).update(withdrawn_at=datetime.now(UTC))
                if of_a_token <= columns:
                    model._base_manager.filter(withdrawn_at=None).update(withdrawn_at=datetime.now(UTC))
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), models):
                    cursor.execute(statement)
    call_command("migrate", interactive=False, verbosity=0)


def holds_people() -> bool:
    """Whether somebody has an account in the database already."""
    from django.contrib.auth import get_user_model
    from django.db import connection

    user = get_user_model()
    return user._meta.db_table in connection.introspection.table_names() and user._base_manager.exists()


def use_file(file: Path) -> str:
    """Make an SQLite file known to Django beside its own database; the name to call it by."""
    from django.db import connections

    connections.settings["backup"] = {**connections["default"].settings_dict, "ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": {}}
    return "backup"


def _applied(connection: Any) -> list[tuple[str, str]]:
    """The migrations that the database has had and this version knows."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    return sorted(node for node in loader.applied_migrations if node in loader.graph.nodes)


def _last(graph: Any, nodes: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of each app the migrations that no other one of these goes on from."""
    within = set(nodes)
    return [node for node in nodes if not any(child.key in within and child.key[0] == node[0] for child in graph.node_map[node].children)]


def _models(connection: Any, nodes: list[tuple[str, str]]) -> list[Any]:
    """The models as they were after these migrations."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    models = loader.project_state(nodes).apps.get_models(include_auto_created=True)
    kept = [model for model in models if model._meta.managed and not model._meta.proxy]
    return [model for model in kept if not of_a_session <= {field.attname for field in model._meta.concrete_fields}]


def _insert(lines: Iterator[str], models: dict[str, Any]) -> None:
    for label, rows in groupby(map(json.loads, lines), key=lambda row: row[0]):
        model = models[label]
        fields = {field.attname: field for field in model._meta.concrete_fields}
        for field in fields.values():
            field.auto_now = field.auto_now_add = False  # the moments are those of the backup
        while some := list(islice(rows, batch)):
            model._base_manager.bulk_create([model(**{name: fields[name].to_python(value) for name, value in values.items()}) for _, values in some])


def _plain(value: Any) -> Any:
    """A value as JSON that `to_python` of its field reads back, to the microsecond."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, timedelta):
        from django.utils.duration import duration_iso_string

        return duration_iso_string(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value
