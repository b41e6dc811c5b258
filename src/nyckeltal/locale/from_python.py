"""Finds the texts in Python code by reading its syntax tree: gettext calls, `Text(id, english)`, and functions that hand a text on to either."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nyckeltal.locale.message import Message, NotCollectable


class Place(NamedTuple):
    """Where a call carries its text: position or keyword of the English, its plural and its context."""

    english: tuple[int, str]
    plural: int | None = None
    context: int | None = None
    takes_texts: bool = False  # a Text is welcome too, so that a call may stand there


_one, _many, _about, _about_many = Place((0, "message")), Place((0, "singular"), 1), Place((1, "message"), None, 0), Place((1, "singular"), 2, 0)
gettexts = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), _one)
gettexts |= {"ngettext": _many, "ngettext_lazy": _many, "pgettext": _about, "pgettext_lazy": _about, "npgettext": _about_many}
text = Place((1, "english"))
words_module = "nyckeltal.words"


@dataclass(frozen=True)
class Module:
    """One file: its tree, and what its imports call things."""

    file: str
    name: str
    tree: ast.Module
    imported: Mapping[str, tuple[str, str]]  # name here → (module, name there)

    @classmethod
    def read(cls, path: Path, package: Path) -> Module:
        inside = path.relative_to(package.parent)
        name = ".".join(inside.with_suffix("").parts).removesuffix(".__init__")
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
        return cls(inside.as_posix(), name, tree, {alias.asname or alias.name: (node.module or "", alias.name) for node in imports for alias in node.names})

    def origin(self, function: ast.expr) -> tuple[str, str]:
        """Module and name of what is called, as far as imports tell."""
        if isinstance(function, ast.Name):
            return self.imported.get(function.id, (self.name, function.id))
        if isinstance(function, ast.Attribute):
            if isinstance(function.value, ast.Name) and function.value.id in self.imported:
                return ".".join(self.imported[function.value.id]), function.attr
            return self.name, function.attr
        return self.name, ""


Carriers = dict[tuple[str, str], Place]


def from_python(package: Path) -> tuple[list[Message], list[str]]:
    """Every message of every module; and where a text is said that cannot be found."""
    modules = [Module.read(path, package) for path in sorted(package.rglob("*.py")) if path.parent.name != "locale"]
    carriers = _carriers(modules)
    found: list[Message] = []
    lost: list[str] = []
    for module in modules:
        for call, place, scope in _said(module, carriers):
            try:
                found += _messages(module, call, place, scope)
            except NotCollectable as reason:
                lost.append(f"{module.file}:{call.lineno}: {reason}")
    return found, lost


def _carriers(modules: list[Module]) -> Carriers:
    """Functions that hand one of their arguments on as a text, found until there are no more."""
    known: Carriers = {(words_module, "Text"): text}
    while True:
        found = {found for module in modules for found in _carriers_in(module, known)} - known.items()
        if not found:
            return known
        known.update(found)


def _carriers_in(module: Module, known: Carriers) -> Iterator[tuple[tuple[str, str], Place]]:
    for call, place, scope in _said(module, known):
        given = _argument(call, place)
        function = next((function for function in reversed(scope) if isinstance(given, ast.Name) and given.id in _parameters(function)), None)
        if function is not None and isinstance(given, ast.Name):
            names = [name for name in _parameters(function) if name not in {"self", "cls"}]
            yield (module.name, function.name), Place((names.index(given.id), given.id), takes_texts="Text" in _kind(function, given.id))


Function = ast.FunctionDef | ast.AsyncFunctionDef


def _said(module: Module, carriers: Carriers) -> Iterator[tuple[ast.Call, Place, tuple[Function, ...]]]:
    """Every call that says a text, with the functions it stands in."""
    for node, scope in _walk(module.tree, ()):
        if isinstance(node, ast.Call):
            origin = module.origin(node.func)
            place = carriers.get(origin) or (gettexts.get(origin[1]) if origin[0].startswith("django.") else None)
            place = place or (gettexts.get(node.func.id) if isinstance(node.func, ast.Name) and origin[0].startswith("django.") else None)
            if place:
                yield node, place, scope


def _walk(node: ast.AST, scope: tuple[Function, ...]) -> Iterator[tuple[ast.AST, tuple[Function, ...]]]:
    for child in ast.iter_child_nodes(node):
        yield child, scope
        yield from _walk(child, (*scope, child) if isinstance(child, Function) else scope)


def _parameters(function: Function) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]


def _kind(function: Function, name: str) -> str:
    """How a parameter is annotated."""
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return next((ast.unparse(argument.annotation) for argument in arguments if argument.arg == name and argument.annotation), "")


def _argument(call: ast.Call, place: Place) -> ast.expr | None:
    position, name = place.english
    if position < len(call.args):
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _messages(module: Module, call: ast.Call, place: Place, scope: tuple[Function, ...]) -> Iterator[Message]:
    given = _argument(call, place)
    if given is None or (place.takes_texts and isinstance(given, ast.Call)):
        return
    plural = _literal(call.args[place.plural]) if place.plural is not None else None
    context = _literal(call.args[place.context]) if place.context is not None else None
    for english in filter(None, _texts(given, module, scope)):
        yield Message(module.file, english, plural, context)


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise NotCollectable(f"write the text out where it is said, instead of {ast.unparse(node)}")


def _texts(node: ast.expr, module: Module, scope: tuple[Function, ...]) -> list[str]:
    """The texts an expression can be: literal, one of two, a name given literals nearby, an entry of a table of literals."""
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            return _texts(body, module, scope) + _texts(orelse, module, scope)
        case ast.BoolOp(values=values):
            return [found for value in values for found in _texts(value, module, scope)]
        case ast.Subscript(value=ast.Name(id=table)) | ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="get")):
            return _entries(table, module, scope)
        case ast.Name(id=name):
            return _given(name, module, scope)
        case ast.Attribute() | ast.Subscript() | ast.Call(func=ast.Name(id="str") | ast.Attribute(attr="get")):  # made elsewhere, or read from a KPI file
            return []
    return [_literal(node)]


def _given(name: str, module: Module, scope: tuple[Function, ...]) -> list[str]:
    """What a name is given in the nearest function that gives it anything, else in the module; nothing for a parameter, whose text stands with the caller."""
    for place in (*reversed(scope), module.tree):
        values = [value for value in _assigned(name, place) if not isinstance(value, ast.Attribute)]
        if values:
            return [found for value in values for found in _texts(value, module, ())]
        if isinstance(place, Function) and name in _parameters(place):
            return []
    if name in _looped(scope):
        return []
    raise NotCollectable(f"nothing says what {name} is; write the text out where it is said")


def _assigned(name: str, place: ast.AST) -> list[ast.expr]:
    nodes = [node for node in ast.walk(place) if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None]
    return [node.value for node in nodes if node.value is not None and any(isinstance(target, ast.Name) and target.id == name for target in _targets(node))]


def _targets(node: ast.Assign | ast.AnnAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _looped(scope: tuple[Function, ...]) -> set[str]:
    """Names that loops, comprehensions and matches give; their texts come from a table that is collected elsewhere."""
    targets = [node.target for function in scope for node in ast.walk(function) if isinstance(node, (ast.For, ast.comprehension))]
    return {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}


def _entries(table: str, module: Module, scope: tuple[Function, ...]) -> list[str]:
    values = [value for place in (*scope, module.tree) for value in _assigned(table, place)]
    inner = [entry for value in values for entry in ast.walk(value.args[0] if isinstance(value, ast.Call) and value.args else value)]
    tables = [node.values for node in inner if isinstance(node, ast.Dict)] + [node.elts for node in inner if isinstance(node, (ast.Tuple, ast.List))]
    return [entry.value for entries in tables for entry in entries if isinstance(entry, ast.Constant) and isinstance(entry.value, str)]
