"""What the fields that a figure may lack are called in the middle of a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from nyckeltal.words import Field, Text

_CALLED: Mapping[str, Text] = {
    "talk_s": Text("field.talk_s", "talking time"),
    "hold_s": Text("field.hold_s", "time on hold"),
    "acw_s": Text("field.acw_s", "after-contact work"),
    "ring_s": Text("field.ring_s", "ringing time"),
    "wait_s": Text("field.wait_s", "waiting time"),
    "handle_s": Text("field.handle_s", "handling time"),
    "handle_ring_s": Text("field.handle_ring_s", "handling time with the ringing"),
    "active_handle_s": Text("field.active_handle_s", "handling time shared between chats"),
    "answered": Text("field.answered", "whether a contact was answered"),
    "customer_key": Text("field.customer_key", "who the customer is"),
    "outcome": Text("field.outcome", "how it ended"),
    "end_kind": Text("field.end_kind", "how an agent’s part ended"),
    "escalated_to_tier": Text("field.escalated_to_tier", "whether a contact was escalated"),
    "reason_id": Text("field.reason_id", "contact reason"),
    "reason_level2_id": Text("field.reason_level2_id", "contact reason"),
    "reason_type": Text("field.reason_type", "kind of contact reason"),
    "resolved_flag": Text("field.resolved_flag", "whether the matter was solved"),
    "value": Text("field.value", "the customer’s answer"),
    "measure": Text("field.measure", "what a question measures"),
    "contact": Text("field.contact", "contacts"),
    "queue_visit": Text("field.queue_visit", "stays in queues"),
    "segment": Text("field.segment", "the agents’ parts of contacts"),
    "case": Text("field.case", "cases"),
    "agent_state": Text("field.agent_state", "what agents were doing"),
    "survey_invitation": Text("field.survey_invitation", "invitations to surveys"),
    "survey_response": Text("field.survey_response", "answers to surveys"),
    "promise": Text("field.promise", "agreements"),
    "interview": Text("field.interview", "customers who were asked and answered"),
    "message": Text("field.message", "messages"),
    "schedule_shift": Text("field.schedule_shift", "planned shifts"),
    "shift_part": Text("field.shift_part", "parts of planned shifts"),
    "forecast": Text("field.forecast", "forecasts"),
    "offered_n": Text("field.offered_n", "how many came"),
    "answered_n": Text("field.answered_n", "how many were answered"),
    "abandoned_n": Text("field.abandoned_n", "how many gave up"),
    "short_abandoned_n": Text("field.short_abandoned_n", "how many gave up at once"),
    "in_time_n": Text("field.in_time_n", "how many were answered in time"),
    "summary": Text("field.summary", "summaries by interval or day"),
    "outage": Text("field.outage", "disturbances"),
    "qa_evaluation": Text("field.qa_evaluation", "evaluations"),
    "qa_answer": Text("field.qa_answer", "answers in evaluations"),
    "qa_item": Text("field.qa_item", "items that several evaluators judged"),
    "sale": Text("field.sale", "sales"),
    "retention_case": Text("field.retention_case", "customers who asked to leave"),
    "order": Text("field.order", "orders"),
    "complaint": Text("field.complaint", "complaints"),
    "customer_base_month": Text("field.customer_base_month", "the number of customers by month"),
    "finance_month": Text("field.finance_month", "costs and revenue by month"),
    "absence": Text("field.absence", "absences"),
    "feedback_talk": Text("field.feedback_talk", "talks with leaders"),
    "employee_response": Text("field.employee_response", "employees’ answers, which never name anybody"),
    "report_task": Text("field.report_task", "reports"),
    "agent_day": Text("field.agent_day", "days at work"),
    "agent_month": Text("field.agent_month", "months in employment"),
    "agent": Text("field.agent", "people who have left"),
}

_DIMENSIONS: Mapping[str, Text] = {
    "client": Text("dimension.client", "client"),
    "queue": Text("dimension.queue", "queue"),
    "channel": Text("dimension.channel", "channel"),
    "direction": Text("dimension.direction", "direction"),
    "language": Text("dimension.language", "language"),
    "site": Text("dimension.site", "place of work"),
    "team": Text("dimension.team", "team"),
    "leader": Text("dimension.leader", "team leader"),
    "agent": Text("dimension.agent", "person"),
    "tenure": Text("dimension.tenure", "time in the job"),
    "outcome": Text("dimension.outcome", "how it ended"),
    "reason1": Text("dimension.reason1", "main group of reasons"),
    "reason2": Text("dimension.reason2", "reason"),
    "reason3": Text("dimension.reason3", "reason in detail"),
    "area": Text("dimension.area", "responsible area"),
    "demand": Text("dimension.demand", "kind of demand"),
    "weekday": Text("dimension.weekday", "weekday"),
    "hour": Text("dimension.hour", "hour of the day"),
    "repeat": Text("dimension.repeat", "first time or again"),
    "scale": Text("dimension.scale", "scale of the answer"),
    "currency": Text("dimension.currency", "currency"),
    "form": Text("dimension.form", "evaluation form"),
    "item": Text("dimension.item", "item of an evaluation"),
}

_THINGS: Mapping[str, Text] = {
    "KPI": Text("thing.kpi", "KPI"),
    "variant": Text("thing.variant", "variant"),
    "setting": Text("thing.setting", "setting"),
    "word": Text("thing.word", "word"),
    "fact": Text("thing.fact", "fact"),
    "key": Text("thing.key", "key"),
    "purpose": Text("thing.purpose", "purpose"),
    "unit": Text("thing.unit", "unit"),
    "value": Text("thing.value", "value"),
    "level": Text("thing.level", "level"),
    "role": Text("thing.role", "role"),
    "period": Text("thing.period", "period"),
    "direction": Text("thing.direction", "direction"),
    "direction of better": Text("thing.better", "direction of better"),
    "standard": Text("thing.standard", "standard"),
    "condition": Text("thing.condition", "condition"),
    "kind": Text("thing.kind", "kind"),
    "count or total": Text("thing.count", "count or total"),
    "measure of spread": Text("thing.spread", "measure of spread"),
    "number in an agreement": Text("thing.agreed", "number in an agreement"),
}


def thing(what: str) -> Text | str:
    """What something is that does not exist by the name it is called, in the middle of a sentence."""
    return _THINGS.get(what, what)


def fields(names: Iterable[str]) -> tuple[Field, ...]:
    """Fields and facts with what a page calls them; one that an organisation's own KPI needs and nobody named goes by its name."""
    return tuple(Field(name, _CALLED.get(name)) for name in names)


def dimensions_called(names: Iterable[str]) -> tuple[Field, ...]:
    """Dimensions by the name one asks with, and by what a page calls them."""
    return tuple(Field(name, _DIMENSIONS.get(name)) for name in names)
