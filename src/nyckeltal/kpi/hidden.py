"""What is not shown because so few stand behind it that it would tell of one of them: by whom the asker may see, and by what the KPI's file
says of its answers (reference 6.5). No floor switches it off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from nyckeltal.kpi import few
from nyckeltal.kpi.vocabulary import GROUPS_OF_AGENTS
from nyckeltal.when.period import Grain, Period
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from nyckeltal.kpi.compile import Plan
    from nyckeltal.kpi.engine.run import At, Key
    from nyckeltal.kpi.request import Found, Request

Behind = dict["Key", int]
Days = Callable[["At"], Period | None]

beside = Text("figure.beside_few", "Not shown, to protect those asked")


class Hidden:
    """Of one plan: which of its figures are hidden, and why. `keys` are in order, so that of two alike always the same one is hidden;
    `days` tells which days a figure rests on."""

    def __init__(self, request: Request, plan: Plan, found: Sequence[Found], keys: Sequence[Key], days: Days) -> None:
        self.request, self.plan, self.found, self.keys, self.days = request, plan, found, keys, days
        self.least: int = plan.kpi.privacy.get("least") or 0
        self.of_persons = plan.kpi.privacy.get("of") is not None

    def why(self, key: Key) -> Text | None:
        """Why a figure is hidden, if it is."""
        if key in self._of_few:
            return self._of_few[key]
        return beside if key in self._beside_few else None

    @cached_property
    def _rules(self) -> list[tuple[Behind, int, bool, Text]]:
        """How many stand behind each figure, how many must, whether they are persons, and what to say where fewer do."""
        asked = self.request.question.least_persons
        found = [(self._persons, asked, True, _few_persons(asked))] if self._persons else []
        if self.least:
            found.append((self._answers, self.least, self.of_persons, _few_persons(self.least) if self.of_persons else _few_answers(self.least)))
        return found

    @cached_property
    def _of_few(self) -> dict[Key, Text]:
        found = {key: said for behind, least, _, said in self._rules for key in few.too_few(behind, least)}
        return dict.fromkeys((*self._leaving_few, *self._cutting_few, *self._narrowed), beside) | found if self.least else found

    @cached_property
    def _beside_few(self) -> set[Key]:
        by = self.plan.parts[0].scan.by
        groups = {at for at, name in enumerate(by, 1) if name == "agent" or name in GROUPS_OF_AGENTS}
        found: set[Key] = set()
        for behind, least, of_persons, _ in self._rules:
            hidden = few.too_few(behind, least) | (self._cutting_few & behind.keys() if least == self.least else set())
            found |= few.beside(behind, hidden, least, groups if of_persons else None)
        return found

    @cached_property
    def _persons(self) -> Behind:
        """The agents behind each figure, where the asker may not see single ones."""
        counted = [each for part, each in zip(self.plan.parts, self.found, strict=True) if part.scan.persons]
        return {key: min(each[key].persons for each in counted if key in each) for key in self.keys if any(key in each for each in counted)}

    @cached_property
    def _answers(self) -> Behind:
        return self._behind(self.found[-1])

    def _behind(self, found: Found) -> Behind:
        """Answers, or persons where the file says by which column they are told; of a ratio those below the line."""
        return {key: found[key].distinct if self.of_persons else found[key].n for key in (self.keys or found) if key in found}

    @cached_property
    def _leaving_few(self) -> set[Key]:
        """Figures of a part that leave so few of the whole that a subtraction would tell of them."""
        part = self.plan.parts[-1]
        if part.scan.asked is None:
            return set()
        whole = self._behind(self.request.ran(self.plan, replace(part, scan=replace(part.scan, asked=None))))
        return {key for key, n in self._answers.items() if n and 0 < whole.get(key, n) - n < self.least}

    @cached_property
    def _cutting_few(self) -> set[Key]:
        """Figures of days that, less those of other days, would tell of a few: the difference of two cuts counts as a cut."""
        if not self.least or not self._answers:
            return set()
        part = self.plan.parts[-1]
        days = replace(part.scan, per=Grain.DAY, first=None, last=None)
        by_day: dict[tuple[object, ...], dict[date, int]] = {}
        for (at, by), sums in self.request.ran(replace(self.plan, formula=replace(self.plan.formula, rolling_months=None)), replace(part, scan=days)).items():
            by_day.setdefault(by, {})[at[0]] = sums.distinct if self.of_persons else sums.n
        pieces = {by: few.stretches(behind, self.least, adds_up=not self.of_persons) for by, behind in by_day.items()}
        return {key for key in self._answers if any(_cuts(self._reach(key[0]), piece) for piece in pieces.get(key[1], ()))}

    def _reach(self, at: At) -> tuple[date, date]:
        """The first and the last day that a figure rests on."""
        period = self.days(at) if at or self.plan.formula.rolling_months else None
        return (period.start, period.last) if period else (self.request.question.first or date.min, self.request.question.last or date.max)

    @cached_property
    def _narrowed(self) -> set[Key]:
        """Figures of some groups, where groups of them are hidden beside one another and these are not all of those."""
        scan = self.plan.parts[-1].scan
        by = tuple(name for name, _ in scan.within if name not in scan.by)
        if not scan.within:
            return set()
        parts = tuple(replace(part, scan=replace(part.scan, by=(*part.scan.by, *by), within=())) for part in self.plan.parts)
        wide = replace(self.plan, parts=parts)
        found = [self.request.ran(wide, part) for part in parts]
        cells = sorted({key for each in found for key in each}, key=repr)
        hidden = Hidden(self.request, wide, found, cells, self.days)
        out = [cell for cell in cells if hidden.why(cell)]
        if not by:
            return {*out}
        return {key for key in self.keys if _is_told_apart([cell for cell in out if _lies_in(cell, key)], dict(scan.within), parts[0].scan.by)}


def _cuts(asked: tuple[date, date], piece: tuple[date, date]) -> bool:
    inside = asked[0] <= piece[0] and piece[1] <= asked[1]
    return not inside and asked[0] <= piece[1] and piece[0] <= asked[1]


def _lies_in(cell: Key, key: Key) -> bool:
    return cell[0] == key[0] and cell[1][: len(key[1])] == key[1]


def _is_told_apart(hidden: Sequence[Key], within: Mapping[str, Collection[str]], by: Sequence[str]) -> bool:
    """Whether some of the hidden cells are in the figure and some are not."""
    are_in = {all(value in within.get(name, (value,)) for name, value in zip(by, cell[1], strict=True)) for cell in hidden}
    return len(are_in) == 2


def _few_persons(least: int) -> Text:
    return Text("figure.few_persons", "Fewer than %(least)s persons stand behind this, so it is not shown.", {"least": least})


def _few_answers(least: int) -> Text:
    return Text("figure.few_answers", "Fewer than %(least)s have answered, so it is not shown.", {"least": least})
