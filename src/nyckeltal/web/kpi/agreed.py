"""What the clients' agreements promise: the target that holds for a whole page, and each promise beside what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.promises import Outcome, is_met
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.frame.figures import digits_for, short
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking, names
from nyckeltal.web.kpi.charts import Goal
from nyckeltal.web.kpi.question import variant_words
from nyckeltal.web.people.models import User

Row = Mapping[str, Any]
PERIODS = 13
LATEST = 4


@dataclass(frozen=True)
class Verdict:
    """One period of one promise."""

    period: str
    value: str
    state: str  # kept, missed, open
    why: str


@dataclass(frozen=True)
class Promise:
    """One agreement in words. `verdicts` newest first; `why` where it cannot be judged at all."""

    name: str
    address: str
    where: str
    definition: str
    limit: str
    target: str
    valid: str
    verdicts: Sequence[Verdict]
    why: str

    @property
    def latest(self) -> Sequence[Verdict]:
        return self.verdicts[:LATEST]

    @property
    def earlier(self) -> Sequence[Verdict]:
        """Folded away: thirteen months of each promise are many screens of a phone."""
        return self.verdicts[LATEST:]

    @property
    def kept(self) -> int:
        return sum(verdict.state == "kept" for verdict in self.verdicts)

    @property
    def judged(self) -> int:
        return sum(verdict.state != "open" for verdict in self.verdicts)


def target(kpi: Kpi, clients: Collection[str], on: date) -> Goal | None:
    """The one target that all these clients agreed on for the KPI as it is counted here; none where they differ or it holds for some queues only."""
    found = [_whole(kpi, client, on) for client in sorted(clients)]
    values = {value for value in found if value is not None}
    if None in found or len(values) != 1:
        return None
    value = values.pop()
    return Goal(value, gettext("Agreed %(target)s") % {"target": words(kpi, value)})


def _whole(kpi: Kpi, client: str, on: date) -> float | None:
    rows = [row for row in agreements(client) if row["measure"] == kpi.id and valid(row, on)]
    if len(rows) != 1 or rows[0]["target"] is None or rows[0]["queue_ids"] or rows[0]["period"] != "month" or rows[0]["variant"] not in (None, kpi.default):
        return None
    return promised(kpi, rows[0]["target"])


def reached(kpi: Kpi, figure: Figure, goal: Goal) -> bool | None:
    """As the promise itself is judged: None while it is not final, and where there is no better or worse."""
    return is_met(figure, goal.value * 100 if figure.unit == "share" else goal.value, kpi.better)


def agreements(client: str) -> list[Row]:
    """Of one client, those that hold now first, then by what they promise."""
    return list(_by_client(facts.current().id).get(client, ()))


@lru_cache(maxsize=2)
def _by_client(_version: str) -> Mapping[str, Sequence[Row]]:
    rows = sorted(
        facts.current().small("agreement").to_pylist(), key=lambda row: (row["valid_to"] is not None, row["measure"], row["valid_from"], row["agreement_id"])
    )
    return {client: [row for row in rows if row["client_id"] == client] for client in {row["client_id"] for row in rows}}


def valid(row: Row, on: date) -> bool:
    return bool(row["valid_from"] <= on and (row["valid_to"] is None or on < row["valid_to"]))


def promises(person: User, client: str, first: date) -> list[Promise]:
    """Those that held at some time since `first`."""
    held = [row for row in agreements(client) if row["valid_to"] is None or row["valid_to"] > first]
    return [_promise(row, asking.outcomes(person, row)) for row in held]


def _promise(row: Row, outcomes: Sequence[Outcome]) -> Promise:
    kpi = asking.kpis().get(row["measure"])
    judged = [outcome for outcome in outcomes if outcome.figure is not None]
    begun = next((at for at, one in enumerate(judged) if one.figure and one.figure.value is not None), len(judged))
    queues = ", ".join(names.named("queue", queue) for queue in row["queue_ids"])
    return Promise(
        name=say(kpi.text("name")) if kpi else row["measure"],
        address=kpi.id if kpi else "",
        where=queues or gettext("All queues"),
        definition=variant_words(kpi, row["variant"] or kpi.default) if kpi else "",
        limit=_limit(kpi, row),
        target=_target(kpi, row),
        valid=_valid(row),
        verdicts=[_verdict(kpi, row, one) for one in reversed(judged[begun:][-PERIODS:])],
        why=next((say(one.why) for one in outcomes if one.figure is None), ""),
    )


def _limit(kpi: Kpi | None, row: Row) -> str:
    limits = [gettext("within %(time)s") % {"time": numbers.duration(row["threshold"])}] if row["threshold"] is not None and kpi else []
    if row["short_abandon_s"] is not None:
        limits.append(gettext("hang-ups under %(time)s left out") % {"time": numbers.duration(row["short_abandon_s"])})
    if row["clock"] == "ivr":
        limits.append(gettext("counted from the menu"))
    if row["repeat_window_d"] is not None:
        limits.append(gettext("nobody back within %(days)s days") % {"days": numbers.whole(row["repeat_window_d"])})
    return ", ".join(limits)


def _target(kpi: Kpi | None, row: Row) -> str:
    if row["target"] is None:
        return ""
    if kpi is None:
        return numbers.decimal(row["target"], 0 if float(row["target"]).is_integer() else 1)
    said = {"target": words(kpi, promised(kpi, row["target"]))}
    return gettext("at most %(target)s") % said if kpi.better == "lower" else gettext("at least %(target)s") % said


def _valid(row: Row) -> str:
    if row["valid_to"] is None:
        return gettext("since %(day)s") % {"day": numbers.day(row["valid_from"])}
    return gettext("from %(first)s until before %(last)s") % {"first": numbers.day(row["valid_from"]), "last": numbers.day(row["valid_to"])}


def _verdict(kpi: Kpi | None, row: Row, outcome: Outcome) -> Verdict:
    figure = outcome.figure
    assert figure is not None  # noqa: S101 - chosen so by the caller
    value = "–" if figure.value is None else _outcome(kpi, row, figure, figure.value)
    state = "open" if outcome.met is None else "kept" if outcome.met else "missed"
    return Verdict(numbers.period(figure.period or ""), value, state, say(outcome.why))


def _outcome(kpi: Kpi | None, row: Row, figure: Figure, value: float) -> str:
    """As exact as tells it from the target."""
    digits = 1 if figure.unit == "share" else digits_for(figure)
    said = short(value, figure.unit, digits)
    if kpi is None or said != short(promised(kpi, row["target"]), figure.unit, digits) or value == promised(kpi, row["target"]):
        return said
    return gettext("%(seconds)s s") % {"seconds": numbers.decimal(value, 1)} if figure.unit == "seconds" else short(value, figure.unit, digits + 1)


def promised(kpi: Kpi, target: float) -> float:
    """A target in the unit of the figures: shares as parts of one."""
    return target / 100 if kpi.unit == "share" else float(target)


def words(kpi: Kpi, value: float) -> str:
    """A target as people say it."""
    digits = 0 if (round(value * 100, 6) if kpi.unit == "share" else value) % 1 == 0 else 1
    return short(value, kpi.unit, digits)
