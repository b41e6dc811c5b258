"""What is not shown because so few stand behind it that it would tell of one of them: by whom the asker may see, and by what the KPI's file
says of its answers (reference 6.5). No floor switches it off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from nyckeltal.kpi import few
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.compile import Plan
    from nyckeltal.kpi.engine.run import Key
    from nyckeltal.kpi.request import Found, Request

Behind = dict["Key", int]

beside = Text("figure.beside_few", "Not shown, to protect those asked")


class Hidden:
    """Of one plan: which of its figures are hidden, and why. `keys` are in order, so that of two alike always the same one is hidden."""

    def __init__(self, request: Request, plan: Plan, found: Sequence[Found], keys: Sequence[Key]) -> None:
        self.request, self.plan, self.found, self.keys = request, plan, found, keys

    def why(self, key: Key) -> Text | None:
        """Why a figure is hidden, if it is."""
        if key in self._of_few:
            return self._of_few[key]
        return beside if key in self._beside_few else None

    @cached_property
    def _rules(self) -> list[tuple[Behind, int, Text]]:
        """How many stand behind each figure, how many must, and what to say where fewer do."""
        least, asked = self.plan.kpi.privacy.get("least"), self.request.question.least_persons
        found = [(self._persons, asked, _few_persons(asked))] if self._persons else []
        if least:
            of_persons = self.plan.kpi.privacy.get("of") is not None
            found.append((self._answers, least, _few_persons(least) if of_persons else _few_answers(least)))
        return found

    @cached_property
    def _of_few(self) -> dict[Key, Text]:
        found = {key: said for behind, least, said in self._rules for key in few.too_few(behind, least)}
        if self.plan.kpi.privacy.get("least"):
            found |= dict.fromkeys(self._leaving_few, beside)
        return found

    @cached_property
    def _beside_few(self) -> set[Key]:
        return {key for behind, least, _ in self._rules for key in few.beside(behind, few.too_few(behind, least), least)}

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
        persons = self.plan.kpi.privacy.get("of") is not None
        return {key: found[key].distinct if persons else found[key].n for key in (self.keys or found) if key in found}

    @cached_property
    def _leaving_few(self) -> set[Key]:
        """Figures of a part that leave so few of the whole that a subtraction would tell of them."""
        part = self.plan.parts[-1]
        if part.scan.asked is None and not part.scan.within:
            return set()
        least = self.plan.kpi.privacy["least"]
        whole = self._behind(self.request.ran(self.plan, replace(part, scan=replace(part.scan, asked=None, within=()))))
        return {key for key, n in self._answers.items() if n and 0 < whole.get(key, n) - n < least}


def _few_persons(least: int) -> Text:
    return Text("figure.few_persons", "Fewer than %(least)s persons stand behind this, so it is not shown.", {"least": least})


def _few_answers(least: int) -> Text:
    return Text("figure.few_answers", "Fewer than %(least)s have answered, so it is not shown.", {"least": least})
