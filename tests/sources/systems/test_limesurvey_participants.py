"""LimeSurvey's participants, asked over its remote control: whoever was invited counts, whatever becomes of the network meanwhile."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fake_limesurvey import Lime, participant
from fake_vendor import Repeating, serving
from nyckeltal import ask
from nyckeltal.errors import CannotFetch
from nyckeltal.sources.pull import run, sources
from nyckeltal.sources.pull.means import Means
from nyckeltal.sources.pull.status import Status
from nyckeltal.sources.pull.web import HttpWeb, Patience
from nyckeltal.sources.systems.limesurvey.pull import PULL
from tables import put, rows

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
GIVEN = {"survey": "482617", "user": "u", "password": "right", "from": "2026-03-01"}
SENT, DONE = "2026-03-02 08:00", "2026-03-03 09:00"


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lime]:
    monkeypatch.setattr("nyckeltal.sources.systems.limesurvey.pull.BLOCK", 2)
    with serving(Lime(participants=[participant(n, SENT) for n in range(1, 6)])) as vendor:
        assert isinstance(vendor, Lime)
        yield vendor


def web_of(vendor: Lime, tries: int = 5) -> HttpWeb:
    return HttpWeb([vendor.address], patience=Patience(tries=tries), sleep=lambda _: None)


def pulled(vendor: Lime, cursor: dict[str, str], web: Any = None, **given: str) -> list[Any]:
    return list(PULL.pages(web or web_of(vendor), GIVEN | given, cursor, NOON))


def told(pages: list[Any]) -> list[str]:
    return [row["tid"] for page in pages if page.kind == "participants" for row in page.document["participants"]]


def test_all_participants_are_asked_page_by_page_each_time_and_after_a_cut_from_where_it_was(served: Lime) -> None:
    pages = pulled(served, {})
    assert (told(pages), [page.cursor["participants"] for page in pages]) == (["1", "2", "3", "4", "5"], ["2", "4", "5"])
    assert told(pulled(served, dict(pages[1].cursor))) == ["5"]
    assert told(pulled(served, {**pages[-1].cursor, "caught_up": NOON.isoformat()})) == ["1", "2", "3", "4", "5"]


def test_responses_keep_their_place_beside_that_of_the_participants(served: Lime) -> None:
    served.responses = {n: {"submitdate": "2026-03-02 09:00:00", "NPS": "9"} for n in (1, 2, 3)}
    pages = pulled(served, {})
    assert [(page.kind, *page.cursor.values()) for page in pages] == [
        ("responses", "3", "3"),
        ("responses", "4", "4"),
        *(("participants", "4", "4", place) for place in ("2", "4", "5")),
    ]
    assert [page.kind for page in pulled(served, dict(pages[-2].cursor))] == ["participants"]
    again = pulled(served, {**pages[-1].cursor, "caught_up": NOON.isoformat()})
    assert [dict(page.cursor) for page in again] == [{"next": "4", "open": "4", "participants": place} for place in ("2", "4", "5")]


def test_a_response_that_was_begun_is_asked_again_also_after_a_catch_up_that_was_cut_short(served: Lime) -> None:
    sent: dict[str, str | None] = {"submitdate": "2026-03-09 09:00:00", "NPS": "9"}
    served.responses = {1: sent, 2: {"submitdate": None, "startdate": "2026-03-09 08:00:00"}, 3: sent, 4: sent}
    served.participants = None
    first, _ = pulled(served, {})
    [rest] = pulled(served, dict(first.cursor))
    assert rest.cursor == {"next": "5", "open": "2"}
    served.responses[2] = sent
    again = pulled(served, {**rest.cursor, "caught_up": NOON.isoformat()})
    assert [row["id"] for row in again[0].document["responses"]] == ["2", "3"]


def test_names_and_access_codes_are_not_kept_and_who_was_invited_before_the_first_day_is_left_out(served: Lime) -> None:
    served.participants = [participant(1, "2026-02-27 08:00"), participant(2, SENT, attribute_1="call-7"), participant(3, "N")]
    pages = pulled(served, {})
    said = json.dumps([page.document for page in pages])
    assert "call-7" in said
    assert not [word for word in ("Kim", "Holm", "secret") if word in said]
    assert told(pages) == ["2", "3"]


def test_a_session_that_ends_meanwhile_is_begun_anew_and_one_that_never_holds_is_told(served: Lime) -> None:
    served.sessions_of = 2
    assert told(pulled(served, {})) == ["1", "2", "3", "4", "5"]
    served.sessions_of = 0
    with pytest.raises(CannotFetch, match="answers: Invalid session key"):
        pulled(served, {})


@pytest.mark.parametrize("said", ["Error: No survey participants table", "No survey participants table", "Error: No token table", "No permission"])
def test_of_a_survey_without_a_list_that_may_be_read_the_responses_are_told(served: Lime, said: str) -> None:
    served.responses, served.wrong = {1: {"submitdate": "2026-03-02 09:00:00", "NPS": "9"}}, said
    assert [page.kind for page in pulled(served, {})] == ["responses"]


def test_a_list_that_may_be_read_no_longer_is_a_mistake_and_one_that_was_removed_with_its_survey_is_none(served: Lime) -> None:
    place = {**pulled(served, {})[-1].cursor, "caught_up": NOON.isoformat()}
    served.wrong = "Error: No survey participants table"
    assert pulled(served, place) == []
    for said in ("No permission", "Error: Invalid survey ID"):
        served.wrong = said
        with pytest.raises(CannotFetch, match=said.removeprefix("Error: ")):
            pulled(served, place)


@pytest.mark.parametrize("fault", ["429", "500", "truncated", "dropped", "half"])
def test_a_fault_at_any_request_loses_nobody(served: Lime, fault: str) -> None:
    served.responses = {1: {"submitdate": "2026-03-02 09:00:00", "NPS": "9"}}
    whole = [page.document for page in pulled(served, {})]
    asked = len(served.asked)
    for place in range(asked):
        served.faults = [""] * place + [fault]
        assert [page.document for page in pulled(served, {})] == whole


def test_a_page_that_is_given_once_more_hides_nobody(served: Lime) -> None:
    served.participants = [participant(n, SENT) for n in range(1, 10)]
    web = Repeating(web_of(served))
    assert told(pulled(served, {}, web)) == [str(n) for n in range(1, 10)]
    assert web.repeated > 0


def source_of(served: Lime, home: Path) -> sources.Feed:
    (home / "secrets").mkdir(parents=True)
    said = {"system": "limesurvey", "mapping": "voice.toml", "client": "one", "address": served.address, "survey": "482617", "user": "u"}
    put(home, "[source.voice]\nfrom = 2026-03-01\n" + "".join(f'{name} = "{value}"\n' for name, value in said.items()), "sources.toml")
    put(home, '[file]\nzone = "UTC"\n[[survey]]\nquestion = "recommend"\nmeasure = "nps"\nscale = "0_10"\nvalue = "NPS"\n', "voice.toml")
    put(home / "secrets", "right", "voice.password").chmod(0o600)
    return sources.read(home).feed("voice")


def caught_up(feed: sources.Feed, home: Path) -> Status:
    done = run.catch_up(feed, Means(home, wait=lambda _: None, now=lambda: NOON))
    assert done is not None
    return done


def outcomes(home: Path) -> Counter[str]:
    return Counter(row["outcome"] for key, row in rows(home, "survey_invitation").items() if "participant" in key)


def test_the_response_rate_follows_those_who_are_reminded_answer_and_opt_out(served: Lime, home: Path) -> None:
    feed = source_of(served, home)
    served.responses = {n: {"submitdate": "2026-02-20 09:00:00", "NPS": "9"} for n in (1, 2)}  # all of the first page came before the first day
    assert caught_up(feed, home).error is None
    assert (outcomes(home), rows(home, "survey_response")) == ({"unknown": 5}, {})
    assert served.participants is not None
    served.participants[0]["completed"], served.responses[3] = DONE, {"submitdate": DONE, "NPS": "10"}
    served.participants[1]["remindercount"], served.participants[2]["emailstatus"] = 2, "OptOut"
    assert caught_up(feed, home).error is None
    assert (outcomes(home), len(rows(home, "survey_response"))) == ({"unknown": 3, "complete": 1, "refusal": 1}, 1)
    assert rows(home, "survey_invitation")["482617|participant 2"]["attempts"] == 3
    [figure] = ask("survey_response_rate", start="2026-03-01", end="2026-03-31", floor=0, home=home).as_dicts()
    assert (figure["numerator"], figure["denominator"]) == (1, 5)


def test_of_an_anonymous_survey_it_is_known_who_answered_but_not_when(served: Lime, home: Path) -> None:
    feed = source_of(served, home)
    served.participants = [participant(1, SENT, "Y"), participant(2, SENT), participant(3, SENT, "Q")]
    served.responses = {1: {"submitdate": DONE, "NPS": "10"}}
    assert caught_up(feed, home).error is None
    assert outcomes(home) == {"complete": 1, "unknown": 1, "ineligible": 1}


def test_a_catch_up_that_breaks_off_goes_on_and_ends_as_an_undisturbed_one(served: Lime, home: Path, tmp_path: Path) -> None:
    feed = source_of(served, home)
    served.responses = {n: {"submitdate": "2026-03-02 09:00:00", "NPS": "9"} for n in range(1, 4)}
    served.faults = [""] * 5 + ["400"]
    assert caught_up(feed, home).error is not None
    assert 0 < len(rows(home, "survey_invitation")) < 8
    assert caught_up(feed, home).error is None
    calm = tmp_path / "calm"
    assert caught_up(source_of(served, calm), calm).error is None
    first, second = ({key: {**row, "load_id": None} for key, row in rows(where, "survey_invitation").items()} for where in (home, calm))
    assert {key: (row["outcome"], row["drawn_at"]) for key, row in first.items()} == {key: (row["outcome"], row["drawn_at"]) for key, row in second.items()}
    assert len(first) == 8


def test_one_who_is_taken_off_the_list_between_two_pages_hides_nobody_for_longer_than_till_the_next_time(served: Lime) -> None:
    assert served.participants is not None
    pages = PULL.pages(web_of(served), GIVEN, {}, NOON)
    first = next(pages)
    del served.participants[0]
    rest = list(pages)
    assert told([first, *rest]) == ["1", "2", "4", "5"]
    again = pulled(served, {**rest[-1].cursor, "caught_up": NOON.isoformat()})
    assert told(again) == ["2", "3", "4", "5"]
    assert all(int(before.cursor["participants"]) < int(after.cursor["participants"]) for before, after in pairwise(again))
