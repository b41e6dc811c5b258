"""Amounts that no key figure can have, told with all the other mistakes of its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.errors import BadDefinition
from nyckeltal.kpi import own
from nyckeltal.kpi.checks import read_text

FILE = """id = "mine"
version = 1
name = "Mine"
asks = "How long on hold?"
purpose = ["service"]
unit = "seconds"
better = "lower"
over = "contact"

[quantile]
of = "hold_s"
at = 0.5
among = "handled and hold_s > longest"

[settings]
longest = 60

[reading]
empty = "Nothing."
"""


def told(text: str) -> list[str]:
    with pytest.raises(BadDefinition) as refused:
        read_text(text, Path("mine.toml"), own=True)
    return [str(issue.text) for issue in refused.value.issues]


def test_the_file_itself_is_a_definition() -> None:
    assert read_text(FILE, Path("mine.toml"), own=True).id == "mine"


@pytest.mark.parametrize(
    ("said", "instead", "wrong"),
    [
        ("version = 1", "version = 0", "“version” must be between 1 and 9999."),
        ("at = 0.5", "at = 2", "“at” must be more than 0 and less than 1."),
        ("at = 0.5", "at = 0", "“at” must be more than 0 and less than 1."),
        ("at = 0.5", "at = -1", "“at” must be more than 0 and less than 1."),
        ("at = 0.5", "at = nan", "“at” must be more than 0 and less than 1."),
        ('over = "contact"', 'over = "contact"\nrolling_months = -3', "“rolling_months” must be between 1 and 60."),
        ('over = "contact"', 'over = "contact"\nscale = 0', "“scale” must be between 0.001 and 1000000."),
        ('over = "contact"', 'over = "contact"\nscale = inf', "“scale” must be between 0.001 and 1000000."),
        ("longest = 60", "longest = nan", "“longest” must be between -1000000000000 and 1000000000000."),
        ("longest = 60", 'longest = { else = "x" }', "“else” must be a number."),
        ("longest = 60", "longest = { hours = inf }", "“hours” must be between 0 and 43920."),
        ("longest = 60", 'longest = { else = 60, allowed = ["many"] }', "“allowed” must be a list of numbers, each between -1000000000000 and 1000000000000."),
        ('empty = "Nothing."', 'empty = "Nothing."\nfloor = -1', "“floor” must be between 0 and 10000."),
        ('empty = "Nothing."', 'empty = "Nothing."\n[sample]\nagent = { show = 100, compare = 10 }', "“compare” must be between 100 and 10000."),
        ('empty = "Nothing."', 'empty = "Nothing."\n[variants.nine]\nat = 9', "“at” must be more than 0 and less than 1."),
        ('empty = "Nothing."', 'empty = "Nothing."\n[beside.p90]\nat = 90', "“at” must be more than 0 and less than 1."),
        ('name = "Mine"', 'name = " "', "“name” is missing."),
        ('asks = "How long on hold?"', 'asks = ""', "“asks” is missing."),
        ('purpose = ["service"]', "purpose = []", "“purpose” is missing."),
        ('over = "contact"', 'over = "contact"\napart = "wait_s"', "Figures are kept apart by an id or a text, and “wait_s” is neither."),
    ],
)
def test_an_amount_that_cannot_be_is_told(said: str, instead: str, wrong: str) -> None:
    assert told(FILE.replace(said, instead)) == [wrong]


def test_a_setting_that_is_no_number_hides_no_mistake_of_the_formula() -> None:
    text = FILE.replace("longest = 60", 'longest = "sixty"').replace("handled and", "handeld and")
    assert told(text) == ["Unknown word “handeld”. Did you mean “handled”?", "“longest” must be a number."]


def test_names_that_do_not_exist_are_told_together_with_the_rest(tmp_path: Path) -> None:
    text = FILE.replace("version = 1", 'version = 1\nserves = ["csatt"]').replace('unit = "seconds"', 'unit = "secons"') + 'opposed = ["ahtt"]\n'
    with pytest.raises(BadDefinition) as refused:
        own.check(text, tmp_path)
    said = [str(issue.text) for issue in refused.value.issues]
    assert said == [
        "There is no KPI called “csatt”. Did you mean “csat”?",
        "There is no unit called “secons”. Did you mean “seconds”?",
        "There is no KPI called “ahtt”. Did you mean “aht”?",
    ]


BOUNDED = [
    ('over = "contact"', 'over = "contact"\nrolling_months = 600', "“rolling_months” must be between 1 and 60."),
    ('over = "contact"', f'over = "contact"\nrolling_months = {10**30}', "“rolling_months” must be between 1 and 60."),
    ('over = "contact"', 'over = "contact"\nscale = -1', "“scale” must be between 0.001 and 1000000."),
    ("version = 1", "version = 99999", "“version” must be between 1 and 9999."),
    ('empty = "Nothing."', 'empty = "Nothing."\nfloor = 1000000', "“floor” must be between 0 and 10000."),
    ('empty = "Nothing."', 'empty = "Nothing."\n[privacy]\nleast = 1000000', "“least” must be between 5 and 10000."),
    ('empty = "Nothing."', 'empty = "Nothing."\n[variants.a]\nrolling_months = 61', "“rolling_months” must be between 1 and 60."),
    ('empty = "Nothing."', 'empty = "Nothing."\n[sample]\nagent = 5', "“agent” must be a table."),
    ("longest = 60", "longest = { days = -7 }", "“days” must be between 0 and 1830."),
    ("longest = 60", f"longest = 1{'0' * 400}", "“longest” must be between -1000000000000 and 1000000000000."),
    ("longest = 60", "longest = { days = 1, hours = 3 }", "“longest” has more than one value: hours, days"),
    ("longest = 60", "longest = { days = 1, allowed = [] }", "“allowed” must be a list of numbers, each between 0 and 1830."),
    ("longest = 60", 'longest = { agreement = "threshold", else = 3, times = 0 }', "“times” must be between 0.001 and 1000000."),
    ("longest = 60", "longest = { else = { dys = 7 } }", "“else” must be a number, or a number of s, minutes, hours, days, as in { days = 7 }."),
    ("longest = 60", 'longest = 60\nfar = 1e9\n[variants.a]\nmatures = "far"', "“far” is how long a row must have stood: between 0 and 1830 days."),
    ('purpose = ["service"]', "purpose = [{ a = 1 }]", "“purpose” must be a list of texts."),
]


@pytest.mark.parametrize(("said", "instead", "wrong"), BOUNDED)
def test_every_number_has_bounds_that_are_told(said: str, instead: str, wrong: str) -> None:
    assert wrong in told(FILE.replace(said, instead))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (FILE.replace("version = 1", "version = 1\nversion = 2"), "Every key and every table stands once: “version = 2” says again what stands above."),
        (FILE.replace('"Mine"', '"Mine'), 'This is not TOML: “name = "Mine”. Lines are written like'),
        ("x = " + "[" * 9000, "deeper than any KPI needs"),
        ("[" + ".".join(["a"] * 3000) + "]\n", "deeper than any KPI needs"),
        ("version = " + "9" * 5000, "more digits than can be read"),
    ],
)
def test_what_is_no_toml_is_told_and_ends_nothing(text: str, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(BadDefinition) as refused:
        own.check(text, tmp_path)
    assert any(wrong in str(issue.text) for issue in refused.value.issues)


def test_a_file_may_begin_with_the_mark_of_an_editor() -> None:
    assert read_text("\ufeff" + FILE, Path("mine.toml"), own=True).id == "mine"


@pytest.mark.parametrize(
    "more",
    [
        "[benchmark]\ntext = 'x'\nsource = 'y'\nvariant = 5",
        "[variants.a]\nkind = false",
        "[beside.a]\nkind = 'mean'\nat = false\nof = false",
        "[variants.a]\nat = 0.9\nup = 'handled'",
        "[variants.a]\nkind = 'ratio'",
        "[summary]\ndefault = { top = 5 }",
        "[[case]]\nsay = 'x'\ngives = '1'\n[[case]]\n5 = 7",
    ],
)
def test_what_has_another_form_is_told_and_ends_nothing(more: str) -> None:
    assert told(f"{FILE}\n{more}\n")


def test_what_is_there_twice_or_not_at_all_is_no_suggestion() -> None:
    assert told(FILE.replace("at = 0.5", "at = 0.5\noff = 3")) == ["There is no key called “off”."]
