"""Every mistake in a KPI file is told at once, with its line and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.errors import BadDefinition
from nyckeltal.kpi.catalogue import HERE, catalogue
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


def mistakes(folder: Path, text: str) -> list[tuple[int | None, str]]:
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
    found = mistakes(tmp_path, GOOD.replace(old, new))
    assert any(told in text for _, text in found), found
    assert any(at == line for at, text in found), found


def test_all_mistakes_are_told_at_once_in_order_of_lines(tmp_path: Path) -> None:
    text = (
        GOOD.replace("wait_s <= within", "wait_s <= withn")
        .replace("offered and handled", "offred")
        .replace("agent = { refuse", "queue = { over = 'queue_visit', of")
    )
    found = mistakes(tmp_path, text)
    assert [line for line, _ in found] == sorted(line or 0 for line, _ in found)
    assert len(found) >= 3


def test_a_file_without_a_case_is_no_kpi(tmp_path: Path) -> None:
    found = mistakes(tmp_path, GOOD[: GOOD.index("[[case]]")])
    assert any("worked case is missing" in text for _, text in found)


def test_a_kpi_is_of_one_kind(tmp_path: Path) -> None:
    found = mistakes(tmp_path, GOOD.replace("[settings]", '[count]\namong = "offered"\n\n[settings]'))
    assert any("exactly one kind" in text for _, text in found)


def test_an_organisations_own_kpi_goes_through_the_same_checks(tmp_path: Path) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(GOOD, encoding="utf-8")
    assert catalogue(tmp_path)["mine"].own
    (tmp_path / "kpi" / "mine.toml").write_text(GOOD.replace("better", "bettr"), encoding="utf-8")
    with pytest.raises(BadDefinition):
        catalogue(tmp_path)


def test_an_own_kpi_may_not_take_a_name_that_is_taken(tmp_path: Path) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "asa.toml").write_text((HERE / "asa.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(BadDefinition) as caught:
        catalogue(tmp_path)
    assert "already a KPI called “asa”" in str(caught.value.issues[0])


def test_a_ratio_rests_on_a_count_that_there_is(tmp_path: Path) -> None:
    text = GOOD.replace(
        '[share]\nof = "answered and wait_s <= within"\namong = "offered"', '[ratio]\ntop = { over = "case" }\nbottom = { kpi = "contacts_handle" }'
    )
    text = text.replace('[variants]\nall = { among = "offered and handled" }\n', "").replace('over = "contact"\n', "")
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadDefinition) as caught:
        catalogue(tmp_path)
    assert "Did you mean “contacts_handled”?" in str(caught.value.issues[0])
