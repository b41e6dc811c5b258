"""What employees answer about their work stays anonymous (kpi-reference 6.5 and 8): a team and a week, never a person or a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources import columns
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.sources.mapping import TableMapping
    from nyckeltal.sources.tables import RawTable

KIND = "employee_response"
PERSONS = (
    "agent, agent id, agent name, employee, employee id, employee number, employee name, person, person id, user, user id, username, respondent, "
    "respondent id, respondent name, name, full name, e mail, email, e mail address, ip, ip address, token, phone, "
    "medarbetare, medarbetare id, anställd, anställningsnummer, personnummer, handläggare, namn, användare, e post, svarande, "
    "medarbejder, ansat, medarbejdernummer, cpr, navn, bruger, e mailadresse, besvarer, "
    "munkatárs, dolgozó, dolgozó azonosító, ügyintéző, név, felhasználó, e mail cím, kitöltő, "
    "työntekijä, työntekijän tunnus, henkilö, henkilötunnus, henkilönumero, käsittelijä, nimi, käyttäjä, sähköposti, vastaaja"
)
_moments = "survey_response.answered_at"


def mistakes(mapping: TableMapping) -> Iterator[tuple[str, Text]]:
    """(place, what is wrong) of everything in a mapping of employees' answers that would tell who answered, or when."""
    if mapping.kind != KIND:
        return
    for column, purpose in mapping.used:
        if columns.likeness(column, PERSONS) == 1 or (purpose != "week" and columns.likeness(column, columns.NAMES[_moments]) == 1):
            yield purpose, refusal(column)
    if mapping.changed_at:
        yield "key", refusal("changed_at")


def tells_too_much(said: str) -> bool:
    """Whether a field that answers of employees do not have would be a person or a moment."""
    known = (table[said].kind for table in TABLES.values() if said in table)
    return said.endswith("_at") or any(kind in ("id", "moment") for kind in known) or columns.likeness(said, PERSONS) == 1


def refusal(word: str) -> Text:
    """Why a column or field is not taken."""
    return Text(
        "sources.mapping.anonymous",
        "Employees answer anonymously, so “%(word)s” is not taken: only the question, the answer, the team and the week are. "
        "Leave it out; as key use an id that only the answer has, or none.",
        {"word": word},
    )


def kept(mapping: TableMapping, raw: RawTable) -> list[bool]:
    """Which columns of a refused row may be written down: all, but of an employee's answer only what is taken."""
    taken = {column for column, purpose in mapping.used if purpose not in ("week", "key")}
    return [mapping.kind != KIND or name in taken for name in raw.names]
