"""Conditions: what may be said, what is a mistake and how it is told, and the same truth in SQL and in Ibis."""

from __future__ import annotations

import duckdb
import ibis
import pytest

from nyckeltal.contacts.expression import Constant, needs, replaced
from nyckeltal.contacts.spelled import to_python, to_sql
from nyckeltal.contacts.where import BadCondition, Word, parse, parse_value

WORDS = {
    "wait_s": Word("seconds"),
    "within": Word("number"),
    "answered": Word("flag"),
    "channel": Word("choice", ("voice", "chat", "email")),
    "contact.channel": Word("choice", ("voice", "chat", "email")),
    "agent_id": Word("id"),
    "local_date": Word("date"),
    "offered_at": Word("moment"),
    "flags": Word("ids"),
}
ROWS = """(select * from (values
    (1, 10.0, 20.0, true, 'voice', 'anna', date '2026-03-02', timestamptz '2026-03-02 09:00:00Z', ['late']),
    (2, null, 20.0, false, 'chat', null, date '2026-03-03', timestamptz '2026-03-03 09:00:00Z', []),
    (3, 30.0, 20.0, null, null, 'bo''s', null, null, null)
) t(n, wait_s, within, answered, channel, agent_id, local_date, offered_at, flags))"""

TRUE_FOR = [
    ("answered and wait_s <= within", {1}),
    ("answered", {1}),
    ("not answered", {2, 3}),
    ("wait_s > 5", {1, 3}),
    ("not wait_s > 5", {2}),
    ("wait_s != 10", {3}),
    ("not (wait_s == 10)", {2, 3}),
    ("channel == 'voice'", {1}),
    ("channel not in ('voice', 'email')", {2}),
    ("not channel in ('voice', 'email')", {2, 3}),
    ("wait_s is None", {2}),
    ("wait_s is not None and agent_id is not None", {1, 3}),
    ('agent_id == "bo\'s"', {3}),
    ("wait_s + 10 <= within", {1}),
    ("within - wait_s < -5", {3}),
    ("5 < wait_s <= 10", {1}),
    ("wait_s in (10, 30.0)", {1, 3}),
    ("local_date >= '2026-03-03'", {2}),
    ("offered_at < '2026-03-02T12:00:00+01:00'", {1}),
    ("'late' in flags", {1}),
    ("'late' not in flags", {2}),
    ("answered == False", {2}),
    ("answered or wait_s > 20", {1, 3}),
]


@pytest.mark.parametrize(("text", "expected"), TRUE_FOR)
def test_a_condition_holds_for_the_same_rows_in_sql_and_in_ibis(text: str, expected: set[int]) -> None:
    condition = parse(text, WORDS)
    con = duckdb.connect()
    con.sql("set timezone = 'UTC'")
    assert {row[0] for row in con.sql(f"select n from {ROWS} where {to_sql(condition)}").fetchall()} == expected
    table = ibis.table(
        {
            "n": "int64",
            "wait_s": "float64",
            "within": "float64",
            "answered": "boolean",
            "channel": "string",
            "agent_id": "string",
            "local_date": "date",
            "offered_at": "timestamp('UTC')",
            "flags": "array<string>",
        },
        name="rows",
    )
    picked = table.filter(to_python(condition, lambda leaf: ibis.literal(leaf.value) if isinstance(leaf, Constant) else table[leaf.name])).select("n")
    con.sql(f"create temp view rows as select * from {ROWS}")
    assert {row[0] for row in con.sql(str(ibis.to_sql(picked, dialect="duckdb"))).fetchall()} == expected


MISTAKES = [
    ("answerd", "Did you mean “answered”?"),
    ("channel == 'vioce'", "Did you mean “voice”?"),
    ("channel in ('voice', 'fax')", "It is one of: voice, chat, email"),
    ("channel == 5", "channel (text) cannot be compared with 5 (a number)"),
    ("5", "neither true nor false"),
    ("wait_s", "not a yes/no word"),
    ("wait_s == None", "is None"),
    ("len(agent_id) > 3", "more than a condition may hold"),
    ("wait_s * 2 > 3", "more than a condition may hold"),
    ("wait_s < 'soon'", "cannot be compared"),
    ("agent_id < 'b'", "has no order"),
    ("channel + 1 > 2", "not a number"),
    ("answered and", "is not an expression"),
    ("wait_s is 5", "Only None"),
    ("channel in 'voice'", "After “in” stands a list"),
    ("local_date == 'monday'", "Write it like 2026-03-02"),
    ("offered_at == '2026-03-02T09:00:00'", "is not a time"),
    ("1 < 2", "no word among them"),
    ("flags == 'late'", "cannot be compared"),
    ("__import__('os')", "neither true nor false"),
    ("contact.chanel == 'voice'", "Did you mean “contact.channel”?"),
    ("not " * 30 + "answered", "too large"),
    ("wait_s > 1 or " * 333 + "answered", "too large"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_mistake_says_what_would_be_right(text: str, told: str) -> None:
    with pytest.raises(BadCondition) as caught:
        parse(text, WORDS)
    assert told in str(caught.value)


def test_the_largest_expression_that_is_read_is_carried_out() -> None:
    table = ibis.table({"answered": "boolean", "wait_s": "float64"}, name="rows")
    for text in ("not " * 28 + "answered", "wait_s > 1 or " * 332 + "answered"):
        picked = table.filter(to_python(parse(text, WORDS), lambda leaf: ibis.literal(leaf.value) if isinstance(leaf, Constant) else table[leaf.name]))
        con = duckdb.connect()
        con.sql("create table rows as select true as answered, 0.0 as wait_s")
        assert con.sql(str(ibis.to_sql(picked, dialect="duckdb"))).fetchall() == [(True, 0.0)]
        assert con.sql(f"from rows where {to_sql(parse(text, WORDS))}").fetchall() == [(True, 0.0)]


def test_every_mistake_of_an_expression_is_told_at_once() -> None:
    with pytest.raises(BadCondition) as caught:
        parse("answerd and channel == 'vioce' and wait_s < 'x'", WORDS)
    assert len(caught.value.issues) == 3


def test_a_cell_is_read_as_what_it_is_compared_with() -> None:
    words = {"outcome": Word("cell"), "q_time": Word("cell"), "other": Word("cell")}
    condition = parse("outcome == 'HANG' and q_time == 0 and other != outcome", words)
    rows = "(values ('HANG', '0', 'x'), ('HANG', 'n/a', 'x'), ('HANG', '0.0', null)) t(outcome, q_time, other)"
    assert duckdb.sql(f"select other from {rows} where {to_sql(condition)}").fetchall() == [("x",)]
    with pytest.raises(BadCondition):
        parse("outcome", words)


def test_a_number_may_be_a_sum() -> None:
    assert to_sql(parse_value("within - wait_s + 1", WORDS)) == '(("within" - "wait_s") + cast(1.0 as double))'
    with pytest.raises(BadCondition):
        parse_value("channel", WORDS)


def test_a_word_can_be_replaced_everywhere() -> None:
    condition = parse("answered and not (wait_s < within or wait_s in (1, 2)) and 'late' in flags", WORDS)
    swapped = replaced(condition, lambda name: Constant(5.0, "number") if name.name == "within" else name)
    assert "within" not in to_sql(swapped)
    assert "cast(5.0 as double)" in to_sql(swapped)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("answered and wait_s <= within", {"answered", "wait_s", "within"}),
        ("answered or wait_s > 1", set()),
        ("agent_id is None", set()),
        ("agent_id is not None and not (channel is None)", {"agent_id", "channel"}),
        ("not (answered and wait_s > 1)", set()),
        ("wait_s is None or wait_s > within", set()),
    ],
)
def test_a_condition_knows_the_words_it_cannot_be_true_without(text: str, needed: set[str]) -> None:
    assert needs(parse(text, WORDS)) == needed
