"""What one row says when a KPI is asked: its words, its settings, its day, whether it belongs, and the groups it falls in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from oracle import clocks, conditions

if TYPE_CHECKING:
    from oracle.definition import Definition
    from oracle.world import Row, World

REASONS = {"reason1", "reason2", "reason3"}
OF_THE_REASON = {"area", "demand"}
COLUMNS = (
    {name: f"{name}_id" for name in ("client", "queue", "item")}
    | {"form": "form_version_id"}
    | {name: name for name in ("channel", "outcome", "scale", "direction", "currency")}
)
PLACES = {
    "contact": "offered_at",
    "queue_visit": "entered_at",
    "segment": "placed_at",
    "message": "sent_at",
    "case": "closed_at",
    "survey_invitation": "drawn_at",
    "survey_response": "answered_at",
    "interview": "completed_at",
    "promise": "period_ended_on",
    "agent_state": "started_at",
    "schedule_shift": "started_at",
    "shift_part": "started_at",
    "absence": "started_at",
    "outage": "started_at",
    "forecast": "interval_start",
    "qa_evaluation": "completed_at",
    "qa_item": "completed_at",
    "qa_answer": "local_date",
    "sale": "sold_at",
    "retention_case": "requested_at",
    "order": "ordered_at",
    "complaint": "received_at",
    "feedback_talk": "held_at",
    "employee_response": "week",
    "report_task": "due_on",
    "customer_base_month": "month_start",
    "finance_month": "month_start",
    "agent_month": "month_start",
    "agent_day": "day",
    "agent": "left_on",
}
MONTHLY = {"customer_base_month", "finance_month", "agent_month"}
WEEKLY = {"employee_response"}
CUT = {"agent_state", "schedule_shift", "shift_part"}  # time that belongs to the days and slots it lies in
LINKED = {"contact": "contact_id", "question": "question_id", "case": "case_id", "agent": "agent_id", "queue": "queue_id", "client": "client_id"}
LINKED |= {"team": "team_id", "agreement": "agreement_id", "queue_visit": "visit_id", "segment": "segment_id"}
UNITS = {"s": 1, "minutes": 60, "hours": 3600, "days": 86400}
CALLED = {"invitation": ("survey_invitation", "invitation_id"), "evaluation": ("qa_evaluation", "evaluation_id")}


class Reader:
    """One definition over one world."""

    def __init__(self, world: World, asked: Definition, kpi: str, given: Mapping[str, float]) -> None:
        self.world, self.asked, self.kpi, self.given = world, asked, kpi, given
        self.over: str = asked.get("over", "contact")
        self.settings: Mapping[str, Any] = asked.get("settings", {})

    def knows(self, by: Collection[str], per: str | None, period: tuple[date, date] | None = None) -> bool:
        """Whether it can be asked so: not refused, and the fact has every dimension, and days and hours where those are asked."""
        if "refuse" in self.asked or (per in ("hour", "interval") and not self._knows("hour")):
            return False
        if self.over in MONTHLY and (per in ("day", "week") or any(day.day > 1 for day in period or ())):
            return False
        return not (self.over in WEEKLY and per == "day") and all(self._knows(name) for name in by)

    def _knows(self, name: str) -> bool:
        table = TABLES[self.over]
        if name in COLUMNS or name == "repeat":
            column = COLUMNS.get(name, "previous_handled_after_s")
            return column in table or ("contact_id" in table and column in TABLES["contact"])
        if name in REASONS or name in OF_THE_REASON:
            return "reason_id" in table or "contact_id" in table
        if name == "hour":
            return self.by_the_clock
        if name == "weekday":
            return self.over not in MONTHLY | WEEKLY
        if name in ("agent", "tenure"):
            return self.credit is not None and not self.team_lists
        if self.names_its_team:
            return {"team": "team_id", "leader": "leader_id"}[name] in table
        return self.credit is not None

    @property
    def by_the_clock(self) -> bool:
        """Whether rows stand at a moment, not on a day."""
        return TABLES[self.over][self.place].kind == "moment"

    @property
    def place(self) -> str:
        """The column that places a row."""
        return str(self.asked.get("date", PLACES[self.over]))

    @property
    def names_its_team(self) -> bool:
        return self.over in ("finance_month", "employee_response", "report_task")

    @property
    def credit(self) -> str | None:
        """The column through which a row belongs to a person."""
        own = "agent_id" if "agent_id" in TABLES[self.over] else None
        credit: str | None = self.asked.get("credit", own)
        return credit

    @property
    def team_lists(self) -> str | None:
        return {"queue_id": "queue_ids", "client_id": "client_ids"}.get(self.credit or "")

    def teams_without(self) -> set[str]:
        """Teams that name nothing they answer for, where that is what makes a row theirs."""
        return {team["team_id"] for team in self.world.tables["team"] if self.team_lists and not team[self.team_lists]}

    def belonging(self, slots: bool = False) -> Iterator[Row]:
        """Rows of the fact that the KPI is about: no tests, the asked direction, its own `where`; time is cut at midnight, and at slots where asked."""
        way = self.asked.get("direction", "inbound")
        directions: tuple[str | None, ...] = ("inbound", "outbound") if way == "both" else (way,)
        directions += () if self.over in ("contact", "queue_visit", "segment") else (None,)  # time of no direction counts for both
        for row in self.world.tables[self.over]:
            if row.get("is_test") or ("direction" in row and row["direction"] not in directions):
                continue
            pieces = clocks.cut(row, quarters=slots) if self.over in CUT and self.is_of_time else [row]
            yield from (piece for piece in pieces if self.holds(self.asked.get("where"), piece))

    @property
    def is_of_time(self) -> bool:
        """Whether it is time that is counted, not how often."""
        return any("duration_s" in str(self.asked.get(key)) for key in ("of", "among", "weight", "exposure"))

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

    def word_of(self, text: str, row: Row) -> Any:
        """A number: a word, or words and constants added up."""
        return conditions.value(text, lambda name: self.word(name, row))

    def linked(self, name: str, row: Row) -> Row | None:
        if name == "reason":
            return self.world.get("reason", self.reason_of(row))
        table, key = CALLED.get(name, (name, LINKED.get(name, "")))
        return self.world.get(table, row.get(key))

    def reason_of(self, row: Row) -> str | None:
        """The reason of a row, or of the contact that it speaks of."""
        found: str | None = row["reason_id"] if "reason_id" in row else (self.world.get("contact", row.get("contact_id")) or {}).get("reason_id")
        return found

    def _starts_in_menu(self, row: Row) -> bool:
        """Whether the wait counts from the menu, by the agreement of this very KPI."""
        return bool(self.agreed("clock", (self.kpi,), row) == "ivr")

    def setting(self, name: str, row: Row) -> float | None:
        spoken = self.settings[name]
        if not isinstance(spoken, dict):
            return float(self.given.get(name, spoken))
        fallback = spoken.get("else", spoken)
        unit = next((unit for unit in UNITS if isinstance(fallback, dict) and unit in fallback), None)
        if name in self.given:
            return float(self.given[name] * (UNITS[unit] if unit else spoken.get("times", 1)))
        measures = spoken.get("measure", self.kpi)
        agreed = self.agreed(spoken["agreement"], (measures,) if isinstance(measures, str) else measures, row) if "agreement" in spoken else None
        if agreed is not None:
            return float(agreed * spoken.get("times", 1))
        return float(fallback[unit] * UNITS[unit] if unit else fallback)

    def agreed(self, term: str, measures: Sequence[str], row: Row) -> Any:
        """The term agreed with the row's client for its queue on its day, for the first of the measures that has one."""
        day = row["local_date"] if self.over == "contact" else self.day(row)  # what holds for a contact was agreed when it was offered
        for measure in measures:
            for agreement in sorted(self.world.tables["agreement"], key=lambda found: not found["queue_ids"]):
                if (agreement["client_id"], agreement["measure"]) != (row.get("client_id"), measure) or agreement[term] is None:
                    continue
                if agreement["queue_ids"] and self.queue_of(row) not in agreement["queue_ids"]:
                    continue
                if day is not None and agreement["valid_from"] <= day and (agreement["valid_to"] is None or day < agreement["valid_to"]):
                    return agreement[term]
        return None

    def queue_of(self, row: Row) -> str | None:
        """The queue of a row, or of the contact that it speaks of."""
        found: str | None = row["queue_id"] if "queue_id" in row else (self.world.get("contact", row.get("contact_id")) or {}).get("queue_id")
        return found

    def moment(self, row: Row) -> datetime | None:
        found = row.get(self.place)
        return found if isinstance(found, datetime) else None

    def day(self, row: Row) -> date | None:
        found = row.get(self.place)
        if found is None or not isinstance(found, datetime):
            return found
        return clocks.local(found, row["clock"]).date()

    def is_ripe(self, row: Row) -> bool:
        """Whether the time that must have passed has passed, as far as the world is known."""
        if not self.asked.get("matures") or self.world.known_until is None:
            return True
        moment, window = self.moment(row), self.setting(self.asked["matures"], row)
        if moment is None and (day := self.day(row)):
            moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return moment is not None and moment + timedelta(seconds=window or 0) <= self.world.known_until
