"""Every address of the house, walked as each of the cast. A new address fails until it stands in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.http import FileResponse, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from web import cast

WITH_FIGURES = {"anna", "bengt", "cecilia", "david", "fatima", "gustav"}
EVERYBODY = set(cast.CAST)
OPEN_TO_STRANGERS = {"frame:alive", "frame:language", "frame:theme", "people:sign_in", "people:demo_sign_in"}

# address → who gets the page (200); the others get what stands behind it
GET: dict[str, tuple[str, set[str], int]] = {
    "frame:alive": ("/alive/", EVERYBODY, 0),
    "people:who_sees_what": ("/who-sees-what/", EVERYBODY, 0),
    "kpi:list": ("/kpis/", EVERYBODY, 0),
    "kpi:explained": ("/kpis/service_level/", EVERYBODY, 0),
    "kpi:explore": ("/explore/", EVERYBODY, 0),
    "kpi:export": ("/explore/export/csv/?kpi=contacts_handled", WITH_FIGURES, 403),
    "contacts:story": ("/contacts/phone:4/", {"anna", "cecilia", "david", "fatima"}, 404),  # Anna answered it, for client One
}
MOVES_ON = {"frame:home": "/", "people:sign_in": "/sign-in/"}
POST_ONLY = {"frame:language": "/language/", "frame:theme": "/theme/", "people:sign_out": "/sign-out/", "people:demo_sign_in": "/sign-in/demo/manager/"}
NO_CONTACTS = {"eva", "hanna", "ingrid", "nobody"}

SignIn = Callable[[str], Client]


def _names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}"


def test_every_address_stands_in_the_table() -> None:
    assert set(_names(get_resolver().url_patterns)) == {*GET, *MOVES_ON, *POST_ONLY}


@pytest.mark.parametrize("person", sorted(cast.CAST))
@pytest.mark.parametrize("address", sorted(GET))
def test_each_sees_what_the_table_says(address: str, person: str, as_person: SignIn) -> None:
    path, allowed, otherwise = GET[address]
    if address == "contacts:story" and person in NO_CONTACTS:
        otherwise = 403
    assert as_person(person).get(path).status_code == (200 if person in allowed else otherwise)


@pytest.mark.parametrize("address", sorted({*GET, *MOVES_ON} - OPEN_TO_STRANGERS))
def test_a_stranger_is_led_to_the_door(address: str, client: Client, db: None) -> None:
    path = GET[address][0] if address in GET else MOVES_ON[address]
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/?next=/")


@pytest.mark.parametrize("path", sorted(POST_ONLY.values()))
def test_what_changes_something_refuses_get(path: str, as_person: SignIn) -> None:
    assert as_person("david").get(path).status_code == 405


@pytest.mark.parametrize("address", sorted(set(GET) - {"frame:alive"}))
def test_pages_refuse_post(address: str, as_person: SignIn) -> None:
    assert as_person("david").post(GET[address][0]).status_code == 405


@pytest.mark.parametrize("path", [*(entry[0] for name, entry in sorted(GET.items()) if name != "contacts:story"), "/sign-in/"])
def test_pages_survive_no_data(path: str, as_person: SignIn, nothing_loaded: None, client: Client) -> None:
    browser = client if path == "/sign-in/" else as_person("david")
    assert browser.get(path).status_code == 200


@pytest.mark.parametrize("path", [GET[name][0] for name in sorted(GET)])
def test_every_page_carries_the_strict_policy(path: str, as_person: SignIn) -> None:
    answer = as_person("david").get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert not any(mark in _body(answer) for mark in (" style=", "<style", " onclick=", "javascript:"))


def _body(answer: HttpResponse | FileResponse) -> str:
    return "" if "text/html" not in answer["Content-Type"] else answer.content.decode()  # type: ignore[union-attr]


@pytest.mark.parametrize(("contact_id", "status"), [("phone:11", 200), ("phone:599", 404)])
def test_a_leader_opens_what_a_former_member_did_while_in_the_team(contact_id: str, status: int, as_person: SignIn) -> None:
    assert as_person("cecilia").get(f"/contacts/{contact_id}/").status_code == status  # Siri left Team Nord on 1 September
