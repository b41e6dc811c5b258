"""What the base page needs on every page: menu, language, theme."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info

from nyckeltal.web.frame.nav import menu

THEME_COOKIE = "nyckeltal_theme"
THEMES = ("system", "light", "dark")


def theme(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(THEME_COOKIE, "system")
    return chosen if chosen in THEMES else "system"


def languages() -> list[dict[str, Any]]:
    """Each language by its own name."""
    return [{"code": code, "name": get_language_info(code)["name_local"].capitalize(), "current": code == get_language()} for code, _ in settings.LANGUAGES]


def frame(request: HttpRequest) -> dict[str, Any]:
    return {
        "menu": SimpleLazyObject(lambda: menu(request)),
        "theme": theme(request),
        "languages": SimpleLazyObject(languages),
        "demo": settings.NYCKELTAL_DEMO,
    }
