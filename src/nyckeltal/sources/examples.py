"""The example row of each template: one that somebody could have written, whose fields agree with each other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from nyckeltal.sources import choice_words
from nyckeltal.sources.called import LANGUAGES
from nyckeltal.sources.fields import Field

CURRENCY = ("EUR", "SEK", "DKK", "HUF", "EUR")  # of a file in each language
ZONES = ("Europe/London", "Europe/Stockholm", "Europe/Copenhagen", "Europe/Budapest", "Europe/Helsinki")
_customer = {"contact_id": "K1", "agent_id": "anna", "customer_key": "C1001"}


def _at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """A moment of the first days of March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute)  # noqa: DTZ001  # as a spreadsheet has it: on the clock of whoever fills it in


_PART = {"answered": True, "agent_id": "anna", "started_at": _at(8, 2), "ring_s": 5, "talk_s": 280, "hold_s": 20, "acw_s": 60, "end_kind": "customer"}
ROWS: Mapping[str, Mapping[str, Any]] = {
    "absence": {"agent_id": "anna", "kind": "sick", "started_at": _at(8), "ended_at": _at(16, 30, 3), "days": 2, "hours": 15, "approved": True},
    "schedule_shift": {
        "agent_id": "anna", "started_at": _at(8), "ended_at": _at(16, 30), "state_class": "contact", "version": 1,
        "published_at": datetime(2026, 2, 16, 12, 0), "exception": "none",  # noqa: DTZ001  # likewise
    },
    "employment": {"agent_id": "anna", "valid_from": date(2026, 1, 1), "hours_week": 37.5, "day_h": 7.5, "profile": "service"},
    "finance_month": {"client_id": "bank", "month_start": "2026-03", "team_id": "north", "service_cost": 81250.5, "revenue": 125400.0, "transactions": 48200},
    "customer_base_month": {
        "client_id": "bank", "month_start": "2026-03", "opening": 52000, "new": 1200, "churned": 900, "closing": 52300, "active": 48000,
    },
    "sale": {"client_id": "bank", "sold_at": _at(10, 15), **_customer, "kind": "new", "accepted": True, "amount": 349.9},
    "retention_case": {"client_id": "bank", "requested_at": _at(11, 20), **_customer, "outcome": "kept"},
    "order": {"client_id": "bank", "ordered_at": _at(12, 5), **_customer, "amount": 899.5},
    "forecast": {
        "queue_id": "support", "interval_start": _at(8, day=9), "contacts": 42, "interval_s": 1800, "made_at": _at(9), "aht_s": 340, "agents_required": 10.5,
        "agents_scheduled": 11, "shrinkage": 0.3, "patience_s": 180,
    },
    "qa_evaluation": {
        "agent_id": "anna", "form_version_id": "calls-1", "contact_id": "K1", "evaluator_id": "bengt", "client_id": "bank", "purpose": "sample",
        "selected_by": "plan", "design_weight": 1, "started_at": _at(13, day=3), "completed_at": _at(13, 20, 3), "score": 87.5, "critical": "none",
        "disputed": False,
    },
    "qa_answer": {"evaluation_id": "E1", "item_id": "greeting", "value": True, "value_n": 1, "scale": "yes_no", "is_na": False},
    "complaint": {"received_at": _at(9, 40), "client_id": "bank", "contact_id": "K1", "about": "service", "closed_at": _at(15, day=4)},
    "feedback_talk": {
        "agent_id": "anna", "held_at": _at(14, day=5), "leader_id": "carin", "kind": "one_to_one", "kpi_ids": "fcr; csat", "acknowledged_at": _at(15, 30, 5),
    },
    "survey_invitation": {
        "client_id": "bank", "drawn_at": _at(10), "survey_id": "after-contact", **_customer, "channel": "email", "attempts": 1, "outcome": "complete",
    },
    "survey_response": {"client_id": "bank", "question_id": "satisfaction", "scale": "1_5", "answered_at": _at(18, 20), "invitation_id": "I1", "value": 4},
    "question": {"measure": "csat", "survey_id": "after-contact", "scale": "1_5"},
    "summary": {
        "client_id": "bank", "started_at": _at(8), "queue_id": "support", "channel": "voice", "direction": "inbound", "length_s": 1800, "offered_n": 40,
        "answered_n": 36, "abandoned_n": 4, "short_abandoned_n": 1, "short_s": 5, "in_time_n": 30, "in_time_share": 0.75, "in_time_s": 20, "wait_s": 1080,
        "talk_s": 9000, "hold_s": 720, "acw_s": 1440, "handle_s": 11160, "mean_wait_s": 30, "mean_talk_s": 250, "mean_hold_s": 20, "mean_acw_s": 40,
        "mean_handle_s": 310,
    },
    "contact": {
        "client_id": "bank", "channel": "voice", "offered_at": _at(8), "queue_id": "support", "direction": "inbound", "customer_key": "C1001",
        "ivr_started_at": _at(8), "queue_entered_at": _at(8, 1), "answered_at": _at(8, 2), "ended_at": _at(8, 8), "wait_s": 60, "outcome": "answered",
        "reason_id": "invoice", "reason_logged_at": _at(8, 8), "resolved_flag": True, "upsell_eligible": False, "upsell_offered": False, **_PART,
        "concurrency": 1, "planned_transfer": False,
    },
    "queue_visit": {"contact_id": "K1", "queue_id": "support", "entered_at": _at(8, 1), "left_at": _at(8, 2), "wait_s": 60, "outcome": "answered"},
    "segment": {
        "contact_id": "K1", "visit_id": "V1", "queue_id": "support", **_PART, "ended_at": _at(8, 8), "concurrency": 1, "planned_transfer": False,
    },
    "case": {
        "client_id": "bank", "opened_at": _at(8, 10), "customer_key": "C1001", "closed_at": _at(9, day=3), "opened_by": "anna", "reason_id": "invoice",
        "tier": 1, "queue_id": "support", "agent_id": "anna", "channel": "email", "status": "closed", "resolved_at": _at(9, day=3), "in_time": True,
        "reopened_n": 0, "handovers_n": 0, "new_s": 600, "open_s": 7200,
    },
    "agent_state": {
        "agent_id": "anna", "started_at": _at(8), "state": "available", "ended_at": _at(8, 25), "queue_id": "support", "client_id": "bank",
        "direction": "inbound",
    },
    "message": {"contact_id": "K1", "author": "customer", "sent_at": _at(8), "direction": "inbound", "is_auto": False},
    "outage": {"started_at": _at(9), "ended_at": _at(9, 40), "scope": "queue", "scope_id": "support", "lost_agent_share": 0.5, "external": False},
    "employee_response": {"question_id": "enps", "week": "2026-W10", "wave_id": "2026-1", "team_id": "north", "value": 8},
    "report_task": {
        "client_id": "bank", "due_on": date(2026, 3, 10), "team_id": "north", "leader_id": "carin", "delivered_at": _at(14, day=9), "reasons_n": 5,
        "with_owner_and_action_n": 3,
    },
    "client": {"name": "Bank"},
    "queue": {"client_id": "bank", "name": "Support", "channel": "voice", "valid_from": date(2026, 1, 1)},
    "agreement": {
        "client_id": "bank", "measure": "service_level", "valid_from": date(2026, 1, 1), "queue_ids": "support", "threshold": 20, "target": 0.8,
        "short_abandon_s": 5, "clock": "queue", "repeat_window_d": 7, "period": "month", "calendar_id": "office",
    },
    "calendar": {"weekly": "mo-fr 08:00-17:00; sa 10:00-14:00", "holidays": "2026; 2026-12-25; 2026-12-24 08:00-12:00", "valid_from": date(2026, 1, 1)},
    "team": {"name": "North", "client_ids": "bank", "queue_ids": "support", "primary_direction": "service", "secondary_direction": "sales"},
    "team_membership": {"agent_id": "anna", "team_id": "north", "valid_from": date(2026, 1, 1), "role": "agent", "fte_share": 1},
    "agent": {"display_name": "Anna", "hired_on": date(2024, 8, 1), "languages": "sv; en", "site_id": "main"},
    "reason": {
        "level": 1, "label": "Invoice", "is_other": False, "demand_type": "failure", "responsible_area": "Finance", "avoidable_by": "information",
        "valid_from": date(2026, 1, 1),
    },
}  # fmt: skip


def of(kind: str, field: Field, language: str) -> Any:
    """What stands in a field of the example row of a file in that language; an empty text where it would be empty."""
    value = ROWS[kind].get(field.name)
    if value is None:
        by_language = {"currency": CURRENCY, "tz": ZONES, "language": LANGUAGES}.get(field.name)
        return by_language[LANGUAGES.index(language)] if by_language else ""
    if isinstance(value, bool):
        return choice_words.yes(value, language)
    return choice_words.in_language(kind, field.name, value, language) if field.choices else value
