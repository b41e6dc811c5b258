"""Which cells of an answer are hidden, so that none tells of fewer persons than it may: not by itself, and not as what the others leave of a sum."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from nyckeltal.kpi.engine.run import Key

Line = list["Key"]


def too_few(persons: Mapping[Key, int], least: int) -> set[Key]:
    """Cells behind which stand some persons, but fewer than `least`."""
    return {cell for cell, behind in persons.items() if 0 < behind < least}


def beside(persons: Mapping[Key, int], hidden: Collection[Key], least: int) -> set[Key]:
    """The cells that are hidden too, the smallest first, until no sum less the cells that are shown tells of fewer than `least`."""
    taken, lines, before = set(hidden), _lines(persons), -1
    while len(taken) != before:
        before = len(taken)
        for line in lines:
            taken.update(_partner(line, persons, taken, least))
    return taken - set(hidden)


def _lines(cells: Iterable[Key]) -> list[Line]:
    """Cells of one period, and cells that differ in one thing only, a period or one group: their sum is the answer to another question."""
    found: dict[tuple[object, ...], Line] = defaultdict(list)
    for at, by in cells:
        places = (at, *by)
        found[("whole", at)].append((at, by))
        for axis in range(len(places)):
            found[(axis, *places[:axis], None, *places[axis + 1 :])].append((at, by))
    return [line for line in found.values() if len(line) > 1]


def _partner(line: Line, persons: Mapping[Key, int], hidden: Collection[Key], least: int) -> Line:
    out = [cell for cell in line if cell in hidden]
    if not out or (len(out) > 1 and sum(persons[cell] for cell in out) >= least):
        return []
    shown = [cell for cell in line if cell not in hidden and persons[cell]]
    return [min(shown, key=lambda cell: persons[cell])] if shown else []
