"""How an account stands: open, invited, without a way in, closed; and what is missing before its roles show anything."""

from __future__ import annotations

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from nyckeltal.web.people.models import User
from nyckeltal.web.people.roles import Role
from nyckeltal.words import Text


class Standing(TextChoices):
    OPEN = "open", pgettext_lazy("account", "May sign in")
    INVITED = "invited", pgettext_lazy("account", "Invited")
    WITHOUT = "without", _("No way in yet")
    DEMO = "demo", pgettext_lazy("account", "By one click")
    CLOSED = "closed", pgettext_lazy("account", "Closed")


STANDINGS = tuple(Standing)
DEMO = "demo-"  # how the user names of the demo's people begin


def standing(person: User, has_link: bool) -> Standing:
    if not person.is_active:
        return Standing.CLOSED
    if person.has_usable_password():
        return Standing.OPEN
    if settings.NYCKELTAL_DEMO and person.username.startswith(DEMO):
        return Standing.DEMO
    return Standing.INVITED if has_link else Standing.WITHOUT


def lacking(person: User) -> list[Text]:
    """A role that is tied to nobody shows nothing."""
    found = []
    if not person.roles:
        found.append(Text("standing.no_role", "Without a role this person sees how things are counted, and no figures."))
    if not person.agent_id and (person.holds(Role.AGENT) or person.holds(Role.LEADER)):
        found.append(Text("standing.no_agent", "Agents and team leaders see nothing until the account is tied to an agent."))
    if not person.client_ids and person.holds(Role.CLIENT):
        found.append(Text("standing.no_client", "Clients see nothing until the account is tied to a client."))
    return found
