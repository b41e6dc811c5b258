"""Which cells of an answer are hidden, so that none tells of fewer persons than it may: not by itself, and not as what the others leave of a sum."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from nyckeltal.kpi.engine.run import Key

Line = list["Key"]


def too_few(persons: Mapping[Key, int], least: int) -> set[Key]:
    """Cells behind which stand some persons, but fewer than `least`."""
    return {cell for cell, behind in persons.items() if 0 < behind < least}


def beside(persons: Mapping[Key, int], hidden: Collection[Key], least: int, apart: Collection[int] | None = None) -> set[Key]:
    """The cells that are hidden too, the smallest first, until no sum less the cells that are shown tells of fewer than `least`.

    `apart`: the places in a key (0 the period, then the groups) along which cells are of different persons; None where of all of them.
    """
    taken, lines, before = set(hidden), _lines(persons, apart), -1
    while len(taken) != before:
        before = len(taken)
        for line, adds_up in lines:
            taken.update(_partner(line, persons, taken, least, adds_up=adds_up))
    return taken - set(hidden)


def _lines(cells: Iterable[Key], apart: Collection[int] | None) -> list[tuple[Line, bool]]:
    """Cells of one period, and cells that differ in one thing only, a period or one group: their sum is the answer to another question.
    With each, whether the persons behind its cells add up."""
    found: dict[tuple[object, ...], Line] = defaultdict(list)
    differing: dict[tuple[object, ...], set[int]] = {}
    for at, by in cells:
        places = (at, *by)
        found["whole", at].append((at, by))
        differing["whole", at] = set(range(1, len(places)))
        for axis in range(len(places)):
            name = (axis, *places[:axis], None, *places[axis + 1 :])
            found[name].append((at, by))
            differing[name] = {axis}
    return [(line, apart is None or differing[name] <= set(apart)) for name, line in found.items() if len(line) > 1]


def _partner(line: Line, persons: Mapping[Key, int], hidden: Collection[Key], least: int, *, adds_up: bool) -> Line:
    out = [cell for cell in line if cell in hidden]
    behind = [persons[cell] for cell in out]
    if not out or (len(out) > 1 and (sum(behind) if adds_up else max(behind)) >= least):
        return []
    shown = [cell for cell in line if cell not in hidden and persons[cell]]
    return [min(shown, key=lambda cell: persons[cell])] if shown else []


def stretches(behind: Mapping[date, int], least: int, *, adds_up: bool) -> list[tuple[date, date]]:
    """Days in pieces, each within a month where that is enough, so that `least` stand behind each: a question that cuts one would, beside
    another question, tell of fewer."""
    pieces: list[list[date]] = []
    for _, days in groupby(sorted(day for day in behind if behind[day]), key=lambda day: (day.year, day.month)):
        pieces += _joined([[day] for day in days], behind, least, adds_up=adds_up)
    return [(piece[0], piece[-1]) for piece in _joined(pieces, behind, least, adds_up=adds_up)]


def _joined(pieces: Iterable[list[date]], behind: Mapping[date, int], least: int, *, adds_up: bool) -> list[list[date]]:
    """Pieces joined with the next until enough stand behind each; what is left over at the end goes with the one before."""
    found: list[list[date]] = []
    open_piece: list[date] = []
    for piece in pieces:
        open_piece = open_piece + piece
        each = [behind[day] for day in open_piece]
        if (sum(each) if adds_up else max(each)) >= least:
            found.append(open_piece)
            open_piece = []
    if open_piece:
        found[-1:] = [[*(found[-1] if found else []), *open_piece]]
    return found
