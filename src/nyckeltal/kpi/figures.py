"""From sums to figures: every period and group, its value or reason, its interval, what stands beside it, how far it is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from nyckeltal.kpi import certainty, shared_days
from nyckeltal.kpi.answer import Figure, floored, with_shares
from nyckeltal.kpi.apart import Apart
from nyckeltal.kpi.compile import SPLIT, Part, Plan, restricted
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.engine.sums import Sums
from nyckeltal.kpi.formula import TABLED
from nyckeltal.kpi.hidden import Hidden
from nyckeltal.kpi.lacking import Lacking
from nyckeltal.kpi.reached import Reached
from nyckeltal.kpi.request import menu_clock, unnamed
from nyckeltal.kpi.silence import HANDLING_PARTS, together
from nyckeltal.kpi.summaries import Summaries
from nyckeltal.kpi.vocabulary import TEAM_LISTS
from nyckeltal.when.clock import slots, zone
from nyckeltal.when.period import Grain, Period
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nyckeltal.kpi.compile import Scan
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.kpi.engine.run import At, Key
    from nyckeltal.kpi.request import Found, Request

LEAST_SHOWN_S = 0.05  # below it a difference is rounding


def refused(kpi: Kpi, variant: str | None, message: Text) -> Figure:
    """The one figure of a KPI that cannot be asked so."""
    return Figure(kpi.id, kpi.version, variant or kpi.default, None, {}, None, kpi.unit, "refused", counted=kpi.base["over"] or "contact", message=message)


class Figures:
    """The figures of one plan of a request."""

    def __init__(self, request: Request, plan: Plan) -> None:
        self.request, self.plan, self.question = request, plan, request.question
        self.found: list[Found] = [request.of(plan, part) for part in plan.parts]
        self.beside: dict[str, list[tuple[Part, Found]]] = {}
        for name, part in plan.beside:
            self.beside.setdefault(name, []).append((part, request.of(plan, part)))
        self.knowns = [request.known(over) for over in dict.fromkeys(part.scan.over for part in plan.parts)]
        self._sum_logs()
        self.lacking = Lacking(request, plan)
        self.summaries = Summaries(request, plan)
        if self.summaries.tell:
            self.found[0] = self.summaries.added(self.found[0])
            self.knowns = [self.summaries.known]
            self.lacking.also = self.summaries.known
        self.known = self.knowns[0]
        self.apart = Apart(request, plan, self.found)
        self.by = plan.parts[0].scan.by
        left_out = [] if self.summaries.tell else [self.lacking.clients_left_out(fact) for fact in dict.fromkeys(part.scan.over for part in plan.parts)]
        self.reached = Reached(request, plan, self.knowns, left_out)

    def all(self) -> list[Figure]:
        if mixed := self.apart.whole():
            return [self.refusal(mixed)]
        if (keys := self.keys) and all(self.starts_in_menu(by) for _, by in keys):
            return [self.refusal(menu_clock)]
        if not keys and (why := self.summaries.not_told):
            return [self.refusal(why)]
        shown = {key: floored(self.of_enough(key), self.plan, self.question.floor, self.sampled(key)) for key in keys}
        figures = [self.certain(key, figure) for key, figure in shown.items()]
        if self.plan.formula.kind == "count" and self.by and not self.plan.parts[0].measure.per:
            figures = with_shares(figures)
        return figures + self.teams_without()

    def _sum_logs(self) -> None:
        """Logarithms take long to sum and few intervals go by them: they are, of the rows of the periods that need them."""
        part = self.plan.parts[0]
        asked = [key for key, sums in self.found[0].items() if certainty.needs_logs(sums, part.measure, self.unit)]
        if asked:
            scan = self._around(part.scan, [at for at, _ in asked])
            found = self.request.ran(self.plan, replace(part, scan=scan, measure=replace(part.measure, logs=True)), of_rows=True)
            self.found[0] = self.found[0] | {key: found[key] for key in asked}

    def _around(self, scan: Scan, places: Sequence[At]) -> Scan:
        """The scan, of no more days than lie from the first of these periods to the last."""
        periods = [period for at in places if (period := self.period(at))]
        if scan.per is None or not periods:
            return scan
        first, last = min(it.start for it in periods), max(it.last for it in periods)
        return replace(scan, first=max(first, scan.first or first), last=min(last, scan.last or last))

    def refusal(self, said: Text) -> Figure:
        return replace(refused(self.plan.kpi, self.plan.variant, said), counted=self.plan.counted, unit=self.plan.unit)

    # ── which figures there are ──

    @cached_property
    def keys(self) -> list[Key]:
        """Every group that has rows, in every period asked: groups are never invented, periods are never left out."""
        found = {key for each in self.found for key in each}
        groups = sorted({by for _, by in found}, key=_order) or ([()] if not self.by else [])
        return [(at, by) for at in self.periods({at for at, _ in found}) for by in groups]

    def periods(self, found: set[At]) -> list[At]:
        per = self.question.per
        if per is None:
            return [()]
        days = [at[0] for at in found]
        first, last = self.question.first or min(days, default=None), self.question.last or max(days, default=None)
        if first is None or last is None or last < first:
            return sorted(found)
        parts = Period.days(first, last).parts(Grain.DAY if per.within_a_day else per)
        asked = [(part.start,) for part in parts] if not per.minutes else [at for part in parts for at in self._slots(part.start, per.minutes)]
        return sorted({*asked, *found}, key=lambda at: (at[0], at[1] * 900 - at[2] / 86400 if len(at) > 1 else 0))

    def _slots(self, day: date, minutes: int) -> list[At]:
        """A day's slots as rows have them: day, number on the local clock, offset. The hour that comes twice has two offsets."""
        scan = self.plan.parts[0].scan
        at_work = self.request.organisation.zone_of_agents if scan.over in SPLIT else None
        tz = zone(at_work or self.known.zones(self.request.clients(scan, ()) if not self.by else None)[0])
        local = [moment.astimezone(tz) for moment in slots(day, str(tz), minutes)]
        return [(day, (it.hour * 60 + it.minute) // minutes, int(_offset(it).total_seconds())) for it in local]

    def label(self, at: At) -> str | None:
        per = self.question.per
        if per is None or not at:
            return None
        if per.minutes is None:
            return per.label(at[0])
        day, slot, offset_s = at
        sign, minutes = "-" if offset_s < 0 else "+", abs(offset_s) // 60
        clock = f"{slot * per.minutes // 60:02}:{slot * per.minutes % 60:02}"
        return f"{day.isoformat()}T{clock}{sign}{minutes // 60:02}:{minutes % 60:02}"

    def period(self, at: At) -> Period | None:
        """The days a figure speaks of, as far as they are asked for."""
        periods, day = self.request.periods, at[:1]  # the slots of a day speak of that day
        if day not in periods:
            periods[day] = self._period(at)
        return periods[day]

    def _period(self, at: At) -> Period | None:
        first, last = self.question.first, self.question.last
        if not at or self.question.per is None:
            return Period.days(first or last, last) if last else None
        whole = Period.holding(at[0], self.question.per)
        return Period.days(max(whole.start, first or whole.start), min(whole.last, last or whole.last))

    def teams_without(self) -> list[Figure]:
        """Teams that name nothing they answer for: refused, not missing."""
        scan = self.plan.parts[0].scan
        list_name = TEAM_LISTS.get(scan.credit or "")
        if not list_name or self.by != ("team",):
            return []
        meant = restricted(scan, "team")
        teams = [team for team in self.request.organisation.teams_without(list_name) if meant is None or team in meant]
        return [replace(self.refusal(unnamed(list_name, [team])), by={"team": team}) for team in teams]

    # ── one figure ──

    def of_enough(self, key: Key) -> Figure:
        """The figure, unless it would tell of a single person."""
        why, figure = self.hidden.why(key), self.figure(key)
        return figure if why is None else figure.without("hidden", why)

    @cached_property
    def hidden(self) -> Hidden:
        return Hidden(self.request, self.plan, self.found, self.keys, self.read_over)

    def sampled(self, key: Key) -> float | None:
        """How many a figure of one agent rests on, where the file counts something else than rows: events above the line, days."""
        counts = self.plan.kpi.sample.get("agent", {}).get("counts") if self.plan.level == "agent" else None
        if counts is None or not (sums := [each[key] for each in self.found if key in each]):
            return None
        return sums[0].top if counts == "top" else self.fraction(sums)[1] if counts == "bottom" else max(it.distinct for it in sums)

    def figure(self, key: Key) -> Figure:
        at, by = key
        sums = [each.get(key) or Sums(top=0, bottom=0) for each in self.found]
        until, is_settled = self.reached.settled(at, self.period(at), self.whose(by))
        if at not in self._labels:
            self._labels[at] = self.label(at)
        told = {"period": self._labels[at], "by": dict(zip(self.by, by, strict=True)), "known_until": until}
        plain = self.bare.but(**told, provisional=bool(sums[0].waiting) or not is_settled)
        refusal = menu_clock if self.starts_in_menu(by) else self.apart.one(key)
        return self.valued(plain, key, sums) if refusal is None else plain.without("refused", refusal)

    def whose(self, by: tuple[Any, ...]) -> frozenset[str] | None:
        """The clients that a group is about; None where it says nothing of them."""
        whose = by if {"client", "queue"} & {*self.by} else ()
        if whose not in self._clients:
            self._clients[whose] = self.request.clients(self.plan.parts[0].scan, by)
        return self._clients[whose]

    @cached_property
    def bare(self) -> Figure:
        """What all figures have in common."""
        return Figure(self.plan.kpi.id, self.plan.kpi.version, self.plan.variant, None, {}, None, self.unit, counted=self.plan.counted)

    @cached_property
    def unit(self) -> str:
        return self.plan.unit

    def starts_in_menu(self, by: tuple[Any, ...]) -> bool:
        """Whether this group's wait is not the queues' alone."""
        if by not in self._in_menu:
            self._in_menu[by] = bool(by) and self.request.starts_in_menu(self.plan, by)
        return self._in_menu[by]

    @cached_property
    def _clients(self) -> dict[tuple[Any, ...], frozenset[str] | None]:
        return {}

    @cached_property
    def _labels(self) -> dict[At, str | None]:
        return {}

    @cached_property
    def _in_menu(self) -> dict[tuple[Any, ...], bool]:
        return {}

    def valued(self, figure: Figure, key: Key, sums: list[Sums]) -> Figure:
        """With its value, or the reason why it has none."""
        top, bottom, n = self.fraction(sums)
        of_sums = self.plan.formula.kind not in ("quantile", *TABLED)
        told = {"numerator": top, "denominator": bottom, "n": n} if of_sums else {"n": n}
        reason = self.lacking.why(key, self.read_over(key[0]), sums, bottom)
        if reason := (self.summaries.reason(key) if reason or not sums[0].n else None) or reason:
            return figure.but(**told).without(*reason)
        value = self.value(sums, top, bottom)
        scale = self.plan.formula.scale
        currency = self.apart.currency(key)
        parts = self.parts(key) | ({"currency": currency} if currency else {})
        figure = figure.but(**told, value=value if scale == 1 else value * scale, parts=parts)
        said = [*self.said(key), *self.remarks(figure, sums[0], self.period(key[0]))]
        return figure.but(message=together(said)) if said else figure

    def said(self, key: Key) -> Iterator[Text]:
        """What the sources of any part leave out, each said once."""
        if self.lacking.anything:
            yield from {str(text): text for silence in self.lacking.silences for text in silence.said(key)}.values()
        yield from self.summaries.said(key)
        yield from self.reached.said(self.period(key[0]), self.whose(key[1]))

    def read_over(self, at: At) -> Period | None:
        """The days that a figure rests on: those it speaks of, or the months that end with them."""
        return self.windows.get(at) if self.plan.formula.rolling_months else self.period(at)

    @cached_property
    def windows(self) -> dict[At, Period]:
        return self.request.windows(self.plan)

    def remarks(self, figure: Figure, sums: Sums, period: Period | None) -> Iterator[Text]:
        """What a reader must know to take the value and its parts for what they are."""
        yield from shared_days.said(self.request, self.plan, period)
        if sums.doubted:
            most = f"{self.plan.formula.doubt_above:.0%}"
            values = {"doubted": sums.doubted, "of": round((sums.top or 0) + sums.doubted), "most": most}
            yield Text("figure.doubted", "%(doubted)s of %(of)s say only “other”, more than %(most)s of them: they do not count above the line.", values)
        if figure.value is None or not figure.parts.keys() >= HANDLING_PARTS:
            return
        rest = figure.value - sum(figure.parts[part] or 0 for part in HANDLING_PARTS)
        said = {"seconds": f"{abs(rest):.1f}"}
        if rest >= LEAST_SHOWN_S:
            yield Text("figure.by_clocks", "On average %(seconds)s s of it are known by clocks only, not as talk, hold or after-contact work.", said)
        if rest <= -LEAST_SHOWN_S:
            yield Text("figure.at_once", "For %(seconds)s s of the parts, on average, two worked on a contact at once; the value counts them once.", said)

    def value(self, sums: list[Sums], top: float, bottom: float) -> float:
        kind = self.plan.formula.kind
        if kind in ("quantile", *TABLED):
            return sums[0].value or 0
        return top if kind in ("count", "total") else top / bottom

    def fraction(self, sums: list[Sums]) -> tuple[float, float, int]:
        """Numerator, denominator, and how many rows it rests on."""
        kind = self.plan.formula.kind
        if kind == "ratio":
            top, bottom = (it.top or 0 for it in sums)
            return top, bottom, sums[1].n
        return sums[0].top or 0, 1 if kind in ("count", "total") else sums[0].bottom or 0, sums[0].n

    def parts(self, key: Key) -> dict[str, Any]:
        """What stands beside the value."""
        found: dict[str, Any] = {}
        for name, besides in () if key in self.summaries.used else self.beside.items():
            values = [_alone(part, there.get(key)) for part, there in besides]
            value = values[0] if len(values) == 1 else _ratio(*values)
            found[name] = None if value is None else value * self._scales[name]
        return found

    @cached_property
    def _scales(self) -> dict[str, float]:
        return {name: float(self.plan.kpi.said(self.plan.chosen, self.plan.level, name)["scale"] or 1) for name in self.beside}

    # ── how certain ──

    def certain(self, key: Key, figure: Figure) -> Figure:
        if figure.value is None or (key in self.summaries.used and self.plan.formula.kind not in certainty.of_counts):
            return figure  # sums tell no spread
        scale, measure = self.plan.formula.scale, self.plan.parts[0].measure
        sums = self.found[0].get(key)
        if sums is None:
            sums = Sums(top=0, bottom=0)
        if self.plan.formula.kind == "ratio":
            bottom = self.found[1].get(key, Sums(top=0, bottom=0))
            return figure.certain(certainty.of_ratio(sums, bottom, measure), scale)
        if certainty.needs_values(sums, measure, self.unit):
            values = self.values.get(key)
            found = certainty.from_values(values, measure) if values else certainty.without_values(sums, measure, self.unit)
            return figure.certain(found, scale)
        return figure.certain(certainty.interval(sums, measure, self.unit), scale)

    @cached_property
    def values(self) -> dict[Key, list[float]]:
        """The values behind means of few rows, and behind percentiles; none where the answer holds too many of them."""
        part = self.plan.parts[0]
        ordered = part.measure.kind == "quantile"
        counts = [sums.n for sums in self.found[0].values() if certainty.needs_values(sums, part.measure, self.unit)]
        most, below = (certainty.most_ordered, certainty.most_ordered + 1) if ordered else (certainty.most_resampled, certainty.many)
        if sum(counts) > most and not ordered:
            below, counts = certainty.few, [n for n in counts if n < certainty.few]
        if sum(counts) > most:
            return {}
        return engine.values(part.scan, part.measure, self.request.organisation, self.request.known(part.scan.over), self.request.facts, below)


def _alone(part: Part, sums: Sums | None) -> float | None:
    """The value of what stands beside, or of a side of it."""
    if sums is None:
        return None
    return sums.value if part.measure.kind in ("quantile", *TABLED) else _divided(sums, part.measure.kind)


def _ratio(top: float | None, bottom: float | None) -> float | None:
    return (top or 0) / bottom if bottom else None


def _divided(sums: Sums, kind: str) -> float | None:
    if kind in ("count", "total"):
        return sums.top
    return (sums.top or 0) / sums.bottom if sums.bottom else None


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or moment.astimezone(UTC).utcoffset() or timedelta()


def _order(by: tuple[Any, ...]) -> tuple[Any, ...]:
    """Groups in order, the unnamed one last."""
    return tuple((value is None, value if value is not None else "") for value in by)
