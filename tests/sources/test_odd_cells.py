"""Columns that are proposed for what their header and most of their cells say, and answers told from their question."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.sources.load import describe
from tables import aside, loaded, put, rows

CALLS = "opkalds id;Dato;Tidspunkt;kø;ventetid;medarbejder;udfald\n"
DANISH = CALLS + "".join(f"{n};{n % 28 + 1:02}.03.2026;{n % 9 + 8:02}.{n:02};Faktura;00:00:{n:02};bo;besvaret\n" for n in range(10, 50))
ABSENT = "Medarbetare;Frånvarotyp;Första dag;Sista dag\n"
AWAY = [f"anna{n};Sjuk;2026-03-{n:02};2026-03-{n + 1:02}" for n in range(10, 22)]
ASKED = {
    "en": ("How likely are you to recommend us to a friend?", "How satisfied are you with our service?", "How easy was it to get help?"),
    "sv": ("Hur troligt är det att du rekommenderar oss", "Hur nöjd är du med vår kundservice?", "Hur lätt var det att få hjälp?"),
    "da": ("Hvor sandsynligt er det, at du vil anbefale os til andre?", "Hvor tilfreds er du med vores service?", "Hvor nemt var det at få hjælp?"),
    "hu": ("Mennyire valószínű, hogy ajánlana minket?", "Mennyire elégedett az ügyfélszolgálattal?", "Mennyire volt könnyű megoldani az ügyét?"),
    "fi": ("Kuinka todennäköisesti suosittelisit meitä?", "Kuinka tyytyväinen olet palveluumme?", "Kuinka helppoa oli saada apua?"),
}


@pytest.mark.parametrize("odd", ["?", "okänd"])
def test_an_odd_cell_leaves_the_dates_of_an_absence_in_the_proposal_and_its_row_is_refused(home: Path, tmp_path: Path, odd: str) -> None:
    file = put(tmp_path, ABSENT + "\n".join([*AWAY, f"bo;Sjuk;{odd};2026-03-30"]) + "\n", "franvaro.csv")
    described = describe(file)
    assert (described.kind, described.needed) == ("absence", ())
    assert {guess.name: guess.confidence for guess in described.columns if guess.name == "Första dag"} == {"Första dag": "check"}
    report = loaded(home, file, put(tmp_path, described.mapping_toml(), "franvaro.toml"))
    assert (len(rows(home, "absence")), report.refused_n) == (12, 1)
    assert [(row["line"], odd in row["reason"]) for row in aside(home)] == [(14, True)]


def test_an_odd_cell_leaves_clock_times_in_the_proposal(tmp_path: Path) -> None:
    table = "samtals id,datum,tid,kötid\n" + "".join(f"{n},2026-03-02,08:{n}:00,{n}\n" for n in range(10, 20)) + "20,2026-03-02,?,okänd\n"
    described = describe(put(tmp_path, table))
    assert described.mapping["columns"]["offered_at"] == {"from": ["datum", "tid"], "as": "%Y-%m-%d %H:%M:%S"}
    assert described.mapping["columns"]["wait_s"] == "kötid"


def test_a_column_of_words_is_no_time_though_some_of_them_are(tmp_path: Path) -> None:
    table = "Samtals-id,Samtal start,Kommentar\n" + "".join(f"{n},2026-03-02 09:{n}:00,{'2026-03-02' if n % 3 else 'ring upp'}\n" for n in range(10, 40))
    described = describe(put(tmp_path, table))
    assert {guess.name: guess.shape.kind for guess in described.columns}["Kommentar"] == "text"


def test_a_danish_day_and_a_clock_time_with_a_point_are_put_together(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, DANISH, "opkald.csv")
    described = describe(file)
    assert described.mapping["columns"]["offered_at"] == {"from": ["Dato", "Tidspunkt"], "as": "%d.%m.%Y %H.%M"}
    said = described.mapping | {"file": {**described.mapping["file"], "zone": "Europe/Copenhagen"}}
    assert loaded(home, file, said).refused_n == 0
    assert rows(home)["10"]["offered_at"].isoformat() == "2026-03-11T08:10:00+00:00"


@pytest.mark.parametrize("language", ASKED)
@pytest.mark.parametrize(("at", "measure", "scale", "most"), [(0, "nps", "0_10", 11), (1, "csat", "1_5", 5), (2, "ces", "1_5", 5)])
def test_a_question_in_words_is_an_answer_to_a_survey(tmp_path: Path, language: str, at: int, measure: str, scale: str, most: int) -> None:
    table = f'Datum;"{ASKED[language][at]}";Kommentar\n' + "".join(f"2026-03-{n:02};{n % most + (most < 11)};bra\n" for n in range(1, 29))
    described = describe(put(tmp_path, table, "svar.csv"))
    assert (described.kind, described.needed) == ("survey_invitation", ())
    assert [(one["measure"], one["scale"], one["text"]) for one in described.mapping["survey"]] == [(measure, scale, "Kommentar")]


def test_a_column_of_nps_is_asked_on_its_scale_and_counts(home: Path, tmp_path: Path) -> None:
    for name, head in {"alone": "Id,Date,NPS", "rated": "Id,Start time,NPS score"}.items():
        wait = ",Wait time" if name == "rated" else ""
        file = put(tmp_path, f"{head}{wait}\n" + "".join(f"{n},2026-03-02 10:{n}:00,{n % 8 + 3}{',5' if wait else ''}\n" for n in range(10, 50)), f"{name}.csv")
        described = describe(file)
        assert described.kind == ("contact" if wait else "survey_invitation")
        loaded(home / name, file, put(tmp_path, described.mapping_toml(), f"{name}.toml"))
        assert {row["measure"] for row in rows(home / name, "survey_response").values()} == {"nps"}
        assert {row["scale"] for row in rows(home / name, "survey_response").values()} == {"0_10"}


def test_where_a_table_is_said_to_be_answers_its_header_tells_the_question(tmp_path: Path) -> None:
    file = put(tmp_path, "Date,NPS\n" + "".join(f"2026-03-{n:02},{n % 8 + 3}\n" for n in range(1, 29)), "answers.csv")
    told = describe(file, fact="survey_response").mapping["columns"]
    assert (told["question_id"], told["scale"]) == ({"is": "nps"}, {"is": "0_10"})
