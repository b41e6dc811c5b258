"""Contacts that two sources tell of, on the page with the loads: pointed out, counted once by a rule, twice again without it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from batches import put, today
from nyckeltal.contacts.same_rules import Rule
from nyckeltal.contacts.store import ContactStore, World
from nyckeltal.web.frame import facts
from web import cast

SignIn = Callable[[str], Client]
RULE = Rule("switch", "tickets", ("customer",), 60)


def _contact(source: str, number: int, seconds: int, **more: Any) -> dict[str, Any]:
    at = datetime(2026, 10, 1, 8, number, tzinfo=UTC) + timedelta(seconds=seconds)
    known = {"client_id": "one", "channel": "voice", "customer_key": f"c{number}", "outcome": "answered"}
    return {"contact_id": f"{source}:{number}", "source": source, "source_id": str(number), "offered_at": at, **known, **more}


CONTACTS = [*(_contact("switch", number, 0, wait_s=9.0) for number in range(6)), *(_contact("tickets", number, 20) for number in range(6))]


@pytest.fixture
def home() -> Path:
    return Path(settings.NYCKELTAL_HOME)


def _page(browser: Client) -> str:
    return unescape(re.sub(r"\s+", " ", browser.get("/loads/").content.decode()))


def test_what_counts_twice_is_pointed_out_and_counted_once_by_one_button(as_person: SignIn, home: Path) -> None:
    browser, store = as_person("ingrid"), ContactStore(home)
    assert "two sources tell of" not in _page(browser)
    put(store, "first", {"contact": CONTACTS})
    page = _page(browser)
    assert re.search(r"6 of the 6 latest contacts of “tickets” \(100[^)]*\) are probably contacts of “switch” too", page), page[page.find("twice") :][:600]
    assert browser.post("/sources/same/", {"add": RULE.toml().replace("\n", "\r\n")}).status_code == 302
    assert (home / "sources.toml").read_text() == RULE.toml() + "\n"
    assert "They take effect at the next load" in _page(browser)
    assert store.join(now=today)
    page = _page(browser)
    assert "6 of the 6 contacts of tickets count as another source’s. 0 could be either of two" in page
    assert "probably" not in page
    browser.post("/sources/same/", {"drop": RULE.toml()})
    assert (home / "sources.toml").read_text().strip() == ""


def test_a_rule_is_changed_in_words_and_checked_as_the_file_is(as_person: SignIn, home: Path) -> None:
    browser, store = as_person("ingrid"), ContactStore(home)
    put(store, "first", {"contact": [{**row, "client_id": 'o\'hara "b"'} for row in CONTACTS]})
    (home / "sources.toml").write_text(f"# ours\n{RULE.toml()}\n# of others\n[source.hr]\nfolder = '/srv/hr'\n")
    store.join(now=today)
    [address] = re.findall(r'href="(/sources/same/rule/\?of=[^"]+)"', browser.get("/loads/").content.decode())
    form = unescape(browser.get(unescape(address)).content.decode())
    assert re.search(r'value="customer"[^>]* checked', form)
    given = {"keep": "switch", "also": "tickets", "by": ["customer", "agent"], "within_s": "90", "channels": ["voice"], "clients": ['o\'hara "b"']}
    assert "stands on both sides" in unescape(browser.post(unescape(address), given | {"keep": "tickets"}).content.decode())
    assert "is a number of seconds" in unescape(browser.post(unescape(address), given | {"within_s": "0"}).content.decode())
    assert browser.post(unescape(address), given).status_code == 302
    changed = Rule("switch", "tickets", ("customer", "agent"), 90, ("voice",), ('o\'hara "b"',))
    assert (home / "sources.toml").read_text() == f"# ours\n{changed.toml()}\n# of others\n[source.hr]\nfolder = '/srv/hr'\n"
    assert browser.get(unescape(address)).status_code == 404, "that rule stands there no more"

    (home / "sources.toml").write_text("same = [{ keep = 'switch', also = 'tickets', by = ['customer'], within_s = 60 }]\n")
    assert "in a table of its own" in unescape(browser.post(unescape(address), given).content.decode())
    assert "in a table of its own" in unescape(browser.post("/sources/same/", {"drop": RULE.toml()}).content.decode())
    assert "cannot be read" in unescape(browser.post("/sources/same/rule/", given | {"keep": "switch"}).content.decode())


def test_only_what_is_shown_can_be_written(as_person: SignIn, home: Path) -> None:
    put(ContactStore(home), "first", {"contact": CONTACTS})
    as_person("ingrid").post("/sources/same/", {"add": '[[same]]\nkeep = "tickets"\nalso = "switch"\nby = ["agent"]'})
    assert not (home / "sources.toml").exists()


@pytest.mark.parametrize(("asked", "also"), [("switch:3", "tickets · 3"), ("tickets:3", "switch · 3")])
def test_a_contacts_story_says_where_else_it_is(as_person: SignIn, monkeypatch: pytest.MonkeyPatch, asked: str, also: str) -> None:
    world = World.of({**cast.ORGANISATION, "contact": CONTACTS}, cast.KNOWN_UNTIL, same=(RULE,))
    monkeypatch.setattr(facts, "current", lambda: world)
    page = unescape(as_person("david").get(f"/contacts/{asked}/").content.decode())
    assert re.search(rf"Also in</dt>\s*<dd>{also}</dd>", page)
