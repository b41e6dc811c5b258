"""From the tables of `told.py` to facts, with SQL over whole columns: what a ticket's life was, its contacts, the parts agents had in them.

The order is: the tickets that count, their life by the changes of status, their contacts by turns, the acts of agents and the parts these make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.gathered import default_client
from nyckeltal.sources.reading import Counted
from nyckeltal.sources.tickets import complete, facts
from nyckeltal.sources.tickets.aside import orphan, set_aside

if TYPE_CHECKING:
    from nyckeltal.sources.gathered import Gathered
    from nyckeltal.sources.tickets.told import Tickets

LIVE = "('chat', 'voice', 'visit')"
SETTLED = "('solved', 'closed')"
OPEN = "('new', 'open', 'pending', 'hold')"
_SIDE = (("ticket_message", "message_once", "message_id"), ("ticket_change", "change_once", "what"), ("ticket_rating", "rating_once", "rating_id"))


def make(told: Tickets, handovers_told: bool) -> None:
    """Hand over what the tables tell."""
    con, setting = told.con, told.setting
    _once(told)
    _count(told)
    _orphans(told)
    client = cells.quote(setting.client or default_client)
    con.execute(_COUNTING.format(client=client, known=_known(told)))
    for query in (_STEPS, _LIFE, _TURNS, _SAID, _CONTACTS, _ACTS, _PARTS):
        con.execute(query)
    _gone_too(told)
    facts.hand_over(told, handovers_told)
    complete.hand_over(told)
    told.reading.kinds = coverage(con, told.reading.facts, setting, setting.zone)


def _once(told: Tickets) -> None:
    """Each thing once: a ticket as it was changed last, a message as told last, a change only once however often it is told."""
    told.con.execute("""
        CREATE OR REPLACE TEMP TABLE ticket_once AS SELECT * FROM ticket
            QUALIFY row_number() OVER (PARTITION BY ticket_id ORDER BY changed_at DESC NULLS LAST, n DESC) = 1
    """)
    message, change, rating = complete.told_with_it(told)
    told.con.execute(f"""
        CREATE OR REPLACE TEMP TABLE message_once AS SELECT * FROM {message}
            QUALIFY row_number() OVER (PARTITION BY ticket_id, message_id ORDER BY n DESC) = 1;
        CREATE OR REPLACE TEMP TABLE change_once AS SELECT * FROM {change}
            QUALIFY row_number() OVER (PARTITION BY ticket_id, made_at, what, value, was ORDER BY place) = 1;
        CREATE OR REPLACE TEMP TABLE rating_once AS
            SELECT * REPLACE (coalesce(asked_at, min(asked_at) OVER (PARTITION BY rating_id)) AS asked_at) FROM {rating}
            QUALIFY row_number() OVER (PARTITION BY rating_id ORDER BY n DESC) = 1;
    """)


def _count(told: Gathered) -> None:
    """What was read, and what of it twice; and the tickets that count nowhere, by reason."""
    for table, once, _ in (("ticket", "ticket_once", ""), *_SIDE):
        read, different = told.con.execute(f"SELECT (SELECT count(*) FROM {table}), (SELECT count(*) FROM {once})").fetchone() or (0, 0)
        if table == "ticket":
            told.counted.repeated += read - different
        elif read:
            told.reading.counts.setdefault(table, Counted()).add(Counted(read=read, repeated=read - different))
    for reason, n in told.con.execute("SELECT gone, count(*) FROM ticket_once WHERE gone IS NOT NULL GROUP BY 1 ORDER BY 1").fetchall():
        told.counted.left_out[reason] += n


def _orphans(told: Gathered) -> None:
    """Set aside what belongs to tickets that did not come with it, each row of it."""
    for table, _, key in _SIDE:
        set_aside(told, table, f"(SELECT n, {key} AS id, ticket_id AS value FROM {table} ANTI JOIN ticket_once USING (ticket_id))", "ticket_id", orphan, True)


def _known(told: Gathered) -> str:
    """The tickets of this source that the store has already, as SQL for a list of ticket ids."""
    if told.setting.facts is None:
        return "SELECT NULL::VARCHAR WHERE false"
    told.setting.facts.attach(told.con, "case", name="case_in_store")
    return f"SELECT source_id FROM case_in_store WHERE source = {cells.quote(told.setting.source)}"


def _gone_too(told: Gathered) -> None:
    """The later contacts that the store has of a ticket that is gone: nothing tells of them any more, and they count no longer than it does."""
    if told.setting.facts is None or not told.con.execute("SELECT 1 FROM told_ticket WHERE gone IS NOT NULL LIMIT 1").fetchone():
        return
    told.setting.facts.attach(told.con, "contact", name="contact_in_store")
    told.con.execute(f"""INSERT INTO ticket_contact BY NAME
        SELECT s.source_id AS contact, t.ticket_id, s.offered_at AS starts_at, false AS is_first, s.channel, t.n, s.queue_id AS queue,
            s.answered_at AS replied_at, s.ended_at AS last_at, s.outcome IS NOT DISTINCT FROM 'answered' AS answered
        FROM contact_in_store s JOIN told_ticket t ON s.case_id = {told.own("t.ticket_id")}
        WHERE t.gone IS NOT NULL AND s.source = {cells.quote(told.setting.source)} AND s.source_id NOT IN (SELECT contact FROM ticket_contact)""")


# A ticket that has become spam, or part of another, and that the store has already, stands on as a test, so that it no longer counts.
_COUNTING = """
CREATE OR REPLACE TEMP TABLE told_ticket AS
SELECT * REPLACE (coalesce(is_test, false) OR gone IS NOT NULL AS is_test, coalesce(client_id, {client}) AS client_id)
FROM ticket_once WHERE gone IS NULL OR ticket_id IN ({known})
"""

# Each change of status with the status before it, and until when the new one held; the status a ticket was opened in, where its first change tells.
_STEPS = f"""
CREATE OR REPLACE TEMP TABLE step AS
WITH stated AS (
    SELECT ticket_id, made_at, value, was, place, made_by FROM change_once SEMI JOIN told_ticket USING (ticket_id) WHERE what = 'status' AND value IS NOT NULL),
opened AS (
    SELECT t.ticket_id, t.opened_at AS made_at, arg_min(s.was, (s.made_at, s.place)) AS value, NULL::VARCHAR AS was, -1 AS place, NULL::VARCHAR AS made_by
    FROM stated s JOIN told_ticket t USING (ticket_id) GROUP BY ALL HAVING value IS NOT NULL AND min(s.made_at) > t.opened_at),
whole AS (FROM stated UNION ALL BY NAME FROM opened)
SELECT *, coalesce(was, lag(value) OVER life) AS before, lead(made_at) OVER life AS until,
    value IN {SETTLED} AND coalesce(before, '') NOT IN {SETTLED} AS settles, value IN {OPEN} AND coalesce(before, '') IN {SETTLED} AS reopens
FROM whole WINDOW life AS (PARTITION BY ticket_id ORDER BY made_at, place)
"""

# What is still going on has no length yet: the last status counts when it has ended. Where nobody told in which status it was opened, none has one.
_LIFE = f"""
CREATE OR REPLACE TEMP TABLE life AS
WITH stepped AS (
    SELECT ticket_id, min(made_at) AS first_at, max(made_at) FILTER (settles) AS settled_at, max(made_at) FILTER (reopens) AS reopened_at,
        count(*) FILTER (reopens) AS reopened_n,
        {
    ", ".join(
        f"coalesce(sum(epoch_us(until) - epoch_us(made_at)) FILTER (value = '{status}'), 0) / 1e6 AS {status}_s"
        for status in ("new", "open", "pending", "hold")
    )
}
    FROM step GROUP BY 1),
handed AS (
    SELECT ticket_id, count(DISTINCT made_at) FILTER (before IS NOT NULL AND value <> before) AS handovers_n FROM (
        SELECT ticket_id, made_at, value, coalesce(was, lag(value IGNORE NULLS) OVER (PARTITION BY ticket_id, what ORDER BY made_at, place)) AS before
        FROM change_once WHERE what IN ('queue', 'agent')) GROUP BY 1),
joined AS (SELECT t.*, s.first_at, s.settled_at, s.reopened_at AS again_at, s.reopened_n AS again_n, {
    ", ".join(f"CASE WHEN s.first_at <= t.opened_at + INTERVAL 1 MINUTE THEN s.{status}_s END AS {status}_s" for status in ("new", "open", "pending", "hold"))
},
    h.handovers_n AS handed_n, coalesce(t.status IN {SETTLED}, t.resolved_at IS NOT NULL OR t.locked_at IS NOT NULL) AS is_settled,
    FROM told_ticket t LEFT JOIN stepped s USING (ticket_id) LEFT JOIN handed h USING (ticket_id))
SELECT *, CASE WHEN is_settled THEN coalesce(resolved_at, settled_at, locked_at, changed_at) ELSE settled_at END AS closed_at,
    is_settled AND resolved_at IS NULL AND settled_at IS NULL AND locked_at IS NULL AS closing_untold
FROM joined
"""

# On a written channel whoever writes after an answer has come back; in a live conversation that is its course. Whoever writes after it was settled
# has come back on any channel, also where the customer had the last word before.
_TURNS = f"""
CREATE OR REPLACE TEMP TABLE turn AS
WITH spoken AS (
    SELECT m.*, coalesce(m.channel, t.channel) AS through, lag(m.author) OVER talk AS after_author, lag(m.session) OVER talk AS after_session,
        lag(m.sent_at) OVER talk AS after_at
    FROM message_once m JOIN told_ticket t USING (ticket_id)
    WHERE m.public AND NOT m.is_auto AND m.author IN ('customer', 'agent') WINDOW talk AS (PARTITION BY ticket_id ORDER BY m.sent_at, m.place)),
back AS (
    SELECT s.ticket_id, s.message_id, s.sent_at AS starts_at, s.through, s.n FROM spoken s JOIN told_ticket t USING (ticket_id)
    WHERE author = 'customer' AND sent_at > t.opened_at AND (
        after_author = 'agent' AND (through IS NULL OR through NOT IN {LIVE} OR session IS DISTINCT FROM after_session)
        OR EXISTS (FROM step p WHERE p.ticket_id = s.ticket_id AND p.settles AND p.made_at >= s.after_at AND p.made_at < s.sent_at)))
SELECT *, lead(starts_at) OVER (PARTITION BY ticket_id ORDER BY starts_at, source_id) AS until, source_id = ticket_id AS is_first FROM (
    SELECT ticket_id, ticket_id AS source_id, opened_at AS starts_at, channel AS through, n FROM told_ticket
    UNION ALL SELECT ticket_id, ticket_id || '/' || message_id, starts_at, through, n FROM back)
"""

# Every message with the contact it belongs to; what was written before the ticket was opened belongs to its first.
_SAID = """
CREATE OR REPLACE TEMP TABLE said AS
SELECT m.*, coalesce(t.source_id, m.ticket_id) AS contact
FROM (SELECT message_once.* FROM message_once SEMI JOIN told_ticket USING (ticket_id)) m
ASOF LEFT JOIN turn t ON m.ticket_id = t.ticket_id AND m.sent_at >= t.starts_at
"""

_CONTACTS = """
CREATE OR REPLACE TEMP TABLE ticket_contact AS
WITH replied AS (
    SELECT contact, count(*) AS messages_n, min(sent_at) FILTER (by_person) AS replied_at, max(sent_at) FILTER (by_person) AS last_at
    FROM (SELECT *, author = 'agent' AND public AND NOT is_auto AS by_person FROM said WHERE public) GROUP BY 1),
queues AS (
    SELECT ticket_id, made_at, value, was, row_number() OVER (PARTITION BY ticket_id ORDER BY made_at, place) AS nth FROM change_once WHERE what = 'queue'),
first_queue AS (SELECT ticket_id, coalesce(was, value) AS queue FROM queues WHERE nth = 1),
placed AS (
    SELECT u.*, q.value AS queue FROM turn u ASOF LEFT JOIN (SELECT * FROM queues WHERE value IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY ticket_id, made_at ORDER BY nth DESC) = 1) q ON u.ticket_id = q.ticket_id AND u.starts_at >= q.made_at)
SELECT *, coalesce(replied_at IS NOT NULL OR settled OR channel IN ('voice', 'visit') AND is_first, false) AS answered FROM (
SELECT p.source_id AS contact, p.ticket_id, p.starts_at, p.until, p.is_first, p.through AS channel, p.n,
    coalesce(CASE WHEN p.is_first AND f.queue IS NOT NULL THEN f.queue END, p.queue, f.queue, l.queue_id) AS queue,
    CASE WHEN r.messages_n IS NULL AND p.is_first THEN coalesce(r.replied_at, l.replied_at) ELSE r.replied_at END AS replied_at, r.last_at,
    l.closed_at >= p.starts_at AND (p.until IS NULL OR l.closed_at < p.until)
        OR EXISTS (FROM step s WHERE s.ticket_id = p.ticket_id AND s.settles AND s.made_at >= p.starts_at
            AND (p.until IS NULL OR s.made_at < p.until)) AS settled
FROM placed p JOIN life l USING (ticket_id) LEFT JOIN first_queue f USING (ticket_id) LEFT JOIN replied r ON r.contact = p.source_id)
"""

# What agents did: wrote, settled, took the call in which it was opened; or had it assigned, which is not yet work.
_ACTS = """
CREATE OR REPLACE TEMP TABLE act AS
WITH done AS (
    SELECT ticket_id, sent_at AS made_at, place, agent_id AS agent, NULL::VARCHAR AS queue, true AS work, n
    FROM message_once WHERE author = 'agent' AND public AND NOT is_auto AND agent_id IS NOT NULL
    UNION ALL SELECT ticket_id, made_at, place, made_by, NULL, true, NULL FROM step WHERE settles AND made_by IS NOT NULL
    UNION ALL SELECT ticket_id, opened_at, 0, opened_by, NULL, true, n FROM told_ticket WHERE channel IN ('voice', 'visit') AND opened_by IS NOT NULL
    UNION ALL SELECT ticket_id, made_at, place, CASE WHEN what = 'agent' THEN value END, CASE WHEN what = 'queue' THEN value END, false, n
    FROM change_once WHERE what IN ('agent', 'queue')),
queues AS (
    SELECT ticket_id, made_at, arg_max(queue, place) AS queue FROM done WHERE queue IS NOT NULL GROUP BY ALL),
in_turn AS (SELECT d.* EXCLUDE (queue), t.source_id AS contact FROM (SELECT * FROM done SEMI JOIN told_ticket USING (ticket_id) WHERE agent IS NOT NULL) d
    ASOF LEFT JOIN turn t ON d.ticket_id = t.ticket_id AND d.made_at >= t.starts_at)
SELECT i.ticket_id, i.made_at, i.place, i.agent, i.work, i.n, coalesce(i.contact, i.ticket_id) AS contact, coalesce(q.queue, c.queue) AS queue,
    bool_or(i.work AND i.place > 0) OVER (PARTITION BY i.ticket_id) AS work_told
FROM in_turn i ASOF LEFT JOIN queues q ON i.ticket_id = q.ticket_id AND i.made_at >= q.made_at
LEFT JOIN ticket_contact c ON c.contact = coalesce(i.contact, i.ticket_id)
"""

# Acts of the same agent in the same queue, one after the other, are one part. A part without work that came to nothing is none.
_PARTS = """
CREATE OR REPLACE TEMP TABLE part AS
WITH marked AS (
    SELECT *, coalesce(agent <> lag(agent) OVER here OR queue IS DISTINCT FROM lag(queue) OVER here, true) AS another
    FROM act WINDOW here AS (PARTITION BY contact ORDER BY made_at, place)),
numbered AS (SELECT *, count(*) FILTER (another) OVER (PARTITION BY contact ORDER BY made_at, place ROWS UNBOUNDED PRECEDING) AS stint FROM marked),
stints AS (
    SELECT contact, stint, any_value(agent) AS agent, any_value(queue) AS queue, min(made_at) AS started_at, bool_or(work) AS work,
        any_value(work_told) AS work_told
    FROM numbered GROUP BY ALL),
kept AS (
    SELECT s.*, c.answered, c.n, lead(s.stint) OVER (PARTITION BY contact ORDER BY stint) IS NOT NULL AS passed_on
    FROM stints s JOIN ticket_contact c USING (contact)
    QUALIFY s.work OR (NOT s.work_told AND (passed_on OR c.answered))),
alone AS (
    SELECT c.contact, 1 AS stint, l.agent_id AS agent, c.queue, coalesce(c.replied_at, l.closed_at, c.starts_at) AS started_at,
        true AS work, false AS work_told, c.answered, c.n, false AS passed_on
    FROM ticket_contact c JOIN life l USING (ticket_id)
    WHERE c.answered AND l.agent_id IS NOT NULL AND c.contact NOT IN (SELECT contact FROM kept))
SELECT *, row_number() OVER here AS seq, lead(queue) OVER here AS next_queue, lead(contact) OVER here IS NOT NULL AS moved,
    row_number() OVER (PARTITION BY contact, agent ORDER BY started_at, stint) = 1 AS first_of_agent
FROM (FROM kept UNION ALL BY NAME FROM alone) WINDOW here AS (PARTITION BY contact ORDER BY started_at, stint)
"""
