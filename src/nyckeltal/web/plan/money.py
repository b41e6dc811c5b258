"""What a goal for a share of revenue allows in money: the share stays, the amount follows sales."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext

from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.definition import Kpi
from nyckeltal.plan.proposal import floating
from nyckeltal.web.frame.figures import short
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.question import PageQuestion, period_words
from nyckeltal.web.people.models import User
from nyckeltal.web.plan import stored
from nyckeltal.web.plan.measuring import chosen
from nyckeltal.web.plan.models import Goal
from nyckeltal.when.period import Period

MINOR = 100  # facts keep amounts in hundredths
MONTH = "month"


def allowed(person: User, goal: Goal, kpi: Kpi, series: Sequence[Figure]) -> str:
    """“At the revenue of October 2026: at most 60 000 kr a month; 45 000 kr was spent.” Empty for other goals, and where currencies are several."""
    said = kpi.said(goal.variant or None, goal.level)
    made, known = stored.goal(goal, None), [one for one in series if one.value is not None and not one.provisional]
    share = made.band.high if made.band is not None else made.target
    if said["unit"] != "share" or said["apart"] != "currency" or share is None or not known:
        return ""
    last, currency = known[-1], _currency(person, goal, known[-1])
    found = floating([last], share)
    if not currency or not found:
        return ""
    months = int(said["rolling_months"] or 1)
    until = Period.of(last.period or "")
    over = until.rolling(months) if months > 1 else until
    words = {name: short(value / MINOR / months, f"money {currency}", 0) for name, value in (("allowed", found[0].allowed), ("spent", found[0].spent))}
    sentence = gettext("At the revenue of %(period)s this goal allows %(allowed)s a month; %(spent)s a month was spent.")
    return sentence % (words | {"period": period_words(over.start, over.last)})


def _currency(person: User, goal: Goal, last: Figure) -> str:
    """The one in which cost and revenue of that period are kept."""
    period = Period.of(last.period or "")
    question = PageQuestion(goal.kpi, period.start, period.last, by=("currency",), per=MONTH, variant=goal.variant, chosen=chosen(goal))
    kept = {str(one.by["currency"]) for one in asking.tell(person, question).figures if one.denominator and one.by.get("currency")}
    return kept.pop() if len(kept) == 1 else ""
