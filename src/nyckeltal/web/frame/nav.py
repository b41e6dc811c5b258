"""The menu: each room names its entries in `urls.NAV`; nothing is registered elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


LOADS = "contacts:loads"


def everybody(_request: HttpRequest) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """One line of the menu. `view` is a URL name; an entry is current on every page below its path. `start`: a day may begin there.

    `waits` is how many things wait there for the person, so that it is seen on the page where the day begins."""

    label: str | _StrPromise
    view: str
    order: int
    shown_to: Callable[[HttpRequest], bool] = everybody
    start: bool = False
    waits: Callable[[HttpRequest], int] | None = None


@dataclass(frozen=True)
class Line:
    label: str | _StrPromise
    url: str
    current: bool
    waits: int = 0


@cache
def entries() -> tuple[Entry, ...]:
    found = [entry for room in settings.ROOMS for entry in getattr(import_module(f"nyckeltal.web.{room}.urls"), "NAV", ())]
    return tuple(sorted(found, key=lambda entry: entry.order))


def menu(request: HttpRequest) -> list[Line]:
    lines = ((entry, reverse(entry.view)) for entry in entries() if entry.shown_to(request))
    return [Line(entry.label, url, request.path.startswith(url), entry.waits(request) if entry.waits else 0) for entry, url in lines]


def start(request: HttpRequest, *, loaded: bool) -> str:
    """Where this person's day begins: the first page of the menu that is theirs; while nothing is loaded, where it is loaded, for whoever may."""
    mine = [entry for entry in entries() if entry.shown_to(request)]
    first = [entry for entry in mine if entry.view == LOADS] if not loaded else []
    return next((reverse(entry.view) for entry in [*first, *mine] if entry.start or entry in first), reverse("people:who_sees_what"))
