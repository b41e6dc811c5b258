"""Long lists in pages: which page is asked for, and the question that links to the others repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

A_PAGE = 50


def page_of(request: HttpRequest, found: Sequence[Any] | QuerySet[Any]) -> Page[Any]:
    """A number that is none, or beyond the last, shows the nearest page there is."""
    return Paginator(found, A_PAGE).get_page(request.GET.get("page"))


def question(request: HttpRequest) -> str:
    """The query string without its page."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return asked.urlencode()
