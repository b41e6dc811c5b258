"""Writes down who looked at another person's figures or at a contact, and reads it for the person looked at and for the representative.

The page that opens says what for: `purpose` is an English sentence marked by `gettext_noop`, said in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.web.people.models import Look, User

_LABEL = re.compile(r"20\d\d(-(\d\d|Q\d)(-\d\d)?)?(\.\.20\d\d-\d\d-\d\d)?")  # of a period
CHECKING = gettext_noop("Checking how a figure was counted")


def log_figures(by: User, agent_ids: Iterable[str], *, what: str, purpose: str, thing: Look.Thing = Look.Thing.FIGURES) -> None:
    """One line for each person whose figures were shown; one's own are not logged."""
    others = sorted({agent for agent in agent_ids if agent and agent != by.agent_id})
    Look.objects.bulk_create([Look(by=by, agent_id=agent, thing=thing, what=what[:500], purpose=purpose) for agent in others])


def log_contacts(by: User, contacts: Mapping[str, Iterable[str]], *, purpose: str, thing: Look.Thing = Look.Thing.CONTACT) -> None:
    """Contacts by their ids, with who took part: each is logged for each agent in it, or once where none is known or it is one's own."""
    seen = [(one, agent) for one, agents in contacts.items() for agent in sorted({agent for agent in agents if agent and agent != by.agent_id}) or [""]]
    Look.objects.bulk_create([Look(by=by, agent_id=agent, thing=thing, what=one[:500], purpose=purpose) for one, agent in seen])


def at(agent_id: str) -> QuerySet[Look]:
    """Newest first; nobody is nobody."""
    return Look.objects.filter(agent_id=agent_id).select_related("by") if agent_id else Look.objects.none()


def all_of_them(*, by: str = "", at: str = "", thing: str = "", first: date | None = None, last: date | None = None) -> QuerySet[Look]:
    """The whole log, narrowed. `last` is included."""
    found = Look.objects.select_related("by")
    limits: dict[str, Any] = {"by": by, "agent_id": at, "thing": thing}
    found = found.filter(**{name: value for name, value in limits.items() if value})
    if first:
        found = found.filter(at__gte=_midnight(first))
    return found.filter(at__lt=_midnight(last + timedelta(days=1))) if last else found


def in_words(look: Look) -> str:
    """What was looked at, the KPI by its name and the days as the reader's language has them."""
    first, *rest = [numbers.period(part) if _LABEL.fullmatch(part) else part for part in look.what.split(", ")]
    known = _kpis().get(first)
    return ", ".join([say(known.text("name")) if known else first, *rest])


def _kpis() -> Mapping[str, Kpi]:
    return catalogue(settings.NYCKELTAL_HOME)


def purposes(since: datetime) -> list[tuple[str, int]]:
    """What people were looked at for, the most frequent first."""
    counted = Look.objects.filter(at__gte=since).values_list("purpose").annotate(n=Count("pk")).order_by("-n")
    return [(purpose, n) for purpose, n in counted]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_current_timezone())
