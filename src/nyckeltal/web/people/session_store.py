"""Where sessions are kept: Django's database store, with whose each is beside it, so that all of one person's can be listed and ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as InDatabase

from nyckeltal.web.people.models import Session


class SessionStore(InDatabase):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: Mapping[str, Any]) -> Session:
        kept = super().create_model_instance(dict(data))
        assert isinstance(kept, Session)  # noqa: S101 - for the type checker
        kept.user_id = int(data["_auth_user_id"]) if data.get("_auth_user_id") else None
        kept.began_at, kept.seen_at = _moment(data.get("began")), _moment(data.get("seen"))
        kept.device = str(data.get("device", ""))
        return kept


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
