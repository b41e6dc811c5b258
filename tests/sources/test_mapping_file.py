"""The mapping file: its mistakes are told all at once, with what there is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import BadMapping, CannotRead
from nyckeltal.sources.load import load
from nyckeltal.sources.mapping import KINDS, said_fields
from nyckeltal.sources.mapping_file import read_mapping
from tables import CALLS, calls, loaded, mapping, put, rows


def mistakes(home: Path, folder: Path, said: Any, text: str | None = None) -> list[str]:
    with pytest.raises(BadMapping) as refused:
        loaded(home, put(folder, text or calls()), said)
    assert not (home / "lake").exists()
    return [str(issue.text) for issue in refused.value.issues]


def test_every_mistake_is_told_at_once_with_the_nearest_word(home: Path, tmp_path: Path) -> None:
    said = {
        "fact": {"kind": "contact", "client": "one", "sauce": "x"},
        "key": {"columns": ["idd"]},
        "columns": {
            "chanel": {"is": "voice"},
            "channel": {"is": "vioce"},
            "offered_at": {"from": "att", "as": "%H:%M"},
            "outcome": {"from": "wait", "values": {"1": "answerd"}},
            "talk_s": "wait",
            "own_talk_s": "wait",
            "hold_s": {"from": "wait", "is": 3},
        },
        "leave_out": [{"where": "weight > 3"}],
    }
    told = "\n".join(mistakes(home, tmp_path, said))
    for part in (
        "“sauce”",
        "“idd”",
        "“chanel”. Did you mean “channel”",
        "“vioce”. Did you mean “voice”",
        "“att”",
        "no day, month and year",
        "“answerd”",
        "same field",
        "exactly one",
    ):
        assert part in told


def test_an_unknown_column_is_told_with_what_there_is(home: Path, tmp_path: Path) -> None:
    [told] = mistakes(home, tmp_path, mapping({"wait_s": "waited"}))
    assert "no column “waited”" in told
    assert "“wait”" in told
    assert "id, at, wait" in told


def test_a_condition_on_a_column_that_is_not_there_is_told(home: Path, tmp_path: Path) -> None:
    [told] = mistakes(home, tmp_path, mapping(leave_out=[{"where": "wiat > 3"}]))
    assert "wiat" in told


def test_a_column_name_that_comes_twice_is_told(home: Path, tmp_path: Path) -> None:
    [told] = mistakes(home, tmp_path, mapping(), "id,at,wait,wait\n1,2026-03-02 09:00:00,1,2\n")
    assert "two columns called “wait”" in told


def test_a_needed_field_that_nothing_gives_is_told(home: Path, tmp_path: Path) -> None:
    said = {**CALLS, "columns": {"channel": {"is": "voice"}}}
    assert any("needs “offered_at”" in told for told in mistakes(home, tmp_path, said))


def test_mistakes_in_a_file_carry_its_line(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.toml"
    file.write_text('[fact]\nclient = "one"\n[columns]\nchannel = { is = "voice" }\noffered_at = "at"\nwiat_s = "wait"\n', encoding="utf-8")
    with pytest.raises(BadMapping) as refused:
        loaded(home, put(tmp_path, calls()), file)
    assert [(issue.file, issue.line) for issue in refused.value.issues] == [("calls.toml", 6)]


def test_a_field_named_twice_in_the_file_is_told(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "calls.toml"
    file.write_text('[columns]\nwait_s = "wait"\nwait_s = "id"\n', encoding="utf-8")
    with pytest.raises(BadMapping, match="one field is one column"):
        loaded(home, put(tmp_path, calls()), file)


def test_a_condition_gives_a_yes_or_no(home: Path, tmp_path: Path) -> None:
    loaded(home, put(tmp_path, calls()), mapping({"left_in_menu": {"where": "wait <= 2 and id != '1'"}}))
    assert [key for key, row in rows(home).items() if row["left_in_menu"]] == ["2"]


def test_conditions_name_columns_with_other_characters_as_underscores(home: Path, tmp_path: Path) -> None:
    text = calls().replace("id,at,wait", "id,at,vänt+tid s")
    loaded(home, put(tmp_path, text), mapping({"wait_s": "vänt+tid s"}, leave_out=[{"where": "vänt_tid_s > 10", "reason": "long"}]))
    assert len(rows(home)) == 10


def test_a_value_no_rule_names_sets_the_row_aside(home: Path, tmp_path: Path) -> None:
    text = "id,at,wait,how\n" + "".join(f"{at},2026-03-02 09:00:00,1,{'GONE' if at == 3 else 'OK'}\n" for at in range(40))
    report = loaded(home, put(tmp_path, text), mapping({"outcome": {"from": "how", "values": {"OK": "answered"}}}))
    [(reason, n)] = report.facts["contact"].refused.items()
    assert n == 1
    assert "No rule says" in reason
    few = "\n".join(text.splitlines()[:9]).replace("OK", "GONE").replace("GONE", "OK", 1)
    with pytest.raises(CannotRead, match="“GONE” means") as refused:
        loaded(home, put(tmp_path, few), mapping({"outcome": {"from": "how", "values": {"OK": "answered"}}}))
    assert refused.value.issues[0].line == 3


@pytest.mark.parametrize(("given", "told"), [("nowhere.toml", "There is no mapping file"), ("", "is no file that can be read")])
@pytest.mark.parametrize("system", [None, "queue_log"])
def test_a_mapping_that_is_no_file_is_told(home: Path, tmp_path: Path, given: str, told: str, system: str | None) -> None:
    with pytest.raises(BadMapping, match=told):
        load(put(tmp_path, "id,at\n1,2026-03-02 09:00:00\n"), system=system, mapping=tmp_path / given, home=home)


def test_every_kind_of_fact_can_be_mapped() -> None:
    for kind in KINDS:
        columns = {name: name for name in said_fields(TABLES[kind])}
        mapped, issues = read_mapping({"fact": {"kind": kind, "client": "one"}, "columns": columns})
        assert issues == [], kind
        assert mapped.kind == kind
