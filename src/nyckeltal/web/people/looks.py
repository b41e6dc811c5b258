"""Writes down who looked at another person's figures or at a contact, and reads it for the person looked at."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from nyckeltal.web.people.models import Look, User


def log_figures(by: User, agent_ids: Iterable[str], *, what: str, purpose: str, thing: Look.Thing = Look.Thing.FIGURES) -> None:
    """One line for each person whose figures were shown; one's own are not logged."""
    others = sorted({agent for agent in agent_ids if agent and agent != by.agent_id})
    Look.objects.bulk_create([Look(by=by, agent_id=agent, thing=thing, what=what, purpose=purpose) for agent in others])


def log_contact(by: User, agent_ids: Iterable[str], *, contact_id: str, purpose: str, thing: Look.Thing = Look.Thing.CONTACT) -> None:
    """A contact is logged for each agent in it, or once where none is known or it is one's own."""
    others = sorted({agent for agent in agent_ids if agent and agent != by.agent_id}) or [""]
    Look.objects.bulk_create([Look(by=by, agent_id=agent, thing=thing, what=contact_id, purpose=purpose) for agent in others])


def at(agent_id: str) -> QuerySet[Look]:
    """Newest first; nobody is nobody."""
    return Look.objects.filter(agent_id=agent_id).select_related("by") if agent_id else Look.objects.none()
