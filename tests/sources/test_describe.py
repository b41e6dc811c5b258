"""Describing a file proposes a mapping that can be loaded as it is, or says what is still needed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from nyckeltal.sources.describe import slug
from nyckeltal.sources.load import describe
from tables import loaded, put, rows

SWEDISH = (
    "Samtals-id;Samtal start;Kö;Kötid;Handläggare;Avslut;Efterarbete (s);Tid 2\n"
    "1;01.10.2026 08:00:14;Faktura;0:12;elli;Besvarad;43;1\n"
    "2;21.10.2026 08:00:51;Flytt;4:21;osda;Besvarad;61;2\n"
    "3;01.10.2026 08:01:07;Faktura;1:35;;Tappad;;3\n"
)
LANGUAGES = {
    "danish": "opkalds id;starttidspunkt;kø;ventetid;medarbejder;udfald\n"
    "1;02.03.2026 09:00:00;a;00:00:12;bo;besvaret\n2;22.03.2026 09:00:00;a;00:00:12;bo;tabt\n",
    "hungarian": "azonosító;kezdés;várakozási sor;várakozási idő;ügyintéző;kimenetel\n"
    "1;2026.03.02 09:00:00;a;12;bela;megválaszolt\n2;2026.03.22 09:00:00;a;1;bela;elhagyott\n",
    "finnish": "tunnus;alkuaika;jono;odotusaika;asiakaspalvelija;tulos\n1;2.3.2026 9:00:00;a;12;aino;vastattu\n2;22.3.2026 9:00:00;a;13;aino;menetetty\n",
}


def test_a_swedish_table_is_understood(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, SWEDISH, "samtal-okt.csv")
    described = describe(file)
    fields = {guess.name: (guess.field, guess.confidence) for guess in described.columns}
    assert fields["Samtal start"] == ("offered_at", "sure")
    assert fields["Kö"] == ("queue_id", "sure")
    assert fields["Kötid"] == ("wait_s", "sure")
    assert fields["Handläggare"] == ("agent_id", "sure")
    assert fields["Avslut"] == ("outcome", "sure")
    assert fields["Tid 2"][0] is None
    assert described.rows == 3
    assert described.complete
    assert described.preview[0]["wait_s"] == "12.0"


def test_the_proposed_mapping_is_loaded_as_it_is(home: Path, tmp_path: Path) -> None:
    for name, text in {"swedish": SWEDISH, **LANGUAGES}.items():
        file = put(tmp_path, text, f"{name}.csv")
        described = describe(file)
        assert described.complete, (name, described.needed)
        mapping = put(tmp_path, described.mapping_toml(), f"{name}.toml")
        report = loaded(home / name, file, mapping)
        assert report.refused_n == 0
        assert {row["outcome"] for row in rows(home / name).values()} == {"answered", "abandoned"}, name


def test_what_is_missing_is_said_and_the_mapping_is_still_toml(tmp_path: Path) -> None:
    described = describe(put(tmp_path, "id,how ended\n1,AGENT\n2,PHANTOM\n"))
    assert "offered_at" in described.needed
    assert "outcome: PHANTOM" in described.needed
    assert tomllib.loads(described.mapping_toml())["fact"]["kind"] == "contact"


def test_a_file_of_a_system_is_named(tmp_path: Path) -> None:
    described = describe(put(tmp_path, "1772407800|c1|q|NONE|CLOSED|\n", "queue_log"))
    assert described.system == "queue_log"
    assert "queue_log" in described.mapping_toml()


def test_a_day_and_a_clock_in_two_columns_are_put_together(tmp_path: Path) -> None:
    described = describe(put(tmp_path, "call id,date,call started,wait\n1,990201,7:02:47,3\n2,990202,10:12:00,4\n"))
    assert described.mapping["columns"]["offered_at"] == {"from": ["date", "call started"], "as": "%y%m%d %H:%M:%S"}


def test_a_table_of_the_organisation_is_known_by_its_own_names(tmp_path: Path) -> None:
    described = describe(put(tmp_path, "membership_id,agent_id,team_id,valid_from\nm1,anna,nord,2026-01-01\n"))
    assert (described.kind, described.complete) == ("team_membership", True)


def test_a_description_is_ready_for_json(tmp_path: Path) -> None:
    import json

    said = json.loads(json.dumps(describe(put(tmp_path, SWEDISH)).as_dict()))
    assert said["columns"][0]["name"] == "Samtals-id"
    assert said["complete"]


def test_one_bad_cell_among_many_does_not_hide_what_a_column_is(tmp_path: Path) -> None:
    rows = "".join(f"{n};{1 + n % 28:02}.10.2026 08:00:05;00:00:12\n" for n in range(100)).replace("08.10.2026", "08.13.2026", 1)
    file = tmp_path / "calls.csv"
    file.write_text("Id;Samtal start;Kötid\n" + rows, encoding="utf-8")
    assert 'offered_at = { from = "Samtal start", as = "%d.%m.%Y %H:%M:%S" }' in describe(file).mapping_toml()


def test_a_title_above_the_header_is_no_fault_of_ours(tmp_path: Path) -> None:
    rows = "".join(f"{n},2026-03-02 09:00:00,{1 + n % 5}\n" for n in range(120))
    file = tmp_path / "answers.csv"
    file.write_text("Answers of March,,\nId,Answered at,Satisfaction\n" + rows, encoding="utf-8")
    assert describe(file).columns


def test_a_day_that_could_be_a_month_is_settled_by_a_later_row(tmp_path: Path) -> None:
    rows = "".join(f"{n},{1 + n % 12:02}/{1 + n % 9:02}/2026 09:00:00,5\n" for n in range(1200)) + "1200,31/01/2026 09:00:00,5\n"
    said = describe(put(tmp_path, "Call id,Call started,Wait\n" + rows))
    assert said.mapping["columns"]["offered_at"]["as"] == "%d/%m/%Y %H:%M:%S"
    assert "day first or month first" not in said.mapping_toml()


def test_a_day_that_could_be_a_month_in_every_row_is_asked_about(tmp_path: Path) -> None:
    for mark in "/-":
        text = describe(put(tmp_path, f"Call id,Call started,Wait\n1,03{mark}04{mark}2026 09:00:00,5\n2,05{mark}04{mark}2026 09:00:00,5\n")).mapping_toml()
        assert "check: day first or month first? Both fit every row" in text


def test_a_header_without_rows_is_judged_by_its_names(tmp_path: Path) -> None:
    said = describe(put(tmp_path, "Call id,Call started,Queue,Wait,Talk time\n"))
    assert (said.rows, said.mapping["columns"]["offered_at"], said.mapping["columns"]["wait_s"]) == (0, "Call started", "Wait")
    assert "no row below it" in said.mapping_toml()


@pytest.mark.parametrize(
    ("name", "lasting"),
    [
        ("samtal_oktober.csv", "samtal"), ("calls-2026-10.csv.gz", "calls"), ("Växel v2 okt 2026.xlsx", "växel"), ("2026-10.csv", "2026-10"),
        ("puhelut_lokakuu.csv", "puhelut"),
    ],
)  # fmt: skip
def test_the_name_proposed_for_a_source_leaves_the_date_of_its_file_out(name: str, lasting: str) -> None:
    assert slug(Path(name)) == lasting


def test_a_swedish_number_of_the_caller_is_the_customer(tmp_path: Path) -> None:
    file = tmp_path / "samtal.csv"
    file.write_text("Samtal;Starttid;A-nummer;Utfall\n1;2026-10-01 08:00:00;0701;Besvarat\n2;2026-10-01 08:05:00;0702;Tappat\n")
    assert {guess.name: guess.field for guess in describe(file).columns}["A-nummer"] == "customer_key"


def test_a_length_of_time_is_read_in_the_unit_that_its_header_says(tmp_path: Path) -> None:
    header = "Samtals-ID;Inkom;Kund-ID;Svarstid (min);Taltid (minuter);Parkerad (h);Efterarbete (sek);Resultat"
    rows = "1;2026-03-23 09:09;K1;1,5;3,5;0,1;4;Besvarat\n2;2026-03-23 09:19;K2;0,5;2,5;0,1;2;Besvarat\n"
    columns = describe(put(tmp_path, f"{header}\n{rows}")).mapping["columns"]
    assert {name: columns[name] for name in ("offered_at", "customer_key", "acw_s")} == {
        "offered_at": "Inkom", "customer_key": "Kund-ID", "acw_s": "Efterarbete (sek)",
    }  # fmt: skip
    assert [columns[name]["as"] for name in ("wait_s", "talk_s", "hold_s")] == ["minutes", "minutes", "hours"]


def test_a_list_of_contacts_some_of_them_rated_is_no_list_of_answers(tmp_path: Path) -> None:
    header = "Ärende;Inkom;Kö;Svarstid (min);Handläggare;Nöjd (1-5)"
    rows = "M-1;2026-03-28 18:57;A;1,5;Åsa;5\nM-2;2026-03-29 18:57;B;2,5;Åsa;\nM-3;2026-03-30 18:57;B;2,5;Åsa;2\n"
    described = describe(put(tmp_path, f"{header}\n{rows}"))
    assert (described.kind, described.mapping["survey"][0]["value"]) == ("contact", "Nöjd (1-5)")
