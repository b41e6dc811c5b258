"""Everything that can be called, in one table: addresses, checks, the OpenAPI document and the page about it are made from it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nyckeltal.web.api import catalogue, evidence, figures, loads, organisation
from nyckeltal.web.api.call import Operation
from nyckeltal.web.api.forms import FORMAT
from nyckeltal.web.api.paging import CURSOR, LIMIT
from nyckeltal.web.api.question import KPIS, QUESTION
from nyckeltal.web.people.tokens import Scope

PAGED = (LIMIT, CURSOR)
_ASK = (KPIS, *QUESTION, FORMAT, *PAGED)
_EXPLAIN = (KPIS, *(one for one in QUESTION if one.name != "floor"))
_USUAL = (401, 403, 406, 422, 429)
_PAGED = (*_USUAL, 409)
_SENT = (400, 415)

OPERATIONS = (
    Operation(
        "ask", "GET", "ask", figures.ask, _("Figures"),
        _("Key figures by any dimensions and days, as nyckeltal ask gives them. Persons stand by pseudonym; reading about them is logged."),
        "Figure", Scope.FIGURES, None, _ASK, many=True, forms=figures.FORMS, kept=True, problems=_PAGED,
    ),
    Operation(
        "ask_by_body", "POST", "ask", figures.ask, _("Figures, asked in the body"),
        _("The same with the question as JSON, for long conditions and many key figures."),
        "Figure", Scope.FIGURES, None, _ASK, body="json", many=True, forms=figures.FORMS, problems=(*_PAGED, *_SENT),
    ),
    Operation(
        "explain", "GET", "explain", figures.explain, _("How a figure is counted"),
        _("The same question in words, as formula, with its worked case, and as the query that counts it."),
        "Explanation", None, None, _EXPLAIN, many=True, kept=True,
    ),
    Operation(
        "evidence", "GET", "evidence/{kpi}", evidence.drawn, _("Contacts behind a figure"),
        _("At most five, drawn at random from those that the person may open. That they were read is logged."),
        "Evidence", Scope.CONTACTS, None, evidence.PARAMETERS, many=True, problems=(*_USUAL, 404),
    ),
    Operation(
        "catalogue", "GET", "catalogue", catalogue.listed, _("All key figures"),
        _("What can be asked, with every way of counting; the organisation’s own key figures, too."),
        "Kpi", None, None, PAGED, many=True, kept=True, problems=_PAGED,
    ),
    Operation("kpi", "GET", "catalogue/{kpi}", catalogue.one, _("One key figure"), _("Its definition."), "Kpi", None, kept=True, problems=(*_USUAL, 404)),
    Operation(
        "organisation", "GET", "organisation", organisation.tables, _("The organisation’s tables"), _("Those that the person may read, with their fields."),
        "OrganisationTable", Scope.ORGANISATION, many=True, kept=True,
    ),
    Operation(
        "organisation_table", "GET", "organisation/{table}", organisation.rows, _("One table of the organisation"),
        _("All rows with the days on which they hold: valid_to is the first day on which it does not. It is changed by loading a file."),
        "OrganisationRow", Scope.ORGANISATION, None, (FORMAT, *PAGED), many=True, forms=organisation.FORMS, kept=True, problems=(*_PAGED, 404),
    ),
    Operation(
        "loads", "GET", "loads", loads.listed, _("What came in"), _("All loads, the newest first."), "Load", Scope.LOADS, None, PAGED, many=True,
        problems=_PAGED,
    ),
    Operation(
        "send", "POST", "loads", loads.send, _("Send files to be loaded"),
        _("As multipart/form-data, each file as files. Without mapping and system, files of a known system and of a shape read before are understood."),
        "Job", Scope.LOAD, None, loads.FIELDS, body="files", status=202, problems=(*_USUAL, *_SENT, 413),
    ),
    Operation("load", "GET", "loads/{load}", loads.one, _("One load"), _("What became of its rows."), "Load", Scope.LOADS, problems=(*_USUAL, 404)),
    Operation(
        "undo", "DELETE", "loads/{load}", loads.undo, _("Take a load back"), _("Whole; what it had replaced stands again."),
        "Job", Scope.LOAD, status=202, problems=(*_USUAL, 404, 409),
    ),
    Operation(
        "refused", "GET", "loads/{load}/refused", loads.refused, _("Refused rows of a load"), _("As they came, with line, field and reason."),
        "RefusedRow", Scope.LOADS, None, (loads.ALL, FORMAT, *PAGED), many=True, forms=loads.FORMS, problems=(*_PAGED, 404),
    ),
    Operation(
        "settle", "POST", "loads/{load}/refused", loads.settled, _("Settle refused rows, or open them again"),
        _("Settled rows leave the list of refused ones, though nobody loaded them again; who said so and when is kept. Gives all refused rows of the load."),
        "RefusedRow", Scope.LOAD, None, (loads.ROWS, loads.SETTLED), body="json", many=True, problems=(*_USUAL, *_SENT, 404),
    ),
    Operation(
        "job", "GET", "jobs/{job}", loads.job, _("How far a job is"), _("Loading and taking back are done one after the other."), "Job", Scope.LOADS,
        Scope.LOAD, problems=(*_USUAL, 404),
    ),
)  # fmt: skip
PATHS = {path: {one.method: one for one in OPERATIONS if one.path == path} for path in dict.fromkeys(one.path for one in OPERATIONS)}
