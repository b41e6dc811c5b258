"""The OpenAPI 3.1 document, made from the table of operations and from the shapes of what the core hands over."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext

from nyckeltal.kpi.answer import REASONS
from nyckeltal.web.api.call import Operation
from nyckeltal.web.api.forms import FORMS
from nyckeltal.web.api.operations import PATHS
from nyckeltal.web.api.parameters import Parameter
from nyckeltal.web.api.problem import TYPE

VERSION = "1"
_TEXT, _TEXT_OR_NOT, _NUMBER = {"type": "string"}, {"type": ["string", "null"]}, {"type": ["number", "null"]}
_WHOLE, _FLAG, _ANY = {"type": "integer"}, {"type": "boolean"}, {"type": "object"}
_MOMENT = {"type": ["string", "null"], "format": "date-time"}
_TEXTS = {"type": "array", "items": _TEXT}


def _thing(*needed: str, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(needed or fields), "properties": fields}


_ISSUE = _thing(detail=_TEXT, code=_TEXT, field=_TEXT_OR_NOT, file=_TEXT_OR_NOT, line={"type": ["integer", "null"]})
SCHEMAS: Mapping[str, Any] = {
    "Figure": _thing(
        kpi=_TEXT, version=_WHOLE, variant=_TEXT, period=_TEXT_OR_NOT, by=_ANY, value=_NUMBER, unit=_TEXT, reason={"enum": [None, *REASONS]},
        numerator=_NUMBER, denominator=_NUMBER, n={"type": ["integer", "null"]}, low=_NUMBER, high=_NUMBER, parts=_ANY, counted=_TEXT, provisional=_FLAG,
        known_until=_MOMENT, message=_TEXT_OR_NOT, revised_from=_NUMBER, revised_since={"type": ["string", "null"], "format": "date"},
        trend={"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Trend"}]},
    ),
    "Trend": _thing(
        low=_NUMBER, centre=_NUMBER, high=_NUMBER, signal=_TEXT_OR_NOT, signal_up={"type": ["boolean", "null"]}, finding=_TEXT,
        up={"type": ["boolean", "null"]}, since=_TEXT, last=_TEXT, unusual=_FLAG, says=_TEXT,
    ),
    "Explanation": _thing(
        kpi=_TEXT, version=_WHOLE, name=_TEXT, asks=_TEXT, variant=_TEXT, called=_TEXT, top=_TEXT, bottom=_TEXT_OR_NOT, formula=_ANY, settings=_ANY,
        sql=_TEXTS, case=_ANY, caution=_TEXT_OR_NOT, interval=_TEXT_OR_NOT, benchmark=_ANY, standards=_TEXTS, history={"type": "array", "items": _ANY},
        counted=_TEXT, refused=_TEXT_OR_NOT, sums=_TEXT_OR_NOT,
    ),
    "Evidence": _thing(contact_id=_TEXT, row_id=_TEXT, fact=_TEXT, counted_as={"enum": ["numerator", "denominator", "left_out"]}, words=_ANY),
    "Kpi": _thing(
        "id", "version", "name", "asks", "purpose", "unit", "better", "variants", "own",
        id=_TEXT, version=_WHOLE, name=_TEXT, asks=_TEXT, purpose=_TEXTS, unit=_TEXT, better=_TEXT, own=_FLAG,
        variants={"type": "array", "items": _thing(name=_TEXT, called=_TEXT, usual=_FLAG)}, top=_TEXT, bottom=_TEXT, formula=_ANY, settings=_ANY,
        levels=_ANY, beside=_TEXTS, sample=_ANY, goal=_ANY, never=_ANY, reading=_ANY, cases={"type": "array", "items": _ANY},
    ),
    "OrganisationTable": _thing(table=_TEXT, name=_TEXT, fields=_TEXTS, rows=_WHOLE),
    "OrganisationRow": _ANY,
    "Load": _thing("load_id", "state", "files", "counts", load_id=_TEXT, state=_TEXT, files=_TEXT, counts=_ANY, kinds=_ANY, loaded_at=_MOMENT),
    "RefusedRow": _thing(
        "load_id", "file", "line", "reason", "original", load_id=_TEXT, file=_TEXT, line=_WHOLE, reason=_TEXT, original=_TEXT_OR_NOT,
        row_id=_TEXT, corrected_by=_TEXT_OR_NOT, settled_at={"type": ["string", "null"], "format": "date-time"}, settled_by=_TEXT_OR_NOT,
    ),
    "Job": _thing(
        job=_TEXT, kind={"enum": ["load", "undo"]}, files=_TEXT, state={"enum": ["waiting", "running", "done", "refused", "failed", "interrupted"]},
        stage=_TEXT, done=_WHOLE, total=_WHOLE, asked_at=_MOMENT, started_at=_MOMENT, finished_at=_MOMENT, load_id=_TEXT_OR_NOT,
        already={"type": ["boolean", "null"]}, undone={"type": ["boolean", "null"]}, warnings=_TEXTS, mistake={"type": ["object", "null"]},
    ),
    "Problem": _thing(title=_TEXT, status=_WHOLE, detail=_TEXT, code=_TEXT, issues={"type": "array", "items": _ISSUE}),
}  # fmt: skip


def document(request: HttpRequest) -> dict[str, Any]:
    about = gettext("Figures, definitions, organisation and loads, for programs. Each call carries a token that a person made under My account.")
    return {
        "openapi": "3.1.0",
        "info": {"title": "nyckeltal", "version": VERSION, "description": about},
        "servers": [{"url": request.build_absolute_uri("/").rstrip("/")}],
        "security": [{"token": []}],
        "paths": {f"/api/{path}": {method.lower(): _operation(one) for method, one in known.items()} for path, known in PATHS.items()},
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": gettext("My account makes tokens.")}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    inside = [{"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in names_in(one.path)]
    asked = [] if one.body else [_parameter(each) for each in one.parameters]
    told = f"{one.told} " + (gettext("The token needs: %(scope)s.") % {"scope": one.needs} if one.scope else gettext("Any token will do."))
    return {
        "operationId": one.name, "summary": one.summary, "description": told, "parameters": [*inside, *asked], **_body(one), "responses": _responses(one),
    }  # fmt: skip


def names_in(path: str) -> list[str]:
    return [part.strip("{}") for part in path.split("/") if part.startswith("{")]


def _parameter(one: Parameter) -> dict[str, Any]:
    found: dict[str, Any] = {"name": one.name, "in": "query", "description": one.told, "required": one.required, "schema": one.schema}
    if one.kind == "pairs":
        found["schema"] = {"type": "array", "items": {"type": "string", "pattern": "^[^=]+=.+$"}}
    return found | ({"example": [one.example] if one.kind == "names" else one.example} if one.example else {})


def _body(one: Operation) -> dict[str, Any]:
    if not one.body:
        return {}
    fields = {each.name: each.schema | {"description": each.told} for each in one.parameters}
    needed = [each.name for each in one.parameters if each.required]
    if one.body == "files":
        files = {"files": {"type": "array", "items": {"type": "string", "contentMediaType": "application/octet-stream"}, "minItems": 1}}
        return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _thing("files", **files, **fields)}}}}
    schema = {"type": "object", "required": needed, "properties": fields, "additionalProperties": False}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _responses(one: Operation) -> dict[str, Any]:
    shape: dict[str, Any] = {"$ref": f"#/components/schemas/{one.answer}"}
    shape = {"type": "array", "items": shape} if one.many else shape
    content: dict[str, Any] = {FORMS[form]: {"schema": shape} if form == "json" else {} for form in one.forms}
    found: dict[str, Any] = {str(one.status): {"description": str(one.summary), "content": content}}
    if one.kept:
        found["304"] = {"description": gettext("The same as before.")}
    problems = {str(status): {"description": _said(status), "content": {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}} for status in one.problems}
    return found | dict(sorted(problems.items()))


def _said(status: int) -> str:
    return HTTPStatus(status).phrase
