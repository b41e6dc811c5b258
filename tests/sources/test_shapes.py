"""What is told at a glance of a value is what reading it would tell."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from nyckeltal.sources import shapes

ODD = ["Faktura", "12", "3.5", " 1/2/26", "2026-03-29t10:00:01", "29.03.2026  10:00", "٣/٤/2026", "1 mars 2026", "Mar 9, 2026 7:05 am", "2026-03-29 "]
SOME_DAY = datetime(2026, 3, 9, 7, 5, 1, 250_000, UTC)


@pytest.mark.parametrize("forms", [shapes.moment_forms, shapes.day_forms, shapes.clock_forms], ids=["moments", "days", "clocks"])
def test_a_glance_turns_nothing_away_that_can_be_read(forms: tuple[str, ...]) -> None:
    values = {*ODD, *(SOME_DAY.strftime(form) for form in forms[::9])}
    for form in forms:
        for value in {*values, SOME_DAY.strftime(form), SOME_DAY.strftime(form).replace("0", "").lower()}:
            assert not _is_read(form, value) or shapes.outline(form).fullmatch(value), (form, value)


def _is_read(form: str, value: str) -> bool:
    try:
        datetime.strptime(value, form)  # noqa: DTZ007 - only whether it fits
    except ValueError:
        return False
    return True
