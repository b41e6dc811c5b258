"""What may not, or should not, hold at the same time: agreements about the same thing, a person's teams and contracts, the calls an agent speaks in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.checks import slack_s
from nyckeltal.contacts.organisation.rows import Row, key, shared
from nyckeltal.contacts.organisation.rules import overlapping_agreements, overlapping_memberships
from nyckeltal.errors import CannotRead, Issue
from nyckeltal.sources import cells
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts
    from nyckeltal.sources.reading import Reading


def refuse_agreements(reading: Reading, facts: Facts) -> None:
    """Refuse a file of agreements of which two, or one and one that the store holds, agree the same for the same days."""
    together = _by(("client_id", "measure"), "agreement", reading, facts)
    file, pairs = reading.files.get("agreement"), dict[frozenset[str], Issue]()
    for row in _arriving("agreement", reading):
        for other in overlapping_agreements(row, together[row["client_id"], row["measure"]]):
            pairs[frozenset((row["agreement_id"], other["agreement_id"]))] = Issue(_both_agree(row, other), file, row["line"], "valid_from")
    if not pairs:
        return
    english, issues = "%(file)s has agreements that overlap, so nothing was loaded. %(first)s", [*pairs.values()]
    raise CannotRead(Text("sources.overlap.refused", english, {"file": file or "", "first": issues[0].text}), issues)


def _both_agree(row: Row, other: Row) -> Text:
    return Text(
        "sources.overlap.agreements",
        "“%(agreement)s” and “%(other)s” agree %(measure)s with “%(client)s” for the same queues on the same days, from %(start)s on. "
        "End the earlier one on the day on which the later one begins.",
        {"agreement": row["agreement_id"], "other": other["agreement_id"], "measure": row["measure"], "client": row["client_id"], "start": _start(row, other)},
    )


def memberships(reading: Reading, facts: Facts) -> list[Text]:
    """Whether somebody comes to be in two teams at once: figures count for the one begun later, and that is said."""
    together = _by(("agent_id",), "team_membership", reading, facts)
    pairs: dict[frozenset[str], Text] = {}
    for row in _arriving("team_membership", reading):
        for other in overlapping_memberships(row, together[row["agent_id"],]):
            if row["role"] == "agent":
                pairs.setdefault(frozenset((row["membership_id"], other["membership_id"])), _two_teams(row, other))
    if len(pairs) < 2:
        return [*pairs.values()]
    english = "Memberships of one person that overlap: %(n)s. The first: %(first)s"
    return [Text("sources.warning.memberships_overlap", english, {"n": len(pairs), "first": next(iter(pairs.values()))})]


def _two_teams(row: Row, other: Row) -> Text:
    english = "“%(person)s” is in “%(team)s” and in “%(other)s” on the same days, from %(start)s on. Figures then count for the team begun later."
    values = {"person": row["agent_id"], "team": row["team_id"], "other": other["team_id"], "start": _start(row, other)}
    return Text("sources.warning.two_teams", english, values)


def employments(reading: Reading, facts: Facts) -> list[Text]:
    """Whether somebody comes to have two contracts at once: hours would be counted by one of them only, and that is said."""
    together = _by(("agent_id",), "employment", reading, facts)
    pairs: dict[frozenset[str], Text] = {}
    for row in _arriving("employment", reading):
        for other in together[row["agent_id"],].values():
            if other["employment_id"] != row["employment_id"] and shared(row, other):
                pairs.setdefault(frozenset((row["employment_id"], other["employment_id"])), _two_contracts(row, other))
    if len(pairs) < 2:
        return [*pairs.values()]
    english = "Contracts of one person that overlap: %(n)s. The first: %(first)s"
    return [Text("sources.warning.contracts_overlap", english, {"n": len(pairs), "first": next(iter(pairs.values()))})]


def _two_contracts(row: Row, other: Row) -> Text:
    english = (
        "“%(person)s” has the contracts “%(one)s” and “%(other)s” on the same days, from %(start)s on. End the earlier one on the day the later one begins."
    )
    values = {"person": row["agent_id"], "one": row["employment_id"], "other": other["employment_id"], "start": _start(row, other)}
    return Text("sources.warning.two_contracts", english, values)


def _start(one: Row, other: Row) -> str:
    days = shared(one, other)
    return days[0].isoformat() if days else ""


def talks(facts: Facts, load_id: str) -> list[Text]:
    """Whether a load lets an agent speak in two calls at the same time, by itself or beside what was there."""
    from nyckeltal.contacts.upkeep import beside

    with beside(threads=None) as con:
        facts.attach(con, "segment")
        mine = cells.quote(load_id)
        if len(facts.months("segment")) > 1:
            months = [month for (month,) in con.execute(f"SELECT DISTINCT month FROM segment WHERE load_id = {mine}").fetchall()]
            facts.attach(con, "segment", months)
        [found] = con.execute(_TALKS.format(mine=mine, slack_us=slack_s * 1_000_000)).to_arrow_table().to_pylist()
    if not found["n"]:
        return []
    english = (
        "Times that somebody spoke in two calls at once: %(n)s. The first: “%(agent)s”, %(moment)s UTC. All count; see whether clocks and names are right."
    )
    return [Text("sources.warning.talks_overlap", english, {"n": found["n"], "agent": found["agent_id"], "moment": f"{found['moment']:%Y-%m-%d %H:%M:%S}"})]


# The talk ends where the after-work begins, and began no sooner than it is long; `until` is how far the talks before it reach.
_TALKS = """
WITH talk AS (
    SELECT agent_id, segment_id, load_id, epoch_us(ended_at) - coalesce(acw_s, 0) * 1e6 AS ends_us,
        greatest(epoch_us(started_at), ends_us - (talk_s + coalesce(hold_s, 0)) * 1e6) AS begins_us
    FROM segment WHERE channel = 'voice' AND answered AND agent_id IS NOT NULL AND ended_at >= started_at
), before AS (
    SELECT *, max(ends_us) OVER earlier AS until_us, arg_max(load_id, ends_us) OVER earlier AS until_load FROM talk
    WINDOW earlier AS (PARTITION BY agent_id ORDER BY begins_us, segment_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT count(*) AS n, arg_min(agent_id, begins_us) AS agent_id, make_timestamp(CAST(min(begins_us) AS BIGINT)) AS moment
FROM before WHERE until_us > begins_us + {slack_us} AND ends_us > begins_us + {slack_us} AND {mine} IN (load_id, until_load)
"""


def _arriving(table: str, reading: Reading) -> Iterator[dict[str, Any]]:
    """The batch's rows of a table."""
    import pyarrow.parquet as pq

    for path in reading.facts.get(table, ()):
        yield from pq.read_table(path).to_pylist()


def _by(names: tuple[str, ...], table: str, reading: Reading, facts: Facts) -> dict[tuple[Any, ...], dict[str, Row]]:
    """The rows of a table as the load would leave them, those together that share these fields."""
    arriving: dict[str, Row] = {row[key(table)]: row for row in _arriving(table, reading)}
    rows = {**{row[key(table)]: row for row in facts.small(table).to_pylist()}, **arriving} if arriving else {}
    found: dict[tuple[Any, ...], dict[str, Row]] = defaultdict(dict)
    for one, row in rows.items():
        found[tuple(row[name] for name in names)][one] = row
    return found
