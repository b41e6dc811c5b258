"""Asks for a person: access first, then the engine, within what access allows. Answers are kept as long as data and day are the same."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from nyckeltal.contacts.world import World
from nyckeltal.errors import BadQuestion, Issue
from nyckeltal.kpi import promises
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask, evidence, explain
from nyckeltal.kpi.catalogue import absence, catalogue, edition, mistakes
from nyckeltal.kpi.definition import Kpi
from nyckeltal.kpi.evidence import Evidence
from nyckeltal.kpi.explain import Explanation
from nyckeltal.kpi.promises import Outcome
from nyckeltal.stats.forecast import trend
from nyckeltal.web.frame import drawing, facts
from nyckeltal.web.frame.kept import Found, kept
from nyckeltal.web.kpi.question import PageQuestion
from nyckeltal.web.people import access
from nyckeltal.web.people.models import User
from nyckeltal.web.people.roles import Role
from nyckeltal.when.period import Period
from nyckeltal.words import Text

logger = logging.getLogger(__name__)
KEPT_S = 900
Within = Mapping[str, list[str]]


@dataclass(frozen=True)
class Told:
    """Figures, or the sentence that says why there are none for this person or this question."""

    figures: tuple[Figure, ...] = ()
    refusal: Text | None = None
    not_open: bool = False  # refused by access, not by the question
    role: Role | None = None
    within: Within = field(default_factory=dict)

    @property
    def figure(self) -> Figure | None:
        return self.figures[0] if self.figures else None


def kpis() -> Mapping[str, Kpi]:
    """The catalogue with those of the organisation's own that have no mistake; read again when one of its files has changed."""
    return catalogue(settings.NYCKELTAL_HOME)


_known = kpis  # where a parameter has that name


def stamp() -> tuple[tuple[str, int], ...]:
    """Which edition of the organisation's own definitions stands: a figure kept under another is asked anew."""
    return edition(settings.NYCKELTAL_HOME)


def broken() -> tuple[Issue, ...]:
    """What keeps own KPIs from standing among them."""
    return mistakes(settings.NYCKELTAL_HOME)


def to_be_mended(kpi: str) -> BadQuestion | None:
    """Why a KPI that somebody wrote cannot be counted; None where nobody did."""
    missing = absence(kpi, settings.NYCKELTAL_HOME)
    return missing if missing.issues else None


def tell(person: User, question: PageQuestion) -> Told:
    ruling = ruled(person, question, question.kpi)
    if not ruling.allowed:
        return Told(refusal=ruling.why, not_open=True, role=ruling.role)
    within = narrowed(ruling.within, question.chosen)
    if within is None:
        return Told(refusal=access.OUTSIDE, not_open=True, role=ruling.role)
    try:
        return Told(_guarded(question, ruling, within), role=ruling.role, within=within)
    except BadQuestion as mistake:
        return Told(refusal=mistake.text, role=ruling.role, within=within)


def ruled(person: User, question: PageQuestion, kpi: str = "") -> access.Ruling:
    """What access says to a question; with `kpi`, to that key figure asked so."""
    ruling = access.figures(person, question.about, question.chosen, access.Days(question.first, question.last, question.per))
    return access.of_kpi(ruling, kpis().get(kpi), {*question.about, *question.chosen}) if kpi else ruling


def tell_together(person: User, kpis: Sequence[str], question: PageQuestion) -> dict[str, Told]:
    """Several KPIs of one question at once, each with its own figures: one run."""
    ruling, known, about = ruled(person, question), _known(), {*question.about, *question.chosen}
    rulings = {kpi: access.of_kpi(ruling, known.get(kpi), about) for kpi in kpis}
    closed = {kpi: Told(refusal=ruling.why, not_open=True, role=ruling.role) for kpi, ruling in rulings.items() if not ruling.allowed}
    is_open = [kpi for kpi in rulings if kpi not in closed]
    return closed | (_together(rulings[is_open[0]], is_open, question) if is_open else {})


def _together(ruling: access.Ruling, kpis: Sequence[str], question: PageQuestion) -> dict[str, Told]:
    within = narrowed(ruling.within, question.chosen)
    if within is None:
        return dict.fromkeys(kpis, Told(refusal=access.OUTSIDE, not_open=True, role=ruling.role))
    try:
        figures = _guarded(question, ruling, within, tuple(kpis))
    except BadQuestion as mistake:
        return {kpi: Told(refusal=mistake.text, role=ruling.role, within=within) for kpi in kpis}
    return {kpi: Told(tuple(figure for figure in figures if figure.kpi == kpi), role=ruling.role, within=within) for kpi in kpis}


def of_everybody(kpis: Sequence[str], question: PageQuestion) -> tuple[Figure, ...]:
    """Figures of all persons of the groups chosen, for what is worked out from them: whoever asks has been ruled on, and never hands them on."""
    try:
        return _asked(question, {dimension: [value] for dimension, value in question.chosen.items()}, tuple(kpis), floor=0)
    except BadQuestion:
        return ()


def outcomes(person: User, agreement: Mapping[str, Any]) -> list[Outcome]:
    """How one agreement was kept, period by period; nothing for whom that client is not open."""
    client = str(agreement["client_id"])
    ruling = access.figures(person, ["client"], {"client": client})
    if not ruling.allowed or narrowed(ruling.within, {"client": client}) is None:
        return []
    judge = partial(promises.outcomes, agreement, facts.current(), settings.NYCKELTAL_HOME, timezone.now())
    return _kept(judge, agreement["agreement_id"], "outcomes")


def explained(question: PageQuestion, within: Within) -> Explanation:
    """How the same question is counted: for everybody, since it holds no figures."""
    find = partial(explain, question.kpi, by=question.by, per=question.per or None, **_terms(question, within))
    return _kept(find, "explained", question.address, question.by, question.where, sorted(within.items()))[0]


def query_alone(question: PageQuestion) -> tuple[str, ...]:
    """The query as it is where nothing is loaded, for those who may not see what is: it names no client and no source."""
    terms = _terms(question, {}) | {"facts": World.of({})}
    return explain(question.kpi, by=question.by, per=question.per or None, **terms)[0].sql


def drawn(
    question: PageQuestion, within: Within, *, n: int, seed: int, whose: Sequence[str] = (), among: Callable[[], Collection[str]] | None = None
) -> list[Evidence]:
    """Kept as figures are. `among`: finds the contacts that are drawn from; `whose` they are tells them from those of others."""

    def draw() -> list[Evidence]:
        return evidence(question.kpi, n=n, seed=seed, among=among() if among else None, **_terms(question, within))

    return _kept(draw, "drawn", question.address, question.where, sorted(within.items()), n, seed, among and whose)


def narrowed(allowed: access.Within, chosen: Mapping[str, str]) -> Within | None:
    """What access allows and the person chose, both; None where they have nothing in common."""
    within = {dimension: set(ids) for dimension, ids in allowed.items()}
    for dimension, value in chosen.items():
        within[dimension] = within.get(dimension, {value}) & {value}
    return {dimension: sorted(ids) for dimension, ids in within.items()} if all(within.values()) else None


def warm() -> None:
    """The first question of a process loads the engine, the first chart the drawing, the first goal its statistics: taken by a thread at the start."""
    threading.Thread(target=_warm, name="warm", daemon=True).start()


def _warm() -> None:
    drawing.warm()
    known = facts.current().months("contact")
    if known:
        period = Period.of(known[-1])
        _asked(PageQuestion("service_level", period.start, period.last), {})
        trend((1.0, 2.0, 3.0, 4.0))


def _guarded(question: PageQuestion, ruling: access.Ruling, within: Within, kpis: tuple[str, ...] = ()) -> tuple[Figure, ...]:
    """What is hidden beside the other groups is hidden, too, where the question is narrowed to it."""
    figures = _asked(question, within, kpis, ruling.least_persons)
    groups = {dimension: value for dimension, value in question.chosen.items() if dimension in access.OF_TEAMS} if ruling.least_persons else {}
    if not groups:
        return figures
    rest = {dimension: value for dimension, value in question.chosen.items() if dimension not in groups}
    wide = replace(question, by=tuple(dict.fromkeys((*question.by, *groups))), chosen=rest)
    beside = _asked(wide, narrowed(ruling.within, wide.chosen) or {}, kpis, ruling.least_persons)
    hidden = {(one.kpi, one.period, frozenset(one.by.items())): one.message for one in beside if one.reason == "hidden"}
    found = [(figure, hidden.get((figure.kpi, figure.period, frozenset({**figure.by, **groups}.items())))) for figure in figures]
    return tuple(figure.without("hidden", why) if why and figure.reason in (None, "too_few") else figure for figure, why in found)


def _asked(question: PageQuestion, within: Within, kpis: tuple[str, ...] = (), least_persons: int = 0, floor: int | None = None) -> tuple[Figure, ...]:
    """Kept by what was asked and by what the asker may see, so that nobody meets an answer made for another ruling."""

    def find() -> tuple[Figure, ...]:
        terms = _terms(question, within) | {"by": question.by, "per": question.per or None, "least_persons": least_persons}
        terms |= {} if floor is None else {"floor": floor}  # else what the question itself says
        return ask(*(kpis or (question.kpi,)), **terms).figures

    return _kept(find, kpis, question.address, question.by, question.where, sorted(within.items()), least_persons, floor)


def _kept(find: Callable[[], Found], *asked: object) -> Found:
    """What has been found of these data and definitions today."""
    return kept("answer", (facts.current().id, stamp(), timezone.now().date(), *asked), find, KEPT_S)


def _terms(question: PageQuestion, within: Within) -> dict[str, Any]:
    here = {"facts": facts.current(), "home": settings.NYCKELTAL_HOME, "now": timezone.now()}
    return {**question.terms, "within": within or None, **here}
