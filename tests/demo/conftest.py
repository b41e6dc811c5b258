"""One simulation for all tests that only read it, and the small demo that is loaded whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nyckeltal.demo.events import Span
from nyckeltal.demo.simulate import Story, simulate
from nyckeltal.demo.truth import Truth, read

WEEKS = Span(date(2026, 10, 12), date(2026, 11, 9))  # four weeks with the end of summer time and a holiday


@pytest.fixture(scope="session")
def story() -> Story:
    return simulate(WEEKS, seed=7)


@pytest.fixture
def demo(demo_home: Path) -> tuple[Path, Truth]:
    return demo_home, read(demo_home)
