"""What somebody was doing, told moment by moment, as spells of one state each; the last one lasts until a later file ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import BadMapping
from nyckeltal.sources.columns import STATES, meanings
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.kept import keep, take_up
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.sources.gathered import Gathered

COLUMNS = {"agent": "text", "moment": "moment", "state": "text"}
logged_out = "logged_out"
_unnamed = "a state of the company's own that has none of the names known here: “%(name)s”; say under [states] what it is"


class Named:
    """States by the names that a company gave them: what the mapping says under [states], else the usual names in five languages."""

    def __init__(self, gathered: Gathered) -> None:
        self.gathered = gathered
        self.said = {str(name).casefold(): str(state) for name, state in dict(gathered.setting.told.get("states", {})).items()}
        for name, state in self.said.items():
            if state not in TABLES["agent_state"]["state"].choices:
                values = {"name": name, "state": state, "known": ", ".join(TABLES["agent_state"]["state"].choices)}
                raise BadMapping(Text("sources.presence.no_state", "[states]: “%(name)s” cannot be “%(state)s”. There is: %(known)s.", values))

    def state(self, name: str) -> str | None:
        """None for a name that nobody has explained; it is counted as left out."""
        found = self.said.get(name.casefold()) or meanings([name], STATES).get(name)
        if found is None:
            self.gathered.leave_out(Text("sources.presence.unnamed", _unnamed, {"name": name}))
        return found


def make_spells(gathered: Gathered, table: str, counting: str = "SELECT * FROM {relation}") -> None:
    """Agent states from the table's rows, each a moment from which a state holds, and from those that earlier loads kept; `counting` is which count."""
    relation = take_up(gathered, table, f"agent IN (SELECT agent FROM {table})")
    hand_over_spells(gathered, f"({counting.format(relation=relation)})")
    own = {"agent": "agent", "moment": "starts AS moment", "state": "state"}
    kept = ", ".join(own.get(name, f"NULL AS {name}") for name in gathered.columns[table])
    keep(gathered, table, f"(SELECT {kept} FROM spells WHERE first OR last)", "moment")
    say_what_is_known(gathered, table)


def hand_over_spells(gathered: Gathered, relation: str) -> None:
    """Agent states from a relation of agent, moment, state, n and fresh; being logged out, and what has no name here, is no spell."""
    gathered.con.execute(_SPELLS.format(relation=relation))
    columns = {
        "source_id": "agent || '|' || epoch_us(starts)",
        "n": "n",
        "agent_id": "agent",
        "started_at": "starts",
        "ended_at": "ends",
        "state": "state",
    }
    told = f"(SELECT * FROM spells WHERE (fresh OR then_fresh) AND state IS NOT NULL AND state <> '{logged_out}')"
    gathered.hand_over("agent_state", told, columns)


def say_what_is_known(gathered: Gathered, table: str) -> None:
    """From the first to the last moment that these files tell of."""
    path = gathered.setting.folder / "known-states.parquet"
    gathered.con.execute(f"""COPY (SELECT s.* REPLACE (moment AS started_at) FROM (SELECT unnest([min(moment), max(moment)]) AS moment FROM {table}) m,
        (SELECT * FROM read_parquet('{gathered.reading.facts["agent_state"][0]}') LIMIT 1) s) TO '{path}' (FORMAT parquet)""")
    gathered.reading.kinds |= coverage(gathered.con, {"agent_state": [path]}, gathered.setting, gathered.setting.zone)


_SPELLS = """
CREATE OR REPLACE TEMP TABLE spells AS
WITH told AS (SELECT * FROM {relation} QUALIFY row_number() OVER (PARTITION BY agent, moment ORDER BY n DESC) = 1),
steps AS (SELECT *, state IS NOT DISTINCT FROM lag(state) OVER person AND lag(moment) OVER person IS NOT NULL AS same
    FROM told WINDOW person AS (PARTITION BY agent ORDER BY moment)),
numbered AS (SELECT *, count(*) FILTER (NOT same) OVER (PARTITION BY agent ORDER BY moment) AS spell FROM steps),
made AS (SELECT agent, spell, state, min(moment) AS starts, max(n) AS n, bool_or(fresh) AS fresh FROM numbered GROUP BY agent, spell, state)
SELECT *, lead(starts) OVER person AS ends, coalesce(lead(fresh) OVER person, false) AS then_fresh,
    row_number() OVER person = 1 AS first, lead(starts) OVER person IS NULL AS last
FROM made WINDOW person AS (PARTITION BY agent ORDER BY spell)
"""
