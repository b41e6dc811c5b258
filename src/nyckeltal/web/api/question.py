"""A question as a program asks it: all that the command line can say, within what pages allow.

A condition may name what pages narrow by and nothing finer: what single persons or single contacts are told by would lead around the rules of access.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyckeltal.contacts.expression import names
from nyckeltal.contacts.where import BadCondition, Word, parse
from nyckeltal.errors import Issue, UserMistake
from nyckeltal.kpi.unheard import refuse_unheard
from nyckeltal.kpi.vocabulary import DIMENSIONS, FACTS
from nyckeltal.web.api.parameters import NOT_SO, Parameter
from nyckeltal.web.api.problem import Refused
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi.names import DIMENSIONS as DIMENSION_NAMES
from nyckeltal.web.kpi.question import FILTERS, PageQuestion
from nyckeltal.web.people import access
from nyckeltal.when.period import Grain, Period
from nyckeltal.words import Text

SHORT = timedelta(days=31)
_NARROWS = (
    "client", "queue", "channel", "direction", "language", "reason1", "reason2", "reason3", "area", "demand", "outcome", "weekday", "hour", "repeat", "scale",
)  # fmt: skip
_NAMED = {"client_id": "client", "queue_id": "queue"}
CONDITION: Mapping[str, Word] = {
    **{name: DIMENSIONS[name] for name in _NARROWS},
    **{name: DIMENSIONS[dimension] for name, dimension in _NAMED.items()},
}
_LABEL = re.compile(r"[0-9]{4}(-([0-9]{2}(-[0-9]{2})?|Q[1-4]|W[0-9]{2}))?")

KPIS = Parameter("kpi", _("One or several key figures, by their ids."), kind="names", most=60, required=True, example="service_level")
QUESTION = (
    Parameter("by", _("By which dimensions, at most four."), kind="names", most=4, choices=tuple(DIMENSION_NAMES), example="queue"),
    Parameter("per", _("A figure for each part of the period."), choices=tuple(grain.value for grain in Grain), example="month"),
    Parameter("from", _("First day, 2026-03-01, or a whole part, 2026-03, in the zone of the queue."), example="2026-01"),
    Parameter("to", _("Last day, which counts too; of a whole part its last."), example="2026-03"),
    Parameter("where", _("Only these, say channel == 'voice' and queue in ('a', 'b'). Not for groups of colleagues.")),
    Parameter("variant", _("Another definition of the key figure.")),
    Parameter("set", _("A setting of the key figure, say within=30."), kind="pairs"),
    Parameter("floor", _("Show what rests on at least so many. Not for figures of persons."), kind="whole", least=0, most=1_000_000),
    *(Parameter(name, _("Only this one.")) for name in FILTERS),
)


@dataclass(frozen=True)
class ApiQuestion(PageQuestion):
    """`open_first` and `open_last`: no day was named, so that the question is about all there is."""

    where: str = ""
    settings: tuple[tuple[str, float | str], ...] = ()
    floor: int | None = None
    open_first: bool = False
    open_last: bool = False
    named: frozenset[str] = frozenset()

    @property
    def address(self) -> str:
        return repr((super().address, self.where, self.settings, self.floor, self.open_first, self.open_last))

    @property
    def about(self) -> tuple[str, ...]:
        return (*self.by, *sorted(self.named))

    @property
    def terms(self) -> dict[str, Any]:
        found = {
            "start": None if self.open_first else self.first, "end": None if self.open_last else self.last, "variant": self.variant or None,
            "where": self.where or None, "set": dict(self.settings), "floor": self.floor,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value not in (None, {})} | {"start": found["start"], "end": found["end"]}


def question(kpi: str, given: Mapping[str, Any]) -> ApiQuestion:
    """Raises Refused with what is wrong, where, and what would be right."""
    first, last = _days(given)
    where = str(given.get("where", "")).strip()
    if given.get("per") in ("hour", "interval") and last - first > SHORT:
        raise _wrong("per", Text("api.short_period", "Hours and quarters of an hour can be asked for a month at most; say from and to."))
    return ApiQuestion(
        kpi, first, last, tuple(dict.fromkeys(given.get("by", ()))), given.get("per", ""), given.get("variant", ""),
        {name: given[name] for name in FILTERS if given.get(name)},
        where=where, settings=tuple(sorted(given.get("set", {}).items())), floor=given.get("floor"),
        open_first=not given.get("from"), open_last=not given.get("to"), named=_named(where),
    )  # fmt: skip


def _named(where: str) -> frozenset[str]:
    """The dimensions that a condition narrows by."""
    if not where:
        return frozenset()
    try:
        return frozenset(_NAMED.get(one.name, one.name) for one in names(parse(where, CONDITION)))
    except BadCondition as bad:
        raise Refused(422, bad.text, [Issue(issue.text, field="where") for issue in bad.issues] or [Issue(bad.text, field="where")]) from None


def _days(given: Mapping[str, Any]) -> tuple[date, date]:
    """The days of the question; where none are named, those of all months with data."""
    known = [month for fact in FACTS for month in facts.current().months(fact)]
    today = timezone.now().date()
    first = _period("from", given["from"]).start if given.get("from") else Period.of(min(known)).start if known else today.replace(day=1)
    last = _period("to", given["to"]).last if given.get("to") else max(Period.of(max(known)).last if known else today, first)
    if last < first:
        raise _wrong("to", Text("api.backwards", "The period ends before it begins."))
    return first, last


def _period(name: str, label: str) -> Period:
    try:
        if _LABEL.fullmatch(label) and "1900" <= label[:4] <= "2199":
            return Period.of(label)
    except (UserMistake, ValueError, OverflowError):
        pass
    raise _wrong(name, Text("api.no_day", "“%(label)s” is no day. Write 2026-03-01, or 2026-03, 2026-Q1, 2026-W10, 2026.", {"label": label}))


def _wrong(field: str, text: Text) -> Refused:
    return Refused(422, NOT_SO, [Issue(text, field=field)])


def allow(asked: ApiQuestion, ruling: access.Ruling) -> None:
    """What would lead around the rules: a condition beside groups of colleagues, a lower floor for one person's figures.
    Whoever sees everything is told of ids that nobody has heard of; others might learn whom there is."""
    if asked.where and ruling.least_persons:
        text = "Groups of colleagues cannot be asked about with a condition. Narrow by client, channel, queue, team or reason1 instead."
        raise Refused(403, Text("api.condition_of_groups", text))
    if asked.floor is not None and ("agent" in asked.about or "agent" in ruling.within):
        raise Refused(403, Text("api.floor_of_persons", "How much a figure of one person must rest on is fixed; leave floor out."))
    if asked.floor is not None and ruling.within:
        raise Refused(403, Text("api.floor_within", "How much a figure must rest on is fixed where you are shown only some of it; leave floor out."))
    if ruling.allowed and not ruling.within:
        refuse_unheard(asked.where, facts.current(), asked.chosen)
