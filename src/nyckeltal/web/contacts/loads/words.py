"""What the facts and their fields are called where a person says what the columns of a file mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: Mapping[str, Any] = {
    "contact": _("Contacts: calls, chats, e-mails"),
    "case": _("Cases, tickets"),
    "segment": _("Each agent’s part of a contact"),
    "queue_visit": _("Stays in queues"),
    "agent_state": _("What agents were doing: times of work and breaks"),
    "survey_response": _("Answers to surveys"),
    "survey_invitation": _("Invitations to surveys"),
    "question": _("Questions of surveys"),
    "client": _("Clients"),
    "queue": _("Queues"),
    "calendar": _("Opening hours"),
    "team": _("Teams"),
    "team_membership": _("Who belongs to which team"),
    "agent": _("Agents"),
    "reason": _("Contact reasons"),
    "agreement": _("Agreements"),
}

FIELDS: Mapping[str, Any] = {
    "contact_id": _("Number of the contact"),
    "client_id": _("Client"),
    "queue_id": _("Queue"),
    "channel": _("Channel"),
    "direction": _("Direction"),
    "customer_key": _("Customer (kept as a pseudonym only)"),
    "offered_at": _("Contact began"),
    "ivr_started_at": _("Menu began"),
    "queue_entered_at": _("Joined the queue"),
    "answered_at": _("Answered at"),
    "abandoned_at": _("Gave up at"),
    "ended_at": _("Ended at"),
    "wait_s": _("Waited"),
    "outcome": _("How it ended"),
    "language": _("Language"),
    "case_id": _("Case number"),
    "reason_id": _("Contact reason"),
    "reason_type": _("Kind of reason"),
    "reason_logged_at": _("Reason noted at"),
    "resolved_flag": _("Solved, says the agent"),
    "is_test": _("A test"),
    "left_in_menu": _("Hung up in the menu"),
    "callback_of": _("Call-back of contact"),
    "logged_by": _("Reason noted by"),
    "agent_id": _("Agent"),
    "answered": _("Was answered"),
    "ring_s": _("Rang"),
    "talk_s": _("Talk"),
    "hold_s": _("On hold"),
    "acw_s": _("After-contact work"),
    "started_at": _("Began"),
    "segment_id": _("Number of the part"),
    "visit_id": _("Number of the stay"),
    "entered_at": _("Came to the queue"),
    "left_at": _("Left the queue"),
    "opened_at": _("Opened"),
    "closed_at": _("Closed"),
    "reopened_at": _("Opened again"),
    "opened_by": _("Opened by"),
    "tier": _("Support tier"),
    "end_kind": _("How the part ended"),
    "escalated_to_tier": _("Escalated to tier"),
    "planned_transfer": _("Sent on as planned"),
    "target_queue_id": _("Sent on to queue"),
    "concurrency": _("Chats at the same time"),
    "upsell_eligible": _("An offer was possible"),
    "upsell_offered": _("An offer was made"),
    "marks": _("Remarks of the source"),
    "seq": _("Order within the contact"),
    "attempts": _("Attempts to reach the customer"),
    "draw_rank": _("Place in the draw"),
    "draw_seed": _("Seed of the draw"),
    "weight": _("Weight of the answer"),
    "state": _("State"),
    "state_id": _("Number of the state"),
    "name": _("Name"),
    "display_name": _("Name of the person"),
    "tz": _("Time zone"),
    "zone": _("Time zone of the row"),
    "valid_from": _("Valid from"),
    "valid_to": _("Valid until"),
    "team_id": _("Team"),
    "value": pgettext_lazy("of an answer", "Answer"),
    "text": _("Comment"),
    "question_id": _("Question"),
    "survey_id": _("Survey"),
    "invitation_id": _("Number of the invitation"),
    "response_id": _("Number of the answer"),
    "drawn_at": _("Invited at"),
    "measure": _("Measure"),
    "scale": _("Scale"),
    "label": _("Label"),
    "parent_id": _("Belongs under"),
    "responsible_area": _("Responsible business area"),
    "hired_on": _("Hired on"),
    "left_on": _("Left on"),
}

VALUES: Mapping[str, Any] = {
    "answered": pgettext_lazy("outcome", "answered"),
    "abandoned": pgettext_lazy("outcome", "gave up"),
    "callback_requested": pgettext_lazy("outcome", "asked to be called back"),
    "overflowed": pgettext_lazy("outcome", "sent on unanswered, because the queue was long"),
    "closed": pgettext_lazy("outcome", "came while closed"),
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
    return str(FIELDS.get(name.removeprefix("own_"), name))


def value(name: object) -> str:
    return str(VALUES.get(str(name), name))
