"""What Jira's words mean, as its service projects are delivered; others are said under [statuses] and [channels] in a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nyckeltal.contacts.model.kinds import Channel
from nyckeltal.sources.tickets.told import Status
from nyckeltal.sources.tickets.told import statuses as own_statuses

PROJECT = r"^(.+)-[0-9]+$"  # in a request's key

STATES: dict[str, Status] = {
    "open": "new",
    "to do": "new",
    "new": "new",
    "reopened": "open",
    "in progress": "open",
    "work in progress": "open",
    "waiting for support": "open",
    "under review": "open",
    "escalated": "hold",
    "waiting for customer": "pending",
    "pending": "hold",
    "waiting for vendor": "hold",
    "waiting for approval": "hold",
    "on hold": "hold",
    "resolved": "solved",
    "done": "solved",
    "completed": "solved",
    "declined": "solved",
    "canceled": "solved",
    "cancelled": "solved",
    "closed": "closed",
}
CATEGORIES: dict[str, Status] = {"new": "new", "indeterminate": "open", "done": "solved"}  # the key of a status's category
# Who creates a request in Jira itself or by a program may have had a call, a letter or nobody before them: that is not guessed.
WAYS: dict[str, Channel] = {"email": "email", "portal": "message", "anonymousportal": "message", "widget": "message", "chat": "chat"}
QUESTION = "jira_satisfaction"
_HEADERS = {  # how lists in German, Spanish and the Portuguese of Brazil head the columns of an English one
    "issue key": ("vorgangsschlüssel", "clave de incidencia", "chave da item"),
    "issue id": ("vorgangs id", "id de la incidencia", "id da item"),
    "issue type": ("vorgangstyp", "tipo de incidencia", "tipo de item"),
    "status": ("estado",),
    "status category": ("statuskategorie", "categoría de estado", "categoria do status"),
    "project key": ("projektschlüssel", "clave del proyecto", "chave do projeto"),
    "priority": ("priorität", "prioridad", "prioridade"),
    "assignee": ("zugewiesene person", "persona asignada", "responsável"),
    "assignee id": ("id der zugewiesenen person", "id de la persona asignada", "id do responsável"),
    "reporter": ("autor", "informador", "relator"),
    "reporter id": ("id des autors", "id del informador", "id do relator"),
    "creator": ("ersteller",),
    "creator id": ("ersteller id",),
    "created": ("erstellt", "creada", "criado"),
    "updated": ("aktualisiert", "actualizada", "atualizado(a)"),
    "resolved": ("erledigt", "resuelta", "resolvido"),
}
_FIELDS = ("request channel", "request type", "satisfaction", "satisfaction rating")
_OWN_FIELD = ("benutzerdefinierte felder", "campo personalizado")
HEADERS = {said: english for english, others in _HEADERS.items() for said in others} | {
    f"{own} ({name})": f"custom field ({name})" for own in _OWN_FIELD for name in _FIELDS
}
STEPS: dict[str, Status] = {  # a status's category in a list
    "to do": "new",
    "in progress": "open",
    "done": "solved",
    "itens pendentes": "new",
    "em andamento": "open",
    "itens concluídos": "solved",
}


def statuses(told: Mapping[str, Any]) -> dict[str, Status]:
    """Every status known, those of the mapping before our own."""
    return own_statuses(told, "statuses", STATES)
