"""On which line of a TOML file something stands."""

from __future__ import annotations

import tomllib

import pytest

from nyckeltal.kpi.lines import Lines, broken_at

TEXT = """id = "x"

[share]
of = "a"   # comment

[variants.all]
"among" = "b"

[[case]]
say = "one"

[[case]]
contact = [
  { wait_s = 1 },
]
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("id",), 1),
        (("share", "of"), 4),
        (("share", "among"), 3),
        (("variants", "all", "among"), 7),
        (("case", 0, "say"), 10),
        (("case", 1), 12),
        (("case", 1, "contact", "wait"), 13),
        (("nothing",), None),
    ],
)
def test_a_path_leads_to_its_line_or_to_what_is_around_it(path: tuple[str | int, ...], line: int | None) -> None:
    assert Lines(TEXT).of(path) == line


def test_a_file_that_is_not_toml_breaks_somewhere() -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads("a = 1\nb = = 2\n")
    assert broken_at(caught.value) == 2
