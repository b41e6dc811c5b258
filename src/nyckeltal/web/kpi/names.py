"""What dimensions and their values are called on a page: users' own names untouched, our words translated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel.dates import get_day_names
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as pgettext_

from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.kpi import values

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

DIMENSIONS: Mapping[str, _StrPromise] = {
    "client": _("client"),
    "channel": _("channel"),
    "queue": _("queue"),
    "team": _("team"),
    "leader": _("team leader"),
    "agent": _("person"),
    "tenure": _("time in the job"),
    "site": _("place of work"),
    "reason1": _("reason, main group"),
    "reason2": _("reason"),
    "reason3": _("reason, in detail"),
    "area": _("responsible area"),
    "demand": _("kind of demand"),
    "outcome": _("how it ended"),
    "language": _("language"),
    "direction": _("direction"),
    "weekday": _("weekday"),
    "hour": _("hour of the day"),
    "repeat": _("first time or again"),
    "scale": _("scale of the answer"),
    "currency": _("currency"),
    "form": _("evaluation form"),
    "item": _("item of an evaluation"),
}
GRAINS: Mapping[str, _StrPromise] = {
    "": _("the whole period"),
    "year": pgettext_("per", "year"),
    "quarter": pgettext_("per", "quarter"),
    "month": pgettext_("per", "month"),
    "week": pgettext_("per", "week"),
    "day": pgettext_("per", "day"),
    "hour": pgettext_("per", "hour"),
    "interval": pgettext_("per", "quarter of an hour"),
}
_WORDS: Mapping[str, Mapping[str, _StrPromise]] = {
    "channel": {
        "voice": _("phone"), "email": _("e-mail"), "chat": _("chat"), "message": _("message"), "social": _("social media"),
        "visit": _("visit"), "callback": _("call-back"),
    },
    "direction": {"inbound": _("from customers"), "outbound": _("to customers"), "internal": _("internal")},
    "outcome": {
        "answered": _("answered"), "abandoned": _("gave up"), "callback_requested": _("asked to be called back"), "overflowed": _("sent elsewhere"),
        "blocked": _("blocked"), "saturated": _("turned away, lines full"), "closed": _("closed"), "technical": _("technical fault"),
    },
    "demand": {"value": _("wanted contacts"), "failure": _("contacts caused by something that failed"), "unknown": _("not yet judged")},
    "tenure": {"0-3": _("up to 3 months"), "3-6": _("3 to 6 months"), "6-12": _("6 to 12 months"), "12+": _("over a year")},
    "scale": {"0_10": _("0 to 10"), "1_10": _("1 to 10"), "1_5": _("1 to 5"), "1_7": _("1 to 7"), "yes_no": _("yes or no"), "text": _("in own words")},
}  # fmt: skip
_TABLES = {
    "client": ("client", "client_id", "name"), "queue": ("queue", "queue_id", "name"), "team": ("team", "team_id", "name"),
    "agent": ("agent", "agent_id", "display_name"), "leader": ("agent", "agent_id", "display_name"),
    "reason1": ("reason", "reason_id", "label"), "reason2": ("reason", "reason_id", "label"), "reason3": ("reason", "reason_id", "label"),
}  # fmt: skip


def named(dimension: str, value: object) -> str:
    """The value as a reader knows it."""
    if value is None:
        return pgettext("value of a dimension", "not known")
    if dimension in _TABLES:
        return own_names(dimension).get(str(value)) or str(value)
    if dimension in _SPOKEN:
        return _SPOKEN[dimension](value)
    return str(_WORDS.get(dimension, {}).get(str(value), value))


def own_names(dimension: str) -> Mapping[str, str]:
    """Ids to names as the organisation gives them; an id without a name stands for itself."""
    now = facts.current()
    return _read(now.id, *_TABLES[dimension])


def choices(dimension: str) -> list[tuple[str, str]]:
    """Every value one may choose, in the order of its names or, where values have an order, in theirs."""
    if dimension in _WORDS:
        return [(value, str(word)) for value, word in _WORDS[dimension].items()]
    if dimension in _SPOKEN:
        return [(value, named(dimension, value)) for value in _VALUES[dimension]]
    return list(_in_order(facts.current().id, dimension))


@lru_cache(maxsize=32)
def _in_order(_version: str, dimension: str) -> Sequence[tuple[str, str]]:
    known = own_names(dimension) if dimension in _TABLES else {}
    return sorted(((value, known.get(value) or value) for value in values.of(dimension)), key=lambda pair: pair[1].casefold())


@lru_cache(maxsize=64)
def _read(_version: str, table: str, key: str, column: str) -> Mapping[str, str]:
    rows = {row[key]: row for row in facts.current().small(table).to_pylist()}
    found = {one: row[column] or one for one, row in rows.items()}
    often = Counter(found.values())
    return {one: name if often[name] == 1 else _told_apart(rows, one, name, found) for one, name in found.items()}


def _told_apart(rows: Mapping[str, Mapping[str, Any]], one: str, name: str, found: Mapping[str, str]) -> str:
    """Two that are called alike: a reason by what it belongs to, anything else by its id."""
    parent = rows[one].get("parent_id") or ""
    return f"{found[parent]}: {name}" if parent in found else f"{name} ({one})"


def _weekday(value: object) -> str:
    names = get_day_names("wide", locale=numbers.locale())
    return str(names[int(str(value)) - 1])


def _hour(value: object) -> str:
    hour = int(str(value))
    return f"{hour:02d}–{hour + 1:02d}"


def _repeat(value: object) -> str:
    return gettext("came back") if value in {True, "true", "True"} else gettext("first time")


_SPOKEN: Mapping[str, Callable[[object], str]] = {"weekday": _weekday, "hour": _hour, "repeat": _repeat}
_VALUES: Mapping[str, Sequence[str]] = {"weekday": [str(day) for day in range(1, 8)], "hour": [str(hour) for hour in range(24)], "repeat": ["false", "true"]}
ORDERED = frozenset({"weekday", "hour", "tenure"})  # these have an order of their own
