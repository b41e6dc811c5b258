"""What one row says when a KPI is asked: its words, its settings, its day, whether it belongs, and the groups it falls in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from oracle import clocks, conditions

if TYPE_CHECKING:
    from oracle.definition import Definition
    from oracle.world import Row, World

REASONS = {"reason1", "reason2", "reason3"}
OF_THE_REASON = {"area", "demand"}
COLUMNS = {"client": "client_id", "queue": "queue_id", "channel": "channel", "outcome": "outcome", "scale": "scale", "direction": "direction"}
PLACES = {"contact": "offered_at", "queue_visit": "entered_at", "segment": "placed_at", "case": "closed_at", "survey_response": "answered_at"}
CASE_DAYS = {"opened_at": "opened_date", "closed_at": "closed_date"}


class Reader:
    """One definition over one world."""

    def __init__(self, world: World, asked: Definition, kpi: str, given: Mapping[str, float]) -> None:
        self.world, self.asked, self.kpi, self.given = world, asked, kpi, given
        self.over: str = asked.get("over", "contact")
        self.settings: Mapping[str, Any] = asked.get("settings", {})

    def knows(self, by: Collection[str], per: str | None) -> bool:
        """Whether it can be asked so: not refused, and the fact has every dimension, and an hour where hours are asked."""
        if "refuse" in self.asked or (per in ("hour", "interval") and not self._knows("hour")):
            return False
        return all(self._knows(name) for name in by)

    def _knows(self, name: str) -> bool:
        if name in COLUMNS or name == "repeat":
            column = COLUMNS.get(name, "previous_handled_after_s")
            return column in TABLES[self.over] or ("contact_id" in TABLES[self.over] and column in TABLES["contact"])
        if name in REASONS or name in OF_THE_REASON or name == "hour":
            return self.over != "promise"
        if name in ("agent", "tenure"):
            return self.credit is not None and not self.team_lists
        return name not in ("team", "leader") or self.credit is not None

    @property
    def credit(self) -> str | None:
        """The column through which a row belongs to a person."""
        own = {"segment": "agent_id", "survey_response": "agent_id"}.get(self.over)
        credit: str | None = self.asked.get("credit", own)
        return credit

    @property
    def team_lists(self) -> str | None:
        return {"queue_id": "queue_ids", "client_id": "client_ids"}.get(self.credit or "")

    def teams_without(self) -> set[str]:
        """Teams that name nothing they answer for, where that is what makes a row theirs."""
        return {team["team_id"] for team in self.world.tables["team"] if self.team_lists and not team[self.team_lists]}

    def belonging(self) -> Iterator[Row]:
        """Rows of the fact that the KPI is about: no tests, the asked direction, and its own `where`."""
        directions = {"inbound": ("inbound",), "outbound": ("outbound",), "both": ("inbound", "outbound")}[self.asked.get("direction", "inbound")]
        for row in self.world.tables[self.over]:
            if not row.get("is_test") and ("direction" not in row or row["direction"] in directions) and self.holds(self.asked.get("where"), row):
                yield row

    def holds(self, condition: str | None, row: Row) -> bool:
        return conditions.holds(condition, lambda name: self.word(name, row))

    def word(self, name: str, row: Row) -> Any:
        """A word of the row, of a row it links to, or a setting valid for it."""
        if name in self.settings:
            return self.setting(name, row)
        if self.over == "contact" and name.removeprefix("contact.") in ("wait_s", "ivr_wait_s"):
            from_menu = name.endswith("ivr_wait_s") or self._starts_in_menu(row)
            return row["ivr_wait_s" if from_menu and row["ivr_started_at"] else "wait_s"]
        if "." not in name:
            return row[name]
        table, word = name.split(".")
        linked = row if table == self.over else self.linked(table, row)
        return None if linked is None else linked[word]

    def linked(self, table: str, row: Row) -> Row | None:
        key = {"contact": "contact_id", "reason": "reason_id", "question": "question_id", "invitation": "invitation_id", "case": "case_id"}[table]
        return self.world.get("survey_invitation" if table == "invitation" else table, row.get(key))

    def _starts_in_menu(self, row: Row) -> bool:
        """Whether the wait counts from the menu, by the agreement of this very KPI."""
        return bool(self.agreed("clock", (self.kpi,), row) == "ivr")

    def setting(self, name: str, row: Row) -> float | None:
        spoken = self.settings[name]
        if not isinstance(spoken, dict):
            return float(self.given.get(name, spoken))
        fallback = spoken.get("else", spoken)
        in_days = isinstance(fallback, dict)
        if name in self.given:
            return float(self.given[name] * (86400 if in_days else spoken.get("times", 1)))
        measures = spoken.get("measure", self.kpi)
        agreed = self.agreed(spoken["agreement"], (measures,) if isinstance(measures, str) else measures, row) if "agreement" in spoken else None
        if agreed is not None:
            return float(agreed * spoken.get("times", 1))
        return float(fallback["days"] * 86400 if in_days else fallback)

    def agreed(self, term: str, measures: Sequence[str], row: Row) -> Any:
        """The term agreed with the row's client for its queue on its day, for the first of the measures that has one."""
        day = self.day(row)
        for measure in measures:
            for agreement in sorted(self.world.tables["agreement"], key=lambda found: not found["queue_ids"]):
                if (agreement["client_id"], agreement["measure"]) != (row["client_id"], measure) or agreement[term] is None:
                    continue
                if agreement["queue_ids"] and row.get("queue_id") not in agreement["queue_ids"]:
                    continue
                if day is not None and agreement["valid_from"] <= day and (agreement["valid_to"] is None or day < agreement["valid_to"]):
                    return agreement[term]
        return None

    def moment(self, row: Row) -> datetime | None:
        name = self.asked.get("date", PLACES.get(self.over))
        return row.get(name) if name else None

    def day(self, row: Row) -> date | None:
        moment = self.moment(row)
        if self.over == "promise":
            ended: date = row["local_date"]
            return ended
        return clocks.local(moment, row["clock"]).date() if moment else None

    def is_ripe(self, row: Row) -> bool:
        """Whether the time that must have passed has passed, as far as the world is known."""
        if not self.asked.get("matures") or self.world.known_until is None:
            return True
        moment, window = self.moment(row), self.setting(self.asked["matures"], row)
        return moment is not None and moment + timedelta(seconds=window or 0) <= self.world.known_until
