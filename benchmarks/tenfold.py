"""The section of RESULTS.md that tells of ten times as many contacts: measured in a run of its own, it stands until they are asked again."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from questions import TREND, TREND_SUMS
from results import ROWS, SUMS, Goal, Times, goal_lines, told

if TYPE_CHECKING:
    from hundred import Hundred

HUNDRED = "## Ten times as many contacts"


def merged(file: Path, section: str) -> str:
    """The results with this section in place of the one that stands there, or after all others."""
    before = file.read_text(encoding="utf-8") if file.exists() else "# Results\n\n"
    return before.replace(section_of_hundred(file), "").rstrip("\n") + "\n\n" + section


def section_of_hundred(file: Path) -> str:
    """What an earlier run found about ten times as many contacts: it stands until they are asked again."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    return HUNDRED + before.partition(HUNDRED)[2] if HUNDRED in before else ""


def of_hundred(found: Hundred) -> str:
    """Told by itself, with its own day and goals: it is asked in a run of its own."""
    whole = found.rows >= 100_000_000
    ours, peak = found.times[TREND_SUMS.name][SUMS], {who: found.peak_mb[TREND_SUMS.name, who] for who in (SUMS, ROWS)}
    goals: list[Goal] = [
        ("company trend over 100,000,000, sums", "under 1.5 s", f"{ours.median_s:.2f} s", ours.median_s < 1.5 if whole else None),
        *((f"its memory, {who}", "under 1 GB", f"{peak[who]:,.0f} MB", peak[who] < 1000 if whole else None) for who in peak),
    ]
    day = found.day
    goals += [
        ("100,000 contacts of one day", "under 10 s", f"{day.load_s:.1f} s", day.load_s < 10 if whole else None),
        ("of that: FCR beside working it out anew", "at most 1/80", f"1/{day.anew_s / day.fcr_s:.0f}", day.fcr_s * 80 <= day.anew_s if whole else None),
    ]
    lines = [_line_of_hundred(name, who, times, found) for name, ways in found.times.items() for who, times in ways.items()]
    return f"""{HUNDRED}
Measured on {datetime.now(UTC):%Y-%m-%d}, load of the machine {os.getloadavg()[2]:.1f}. {found.rows:,} contacts: those of a tenth as many
(seed {found.seed}) ten times, each time under other ids, with their segments, visits and answers, put into the store's tables in {found.filled_s:,.0f} s.
Sums by day were made in {found.sums_s:,.0f} s, of them only those by client and how often each value occurs, which are all that a company's trend reads.
Company trend: {TREND.about}. Company trend without ASA: {TREND_SUMS.about}.

{chr(10).join(goal_lines(goals))}

| question | asked | ms: median (least, first) | of the processor, ms | peak of its process |
|---|---|---|---|---|
{chr(10).join(lines)}

A new day with 100,000 contacts and 1,000 corrections of the last two months took {day.load_s:.1f} s from the file on, {day.merge_s:.1f} s
of them merging into {day.months} months, which DuckDB writes once by hand in {day.once_s:.1f} s. The customers' other contacts, and who comes after
whom, were found in {day.fcr_s:.2f} s; of all contacts anew in {day.anew_s:.1f} s.
"""


def _line_of_hundred(name: str, who: str, times: Times, found: Hundred) -> str:
    return f"| {name} | {who} | {told(times)} | {times.median_worked_s * 1000:,.0f} | {found.peak_mb[name, who]:,.0f} MB |"
