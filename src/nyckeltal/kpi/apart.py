"""Values that must not be mixed: answers on several scales, amounts in several currencies (reference 1.5, 9.3.11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nyckeltal.kpi.vocabulary import DIMENSIONS, dimension_word
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.compile import Plan
    from nyckeltal.kpi.engine.run import Key
    from nyckeltal.kpi.request import Found

CURRENCY = "currency"


class Apart:
    """Of one plan and what was found for its parts. Scales are not even set side by side; amounts are, each in its own currency."""

    def __init__(self, plan: Plan, found: Sequence[Found]) -> None:
        self.plan, self.found, self.word = plan, found, plan.formula.apart
        self.asked = plan.parts[0].scan

    def whole(self) -> Text | None:
        """Why the whole question is refused, if it is."""
        if self.word == CURRENCY and (self.asked.by or self.asked.per):
            return None
        return None if self._name in self.asked.by else self._said({kind for each in self.found for key in each for kind in self._kinds(key)})

    def one(self, key: Key) -> Text | None:
        """Why one figure is, where others are not."""
        return self._said(self._kinds(key)) if self.word == CURRENCY else None

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

    def _said(self, kinds: set[str]) -> Text | None:
        if self.word is None or len(kinds) < 2:
            return None
        least, *_, most = sorted(kind or "–" for kind in kinds)
        values = {"word": self._name, "least": least, "most": most}
        if self.word == CURRENCY:
            return Text("figure.currencies", "Amounts in several currencies (%(least)s, %(most)s) are not added up. Ask by currency or client.", values)
        return Text("figure.apart", "Answers of several kinds (%(word)s: %(least)s, %(most)s) are not mixed. Ask by %(word)s.", values)
