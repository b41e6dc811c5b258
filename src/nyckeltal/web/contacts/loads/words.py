"""What the facts and their fields are called where a person says what the columns of a file mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from nyckeltal.sources import called
from nyckeltal.sources.fields import Field
from nyckeltal.sources.templates import Said
from nyckeltal.web.frame.say import say

KINDS: Mapping[str, Any] = {
    "contact": _("Contacts: calls, chats, e-mails"),
    "case": _("Cases, tickets"),
    "segment": _("Each agent’s part of a contact"),
    "queue_visit": _("Stays in queues"),
    "message": _("Messages of written contacts"),
    "agent_state": _("What agents were doing: times of work and breaks"),
    "schedule_shift": _("Shifts as they were planned"),
    "forecast": _("Forecasts of contacts"),
    "summary": _("Counts and sums by interval or day"),
    "event_log": _("Event logs: what was done to which case"),
    "outage": _("Outages"),
    "absence": _("Absences"),
    "qa_evaluation": _("Evaluations of contacts"),
    "qa_answer": _("Answers to the items of evaluations"),
    "sale": _("Offers and sales"),
    "retention_case": _("Customers who asked to leave"),
    "order": _("Orders"),
    "complaint": _("Complaints"),
    "customer_base_month": _("Customers month by month"),
    "finance_month": _("Costs and revenue month by month"),
    "feedback_talk": _("Talks in which agents got feedback"),
    "employee_response": _("Anonymous answers of employees"),
    "report_task": _("Reports owed to clients"),
    "survey_response": _("Answers to surveys"),
    "survey_invitation": _("Invitations to surveys"),
    "question": _("Questions of surveys"),
    "client": _("Clients"),
    "queue": _("Queues"),
    "calendar": _("Opening hours"),
    "team": _("Teams"),
    "team_membership": _("Who belongs to which team"),
    "agent": _("Agents"),
    "employment": _("What agents are employed for"),
    "reason": _("Contact reasons"),
    "agreement": _("Agreements"),
}

FIELDS: Mapping[str, Any] = {name: lazy(say, str)(text) for name, text in called.FIELDS.items()} | {"value": pgettext_lazy("of an answer", "Answer")}

VALUES: Mapping[str, Any] = {
    "answered": pgettext_lazy("outcome", "answered"),
    "abandoned": pgettext_lazy("outcome", "gave up"),
    "callback_requested": pgettext_lazy("outcome", "asked to be called back"),
    "overflowed": pgettext_lazy("outcome", "sent on unanswered, because the queue was long"),
    "closed": pgettext_lazy("outcome", "came while closed"),
    "blocked": _("blocked"),
    "saturated": _("turned away, lines full"),
    "technical": _("technical fault"),
    "complete": pgettext_lazy("survey", "answered whole"),
    "partial": pgettext_lazy("survey", "answered in part"),
    "refusal": pgettext_lazy("survey", "did not want to answer"),
    "non_contact": pgettext_lazy("survey", "was not reached"),
    "ineligible": pgettext_lazy("survey", "should not have been asked"),
    "available": pgettext_lazy("agent state", "available"),
    "talking": pgettext_lazy("agent state", "with a customer"),
    "holding": pgettext_lazy("agent state", "customer on hold"),
    "acw": pgettext_lazy("agent state", "after-contact work"),
    "offline_work": pgettext_lazy("planned activity", "work without contacts"),
    "feedback": pgettext_lazy("agent state", "feedback"),
    "outage": pgettext_lazy("agent state", "systems down"),
    "logged_out": pgettext_lazy("agent state", "signed out"),
    "voice": pgettext_lazy("channel", "phone"),
    "email": pgettext_lazy("channel", "e-mail"),
    "chat": pgettext_lazy("channel", "chat"),
    "message": pgettext_lazy("channel", "message"),
    "social": pgettext_lazy("channel", "social media"),
    "visit": pgettext_lazy("channel", "visit"),
    "callback": pgettext_lazy("channel", "call-back"),
    "inbound": pgettext_lazy("direction", "to us"),
    "outbound": pgettext_lazy("direction", "from us"),
    "internal": pgettext_lazy("direction", "between us"),
    "contact": pgettext_lazy("planned activity", "contacts"),
    "offline": pgettext_lazy("planned activity", "work without contacts"),
    "training": pgettext_lazy("planned activity", "training"),
    "meeting": pgettext_lazy("planned activity", "meeting"),
    "break": pgettext_lazy("planned activity", "break"),
    "sick": pgettext_lazy("absence", "ill"),
    "leave": pgettext_lazy("absence", "holiday or leave"),
    "care": pgettext_lazy("absence", "care of others"),
    "other": pgettext_lazy("kind", "other"),
    "none": pgettext_lazy("kind", "none"),
    "sample": pgettext_lazy("evaluation", "drawn at random"),
    "calibration": pgettext_lazy("evaluation", "evaluated twice to compare"),
    "coaching": pgettext_lazy("evaluation", "chosen to learn from"),
    "new": pgettext_lazy("sale", "new"),
    "upsell": pgettext_lazy("sale", "more for a customer"),
    "renewal": pgettext_lazy("sale", "renewed"),
    "kept": pgettext_lazy("customer who asked to leave", "stayed"),
    "lost": pgettext_lazy("customer who asked to leave", "left"),
    "pending": pgettext_lazy("customer who asked to leave", "not decided"),
    "service": pgettext_lazy("kind", "service"),
    "product": pgettext_lazy("complaint", "the product"),
    "price": pgettext_lazy("complaint", "the price"),
    "one_to_one": pgettext_lazy("talk", "one to one"),
    "side_by_side": pgettext_lazy("talk", "side by side at work"),
    "group": pgettext_lazy("talk", "in a group"),
}

MEASURES: Mapping[str, Any] = {
    "nps": _("recommending (NPS)"),
    "csat": _("satisfaction (CSAT)"),
    "ces": _("effort (CES)"),
    "resolved": _("whether it was solved"),
}

DURATIONS: Mapping[str, Any] = {
    "seconds": _("seconds"),
    "milliseconds": _("milliseconds"),
    "minutes": _("minutes"),
    "hours": _("hours"),
    "mm:ss": _("minutes:seconds"),
    "h:mm:ss": _("hours:minutes:seconds"),
    "hh:mm": _("hours:minutes"),
}

LEFT_OUT: Mapping[str, Any] = {"row of totals": _("row of totals"), "example row of the template": _("example row of the template")}

STAGES: Mapping[str, Any] = {
    "read": _("Reading the file"),
    "convert": _("Making contacts of the rows"),
    "compare": _("Comparing with what is there"),
    "derive": _("Working out what follows"),
    "stage": _("Working out what follows"),
    "write": _("Writing"),
}

ZONES = (
    "Europe/Stockholm", "Europe/Copenhagen", "Europe/Helsinki", "Europe/Budapest", "Europe/Oslo", "Europe/London", "Europe/Berlin", "Europe/Tallinn",
    "America/New_York", "America/Chicago", "America/Los_Angeles", "Asia/Kolkata", "UTC",
)  # fmt: skip


def kind(name: str) -> str:
    return str(KINDS.get(name, name))


def field(name: str) -> str:
    """A field that nobody has named here goes by its name in the mapping file."""
    return str(FIELDS.get(name) or FIELDS.get(name.removeprefix("own_"), name))


def value(name: object) -> str:
    return str(VALUES.get(str(name), name))


def left_out(reason: str) -> str:
    """Why rows are left out: ours in the reader's language, else as somebody has written it."""
    return str(LEFT_OUT.get(reason, reason))


def question(survey: Mapping[str, Any]) -> str:
    """What a [[survey]] of a mapping asks."""
    said = str(survey.get("scale", ""))
    scale = f"{gettext('yes')}–{gettext('no')}" if said == "yes_no" else said.replace("_", "–")
    measure = str(MEASURES.get(survey.get("measure", ""), survey.get("measure", "")))
    return gettext("Answer: %(measure)s, scale %(scale)s") % {"measure": measure, "scale": scale}


def systems() -> list[tuple[str, str]]:
    """The systems whose files are read, and what of each."""
    from nyckeltal.sources import find

    return sorted(((name, say(source.title)) for name, source in find.systems().items()), key=lambda one: one[1].casefold())


def of_template(language: str) -> Said:
    """What explains a template; in English with whole sentences, elsewhere as its fields and words are called on pages, where that is not the header again."""
    if language == "en":
        return Said()

    def meaning(one: Field) -> str:
        label = str(FIELDS.get(one.name, ""))
        return one.meaning if label in ("", called.field(one.name, language)) else label

    return Said(say, kind, meaning, lambda word: f"{word} ({value(word)})" if value(word) != word else word)
