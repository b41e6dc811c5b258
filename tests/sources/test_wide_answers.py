"""Tables with one row for each who answered and a column for each question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import BadMapping
from tables import aside, loaded, put, rows

WIDE: dict[str, Any] = {
    "file": {"zone": "Europe/Stockholm"},
    "fact": {"kind": "survey_invitation", "client": "one", "source": "survey-tool"},
    "key": {"columns": ["id"]},
    "columns": {"drawn_at": "sent", "agent_id": "agent", "contact_id": {"from": "call", "source": "switch"}},
    "survey": [
        {"question": "recommend", "measure": "nps", "scale": "0_10", "value": "nps", "text": "why", "answered_at": "answered"},
        {"question": "solved", "measure": "resolved", "scale": "yes_no", "value": "solved"},
    ],
}
TABLE = """id,sent,answered,call,agent,nps,why,solved
1,2026-03-02 10:00:00,2026-03-03 08:00:00,77,anna,9,quick,yes
2,2026-03-02 11:00:00,2026-03-02 12:00:00,78,bengt,3,,
3,2026-03-02 12:00:00,,79,anna,,,
"""


def test_each_answer_is_a_row_linked_to_who_was_asked_about_what(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, TABLE), WIDE)
    assert {key: row["contact_id"] for key, row in rows(home, "survey_invitation").items()} == {"1": "switch:77", "2": "switch:78", "3": "switch:79"}
    answers = rows(home, "survey_response")
    assert {key: (row["measure"], row["value"], row["text"], row["agent_id"], row["contact_id"]) for key, row in answers.items()} == {
        "1#recommend": ("nps", 9.0, "quick", "anna", "switch:77"),
        "1#solved": ("resolved", 1.0, None, "anna", "switch:77"),
        "2#recommend": ("nps", 3.0, None, "bengt", "switch:78"),
    }
    assert answers["1#recommend"]["answered_at"].isoformat() == "2026-03-03T07:00:00+00:00"


def test_an_answer_off_its_scale_is_set_aside_with_its_line(home: Path, tmp_path: Path) -> None:
    more = "".join(f"{n},2026-03-02 10:00:00,,77,anna,{n % 11},,\n" for n in range(10, 40))
    report = loaded(home, put(tmp_path, TABLE + more + "40,2026-03-02 10:00:00,,77,anna,11,,\n"), WIDE)
    assert report.refused_n == 1
    assert [(row["line"], row["field"]) for row in aside(home)] == [(35, "recommend")]


def test_a_survey_that_only_sends_its_answers_has_no_response_rate(home: Path, tmp_path: Path) -> None:
    from nyckeltal.kpi.ask import ask

    loaded(home, put(tmp_path, TABLE), WIDE)
    figures = {figure.kpi: figure for figure in ask("survey_response_rate", "nps", start="2026-03", end="2026-03", home=home)}
    assert figures["survey_response_rate"].denominator in (0, None)
    assert figures["nps"].n == 2


def test_answers_in_the_row_belong_to_contacts_and_invitations_alone(home: Path, tmp_path: Path) -> None:
    with pytest.raises(BadMapping) as wrong:
        loaded(home, put(tmp_path, TABLE), WIDE | {"fact": {"kind": "sale", "client": "one"}})
    assert any("contact or survey_invitation" in str(issue) for issue in wrong.value.issues)


GUESSED = {
    "Date,Call ID,Agent,NPS,CSAT,Issue resolved\n": [("nps", "nps", "0_10"), ("csat", "csat", "1_5"), ("issue_resolved", "resolved", "yes_no")],
    "Datum,Samtals-id,Handläggare,Rekommenderar,Hur nöjd,Löst\n": [
        ("rekommenderar", "nps", "0_10"),
        ("hur_nöjd", "csat", "1_5"),
        ("löst", "resolved", "yes_no"),
    ],
}


@pytest.mark.parametrize("header", GUESSED)
def test_questions_are_guessed_from_names_and_marks_and_marked_to_be_checked(header: str, home: Path, tmp_path: Path) -> None:
    from nyckeltal.sources.load import describe

    table = header + "".join(f"2026-03-{1 + n % 28:02} 10:00:00,c{n},agent{n % 3},{n % 11},{1 + n % 5},{'yes' if n % 2 else 'no'}\n" for n in range(40))
    said = describe(put(tmp_path, table, "voice.csv"))
    assert (said.kind, said.complete) == ("survey_invitation", True)
    assert [(one["question"], one["measure"], one["scale"]) for one in said.mapping["survey"]] == GUESSED[header]
    assert {guess.confidence for guess in said.columns if guess.field == "survey"} == {"check"}
    assert "name it: contact_id" in said.mapping_toml()
    loaded(home, put(tmp_path, table, "voice.csv"), put(tmp_path, said.mapping_toml(), "voice.toml"))
    assert len(rows(home, "survey_response")) == 120


def test_numbers_that_are_no_marks_are_no_question(tmp_path: Path) -> None:
    from nyckeltal.sources.load import describe

    table = "Date,Call ID,Agent,NPS,CSAT,Tickets\n" + "".join(f"2026-03-01 10:00:00,c{n},a,{n % 11},{n * 7},{n % 5}\n" for n in range(40))
    assert [one["value"] for one in describe(put(tmp_path, table, "voice.csv")).mapping["survey"]] == ["NPS"]
