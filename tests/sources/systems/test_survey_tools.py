"""LimeSurvey and Formbricks: told once what their questions measure; their quirks; asked over the network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_limesurvey import Lime
from fake_vendor import FakeVendor, serving
from nyckeltal import ask
from nyckeltal.errors import BadMapping, CannotFetch, CannotRead
from nyckeltal.sources.find import by_itself, systems
from nyckeltal.sources.load import describe, load
from nyckeltal.sources.pull.web import HttpWeb, Patience
from nyckeltal.sources.systems.formbricks.pull import PULL as FORMBRICKS
from nyckeltal.sources.systems.limesurvey.pull import PULL as LIMESURVEY
from tables import aside, put, rows

SAMPLES = Path(load.__code__.co_filename).parent / "systems"
LIME = SAMPLES / "limesurvey" / "samples" / "results-survey482615.csv"
NPS = {"question": "recommend", "measure": "nps", "scale": "0_10", "value": "NPS"}
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def lime(responses: int, *, header: str = '"id";"submitdate";"lastpage";"startlanguage";"seed";"NPS"', sent: str = "2026-03-02 09:00:00") -> str:
    return header + "\n" + "".join(f'"{n}";"{sent}";"1";"en";"7";"{n % 11}"\n' for n in range(1, responses + 1))


def test_what_nobody_has_said_is_asked_and_never_guessed(home: Path) -> None:
    with pytest.raises(BadMapping, match="nobody has said yet what the questions") as wrong:
        load(LIME, home=home)
    assert any("NPS" in str(issue) and "only you know" in str(issue) for issue in wrong.value.issues)
    assert not (home / "lake" / "survey_response").exists()


def test_the_proposal_is_read_by_the_system_and_as_a_table_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = describe(LIME)
    assert (said.system, said.read_by, said.kind) == (None, "limesurvey", "survey_invitation")
    assert {one["question"]: one["measure"] for one in said.mapping["survey"]} == {"nps": "nps", "csat_sq001": "csat", "solved": "resolved"}
    mapping = put(tmp_path, said.mapping_toml(), "m.toml")
    answers = []
    for name, system in (("a", "limesurvey"), ("b", None)):
        monkeypatch.setenv("NYCKELTAL_HOME", str(tmp_path / name))
        load(LIME, system=system, mapping=mapping, client="one", home=tmp_path / name)
        answers.append({key: (row["value"], row["answered_at"], row["invitation_id"]) for key, row in rows(tmp_path / name, "survey_response").items()})
    assert answers[0] == answers[1] != {}


def test_on_the_page_a_table_of_answers_is_said_column_by_column_and_a_document_is_its_systems() -> None:
    found = {
        path.name: by_itself(path) for path in sorted((SAMPLES / "limesurvey" / "samples").glob("*")) if "expected" not in path.name and "toml" not in path.name
    }
    assert {name: source.name if source else None for name, source in found.items()} == {
        "participants-0001.json": "limesurvey",
        "responses-0001.json": "limesurvey",
        "results-survey482615.csv": None,
        "tokens_482615.csv": "limesurvey",
        "vvexport_482616.csv": "limesurvey",
    }


@pytest.mark.parametrize("header", [
    '"Response ID";"Date submitted";"Last page";"Start language";"Seed";"NPS"',
    '"id. Response ID";"submitdate. Date submitted";"lastpage. Last page";"startlanguage. Start language";"seed. Seed";"NPS"',
    '"Antwort-ID";"Datum Abgeschickt";"Letzte Seite";"Start-Sprache";"Zufallsstartwert";"NPS"',
])  # fmt: skip
def test_headings_may_be_codes_or_names(header: str, home: Path, tmp_path: Path) -> None:
    report = load(put(tmp_path, lime(3, header=header), "results-survey123456.csv"), system="limesurvey", mapping={"survey": [NPS]}, client="one", home=home)
    assert (report.refused_n, sorted(rows(home, "survey_response"))) == (0, [f"123456|{n}#recommend" for n in (1, 2, 3)])


def test_a_survey_that_keeps_no_dates_is_refused_and_not_put_into_1980(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, lime(3, sent="1980-01-01 00:00:00"), "results-survey123456.csv")
    with pytest.raises(CannotRead, match="not set to keep dates"):
        load(file, mapping={"survey": [NPS]}, system="limesurvey", home=home)


def test_two_surveys_of_one_source_never_overwrite_each_other(home: Path, tmp_path: Path) -> None:
    for number in ("111111", "222222"):
        load(
            put(tmp_path, lime(3, sent=f"2026-03-02 09:00:{number[:2]}"), f"results-survey{number}.csv"),
            system="limesurvey",
            mapping={"survey": [NPS]},
            client="one",
            home=home,
        )
    assert len(rows(home, "survey_response")) == 6
    with pytest.raises(CannotRead, match="of which survey"):
        load(put(tmp_path, lime(3), "answers.csv"), system="limesurvey", mapping={"survey": [NPS]}, client="one", home=home)
    told = {"survey": [{**NPS, "survey_id": "333333"}]}
    load(put(tmp_path, lime(3), "answers.csv"), system="limesurvey", mapping=told, client="one", home=home)
    assert len(rows(home, "survey_response")) == 9


def test_yes_and_no_written_as_1_and_2_are_no_answer_before_somebody_says_which_is_which(home: Path, tmp_path: Path) -> None:
    table = '"id";"submitdate";"lastpage";"S"\n"1";"2026-03-02 09:00:00";"1";"1"\n"2";"2026-03-02 09:00:00";"1";"2"\n'
    solved: dict[str, Any] = {"question": "solved", "measure": "resolved", "scale": "yes_no", "value": "S"}
    file = put(tmp_path, table, "results-survey123456.csv")
    with pytest.raises(CannotRead, match="neither yes nor no"):
        load(file, system="limesurvey", mapping={"survey": [solved]}, home=home)
    load(file, system="limesurvey", mapping={"survey": [solved | {"value": {"from": "S", "values": {"1": True, "2": False}}}]}, home=home)
    assert [row["value"] for row in rows(home, "survey_response").values()] == [1.0, 0.0]


def test_a_question_that_was_told_and_is_not_there_is_named(home: Path) -> None:
    with pytest.raises(BadMapping, match=r"no column “NSP”.*Did you mean “NPS”"):
        load(LIME, system="limesurvey", mapping={"survey": [{**NPS, "value": "NSP"}]}, home=home)


@pytest.fixture(scope="module")
def served() -> Iterator[Lime]:
    with serving(Lime()) as vendor:
        assert isinstance(vendor, Lime)
        yield vendor


def pulled(vendor: FakeVendor, pull: Any, given: Mapping[str, str], cursor: Mapping[str, str]) -> list[Any]:
    web = HttpWeb([vendor.address], patience=Patience(), sleep=lambda _: None)
    return list(pull.pages(web, given, cursor, NOON))


def test_limesurvey_is_asked_in_blocks_and_what_was_begun_is_asked_again(served: Lime) -> None:
    def row(sent: str | None) -> dict[str, str | None]:
        return {"submitdate": sent, "startdate": "2026-03-09 10:00:00", "NPS": "9"}

    served.responses = {1: row("2026-03-01 10:00:00"), 2: row(None), 3: row("2026-03-09 10:00:00"), 1400: row("2026-03-10 10:00:00")}
    given = {"survey": "1", "user": "u", "password": "right", "from": "2026-03-05"}
    pages = pulled(served, LIMESURVEY, given, {})
    assert [[response["id"] for response in page.document["responses"]] for page in pages] == [["2", "3"], ["1400"]]
    assert [dict(page.cursor) for page in pages] == [{"next": "4", "open": "2"}, {"next": "1401", "open": "2"}]
    served.responses[2] = row("2026-03-10 11:00:00")
    again = pulled(served, LIMESURVEY, given, {**pages[-1].cursor, "caught_up": "2026-03-10T12:00:00Z"})
    assert [response["id"] for response in again[0].document["responses"]] == ["2", "3"]
    cut = pulled(served, LIMESURVEY, given, pages[0].cursor)
    assert [[response["id"] for response in page.document["responses"]] for page in cut] == [["1400"]]


def test_limesurvey_says_what_is_wrong_and_an_empty_survey_is_nothing_wrong(served: Lime) -> None:
    served.responses = {}
    assert pulled(served, LIMESURVEY, {"survey": "1", "user": "u", "password": "right"}, {}) == []
    with pytest.raises(CannotFetch, match="Invalid user name or password"):
        pulled(served, LIMESURVEY, {"survey": "1", "user": "u", "password": "wrong"}, {})


class Bricks(FakeVendor):
    """Responses sorted and cut as documented."""

    made: list[str]

    def answer(self, path: str) -> dict[str, Any]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        assert (asked["sortBy"], asked["order"]) == ("createdAt", "asc")
        found = [{"id": f"r{n}", "createdAt": at} for n, at in enumerate(self.made) if asked["startDate"] <= at <= asked["endDate"]]
        return {"data": found[int(asked["skip"]) :][: int(asked["limit"])]}


def test_formbricks_goes_on_from_the_last_response_and_not_by_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.systems.formbricks.pull.MOST", 2)
    with serving(Bricks()) as vendor:
        assert isinstance(vendor, Bricks)
        vendor.made = [f"2026-03-0{day}T10:00:00.000Z" for day in (1, 2, 2, 2, 3)]
        pages = pulled(vendor, FORMBRICKS, {"key": "k", "from": "2026-01-01"}, {})
        assert {one["id"] for page in pages for one in page.document["data"]} == {"r0", "r1", "r2", "r3", "r4"}
        assert pages[-1].cursor == {"created": "2026-03-03T10:00:00.000Z"}
        again = pulled(vendor, FORMBRICKS, {"key": "k"}, {**pages[-1].cursor, "caught_up": "x"})
    assert {one["id"] for page in again for one in page.document["data"]} == {"r0", "r1", "r2", "r3", "r4"}


def test_both_can_be_asked() -> None:
    assert {name for name in ("limesurvey", "formbricks") if getattr(systems()[name], "pull", None)} == {"limesurvey", "formbricks"}


def test_a_survey_is_kept_in_step_by_the_mapping_that_says_what_its_questions_measure(served: Lime, home: Path) -> None:
    from nyckeltal.sources.pull import run, sources
    from nyckeltal.sources.pull.means import Means

    (home / "secrets").mkdir(parents=True)
    said = {"system": "limesurvey", "mapping": "voice.toml", "client": "one", "address": served.address, "survey": "1", "user": "u"}
    put(home, "[source.voice]\nfrom = 2026-03-01\n" + "".join(f'{name} = "{value}"\n' for name, value in said.items()), "sources.toml")
    put(home, '[[survey]]\nquestion = "recommend"\nmeasure = "nps"\nscale = "0_10"\nvalue = "NPS"\n', "voice.toml")
    put(home / "secrets", "right", "voice.password").chmod(0o600)
    feed = sources.read(home).feed("voice")
    served.responses = {1: {"submitdate": "2026-03-02 09:00:00", "NPS": "9"}, 2: {"submitdate": None, "NPS": "3"}}
    for count, sent in ((1, "2026-03-09 10:00:00"), (2, None)):
        done = run.catch_up(feed, Means(home, wait=lambda _: None, now=lambda: NOON))
        assert done is not None
        assert done.error is None
        assert len(rows(home, "survey_response")) == count
        served.responses[2] = {"submitdate": sent, "NPS": "10"}


TOKENS = SAMPLES / "limesurvey" / "samples" / "tokens_482615.csv"


def test_participants_give_the_response_rate_that_answers_alone_cannot(home: Path) -> None:
    told = {"columns": {"contact_id": {"from": "Q00", "source": "switch"}}, "survey": [NPS]}  # participants have no such column
    report = load([LIME, TOKENS], system="limesurvey", mapping=told, client="one", home=home)
    assert report.facts["survey_invitation"].left_out == {"participant whom the survey has not invited": 1, "response that was never sent in": 1}
    outcomes = Counter(row["outcome"] for row in rows(home, "survey_invitation").values())
    assert outcomes == {"complete": 1, "unknown": 1, "refusal": 1, "non_contact": 1, "ineligible": 1, None: 3}
    [figure] = ask("survey_response_rate", start="2026-03-01", end="2026-03-31", floor=0, home=home).as_dicts()
    assert (figure["numerator"], figure["denominator"]) == (1, 4)


def test_a_participant_who_answers_later_is_told_again_and_counts_once(home: Path, tmp_path: Path) -> None:
    load(TOKENS, client="one", home=home)
    later = TOKENS.read_text(encoding="utf-8").replace('"2","N","1","call-7712"', '"2","Y","0","call-7712"')
    report = load(put(tmp_path, later, "tokens_482615.csv"), client="one", home=home)
    assert (report.facts["survey_invitation"].changed, report.facts["survey_invitation"].unchanged) == (1, 4)
    assert rows(home, "survey_invitation")["482615|participant 2"]["outcome"] == "complete"


def test_of_a_list_of_participants_the_survey_is_asked_for_and_names_are_not_kept(home: Path, tmp_path: Path) -> None:
    text = TOKENS.read_text(encoding="utf-8")
    with pytest.raises(CannotRead, match="of which survey"):
        load(put(tmp_path, text, "people.csv"), system="limesurvey", client="one", home=home)
    many = text + "".join(f'"{n}","Kim","Holm","kim@example.com","OK","t{n}","sv","","","2026-03-02 09:05","N","0","N","1",""\n' for n in range(10, 60))
    undated = many.replace('"2026-03-02 09:40"', '"Y"')
    report = load(put(tmp_path, undated, "tokens_482615.csv"), client="one", home=home)
    assert report.refused_n == 1
    [row] = aside(home)
    assert (row["field"], "Maja" in row["original"]) == ("drawn_at", False)


def test_a_list_of_participants_is_described_as_invitations_without_questions() -> None:
    said = describe(TOKENS)
    assert (said.read_by, said.kind, said.mapping["survey"]) == ("limesurvey", "survey_invitation", [])
