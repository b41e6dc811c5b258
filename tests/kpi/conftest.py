"""Shared by the tests of key figures."""

from __future__ import annotations

from pathlib import Path

import pytest

import rolled
from nyckeltal.kpi.upkeep import keep


@pytest.fixture(scope="session")
def kept_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose sums by day are kept. Copy it before anything is written into it."""
    home = tmp_path_factory.mktemp("sums") / "home"
    rolled.few(home)
    with pytest.MonkeyPatch.context() as patched:
        rolled.only_contacts(patched)
        assert keep.keep(home)
    return home
