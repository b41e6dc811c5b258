"""Which interval a figure gets: the methods of kpi-reference 3.1 to 3.4, chosen by what was counted and how much of it there is."""

from __future__ import annotations

from dataclasses import replace
from math import inf, log, sqrt
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.expression import Name
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nyckeltal.kpi.compile import Measure, Plan
    from nyckeltal.kpi.engine.sums import Sums
    from nyckeltal.stats.interval import Interval

few, many = 30, 100  # below `few` values a bootstrap, from `many` on Student's t; between them the log-normal mean
skewed = ("seconds", "money")  # many small values and a few large ones, whose logarithms behave
most_resampled = 2_000  # values in one answer: the bootstrap draws 10,000 times as many
of_counts = ("share", "count")  # kinds whose interval needs no more than how many there were
least_variance = 1e-9  # of logarithms; below it the values are one and the same, and the rest is rounding
most_ordered = 100_000  # values in one answer that are put in order for the interval of a percentile


def interval(sums: Sums, measure: Measure, unit: str) -> Interval | None:
    """The interval in the measure's own scale; None where there is none, or where the values themselves are needed."""
    if sums.in_clusters and (found := of_clusters(sums.each) if sums.each is not None else _of_their_sums(sums)) is not None:
        return _within(found, (0.0, 1.0), (sums.top or 0) / (sums.bottom or 1)) if measure.kind == "share" else found
    match measure.kind:
        case "share":
            return _share(sums, measure)
        case "balance":
            return _balance(sums, measure)
        case "count":
            from nyckeltal.stats.count import garwood

            return garwood(sums.n)
        case "mean":
            return _mean(sums, measure, unit)
    return None


def needs_logs(sums: Sums, measure: Measure, unit: str) -> bool:
    """Whether the interval is one of those that go by logarithms, which are summed for them alone."""
    plain = measure.kind == "mean" and measure.certain and unit in skewed and measure.weight is None and measure.per is None and not sums.in_clusters
    return plain and few <= sums.n < many and sums.logs is None


def needs_values(sums: Sums, measure: Measure, unit: str) -> bool:
    """Whether the interval can only be had from the values: few durations, those that no log-normal law describes, and percentiles."""
    if measure.kind == "quantile":
        return sums.n > 1
    plain = measure.kind == "mean" and unit in skewed and measure.weight is None and measure.per is None and not sums.in_clusters
    return plain and 1 < sums.n < many and (sums.n < few or not _log_normal(sums))


def from_values(values: Sequence[float], measure: Measure) -> Interval | None:
    """The interval of a duration's mean, or of a percentile, from the values behind it."""
    if measure.kind == "quantile":
        from nyckeltal.stats.quantile import quantile_interval

        return quantile_interval(values, measure.at or 0.5)
    from nyckeltal.stats.mean import bca

    return bca(values)


def without_values(sums: Sums, measure: Measure, unit: str) -> Interval | None:
    """Where an answer holds too many values to draw them again: Student's t, which holds the mean; none of too few."""
    return _bounded_student(sums, measure, unit) if measure.kind == "mean" and sums.n >= few else None


def of_ratio(top: Sums, bottom: Sums, measure: Measure) -> Interval | None:
    """Of events per something: the events are a Poisson count, what they are divided by is taken as known. Of sums: what each agent or day gave."""
    if top.each is not None and bottom.each is not None:
        names = {*top.each, *bottom.each}
        return of_clusters({name: (top.each.get(name, (0.0, 0.0))[0], bottom.each.get(name, (0.0, 0.0))[0]) for name in names})
    if measure.kind != "count" or measure.per or not bottom.top or bottom.top <= 0:
        return None
    from nyckeltal.stats.count import garwood

    return garwood(top.n).scaled(1 / bottom.top)


def of_clusters(each: Mapping[Any, tuple[float, float]]) -> Interval | None:
    """Of a sum by another, each told by those whose rows are alike."""
    from nyckeltal.stats.mean import ratio_of_clusters

    pairs = [(y, x) for y, x in each.values() if x or y]
    sums = (sum(y for y, _ in pairs), sum(x for _, x in pairs))
    squares = (sum(y * y for y, _ in pairs), sum(x * y for y, x in pairs), sum(x * x for _, x in pairs))
    return ratio_of_clusters(*sums, *squares, len(pairs)) if sums[1] > 0 else None


def _of_their_sums(sums: Sums) -> Interval | None:
    """The same, where only the sums of their squares and products are told."""
    from nyckeltal.stats.mean import ratio_of_clusters

    top, bottom = sums.top or 0.0, sums.bottom or 0.0
    return ratio_of_clusters(top, bottom, sums.top2, sums.top_bottom, sums.bottom2, sums.clusters or 0) if bottom > 0 else None


def method(plan: Plan) -> Text | None:
    """How the interval is found, and where one method takes over from another: there it may jump while the value does not."""
    measure, unit = plan.parts[0].measure, plan.unit
    if plan.clusters == "agent":
        return Text("interval.clusters", "The interval rests on how much the agents differ, since contacts of one agent are alike.")
    if plan.clusters == "day":
        return Text("interval.days", "The interval rests on how much the days differ.")
    match measure.kind:
        case "count" if plan.formula.kind != "ratio" or not measure.per:
            return Text("interval.count", "The interval is Garwood's, for counts.")
        case _ if plan.formula.kind == "ratio":
            return None
        case "share":
            return Text("interval.share", "The interval is Wilson's, for shares.")
        case "balance":
            return Text("interval.balance", "The interval is the adjusted Wald interval, for those above less those below.")
        case "quantile":
            return Text("interval.quantile", "The interval comes from the values in order, as many places up and down as chance would move it.")
        case "mean" if unit in skewed and measure.weight is None and measure.per is None:
            english = (
                "Below %(few)s values the interval comes from drawing them again and again (BCa bootstrap), from %(few)s to below %(many)s from their "
                "logarithms (Cox; still from drawing where noughts or several peaks among them would mislead it), from %(many)s on it is Student's t. Where a "
                "figure passes %(few)s or %(many)s values its interval may jump, without anything having happened."
            )
            return Text("interval.duration", english, {"few": few, "many": many})
        case "mean" if measure.per is None:
            return Text("interval.mean", "The interval is Student's t.")
    return None


def _share(sums: Sums, measure: Measure) -> Interval | None:
    from nyckeltal.stats.proportion import effective_n, wilson, wilson_weighted

    if measure.weight is None:
        return wilson(sums.top or 0, sums.bottom or 0)
    return wilson_weighted((sums.top or 0) / sums.bottom, effective_n(sums.bottom, sums.weights2)) if sums.bottom else None


def _balance(sums: Sums, measure: Measure) -> Interval | None:
    from nyckeltal.stats.balance import adjusted_wald
    from nyckeltal.stats.proportion import effective_n

    if not sums.bottom:
        return None
    worth = effective_n(sums.bottom, sums.weights2) / sums.bottom if measure.weight is not None else 1
    return adjusted_wald((sums.up or 0) * worth, (sums.down or 0) * worth, sums.bottom * worth)


def _mean(sums: Sums, measure: Measure, unit: str) -> Interval | None:
    from nyckeltal.stats.mean import modified_cox

    if measure.per or sums.in_clusters or sums.n < 2 or not sums.bottom or needs_values(sums, measure, unit):
        return None
    if unit in skewed and measure.weight is None and sums.n < many:
        return modified_cox(*_logs(sums), sums.n)
    return _bounded_student(sums, measure, unit)


def _bounded_student(sums: Sums, measure: Measure, unit: str) -> Interval | None:
    found = _student(sums, measure)
    return None if found is None or not sums.bottom else _within(found, _ends(sums, measure, unit), (sums.top or 0) / sums.bottom)


def _ends(sums: Sums, measure: Measure, unit: str) -> tuple[float, float]:
    """What no mean can lie beyond: the ends of the scale that was answered on, of an interview's 0 to 1, and no time at all."""
    if isinstance(measure.of, Name) and measure.of.name == "experience":
        return 0.0, 1.0
    low, _, high = (sums.least or "").partition("_") if measure.apart == "scale" else ("", "", "")
    if low.isdigit() and high.isdigit():
        return float(low), float(high)
    return (0.0 if unit == "seconds" else -inf), inf


def _within(found: Interval, ends: tuple[float, float], value: float) -> Interval:
    """No wider than can be; still around the value, should that lie beyond."""
    low, high = ends
    return replace(found, low=max(found.low, min(low, value)), high=min(found.high, max(high, value)))


def _log_normal(sums: Sums) -> bool:
    """Whether the logarithms may speak for the values: no noughts, not all the same, and the mean well within what they make of it."""
    from nyckeltal.stats.mean import modified_cox

    if sums.zeros or not sums.top or _logs(sums)[1] < least_variance:
        return False
    found = modified_cox(*_logs(sums), sums.n)
    return found is not None and abs(log(sums.top / sums.n) - log(found.low * found.high) / 2) <= log(found.high / found.low) / 4


def _logs(sums: Sums) -> tuple[float, float]:
    """Mean and variance of the logarithms."""
    mean = (sums.logs or 0) / sums.n
    return mean, _variance(mean, (sums.logs2 or 0) / sums.n, sums.n)


def _student(sums: Sums, measure: Measure) -> Interval | None:
    """Student's t; weighted values count as many as they are worth."""
    from nyckeltal.stats.mean import t_interval
    from nyckeltal.stats.proportion import effective_n

    total = sums.bottom or 1
    mean = (sums.top or 0) / total
    worth = round(effective_n(total, sums.weights2)) if measure.weight is not None else sums.n
    if worth < 2:
        return None
    return t_interval(mean, sqrt(_variance(mean, sums.squares / total, worth)), worth)


def _variance(mean: float, mean_square: float, n: float) -> float:
    """Of n values; what adding up alike ones rounds off is no spread."""
    from nyckeltal.stats.mean import rounding

    spread = mean_square - mean * mean
    return spread * n / (n - 1) if spread > rounding * mean_square else 0.0
