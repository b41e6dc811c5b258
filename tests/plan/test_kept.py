"""What pulls against each other is looked for once for each state of the data, and read from a file after that."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nyckeltal.plan import kept
from nyckeltal.plan.links import Link

NOW = datetime(2026, 3, 10, 3, tzinfo=UTC)
FOUND = (
    Link("aht", "fcr", "agent", known=True, verdict="opposing", r=-0.5, low=-0.6, high=-0.4, groups=20, periods=13, balanced_by=("qa_score",)),
    Link("aht", "csat", "agent", known=True),
)


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    times: list[dict[str, Any]] = []

    def links(kpis: list[str], _catalogue: object, **question: Any) -> tuple[Link, ...]:
        times.append({"kpis": kpis, **question})
        return FOUND

    monkeypatch.setattr(kept, "links", links)
    return times


def facts(name: str) -> Any:
    return SimpleNamespace(id=name)


def test_what_own_figures_tell_is_kept_as_it_was_found(tmp_path: Path, looked: list[dict[str, Any]]) -> None:
    assert kept.kept(tmp_path) == ()
    assert kept.keep(tmp_path, NOW, facts("one"))
    assert kept.kept(tmp_path) == FOUND[:1]
    assert {"aht", "fcr", "csat"} <= set(looked[0]["kpis"])
    assert "service_level" not in looked[0]["kpis"]  # no goal of a person
    assert [path.name for path in tmp_path.iterdir()] == ["links.json"]


def test_it_is_looked_for_anew_with_other_data_or_in_another_month_and_not_before(tmp_path: Path, looked: list[dict[str, Any]]) -> None:
    assert kept.keep(tmp_path, NOW, facts("one"))
    assert not kept.keep(tmp_path, NOW, facts("one"))
    assert kept.keep(tmp_path, NOW, facts("two"))
    assert kept.keep(tmp_path, NOW.replace(month=4), facts("two"))
    assert len(looked) == 3


def test_a_file_of_an_earlier_version_is_passed_over_and_made_anew(tmp_path: Path, looked: list[dict[str, Any]]) -> None:
    assert kept.keep(tmp_path, NOW, facts("one"))
    file = tmp_path / "links.json"
    about = file.read_text().partition('"links"')[0]
    for said in ("[]", "{}", "not JSON", f'{about}"links": [{{"a": "aht", "b": "fcr"}}]}}'):
        file.write_text(said)
        assert kept.kept(tmp_path) == (), said
        assert kept.keep(tmp_path, NOW, facts("one")), said
        assert kept.kept(tmp_path) == FOUND[:1]
    assert len(looked) == 5
