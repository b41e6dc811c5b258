from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from django.test import Client

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.explain import Explanation
from nyckeltal.web.api.document import SCHEMAS
from nyckeltal.web.api.operations import OPERATIONS

SignIn = Callable[[str], Client]


def _document(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/openapi.json").json()
    return found


def test_the_document_is_openapi_and_names_every_call(client: Client, db: None) -> None:
    found = _document(client)
    assert found["openapi"].startswith("3.1")
    named = {(method.upper(), path): operation["operationId"] for path, known in found["paths"].items() for method, operation in known.items()}
    assert named == {(one.method, f"/api/{one.path}"): one.name for one in OPERATIONS}


def test_every_reference_leads_somewhere(client: Client, db: None) -> None:
    text = client.get("/api/openapi.json").content.decode()
    assert set(re.findall(r"#/components/schemas/(\w+)", text)) == set(SCHEMAS)


@pytest.mark.parametrize(("name", "shape"), [("Figure", Figure), ("Explanation", Explanation)])
def test_shapes_are_those_of_the_core(name: str, shape: type) -> None:
    beside = {"trend"} if shape is Figure else set()  # what the answer as a whole says of each
    assert set(SCHEMAS[name]["properties"]) == {each.name for each in fields(shape)} | beside


def test_the_document_is_written_in_the_readers_language(client: Client, db: None) -> None:
    answer = client.get("/api/openapi.json", headers={"Accept-Language": "sv"})
    assert answer["Content-Language"] == "sv"


def test_the_page_shows_every_call_to_whoever_has_signed_in(as_person: SignIn) -> None:
    page = as_person("nobody").get("/api/").content.decode()
    assert all(f"{one.method} /api/{one.path}" in page for one in OPERATIONS)
    assert "<script" not in page.partition("<main")[2]
