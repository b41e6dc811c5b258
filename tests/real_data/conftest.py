"""The public data sets, each loaded once for all that is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from components import shared_data
from nyckeltal.cli import published

HERE = Path(__file__).parent
SETS = {described["id"]: described for described in published.sets(HERE / "expected.toml")}


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A home per set, loaded when it is first asked for. Copy it before anything is written into it."""

    class Homes(dict[str, Path]):
        def __missing__(self, name: str) -> Path:
            data = shared_data(SETS[name]["folder"]).parent
            home = tmp_path_factory.mktemp(name)
            published.load_set(SETS[name], data=data, mappings=HERE / "mappings", home=home)
            self[name] = home
            return home

    return Homes()
