"""The kinds of thing an organisation is made of: what they are called, which fields a person fills in, and how they may be changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Kind:
    """`slug` stands in the address; `few` are the fields asked for when many are described at once; `dated` things change from a day on
    by ending one row and beginning another, the others only as a whole."""

    table: str
    slug: str
    one: _StrPromise
    many: _StrPromise
    lead: _StrPromise
    new: _StrPromise
    fields: tuple[str, ...]
    listed: tuple[str, ...]
    few: tuple[str, ...] = ()
    more: tuple[str, ...] = ()  # fields that are seldom filled in
    dated: bool = False
    own_id: bool = True  # files name it by its id, so a person may choose that


KINDS = (
    Kind(
        "client", "clients", _("Client"), _("Clients"), _("Who buys the service. An in-house centre has one."), _("New client"),
        ("name", "tz", "currency"), ("name", "tz", "currency"), ("name", "tz"),
    ),
    Kind(
        "queue", "queues", _("Queue"), _("Queues"), _("Where contacts wait: whose they are, on which channel, and when somebody is there."), _("New queue"),
        ("name", "client_id", "channel", "tz", "calendar_id", "skill", "valid_from", "valid_to"), ("name", "client_id", "channel", "calendar_id"),
        ("name", "client_id", "channel", "calendar_id"),
    ),
    Kind(
        "agreement", "agreements", _("Agreement"), _("Agreements"), _("What was promised to a client, measured how, and from when until when."),
        _("New agreement"),
        ("client_id", "measure", "target", "threshold", "variant", "queue_ids", "valid_from", "valid_to", "period", "short_abandon_s", "clock",
         "repeat_window_d", "reply_limit_s", "calendar_id", "penalty_note"),
        ("client_id", "queue_ids", "valid_from", "valid_to"), dated=True, own_id=False,
        more=("period", "short_abandon_s", "clock", "repeat_window_d", "reply_limit_s", "calendar_id", "penalty_note"),
    ),
    Kind(
        "calendar", "calendars", _("Opening hours"), pgettext_lazy("several", "Opening hours"),
        _("When somebody is there, week by week, and on which days nobody is. Queues name the hours they keep."), _("New opening hours"),
        ("tz", "weekly", "holidays"), ("tz",),
    ),
    Kind(
        "team", "teams", _("Team"), _("Teams"), _("Who works together, and which queues they answer for."), _("New team"),
        ("name", "parent_unit", "queue_ids", "client_ids", "primary_direction", "secondary_direction"), ("name", "queue_ids"),
    ),
    Kind(
        "team_membership", "memberships", _("Membership"), _("Memberships"), _("Who is in which team, in which role, from when until when."),
        _("New membership"), ("agent_id", "team_id", "role", "valid_from", "valid_to", "fte_share"),
        ("role", "valid_from", "valid_to"), dated=True, own_id=False,
    ),
    Kind(
        "employment", "contracts", _("Contract"), _("Contracts"), _("For how many hours a week each person is employed, from when until when."),
        _("New contract"), ("agent_id", "hours_week", "day_h", "profile", "valid_from", "valid_to"),
        ("hours_week", "profile", "valid_from", "valid_to"), dated=True, own_id=False,
    ),
    Kind(
        "agent", "people", _("Agent"), _("Agents"),
        _("Those who answer customers and those who lead them. Figures by time in the job need the day of hiring."),
        _("New person"), ("display_name", "pseudonym", "hired_on", "left_on", "left_kind", "site_id", "tz", "languages"),
        ("display_name", "site_id", "hired_on", "left_on"), ("display_name", "hired_on", "site_id"),
    ),
    Kind(
        "reason", "reasons", _("Reason"), _("Reasons"), _("Why customers contact us, in three levels, each with the business area that causes it."),
        _("New reason"), ("label", "parent_id", "responsible_area", "demand_type", "avoidable_by", "is_other", "valid_from", "valid_to"),
        ("label", "parent_id", "responsible_area", "demand_type"), ("label", "parent_id", "responsible_area", "demand_type", "avoidable_by"),
    ),
)  # fmt: skip
BY_SLUG: Mapping[str, Kind] = {kind.slug: kind for kind in KINDS}
BY_TABLE: Mapping[str, Kind] = {kind.table: kind for kind in KINDS}

LABELS: Mapping[str, _StrPromise] = {
    "id": _("Id"), "name": _("Name"), "display_name": _("Name"), "label": _("Name"), "tz": _("Time zone"), "currency": _("Currency"),
    "client_id": _("Client"), "channel": _("Channel"), "calendar_id": _("Opening hours"), "skill": _("Language or skill"),
    "valid_from": _("First day"), "valid_to": _("Last day"), "measure": _("What is measured"), "target": _("Target"),
    "threshold": _("Within (seconds)"), "variant": _("Counted as"), "queue_ids": _("Queues"), "period": _("Judged by the"),
    "short_abandon_s": _("Hang-ups left out, under (seconds)"), "clock": _("The wait begins"), "repeat_window_d": _("No new contact within (days)"),
    "reply_limit_s": _("Reply within (seconds)"), "penalty_note": _("Note"), "weekly": _("Week by week"), "holidays": _("Holidays"),
    "parent_unit": _("Part of"), "client_ids": _("Clients"), "primary_direction": _("First of all for"), "secondary_direction": _("Then for"),
    "agent_id": _("Person"), "team_id": _("Team"), "role": _("Role"), "fte_share": _("Share of working time (%)"), "pseudonym": _("Pseudonym"),
    "hours_week": _("Hours a week"), "day_h": _("Hours of a full day"), "profile": _("Employed for"),
    "hired_on": _("Hired on"), "left_on": _("Left on"), "left_kind": _("Left because"), "site_id": _("Place of work"), "languages": _("Languages"),
    "parent_id": _("Belongs to"), "responsible_area": _("Responsible business area"), "demand_type": _("Kind of demand"),
    "avoidable_by": _("Could be avoided by"), "is_other": _("Stands for “other”"), "level": _("Level"), "described": _("Described"),
}  # fmt: skip
HINTS: Mapping[str, _StrPromise] = {
    "id": _("Files name it by this. Left empty, it is made from the name."),
    "valid_to": _("Empty means until further notice."),
    "queue_ids": _("None chosen means all queues."),
    "team.queue_ids": _("The queues whose waiting counts as the team’s. None chosen: its service level and waits are not counted."),
    "target": _("In the unit in which it is shown: 80 for 80 %, seconds for times."),
    "threshold": _("For measures that ask “in time?”."),
    "repeat_window_d": _("For solved at first contact and repeat contacts."),
    "weekly": _("Hours of each day as 08:00-17:00; with a break 08:00-12:00, 13:00-17:00. Empty means closed."),
    "holidays": _("A line each: 2026-12-25 for a day closed, 2026-12-24 08:00-12:00 for shorter hours, 2026 alone for a year without more."),
    "parent_unit": _("The unit above, if there is one."),
    "pseudonym": _("Used instead of the name wherever files leave the house."),
    "languages": _("Parted by commas."),
    "calendar_id": _("None chosen means that it is always open."),
    "tz": _("Where its days begin and end."),
}
CHOICES: Mapping[str, Mapping[str, _StrPromise]] = {
    "channel": {
        "voice": _("phone"), "email": _("e-mail"), "chat": _("chat"), "message": _("message"), "social": _("social media"),
        "visit": _("visit"), "callback": _("call-back"),
    },
    "clock": {"queue": _("when the queue is entered"), "ivr": _("when the menu answers")},
    "period": {
        "week": pgettext_lazy("judged by the", "week"), "month": pgettext_lazy("judged by the", "month"), "quarter": pgettext_lazy("judged by the", "quarter"),
    },
    "primary_direction": {"service": _("service"), "efficiency": _("efficiency"), "sales": _("sales")},
    "secondary_direction": {"service": _("service"), "efficiency": _("efficiency"), "sales": _("sales")},
    "role": {"agent": _("answers customers"), "leader": _("leads the team"), "evaluator": _("evaluates quality"), "planner": _("plans staffing")},
    "profile": {"service": _("service"), "sales": _("sales")},
    "left_kind": {"voluntary": _("the person chose to"), "other": _("of another reason")},
    "demand_type": {"value": _("wanted contacts"), "failure": _("contacts caused by something that failed"), "unknown": _("not yet judged")},
    "avoidable_by": {
        "self_service": _("self-service"), "information": _("better information"), "process": _("a better process"), "product": _("a better product"),
        "none": _("nothing, it is wanted"),
    },
}  # fmt: skip
