from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from nyckeltal.web.people import actions, tokens
from nyckeltal.web.people.models import Token, User

Program = Callable[..., Client]
People = dict[str, User]


def _told(answer: Any) -> dict[str, Any]:
    assert answer["Content-Type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["status"] == answer.status_code
    return told


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "Bearer nonsense", "Bearer nk_nonsense", "nk_nonsense"])
def test_without_a_good_token_nobody_is_let_in(header: str, client: Client, db: None) -> None:
    answer = client.get("/api/catalogue", headers={"Authorization": header})
    assert _told(answer)["code"] in {"api.no_token", "api.not_a_token"}
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith('Bearer realm="nyckeltal"')
    assert "private" in answer["Cache-Control"]


def test_a_token_ends_on_its_day(token_of: Callable[..., str], client: Client) -> None:
    headers = {"Authorization": f"Bearer {token_of('david')}"}
    assert client.get("/api/catalogue", headers=headers).status_code == 200
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get("/api/catalogue", headers=headers).status_code == 401


def test_a_token_ends_when_it_is_withdrawn_or_the_account_is_closed_or_gets_a_new_password(as_program: Program, people: People) -> None:
    programs = {name: as_program(name) for name in ("anna", "david", "fatima", "cecilia")}
    tokens.withdraw(people["anna"], Token.objects.get(person=people["anna"]).pk, by=people["ingrid"])
    actions.close_account(people["david"], by=people["ingrid"])
    actions.reopen_account(people["david"], by=people["ingrid"])
    actions.give_password("fatima", "another horse battery", by=people["ingrid"])
    statuses = {name: program.get("/api/catalogue").status_code for name, program in programs.items()}
    assert statuses == {"anna": 401, "david": 401, "fatima": 401, "cecilia": 200}


def test_nobody_else_withdraws_a_token(people: People, token_of: Callable[..., str]) -> None:
    token_of("anna")
    assert not tokens.withdraw(people["bengt"], Token.objects.get().pk, by=people["bengt"])
    assert tokens.standing(people["anna"])


def test_a_token_does_only_what_it_was_made_for(as_program: Program) -> None:
    program = as_program("ingrid", "organisation")
    assert program.get("/api/organisation").status_code == 200
    told = _told(program.get("/api/loads"))
    assert (told["status"], told["code"]) == (403, "api.no_scope")
    assert "Read what was loaded and refused" in told["detail"]
    assert _told(program.post("/api/loads"))["code"] == "api.no_scope"


def test_who_may_load_may_ask_how_far_it_is_and_everybody_how_things_are_counted(as_program: Program) -> None:
    assert as_program("ingrid", "load").get("/api/jobs/x").status_code == 404
    assert as_program("ingrid", "organisation").get("/api/jobs/x").status_code == 403
    told = as_program("david", "organisation").get("/api/explain?kpi=service_level&by=client").json()[0]
    assert told["top"]
    assert not any("Stockholm" in sql for sql in told["sql"])


def test_a_role_that_is_taken_away_is_taken_from_the_program_too(as_program: Program, people: People) -> None:
    program = as_program("david")
    assert program.get("/api/ask?kpi=asa").status_code == 200
    User.objects.filter(pk=people["david"].pk).update(roles=["evaluator"])
    assert program.get("/api/ask?kpi=asa").status_code == 403


def test_too_many_calls_wait(as_program: Program, settings: Settings) -> None:
    settings.API_CALLS_PER_MINUTE = 3
    program, other = as_program("david"), as_program("cecilia")
    assert [program.get("/api/catalogue").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = program.get("/api/catalogue")
    assert 1 <= int(answer["Retry-After"]) <= 20
    assert _told(answer)["code"] == "api.too_often"
    assert other.get("/api/catalogue").status_code == 200


def test_after_waiting_the_next_call_is_answered(token_of: Callable[..., str], settings: Settings) -> None:
    settings.API_CALLS_PER_MINUTE = 2
    token = tokens.found(token_of("david"))
    assert token is not None
    now = timezone.now()
    assert [tokens.wait_s(token, now) for _ in range(3)] == [0, 0, 30]
    assert tokens.wait_s(token, now + timedelta(seconds=29)) == 1
    assert tokens.wait_s(token, now + timedelta(seconds=30)) == 0
    assert tokens.wait_s(token, now + timedelta(hours=1)) == 0


def test_last_use_is_kept(as_program: Program) -> None:
    program = as_program("david")
    assert Token.objects.get().last_used_at is None
    program.get("/api/catalogue")
    used = Token.objects.get().last_used_at
    assert used is not None
    assert timezone.now() - used < timedelta(minutes=1)


@pytest.mark.parametrize(("method", "path"), [("put", "ask"), ("delete", "ask"), ("post", "catalogue"), ("patch", "loads/x"), ("options", "ask")])
def test_an_address_is_asked_as_it_can_be(method: str, path: str, as_program: Program) -> None:
    answer = getattr(as_program("ingrid"), method)(f"/api/{path}")
    assert _told(answer)["status"] == 405
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize("path", ["nowhere", "ask/", "catalogue/x/y", "jobs/%00", "loads/a%0Ab/refused", "organisation/%ED%A0%80"])
def test_an_address_that_is_none_is_not_found(path: str, as_program: Program) -> None:
    assert _told(as_program("ingrid").get(f"/api/{path}"))["status"] == 404


def test_too_large_a_body_is_refused_before_it_is_read(as_program: Program, settings: Settings) -> None:
    program = as_program("ingrid")
    assert _told(program.post("/api/ask", b" " * 2_500_001, content_type="application/json"))["status"] == 413
    settings.UPLOAD_LIMIT_BYTES = 1000
    assert _told(program.post("/api/loads", {"mapping": "x" * 2000}))["status"] == 413


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"NaN", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"{}", "application/json", 422),
        (b'{"kpi": ["asa"], "set": {"within": "nan"}}', "application/json", 422),
        (b'{"kpi": ["asa"], "set": {"within": 1e999}}', "application/json", 422),
        (b'{"kpi": ["asa"], "floor": true}', "application/json", 422),
        (b'{"kpi": "asa"}', "application/json", 422),
        (b'{"kpi": ["asa\\ud800"]}', "application/json", 422),
        (b'{"kpi": ["asa"], "from": "9999-12-31"}', "application/json", 422),
        (b'{"kpi": ["asa"], "to": "2026-13"}', "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_says_so(body: bytes, kind: str, status: int, as_program: Program) -> None:
    assert _told(as_program("david").post("/api/ask", body, content_type=kind))["status"] == status


def test_a_mistake_of_ours_is_told_as_one_and_nothing_more(as_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.web.kpi.asking.tell_together", lambda *_: 1 / 0)
    program = as_program("david")
    program.raise_request_exception = False
    told = _told(program.get("/api/ask?kpi=asa"))
    assert (told["status"], told["code"]) == (500, "api.our_mistake")
    assert "ZeroDivision" not in str(told)


def test_a_problem_is_told_in_the_callers_language_and_says_all_that_is_wrong(as_program: Program) -> None:
    told = _told(as_program("david").get("/api/ask?kpy=asa&floor=few&per=fortnight"))
    assert {issue["field"] for issue in told["issues"]} == {"kpi", "kpy", "floor", "per"}
    assert "Did you mean “kpi”?" in str(told["issues"])


def test_a_session_does_not_stand_in_for_a_token_nor_beside_one(as_person: Callable[[str], Client], token_of: Callable[..., str]) -> None:
    """The token's person counts, whoever is signed in in the same browser."""
    browser = as_person("ingrid")
    assert browser.get("/api/loads").status_code == 401
    assert browser.get("/api/loads", headers={"Authorization": f"Bearer {token_of('david')}"}).status_code == 403
    assert browser.get("/loads/").status_code == 200
