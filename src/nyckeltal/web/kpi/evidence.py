"""A few contacts behind the figure, drawn at random, for those who may see them; drawing is logged."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.evidence import Evidence
from nyckeltal.kpi.fields import fields
from nyckeltal.web.contacts import found
from nyckeltal.web.contacts.story import local
from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking, names
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.kpi.worked import counted_words
from nyckeltal.web.people import access, looks
from nyckeltal.web.people.models import Look, User
from nyckeltal.when.period import Period

DRAWN = 5
OPENED = 60  # of those that may be the reader's own, looked at one by one until there are enough
_READ = ("contact_id", "client_id", "queue_id", "outcome", "offered_at", "local_date", "utc_offset_s", "month")
Opened = tuple[Evidence, found.Row]  # a row behind a figure, and its contact
_MEASURES = ("wait_s", "handle_s", "acw_s", "value", "next_contact_after_s", "contacts_n")


@dataclass(frozen=True)
class Row:
    began: str
    queue: str
    measure: str
    ended: str
    counted: str
    address: str


@dataclass(frozen=True)
class Shown:
    rows: Sequence[Row]
    measure: str
    drawn: str
    others: str  # query string that draws others


def behind(person: User, kpi: Kpi, question: PageQuestion, *, seed: int) -> dict[str, Any]:
    """Nothing for those who may not see contacts, and where the question cannot be asked of single contacts.
    What rests on something other than contacts says what: single ones of those are not opened here."""
    if rests_on := _no_contacts(kpi):
        said = gettext("It rests on %(things)s, which belong to no single contact. One by one they are not shown here.") % {"things": rests_on}
        return {"no_evidence": said} if access.contacts(person).allowed else {}
    try:
        drawn = drawn_for(person, question, seed=seed)
    except BadQuestion:
        return {}
    return {} if drawn is None else {"evidence": _shown(kpi, question, drawn, seed)}


def _no_contacts(kpi: Kpi) -> str:
    """What is counted, in words, where its rows name no contact; of a ratio without a fact of its own, what is above the line."""
    side = kpi.base["top"]
    over = str(kpi.base["over"] or (side.get("over") if isinstance(side, Mapping) else "") or "contact")
    if over in TABLES and "contact_id" in TABLES[over]:
        return ""
    (named,) = fields([over])
    return say(named.called) if named.called else say(kpi.text("name"))


def drawn_for(person: User, question: PageQuestion, *, seed: int, purpose: str = looks.CHECKING) -> list[Opened] | None:
    """A few rows behind the figure whose contacts the person may open, each logged; None where contacts are not open at all, or there are none."""
    ruling = access.contacts(person)
    is_open = ruling.allowed and access.evidence_of_kpi(ruling, asking.kpis()[question.kpi])
    within = asking.narrowed(_of_clients(ruling), question.chosen) if is_open else None
    if within is None:
        return None
    own = access.may_take_part(person)
    drawn = [one for one in _drawn(question, within, own, _seed(question, seed)) if one.contact_id]
    random.Random(_seed(question, seed)).shuffle(drawn)  # noqa: S311 - of those drawn the first few may be opened, in no order
    contacts = _open_to(person, [one.contact_id for one in drawn if one.contact_id], months(question), purpose)
    return [(one, contacts[one.contact_id]) for one in drawn if one.contact_id in contacts] if drawn or own is not None else None


def _drawn(question: PageQuestion, within: asking.Within, own: Collection[str] | None, seed: int) -> list[Evidence]:
    """`own`: agents, where it is drawn among the contacts in which one of them took part."""
    if own is None:
        return asking.drawn(question, within, n=DRAWN, seed=seed)
    return asking.drawn(question, within, n=OPENED, seed=seed, whose=sorted(own), among=lambda: found.with_agents(own, months(question)))


def _of_clients(ruling: access.Ruling) -> access.Within:
    """Whole KPIs are refused at the level of agents and teams; the draw is among their contacts instead."""
    return {dimension: ids for dimension, ids in ruling.within.items() if dimension == "client"}


def _seed(question: PageQuestion, seed: int) -> int:
    """Another draw for each question, the same for the same."""
    return int.from_bytes(hashlib.sha256(f"{question.address}#{seed}".encode()).digest()[:4])


def _shown(kpi: Kpi, question: PageQuestion, drawn: Sequence[Opened], seed: int) -> Shown:
    word = _word([one for one, _ in drawn])
    rows = sorted(((contact["offered_at"], _row(kpi, one, contact, word)) for one, contact in drawn), key=lambda pair: pair[0])
    others = "&".join(part for part in (f"month={question.first:%Y-%m}", *(f"{name}={value}" for name, value in question.chosen.items()), f"draw={seed + 1}"))
    return Shown([row for _, row in rows], _measured(word), _said(len(rows)), others)


def _said(count: int) -> str:
    if not count:
        return gettext("None of the contacts drawn is one that you may open.")
    return ngettext(
        "%(n)s drawn at random. That you see it here is logged, and opening it too.",
        "%(n)s drawn at random. That you see them here is logged, and opening one too.",
        count,
    ) % {"n": count}


def _open_to(person: User, ids: Sequence[str], months: Sequence[str], purpose: str) -> dict[str, found.Row]:
    """The first few that the person may open, by id, each logged."""
    rows = {row["contact_id"]: row for row in found.rows("contact", ids, months, _READ)} if ids else {}
    agents = found.agents(rows, months) if rows else {}
    allowed = (one for one in dict.fromkeys(ids) if one in rows and access.contact(person, found.as_access_sees(rows[one], agents[one])))
    opened = {one: rows[one] for one in islice(allowed, DRAWN)}
    looks.log_contacts(person, {one: agents[one] for one in opened}, purpose=purpose, thing=Look.Thing.EVIDENCE)
    return opened


def months(question: PageQuestion) -> list[str]:
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
    measure = "–" if value is None else numbers.duration(round(value)) if word.endswith("_s") else numbers.whole(value)
    queue = one.words.get("queue_id") or contact["queue_id"]
    return Row(
        began=numbers.moment(local(dict(contact), contact["offered_at"])),
        queue=names.named("queue", queue) if queue else "–",
        measure=measure,
        ended=names.named("outcome", outcome) if (outcome := one.words.get("outcome") or contact["outcome"]) else "–",
        counted=counted_words(kpi, one.counted_as),
        address=f"{reverse('contacts:story', args=[contact['contact_id']])}?month={contact['month']}",
    )
