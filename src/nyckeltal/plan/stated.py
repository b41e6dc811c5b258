"""What a plan file states of the organisation around it, in its `[around]`: what the data does not tell, or not yet."""

from __future__ import annotations

import pathlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, get_args

from nyckeltal.contacts.model.organisation import Agreement
from nyckeltal.contacts.state import home_folder
from nyckeltal.errors import BadPlan, Issue
from nyckeltal.kpi.lines import Lines, Path, broken_at
from nyckeltal.plan import values
from nyckeltal.plan.around import MARKS, Ages, Around, Entry, Interviews, Seen, Talk, Tile, View
from nyckeltal.plan.goal import LEVELS
from nyckeltal.plan.reading import Reading, Take, choice, day, either, flag, listed, number, record, share, table, text, whole
from nyckeltal.plan.structural import Finding, Handling, Promise, Slot, Verdict, finding
from nyckeltal.when.period import Grain
from nyckeltal.words import Text

A_WEEK = 5  # business days


def seconds(reading: Reading, path: Path, value: Any) -> Any:
    found = values.read(value, "seconds")
    return found if isinstance(found, float) else reading.wrong(path, found)


def _any_text(reading: Reading, path: Path, value: Any) -> Any:
    """A text, or a day written without quotation marks."""
    return value.isoformat() if isinstance(value, date) else text(reading, path, value)


def _view(**said: Any) -> View:
    return View(**{**said, "window": Grain(said.get("window", "month")), "marks": frozenset(said.get("marks", ()))})


def _queue(**said: Any) -> Finding:
    """A queue on which every interval was the same: the finding of the structural rule over so many days."""
    first = date(2026, 1, 5)  # a Monday; only weeks matter
    days = [first + timedelta(days=at // A_WEEK * 7 + at % A_WEEK) for at in range(said["days"])]
    contacts, planned = said["contacts"], said.get("planned", said["handling_target"])
    slots = [
        Slot(at, said.get("interval", 1800.0), contacts, said.get("forecast", contacts), planned, said["agents"], said.get("outage", False)) for at in days
    ]
    off = [True] * said["missed_days"] + [False] * (said["days"] - said["missed_days"])
    promise = Promise(said["target"], said["within"], said.get("patience", 300.0))
    return finding(slots, off, promise, Handling(said["handling_target"], said["handling"], said.get("handling_low")), said.get("absence_over_plan", 0.0))


_names: Take = listed(text, frozenset)
_tile = record(
    {
        **dict.fromkeys(("kpi", "person", "variant"), text),
        "n": number,
        **dict.fromkeys(("explained", "comment", "off", "information"), flag),
    },
    ("kpi",),
    Tile,
)
_agreement: dict[str, Take] = {
    **dict.fromkeys(("agreement_id", "client_id", "measure", "variant", "calendar_id"), text),
    **dict.fromkeys(("threshold", "target", "repeat_window_d"), number),
    **dict.fromkeys(("short_abandon_s", "reply_limit_s"), number),
    "clock": choice("clock", ("queue", "ivr")),
    "queue_ids": listed(text),
    "valid_from": day,
    "valid_to": day,
}
_counts: dict[str, Take] = {**dict.fromkeys(("days", "missed_days"), whole), **dict.fromkeys(("contacts", "forecast", "agents", "absence_over_plan"), number)}
_times: dict[str, Take] = dict.fromkeys(("interval", "planned", "within", "patience", "handling", "handling_low", "handling_target"), seconds)
_QUEUE_NEEDS = ("days", "missed_days", "contacts", "agents", "target", "within", "handling", "handling_target")
STATED: dict[str, Take] = {
    "day": day,
    "names": table(text),
    "agreement": listed(record(_agreement, ("agreement_id", "client_id", "measure", "valid_from"), Agreement)),
    "per_agreement": flag,
    **dict.fromkeys(("clients", "queues", "channels"), table(_names)),
    "agents": table(whole),
    "tenure_months": table(number),
    "learning": _names,
    **dict.fromkeys(("planned_days", "requests"), table(number)),
    "register": table(record(dict.fromkeys(("purpose", "legal_basis", "informed", "consulted", "assessed"), _any_text), (), Entry)),
    "forms": _names,
    "upsell_item": flag,
    "coverage": either((list, listed(share)), table(listed(share))),
    "alpha": number,
    "quality_sd": number,
    "reach": table(share),
    "missed": _names,
    "misses": table(whole),
    "moved": table(table(choice("change", ("better", "worse")))),
    "volumes": table(number),
    "opposition": listed(
        record(
            {"kpis": listed(text), "verdict": choice("verdict", ("opposing", "supporting", "unclear")), "r": number, "agents": whole, "periods": whole},
            ("kpis", "verdict"),
        )
    ),
    "structural": table(
        record(
            {"verdict": choice("verdict", get_args(Verdict)), "gap": number, "hours_a_week": number, "handling_target_s": number},
            ("verdict",),
            Finding,
        )
    ),
    "queue": table(record({**_counts, **_times, "target": share, "outage": flag}, _QUEUE_NEEDS, _queue)),
    "inbound": table(share),
    **dict.fromkeys(("adjusted", "for_tenure"), _names),
    "scales": table(choice("scale", ("0_10", "1_10", "1_5", "1_7", "yes_no"))),
    **dict.fromkeys(("revenue_varies",), number),
    **dict.fromkeys(("unowned", "without_customer"), share),
    "interviews": table(record({"completes": whole, "drawn": flag, "response_rate": share}, ("completes",), Interviews)),
    "surveys": table(record({"median": number, "last": number}, (), Ages)),
    "late_days": table(whole),
    "set_aside": table(share),
    "view": listed(
        record(
            {
                "id": text,
                "audience": choice("level", LEVELS),
                "window": choice("period", [grain.value for grain in Grain]),
                "kind": choice("kind of view", ("page", "report", "contest")),
                "marks": listed(choice("mark", MARKS)),
                "opt_in": flag,
                "charts": whole,
                "since": day,
                "tiles": listed(_tile),
            },
            ("id", "audience"),
            _view,
        )
    ),
    "acted": table(day),
    "talk": listed(
        record(
            {"held_on": day, "agent": text, "unit": text, "kind": choice("kind of talk", ("one_to_one", "side_by_side", "group"))},
            ("held_on",),
            Talk,
        )
    ),
    "follow_ups": table(day),
    "reports": table(_names),
    "equity": table(number),
    "without_feedback": table(listed(text)),
    "focus_since": table(day),
}
_PLURAL = {"agreement": "agreements", "view": "views", "talk": "talks"}

read: Take = record(STATED)


FILE = "around.toml"


def of_home(home: pathlib.Path | str | None = None) -> Mapping[str, Any]:
    """What an organisation states for all its plans, in a file of its home with the same keys; raises BadPlan with every mistake in it."""
    file = home_folder(home) / FILE
    if not file.is_file():
        return {}
    content = file.read_text(encoding="utf-8")
    try:
        data = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        said = Text("plan.file.not_toml", "This is not TOML: %(error)s", {"error": str(error)})
        raise BadPlan(said, (Issue(said, str(file), broken_at(error)),)) from None
    reading, lines = Reading(), Lines(content)
    read(reading, (), data)
    if reading.mistakes:
        issues = tuple(Issue(said, str(file), lines.of(path), ".".join(map(str, path))) for path, said in reading.mistakes)
        raise BadPlan(Text("plan.around.bad", "%(file)s cannot be used yet.", {"file": FILE}), issues)
    return data


def on(around: Around, stated: Mapping[str, Any]) -> Around:
    """What was found in the data, with what the plan's file states on top: tables by entry, all else as a whole."""
    found = read(Reading(), (), stated) or {}
    given = {_PLURAL.get(name, name): _AS[name](value) if name in _AS else value for name, value in found.items() if name != "day"}
    given |= {"of_groups": True} if "talks" in given else {}
    given["structural"] = {**given.get("structural", {}), **given.pop("queue", {})}
    return replace(around, **{name: _over(getattr(around, name), value) for name, value in given.items()})


def _over(old: Any, new: Any) -> Any:
    return {**old, **new} if isinstance(old, Mapping) and isinstance(new, Mapping) else new


_AS: dict[str, Callable[[Any], Any]] = {
    "coverage": lambda value: value if isinstance(value, Mapping) else {"": value},
    "moved": lambda value: {(who, kpi): way for who, kpis in value.items() for kpi, way in kpis.items()},
    "opposition": lambda value: {frozenset(one["kpis"]): Seen(one["verdict"], one.get("r"), one.get("agents", 0), one.get("periods", 0)) for one in value},
}
