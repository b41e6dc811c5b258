"""An answer in the form that was asked for: JSON, CSV, Arrow or Parquet, by `format` or by Accept; long ones are sent row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from nyckeltal.contacts.organisation.files import cell
from nyckeltal.web.api.parameters import Parameter
from nyckeltal.web.api.plain import listed, plain
from nyckeltal.web.api.problem import Refused
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

FORMS: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.stream",
    "parquet": "application/vnd.apache.parquet",
}
FORMAT = Parameter("format", _("The form of the answer, instead of Accept."), choices=tuple(FORMS))
ROW_BY_ROW = 2000
NO_FORM = Text("api.no_form", "The answer cannot have a form that Accept allows. It can be: %(known)s")


def form_of(request: HttpRequest, asked: str | None, known: Sequence[str]) -> str:
    """`asked` has been found among `known` already."""
    if asked:
        return asked
    by_type = {FORMS[one]: one for one in known}
    wanted = request.get_preferred_type(list(by_type))
    if wanted is None:
        raise Refused(406, Text(NO_FORM.id, NO_FORM.english, {"known": ", ".join(by_type)}))
    return by_type[wanted]


def sent(form: str, rows: Sequence[Any], table: Callable[[], pa.Table], headers: Mapping[str, str]) -> HttpResponseBase:
    """`table` is the same rows in columns, made only where it is needed."""
    kind = FORMS[form] + ("; charset=utf-8" if form == "csv" else "")
    parts = listed(rows) if form == "json" else _WRITTEN[form](table())
    if len(rows) > ROW_BY_ROW and form != "parquet":
        return StreamingHttpResponse(parts, content_type=kind, headers=dict(headers))
    return HttpResponse(b"".join(part.encode() if isinstance(part, str) else part for part in parts), content_type=kind, headers=dict(headers))


def _as_csv(table: pa.Table) -> Iterator[bytes]:
    """Cells as in files of the organisation: what a spreadsheet would run is made plain text, and `nyckeltal load` reads it back."""
    out = io.StringIO(newline="")
    write = csv.writer(out)
    write.writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=ROW_BY_ROW):
        write.writerows([cell(plain(value)) for value in row.values()] for row in batch.to_pylist())
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()


def _as_arrow(table: pa.Table) -> Iterator[bytes]:
    import pyarrow as pa

    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as stream:
        for batch in table.to_batches(max_chunksize=ROW_BY_ROW):
            stream.write_batch(batch)
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _as_parquet(table: pa.Table) -> Iterator[bytes]:
    import pyarrow.parquet as pq

    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    yield out.getvalue()


_WRITTEN: Mapping[str, Callable[[pa.Table], Iterator[bytes]]] = {"csv": _as_csv, "arrow": _as_arrow, "parquet": _as_parquet}
