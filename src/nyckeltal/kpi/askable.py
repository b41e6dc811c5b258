"""By which dimensions a key figure can be asked, each as its own level counts it: what a refusal names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nyckeltal.kpi.formula import Formula, read_formula
from nyckeltal.kpi.vocabulary import DIMENSIONS, dimensions, level_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nyckeltal.contacts.where import Word
    from nyckeltal.kpi.definition import Kpi


def askable(kpi: Kpi, kpis: Mapping[str, Kpi], variant: str) -> tuple[str, ...]:
    """The dimensions by which this variant has figures when it is asked by one of them alone."""
    levels = {name: level_of(frozenset({name})) for name in DIMENSIONS}
    having = {level: shared(_sides(kpi, kpis, variant, level)) for level in {*levels.values()}}
    return tuple(name for name, level in levels.items() if name in having[level])


def shared(sides: Sequence[Formula]) -> dict[str, Word]:
    """The dimensions that every side has."""
    found = [dimensions(side.over, side.credit, side.place) for side in sides]
    said = [set(each if side.by is None else side.by) & each.keys() for side, each in zip(sides, found, strict=True)]
    return {name: word for name, word in found[0].items() if all(name in each for each in said)} if found else {}


def _sides(kpi: Kpi, kpis: Mapping[str, Kpi], variant: str | None, level: str | None) -> list[Formula]:
    """What is counted at this level, a ratio's two sides apart; nothing where it is refused."""
    said = kpi.said(variant, level)
    if said.refused:
        return []
    formula = read_formula(said, kpi.settings)
    if formula.top is None or formula.bottom is None:
        return [formula]
    sides = [[side] if isinstance(side, Formula) else _sides(kpis[side], kpis, None, level) for side in (formula.top, formula.bottom)]
    return [formula for side in sides for formula in side] if all(sides) else []
