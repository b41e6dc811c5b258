"""A proposed mapping as a file a person goes on with: what is sure stands there, what is a guess is marked, what is missing is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from nyckeltal.toml import lines, value

if TYPE_CHECKING:
    from nyckeltal.sources.describe import Description

_answers = (
    "# An answer counts once its question is described: load a table of kind question with question_id, measure and scale.",
    '# To link answers to contacts, give invitation_id and load a table of kind survey_invitation, with contact_id = { from = "…", source = "…" }.',
)
_linked = '# To link answers to contacts of another source, name it: contact_id = { from = "…", source = "…" }.'


def toml(described: Description) -> str:
    """The whole file."""
    if described.system:
        return f"# {described.file} is a {described.system} file and needs no mapping: nyckeltal load --as {described.system} {described.file}\n"
    parts = [_head(described), _file(described), _fact(described), _key(described), _columns(described), _surveys(described), _rest(described)]
    return "\n\n".join("\n".join(part) for part in map(list, parts) if part).rstrip() + "\n"


def _head(described: Description) -> Iterator[str]:
    rows = f"{described.rows} rows" if described.rows else "a header and no row below it, so only the names could be judged"
    yield f"# {described.file}: {rows}, {len(described.columns)} columns. Proposed from names and values; what says “check” is a guess."
    if described.read_by:
        yield f"# Read it with: nyckeltal load --as {described.read_by} --mapping FILE.toml {described.file}"
    if described.kind == "survey_response":
        yield from _answers
    if described.kind == "survey_invitation" and "contact_id" in described.mapping["columns"]:
        yield _linked


def _file(described: Description) -> Iterator[str]:
    yield "[file]"
    yield from lines(described.mapping["file"])
    yield '# zone = "Europe/Stockholm"  # of times without an offset; without it they are UTC'


def _fact(described: Description) -> Iterator[str]:
    others = [kind for kind in described.likely if kind != described.kind]
    notes = {"client": "  # check: whose contacts they are", "kind": f"  # check: could also be {', '.join(others)} (--fact)" if others else ""}
    yield "[fact]"
    yield from (f"{key} = {value(said)}{notes.get(key, '')}" for key, said in described.mapping["fact"].items())


def _key(described: Description) -> Iterator[str]:
    key = described.key
    repeats = f"{key.repeated} of {key.rows} rows repeat an earlier one"
    if "key" in described.mapping:
        yield "[key]"
        yield f"columns = {value(key.columns)}" + (f"  # check: {repeats}; of those the last one counts" if key.repeated else "")
    elif TABLES[described.kind].family == "fact":
        if key.columns:
            yield f"# [key]  # columns = {value(key.columns)} comes nearest, but {repeats}. Add the column that tells them apart."
        else:
            yield '# [key]  # columns = ["…"]: what tells rows apart. Without it corrected rows are refused.'


def _columns(described: Description) -> Iterator[str]:
    unsure = {str(guess.field): guess for guess in described.columns if guess.confidence == "check"}
    yield "[columns]"
    for field, rule in described.mapping["columns"].items():
        yield f"{field} = {value(rule)}{_note(field, rule, unsure)}"
    yield from (f'# {field} = "…"  # needed, and no column seems to give it' for field in described.needed if ": " not in field)
    yield from (f"# say under values, or leave out, what it means: {field}" for field in described.needed if ": " in field)


def _note(field: str, rule: Any, unsure: Mapping[str, Any]) -> str:
    constant = isinstance(rule, Mapping) and "is" in rule
    form = rule.get("as") if isinstance(rule, Mapping) else None
    if field in unsure and isinstance(form, str) and unsure[field].shape.both_ways:
        return "  # check: day first or month first? Both fit every row"
    return "  # check" if field in unsure or constant else ""


def _surveys(described: Description) -> Iterator[str]:
    for survey in described.mapping.get("survey", ()):
        yield "[[survey]]  # check"
        yield from lines(survey)
    for left_out in described.mapping.get("leave_out", ()):
        yield "[[leave_out]]"
        yield from lines(left_out)
    if any(": " in field for field in described.needed):
        yield from ("# [[leave_out]]  # rows that are no contacts", "# where = \"outcome == '…'\"", '# reason = "…"')


def _rest(described: Description) -> Iterator[str]:
    for guess in described.columns:
        if guess.field is None and guess.name not in described.key.columns:
            yield f"# not used: {value(guess.name)}" + (f", for example {value(', '.join(guess.samples))}" if guess.samples else "")
