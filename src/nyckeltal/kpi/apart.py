"""Values that must not be mixed: answers on several scales, amounts in several currencies (reference 1.5, 9.3.11)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from nyckeltal.kpi.fields import dimensions_called
from nyckeltal.kpi.silence import together
from nyckeltal.kpi.vocabulary import DIMENSIONS, dimension_word, dimensions
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.compile import Plan
    from nyckeltal.kpi.engine.run import Key
    from nyckeltal.kpi.request import Found, Request

CURRENCY = "currency"


class Apart:
    """Of one plan and what was found for its parts. Scales are not even set side by side; amounts are, each in its own currency."""

    def __init__(self, request: Request, plan: Plan, found: Sequence[Found]) -> None:
        self.request, self.plan, self.found, self.word = request, plan, found, plan.formula.apart
        self.asked = plan.parts[0].scan

    def whole(self) -> Text | None:
        """Why the whole question is refused, if it is."""
        if self.word == CURRENCY and (self.asked.by or self.asked.per):
            return None
        return None if self._name in self.asked.by else self._said({kind for each in self.found for key in each for kind in self._kinds(key)}, None)

    def one(self, key: Key) -> Text | None:
        """Why one figure is, where others are not."""
        return self._said(self._kinds(key), key) if self.word == CURRENCY else None

    def currency(self, key: Key) -> str | None:
        """The one currency of a figure that is an amount."""
        kinds = self._kinds(key) if self.word == CURRENCY and self.plan.unit == "money" else set()
        return next(iter(kinds)) or None if len(kinds) == 1 else None

    @property
    def _name(self) -> str | None:
        """The dimension by which to ask."""
        return next((name for name in DIMENSIONS if dimension_word(self.plan.counted, name) == self.word), self.word)

    def _kinds(self, key: Key) -> set[str]:
        sums = [each[key] for each in self.found if key in each]
        return {kind for it in sums for kind in (it.least, it.most) if kind is not None}

    def _said(self, kinds: set[str], key: Key | None) -> Text | None:
        """Why the one figure is refused, or all of them."""
        if self.word is None or len(kinds) < 2:
            return None
        if self.word == CURRENCY:
            return together(self._of_amounts(kinds, key))
        least, *_, most = sorted(kind or "–" for kind in kinds)
        values = {"word": self._name, "least": least, "most": most}
        return Text("figure.apart", "Answers of several kinds (%(word)s: %(least)s, %(most)s) are not mixed. Ask by %(word)s.", values)

    def _of_amounts(self, kinds: set[str], key: Key | None) -> Iterator[Text]:
        """All currencies that are there, and by what the amounts can be told apart."""
        every = kinds | {by[-1] for at, by in self._by_currency if key is None or (at, by[:-1]) == key}
        yield Text("figure.currencies", "Amounts in several currencies (%(kinds)s) are not added up.", {"kinds": ", ".join(sorted(it or "–" for it in every))})
        if apart := [name for name in ("client", CURRENCY) if self._can_be_asked_by(name) and name not in self.asked.by]:
            yield Text("figure.currencies_by", "They can be asked by: %(by)s", {"by": dimensions_called(apart)})

    @cached_property
    def _by_currency(self) -> list[Key]:
        """The groups of whatever amounts there are, each with its currency last."""
        amounts = [part for part in self.plan.parts if CURRENCY in dimensions(part.scan.over, part.scan.credit, part.scan.place)]
        apart = [replace(part, scan=replace(part.scan, by=(*(it for it in part.scan.by if it != CURRENCY), CURRENCY))) for part in amounts]
        return [key for part in apart for key, sums in self.request.ran(self.plan, part).items() if sums.n or sums.top]

    def _can_be_asked_by(self, name: str) -> bool:
        return all(name in dimensions(part.scan.over, part.scan.credit, part.scan.place) for part in self.plan.parts)
