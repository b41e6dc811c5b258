"""The nouns of a contact centre as frozen dataclasses, a file per family (kpi-reference section 9)."""

from nyckeltal.contacts.model.case import Case
from nyckeltal.contacts.model.contact import Contact, QueueVisit, Segment
from nyckeltal.contacts.model.loading import Load, LogEvent, Replaced, SetAside
from nyckeltal.contacts.model.organisation import Agent, Agreement, Calendar, Client, Promise, Queue, Reason, Team, TeamMembership
from nyckeltal.contacts.model.presence import AgentState
from nyckeltal.contacts.model.voice import Question, SurveyInvitation, SurveyResponse

FACTS = (Contact, QueueVisit, Segment, Case, AgentState, SurveyInvitation, SurveyResponse, Promise)
ORGANISATION = (Client, Queue, Agreement, Calendar, Team, TeamMembership, Agent, Reason, Question)
LEDGERS = (Load, SetAside, LogEvent, Replaced)

__all__ = [
    "FACTS",
    "LEDGERS",
    "ORGANISATION",
    "Agent",
    "AgentState",
    "Agreement",
    "Calendar",
    "Case",
    "Client",
    "Contact",
    "Load",
    "LogEvent",
    "Promise",
    "Question",
    "Queue",
    "QueueVisit",
    "Reason",
    "Replaced",
    "Segment",
    "SetAside",
    "SurveyInvitation",
    "SurveyResponse",
    "Team",
    "TeamMembership",
]
