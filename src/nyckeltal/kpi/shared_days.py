"""The days on which all that a figure rests on is known: what one side does not know yet is no part of the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from nyckeltal.contacts.expression import Name
from nyckeltal.kpi.engine.bind import leaves
from nyckeltal.when.period import Grain, Period
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.kpi.compile import Part, Plan
    from nyckeltal.kpi.known import Days
    from nyckeltal.kpi.request import Request

# Facts that come every day or month: their first and last rows tell how far they are known. The first sale or complaint tells nothing of that.
STEADY = frozenset({"contact", "queue_visit", "segment", "agent_state", "schedule_shift", "shift_part", "finance_month", "customer_base_month"})
OF_MONTHS = frozenset({"finance_month", "customer_base_month"})
# words of made facts that are known as far as another fact is
MADE_OF = {("agent_day", "worked_s"): "agent_state", ("agent_day", "worked_days"): "agent_state", ("agent_month", "working_days_n"): "agent_state"}
_OF_SOME_DAYS = ("figure.shared_from", "figure.shared_until")


def within_shared_days(request: Request, plan: Plan) -> Plan:
    """The plan, looking only at days of which all its sides know."""
    first, last = _shared(request, plan)
    if first is None and last is None:
        return plan
    parts = tuple(_cut(part, first, last) for part in plan.parts)
    beside = tuple((name, _cut(part, first, last)) for name, part in plan.beside)
    return replace(plan, parts=parts, beside=beside, shared=(first, last))


def said(request: Request, plan: Plan, period: Period | None) -> Iterator[Text]:
    """What a reader must know where only some of the period's days are looked at, or known at all."""
    first, last = plan.shared
    if plan.shared == (None, None) and plan.parts[0].scan.over in STEADY:
        first, _ = _known(request, plan, plan.parts[0].scan.over)
    if period and first and period.start < first <= period.last:
        yield Text("figure.shared_from", "Counted from %(day)s on: before that day not all that it rests on is known.", {"day": first})
    if period and last and period.start <= last < period.last:
        yield Text("figure.shared_until", "Counted until %(day)s: after that day not all that it rests on is known.", {"day": last})


def is_whole(figure: Figure) -> bool:
    """Whether all days of its period are looked at, or nothing is said of that."""
    return not any(part.id in _OF_SOME_DAYS for part in sentences(figure.message))


def sentences(said: object) -> Iterator[Text]:
    """The sentences of a message."""
    if isinstance(said, Text):
        yield said
        for value in said.values.values():
            yield from sentences(value)


def _shared(request: Request, plan: Plan) -> Days:
    facts = {fact for part in plan.parts for fact in _rests_on(part)}
    overs = {part.scan.over for part in plan.parts}
    if len(overs) < 2 and not overs & {made for made, _ in MADE_OF}:
        return None, None  # one fact is known as far as itself
    known = [_known(request, plan, fact) for fact in sorted(facts)]
    first = max((start for start, _ in known if start), default=None)
    last = min((end for _, end in known if end), default=None)
    return _whole_months(first, last) if overs & OF_MONTHS else (first, last)


def _rests_on(part: Part) -> Iterator[str]:
    over = part.scan.over
    if over in STEADY:
        yield over
    nodes = [part.scan.where, part.measure.of, part.measure.among, part.measure.exposure]
    names = {leaf.name for node in nodes if node is not None for leaf in leaves(node) if isinstance(leaf, Name)}
    yield from (made_of for (made, word), made_of in MADE_OF.items() if made == over and word in names)


def _known(request: Request, plan: Plan, fact: str) -> Days:
    """The first and the last local day known of a fact for anybody who is asked about; none where it is known for ever, or not at all."""
    return request.known(fact).days(request.clients(replace(plan.parts[0].scan, by=()), ()))


def _whole_months(first: date | None, last: date | None) -> Days:
    """A month of money or customers is set beside whole months only."""
    if first and first.day > 1:
        first = Period.holding(first, Grain.MONTH).end
    if last and (last + timedelta(days=1)).day > 1:
        last = Period.holding(last, Grain.MONTH).start - timedelta(days=1)
    return first, last


def _cut(part: Part, first: date | None, last: date | None) -> Part:
    scan = part.scan
    starts = max((day for day in (scan.first, first) if day), default=None)
    ends = min((day for day in (scan.last, last) if day), default=None)
    return replace(part, scan=replace(scan, first=starts, last=ends))
