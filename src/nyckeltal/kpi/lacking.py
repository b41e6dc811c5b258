"""Why a figure has no value: nothing there, nothing told, or nothing ripe yet. What is not known is never taken for nought."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from nyckeltal.kpi.fields import fields
from nyckeltal.kpi.formula import TABLED
from nyckeltal.kpi.nameless import nameless
from nyckeltal.kpi.silence import Silence, one_sided
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nyckeltal.kpi.compile import Part, Plan
    from nyckeltal.kpi.engine.run import Key
    from nyckeltal.kpi.engine.sums import Sums
    from nyckeltal.kpi.known import Known
    from nyckeltal.kpi.request import Request
    from nyckeltal.when.period import Period

Reason = tuple[str, Text]


class Lacking:
    """Of one plan: `why` gives the reason for one figure, None where it has a value."""

    def __init__(self, request: Request, plan: Plan) -> None:
        self.request, self.plan = request, plan
        self.also: Known | None = None  # how far summaries tell of it, where they do
        self.silences = [Silence(request, plan, part) for part in plan.parts]

    @cached_property
    def anything(self) -> bool:
        """Whether any source leaves out anything."""
        return any(silence.anything for silence in self.silences)

    def clients_left_out(self, fact: str) -> frozenset[str]:
        """The clients of which nothing is counted that this fact tells."""
        found = [silence.clients_left_out for silence in self.silences if silence.scan.over == fact]
        lone = one_sided(self.request, self.plan) if self.plan.formula.kind == "ratio" else []
        return frozenset.intersection(*found).union(*lone)

    def why(self, key: Key, period: Period | None, sums: Sequence[Sums], bottom: float) -> Reason | None:
        if self.plan.formula.kind == "ratio":
            sides = [self._of_side(number, key, period, found) for number, found in enumerate(sums)]
            missing = next((reason for reason in sides if reason), None)
            return missing or (None if bottom else self._empty(sums[-1]))
        return self._of_one(key, period, sums[0], bottom)

    def _of_one(self, key: Key, period: Period | None, sums: Sums, bottom: float) -> Reason | None:
        kind, part = self.plan.formula.kind, self.plan.parts[0]
        silent = self._silent(0, key) if sums.n == 0 or bottom == 0 else []
        covered = sums.rows > 0 or self._covers(part, key, period)
        told = covered and not silent and not _unstated(part, sums)
        if told if kind in ("count", "total") else sums.value is not None if kind in TABLED else bottom:
            return None
        if sums.waiting:
            return "immature", Text("figure.immature", "%(n)s have not waited long enough to be counted.", {"n": sums.waiting})
        return _not_in_source(silent) if silent and covered else self._empty(sums)

    def _of_side(self, number: int, key: Key, period: Period | None, sums: Sums) -> Reason | None:
        """A side of a ratio of which nothing is known is not nought, nor is one without rows beside another's that name nobody."""
        part = self.plan.parts[number]
        if not sums.rows and None in key[1]:
            return self._empty(sums)
        if not sums.rows and not self._covers(part, key, period):
            return self._empty(sums) if self.request.known(part.scan.over).stretches else _not_in_source([part.scan.over])
        if sums.n == 0 and (silent := self._silent(number, key)):
            return _not_in_source(silent)
        return self._empty(sums) if _unstated(part, sums) else None

    def _silent(self, number: int, key: Key) -> list[str]:
        """What no source behind a side that counts nothing ever tells: what counting needs, or whose its rows are."""
        return self.silences[number].whole(key) or self._nameless(number, key[1])

    def _nameless(self, number: int, by: tuple[Any, ...]) -> list[str]:
        if (number, by) not in self._found_nameless:
            of_two = self.plan.formula.kind == "ratio"
            self._found_nameless[number, by] = nameless(self.request, self.plan.parts[number].scan, by, of_two=of_two)
        return self._found_nameless[number, by]

    @cached_property
    def _found_nameless(self) -> dict[tuple[int, tuple[Any, ...]], list[str]]:
        return {}

    def _covers(self, part: Part, key: Key, period: Period | None) -> bool:
        clients = self.request.clients(part.scan, key[1])
        return self.request.known(part.scan.over).covers(period, clients) or (self.also is not None and self.also.covers(period, clients))

    def _empty(self, sums: Sums) -> Reason:
        return "no_data", sums.why or self._nothing

    @cached_property
    def _nothing(self) -> Text:
        return self.plan.kpi.text("reading.empty")


def _unstated(part: Part, sums: Sums) -> bool:
    """Whether there are rows and none of them says what is to be added up."""
    return part.measure.kind == "total" and sums.n == 0 and sums.rows > 0


def _not_in_source(words: Sequence[str]) -> Reason:
    return "not_in_source", Text("figure.not_in_source", "The source never fills %(words)s.", {"words": fields(words)})
