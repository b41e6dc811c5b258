"""What loading a CSV file costs: contacts by mapping into a store that is empty, beside DuckDB writing the same file as Parquet, in turn, each in a
process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
from homes import CONTACT

import contacts

OURS, THEIRS = "nyckeltal", "DuckDB"
MANY = 3_000_000  # from here on one round is enough


@dataclass(frozen=True)
class Loaded:
    """Of one round of one way: seconds on the clock and of the processor, and the most memory that its process held."""

    who: str
    rows: int
    clock_s: float
    worked_s: float
    peak_mb: float


def loads(rows: int, seed: int, parent: Path | None, rounds: int = 3) -> list[Loaded]:
    """Every round of both ways."""
    print("loading a CSV file", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="nyckeltal-bench-", dir=parent) as name:
        folder = Path(name)
        with contacts.Drawing(rows, seed) as drawing:
            drawing.separated(folder / "contacts.csv", rows)
        (folder / "contact.toml").write_text(CONTACT, encoding="utf-8")
        return [_asked(who, rows, folder, number) for number in range(1 if rows >= MANY else rounds) for who in (OURS, THEIRS)]


def _asked(who: str, rows: int, folder: Path, number: int) -> Loaded:
    told = subprocess.run([sys.executable, __file__, who, str(folder), str(number)], check=True, stdout=subprocess.PIPE)
    return Loaded(who, rows, **json.loads(told.stdout.splitlines()[-1]))


def _ours(folder: Path, number: str) -> None:
    from nyckeltal.sources.load import load

    load([folder / "contacts.csv"], mapping=folder / "contact.toml", home=folder / f"home-{number}")


def _theirs(folder: Path, number: str) -> None:
    with duckdb.connect() as con:
        con.execute("set enable_progress_bar = false")
        con.execute(f"copy (from read_csv('{folder}/contacts.csv')) to '{folder}/{number}.parquet' (format parquet)")


def _measured(who: str, folder: Path, number: str) -> None:
    began, before = time.perf_counter(), _worked_s()
    {OURS: _ours, THEIRS: _theirs}[who](folder, number)
    clock_s, worked_s = time.perf_counter() - began, _worked_s() - before
    print(json.dumps({"clock_s": clock_s, "worked_s": worked_s, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def _worked_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    _measured(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
