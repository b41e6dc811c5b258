"""A few contacts behind the figure, drawn at random, for those who may see them; drawing is logged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop, ngettext

from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.evidence import Evidence
from nyckeltal.web.contacts import found
from nyckeltal.web.contacts.story import local
from nyckeltal.web.frame import numbers
from nyckeltal.web.kpi import asking, names
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.kpi.worked import counted_words
from nyckeltal.web.people import access, looks
from nyckeltal.web.people.models import Look, User
from nyckeltal.when.period import Period

DRAWN = 5
CHECKING = gettext_noop("Checking how a figure was counted")
_MEASURES = ("wait_s", "handle_s", "acw_s", "value", "next_contact_after_s", "contacts_n")


@dataclass(frozen=True)
class Row:
    began: str
    queue: str
    measure: str
    counted: str
    address: str


@dataclass(frozen=True)
class Shown:
    rows: Sequence[Row]
    measure: str
    drawn: str
    others: str  # query string that draws others


def behind(person: User, kpi: Kpi, question: PageQuestion, *, seed: int) -> dict[str, Shown]:
    """Nothing for those who may not see contacts, and where the question cannot be asked of single contacts."""
    ruling = access.contacts(person)
    within = asking.narrowed(ruling.within, question.chosen) if ruling.allowed else None
    if within is None:
        return {}
    try:
        drawn = asking.drawn(question, within, n=DRAWN, seed=_seed(question, seed))
    except BadQuestion:
        return {}
    drawn = [one for one in drawn if one.contact_id]
    return {"evidence": _shown(person, kpi, question, drawn, seed)} if drawn else {}


def _seed(question: PageQuestion, seed: int) -> int:
    """Another draw for each question, the same for the same."""
    return int.from_bytes(hashlib.sha256(f"{question.address}#{seed}".encode()).digest()[:4])


def _shown(person: User, kpi: Kpi, question: PageQuestion, drawn: Sequence[Evidence], seed: int) -> Shown:
    ids = [one.contact_id for one in drawn if one.contact_id]
    months = _months(question)
    contacts = {row["contact_id"]: row for row in found.rows("contact", ids, months)}
    agents = found.agents(contacts, months)
    for contact_id in contacts:
        looks.log_contact(person, agents[contact_id], contact_id=contact_id, purpose=CHECKING, thing=Look.Thing.EVIDENCE)
    word = _word(drawn)
    rows = sorted(
        ((contacts[one.contact_id]["offered_at"], _row(kpi, one, contacts[one.contact_id], word)) for one in drawn if one.contact_id in contacts),
        key=lambda pair: pair[0],
    )
    said = ngettext("%(n)s drawn at random. Opening one is logged.", "%(n)s drawn at random. Opening one is logged.", len(rows)) % {"n": len(rows)}
    others = "&".join(part for part in (f"month={question.first:%Y-%m}", *(f"{name}={value}" for name, value in question.chosen.items()), f"draw={seed + 1}"))
    return Shown([row for _, row in rows], _measured(word), said, others)


def _months(question: PageQuestion) -> list[str]:
    """The question's months and the one before: a case closed now may have begun earlier."""
    return [part.label for part in Period(Period.days(question.first, question.last).before().start, question.last).parts("month")] + [f"{question.last:%Y-%m}"]


def _word(drawn: Sequence[Evidence]) -> str:
    """The number most worth seeing: the first that these rows have."""
    return next((word for word in _MEASURES if any(one.words.get(word) is not None for one in drawn)), "")


def _measured(word: str) -> str:
    return {
        "wait_s": gettext("Waited"),
        "handle_s": gettext("Handled in"),
        "acw_s": gettext("After the contact"),
        "value": gettext("Answer"),
        "next_contact_after_s": gettext("Came back after"),
        "contacts_n": gettext("Contacts"),
    }.get(word, "")


def _row(kpi: Kpi, one: Evidence, contact: Mapping[str, Any], word: str) -> Row:
    value = one.words.get(word)
    measure = "–" if value is None else numbers.duration(value) if word.endswith("_s") else numbers.whole(value)
    queue = one.words.get("queue_id") or contact["queue_id"]
    return Row(
        began=numbers.moment(local(dict(contact), contact["offered_at"])),
        queue=names.named("queue", queue) if queue else "–",
        measure=measure,
        counted=counted_words(kpi, one.counted_as),
        address=reverse("contacts:story", args=[contact["contact_id"]]),
    )
