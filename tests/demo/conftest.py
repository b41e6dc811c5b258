"""One simulation for all tests that only read it, and one small demo that is loaded whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nyckeltal.demo.build import build
from nyckeltal.demo.events import Span
from nyckeltal.demo.simulate import Story, simulate
from nyckeltal.demo.truth import Truth

TODAY = date(2026, 11, 22)
WEEKS = Span(date(2026, 10, 12), date(2026, 11, 9))  # four weeks with the end of summer time and a holiday


@pytest.fixture(scope="session")
def story() -> Story:
    return simulate(WEEKS, seed=7)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    home = tmp_path_factory.mktemp("demo")
    return home, build(home, seed=3, today=TODAY, scale=0.05, days=31)
