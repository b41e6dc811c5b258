"""Teams, leaders, sites and lengths of service are joined to the sums of each person's day instead of to every row of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ibis

from nyckeltal.kpi.compile import Dimension, Measure, Scan
from nyckeltal.kpi.engine.bind import AGENT_TABLES, Layout, Needs, Rows, leaves
from nyckeltal.kpi.engine.sums import ColumnsOf, added, aggregates_of, grouped, kept, period_columns, states, summed

if TYPE_CHECKING:
    from nyckeltal.contacts.expression import Condition

_TOLD = frozenset({"agent", "day", "weekday", *AGENT_TABLES})  # by whose day it is


class OfDays(Rows):
    """Sums by day and by who is credited, in place of the rows they were made of."""

    def __init__(self, scan: Scan, layout: Layout, table: ibis.Table) -> None:
        self.scan, self.needs, self.layout = scan, Needs(), layout
        self.table = table
        self._join_organisation()


def sums_over(scan: Scan, needs: Needs, layout: Layout, measures: Sequence[Measure], lanes: Sequence[Condition | None] = ()) -> ibis.Table:
    """The sums of a scan's rows, in groups; see `grouped`."""
    if not _can_wait(scan, layout, measures, lanes):
        return grouped(Rows(scan, needs, layout), scan, measures, lanes)
    rows = Rows(scan, needs, replace(layout, tables={name: table for name, table in layout.tables.items() if name not in AGENT_TABLES.values()}))
    kept(rows, scan)
    day, whose = scan.place.day, (scan.credit or "").replace(".", "__")
    keys = {f"by_{number}": rows.dimension(name) for number, name in enumerate(scan.by) if name not in _TOLD}
    keys |= {day: rows.table[day], whose: rows.word(scan.credit or "")}
    found = summed(rows, scan, keys, measures, lanes, _adding_up)
    of_days = OfDays(scan, replace(layout, tables={name: table for name, table in layout.tables.items() if name in AGENT_TABLES.values()}), found)
    return _in_groups(of_days, scan, measures, [name for name in found.columns if name not in keys])


def _can_wait(scan: Scan, layout: Layout, measures: Sequence[Measure], lanes: Sequence[Condition | None]) -> bool:
    """Whether these tables only name groups: no row is chosen by them, none stands for several, and sums of days are the groups'."""
    met = {AGENT_TABLES[name] for name in scan.by if name in AGENT_TABLES}
    if not met or not met <= layout.tables.keys() or layout.once or scan.split or scan.persons or (scan.per and scan.per.within_a_day):
        return False
    if not all(it.additive and not it.distinct for it in measures):
        return False
    nodes = [scan.where, scan.asked, *lanes, *(getattr(it, name) for it in measures for name in ("of", "among", "weight", "up", "down", "doubt"))]
    chosen_by = {leaf.name for node in nodes if node is not None for leaf in leaves(node) if isinstance(leaf, Dimension)}
    return not (chosen_by | {name for name, _ in scan.within}) & AGENT_TABLES.keys()


def _in_groups(of_days: OfDays, scan: Scan, measures: Sequence[Measure], sums: Sequence[str]) -> ibis.Table:
    table = of_days.table
    keys = {f"by_{number}": of_days.dimension(name) if name in _TOLD else table[f"by_{number}"] for number, name in enumerate(scan.by)}
    keys |= period_columns(of_days, scan)
    table = table.select(**keys, **{name: table[name] for name in sums})
    found = table.aggregate(**{name: added(table[name], name) for name in sums}, by=list(keys))
    bottoms = {f"{number}_bottom": _divided_by(found, number, measure) for number, measure in enumerate(measures) if states(measure)}
    return found.select(**{name: found[name] for name in found.columns if not name.endswith("_stated")}, **bottoms) if bottoms else found


def _adding_up(it: ColumnsOf, measure: Measure, *, persons: bool) -> dict[str, Any]:
    """Sums of which those of several days are the sums of all of them."""
    found = aggregates_of(it, measure, persons=persons)
    if states(measure):
        del found["bottom"]
        found |= {"stated": it.many(it.stated)} if measure.missing else {}
    return found


def _divided_by(found: ibis.Table, number: int, measure: Measure) -> Any:
    """What no row states has no mean: nothing was added up, or only what stands for what is missing."""
    stated = found[f"{number}_stated"] > 0 if measure.missing else found[f"{number}_top"].notnull()
    return ibis.ifelse(stated, found[f"{number}_n"], 0)
