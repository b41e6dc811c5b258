"""What is said when a call cannot be answered: RFC 9457, in the reader's language, with what was wrong, where, and what would have been right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from nyckeltal.errors import Issue, UserMistake
from nyckeltal.web.api.plain import said
from nyckeltal.words import Text

TYPE = "application/problem+json"
USUAL = {
    400: Text("api.cannot_be_read", "The call cannot be read. /api/ says how calls are written."),
    403: Text("api.not_open", "This is not open to you."),
    404: Text("api.no_address", "There is nothing at this address. /api/ lists all of them."),
    405: Text("api.other_method", "This address is not asked so. /api/ says how."),
    413: Text("api.too_large", "What was sent is too large. Files go to /api/loads, up to the size that the server is set to take."),
    500: Text("api.our_mistake", "Something went wrong here. It is our mistake and was written to the server’s log; the same call may work later."),
}


class Refused(Exception):
    """Ends a call with a problem. `issues` are all things wrong, each with the field it is about."""

    def __init__(self, status: int, text: Text, issues: Sequence[Issue] = (), headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(str(text))
        self.status, self.text, self.issues, self.headers, self.more = status, text, tuple(issues), headers or {}, more

    @classmethod
    def of(cls, mistake: UserMistake, status: int = 422) -> Refused:
        return cls(status, mistake.text, mistake.issues)


def problem(refused: Refused) -> HttpResponse:
    told: dict[str, Any] = {
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": said(refused.text),
        "code": refused.text.id,
        "issues": [_issue(one) for one in refused.issues],
        **refused.more,
    }
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type=TYPE, status=refused.status, headers=dict(refused.headers))


def usual(status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """For what went wrong before a call was understood, or by our own mistake."""
    return problem(Refused(status, USUAL.get(status, USUAL[400 if status < 500 else 500]), headers=headers))


def _issue(one: Issue) -> dict[str, Any]:
    return {"detail": said(one.text), "code": one.text.id, "field": one.field, "file": one.file, "line": one.line}
