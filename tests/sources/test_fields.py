"""Every field that a file may give is explained, and nothing else is."""

from __future__ import annotations

from collections import Counter

import pytest

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources import called, explained, fields
from nyckeltal.sources.mapping import KINDS, said_fields


def test_every_fact_is_explained() -> None:
    assert set(fields.FACTS) == set(KINDS)


@pytest.mark.parametrize("fact", KINDS)
def test_every_field_is_explained_under_the_name_a_mapping_uses(fact: str) -> None:
    listed = fields.fields(fact)
    assert [field.name for field in listed if not field.meaning] == []
    assert {field.name for field in listed} == set(said_fields(TABLES[fact])) - {"described"}


@pytest.mark.parametrize("fact", KINDS)
def test_no_explanation_is_of_a_field_that_is_gone(fact: str) -> None:
    assert set(explained.OWN[fact]) - {field.name for field in fields.fields(fact)} == set()


@pytest.mark.parametrize("language", called.LANGUAGES)
@pytest.mark.parametrize("fact", KINDS)
def test_no_two_fields_to_choose_from_are_called_alike(fact: str, language: str) -> None:
    labels = Counter(called.field(name, language).casefold() for name in said_fields(TABLES[fact]))
    assert [label for label, times in labels.items() if times > 1] == []
