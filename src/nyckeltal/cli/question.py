"""The arguments that `ask` and `explain` share: one question, said in options."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import Any

from nyckeltal.cli import usage

GRAINS = ("interval", "hour", "day", "week", "month", "quarter", "year")


def add_question(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kpis", nargs="+", metavar="KPI", help="one or several; docs/kpi names them all")
    parser.add_argument("--by", action="extend", type=_names, default=[], metavar="DIM,…", help="queue, agent, team, reason1, … (several with commas)")
    parser.add_argument("--per", choices=GRAINS, help="a figure for each part of the period")
    parser.add_argument("--from", dest="start", metavar="DAY", help="first day, 2026-03-01, in the zone of the queue")
    parser.add_argument("--to", dest="end", metavar="DAY", help="last day, which counts too")
    parser.add_argument("--where", metavar="EXPR", help="only these, say \"channel == 'voice' and queue_id in ('a', 'b')\"")
    parser.add_argument("--variant", metavar="NAME", help="another definition of the KPI; nyckeltal explain KPI names them")
    parser.add_argument("--set", action="append", type=_setting, default=[], metavar="NAME=VALUE", help="a setting of the KPI, say within=30")
    parser.add_argument("--engine", metavar="NAME", help="what counts: duckdb (default), or the address of a Spark master, spark://host:7077")
    parser.add_argument("--floor", type=usage.whole(0), metavar="N", help="show figures that rest on at least N; 0 shows all")


def asked(args: argparse.Namespace) -> dict[str, Any]:
    """The keyword arguments of `nyckeltal.kpi.ask.ask`; the engine is one of the process."""
    if args.engine is not None:
        os.environ["NYCKELTAL_ENGINE"] = args.engine
    words = {name: getattr(args, name) for name in ("by", "per", "start", "end", "where", "variant", "floor")}
    return words | {"set": dict(args.set), "home": args.home}


def _names(text: str) -> Sequence[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _setting(text: str) -> tuple[str, float | int | str]:
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE, say within=30")
    if isinstance(number := _number(value.strip()), (int, float)) and not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"“{value.strip()}” cannot be a setting, which is a number from 0 on")
    return name.strip(), number


def _number(text: str) -> float | int | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
