"""Sources: added by form, tried, fetched, paused; what is wrong with one is told, its secret never."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from fake_vendor import SECRET, FakeSystem, FakeVendor, serving
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources import find
from nyckeltal.web.jobs import worker

SignIn = Callable[[str], Client]


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeVendor]:
    systems = find.systems()
    monkeypatch.setattr(find, "systems", lambda: {**systems, "fake": FakeSystem()})
    with serving(FakeVendor()) as one:
        one.took(1, "2026-03-02T06:00:00Z")
        yield one


def _page(browser: Client, address: str) -> str:
    answer = browser.get(address, follow=True)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_source_is_added_tried_fetched_and_paused(ingrid: Client, vendor: FakeVendor) -> None:
    given = {"name": "calls", "client": "one", "every": "1 hour", "from": "2026-03-01", "address": vendor.address, "token": SECRET}
    assert "no schedule" in ingrid.post("/sources/new/fake/", given | {"every": "often"}).content.decode()
    assert ingrid.post("/sources/new/fake/", given).status_code == 302
    assert "It answers." in ingrid.post("/sources/of/calls/try/", follow=True).content.decode()
    ingrid.post("/sources/of/calls/fetch/")
    worker.do_all()
    page = _page(ingrid, "/sources/")
    assert "In step" in page
    assert "2 March 2026 06:00 UTC" in page
    assert ContactStore(settings.NYCKELTAL_HOME).snapshot().rows("contact") == 1
    kept = (Path(settings.NYCKELTAL_HOME) / "sources.toml").read_text()
    form = _page(ingrid, "/sources/of/calls/")
    assert SECRET not in kept + page + form
    assert ingrid.post("/sources/of/calls/", given | {"token": "", "every": "2 hours", "most_refused_percent": "20"}).status_code == 302
    ingrid.post("/sources/of/calls/rest/", {"pause": ""})
    assert "Paused" in _page(ingrid, "/sources/")
    assert 'every = "2 hours"\nmost_refused_percent = 20\n' in (Path(settings.NYCKELTAL_HOME) / "sources.toml").read_text()


def test_what_is_wrong_is_told_and_other_tables_of_the_file_stay_as_they_are(ingrid: Client, vendor: FakeVendor) -> None:
    file = Path(settings.NYCKELTAL_HOME) / "sources.toml"
    file.write_text('# mine\n[source.odd]\nfollow = "x"\n\n# yours\n[source.drop]\nfolder = "/nowhere"\n')
    page = _page(ingrid, "/sources/")
    assert "Write the whole path" in page
    assert "There is no folder" in ingrid.post("/sources/of/drop/try/").content.decode()
    ingrid.post("/sources/of/odd/", {"every": "5 minutes", "follow": "/var/log/x", "system": "queue_log"})
    told = file.read_text()
    assert told.startswith("# mine\n[source.odd]\n")
    assert told.endswith('follow = "/var/log/x"\nsystem = "queue_log"\nevery = "5 minutes"\n\n# yours\n[source.drop]\nfolder = "/nowhere"\n')
    assert "Write the whole path" not in _page(ingrid, "/sources/")
    file.write_text("[source.drop\n")
    assert "cannot be read" in _page(ingrid, "/sources/")
    assert ingrid.post("/sources/new/folder/", {"name": "a", "every": "1 hour", "folder": "/srv/drop"}).status_code == 200
    assert file.read_text() == "[source.drop\n"
    vendor.faults += ["401"]
    assert ingrid.post("/sources/new/fake/", {"name": "a b"}).status_code == 200
    assert ingrid.get("/sources/of/gone/").status_code == 404
