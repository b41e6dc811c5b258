"""The page that lists every field of every fact that a file may tell, written from the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nyckeltal.sources.fields import Field

HEAD = """# Fields

What a file may tell, fact by fact: the names on the left side of [a mapping](guide/load-your-data.md). `nyckeltal describe --fact KIND`
prints one of these tables.

Types: *id* and *text* are as written; *moment* is a date with a time, *date* a date; *seconds* is a duration; *count* a whole number;
*number* any number; *money* an amount in major units (349.90); *flag* yes or no; *list* several values separated by semicolons or commas;
*one of* only the values named. A required field must be given by a column, as a constant, or where its meaning says so; everything else
may be missing, and then whatever needs it says so instead of guessing.
"""


def fields_page() -> str:
    from nyckeltal.sources.fields import facts, fields

    parts = [f"## {kind}\n\n{meaning}\n\n{''.join(_table(fields(kind)))}" for kind, meaning in facts()]
    return "\n".join([HEAD, *parts])


def _table(fields: list[Field]) -> Iterator[str]:
    yield "| field | type | required | meaning |\n|---|---|---|---|\n"
    for field in fields:
        choices = f" ({', '.join(f'`{choice}`' for choice in field.choices)})" if field.choices else ""
        yield f"| `{field.name}` | {field.type} | {'yes' if field.required else ''} | {field.meaning}{choices} |\n"
