"""Guessing passwords is slow: after a few wrong ones a name waits at that address, after many an address waits with every name.

django-axes counts, in the database, so that all processes count together. What is typed is not kept, nor whether the name exists.
"""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

NAMES_PER_ADDRESS = 10  # an address may fail as often as ten names may: an office behind one address is not locked out by two of its people


class Counting(AxesDatabaseHandler):  # type: ignore[misc]  # axes brings no types
    """Counts by name and address, and more generously by address alone, against somebody who tries one password with every name."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        of_the_name = super().get_failures(request, credentials)
        tried = AccessAttempt.objects.filter(ip_address=request.axes_ip_address, attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)  # type: ignore[attr-defined]  # axes puts it there
        of_the_address = tried.aggregate(Sum("failures_since_start"))["failures_since_start__sum"] or 0
        return max(int(of_the_name), int(of_the_address) // NAMES_PER_ADDRESS)


def address(request: HttpRequest) -> str | None:
    """Where the visitor comes from. Behind a proxy: what the proxy itself wrote, which is the last entry; what stands before it anybody can claim."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        given = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or given
    return _cleaned(given) or _cleaned(request.META.get("REMOTE_ADDR", ""))


def _cleaned(given: str) -> str | None:
    """The address without port; of IPv6 the network, since one visitor has a whole one."""
    host = given[1:].partition("]")[0] if given.startswith("[") else given.partition(":")[0] if given.count(":") == 1 else given
    try:
        found = ip_address(host)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False).network_address)
    return str(getattr(found, "ipv4_mapped", None) or found)


def locked_out(request: HttpRequest, _response: HttpResponse | None = None, _credentials: dict[str, Any] | None = None) -> HttpResponse:
    """The same page whether or not anybody has that name."""
    return render(request, "people/locked_out.html", {"minutes": _wait(request)}, status=429)


def _wait(request: HttpRequest) -> int:
    """Whole minutes until the next try counts."""
    now: datetime = timezone.now()
    tried = AccessAttempt.objects.filter(ip_address=address(request))
    named = tried.filter(username=request.POST.get("username", "")[:255])
    last = (named if named.exists() else tried).aggregate(Max("attempt_time"))["attempt_time__max"] or now
    return max(1, ceil((last + settings.AXES_COOLOFF_TIME - now).total_seconds() / 60))


def forget(username: str) -> int:
    """Whoever has this name may try again at once."""
    return int(reset(username=username)) if username else 0
