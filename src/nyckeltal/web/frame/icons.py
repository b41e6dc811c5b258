"""The drawings used beside words; never alone."""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_SHAPES = {
    "mark": '<circle cx="8" cy="8" r="4.5"/><path d="M11.5 11.5 19 19M15.5 19l2.8-2.8"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "check": '<path d="m4 12.5 5 5L20 6.5"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.4v.01"/>',
    "warning": '<path d="M12 3.5 21.5 20h-19z"/><path d="M12 10v4.5M12 17.3v.01"/>',
    "ring": '<circle cx="12" cy="12" r="8.5"/><path d="M12 12h.01"/>',
    "open": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="3 3"/>',
    "down": '<path d="m6 9 6 6 6-6"/>',
    "question": '<circle cx="12" cy="12" r="9"/><path d="M9.4 9.2a2.7 2.7 0 1 1 3.9 2.5c-.9.5-1.3 1-1.3 2M12 16.9v.01"/>',
    "up": '<path d="m6 14 6-6 6 6"/>',
    "fall": '<path d="m6 10 6 6 6-6"/>',
    "even": '<path d="M4 13c2.5-4 5.5-4 8 0s5.5 4 8 0"/>',
    "save": '<path d="M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14"/>',
}


@cache
def icon(name: str) -> SafeString:
    return format_html('<svg class="ic" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', mark_safe(_SHAPES[name]))  # noqa: S308 - our own drawings
