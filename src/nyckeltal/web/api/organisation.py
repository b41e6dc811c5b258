"""The organisation as its pages show it: each table whole, with the days on which a row holds; what a role is not told is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from nyckeltal.contacts.organisation.files import columns
from nyckeltal.contacts.organisation.rows import key
from nyckeltal.contacts.schema import arrow_schema
from nyckeltal.web.api import paging
from nyckeltal.web.api.call import Call, edition
from nyckeltal.web.api.forms import form_of, sent
from nyckeltal.web.api.plain import written
from nyckeltal.web.api.problem import Refused
from nyckeltal.web.contacts.organisation import listed
from nyckeltal.web.contacts.organisation.kinds import BY_TABLE, Kind
from nyckeltal.web.people import access
from nyckeltal.web.people.roles import Role
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

FORMS = ("json", "csv", "arrow", "parquet")


def tables(call: Call) -> HttpResponseBase:
    """Those the person may read, with their fields."""
    access.enter(call.person, access.Page.ORGANISATION)
    found = [
        {"table": kind.table, "name": kind.many, "fields": _fields(kind, ruling), "rows": len(listed.rows(kind.table, ruling))}
        for kind in listed.readable(call.person)
        for ruling in [access.organisation_table(call.person, kind.table)]
    ]
    return HttpResponse(written(found), content_type="application/json")


def rows(call: Call) -> HttpResponseBase:
    access.enter(call.person, access.Page.ORGANISATION)
    kind = BY_TABLE.get(call.path["table"])
    if kind is None:
        raise Refused(404, Text("api.no_table", "There is no such table. There are: %(known)s", {"known": ", ".join(BY_TABLE)}))
    ruling = access.organisation_table(call.person, kind.table)
    if not ruling.allowed:
        raise Refused(403, ruling.why)
    names = _fields(kind, ruling)
    shown = paging.part([{name: row.get(name) for name in names} for row in listed.rows(kind.table, ruling)], call.given, edition(call))
    form = form_of(call.request, call.given.get("format"), FORMS)
    return sent(form, shown.rows, lambda: _table(kind, names, shown.rows), paging.headers(call.request, shown.cursor))


def _fields(kind: Kind, ruling: access.Ruling) -> list[str]:
    """The id and what people fill in; whoever may change it gets all that a file says, so that it can be loaded back."""
    if ruling.role is Role.ADMINISTRATOR:
        return list(columns(kind.table))
    schema = arrow_schema(kind.table).names
    wanted = dict.fromkeys((key(kind.table), *kind.fields, "valid_from", "valid_to", "level"))
    return [name for name in wanted if name in schema and name not in ruling.hidden]


def _table(kind: Kind, names: Sequence[str], found: Sequence[dict[str, Any]]) -> pa.Table:
    import pyarrow as pa

    schema = arrow_schema(kind.table)
    return pa.Table.from_pylist(list(found), schema=pa.schema([schema.field(name) for name in names]))
