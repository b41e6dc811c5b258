"""A mapping written as the file that a person reads and goes on with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from nyckeltal import toml

TABLES_IN_ORDER = ("file", "fact", "key", "columns", "checks")
NEXT = "\n# ── the next table ──\n"
LISTS_IN_ORDER = ("survey", "leave_out")


def text_of(mapping: Mapping[str, Any]) -> str:
    """The whole mapping; empty tables are left out."""
    plain = {key: part for key, part in mapping.items() if key not in (*TABLES_IN_ORDER, *LISTS_IN_ORDER)}
    blocks = [toml.lines(plain)] if plain else []
    blocks += [[f"[{name}]", *toml.lines(mapping[name])] for name in TABLES_IN_ORDER if mapping.get(name)]
    blocks += [[f"[[{name}]]", *toml.lines(one)] for name in LISTS_IN_ORDER for one in mapping.get(name, ())]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def together(texts: Iterable[str]) -> str:
    """The mappings of tables that were loaded as one, as the load keeps them."""
    return NEXT.join(text.rstrip("\n") + "\n" for text in texts)


def tables_of(text: str) -> dict[str, Any]:
    """A mapping as a load has kept it, TOML or JSON, as tables; of several tables loaded as one the first one's."""
    import tomllib

    text = text.split(NEXT, maxsplit=1)[0]
    tables: dict[str, Any] = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    return tables
