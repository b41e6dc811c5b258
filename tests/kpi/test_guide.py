"""Every example in the guide to own KPIs is one: it passes the checks, and its worked case comes out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from components import REPOSITORY
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.definition import KINDS
from nyckeltal.kpi.worked import cases_hold

GUIDE = (REPOSITORY / "docs" / "guide" / "add-a-kpi.md").read_text(encoding="utf-8")
EXAMPLES = {tomllib.loads(text)["id"]: text for text in re.findall(r"```toml\n(.+?)```", GUIDE, re.DOTALL)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("guide")
    (folder / "kpi").mkdir()
    for name, text in EXAMPLES.items():
        (folder / "kpi" / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_the_guide_counts_as_it_says(name: str, home: Path) -> None:
    kpi = catalogue(home)[name]
    assert len(kpi.cases) == 1
    assert [str(said) for said in cases_hold(kpi, home)] == []


def test_the_guide_has_an_example_of_each_kind() -> None:
    assert {kind for text in EXAMPLES.values() for kind in KINDS if f"\n[{kind}]\n" in text} == set(KINDS)
