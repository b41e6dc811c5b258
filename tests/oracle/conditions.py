"""Conditions of KPI files, worked out row by row: a comparison with a missing value is false, and nothing else is clever."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from functools import cache
from typing import Any

Lookup = Callable[[str], Any]

SIGNS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, options: item in options,
    ast.NotIn: lambda item, options: item not in options,
}


@cache
def _tree(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def holds(text: str | None, lookup: Lookup) -> bool:
    """Whether a row meets the condition; no condition is met by every row."""
    return text is None or value(text, lookup) is True


def value(text: str, lookup: Lookup) -> Any:
    return _value(_tree(text), lookup)


def _value(node: ast.expr, lookup: Lookup) -> Any:
    match node:
        case ast.Constant(constant):
            return constant
        case ast.Name() | ast.Attribute():
            return lookup(ast.unparse(node))
        case ast.Tuple(elements):
            return tuple(_value(element, lookup) for element in elements)
        case ast.BoolOp(op, operands):
            found = [_value(operand, lookup) is True for operand in operands]
            return all(found) if isinstance(op, ast.And) else any(found)
        case ast.UnaryOp(ast.Not(), operand):
            return _value(operand, lookup) is not True
        case ast.BinOp(left, op, right):
            a, b = _value(left, lookup), _value(right, lookup)
            return None if a is None or b is None else a + b if isinstance(op, ast.Add) else a - b
        case ast.Compare(left, [sign], [right]):
            return _compared(sign, _value(left, lookup), _value(right, lookup))
    raise AssertionError(ast.unparse(node))


def _compared(sign: ast.cmpop, left: Any, right: Any) -> bool:
    if isinstance(sign, ast.Is):
        return left is None
    if isinstance(sign, ast.IsNot):
        return left is not None
    return left is not None and right is not None and SIGNS[type(sign)](left, right)
