"""The KPIs a role sees before there is a plan: three each, and none that nobody there could do anything about."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.errors import BadDefinition
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.focus import LEVELS, focus

others = 'leader = ["fcr"]\nmanager = ["fcr"]\nclient = ["asa"]\n'


def test_each_role_begins_with_its_three() -> None:
    assert dict(focus()) == {
        "agent": ("fcr", "csat", "aht"),
        "leader": ("service_level", "fcr", "csat"),
        "manager": ("service_level", "fcr", "nps"),
        "client": ("service_level", "asa", "csat"),
    }


def test_each_says_what_it_means_and_what_can_be_done() -> None:
    for role, named in focus().items():
        for name in named:
            kpi = catalogue()[name]
            assert kpi.levers[LEVELS[role]], (role, name)
            assert kpi.means.get(LEVELS[role]) or kpi.means["company"], (role, name)


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ('["fcrr"]', "fcr"),  # the nearest that there is
        ('["service_level"]', "Waiting has no agent."),
        ('["nps"]', "Whether somebody recommends us has many causes"),
        ('["fcr", "csat", "aht", "asa"]', "One to 3 KPIs are in focus."),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(agent: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "focus.toml"
    file.write_text(f"agent = {agent}\n{others}", encoding="utf-8")
    with pytest.raises(BadDefinition) as refused:
        focus(file)
    assert said in str(refused.value.issues[0])


def test_a_kpi_that_says_nothing_of_what_can_be_done_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "focus.toml"
    file.write_text('agent = ["fcr"]\nleader = ["fcr"]\nmanager = ["fcr"]\nclient = ["fcr"]\n', encoding="utf-8")
    with pytest.raises(BadDefinition) as refused:
        focus(file)
    assert "It does not say what one can do about it." in str(refused.value.issues[0])


def test_a_role_without_kpis_and_one_that_there_is_not_are_both_told(tmp_path: Path) -> None:
    file = tmp_path / "focus.toml"
    file.write_text(f'boss = ["fcr"]\n{others}', encoding="utf-8")
    with pytest.raises(BadDefinition) as refused:
        focus(file)
    assert len(refused.value.issues) == 2
