from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from nyckeltal.kpi.catalogue import catalogue

SignIn = Callable[[str], Client]


@pytest.mark.parametrize("name", ["anna", "hanna", "nobody"])
def test_everybody_finds_every_kpi_with_its_question(as_person: SignIn, name: str) -> None:
    page = as_person(name).get("/kpis/").content.decode()
    assert all(f'href="/kpis/{kpi}/"' in page for kpi in catalogue(None))
    assert "Of those who contacted us, how many did we answer in time?" in page


def test_an_own_kpi_appears_and_a_broken_one_takes_nothing_away(as_person: SignIn, tmp_path: Path) -> None:
    folder = tmp_path / "kpi"
    folder.mkdir()
    (folder / "broken.toml").write_text("id = 'broken'\nnonsense\n", encoding="utf-8")
    page = as_person("david").get("/kpis/").content.decode()
    assert 'href="/kpis/service_level/"' in page
    assert "broken.toml:2" in page
