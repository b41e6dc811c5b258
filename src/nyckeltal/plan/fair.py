"""Fair comparison of persons (kpi-reference 3.7 to 3.10): the same kind of contacts, the same experience, room for chance, many looked at at once.

What was observed stands against what the comparison group would have given with the same mix of reasons, channels and time in the job.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Literal

from nyckeltal.stats.compare import INNER, OUTER, Funnel, benjamini_hochberg, beta_binomial, of_means, of_shares, shrink
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure

MIX = ("reason2", "channel", "tenure")  # what a cell is made of, what gives way first last
WAITED = frozenset({"csat"})  # what customers think of a contact also hangs on how long they had waited, which nobody who answers can change
WITH_WAIT = ("reason2", "channel", "wait", "tenure")
WAITS = (  # every answer is in one of these, and in no other
    "contact.wait_s <= 30",
    "contact.wait_s > 30 and contact.wait_s <= 120",
    "contact.wait_s > 120 and contact.wait_s <= 300",
    "contact.wait_s > 300",
    "contact.wait_s is None",
)
LEAST = 30  # contacts in a cell
FEWEST = 3  # persons who can be compared
FALSE_ALARMS = 0.05  # among those named, at most
ALIKE = 0.05  # a mix that moves the value by less is like the others'
SAME = 1e-9
UNITS = ("share", "seconds", "score")
Place = Literal["usual", "look", "unusual"]
Cell = tuple[Hashable, ...]
Cells = Mapping[str, Mapping[Cell, tuple[float, float]]]  # by person: how much was counted, and its sum


@dataclass(frozen=True)
class Fair:
    """One person's figure among the others'. `value` is adjusted, with its interval; `expected` what the group would have had with the same mix.

    `q` is how much of a false alarm it may be among all that are looked at (None where there is no funnel). `adjusting` is false where nothing is told apart.
    """

    agent: str
    kpi: str
    unit: str
    better: str
    raw: float
    value: float
    expected: float
    overall: float
    n: float
    low: float | None = None
    high: float | None = None
    shrunken: float | None = None
    q: float | None = None
    place: Place = "usual"

    @property
    def harder(self) -> int:
        """1 where this person's contacts are harder than the others', -1 where easier, 0 where they are alike."""
        ratio = self.expected / self.overall if self.overall else 1.0
        if abs(ratio - 1) < ALIKE:
            return 0
        return 1 if (ratio > 1) == (self.better == "lower") else -1

    @property
    def sentence(self) -> Text:
        """To the person."""
        return self._said(_TO_PERSON[self.harder])

    @property
    def about(self) -> Text:
        """To the leader."""
        return self._said(_ABOUT[self.harder])

    def _said(self, text: Text) -> Text:
        return Text(text.id, text.english, {"expected": Amount(self.expected, self.unit), "value": Amount(self.raw, self.unit)})


_TO_PERSON: Mapping[int, Text] = {
    1: Text("fair.you_harder", "Your contacts are harder than the others’: with the same mix a colleague would have had %(expected)s; you have %(value)s."),
    -1: Text("fair.you_easier", "Your contacts are easier than the others’: with the same mix a colleague would have had %(expected)s; you have %(value)s."),
    0: Text("fair.you_alike", "Your contacts are like the others’: with the same mix a colleague would have had %(expected)s; you have %(value)s."),
}
_ABOUT: Mapping[int, Text] = {
    1: Text("fair.about_harder", "Harder contacts than the others’: with the same mix a colleague would have had %(expected)s; this person has %(value)s."),
    -1: Text("fair.about_easier", "Easier contacts than the others’: with the same mix a colleague would have had %(expected)s; this person has %(value)s."),
    0: Text("fair.about_alike", "Contacts like the others’: with the same mix a colleague would have had %(expected)s; this person has %(value)s."),
}


@dataclass(frozen=True)
class Family:
    """One KPI over one period and one group: the funnel, and everybody in it by agent."""

    funnel: Funnel
    logs: bool
    people: Mapping[str, Fair]
    overall: float

    @property
    def spread(self) -> bool:
        """Whether they differ by more than chance gives."""
        return self.funnel.extra > 0

    def limits(self, n: float, z: float) -> tuple[float, float]:
        low, high = self.funnel.limits(n, z)
        return (self.overall * exp(low), self.overall * exp(high)) if self.logs else (low, high)


def fair(figures: Sequence[Figure], better: str, parents: Mapping[str, str] | None = None, mix: Sequence[str] = MIX) -> Family | None:
    """From the figures of a group by agent and `mix`, summed. `parents`: the reason of level 1 above each of level 2. None for too few persons,
    and for kinds of figures that have no such comparison."""
    known = [one for one in figures if one.by.get("agent") and one.numerator is not None and one.denominator]
    if not known or {one.unit for one in known} - set(UNITS) or len({one.unit for one in known}) > 1:
        return None
    cells = cells_of(known, mix)
    expected, unit = expectations(cells, parents or {}), known[0].unit
    overall = _overall(cells)
    if len(expected) < FEWEST or overall <= 0:
        return None
    people = {agent: _person(known[0], better, agent, cells[agent], expected[agent], overall) for agent in expected}
    if unit == "share":
        return _of_shares(people, overall)
    error = _single(known, logs=unit == "seconds")
    return None if error is None else _of_means(people, overall, error, logs=unit == "seconds")


def tells_of_waits(kpi: str, figures: Sequence[Figure]) -> bool:
    """Whether some contacts of one kind are enough to be told apart by how long customers had waited."""
    found: dict[Cell, float] = {}
    for one in figures if kpi in WAITED else ():
        cell = tuple(one.by.get(part) for part in MIX[:2])
        found[cell] = found.get(cell, 0.0) + (one.denominator or 0.0)
    return max(found.values(), default=0.0) >= 2 * LEAST


def by_wait(whole: Sequence[Figure], parts: Mapping[str, Sequence[Figure]]) -> list[Figure] | None:
    """The same figures each with the wait it is about, from one answer for each of WAITS; None where together they are not the whole."""
    apart = [replace(one, by={**one.by, "wait": wait}) for wait, figures in parts.items() for one in figures]
    sums = [(sum(one.denominator or 0 for one in figures), sum(one.numerator or 0 for one in figures)) for figures in (whole, apart)]
    return apart if all(abs(a - b) <= SAME * max(abs(a), 1.0) for a, b in zip(*sums, strict=True)) else None


def cells_of(figures: Sequence[Figure], mix: Sequence[str] = MIX) -> Cells:
    found: dict[str, dict[Cell, tuple[float, float]]] = {}
    for one in figures:
        mine, cell = found.setdefault(str(one.by["agent"]), {}), tuple(one.by.get(part) for part in mix)
        n, total = mine.get(cell, (0.0, 0.0))
        mine[cell] = (n + (one.denominator or 0), total + (one.numerator or 0))
    return found


def expectations(cells: Cells, parents: Mapping[str, str] | None = None) -> dict[str, float]:
    """What each person's mix would have given at the group's means: the sum, beside their own sum. A cell with fewer than 30 contacts, or with
    one person's alone, is read as the wider one it is part of: without tenure, without channel, by the reason above, as all."""
    sums: dict[Cell, tuple[float, float]] = {}
    persons: dict[Cell, set[str]] = {}
    for agent, mine in cells.items():
        for cell, (n, total) in mine.items():
            for wide in _wider(cell, parents or {}):
                before = sums.get(wide, (0.0, 0.0))
                sums[wide] = (before[0] + n, before[1] + total)
                persons.setdefault(wide, set()).add(agent)

    def mean(cell: Cell) -> float:
        *narrow, everything = _wider(cell, parents or {})
        chosen = next((one for one in narrow if sums[one][0] >= LEAST and len(persons[one]) > 1), everything)
        return sums[chosen][1] / sums[chosen][0]

    return {agent: sum(n * mean(cell) for cell, (n, _) in mine.items()) for agent, mine in cells.items()}


def _wider(cell: Cell, parents: Mapping[str, str]) -> list[Cell]:
    """The cell, and each it is part of, the widest last. Each stands under its depth, so that two never mix."""
    reason = str(cell[0])
    steps: list[Cell] = [("cell", depth, *cell[:depth]) for depth in range(len(cell), 0, -1)]
    return [*steps, ("above", parents.get(reason, reason)), ("all",)]


def _overall(cells: Cells) -> float:
    n = sum(n for mine in cells.values() for n, _ in mine.values())
    return sum(total for mine in cells.values() for _, total in mine.values()) / n if n else 0.0


def _person(alike: Figure, better: str, agent: str, mine: Mapping[Cell, tuple[float, float]], expected: float, overall: float) -> Fair:
    n, total = sum(n for n, _ in mine.values()), sum(total for _, total in mine.values())
    value = total / expected * overall if expected > 0 else total / n
    return Fair(agent, alike.kpi, alike.unit, better, total / n, min(value, 1.0) if alike.unit == "share" else value, expected / n, overall, n)


def _of_shares(people: Mapping[str, Fair], overall: float) -> Family:
    from nyckeltal.stats.proportion import wilson

    values, ns = [one.value for one in people.values()], [one.n for one in people.values()]
    funnel = of_shares(overall, values, ns)
    prior = beta_binomial([(value * n, n) for value, n in zip(values, ns, strict=True)])
    found = {}
    for one in people.values():
        around = wilson(one.value * one.n, one.n)
        shrunken = prior.posterior(one.value * one.n, one.n) if prior else overall
        low, high = (around.low, around.high) if around else (None, None)
        found[one.agent] = replace(one, low=low, high=high, shrunken=shrunken)
    return Family(funnel, logs=False, people=_placed(funnel, found, values), overall=overall)


def _of_means(people: Mapping[str, Fair], overall: float, error: float, *, logs: bool) -> Family | None:
    """Times as the logarithm of observed through expected, marks as they are."""
    if logs and min(one.value for one in people.values()) <= 0:
        return None
    ns = [one.n for one in people.values()]
    worked = [log(one.value / overall) if logs else one.value for one in people.values()]
    funnel = of_means(0.0 if logs else overall, error, worked, ns)
    pooled = shrink(worked, [error / sqrt(n) for n in ns])
    found = {}
    for at, one in enumerate(people.values()):
        half = INNER * error / sqrt(one.n)
        low, high = (one.value * exp(-half), one.value * exp(half)) if logs else (one.value - half, one.value + half)
        drawn = pooled.groups[at].value if pooled else worked[at]
        found[one.agent] = replace(one, low=low, high=high, shrunken=overall * exp(drawn) if logs else drawn)
    return Family(funnel, logs, _placed(funnel, found, worked), overall)


def _placed(funnel: Funnel, people: Mapping[str, Fair], worked: Sequence[float]) -> dict[str, Fair]:
    """Who lies where chance alone seldom puts anybody: a look beyond 19 in 20, unusual only beyond 998 in 1,000 and no false alarm among so many."""
    ps = [funnel.p(value, one.n) if funnel.error_at(one.n) > 0 else 1.0 for value, one in zip(worked, people.values(), strict=True)]
    found = {}
    for one, value, q in zip(people.values(), worked, benjamini_hochberg(ps), strict=True):
        outside = not funnel.holds(value, one.n, INNER)
        rare = not funnel.holds(value, one.n, OUTER) and q <= FALSE_ALARMS
        found[one.agent] = replace(one, q=q, place="unusual" if rare else "look" if outside else "usual")
    return found


def _single(figures: Sequence[Figure], *, logs: bool) -> float | None:
    """The standard deviation of one observation within a cell, told by the intervals of cells that have one; of times as a share of their mean."""
    told = [(n, spread) for one in figures if (spread := _spread(one, logs=logs)) is not None and (n := float(one.n or 0)) >= 2]
    weight = sum(n - 1 for n, _ in told)
    return sqrt(sum((n - 1) * spread**2 for n, spread in told) / weight) if weight > 0 else 1.0 if logs else None


def _spread(figure: Figure, *, logs: bool) -> float | None:
    from scipy.special import stdtrit

    n, low, high = float(figure.n or 0), figure.low, figure.high
    if low is None or high is None or n < (LEAST if logs else 3) or (logs and low <= 0):
        return None
    width = log(high / low) if logs else high - low
    return float(width / (2 * stdtrit(n - 1, 0.975)) * sqrt(n))
