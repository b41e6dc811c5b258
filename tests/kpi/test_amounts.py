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
        ("version = 1", "version = 0", "“version” must be 1 or more."),
        ("at = 0.5", "at = 2", "“at” must be between 0 and 1."),
        ("at = 0.5", "at = 0", "“at” must be between 0 and 1."),
        ("at = 0.5", "at = -1", "“at” must be between 0 and 1."),
        ("at = 0.5", "at = nan", "“at” must be between 0 and 1."),
        ('over = "contact"', 'over = "contact"\nrolling_months = -3', "“rolling_months” must be 1 or more."),
        ('over = "contact"', 'over = "contact"\nscale = 0', "“scale” must be a number other than 0."),
        ('over = "contact"', 'over = "contact"\nscale = inf', "“scale” must be a number other than 0."),
        ("longest = 60", "longest = nan", "“longest” must be a number."),
        ("longest = 60", 'longest = { else = "x" }', "“else” must be a number."),
        ("longest = 60", "longest = { hours = inf }", "“hours” must be a number."),
        ("longest = 60", 'longest = { else = 60, allowed = ["many"] }', "“allowed” must be a list of numbers."),
        ('empty = "Nothing."', 'empty = "Nothing."\nfloor = -1', "“floor” must be 0 or more."),
        ('empty = "Nothing."', 'empty = "Nothing."\n[sample]\nagent = { show = 100, compare = 10 }', "“compare” must be 100 or more."),
        ('empty = "Nothing."', 'empty = "Nothing."\n[variants.nine]\nat = 9', "“at” must be between 0 and 1."),
        ('empty = "Nothing."', 'empty = "Nothing."\n[beside.p90]\nat = 90', "“at” must be between 0 and 1."),
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
