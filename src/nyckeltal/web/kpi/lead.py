"""The one sentence at the top: what the page has to say."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from nyckeltal.plan.standing import Status
from nyckeltal.web.frame import numbers
from nyckeltal.web.kpi.agreed import Promise
from nyckeltal.web.kpi.cards import Card
from nyckeltal.web.kpi.focused import Focused
from nyckeltal.web.kpi.standings import Stands


def of_cards(page: Focused, cards: Sequence[Card]) -> str:
    """How many of the figures have truly changed."""
    month, before = numbers.period(page.month), numbers.period(page.before) if page.before else ""
    known = [card for card in cards if card.shown and card.shown.value]
    compared = [card for card in known if card.delta and card.delta.strong]
    real = [card for card in compared if card.delta and card.delta.real]
    if not known:
        return gettext("There is too little in %(month)s to say anything yet.") % {"month": month}
    if not compared:
        return gettext("This is how it stood in %(month)s; there is no month before to compare with.") % {"month": month}
    if any(card.delta and card.delta.of_trend for card in compared) and all(card.delta and card.delta.of_trend for card in real):
        return _of_trends(real)
    if len(real) == 1 and real[0].delta:
        said = {"name": real[0].name, "month": before}
        if real[0].delta.sign == "up":
            return gettext("%(name)s is higher than in %(month)s, and that is a real change.") % said
        return gettext("%(name)s is lower than in %(month)s, and that is a real change.") % said
    if real:
        words = ngettext("%(n)s figure has really changed since %(month)s.", "%(n)s figures have really changed since %(month)s.", len(real))
        return words % {"n": len(real), "month": before}
    return gettext("Nothing has clearly changed since %(month)s: the months differ as much as chance would have it.") % {"month": before}


def _of_trends(real: Sequence[Card]) -> str:
    """Where a year is known, what has left its usual variation."""
    if not real:
        return gettext("Nothing has changed beyond its usual variation.")
    if len(real) == 1 and real[0].delta:
        name = {"name": real[0].name}
        if real[0].delta.sign == "up":
            return gettext("%(name)s is higher than its usual variation explains.") % name
        return gettext("%(name)s is lower than its usual variation explains.") % name
    words = ngettext("%(n)s figure is beyond its usual variation.", "%(n)s figures are beyond their usual variation.", len(real))
    return words % {"n": len(real)}


def in_all(goals: str, changes: str) -> str:
    """Both sentences, where there are goals."""
    return " ".join(part for part in (goals, changes) if part)


def of_goals(stands: Sequence[Stands], *, own: bool) -> str:
    """How many goals are reached; nothing where there are none, and nothing of what is only guarded."""
    goals = [one.of for one in stands if not one.quiet and one.of.status is not Status.WATCHED]
    judged = [one for one in goals if one.status.judged]
    reached = sum(one.status is Status.REACHED for one in judged)
    if not goals:
        return ""
    said = {"reached": reached, "n": len(goals)}
    if not judged:
        return gettext("None of the goals can be judged yet.")
    if reached == len(goals):
        return _all_reached(len(goals), own=own)
    if not reached:
        if own:
            return ngettext("Your goal is not reached yet.", "None of your %(n)s goals is reached yet.", len(goals)) % said
        return ngettext("The goal is not reached yet.", "None of the %(n)s goals is reached yet.", len(goals)) % said
    if own:
        return ngettext("%(reached)s of your %(n)s goals is reached.", "%(reached)s of your %(n)s goals are reached.", reached) % said
    return ngettext("%(reached)s of the %(n)s goals is reached.", "%(reached)s of the %(n)s goals are reached.", reached) % said


def _all_reached(n: int, *, own: bool) -> str:
    if own:
        return ngettext("Your goal is reached.", "All your %(n)s goals are reached.", n) % {"n": n}
    return ngettext("The goal is reached.", "All %(n)s goals are reached.", n) % {"n": n}


def of_promises(page: Focused, promises: Sequence[Promise]) -> str:
    """How many promises of that month were kept; nothing where none could be judged."""
    month = numbers.period(page.month)
    verdicts = [verdict for promise in promises for verdict in promise.verdicts if verdict.period == month and verdict.state != "open"]
    kept = sum(verdict.state == "kept" for verdict in verdicts)
    if not verdicts:
        return ""
    said = {"kept": kept, "judged": len(verdicts), "month": month}
    if kept == len(verdicts):
        return ngettext("What was promised for %(month)s was kept.", "All %(judged)s promises for %(month)s were kept.", kept) % said
    return ngettext("%(kept)s of %(judged)s promise for %(month)s was kept.", "%(kept)s of %(judged)s promises for %(month)s were kept.", len(verdicts)) % said
