"""What a KPI that is not kept yet gives on own data, for whoever may see such figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from nyckeltal.errors import UserMistake
from nyckeltal.kpi import own
from nyckeltal.kpi.ask import ask, explain
from nyckeltal.kpi.definition import Kpi
from nyckeltal.web.frame import facts, numbers
from nyckeltal.web.frame.figures import Shown, show
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi.forms import months
from nyckeltal.web.people import access
from nyckeltal.web.people.models import User
from nyckeltal.when.period import Period, add_months

MONTHS = 3


@dataclass(frozen=True)
class Trial:
    """Rows of month and figure; or why there are none."""

    rows: tuple[tuple[str, Shown, str], ...] = ()
    refusal: str = ""
    top: str = ""
    bottom: str = ""


def tried(person: User, kpi: Kpi, text: str) -> Trial:
    """The last three months that have data."""
    newest = next(iter(months()), None)
    with own.trial(text, kpi.id, settings.NYCKELTAL_HOME) as home:
        how = explain(kpi.id, facts=facts.current(), home=home)[0]
        top, bottom = say(how.top), say(how.bottom)
        if newest is None:
            return Trial(top=top, bottom=bottom)
        end = Period.of(newest).end
        first, last = add_months(end, -MONTHS), end - timedelta(days=1)
        ruling = access.of_kpi(access.figures(person, (), {}, access.Days(first, last, "month")), kpi, ())
        if not ruling.allowed:
            return Trial(refusal=say(ruling.why), top=top, bottom=bottom)
        try:
            within = {dimension: sorted(ids) for dimension, ids in ruling.within.items()}
            found = ask(kpi.id, per="month", start=first, end=last, within=within, facts=facts.current(), home=home, now=timezone.now())
        except UserMistake as mistake:
            return Trial(refusal=say(mistake.text), top=top, bottom=bottom)
    rows = [(numbers.period(figure.period or ""), show(figure), "" if figure.n is None else numbers.whole(figure.n)) for figure in found.figures]
    return Trial(rows=tuple(rows), top=top, bottom=bottom)
