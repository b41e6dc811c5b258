"""Every system that is asked over HTTP, with every fault that vendors have: what was told afterwards is what an undisturbed vendor would have told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from every_system import NAMES, NOW, PAGES, Kept, asked
from fake_helpdesks import Helpdesk
from fake_vendor import LOGIN
from nyckeltal.errors import CannotFetch
from nyckeltal.sources.pull.sources import askable
from nyckeltal.sources.pull.web import HttpWeb, Patience

PASSES = ("429", "429 date", "500", "truncated", "half", "dropped", "html", "empty")


@pytest.fixture(params=NAMES)
def kept(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kept]:
    for name, size in PAGES:
        monkeypatch.setattr(f"nyckeltal.sources.systems.{name}", size)
    with asked(request.param) as one:
        yield one


def pulled(kept: Kept, folder: Path, waited: list[float], tries: int = 6) -> list[Any]:
    feed = kept.feed(folder)
    web = HttpWeb(feed.addresses, secrets=feed.secret.values(), patience=Patience(tries=tries), sleep=waited.append)
    if isinstance(kept.vendor, Helpdesk):
        kept.vendor.pages.clear()
    return list(feed.pull.pages(web, {**feed.given, **feed.secret, "from": "2026-03-02"}, {}, NOW))


def test_every_system_that_is_asked_has_its_vendor_here() -> None:
    assert {*NAMES, "queue_log"} == set(askable())  # that one is a database


def test_what_passes_at_any_request_changes_nothing_that_is_told(kept: Kept, tmp_path: Path) -> None:
    whole = pulled(kept, tmp_path, [])
    requests = len(kept.vendor.asked)
    for first in range(len(PASSES)):
        waited = list[float]()
        kinds = islice(cycle(PASSES), first, first + requests)
        kept.vendor.faults = [each for kind in kinds for each in (kind, "")]  # each request fails in another way, and then does not
        assert pulled(kept, tmp_path, waited) == whole, first
        assert len(waited) == requests


@pytest.mark.parametrize("fault", ["401", "html"])
def test_who_is_refused_or_sent_to_a_page_is_told_so_without_secrets(kept: Kept, tmp_path: Path, fault: str) -> None:
    kept.vendor.faults = [fault] * 99
    with pytest.raises(CannotFetch) as told:
        pulled(kept, tmp_path, [], tries=1)
    said = str(told.value)
    assert "Check the secret in its settings" in said if fault == "401" else "a page for people to read" in said
    assert not [word for word in (LOGIN.decode(), *kept.secret.values()) if word in said]
