"""Conditions in Python's expression syntax, for KPI files, questions and mappings alike: read by `ast`, nothing but
whitelisted nodes, every name a known word with a type. A comparison with a missing value is false, on every engine."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from nyckeltal.contacts.expression import Compare, Condition, Constant, Contains, Every, Holds, Missing, Name, Node, Not, OneOf, Some, Sum, Value, names
from nyckeltal.errors import Issue, UserMistake, did_you_mean
from nyckeltal.words import Text, short


@dataclass(frozen=True)
class Word:
    """What a name may be: a kind of `contacts/model/kinds.py`, or `cell` for a column of a file that is not read yet. What is not `advised`
    may be written, and stands in no suggestion."""

    kind: str
    choices: tuple[str, ...] = ()
    advised: bool = True


MOST_PARTS, MOST_DEEP, MOST_LETTERS, MOST_TOLD, LARGEST = 1_000, 30, 20_000, 20, 10**12
_Found = TypeVar("_Found", bound=Node)
_JOINED = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_QUOTED, _WORD = re.compile(r"'[^']*'|\"[^\"]*\""), re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.\w+)*")
_UNREAD = Constant("", "text")  # what stands for the side of a comparison that cannot be read
_LIKE_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_LONE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_FAMILY = {"id": "text", "text": "text", "choice": "text", "seconds": "number", "count": "number", "number": "number", "money": "number"}
_CALLED = {
    "text": Text("where.kind.text", "text"),
    "number": Text("where.kind.number", "a number"),
    "flag": Text("where.kind.flag", "yes or no"),
    "date": Text("where.kind.date", "a day"),
    "moment": Text("where.kind.moment", "a moment"),
    "ids": Text("where.kind.ids", "several values"),
    "cell": Text("where.kind.cell", "a cell"),
}
_SIGNS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class BadCondition(UserMistake):
    """An expression breaks the rules above; `issues` names everything that is wrong with it, `readable` the parts that are not."""

    def __init__(self, text: Text, issues: Sequence[Issue] = (), readable: Sequence[Any] = ()) -> None:
        super().__init__(text, issues)
        self.readable = tuple(readable)


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


def _too_large(tree: ast.expr) -> bool:
    """Whether working it out would take more of this program than any condition is worth."""
    level, parts, deep = [tree], 0, 0
    while level and parts <= MOST_PARTS and deep <= MOST_DEEP:
        parts, deep = parts + len(level), deep + 1
        level = [inner for outer in level for inner in ast.iter_child_nodes(outer) if isinstance(inner, ast.expr)]
    return parts > MOST_PARTS or deep > MOST_DEEP


def _tree(text: str) -> ast.expr | None:
    """An expression as Python reads it; None where it is none."""
    try:
        return ast.parse(text.strip().replace("\n", " "), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _clauses(text: str) -> list[str]:
    """A text cut at each “and” and “or” that stands in no quotes."""
    bare = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), text)
    cuts = [(0, 0), *(found.span() for found in _JOINED.finditer(bare)), (len(text), len(text))]
    return [text[begun:end] for (_, begun), (end, _) in pairwise(cuts)]


class _Unreadable(Exception):
    """This part of the expression is given up; its mistake is noted and the other parts are read on."""


class _Reader:
    """Turns Python's tree into ours and notes every mistake on the way."""

    def __init__(self, text: str, words: Mapping[str, Word]) -> None:
        self.text, self.words = text, words
        self.mistakes: dict[str, Text] = {}
        self.readable: list[Node] = []

    def whole(self, read: Callable[[ast.expr], Any]) -> Any:
        """The whole expression, or BadCondition with every mistake once."""
        tree = _tree(self.text) if len(self.text) <= MOST_LETTERS else None
        found = self.attempt(read, tree) if not self.too_large(tree) and tree else None
        if not tree and not self.mistakes:
            self.in_pieces(read)
        if self.mistakes:
            raise BadCondition(next(iter(self.mistakes.values())), tuple(map(Issue, self.mistakes.values())), self.readable)
        return found

    def too_large(self, tree: ast.expr | None) -> bool:
        found = len(self.text) > MOST_LETTERS or (tree is not None and _too_large(tree))
        if found:
            english = (
                "The expression is too large: at most %(most)s parts are read, and %(deepest)s within each other. Several values: channel in ('voice', 'chat')"
            )
            self.wrong(Text("where.too_large", english, {"most": MOST_PARTS, "deepest": MOST_DEEP}))
        return found

    def in_pieces(self, read: Callable[[ast.expr], Any]) -> None:
        """What is no expression, with the mistakes of what can be read of it: as if equality were written rightly, else comparison by comparison,
        else word by word."""
        values = {"text": short(self.text)}
        if doubled := _LONE_EQUALS.search(self.text):
            self.wrong(Text("where.one_equals_sign", "“%(text)s” has a single =. Equality is written ==, as in: channel == 'voice'", values))
        else:
            self.wrong(Text("where.not_an_expression", "“%(text)s” is not an expression. Write it like: answered and wait_s <= 20", values))
        text = _LONE_EQUALS.sub("==", self.text) if doubled else self.text
        for piece in [text] if _tree(text) else _clauses(text):
            tree = _tree(piece) or _tree(piece.strip(" ()"))
            if tree and (piece == text or isinstance(tree, ast.Compare)):
                self.attempt(read if piece == text else self.condition, tree) if not self.too_large(tree) else None
            else:
                for word in dict.fromkeys(_WORD.findall(_QUOTED.sub("", piece))):
                    self.attempt(self.name, named) if not keyword.iskeyword(word) and (named := _tree(word)) else None

    def attempt(self, read: Callable[[Any], Any], tree: Any) -> Any:
        try:
            return read(tree)
        except _Unreadable:
            return None

    def wrong(self, mistake: Text) -> _Unreadable:
        self.mistakes.setdefault(str(mistake), mistake)
        return _Unreadable()

    def shown(self, tree: ast.AST) -> str:
        return short(ast.unparse(tree))

    def read(self, node: _Found) -> _Found:
        self.readable.append(node)
        return node

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
                return self.flag(self.name(tree, ("flag",)))
        values = {"part": self.shown(tree)}
        raise self.wrong(Text("where.not_a_condition", "“%(part)s” is neither true nor false. Conditions compare words: wait_s <= 20", values))

    def flag(self, name: Name) -> Holds:
        if name.kind == "flag":
            return Holds(name)
        values = {"word": name.name}
        raise self.wrong(Text("where.not_a_flag", "“%(word)s” is not a yes/no word. Compare it with something, as in: %(word)s is not None", values))

    def chain(self, sides: list[ast.expr], signs: list[ast.cmpop]) -> Condition:
        pairs = [self.attempt(partial(self.pair, sign, left), right) for sign, left, right in zip(signs, sides, sides[1:], strict=False)]
        if None in pairs:
            raise _Unreadable
        return pairs[0] if len(pairs) == 1 else Every(tuple(pairs))

    def pair(self, sign: ast.cmpop, left: ast.expr, right: ast.expr) -> Condition:
        if isinstance(sign, ast.Is | ast.IsNot):
            return self.missing(left, right, negated=isinstance(sign, ast.IsNot))
        if isinstance(sign, ast.In | ast.NotIn):
            return self.one_of(left, right, negated=isinstance(sign, ast.NotIn))
        written = _SIGNS[type(sign)]
        one = self.attempt(lambda side: self.value(side, self.like(right, written)), left)
        other = self.attempt(lambda side: self.value(side, self.like(left, written)), right)
        self.read(Compare(written, one or _UNREAD, other or _UNREAD))
        if one is None or other is None:
            raise _Unreadable
        return Compare(written, *self.matched(one, other, written))

    def like(self, beside: ast.expr, sign: str = "==") -> tuple[str, ...]:
        """The families of words that could stand beside this; none where that is not known."""
        found: tuple[str, ...] = ()
        match beside:
            case ast.Constant(str() as text):
                found = ("date", "moment") if _LIKE_A_DAY.match(text) else ("text",) if sign in ("==", "!=") else ()
            case ast.Constant(bool()):
                found = ("flag",)
            case ast.Constant(int() | float()) | ast.BinOp() | ast.UnaryOp():
                found = ("number",)
            case ast.Name() | ast.Attribute():
                word = self.words.get(ast.unparse(beside))
                found = (family(word.kind),) if word else ()
        return found

    def missing(self, left: ast.expr, right: ast.expr, *, negated: bool) -> Missing:
        if not (isinstance(right, ast.Constant) and right.value is None):
            values = {"part": self.shown(right)}
            self.wrong(Text("where.is_not_none", "Only None may stand after “is”, not “%(part)s”. Equality is written ==", values))
        return Missing(self.value(left), negated)

    def one_of(self, left: ast.expr, right: ast.expr, *, negated: bool) -> Condition:
        if not isinstance(right, ast.Tuple | ast.List | ast.Set):
            listed = self.name(right, ("ids",)) if isinstance(right, ast.Name | ast.Attribute) else None
            if listed and listed.kind == "ids" and isinstance(left, ast.Constant) and isinstance(left.value, str):
                return self.read(Contains(listed, left.value, negated))
            values = {"part": self.shown(right)}
            raise self.wrong(Text("where.not_a_list", "After “in” stands a list of values, as in ('voice', 'chat'), not “%(part)s”", values))
        item = self.attempt(lambda side: self.value(side, self.like(right.elts[0]) if right.elts else ()), left)
        options = [self.attempt(self.value, option) for option in right.elts]
        self.read(OneOf(item or _UNREAD, (), negated))
        if item is None or None in options:
            raise _Unreadable
        pairs = [self.attempt(partial(self.matched, item, sign="=="), value) for value in options]
        if None in pairs or not pairs or not all(isinstance(pair[1], Constant) for pair in pairs):
            said = Text("where.list_of_values", "“%(part)s” must hold values and nothing else", {"part": self.shown(right)})
            raise _Unreadable if None in pairs else self.wrong(said)
        return OneOf(pairs[0][0], tuple(pair[1] for pair in pairs), negated)

    def value(self, tree: ast.expr, like: tuple[str, ...] = ()) -> Value:
        match tree:
            case ast.Constant(bool() as value):
                return Constant(value, "flag")
            case ast.Constant(int() | float() as value) if abs(value) > LARGEST:
                raise self.wrong(
                    Text("where.number_too_large", "“%(part)s” is too large: numbers go up to %(most)s", {"part": self.shown(tree), "most": LARGEST})
                )
            case ast.Constant(int() | float() as value):
                return Constant(float(value), "number")
            case ast.Constant(str() as value):
                return Constant(value, "text")
            case ast.Constant(None):
                raise self.wrong(Text("where.compared_with_none", "Nothing equals None. Write “is None” or “is not None”"))
            case ast.Name() | ast.Attribute():
                return self.name(tree, like)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float() as value)) if not isinstance(value, bool) and value <= LARGEST:
                return Constant(-float(value), "number")
            case ast.BinOp(left, ast.Add() | ast.Sub() as sign, right):
                one, other = self.attempt(self.number, left), self.attempt(self.number, right)
                if one is None or other is None:
                    raise _Unreadable
                return Sum("+" if isinstance(sign, ast.Add) else "-", one, other)
        raise self.wrong(
            Text("where.not_allowed", "“%(part)s” is more than a condition may hold: words, values, comparisons, + and −", {"part": self.shown(tree)})
        )

    def number(self, tree: ast.expr) -> Value:
        value = None if isinstance(tree, ast.BoolOp | ast.Compare) else self.value(tree, ("number",))
        if isinstance(value, Name) and value.kind == "cell":
            return Name(value.name, "cell number")
        if value is None or _family_of(value) != "number":
            raise self.wrong(Text("where.not_a_number", "“%(part)s” is not a number", {"part": self.shown(tree)}))
        return value

    def name(self, tree: ast.expr, like: tuple[str, ...] = ()) -> Name:
        """A word that there is. Else the nearest one of the families that may stand here: a suggestion leads to nothing that is refused."""
        dotted = ast.unparse(tree)
        if word := self.words.get(dotted):
            return self.read(Name(dotted, word.kind, word.choices))
        if len(self.mistakes) >= MOST_TOLD:
            raise _Unreadable
        there = [name for name, word in self.words.items() if word.advised and (not like or family(word.kind) in (*like, "cell"))]
        if near := did_you_mean(dotted, there) or _longer(dotted, there):
            raise self.wrong(Text("where.unknown_word_near", "Unknown word “%(word)s”. Did you mean “%(near)s”?", {"word": short(dotted), "near": near}))
        some = ", ".join(sorted(sorted((word for word in there if "." not in word), key=lambda word: (len(word), word))[:12]))
        raise self.wrong(Text("where.unknown_word_of", "Unknown word “%(word)s”. Some that there are: %(some)s", {"word": short(dotted), "some": some}))

    def matched(self, left: Value, right: Value, sign: str) -> tuple[Value, Value]:
        """Both sides in one kind, or the mistake that they have none."""
        left, right = _as_cell(left, right), _as_cell(right, left)
        left, right = self.dated(left, right), self.dated(right, left)
        kind = _family_of(left)
        if not any(True for side in (left, right) for _ in names(side)):
            raise self.wrong(Text("where.no_word", "“%(text)s” compares values with each other, no word among them", {"text": short(self.text)}))
        if kind != _family_of(right) or kind == "ids":
            kinds = {"left_kind": _CALLED.get(_family_of(left), "?"), "right_kind": _CALLED.get(_family_of(right), "?")}
            values = {"left": short(_said(left)), "right": short(_said(right)), **kinds}
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


def _longer(word: str, known: Sequence[str]) -> str | None:
    """The shortest word that begins with this one: `wait` for `wait_s`."""
    return min((one for one in known if len(word) > 2 and one.startswith(word)), key=lambda one: (len(one), one), default=None)


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
            return repr(constant) if isinstance(constant, str) else f"{constant:.15g}" if isinstance(constant, float) else str(constant)
        case Name(name):
            return name
        case Sum(sign, left, right):
            return f"{_said(left)} {sign} {_said(right)}"
