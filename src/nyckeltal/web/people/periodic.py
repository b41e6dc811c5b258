"""What this room does every night: links and tokens that led in and are long over are let go; that they were made stays in the log of changes."""

from __future__ import annotations

from datetime import datetime, timedelta

from nyckeltal.web.jobs.periodic import Work
from nyckeltal.web.people.models import Link, Token

LINKS_KEPT = timedelta(days=30)  # for whoever comes late to be told that the link is over


def forget_links(now: datetime) -> None:
    Link.objects.filter(expires_at__lt=now - LINKS_KEPT).delete()


def forget_tokens(now: datetime) -> None:
    Token.objects.filter(expires_at__lt=now - LINKS_KEPT).delete()
    Token.objects.filter(withdrawn_at__lt=now - LINKS_KEPT).delete()


PERIODIC = (Work("forget links that are over", forget_links, hour=3), Work("forget tokens that are over", forget_tokens, hour=3))
