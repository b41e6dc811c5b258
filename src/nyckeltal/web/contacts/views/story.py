"""One contact's story; opening it is logged."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nyckeltal.web.contacts import found
from nyckeltal.web.contacts.story import about, local, steps
from nyckeltal.web.frame import numbers
from nyckeltal.web.people import access, looks
from nyckeltal.web.people.session import signed_in


@require_safe
def one(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Whoever may see no contacts is told why; a contact that is not one's own is as unknown as one that does not exist.
    An address may say the month, so that others need not be looked through."""
    person = signed_in(request)
    in_general = access.contacts(person)
    if not in_general.allowed:
        raise PermissionDenied(in_general.why)
    contact = found.contact(contact_id, request.GET.get("month", ""))
    if contact is None:
        raise Http404
    agents = [row["agent_id"] for row in found.parts(contact) if row["agent_id"]]
    asked = found.as_access_sees(contact, agents)
    ruling = access.contact(person, asked)
    if ruling is None:
        raise Http404
    looks.log_contacts(person, {contact_id: agents}, purpose=looks.CHECKING)
    began = numbers.moment(local(contact, contact["offered_at"]))
    context = {"began": began, "steps": steps(contact, ruling.hidden, access.named(person, ruling, asked.day)), "about": about(contact), "ruling": ruling}
    return render(request, "contacts/story.html", context)
