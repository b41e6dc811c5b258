from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

import world
from batches import put as load_rows
from nyckeltal.contacts.organisation.rows import by_id
from nyckeltal.contacts.state import locked
from nyckeltal.contacts.store import ContactStore
from nyckeltal.web.contacts.organisation import apply
from nyckeltal.web.frame import facts
from nyckeltal.web.jobs import worker
from web.contacts.loading import counts, load, sent

SignIn = Callable[[str], Client]
REAL = facts.current
NOW = datetime(2026, 4, 20, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hand-counted centre in a store, and one queue and two reasons that a file named; copied for each test."""
    store = world.as_store(tmp_path_factory.mktemp("built") / "home")
    seen = {"client_id": "one", "queue_id": "mystery", "channel": "voice", "offered_at": world.at("12:00"), "outcome": "answered"}
    load_rows(store, "later", {"contact": [{**seen, "contact_id": f"x:{reason}", "reason_id": reason} for reason in ("odd", "even")]}, now=world.now)
    return store.home


@pytest.fixture
def store(built: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, web_home: None) -> ContactStore:
    shutil.copytree(built, tmp_path / "home")
    settings.NYCKELTAL_HOME = tmp_path / "home"
    monkeypatch.setattr(facts, "current", REAL)
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return ContactStore(settings.NYCKELTAL_HOME)


def page(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def row(store: ContactStore, table: str, thing: str) -> dict[str, Any]:
    return dict(by_id(store.snapshot(), table)[thing])


def typed(browser: Client, path: str, **words: Any) -> dict[str, Any]:
    """What the form at an address holds, with some of it typed anew."""
    form = browser.get(path).context["form"]
    held = {field.html_name: field.value() for field in form if field.html_name != "weekly"}
    days = {f"weekly_{at}": text for at, text in enumerate(form["weekly"].field.widget.decompress(form["weekly"].value()))} if "weekly" in form.fields else {}
    return {name: value for name, value in {**held, **days, **words}.items() if value not in (None, False)}


def pressed(browser: Client, path: str, **words: Any) -> str:
    """Fill in, press the button, and press it again where the page first tells what will change; the address one is led to."""
    data = typed(browser, path, **words)
    answer: Any = browser.post(path, data)
    if answer.status_code == 200 and answer.context.get("preview"):
        answer = browser.post(path, {**data, "confirmed": answer.context["preview"].mark})
    assert answer.status_code == 302, errors_of(answer)
    return str(answer["Location"])


def saved(browser: Client, path: str, **words: Any) -> str:
    """The same, until the worker has done it."""
    return done(browser, pressed(browser, path, **words))


def done(browser: Client, address: str) -> str:
    if "/under-way/" not in address:
        return address
    worker.do_all()
    return str(browser.get(address)["Location"])


def errors_of(answer: Any) -> dict[str, Any]:
    return {name: list(errors) for name, errors in answer.context["form"].errors.items()}


def test_what_nobody_described_stands_first(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("ingrid")
    assert page(browser.get("/organisation/")).index("Not described yet") < page(browser.get("/organisation/")).index("All parts")
    assert "2 are not described yet" in page(browser.get("/organisation/reasons/"))
    assert page(browser.get("/organisation/queues/")).index("mystery") < page(browser.get("/organisation/queues/")).index("One, chat")


def test_a_queue_is_described(store: ContactStore, as_person: SignIn) -> None:
    address = saved(as_person("ingrid"), "/organisation/queues/of/mystery/", name="Night line", channel="voice")
    found = row(store, "queue", "mystery")
    assert (found["name"], found["described"], found["client_id"]) == ("Night line", True, "one")
    assert "Saved" in page(as_person("ingrid").get(address))
    told = next(one for one in store.loads().to_pylist() if one["load_id"] == address.split("saved=")[1])
    assert (told["loaded_by"], told["source"]) == ("ingrid", "organisation")


def test_many_are_described_at_once(store: ContactStore, as_person: SignIn) -> None:
    browser, path = as_person("ingrid"), "/organisation/reasons/describe/"
    forms = browser.get(path).context["forms"]
    data: dict[str, Any] = {"row": [form.id for form in forms]}
    data |= {form.add_prefix("version"): form.initial["version"] for form in forms}
    data |= {"r0-label": "Even", "r0-parent_id": "bill", "r0-responsible_area": "Finance", "r1-described": "on"}
    told: Any = browser.post(path, data)
    assert "This changes figures of March 2026." in page(told)
    done(browser, browser.post(path, {**data, "confirmed": told.context["preview"].mark})["Location"])
    even, odd = row(store, "reason", "even"), row(store, "reason", "odd")
    assert (even["label"], even["parent_id"], even["level"], even["described"]) == ("Even", "bill", 2, True)
    assert (odd["label"], odd["described"]) == (None, True)


def test_rows_in_which_nothing_was_typed_stay_as_they_are(store: ContactStore, as_person: SignIn) -> None:
    forms = as_person("ingrid").get("/organisation/reasons/describe/").context["forms"]
    data = {"row": [form.id for form in forms], **{form.add_prefix("version"): form.initial["version"] for form in forms}}
    assert "Nothing was typed" in page(as_person("ingrid").post("/organisation/reasons/describe/", data))


def test_what_a_change_reaches_is_told_before_it_is_made(store: ContactStore, as_person: SignIn) -> None:
    browser, path = as_person("ingrid"), "/organisation/agreements/of/one_sl/"
    told = page(browser.post(path, typed(browser, path, since="always", threshold="8")))
    assert "This changes figures of March 2026." in told
    assert "A month that is closed changes too: March 2026." in told
    assert "Within (seconds): 8 instead of 20" in told
    assert row(store, "agreement", "one_sl")["threshold"] == 20


def test_typing_something_else_after_the_preview_tells_again(store: ContactStore, as_person: SignIn) -> None:
    browser, path = as_person("ingrid"), "/organisation/agreements/of/one_sl/"
    data = typed(browser, path, since="always", threshold="8")
    mark = browser.post(path, data).context["preview"].mark
    assert "8 instead" not in page(browser.post(path, {**data, "threshold": "9", "confirmed": mark}))
    assert row(store, "agreement", "one_sl")["threshold"] == 20


def test_from_a_day_on_the_old_ends_and_a_new_one_begins(store: ContactStore, as_person: SignIn) -> None:
    saved(as_person("ingrid"), "/organisation/agreements/of/one_sl/", since="from", since_day="2026-05-01", threshold="10", target="82,5")
    old, new = by_id(store.snapshot(), "agreement").values()
    assert (old["valid_to"], old["threshold"]) == (date(2026, 5, 1), 20)
    assert (new["valid_from"], new["valid_to"], new["threshold"], new["target"]) == (date(2026, 5, 1), None, 10, 82.5)
    told = page(as_person("ingrid").get("/organisation/agreements/of/one_sl/"))
    assert "80% of contacts answered within 20 seconds, 1 January 2026 to 30 April 2026" in told
    assert "82.5% of contacts answered within 10 seconds" in told
    assert "Planned" in told


def test_a_change_is_taken_back(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("ingrid")
    address = saved(browser, "/organisation/teams/of/vast/", name="Team West")
    load = address.split("saved=")[1]
    assert f'action="/loads/{load}/undo/"' in page(browser.get(address))
    browser.post(f"/loads/{load}/undo/")
    worker.do_all()
    assert row(store, "team", "vast")["name"] == "Team Väst"


def test_what_changes_figures_is_worked_out_by_the_worker_and_found_again(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("ingrid")
    address = pressed(browser, "/organisation/agreements/of/one_sl/", since="always", threshold="8")
    assert "The change is being worked out" in page(browser.get(address))
    assert address in page(browser.get("/organisation/"))
    assert row(store, "agreement", "one_sl")["threshold"] == 20
    assert "What depends on it has been worked out again" in page(browser.get(done(browser, address)))
    assert row(store, "agreement", "one_sl")["threshold"] == 8


def test_of_two_changes_in_line_the_second_is_told_and_keeps_what_was_typed(store: ContactStore, as_person: SignIn) -> None:
    browser, path = as_person("ingrid"), "/organisation/agreements/of/one_sl/"
    first, second = (pressed(browser, path, since="always", threshold=typed_s) for typed_s in ("8", "9"))
    done(browser, first)
    told = page(browser.get(second))
    assert "Somebody else has changed this" in told
    assert re.search(r"Within \(seconds\)</th><td>8</td><td>9", told)
    back = re.search(r'href="([^"]+from=[^"]+)"', told)
    assert back
    assert 'name="threshold" value="9"' in page(browser.get(back.group(1)))


def test_a_load_that_runs_keeps_nobody_waiting(store: ContactStore, as_person: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "PATIENCE_S", 0.1)
    with locked(store.home, 1):
        address = pressed(as_person("ingrid"), "/organisation/teams/of/vast/", name="Team West")
    assert "/under-way/" in address
    done(as_person("ingrid"), address)
    assert row(store, "team", "vast")["name"] == "Team West"


def test_two_administrators_at_once_see_both_versions(store: ContactStore, as_person: SignIn) -> None:
    path, mine = "/organisation/teams/of/vast/", as_person("ingrid")
    data = typed(mine, path, name="Mine")
    saved(as_person("ingrid"), path, name="Theirs")
    told: Any = mine.post(path, data)
    text = page(told)
    assert "Somebody else has changed this since you opened it" in text
    assert re.search(r"Theirs</td><td>Mine", text)
    assert row(store, "team", "vast")["name"] == "Theirs"
    again = typed(mine, path, name="Mine", version=told.context["form"]["version"].value(), token="another")
    assert mine.post(path, again).status_code == 302
    assert row(store, "team", "vast")["name"] == "Mine"


def test_somebody_moves_to_another_team(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("ingrid")
    saved(browser, "/organisation/memberships/of/m2/", since="from", since_day="2026-06-01", team_id="vast")
    told = page(browser.get("/organisation/people/of/bengt/"))
    assert told.index("1 June 2025 to 31 May 2026") < told.index("from 1 June 2026")
    assert row(store, "team_membership", "bengt-vast")["valid_from"] == date(2026, 6, 1)


def test_a_contract_is_added_changed_from_a_day_on_and_read_by_the_own_leader_alone(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("ingrid")
    saved(browser, "/organisation/contracts/new/", agent_id="bengt", hours_week="40", day_h="8", profile="service", valid_from="2026-01-01")
    saved(browser, "/organisation/contracts/of/bengt-2026-01-01/", since="from", since_day="2026-06-01", hours_week="20")
    told = page(browser.get("/organisation/contracts/of/bengt-2026-06-01/"))
    assert told.index("40 hours a week") < told.index("20 hours a week")
    assert (row(store, "employment", "bengt-2026-01-01")["hours_week"], row(store, "employment", "bengt-2026-01-01")["valid_to"]) == (40, date(2026, 6, 1))
    assert "Bengt" in page(as_person("cecilia").get("/organisation/contracts/"))
    assert {as_person(name).get("/organisation/contracts/").status_code for name in ("david", "hanna")} == {403}


def test_gaps_and_overlaps_are_pointed_out(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("ingrid")
    saved(browser, "/organisation/memberships/of/m5/", since="always", valid_to="2026-04-30")
    saved(browser, "/organisation/memberships/new/", agent_id="jonas", team_id="syd", role="agent", valid_from="2026-06-01", fte_share="100")
    assert "1 May 2026 to 31 May 2026" in page(browser.get("/organisation/people/of/jonas/"))
    told = browser.post(
        "/organisation/memberships/new/", typed(browser, "/organisation/memberships/new/", agent_id="anna", team_id="syd", valid_from="2026-06-01")
    )
    assert "Figures then count for the team begun later." in page(told)


def test_overlapping_agreements_are_refused_with_the_way_out(store: ContactStore, as_person: SignIn) -> None:
    browser, path = as_person("ingrid"), "/organisation/agreements/new/"
    answer = browser.post(path, typed(browser, path, client_id="one", measure="service_level", target="75", threshold="15", valid_from="2026-06-01"))
    (said,) = errors_of(answer)["valid_from"]
    assert said == "“one_sl” agrees this for the same queues from 1 January 2026 on. End it on the day this one begins, or let this one end before."
    assert 'value="75"' in page(answer)


def test_what_was_never_meant_is_taken_out_and_stays_visible(store: ContactStore, as_person: SignIn) -> None:
    browser, path = as_person("ingrid"), "/organisation/agreements/of/one_sl/"
    form = browser.get(path).context["form"]
    asked = {"withdraw": "1", "version": form.initial["version"]}
    told: Any = browser.post(path, asked)
    done(browser, browser.post(path, {**asked, "confirmed": told.context["preview"].mark})["Location"])
    assert "never, taken out again" in page(browser.get(path))
    assert row(store, "agreement", "one_sl")["valid_to"] == date(2026, 1, 1)


def test_opening_hours_change_from_a_day_on_and_a_holiday_is_added_without_touching_those_of_any_day(store: ContactStore, as_person: SignIn) -> None:
    browser, path = as_person("ingrid"), "/organisation/calendars/of/weekdays/"
    saved(browser, path, since="from", since_day="2026-07-01", weekly_0="09:00-12:00, 13:00-16:00", weekly_5="10:00–14:00")
    assert row(store, "calendar", "weekdays")["weekly"] == "mo-fr 08:00-17:00; from 2026-07-01; mo 09:00-12:00, 13:00-16:00; tu-fr 08:00-17:00; sa 10:00-14:00"
    told = page(browser.get(path))
    assert "From 1 July 2026" in told
    assert "25 December 2026" in told
    assert "No holidays are named for 2027" in told
    weekly = row(store, "calendar", "weekdays")["weekly"]
    saved(browser, path, holidays="2026\n2027\n2026-12-24 08:00-12:00\n2026-12-25")
    found = row(store, "calendar", "weekdays")
    assert (found["weekly"], found["holidays"]) == (weekly, "2026; 2027; 2026-12-24 08:00-12:00; 2026-12-25")


def test_saving_what_nobody_changed_changes_nothing(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("ingrid")
    for path in ("teams/of/nord", "queues/of/two_phone", "calendars/of/weekdays", "people/of/anna", "reasons/of/bill_wrong", "agreements/of/one_sl"):
        before = store.snapshot().id
        told = page(browser.post(f"/organisation/{path}/", typed(browser, f"/organisation/{path}/", since="always")))
        assert "Nothing was changed, so nothing was saved." in told, path
        assert store.snapshot().id == before


def test_a_reason_that_moves_takes_those_below_it_along(store: ContactStore, as_person: SignIn) -> None:
    saved(as_person("ingrid"), "/organisation/reasons/of/bill_late/", parent_id="")
    assert {one: row(store, "reason", one)["level"] for one in ("bill_late", "bill_wrong")} == {"bill_late": 1, "bill_wrong": 2}


def test_ending_something_needs_no_other_day(store: ContactStore, as_person: SignIn) -> None:
    saved(as_person("ingrid"), "/organisation/memberships/of/m2/", valid_to="2026-05-31")
    assert row(store, "team_membership", "m2")["valid_to"] == date(2026, 6, 1)


def test_what_a_row_names_and_nobody_knows_does_not_go_in_silence(store: ContactStore, as_person: SignIn) -> None:
    load_rows(store, "odd", {"team": [{"team_id": "odd", "name": "Odd", "queue_ids": ["gone"]}]}, source="organisation", now=world.now)
    browser, path = as_person("ingrid"), "/organisation/teams/of/odd/"
    assert errors_of(browser.post(path, typed(browser, path, name="Even"))) == {
        "queue_ids": ["There is no queue “gone”. Describe it first, or choose one that there is."]
    }


def test_hours_that_cannot_be_read_are_told_by_their_day(store: ContactStore, as_person: SignIn) -> None:
    browser, path = as_person("ingrid"), "/organisation/calendars/of/weekdays/"
    answer = browser.post(path, typed(browser, path, since="always", weekly_2="nine to five", holidays="2026\n2026-12-24 noon"))
    assert [error[:10] for error in errors_of(answer)["weekly"]] == ["Wednesday:"]
    assert "nine to five" in page(answer)


def test_an_id_is_proposed_from_the_name(store: ContactStore, as_person: SignIn) -> None:
    for _time in range(2):
        saved(as_person("ingrid"), "/organisation/teams/new/", name="Öst & Väst")
    assert {"ost-vast", "ost-vast-2"} <= set(by_id(store.snapshot(), "team"))


def test_lists_are_searched_and_paged(store: ContactStore, as_person: SignIn) -> None:
    rows = [{"agent_id": f"a{number:03}", "display_name": f"Person {number:03}"} for number in range(120)]
    load_rows(store, "many", {"agent": rows}, source="organisation", now=world.now)
    browser = as_person("ingrid")
    assert "1 to 50 of 126" in page(browser.get("/organisation/people/"))
    assert "Person 100" in page(browser.get("/organisation/people/?page=3"))
    found = page(browser.get("/organisation/people/?q=person+077"))
    assert "Person 077" in found
    assert "Person 078" not in found


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_download_goes_back_through_loads(store: ContactStore, as_person: SignIn, form: str) -> None:
    browser = as_person("ingrid")
    answer = browser.get(f"/organisation/teams/as/{form}/")
    assert answer["Content-Disposition"] == f'attachment; filename="team.{form}"'
    content = answer.content
    changed = content.replace("Team Väst".encode(), b"Team West") if form == "csv" else content
    address = load(browser, sent(browser, changed, name=f"team.{form}"))
    assert counts(address)["changed"] == (1 if form == "csv" else 0)
    assert row(store, "team", "vast")["name"] == ("Team West" if form == "csv" else "Team Väst")


@pytest.mark.parametrize("name", ["david", "hanna", "cecilia"])
def test_others_read_what_access_allows_and_change_nothing(store: ContactStore, as_person: SignIn, name: str) -> None:
    browser = as_person(name)
    told = page(browser.get("/organisation/agreements/of/one_sl/"))
    assert "80% of contacts answered within 20 seconds" in told
    assert "Save" not in told
    assert browser.post("/organisation/teams/of/vast/", {"name": "Mine"}).status_code == 403


def test_a_leader_reads_of_the_own_team_only(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("cecilia")
    told = page(browser.get("/organisation/memberships/"))
    assert "Anna" in told
    assert "Ida" not in told
    assert browser.get("/organisation/people/of/ida/").status_code == 404
    assert "Ida" not in page(browser.get("/organisation/teams/of/syd/"))


def test_a_manager_reads_nothing_of_single_persons(store: ContactStore, as_person: SignIn) -> None:
    browser = as_person("david")
    assert browser.get("/organisation/people/").status_code == 403
    assert browser.get("/organisation/memberships/of/m1/").status_code == 403
    told = page(browser.get("/organisation/teams/of/nord/"))
    assert "Cecilia" in told
    assert "Anna" not in told
    assert "/organisation/memberships/of/" not in told  # no link to what is refused
    assert "/organisation/memberships/of/m3/" in page(as_person("cecilia").get("/organisation/teams/of/nord/"))
