"""An expression spelled out for an engine: with Python's operators over columns of Ibis, or in SQL. A comparison with a missing value is false."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

from nyckeltal.contacts.expression import Compare, Constant, Contains, Every, Holds, Missing, Name, Node, Not, OneOf, Some, Sum
from nyckeltal.contacts.where import family

_PYTHON: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def to_python(node: Node, column: Callable[[Any], Any]) -> Any:
    """Write an expression with Python's operators over what `column` gives for a leaf: Ibis columns, for one.

    Nothing is imported here: every leaf is asked of `column`, so constants can be cast and engines may put their own leaves in.
    """
    found, is_told = _written(node, column)
    return found if is_told else found.fill_null(False)


def to_filters(node: Node, column: Callable[[Any], Any]) -> list[Any]:
    """A condition by which rows are chosen, in the parts that must all hold. What is missing chooses no row, so nothing is filled: an engine
    then passes over whole stretches of a file by what it knows of a column there."""
    return [found for part in node.parts for found in to_filters(part, column)] if isinstance(node, Every) else [to_met(node, column)]


def to_met(node: Node, column: Callable[[Any], Any]) -> Any:
    """A condition of which only matters whether it is met: perhaps missing instead of false."""
    return _written(node, column)[0]


def _written(node: Node, column: Callable[[Any], Any]) -> tuple[Any, bool]:
    """The same, where nothing is known perhaps missing instead of false; and whether it is never missing. In “and” and “or” both come to the
    same in the end, and filling gaps once is quicker than in each part."""
    match node:
        case Sum(sign, left, right):
            a, b = to_python(left, column), to_python(right, column)
            return (a + b if sign == "+" else a - b), True
        case Compare(sign, left, right):
            return _PYTHON[sign](to_python(left, column), to_python(right, column)), False
        case OneOf(item, options, negated):
            found = to_python(item, column).isin([column(option) for option in options])
            return (~found if negated else found), False
        case Contains(name, mark, negated):
            found = to_python(name, column).contains(mark)
            return (~found if negated else found), False
        case Missing(item, negated):
            value = to_python(item, column)
            return (value.notnull() if negated else value.isnull()), True
        case Holds(item):
            return to_python(item, column), False
        case Not(part):
            return ~to_python(part, column), True
        case Every(parts) | Some(parts):
            sides, told = zip(*(_written(part, column) for part in parts), strict=True)
            return _joined(sides, operator.and_ if isinstance(node, Every) else operator.or_), all(told)
    return column(node), True


def to_sql(node: Node, column: Callable[[Name], str] | None = None) -> str:
    """Write an expression in DuckDB's SQL. `column` gives the SQL that reads a word as its `kind`; without it the quoted name,
    cast where the word is a file's cell."""
    read = column or quoted
    match node:
        case Constant(value, kind):
            return literal(value, kind)
        case Name():
            return read(node)
        case Sum(sign, left, right):
            return f"({to_sql(left, read)} {sign} {to_sql(right, read)})"
        case Compare(sign, left, right):
            return f"coalesce({to_sql(left, read)} {'<>' if sign == '!=' else sign.replace('==', '=')} {to_sql(right, read)}, false)"
        case OneOf(item, options, negated):
            listed = ", ".join(to_sql(option, read) for option in options)
            return f"coalesce({to_sql(item, read)} {'not in' if negated else 'in'} ({listed}), false)"
        case Contains(name, mark, negated):
            found = f"list_contains({read(name)}, {literal(mark, 'text')})"
            return f"coalesce({'not ' if negated else ''}{found}, false)"
        case Missing(item, negated):
            return f"({to_sql(item, read)} is {'not ' if negated else ''}null)"
        case Holds(item):
            return f"coalesce({to_sql(item, read)}, false)"
        case Not(part):
            return f"(not {to_sql(part, read)})"
        case Every(parts):
            return "(" + " and ".join(to_sql(part, read) for part in parts) + ")"
        case Some(parts):
            return "(" + " or ".join(to_sql(part, read) for part in parts) + ")"


def quoted(name: Name) -> str:
    """A column by its name, read as the kind it is compared with; what cannot be read so is missing."""
    column = '"' + name.name.replace('"', '""') + '"'
    cast = {"cell number": "double", "cell flag": "boolean", "cell date": "date", "cell moment": "timestamptz"}.get(name.kind)
    return f"try_cast({column} as {cast})" if cast else column


def literal(value: object, kind: str) -> str:
    """A constant in DuckDB's SQL, cast to its kind."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"cast({value!r} as double)"
    text = "'" + str(value).replace("'", "''") + "'"
    cast = {"date": "date", "moment": "timestamptz"}.get(family(kind))
    return f"cast({text} as {cast})" if cast else text


def _joined(sides: Sequence[Any], with_sign: Callable[[Any, Any], Any]) -> Any:
    whole = sides[0]
    for side in sides[1:]:
        whole = with_sign(whole, side)
    return whole
