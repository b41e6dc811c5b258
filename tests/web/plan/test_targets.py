"""What is to be reached, as people write and read it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from nyckeltal.web.plan import targets


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("75", "share", 0.75), ("75 %", "share", 0.75), ("7,5", "share", 0.075), ("5:30", "seconds", 330), ("1:05:30", "seconds", 3930),
        ("6 min", "seconds", 360),
        ("45", "seconds", 45), ("8,2", "score", 8.2), ("−12", "points", -12), ("", "share", None), ("1 200", "count", 1200),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_in_the_figures_unit(typed: str, unit: str, value: float | None) -> None:
    assert targets.read(typed, unit) == (pytest.approx(value) if value is not None else None)


@pytest.mark.parametrize(("typed", "unit"), [("a lot", "share"), ("120", "share"), ("5:75", "seconds"), ("8 min", "score"), ("1e99", "count"), ("-3", "share")])
def test_what_cannot_be_one_is_refused(typed: str, unit: str) -> None:
    with pytest.raises(ValidationError):
        targets.read(typed, unit)


@pytest.mark.parametrize(
    ("value", "unit"), [(0.75, "share"), (0.785, "share"), (330, "seconds"), (45, "seconds"), (8.2, "score"), (-12, "points"), (100, "count")]
)
def test_what_stands_in_a_field_reads_back(value: float, unit: str) -> None:
    assert targets.read(targets.typed(value, unit), unit) == pytest.approx(value)
