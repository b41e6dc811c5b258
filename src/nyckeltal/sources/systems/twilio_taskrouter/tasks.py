"""What events tell of tasks and workers: a task is a contact, its stays in queues are visits, reservations are each worker's part."""

from __future__ import annotations

from nyckeltal.sources import cells
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.gathered import Gathered
from nyckeltal.sources.kept import keep, take_up
from nyckeltal.sources.presence import hand_over_spells
from nyckeltal.words import Text

_no_channel = Text("sources.twilio.no_channel", "a task whose channel none of its events names")
_better_known = Text("sources.twilio.better_known", "an earlier load tells more of this task: how it began")
_unanswered = "('reservation.rejected', 'reservation.timeout', 'reservation.canceled', 'reservation.rescinded', 'reservation.failed')"
_over = "('task.canceled', 'task.completed', 'task.deleted', 'task.system-deleted')"


def make(gathered: Gathered) -> None:
    """Contacts, visits, segments and the workers' states."""
    con = gathered.con
    relation = take_up(gathered, "event", "task IN (SELECT task FROM event) OR worker IN (SELECT worker FROM event)")
    con.execute(_EVENTS.format(relation=relation))
    [again] = con.execute("SELECT count(*) - count(DISTINCT sid) FROM event").fetchone() or (0,)
    gathered.counted.repeated += again
    for query in (_RESERVATIONS, _VISITS, _PARTS, _CONTACTS, _MOVES):
        con.execute(query)
    _choose(gathered)
    own = "WHERE task IN (FROM told)"
    gathered.hand_over("contact", f"(SELECT * FROM tasks {own})", _contact_columns())
    gathered.hand_over("queue_visit", f"(SELECT * FROM stays {own})", _visit_columns(gathered))
    gathered.hand_over("segment", f"(SELECT * FROM parts {own})", _segment_columns(gathered))
    hand_over_spells(gathered, "moves")
    keep(gathered, "event", f"({_STILL_NEEDED})", "moment")
    gathered.reading.kinds |= _known(gathered)


def _choose(gathered: Gathered) -> None:
    """Makes `told`, the tasks that this load has something to say about; one that an earlier load knows from its beginning stays as it is."""
    con, setting = gathered.con, gathered.setting
    con.execute("CREATE OR REPLACE TEMP TABLE told AS SELECT task FROM tasks WHERE fresh AND of_channel IS NOT NULL")
    for _ in con.execute("SELECT task FROM tasks WHERE fresh AND of_channel IS NULL").fetchall():
        gathered.leave_out(_no_channel)
    if setting.facts is None:
        return
    setting.facts.attach(con, "contact", name="in_store")
    con.execute(f"""CREATE OR REPLACE TEMP TABLE better_known AS SELECT t.task FROM tasks t JOIN in_store s ON s.source_id = t.task
        WHERE s.source = {cells.quote(setting.source)} AND t.fresh AND t.created IS NULL AND NOT coalesce(list_contains(s.flags, 'entry_not_logged'), false)""")
    con.execute("DELETE FROM told WHERE task IN (FROM better_known)")
    for _ in con.execute("FROM better_known").fetchall():
        gathered.leave_out(_better_known)


def _known(gathered: Gathered) -> dict[str, dict[str, tuple]]:  # type: ignore[type-arg]  # as coverage gives it
    """From the first to the last of these files' own events, for tasks and for workers."""
    setting, paths = gathered.setting, {}
    for table, placed in (("contact", "offered_at"), ("agent_state", "started_at")):
        path = setting.folder / f"known-{table}.parquet"
        gathered.con.execute(f"""COPY (SELECT s.* REPLACE (moment AS {placed}) FROM (SELECT unnest([min(moment), max(moment)]) AS moment FROM event) m,
            (SELECT * FROM read_parquet('{gathered.reading.facts[table][0]}') LIMIT 1) s) TO '{path}' (FORMAT parquet)""")
        paths[table] = [path]
    return coverage(gathered.con, paths, setting, setting.zone)


_EVENTS = """
CREATE OR REPLACE TEMP TABLE events AS SELECT * FROM {relation} QUALIFY row_number() OVER (PARTITION BY sid ORDER BY fresh DESC, n DESC) = 1
"""

# A part ends with the after-work where there was some; it began with the reservation, which rang.
_RESERVATIONS = f"""
CREATE OR REPLACE TEMP TABLE reservations AS
WITH made AS (
    SELECT task, reservation, max(n) AS n, bool_or(fresh) AS fresh, any_value(worker) AS worker, arg_max(queue, moment) AS queue,
        min(moment) FILTER (type = 'reservation.created') AS created, min(moment) FILTER (type = 'reservation.accepted') AS accepted,
        min(moment) FILTER (type = 'reservation.wrapup') AS wrapped, max(moment) FILTER (type = 'reservation.completed') AS completed,
        min(moment) FILTER (type IN {_unanswered}) AS missed
    FROM events WHERE reservation IS NOT NULL AND task IS NOT NULL GROUP BY task, reservation),
ended AS (SELECT *, coalesce(wrapped, completed, CASE WHEN accepted IS NOT NULL THEN missed END) AS spoken,
        coalesce(completed, CASE WHEN wrapped IS NULL THEN missed END) AS over FROM made)
SELECT *, row_number() OVER task_parts AS seq, lead(accepted IGNORE NULLS) OVER task_parts AS next_accepted,
    lead(queue) OVER task_parts AS next_queue
FROM ended WHERE coalesce(created, accepted, missed) IS NOT NULL
WINDOW task_parts AS (PARTITION BY task ORDER BY coalesce(created, accepted, missed), reservation)
"""

_VISITS = f"""
CREATE OR REPLACE TEMP TABLE stays AS
WITH entered AS (SELECT task, queue, moment AS entered, n, fresh, sid, row_number() OVER turn AS seq, lead(moment) OVER turn AS moved
    FROM events WHERE type = 'task-queue.entered' AND task IS NOT NULL AND queue IS NOT NULL WINDOW turn AS (PARTITION BY task ORDER BY moment, sid)),
over AS (SELECT task, min(moment) AS moment, arg_min(type, moment) AS type, arg_min(reason, moment) AS reason FROM events WHERE type IN {_over} GROUP BY task),
told AS (SELECT e.*, o.moment AS ended, o.type AS ended_as, o.reason,
    (SELECT min(accepted) FROM reservations r WHERE r.task = e.task AND r.accepted >= e.entered AND (e.moved IS NULL OR r.accepted < e.moved)) AS accepted
    FROM entered e LEFT JOIN over o USING (task))
SELECT *, coalesce(accepted, moved, ended) AS left_at, CASE WHEN accepted IS NOT NULL THEN 'answered' WHEN moved IS NOT NULL THEN 'overflowed'
    WHEN ended IS NULL THEN NULL WHEN ended_as IN ('task.deleted', 'task.system-deleted') THEN 'technical'
    WHEN regexp_matches(coalesce(reason, ''), '(?i)ttl|time.?out|workflow') THEN 'overflowed' WHEN ended_as = 'task.canceled' THEN 'abandoned' END AS outcome
FROM told
"""

# A reservation belongs to the stay that had begun when it was made.
_PARTS = """
CREATE OR REPLACE TEMP TABLE parts AS SELECT r.*, s.sid AS visit FROM (SELECT *, coalesce(created, accepted, missed) AS came FROM reservations) r
ASOF LEFT JOIN stays s ON s.task = r.task AND s.entered <= r.came
"""

_CONTACTS = f"""
CREATE OR REPLACE TEMP TABLE tasks AS
WITH told AS (
    SELECT task, max(n) AS n, bool_or(fresh) AS fresh, arg_min(channel, moment) FILTER (channel IS NOT NULL) AS of_channel,
        arg_min(direction, moment) FILTER (direction IS NOT NULL) AS of_direction, arg_min(customer, moment) FILTER (customer IS NOT NULL) AS customer,
        min(moment) FILTER (type = 'task.created') AS created, min(moment) AS first_at,
        min(moment) FILTER (type = 'task.wrapup') AS wrapped, max(moment) FILTER (type IN {_over}) AS over
    FROM events WHERE task IS NOT NULL GROUP BY task),
stay AS (SELECT task, arg_min(queue, seq) AS queue, min(entered) AS entered, arg_max_null(outcome, seq) AS outcome, arg_max_null(left_at, seq) AS left_at
    FROM stays GROUP BY task),
part AS (SELECT task, min(accepted) AS accepted, max(spoken) AS spoken, bool_or(accepted IS NOT NULL AND spoken IS NULL) AS lasts,
    arg_min(queue, seq) AS queue FROM reservations GROUP BY task)
SELECT t.*, coalesce(s.queue, p.queue) AS queue, s.entered, s.left_at, p.accepted,
    CASE WHEN p.accepted IS NOT NULL THEN 'answered' ELSE s.outcome END AS outcome,
    CASE WHEN NOT coalesce(p.lasts, false) THEN coalesce(CASE WHEN over IS NOT NULL THEN p.spoken END, wrapped, over) END AS ended
FROM told t LEFT JOIN stay s USING (task) LEFT JOIN part p USING (task)
"""

# What a worker does with reservations goes before the activity that is set.
_MOVES = """
CREATE OR REPLACE TEMP TABLE moves AS
WITH steps AS (
    SELECT worker, moment, n, fresh, 0 AS talks, 0 AS wraps, activity, true AS is_set FROM events WHERE type = 'worker.activity.update' AND worker IS NOT NULL
    UNION ALL SELECT worker, accepted, n, fresh, 1, 0, NULL, false FROM reservations WHERE accepted IS NOT NULL
    UNION ALL SELECT worker, spoken, n, fresh, -1, 0, NULL, false FROM reservations WHERE accepted IS NOT NULL AND spoken IS NOT NULL
    UNION ALL SELECT worker, wrapped, n, fresh, 0, 1, NULL, false FROM reservations WHERE accepted IS NOT NULL AND wrapped IS NOT NULL
    UNION ALL SELECT worker, over, n, fresh, 0, -1, NULL, false FROM reservations WHERE accepted IS NOT NULL AND wrapped IS NOT NULL AND over IS NOT NULL),
together AS (
    SELECT worker, moment, max(n) AS n, bool_or(fresh) AS fresh, sum(talks) AS talks, sum(wraps) AS wraps,
        arg_max_null(activity, n) FILTER (is_set) AS activity, bool_or(is_set) AS is_set
    FROM steps WHERE worker IS NOT NULL GROUP BY worker, moment),
numbered AS (SELECT *, count(*) FILTER (is_set) OVER (PARTITION BY worker ORDER BY moment) AS setting FROM together)
SELECT worker AS agent, moment, n, fresh,
    CASE WHEN sum(talks) OVER turn > 0 THEN 'talking' WHEN sum(wraps) OVER turn > 0 THEN 'acw'
        ELSE first(activity) OVER (PARTITION BY worker, setting ORDER BY moment) END AS state
FROM numbered WINDOW turn AS (PARTITION BY worker ORDER BY moment)
"""

# Events of tasks that have not ended, and what each worker's activity is.
_STILL_NEEDED = f"""
SELECT * FROM events WHERE task IS NOT NULL AND task NOT IN (
    SELECT task FROM events WHERE task IS NOT NULL AND type IN {_over} AND moment < (SELECT max(moment) FROM event) - INTERVAL 2 HOUR)
UNION ALL
SELECT * FROM events WHERE type = 'worker.activity.update' QUALIFY row_number() OVER (PARTITION BY worker ORDER BY moment DESC) = 1
"""


def _contact_columns() -> dict[str, str]:
    return {
        "source_id": "task",
        "n": "n",
        "queue_id": "queue",
        "channel": "of_channel",
        "direction": "of_direction",
        "customer_key": "customer",
        "offered_at": "coalesce(entered, created, first_at)",
        "queue_entered_at": "entered",
        "answered_at": "accepted",
        "abandoned_at": "CASE WHEN outcome = 'abandoned' THEN left_at END",
        "ended_at": "ended",
        "wait_s": "epoch_us(coalesce(accepted, CASE WHEN outcome = 'abandoned' THEN left_at END) - entered) / 1e6",
        "outcome": "outcome",
        "marks": "CASE WHEN created IS NULL THEN ['entry_not_logged'] ELSE [] END::VARCHAR[]",
    }


def _visit_columns(gathered: Gathered) -> dict[str, str]:
    return {
        "source_id": "task || '|' || sid",
        "n": "n",
        "contact_id": gathered.own("task"),
        "seq": "seq",
        "queue_id": "queue",
        "entered_at": "entered",
        "left_at": "left_at",
        "wait_s": "epoch_us(left_at - entered) / 1e6",
        "outcome": "outcome",
    }


def _segment_columns(gathered: Gathered) -> dict[str, str]:
    return {
        "source_id": "reservation",
        "n": "n",
        "contact_id": gathered.own("task"),
        "visit_id": gathered.own("task || '|' || visit"),
        "seq": "seq",
        "answered": "accepted IS NOT NULL",
        "agent_id": "worker",
        "queue_id": "queue",
        "started_at": "coalesce(accepted, created, missed)",
        "ended_at": "over",
        "ring_s": "epoch_us(coalesce(accepted, missed) - created) / 1e6",
        "talk_s": "epoch_us(spoken - accepted) / 1e6",
        "acw_s": "CASE WHEN accepted IS NOT NULL AND over IS NOT NULL THEN epoch_us(over - spoken) / 1e6 END",
        "end_kind": "CASE WHEN accepted IS NOT NULL AND next_accepted IS NOT NULL THEN 'transfer' END",
        "target_queue_id": "CASE WHEN accepted IS NOT NULL AND next_accepted IS NOT NULL THEN next_queue END",
    }
