"""The contacts behind a figure: some of them, drawn at random, each with how it was counted. The quickest way to find a wrong definition."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.compile import Scan
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.engine.bind import needs_of

if TYPE_CHECKING:
    from nyckeltal.kpi.compile import Measure
    from nyckeltal.kpi.request import Request

# who a contact belongs to is not evidence; the pages add what the asker may see
_PERSONS = ("agent_id", "first_agent_id", "customer_key", "opened_by", "logged_by", "invitation.agent_id")
_USUAL = ("client_id", "queue_id", "channel", "outcome", "wait_s", "handle_s")


@dataclass(frozen=True)
class Evidence:
    """One row behind a figure. `counted_as`: numerator (so in the denominator too), denominator, or left_out."""

    contact_id: str | None
    row_id: str
    fact: str
    counted_as: str
    words: Mapping[str, Any]


def drawn(request: Request, n: int, seed: int) -> list[Evidence]:
    """At most `n` rows of the scan behind the question's one KPI."""
    asked = request.asked[0]
    if asked.plan is None:
        raise BadQuestion(asked.refused or asked.kpi.text("reading.empty"))
    part = asked.plan.parts[0]
    words = _shown(part.scan, part.measure)
    known = request.known(part.scan.over)
    rows = engine.listed(part.scan, part.measure, words, request.organisation, known, request.facts)
    picked = sorted(random.Random(seed).sample(range(len(rows)), min(n, len(rows))))  # noqa: S311 - a draw to look at, not a secret
    return [_evidence(part.scan, row) for row in rows.take(picked).to_pylist()] if picked else []


def _shown(scan: Scan, measure: Measure) -> list[str]:
    """The words that decided, and those anybody would ask for."""
    mentioned = needs_of(scan, [measure]).words
    usual = {word for word in _USUAL if word in TABLES[scan.over]}
    link = {"contact_id"} if "contact_id" in TABLES[scan.over] else set()
    return sorted({*mentioned, *usual, *link} - {*_PERSONS, TABLES[scan.over].key})


def _evidence(scan: Scan, row: Mapping[str, Any]) -> Evidence:
    counted_as = "numerator" if row["top"] else "denominator" if row["counted"] else "left_out"
    words = {name: value for name, value in row.items() if name not in ("row_id", "top", "counted")}
    contact = row["row_id"] if scan.over == "contact" else row.get("contact_id")
    return Evidence(contact, row["row_id"], scan.over, counted_as, words)
