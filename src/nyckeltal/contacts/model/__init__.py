"""The nouns of a contact centre as frozen dataclasses, a file per family (kpi-reference section 9)."""

from nyckeltal.contacts.model.case import Case
from nyckeltal.contacts.model.contact import Contact, Message, QueueVisit, Segment
from nyckeltal.contacts.model.loading import Load, LogEvent, Replaced, SetAside, SettledRow
from nyckeltal.contacts.model.organisation import Agent, Agreement, Calendar, Client, Promise, Queue, Reason, Team, TeamMembership
from nyckeltal.contacts.model.people import Absence, AgentDay, AgentMonth, EmployeeResponse, Employment, FeedbackTalk, ReportTask, ShiftPart
from nyckeltal.contacts.model.planning import Forecast, Outage, ScheduleShift
from nyckeltal.contacts.model.presence import AgentState
from nyckeltal.contacts.model.quality import QaAnswer, QaEvaluation, QaItem
from nyckeltal.contacts.model.summary import Summary
from nyckeltal.contacts.model.trade import Complaint, CustomerBaseMonth, FinanceMonth, Order, RetentionCase, Sale
from nyckeltal.contacts.model.voice import Interview, Question, SurveyInvitation, SurveyResponse

_SERVICE = (Contact, QueueVisit, Segment, Message, Case, AgentState, SurveyInvitation, SurveyResponse, Promise, Summary)
_WORK = (ScheduleShift, Forecast, Outage, Absence, FeedbackTalk, EmployeeResponse, ReportTask, QaEvaluation, QaAnswer)
_TRADE = (Sale, RetentionCase, Order, Complaint, CustomerBaseMonth, FinanceMonth)
MADE = (ShiftPart, AgentDay, AgentMonth, QaItem, Interview)  # of other facts, never loaded
FACTS = (*_SERVICE, *_WORK, *_TRADE, *MADE)
ORGANISATION = (Client, Queue, Agreement, Calendar, Team, TeamMembership, Employment, Agent, Reason, Question)
LEDGERS = (Load, SetAside, SettledRow, LogEvent, Replaced)

__all__ = [
    "FACTS",
    "LEDGERS",
    "MADE",
    "ORGANISATION",
    "Absence",
    "Agent",
    "AgentDay",
    "AgentMonth",
    "AgentState",
    "Agreement",
    "Calendar",
    "Case",
    "Client",
    "Complaint",
    "Contact",
    "CustomerBaseMonth",
    "EmployeeResponse",
    "Employment",
    "FeedbackTalk",
    "FinanceMonth",
    "Forecast",
    "Interview",
    "Load",
    "LogEvent",
    "Message",
    "Order",
    "Outage",
    "Promise",
    "QaAnswer",
    "QaEvaluation",
    "QaItem",
    "Question",
    "Queue",
    "QueueVisit",
    "Reason",
    "Replaced",
    "ReportTask",
    "RetentionCase",
    "Sale",
    "ScheduleShift",
    "Segment",
    "SetAside",
    "SettledRow",
    "ShiftPart",
    "Summary",
    "SurveyInvitation",
    "SurveyResponse",
    "Team",
    "TeamMembership",
]
