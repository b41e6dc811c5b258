"""One function per rule about the organisation: what cannot stand, and what may but should be known. Each speaks of one row among all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from nyckeltal.contacts.organisation.rows import Row, key, name, shared
from nyckeltal.contacts.schema import REACH_D, TABLES
from nyckeltal.errors import Issue, UserMistake
from nyckeltal.when import clock
from nyckeltal.when.hours import Hours
from nyckeltal.words import Text

Tables = Mapping[str, Mapping[str, Row]]
Found = Iterator[tuple[str, Text, bool]]  # field, what to say, whether it cannot stand

_LINKS = {
    "client_id": ("client", Text("organisation.no_client", "There is no client “%(id)s”. Describe it first, or choose one that there is.")),
    "client_ids": ("client", Text("organisation.no_client", "There is no client “%(id)s”. Describe it first, or choose one that there is.")),
    "queue_ids": ("queue", Text("organisation.no_queue", "There is no queue “%(id)s”. Describe it first, or choose one that there is.")),
    "calendar_id": ("calendar", Text("organisation.no_calendar", "There is no calendar “%(id)s”. Make it first, or choose one that there is.")),
    "team_id": ("team", Text("organisation.no_team", "There is no team “%(id)s”. Make it first, or choose one that there is.")),
    "agent_id": ("agent", Text("organisation.no_agent", "There is no person “%(id)s”. Describe the person first, or choose another.")),
    "parent_id": ("reason", Text("organisation.no_reason", "There is no reason “%(id)s”. Describe it first, or choose one that there is.")),
}


def issues(table: str, row: Row, tables: Tables, number: int = 1) -> list[Issue]:
    """All that is wrong with a row or worth knowing about it; `number` is the row's own among those that change together."""
    found = (said for rule in RULES for said in rule(table, row, tables))
    return [Issue(text, table, number, field, "error" if wrong else "warning") for field, text, wrong in found]


def what_is_needed(table: str, row: Row, _: Tables) -> Found:
    for column in TABLES[table].loaded:
        if column.required and row.get(column.name) in (None, ""):
            yield column.name, Text("organisation.needed", "This is needed."), True


def what_it_names_exists(table: str, row: Row, tables: Tables) -> Found:
    for field, (linked, said) in _LINKS.items():
        if field not in TABLES[table] or field == key(table):
            continue
        given = row.get(field)
        for one in given if isinstance(given, (list, tuple)) else [given]:
            if one and one not in tables[linked]:
                yield field, Text(said.id, said.english, {"id": one}), True


def it_ends_after_it_begins(_table: str, row: Row, _: Tables) -> Found:
    for start, end in (("valid_from", "valid_to"), ("hired_on", "left_on")):
        if row.get(start) and row.get(end) and row[end] < row[start]:
            yield end, Text("organisation.ends_first", "This day is before the one on which it begins."), True


def its_zone_is_known(_table: str, row: Row, _: Tables) -> Found:
    if row.get("tz"):
        try:
            clock.zone(row["tz"])
        except UserMistake as mistake:
            yield "tz", mistake.text, True


def a_calendar_can_be_read(table: str, row: Row, _: Tables) -> Found:
    if table != "calendar":
        return
    for field, hours, closed in (("weekly", row["weekly"], ""), ("holidays", "", row["holidays"])):
        try:
            Hours.read(str(row["calendar_id"]), "UTC", hours or "", closed or "")
        except UserMistake as mistake:
            yield field, mistake.text, True


def numbers_make_sense(_table: str, row: Row, _: Tables) -> Found:
    share = row.get("fte_share")
    if share is not None and not 0 < share <= 1:
        yield "fte_share", Text("organisation.share", "The share of working time is more than 0 and at most 100 %."), True
    for field, most in (("hours_week", 168), ("day_h", 24)):
        if row.get(field) is not None and not 0 < row[field] <= most:
            yield field, Text("organisation.hours", "These hours are more than 0 and at most %(most)s.", {"most": most}), True
    for field in ("threshold", "short_abandon_s", "repeat_window_d", "reply_limit_s"):
        if (row.get(field) or 0) < 0:
            yield field, Text("organisation.negative", "This cannot be less than nothing."), True
    if (row.get("repeat_window_d") or 0) > REACH_D:
        yield "repeat_window_d", Text("organisation.beyond_reach", "A further contact is looked for up to %(most)s days.", {"most": REACH_D}), True


def an_agreement_names_its_own_queues(table: str, row: Row, tables: Tables) -> Found:
    if table != "agreement":
        return
    for queue in row.get("queue_ids") or ():
        if queue in tables["queue"] and tables["queue"][queue]["client_id"] != row["client_id"]:
            values = {"queue": name("queue", tables["queue"][queue])}
            yield "queue_ids", Text("organisation.other_queue", "The queue “%(queue)s” belongs to another client.", values), True


def agreements_do_not_overlap(table: str, row: Row, tables: Tables) -> Found:
    """Two agreements of one client about the same measure and queues on the same day: nobody could tell which holds."""
    if table == "agreement" and row.get("valid_from"):
        for other in overlapping_agreements(row, tables["agreement"]):
            yield "valid_from", _overlaps(other), True


def overlapping_agreements(row: Row, agreements: Mapping[str, Row]) -> Iterator[Row]:
    """The agreements that agree the same as this one on some of its days."""
    return (other for other in agreements.values() if other["agreement_id"] != row["agreement_id"] and _same_scope(row, other) and shared(row, other))


def _overlaps(other: Row) -> Text:
    end = other["valid_to"]
    values = {"other": other["agreement_id"], "start": other["valid_from"], "end": end and end - timedelta(days=1)}
    if end is None:
        open_end = "“%(other)s” agrees this for the same queues from %(start)s on. End it on the day this one begins, or let this one end before."
        return Text("organisation.agreements_overlap_on", open_end, values)
    closed = "“%(other)s” agrees this for the same queues from %(start)s to %(end)s. Choose days before or after."
    return Text("organisation.agreements_overlap", closed, values)


def _same_scope(one: Row, other: Row) -> bool:
    mine, theirs = set(one.get("queue_ids") or ()), set(other.get("queue_ids") or ())
    same_queues = bool(mine & theirs) if mine and theirs else mine == theirs
    return (one.get("client_id"), one.get("measure")) == (other.get("client_id"), other.get("measure")) and same_queues


def memberships_fit_together(table: str, row: Row, tables: Tables) -> Found:
    """Twice in one team is a mistake. Two teams on one day may be (part of the time each): figures then count for the one begun later."""
    if table != "team_membership" or not row.get("valid_from"):
        return
    for other in tables["team_membership"].values():
        if not _holds_beside(row, other):
            continue
        team = tables["team"].get(other["team_id"])
        values = {"team": name("team", team) if team else other["team_id"], "start": other["valid_from"]}
        if other["agent_id"] == row["agent_id"] and other["team_id"] == row["team_id"]:
            said = "This person is in “%(team)s” already, since %(start)s. End that on the day this begins, or let this one end before."
            yield "valid_from", Text("organisation.twice_in_team", said, values), True
        elif other["agent_id"] == row["agent_id"] and row["role"] == "agent":
            said = "On the same days this person is also in “%(team)s”, since %(start)s. Figures then count for the team begun later."
            yield "valid_from", Text("organisation.two_teams", said, values), False
        elif other["team_id"] == row["team_id"] and row["role"] == "leader":
            said = "On the same days “%(team)s” has another leader, since %(start)s. Figures by leader then count for the one begun later."
            yield "valid_from", Text("organisation.two_leaders", said, values), False


def contracts_follow_each_other(table: str, row: Row, tables: Tables) -> Found:
    """Two contracts of one person on the same days: hours are counted by the one that begins later."""
    if table != "employment" or not row.get("valid_from"):
        return
    for other in tables["employment"].values():
        if other["agent_id"] == row["agent_id"] and other["employment_id"] != row["employment_id"] and shared(row, other):
            said = "On the same days this person has another contract, since %(start)s. Hours are then counted by the one that begins later."
            yield "valid_from", Text("organisation.two_contracts", said, {"start": other["valid_from"]}), False


def overlapping_memberships(row: Row, memberships: Mapping[str, Row]) -> Iterator[Row]:
    """The other memberships of the same person, in the same role, on some of its days."""
    return (other for other in memberships.values() if other["agent_id"] == row["agent_id"] and _holds_beside(row, other))


def _holds_beside(row: Row, other: Row) -> bool:
    return other["membership_id"] != row["membership_id"] and other["role"] == row["role"] and shared(row, other) is not None


def reasons_form_a_tree(table: str, row: Row, tables: Tables) -> Found:
    if table != "reason":
        return
    above, at = [row["reason_id"]], row.get("parent_id")
    while at and at in tables["reason"] and at not in above:
        above.append(at)
        at = tables["reason"][at].get("parent_id")
    if at and at in above:
        yield "parent_id", Text("organisation.circle", "A reason cannot belong to itself, or to one that belongs to it."), True
    elif len(above) > 3:
        yield "parent_id", Text("organisation.too_deep", "Reasons have three levels. This one would be on the fourth."), True


def a_calendar_names_years(table: str, row: Row, _: Tables) -> Found:
    """Nobody can tell a holiday from a day open in a year that is not named."""
    if table == "calendar" and row.get("holidays") and not any(part.strip()[:4].isdigit() for part in row["holidays"].split(";")):
        said = "Name at least one year: a bare year says that it has no more holidays than those listed."
        yield "holidays", Text("organisation.no_year", said), True


RULES = (
    what_is_needed, what_it_names_exists, it_ends_after_it_begins, its_zone_is_known, a_calendar_can_be_read, numbers_make_sense,
    an_agreement_names_its_own_queues, agreements_do_not_overlap, memberships_fit_together, contracts_follow_each_other,
    reasons_form_a_tree, a_calendar_names_years,
)  # fmt: skip
