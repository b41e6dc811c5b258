"""How far the figures of a plan reach: until when all that they rest on is known, whether they are final, and whose data lag behind (decision 0024)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from nyckeltal.kpi.compile import Term
from nyckeltal.kpi.known import microsecond, nobody
from nyckeltal.when.clock import local_date
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nyckeltal.kpi.compile import Plan
    from nyckeltal.kpi.engine.run import At
    from nyckeltal.kpi.known import Days, Known
    from nyckeltal.kpi.request import Request
    from nyckeltal.when.period import Period

Clients = frozenset[str] | None


class Reached:
    """Of one plan; `knowns`: of each fact that its figures rest on; `left_out`: of each the clients that they leave out, for whom nobody waits."""

    def __init__(self, request: Request, plan: Plan, knowns: Sequence[Known], left_out: Sequence[frozenset[str]]) -> None:
        self.request, self.plan = request, plan
        self.rests_on = [*zip(knowns, left_out or [nobody for _ in knowns], strict=True)]
        self.known = knowns[0]

    def settled(self, at: At, period: Period | None, clients: Clients) -> tuple[datetime | None, bool]:
        """Until when a figure is known, and whether it is final but for what waits: the period closed, everything matured, and all that known; one
        without end while it does not grow."""
        if (about := (at[:1], clients)) not in self._settled:
            self._settled[about] = self._found_settled(period, clients)
        return self._settled[about]

    @cached_property
    def _settled(self) -> dict[tuple[At, Clients], tuple[datetime | None, bool]]:
        """Shared by all key figures of a question that rest on the same facts and wait as long."""
        return self.request.settled.setdefault((*self.rests_on, self.plan.parts[0].measure.matures), {})

    def _found_settled(self, period: Period | None, clients: Clients) -> tuple[datetime | None, bool]:
        until, now = self.until(period, clients), self.request.now or datetime.now(UTC)
        if until is None:
            return None, False
        if period is None:
            return until, not self.known.is_today(until, now)
        if self.known.closed(period, clients) > now:
            return until, False
        matures = self.plan.parts[0].measure.matures
        longest = 0.0 if matures is None else self.request.organisation.longest(matures) if isinstance(matures, Term) else float(str(matures.value))
        return until, self.known.over(period, clients) + timedelta(seconds=longest) <= until

    def until(self, period: Period | None, clients: Clients) -> datetime | None:
        """Until when both sides are known, where there are two."""
        asked = self._days(period)
        found = [known.until(clients) if clients is not None else known.until_of_those_there(*asked, without) for known, without in self.rests_on]
        return None if None in found else min(it for it in found if it)

    def said(self, period: Period | None, clients: Clients) -> Iterator[Text]:
        """The clients of which something is missing that of others is there, by the last day known of them."""
        if clients is not None:
            return
        last: dict[date, set[str]] = {}
        for known, without in self.rests_on:
            for client, until in known.behind(*self._days(period), without).items():
                last.setdefault(local_date(until - microsecond, known.zone(client)), set()).add(self.request.organisation.client_names.get(client, client))
        for day, names in sorted(last.items()):
            yield Text("figure.behind", "The data of %(clients)s reach no further than %(day)s.", {"clients": ", ".join(sorted(names)), "day": day})

    def _days(self, period: Period | None) -> Days:
        """From which day until before which a figure speaks."""
        return (period.start, period.end) if period else (self.request.question.first, None)
