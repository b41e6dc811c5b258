"""`make bench`: nyckeltal beside hand-written SQL over the same files, interleaved in one run; medians, memory and ratios into RESULTS.md."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import merging
from asking import Asked, by_hand, ours, same
from questions import QUESTIONS

import contacts
from nyckeltal.sources.load import load


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="contacts (default 1,000,000)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each question is asked of each (default 7; the first is left out)")
    parser.add_argument("--results", type=Path, default=Path(__file__).with_name("RESULTS.md"))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nyckeltal-bench-") as name:
        folder = Path(name)
        _say("writing contacts")
        load_s, merge_s = _fill(folder, args.rows)
        _say("asking")
        questions = _questions(folder / "home", args.rounds)
        _say("merging")
        merges = merging.merged(folder / "home", folder, max(100, args.rows // 10), 3)
    args.results.write_text("\n".join([_head(args.rows), *questions, _merging(args.rows, load_s, merge_s, merges)]), encoding="utf-8")
    print(args.results.read_text(encoding="utf-8"))
    return 0


def _say(what: str) -> None:
    print(what, file=sys.stderr)


def _fill(folder: Path, rows: int) -> tuple[float, float]:
    """A home with agreements and contacts; seconds of the whole load and of its merge."""
    for name, mapping in (("contacts", contacts.MAPPING), ("agreements", contacts.AGREEMENTS)):
        (folder / f"{name}.toml").write_text(mapping, encoding="utf-8")
    contacts.write_agreements(folder / "agreements.csv")
    contacts.write_contacts(folder / "contacts.parquet", rows)
    load([folder / "agreements.csv"], mapping=folder / "agreements.toml", home=folder / "home")
    return merging.timed_load(folder / "home", folder / "contacts.parquet", folder / "contacts.toml")


def _questions(home: Path, rounds: int) -> list[str]:
    """Asked A B A B; whoever differs stops the run, since a quick wrong answer is worth nothing."""
    one, other = Asked(ours, home), Asked(by_hand, home)
    lines = ["| question | nyckeltal, ms | by hand, ms | ratio | first time, ms | first by hand, ms |", "|---|---|---|---|---|---|"]
    for number, timed in enumerate(QUESTIONS):
        taken = [(one(number), other(number)) for _ in range(rounds)]
        if differing := same(taken[0][0][1], taken[0][1][1]):
            raise SystemExit(f"{timed.name}: nyckeltal and the SQL differ in {len(differing)} values:\n" + "\n".join(differing[:10]))
        first, *warm = [(our[0] * 1000, hand[0] * 1000) for our, hand in taken]
        our_ms, hand_ms = (statistics.median(times) for times in zip(*warm, strict=True))
        lines.append(f"| **{timed.name}**: {timed.about} | {our_ms:,.0f} | {hand_ms:,.0f} | {our_ms / hand_ms:.2f} | {first[0]:,.0f} | {first[1]:,.0f} |")
        memory = taken[-1][0][2], taken[-1][1][2]
    one.stop()
    other.stop()
    return [*lines, "", f"Peak memory of the asking process: {memory[0]:,.0f} MB; of the one by hand: {memory[1]:,.0f} MB.", ""]


def _merging(rows: int, load_s: float, merge_s: float, merges: list[tuple[float, float, float]]) -> str:
    whole_s, batch_s, once_s = (statistics.median(times) for times in zip(*merges, strict=True))
    batch = max(100, rows // 10)
    return f"""## Loading

Loading all {rows:,} contacts from Parquet into an empty store: {load_s:.1f} s, of which merging {merge_s:.1f} s ({rows / load_s:,.0f} contacts a second).

A batch of {batch:,} new contacts of the last two months and {max(1, batch // 100):,} corrected ones from all months, into the store with
{rows:,}: {whole_s:.1f} s, of which merging {batch_s:.1f} s. DuckDB takes {once_s:.2f} s to read and write the contacts, segments and visits of
those two months once, without keys, neighbours, derived words or history: ratio {batch_s / once_s:.1f}. Medians of {len(merges)} rounds.
"""


def _head(rows: int) -> str:
    versions = ", ".join(f"{name} {version(name)}" for name in ("nyckeltal", "duckdb", "ibis-framework", "deltalake"))
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return f"""# Results

Written by `make bench ROWS={rows}` on {datetime.now(UTC):%Y-%m-%d}. {rows:,} made-up contacts of two years in a store; {_processor()}, {os.cpu_count()} cores,
{memory_gb:.0f} GB of memory; Python {platform.python_version()}, {versions}. Load of the machine at the end: {os.getloadavg()[0]:.1f}.

## Asking

Each question is asked of nyckeltal (`ask`, from question to figures) and run as hand-written DuckDB SQL over the same Parquet files, in two
processes that take turns, so that whatever else the machine does falls on both. Medians without the first round. The SQL gives values only; a
figure also has its interval, its parts, what it rests on, and how far the data is known. Both must give the same values, or the run stops.
Ratios are what to trust, not milliseconds.
"""


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
