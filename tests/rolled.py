"""A random centre in a store, whose sums are kept by day however few rows there are; and every question asked both ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from batches import put
from nyckeltal.contacts.store import ContactStore, Snapshot
from nyckeltal.contacts.upkeep import ORGANISATION
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import answer
from nyckeltal.kpi.question import Question
from nyckeltal.kpi.rollup import held
from nyckeltal.kpi.upkeep import keep, worth
from oracle import working
from oracle.working import AGENTS, CLIENTS, TEAMS, Draw, Rows

NOW = datetime(2026, 6, 12, 12, tzinfo=UTC)
KINDS = {
    "one": (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)),
    "two": (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 5, 20, 13, tzinfo=UTC)),
}
REASONS = ("invoice", "sum", "sum_wrong", "other")
OUTCOMES = ("answered", "answered", "answered", "abandoned", "abandoned", "callback_requested", "closed", None)
_AROUND = tuple(datetime(2026, month, day, hour, tzinfo=UTC) for month, day, hour in ((3, 28, 22), (3, 29, 0), (3, 8, 6), (5, 10, 21), (4, 30, 22)))


def rows(seed: int, many: int = 150) -> Rows:
    """Contacts of two sources, one of which knows no after-work; in four zones, some around changed clocks."""
    draw = Draw(seed)
    found = working.rows(seed)
    found["queue"] = [*found["queue"], {"queue_id": "q3", "client_id": "one"}]
    found["team"] = [
        {"team_id": team, "queue_ids": queues, "client_ids": [client]}
        for team, queues, client in zip(TEAMS, (["q1", "q3"], ["q2", "q1"]), CLIENTS, strict=True)
    ]
    found["reason"] = [
        {
            "reason_id": name,
            "parent_id": parent,
            "is_other": name == "other",
            "demand_type": draw.maybe("failure", 0.5),
            "responsible_area": draw.maybe("finance"),
        }
        for name, parent in zip(REASONS, (None, "invoice", "sum", None), strict=True)
    ]
    found["agreement"] = [row for measure in ("service_level", "answer_rate", "fcr", "asa") for client in CLIENTS for row in _agreed(draw, measure, client)]
    found["contact"] = [contact(draw, number) for number in range(many)]
    found["segment"] = [row for each in found["contact"] for row in _segments(draw, each)]
    found["case"] = [
        {"case_id": f"k{number}", "client_id": draw.choice(CLIENTS), "opened_at": (at := draw.moment()), "closed_at": draw.maybe(at + timedelta(days=5))}
        for number in range(8)
    ]
    found["question"] = [
        *found["question"],
        {"question_id": "happy", "measure": "csat", "scale": "1_5"},
        {"question_id": "nps", "measure": "nps", "scale": "0_10"},
    ]
    about = [each["invitation_id"] for each in found["survey_invitation"]]
    found["survey_response"] = [
        *found["survey_response"],
        *(
            {
                "response_id": f"n{n}",
                "invitation_id": draw.choice(about),
                "client_id": draw.choice(CLIENTS),
                "question_id": name,
                "scale": scale,
                "value": float(draw.randrange(1, 6)),
                "weight": draw.choice((1.0, 2.0)),
                "answered_at": draw.moment(),
            }
            for n, (name, scale) in enumerate([("happy", "1_5"), ("nps", "0_10")] * 30)
        ),
    ]
    found["message"] = [
        {
            "message_id": f"m{n}",
            "contact_id": each["contact_id"],
            "sent_at": each["offered_at"] + timedelta(hours=draw.randrange(1, 40)),
            "from_agent": True,
            "agent_id": "a1",
        }
        for n, each in enumerate(found["contact"])
        if each["channel"] == "email"
    ]
    shifts = [
        {"agent_id": who, "started_at": (at := datetime(2026, 2, 10, 7, tzinfo=UTC) + timedelta(days=day)), "ended_at": at + timedelta(hours=8)}
        for who in AGENTS[:3]
        for day in range(0, 20, 3)
    ]
    found["schedule_shift"] = working._numbered("shift_id", shifts)
    months = [
        {"client_id": client, "month_start": date(2026, month, 1), "service_cost": draw.randrange(1000), "revenue": draw.randrange(9000), "currency": "SEK"}
        for month in range(1, 6)
        for client in CLIENTS
    ]
    found["finance_month"] = working._numbered("finance_id", months)
    return found


def _agreed(draw: Draw, measure: str, client: str) -> Iterator[dict[str, Any]]:
    turn = date(2026, draw.randrange(2, 5), 11)
    for number, (start, end) in enumerate(((date(2026, 1, 1), turn), (turn, None))):
        said = {
            "threshold": draw.choice((12.0, 20.0, 30.0)),
            "short_abandon_s": draw.choice((0.0, 5.0, 12.0)),
            "repeat_window_d": draw.maybe(draw.choice((1.0, 3.0, 14.0)), 0.5),
        }
        yield {"agreement_id": f"{measure}-{client}-{number}", "client_id": client, "measure": measure, "valid_from": start, "valid_to": end, **said}


def contact(draw: Draw, number: int) -> dict[str, Any]:
    """One with gaps; every fifth lies around a night of DST, midnight or the end of a month."""
    at = draw.choice(_AROUND) + timedelta(minutes=draw.randrange(240)) if number % 5 == 0 else draw.moment()
    queue = draw.choice(("q1", "q2", "q3", None))
    outcome = draw.choice(OUTCOMES)
    worked = {
        "own_agent_id": draw.maybe(draw.choice(AGENTS)),
        "own_talk_s": draw.maybe(float(draw.randrange(20, 900))),
        "own_hold_s": draw.maybe(float(draw.randrange(30))),
    }
    return {
        "contact_id": f"c{number}",
        "client_id": {"q1": "one", "q3": "one", "q2": "two"}.get(queue or "", draw.choice(CLIENTS)),
        "queue_id": queue,
        "channel": draw.choice(("voice", "voice", "chat", "email")),
        "direction": draw.choice(("inbound", "inbound", "inbound", "outbound")),
        "customer_key": draw.maybe(draw.choice("ABCDEFGHIJ")),
        "offered_at": at,
        "wait_s": draw.maybe(draw.choice((0.0, 3.0, 5.0, 12.0, 20.0, 30.0, 75.0)), 0.1),
        "outcome": outcome,
        "reason_id": draw.maybe(draw.choice(REASONS)),
        "reason_type": draw.maybe("question"),
        "reason_logged_at": draw.maybe(at + timedelta(minutes=9)),
        "resolved_flag": draw.maybe(draw.random() < 0.7),
        "case_id": draw.maybe(f"k{draw.randrange(8)}", 0.7),
        "is_test": draw.random() < 0.05,
        "left_in_menu": draw.random() < 0.05,
        "upsell_eligible": draw.maybe(draw.random() < 0.6),
        "upsell_offered": draw.maybe(draw.random() < 0.5),
        **(worked if outcome == "answered" else {}),
    }


def _segments(draw: Draw, of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for number in range(draw.choice((0, 0, 1, 2)) if of["outcome"] == "answered" else 0):
        parts = {name: draw.maybe(float(draw.randrange(400))) for name in ("talk_s", "hold_s", "acw_s")}
        ended = {"end_kind": draw.maybe(draw.choice(("customer", "transfer", "escalation"))), "queue_id": of["queue_id"]}
        yield {
            "segment_id": f"{of['contact_id']}-{number}",
            "contact_id": of["contact_id"],
            "seq": number + 1,
            "agent_id": draw.maybe(draw.choice(AGENTS)),
            **parts,
            **ended,
        }


def stored(home: Path, seed: int = 1) -> ContactStore:
    """The centre in a store: what one source tells, then what another does, that leaves words empty."""
    store, told = ContactStore(home), rows(seed)
    of_two = {row["contact_id"] for row in told["contact"] if row["client_id"] == "two"}
    silent = {
        "contact": [{**row, "wait_s": None, "own_hold_s": None} for row in told["contact"] if row["contact_id"] in of_two],
        "segment": [{**row, "acw_s": None} for row in told["segment"] if row["contact_id"] in of_two],
    }
    told |= {table: [row for row in told[table] if row["contact_id"] not in of_two] for table in silent}
    put(store, "first", {table: given for table, given in told.items() if given}, source="s", now=NOW, kinds=_kinds(told))
    put(store, "second", silent, source="t", now=NOW, kinds=_kinds(silent))
    return store


def few(home: Path, seed: int = 1) -> ContactStore:
    """Only contacts and their segments, of two weeks around the change of the clock."""
    store, told = ContactStore(home), rows(seed)
    start = datetime(2026, 3, 22, tzinfo=UTC)
    told["contact"] = [{**row, "offered_at": start + (row["offered_at"] - start) % timedelta(days=14)} for row in told["contact"]]
    told["contact"] = [{**row, "reason_logged_at": None} for row in told["contact"]] + list(_half_ripe())
    told = {table: given for table, given in told.items() if given and (table in ("contact", "segment") or table in ORGANISATION)}
    put(store, "first", told, source="s", now=NOW, kinds=_kinds(told))
    return store


def _half_ripe() -> Iterator[dict[str, Any]]:
    """Contacts of two days each, of which one has waited long enough for whether the customer came back, and one has not: whatever is agreed."""
    place = {"client_id": "two", "queue_id": "q2", "channel": "voice", "outcome": "answered", "reason_id": "sum", "own_agent_id": AGENTS[0]}
    for days in (1, 3, 7, 14):
        for hours in (-5, 3):
            at = KINDS["two"][1] - timedelta(days=days) + timedelta(hours=hours)
            yield {"contact_id": f"half{days}{hours}", "customer_key": f"half{days}{hours}", "offered_at": at, **place}


ASKED = (
    Question.of("service_level", "fcr", "abandonment_rate", by="client", per="week", floor=0),
    Question.of("aht", "contacts_handled", by="team", floor=0),
    Question.of("failure_demand_share", "logged_share", by="reason2", floor=0),
    Question.of("asa", per="month", start="2026-03-01", end="2026-04-30", floor=0),
)


def only_contacts(patched: pytest.MonkeyPatch) -> None:
    """Large are contacts and segments, and all the key figures there are those that are asked."""
    patched.setenv(keep.SETTING, "0")
    patched.setattr(keep, "ROWS_A_VALUE", 0)
    patched.setattr(keep, "large", lambda snapshot: [fact for fact in ("contact", "segment") if snapshot.files(fact)])
    parts, asked = worth.parts, {kpi for question in ASKED for kpi in question.kpis}
    patched.setattr(worth, "parts", lambda request: ((plan, part) for plan, part in parts(request) if plan.kpi.id in asked))


def _kinds(given: Rows) -> dict[str, dict[str, tuple[datetime, datetime]]]:
    return {
        table: {client: KINDS[client] for client in CLIENTS} if any("client_id" in row for row in each) else {"": KINDS["one"]} for table, each in given.items()
    }


@contextmanager
def kept_nothing() -> Iterator[None]:
    """As if nothing were kept by day."""
    with patch.object(held, "of", lambda _facts: None):
        yield


def differences(question: Question, facts: Snapshot, home: Path) -> list[str]:
    """Where an answer from sums by day is not that of the rows."""
    kept = answer(question, facts, home, NOW).figures
    with kept_nothing():
        rows_told = answer(question, facts, home, NOW).figures
    if [_place(it) for it in kept] != [_place(it) for it in rows_told]:
        return [f"{question}: other figures"]
    return [f"{question}:\n  {one}\n  {other}" for one, other in zip(kept, rows_told, strict=True) if not _same(one, other)]


def _place(figure: Figure) -> object:
    return figure.kpi, figure.period, tuple(figure.by.items())


NUMBERS = ("value", "numerator", "denominator", "low", "high")


def _same(one: Figure, other: Figure) -> bool:
    """Counts to the last digit, sums of what is measured as near as adding in another order comes."""
    for name, told in vars(other).items():
        found = getattr(one, name)
        if name in NUMBERS or name == "parts":
            near = 1e-12 if name in NUMBERS[:3] else 1e-9
            if not (found == told or found == pytest.approx(told, rel=near, abs=1e-12)) or (name in NUMBERS[:3] and type(found) is not type(told)):
                return False
        elif str(found) != str(told):
            return False
    return True
