"""One call and what it is allowed: the person behind the token, what was asked for, and how the same answer is known again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language

from nyckeltal.web.api.parameters import Parameter
from nyckeltal.web.frame import facts
from nyckeltal.web.kpi import asking
from nyckeltal.web.people.models import Token, User
from nyckeltal.web.people.tokens import Scope

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Call:
    """`given` are the words of address or body, `path` those within the address."""

    request: HttpRequest
    person: User
    token: Token
    given: dict[str, Any] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)

    @property
    def purpose(self) -> str:
        """What the log of who looked says it was for: as the person said when the token was made."""
        return self.token.purpose


@dataclass(frozen=True)
class Operation:
    """One thing that can be called: the address, the document and the page about it are all made from this.

    `answer` names the schema of what comes back, a list of them where `many`; `forms` the forms it can have; `body`: json, files, or nothing.
    `kept`: the same call gets the same answer as long as data, definitions and rights are the same.
    """

    name: str
    method: str
    path: str
    does: Callable[[Call], HttpResponseBase]
    summary: _StrPromise
    told: _StrPromise
    answer: str
    scope: Scope | None = None
    or_scope: Scope | None = None
    parameters: tuple[Parameter, ...] = ()
    body: str = ""
    many: bool = False
    forms: tuple[str, ...] = ("json",)
    status: int = 200
    kept: bool = False
    problems: Sequence[int] = (401, 403, 406, 422, 429)

    @property
    def needs(self) -> str:
        """Which of these the token must have, one of them."""
        return " / ".join(str(scope.label) for scope in (self.scope, self.or_scope) if scope)


def edition(call: Call) -> str:
    """Another wherever the rows could be others: data, definitions, day, person and rights, language, version of the program, and the question."""
    person = call.person
    rights = person.pk, person.roles, person.agent_id, person.client_ids, call.token.scopes
    now = facts.current().id, asking.stamp(), timezone.now().date(), get_language(), version("nyckeltal")
    asked = sorted((name, repr(value)) for name, value in call.given.items() if name not in ("limit", "cursor", "format"))
    return hashlib.sha256(repr((rights, now, call.request.path, asked)).encode()).hexdigest()


def tag(call: Call, form: str) -> str:
    """The name of one answer: these rows, as far as they were asked for, in this form."""
    part = edition(call), call.given.get("limit"), call.given.get("cursor"), form
    return f'"{hashlib.sha256(repr(part).encode()).hexdigest()[:32]}"'
