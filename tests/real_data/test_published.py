"""Public data sets give the figures that are published for them (expected.toml)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.cli import published
from real_data.conftest import SETS

FIGURES = [(name, at) for name, described in SETS.items() for at in range(len(described["figure"]))]


def _said(case: tuple[str, int]) -> str:
    return f"{case[0]}: {SETS[case[0]]['figure'][case[1]]['say']}"


@pytest.mark.parametrize("case", FIGURES, ids=_said)
def test_a_published_figure_is_reproduced(case: tuple[str, int], homes: Mapping[str, Path]) -> None:
    name, at = case
    compared = published.compare(SETS[name]["figure"][at], home=homes[name])
    assert {key: compared.found.get(key) for key in compared.differing} == {key: compared.expected[key] for key in compared.differing}


def test_a_month_is_counted_from_contacts_not_averaged_from_days(homes: Mapping[str, Path]) -> None:
    from nyckeltal.kpi.ask import ask

    asked: dict[str, Any] = {"variant": "all_offered", "set": {"within": 60}, "floor": 0, "home": homes["simulated"]}
    [year] = ask("service_level", **asked)
    days = [figure.value for figure in ask("service_level", per="day", **asked) if figure.value is not None]
    assert len(days) == 261
    assert round(sum(days) / len(days), 4) == 0.9288
    assert round(year.value or 0, 4) == 0.9183
