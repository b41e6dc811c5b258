"""Long answers in parts: `limit` rows from `cursor` on. A cursor holds for the answer it came with; where that changed meanwhile, it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.api.parameters import Parameter
from nyckeltal.web.api.problem import Refused
from nyckeltal.words import Text

MOST = 10_000
LIMIT = Parameter("limit", _("At most so many rows; the next ones by the cursor that stands in Next-Cursor."), kind="whole", least=1, most=MOST)
CURSOR = Parameter("cursor", _("Where the next rows begin, as the answer before said."))
STALE = Text("api.stale_cursor", "What the cursor points into has changed since. Ask again from the first row.")


@dataclass(frozen=True)
class Part:
    rows: Sequence[Any]
    cursor: str = ""


def part(rows: Sequence[Any], given: dict[str, Any], edition: str) -> Part:
    """`edition` changes whenever the rows do."""
    mark = hashlib.sha256(edition.encode()).hexdigest()[:12]
    first = _first(str(given.get("cursor", "")), mark, len(rows))
    limit = given.get("limit")
    last = len(rows) if limit is None else first + limit
    return Part(rows[first:last], f"{last}.{mark}" if last < len(rows) else "")


def _first(cursor: str, mark: str, n: int) -> int:
    if not cursor:
        return 0
    at, _dot, of = cursor.partition(".")
    if not (at.isascii() and at.isdigit() and len(at) < 12):
        raise Refused(422, Text("api.no_cursor", "This is no cursor. It stands in Next-Cursor of the answer before."))
    if of != mark or int(at) > n:
        raise Refused(409, STALE)
    return int(at)


def headers(request: HttpRequest, cursor: str) -> dict[str, str]:
    """How the next part is asked for; an address says it whole."""
    if not cursor:
        return {}
    link = {}
    if request.method in ("GET", "HEAD"):
        query = [(name, value) for name, values in request.GET.lists() if name != "cursor" for value in values]
        link = {"Link": f'<{request.build_absolute_uri(request.path)}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'}
    return link | {"Next-Cursor": cursor}
