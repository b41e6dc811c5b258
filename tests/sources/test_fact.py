"""Which fact a table tells is seen from its headers, in five languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.errors import CannotRead
from nyckeltal.sources.fact import likely
from nyckeltal.sources.load import describe
from tables import loaded, put, rows

ANSWERS = {
    "english": "Id,Answered at,Satisfaction",
    "swedish": "Svars-id,Enkät,Betyg,Svarsdatum",
    "danish": "Besvarelses-id,Spørgsmål,Karakter,Svardato",
    "hungarian": "azonosító,kérdés,válasz,kitöltve",
    "finnish": "Vastauksen tunnus,Kysymys,Arvosana,Vastattu",
}
OTHERS = {
    "Samtals-id,Samtal start,Kö,Kötid,Handläggare,Avslut": "contact",
    "Call Id,Agent,Date,Time,Topic,Answered (Y/N),Resolved,Speed of answer in seconds,AvgTalkDuration,Satisfaction rating": "contact",
    "number,incident_state,opened_at,closed_at,category,priority": "case",
    "Handläggare,Tillstånd,Från,Till": "agent_state",
    "Inbjudan,Utskickad,Samtals-id": "survey_invitation",
    "Kund,Namn,Valuta,Tidszon": "client",
    "jono,nimi,kalenteri": "queue",
    "Avtal,Kund,Nyckeltal,Mål,Gräns": "agreement",
    "naptár,nyitvatartás,ünnepnapok": "calendar",
    "Hold,Navn,Afdeling": "team",
    "agent,team,valid from,role": "team_membership",
    "ügyintéző,név,telephely": "agent",
    "Orsak,Överordnad,Ansvarig": "reason",
    "Fråga,Mått,Lydelse": "question",
}


@pytest.mark.parametrize("language", sorted(ANSWERS))
def test_a_table_of_answers_is_no_table_of_contacts(language: str) -> None:
    assert likely(ANSWERS[language].split(",")) == ["survey_response", "contact"]


@pytest.mark.parametrize("headers", sorted(OTHERS))
def test_headers_say_which_fact_it_is(headers: str) -> None:
    assert likely(headers.split(","))[0] == OTHERS[headers]


def test_answers_are_loaded_by_the_mapping_that_is_proposed(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "Id,Answered at,Satisfaction\n" + "".join(f"{n},2026-03-02 09:{n:02}:00,{1 + n % 5}\n" for n in range(30)), "answers.csv")
    said = describe(file)
    assert (said.kind, said.complete) == ("survey_response", True)
    assert said.mapping["columns"]["scale"] == {"is": "1_5"}
    text = said.mapping_toml()
    assert "kind question" in text
    assert "survey_invitation" in text
    report = loaded(home, file, put(tmp_path, text, "answers.toml"))
    assert len(rows(home, "survey_response")) == 30
    assert "No figure counts these answers yet: satisfaction" in str(report.warnings[-1])


def test_a_person_may_say_which_fact_it_is(tmp_path: Path) -> None:
    file = put(tmp_path, "Id,Answered at,Satisfaction\n1,2026-03-02 09:00:00,4\n")
    assert describe(file, fact="contact").kind == "contact"
    with pytest.raises(CannotRead, match="Did you mean “case”"):
        describe(file, fact="kase")


def test_states_are_understood(tmp_path: Path) -> None:
    said = describe(put(tmp_path, "Handläggare;Tillstånd;Från;Till\nanna;Inloggad;2026-03-02 08:00:00;2026-03-02 09:00:00\nanna;Rast;2026-03-02 09:00:00;\n"))
    assert (said.kind, said.complete) == ("agent_state", True)
    assert said.mapping["columns"]["state"]["values"] == {"Inloggad": "available", "Rast": "break"}
