"""What a call may say, each word with its kind: read from the address or from JSON, all mistakes told at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from nyckeltal.errors import Issue, did_you_mean
from nyckeltal.web.api.problem import Refused
from nyckeltal.words import Text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LONGEST = 4000
NOT_SO = Text("api.not_so", "The call cannot be answered as it is written.")


@dataclass(frozen=True)
class Parameter:
    """One word of a call. `kind`: text, whole, flag, names (several texts), pairs (NAME=VALUE, in JSON an object)."""

    name: str
    told: _StrPromise
    kind: str = "text"
    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    required: bool = False
    example: Any = None

    @property
    def schema(self) -> dict[str, Any]:
        """As JSON Schema says it."""
        text: dict[str, Any] = {"type": "string", "maxLength": LONGEST} | ({"enum": list(self.choices)} if self.choices else {})
        if self.kind == "whole":
            limits = {name: value for name, value in (("minimum", self.least), ("maximum", self.most)) if value is not None}
            return {"type": "integer", **limits}
        if self.kind == "flag":
            return {"type": "boolean"}
        if self.kind == "names":
            return {"type": "array", "items": text, "maxItems": self.most or 100} | ({"minItems": 1} if self.required else {})
        if self.kind == "pairs":
            return {"type": "object", "additionalProperties": {"type": ["number", "string"]}}
        return text


def from_address(request: HttpRequest, known: Sequence[Parameter]) -> dict[str, Any]:
    """Several names stand with commas or one by one; a pair is set=within=30."""
    readers: Mapping[str, Callable[[list[str]], Any]] = {
        "names": lambda given: [part.strip() for text in given for part in text.split(",") if part.strip()],
        "pairs": lambda given: dict(_pair(text) for text in given),
        "whole": lambda given: _whole(given[-1]),
        "flag": lambda given: {"1": True, "true": True, "0": False, "false": False}.get(given[-1].casefold(), given[-1]),
        "text": lambda given: given[-1],
    }
    kinds = {one.name: one.kind for one in known}
    given = {name: readers[kinds.get(name, "text")](values) for name, values in request.GET.lists() if any(values)}
    return checked(given, known)


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    return (name.strip(), _number(value.strip())) if equals else (text, None)


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10 else text


def from_body(request: HttpRequest, known: Sequence[Parameter]) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Refused(415, Text("api.json_only", "The body must be JSON, with Content-Type: application/json."), headers={"Accept": "application/json"})
    try:
        given = json.loads(request.body, parse_constant=_refuse)
    except (ValueError, RecursionError):  # a wrong encoding and a number of thousands of digits are ValueErrors, too
        raise Refused(400, Text("api.no_json", "The body is no JSON.")) from None
    if not isinstance(given, dict):
        raise Refused(422, Text("api.no_object", "The body must be one JSON object, as /api/ shows it."))
    return checked({name: value for name, value in given.items() if value is not None}, known)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def checked(given: Mapping[str, Any], known: Sequence[Parameter]) -> dict[str, Any]:
    """The same where all of it is right."""
    by_name = {one.name: one for one in known}
    issues = [Issue(_unknown(name, by_name), field=name[:80]) for name in given if name not in by_name]
    issues += [Issue(text, field=name) for name, value in given.items() if name in by_name and (text := _wrong(by_name[name], value))]
    issues += [Issue(Text("api.missing", "This is needed."), field=one.name) for one in known if one.required and given.get(one.name) in (None, "", [])]
    if issues:
        raise Refused(422, NOT_SO, issues)
    return dict(given)


def _unknown(name: str, known: Mapping[str, Parameter]) -> Text:
    near = did_you_mean(name[:80], known)
    if near:
        return Text("api.unknown_near", "There is no such word here. Did you mean “%(near)s”?", {"near": near})
    return Text("api.unknown", "There is no such word here. Known are: %(known)s", {"known": ", ".join(known) or "–"})


def _wrong(one: Parameter, value: Any) -> Text | None:
    match one.kind:
        case "whole":
            return _wrong_whole(one, value)
        case "flag":
            return None if isinstance(value, bool) else Text("api.no_flag", "Say true or false.")
        case "names":
            return _wrong_names(one, value)
        case "pairs":
            return None if _are_pairs(value) else Text("api.no_pairs", 'Give names with numbers, say within=30, in JSON {"within": 30}.')
    return _wrong_text(one, value)


def _wrong_whole(one: Parameter, value: Any) -> Text | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and (one.least is None or value >= one.least) and (one.most is None or value <= one.most):
        return None
    return Text("api.no_whole", "Give a whole number from %(least)s to %(most)s.", {"least": one.least or 0, "most": one.most or "∞"})


def _wrong_names(one: Parameter, value: Any) -> Text | None:
    if not isinstance(value, list):
        return Text("api.no_list", "Give a list of names.")
    if len(value) > (one.most or 100):
        return Text("api.too_many", "Give at most %(most)s.", {"most": one.most or 100})
    return next((text for each in value if (text := _wrong_text(one, each))), None)


def _wrong_text(one: Parameter, value: Any) -> Text | None:
    if not isinstance(value, str):
        return Text("api.no_text", "Give a text.")
    if len(value) > LONGEST or not _is_writable(value):
        return Text("api.bad_text", "Give a text of at most %(most)s characters, without control characters.", {"most": LONGEST})
    if one.choices and value not in one.choices:
        return Text("api.no_choice", "Choose one of: %(known)s", {"known": ", ".join(one.choices)})
    return None


def _are_pairs(value: Any) -> bool:
    return isinstance(value, dict) and len(value) <= 20 and all(_is_writable(name) and _is_value(each) for name, each in value.items())


def _is_value(value: Any) -> bool:
    value = _number(value) if isinstance(value, str) and len(value) <= 100 and _is_writable(value) else value
    if isinstance(value, str):
        return len(value) <= 100
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15 and isfinite(value)


def _is_writable(text: str) -> bool:
    """Halves of characters and control characters are nobody's name."""
    return not any(ord(letter) < 32 or 0xD800 <= ord(letter) < 0xE000 for letter in text)
