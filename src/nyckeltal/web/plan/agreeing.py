"""Verbs of the talk about a goal: ask, agree or say why not, answer, give one person another target, remind. All of it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nyckeltal.web.people.models import User
from nyckeltal.web.plan import changes
from nyckeltal.web.plan.actions import touch
from nyckeltal.web.plan.models import UNASKED, Agreement, Goal, Reminder, Said
from nyckeltal.web.plan.setting import editable, with_people

REMINDED_AFTER = timedelta(days=5)
REMINDED_AGAIN = timedelta(days=7)
LEAST_WORDS = 10


@transaction.atomic
def ask(goals: Iterable[Goal], *, by: User | None, now: datetime | None = None) -> int:
    """Whoever has not been asked yet. How many."""
    now, asked = now or timezone.now(), 0
    for goal in goals:
        editable(goal.season)
        with_people(goal)
        found = goal.agreements.filter(state=Agreement.State.PROPOSED).update(state=Agreement.State.ASKED, asked_at=now)
        if found:
            changes.note(goal.season, "asked", by=by, goal=goal)
            touch(goal.season, now)
        asked += found
    return asked


@transaction.atomic
def answer(agreement: Agreement, *, agrees: bool, by: User, why: str = "", now: datetime | None = None) -> Agreement:
    """The person's own word; a no says why. It can be changed as long as the season lasts, and every word of it is kept."""
    season, why = editable(agreement.goal.season), why.strip()
    if agreement.state in UNASKED:
        raise ValidationError(_("This goal is still being written. You will be asked when it is ready."))
    if not agrees and len(why) < LEAST_WORDS:
        raise ValidationError({"text": _("Say in a sentence why not, so that something can be done about it.")})
    now = now or timezone.now()
    agreement.state = Agreement.State.AGREED if agrees else Agreement.State.REFUSED
    agreement.answered_at, agreement.refused_why = now, "" if agrees else why
    agreement.save(update_fields=["state", "answered_at", "refused_why"])
    if why:
        Said.objects.create(agreement=agreement, by=by, by_name=by.name, text=why, at=now)
    Reminder.objects.filter(agreement=agreement).delete()
    changes.note(season, "agreed" if agrees else "refused", by=by, goal=agreement.goal, agent_id=agreement.agent_id, why=why)
    touch(season, now)
    return agreement


@transaction.atomic
def tell(agreement: Agreement, text: str, *, by: User, now: datetime | None = None) -> Said:
    """A turn in the talk that decides nothing."""
    season, text = editable(agreement.goal.season), text.strip()
    if not text:
        raise ValidationError({"text": _("Write what you want to say.")})
    changes.note(season, "answered", by=by, goal=agreement.goal, agent_id=agreement.agent_id)
    return Said.objects.create(agreement=agreement, by=by, by_name=by.name, text=text, at=now or timezone.now())


@transaction.atomic
def retarget(
    agreement: Agreement, target: float | None, band: tuple[float | None, float | None] = (None, None), *, by: User, text: str = "", now: datetime | None = None
) -> Agreement:
    """Another target for one person, in answer; asked anew. What it was and why stays."""
    season, now = editable(agreement.goal.season), now or timezone.now()
    is_band = agreement.goal.is_band
    if (target is None and not is_band) or (is_band and band == (None, None)):
        raise ValidationError({"target": _("Write what is to be reached.")})
    own = agreement if agreement.own_target else agreement.goal
    before = {"target": own.target, "band_low": own.band_low, "band_high": own.band_high, "is_band": is_band}
    agreement.own_target, agreement.target, (agreement.band_low, agreement.band_high) = True, target, band
    agreement.state, agreement.asked_at, agreement.answered_at, agreement.refused_why = Agreement.State.ASKED, now, None, ""
    agreement.save()
    after = {"target": target, "band_low": band[0], "band_high": band[1], "is_band": is_band}
    changes.note(season, "own_target", by=by, goal=agreement.goal, agent_id=agreement.agent_id, before=before, after=after, why=text.strip())
    if text.strip():
        Said.objects.create(agreement=agreement, by=by, by_name=by.name, text=text.strip(), at=now)
    touch(season, now)
    return agreement


@transaction.atomic
def remind(now: datetime) -> int:
    """Whoever was asked some days ago and has not answered; again a week later. How many."""
    waiting = Agreement.objects.waiting().exclude(goal__season__state="over").filter(asked_at__lt=now - REMINDED_AFTER).select_related("goal__season")
    found = 0
    for agreement in waiting:
        reminder, first = Reminder.objects.get_or_create(agreement=agreement, defaults={"at": now})
        if not first and now - reminder.at < REMINDED_AGAIN:
            continue
        if not first:
            Reminder.objects.filter(pk=reminder.pk).update(at=now, times=reminder.times + 1)
        changes.note(agreement.goal.season, "reminded", by=None, goal=agreement.goal, agent_id=agreement.agent_id)
        found += 1
    return found
