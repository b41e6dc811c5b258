"""`make bench`: nyckeltal beside what one would take instead, on the same contacts in one interleaved run; what was found goes into RESULTS.md."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import asking
import hundred
import loading
import pages
import postgresql
import results
import tenfold
import upkeep
from homes import Home, filled, with_sums
from questions import QUESTIONS, same
from results import ROWS, SUMS, Measured, Times, Who

MOST_IN_PANDAS = 1_000_000
PARTS = {"asking": "asking", "loading": "loading a CSV file", "upkeep": "one new day", "pages": "people clicking"}
HUNDRED = "hundred"
PARTS_HELP = "what is measured (default: all but hundred, which copies the contacts ten times and asks those; its section in the results is put anew)"


def main() -> int:
    args = _parser().parse_args()
    _say("filling")
    with tempfile.TemporaryDirectory(prefix="nyckeltal-bench-") as name:
        folder = args.folder or Path(name)
        absent = _absent(args.without) | {PARTS[part]: "the run was told so" for part in PARTS if part not in args.parts}
        if HUNDRED in args.parts:
            many = hundred.measured(filled(folder, args.rows, args.seed), folder, min(args.rounds, 3))
            args.results.write_text(tenfold.merged(args.results, tenfold.of_hundred(many)), encoding="utf-8")
        if args.parts == [HUNDRED]:
            return _told(args.results)
        homes = [filled(folder, rows, args.seed) for rows in (args.rows // 10, args.rows)]
        times, peak_mb, filled_s = _asking(homes, args.rounds, absent) if "asking" in args.parts else ({}, {}, {})
        loaded = loading.loads(args.rows, args.seed, args.folder) if "loading" in args.parts else []
        days = upkeep.days(homes[-1], args.days) if "upkeep" in args.parts else []
        clicks = _pages(homes[-1], args.seconds) if "pages" in args.parts else None
    found = Measured(args.rows, homes, times, peak_mb, filled_s, loaded, days, clicks, [f"{what}, since {why}" for what, why in absent.items()])
    args.results.write_text(results.written(found) + tenfold.section_of_hundred(args.results), encoding="utf-8")
    return _told(args.results)


def _told(file: Path) -> int:
    print(file.read_text(encoding="utf-8"))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="contacts; a tenth of them is asked besides, for growth (default 1,000,000)")
    parser.add_argument("--seed", type=int, default=2026, help="other contacts of the same kind (default 2026)")
    parser.add_argument("--rounds", type=int, default=7, help="how often each question is asked each way (default 7; the first is told apart)")
    parser.add_argument("--days", type=int, default=3, help="how often a new day is loaded (default 3)")
    parser.add_argument("--seconds", type=float, default=120, help="how long twenty people click (default 120)")
    parser.add_argument("--parts", nargs="+", choices=[*PARTS, HUNDRED], default=[*PARTS], help=PARTS_HELP)
    parser.add_argument("--without", nargs="+", choices=("PostgreSQL", "pandas"), default=(), help="what is left out")
    parser.add_argument("--folder", type=Path, help="keep the filled homes there, and use those that are there")
    parser.add_argument("--results", type=Path, default=Path(__file__).with_name("RESULTS.md"))
    return parser


def _say(what: str) -> None:
    print(what, file=sys.stderr)


def _absent(without: Sequence[str]) -> dict[str, str]:
    """What is not compared with, and why."""
    found = dict.fromkeys(without, "the run was told so")
    if why := postgresql.absent():
        found.setdefault("PostgreSQL", why)
    if find_spec("pandas") is None:
        found.setdefault("pandas", "it is not installed")
    return found


def _asking(homes: Sequence[Home], rounds: int, absent: dict[str, str]) -> tuple[dict[str, dict[Who, Times]], dict[Who, float], dict[Who, float]]:
    """Every question in turn of every way of asking; whoever differs stops the run, since a quick wrong answer is worth nothing."""
    filled_s: dict[Who, float] = {(ROWS, home.rows): home.load_s for home in homes}
    times: dict[str, dict[Who, Times]] = {}
    with ExitStack() as stack:
        ways = _ways(homes, absent, stack, filled_s)
        peak_mb: dict[Who, float] = {}
        for number, timed in enumerate(QUESTIONS):
            _say(timed.name)
            taken: dict[Who, list[tuple[float, float]]] = {who: [] for who in ways}
            for _ in range(rounds):
                peak_mb |= _round(ways, number, taken)
            times[timed.name] = {who: Times.of(each) for who, each in taken.items()}
    return times, peak_mb, filled_s


def _round(ways: Mapping[Who, asking.Asked], number: int, taken: Mapping[Who, list[tuple[float, float]]]) -> dict[Who, float]:
    values: dict[Who, asking.Values] = {}
    peak_mb = {}
    for who, asked in ways.items():
        took, values[who], peak_mb[who] = asked(number)
        taken[who].append(took)
    for who, found in values.items():
        if differing := same(values[ROWS, who[1]], found):
            told = "\n".join(differing[:10])
            raise SystemExit(f"{QUESTIONS[number].name}: nyckeltal and {who[0]} differ in {len(differing)} values:\n{told}")
    return peak_mb


def _ways(homes: Sequence[Home], absent: dict[str, str], stack: ExitStack, filled_s: dict[Who, float]) -> dict[Who, asking.Asked]:
    """For both sizes nyckeltal and DuckDB, and nyckeltal with sums by day where it keeps them of so many contacts; PostgreSQL for the larger;
    pandas for the largest that it is asked to hold."""
    wanted: list[tuple[str, int, Callable[[str], asking.Run], str]] = []
    for home in homes:
        if (took_s := with_sums(home)) is not None:
            filled_s[SUMS, home.rows] = took_s
        kept = [(SUMS, asking.ours)] if took_s is not None else []
        wanted += [(who, home.rows, make, str(home.folder)) for who, make in ((ROWS, asking.from_rows), *kept, ("DuckDB", asking.by_hand))]
    if "PostgreSQL" not in absent:
        address = stack.enter_context(postgresql.server())
        _say("filling PostgreSQL")
        filled_s["PostgreSQL", homes[-1].rows] = postgresql.fill(address, homes[-1].folder)
        wanted.append(("PostgreSQL", homes[-1].rows, asking.postgresql, address))
    held = [home for home in homes if home.rows <= MOST_IN_PANDAS]
    if held and "pandas" not in absent:
        wanted.append(("pandas", held[-1].rows, asking.pandas, str(held[-1].folder)))
    elif not held:
        absent.setdefault("pandas", f"more than {MOST_IN_PANDAS:,} contacts are not what it is compared with")
    ways = {(who, rows): asking.Asked(make, where) for who, rows, make, where in wanted}
    for way in ways.values():
        stack.callback(way.stop)
    return ways


def _pages(home: Home, seconds: float) -> pages.Clicked:
    """On a copy, which is thrown away with its people."""
    with_sums(home)
    with tempfile.TemporaryDirectory(prefix="nyckeltal-bench-", dir=home.folder.parent) as name:
        copy = Path(name) / "home"
        shutil.copytree(home.folder, copy)
        return pages.clicked(copy, 20, seconds)


if __name__ == "__main__":
    sys.exit(main())
