"""What takes long is worked out once: kept in this process and, where a server has several, in a folder that they share while it runs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache, caches

Found = TypeVar("Found")


def kept(kind: str, content: object, find: Callable[[], Found], seconds: int) -> Found:
    """What has been found before, for so many seconds, else what `find` finds. `content` is all that decides what that is, and who may be told."""
    key = f"{kind}:{hashlib.sha256(repr(content).encode()).hexdigest()}"
    known: tuple[Found] | None = cache.get(key)
    if known is None:
        known = _between_processes(key, find, seconds)
    return known[0]


def _between_processes(key: str, find: Callable[[], Found], seconds: int) -> tuple[Found]:
    shared: tuple[float, tuple[Found]] | None = caches["server"].get(key)
    until, known = shared or (time.time() + seconds, (find(),))
    if shared is None:
        caches["server"].set(key, (until, known), seconds)
    cache.set(key, known, until - time.time())  # not longer than whoever found it keeps it
    return known
