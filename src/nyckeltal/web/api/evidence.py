"""A few contacts behind a figure, drawn at random for those who may open them; each is logged, with what the token is for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.evidence import Evidence
from nyckeltal.web.api.call import Call
from nyckeltal.web.api.parameters import Parameter
from nyckeltal.web.api.plain import written
from nyckeltal.web.api.problem import Refused
from nyckeltal.web.api.question import QUESTION, question
from nyckeltal.web.contacts import found
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.evidence import drawn_for, months
from nyckeltal.web.people import access
from nyckeltal.words import Text

LONGEST = timedelta(days=92)
_TAKEN = ("from", "to", "variant", "client")
PARAMETERS = (
    *(one for one in QUESTION if one.name in _TAKEN),
    Parameter("draw", _("Another number draws others."), kind="whole", least=0, most=999_999),
)


def drawn(call: Call) -> HttpResponseBase:
    kpi = call.path["kpi"]
    if kpi not in asking.kpis():
        if faulty := asking.to_be_mended(kpi):
            raise Refused.of(faulty)
        raise Refused(404, Text("api.no_kpi", "There is no such key figure. /api/catalogue lists all of them."))
    asked = question(kpi, call.given)
    if asked.last - asked.first > LONGEST:
        raise Refused(422, Text("api.long_draw", "Contacts are drawn from three months at most; say from and to."))
    ruling = access.contacts(call.person)
    if not ruling.allowed:
        raise Refused(403, ruling.why)
    if asking.narrowed({"client": ruling.within["client"]} if "client" in ruling.within else {}, asked.chosen) is None:
        raise Refused(403, access.OUTSIDE)
    shown = drawn_for(call.person, asked, seed=call.given.get("draw", 0), purpose=call.purpose) or []
    agents = found.agents([contact["contact_id"] for _, contact in shown], months(asked))
    return HttpResponse(written([_row(call, one, contact, agents[contact["contact_id"]]) for one, contact in shown]), content_type="application/json")


def _row(call: Call, one: Evidence, contact: found.Row, agents: Collection[str]) -> dict[str, Any]:
    """Without what the person's role is not told of a contact."""
    ruling = access.contact(call.person, found.as_access_sees(contact, agents))
    hidden = ruling.hidden if ruling else frozenset()
    words = {name: value for name, value in one.words.items() if name.rpartition(".")[2] not in hidden}
    return {"contact_id": one.contact_id, "row_id": one.row_id, "fact": one.fact, "counted_as": one.counted_as, "words": words}
