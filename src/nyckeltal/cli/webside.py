"""The web side made ready from the command line: environment, Django, migrations, static files, the server itself. Alone here in importing Django."""

from __future__ import annotations

import multiprocessing
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from nyckeltal.errors import UserMistake, did_you_mean
from nyckeltal.words import Text

HOST = "127.0.0.1"


def wake(home: Path | None, *, demo: bool = False) -> None:
    """Set Django up on this home folder. The settings read the environment, and so do the server's workers."""
    if home:
        os.environ["NYCKELTAL_HOME"] = str(home)
    if demo:
        os.environ["NYCKELTAL_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nyckeltal.web.settings")
    import django

    django.setup()
    _refuse_wrong_settings()


def _refuse_wrong_settings() -> None:
    from django.core import checks

    errors = [message for message in checks.run_checks() if message.is_serious()]
    if errors:
        told = " ".join(f"{error.msg} {error.hint or ''}".strip() for error in errors)
        raise UserMistake(Text("cli.settings_wrong", "The web side cannot start: %(errors)s", {"errors": told}))


def sleep() -> None:
    """Let go of the database."""
    from django.db import connections

    connections.close_all()


def migrate() -> None:
    """Bring the database to this version; does nothing the second time."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def plan_for_demo() -> None:
    """A plan in force over the example data, made on its own figures; does nothing where there is one."""
    from nyckeltal.web.plan import demo

    demo.make()


def gather() -> None:
    """Static files with hashed names into the home folder. Runs before the settings look for them: the workers read them anew."""
    from django.core.management import call_command
    from django.test.utils import override_settings

    manifest = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}
    with override_settings(STORAGES={"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}, **manifest}):
        call_command("collectstatic", interactive=False, verbosity=0)


def pending() -> int:
    """How many migrations the database has not had."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def database() -> str:
    """Which database it is, in words without password."""
    from django.db import connection

    given = connection.settings_dict
    return f"{connection.vendor} {given['NAME']}" + (f" on {given['HOST']}" if given.get("HOST") else "")


def worker_seen(home: Path) -> tuple[float | None, str]:
    """For how many seconds the worker has been silent, and what it does; None where none lives."""
    from nyckeltal.web.jobs import heartbeat

    sign = heartbeat.seen(home)
    return (time.time() - float(sign["at"]), str(sign["doing"])) if sign else (None, "")


def periodic_faults() -> list[tuple[str, str]]:
    """What went wrong with work that is done every night or hour, by its name."""
    from django.db.utils import DatabaseError

    from nyckeltal.web.jobs.models import Periodic

    try:
        return list(Periodic.objects.exclude(fault="").values_list("name", "fault"))
    except DatabaseError:  # not migrated yet, which is told elsewhere
        return []


def free_port(host: str, port: int, *, tries: int = 1) -> int:
    """The first port from `port` on that nobody listens on."""
    for candidate in range(port, port + tries):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except socket.gaierror:
                english = "There is no address %(host)s to listen on. Name one of this machine with --host."
                raise UserMistake(Text("cli.no_host", english, {"host": host})) from None
            except OSError:
                continue
            return candidate
    raise UserMistake(Text("cli.port_taken", "Port %(port)s on %(host)s is taken or not allowed; name another with --port.", {"port": port, "host": host}))


def run(host: str, port: int, *, workers: int, ready: Callable[[], None]) -> None:
    """Serve, with the worker beside, until Ctrl-C or SIGTERM. `ready` is called once the socket is open."""
    from granian import Granian
    from granian.constants import Interfaces

    from nyckeltal.cli import beside

    multiprocessing.set_start_method("spawn", force=True)  # workers begin afresh: the lake's reader does not survive a fork
    server = Granian(
        "nyckeltal.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]  # granian takes the name as well as its own enumeration
        respawn_failed_workers=True,
    )
    server.on_startup(ready)
    with beside.worker(), TemporaryDirectory(prefix="nyckeltal-pages-") as folder:
        if workers > 1:
            os.environ.setdefault("NYCKELTAL_SHARED_BY_PROCESSES", folder)
        server.serve()


def make_administrator(name: str, password: str) -> None:
    from nyckeltal.web.people.actions import create_person
    from nyckeltal.web.people.roles import Role

    with _mistakes_told(name):
        create_person(name, roles=[Role.ADMINISTRATOR], password=password)


def give_password(name: str, password: str) -> None:
    from nyckeltal.web.people.actions import give_password as give

    with _mistakes_told(name):
        give(name, password)


def invite(name: str, roles: Sequence[str], address: str | None) -> str:
    """The link to hand over. Without an address: the first name under which the server answers."""
    from django.urls import reverse

    from nyckeltal.web.people import actions

    server = (address or _own_address()).rstrip("/")
    with _mistakes_told(name):
        _, token = actions.invite(name, by=None, roles=roles)
    return server + reverse("people:by_link", args=[token])


def _own_address() -> str:
    from django.conf import settings

    if settings.LOCAL_ONLY:
        return "http://127.0.0.1:8000"
    host = settings.ALLOWED_HOSTS[0]
    if host.startswith((".", "*")):
        why = f"NYCKELTAL_HOSTS begins with {host}, which is the name of no server. Say --address https://…"
        raise UserMistake(Text("cli.refused", "Refused: %(why)s", {"why": why}))
    return f"{'https' if settings.HTTPS else 'http'}://{host}"


def unlock(name: str) -> int:
    from nyckeltal.web.people.actions import unlock as forget

    with _mistakes_told(name):
        return forget(name)


def accounts() -> list[dict[str, object]]:
    """Every account, by name; nothing secret."""
    from django.utils import timezone

    from nyckeltal.web.people.models import Link, User
    from nyckeltal.web.people.standing import standing

    invited = set(Link.objects.open(timezone.now()).values_list("person_id", flat=True))
    return [
        {
            "name": person.username,
            "called": person.name,
            "roles": ", ".join(person.roles),
            "agent": person.agent_id or None,
            "clients": ", ".join(person.client_ids) or None,
            "state": standing(person, person.pk in invited).value,
        }
        for person in User.objects.order_by("username")
    ]


@contextmanager
def _mistakes_told(name: str) -> Iterator[None]:
    """Django's mistakes as ours; `name` is whom it was about."""
    from django.core.exceptions import ValidationError

    from nyckeltal.web.people.models import User

    try:
        yield
    except ValidationError as mistake:
        raise UserMistake(Text("cli.refused", "Refused: %(why)s", {"why": " ".join(mistake.messages)})) from None
    except User.DoesNotExist:
        known = did_you_mean(name, User.objects.values_list("username", flat=True))
        hint = f" Did you mean {known}?" if known else ""
        raise UserMistake(Text("cli.no_such_user", "There is no user %(name)s.%(hint)s", {"name": name, "hint": hint})) from None
