"""Wrong settings as system checks: an id, what stands there, and what would be right."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's own name


@register()
def settings_can_be_read(**_: Any) -> list[CheckMessage]:
    from nyckeltal.web.settings import MISTAKES

    bool(settings.SECRET_KEY)  # reading it tells whether the home folder can be written to
    return [
        Error(f"{name} is “{given}”, which cannot be used.", hint=f"Set it to {right}. See docs/guide/settings.md.", id="nyckeltal.E001")
        for name, given, right in MISTAKES
    ]


@register()
def demo_stays_at_home(**_: Any) -> list[CheckMessage]:
    """A sign-in by one click must not be offered where strangers can reach it."""
    if not settings.NYCKELTAL_DEMO or settings.LOCAL_ONLY:
        return []
    hint = "Everybody who reaches this server can sign in as anybody of the demo. Set NYCKELTAL_DEMO=0 unless that is what you want."
    return [Warning("NYCKELTAL_DEMO is on and NYCKELTAL_HOSTS names more than this machine.", hint=hint, id="nyckeltal.W001")]


@register()
def details_stay_at_home(**_: Any) -> list[CheckMessage]:
    """Error pages for developers show settings and code."""
    if not settings.DEBUG or settings.LOCAL_ONLY:
        return []
    hint = "Its error pages tell strangers how the server is made. Set NYCKELTAL_DEBUG=0, or name this machine only in NYCKELTAL_HOSTS."
    return [Error("NYCKELTAL_DEBUG is on and NYCKELTAL_HOSTS names more than this machine.", hint=hint, id="nyckeltal.E002")]


@register(Tags.security, deploy=True)
def hosts_are_named(**_: Any) -> list[CheckMessage]:
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [Warning("NYCKELTAL_HOSTS answers to any name.", hint="Name the hosts, for example kpi.example.org.", id="nyckeltal.W002")]
