"""The form of the columns: sent as it stands it changes nothing, and what it does not show is kept."""

from __future__ import annotations

from typing import Any

import pytest

from nyckeltal.sources import written
from nyckeltal.web.contacts.loads import columns, draft

NAMES = ("id", "date", "time", "queue", "ended", "wait", "grade", "test")
SEEN: dict[str, Any] = {
    "kind": "contact",
    "likely": ["contact"],
    "columns": [
        {"name": name, "samples": ["x"], "shape": "text", "form": None, "distinct": 2, "both_ways": False, "field": None, "confidence": "none"}
        for name in NAMES
    ],
    "values": {"ended": ["J", "N", "O'Hara"], "queue": ["a"]},
}
FACT = {"kind": "contact", "client": "one"}
MAPPINGS: dict[str, dict[str, Any]] = {
    "plain": {
        "fact": FACT,
        "key": {"columns": ["id"]},
        "columns": {"channel": {"is": "voice"}, "queue_id": "queue", "wait_s": {"from": "wait", "as": "mm:ss"}},
    },
    "constants": {"fact": FACT, "columns": {"channel": {"is": "voice"}, "wait_s": {"is": 900}, "talk_s": {"is": 2.5}, "is_test": {"is": False}}},
    "two columns": {"fact": FACT, "columns": {"offered_at": {"from": ["time", "date"], "as": "%H:%M %Y-%m-%d"}}},
    "values": {"fact": FACT, "columns": {"outcome": {"from": "ended", "values": {"J": "answered", "N": "abandoned"}}}},
    "a value that this file has not": {"fact": FACT, "columns": {"outcome": {"from": "ended", "values": {"Z": "callback_requested", "J": "answered"}}}},
    "left out": {
        "file": {"zone": "Europe/Stockholm", "separator": ";"},
        "fact": FACT,
        "columns": {"outcome": {"from": "ended", "values": {"J": "answered", "N": "abandoned"}}},
        "leave_out": [{"where": "wait == 'x'", "reason": "odd"}, {"where": "ended == 'O\\'Hara'", "reason": "O'Hara"}],
    },
    "not shown": {
        "fact": {**FACT, "source": "log"},
        "key": {"columns": ["id"], "changed_at": "date"},
        "columns": {"is_test": {"where": "test == 'x'"}, "queue_id": {"from": "queue", "none": ["-"]}},
        "checks": {"ghost_below_s": 5},
        "survey": [{"question": "q", "measure": "csat", "scale": "1_5", "value": "grade"}],
    },
}


def _form(mapping: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
    """What the page would send."""
    said: dict[str, str] = {"client": mapping["fact"].get("client", ""), "zone": mapping.get("file", {}).get("zone", "")}
    shown = columns.shown(SEEN, mapping)
    for one in shown:
        said |= {f"m{one.at}": _chosen(one.means), **({f"f{one.at}": _chosen(one.forms)} if one.forms else {})}
        said |= {value.name: _chosen(value.choices) for value in one.values}
    said |= {f"is.{one.name}": _chosen(one.choices) if one.choices else one.value for one in columns.constants(SEEN, mapping)}
    for at, part in enumerate(draft.conditions(mapping, SEEN)):
        said |= {f"where{at}": part["where"], f"reason{at}": part["reason"]}
    return said, [str(one.at) for one in shown if one.is_key]


def _chosen(choices: columns.Choices) -> str:
    return next((value for value, _, chosen in choices if chosen), "")


@pytest.mark.parametrize("name", sorted(MAPPINGS))
def test_the_form_sent_as_it_stands_changes_nothing(name: str) -> None:
    assert draft.changed(MAPPINGS[name], SEEN, *_form(MAPPINGS[name])) == MAPPINGS[name]


@pytest.mark.parametrize("name", sorted(MAPPINGS))
def test_a_mapping_is_written_and_read_again_as_it_was(name: str) -> None:
    assert written.tables_of(written.text_of(MAPPINGS[name])) == MAPPINGS[name]


def test_two_columns_of_one_meaning_are_read_together() -> None:
    form, keys = _form(MAPPINGS["plain"])
    made = draft.changed(MAPPINGS["plain"], SEEN, {**form, "m1": "offered_at", "m2": "offered_at", "f1": "%Y-%m-%d %H:%M"}, keys)
    assert made["columns"]["offered_at"] == {"from": ["date", "time"], "as": "%Y-%m-%d %H:%M"}


def test_a_value_is_given_a_meaning_or_its_rows_are_left_out() -> None:
    form, keys = _form(MAPPINGS["plain"])
    made = draft.changed(MAPPINGS["plain"], SEEN, {**form, "m4": "outcome", "v4.0": "answered", "v4.1": "abandoned", "v4.2": draft.LEAVE_OUT}, keys)
    assert made["columns"]["outcome"] == {"from": "ended", "values": {"J": "answered", "N": "abandoned"}}
    assert made["leave_out"] == [{"where": "ended == 'O\\'Hara'", "reason": "O'Hara"}]


def test_what_is_the_same_in_all_rows_is_a_constant_until_a_column_gives_it() -> None:
    form, keys = _form(MAPPINGS["plain"])
    assert draft.changed(MAPPINGS["plain"], SEEN, {**form, "is.channel": "chat"}, keys)["columns"]["channel"] == {"is": "chat"}
    assert draft.changed(MAPPINGS["plain"], SEEN, {**form, "m7": "channel"}, keys)["columns"]["channel"] == "test"


def test_rows_can_be_told_apart_by_several_columns_or_by_none() -> None:
    form, _ = _form(MAPPINGS["plain"])
    assert draft.changed(MAPPINGS["plain"], SEEN, form, ["0", "1"])["key"] == {"columns": ["id", "date"]}
    assert "key" not in draft.changed(MAPPINGS["plain"], SEEN, form, [])
    assert "key" not in draft.changed(MAPPINGS["plain"], SEEN, form, ["99", "x"])
