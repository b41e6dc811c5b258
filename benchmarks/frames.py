"""The same questions in pandas: the columns they need are read into memory once, which is not counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from questions import HANDLING, WEEK_S, Timed, Values

Frames = Mapping[str, Any]
COLUMNS = {
    "contact": (
        *("client_id", "local_date", "local_minute", "is_test", "direction", "outcome", "left_in_menu", "in_hours", "offered", "handled", "answered"),
        *("abandoned", "wait_s", "handle_s", *HANDLING, "transfers_n", "callback_of", "customer_key", "reason_level2_id"),
        *("next_contact_after_s", "previous_handled_after_s"),
    ),
    "segment": ("client_id", "agent_id", "local_date", "is_test", "direction", "handled", "handle_s", *HANDLING, "transferred"),
    "survey_response": ("local_date", "is_test", "direction", "measure", "value", "weight"),
    "agreement": ("client_id", "threshold", "valid_from", "valid_to"),
    "team_membership": ("agent_id", "team_id", "role", "valid_from", "valid_to"),
}


def read(home: str) -> Frames:
    """Days as moments of pandas, texts as categories: what somebody who knows pandas would do."""
    from nyckeltal.contacts.store import ContactStore

    snapshot = ContactStore(home).snapshot()
    return {table: _read(snapshot.files(table), columns) for table, columns in COLUMNS.items()}


def _read(files: list[str], columns: tuple[str, ...]) -> Any:
    frame = pd.concat([pd.read_parquet(file, columns=list(columns), partitioning=None) for file in files], ignore_index=True)
    for name in columns:
        if name in ("local_date", "valid_from", "valid_to"):
            frame[name] = pd.to_datetime(frame[name]).astype("datetime64[s]")
        elif name in ("client_id", "agent_id", "reason_level2_id", "direction", "outcome"):
            frame[name] = frame[name].astype("category")
    return frame


def _asked(frame: Any, timed: Timed) -> Any:
    """The rows of the days in question that count at all."""
    start, end = (pd.Timestamp(day) for day in timed.days)
    return frame[~frame["is_test"] & (frame["direction"] == "inbound") & (frame["local_date"] >= start) & (frame["local_date"] <= end)]


def _waited(frame: Any) -> Any:
    return frame[~frame["outcome"].isin(("closed", "callback_requested")) & ~frame["left_in_menu"] & frame["in_hours"]]


def _month(frame: Any) -> Any:
    """A number is grouped quicker than a text; it is written out for the few groups."""
    return (frame["local_date"].dt.year * 12 + frame["local_date"].dt.month - 1).rename("period")


def _name(month: int) -> str:
    return f"{month // 12}-{month % 12 + 1:02d}"


def _means(columns: Mapping[str, tuple[Any, Any]], by: list[Any]) -> Any:
    """Of each column its mean over the rows that count, how many those are, and of what is no share the squares; by group."""
    frame = pd.DataFrame({kpi: of.astype("float64").where(among) for kpi, (of, among) in columns.items()})
    squares = {f"{kpi}.squares": frame[kpi] * frame[kpi] for kpi in columns if kpi in ("asa", "aht", "acw_time")}
    groups = frame.groupby(by, observed=True)
    found = groups.mean().join(groups.count().add_suffix(".n"))
    return found.join(pd.DataFrame(squares).groupby(by, observed=True).sum()) if squares else found


def _values(found: Any, period: Callable[[Any], str | None], group: Callable[[Any], str | None]) -> Values:
    rows = found.to_dict("index")
    return {(str(kpi), period(key), group(key)): float(value) for key, row in rows.items() for kpi, value in row.items() if pd.notna(value)}


def _by_month(found: Any) -> Values:
    return _values(found, _name, lambda _: None)


def _by_month_and_group(found: Any) -> Values:
    return _values(found, lambda key: _name(key[0]), lambda key: str(key[1]))


def _resolution(rows: Any) -> dict[str, tuple[Any, Any]]:
    known = rows["handled"] & rows["callback_of"].isna() & rows["customer_key"].notna() & rows["reason_level2_id"].notna()
    back = rows["previous_handled_after_s"] <= WEEK_S  # nothing before is not back
    return {"fcr": (~(rows["next_contact_after_s"] <= WEEK_S), known & ~back), "repeat_contact_rate": (back, known)}


def _threshold(held: Frames, rows: Any) -> Any:
    """What was agreed with the client on the day: each row's agreements, of which one is in force."""
    pairs = rows[["client_id", "local_date"]].reset_index().merge(held["agreement"].astype({"client_id": rows["client_id"].dtype}), on="client_id")
    in_force = pairs[(pairs["local_date"] >= pairs["valid_from"]) & (pairs["valid_to"].isna() | (pairs["local_date"] < pairs["valid_to"]))]
    return in_force.set_index("index")["threshold"].reindex(rows.index).fillna(20)


def _trend(held: Frames, timed: Timed) -> Values:
    rows = _waited(_asked(held["contact"], timed))
    counted = rows["offered"] & ~(rows["abandoned"] & (rows["wait_s"] < 5))
    in_time = rows["answered"] & (rows["wait_s"] <= _threshold(held, rows))
    columns = {
        "service_level": (in_time, counted),
        "asa": (rows["wait_s"], rows["answered"]),
        "answer_rate": (rows["answered"], counted),
        "abandonment_rate": (rows["abandoned"], counted),
        "aht": (rows["handle_s"], rows["handled"]),
        "acw_time": (rows["acw_s"], rows["handled"]),
        "transfer_rate": (rows["transfers_n"] > 0, rows["handled"] & rows["transfers_n"].notna()),
        **_resolution(rows),
    }
    month = _month(rows)
    waits = rows["wait_s"].where(rows["answered"]).groupby(month)
    beside = pd.DataFrame({"asa.median": waits.quantile(0.5), "asa.p90": waits.quantile(0.9)})
    counts = pd.DataFrame({"contacts_offered": rows["offered"], "contacts_handled": rows["handled"]}).groupby(month).sum()
    beside = beside.join(_parts(rows, [month]))
    return _by_month(_means(columns, [month])) | _by_month(beside) | _by_month(counts) | _by_month(_marks(held, timed))


def _parts(rows: Any, by: list[Any]) -> Any:
    """What handling is made up of, on average."""
    parts = pd.DataFrame({f"aht.{part}": rows[part].fillna(0).where(rows["handled"]) for part in HANDLING})
    return parts.groupby(by, observed=True).mean()


def _marks(held: Frames, timed: Timed) -> Any:
    answers = _asked(held["survey_response"], timed)
    answers = answers[(answers["measure"] == "csat") & answers["value"].notna()]
    value, weight = answers["value"], answers["weight"]
    columns = {"csat": value * weight, "csat.weights": weight, "csat.weights2": weight * weight, "csat.weighed_squares": value * value * weight}
    groups = pd.DataFrame(columns).groupby(_month(answers))
    sums = groups.sum().assign(**{"csat.n": groups.size()})
    return sums.assign(csat=sums["csat"] / sums["csat.weights"])


def _teams(held: Frames, timed: Timed) -> Values:
    rows = _asked(held["segment"], timed)
    rows = rows[rows["handled"] & (rows["client_id"] == "c3")]
    members = held["team_membership"][held["team_membership"]["role"] == "agent"].astype({"agent_id": str})
    rows = rows.astype({"agent_id": str}).merge(members, on="agent_id")
    rows = rows[(rows["local_date"] >= rows["valid_from"]) & (rows["valid_to"].isna() | (rows["local_date"] < rows["valid_to"]))]
    return _by_month_and_group(_handled(rows, [_month(rows), rows["team_id"]], transfers=True))


def _handled(rows: Any, by: list[Any], *, transfers: bool = False) -> Any:
    columns = {"aht": (rows["handle_s"], rows["handled"])}
    columns |= {"transfer_rate": (rows["transferred"], rows["transferred"].notna())} if transfers else {}
    return _means(columns, by).drop(columns="aht.squares").join(_parts(rows, by)).assign(contacts_handled=rows["handled"].groupby(by, observed=True).sum())


def _one_agent(held: Frames, timed: Timed) -> Values:
    rows = held["segment"][held["segment"]["agent_id"] == "a40"]
    rows = _asked(rows[rows["handled"]], timed)
    return _by_month_and_group(_handled(rows, [_month(rows), rows["agent_id"]]))


def _one_day(held: Frames, timed: Timed) -> Values:
    frame = held["contact"]
    rows = _waited(_asked(frame[(frame["client_id"] == "c0") & (frame["local_date"] == pd.Timestamp(timed.days[0]))], timed))
    counted = rows["offered"] & ~(rows["abandoned"] & (rows["wait_s"] < 5))
    quarter = (rows["local_minute"] // 15 * 15).rename("quarter")
    found = _means({"abandonment_rate": (rows["abandoned"], counted)}, [quarter]).assign(contacts_offered=rows["offered"].groupby(quarter).sum())
    return _values(found, lambda minute: f"{timed.days[0]}T{minute // 60:02d}:{minute % 60:02d}+00:00", lambda _: None)


def _fcr(held: Frames, timed: Timed) -> Values:
    rows = _asked(held["contact"], timed)
    return _by_month(_means({"fcr": _resolution(rows)["fcr"]}, [_month(rows)]))


def _reasons(held: Frames, timed: Timed) -> Values:
    rows = _asked(held["contact"], timed)
    found = _handled(rows, [rows["reason_level2_id"]]).reset_index()
    found = found.sort_values(["contacts_handled", "reason_level2_id"], ascending=[False, True]).head(timed.top)
    return _values(found.set_index("reason_level2_id"), lambda _: None, str)


ANSWERS: Mapping[str, Callable[[Frames, Timed], Values]] = {
    "company trend": _trend,
    "team by month": _teams,
    "one agent": _one_agent,
    "one day": _one_day,
    "FCR": _fcr,
    "top reasons": _reasons,
}
