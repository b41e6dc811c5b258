"""Conditions in Python's expression syntax, for KPI files, questions and mappings alike: read by `ast`, nothing but
whitelisted nodes, every name a known word with a type. A comparison with a missing value is false, on every engine."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from nyckeltal.contacts.expression import Compare, Condition, Constant, Contains, Every, Holds, Missing, Name, Node, Not, OneOf, Some, Sum, Value, names
from nyckeltal.errors import Issue, UserMistake, did_you_mean
from nyckeltal.words import Text


@dataclass(frozen=True)
class Word:
    """What a name may be: a kind of `contacts/model/kinds.py`, or `cell` for a column of a file that is not read yet."""

    kind: str
    choices: tuple[str, ...] = ()


MOST_PARTS, MOST_DEEP = 1_000, 30
_LONE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_FAMILY = {"id": "text", "text": "text", "choice": "text", "seconds": "number", "count": "number", "number": "number", "money": "number"}
_SIGNS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_PYTHON: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class BadCondition(UserMistake):
    """An expression breaks the rules above; `issues` names everything that is wrong with it."""


def family(kind: str) -> str:
    """Kinds that may be compared with each other: text, number, flag, date, moment, ids, cell."""
    return _FAMILY.get(kind, kind)


def parse(text: str, words: Mapping[str, Word]) -> Condition:
    """Read a condition; raises BadCondition with all that is wrong."""
    reader = _Reader(text, words)
    condition: Condition = reader.whole(reader.condition)
    return condition


def parse_value(text: str, words: Mapping[str, Word]) -> Value:
    """Read a number: a word, or words and constants joined by + and −."""
    reader = _Reader(text, words)
    value: Value = reader.whole(reader.number)
    return value


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


def _too_large(tree: ast.expr) -> bool:
    """Whether working it out would take more of this program than any condition is worth."""
    level, parts, deep = [tree], 0, 0
    while level and parts <= MOST_PARTS and deep <= MOST_DEEP:
        parts, deep = parts + len(level), deep + 1
        level = [inner for outer in level for inner in ast.iter_child_nodes(outer) if isinstance(inner, ast.expr)]
    return parts > MOST_PARTS or deep > MOST_DEEP


class _Unreadable(Exception):
    """This part of the expression is given up; its mistake is noted and the other parts are read on."""


class _Reader:
    """Turns Python's tree into ours and notes every mistake on the way."""

    def __init__(self, text: str, words: Mapping[str, Word]) -> None:
        self.text, self.words = text, words
        self.mistakes: dict[str, Text] = {}
        try:
            self.tree: ast.expr = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            said = Text("where.not_an_expression", "“%(text)s” is not an expression. Write it like: answered and wait_s <= 20", {"text": text})
            if _LONE_EQUALS.search(text):
                said = Text("where.one_equals_sign", "“%(text)s” has a single =. Equality is written ==, as in: channel == 'voice'", {"text": text})
            raise BadCondition(said, (Issue(said),)) from None
        if _too_large(self.tree):
            english = (
                "The expression is too large: at most %(most)s parts are read, and %(deepest)s within each other. Several values: channel in ('voice', 'chat')"
            )
            said = Text("where.too_large", english, {"most": MOST_PARTS, "deepest": MOST_DEEP})
            raise BadCondition(said, (Issue(said),))

    def whole(self, read: Callable[[ast.expr], Any]) -> Any:
        """The whole expression, or BadCondition with every mistake once."""
        found = self.attempt(read, self.tree)
        if self.mistakes:
            raise BadCondition(next(iter(self.mistakes.values())), tuple(map(Issue, self.mistakes.values())))
        return found

    def attempt(self, read: Callable[[ast.expr], Any], tree: ast.expr) -> Any:
        try:
            return read(tree)
        except _Unreadable:
            return None

    def wrong(self, mistake: Text) -> _Unreadable:
        self.mistakes.setdefault(str(mistake), mistake)
        return _Unreadable()

    def shown(self, tree: ast.AST) -> str:
        return ast.unparse(tree)

    def condition(self, tree: ast.expr) -> Condition:
        match tree:
            case ast.BoolOp(op, operands):
                parts = [self.attempt(self.condition, value) for value in operands]
                if None in parts:
                    raise _Unreadable
                return Every(tuple(parts)) if isinstance(op, ast.And) else Some(tuple(parts))
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.condition(operand))
            case ast.Compare(left, ops, comparators):
                return self.chain([left, *comparators], ops)
            case ast.Name() | ast.Attribute():
                return self.flag(self.name(tree))
        values = {"part": self.shown(tree)}
        raise self.wrong(Text("where.not_a_condition", "“%(part)s” is neither true nor false. Conditions compare words: wait_s <= 20", values))

    def flag(self, name: Name) -> Holds:
        if name.kind == "flag":
            return Holds(name)
        values = {"word": name.name}
        raise self.wrong(Text("where.not_a_flag", "“%(word)s” is not a yes/no word. Compare it with something, as in: %(word)s is not None", values))

    def chain(self, sides: list[ast.expr], signs: list[ast.cmpop]) -> Condition:
        pairs = [self.pair(sign, left, right) for sign, left, right in zip(signs, sides, sides[1:], strict=False)]
        return pairs[0] if len(pairs) == 1 else Every(tuple(pairs))

    def pair(self, sign: ast.cmpop, left: ast.expr, right: ast.expr) -> Condition:
        if isinstance(sign, ast.Is | ast.IsNot):
            return self.missing(left, right, negated=isinstance(sign, ast.IsNot))
        if isinstance(sign, ast.In | ast.NotIn):
            return self.one_of(left, right, negated=isinstance(sign, ast.NotIn))
        sides = [self.attempt(self.value, side) for side in (left, right)]
        if None in sides:
            raise _Unreadable
        return Compare(_SIGNS[type(sign)], *self.matched(sides[0], sides[1], _SIGNS[type(sign)]))

    def missing(self, left: ast.expr, right: ast.expr, *, negated: bool) -> Missing:
        if not (isinstance(right, ast.Constant) and right.value is None):
            values = {"part": self.shown(right)}
            raise self.wrong(Text("where.is_not_none", "Only None may stand after “is”, not “%(part)s”. Equality is written ==", values))
        return Missing(self.value(left), negated)

    def one_of(self, left: ast.expr, right: ast.expr, *, negated: bool) -> Condition:
        if not isinstance(right, ast.Tuple | ast.List | ast.Set):
            listed = self.name(right) if isinstance(right, ast.Name | ast.Attribute) else None
            if listed and listed.kind == "ids" and isinstance(left, ast.Constant) and isinstance(left.value, str):
                return Contains(listed, left.value, negated)
            values = {"part": self.shown(right)}
            raise self.wrong(Text("where.not_a_list", "After “in” stands a list of values, as in ('voice', 'chat'), not “%(part)s”", values))
        item = self.value(left)
        pairs = [self.attempt(lambda option: self.matched(item, self.value(option), "=="), option) for option in right.elts]
        if None in pairs or not pairs or not all(isinstance(pair[1], Constant) for pair in pairs):
            said = Text("where.list_of_values", "“%(part)s” must hold values and nothing else", {"part": self.shown(right)})
            raise _Unreadable if None in pairs else self.wrong(said)
        return OneOf(pairs[0][0], tuple(pair[1] for pair in pairs), negated)

    def value(self, tree: ast.expr) -> Value:
        match tree:
            case ast.Constant(bool() as value):
                return Constant(value, "flag")
            case ast.Constant(int() | float() as value):
                return Constant(float(value), "number")
            case ast.Constant(str() as value):
                return Constant(value, "text")
            case ast.Constant(None):
                raise self.wrong(Text("where.compared_with_none", "Nothing equals None. Write “is None” or “is not None”"))
            case ast.Name() | ast.Attribute():
                return self.name(tree)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)) if not isinstance(value, bool):
                return Constant(-float(value), "number")
            case ast.BinOp(left, ast.Add() | ast.Sub() as sign, right):
                return Sum("+" if isinstance(sign, ast.Add) else "-", self.number(left), self.number(right))
        raise self.wrong(
            Text("where.not_allowed", "“%(part)s” is more than a condition may hold: words, values, comparisons, + and −", {"part": self.shown(tree)})
        )

    def number(self, tree: ast.expr) -> Value:
        value = None if isinstance(tree, ast.BoolOp | ast.Compare) else self.value(tree)
        if isinstance(value, Name) and value.kind == "cell":
            return Name(value.name, "cell number")
        if value is None or _family_of(value) != "number":
            raise self.wrong(Text("where.not_a_number", "“%(part)s” is not a number", {"part": self.shown(tree)}))
        return value

    def name(self, tree: ast.expr) -> Name:
        dotted = self.shown(tree)
        if word := self.words.get(dotted):
            return Name(dotted, word.kind, word.choices)
        if near := did_you_mean(dotted, self.words) or self.longer(dotted):
            raise self.wrong(Text("where.unknown_word_near", "Unknown word “%(word)s”. Did you mean “%(near)s”?", {"word": dotted, "near": near}))
        some = ", ".join(sorted(sorted((word for word in self.words if "." not in word), key=lambda word: (len(word), word))[:12]))
        raise self.wrong(Text("where.unknown_word_of", "Unknown word “%(word)s”. Some that there are: %(some)s", {"word": dotted, "some": some}))

    def longer(self, word: str) -> str | None:
        """The shortest word that begins with this one: `wait` for `wait_s`."""
        return min((known for known in self.words if len(word) > 2 and known.startswith(word)), key=lambda known: (len(known), known), default=None)

    def matched(self, left: Value, right: Value, sign: str) -> tuple[Value, Value]:
        """Both sides in one kind, or the mistake that they have none."""
        left, right = _as_cell(left, right), _as_cell(right, left)
        left, right = self.dated(left, right), self.dated(right, left)
        kind = _family_of(left)
        if not any(True for side in (left, right) for _ in names(side)):
            raise self.wrong(Text("where.no_word", "“%(text)s” compares values with each other, no word among them", {"text": self.text}))
        if kind != _family_of(right) or kind == "ids":
            values = {"left": _said(left), "left_kind": _family_of(left), "right": _said(right), "right_kind": _family_of(right)}
            raise self.wrong(Text("where.kinds_differ", "%(left)s (%(left_kind)s) cannot be compared with %(right)s (%(right_kind)s)", values))
        if kind in ("text", "flag") and sign not in ("==", "!="):
            raise self.wrong(Text("where.no_order", "%(word)s has no order: only == and != compare it", {"word": _said(left)}))
        self.known(left, right)
        self.known(right, left)
        return left, right

    def known(self, word: Value, value: Value) -> None:
        """A word with a closed list of values is compared with one of them."""
        if not (isinstance(word, Name) and word.choices and isinstance(value, Constant)) or value.value in word.choices:
            return
        values = {"word": word.name, "value": value.value, "choices": ", ".join(word.choices)}
        if near := did_you_mean(str(value.value), word.choices):
            raise self.wrong(Text("where.unknown_value_near", "“%(value)s” is no value of %(word)s. Did you mean “%(near)s”?", {**values, "near": near}))
        raise self.wrong(Text("where.unknown_value", "“%(value)s” is no value of %(word)s. It is one of: %(choices)s", values))

    def dated(self, side: Value, other: Value) -> Value:
        """A text beside a day or a moment is read as one."""
        kind = _family_of(other)
        if kind not in ("date", "moment") or not (isinstance(side, Constant) and isinstance(side.value, str)):
            return side
        try:
            read = date.fromisoformat(side.value) if kind == "date" else datetime.fromisoformat(side.value)
        except ValueError:
            read = None
        if read is None or (isinstance(read, datetime) and read.tzinfo is None):
            example = "2026-03-02" if kind == "date" else "2026-03-02T09:00:00Z"
            values = {"value": side.value, "example": example}
            raise self.wrong(Text("where.not_a_time", "“%(value)s” is not a time. Write it like %(example)s", values))
        return Constant(read, kind)


def _family_of(value: Value) -> str:
    return "number" if isinstance(value, Sum) else family(value.kind).removeprefix("cell ")


def _as_cell(side: Value, other: Value) -> Value:
    """A cell of a file is read as the kind it is compared with; as text beside another cell."""
    if not (isinstance(side, Name) and side.kind == "cell"):
        return side
    return Name(side.name, "cell text" if _family_of(other) == "cell" else f"cell {_family_of(other)}")


def _said(value: Value) -> str:
    match value:
        case Constant(constant):
            return repr(constant) if isinstance(constant, str) else f"{constant:g}" if isinstance(constant, float) else str(constant)
        case Name(name):
            return name
        case Sum(sign, left, right):
            return f"{_said(left)} {sign} {_said(right)}"
