"""What this room does now and then: forget files that nobody loaded."""

from __future__ import annotations

from datetime import timedelta

from nyckeltal.web.contacts.loads import uploads
from nyckeltal.web.jobs.periodic import Work

PERIODIC = (Work("forget old uploads", uploads.forget_old, every=timedelta(hours=1), at_start=True),)
