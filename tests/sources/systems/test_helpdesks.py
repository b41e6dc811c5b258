"""Zammad, Chatwoot and FreeScout: their quirks, and how they are asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_vendor import FakeVendor, Repeating, serving
from nyckeltal.errors import CannotRead
from nyckeltal.sources.load import load
from nyckeltal.sources.pull.vendor import Page
from nyckeltal.sources.pull.web import HttpWeb, Patience
from nyckeltal.sources.systems.chatwoot.pull import PULL as CHATWOOT
from nyckeltal.sources.systems.chatwoot.pull import _Ratings
from nyckeltal.sources.systems.freescout.pull import PULL as FREESCOUT
from nyckeltal.sources.systems.zammad.pull import PULL as ZAMMAD
from tables import aside, put, rows

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SYSTEMS = Path(load.__code__.co_filename).parent / "systems"


def told(home: Path, folder: Path, system: str, document: Any, **options: Any) -> Any:
    return load(put(folder, json.dumps(document), "page.json"), system=system, client="one", home=home, **options)


def sample(system: str, name: str) -> Any:
    return json.loads((SYSTEMS / system / "samples" / name).read_text(encoding="utf-8"))


def pulled(vendor: FakeVendor, pull: Any, given: Mapping[str, str], cursor: Mapping[str, str] | None = None) -> list[Page]:
    web = HttpWeb([vendor.address], patience=Patience(), sleep=lambda _: None)
    return list(pull.pages(web, {"from": "2026-01-01", **given}, cursor or {}, NOON))


def listed(pages: list[Page], *names: str) -> list[Any]:
    found = []
    for page in pages:
        document: Any = page.document
        for name in names:
            document = document[name]
        found += [one["id"] for one in document]
    return found


def asked_for(path: str) -> tuple[str, dict[str, str]]:
    split = urlsplit(path)
    return split.path, {name: values[0] for name, values in parse_qs(split.query).items()}


# ── Zammad ──


def test_zammads_own_states_wait_until_somebody_says_what_they_mean(home: Path, tmp_path: Path) -> None:
    document = sample("zammad", "tickets-0001.json")
    document["tickets"][1]["state"] = "waiting for parts"
    told(home, tmp_path, "zammad", document)
    assert "Nobody has said what “waiting for parts” means" in aside(home)[0]["reason"]
    told(home, tmp_path, "zammad", document, mapping={"states": {"waiting for parts": "hold"}})
    assert rows(home, "case")["42"]["status"] == "hold"


def test_a_zammad_ticket_told_in_numbers_only_is_not_guessed(home: Path, tmp_path: Path) -> None:
    bare = {"id": 1, "state_id": 2, "owner_id": 1, "article_count": 1, "created_at": "2026-03-02T08:00:00Z"}
    with pytest.raises(CannotRead, match="expand=true"):
        told(home, tmp_path, "zammad", [bare])


def test_a_zammad_ticket_whose_messages_are_closed_to_us_is_set_aside(home: Path, tmp_path: Path) -> None:
    told(home, tmp_path, "zammad", {**sample("zammad", "tickets-0001.json"), "closed_to_us": [{"id": 77}]})
    assert [(row["source_id"], row["field"]) for row in aside(home)] == [("77", "articles")]


def test_what_a_customer_wrote_is_not_kept_where_a_record_is_set_aside(home: Path, tmp_path: Path) -> None:
    document = sample("zammad", "tickets-0001.json")
    document["articles"][0] |= {"sender": "Robot", "body": "my secret", "from": "kim@example.com"}
    told(home, tmp_path, "zammad", document)
    [row] = aside(home)
    assert (row["field"], json.loads(row["original"])["id"]) == ("sender", 401)
    assert "secret" not in str(row)
    assert "kim@" not in str(row)


class Zammad(FakeVendor):
    """The search gives at most the first ten thousand (here six), sorted; one ticket is out of sight when its articles are asked for."""

    tickets: list[dict[str, Any]]

    def answer(self, path: str) -> Any:
        where, asked = asked_for(path)
        if where.endswith("/search"):
            begin = str(re.findall(r'"(.*?)"', asked["query"])[0])
            assert (asked["sort_by"], asked["order_by"], asked["expand"]) == ("updated_at", "asc", "true")
            found = sorted((one for one in self.tickets if one["updated_at"] >= begin), key=lambda one: (str(one["updated_at"]), int(one["id"])))[:6]
            return found[int(asked["limit"]) * (int(asked["page"]) - 1) :][: int(asked["limit"])]
        number = int(where.split("/")[-1])
        if where.startswith("/api/v1/ticket_articles"):
            return [{"id": number * 10, "ticket_id": number}]
        return {"history": [{"id": number, "object": "Ticket", "o_id": number}, {"id": 0, "object": "Ticket::Article", "o_id": 1}], "assets": {}}


def test_zammad_gives_more_than_its_search_can_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.systems.zammad.pull.MOST", 3)
    with serving(Zammad()) as vendor:
        assert isinstance(vendor, Zammad)
        vendor.tickets = [{"id": n, "updated_at": f"2026-03-02T08:{n:02}:00.000Z"} for n in range(1, 15)]
        pages = pulled(vendor, ZAMMAD, {"token": "t"})
        assert set(listed(pages, "tickets")) == set(range(1, 15))
        assert pages[-1].cursor == {"updated": "2026-03-02T08:14:00.000Z"}
        assert {one["o_id"] for page in pages for one in page.document["history"]} == set(range(1, 15))  # type: ignore[index]  # a document is an object here
        again = pulled(vendor, ZAMMAD, {"token": "t"}, pages[-1].cursor)
        assert 1 in listed(again, "tickets")
        vendor.faults += ["", "404"]
        first = pulled(vendor, ZAMMAD, {"token": "t"})[:1]
        assert 1 not in listed(first, "tickets")
        assert listed(first, "closed_to_us") == [1]
        assert vendor.tokens[0] == "Token token=t"


# ── Chatwoot ──


def test_a_mark_that_chatwoot_does_not_have_is_set_aside(home: Path, tmp_path: Path) -> None:
    document = sample("chatwoot", "conversations-0001.json")
    document["messages"][7]["content_attributes"]["submitted_values"]["csat_survey_response"]["rating"] = 9
    told(home, tmp_path, "chatwoot", document)
    assert "not on the scale from 1 to 5" in aside(home)[0]["reason"]
    assert rows(home, "survey_response") == {}


def test_chatwoots_list_of_ratings_and_its_messages_tell_one_answer(home: Path, tmp_path: Path) -> None:
    document = sample("chatwoot", "conversations-0001.json")
    rating = {"id": 3, "conversation_id": 77, "message_id": 5008, "rating": 2, "feedback_message": "no", "assigned_agent": {"id": 8}, "created_at": 1772439900}
    told(home, tmp_path, "chatwoot", {**document, "ratings": [rating]})
    [answer] = rows(home, "survey_response").values()
    assert (answer["value"], answer["agent_id"], answer["answered_at"].isoformat()) == (2, "8", "2026-03-02T08:25:00+00:00")


def test_a_customer_s_automatic_reply_to_chatwoot_begins_no_contact(home: Path, tmp_path: Path) -> None:
    document = sample("chatwoot", "conversations-0001.json")
    number = document["conversations"][0]["id"]
    last = max(one["created_at"] for one in document["messages"] if one["conversation_id"] == number)
    same = {"conversation_id": number, "message_type": 0, "private": False, "content_type": "incoming_email"}
    answers = [{"id": 9000 + at, **same, "created_at": last + 3600 * (1 + at), "message_type": kind} for at, kind in enumerate((1, 0, 0))]
    answers[0]["sender"] = {"id": 5, "type": "user"}
    answers[1]["content_attributes"] = {"email": {"auto_reply": True}}
    answers[2]["content_attributes"] = {"email": {"auto_reply": False}}
    document["conversations"][0]["meta"]["channel"] = "Channel::Email"
    told(home, tmp_path, "chatwoot", {**document, "messages": [*document["messages"], *answers]})
    begun = {key for key in rows(home) if key.startswith(f"{number}/900")}
    assert begun == {f"{number}/9002"}


def test_chatwoots_way_that_nobody_knows_counts_as_case_alone(home: Path, tmp_path: Path) -> None:
    document = sample("chatwoot", "conversations-0001.json")
    document["conversations"][0]["meta"]["channel"] = "Channel::Pigeon"
    told(home, tmp_path, "chatwoot", document)
    assert rows(home, "case")["77"]["came_by"] == "pigeon"
    assert "77" not in rows(home)
    told(home, tmp_path, "chatwoot", document, mapping={"channels": {"pigeon": "message"}})
    assert rows(home)["77"]["channel"] == "message"


class Chat(FakeVendor):
    """Newest first; while one reads, something happens in a conversation that was not seen yet, and all others move down."""

    conversations: dict[int, int]
    moves: bool = False
    rated: tuple[int, ...] = ()

    def answer(self, path: str) -> Any:
        where, asked = asked_for(path)
        if where.endswith("/filter"):
            found = sorted(self.conversations, key=lambda number: -self.conversations[number])
            page = found[2 * (int(asked["page"]) - 1) :][:2]
            if self.moves and asked["page"] == "1":
                self.conversations[min(self.conversations)] = 1772500000
            return {"payload": [{"id": number, "last_activity_at": self.conversations[number]} for number in page]}
        if where.endswith("/inboxes"):
            return {"payload": [{"id": 1, "name": "Web"}]}
        if where.endswith("/messages"):
            before = int(asked.get("before", "100"))
            return {"payload": [{"id": n} for n in range(max(1, before - 3), before)]}
        if where.endswith("/csat_survey_responses"):
            assert 0 <= int(asked["since"]) < int(asked["until"])
            return [{"id": n, "conversation_id": n, "rating": 4} for n in self.rated[2 * (int(asked["page"]) - 1) :][:2]]
        number = where.rsplit("/", 1)[-1]
        return {"id": int(number), "last_activity_at": 1772000000} if number.isdigit() else []


def test_chatwoot_is_read_whole_though_conversations_move_up_and_messages_come_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in (("LISTED", 2), ("MESSAGES", 3), ("TOGETHER", 2)):
        monkeypatch.setattr(f"nyckeltal.sources.systems.chatwoot.pull.{name}", size)
    with serving(Chat()) as vendor:
        assert isinstance(vendor, Chat)
        vendor.conversations, vendor.moves = {n: 1772440000 + n for n in range(1, 6)}, True
        pages = pulled(vendor, CHATWOOT, {"token": "t", "account": "1"})
    assert set(listed(pages, "conversations")) >= {2, 3, 4, 5}
    assert listed(pages, "messages")[:99] == list(range(1, 100))
    activities = [int(page.cursor["activity"]) for page in pages]
    assert activities == sorted(activities)


def test_a_rating_given_long_after_the_last_word_brings_its_conversation_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.systems.chatwoot.pull.LISTED", 2)
    with serving(Chat()) as vendor:
        assert isinstance(vendor, Chat)
        vendor.conversations, vendor.rated = {1: 1772440001}, (1, 77, 78)
        pages = pulled(vendor, CHATWOOT, {"token": "t", "account": "1"}, {"activity": "1772440000"})
    assert listed(pages, "conversations") == [77, 78, 1]
    assert listed(pages, "ratings") == [1, 77, 78]
    assert pages[-1].cursor == {"activity": "1772440001", "rated": str(int(NOON.timestamp()))}


class Rated:
    """What answers for an account with ratings on these days of March, each to a form of its own."""

    def __init__(self, *days: int) -> None:
        self.days, self.asked = days, list[tuple[int, int]]()

    def get(self, path: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        assert path == "account/csat_survey_responses"
        self.asked.append((params["since"] // 86400, params["until"] // 86400))
        return [{"id": day, "message_id": day, "conversation_id": 1} for day in self.days if params["since"] <= day * 86400 <= params["until"]]


def form(number: int, day: int, answered: bool = True) -> dict[str, Any]:
    words = {"submitted_values": {"csat_survey_response": {"rating": 4}}} if answered else {}
    return {"id": number, "content_type": "input_csat", "content_attributes": words, "created_at": day * 86400}


def test_ratings_of_long_ago_are_asked_for_once_and_about_their_time_alone() -> None:
    account: Any = Rated(110, 205, 900)
    ratings = _Ratings(account, "account", 1000 * 86400)
    ratings.ask(990 * 86400, 1000 * 86400)
    forms = [form(205, 200), form(110, 100), form(111, 110, answered=False), form(900, 895)]
    assert [one["id"] for one in ratings.of([{"id": 1}], forms)] == [110, 205, 900]
    assert account.asked == [(990, 1000), (100, 115), (200, 215), (895, 910)]
    assert ratings.of([{"id": 2}], [*forms, form(301, 201)]) == [], "of other conversations"
    assert account.asked[4:] == [(201, 216), (201, 1000)], "where a form stood in the chat, it may have been answered at any time"
    ratings.of([{"id": 1}], [*forms, form(302, 202)])
    assert account.asked[6:] == []


# ── FreeScout ──


def test_a_freescout_answer_that_closes_is_a_change_though_no_line_says_so(home: Path, tmp_path: Path) -> None:
    document = sample("freescout", "conversations-0001.json")
    parts = document["_embedded"]["conversations"][0]["_embedded"]
    parts["threads"] = [one for one in parts["threads"] if one["id"] != 205]
    next(one for one in parts["threads"] if one["id"] == 204)["status"] = "closed"
    told(home, tmp_path, "freescout", document)
    assert rows(home, "case")["11"]["open_s"] == 3.5 * 3600


def test_a_freescout_clock_that_runs_and_an_unknown_kind_of_thread_are_said(home: Path, tmp_path: Path) -> None:
    document = sample("freescout", "conversations-0001.json")
    parts = document["_embedded"]["conversations"][0]["_embedded"]
    parts["timelogs"][0]["finished"] = False
    parts["threads"][2]["type"] = "telepathy"
    report = told(home, tmp_path, "freescout", document)
    assert report.refused_n == 1
    assert "time log that still runs" in str(report.as_dict())
    assert [row["talk_s"] for row in rows(home, "segment").values()] == [None, None]


class Scout(FakeVendor):
    """Pages in HAL; beyond the last one it gives the last one again."""

    conversations: list[dict[str, Any]]

    def answer(self, path: str) -> Any:
        where, asked = asked_for(path)
        if where.endswith("/mailboxes"):
            boxes = [{"id": 15 + at, "name": "Help", "email": "help@example.org"} for at in range(2)]  # a full page
            return {"_embedded": {"mailboxes": boxes}, "page": {"number": 1}}  # the last page again instead of an empty one
        found = sorted((one for one in self.conversations if one["updatedAt"] >= asked["updatedSince"]), key=lambda one: str(one["updatedAt"]))
        size = int(asked["pageSize"])
        last = max(1, -(-len(found) // size))
        page = min(int(asked["page"]), last)
        return {"_embedded": {"conversations": found[size * (page - 1) :][:size]}, "page": {"size": size, "totalPages": last, "number": page}}


def test_freescout_is_asked_until_nothing_new_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.systems.freescout.pull.MOST", 2)
    with serving(Scout()) as vendor:
        assert isinstance(vendor, Scout)
        vendor.conversations = [{"id": n, "updatedAt": "2026-03-02T08:00:00Z" if n < 5 else f"2026-03-02T08:{n:02}:00Z"} for n in range(1, 9)]
        pages = pulled(vendor, FREESCOUT, {"key": "k"})
    assert listed(pages[:1], "_embedded", "mailboxes") == [15, 16]
    assert set(listed(pages, "_embedded", "conversations")) == set(range(1, 9))
    assert pages[-1].cursor == {"updated": "2026-03-02T08:08:00Z"}


def test_a_page_that_comes_twice_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for system, name, size in (("zammad", "MOST", 3), ("freescout", "MOST", 2), ("chatwoot", "LISTED", 2), ("chatwoot", "MESSAGES", 3)):
        monkeypatch.setattr(f"nyckeltal.sources.systems.{system}.pull.{name}", size)
    with serving(Zammad()) as zammad, serving(Scout()) as scout, serving(Chat()) as chat:
        assert isinstance(zammad, Zammad)
        assert isinstance(scout, Scout)
        assert isinstance(chat, Chat)
        zammad.tickets = [{"id": n, "updated_at": f"2026-03-02T08:{n:02}:00.000Z"} for n in range(1, 15)]
        scout.conversations = [{"id": n, "updatedAt": "2026-03-02T08:00:00Z" if n < 5 else f"2026-03-02T08:{n:02}:00Z"} for n in range(1, 9)]
        chat.conversations, chat.rated = {n: 1772440000 + n for n in range(1, 6)}, (1, 2, 77)
        for vendor, pull, given in ((zammad, ZAMMAD, {"token": "t"}), (scout, FREESCOUT, {"key": "k"}), (chat, CHATWOOT, {"token": "t", "account": "1"})):
            web = Repeating(HttpWeb([vendor.address]), in_between=pull is ZAMMAD)
            assert list(pull.pages(web, {"from": "2026-01-01", **given}, {}, NOON)) == pulled(vendor, pull, given)
            assert web.repeated > 1


@pytest.mark.parametrize(
    ("system", "name", "place", "odd"),
    [
        ("zammad", "tickets-0001.json", ("articles",), 7),
        ("zammad", "tickets-0001.json", ("articles", 0, "preferences"), ["x"]),
        ("chatwoot", "conversations-0001.json", ("conversations", 0, "meta"), "x"),
        ("chatwoot", "conversations-0001.json", ("messages", 7, "content_attributes"), '{"rating": 1}'),
        ("freescout", "conversations-0001.json", ("_embedded", "conversations", 0, "_embedded"), [None]),
        ("freshdesk", "tickets-0001.json", ("tickets", 0, "stats"), ["x"]),
    ],
)
def test_what_has_another_form_than_is_documented_takes_nothing_else_with_it(system: str, name: str, place: tuple[Any, ...], odd: Any, tmp_path: Path) -> None:
    from nyckeltal.sources.find import systems
    from nyckeltal.sources.reading import Setting
    from nyckeltal.sources.tables import connect

    document = sample(system, name)
    part = document
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = odd
    file = put(tmp_path, json.dumps(document), name)
    con = connect(tmp_path, [file])
    reading = systems()[system].read(con, [file], Setting(tmp_path, "s", "one", "UTC", NOON, lambda text: f"'hidden-' || {text}"))
    [(cases,)] = con.execute(f"SELECT count(*) FROM read_parquet('{reading.facts['case'][0]}')").fetchall()
    assert cases == 2
