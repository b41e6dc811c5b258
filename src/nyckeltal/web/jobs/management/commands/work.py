"""`work`: the worker beside the web server; `nyckeltal serve` starts it."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from nyckeltal.web.jobs import worker


class Command(BaseCommand):
    help = "Do long and scheduled work. nyckeltal serve starts this beside the web server; a second one waits until the first has ended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--parent", type=int, metavar="PID", help="end when this process, which started it, ends")

    def handle(self, *_: object, **options: int | None) -> None:
        worker.run(parent=options["parent"])
