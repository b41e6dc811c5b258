"""Every sample file of every system against what it must give; a file that nobody or two claim is a failure."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.sources import find
from nyckeltal.sources.reading import Setting
from nyckeltal.sources.tables import connect

FOLDER = Path(find.__file__).parent / "systems"
SAMPLES = sorted(path for path in FOLDER.glob("*/samples/*") if not path.name.endswith((".expected.json", ".mapping.toml")))


def read(sample: Path, folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The facts of a sample, without what is empty in them."""
    con = connect(folder)
    now = datetime(2026, 3, 3, tzinfo=UTC)
    told = sample.with_name(sample.name + ".mapping.toml")
    said = tomllib.loads(told.read_text(encoding="utf-8")) if told.exists() else {}
    setting = Setting(folder, "sample", "one", "UTC", now, lambda text: f"'customer-' || right({text}, 4)", told=said)
    reading = find.system(sample.parent.parent.name).read(con, [sample], setting)
    facts: dict[str, list[dict[str, Any]]] = {}
    for table, paths in sorted(reading.facts.items()):
        named = ", ".join(f"'{path}'" for path in paths)
        rows = con.execute(f"SELECT * EXCLUDE (source, line) FROM read_parquet([{named}]) ORDER BY 1").to_arrow_table()
        facts[table] = [{name: _plain(value) for name, value in row.items() if value not in (None, [])} for row in rows.to_pylist()]
    return facts


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_gives_what_is_expected(sample: Path, tmp_path: Path) -> None:
    expected = json.loads(sample.with_name(sample.name + ".expected.json").read_text(encoding="utf-8"))
    assert read(sample, tmp_path) == expected


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_claimed_by_its_own_system_alone(sample: Path) -> None:
    claims = [name for name, system in find.systems().items() if system.recognises(sample)]
    assert claims == [sample.parent.parent.name]


def test_every_system_has_a_sample() -> None:
    assert {sample.parent.parent.name for sample in SAMPLES} == {path.parent.name for path in FOLDER.glob("*/__init__.py")}
