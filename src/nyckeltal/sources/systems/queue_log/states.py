"""When agents were there: logins and pauses as spells of one state each, open while they last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.systems.queue_log.calls import default_client

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.reading import Setting

_logins = "('AGENTLOGIN', 'AGENTCALLBACKLOGIN')"
_logoffs = "('AGENTLOGOFF', 'AGENTCALLBACKLOGOFF')"
_pauses = "('PAUSE', 'PAUSEALL')"
_unpauses = "('UNPAUSE', 'UNPAUSEALL')"


def make_states(con: duckdb.DuckDBPyConnection, setting: Setting) -> None:
    """Makes the view `agent_states` from the table `events`: available while logged in, break while paused."""
    for query in (_LOGGED_IN, _PAUSED, _SPELLS):
        con.execute(query)
    source, client = cells.quote(setting.source + ":"), cells.quote(setting.client or default_client)
    zone = cells.quote(setting.zone) if setting.zone else "NULL::VARCHAR"
    con.execute("CREATE OR REPLACE TEMP VIEW in_store AS SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS source_id, NULL::TIMESTAMPTZ AS ended_at LIMIT 0")
    if setting.facts is not None:
        setting.facts.attach(con, "agent_state", name="in_store")
    con.execute(_STATE_ROWS.format(source=source, client=client, zone=zone, own=cells.quote(setting.source)))


# A logoff states for how long the agent was logged in, and that holds; a login that none follows lasts. `known_by` is the
# login's own moment, so that the spell keeps its id when a longer log says how it ended. Spells that overlap are one.
_LOGGED_IN = f"""
CREATE OR REPLACE TEMP TABLE logged_in AS
WITH marked AS (
    SELECT agent, moment, n, event IN {_logins} AS goes_in, try_cast(data2 AS DOUBLE) AS stated, file, line, original,
        lag(event) OVER person IN {_logins} AS was_in, lag(moment) OVER person AS before,
        lead(moment) OVER person AS after, lead(event) OVER person IN {_logins} AS then_in
    FROM events WHERE agent IS NOT NULL AND (event IN {_logins} OR event IN {_logoffs}) WINDOW person AS (PARTITION BY agent ORDER BY n)),
spells AS (
    SELECT agent, CASE WHEN stated >= 0 THEN moment - to_microseconds((stated * 1e6)::BIGINT) ELSE before END AS starts, moment AS ends,
        CASE WHEN was_in THEN before END AS known_by, n, file, line, original
    FROM marked WHERE NOT goes_in AND (stated >= 0 OR was_in)
    UNION ALL
    SELECT agent, moment, CASE WHEN then_in THEN after ELSE TIMESTAMPTZ 'infinity' END, moment, n, file, line, original
    FROM marked WHERE goes_in AND (after IS NULL OR then_in)),
chained AS (SELECT *, max(ends) OVER (PARTITION BY agent ORDER BY starts, n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached FROM spells),
numbered AS (SELECT *, count(*) FILTER (reached IS NULL OR starts > reached) OVER (PARTITION BY agent ORDER BY starts, n) AS spell FROM chained)
SELECT agent, min(starts) AS starts, max(ends) AS ends, coalesce(min(known_by), min(starts)) AS known_by,
    arg_min(file, starts) AS file, arg_min(line, starts) AS line, arg_min(original, starts) AS original
FROM numbered GROUP BY agent, spell
"""

# The first pause counts, and it ends with the next word of work or the logoff.
_PAUSED = f"""
CREATE OR REPLACE TEMP TABLE paused AS
WITH marked AS (
    SELECT agent, moment, n, event IN {_pauses} AS stops, file, line, original, coalesce(lag(event) OVER person IN {_pauses}, false) AS stopped
    FROM events WHERE agent IS NOT NULL AND (event IN {_pauses} OR event IN {_unpauses} OR event IN {_logoffs})
    WINDOW person AS (PARTITION BY agent ORDER BY n)),
turns AS (SELECT *, lead(moment) OVER (PARTITION BY agent ORDER BY n) AS next_at FROM marked WHERE stops <> stopped)
SELECT agent, moment AS starts, coalesce(next_at, TIMESTAMPTZ 'infinity') AS ends, file, line, original FROM turns WHERE stops
"""

_SPELLS = """
CREATE OR REPLACE TEMP TABLE spells AS
WITH borders AS (
    SELECT agent, starts AS moment FROM logged_in UNION SELECT agent, ends FROM logged_in
    UNION SELECT agent, starts FROM paused UNION SELECT agent, ends FROM paused),
pieces AS (SELECT agent, moment AS starts, lead(moment) OVER (PARTITION BY agent ORDER BY moment) AS ends FROM borders)
SELECT p.agent, p.starts, nullif(p.ends, TIMESTAMPTZ 'infinity') AS ends, CASE WHEN b.agent IS NOT NULL THEN 'break' ELSE 'available' END AS state,
    CASE WHEN p.starts = l.starts THEN l.known_by ELSE p.starts END AS known_by,
    coalesce(b.file, l.file) AS file, coalesce(b.line, l.line) AS line, coalesce(b.original, l.original) AS original
FROM pieces p
LEFT JOIN logged_in l ON l.agent = p.agent AND l.starts <= p.starts AND l.ends >= p.ends
LEFT JOIN paused b ON b.agent = p.agent AND b.starts <= p.starts AND b.ends >= p.ends
WHERE p.ends > p.starts AND (l.agent IS NOT NULL OR b.agent IS NOT NULL)
"""

_STATE_ROWS = """
CREATE OR REPLACE TEMP VIEW agent_states AS
SELECT {source} || source_id AS state_id, agent AS agent_id, starts AS started_at, ends AS ended_at, state, NULL AS queue_id, {client} AS client_id,
    NULL AS direction, {zone} AS zone, []::VARCHAR[] AS marks, source_id, file, line, original
FROM (SELECT *, agent || '|' || epoch_us(known_by) AS source_id FROM spells) made, (SELECT min(moment) AS first, max(moment) AS last FROM events WHERE fresh)
WHERE agent IN (SELECT agent FROM events WHERE fresh) AND starts <= last AND (ends IS NULL OR ends >= first)
    AND NOT (ends IS NULL AND source_id IN (SELECT source_id FROM in_store WHERE source = {own} AND ended_at IS NOT NULL))
"""
