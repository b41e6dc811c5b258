"""While what rules rest on is being worked out the page says so, and agreement waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from nyckeltal.plan.around import Around
from nyckeltal.plan.goal import Plan
from nyckeltal.web.kpi import asking
from nyckeltal.web.plan import surroundings
from nyckeltal.web.plan.models import Season

SignIn = Callable[[str], Client]
WAITS = "rest on figures that are being worked out"


class Aside:
    """Threads that run when they are told to."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], Any]] = []

    def __call__(self, *, target: Callable[..., Any], args: tuple[Any, ...], **_others: Any) -> Aside:
        self.waiting.append(lambda: target(*args))
        return self

    def start(self) -> None:
        pass


@pytest.fixture
def aside(monkeypatch: pytest.MonkeyPatch) -> Aside:
    made = Aside()
    monkeypatch.setattr(surroundings, "_anything_loaded", lambda: True)
    monkeypatch.setattr(surroundings, "_asking", threading.Lock())
    monkeypatch.setattr(surroundings, "_kept", {})
    monkeypatch.setattr(threading, "Thread", made)
    return made


def _looked(monkeypatch: pytest.MonkeyPatch, finds: Callable[[Plan], dict[str, Any]]) -> None:
    monkeypatch.setattr(surroundings, "gathered", lambda plan, day, **_home: replace(Around(day, asking.kpis()), **finds(plan)))


def test_agreement_is_asked_for_when_the_figures_are_there(as_person: SignIn, planned: Season, aside: Aside, monkeypatch: pytest.MonkeyPatch) -> None:
    _looked(monkeypatch, lambda plan: {"reach": {goal.id: 0.99 for goal in plan.goals if goal.level == "agent"}})
    browser, path = as_person("cecilia"), f"/plan/{planned.pk}/of/nord/"
    page = browser.get(path).content.decode()
    assert WAITS in page
    assert browser.post(f"{path}ask/").status_code == 409
    assert not planned.goals.get(level="agent").agreements.exclude(state="proposed").exists()
    assert len(aside.waiting) == 1, "asked once, however many pages are opened meanwhile"
    aside.waiting.pop()()
    after = browser.get(f"{path}known/").content.decode()
    assert WAITS not in after
    assert "/override/R10/" not in page
    assert "/override/R10/" in after, "it is almost surely reached"


def test_what_could_not_be_worked_out_is_said(as_person: SignIn, planned: Season, aside: Aside, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_plan: Plan) -> dict[str, Any]:
        raise RuntimeError("no such figure")

    _looked(monkeypatch, breaks)
    browser, path = as_person("cecilia"), f"/plan/{planned.pk}/of/nord/"
    browser.get(path)
    aside.waiting.pop()()
    assert "could not be worked out" in browser.get(path).content.decode()
    assert WAITS not in browser.get(path).content.decode()
