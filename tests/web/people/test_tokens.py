from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from nyckeltal.cli import database
from nyckeltal.web.people import changes, tokens
from nyckeltal.web.people.models import Change, Token, User
from nyckeltal.web.people.periodic import forget_tokens

SignIn = Callable[[str], Client]
People = dict[str, User]
FORM = {"purpose": "Weekly sheet", "scopes": ["figures"], "days": "30", "password": "correct horse battery"}


def _made(browser: Client, **words: object) -> str:
    page = browser.post("/account/tokens/", {**FORM, **words}).content.decode()
    return "".join(re.findall(r'id="token" readonly value="(nk_[\w-]+)"', page))


def test_a_token_is_shown_once_and_kept_as_a_hash(as_person: SignIn) -> None:
    browser = as_person("david")
    answer = browser.post("/account/tokens/", FORM)
    assert "no-store" in answer["Cache-Control"]
    token = "".join(re.findall(r'id="token" readonly value="(nk_[\w-]+)"', answer.content.decode()))
    kept = Token.objects.get()
    assert len(token) > 40
    assert (kept.purpose, kept.scopes, kept.ends_in) == ("Weekly sheet", ["figures"], token[-4:])
    assert token not in str(vars(kept))
    assert timedelta(days=29) < kept.expires_at - timezone.now() <= timedelta(days=30)
    assert tokens.found(token) == kept
    page = browser.get("/account/tokens/").content.decode()
    assert token not in page
    assert "Weekly sheet" in page


@pytest.mark.parametrize(
    "words", [{"password": "wrong horse battery"}, {"password": ""}, {"scopes": []}, {"scopes": ["loads"]}, {"days": "4000"}, {"purpose": ""}]
)
def test_a_form_that_asks_for_more_or_says_too_little_makes_no_token(words: dict[str, object], as_person: SignIn) -> None:
    """A manager may not hand out the right to read loads."""
    assert _made(as_person("david"), **words) == ""
    assert not Token.objects.exists()


def test_only_rights_of_the_person_are_offered(people: People) -> None:
    offered = {name: [scope.value for scope in tokens.open_to(person)] for name, person in people.items()}
    assert offered["nobody"] == offered["eva"] == []
    assert offered["anna"] == offered["fatima"] == ["figures", "contacts"]
    assert offered["david"] == ["figures", "contacts", "organisation"]
    assert offered["ingrid"] == ["organisation", "loads", "load"]
    assert offered["hanna"] == ["organisation"]


def test_for_whom_nothing_is_open_the_page_says_so(as_person: SignIn) -> None:
    page = as_person("nobody").get("/account/tokens/").content.decode()
    assert "Your roles open nothing that a program could read." in page
    assert _made(as_person("nobody")) == ""


def test_making_and_withdrawing_stand_in_the_log_of_changes(as_person: SignIn, people: People) -> None:
    browser = as_person("david")
    _made(browser)
    kept = Token.objects.get()
    assert browser.post(f"/account/tokens/{kept.pk}/withdraw/").status_code == 302
    said = [changes.said(change) for change in Change.objects.order_by("pk")]
    name = f"Weekly sheet (…{kept.ends_in})"
    assert said == [f"Token for a program made: {name}", f"Token for a program withdrawn: {name}"]
    assert "Weekly sheet" in as_person("hanna").get("/oversight/changes/").content.decode()


def test_an_administrator_sees_and_withdraws_and_never_reads_the_token(as_person: SignIn, people: People) -> None:
    token = _made(as_person("david"))
    browser, path = as_person("ingrid"), f"/people/{people['david'].pk}/"
    page = browser.get(path).content.decode()
    assert "Weekly sheet" in page
    assert token not in page
    browser.post(f"{path}tokens/{Token.objects.get().pk}/withdraw/")
    assert tokens.found(token) is None
    assert Change.objects.latest("pk").by == people["ingrid"]


def test_one_person_does_not_withdraw_anothers(as_person: SignIn) -> None:
    token = _made(as_person("david"))
    as_person("cecilia").post(f"/account/tokens/{Token.objects.get().pk}/withdraw/")
    assert tokens.found(token) is not None


def test_a_person_has_so_many_tokens_and_no_more(people: People, monkeypatch: pytest.MonkeyPatch, as_person: SignIn) -> None:
    monkeypatch.setattr(tokens, "MOST", 2)
    browser = as_person("david")
    assert [bool(_made(browser)) for _ in range(3)] == [True, True, False]
    tokens.withdraw(people["david"], Token.objects.latest("pk").pk, by=people["david"])
    assert _made(browser)


def test_a_restored_backup_lets_no_program_in(tmp_path: Path) -> None:
    columns = [field.attname for field in Token._meta.concrete_fields]
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        copy.execute(f"CREATE TABLE people_token ({', '.join(columns)})")
        copy.execute("INSERT INTO people_token (id, last_used_at) VALUES (1, NULL), (2, '2026-11-01')")
        copy.commit()
    database.close_doors(tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT count(*) FROM people_token WHERE withdrawn_at IS NULL").fetchone() == (0,)


def test_tokens_that_are_long_over_are_forgotten(people: People) -> None:
    for name in ("anna", "bengt", "david"):
        tokens.make(people[name], purpose="x", scopes=["figures"], days=1)
    now = timezone.now()
    Token.objects.filter(person=people["anna"]).update(expires_at=now - timedelta(days=31))
    Token.objects.filter(person=people["bengt"]).update(withdrawn_at=now - timedelta(days=31))
    forget_tokens(now)
    assert [token.person for token in Token.objects.all()] == [people["david"]]
