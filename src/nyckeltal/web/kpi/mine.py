"""What stands beside an agent's own figures: who sees them, who looked, and what is amiss where they cannot be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from nyckeltal.web.kpi import names
from nyckeltal.web.people import looks
from nyckeltal.web.people.models import User
from nyckeltal.web.people.organisation import organisation

LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Seen:
    """`alone`: in no team today, so that nobody else sees them."""

    by: str
    looked: str
    alone: bool


def seen(person: User) -> Seen:
    now = organisation(timezone.now().date())
    teams = [team for team, agents in now.members.items() if person.agent_id in agents]
    leaders = sorted(names.named("agent", leader) for leader, led in now.led.items() if led & set(teams) and leader != person.agent_id)
    return Seen(_by(leaders), _looked(person), alone=not teams)


def _by(leaders: list[str]) -> str:
    if not leaders:
        return gettext("Only you.")
    return ngettext("You and your leader, %(names)s.", "You and your leaders, %(names)s.", len(leaders)) % {"names": ", ".join(leaders)}


def _looked(person: User) -> str:
    count = looks.at(person.agent_id).filter(at__gte=timezone.now() - LOOKED_BACK).count()
    if not count:
        return gettext("Nobody has looked in the last 30 days.")
    return ngettext("Looked at %(n)s time in the last 30 days.", "Looked at %(n)s times in the last 30 days.", count) % {"n": count}
