"""Sources that keep no contacts: what their sums by interval or day tell of a KPI is added to what contacts tell (decision 0020)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.where import parse_value
from nyckeltal.kpi.compile import Measure, Part, Refused, Writer, mentioned, settings_of
from nyckeltal.kpi.definition import Said
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.engine.overlap import SUMMARY
from nyckeltal.kpi.engine.sums import Sums
from nyckeltal.kpi.fields import fields
from nyckeltal.kpi.formula import read_formula
from nyckeltal.kpi.known import Known
from nyckeltal.kpi.vocabulary import DIMENSIONS, TEAM_LISTS, words
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.compile import Plan
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.kpi.engine.run import Key
    from nyckeltal.kpi.request import Found, Request

_OF_CONTACTS = frozenset({"contact", "queue_visit", "segment"})
_TEXTS = {
    "in_time_s": Text("summary.other_limit", "Summaries by interval or day count “in time” by another limit than is asked for."),
    "short_s": Text("summary.other_short", "Summaries by interval or day count quick hang-ups by another limit than is asked for, or do not tell them."),
    "in_hours": Text("summary.hours", "Summaries by interval or day do not tell who came in opening hours. Ask for the variant of all hours."),
    "length_s": Text("summary.too_long", "Summaries are of longer stretches than is asked for."),
}
_GIVEN = {f"{part}_sum_s": f"{part}_s" for part in ("wait", "talk", "hold", "acw", "handle")} | {"came_n": "offered_n", "timely_n": "in_time_n"}
not_told = Text("summary.not_told", "Only sums by interval or day are known here, and this cannot be told from sums.")
no_spread = Text("summary.no_spread", "Sums tell no spread, so no interval is given.")


@dataclass(frozen=True)
class Read:
    """What is summed, and by which conditions a summary may fail to tell it."""

    top: Part
    bottom: Part | None
    needs: Mapping[str, str]

    @property
    def measures(self) -> list[Measure]:
        return [self.top.measure, *([self.bottom.measure] if self.bottom else [])]


def told(kpi: Kpi, variant: str) -> Text:
    """Whether a source that keeps no contacts tells it, and by which fields of a summary; else why not."""
    said = kpi.summary.get(variant)
    others = tuple({str(told): told for name in kpi.summary if name != "where" for told in [_called(kpi, name)]}.values())
    if isinstance(said, Mapping):
        fields = {_GIVEN.get(word, word) for part in said.values() for word in re.findall(r"\w+", part)}
        given = [column.name for column in TABLES[SUMMARY].loaded if column.name in fields]
        return Text(
            "summary.tells", "A source that keeps only sums by interval or day tells it too, where its rows have %(fields)s.", {"fields": ", ".join(given)}
        )
    if others:
        return Text("summary.tells_others", "A source that keeps only sums by interval or day tells other variants of it: %(told)s.", {"told": others})
    return Text("summary.tells_not", "A source that keeps only sums by interval or day cannot tell it: it takes single contacts.")


def _called(kpi: Kpi, variant: str) -> Text:
    """The default one is called where the formula is."""
    of_variant, of_all = kpi.variants.get(variant, {}).get("called"), kpi.base.words.get("called")
    return kpi.text(f"variants.{variant}.called" if of_variant else "words.called" if of_all else "name")


class Summaries:
    """Of one plan. `used`: the figures that rest on summaries, and on how many contacts of theirs."""

    def __init__(self, request: Request, plan: Plan) -> None:
        self.request, self.plan, self.question = request, plan, request.question
        self.used: dict[Key, float] = {}

    @cached_property
    def asked(self) -> bool:
        """Whether there are any, and this is about contacts."""
        overs = {part.scan.over for part in self.plan.parts}
        return bool(overs & _OF_CONTACTS) and bool(self.request.facts.months(SUMMARY))

    @property
    def tell(self) -> bool:
        return self.asked and isinstance(self._read, Read)

    @property
    def not_told(self) -> Text | None:
        """Why they tell nothing of what is asked, where they are there."""
        return self._read if self.asked and isinstance(self._read, Text) else None

    @cached_property
    def known(self) -> Known:
        """How far contacts or summaries are known."""
        return Known(self.plan.parts[0].scan.over, self.request.organisation, self.request.zones, self.request.now, also=SUMMARY)

    def added(self, found: Found) -> Found:
        """The sums of contacts and of summaries together."""
        added = dict(found)
        for key, (rows, told, top, bottom) in self._sums.items():
            before = added.get(key) or Sums(top=0, bottom=0)
            n = round(bottom if isinstance(self._read, Read) and self._read.bottom else top)
            added[key] = replace(
                before, rows=before.rows + rows, top=(before.top or 0) + top, bottom=(before.bottom or 0) + bottom, n=before.n + n, each=None, clusters=None
            )
            if told:
                self.used[key] = n
        return added

    def reason(self, key: Key) -> tuple[str, Text] | None:
        """Why a figure that rests on no contact has no value though there are summaries."""
        if not self.asked:
            return None
        rows, told, *_ = self._sums.get(key, (0, 0))
        if rows > told:
            return "not_in_source", self._why(key)
        return ("not_in_source", self.not_told) if self.not_told and not self.request.facts.months("contact") else None

    def said(self, key: Key) -> Iterator[Text]:
        """What a reader must know of a figure beside which there are summaries."""
        if not self.asked:
            return
        rows, told, *_ = self._sums.get(key, (0, 0))
        if key in self.used:
            english = "Summaries tell %(n)s of those it rests on. Where contacts of a queue and day are known, those count and the summary does not."
            yield Text("summary.used", english, {"n": f"{self.used[key]:.0f}"})
            if self.plan.formula.kind == "mean":
                yield no_spread
        if rows > told:
            yield Text("summary.left_out", "%(n)s summaries are not in it. %(why)s", {"n": rows - told, "why": self._why(key)})

    # ── what they tell ──

    @cached_property
    def _read(self) -> Read | Text:
        """What their sums are, or why they do not tell this."""
        said = self.plan.kpi.summary.get(self.plan.variant)
        if not self._narrowed:
            return not_told
        if "hour" in mentioned(self.question.where) and self._longer():
            return _TEXTS["length_s"]
        try:
            return self._parts(said) if isinstance(said, Mapping) else self._others()
        except Refused as refused:
            return Text("summary.refused", "Only sums by interval or day are known here. %(why)s", {"why": refused.text})

    def _others(self) -> Text:
        told = [name for name in self.plan.kpi.summary if name != "where"]
        if not told:
            return not_told
        english = "Only sums by interval or day are known here. Of this they tell the variants: %(told)s"
        return Text("summary.other_variants", english, {"told": ", ".join(told)})

    def _parts(self, said: Mapping[str, str]) -> Read:
        needs = self._needs(said)
        told = " and ".join(needs.values())
        sides = [self._part("total", of=said[side], among=told) for side in ("top", "bottom") if side in said]
        return Read(sides[0], sides[1] if len(sides) > 1 else None, needs)

    def _needs(self, said: Mapping[str, str]) -> dict[str, str]:
        """By word the condition without which a summary does not tell it."""
        needs = {word: f"{word} is not None" for side in ("top", "bottom") for word in words_of(said.get(side, ""))}
        needs |= {part.split()[0]: part for part in said.get("when", "").split(" and ") if part}
        return needs | ({"length_s": f"length_s <= {finest}"} if (finest := self._finest()) else {})

    def _finest(self) -> int | None:
        per = self.question.per
        by_hour = "hour" in {*self.question.by, *mentioned(self.question.where), *(name for name, _ in self.question.within)}
        slots = [*([3600] if by_hour else []), *([per.minutes * 60] if per and per.minutes else [])]
        return min(slots, default=None)

    @property
    def _narrowed(self) -> bool:
        """Whether the question's condition can be held against sums: a wait or an end is one contact's."""
        return not mentioned(self.question.where) - DIMENSIONS.keys()

    def _longer(self) -> bool:
        """Whether there are summaries that no hour can be told from."""
        try:
            part = self._part("count", among="length_s > 3600")
        except Refused:
            return False
        part = replace(part, scan=replace(part.scan, asked=None))
        return any(sums[0].n for sums in self._run(part, [part.measure]).values())

    def _part(self, kind: str, **said: str) -> Part:
        scan, kpi = self.plan.parts[0].scan, self.plan.kpi
        keys: dict[str, Any] = {"kind": kind, "over": SUMMARY, "direction": scan.direction, **said}
        keys |= {"where": kpi.summary["where"]} if "where" in kpi.summary else {}
        keys |= {"credit": scan.credit} if scan.credit in TEAM_LISTS else {}
        settings = settings_of(self.question, kpi)
        question = self.question if self._narrowed else replace(self.question, where=None)
        writer = Writer(question, kpi, self.request.kpis, settings, self.plan.level, frozenset())
        return writer.part(read_formula(Said(keys, {}), settings))

    # ── what there is ──

    @cached_property
    def _sums(self) -> Mapping[Key, tuple[int, int, float, float]]:
        """By group how many summaries there are, how many tell what is asked, and their two sums."""
        if not self.asked:
            return {}
        if isinstance(self._read, Read):
            return {key: _told(sums) for key, sums in self._run(self._read.top, self._read.measures).items()}
        try:
            part = self._part("count")
        except Refused:
            return {}
        return {key: (sums[0].n, 0, 0.0, 0.0) for key, sums in self._run(part, [part.measure]).items() if sums[0].n}

    def _run(self, part: Part, measures: list[Measure]) -> dict[Key, list[Sums]]:
        organisation, facts = self.request.organisation, self.request.facts
        return engine.run(engine.prepare(part.scan, measures, organisation, self.request.known(SUMMARY)), facts)

    def _why(self, key: Key) -> Text:
        """Of summaries that do not tell it: which words they lack, or by what other limits they count."""
        if isinstance(self._read, Text):
            return self._read
        failing = [word for word, sums in self._failing.items() if key in sums and sums[key][0].n]
        said = next((_TEXTS[word] for word in failing if word in _TEXTS), None)
        return said or Text("figure.not_in_source", "The source never fills %(words)s.", {"words": fields([_GIVEN.get(word, word) for word in failing])})

    @cached_property
    def _failing(self) -> Mapping[str, Mapping[Key, list[Sums]]]:
        """By word the summaries that fail by it."""
        if not isinstance(self._read, Read):
            return {}
        parts = {word: self._part("count", among=f"not ({condition})") for word, condition in self._read.needs.items()}
        return {word: self._run(part, [part.measure]) for word, part in parts.items()}


def words_of(side: str) -> list[str]:
    """The words of a sum."""
    from nyckeltal.contacts.expression import names

    return [name.name for name in names(parse_value(side, words(SUMMARY)))] if side else []


def _told(sums: list[Sums]) -> tuple[int, int, float, float]:
    top, bottom = sums[0], sums[-1]
    return top.rows, top.n, top.top or 0.0, bottom.top or 0.0
