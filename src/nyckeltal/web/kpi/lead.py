"""The one sentence at the top: what the page has to say."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext, ngettext

from nyckeltal.web.frame import numbers
from nyckeltal.web.kpi.agreed import Promise
from nyckeltal.web.kpi.cards import Card
from nyckeltal.web.kpi.focused import Focused


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
    if len(real) == 1 and real[0].delta:
        said = {"name": real[0].name, "month": before}
        if real[0].delta.sign == "up":
            return gettext("%(name)s is higher than in %(month)s, and that is a real change.") % said
        return gettext("%(name)s is lower than in %(month)s, and that is a real change.") % said
    if real:
        words = ngettext("%(n)s figure has really changed since %(month)s.", "%(n)s figures have really changed since %(month)s.", len(real))
        return words % {"n": len(real), "month": before}
    return gettext("Nothing has clearly changed since %(month)s: the months differ as much as chance would have it.") % {"month": before}


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
