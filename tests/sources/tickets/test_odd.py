"""Documents that are built otherwise than documented: what cannot be read is set aside or refused, and nothing ends in a fault."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.errors import UserMistake
from nyckeltal.sources import find
from nyckeltal.sources.reading import Setting
from nyckeltal.sources.tables import connect
from tables import put

SYSTEMS = Path(find.__file__).parent / "systems"
PLACES: list[tuple[str, str, tuple[str | int, ...]]] = [
    *(("jira", "search.json", place) for place in (("issues", 1, "fields", "priority"), ("issues", 0, "changelog", "histories", 1, "items", 0))),
    *(("zendesk", "export.json", place) for place in (("tickets", 2, "via"), ("audits", 8, "events"), ("metric_sets",))),
    ("topdesk", "incidents.json", (0, "progress")),
    ("servicenow", "table-api.json", ("result", 0, "opened_at")),
]


@pytest.mark.parametrize("odd", [5, [1]])
@pytest.mark.parametrize(("system", "name", "place"), PLACES)
def test_a_document_of_another_build_is_no_fault(system: str, name: str, place: tuple[str | int, ...], odd: Any, tmp_path: Path) -> None:
    document = json.loads((SYSTEMS / system / "samples" / name).read_text(encoding="utf-8"))
    inside = document
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = odd
    file = put(tmp_path, json.dumps(document), name)
    setting = Setting(tmp_path, "desk", "one", "UTC", datetime(2026, 4, 1, tzinfo=UTC), lambda text: f"md5({text})", told={})
    with suppress(UserMistake):
        find.system(system).read(connect(tmp_path, [file]), [file], setting)


def test_of_a_record_that_cannot_be_read_it_is_said_which(tmp_path: Path) -> None:
    document = json.loads((SYSTEMS / "jira" / "samples" / "search.json").read_text(encoding="utf-8"))
    document["issues"] = [document["issues"][0], {"key": "A-1", "fields": "none"}, *({**document["issues"][0], "key": f"B-{at}"} for at in range(60))]
    file = put(tmp_path, json.dumps(document), "search.json")
    setting = Setting(tmp_path, "desk", "one", "UTC", datetime(2026, 4, 1, tzinfo=UTC), lambda text: f"md5({text})", told={})
    con = connect(tmp_path, [file])
    reading = find.system("jira").read(con, [file], setting)
    paths = ", ".join(f"'{path}'" for path in reading.set_aside)
    told = con.execute(f"SELECT source_id, reason FROM read_parquet([{paths}], union_by_name=true) WHERE source_id = 'A-1'").fetchall()
    assert told == [("A-1", '“{"key": "A-1"}” cannot be read.')]
