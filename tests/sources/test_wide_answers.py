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
