"""The contacts behind a figure: some of them, drawn at random, each with how it was counted. The quickest way to find a wrong definition."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.compile import Scan
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.engine.bind import needs_of
from nyckeltal.kpi.vocabulary import tells_persons
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts
    from nyckeltal.kpi.compile import Measure, Part
    from nyckeltal.kpi.known import Known
    from nyckeltal.kpi.organisation import Organisation
    from nyckeltal.kpi.request import Request

_USUAL = ("client_id", "queue_id", "channel", "outcome", "wait_s", "handle_s")


@dataclass(frozen=True)
class Evidence:
    """One row behind a figure. `counted_as`: numerator (so in the denominator too), denominator, or left_out."""

    contact_id: str | None
    row_id: str
    fact: str
    counted_as: str
    words: Mapping[str, Any]


def drawn(request: Request, n: int, seed: int, among: Collection[str] | None = None) -> list[Evidence]:
    """At most `n` rows behind the question's one KPI, of a ratio from both its sides, of these contacts where some are named. Ids are drawn first,
    the rest read for those."""
    asked = request.asked[0]
    if asked.plan is None:
        raise BadQuestion(asked.refused or asked.kpi.text("reading.empty"))
    if asked.kpi.privacy:
        raise BadQuestion(Text("evidence.private", "Single answers behind %(kpi)s are shown to nobody.", {"kpi": asked.kpi.text("name")}))
    sides = len(asked.plan.parts)
    shares = [n - n // sides, n // sides] if sides == 2 else [n]
    return [
        row if number == 0 or row.counted_as == "left_out" else replace(row, counted_as="denominator")
        for number, (part, share) in enumerate(zip(asked.plan.parts, shares, strict=True))
        for row in _of_part(request, part, share, seed, among)
    ]


def _of_part(request: Request, part: Part, n: int, seed: int, among: Collection[str] | None) -> list[Evidence]:
    around = request.organisation, request.known(part.scan.over), request.facts
    picked = _picked(part.scan, part.measure, n, seed, among, *around)
    rows = engine.listed(part.scan, part.measure, _shown(part.scan, part.measure), *around, only=picked).sort_by("row_id").to_pylist() if picked else []
    return [_evidence(part.scan, row) for row in rows]


def _picked(
    scan: Scan, measure: Measure, n: int, seed: int, among: Collection[str] | None, organisation: Organisation, known: Known, facts: Facts
) -> list[str]:
    """A row that is counted in pieces comes once for each: then more are drawn, until there are enough or no more. Rows that name no contact are nobody's."""
    only = None if among is None else (next(iter(_contact(scan)), "row_id"), among)
    most = n
    while True:
        ids = engine.drawn(scan, measure, organisation, known, facts, most, seed, only)
        picked = list(dict.fromkeys(ids))[:n]
        if len(picked) == n or len(ids) < most:
            return picked
        most *= 8


def _contact(scan: Scan) -> list[str]:
    """The word by which a row names its contact, where it is not one itself."""
    return ["contact_id"] if scan.over != "contact" and "contact_id" in TABLES[scan.over] else []


def _shown(scan: Scan, measure: Measure) -> list[str]:
    """The words that decided, and those anybody would ask for. Who a contact belongs to is not evidence: the pages add what the asker may see."""
    mentioned = needs_of(scan, [measure]).words
    usual = {word for word in _USUAL if word in TABLES[scan.over]}
    return sorted({word for word in {*mentioned, *usual, *_contact(scan)} - {TABLES[scan.over].key} if not tells_persons(scan.over, word)})


def _evidence(scan: Scan, row: Mapping[str, Any]) -> Evidence:
    counted_as = "numerator" if row["top"] else "denominator" if row["counted"] else "left_out"
    words = {name: value for name, value in row.items() if name not in ("row_id", "top", "counted")}
    contact = row["row_id"] if scan.over == "contact" else row.get("contact_id")
    return Evidence(contact, row["row_id"], scan.over, counted_as, words)
