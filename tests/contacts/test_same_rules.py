from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from nyckeltal.contacts.same_rules import Rule, in_force, read
from nyckeltal.sources.pull import sources, write

WHOLE = Rule("switch", "tickets", ("reference", "customer"), 90, ("voice", "callback"), ("one",))


def said(text: str) -> list[str]:
    return [str(issue) for issue in read(tomllib.loads(text)["same"], text)[1]]


def test_a_rule_is_read_as_it_is_written() -> None:
    rules = (WHOLE, Rule("switch", "crm", ("reference",), None))
    text = "\n\n".join(rule.toml() for rule in rules)
    assert read(tomllib.loads(text)["same"], text) == (rules, [])
    assert tuple(Rule.of(rule.as_dict()) for rule in rules) == rules


def test_names_of_any_letters_read_back_and_harm_nothing_that_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text('[source.hr]\nfolder = "/srv/hr"\n')
    odd = 'o\'hara "b" \\ c\n[[same]]\t\x7f\x85\u2028 å 🙂 # no'
    rules = (Rule(odd, 'a"b', ("reference",), None, (), (odd, "'")), Rule("x", "y", ("customer",), 2.5))
    for rule in rules:
        write.change_rule(tmp_path, None, rule)
    assert in_force(tmp_path, ()) == rules
    write.put(tmp_path, "hr", {"folder": odd})
    assert write.table_of(tmp_path, "hr") == {"folder": odd}
    write.change_rule(tmp_path, rules[0], WHOLE)
    assert in_force(tmp_path, ()) == (WHOLE, rules[1])


def test_without_seconds_a_minute_is_meant_and_a_reference_is_enough() -> None:
    rules, _ = read([{"keep": "a", "also": "b", "by": "customer"}, {"keep": "a", "also": "c", "by": ["reference"]}])
    assert [rule.within_s for rule in rules] == [60, None]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ('keep = "a"\nalso = "b"\nby = ["custommer"]', "sources.toml:1: same.by: “custommer” is not known here. Did you mean customer?"),
        ('keep = "a"\nalso = "b"\nby = []', "Say by what the rows are known as the same"),
        ('keep = "a"\nalso = "a"\nby = ["agent"]', "“a” stands on both sides"),
        ('keep = "a"\nby = ["agent"]', "same.also: “also” is the name of a source"),
        ('keep = "a"\nalso = "b"\nby = ["agent"]\nwithin_s = 0', "“within_s” is a number of seconds from 1 to 86400"),
        ('keep = "a"\nalso = "b"\nby = ["agent"]\nchannels = ["phone"]', "same.channels: “phone” is not known here"),
        ('keep = "a"\nalso = "b"\nby = ["agent"]\nwithin = 3', "Did you mean within_s?"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(wrong: str, expected: str) -> None:
    assert expected in " ".join(said(f"[[same]]\n{wrong}\n"))


def test_a_source_that_counts_as_another_is_kept_by_no_other_rule() -> None:
    rules = [Rule("switch", "tickets", ("customer",)), Rule("tickets", "crm", ("customer",))]
    assert ["“tickets” is kept here" in issue for issue in said("\n".join(rule.toml() for rule in rules))] == [True]


def test_a_rule_stands_beside_the_sources_and_goes_alone(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text('# ours\n[source.hr]\nfolder = "/srv/hr"\n')
    other = Rule("switch", "crm", ("customer",))
    for rule in (WHOLE, other):
        write.change_rule(tmp_path, None, rule)
    found = sources.read(tmp_path)
    assert ([*found.feeds], found.same, found.issues) == (["hr"], (WHOLE, other), ())
    write.change_rule(tmp_path, WHOLE, None)
    assert in_force(tmp_path, ()) == (other,)
    assert path.read_text().startswith('# ours\n[source.hr]\nfolder = "/srv/hr"\n')


def test_a_wrong_rule_is_told_and_stops_no_source(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[source.hr]\nfolder = "/srv/hr"\n\n[[same]]\nkeep = "a"\n')
    found = sources.read(tmp_path)
    assert [*found.feeds] == ["hr"]
    assert {issue.line for issue in found.issues} == {4}
    assert in_force(tmp_path, (WHOLE,)) == (WHOLE,)
