"""When agents were there: logins, pauses and what they did with calls as spells of one state each, open while they last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.systems.queue_log import ongoing
from nyckeltal.sources.systems.queue_log.calls import default_client

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.reading import Setting

_logins = "('AGENTLOGIN', 'AGENTCALLBACKLOGIN')"
_logoffs = "('AGENTLOGOFF', 'AGENTCALLBACKLOGOFF')"
_pauses = "('PAUSE', 'PAUSEALL')"
_memberships = "('ADDMEMBER', 'REMOVEMEMBER')"
_unpauses = "('UNPAUSE', 'UNPAUSEALL')"


def make_states(con: duckdb.DuckDBPyConnection, setting: Setting) -> None:
    """Makes the view `agent_states` from the tables `events` and `parts`: available while logged in, break while paused, calls and after-work before both."""
    for query in (_LOGGED_IN, _PAUSED, _BUSY, _SPELLS):
        con.execute(query)
    source, client = cells.quote(setting.source + ":"), cells.quote(setting.client or default_client)
    zone = cells.quote(setting.zone) if setting.zone else "NULL::VARCHAR"
    con.execute("CREATE OR REPLACE TEMP VIEW in_store AS SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS source_id, NULL::TIMESTAMPTZ AS ended_at LIMIT 0")
    if setting.facts is not None:
        setting.facts.attach(con, "agent_state", name="in_store")
    con.execute(_STATE_ROWS.format(source=source, client=client, zone=zone, own=cells.quote(setting.source)))


# A logoff states for how long the agent was logged in, and that holds; a login that none follows lasts. `known_by` is the
# login's own moment, so that the spell keeps its id when a longer log says how it ended. Spells that overlap are one.
# Who never logs in as an agent does so by becoming a member of queues, and is there while a member of any.
_LOGGED_IN = f"""
CREATE OR REPLACE TEMP TABLE logged_in AS
WITH told AS (
    SELECT *, event IN {_logins} OR event = 'ADDMEMBER' AS goes_in, CASE WHEN event IN {_memberships} THEN queue END AS member_of FROM events
    WHERE agent IS NOT NULL AND (event IN {_logins} OR event IN {_logoffs}
        OR (event IN {_memberships} AND agent NOT IN (SELECT agent FROM events WHERE agent IS NOT NULL AND (event IN {_logins} OR event IN {_logoffs}))))),
marked AS (
    SELECT agent, moment, n, goes_in, CASE WHEN event IN {_logoffs} THEN try_cast(data2 AS DOUBLE) END AS stated, file, line, original,
        lag(goes_in) OVER person AS was_in, lag(moment) OVER person AS before, lead(moment) OVER person AS after, lead(goes_in) OVER person AS then_in
    FROM told WINDOW person AS (PARTITION BY agent, member_of ORDER BY n)),
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

# The first pause counts, and it ends with the next word of work or the logoff; one may become a member paused.
_PAUSED = f"""
CREATE OR REPLACE TEMP TABLE paused AS
WITH told AS (
    SELECT *, event IN {_pauses} OR (event = 'ADDMEMBER' AND upper(data1) = 'PAUSED') AS stops FROM events
    WHERE agent IS NOT NULL AND (event IN {_pauses} OR event IN {_unpauses} OR event IN {_logoffs} OR (event = 'ADDMEMBER' AND upper(data1) = 'PAUSED'))),
marked AS (
    SELECT agent, moment, n, stops, file, line, original, coalesce(lag(stops) OVER (PARTITION BY agent ORDER BY n), false) AS stopped FROM told),
turns AS (SELECT *, lead(moment) OVER (PARTITION BY agent ORDER BY n) AS next_at FROM marked WHERE stops <> stopped)
SELECT t.agent, t.moment AS starts, file, line, original, least(coalesce(next_at, TIMESTAMPTZ 'infinity'),
        coalesce((SELECT min(l.ends) FROM logged_in l WHERE l.agent = t.agent AND l.starts <= t.moment AND l.ends > t.moment), TIMESTAMPTZ 'infinity')) AS ends
FROM turns t WHERE stops
"""

# A call whose end the log never told lasts only where it is the agent's last one and near the end of the log.
_BUSY = f"""
CREATE OR REPLACE TEMP TABLE busy AS
WITH answered AS (
    SELECT agent, started, ended, acw, lead(started) OVER (PARTITION BY agent ORDER BY started, n) AS follows, (SELECT max(moment) FROM events) AS last
    FROM parts WHERE answered AND agent IN (SELECT agent FROM logged_in UNION SELECT agent FROM paused)),
told AS (
    SELECT agent, acw, started,
        coalesce(ended, CASE WHEN follows IS NULL AND started >= last - {ongoing.near} THEN TIMESTAMPTZ 'infinity' END) AS ended FROM answered)
SELECT agent, started AS starts, ended AS ends, 1 AS talks, 0 AS wraps FROM told WHERE ended > started
UNION ALL SELECT agent, ended, ended + to_microseconds((acw * 1e6)::BIGINT), 0, 1 FROM told WHERE acw > 0 AND ended < TIMESTAMPTZ 'infinity'
"""

_SPELLS = """
CREATE OR REPLACE TEMP TABLE spells AS
WITH borders AS (
    SELECT agent, moment, sum(talks) AS talks, sum(wraps) AS wraps FROM (
        SELECT agent, starts AS moment, 0 AS talks, 0 AS wraps FROM logged_in UNION ALL SELECT agent, ends, 0, 0 FROM logged_in
        UNION ALL SELECT agent, starts, 0, 0 FROM paused UNION ALL SELECT agent, ends, 0, 0 FROM paused
        UNION ALL SELECT agent, starts, talks, wraps FROM busy UNION ALL SELECT agent, ends, -talks, -wraps FROM busy)
    GROUP BY agent, moment),
pieces AS (
    SELECT agent, moment AS starts, lead(moment) OVER person AS ends, sum(talks) OVER person AS talks, sum(wraps) OVER person AS wraps
    FROM borders WINDOW person AS (PARTITION BY agent ORDER BY moment))
SELECT p.agent, p.starts, nullif(p.ends, TIMESTAMPTZ 'infinity') AS ends,
    CASE WHEN talks > 0 THEN 'talking' WHEN wraps > 0 THEN 'acw' WHEN b.agent IS NOT NULL THEN 'break' ELSE 'available' END AS state,
    CASE WHEN p.starts = l.starts THEN l.known_by ELSE p.starts END AS known_by,
    coalesce(b.file, l.file) AS file, coalesce(b.line, l.line) AS line, coalesce(b.original, l.original) AS original
FROM pieces p
LEFT JOIN logged_in l ON l.agent = p.agent AND l.starts <= p.starts AND l.ends >= p.ends
LEFT JOIN paused b ON b.agent = p.agent AND b.starts <= p.starts AND b.ends >= p.ends
WHERE p.ends > p.starts AND (l.agent IS NOT NULL OR b.agent IS NOT NULL)
"""

_STATE_ROWS = """
CREATE OR REPLACE TEMP VIEW agent_states AS
SELECT {source} || source_id AS state_id, agent AS agent_id, starts AS started_at, ends AS ended_at, state, {client} AS client_id, {zone} AS zone,
    []::VARCHAR[] AS marks, source_id, file, line, original
FROM (SELECT *, agent || '|' || epoch_us(known_by) AS source_id FROM spells) made, (SELECT min(moment) AS first, max(moment) AS last FROM events WHERE fresh)
WHERE agent IN (SELECT agent FROM events WHERE fresh) AND starts <= last AND (ends IS NULL OR ends >= first)
    AND NOT (ends IS NULL AND source_id IN (SELECT source_id FROM in_store WHERE source = {own} AND ended_at IS NOT NULL))
"""
