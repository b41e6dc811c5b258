"""The questions that are timed, each asked of nyckeltal and written by hand as DuckDB SQL over the same Parquet files. Both must give the same values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What every question of the catalogue leaves out, in SQL.
USUAL = "not is_test and direction = 'inbound'"
WAITED = f"{USUAL} and outcome not in ('closed', 'callback_requested') and not left_in_menu and in_hours"
JOINED = """contact c left join agreement a
    on a.client_id = c.client_id and c.local_date >= a.valid_from and (a.valid_to is null or c.local_date < a.valid_to)"""
OFFERED = "count(*) filter (where offered and not (abandoned and wait_s < 5))"
MONTH = "strftime(local_date, '%Y-%m')"
WEEK_S = 604800


@dataclass(frozen=True)
class Timed:
    """`sql` gives rows of kpi, period, group, value; `days` are the first and last day asked for."""

    name: str
    about: str
    kpis: tuple[str, ...]
    sql: str
    per: str | None = "month"
    by: str | None = None
    where: str | None = None
    days: tuple[str, str] | None = None

    @property
    def asked(self) -> Mapping[str, Any]:
        start, end = self.days or (None, None)
        return {"per": self.per, "by": [self.by] if self.by else [], "where": self.where, "start": start, "end": end, "floor": 0}


def _unpivoted(columns: Mapping[str, str], period: str, group: str, source: str) -> str:
    """One scan, then a row per figure."""
    sums = ", ".join(f"{sql} as {name}" for name, sql in columns.items())
    names = ", ".join(columns)
    return f"unpivot (select {period} as period, {group} as grp, {sums} from {source} group by all) on {names} into name kpi value value"


TREND = Timed(
    "trend",
    "the whole company by month: offered, handled, service level by agreement, ASA, answer rate, abandonment, AHT, after-contact work",
    ("contacts_offered", "contacts_handled", "service_level", "asa", "answer_rate", "abandonment_rate", "aht", "acw_time"),
    _unpivoted(
        {
            "contacts_offered": "count(*) filter (where offered)::double",
            "contacts_handled": "count(*) filter (where handled)::double",
            "service_level": f"count(*) filter (where answered and wait_s <= coalesce(threshold, 20)) / {OFFERED}",
            "asa": "avg(wait_s) filter (where answered)",
            "answer_rate": f"count(*) filter (where answered) / {OFFERED}",
            "abandonment_rate": f"count(*) filter (where abandoned and wait_s >= 5) / {OFFERED}",
            "aht": "avg(handle_s) filter (where handled)",
            "acw_time": "avg(acw_s) filter (where handled)",
        },
        "strftime(c.local_date, '%Y-%m')",
        "null",
        f"{JOINED} where {WAITED}",
    ),
)
AGENTS = Timed(
    "agents",
    "one client's agents by month: handled and AHT",
    ("contacts_handled", "aht"),
    _unpivoted({"contacts_handled": "count(*)::double", "aht": "avg(handle_s)"}, MONTH, "agent_id", f"segment where {USUAL} and handled and client_id = 'c3'"),
    by="agent",
    where="client_id == 'c3'",
)
ONE_AGENT = Timed(
    "one agent",
    "one agent by month: AHT",
    ("aht",),
    _unpivoted({"aht": "avg(handle_s)"}, MONTH, "agent_id", f"segment where {USUAL} and handled and agent_id = 'a40'"),
    by="agent",
    where="agent_id == 'a40'",
)
ONE_DAY = Timed(
    "one day",
    "one day of one client by quarter of an hour: contacts offered",
    ("contacts_offered",),
    _unpivoted(
        {"contacts_offered": "count(*) filter (where offered)::double"},
        "strftime(local_date + to_minutes((local_minute // 15 * 15)::int), '%Y-%m-%dT%H:%M+00:00')",
        "null",
        f"contact where {USUAL} and client_id = 'c0' and local_date = date '2026-03-02'",
    ),
    per="interval",
    where="client_id == 'c0'",
    days=("2026-03-02", "2026-03-02"),
)
RESOLVED = Timed(
    "resolution",
    "first contact resolution of everybody by month",
    ("fcr",),
    _unpivoted(
        {"fcr": f"count(*) filter (where next_contact_after_s is null or next_contact_after_s > {WEEK_S}) / count(*)"},
        MONTH,
        "null",
        f"""contact where {USUAL} and handled and callback_of is null and customer_key is not null and reason_level2_id is not null
            and (previous_handled_after_s is null or previous_handled_after_s > {WEEK_S}) and local_date < date '2026-10-01'""",
    ),
    days=("2024-11-01", "2026-09-30"),
)
REASONS = Timed(
    "reasons",
    "contacts by reason and month",
    ("contacts_offered",),
    _unpivoted({"contacts_offered": "count(*) filter (where offered)::double"}, MONTH, "reason_id", f"contact where {USUAL}"),
    by="reason1",
)
QUESTIONS = (TREND, AGENTS, ONE_AGENT, ONE_DAY, RESOLVED, REASONS)
