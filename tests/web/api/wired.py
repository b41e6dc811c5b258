"""The package's own client, wired to the server under test without a network between them."""

from __future__ import annotations

from email.message import Message
from io import BytesIO
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request

import pytest
from django.test import Client

from nyckeltal.server import Server


def wire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every server that is connected to from now on is the one under test."""
    monkeypatch.setattr(Server, "_once", _once)


def _once(self: Server, method: str, address: str, parcel: Any) -> BytesIO:
    headers = {**self._headers, **(parcel.headers if parcel else {})}
    kind = headers.pop("Content-Type", "")
    request = Request(f"{self.url}/api/{address}", method=method)  # noqa: S310 - nothing is opened
    answer = Client(headers=headers).generic(method, request.selector, b"".join(parcel or ()), content_type=kind)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]  # the stubs know the one or the other
    if answer.status_code < 400:
        return BytesIO(content)
    told = Message()
    for name, value in answer.headers.items():
        told[name] = value
    raise HTTPError(request.full_url, answer.status_code, answer.reason_phrase, told, BytesIO(content))
