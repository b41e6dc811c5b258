"""Every address of the house, walked as each of the cast and as a stranger, by GET, HEAD and POST, with others' ids put in place of own ones.

A new address fails until it stands in one of the tables. `{anna}` in a path is the number of Anna's account.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from django.http import FileResponse, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from nyckeltal.web.people.models import Change, User
from web import cast, plans

WITH_FIGURES, EVERYBODY = {"anna", "bengt", "cecilia", "david", "fatima", "gustav"}, set(cast.CAST)
ADMINISTRATOR, REPRESENTATIVE, READS_ORGANISATION = {"ingrid"}, {"hanna"}, {"ingrid", "hanna", "cecilia", "david"}
SOAK, NOBODYS = os.environ.get("NYCKELTAL_SOAK") == "1", "00000000-0000-4000-8000-000000000000"
OPEN_TO_STRANGERS = {"api:openapi", "frame:alive", "frame:language", "frame:theme", "people:sign_in", "people:demo_sign_in", "people:welcome", "people:by_link"}

# A page: address → its path, who gets it (200), what the others get.
GET: dict[str, tuple[str, set[str], int]] = {
    "frame:alive": ("/alive/", EVERYBODY, 0),
    "people:welcome": ("/welcome/", set(), 410),  # nobody without a link
    "people:account": ("/account/", EVERYBODY, 0),
    "people:tokens": ("/account/tokens/", EVERYBODY, 0),
    "api:reference": ("/api/", EVERYBODY, 0),
    "api:openapi": ("/api/openapi.json", EVERYBODY, 0),
    "people:who_sees_what": ("/who-sees-what/", EVERYBODY, 0),
    "people:oversight": ("/oversight/", REPRESENTATIVE, 403),
    "people:looks": ("/oversight/looks/", REPRESENTATIVE, 403),
    "people:changes": ("/oversight/changes/", REPRESENTATIVE | ADMINISTRATOR, 403),
    "people:list": ("/people/", ADMINISTRATOR, 403),
    "people:invite": ("/people/invite/", ADMINISTRATOR, 403),
    "people:person": ("/people/{anna}/", ADMINISTRATOR, 403),
    "kpi:mine": ("/my-figures/", {"anna", "bengt"}, 403),
    "kpi:team": ("/team/", {"cecilia"}, 403),
    "kpi:one_team": ("/team/nord/", {"cecilia"}, 403),
    "kpi:person": ("/team/nord/anna/", {"cecilia"}, 403),
    "kpi:service": ("/customer-service/", {"david"}, 403),
    "kpi:ours": ("/our-service/", {"fatima", "gustav"}, 403),
    "kpi:one_client": ("/our-service/one/", {"fatima"}, 403),
    "kpi:evaluations": ("/evaluations/", {"eva"}, 403),
    "kpi:list": ("/kpis/", EVERYBODY, 0),
    "kpi:own_new": ("/kpis/own/new/", {"david", "ingrid"}, 403),
    "kpi:own": ("/kpis/own/no_such/", set(), 403),
    "kpi:explained": ("/kpis/service_level/", EVERYBODY, 0),
    "kpi:explore": ("/explore/", EVERYBODY, 0),
    "kpi:export": ("/explore/export/csv/?kpi=contacts_handled", WITH_FIGURES, 403),
    "contacts:story": ("/contacts/phone:4/", {"anna", "cecilia", "david", "fatima"}, 404),  # Anna answered it, for client One
    "contacts:loads": ("/loads/", ADMINISTRATOR, 403),
    "contacts:load": ("/loads/no-such-load/", set(), 403),
    "contacts:refused": ("/loads/no-such-load/refused/", set(), 403),
    "contacts:job": (f"/loads/job/{NOBODYS}/", set(), 403),
    "contacts:upload": (f"/loads/file/{NOBODYS}/", set(), 403),
    "contacts:mapping_file": (f"/loads/file/{NOBODYS}/mapping.toml", set(), 403),
    "contacts:template": ("/loads/template/absence.xlsx", ADMINISTRATOR, 403),
    "contacts:sources": ("/sources/", ADMINISTRATOR, 403),
    "contacts:source_new": ("/sources/new/folder/", ADMINISTRATOR, 403),
    "contacts:rule": ("/sources/same/rule/", ADMINISTRATOR, 403),
    "contacts:source": ("/sources/of/no-such-source/", set(), 403),
    "contacts:organisation": ("/organisation/", READS_ORGANISATION, 403),
    "contacts:things": ("/organisation/agreements/", READS_ORGANISATION, 403),
    "contacts:thing": ("/organisation/teams/of/syd/", READS_ORGANISATION, 403),
    "contacts:new": ("/organisation/queues/new/", ADMINISTRATOR, 403),
    "contacts:describe": ("/organisation/queues/describe/", ADMINISTRATOR, 403),
    "contacts:organisation_work": (f"/organisation/under-way/{NOBODYS}/", set(), 403),
    "contacts:organisation_file": ("/organisation/queues/as/csv/", ADMINISTRATOR, 403),
    **plans.GET,
}
# What somebody gets who may open such pages, where the thing is not there: as unknown as any other.
NOT_THERE = {
    "kpi:own": {"david", "ingrid"},
    "contacts:organisation_work": ADMINISTRATOR,
    "contacts:load": ADMINISTRATOR,
    "contacts:source": ADMINISTRATOR,
    "contacts:refused": ADMINISTRATOR,
    "contacts:job": ADMINISTRATOR,
    "contacts:upload": ADMINISTRATOR,
    "contacts:mapping_file": ADMINISTRATOR,
    **plans.NOT_THERE,
}
# Pages that take a form at the same address; all others refuse POST.
WITH_FORM = {
    "people:tokens",
    "kpi:own_new",
    "kpi:own",
    "contacts:source",
    "contacts:source_new",
    "contacts:rule",
    "contacts:thing",
    "contacts:new",
    "contacts:describe",
    "people:welcome",
    "people:account",
    "people:invite",
    "people:person",
    *plans.WITH_FORM,
}
# Addresses that lead on.
MOVES_ON = {"frame:home": "/", "people:sign_in": "/sign-in/", "people:by_link": "/welcome/not-a-token/"}
# Addresses that change something, by POST alone: who may, what the others get.
POST_ONLY: dict[str, tuple[str, set[str], int]] = {
    "frame:language": ("/language/", EVERYBODY, 0),
    "frame:theme": ("/theme/", EVERYBODY, 0),
    "people:sign_out": ("/sign-out/", EVERYBODY, 0),
    "people:demo_sign_in": ("/sign-in/demo/manager/", set(), 404),  # outside the demo
    "contacts:send": ("/loads/send/", ADMINISTRATOR, 403),
    "contacts:upload_change": (f"/loads/file/{NOBODYS}/change/", ADMINISTRATOR, 403),
    "contacts:settle": ("/loads/no-such-load/settle/", ADMINISTRATOR, 403),
    "contacts:undo": ("/loads/no-such-load/undo/", ADMINISTRATOR, 403),
    "contacts:source_try": ("/sources/of/no-such-source/try/", ADMINISTRATOR, 403),
    "contacts:source_fetch": ("/sources/of/no-such-source/fetch/", ADMINISTRATOR, 403),
    "contacts:same": ("/sources/same/", ADMINISTRATOR, 403),
    "contacts:source_rest": ("/sources/of/no-such-source/rest/", ADMINISTRATOR, 403),
    **plans.POST_ONLY,
    "kpi:own_remove": ("/kpis/own/no_such/remove/", {"david", "ingrid"}, 403),
    "people:own_password": ("/account/password/", EVERYBODY, 0),
    "people:end_sessions": ("/account/sign-out-everywhere/", EVERYBODY, 0),
    "people:withdraw_token": ("/account/tokens/1/withdraw/", EVERYBODY, 0),
    "people:withdraw_persons_token": ("/people/{anna}/tokens/1/withdraw/", ADMINISTRATOR, 403),
    "people:link": ("/people/{anna}/link/", ADMINISTRATOR, 403),
    "people:withdraw": ("/people/{anna}/link/withdraw/", ADMINISTRATOR, 403),
    "people:sign_out_person": ("/people/{anna}/sign-out/", ADMINISTRATOR, 403),
    "people:close": ("/people/{anna}/close/", ADMINISTRATOR, 403),
    "people:reopen": ("/people/{anna}/reopen/", ADMINISTRATOR, 403),
}
# An address for programs: its path below /api/, whose programs get it, what the others get.
API: dict[str, tuple[str, set[str], int]] = {
    "api:ask": ("ask?kpi=contacts_handled", WITH_FIGURES, 403),
    "api:explain": ("explain?kpi=contacts_handled", EVERYBODY, 0),
    "api:evidence": ("evidence/contacts_offered?from=2026-10&to=2026-10", WITH_FIGURES, 403),
    "api:catalogue": ("catalogue", EVERYBODY, 0),
    "api:kpi": ("catalogue/service_level", EVERYBODY, 0),
    "api:organisation": ("organisation", READS_ORGANISATION, 403),
    "api:organisation_table": ("organisation/agreement", READS_ORGANISATION, 403),
    "api:loads": ("loads", ADMINISTRATOR, 403),
    "api:load": ("loads/no-such-load", set(), 403),
    "api:refused": ("loads/no-such-load/refused", set(), 403),
    "api:job": (f"jobs/{NOBODYS}", set(), 403),
}
API_NOT_THERE = {"api:load", "api:refused", "api:job"}
OF_SOMETHING = {"kpi:own", "kpi:one_team", "kpi:person", "kpi:one_client", "contacts:thing", *NOT_THERE}  # there is none of it where nothing was loaded
DONE = {200, 204, 302, 400, 404, 409}  # done, or refused for another reason than who asks
NO_CONTACTS = {"eva", "hanna", "ingrid", "nobody"}
# Questions with other people's, teams' and clients' ids in them: nothing of theirs may stand in any answer.
WITH_OTHERS_IDS = [
    "/explore/?kpi=contacts_handled&by=agent",
    "/explore/?kpi=contacts_handled&by=leader",
    "/explore/?kpi=contacts_handled&by=team",
    "/explore/?kpi=contacts_handled&by=client",
    "/explore/?kpi=contacts_handled&by=queue",
    "/explore/?kpi=contacts_handled&client=one",
    "/explore/?kpi=contacts_handled&client=two",
    "/explore/?kpi=contacts_handled&queue=invoice&by=agent",
    "/explore/?kpi=contacts_handled&team=syd&by=agent",
    "/explore/?kpi=contacts_handled&agent=sven",
    "/explore/export/csv/?kpi=contacts_handled&by=agent",
    "/explore/export/csv/?kpi=contacts_handled&by=client",
    "/my-figures/?month=2026-10&agent=sven&team=syd",
    "/team/syd/",
    "/team/no-such-team/",
    "/team/nord/sven/",
    "/team/syd/sven/",
    "/team/nord/siri/?month=2026-08",
    "/customer-service/?team=nord&agent=anna",
    "/our-service/one/",
    "/our-service/two/",
    "/our-service/no-such-client/",
    "/kpis/service_level/?client=one&month=2026-10",
    "/kpis/service_level/?client=two&month=2026-10",
    "/team/nord/bengt/",
    "/organisation/people/",
    "/organisation/people/of/sven/",
    "/organisation/memberships/",
    "/organisation/people/as/csv/",
    "/contacts/phone:4/",
    "/contacts/phone:5/",
    "/contacts/phone:599/",
    "/contacts/no-such-contact/",
    "/organisation/",
    "/organisation/memberships/of/m4/",
    "/organisation/teams/of/syd/",
]

# The same asked by programs: names and ids of persons whom the reader may not see stand in no answer.
API_WITH_OTHERS_IDS = [
    "ask?kpi=contacts_handled&by=agent",
    "ask?kpi=contacts_handled&by=leader",
    "ask?kpi=contacts_handled&by=team",
    "ask?kpi=contacts_handled&by=client&per=month",
    "ask?kpi=contacts_handled&by=queue&format=csv",
    "ask?kpi=contacts_handled&client=one",
    "ask?kpi=contacts_handled&client=two",
    "ask?kpi=contacts_handled&team=syd",
    "ask?kpi=contacts_handled&team=syd&by=agent",
    "ask?kpi=contacts_handled&queue=orders&by=agent",
    "ask?kpi=contacts_handled&where=agent == 'sven'",
    "ask?kpi=contacts_handled&where=team == 'syd'",
    "ask?kpi=contacts_handled&where=client == 'two'&by=queue",
    "explain?kpi=service_level&by=agent",
    "explain?kpi=service_level&client=two",
    "evidence/contacts_handled?from=2026-10&to=2026-10&client=two",
    "evidence/contacts_handled?from=2026-10&to=2026-10",
    "organisation/agent",
    "organisation/team_membership",
]

AGENTS = {name: f"{name.capitalize()} Berg" for name in ("anna", "bengt", "cecilia", "sven", "siri")}
# What must not stand in any answer, by reader: names of those whom the reader may not see, and what belongs to other clients.
HIDDEN = {
    "anna": [AGENTS["bengt"], AGENTS["sven"], AGENTS["siri"]],
    "bengt": [AGENTS["anna"], AGENTS["sven"], AGENTS["siri"]],
    "cecilia": [AGENTS["sven"]],
    "david": [AGENTS[name] for name in ("anna", "bengt", "sven", "siri")],  # a leader’s name stands for the team led
    "eva": list(AGENTS.values()),
    "fatima": [*AGENTS.values(), "Webb", "Orders", "Team Nord", "Team Syd"],
    "gustav": [*AGENTS.values(), "Nordkraft", "Invoice<", "Outage", "Team Nord", "Team Syd"],
    "nobody": list(AGENTS.values()),
}

SignIn = Callable[[str], Client]
People = dict[str, User]


def _names(patterns: list[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}"


def _path(path: str, people: People | None = None) -> str:
    return path.format(**{name: person.pk for name, person in people.items()} if people else dict.fromkeys(cast.CAST, 1))


def _expected(address: str, person: str) -> int:
    _, allowed, otherwise = GET[address]
    if person in NOT_THERE.get(address, ()):
        return 404
    return 403 if address == "contacts:story" and person in NO_CONTACTS else 200 if person in allowed else otherwise


def _body(answer: HttpResponse | FileResponse) -> str:
    return answer.content.decode(errors="replace") if isinstance(answer, HttpResponse) else ""


def _named(names: list[str], answer: HttpResponse | FileResponse) -> list[str]:
    """Those of the names that stand in the answer, which is asked for once; what was drawn by chance for a form may spell anything."""
    body = re.sub(r"[A-Za-z0-9]{32,}", "", _body(answer))
    return [name for name in names if name in body]


def test_every_address_stands_in_the_table() -> None:
    assert sorted(_names(get_resolver().url_patterns)) == sorted({*GET, *MOVES_ON, *POST_ONLY, *API})


def _carries_the_strict_policy(answer: HttpResponse | FileResponse) -> None:
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert "private" in answer["Cache-Control"]
    if "text/html" in answer["Content-Type"]:
        assert _named([" style=", "<style", " onclick=", "javascript:"], answer) == []


@pytest.mark.parametrize("person", sorted(cast.CAST))
def test_each_sees_what_the_table_says_under_the_strict_policy(person: str, as_person: SignIn, people: People) -> None:
    browser = as_person(person)
    for address, (path, allowed, _) in sorted(GET.items()):
        answer = browser.get(_path(path, people))
        assert answer.status_code == _expected(address, person), address
        _carries_the_strict_policy(answer)
        assert _named(HIDDEN.get(person, []), answer) == [], address
        if person == min(allowed, default="david") or (person not in allowed and SOAK):  # drawn once more for one of its readers
            head = browser.head(_path(path, people))
            assert (head.status_code, head.content) == (answer.status_code, b""), address


@pytest.mark.parametrize("person", sorted(cast.CAST))
def test_each_may_change_what_the_table_says(person: str, as_person: SignIn, signed_in: SignIn, people: People) -> None:
    for address, (path, allowed, otherwise) in sorted(POST_ONLY.items(), key=lambda one: person in one[1][1]):  # what one may do can end one's session
        status = (as_person if person in allowed else signed_in)(person).post(_path(path, people)).status_code
        assert (status in DONE) if person in allowed else (status == (404 if person in NOT_THERE.get(address, ()) else otherwise)), path


@pytest.mark.parametrize("person", sorted(cast.CAST))
def test_a_form_is_refused_like_its_page(person: str, signed_in: SignIn, people: People) -> None:
    for address in sorted(WITH_FORM):
        path, allowed, _ = GET[address]
        if person not in allowed:
            assert signed_in(person).post(_path(path, people)).status_code == _expected(address, person), address


def test_a_stranger_is_led_to_the_door(client: Client, db: None) -> None:
    for address in sorted({*GET, *MOVES_ON} - OPEN_TO_STRANGERS):
        path = _path(GET[address][0] if address in GET else MOVES_ON[address])
        for answer in (client.get(path), client.head(path), client.post(path)):
            assert answer.status_code == 302, address
            assert answer["Location"].startswith("/sign-in/?next=/"), address


def test_a_stranger_changes_nothing(client: Client, people: People) -> None:
    for address in sorted({*POST_ONLY} - OPEN_TO_STRANGERS):
        answer = client.post(_path(POST_ONLY[address][0], people))
        assert answer.status_code == 302, address
        assert answer["Location"].startswith("/sign-in/"), address
        assert not Change.objects.exists(), address


def test_what_changes_something_refuses_get(signed_in: SignIn, people: People) -> None:
    for address, (path, allowed, _) in POST_ONLY.items():
        assert signed_in(min(allowed or {"david"})).get(_path(path, people)).status_code == 405, address


def test_a_form_of_another_site_is_refused(people: People) -> None:
    for address in sorted({*POST_ONLY, *WITH_FORM}):
        path, allowed, _ = POST_ONLY[address] if address in POST_ONLY else GET[address]
        browser = Client(enforce_csrf_checks=True)
        browser.force_login(people[min(allowed or {"david"})])
        assert browser.post(_path(path, people)).status_code == 403, address
        assert not Change.objects.exists(), address


def test_pages_refuse_post(signed_in: SignIn, people: People) -> None:
    for address in sorted(set(GET) - WITH_FORM - {"frame:alive"}):
        path, allowed, _ = GET[address]
        assert signed_in(min(allowed, default="ingrid")).post(_path(path, people)).status_code == 405, address


def test_pages_survive_no_data(signed_in: SignIn, people: People, nothing_loaded: None, client: Client) -> None:
    assert client.get("/sign-in/").status_code == 200
    for address in sorted(set(GET) - {"contacts:story", "contacts:thing"}):
        path, allowed, otherwise = GET[address]
        person = "david" if "david" in allowed else min(allowed, default="david")
        expected = {200} if allowed else {otherwise}
        answer = signed_in(person).get(_path(path, people))
        assert answer.status_code in (expected | {403, 404} if address in OF_SOMETHING else expected), address


@pytest.mark.parametrize("person", sorted(HIDDEN))
def test_no_answer_names_what_its_reader_may_not_see(person: str, as_person: SignIn, people: People) -> None:
    browser = as_person(person)
    said = {path: _named(HIDDEN[person], browser.get(path)) for path in WITH_OTHERS_IDS}
    assert {path: names for path, names in said.items() if names} == {}


@pytest.mark.parametrize("person", sorted(EVERYBODY - {"ingrid"}))
def test_nobody_but_an_administrator_reaches_an_account(person: str, as_person: SignIn, people: People) -> None:
    browser = as_person(person)
    answers = [browser.post(f"/people/{one.pk}/", {"name": "Mine now", "roles": ["manager"]}) for one in people.values()]
    assert {answer.status_code for answer in answers} == {403}
    assert not User.objects.filter(name="Mine now").exists()


def test_an_administrator_sees_no_figures(as_person: SignIn) -> None:
    browser = as_person("ingrid")
    assert all('class="figure__value"' not in _body(browser.get(path)) for path in ("/kpis/service_level/", *WITH_OTHERS_IDS))
    assert all(browser.get(path).status_code in {403, 404} for path in WITH_OTHERS_IDS if path.startswith(("/contacts/", "/explore/export/")))


@pytest.mark.parametrize(("contact_id", "status"), [("phone:11", 200), ("phone:599", 404)])
def test_a_leader_opens_what_a_former_member_did_while_in_the_team(contact_id: str, status: int, as_person: SignIn) -> None:
    assert as_person("cecilia").get(f"/contacts/{contact_id}/").status_code == status  # Siri left Team Nord on 1 September


@pytest.mark.parametrize("person", sorted(cast.CAST))
def test_each_program_gets_what_its_person_may_see(person: str, as_program: SignIn) -> None:
    program = as_program(person)
    for address, (path, allowed, otherwise) in API.items():
        missing = address in API_NOT_THERE and person in ADMINISTRATOR
        assert program.get(f"/api/{path}").status_code == (404 if missing else 200 if person in allowed else otherwise), address


@pytest.mark.parametrize("person", sorted(HIDDEN))
def test_no_program_is_told_what_its_person_may_not_see(person: str, as_program: SignIn) -> None:
    program = as_program(person)
    hidden = [*HIDDEN[person], *(f'"{name}"' for name, called in AGENTS.items() if called in HIDDEN[person])]
    said = {path: _named(hidden, program.get(f"/api/{path}")) for path in API_WITH_OTHERS_IDS}
    assert {path: names for path, names in said.items() if names} == {}


def test_a_program_needs_a_token_and_a_browser_is_none(as_person: SignIn, client: Client) -> None:
    for address, caller in product(sorted(API), (client, as_person("ingrid"), as_person("david"))):
        for answer in (caller.get(f"/api/{API[address][0]}"), caller.post(f"/api/{API[address][0]}"), caller.delete(f"/api/{API[address][0]}")):
            assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json"), address
            assert answer["WWW-Authenticate"].startswith("Bearer"), address


def test_programs_survive_no_data(as_program: SignIn, nothing_loaded: None) -> None:
    programs = [as_program(person) for person in ("ingrid", "hanna", "nobody")]
    for address in sorted(API):
        assert {program.get(f"/api/{API[address][0]}").status_code for program in programs} <= {200, 403, 404}, address
