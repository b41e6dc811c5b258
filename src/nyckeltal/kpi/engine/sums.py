"""What is summed over a scan's rows for each measure, as Ibis aggregates, and the same as plain numbers once it has run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import ibis

from nyckeltal.contacts.where import to_python
from nyckeltal.kpi.compile import Measure, Scan
from nyckeltal.when.period import Grain

if TYPE_CHECKING:
    from nyckeltal.kpi.engine.bind import Rows


@dataclass
class Sums:
    """Sums of one measure over one group. `n` rows counted, `top` and `bottom` the figure's two sums (of a balance: `up`, `down`, `bottom`),
    `waiting` rows that have not matured, `least` and `most` of the values that must not be mixed; the rest is for intervals."""

    rows: int = 0
    n: int = 0
    top: float | None = None
    bottom: float | None = None
    up: float | None = None
    down: float | None = None
    value: float | None = None
    waiting: int = 0
    least: str | None = None
    most: str | None = None
    squares: float = 0.0
    weights2: float = 0.0
    logs: float | None = None
    logs2: float | None = None
    zeros: int = 0
    known_s: float | None = None
    clusters: tuple[float, float, float, float, float, int] | None = None


_FIELDS = frozenset(field.name for field in fields(Sums))


def grouped(rows: Rows, scan: Scan, measures: Iterable[Measure]) -> ibis.Table:
    """The aggregate expression: one row per group, columns `at_…`, `by_…`, `rows`, and `<number>_<field>` per measure."""
    table = kept(rows, scan)
    keys = group_columns(rows, scan)
    aggregates: dict[str, Any] = {"rows": table.count()}
    for number, measure in enumerate(measures):
        aggregates |= {f"{number}_{name}": value for name, value in _aggregates(rows, measure).items()}
    return table.aggregate(**aggregates, by=keys) if keys else table.aggregate(**aggregates)


def kept(rows: Rows, scan: Scan) -> ibis.Table:
    """The scan's rows: not test, of the direction, what file and question say, and nothing outside what the asker may see."""
    conditions = []
    if "is_test" in rows.table.columns:
        conditions.append(~rows.table["is_test"].fill_null(False))
    if scan.over in ("contact", "queue_visit", "segment"):
        directions = ["inbound", "outbound"] if scan.direction == "both" else [scan.direction]
        conditions.append(rows.table["direction"].isin(directions).fill_null(False))
    conditions += [to_python(node, rows.leaf) for node in (scan.where, scan.asked) if node is not None]
    for dimension, ids in scan.within:
        conditions.append(rows.dimension(dimension).cast("string").isin(list(ids)).fill_null(False) if ids else ibis.literal(False))
    if conditions:
        rows.table = rows.table.filter(*conditions)
    return rows.table


def group_columns(rows: Rows, scan: Scan) -> dict[str, Any]:
    keys = {f"by_{number}": rows.dimension(name) for number, name in enumerate(scan.by)}
    if scan.per is None:
        return keys
    day = rows.table[scan.place.day]
    keys["at_day"] = day if scan.per in (Grain.DAY, Grain.HOUR, Grain.INTERVAL) else day.truncate(_TRUNCATED[scan.per])
    if scan.per.minutes:
        keys["at_slot"] = (rows.table[scan.place.minute or ""] // scan.per.minutes).cast("int64")
        keys["at_offset"] = rows.table[scan.place.offset_s or ""]
    return keys


_TRUNCATED = {Grain.WEEK: "W", Grain.MONTH: "M", Grain.QUARTER: "Q", Grain.YEAR: "Y"}


def counted(rows: Rows, measure: Measure) -> tuple[Any, Any]:
    """Whether a row is counted, and whether it would be, had it matured."""
    among = rows.condition(measure.among)
    if measure.kind in ("mean", "total", "quantile") and measure.of is not None:
        among &= to_python(measure.of, rows.leaf).notnull()
    if measure.weight is not None:
        among &= to_python(measure.weight, rows.leaf).notnull()
    if measure.matures is None:
        return among, among
    elapsed = rows.table[rows.scan.place.moment].epoch_seconds() + rows.leaf(measure.matures)
    return among & (elapsed <= rows.known_s()).fill_null(False), among


def _aggregates(rows: Rows, measure: Measure) -> dict[str, Any]:
    among, would = counted(rows, measure)
    found = _KINDS[measure.kind](rows, measure, among)
    if measure.matures is not None:
        found["waiting"] = _many(rows, would & ~among)
    if measure.apart:
        word = rows.word(measure.apart)
        found |= {"least": word.min(where=among), "most": word.max(where=among)}
    if "known" in rows.layout.tables:
        found["known_s"] = rows.known_s().min()
    return found


def _count(rows: Rows, measure: Measure, among: Any) -> dict[str, Any]:
    return {"n": rows.word(measure.per).nunique(where=among) if measure.per else _many(rows, among)}


def _total(rows: Rows, measure: Measure, among: Any) -> dict[str, Any]:
    return {"n": _many(rows, among), "top": _number(rows, measure.of).sum(where=among)}


def _share(rows: Rows, measure: Measure, among: Any) -> dict[str, Any]:
    of = among & rows.condition(measure.of)
    if measure.per:
        word = rows.word(measure.per)
        return {"n": word.nunique(where=among), "top": word.nunique(where=of), "bottom": word.nunique(where=among)}
    if measure.weight is None:
        return {"n": _many(rows, among), "top": _many(rows, of)}
    weight = _number(rows, measure.weight)
    return {"n": _many(rows, among), "top": weight.sum(where=of), "bottom": weight.sum(where=among), "weights2": (weight * weight).sum(where=among)}


def _balance(rows: Rows, measure: Measure, among: Any) -> dict[str, Any]:
    sides = {"up": among & rows.condition(measure.up), "down": among & rows.condition(measure.down)}
    if measure.weight is None:
        return {"n": _many(rows, among), **{name: _many(rows, side) for name, side in sides.items()}}
    weight = _number(rows, measure.weight)
    sums = {name: weight.sum(where=side) for name, side in sides.items()}
    return {"n": _many(rows, among), "bottom": weight.sum(where=among), "weights2": (weight * weight).sum(where=among), **sums}


def _mean(rows: Rows, measure: Measure, among: Any) -> dict[str, Any]:
    x = _number(rows, measure.of)
    weight = _number(rows, measure.weight) if measure.weight is not None else None
    found = {"n": _many(rows, among), "top": (x if weight is None else x * weight).sum(where=among)}
    if measure.per:
        found["bottom"] = rows.word(measure.per).nunique(where=among)
    if weight is not None:
        found |= {"bottom": weight.sum(where=among), "weights2": (weight * weight).sum(where=among)}
    if measure.certain:
        above = among & (x > 0).fill_null(False)
        logs = ibis.ifelse(x > 0, x, ibis.null("float64")).ln()
        found["squares"] = (x * x if weight is None else x * x * weight).sum(where=among)
        found |= {"logs": logs.sum(where=above), "logs2": (logs * logs).sum(where=above), "zeros": _many(rows, among & ~above)}
    return found


def _quantile(rows: Rows, measure: Measure, among: Any) -> dict[str, Any]:
    return {"n": _many(rows, among), "value": _number(rows, measure.of).quantile(measure.at, where=among)}


_KINDS = {"count": _count, "total": _total, "share": _share, "balance": _balance, "mean": _mean, "quantile": _quantile}


def _many(rows: Rows, condition: Any) -> Any:
    return rows.table.count(where=condition)


def _number(rows: Rows, node: Any) -> Any:
    return to_python(node, rows.leaf).cast("float64")


def read_sums(row: Mapping[str, Any], number: int, measure: Measure) -> Sums:
    """One measure's sums out of a result row; what the engine leaves null over no rows is 0."""
    prefix = f"{number}_"
    found = {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix) and value is not None}
    sums = Sums(rows=row["rows"], **{name: value for name, value in found.items() if name in _FIELDS})
    if measure.kind == "balance":
        sums.up, sums.down = sums.up or 0, sums.down or 0
        sums.top = sums.up - sums.down
    if measure.kind in ("count", "quantile"):
        sums.top = sums.n
    sums.top = sums.top or 0
    sums.bottom = sums.n if sums.bottom is None and measure.weight is None and not measure.per else sums.bottom or 0
    return sums


def folded(parts: list[Sums]) -> Sums:
    """The sums of a group out of those of its agents, with what the interval of a ratio of clusters needs."""
    whole = Sums()
    for part in parts:
        for name in ("rows", "n", "top", "bottom", "waiting", "squares", "weights2", "zeros", "logs", "logs2"):
            setattr(whole, name, (getattr(whole, name) or 0) + (getattr(part, name) or 0))
        whole.least = min((it for it in (whole.least, part.least) if it is not None), default=None)
        whole.most = max((it for it in (whole.most, part.most) if it is not None), default=None)
        whole.known_s = min((it for it in (whole.known_s, part.known_s) if it is not None), default=None)
    pairs = [(part.top or 0.0, part.bottom or 0.0) for part in parts if part.bottom]
    squares = (sum(y * y for y, _ in pairs), sum(x * y for y, x in pairs), sum(x * x for _, x in pairs))
    whole.clusters = (whole.top or 0.0, whole.bottom or 0.0, *squares, len(pairs))
    return whole
