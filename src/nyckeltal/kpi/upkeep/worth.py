"""Which cuts are worth keeping, found in the definitions of the key figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import OF_NEIGHBOURS, TABLES
from nyckeltal.errors import UserMistake
from nyckeltal.kpi.compile import Part, Plan, Refused, Scan, compile_plan
from nyckeltal.kpi.engine.bind import needs_of
from nyckeltal.kpi.formula import BadFormula
from nyckeltal.kpi.question import Question
from nyckeltal.kpi.rollup.cuts import Cut, base_of, keeps, keeps_values, kept_as, name_of, sieve_of, values_of
from nyckeltal.kpi.silence import Silence
from nyckeltal.kpi.vocabulary import FACTS, LINKS, TEAM_LISTS, reason_word

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.kpi.engine.cells import Sieve, Wanted
    from nyckeltal.kpi.request import Request

_ALWAYS = ("client_id", "channel", "direction")
_OF_QUEUES = ("queue_id", "language", "scale")
_LEVELS = ((), ("queue",), ("team",), ("agent",))
# links whose words are traced: contacts and their parts by what a load touches, the others by what they say
PARTS = ("contact", "queue_visit")
OF_ORGANISATION = ("reason", "question", "queue", "client", "agent", "agreement")


def cuts(request: Request, facts: Iterable[str]) -> list[Cut]:
    """All that is worth keeping of these facts."""
    found: dict[tuple[str, Scan, tuple[str, ...]], tuple[dict[Sieve, None], dict[Wanted, None]]] = {}
    wide = [over for over in facts if over in FACTS]
    for plan, part in parts(request):
        if part.scan.over not in wide or not _is_traced(part):
            continue
        here = kept_as(part.scan, part.measure)
        if keeps_values(part.measure) and here.wanted and plan.level is None:
            for name, words in _cuts_of_values(part.scan, here.wanted):
                found[name, base_of(part.scan), words] = {here.sieve: None}, {here.wanted: None}
        if not keeps(part.measure):
            continue
        origins = sieve_of(replace(part.scan, where=Silence(request, plan, part).widened))[0]
        for name, words in _cuts_of(plan, part):
            sieves, wanted = found.setdefault((name, base_of(part.scan), words), ({}, {}))
            sieves |= {here.sieve: None, origins: None}
            wanted |= {here.wanted: None} if here.wanted else {}
    return [Cut(name, scan, words, tuple(sieves), tuple(wanted)) for (name, scan, words), (sieves, wanted) in found.items()]


def parts(request: Request) -> Iterator[tuple[Plan, Part]]:
    """The parts of every key figure in every variant at every level."""
    for kpi in request.kpis.values():
        for variant, by in product(kpi.variant_names, _LEVELS):
            if plan := _plan(request, kpi, variant, by):
                yield from ((plan, part) for part in (*plan.parts, *(part for _, part in plan.beside)))


def _plan(request: Request, kpi: Kpi, variant: str, by: tuple[str, ...]) -> Plan | None:
    try:
        return compile_plan(Question.of(kpi.id, by=by, variant=variant), kpi, request.kpis, request.organisation.clocks)
    except (Refused, BadFormula, UserMistake):
        return None  # whoever asks so is told why


def _cuts_of(plan: Plan, part: Part) -> Iterator[tuple[str, tuple[str, ...]]]:
    """By what the sums of a part are kept: by client; by queue; by agent, where it is asked about those who work; by reason."""
    over, credit = part.scan.over, part.scan.credit
    base = name_of(part.scan)
    always = ("source", *(word for word in _ALWAYS if word in TABLES[over]))
    if plan.level is None:
        yield f"{base}-client", always
    if plan.level in (None, "queue") or credit in TEAM_LISTS:
        yield f"{base}-queue", (*always, *(word for word in _OF_QUEUES if word in TABLES[over]))
    if credit in TABLES[over] and credit not in TEAM_LISTS and (plan.level in ("team", "agent") or plan.clusters == "agent"):
        yield f"{base}-{credit}", (*always, str(credit))
    if plan.level is None and reason_word(over) in TABLES[over]:
        yield f"{base}-reasons", ("source", "reason_id")  # of all clients together: so few that they are read at once
        yield f"{base}-reason", (*(word for word in always if word in ("source", "client_id")), "reason_id")


def _cuts_of_values(scan: Scan, wanted: Wanted) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of all clients together, so that values fall together; and by client."""
    begins = values_of(scan, wanted)
    yield f"{begins}-all", ("source",)
    if "client_id" in TABLES[scan.over]:
        yield f"{begins}-client", ("source", "client_id")


def _is_traced(part: Part) -> bool:
    """Whether it is known of all that the part looks at on which days it changes."""
    over = part.scan.over
    linked = [word.partition(".") for word in needs_of(part.scan, [part.measure]).words if "." in word]
    return all(_is_traced_link(over, link, word) for link, _, word in linked)


def _is_traced_link(over: str, link: str, word: str) -> bool:
    table, through = LINKS[over][link]
    if word in OF_NEIGHBOURS:
        return False  # a load says of whom they change, and not of what else speaks of them
    if table in OF_ORGANISATION:
        return not through.startswith("contact.") or not TABLES[over].made
    return (table in PARTS and not TABLES[over].made) or (over, link, word) == ("contact", "case", "case_id")
