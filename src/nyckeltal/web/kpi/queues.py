"""Service to each client and in each of its queues, for one month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext, pgettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.web.frame.figures import digits_for, likely, short, why, why_short
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking, names, own_values
from nyckeltal.web.kpi.asking import Told
from nyckeltal.web.kpi.focused import Focused
from nyckeltal.web.kpi.forms import allowed_values
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people import access
from nyckeltal.web.people.models import User

MEASURES = ("contacts_offered", "service_level", "asa")
MOST_CLIENTS = 8  # with more, queues are left to Explore


@dataclass(frozen=True)
class Cell:
    value: str
    why: str
    head: str = ""


@dataclass(frozen=True)
class Line:
    """A client, or one of its queues."""

    name: str
    queue: bool
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Served:
    """`notes` say why a column has no figures."""

    lines: Sequence[Line]
    notes: Sequence[str]

    @property
    def clients(self) -> list[Line]:
        """Seen at once; the queues are opened."""
        return [line for line in self.lines if not line.queue]


def heads() -> list[tuple[str, str]]:
    return [(one, say(asking.kpis()[one].text("name"))) for one in MEASURES]


def by_client(person: User, page: Focused) -> Served:
    told = _told(person, page, "client", {})
    clients = [client for client, _ in allowed_values(person, "client")]
    lines: list[Line] = []
    notes: list[str] = []
    called = heads()
    for client in clients:
        line = _line("client", client, told, called)
        if not line.cells[0].value:
            continue
        queues = by_queue(person, page, client) if len(clients) <= MOST_CLIENTS else Served((), ())
        lines += [line, *queues.lines]
        notes += [gettext("%(client)s, by queue: %(why)s") % {"client": line.name, "why": note} for note in queues.notes]
    return Served(lines, notes)


def by_queue(person: User, page: Focused, client: str) -> Served:
    """The queues of one client; those of which nothing is known in the month are left out."""
    told = _told(person, page, "queue", {"client": client})
    own = own_values.allowed("queue", {"client": frozenset({client})}) or ()
    if not access.figures(person, ["queue"], {"client": client}).allowed:
        return Served((), ())
    called = heads()
    lines = [_line("queue", queue, told, called, queue=True) for queue in sorted(own, key=lambda one: names.named("queue", one).casefold())]
    refused = {why(figure): None for one in told.values() for figure in one.figures if figure.reason == "refused"}
    return Served([line for line in lines if line.cells[0].value], list(refused))


def _told(person: User, page: Focused, by: str, chosen: dict[str, str]) -> dict[str, Told]:
    return asking.tell_together(person, MEASURES, PageQuestion(MEASURES[0], page.period.start, page.period.last, by=(by,), chosen=chosen))


def _line(dimension: str, value: str, told: dict[str, Told], called: Sequence[tuple[str, str]], *, queue: bool = False) -> Line:
    found = [(_of(told[measure], dimension, value), head) for measure, head in called]
    cells = [replace(_cell(figure), head=head) for figure, head in found]
    offered = found[0][0]
    return Line(names.named(dimension, value), queue, cells if offered and offered.value else [Cell("", "", head) for _, head in found])


def _of(told: Told, dimension: str, value: str) -> Figure | None:
    """The value's own figure, or the refusal that holds for all."""
    own = next((figure for figure in told.figures if figure.by.get(dimension) == value), None)
    return own or next((figure for figure in told.figures if figure.reason == "refused"), None)


def _cell(figure: Figure | None) -> Cell:
    if figure is None:
        return Cell(pgettext("no value because", "nothing to count"), gettext("Nothing to count here"))
    if figure.unit == "count" and not figure.value:
        return Cell("", "")
    if figure.value is None:
        return Cell("–" if figure.reason == "refused" else why_short(figure), why(figure))
    return Cell(short(figure.value, figure.shown_in, digits_for(figure)), likely(figure, digits_for(figure)))
