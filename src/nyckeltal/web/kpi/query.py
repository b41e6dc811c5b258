"""What the tables in a query are, for whoever reads it: those of facts lie in the home folder, small ones are made for each question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from nyckeltal.contacts.schema import TABLES

_NAMED = re.compile(r'(?:FROM|JOIN) "([^"]+)"')
_STEP = re.compile(r"t\d+")  # a part of the query itself
_MADE: Mapping[str, Any] = {
    "term_": _("what the agreements say instead of the usual number: “any” for all queues of a client, “queue” for one"),
    "clock_": _("by whose agreements the wait begins in the menu"),
    "teams": _("who belongs to which team, and which queues it answers for"),
    "known": _("until when the data of each client are known"),
    "link_": _("the rows that are linked to, such as the contact of a queue visit"),
    "zone_of_": _("the time zones of the organisation"),
    "offsets": _("when clocks are put forward and back"),
}


def tables(sql: Sequence[str]) -> tuple[list[str], list[tuple[str, Any]]]:
    """Facts by their names; of what is made, each kind by the names it has here and what it holds."""
    named = sorted({name for one in sql for name in _NAMED.findall(one) if not _STEP.fullmatch(name)})
    made = [([name for name in named if name.startswith(kind)], said) for kind, said in _MADE.items()]
    return [name for name in named if name in TABLES], [(", ".join(names), said) for names, said in made if names]
