"""What a KPI file may say of persons: nothing that leads around the rules about who may see whom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.world import World
from nyckeltal.kpi.ask import explain
from nyckeltal.kpi.catalogue import catalogue, mistakes
from nyckeltal.kpi.vocabulary import _OF_MANY, COUNTED, tells_apart, words

PERSON_OR_ROW = re.compile(
    "agent_id|customer_key|opened_by|logged_by|evaluator_id|leader_id|display_name|pseudonym|hired_on|left_on|contact_id|case_id|visit_id|segment_id|evaluation_id|sale_id"
)

HEAD = """id = "mine"
version = 1
name = "Mine"
asks = "How many?"
purpose = ["people"]
unit = "count"
better = "none"
default = "plain"
"""
TAIL = """
[reading]
empty = "Nothing."
"""
HIDING = """
[privacy]
least = 5
of = "agent_id"
"""


def told(folder: Path, text: str) -> list[str]:
    """What is wrong with an own KPI."""
    (folder / "kpi").mkdir(exist_ok=True)
    (folder / "kpi" / "mine.toml").write_text(HEAD + text + TAIL, encoding="utf-8")
    assert ("mine" in catalogue(folder)) is not bool(mistakes(folder))
    return [str(issue.text) for issue in mistakes(folder)]


@pytest.mark.parametrize(
    "text",
    [
        'over = "absence"\n[count]',
        'over = "agent_day"\n[total]\nof = "sick_h"',
        'over = "agent_day"\n[count]\namong = "sick"',
        'over = "contact"\n[count]\n[variants.ill]\nover = "agent_day"\namong = "sick_h > 1"',
        '[ratio]\ntop = { over = "agent_day", total = "worked_s" }\nbottom = { over = "agent_day", total = "contracted_h", where = "not sick" }',
    ],
)
def test_illness_is_counted_only_where_few_are_hidden(tmp_path: Path, text: str) -> None:
    assert [said.partition(":")[0] for said in told(tmp_path, text)] == ["Absence tells of people’s health"]
    assert [said.partition(":")[0] for said in told(tmp_path, text + "\n[privacy]\nleast = 5")] == ["Absence tells of people’s health"]


def test_illness_of_enough_persons_may_be_counted(tmp_path: Path) -> None:
    assert told(tmp_path, f'over = "agent_day"\n[total]\nof = "sick_h"{HIDING}') == []
    assert told(tmp_path, 'over = "agent_day"\n[total]\nof = "worked_days"') == []


def test_answers_of_employees_are_counted_only_where_few_are_hidden(tmp_path: Path) -> None:
    text = 'over = "employee_response"\n[count]\namong = "value >= 9"'
    assert told(tmp_path, text) == ["Answers of employees are anonymous: write [privacy] with least = 5."]
    assert told(tmp_path, f"{text}\n[privacy]\nleast = 7") == []


def test_what_rests_on_something_hidden_is_hidden(tmp_path: Path) -> None:
    count = HEAD.replace("mine", "ill") + f'over = "absence"\n[count]{HIDING}{TAIL}'
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "ill.toml").write_text(count, encoding="utf-8")
    ratio = '[ratio]\ntop = { kpi = "ill" }\nbottom = { over = "agent_day", total = "contracted_h" }'
    assert told(tmp_path, ratio) == ["ill hides what rests on few, so this must too: write [privacy] with least = 5."]
    assert told(tmp_path, ratio + HIDING) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('over = "segment"\n[count]\namong = "agent_id == \'anna\'"', "agent_id"),
        ("over = \"segment\"\n[count]\namong = \"handled and not agent_id in ('anna', 'bo')\"", "agent_id"),
        ('over = "segment"\n[count]\namong = "agent.display_name == \'Anna\'"', "agent.display_name"),
        ('over = "contact"\n[count]\n[levels]\nteam = { among = "first_agent_id == \'anna\'" }', "first_agent_id"),
        ('over = "qa_evaluation"\n[mean]\nof = "score"\namong = "evaluator_id == \'eva\'"', "evaluator_id"),
        ('[ratio]\ntop = { over = "sale", where = "agent_id == \'anna\'" }\nbottom = { over = "sale" }', "agent_id"),
        ('over = "agent_day"\n[count]\namong = "agent.hired_on == day"', "agent.hired_on"),
        ('over = "contact"\n[count]\namong = "answered and own_agent_id == \'anna\'"', "own_agent_id"),
        ('over = "survey_response"\n[mean]\nof = "value"\namong = "contact.own_agent_id == \'anna\'"', "contact.own_agent_id"),
        ('over = "sale"\n[count]\namong = "not contact.own_agent_id != \'anna\'"', "contact.own_agent_id"),
        ('over = "contact"\n[count]\namong = "contact_id == \'c1\'"', "contact_id"),
        ("over = \"qa_answer\"\n[count]\namong = \"evaluation.evaluation_id == 'e1' or item_id == 'i'\"", "evaluation.evaluation_id"),
        ("over = \"contact\"\n[count]\namong = \"case.case_id in ('k1', 'k2')\"", "case.case_id"),
        ('over = "survey_response"\n[count]\namong = "text == \'Anna was kind\'"', "text"),
        ('over = "qa_evaluation"\n[count]\namong = "stratum == \'anna\'"', "stratum"),
        ('over = "feedback_talk"\n[count]\namong = "\'anna rings more\' in agreed_actions"', "agreed_actions"),
        ('over = "contact"\n[count]\n[summary]\nwhere = "summary_id == \'s1\'"', "summary_id"),
    ],
)
def test_an_own_key_figure_names_nobody(tmp_path: Path, text: str, word: str) -> None:
    assert told(tmp_path, text) == [f"“{word}” tells single persons or rows apart, so it cannot be compared with a value here."]


def test_what_the_readable_part_of_a_formula_gets_wrong_is_told_with_the_rest(tmp_path: Path) -> None:
    """A word that does not exist hides neither a unit that cannot be nor a person who is named."""
    text = 'over = "contact"\n[share]\nof = "wiat_s > 120"\namong = "own_agent_id == \'anna\'"'
    assert {*told(tmp_path, text)} == {
        "Unknown word “wiat_s”. Did you mean “wait_s”?",
        "“own_agent_id” tells single persons or rows apart, so it cannot be compared with a value here.",
        "“count” is no unit for what is counted here. One that fits: share, ratio",
    }
    assert told(tmp_path, 'over = "contact"\n[mean]\nof = "wiat_s"') == ["Unknown word “wiat_s”. Did you mean “wait_s”?"]


def test_rows_may_be_matched_with_each_other_but_not_persons(tmp_path: Path) -> None:
    assert told(tmp_path, 'over = "survey_invitation"\n[count]\namong = "contact_id == contact.contact_id"') == []
    assert told(tmp_path, 'over = "survey_invitation"\n[count]\namong = "agent_id == contact.own_agent_id"') != []


def test_words_of_the_model_that_name_persons_or_rows_are_found_in_every_fact_and_through_its_links() -> None:
    named = [(over, word) for over in COUNTED for word in words(over) if PERSON_OR_ROW.search(word.rpartition(".")[2])]
    assert len(named) > 200
    assert [(over, word) for over, word in named if not tells_apart(over, word)] == []


def test_every_word_that_tells_groups_apart_is_one_of_the_model() -> None:
    known = {column.name for table in TABLES.values() for column in table.columns}
    assert known >= _OF_MANY


def test_groups_may_be_compared(tmp_path: Path) -> None:
    condition = "client_id == 'bank' and queue_id in ('q1', 'q2') and contact.language == 'fi' and 'vip' in marks and reason.level == 2"
    assert told(tmp_path, f'over = "segment"\n[count]\namong = "{condition}"') == []


def test_whether_somebody_is_named_at_all_may_be_asked(tmp_path: Path) -> None:
    assert told(tmp_path, 'over = "segment"\n[count]\namong = "agent_id is not None and agent.site_id is not None"') == []


@pytest.mark.parametrize(
    ("over", "condition", "word"),
    [
        ("segment", "agent.site_id == 'oslo'", "agent.site_id"),
        ("agent_state", "state == 'break' and not 'fi' not in agent.languages", "agent.languages"),
        ("agent_day", "contracted_h < 4", "contracted_h"),
        ("agent_day", "profile in ('night', 'evening')", "profile"),
    ],
)
def test_a_group_of_colleagues_that_may_be_one_alone_is_hidden_where_few_are_behind(tmp_path: Path, over: str, condition: str, word: str) -> None:
    text = f'over = "{over}"\n[count]\namong = "{condition}"'
    assert told(tmp_path, text) == [f"By {word} one colleague alone may be meant: write [privacy] with least = 5 and of = “agent_id”."]
    assert told(tmp_path, text + HIDING) == []


PERSON = "“own_agent_id” tells single persons or rows apart, so it cannot be compared with a value here."


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("own_agent_id == 'anna' and wiat_s > 3", {"Unknown word “wiat_s”. Did you mean “wait_s”?", PERSON}),
        ("own_agent_id = 'anna' and answered and", {"a single =", PERSON}),
        ("own_agent_id == anna", {"Unknown word “anna”.", PERSON}),
        ("answered and and wiat_s => 5 and chanel == 'voice'", {"Unknown word “wiat_s”.", "Did you mean “channel”?", "a single ="}),
        ("(answered and channel == 'vioce' and talk_s > 'x'", {"is not an expression", "Did you mean “voice”?", "talk_s (a number) cannot be compared"}),
        ("wiat_s + tlk_s > 5 and channel in (voic, 'chatt')", {"Did you mean “wait_s”?", "Did you mean “talk_s”?", "Unknown word “voic”."}),
    ],
)
def test_what_is_no_expression_hides_nothing_that_can_be_read_of_it(tmp_path: Path, condition: str, said: set[str]) -> None:
    found = told(tmp_path, f'over = "contact"\n[count]\namong = "{condition}"')
    assert [one for one in said if not any(one in each for each in found)] == [], found


def test_a_side_of_a_ratio_that_can_be_read_is_looked_at_where_the_other_cannot(tmp_path: Path) -> None:
    sides = 'top = { over = "sale", where = "acepted" }\nbottom = { over = "segment", where = "agent_id == \'anna\'" }'
    for unread in (sides, sides.replace("acepted", "accepted and"), sides.replace('"sale"', '"sales"')):
        assert any("“agent_id” tells single persons" in said for said in told(tmp_path, f"[ratio]\n{unread}"))
    seconds = '[ratio]\ntop = { over = "contact", total = "wait_s", where = "answerd" }\nbottom = { over = "contact" }'
    assert {*told(tmp_path, seconds)} == {
        "Unknown word “answerd”. Did you mean “answered”?",
        "“count” is no unit for what is counted here. One that fits: seconds, ratio",
    }


@pytest.mark.parametrize(
    "text",
    [
        'over = "contact"\n[count]\namong = "own_agnt_id == \'x\'"',
        'over = "contact"\n[count]\namong = "custmer_key == \'x\'"',
        'over = "contact"\n[count]\namong = "answerd_at"',
        'over = "contact"\n[mean]\nof = "handle"',
        'over = "contact"\n[count]\namong = "chanel > 5"',
        'over = "segment"\n[count]\namong = "agnt_id == \'anna\'"',
        'over = "contact"\nserves = ["minee"]\n[count]',
    ],
)
def test_no_suggestion_leads_into_a_refusal(tmp_path: Path, text: str) -> None:
    """Whoever follows it is told nothing else about that word."""
    for _ in range(3):
        found = re.search("(?:word|called) “(.+?)”. Did you mean “(.+?)”", " ".join(told(tmp_path, text)))
        text = text.replace(found[1], found[2], 1) if found else text
    assert not any("tells single" in said or "is not a" in said or "cannot be compared" in said for said in told(tmp_path, text))


def test_what_is_filled_into_a_sentence_exists_and_any_other_percent_sign_stays(tmp_path: Path) -> None:
    text = 'over = "contact"\n[count]\namong = "wait_s > w"\n[settings]\nw = 5\n[words]\ntop = "more than 5 % over %(w)s"\n[means]\nteam = "%(value)s, 5 % up"'
    assert told(tmp_path, text) == []
    assert str(explain("mine", facts=World.of({}), home=tmp_path)[0].top) == "more than 5 % over 5 s"
    assert told(tmp_path, text.replace("(w)", "(v)").replace("(value)", "(valu)")) == [
        "There is no setting called “v”. There are: w",
        "There is no value called “valu”. Did you mean “value”?",
    ]
