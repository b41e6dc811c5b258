"""The talk about one person's goal: shown, agreed or refused with a reason, answered, changed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from nyckeltal.web.frame import numbers
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking, names
from nyckeltal.web.kpi.question import period_words
from nyckeltal.web.people.models import User
from nyckeltal.web.people.planned import NOT_YOURS_TO_SET, Sight, require
from nyckeltal.web.people.session import signed_in
from nyckeltal.web.plan import agreeing, cards, changes, choosing, drawn, finding, measuring, stored, targets
from nyckeltal.web.plan.forms import AnswerForm
from nyckeltal.web.plan.models import UNASKED, Agreement, Change, Goal, Override


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Proposed goal, baseline, chance, what it serves, the four answers, what was said; and the person's own word."""
    person = signed_in(request)
    sight, agreement = finding.agreement_of(person, agreement_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _done(request, person, sight, agreement, form.cleaned_data["text"])
            return redirect("plan:answer", agreement.pk)
        except ValidationError as mistake:
            _add(form, mistake)
    context = _shown(sight, agreement) | {"form": form}
    return render(request, "plan/answer.html", context, status=422 if form.errors else 200)


def _done(request: HttpRequest, person: User, sight: Sight, agreement: Agreement, text: str) -> None:
    do = request.POST.get("do", "")
    if do in {"agree", "refuse"}:
        require(finding.is_own(sight, agreement), NOT_YOURS_TO_SET)
        if request.POST.get("seen", _put(agreement)) != _put(agreement):
            raise ValidationError(gettext("Somebody else has changed this meanwhile. Look at it once more, then save again."))
        agreeing.answer(agreement, agrees=do == "agree", by=person, why=text)
    elif do == "target":
        require(finding.answers(sight, agreement), NOT_YOURS_TO_SET)
        _retarget(request, person, agreement, text)
    else:
        agreeing.tell(agreement, text, by=person)


def _put(agreement: Agreement) -> str:
    """What is asked of the person, as the page shows it: nobody agrees to what was not there."""
    made = stored.goal(agreement.goal, agreement)
    return "|".join(str(one) for one in (made.target, made.band, made.kpi, made.variant, made.starts, made.ends))


def _retarget(request: HttpRequest, person: User, agreement: Agreement, text: str) -> None:
    kpi = asking.kpis().get(agreement.goal.kpi)
    unit = kpi.unit if kpi else ""
    target, low, high = (targets.read(request.POST.get(name, "")[:30], unit) for name in ("target", "low", "high"))
    agreeing.retarget(agreement, target, (low, high), by=person, text=text)
    measuring.measure(person, agreement.goal)


def _add(form: AnswerForm, mistake: ValidationError) -> None:
    for message in mistake.messages:
        form.add_error("text", message)


def _shown(sight: Sight, agreement: Agreement) -> dict[str, Any]:
    goal = agreement.goal
    kpi = asking.kpis().get(goal.kpi)
    own, unit = finding.is_own(sight, agreement), kpi.unit if kpi else ""
    level = agreement if agreement.own_target else goal
    return {
        "season": goal.season,
        "goal": goal,
        "agreement": agreement,
        "name": choosing.name_of(goal.kpi),
        "asks": say(kpi.text("asks")) if kpi else "",
        "who": names.named("agent", agreement.agent_id),
        "own": own,
        "seen": _put(agreement),
        "answers": finding.answers(sight, agreement),
        "aim": targets.aim(goal, kpi, agreement),
        "typed": [targets.typed(value, unit) for value in (level.target, level.band_low, level.band_high)],
        "unit": targets.unit_word(unit),
        "chart": _chart(agreement),
        "baseline": _baseline(agreement),
        "chance": _chance(agreement),
        "serves": cards.chain(goal),
        "said": [(question, text) for question, text in zip(cards.questions(), cards.stored_answers(goal), strict=True) if text],
        "talk": agreement.said.select_related("by"),
        "history": [(change, changes.said(change)) for change in _history(agreement)],
        "overrides": _overrides(goal),
        "last_day": numbers.day(goal.ends),
        "unit_name": cards.unit_name(goal.unit),
        "may_answer": own and agreement.state not in UNASKED and not goal.season.is_over,
    }


def _overrides(goal: Goal) -> list[Override]:
    """For the goal, for its unit, or for the whole plan."""
    found = goal.season.overrides.filter(Q(goal=goal) | Q(goal=None, unit=goal.unit) | Q(goal=None, unit=None), withdrawn_at=None)
    return list(found)


def _chance(agreement: Agreement) -> cards.Chance | None:
    """As it was found when the goal was measured, with what the support is expected to add."""
    reach = agreement.reach if agreement.goal.level == "agent" else agreement.goal.reach
    return cards.chance_words(reach, reach) if reach is not None else None


def _base(agreement: Agreement) -> dict[str, Any] | None:
    found: dict[str, Any] | None = agreement.baseline if agreement.goal.level == "agent" else agreement.goal.baseline
    return found


def _baseline(agreement: Agreement) -> str:
    """Where the person starts from, in words."""
    base, kpi = _base(agreement), asking.kpis().get(agreement.goal.kpi)
    return targets.in_words(base["value"], kpi.unit) if base and kpi else ""


def _chart(agreement: Agreement) -> Any:
    base, kpi = _base(agreement), asking.kpis().get(agreement.goal.kpi)
    if base is None or kpi is None:
        return None
    made = stored.goal(agreement.goal, agreement)
    first, last = measuring.months_before(agreement.goal.season.starts)
    about = drawn.Line(kpi.unit, base["value"], base.get("low"), base.get("high"), made.target, made.band, None, kpi.better)
    return drawn.line(about, f"{choosing.name_of(agreement.goal.kpi)}, {period_words(first, last)}")


def _history(agreement: Agreement) -> list[Change]:
    """What happened to this goal for this person, and to it as a whole."""
    found = Change.objects.filter(goal=agreement.goal, agent_id__in=["", agreement.agent_id])
    return [one for one in found.select_related("by")[:30] if one.what in changes.OF_A_GOAL]
