"""Which tickets are told with all that belongs to them, so that what the store has of them besides counts no longer (decision 0025)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.sources import cells

if TYPE_CHECKING:
    from nyckeltal.sources.tickets.told import Tickets

_PARTS = {"all_messages": ("contact", "segment", "message"), "all_ratings": ("survey_invitation", "survey_response")}
_TOLD = {  # every part that was told, by its key, whether it came to a fact or not
    "contact": "SELECT contact AS source_id, ticket_id FROM ticket_contact",
    "segment": "SELECT contact || '|' || seq, ticket_id FROM part JOIN ticket_contact USING (contact)",
    "message": "SELECT ticket_id || '/' || message_id, ticket_id FROM said WHERE public",
    "survey_invitation": "SELECT rating_id, ticket_id FROM rating_once",
    "survey_response": "SELECT rating_id, ticket_id FROM rating_once WHERE value IS NOT NULL OR (scale = 'text' AND text IS NOT NULL)",
}


def told_with_it(told: Tickets) -> tuple[str, str, str]:
    """SQL for the messages, changes and ratings that count: of a ticket that several files of a load tell, whole in the one that counts, only that
    one's."""
    told.con.execute("""
        CREATE OR REPLACE TEMP TABLE told_often AS
        SELECT t.ticket_id, t.all_messages, t.all_ratings, r.file FROM ticket_once t JOIN record r USING (n)
        SEMI JOIN (SELECT ticket_id FROM ticket GROUP BY 1 HAVING count(*) > 1) USING (ticket_id) WHERE t.all_messages OR t.all_ratings
    """)
    tables = {"ticket_message": "all_messages", "ticket_change": "all_messages", "ticket_rating": "all_ratings"}
    if not told.con.execute("SELECT 1 FROM told_often LIMIT 1").fetchone():
        return ("ticket_message", "ticket_change", "ticket_rating")
    message, change, rating = (
        f"""(SELECT p.* FROM {table} p JOIN record r USING (n)
            WHERE NOT EXISTS (FROM told_often o WHERE o.ticket_id = p.ticket_id AND o.{flag} AND o.file <> r.file))"""
        for table, flag in tables.items()
    )
    return message, change, rating


def hand_over(told: Tickets) -> None:
    """Name the tickets that are told whole: those of which nothing was set aside, and that stand once in their file."""
    con, reading = told.con, told.reading
    if not con.execute("SELECT 1 FROM ticket_once WHERE all_messages OR all_ratings LIMIT 1").fetchone():
        return
    parts = " || ".join(f"CASE WHEN {flag} THEN [{', '.join(map(cells.quote, facts))}] ELSE [] END" for flag, facts in _PARTS.items())
    incomplete = ", ".join(map(cells.quote, sorted(told.incomplete))) or "NULL"
    aside = " UNION ALL ".join(_set_aside(told, fact, query) for fact, query in _TOLD.items())
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE told_whole AS
        SELECT {told.own("t.ticket_id")} AS id, t.ticket_id AS source_id, t.changed_at, {parts} AS parts FROM ticket_once t JOIN record r USING (n)
        WHERE (all_messages OR all_ratings) AND gone IS NULL AND (t.ticket_id IN ({incomplete}) OR r.file IN ({incomplete})) IS NOT TRUE
            AND t.ticket_id NOT IN ({aside})
            AND t.ticket_id NOT IN (SELECT ticket_id FROM ticket JOIN record USING (n) GROUP BY ticket_id, file HAVING count(*) > 1)
    """)
    if con.execute("SELECT 1 FROM told_whole LIMIT 1").fetchone():
        path = told.setting.folder / "whole-case.parquet"
        con.execute(f"COPY told_whole TO '{path}' (FORMAT parquet)")
        reading.whole["case"] = [path]


def _set_aside(told: Tickets, fact: str, query: str) -> str:
    """SQL for the tickets of which a part was told and came to no fact."""
    paths = [str(path) for path in told.reading.facts.get(fact, [])]
    came = f" ANTI JOIN read_parquet({paths}) USING (source_id)" if paths else ""
    return f"SELECT ticket_id FROM ({query}) p (source_id, ticket_id){came} WHERE ticket_id IS NOT NULL"
