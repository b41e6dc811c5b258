"""The six kinds of question that are timed: asked of nyckeltal, and written by hand as SQL that DuckDB and PostgreSQL both understand,
over the same columns. All must give the same answer: values, what they rest on, what stands beside them, and their intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

# What of which KPI (`aht`, its `aht.n`, `aht.low`, `aht.talk_s`), in which period, of which group.
Values = dict[tuple[str, str | None, str | None], float]

# What every question of the catalogue leaves out.
USUAL = "not is_test and direction = 'inbound'"
WAITED = f"{USUAL} and outcome not in ('closed', 'callback_requested') and not left_in_menu and in_hours"
AGREED = """contact c left join agreement a
    on a.client_id = c.client_id and c.local_date >= a.valid_from and c.local_date < coalesce(a.valid_to, date '9999-12-31')"""
MEMBERS = """segment s left join team_membership m
    on m.agent_id = s.agent_id and m.role = 'agent' and s.local_date >= m.valid_from and s.local_date < coalesce(m.valid_to, date '9999-12-31')"""
WEEK_S = 604800


Columns = dict[str, str]


def count(kpi: str, among: str) -> Columns:
    return {kpi: f"(count(*) filter (where {among}))::float8"}


def share(kpi: str, of: str, among: str) -> Columns:
    """Share of rows, and of how many: its interval needs no more."""
    value = f"(count(*) filter (where {among} and {of}))::float8 / nullif(count(*) filter (where {among}), 0)"
    return {kpi: value, f"{kpi}.n": f"(count(*) filter (where {among}))::float8"}


def mean(kpi: str, of: str, among: str) -> Columns:
    """With how many there are, and the squares that its interval needs."""
    return {
        kpi: f"(avg({of}) filter (where {among}))::float8",
        f"{kpi}.n": f"(count({of}) filter (where {among}))::float8",
        f"{kpi}.squares": f"(sum({of} * {of}) filter (where {among}))::float8",
    }


def percentile(kpi: str, of: str, among: str, at: float) -> Columns:
    return {kpi: f"(percentile_cont({at}) within group (order by {of}) filter (where {among}))::float8"}


def handling(among: str, *, squares: bool = True) -> Columns:
    """How many were handled, how long each took, and of what that was made up."""
    whole = mean("aht", "handle_s", among)
    parts = {f"aht.{part}": f"(sum(coalesce({part}, 0)) filter (where {among}) / nullif(count(*) filter (where {among}), 0))::float8" for part in HANDLING}
    return {**count("contacts_handled", among), **(whole if squares else {name: it for name, it in whole.items() if name != "aht.squares"}), **parts}


@dataclass(frozen=True)
class Dialect:
    """Where the two differ: how a month and a quarter of an hour are written, and that Parquet files lie in folders by month."""

    month: str
    quarter: str
    in_months: Callable[[str, str], str]


DUCKDB = Dialect(
    "month",
    "strftime(local_date + to_minutes((local_minute // 15 * 15)::int), '%Y-%m-%dT%H:%M+00:00')",
    lambda first, last: f"month between '{first[:7]}' and '{last[:7]}' and",
)
POSTGRESQL = Dialect(
    "to_char(local_date, 'YYYY-MM')",
    """to_char(local_date + make_interval(mins => local_minute / 15 * 15), 'YYYY-MM-DD"T"HH24:MI"+00:00"')""",
    lambda _first, _last: "",
)


@dataclass(frozen=True)
class Select:
    """One statement: columns by the name of what they tell, of rows that meet a condition, by period and group; with `each` over what these
    columns tell of each agent first."""

    columns: Mapping[str, str]
    source: str
    where: str
    each: str | None = None


@dataclass(frozen=True)
class Timed:
    """`days` are the first and last day asked about; of `top` groups only those with most of the first KPI count."""

    name: str
    about: str
    kpis: tuple[str, ...]
    selects: tuple[Select, ...]
    days: tuple[str, str] = ("2024-11-01", "2026-10-31")
    per: str | None = "month"
    by: str | None = None
    group: str = "null"
    where: str | None = None
    top: int = 0

    @property
    def asked(self) -> Mapping[str, Any]:
        start, end = self.days
        return {"per": self.per, "by": [self.by] if self.by else [], "where": self.where, "start": start, "end": end, "floor": 0}

    def statements(self, dialect: Dialect) -> list[tuple[tuple[str, ...], str]]:
        """Per statement the KPIs, and SQL with a row of period, group and their values each."""
        period = {"month": dialect.month, "interval": dialect.quarter, None: "null"}[self.per]
        return [(tuple(select.columns), self._sql(select, dialect, period)) for select in self.selects]

    def _sql(self, select: Select, dialect: Dialect, period: str) -> str:
        start, end = self.days
        columns = ", ".join(select.columns.values())
        kept = f"{dialect.in_months(start, end)} local_date between date '{start}' and date '{end}' and {select.where}"
        order = f" order by 3 desc, 2 limit {self.top}" if self.top else ""
        if select.each is None:
            return f"select {period} as period, {self.group} as grp, {columns} from {select.source} where {kept} group by 1, 2{order}"
        rows = f"select {period} as period, {self.group} as grp, {select.each} from {select.source} where {kept} group by 1, 2, 3"
        return f"select period, grp, {columns} from ({rows}) each_agent group by 1, 2{order}"


OFFERED = "(offered and not (abandoned and wait_s < 5))"
KNOWN = "handled and callback_of is null and customer_key is not null and reason_level2_id is not null"
FIRST = f"{KNOWN} and (previous_handled_after_s is null or previous_handled_after_s > {WEEK_S})"
BACK = f"previous_handled_after_s <= {WEEK_S}"
NAMELESS = "handled and callback_of is null"
RESOLVED = {
    **share("fcr", f"(next_contact_after_s is null or next_contact_after_s > {WEEK_S})", FIRST),
    "fcr.unknown_customer": share("", "customer_key is null", NAMELESS)[""],
}
HANDLING = ("talk_s", "hold_s", "acw_s")
SHARES = ("service_level", "answer_rate", "abandonment_rate", "transfer_rate", "fcr", "repeat_contact_rate")

TREND = Timed(
    "company trend",
    "the whole company by month over 24 months: offered, handled, service level by agreement, ASA with median and 90th percentile, answer rate, "
    "abandonment, AHT with its parts, after-contact work, transfers, FCR, repeats, CSAT",
    (
        *("contacts_offered", "contacts_handled", "service_level", "asa", "answer_rate", "abandonment_rate"),
        *("aht", "acw_time", "transfer_rate", "fcr", "repeat_contact_rate", "csat"),
    ),
    (
        Select(
            {
                **count("contacts_offered", "offered"),
                **share("service_level", "answered and wait_s <= coalesce(threshold, 20)", OFFERED),
                **mean("asa", "wait_s", "answered"),
                **percentile("asa.median", "wait_s", "answered", 0.5),
                **percentile("asa.p90", "wait_s", "answered", 0.9),
                **share("answer_rate", "answered", OFFERED),
                **share("abandonment_rate", "abandoned", OFFERED),
                **handling("handled"),
                **mean("acw_time", "acw_s", "handled"),
                **share("transfer_rate", "transfers_n > 0", "handled and transfers_n is not null"),
                **RESOLVED,
                **share("repeat_contact_rate", BACK, KNOWN),
            },
            AGREED,
            WAITED,
        ),
        Select(
            {
                "csat": "(sum(value * weight) / nullif(sum(weight), 0))::float8",
                "csat.n": "count(*)::float8",
                "csat.weights": "sum(weight)::float8",
                "csat.weights2": "sum(weight * weight)::float8",
                "csat.weighed_squares": "sum(value * value * weight)::float8",
            },
            "survey_response",
            f"{USUAL} and measure = 'csat' and value is not null",
        ),
    ),
)
TEAMS = Timed(
    "team by month",
    "the teams of one client by month: handled, AHT with its parts and the interval that rests on how much the agents differ, transfers",
    ("contacts_handled", "aht", "transfer_rate"),
    (
        Select(
            {
                "contacts_handled": "sum(n)::float8",
                "aht": "sum(y) / sum(n)::float8",
                "aht.n": "sum(n)::float8",
                **{f"aht.{part}": f"sum({part}) / sum(n)::float8" for part in HANDLING},
                **{f"aht.{name}": f"{sums}::float8" for name, sums in {"y": "sum(y)", "y2": "sum(y * y)", "xy": "sum(n * y)", "x2": "sum(n * n)"}.items()},
                "aht.clusters": "count(*)::float8",
                "transfer_rate": "sum(transfers)::float8 / nullif(sum(told), 0)",
                "transfer_rate.n": "sum(told)::float8",
            },
            MEMBERS,
            f"{USUAL} and handled and client_id = 'c3'",
            each="""s.agent_id, count(handle_s) as n, sum(handle_s) as y, sum(talk_s) as talk_s, sum(hold_s) as hold_s, sum(acw_s) as acw_s,
                count(*) filter (where transferred) as transfers, count(transferred) as told""",
        ),
    ),
    by="team",
    group="m.team_id",
    where="client_id == 'c3'",
)
ONE_AGENT = Timed(
    "one agent",
    "one agent by month over 13 months: handled and AHT with its parts",
    ("contacts_handled", "aht"),
    (Select(handling("handled"), "segment", f"{USUAL} and handled and agent_id = 'a40'"),),
    days=("2025-10-01", "2026-10-31"),
    by="agent",
    group="agent_id",
    where="agent_id == 'a40'",
)
ONE_DAY = Timed(
    "one day",
    "one day of one client by quarter of an hour: offered, abandonment",
    ("contacts_offered", "abandonment_rate"),
    (
        Select(
            {**count("contacts_offered", "offered"), **share("abandonment_rate", "abandoned", OFFERED)},
            "contact",
            f"{WAITED} and client_id = 'c0'",
        ),
    ),
    days=("2026-03-02", "2026-03-02"),
    per="interval",
    where="client_id == 'c0'",
)
ALL_FCR = Timed("FCR", "first contact resolution of everybody by month", ("fcr",), (Select(RESOLVED, "contact", USUAL),))
TOP_REASONS = Timed(
    "top reasons",
    "the ten most frequent reasons of two years: handled, and the time each took, which is what it costs",
    ("contacts_handled", "aht"),
    (Select(handling("handled"), "contact", USUAL),),
    per=None,
    by="reason2",
    group="reason_level2_id",
    top=10,
)
TREND_SUMS = replace(
    TREND,
    name="company trend without ASA",
    about="the same without ASA, beside which its median and 90th percentile stand: all that is left are sums",
    kpis=tuple(kpi for kpi in TREND.kpis if kpi != "asa"),
    selects=tuple(replace(it, columns={name: sql for name, sql in it.columns.items() if not name.startswith("asa")}) for it in TREND.selects),
)
QUESTIONS = (TREND, TEAMS, ONE_AGENT, ONE_DAY, ALL_FCR, TOP_REASONS)
ALL = (*QUESTIONS, TREND_SUMS)


def finished(found: Values) -> Values:
    """With intervals, worked out from what was summed for them; the sums themselves are no part of the answer."""
    answer = {key: value for key, value in found.items() if key[0].rpartition(".")[2] not in _SUMS}
    for (kpi, period, group), value in found.items():
        if "." not in kpi and (bounds := _bounds(kpi, lambda name, kpi=kpi, period=period, group=group: found.get((f"{kpi}.{name}", period, group)), value)):
            answer |= {(f"{kpi}.low", period, group): bounds[0], (f"{kpi}.high", period, group): bounds[1]}
    return answer


_SUMS = ("squares", "weights", "weights2", "weighed_squares", "y", "y2", "xy", "x2", "clusters")


def _bounds(kpi: str, of: Callable[[str], float | None], value: float) -> tuple[float, float] | None:
    """The usual intervals, by their formulas: of teams' means, of weighted marks from 1 to 5, of means of a hundred and more, of shares."""
    n = of("n")
    if clusters := of("clusters"):
        if clusters < 2:
            return None
        y2, xy, x2, x = (of(name) or 0 for name in ("y2", "xy", "x2", "n"))
        half = _t(clusters - 1) * math.sqrt(clusters / (clusters - 1) * max(0, y2 - 2 * value * xy + value * value * x2)) / x
        return value - half, value + half
    if weights := of("weights"):
        worth = round(weights * weights / (of("weights2") or 1))
        half = _t(worth - 1) * math.sqrt(max(0, (of("weighed_squares") or 0) / weights - value * value) / (worth - 1)) if worth > 1 else 0
        return (max(1, value - half), min(5, value + half)) if worth > 1 else None
    if (squares := of("squares")) is not None:
        return None if n is None or n < 100 else _around(value, _t(n - 1) * math.sqrt(max(0, squares - n * value * value) / (n - 1) / n))
    return _wilson(value, n) if n and kpi in SHARES else None


def _around(value: float, half: float) -> tuple[float, float]:
    return max(0, value - half), value + half


def _wilson(share: float, n: float) -> tuple[float, float]:
    z2 = 1.959963984540054**2
    middle, half = share + z2 / (2 * n), math.sqrt(z2) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return (middle - half) / (1 + z2 / n), (middle + half) / (1 + z2 / n)


def _t(degrees: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))


def same(ours: Values, theirs: Values) -> list[str]:
    """Where the two differ, beyond the last digits of a float, in what the other tells: of bounds only those that it works out."""
    told = {kpi for kpi, _, _ in theirs}
    keys = theirs.keys() | {key for key in ours if key[0] in told and not key[0].endswith((".low", ".high"))}
    return [f"{key}: {ours.get(key)} and {theirs.get(key)}" for key in sorted(keys, key=str) if not _near(ours.get(key), theirs.get(key), key[0])]


def _near(one: float | None, other: float | None, what: str) -> bool:
    """Nothing and none are the same: a month without contacts has no row by hand."""
    if one is None or other is None:
        return (one or other or 0) == 0
    return abs(one - other) <= (1e-6 if what.endswith((".low", ".high")) else 1e-9) * max(1.0, abs(one))
