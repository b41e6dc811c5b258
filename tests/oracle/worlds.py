"""Small random contact centres for hypothesis: gaps, call-backs, transfers, changed memberships and agreements, midnights, both nights of DST."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

Row = dict[str, Any]
Rows = dict[str, list[Row]]

ZONES = ("Europe/Stockholm", "Europe/Helsinki", "Europe/Budapest")
# around local midnight and both changes of the clock, and on an ordinary Monday
BASES = (
    datetime(2026, 3, 2, 9, tzinfo=UTC),
    datetime(2026, 3, 28, 22, 30, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC),
    datetime(2026, 3, 31, 21, 45, tzinfo=UTC),
    datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
)
STEPS = tuple(timedelta(seconds=seconds) for seconds in (0, 1, 30, 900, 3600, 7200, 86400, 3 * 86400, 7 * 86400 - 1, 7 * 86400, 7 * 86400 + 1, 14 * 86400))
TURNS = (date(2026, 3, 2), date(2026, 3, 29), date(2026, 4, 1), date(2026, 10, 25))
HIRED = (date(2024, 1, 1), date(2025, 11, 29), date(2026, 1, 31), date(2026, 3, 29))
CLIENTS, QUEUES, AGENTS, TEAMS = ("c1", "c2"), ("qa", "qb", "qc"), ("anna", "bengt", "eva"), ("nord", "syd")
OWNER = {"qa": "c1", "qb": "c1", "qc": "c2"}
REASONS = ("invoice", "sum", "sum_wrong", "due", "other", "unheard")
SECONDS = (0.0, 2.0, 4.9, 5.0, 12.0, 20.0, 20.5, 30.0, 61.0, 400.0)
OUTCOMES = ("answered", "answered", "answered", "abandoned", "abandoned", "callback_requested", "overflowed", "saturated", "closed", "technical", None)


def maybe(values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((None, *values))


def one_of(values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(tuple(values))


def often(flag: bool) -> st.SearchStrategy[bool]:
    """That answer five times of six."""
    return st.sampled_from((flag, flag, flag, flag, flag, not flag))


MOMENTS = st.builds(lambda base, step: base + step, one_of(BASES), one_of(STEPS))


@st.composite
def worlds(draw: st.DrawFn, size: int = 7) -> tuple[Rows, datetime | None]:
    """Rows by table, and how far they are known."""
    rows = draw(organisations())
    rows["contact"] = [draw(contacts(number)) for number in range(draw(st.integers(0, size)))]
    rows["queue_visit"] = [row for contact in rows["contact"] for row in draw(visits(contact))]
    rows["segment"] = [row for contact in rows["contact"] for row in draw(segments(contact, rows["queue_visit"]))]
    rows["case"] = [draw(cases(number)) for number in range(draw(st.integers(0, 3)))]
    rows["survey_invitation"] = [draw(invitations(number)) for number in range(draw(st.integers(0, 3)))]
    rows["survey_response"] = [_after_its_contact(draw(responses(number)), rows) for number in range(draw(st.integers(0, 5)))]
    rows["promise"] = [draw(promises(number)) for number in range(draw(st.integers(0, 3)))]
    return rows, draw(st.one_of(st.none(), MOMENTS))


def _after_its_contact(response: Row, rows: Rows) -> Row:
    """Nobody answers about a contact before it has begun; the engine relies on it when it leaves months unread."""
    about = {row["invitation_id"]: row["contact_id"] for row in rows["survey_invitation"]}.get(response["invitation_id"])
    begun = [row["offered_at"] for row in rows["contact"] if row["contact_id"] == about]
    return {**response, "answered_at": max([response["answered_at"], *begun])}


@st.composite
def organisations(draw: st.DrawFn) -> Rows:
    calendars = [
        {"calendar_id": "office", "tz": "Europe/Stockholm", "weekly": "mo-fr 08:00-17:00", "holidays": "2026; 2026-03-30; 2026-10-26 10:00-12:00"},
        {"calendar_id": "night", "tz": draw(one_of(ZONES)), "weekly": "mo-su 01:00-03:30 22:00-24:00", "holidays": "2026"},
    ]
    return {
        "client": [{"client_id": name, "tz": draw(maybe(ZONES))} for name in CLIENTS],
        "calendar": calendars,
        "queue": [{"queue_id": name, "client_id": OWNER[name], "tz": draw(maybe(ZONES)), "calendar_id": draw(maybe(("office", "night")))} for name in QUEUES],
        "agreement": [row for measure in MEASURES for client in CLIENTS for row in draw(agreements(measure, client))],
        "team": [{"team_id": name, "queue_ids": draw(some(QUEUES)), "client_ids": draw(some(CLIENTS))} for name in TEAMS],
        "team_membership": [row for agent in AGENTS for row in draw(memberships(agent))],
        "agent": [{"agent_id": name, "hired_on": draw(maybe(HIRED))} for name in AGENTS],
        "reason": draw(reasons()),
        "question": [{"question_id": name, "measure": name} for name in ("csat", "nps", "resolved")],
    }


MEASURES = ("service_level", "answer_rate", "asa", "fcr")


def some(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(one_of(names), unique=True, max_size=len(names)).map(sorted)


@st.composite
def agreements(draw: st.DrawFn, measure: str, client: str) -> list[Row]:
    """None; one for ever; one that another follows; or one for a queue alone."""
    shape = draw(one_of(("none", "none", "one", "two", "queue")))
    turn = draw(one_of(TURNS))
    spans = {"none": [], "one": [(date(2026, 1, 1), None)], "two": [(date(2026, 1, 1), turn), (turn, None)], "queue": [(date(2026, 1, 1), None)]}[shape]
    return [
        {
            "agreement_id": f"{measure} {client} {number}",
            "client_id": client,
            "measure": measure,
            "queue_ids": [next(queue for queue in QUEUES if OWNER[queue] == client)] if shape == "queue" else [],
            "threshold": draw(maybe((12.0, 30.0))),
            "short_abandon_s": draw(maybe((0.0, 12.0))),
            "repeat_window_d": draw(maybe((1.0, 3.0, 14.0))),
            "clock": draw(maybe(("queue", "ivr"))),
            "valid_from": start,
            "valid_to": end,
        }
        for number, (start, end) in enumerate(spans)
    ]


@st.composite
def memberships(draw: st.DrawFn, agent: str) -> list[Row]:
    shape, turn = draw(one_of(("none", "one", "changes", "leads"))), draw(one_of(TURNS))
    first, second = draw(st.permutations(TEAMS))[:2]
    spans = {
        "none": [],
        "one": [(first, date(2026, 1, 1), None, "agent")],
        "changes": [(first, date(2026, 1, 1), turn, "agent"), (second, turn, None, "agent")],
        "leads": [(first, turn, None, "leader")],
    }[shape]
    return [
        {"membership_id": f"{agent} {number}", "agent_id": agent, "team_id": team, "valid_from": start, "valid_to": end, "role": role}
        for number, (team, start, end, role) in enumerate(spans)
    ]


@st.composite
def reasons(draw: st.DrawFn) -> list[Row]:
    """A tree of three levels, whose levels may be left unsaid; one reason that nobody described is missing."""
    tree = (("invoice", None, 1), ("sum", "invoice", 2), ("sum_wrong", "sum", 3), ("due", "invoice", 2), ("other", None, 1))
    says_level = draw(st.booleans())
    return [
        {
            "reason_id": name,
            "parent_id": parent,
            "level": level if says_level else None,
            "is_other": name == "other",
            "demand_type": draw(maybe(("value", "failure", "unknown"))),
            "responsible_area": draw(maybe(("finance", "logistics"))),
        }
        for name, parent, level in tree
    ]


@st.composite
def contacts(draw: st.DrawFn, number: int) -> Row:
    queue = draw(maybe(QUEUES))
    offered_at = draw(MOMENTS)
    after = st.builds(lambda seconds: offered_at + timedelta(seconds=seconds), one_of(SECONDS))
    return {
        "contact_id": f"k{number}",
        "source": draw(one_of(("one", "two"))),
        "client_id": OWNER[queue] if queue else draw(one_of(CLIENTS)),
        "queue_id": queue,
        "channel": draw(one_of(("voice", "voice", "chat", "callback", "email"))),
        "direction": draw(one_of(("inbound", "inbound", "inbound", "inbound", "outbound", "internal"))),
        "customer_key": draw(maybe(("A", "A", "B"))),
        "offered_at": offered_at,
        "ivr_started_at": draw(maybe((offered_at, offered_at - timedelta(seconds=40), offered_at + timedelta(seconds=10)))),
        "queue_entered_at": draw(maybe((offered_at, offered_at + timedelta(seconds=10)))),
        "answered_at": draw(st.one_of(st.none(), after)),
        "abandoned_at": draw(st.one_of(st.none(), st.none(), after)),
        "ended_at": draw(st.one_of(st.none(), after)),
        "wait_s": draw(maybe(SECONDS)),
        "outcome": draw(one_of(OUTCOMES)),
        "case_id": draw(maybe(("m0", "m1", "unknown"))),
        "reason_id": draw(maybe(REASONS)),
        "reason_type": draw(maybe(("question",))),
        "reason_logged_at": draw(st.one_of(st.none(), after, st.just(offered_at + timedelta(days=2)))),
        "resolved_flag": draw(maybe((True, False))),
        "is_test": draw(often(False)),
        "left_in_menu": draw(often(False)),
        "callback_of": draw(maybe((None, None, None, "k0"))),
        "zone": draw(maybe(ZONES)),
        **{f"own_{name}": value for name, value in draw(work()).items()},
        "own_answered": draw(maybe((None, None, True, False))),
    }


@st.composite
def work(draw: st.DrawFn) -> Row:
    """What somebody did, with gaps."""
    return {
        "agent_id": draw(maybe(AGENTS)),
        "ring_s": draw(maybe(SECONDS[:4])),
        "talk_s": draw(maybe(SECONDS)),
        "hold_s": draw(maybe(SECONDS[:4])),
        "acw_s": draw(maybe(SECONDS)),
        "end_kind": draw(maybe(("customer", "transfer", "transfer", "escalation"))),
        "escalated_to_tier": draw(maybe((None, 1, 2))),
        "concurrency": draw(one_of((1, 1, 2, 3))),
        "planned_transfer": draw(often(False)),
    }


@st.composite
def visits(draw: st.DrawFn, contact: Row) -> list[Row]:
    left = [None, *(contact["offered_at"] + timedelta(seconds=seconds) for seconds in SECONDS)]
    return [
        {
            "left_at": draw(one_of(left)),
            "visit_id": f"{contact['contact_id']} v{number}",
            "source": contact["source"],
            "contact_id": contact["contact_id"],
            "seq": number + 1,
            "queue_id": draw(one_of([queue for queue in QUEUES if OWNER[queue] == contact["client_id"]])),
            "entered_at": contact["offered_at"] + draw(one_of(STEPS[:6])),
            "wait_s": draw(maybe(SECONDS)),
            "outcome": draw(one_of(OUTCOMES)),
        }
        for number in range(draw(one_of((0, 0, 0, 1, 2, 3))))
    ]


@st.composite
def segments(draw: st.DrawFn, contact: Row, entered: list[Row]) -> list[Row]:
    own = [row["visit_id"] for row in entered if row["contact_id"] == contact["contact_id"]]
    found = []
    for number in range(draw(one_of((0, 0, 1, 2, 3)))):
        started_at = draw(maybe([contact["offered_at"] + timedelta(seconds=seconds) for seconds in SECONDS]))
        found.append(
            {
                "segment_id": f"{contact['contact_id']} s{number}",
                "source": contact["source"],
                "contact_id": contact["contact_id"],
                "visit_id": draw(maybe(own)),
                "seq": number + 1,
                "answered": draw(often(True)),
                "queue_id": draw(maybe([queue for queue in QUEUES if OWNER[queue] == contact["client_id"]])),
                "started_at": started_at,
                "ended_at": draw(maybe([started_at + timedelta(seconds=seconds) for seconds in SECONDS])) if started_at else None,
                **draw(work()),
            }
        )
    return found


@st.composite
def cases(draw: st.DrawFn, number: int) -> Row:
    opened_at = draw(MOMENTS)
    return {
        "case_id": f"m{number}",
        "client_id": draw(one_of(CLIENTS)),
        "opened_at": opened_at,
        "closed_at": draw(maybe([opened_at + step for step in STEPS])),
        "reopened_at": draw(maybe([None, *(opened_at + step for step in STEPS)])),
        "opened_by": draw(maybe(AGENTS)),
        "reason_id": draw(maybe(REASONS)),
        "is_test": draw(often(False)),
        "zone": draw(maybe(ZONES)),
    }


@st.composite
def invitations(draw: st.DrawFn, number: int) -> Row:
    contact = draw(maybe(("k0", "k1", "k2")))
    return {
        "invitation_id": f"i{number}",
        "client_id": draw(one_of(CLIENTS)),
        "contact_id": contact,
        "agent_id": draw(maybe(AGENTS)),
        "channel": draw(maybe(("email", "voice"))),
        "drawn_at": draw(MOMENTS),
    }


@st.composite
def responses(draw: st.DrawFn, number: int) -> Row:
    question = draw(one_of(("csat", "nps", "resolved")))
    scale = {"csat": draw(one_of(("1_10", "1_10", "1_5"))), "nps": draw(one_of(("0_10", "1_10"))), "resolved": "yes_no"}[question]
    top = {"1_10": 10, "0_10": 10, "1_5": 5, "yes_no": 1}[scale]
    return {
        "response_id": f"r{number}",
        "invitation_id": draw(maybe(("i0", "i1", "i2"))),
        "client_id": draw(one_of(CLIENTS)),
        "question_id": question,
        "scale": scale,
        "value": draw(maybe([float(value) for value in range(0 if scale in ("0_10", "yes_no") else 1, top + 1)])),
        "answered_at": draw(MOMENTS),
        "weight": draw(one_of((1.0, 1.0, 0.5, 2.0))),
        "zone": draw(maybe(ZONES)),
    }


@st.composite
def promises(draw: st.DrawFn, number: int) -> Row:
    return {
        "promise_id": f"p{number}",
        "agreement_id": f"a{number}",
        "client_id": draw(one_of(CLIENTS)),
        "measure": "service_level",
        "period_ended_on": draw(one_of((date(2026, 3, 31), date(2026, 10, 25)))),
        "met": draw(st.booleans()),
    }
