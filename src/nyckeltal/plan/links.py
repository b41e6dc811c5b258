"""Which KPIs pull against each other or along: known to the craft, and as seen in the organisation's own figures (kpi-reference 3.12)."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from nyckeltal.plan.around import Seen
from nyckeltal.plan.series import number
from nyckeltal.stats.association import FEWEST_GROUPS, FEWEST_PERIODS, Verdict, together
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.kpi.definition import Kpi, Said
    from nyckeltal.stats.association import Together

By = Literal["agent", "team"]
Table = dict[str, dict[int, float]]
DIFFERING = 0.3  # groups differ really where the spread of their correlations (Fisher's z) is more than this
_LAGS = (0, 1)


@dataclass(frozen=True)
class Link:
    """Two KPIs, oriented so that up is good. `known`: the craft knows that they oppose; `verdict` is None where own data cannot tell, and then
    `shared` says whether that is because both are made of the same parts. `lag`: `second` follows `first` so many periods later."""

    first: str
    second: str
    by: By
    known: bool
    verdict: Verdict | None = None
    r: float | None = None
    low: float | None = None
    high: float | None = None
    lag: int = 0
    groups: int = 0
    periods: int = 0
    differ: bool = False
    shared: bool = False
    balanced_by: tuple[str, ...] = ()

    @property
    def opposing(self) -> bool:
        """Known, or seen here. What is known is never cleared by data, only weakened."""
        return self.known or self.verdict == "opposing"

    @property
    def seen(self) -> Seen | None:
        return None if self.verdict is None else Seen(self.verdict, self.r, self.groups, self.periods)

    def sentence(self, catalogue: Mapping[str, Kpi]) -> Text:
        """What is known and what was seen, for whoever sets goals."""
        values: dict[str, object] = {"a": catalogue[self.first].text("name"), "b": catalogue[self.second].text("name")}
        values |= {"groups": self.groups, "periods": self.periods}
        if self.verdict is None:
            return self._untold(values)
        values |= {name: Amount(round(value or 0.0, 2), "alpha") for name, value in (("r", self.r), ("low", self.low), ("high", self.high))}
        return replace(_SENTENCES[self.by, self._case], values=values)

    @property
    def _case(self) -> str:
        if self.verdict == "opposing":
            return "later" if self.lag else "differ" if self.differ else "opposing"
        if self.verdict == "supporting":
            return "not_seen" if self.known else "supporting"
        return "not_seen" if self.known else "unclear"

    def _untold(self, values: Mapping[str, object]) -> Text:
        values = {**values, "fewest_groups": FEWEST_GROUPS, "fewest_periods": FEWEST_PERIODS}
        if self.shared:
            said = "“%(a)s” and “%(b)s” are made of the same parts, so own figures cannot tell whether people trade one for the other."
            return Text("links.shared", said, values)
        if self.known:
            said = (
                "“%(a)s” and “%(b)s” are known to pull against each other; own figures are too few to tell "
                "(it takes %(fewest_groups)s with %(fewest_periods)s periods each)."
            )
            return Text("links.known_only", said, values)
        said = "Own figures are too few to tell how “%(a)s” and “%(b)s” go together (it takes %(fewest_groups)s with %(fewest_periods)s periods each)."
        return Text("links.too_few", said, values)


def links(
    kpis: Iterable[str],
    catalogue: Mapping[str, Kpi],
    *,
    by: By = "agent",
    per: str = "month",
    start: date | str | None = None,
    end: date | str | None = None,
    within: Mapping[str, Collection[str]] | None = None,
    facts: Facts | None = None,
    home: Path | str | None = None,
    now: datetime | None = None,
) -> tuple[Link, ...]:
    """Every pair of these KPIs, from one question. What it finds is about all together and names nobody."""
    from nyckeltal.kpi.ask import ask

    chosen = [kpi for kpi in dict.fromkeys(kpis) if kpi in catalogue]
    asked = [kpi for kpi in chosen if not catalogue[kpi].said(None, by).refused]
    figures = ask(*asked, by=(by,), per=per, start=start, end=end, within=within, facts=facts, home=home, now=now).figures if len(asked) > 1 else ()
    return found(figures, chosen, catalogue, by)


def found(figures: Sequence[Figure], kpis: Sequence[str], catalogue: Mapping[str, Kpi], by: By = "agent") -> tuple[Link, ...]:
    """The same from figures that were asked already, by agent or team and period."""
    tables = {kpi: _table([one for one in figures if one.kpi == kpi], catalogue[kpi].better, by) for kpi in kpis}
    return tuple(_link(catalogue[a], catalogue[b], tables, catalogue, by) for a, b in combinations(kpis, 2))


def opposition(pairs: Iterable[Link]) -> dict[frozenset[str], Seen]:
    """For the rules: what own data says of each pair that it can tell of."""
    return {frozenset((one.first, one.second)): seen for one in pairs if (seen := one.seen) is not None}


def known_to_oppose(one: Kpi, other: Kpi) -> bool:
    return other.id in one.reading.get("opposed", ()) or one.id in other.reading.get("opposed", ())


def share_parts(one: Kpi, other: Kpi, catalogue: Mapping[str, Kpi], by: By = "agent") -> bool:
    """Whether both count or add up the same rows somewhere: then they move together, or apart, by arithmetic alone."""
    return bool(set(_parts(one.said(None, by), catalogue, by)) & set(_parts(other.said(None, by), catalogue, by)))


def _link(one: Kpi, other: Kpi, tables: Mapping[str, Table], catalogue: Mapping[str, Kpi], by: By) -> Link:
    known, shared = known_to_oppose(one, other), share_parts(one, other, catalogue, by)
    balanced_by = tuple(dict.fromkeys((*one.reading.get("balanced_by", ()), *other.reading.get("balanced_by", ()))))
    bare = Link(one.id, other.id, by, known, shared=shared, balanced_by=balanced_by)
    looks = [] if shared else list(_looks(one.id, other.id, tables, bare))
    told = [look for look in looks if look.verdict != "unclear"]
    return max(told, key=lambda look: abs(look.r or 0.0), default=looks[0] if looks else bare)


def _looks(a: str, b: str, tables: Mapping[str, Table], bare: Link) -> Iterator[Link]:
    """At once, and each a period after the other."""
    for lag in _LAGS:
        for first, second in ((a, b), (b, a)) if lag else ((a, b),):
            result = together(tables[first], tables[second], lag)
            if result is not None:
                yield _looked(bare, first, second, lag, result, tables)


def _looked(bare: Link, first: str, second: str, lag: int, result: Together, tables: Mapping[str, Table]) -> Link:
    common = {group: {period - lag for period in tables[second].get(group, {})} & series.keys() for group, series in tables[first].items()}
    lengths = sorted(len(periods) for periods in common.values() if len(periods) >= FEWEST_PERIODS)
    return replace(
        bare,
        first=first,
        second=second,
        verdict=result.verdict,
        r=result.r,
        low=result.interval.low,
        high=result.interval.high,
        lag=lag,
        groups=len(result.groups),
        periods=lengths[len(lengths) // 2],
        differ=result.between**0.5 > DIFFERING,
    )


def _table(figures: Sequence[Figure], better: str, by: By) -> Table:
    """Final values by group and period, turned so that up is good."""
    sign = -1.0 if better == "lower" else 1.0
    table: Table = {}
    for one in figures:
        group = one.by.get(by)
        if one.value is not None and not one.provisional and group is not None and one.period:
            table.setdefault(str(group), {})[number(one.period)] = sign * one.value
    return table


def _parts(said: Said, catalogue: Mapping[str, Kpi], by: By) -> Iterator[tuple[object, ...]]:
    """What is counted and what is added up, in the numerator and below it."""
    keys = said.keys
    if said.kind == "ratio":
        for side in (keys["top"], keys["bottom"]):
            yield from _side(side, catalogue, by)
        return
    rows = (keys.get("over"), _conditions(keys.get("where"), keys.get("among")))
    yield ("rows", *rows, keys.get("weight"))
    if keys.get("of"):
        yield ("of", *rows, _conditions(keys["of"]))


def _side(side: Mapping[str, Any], catalogue: Mapping[str, Kpi], by: By) -> Iterator[tuple[object, ...]]:
    if "kpi" in side:
        yield from _parts(catalogue[side["kpi"]].said(None, by), catalogue, by)
    elif "total" in side:
        yield ("of", side.get("over"), _conditions(side.get("where")), _conditions(side["total"]))
    else:
        yield ("rows", side.get("over"), _conditions(side.get("where"), side.get("among")), None)


def _conditions(*texts: str | None) -> frozenset[str]:
    """What must hold, one by one; that something is known says nothing about which rows are meant."""
    return frozenset(part for text in texts if text for part in _conjuncts(ast.parse(text, mode="eval").body))


def _conjuncts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for value in node.values:
            yield from _conjuncts(value)
    elif not (isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.IsNot)):
        yield ast.unparse(node)


_SENTENCES: Mapping[tuple[By, str], Text] = {
    ("agent", "opposing"): Text(
        "links.agents.opposing",
        "When an agent's “%(a)s” gets better, the same agent's “%(b)s” gets worse: correlation %(r)s (%(low)s to %(high)s), "
        "%(groups)s agents over %(periods)s periods.",
    ),
    ("agent", "differ"): Text(
        "links.agents.differ",
        "When an agent's “%(a)s” gets better, the same agent's “%(b)s” gets worse: correlation %(r)s (%(low)s to %(high)s), "
        "%(groups)s agents over %(periods)s periods. Agents differ in this: see how those do it who manage both.",
    ),
    ("agent", "later"): Text(
        "links.agents.later",
        "A period after an agent's “%(a)s” gets better, the same agent's “%(b)s” gets worse: correlation %(r)s (%(low)s to %(high)s), "
        "%(groups)s agents over %(periods)s periods.",
    ),
    ("agent", "supporting"): Text(
        "links.agents.supporting",
        "“%(a)s” and “%(b)s” get better together: correlation %(r)s (%(low)s to %(high)s), %(groups)s agents over %(periods)s periods.",
    ),
    ("agent", "not_seen"): Text(
        "links.agents.not_seen",
        "“%(a)s” and “%(b)s” are known to pull against each other. It is not seen here: correlation %(r)s (%(low)s to %(high)s), "
        "%(groups)s agents over %(periods)s periods.",
    ),
    ("agent", "unclear"): Text(
        "links.agents.unclear",
        "It is not clear whether “%(a)s” and “%(b)s” go together: correlation %(r)s (%(low)s to %(high)s), %(groups)s agents over %(periods)s periods.",
    ),
    ("team", "opposing"): Text(
        "links.teams.opposing",
        "When a team's “%(a)s” gets better, the same team's “%(b)s” gets worse: correlation %(r)s (%(low)s to %(high)s), "
        "%(groups)s teams over %(periods)s periods.",
    ),
    ("team", "differ"): Text(
        "links.teams.differ",
        "When a team's “%(a)s” gets better, the same team's “%(b)s” gets worse: correlation %(r)s (%(low)s to %(high)s), "
        "%(groups)s teams over %(periods)s periods. Teams differ in this: see how those do it who manage both.",
    ),
    ("team", "later"): Text(
        "links.teams.later",
        "A period after a team's “%(a)s” gets better, the same team's “%(b)s” gets worse: correlation %(r)s (%(low)s to %(high)s), "
        "%(groups)s teams over %(periods)s periods.",
    ),
    ("team", "supporting"): Text(
        "links.teams.supporting",
        "“%(a)s” and “%(b)s” get better together: correlation %(r)s (%(low)s to %(high)s), %(groups)s teams over %(periods)s periods.",
    ),
    ("team", "not_seen"): Text(
        "links.teams.not_seen",
        "“%(a)s” and “%(b)s” are known to pull against each other. It is not seen here: correlation %(r)s (%(low)s to %(high)s), "
        "%(groups)s teams over %(periods)s periods.",
    ),
    ("team", "unclear"): Text(
        "links.teams.unclear",
        "It is not clear whether “%(a)s” and “%(b)s” go together: correlation %(r)s (%(low)s to %(high)s), %(groups)s teams over %(periods)s periods.",
    ),
}
