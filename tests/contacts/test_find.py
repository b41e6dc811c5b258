"""Rows by their contact, from a world and from a store's files."""

from __future__ import annotations

from nyckeltal.contacts.find import rows_of_contacts
from nyckeltal.contacts.world import World


def test_only_the_rows_of_the_named_contacts_are_found() -> None:
    world = World.of({"contact": [{"contact_id": "1"}, {"contact_id": "2"}]}, defaults=True)
    assert [row["contact_id"] for row in rows_of_contacts(world, "contact", ["2", "elsewhere"])] == ["2"]
    assert [row["contact_id"] for row in rows_of_contacts(world, "segment", ["1"])] == ["1"]


def test_no_contacts_give_no_rows() -> None:
    assert rows_of_contacts(World.of({}), "contact", []) == []


def test_only_the_columns_that_are_named_are_read() -> None:
    world = World.of({"contact": [{"contact_id": "1"}]}, defaults=True)
    assert [set(row) for row in rows_of_contacts(world, "contact", ["1"], columns=("contact_id", "queue_id"))] == [{"contact_id", "queue_id"}]
