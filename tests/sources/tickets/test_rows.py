"""What a ticket's life makes: one case, a contact for each time the customer came, and each agent's part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.tables import connect
from nyckeltal.sources.tickets import Change, Message, Named, Rating, Ticket, Tickets

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NINE + timedelta(hours=hours)


def ticket(**said: Any) -> Ticket:
    given: dict[str, Any] = {"ticket_id": "1", "opened_at": NINE, "status": "open", "channel": "email", "customer": "kim", "queue_id": "mail"}
    return Ticket(**given | said)


def wrote(hours: float, author: str, agent: str | None = None, **said: Any) -> Message:
    given: dict[str, Any] = {"ticket_id": "1", "message_id": f"m{hours:g}", "sent_at": at(hours), "author": author, "agent_id": agent}
    return Message(**given | said)


def became(hours: float, value: str | None, **said: Any) -> Change:
    given: dict[str, Any] = {"ticket_id": "1", "made_at": at(hours), "what": "status", "value": value}
    return Change(**given | said)


def given_to(hours: float, agent: str | None, **said: Any) -> Change:
    return became(hours, agent, **{"what": "agent", **said})


class Read:
    """The facts that what was told gives."""

    def __init__(self, folder: Path, *told: Any) -> None:
        con = connect(folder)
        con.execute("SET threads = 1")
        setting = Setting(folder, "desk", "one", "UTC", at(1000), lambda text: f"'hidden-' || {text}")
        tickets = Tickets.of(con, setting, "desk")
        for number, each in enumerate(told, 1):
            tickets.tell(tickets.record(Path("a.json"), number, {"id": number, "body": "secret"}, ("id",)), each)
        self.reading: Reading = tickets.finish()
        self.con = con

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        paths = ", ".join(f"'{path}'" for path in self.reading.facts.get(table, []))
        return self.con.execute(f"FROM read_parquet([{paths}]) ORDER BY source_id").to_arrow_table().to_pylist() if paths else []

    def column(self, table: str, name: str) -> list[Any]:
        return [row[name] for row in self[table]]

    def aside(self) -> list[dict[str, Any]]:
        paths = ", ".join(f"'{path}'" for path in self.reading.set_aside)
        return self.con.execute(f"FROM read_parquet([{paths}]) ORDER BY file, line").to_arrow_table().to_pylist()


def test_a_customer_who_writes_after_an_answer_has_come_back(tmp_path: Path) -> None:
    talk = [wrote(0, "customer"), wrote(1, "customer"), wrote(2, "agent", "anna"), wrote(3, "agent", "anna"), wrote(5, "customer"), wrote(6, "agent", "bo")]
    read = Read(tmp_path, ticket(), *talk)
    assert read.column("contact", "contact_id") == ["desk:1", "desk:1/m5"]
    assert read.column("contact", "answered_at") == [at(2), at(6)]
    assert read.column("contact", "ended_at") == [at(3), at(6)]
    assert read.column("contact", "case_id") == ["desk:1", "desk:1"]
    assert read.column("contact", "customer_key") == ["hidden-kim"] * 2
    assert [(row["contact_id"], row["agent_id"], row["end_kind"]) for row in read["segment"]] == [("desk:1/m5", "bo", "agent"), ("desk:1", "anna", "agent")]
    assert read.column("message", "contact_id") == ["desk:1"] * 4 + ["desk:1/m5"] * 2


def test_a_live_conversation_is_one_contact_until_another_session(tmp_path: Path) -> None:
    talk = [wrote(at, who, "anna" if who == "agent" else None, session="a") for at, who in ((0, "customer"), (0.1, "agent"), (0.2, "customer"), (0.3, "agent"))]
    read = Read(tmp_path, ticket(channel="chat"), *talk, wrote(30, "customer", session="b"))
    assert read.column("contact", "contact_id") == ["desk:1", "desk:1/m30"]
    assert read.column("contact", "outcome") == ["answered", None]
    assert read.column("contact", "queue_entered_at") == [NINE, None]


def test_notes_receipts_and_bots_answer_nobody(tmp_path: Path) -> None:
    talk = [wrote(0, "customer"), wrote(1, "agent", "anna", public=False), wrote(2, "bot"), wrote(3, "agent", "anna", is_auto=True)]
    read = Read(tmp_path, ticket(), *talk)
    assert read.column("contact", "outcome") == [None]
    assert read.column("message", "message_id") == ["desk:1/m0", "desk:1/m2", "desk:1/m3"]
    assert read["segment"] == []


def test_a_ticket_passed_on_has_a_part_for_each_who_worked(tmp_path: Path) -> None:
    """Carl had it assigned and gave it on without doing anything: no part. A note is no hand-over."""
    life = [given_to(0.5, "anna"), wrote(1, "agent", "anna"), given_to(2, "carl", was="anna"), became(3, "second", what="queue", was="mail")]
    more = [given_to(3, "bo", was="carl"), wrote(4, "agent", "anna", public=False), wrote(5, "agent", "bo"), became(6, "solved", was="open", made_by="bo")]
    read = Read(tmp_path, ticket(status="solved", queue_id="second", agent_id="bo"), wrote(0, "customer"), *life, *more)
    assert read.column("segment", "agent_id") == ["anna", "bo"]
    assert read.column("segment", "queue_id") == ["mail", "second"]
    assert read.column("segment", "end_kind") == ["transfer", "agent"]
    assert read.column("segment", "target_queue_id") == ["second", None]
    assert read.column("contact", "queue_id") == ["mail"]
    [case] = read["case"]
    assert (case["handovers_n"], case["queue_id"], case["agent_id"]) == (2, "second", "bo")
    assert case["closed_at"] == at(6)


def test_where_only_assignments_are_told_whoever_had_it_did_the_work(tmp_path: Path) -> None:
    life = [given_to(0, "anna"), given_to(2, "bo", was="anna"), became(6, "solved", was="open")]
    read = Read(tmp_path, ticket(status="solved", agent_id="bo"), *life)
    assert read.column("segment", "agent_id") == ["anna", "bo"]
    waiting = Read(tmp_path, ticket(ticket_id="2"), given_to(0, "anna", ticket_id="2"))
    assert waiting["segment"] == []
    assert waiting.column("contact", "outcome") == [None]


def test_who_took_the_call_has_a_part_in_it(tmp_path: Path) -> None:
    read = Read(tmp_path, ticket(channel="voice", opened_by="anna"), given_to(1, "bo"))
    assert read.column("segment", "agent_id")[0] == "anna"
    assert read.column("contact", "outcome") == ["answered"]


def test_a_case_tells_its_life(tmp_path: Path) -> None:
    steps = [(0, "new"), (1, "open"), (3, "pending"), (7, "open"), (8, "hold"), (18, "solved"), (20, "open"), (21, "solved"), (40, "closed")]
    read = Read(tmp_path, ticket(status="closed"), *(became(*step) for step in steps))
    [case] = read["case"]
    assert [case[name] for name in ("new_s", "open_s", "pending_s", "on_hold_s")] == [3600, 4 * 3600, 4 * 3600, 10 * 3600]
    assert (case["reopened_n"], case["reopened_at"], case["closed_at"]) == (1, at(20), at(21))
    assert case["marks"] == []


def test_a_reopened_ticket_is_open(tmp_path: Path) -> None:
    [case] = Read(tmp_path, ticket(), became(1, "solved", was="open"), became(2, "open"))["case"]
    assert (case["closed_at"], case["reopened_at"], case["status"]) == (at(1), at(2), "open")
    assert case["open_s"] == 3600  # until solved; what lasts has no length yet


def test_a_settled_ticket_that_never_says_when_was_settled_at_its_last_change_and_is_marked(tmp_path: Path) -> None:
    [case] = Read(tmp_path, ticket(status="solved", changed_at=at(9)))["case"]
    assert (case["closed_at"], case["marks"]) == (at(9), ["closing_untold"])
    assert (case["open_s"], case["reopened_n"], case["handovers_n"]) == (None, None, None)


def test_a_change_before_the_opening_is_marked(tmp_path: Path) -> None:
    [case] = Read(tmp_path, ticket(), became(-7, "open"), became(1, "pending"))["case"]
    assert case["marks"] == ["clock_disagrees"]
    assert case["open_s"] == 8 * 3600


def test_what_is_told_twice_counts_once_and_is_counted(tmp_path: Path) -> None:
    read = Read(tmp_path, ticket(changed_at=at(2)), ticket(changed_at=at(1), status="new"), *[became(1, "solved", was="open")] * 3, *[wrote(0, "customer")] * 2)
    assert read.column("case", "status") == ["open"]
    assert read.column("case", "reopened_n") == [0]
    assert len(read["message"]) == 1
    assert {table: read.reading.counts[table].repeated for table in ("desk", "ticket_change", "ticket_message")} == {
        "desk": 1,
        "ticket_change": 2,
        "ticket_message": 1,
    }


def test_what_comes_without_its_ticket_is_set_aside_with_its_place_and_nothing_a_customer_wrote(tmp_path: Path) -> None:
    read = Read(tmp_path, ticket(), wrote(0, "customer", ticket_id="7"), became(1, "solved", ticket_id="8"))
    assert [(row["file"], row["line"], row["field"], row["original"]) for row in read.aside()] == [
        ("a.json", 2, "ticket_id", '{"id": 2}'),
        ("a.json", 3, "ticket_id", '{"id": 3}'),
    ]
    assert read.aside()[0]["reason"] == "Its ticket “7” did not come with it."
    assert read.reading.counts["ticket_message"].refused.total() == 1
    assert "message" not in read.reading.facts


def test_spam_is_left_out_with_its_reason(tmp_path: Path) -> None:
    read = Read(tmp_path, ticket(), ticket(ticket_id="2", gone="spam"))
    assert read.column("case", "case_id") == ["desk:1"]
    assert read.reading.counts["desk"].left_out == {"spam": 1}


def test_a_contact_of_unknown_channel_is_set_aside_and_its_case_counts(tmp_path: Path) -> None:
    read = Read(tmp_path, ticket(channel=None, came_by="Carrier pigeon"))
    assert read.column("case", "came_by") == ["Carrier pigeon"]
    assert read["contact"] == []
    assert [(row["field"], row["source_id"]) for row in read.aside()] == [("channel", "1")]
    assert "Carrier pigeon" in read.aside()[0]["reason"]


def test_a_mapping_says_what_a_way_to_us_is(tmp_path: Path) -> None:
    setting = Setting(tmp_path, "desk", "one", "UTC", at(1000), lambda text: text, told={"channels": {"Walk-In": "visit"}})
    tickets = Tickets.of(connect(tmp_path), setting, "desk")
    assert [tickets.channel(way, {"phone": "voice"}) for way in ("walk in", "PHONE", "pigeon", None)] == ["visit", "voice", None, None]


def test_an_answer_is_about_the_contact_that_was_answered_before(tmp_path: Path) -> None:
    talk = [wrote(0, "customer"), wrote(1, "agent", "anna"), wrote(5, "customer"), wrote(6, "agent", "bo")]
    asked = Rating(ticket_id="1", rating_id="r", question_id="happy", scale="1_5", value=4, text="thanks", asked_at=at(2), answered_at=at(5.5))
    silent = Rating(ticket_id="1", rating_id="s", question_id="happy", scale="1_5", asked_at=at(7))
    read = Read(tmp_path, ticket(), *talk, asked, silent)
    assert read.column("survey_invitation", "contact_id") == ["desk:1", "desk:1/m5"]
    assert read.column("survey_invitation", "outcome") == ["complete", "unknown"]
    [response] = read["survey_response"]
    assert (response["value"], response["invitation_id"], response["answered_at"]) == (4, "desk:r", at(5.5))
    assert [(row["question_id"], row["measure"], row["scale"]) for row in read["question"]] == [("happy", "csat", "1_5")]


def test_time_worked_is_counted_once_with_whoever_worked(tmp_path: Path) -> None:
    talk = [wrote(1, "agent", "anna", worked_s=60), wrote(2, "agent", "bo", worked_s=30), wrote(3, "agent", "anna", worked_s=40, public=False)]
    read = Read(tmp_path, ticket(), wrote(0, "customer"), *talk, wrote(4, "agent", "anna"))
    assert [(row["agent_id"], row["talk_s"]) for row in read["segment"]] == [("anna", 100), ("bo", 30), ("anna", None)]


def test_time_worked_on_a_whole_ticket_is_its_agents_only_where_one_had_all_of_it(tmp_path: Path) -> None:
    mine = [ticket(worked_s=90), wrote(0, "customer"), wrote(1, "agent", "anna")]
    other = [ticket(ticket_id="2", worked_s=90), wrote(1, "agent", "anna", ticket_id="2"), wrote(2, "agent", "bo", ticket_id="2")]
    assert [(row["agent_id"], row["talk_s"]) for row in Read(tmp_path, *mine, *other)["segment"]] == [("anna", 90), ("anna", None), ("bo", None)]


def test_groups_and_agents_are_called_by_their_names(tmp_path: Path) -> None:
    names = [Named(kind="queue", id="mail", name="Mail desk"), Named(kind="agent", id="anna", name="Anna Berg"), Named(kind="agent", id="x", name="Nobody")]
    read = Read(tmp_path, ticket(), wrote(0, "customer"), wrote(1, "agent", "anna"), *names)
    assert [(row["queue_id"], row["name"], row["described"]) for row in read["queue"]] == [("mail", "Mail desk", False)]
    assert read.column("agent", "display_name") == ["Anna Berg"]


def test_who_writes_after_it_was_settled_has_come_back_though_the_last_word_was_the_customers(tmp_path: Path) -> None:
    talk = [wrote(0, "customer"), wrote(1, "agent", "anna"), wrote(1.1, "customer"), became(2, "solved", was="open"), wrote(9, "customer")]
    for channel in ("chat", "email"):
        folder = tmp_path / channel
        folder.mkdir()
        came = [str(one) for one in Read(folder, ticket(channel=channel), *talk).column("contact", "source_id")]
        assert came[-1] == "1/m9", channel
