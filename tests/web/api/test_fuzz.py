"""Calls made up from the document, right and wrong ones: none is a mistake of ours, and each answer is one that the document names."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from hypothesis import HealthCheck, Phase, assume, given, seed, settings

from nyckeltal.contacts.store import World
from nyckeltal.web.api.operations import PATHS

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

SOAK = os.environ.get("NYCKELTAL_SOAK") == "1"
EXAMPLES = 150 if SOAK else 4
ADDRESSES = sorted((path, method) for path, operations in PATHS.items() for method in operations)
CALLERS = ("cecilia", "david", "fatima", "ingrid")
_USUAL = {path: "ingrid" if path.startswith(("loads", "jobs")) else "cecilia" for path, _ in ADDRESSES}
CALLS = [(path, method, caller) for path, method in ADDRESSES for caller in CALLERS if SOAK or caller == _USUAL[path]]
SHARPENED: dict[str, list[str]] = {  # what chance alone would hardly hit upon
    "kpi": ["service_level", "asa", "aht", "contacts_handled", "fcr", "csat", "transfer_rate"],
    "from": ["2026-08", "2026-08-03", "2026-Q3", "2026-W40", "2026"],
    "to": ["2026-10", "2026-08-10", "2026-10-31", "0001", "9999-12-31"],
    "where": ["channel == 'voice'", "queue in ('invoice', 'orders') and hour >= 9", "client == 'one' or repeat", "weekday == 'x'", "not (", "agent == 'anna'"],
    "variant": ["p90", "all_offered", "contact"],
    "client": ["one", "two"],
    "queue": ["invoice", "orders"],
    "team": ["nord", "syd"],
    "table": ["queue", "agent", "agreement", "team_membership", "calendar"],
    "set": ["within=30", "within=x", "window=7"],
    "system": ["organisation", "queue_log"],
    "zone": ["Europe/Stockholm"],
    "mapping": ['[fact]\nkind = "contact"\n', '[fact]\nkind = "nothing"\n', "[[["],
}


def _sharpened(document: dict[str, Any]) -> dict[str, Any]:
    """The document with likely words beside all others."""
    found = copy.deepcopy(document)
    for operations in found["paths"].values():
        for operation in operations.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = _likely(parameter["name"], parameter["schema"])
            for body in operation.get("requestBody", {}).get("content", {}).values():
                fields = body["schema"]["properties"]
                body["schema"]["properties"] = {name: _likely(name, schema) for name, schema in fields.items()}
    return found


def _likely(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    if name not in SHARPENED or schema.get("type") == "object":
        return schema
    if schema.get("type") == "array":
        return schema | {"items": _likely(name, schema["items"])}
    return {"anyOf": [{"enum": SHARPENED[name]}, {"enum": SHARPENED[name]}, schema]}


def _served(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """As a server does it: the answer is read to its end and closed, and with it what was sent."""
    answer = WSGIHandler()(environ, start_response)
    try:
        return list(answer)
    finally:
        answer.close()


@pytest.mark.parametrize(("path", "method", "person"), CALLS)
def test_no_call_ends_in_a_mistake_of_ours(
    path: str, method: str, person: str, token_of: Callable[..., str], settings: Settings, client: Client, centre: World, db: None
) -> None:
    import schemathesis
    from schemathesis.generation import GenerationMode

    settings.API_CALLS_PER_MINUTE = 100_000
    headers = {"Authorization": f"Bearer {token_of(person)}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_dict(_sharpened(client.get("/api/openapi.json").json()))
    schema.app = _served
    operation = schema[f"/api/{path}"][method]
    for mode in GenerationMode:
        _run(operation.as_strategy(mode), headers)


def _run(cases: Any, headers: dict[str, str]) -> None:
    @seed(20261122)
    @given(case=cases)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def call(case: Any) -> None:
        from schemathesis.specs.openapi import checks

        assume("?" not in str(case.path_parameters))  # a question mark would have to be escaped, which this way of calling does not do
        answer = case.call(headers=headers)
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        case.validate_response(
            answer,
            checks=[checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance, checks.response_headers_conformance],
        )

    call()
