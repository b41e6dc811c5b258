"""`nyckeltal serve`: the web server on this machine, with its database and static files made ready first."""

from __future__ import annotations

import argparse
import sys

from nyckeltal.cli import opening, usage, webside

NAME = "serve"
HELP = "Start the web server. Stop it with Ctrl-C."
EXAMPLE = "nyckeltal serve --port 8000"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_address(parser)
    parser.add_argument("--workers", type=usage.whole(1), default=1, metavar="N", help="server processes (default 1)")


def add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=webside.HOST, help=f"address to listen on (default {webside.HOST}: this machine only)")
    parser.add_argument("--port", type=usage.whole(0, 65535), default=8000, help="port to listen on (default 8000)")


def run(args: argparse.Namespace) -> int:
    port = webside.free_port(args.host, args.port)
    webside.wake(args.home)
    webside.migrate()
    opening.bring_up(args.home)
    webside.gather()
    webside.run(args.host, port, workers=args.workers, ready=lambda: print(f"nyckeltal is on http://{args.host}:{port}", file=sys.stderr))
    return 0
