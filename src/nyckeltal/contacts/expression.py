"""An expression as a tree: what `contacts/where.py` reads, engines write out, and a KPI's rules are compiled to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Constant:
    value: str | float | bool | date | datetime
    kind: str


@dataclass(frozen=True)
class Name:
    """A word. `kind` is how it is read here: a `cell` takes the kind of what it is compared with."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sum:
    sign: str  # + or -
    left: Value
    right: Value


@dataclass(frozen=True)
class Compare:
    sign: str  # == != < <= > >=
    left: Value
    right: Value


@dataclass(frozen=True)
class OneOf:
    """`word in (…)`; `not in` is false too where the word is missing."""

    item: Value
    options: tuple[Constant, ...]
    negated: bool = False


@dataclass(frozen=True)
class Contains:
    """`'mark' in words`: a list of ids holds one."""

    name: Name
    mark: str
    negated: bool = False


@dataclass(frozen=True)
class Missing:
    item: Value
    negated: bool = False


@dataclass(frozen=True)
class Holds:
    """A yes/no word standing alone; false where it is missing."""

    item: Value


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class Every:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    parts: tuple[Condition, ...]


Value = Constant | Name | Sum
Condition = Compare | OneOf | Contains | Missing | Holds | Not | Every | Some
Node = Value | Condition

_PARTS = ("left", "right", "item", "part")


def names(node: Node) -> Iterator[Name]:
    """Every word an expression mentions, as often as it does."""
    if isinstance(node, Name):
        yield node
    for part in children(node):
        yield from names(part)


def replaced(node: Any, swap: Callable[[Name], Any]) -> Any:
    """The same expression with every word given through `swap`."""
    if isinstance(node, Name):
        return swap(node)
    if isinstance(node, Contains):
        return Contains(swap(node.name), node.mark, node.negated)
    if isinstance(node, Every | Some):
        return type(node)(tuple(replaced(part, swap) for part in node.parts))
    values = {field.name: getattr(node, field.name) for field in fields(node)}
    return type(node)(**{name: replaced(value, swap) if name in _PARTS else value for name, value in values.items()})


def needs(node: Condition, *, denied: bool = False) -> frozenset[str]:
    """The words without which the condition can never be true (with `denied`: never be false)."""
    match node:
        case Not(part):
            return needs(part, denied=not denied)
        case Every(parts) | Some(parts):
            each = [needs(part, denied=denied) for part in parts]
            together = isinstance(node, Every) != denied
            return frozenset.union(*each) if together else frozenset.intersection(*each)
        case Missing(item, negated):
            return frozenset(name.name for name in names(item)) if negated != denied else frozenset()
    return frozenset() if denied else frozenset(name.name for name in names(node))


def children(node: Node) -> Iterable[Any]:
    """The expressions that this one is made of."""
    if isinstance(node, Every | Some):
        return node.parts
    if isinstance(node, Contains):
        return (node.name,)
    return [getattr(node, part) for part in _PARTS if hasattr(node, part)]
