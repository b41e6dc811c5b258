"""What is kept by day, made of the key figures' definitions: which sums, of which rows, by what."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.expression import Constant, Every, Name
from nyckeltal.contacts.schema import STORE_VERSION
from nyckeltal.kpi.compile import Dimension, Scan
from nyckeltal.kpi.engine.bind import leaves
from nyckeltal.kpi.engine.cells import Sieve, Wanted
from nyckeltal.kpi.vocabulary import dimension_word, names_its_team, reason_word

if TYPE_CHECKING:
    from nyckeltal.contacts.expression import Condition
    from nyckeltal.kpi.compile import Measure

FORMAT = 3  # raised when cells are made or written otherwise
_ORIGIN = frozenset({"client_id", "source"})
_THROUGH_AGENT = frozenset({"site", "team", "leader", "agent", "tenure"})
_REASONS = frozenset({"reason1", "reason2", "reason3", "area", "demand"})


@dataclass(frozen=True)
class Cut:
    """One table of cells: the rows of `scan` by day and by the words `kept`."""

    name: str
    scan: Scan
    kept: tuple[str, ...]
    sieves: tuple[Sieve, ...]
    wanted: tuple[Wanted, ...]

    @property
    def by_value(self) -> bool:
        """Whether it tells which values its one measure has in each month, and how often each."""
        return any(not keeps(it.measure) for it in self.wanted)

    @property
    def by_client(self) -> bool:
        """Whether there are few cells, however many the rows."""
        return {*self.kept} <= ({"source"} if self.by_value else {"source", "client_id", "channel", "direction"})

    @property
    def by_clients_reason(self) -> bool:
        return {"client_id", "reason_id"} <= {*self.kept}

    @property
    def signature(self) -> str:
        """Changes with all that decides what stands in the cells, but for the facts themselves and what is agreed."""
        return _short((FORMAT, STORE_VERSION, self))


@dataclass(frozen=True)
class Kept:
    """A measure as it would be kept: the names of its rows and of its sums, and of which cells they are, where not of all."""

    sieve: Sieve
    wanted: Wanted | None
    rows_of: tuple[Condition, ...]
    sums_of: tuple[Condition, ...]


def keeps(measure: Measure) -> bool:
    """Whether the sums of some days are the sum of each day's."""
    return measure.additive and measure.distinct is None


def keeps_values(measure: Measure) -> bool:
    """Whether what it tells follows from its values and how often each occurs, and from nothing else of their rows."""
    beside = (measure.weight, measure.per, measure.missing, measure.doubt, measure.matures, measure.apart, measure.distinct)
    return measure.kind == "quantile" and all(it is None for it in beside)  # a missing value may count as nought


def base_of(scan: Scan) -> Scan:
    """All the rows that scans of a fact choose from, as they are placed and cut."""
    return Scan(scan.over, scan.place, "both", split=scan.split)


def name_of(scan: Scan) -> str:
    """What the names of its tables of cells begin with."""
    return f"{scan.over}-{scan.place.day}{f'-{scan.split}' if scan.split else ''}"


def values_of(scan: Scan, wanted: Wanted) -> str:
    """What the names of the tables with the values of a measure begin with."""
    return f"{name_of(scan)}-values-{wanted.name}"


def kept_as(scan: Scan, measure: Measure) -> Kept:
    """Where the sums of a measure would stand. What is said of clients and sources is said of whole cells."""
    sieve, rows_of = sieve_of(scan)
    among, sums_of = _apart(measure.among)
    plain = replace(measure, among=among, certain=True, logs=False, at=None)  # values are there for all percentiles
    return Kept(sieve, Wanted(_short((sieve, plain)), sieve.name, plain), rows_of, sums_of)


def sieve_of(scan: Scan) -> tuple[Sieve, tuple[Condition, ...]]:
    where, of_cells = _apart(scan.where)
    return Sieve(_short((scan.direction, where)), scan.direction, where), of_cells


def can_answer(kept: Iterable[str], scan: Scan) -> bool:
    """Whether cells by these words tell all that a scan groups and chooses by."""
    words = frozenset(kept)
    asked = list(leaves(scan.asked)) if scan.asked is not None else []
    named = {leaf.name for leaf in asked if isinstance(leaf, Dimension)} | {*scan.by, *(name for name, _ in scan.within)}
    in_cells = all(isinstance(leaf, Dimension | Constant) or (type(leaf) is Name and leaf.name in words) for leaf in asked)
    return in_cells and all(_tells(words, scan, name) for name in named) and (not scan.persons or _tells(words, scan, "agent"))


def _tells(kept: frozenset[str], scan: Scan, dimension: str) -> bool:
    if dimension in ("day", "weekday"):
        return True
    if dimension in _REASONS:
        return reason_word(scan.over) in kept
    if dimension in _THROUGH_AGENT and not names_its_team(scan.over):
        return scan.credit in kept
    return dimension_word(scan.over, dimension) in kept


# ── conditions of cells ──


def _apart(condition: Condition | None) -> tuple[Condition | None, tuple[Condition, ...]]:
    """A condition without what it says of clients and sources alone, and that."""
    parts = tuple(_flat(condition)) if condition is not None else ()
    of_cells = tuple(part for part in parts if _names(part) and _names(part) <= _ORIGIN)
    rest = tuple(part for part in parts if part not in of_cells)
    return (None if not rest else rest[0] if len(rest) == 1 else Every(rest)), of_cells


def _flat(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Every):
        for part in condition.parts:
            yield from _flat(part)
    else:
        yield condition


def names_in(conditions: Iterable[Condition]) -> frozenset[str]:
    """The words that are said of whole cells."""
    return frozenset[str]().union(*(_names(condition) for condition in conditions))


def _names(node: Any) -> frozenset[str]:
    return frozenset(leaf.name if type(leaf) is Name else "" for leaf in leaves(node) if not isinstance(leaf, Constant))


def _short(of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()[:12]
