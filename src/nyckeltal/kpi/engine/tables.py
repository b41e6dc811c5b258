"""Figures that no sums give: how far groups lie apart, and how far raters agree. The engine makes the table per group or the pairs, `stats/` the figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.spelled import to_python
from nyckeltal.kpi.engine.bind import Rows, layout_of, needs_of
from nyckeltal.kpi.engine.run import Prepared, fetched, place_of
from nyckeltal.kpi.engine.sums import Sums, counted, group_columns, kept
from nyckeltal.words import Text

if TYPE_CHECKING:
    import ibis

    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.compile import Measure, Scan
    from nyckeltal.kpi.engine.run import Key
    from nyckeltal.kpi.known import Known
    from nyckeltal.kpi.organisation import Organisation
    from nyckeltal.stats.agreement import Level

Row = Mapping[str, Any]

# which distance between two judgements makes sense on each scale
LEVELS: Mapping[str | None, Level] = {"yes_no": "nominal", "levels": "ordinal", "nominal": "nominal", "ordinal": "ordinal"}

few_groups = Text("figure.few_groups", "There are too few groups, or too few values in them, to tell how far they lie apart.")
nothing_shared = Text("figure.nothing_shared", "Nothing was handed out, so nothing could be uneven.")
nobody_twice = Text("figure.nobody_twice", "Nothing was judged by two, so agreement cannot be told.")
one_value = Text("figure.one_value", "All judgements are the same value, so agreement is not defined.")
several_scales = Text("figure.several_scales", "Judgements on several scales are not mixed. Ask about one item at a time.")


def prepare_table(scan: Scan, measure: Measure, organisation: Organisation, known: Known) -> Prepared:
    """All but the run."""
    needs = needs_of(scan, [measure])
    layout = layout_of(scan, needs, organisation, known)
    write = _groups if measure.kind == "spread" else _ratings
    return Prepared(scan, (measure,), needs, layout, (measure.kind, measure, layout.key), lambda: write(Rows(scan, needs, layout), scan, measure))


def run_table(prepared: Prepared, facts: Facts) -> dict[Key, Sums]:
    """The figure of every group asked for."""
    (measure,) = prepared.measures
    dimensions = [f"by_{number}" for number in range(len(prepared.scan.by))]
    found: dict[Key, list[Row]] = defaultdict(list)
    for row in fetched(prepared, prepared.sql, facts).to_pylist():
        found[place_of(row), tuple(row[name] for name in dimensions)].append(row)
    return {key: _spread(rows, measure) if measure.kind == "spread" else _agreement(rows, measure) for key, rows in found.items()}


# ── how far groups lie apart ──


def _groups(rows: Rows, scan: Scan, measure: Measure) -> ibis.Table:
    """One row per group that is compared: how many values, their sum and their squares, and what they are measured by."""
    table = kept(rows, scan)
    among, would = counted(rows, measure)
    keys = group_columns(rows, scan)
    of = to_python(measure.of, rows.leaf).cast("float64")
    columns = {**keys, "group": rows.word(measure.between or ""), "among": among, "waits": would & ~among, "of": of, **_beside(rows, scan, measure)}
    if measure.exposure is not None:
        columns["exposure"] = to_python(measure.exposure, rows.leaf).cast("float64")
    table = table.select(**columns)
    sums = {"n": table.count(where=table["among"]), "top": table["of"].sum(where=table["among"])}
    sums |= {"rows": table.count(), "waiting": table.count(where=table["waits"]), "squares": (table["of"] * table["of"]).sum(where=table["among"])}
    if measure.exposure is not None:
        sums["exposure"] = table["exposure"].sum(where=table["among"])
    for name in _beside(rows, scan, measure):
        sums[name] = table[name].collect(where=table["among"])
    return table.aggregate(**sums, by=[*keys, "group"])


def _beside(rows: Rows, scan: Scan, measure: Measure) -> dict[str, Any]:
    """Whose different values are counted besides: persons, and what rules of hiding and of samples go by."""
    found = {"persons": rows.dimension("agent")} if scan.persons else {}
    return found | ({"distinct": rows.word(measure.distinct)} if measure.distinct else {})


def _spread(rows: Sequence[Row], measure: Measure) -> Sums:
    compared = [row for row in rows if row["group"] is not None and row["n"]]
    value, why = _evenness(compared) if measure.measure == "evenness" else _apart(compared, measure)
    n = sum(row["n"] for row in compared)
    return Sums(
        rows=sum(row["rows"] for row in rows),
        n=n,
        value=value,
        why=why if n else None,
        groups=len(compared),
        waiting=sum(row["waiting"] for row in rows),
        persons=_different(compared, "persons"),
        distinct=_different(compared, "distinct"),
    )


def _apart(groups: Sequence[Row], measure: Measure) -> tuple[float | None, Text | None]:
    from nyckeltal.stats.compare import icc1

    found = icc1([(row["n"], row["top"], row["squares"]) for row in groups])
    value = found.sd if measure.measure == "sd" else found.icc
    return value, few_groups if value is None else None


def _evenness(groups: Sequence[Row]) -> tuple[float | None, Text | None]:
    """One less Gini's coefficient; where an exposure is said, of the rate by exposure, and of groups that had any."""
    from nyckeltal.stats.compare import gini

    exposed = [(row["top"], row.get("exposure", 1)) for row in groups]
    uneven = gini([top / exposure for top, exposure in exposed if exposure])
    return (None, nothing_shared) if uneven is None else (1 - uneven, None)


def _different(rows: Iterable[Row], name: str) -> int:
    return len({value for row in rows for value in row.get(name) or () if value is not None})


# ── how far raters agree ──


def _ratings(rows: Rows, scan: Scan, measure: Measure) -> ibis.Table:
    """Every judgement: what was judged, by whom, and how."""
    table = kept(rows, scan)
    among, _ = counted(rows, measure)
    columns = {**group_columns(rows, scan), **{f"thing_{number}": rows.word(word) for number, word in enumerate(measure.thing)}}
    columns |= {"rater": rows.word(measure.rater or ""), "value": to_python(measure.of, rows.leaf).cast("float64"), "among": among}
    columns |= {"moment": rows.word(scan.place.moment), "row_id": rows.word(rows.key)}
    if measure.apart:
        columns["apart"] = rows.word(measure.apart)
    if measure.scale_of:
        columns["scale"] = rows.word(measure.scale_of)
    return table.select(**columns, **_beside(rows, scan, measure)).order_by("moment", "row_id")


def _agreement(rows: Sequence[Row], measure: Measure) -> Sums:
    from nyckeltal.stats.agreement import krippendorff_alpha

    found = Sums(rows=len(rows))
    judged = _judged_twice([row for row in rows if row["among"]], measure)
    found.n = len({thing for thing, _ in judged})
    kinds = {LEVELS.get(row.get("scale"), "interval") for _, row in judged}
    for name in ("persons", "distinct"):
        setattr(found, name, len({row[name] for _, row in judged if row.get(name) is not None}))
    if told_apart := sorted({str(row["apart"]) for row in rows if row["among"] and row.get("apart") is not None}):
        found.least, found.most = told_apart[0], told_apart[-1]
    if len(kinds) == 1:
        found.value = krippendorff_alpha([(thing, row["rater"], row["value"]) for thing, row in judged], kinds.pop())
    if found.value is None and found.rows:
        found.why = several_scales if len(kinds) > 1 else one_value if judged else nobody_twice
    return found


def _judged_twice(rows: Iterable[Row], measure: Measure) -> list[tuple[tuple[Any, ...], Row]]:
    """The judgements of things that several judged; of two by the same the later one counts. The first word names a thing, the others tell
    things apart, missing or not."""
    things: dict[tuple[Any, ...], dict[Any, Row]] = defaultdict(dict)
    named = itemgetter(*(f"thing_{number}" for number in range(len(measure.thing))), "rater")
    for row in rows:
        *thing, rater = named(row)
        if rater is not None and thing[0] is not None:
            things[tuple(thing)][rater] = row
    return [(thing, row) for thing, by_rater in things.items() if len(by_rater) > 1 for row in by_rater.values()]
