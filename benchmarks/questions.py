"""The six kinds of question that are timed: asked of nyckeltal, and written by hand as SQL that DuckDB and PostgreSQL both understand,
over the same columns. All must give the same figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Values = dict[tuple[str, str | None, str | None], float]

# What every question of the catalogue leaves out.
USUAL = "not is_test and direction = 'inbound'"
WAITED = f"{USUAL} and outcome not in ('closed', 'callback_requested') and not left_in_menu and in_hours"
AGREED = """contact c left join agreement a
    on a.client_id = c.client_id and c.local_date >= a.valid_from and (a.valid_to is null or c.local_date < a.valid_to)"""
MEMBERS = """segment s left join team_membership m
    on m.agent_id = s.agent_id and m.role = 'agent' and s.local_date >= m.valid_from and (m.valid_to is null or s.local_date < m.valid_to)"""
WEEK_S = 604800


def ratio(of: str, among: str) -> str:
    """Share of rows, the same in both dialects."""
    return f"(count(*) filter (where {among} and {of}))::float8 / nullif(count(*) filter (where {among}), 0)"


def mean(of: str, among: str) -> str:
    return f"(avg({of}) filter (where {among}))::float8"


@dataclass(frozen=True)
class Dialect:
    """Where the two differ: how a month and a quarter of an hour are written, and that Parquet files lie in folders by month."""

    month: str
    quarter: str
    in_months: Callable[[str, str], str]


DUCKDB = Dialect(
    "strftime(local_date, '%Y-%m')",
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
    """One statement: a column per KPI, of rows that meet a condition, by period and group."""

    columns: Mapping[str, str]
    source: str
    where: str
    day: str = "local_date"


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
        return f"select {period} as period, {self.group} as grp, {columns} from {select.source} where {kept} group by 1, 2{order}"


OFFERED = "(offered and not (abandoned and wait_s < 5))"
KNOWN = "handled and callback_of is null and customer_key is not null and reason_level2_id is not null"
FIRST = f"{KNOWN} and (previous_handled_after_s is null or previous_handled_after_s > {WEEK_S})"
RESOLVED = ratio(f"(next_contact_after_s is null or next_contact_after_s > {WEEK_S})", FIRST)
HANDLED = {"contacts_handled": "(count(*) filter (where handled))::float8", "aht": mean("handle_s", "handled")}

TREND = Timed(
    "company trend",
    "the whole company by month over 24 months: offered, handled, service level by agreement, ASA, answer rate, abandonment, AHT, "
    "after-contact work, transfers, FCR, repeats, CSAT",
    (
        *("contacts_offered", "contacts_handled", "service_level", "asa", "answer_rate", "abandonment_rate"),
        *("aht", "acw_time", "transfer_rate", "fcr", "repeat_contact_rate", "csat"),
    ),
    (
        Select(
            {
                "contacts_offered": "(count(*) filter (where offered))::float8",
                **HANDLED,
                "service_level": ratio("answered and wait_s <= coalesce(threshold, 20)", OFFERED),
                "asa": mean("wait_s", "answered"),
                "answer_rate": ratio("answered", OFFERED),
                "abandonment_rate": ratio("abandoned", OFFERED),
                "acw_time": mean("acw_s", "handled"),
                "transfer_rate": ratio("transfers_n > 0", "handled and transfers_n is not null"),
                "fcr": RESOLVED,
                "repeat_contact_rate": ratio(f"previous_handled_after_s <= {WEEK_S}", KNOWN),
            },
            AGREED,
            WAITED,
        ),
        Select({"csat": "(sum(value * weight) / nullif(sum(weight), 0))::float8"}, "survey_response", f"{USUAL} and measure = 'csat' and value is not null"),
    ),
)
TEAMS = Timed(
    "team by month",
    "the teams of one client by month: handled, AHT, transfers",
    ("contacts_handled", "aht", "transfer_rate"),
    (Select({**HANDLED, "transfer_rate": ratio("transferred", "handled and transferred is not null")}, MEMBERS, f"{USUAL} and handled and client_id = 'c3'"),),
    by="team",
    group="m.team_id",
    where="client_id == 'c3'",
)
ONE_AGENT = Timed(
    "one agent",
    "one agent by month over 13 months: handled and AHT",
    ("contacts_handled", "aht"),
    (Select(HANDLED, "segment", f"{USUAL} and handled and agent_id = 'a40'"),),
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
            {"contacts_offered": "(count(*) filter (where offered))::float8", "abandonment_rate": ratio("abandoned", OFFERED)},
            "contact",
            f"{WAITED} and client_id = 'c0'",
        ),
    ),
    days=("2026-03-02", "2026-03-02"),
    per="interval",
    where="client_id == 'c0'",
)
ALL_FCR = Timed("FCR", "first contact resolution of everybody by month", ("fcr",), (Select({"fcr": RESOLVED}, "contact", USUAL),))
TOP_REASONS = Timed(
    "top reasons",
    "the ten most frequent reasons of two years: handled, and the time each took, which is what it costs",
    ("contacts_handled", "aht"),
    (Select(HANDLED, "contact", USUAL),),
    per=None,
    by="reason2",
    group="reason_level2_id",
    top=10,
)
QUESTIONS = (TREND, TEAMS, ONE_AGENT, ONE_DAY, ALL_FCR, TOP_REASONS)


def same(one: Values, other: Values) -> list[str]:
    """Where the two differ, beyond the last digits of a float."""
    keys = one.keys() | other.keys()
    return [f"{key}: {one.get(key)} and {other.get(key)}" for key in sorted(keys, key=str) if not _near(one.get(key), other.get(key))]


def _near(one: float | None, other: float | None) -> bool:
    """Nothing and none are the same: a month without contacts has no row by hand."""
    if one is None or other is None:
        return (one or other or 0) == 0
    return abs(one - other) <= 1e-9 * max(1.0, abs(one))
