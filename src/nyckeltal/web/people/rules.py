"""The table of who sees what (docs/concepts/access.md) in words, for the representative; access.py is what decides, and a test holds the two together."""

from __future__ import annotations

from dataclasses import dataclass

from nyckeltal.web.people.roles import Role
from nyckeltal.words import Text


@dataclass(frozen=True)
class Rule:
    role: Role
    persons: Text
    teams: Text
    contacts: Text
    pages: Text


RULES = (
    Rule(
        Role.AGENT,
        Text("rules.agent_persons", "Own figures"),
        Text("rules.agent_teams", "None; the team’s and the company’s goals stand in the plan"),
        Text("rules.agent_contacts", "Own contacts"),
        Text("rules.agent_pages", "My figures, Plan with the own goals, Explore, Who sees what"),
    ),
    Rule(
        Role.LEADER,
        Text("rules.leader_persons", "Members of the own team, as long as they belong to it"),
        Text("rules.leader_teams", "Own team, and the company as a whole"),
        Text("rules.leader_contacts", "Contacts of those who belonged to the team on that day"),
        Text("rules.leader_pages", "Team, Plan with the own team’s goals by name, Explore, Who sees what"),
    ),
    Rule(
        Role.MANAGER,
        Text("rules.manager_persons", "None. A manager who leads a team also holds the role of leader"),
        Text("rules.manager_teams", "All teams and the company"),
        Text("rules.manager_contacts", "Single contacts, without the agent and without the customer"),
        Text("rules.manager_pages", "Customer service, Plan with persons as counts, Explore, Who sees what"),
    ),
    Rule(
        Role.EVALUATOR,
        Text("rules.evaluator_persons", "None"),
        Text("rules.evaluator_teams", "None"),
        Text("rules.evaluator_contacts", "None"),
        Text("rules.evaluator_pages", "How is it counted?, Who sees what"),
    ),
    Rule(
        Role.CLIENT,
        Text("rules.client_persons", "None"),
        Text("rules.client_teams", "None; the service of the own client as a whole"),
        Text("rules.client_contacts", "Own client’s contacts, without agent, team and customer"),
        Text("rules.client_pages", "Our service, Plan with the own goals, Explore, Who sees what"),
    ),
    Rule(
        Role.REPRESENTATIVE,
        Text("rules.representative_persons", "None"),
        Text("rules.representative_teams", "None"),
        Text("rules.representative_contacts", "None"),
        Text("rules.representative_pages", "Oversight with rules, purposes and both logs, Plan without persons and figures, Who sees what"),
    ),
    Rule(
        Role.ADMINISTRATOR,
        Text("rules.administrator_persons", "None"),
        Text("rules.administrator_teams", "None"),
        Text("rules.administrator_contacts", "Refused rows only"),
        Text("rules.administrator_pages", "Loads, Organisation, People, Who sees what"),
    ),
)
