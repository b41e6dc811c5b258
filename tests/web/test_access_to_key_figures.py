"""Who is told which key figures by what: each of the cast, every key figure, every dimension, held against a few plain rules; then what is shown, of
people few enough to count, whatever way it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from nyckeltal.contacts.world import World
from nyckeltal.kpi.question import Question
from nyckeltal.kpi.request import Request
from nyckeltal.kpi.vocabulary import DIMENSIONS, FACTS
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.evidence import drawn_for
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people import access
from nyckeltal.web.people.models import Look, User
from web import cast

People = dict[str, User]
Program = Callable[..., Client]
FIRST, LAST = date(2026, 8, 1), date(2026, 10, 31)
TEAMS = {"nord": ["anna", "bengt", "cecilia", "nils", "nora", "niko"], "syd": ["sven", "siri", "sara"], "vast": ["vera", "viktor", "vilma", "valter", "vide"]}
NO_FIGURES = ("eva", "hanna", "ingrid", "nobody")
GROUPS = {"team", "leader", "site", "tenure"}
# Who is told nothing of which key figures, however they are asked. What is kept of nobody single is refused by the figure itself.
OF_NO_PERSON = {
    "abandonment_rate", "attrition_rate", "complaint_rate", "contact_rate", "cost_per_contact", "cost_share_of_revenue", "employee_satisfaction", "enps",
    "feedback_equity", "forecast_error", "net_customer_growth", "qa_agreement", "qa_consistency", "reply_in_time_share", "service_level", "sickness_rate",
    "sla_compliance", "top_reason_report",
}  # fmt: skip
NOT_FOR_CLIENTS = {
    "adherence", "attrition_rate", "cost_share_of_revenue", "employee_satisfaction", "enps", "feedback_equity", "feedback_frequency", "occupancy",
    "qa_agreement", "qa_coverage", "sales_per_day", "sickness_rate", "top_reason_report", "upsell_offer_rate",
}  # fmt: skip
CLOSED_TO_CLIENTS = GROUPS | {"agent", "area", "form", "item"}
OF_FEW = ("enps", "employee_satisfaction", "sickness_rate")


def _closed(person: str, kpi: str, by: str) -> bool:
    """The rules, as one would say them."""
    match person:
        case "anna" | "bengt":
            return kpi in OF_NO_PERSON or by in GROUPS or by in ("weekday", "hour")
        case "cecilia":
            return by == "agent" and kpi == "attrition_rate"
        case "david":
            return by == "agent"
        case "fatima" | "gustav":
            return kpi in NOT_FOR_CLIENTS or by in CLOSED_TO_CLIENTS
    return True


@pytest.fixture(scope="module")
def house() -> World:
    """Three teams of six, three and five; Sven is ill, and few of Team Syd have answered. Each fact has some rows."""
    agents = [agent for team in TEAMS.values() for agent in team]
    members = [{"membership_id": one, "agent_id": one, "team_id": team, "valid_from": "2025-01-01"} for team, those in TEAMS.items() for one in those]
    members.append({"membership_id": "leads", "agent_id": "cecilia", "team_id": "nord", "valid_from": "2025-01-01", "role": "leader"})
    return World.of(
        {
            **{table: cast.ORGANISATION[table] for table in ("client", "queue", "agreement", "reason")},
            "team": [{"team_id": team, "name": f"Team {team}", "queue_ids": ["invoice"], "client_ids": ["one"]} for team in TEAMS],
            "agent": [{"agent_id": one, "display_name": f"{one} Berg", "hired_on": "2025-01-01", "site_id": "oslo"} for one in agents],
            "employment": [{"employment_id": one, "agent_id": one, "valid_from": "2025-01-01"} for one in agents],
            "team_membership": members,
            "question": [{"question_id": measure, "measure": measure} for measure in ("enps", "satisfaction")],
            "contact": cast.contact_rows(60),
            "employee_response": list(_answers()),
            "absence": [_absence("sven", 5), _absence("anna", 12), {"absence_id": "first", "agent_id": "vera", "kind": "leave", **_hours(date(2026, 8, 1))}],
            "qa_evaluation": [_evaluation(number) for number in range(12)],
        },
        cast.KNOWN_UNTIL,
    )


def _answers() -> Iterator[dict[str, Any]]:
    for measure, (team, n), week in product(("enps", "satisfaction"), (("nord", 6), ("syd", 2), ("vast", 9)), ("2026-09-07", "2026-10-05")):
        for number in range(n):
            words = {"value": 9.0 - number % 3, "scale": "0_10" if measure == "enps" else "1_10", "week": week}
            yield {"answer_id": f"{measure}{team}{week}{number}", "team_id": team, "question_id": measure, **words}


def _hours(day: date) -> dict[str, Any]:
    begins = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    return {"started_at": begins, "ended_at": begins + timedelta(hours=8)}


def _absence(agent: str, day: int) -> dict[str, Any]:
    return {"absence_id": agent, "agent_id": agent, "kind": "sick", "hours": 8.0, **_hours(date(2026, 10, day))}


def _evaluation(number: int) -> dict[str, Any]:
    row = cast.contact_rows(60)[number * 3 + 1]
    agent = row.get("own_agent_id", "anna")
    about = {"contact_id": row["contact_id"], "client_id": row["client_id"], "agent_id": agent, "evaluator_id": "eva"}
    return {"evaluation_id": f"e{number}", **about, "completed_at": row["offered_at"] + timedelta(hours=1), "score": 80.0 + number, "form_version_id": "calls"}


@pytest.fixture(autouse=True)
def at_work(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "current", lambda: house)


@pytest.fixture(scope="module")
def can_be_asked(house: World) -> Callable[..., frozenset[str]]:
    """The key figures that can be asked by a dimension at all, within what somebody may see."""

    @cache
    def of(by: str, within: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> frozenset[str]:
        question = Question.of(*asking.kpis(), by=by, start=FIRST, end=LAST, within=dict(within))
        return frozenset(one.kpi.id for one in Request(question, house, settings.NYCKELTAL_HOME, timezone.now()).asked if one.plan)

    return of


def _told(person: User, by: str, can_be_asked: Callable[..., frozenset[str]]) -> set[str]:
    ruling = access.figures(person, [by] if by else [], {}, access.Days(FIRST, LAST))
    within = tuple((name, tuple(ids)) for name, ids in sorted((asking.narrowed(ruling.within, {}) or {}).items()))
    about = {by} if by else set()
    return {name for name in can_be_asked(by, within) if access.of_kpi(ruling, asking.kpis()[name], about).allowed} if ruling.allowed else set()


@pytest.mark.parametrize("person", ["anna", "cecilia", "david", "fatima"])
def test_each_is_told_what_the_rules_say(person: str, people: People, can_be_asked: Callable[..., frozenset[str]]) -> None:
    told = {by: _told(people[person], by, can_be_asked) for by in ("", *DIMENSIONS)}
    assert told == {by: {kpi for kpi in can_be_asked(by) if not _closed(person, kpi, by)} for by in told}
    assert sum(map(len, told.values())) > 200


@pytest.mark.parametrize("person", NO_FIGURES)
def test_who_sees_no_figures_is_told_of_none(person: str, people: People) -> None:
    assert not any(access.figures(people[person], [by] if by else []).allowed for by in ("", *DIMENSIONS))
    assert {one.not_open for one in asking.tell_together(people[person], list(asking.kpis()), PageQuestion("aht", FIRST, LAST)).values()} == {True}


def test_every_fact_a_key_figure_may_count_is_weighed_for_clients() -> None:
    with_clients = {
        "contact", "queue_visit", "segment", "case", "survey_invitation", "survey_response", "interview", "promise", "message", "sale", "retention_case",
        "order", "complaint", "customer_base_month", "outage", "summary",
    }  # fmt: skip
    assert {*FACTS, "agent"} == with_clients | access.HOW_WE_WORK


WHOLE = "from=2026-08&to=2026-10"


def _rows(program: Client, query: str) -> list[dict[str, Any]]:
    answer = program.get(f"/api/ask?floor=0&{query}")
    found: list[dict[str, Any]] = json.loads(answer.content) if answer.status_code == 200 else []
    assert answer.status_code in (200, 403, 422), answer.content
    return found


@pytest.mark.parametrize("person", ["david", "cecilia"])
@pytest.mark.parametrize("kpi", ["enps", "sickness_rate"])
def test_nothing_tells_of_few_however_it_is_asked(kpi: str, person: str, as_program: Program) -> None:
    program = as_program(person)
    shapes = [f"{by}&{per}&{WHOLE}" for by, per in product(("", "by=team"), ("", "per=month", "per=week"))]
    shapes += [f"{by}&from=2026-10-01&to=2026-10-18" for by in ("", "by=team", "by=leader")]
    shapes += [f"team={team}&{WHOLE}" for team in TEAMS] + [f"where=weekday == 0&{WHOLE}", f"where=scale == '0_10'&{WHOLE}"]
    for shape in shapes:
        shown = [row for row in _rows(program, f"kpi={kpi}&{shape}") if row["value"] is not None]
        assert not [row for row in shown if row["by"].get("team") == "syd" or (row["n"] or 5) < 5], shape
        assert "team=syd" not in shape or not shown
    assert _rows(program, f"kpi={kpi}&{WHOLE}")[0]["value"] is not None


@pytest.mark.parametrize("kpi", OF_FEW)
def test_what_is_left_of_the_whole_tells_of_few_in_no_team(kpi: str, as_program: Program) -> None:
    rows = _rows(as_program("david"), f"kpi={kpi}&by=team&{WHOLE}")
    assert {row["by"]["team"] for row in rows if row["reason"] == "hidden"} in ({"syd", "nord"}, {"syd", "vast"})
    assert all(row["n"] is row["numerator"] is row["low"] is None for row in rows if row["reason"] == "hidden")


@pytest.mark.parametrize("person", ["anna", "cecilia", "david", "fatima"])
def test_illness_and_answers_are_nobodys(person: str, as_program: Program) -> None:
    program = as_program(person)
    for kpi, by in product(OF_FEW, ("agent", "tenure")):
        assert not [row for row in _rows(program, f"kpi={kpi}&by={by}&{WHOLE}") if row["value"] is not None]
        evidence = program.get(f"/api/evidence/{kpi}?from=2026-10&to=2026-10")
        assert evidence.status_code in (403, 422) or evidence.json() == []


@pytest.mark.parametrize("person", ["anna", "david", "fatima"])
def test_a_team_that_is_hidden_is_hidden_in_files_too(person: str, as_person: Callable[[str], Client]) -> None:
    browser = as_person(person)
    for kpi in OF_FEW:
        answer = browser.get(f"/explore/export/csv/?kpi={kpi}&by=team&first={FIRST}&last={LAST}")
        lines = [line for line in answer.content.decode().splitlines() if line.startswith(f"{kpi},") and ",syd," in line]
        assert (answer.status_code == 200) is (person == "david")
        assert all(",hidden," in line for line in lines)
        assert bool(lines) is (person == "david")


def test_how_somebody_was_judged_in_one_contact_is_for_that_person_and_the_own_leader(people: People) -> None:
    drawn = {name: drawn_for(people[name], PageQuestion("qa_score", FIRST, LAST), seed=1) or [] for name in ("anna", "bengt", "cecilia", "david", "fatima")}
    assert {name for name, rows in drawn.items() if rows} == {"anna", "bengt", "cecilia"}
    assert not [word for rows in drawn.values() for one, _ in rows for word in one.words if word.rpartition(".")[2] in ("evaluator_id", "agent_id")]


def test_a_client_is_shown_no_single_judgement_by_asking_for_less(as_program: Program) -> None:
    program = as_program("fatima")
    assert program.get(f"/api/ask?kpi=qa_score&floor=0&per=day&{WHOLE}").status_code == 403
    assert program.get(f"/api/ask?kpi=qa_score&by=form&{WHOLE}").status_code == 403
    assert {row["reason"] for row in json.loads(program.get(f"/api/ask?kpi=qa_score&per=day&{WHOLE}").content)} <= {"too_few", "no_data"}


def test_a_client_cannot_hide_a_closed_key_figure_among_open_ones(as_program: Program) -> None:
    program = as_program("fatima")
    assert program.get(f"/api/ask?kpi=csat,cost_share_of_revenue&{WHOLE}").status_code == 403
    assert program.get(f"/api/ask?kpi=cost_per_contact&{WHOLE}").status_code == 200
    assert program.get(f"/api/ask?kpi=cost_per_contact&client=two&{WHOLE}").status_code == 403


def test_an_answer_kept_by_one_program_opens_nothing_to_another(as_program: Program) -> None:
    tag = as_program("anna").get(f"/api/ask?kpi=aht&{WHOLE}")["ETag"]
    assert as_program("anna").get(f"/api/ask?kpi=aht&{WHOLE}", headers={"If-None-Match": tag}).status_code == 304
    for other in ("bengt", "cecilia", "fatima", "ingrid"):
        assert as_program(other).get(f"/api/ask?kpi=aht&{WHOLE}", headers={"If-None-Match": tag}).status_code in (200, 403)


def test_a_token_lives_no_longer_than_the_rights_it_was_made_from(people: People, as_program: Program) -> None:
    program, person = as_program("david"), people["david"]
    answer = program.get(f"/api/ask?kpi=csat&{WHOLE}")
    person.roles = []
    person.save()
    assert program.get(f"/api/ask?kpi=csat&{WHOLE}", headers={"If-None-Match": answer["ETag"]}).status_code == 403
    person.is_active = False
    person.save()
    assert program.get(f"/api/ask?kpi=csat&{WHOLE}").status_code == 401


def test_a_program_that_reads_of_persons_is_written_down(as_program: Program) -> None:
    rows = _rows_of_persons(as_program("cecilia"))
    seen = set(Look.objects.values_list("agent_id", flat=True))
    assert rows
    assert seen == set(TEAMS["nord"]) - {"cecilia"}


def _rows_of_persons(program: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(program.get(f"/api/ask?kpi=feedback_frequency&by=agent&{WHOLE}").content)
    return found
