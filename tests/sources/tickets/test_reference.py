"""The number of the call that a ticket is about, wherever a ticket system keeps it: by it two sources' rows are joined."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.sources import find
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.tables import connect
from tables import put

SYSTEMS = Path(find.__file__).parent / "systems"


def _within(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """The tickets of a sample, by a field that nothing else in it has."""
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _within(one, name)
    if isinstance(value, dict) and name in value:
        yield value


def _read(system: str, file: Path, folder: Path, reference: str | None) -> tuple[Reading, list[str]]:
    con = connect(folder, [file])
    told = {"fact": {"reference": reference}} if reference else {}
    setting = Setting(folder, "desk", "one", "UTC", datetime(2026, 4, 1, tzinfo=UTC), lambda text: f"md5({text})", told=told)
    reading = find.system(system).read(con, [file], setting)
    return reading, [
        name for (name,) in con.execute(f"SELECT DISTINCT reference FROM read_parquet('{reading.facts['contact'][0]}') WHERE reference IS NOT NULL").fetchall()
    ]


OWN: dict[str, tuple[str, str, str | None, Callable[[str], dict[str, Any]]]] = {
    "freshdesk": ("tickets-0001.json", "requester_id", "custom_fields.cf_call", lambda call: {"custom_fields": {"cf_call": call}}),
    "zammad": ("tickets-0001.json", "create_article_type", "call_id", lambda call: {"call_id": call}),
    "chatwoot": ("conversations-0001.json", "inbox_id", "custom_attributes.call", lambda call: {"custom_attributes": {"call": call}}),
    "freescout": ("conversations-0001.json", "mailboxId", "customFields.Call", lambda call: {"customFields": [{"id": 3, "name": "Call", "value": call}]}),
    "jira": ("search.json", "reporter", "fields.customfield_10050", lambda call: {"customfield_10050": call}),
    "topdesk": ("incidents.json", "callDate", None, lambda call: {"externalNumber": call}),
    "servicenow": ("table-api.json", "opened_at", None, lambda call: {"correlation_id": {"display_value": call, "value": call}}),
}


@pytest.mark.parametrize("system", OWN)
def test_a_ticket_names_the_call_in_a_field_of_ones_own(system: str, tmp_path: Path) -> None:
    name, mark, reference, field = OWN[system]
    document = json.loads((SYSTEMS / system / "samples" / name).read_text(encoding="utf-8"))
    for ticket in _within(document, mark):
        ticket.update(field("call-7"))
    assert _read(system, put(tmp_path, json.dumps(document), name), tmp_path, reference)[1] == ["call-7"]


@pytest.mark.parametrize(("system", "name"), [("topdesk", "list.csv"), ("servicenow", "updates.csv")])
def test_a_column_of_an_exported_list_names_it_and_one_that_is_not_there_is_told(system: str, name: str, tmp_path: Path) -> None:
    sample = SYSTEMS / system / "samples" / name
    mark = ";" if system == "topdesk" else ","
    head, *rest = sample.read_text(encoding="utf-8").splitlines()
    text = "\n".join([f"{head}{mark}Our call", *(f"{line}{mark}call-7" for line in rest)]) + "\n"
    assert _read(system, put(tmp_path, text, name), tmp_path, "our call")[1] == ["call-7"]
    folder = tmp_path / "again"
    folder.mkdir()
    reading, found = _read(system, sample, folder, "our call")
    assert found == []
    assert ["“our call”" in str(warning) for warning in reading.warnings if warning.id == "sources.ticket.no_reference"] == [True]
