"""A log is cut into files wherever it happens to be rotated. What stands near a cut is kept, so that the file on the other side of it
can be understood: a call that goes on, after-work, a login that lasts. What an earlier load knows better is left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import arrow_schema
from nyckeltal.sources import cells
from nyckeltal.sources.reading import Counted, Reading, Setting
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

near = "INTERVAL 2 HOUR"
no_calls = "('', 'NONE', 'MANAGER', 'REALTIME')"
# Who logs in by telephone, or becomes a member by the dialplan, does so in a call.
of_people = f"(callid IN {no_calls} OR event IN ('AGENTLOGIN', 'AGENTLOGOFF', 'AGENTCALLBACKLOGIN', 'AGENTCALLBACKLOGOFF', 'ADDMEMBER', 'REMOVEMEMBER'))"
parts = ("callid", "queue", "agent", "event", "customer", "data1", "data2", "data3", "data4", "data5")
_better_known = Text("sources.queue_log.better_known", "an earlier load tells more of this call: how it began or how it ended")


def take_up(con: duckdb.DuckDBPyConnection, setting: Setting) -> None:
    """Makes the view `kept`: the events of earlier loads of this log that the events in `fresh` may belong to."""
    nothing = ", ".join(f"NULL::VARCHAR AS {name}" for name in parts)
    con.execute(f"CREATE OR REPLACE TEMP TABLE kept AS SELECT NULL::TIMESTAMPTZ AS moment, NULL::TIMESTAMPTZ AS begins, 0::BIGINT AS place, {nothing} LIMIT 0")
    if setting.facts is None:
        return
    setting.facts.attach(con, "log_event", name="in_store")
    told = ", ".join(f"fields ->> '{name}' AS {name}" for name in parts)
    con.execute(f"CREATE OR REPLACE TEMP TABLE earlier AS SELECT moment, begins, place, {told} FROM in_store WHERE source = {cells.quote(setting.source)}")
    con.execute(f"""INSERT INTO kept
        WITH span AS (SELECT min(moment) - {near} AS first, max(moment) + {near} AS last FROM fresh),
        beside AS (SELECT * FROM earlier, span WHERE moment BETWEEN first AND last),
        before AS (SELECT arg_max(callid, moment) AS callid FROM earlier, span
            WHERE event = 'CONNECT' AND moment < first AND agent IN (SELECT agent FROM fresh) GROUP BY agent)
        SELECT DISTINCT ON (moment, {", ".join(parts)}) * FROM earlier
        WHERE CASE WHEN {of_people} THEN agent IN (SELECT agent FROM fresh)
            ELSE callid IN (SELECT callid FROM fresh UNION SELECT callid FROM beside UNION SELECT callid FROM before) END""")


def choose(con: duckdb.DuckDBPyConnection, setting: Setting) -> None:
    """Makes `told`, the calls this load has something to say about, and `better_known`, those that the store knows better."""
    con.execute("""CREATE OR REPLACE TEMP TABLE told AS
        SELECT callid FROM events WHERE fresh UNION
        SELECT callid FROM events WHERE agent IN (SELECT agent FROM events WHERE fresh AND event = 'WRAPUPSTART')""")
    con.execute("CREATE OR REPLACE TEMP TABLE better_known AS SELECT NULL::VARCHAR AS callid LIMIT 0")
    if setting.facts is None:
        return
    setting.facts.attach(con, "contact", name="in_store")
    con.execute(f"""INSERT INTO better_known
        WITH made AS (
            SELECT callid, bool_or(entered IS NULL) AS no_entry, bool_or(taken AND done IS NULL) OR arg_max(coalesce(outcome, 'open'), seq) = 'open' AS lasts
            FROM visits_made GROUP BY 1)
        SELECT callid FROM made m JOIN in_store s ON s.source = {cells.quote(setting.source)} AND s.source_id = m.callid
        WHERE no_entry AND NOT coalesce(list_contains(s.flags, 'entry_not_logged'), false) OR lasts AND s.ended_at IS NOT NULL""")
    con.execute("DELETE FROM told WHERE callid IN (SELECT callid FROM better_known)")


def count_better_known(con: duckdb.DuckDBPyConnection, counted: Counted) -> None:
    """Nothing is left out in silence."""
    found = con.execute("SELECT count(*) FROM better_known").fetchone()
    if found and found[0]:
        counted.left_out[str(_better_known)] += found[0]


def keep(con: duckdb.DuckDBPyConnection, setting: Setting, reading: Reading) -> None:
    """Hand over the events near this log's beginning and end, and those of everything that had not begun or ended in it."""
    named = ", ".join(f"'{name}', {name}" for name in parts)
    given = {
        "load_id": cells.quote(setting.load_id),
        "source": cells.quote(setting.source),
        "fields": f"json_object({named})::VARCHAR",
    }
    columns = ", ".join(f'{given.get(name, name)} AS "{name}"' for name in arrow_schema("log_event").names)
    path = setting.folder / "log-events.parquet"
    con.execute(f"COPY (SELECT {columns} FROM ({_NEAR}) ORDER BY moment, begins, place) TO '{path}' (FORMAT parquet)")
    reading.log_events.append(path)


_NEAR = f"""
WITH span AS (SELECT min(moment) + {near} AS first, max(moment) - {near} AS last FROM events WHERE fresh),
calls AS (
    SELECT callid FROM events, span WHERE callid NOT IN {no_calls} GROUP BY callid HAVING min(moment) <= any_value(first) OR max(moment) >= any_value(last)
    UNION SELECT callid FROM visits_made WHERE entered IS NULL OR outcome IS NULL OR (taken AND done IS NULL)
    UNION SELECT arg_max(callid, n) FROM events WHERE event = 'CONNECT' AND agent IS NOT NULL GROUP BY agent),
people AS (
    SELECT agent, min(starts) AS since FROM (
        SELECT agent, starts, ends FROM logged_in UNION ALL SELECT agent, starts, ends FROM paused) WHERE ends = TIMESTAMPTZ 'infinity' GROUP BY 1)
SELECT e.* FROM events e LEFT JOIN people p USING (agent), span
WHERE e.callid IN (SELECT callid FROM calls)
    OR ({of_people} AND e.agent IS NOT NULL AND (e.moment <= span.first OR e.moment >= span.last OR e.moment >= p.since))
"""
