"""What customers contact us about, which business area can change it, and what cannot be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.change import parts_compared
from nyckeltal.web.frame import numbers
from nyckeltal.web.kpi import asking, names
from nyckeltal.web.kpi.changed import Delta
from nyckeltal.web.kpi.focused import Focused
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people.models import User
from nyckeltal.when.period import Period

MOST = 5
COUNTED = "contacts_offered"
_SAID: Mapping[tuple[str, bool], object] = {
    ("changed", True): _("A larger part, a real change"), ("changed", False): _("A smaller part, a real change"),
    ("likely", True): _("Perhaps a larger part"), ("likely", False): _("Perhaps a smaller part"),
}  # fmt: skip


@dataclass(frozen=True)
class Reason:
    name: str
    area: str
    contacts: str
    share: str
    bar: int  # of 100
    delta: Delta | None


@dataclass(frozen=True)
class Area:
    name: str
    contacts: str
    share: str
    failure: str
    why: str  # why there is no share of failure demand


@dataclass(frozen=True)
class About:
    """The largest reasons, the areas behind all of them, and the contacts of which no reason or no area is known."""

    reasons: Sequence[Reason]
    more: int
    areas: Sequence[Area]
    unnoted: str
    unowned: str
    stand_for: str


def about(person: User, page: Focused, chosen: Mapping[str, str], *, areas: bool) -> About | None:
    """`areas` for those inside the house: who owns a reason is nothing for a client."""
    by = ("reason2", "area") if areas else ("reason2",)
    first = Period.of(page.before or page.month).start
    told = asking.tell(person, PageQuestion(COUNTED, first, page.period.last, by=by, per="month", chosen=chosen))
    now = [figure for figure in told.figures if figure.period == page.month and figure.value]
    before = {tuple(figure.by.items()): figure for figure in told.figures if figure.period == page.before}
    named = sorted((figure for figure in now if figure.by["reason2"] is not None), key=lambda one: -(one.value or 0))
    if not now:
        return None
    shown, total = named[:MOST], sum(figure.value or 0 for figure in now)
    most = max((figure.value or 0 for figure in shown), default=1)
    return About(
        reasons=[_reason(figure, before.get(tuple(figure.by.items())), most) for figure in shown],
        more=len(named) - len(shown),
        areas=_areas(person, page, chosen) if areas else (),
        unnoted=_part(sum(figure.value or 0 for figure in now if figure.by["reason2"] is None), total),
        unowned=_part(sum(figure.value or 0 for figure in named if figure.by.get("area") is None), total) if areas else "",
        stand_for=_part(sum(figure.value or 0 for figure in shown), total),
    )


def _reason(figure: Figure, before: Figure | None, most: float) -> Reason:
    share = figure.parts.get("share_of_all")
    return Reason(
        name=names.named("reason2", figure.by["reason2"]),
        area=_area(figure.by.get("area")),
        contacts=numbers.whole(figure.value or 0),
        share=numbers.percent(share, 1) if share is not None else "",
        bar=round((figure.value or 0) / most * 100),
        delta=_delta(figure, before),
    )


def _delta(now: Figure, before: Figure | None) -> Delta | None:
    found = parts_compared(now, before) if before else None
    if found is None:
        return None
    said = _SAID.get((found.verdict, found.up))
    if said is None:
        return Delta("even", "", gettext("No clear change"))
    return Delta("up" if found.up else "fall", "", str(said), real=found.verdict == "changed")


def _areas(person: User, page: Focused, chosen: Mapping[str, str]) -> list[Area]:
    question = PageQuestion(COUNTED, page.period.start, page.period.last, by=("area",), chosen=chosen)
    told = asking.tell_together(person, (COUNTED, "failure_demand_share"), question)
    failing = {figure.by.get("area"): figure for figure in told["failure_demand_share"].figures}
    counts = sorted((figure for figure in told[COUNTED].figures if figure.value), key=lambda one: (one.by.get("area") is None, -(one.value or 0)))
    return [_of_area(figure, failing.get(figure.by.get("area"))) for figure in counts]


def _of_area(figure: Figure, failing: Figure | None) -> Area:
    share = figure.parts.get("share_of_all")
    known = failing is not None and failing.value is not None
    return Area(
        name=_area(figure.by.get("area")),
        contacts=numbers.whole(figure.value or 0),
        share=numbers.percent(share, 1) if share is not None else "",
        failure=numbers.percent(failing.value or 0) if failing and known else "–",
        why="" if known else gettext("It is not noted whether something had failed."),
    )


def _area(area: object) -> str:
    return str(area) if area else gettext("Nobody is named")


def _part(count: float, total: float) -> str:
    return numbers.percent(count / total, 0) if total and count else ""
