"""Several scans of the same rows in one reading: each measure then looks at those rows only that its own scan would have found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nyckeltal.contacts.expression import Some
from nyckeltal.kpi.compile import Dimension, Scan
from nyckeltal.kpi.engine.bind import Needs, layout_of, leaves
from nyckeltal.kpi.engine.later import sums_over
from nyckeltal.kpi.engine.run import Prepared, run
from nyckeltal.kpi.engine.sums import folded_in
from nyckeltal.kpi.vocabulary import GROUPS_OF_AGENTS

if TYPE_CHECKING:
    import ibis

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.engine.run import Key
    from nyckeltal.kpi.engine.sums import Sums
    from nyckeltal.kpi.known import Known
    from nyckeltal.kpi.organisation import Organisation

_OF_WHO_WORKED = frozenset({"agent", "tenure", *GROUPS_OF_AGENTS})


def over_the_same(scan: Scan) -> Scan:
    """What scans of the same rows in the same groups have in common: all but which of the rows count, and whose work it is where nobody asks."""
    named = {*scan.by, *(name for name, _ in scan.within), *(leaf.name for leaf in leaves(scan.asked) if isinstance(leaf, Dimension))}
    return replace(scan, where=None, credit=scan.credit if scan.persons or named & _OF_WHO_WORKED else None)


def run_each(steps: Sequence[Prepared], organisation: Organisation, known: Callable[[str], Known], facts: Facts) -> list[dict[Key, list[Sums]]]:
    """What each step gives, those over the same rows read together."""
    places: dict[tuple[Scan, bool], list[int]] = {}
    for place, step in enumerate(steps):
        places.setdefault((over_the_same(step.scan), step.folded), []).append(place)
    found: dict[int, dict[Key, list[Sums]]] = {}
    for (scan, _), alike in places.items():
        found |= dict(zip(alike, _run([steps[place] for place in alike], organisation, known(scan.over), facts), strict=True))
    return [found[place] for place in range(len(steps))]


def _run(steps: Sequence[Prepared], organisation: Organisation, known: Known, facts: Facts) -> list[dict[Key, list[Sums]]]:
    if len(steps) == 1 or any(step.layout.once for step in steps):
        return [run(step, facts) for step in steps]
    joined = _joined(steps, organisation, known)
    found = run(joined, facts)
    in_groups = bool(joined.by or joined.scan.per)  # without there is always one, rows or not
    return [{key: sums[part] for key, sums in found.items() if sums[part][0].rows or not in_groups} for part in _parts(steps)]


def _parts(steps: Sequence[Prepared]) -> Iterator[slice]:
    """Where the measures of each step stand among those of all."""
    taken = 0
    for step in steps:
        yield slice(taken, taken + len(step.measures))
        taken += len(step.measures)


def _joined(steps: Sequence[Prepared], organisation: Organisation, known: Known) -> Prepared:
    wheres = [step.scan.where for step in steps]
    scan = replace(over_the_same(steps[0].scan), where=None if None in wheres else Some(tuple(it for it in wheres if it is not None)))
    needs = _needs([step.needs for step in steps])
    layout = layout_of(scan, needs, organisation, known)
    measures = [measure for step in steps for measure in step.measures]
    lanes = [step.scan.where for step in steps for _ in step.measures]
    folded = steps[0].folded

    def write() -> ibis.Table:
        found = sums_over(scan, needs, layout, measures, lanes)
        return folded_in(found, scan, measures) if folded else found

    return Prepared(scan, tuple(measures), needs, layout, ("together", folded, *measures, *lanes, layout.key), write, folded)


def _needs(each: Sequence[Needs]) -> Needs:
    whole = Needs()
    for needs in each:
        whole.words |= needs.words
        whole.clocks |= needs.clocks
        whole.dimensions |= needs.dimensions
        whole.terms += [term for term in needs.terms if term not in whole.terms]
        whole.matures |= needs.matures
        whole.windows += needs.windows
    return whole
