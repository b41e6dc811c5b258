"""What the events of a call tell: the contact, its stays in queues, and who took it or let it ring.

Asterisk states holding and talking in whole seconds; these hold, and rows whose clocks say otherwise are marked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.systems.queue_log import ongoing

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.reading import Setting

default_client = "company"
_refusals = "('JOINEMPTY', 'FULL', 'CLOSED') OR event LIKE 'DIVERT%'"
_entries = f"(event = 'ENTERQUEUE' OR event IN {_refusals})"
_done = "('COMPLETEAGENT', 'COMPLETECALLER', 'TRANSFER', 'BLINDTRANSFER', 'ATTENDEDTRANSFER')"
_exits = "('EXITWITHTIMEOUT', 'EXITWITHKEY', 'EXITEMPTY', 'LEAVEEMPTY', 'SYSCOMPAT')"
_of_calls = f"({_entries} OR event IN ('CONNECT', 'ABANDON', 'RINGNOANSWER', 'RINGCANCELED') OR event IN {_done} OR event IN {_exits})"
_linked = "event = 'ATTENDEDTRANSFER' AND data1 = 'LINK'"  # which names both channels, and says hold and talk one place later
_number = "try_cast(CASE WHEN regexp_matches({0}, '^\\d+(\\.\\d+)?$') THEN {0} END AS DOUBLE)"
_spell = "to_microseconds(({0} * 1e6)::BIGINT)"


def make_calls(con: duckdb.DuckDBPyConnection, setting: Setting) -> None:
    """Makes the views `contacts`, `visits` and `segments` from the table `events`."""
    for query in (_NUMBERED, _STAYS, _VISITS, _PARTS):
        con.execute(query)
    ongoing.choose(con, setting)
    source, client = cells.quote(setting.source + ":"), cells.quote(setting.client or default_client)
    zone = cells.quote(setting.zone) if setting.zone else "NULL::VARCHAR"
    con.execute(_VISIT_ROWS.format(source=source))
    con.execute(_SEGMENT_ROWS.format(source=source))
    con.execute(_CONTACT_ROWS.format(source=source, client=client, zone=zone))


def _stated(column: str) -> str:
    return _number.format(column)


# A call may come back to a queue: each entry begins another stay. An event stamped before its entry belongs to the first.
_NUMBERED = f"""
CREATE OR REPLACE TEMP TABLE of_calls AS
SELECT *, greatest(1, count(*) FILTER ({_entries}) OVER (PARTITION BY callid, queue ORDER BY n)) AS nth
FROM events WHERE {_of_calls} AND callid NOT IN ('', 'NONE', 'MANAGER', 'REALTIME') AND queue NOT IN ('', 'NONE')
"""

_STAYS = f"""
CREATE OR REPLACE TEMP TABLE stays AS
SELECT callid, queue, nth, min(n) AS n, min(moment) AS first_at, max(moment) AS last_at,
    arg_min(file, n) AS file, arg_min(line, n) AS line, arg_min(original, n) AS original,
    min(moment) FILTER ({_entries}) AS entered, arg_min(event, n) FILTER (event IN {_refusals}) AS refused,
    arg_min(customer, n) FILTER (event = 'ENTERQUEUE') AS caller,
    min(moment) FILTER (event = 'CONNECT') AS connected, min({_stated("data1")}) FILTER (event = 'CONNECT') AS connect_wait,
    min({_stated("data3")}) FILTER (event = 'CONNECT') AS ring, arg_min(agent, n) FILTER (event = 'CONNECT') AS connect_agent,
    max(moment) FILTER (event IN {_done}) AS done, arg_max(event, n) FILTER (event IN {_done}) AS done_event,
    arg_max(CASE WHEN event LIKE 'COMPLETE%' THEN {_stated("data1")} WHEN {_linked} THEN {_stated("data4")} ELSE {_stated("data3")} END, n)
        FILTER (event IN {_done}) AS done_wait,
    arg_max(CASE WHEN event LIKE 'COMPLETE%' THEN {_stated("data2")} WHEN {_linked} THEN {_stated("split_part(data5, '|', 1)")} ELSE {_stated("data4")} END, n)
        FILTER (event IN {_done}) AS talk,
    arg_max(agent, n) FILTER (event IN {_done}) AS done_agent,
    max(moment) FILTER (event = 'ABANDON') AS abandoned, arg_max({_stated("data3")}, n) FILTER (event = 'ABANDON') AS abandon_wait,
    max(moment) FILTER (event IN {_exits}) AS left_queue, arg_max(event, n) FILTER (event IN {_exits}) AS exit_event,
    arg_max(CASE WHEN event = 'EXITWITHKEY' THEN {_stated("data4")} ELSE {_stated("data3")} END, n) FILTER (event IN {_exits}) AS exit_wait
FROM of_calls GROUP BY callid, queue, nth
"""

# Without an entry in the log the stated seconds say when the stay began. A stay that another one follows without word of its
# end has ended: the call went on.
_VISITS = f"""
CREATE OR REPLACE TEMP TABLE visits_made AS
WITH begun AS (
    SELECT *, connected IS NOT NULL OR done IS NOT NULL AS taken,
        coalesce(entered, connected - {_spell.format("coalesce(connect_wait, 0)")}, done - {_spell.format("(coalesce(talk, 0) + coalesce(done_wait, 0))")},
            abandoned - {_spell.format("coalesce(abandon_wait, 0)")}, left_queue - {_spell.format("coalesce(exit_wait, 0)")}, first_at) AS begins
    FROM stays),
ordered AS (SELECT *, row_number() OVER call AS seq, lead(begins) OVER call AS next_begins, lead(queue) OVER call AS next_queue
    FROM begun WINDOW call AS (PARTITION BY callid ORDER BY begins, n))
SELECT *, callid || '|' || queue || '|' || nth AS source_id,
    CASE WHEN taken THEN 'answered' WHEN abandoned IS NOT NULL THEN 'abandoned' WHEN refused = 'JOINEMPTY' THEN 'blocked'
        WHEN refused = 'CLOSED' THEN 'closed' WHEN refused IS NOT NULL THEN 'saturated' WHEN exit_event = 'SYSCOMPAT' THEN 'technical'
        WHEN exit_event IS NOT NULL OR next_begins IS NOT NULL THEN 'overflowed' END AS outcome,
    CASE WHEN taken THEN coalesce(connected, begins + {_spell.format("coalesce(connect_wait, done_wait, 0)")}) WHEN abandoned IS NOT NULL THEN abandoned
        WHEN refused IS NOT NULL THEN begins ELSE coalesce(left_queue, next_begins) END AS ends,
    CASE WHEN taken THEN coalesce(connect_wait, done_wait) WHEN abandoned IS NOT NULL THEN abandon_wait
        WHEN refused IS NULL THEN exit_wait END AS stated_wait,
    coalesce(stated_wait, CASE WHEN outcome IS NOT NULL AND refused IS NULL THEN greatest(0, (epoch_us(ends) - epoch_us(begins)) / 1e6) END) AS waited
FROM ordered
"""

# One answered part per stay that was taken, one for each time it rang and nobody did. After-work is stated once, right after
# a call: it belongs to that agent's last one. Where the log knows after-work at all, a part without any had none.
_PARTS = f"""
CREATE OR REPLACE TEMP TABLE parts AS
WITH taken AS (
    SELECT source_id || '|a' AS source_id, source_id AS visit, callid, queue, n, file, line, original,
        true AS answered, coalesce(connect_agent, done_agent) AS agent,
        coalesce(connected, done - {_spell.format("coalesce(talk, 0)")}) AS started, done AS ended, ring,
        coalesce(talk, (epoch_us(done) - epoch_us(connected)) / 1e6) AS talk,
        CASE WHEN done_event LIKE '%TRANSFER' THEN 'transfer' WHEN done_event = 'COMPLETEAGENT' THEN 'agent'
            WHEN done_event IS NOT NULL THEN 'customer' END AS end_kind,
        CASE WHEN done_event LIKE '%TRANSFER' THEN next_queue END AS target
    FROM visits_made WHERE taken),
rang AS (
    SELECT v.source_id || '|r' || row_number() OVER (PARTITION BY v.source_id ORDER BY o.n) AS source_id, v.source_id AS visit, o.callid, o.queue, o.n,
        o.file, o.line, o.original, false AS answered, o.agent,
        o.moment - {_spell.format(f"coalesce({_stated('o.data1')} / 1000, 0)")} AS started, o.moment AS ended,
        {_stated("o.data1")} / 1000 AS ring, NULL::DOUBLE AS talk, NULL AS end_kind, NULL AS target
    FROM of_calls o JOIN visits_made v USING (callid, queue, nth) WHERE o.event IN ('RINGNOANSWER', 'RINGCANCELED')),
after_work AS (
    SELECT s.source_id, sum(w.seconds) AS acw
    FROM (SELECT agent, moment + INTERVAL 2 SECOND AS moment, {_stated("data1")} AS seconds FROM events WHERE event = 'WRAPUPSTART' AND agent IS NOT NULL) w
    ASOF JOIN (SELECT source_id, agent, coalesce(ended, started) AS moment FROM taken WHERE agent IS NOT NULL) s ON w.agent = s.agent AND w.moment >= s.moment
    WHERE w.moment - s.moment < INTERVAL 1 HOUR GROUP BY 1)
SELECT p.*, CASE WHEN answered AND (SELECT count(*) FROM events WHERE event = 'WRAPUPSTART') > 0 THEN coalesce(a.acw, 0) ELSE a.acw END AS acw,
    row_number() OVER (PARTITION BY callid ORDER BY started, n) AS seq
FROM (SELECT * FROM taken UNION ALL SELECT * FROM rang) p LEFT JOIN after_work a USING (source_id)
"""

_VISIT_ROWS = """
CREATE OR REPLACE TEMP VIEW visits AS
SELECT {source} || source_id AS visit_id, {source} || callid AS contact_id, seq, queue AS queue_id, begins AS entered_at, ends AS left_at,
    waited AS wait_s, outcome,
    CASE WHEN entered IS NULL THEN ['entry_not_logged'] ELSE [] END::VARCHAR[] AS marks, source_id, file, line, original
FROM visits_made WHERE callid IN (FROM told)
"""

_SEGMENT_ROWS = """
CREATE OR REPLACE TEMP VIEW segments AS
SELECT {source} || source_id AS segment_id, {source} || callid AS contact_id, {source} || visit AS visit_id, seq, answered, agent AS agent_id,
    queue AS queue_id, started AS started_at, ended + to_microseconds((coalesce(acw, 0) * 1e6)::BIGINT) AS ended_at,
    ring AS ring_s, talk AS talk_s, acw AS acw_s, end_kind, target AS target_queue_id,
    CASE WHEN answered AND abs((epoch_us(ended) - epoch_us(started)) / 1e6 - talk) > 2 THEN ['clock_disagrees'] ELSE [] END::VARCHAR[] AS marks,
    source_id, file, line, original
FROM parts WHERE callid IN (FROM told)
"""

_CONTACT_ROWS = """
CREATE OR REPLACE TEMP VIEW contacts AS
WITH whole AS (
    SELECT callid, arg_min(queue, seq) AS queue, min(begins) AS offered, min(ends) FILTER (taken) AS answered, bool_or(taken) AS taken,
        coalesce(arg_min(since_first, seq) FILTER (taken), arg_max_null(since_first, seq)) AS wait,
        CASE WHEN bool_or(taken) THEN 'answered' ELSE arg_max(coalesce(outcome, 'open'), seq) END AS outcome, max(abandoned) AS abandoned,
        bool_or(taken AND done IS NULL) OR arg_max(coalesce(outcome, 'open'), seq) = 'open' AS lasts, max(greatest(last_at, ends)) AS ended,
        arg_min(caller, seq) FILTER (caller IS NOT NULL) AS caller, bool_or(entered IS NULL) AS unlogged,
        arg_min(file, seq) AS file, arg_min(line, seq) AS line, arg_min(original, seq) AS original
    FROM (SELECT *, waited + (epoch_us(begins) - epoch_us(min(begins) OVER (PARTITION BY callid))) / 1e6 AS since_first FROM visits_made)
    WHERE callid IN (FROM told) GROUP BY callid)
SELECT {source} || callid AS contact_id, {client} AS client_id, queue AS queue_id, 'voice' AS channel, 'inbound' AS direction,
    caller AS customer_key, offered AS offered_at, offered AS queue_entered_at,
    answered AS answered_at, CASE WHEN outcome = 'abandoned' THEN abandoned END AS abandoned_at, CASE WHEN NOT lasts THEN ended END AS ended_at, wait AS wait_s,
    nullif(outcome, 'open') AS outcome, {zone} AS zone,
    CASE WHEN unlogged THEN ['entry_not_logged'] ELSE [] END::VARCHAR[] AS marks, callid AS source_id, file, line, original
FROM whole
"""
