"""Every mistake in a KPI file is told at once, with its line and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.errors import BadDefinition, BadQuestion
from nyckeltal.kpi.ask import ask
from nyckeltal.kpi.catalogue import HERE, catalogue, edition, mistakes
from nyckeltal.kpi.checks import read

GOOD = """id = "mine"
version = 1
name = "Mine"
asks = "How many?"
purpose = ["service"]
unit = "share"
better = "higher"
over = "contact"
default = "plain"

[share]
of = "answered and wait_s <= within"
among = "offered"

[settings]
within = { agreement = "threshold", else = 20, allowed = [20, 30] }

[variants]
all = { among = "offered and handled" }

[levels]
agent = { refuse = "No." }

[reading]
empty = "Nothing."

[[case]]
say = "one"
contact = [ { wait_s = 12 } ]
gives = "1/1"
"""


def wrong_in(folder: Path, text: str) -> list[tuple[int | None, str]]:
    file = folder / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadDefinition) as caught:
        read(file)
    assert all(issue.file == str(file) for issue in caught.value.issues)
    return [(issue.line, str(issue.text)) for issue in caught.value.issues]


def test_a_right_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(GOOD, encoding="utf-8")
    kpi = read(tmp_path / "mine.toml", own=True)
    assert (kpi.id, kpi.variant_names, kpi.own) == ("mine", ("plain", "all"), True)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("better", "bettr", 7, "Did you mean “better”?"),
        ('"higher"', '"highest"', 7, "Did you mean “higher”?"),
        ('unit = "share"', 'unit = "shares"', 6, "Did you mean “share”?"),
        ("version = 1", 'version = "1"', 2, "must be a whole number"),
        ('over = "contact"', 'over = "contacts"', 8, "Did you mean “contact”?"),
        ("wait_s <= within", "wait_s <= withn", 12, "Did you mean “within”?"),
        ('among = "offered"\n', "among = \"channel == 'vioce'\"\n", 13, "Did you mean “voice”?"),
        ('among = "offered"\n', 'among = "channel == 5"\n', 13, "cannot be compared"),
        ('among = "offered"\n', 'among = "5"\n', 13, "neither true nor false"),
        ("threshold", "treshold", 16, "Did you mean “threshold”?"),
        ("else = 20, ", "", 16, "needs a value"),
        ("within", "wait_s", 16, "already a word of contact"),
        ('all = { among = "offered and handled" }', 'all = { among = "offered and handld" }', 19, "Did you mean “handled”?"),
        ('all = { among = "offered and handled" }', 'all = { amng = "offered" }', 19, "Did you mean “among”?"),
        ('all = { among = "offered and handled" }', 'plain = { among = "handled" }', 19, "names the base"),
        ("agent = { refuse", "agnt = { refuse", 22, "Did you mean “agent”?"),
        ('empty = "Nothing."', "floor = 10", 24, "“reading.empty” is missing"),
        ('gives = "1/1"\n', "", 27, "does not say what its facts give"),
        ("wait_s = 12", "wait = 12", 29, "Did you mean “wait_s”?"),
        ('of = "answered and wait_s <= within"', 'of = "offered"', 12, "A share of itself"),
        ("[share]", "[mean]", 12, "is not a number"),
        ("[share]", "[alpha]", 11, "“alpha.thing” is missing"),
        ("[[case]]", "[[cases]]", 27, "Did you mean “case”?"),
        ('id = "mine"', 'id = "yours"', 1, "Both must be the same"),
        ("= 1\n", "= = 1\n", 2, "not TOML"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, told: str) -> None:
    assert old in GOOD
    found = wrong_in(tmp_path, GOOD.replace(old, new))
    assert any(told in text for _, text in found), found
    assert any(at == line for at, text in found), found


def test_all_mistakes_are_told_at_once_in_order_of_lines(tmp_path: Path) -> None:
    text = (
        GOOD.replace("wait_s <= within", "wait_s <= withn")
        .replace("offered and handled", "offred")
        .replace("agent = { refuse", "queue = { over = 'queue_visit', of")
    )
    found = wrong_in(tmp_path, text)
    assert [line for line, _ in found] == sorted(line or 0 for line, _ in found)
    assert len(found) >= 3


def test_a_file_without_a_case_is_no_kpi(tmp_path: Path) -> None:
    found = wrong_in(tmp_path, GOOD[: GOOD.index("[[case]]")])
    assert any("worked case is missing" in text for _, text in found)


def test_a_kpi_is_of_one_kind(tmp_path: Path) -> None:
    found = wrong_in(tmp_path, GOOD.replace("[settings]", '[count]\namong = "offered"\n\n[settings]'))
    assert any("exactly one kind" in text for _, text in found)


def test_an_organisations_own_kpi_goes_through_the_same_checks(tmp_path: Path) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(GOOD, encoding="utf-8")
    assert catalogue(tmp_path)["mine"].own
    (tmp_path / "kpi" / "mine.toml").write_text(GOOD.replace("better", "bettr"), encoding="utf-8")
    assert "mine" not in catalogue(tmp_path)
    assert any("bettr" in str(issue) for issue in mistakes(tmp_path))


def test_an_own_kpi_may_not_take_a_name_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "asa.toml").write_text((HERE / "asa.toml").read_text(encoding="utf-8"), encoding="utf-8")
    assert "already a KPI called “asa”" in str(mistakes(tmp_path)[0])
    assert not catalogue(tmp_path)["asa"].own


def test_a_ratio_rests_on_a_count_that_there_is(tmp_path: Path) -> None:
    text = GOOD.replace(
        '[share]\nof = "answered and wait_s <= within"\namong = "offered"', '[ratio]\ntop = { over = "case" }\nbottom = { kpi = "contacts_handle" }'
    )
    text = text.replace('[variants]\nall = { among = "offered and handled" }\n', "").replace('over = "contact"\n', "")
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(text, encoding="utf-8")
    assert "Did you mean “contacts_handled”?" in str(mistakes(tmp_path)[0])


def own_files(home: Path, **files: str) -> Path:
    (home / "kpi").mkdir()
    for name, text in files.items():
        (home / "kpi" / f"{name}.toml").write_text(text, encoding="utf-8")
    return home


COUNT = """id = "calls"\nversion = 1\nname = "Calls"\nasks = "How many?"\npurpose = ["service"]\nunit = "count"\nbetter = "none"\nover = "contact"
[count]\n[reading]\nempty = "None."\n"""
RATIO = COUNT.replace("calls", "share_of_calls").replace('over = "contact"\n[count]', '[ratio]\ntop = { kpi = "calls" }\nbottom = { kpi = "contacts_offered" }')


def test_our_own_files_have_no_mistakes(tmp_path: Path) -> None:
    assert mistakes(tmp_path) == ()


@pytest.mark.parametrize("text", ["", "id = ", COUNT.replace('"contact"', '"contakt"'), COUNT.replace('id = "calls"', 'id = "other"'), "x = " + "[" * 9000])
def test_a_faulty_file_keeps_only_itself_and_what_rests_on_it_from_being_counted(tmp_path: Path, text: str) -> None:
    home = own_files(tmp_path, calls=COUNT, share_of_calls=RATIO, long=COUNT.replace("calls", "long"))
    assert {"calls", "share_of_calls", "long"} <= catalogue(home).keys()
    (home / "kpi" / "calls.toml").write_text(text, encoding="utf-8")
    facts = World.of({"contact": [{"contact_id": "1"}]}, defaults=True)
    assert [figure.value for figure in ask("long", "contacts_offered", facts=facts, home=home)] == [1, 1]
    for name in ("calls", "share_of_calls"):
        with pytest.raises(BadQuestion, match=f"“{name}” cannot be counted until its file is mended: ") as caught:
            ask(name, facts=facts, home=home)
        assert {issue.file for issue in caught.value.issues} == {f"{name}.toml"}


def test_what_rests_on_one_that_goes_goes_with_it(tmp_path: Path) -> None:
    found = catalogue(own_files(tmp_path, calls=COUNT.replace("over =", 'serves = ["nothing"]\nover ='), share_of_calls=RATIO))
    assert not {"calls", "share_of_calls"} & found.keys()


def test_links_folders_and_files_of_editors_stand_in_nobodys_way(tmp_path: Path) -> None:
    home = own_files(tmp_path, calls=COUNT)
    for name in (".#calls.toml", "gone.toml"):
        (home / "kpi" / name).symlink_to("/nowhere/at all")
    (home / "kpi" / "folder.toml").mkdir()
    (home / "kpi" / ".calls.toml").write_text("id =", encoding="utf-8")
    (home / "kpi" / "calls.toml~").write_text("id =", encoding="utf-8")
    assert "calls" in catalogue(home)
    assert [Path(issue.file or "").name for issue in mistakes(home)] == ["folder.toml", "gone.toml"]
    assert [name for name, _ in edition(home)] == ["calls.toml", "folder.toml", "gone.toml"]


@pytest.mark.parametrize(
    ("counting", "unit", "fitting"),
    [
        ('[mean]\nof = "wait_s"', "share", "seconds"),
        ('[quantile]\nof = "talk_s + hold_s"\nat = 0.9', "count", "seconds"),
        ("[count]", "seconds", "count, ratio, points"),
        ('[share]\nof = "answered"', "money", "share, ratio"),
        ('[mean]\nof = "segments_n"', "seconds", "count, score, points, ratio, share, hours, days"),
    ],
)
def test_a_unit_fits_what_is_counted(tmp_path: Path, counting: str, unit: str, fitting: str) -> None:
    home = own_files(tmp_path, calls=COUNT.replace("[count]", counting).replace('unit = "count"', f'unit = "{unit}"'))
    assert [str(issue.text) for issue in mistakes(home)] == [f"“{unit}” is no unit for what is counted here. One that fits: {fitting}"]
    (home / "kpi" / "calls.toml").write_text(COUNT.replace("[count]", counting).replace('"count"', f'"{fitting.partition(",")[0]}"'), encoding="utf-8")
    assert mistakes(home) == ()
