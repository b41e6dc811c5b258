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
}


def fields(names: Iterable[str]) -> tuple[Field, ...]:
    """Fields and facts with what a page calls them; one that an organisation's own KPI needs and nobody named goes by its name."""
    return tuple(Field(name, _CALLED.get(name)) for name in names)
