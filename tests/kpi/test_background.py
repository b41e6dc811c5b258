"""What stands around a definition: standards, outside figures with their source, and the history of its versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from nyckeltal.kpi import background
from nyckeltal.kpi.catalogue import catalogue

FIRST = {"version": 1, "valid_from": date(2026, 1, 1), "changed": "First definition."}
SECOND = {"version": 2, "valid_from": date(2026, 11, 22), "changed": "Counts otherwise."}


def _wrong(**data: Any) -> list[str]:
    return [str(text) for _, text in background.mistakes({"version": 1, **data})]


def test_what_is_whole_has_no_mistakes() -> None:
    assert (
        _wrong(standards=["iso18295", "copc_people"], benchmark={"text": "About 6 minutes.", "source": "Connectel", "variant": "contact"}, history=[FIRST])
        == []
    )
    assert _wrong(version=2, history=[FIRST, SECOND]) == []
    assert _wrong(serves=["csat", {"kpi": "ces", "only": "band"}]) == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"standards": ["iso9001"]}, "no standard called “iso9001”"),
        ({"serves": [5]}, "“csat”, or {"),
        ({"serves": [{"only": "band"}]}, "“csat”, or {"),
        ({"serves": [{"kpi": "csat", "olny": "band"}]}, "“csat”, or {"),
        ({"serves": [{"kpi": "csat", "only": "bend"}]}, "Did you mean “band”"),
        ({"id": "fcr", "serves": ["fcr"]}, "does not serve itself"),
        ({"benchmark": {"text": "About 6 minutes."}}, "“source”"),
        ({"benchmark": {"text": " ", "source": "Connectel"}}, "“text”"),
        ({"benchmark": {"text": "a", "sauce": "c"}}, "Did you mean “source”"),
        ({"history": [SECOND]}, "Here belongs version 1"),
        ({"history": [{**FIRST, "valid_from": "2026-01-01"}]}, "Here belongs version 1"),
        ({"history": [{**FIRST, "changed": ""}]}, "Here belongs version 1"),
        ({"version": 2, "history": [FIRST]}, "ends with version 1; the file is of version 2"),
        ({"version": 2, "history": [SECOND | {"version": 1}, FIRST | {"version": 2}]}, "from before the one it replaced"),
    ],
)
def test_what_is_wrong_is_told(data: dict[str, Any], said: str) -> None:
    assert [text for text in _wrong(**data) if said in text]


@pytest.mark.parametrize("kpi", catalogue().values(), ids=lambda kpi: kpi.id)
def test_every_kpi_of_ours_names_a_benchmark_or_that_there_is_none(kpi: Any) -> None:
    assert kpi.benchmark["text"]
    assert kpi.benchmark["source"]
    assert str(kpi.text("benchmark.text")) == kpi.benchmark["text"]


@pytest.mark.parametrize("kpi", catalogue().values(), ids=lambda kpi: kpi.id)
def test_every_kpi_of_ours_has_a_history_that_ends_with_its_version(kpi: Any) -> None:
    assert [episode["version"] for episode in kpi.history] == list(range(1, kpi.version + 1))
    assert str(kpi.text(f"history.{kpi.version}.changed")) == kpi.history[-1]["changed"]


def test_what_a_key_figure_says_it_serves_must_be_there() -> None:
    known = catalogue()
    stray = replace(known["fcr"], serves={"csta": "", "csat": ""})
    assert [(kpi.id, str(said)) for kpi, (_, said) in background.unknown_neighbours({**known, "fcr": stray})] == [
        ("fcr", "There is no KPI called “csta”. Did you mean “csat”?")
    ]
