"""From events to cases: opened by the first, closed by what closes, opened again by whatever follows, handed over where somebody else goes on."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from nyckeltal.sources.cells import quote
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.sources.gathered import Gathered

CLOSING = (
    *("closed", "close", "case closed", "resolved", "completed", "cancelled", "canceled", "solved", "finished"),
    *("stängd", "stängt", "avslutad", "avslutat", "löst", "lukket", "afsluttet", "løst", "lezárva", "lezárt", "megoldva", "suljettu", "ratkaistu", "päätetty"),
)
_last_closes = Text(
    "sources.event_log.last_closes",
    "No activity says that a case was closed, so the last event of each is taken for it. Name those that close one under [event_log] closing = […].",
)
_beginning_known = "An earlier load knows the beginning of this case, and this file does not. Export cases whole"

# `step` of each event in its case; `ends`: it closes; `reopens`: it comes after one that closed, and does not close; `who`: the
# group, or the person where no group is told
_STEPS = """
CREATE OR REPLACE TEMP TABLE step AS
WITH ordered AS (
    SELECT *, row_number() OVER inside AS at_n, count(*) OVER (PARTITION BY case_id) AS events_n FROM event
    WINDOW inside AS (PARTITION BY case_id ORDER BY done_at, n)
), said AS (
    SELECT *, {ends} AS ends, CASE WHEN (SELECT count(team) FROM event) > 0 THEN team ELSE resource END AS who FROM ordered
)
SELECT *, coalesce(lag(ends) OVER inside, false) AND NOT ends AS reopens,
    last_value(who IGNORE NULLS) OVER (PARTITION BY case_id ORDER BY at_n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        AS who_before
FROM said WINDOW inside AS (PARTITION BY case_id ORDER BY at_n)
"""
CASE = """
CREATE OR REPLACE TEMP TABLE told_case AS
SELECT case_id AS source_id, max(n) AS n, min(done_at) AS opened_at, max(done_at) AS changed_at,
    CASE WHEN arg_max(ends, at_n) THEN max(done_at) FILTER (ends) ELSE NULL END AS settled_at,
    max(done_at) FILTER (ends) AS closed_last, max(done_at) FILTER (reopens) AS reopened_at, count(*) FILTER (reopens) AS reopened_n,
    count(*) FILTER (who <> who_before) AS handovers_n, arg_min(resource, at_n) AS opened_by,
    arg_max(resource, at_n) AS agent_id, arg_max(team, at_n) AS queue_id
FROM step GROUP BY case_id
"""


def closing(gathered: Gathered, told: Collection[str] | None) -> str:
    """SQL for whether an event closes its case: as told, else by words that everybody knows, else the last one does."""
    named = [name.casefold() for name in told or CLOSING]
    listed = ", ".join(quote(name) for name in named)
    ends = f"(lower(coalesce(activity, '')) IN ({listed}) OR lower(coalesce(transition, '')) IN ({listed}))"
    if told is None and not gathered.con.execute(f"SELECT 1 FROM event WHERE {ends} LIMIT 1").fetchone():
        gathered.reading.warnings.append(_last_closes)
        return "at_n = events_n"
    return ends


def hand_over(gathered: Gathered, ends: str) -> None:
    """The cases, as a fact."""
    gathered.con.execute(_STEPS.format(ends=ends))
    gathered.con.execute(CASE)
    _leave_to_earlier(gathered)
    reopened = "settled_at IS NULL AND reopened_n > 0"
    columns = {
        "source_id": "source_id",
        "n": "n",
        "opened_at": "opened_at",
        "changed_at": "changed_at",
        "closed_at": f"CASE WHEN {reopened} THEN closed_last ELSE settled_at END",
        "reopened_at": f"CASE WHEN {reopened} THEN reopened_at END",
        "status": "CASE WHEN settled_at IS NULL THEN 'open' ELSE 'closed' END",
        **{name: name for name in ("reopened_n", "handovers_n", "opened_by", "agent_id", "queue_id")},
    }
    gathered.hand_over("case", "told_case", columns)


def _leave_to_earlier(gathered: Gathered) -> None:
    """A case whose beginning only an earlier load knows stays as that load told it."""
    facts, setting = gathered.setting.facts, gathered.setting
    if facts is None:
        return
    facts.attach(gathered.con, "case", name="in_store")
    earlier = f"SELECT s.source_id FROM in_store s JOIN told_case t USING (source_id) WHERE s.source = {quote(setting.source)} AND s.opened_at < t.opened_at"
    [left] = gathered.con.execute(f"SELECT count(*) FROM ({earlier})").fetchone() or (0,)
    if left:
        gathered.con.execute(f"DELETE FROM told_case WHERE source_id IN ({earlier})")
        gathered.counted.left_out[_beginning_known] += int(left)
