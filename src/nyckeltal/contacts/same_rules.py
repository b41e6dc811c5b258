"""Which rows of one source are contacts that another source tells of too: the tables `[[same]]` of `sources.toml`, read and checked (decision 0021)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from nyckeltal import toml
from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import Issue, did_you_mean
from nyckeltal.words import Text

FILE = "sources.toml"
TABLE = "same"
BY = ("reference", "customer", "agent")
USUAL_WITHIN_S = 60
LONGEST_S = 86_400
_KEYS = ("keep", "also", "by", "channels", "clients", "within_s")
CHANNELS = TABLES["contact"]["channel"].choices


@dataclass(frozen=True)
class Rule:
    """Rows of the source `also` are the contacts that `keep` tells of, where all of `by` says so, and starts lie within so many seconds; without
    a limit a shared reference is enough. Without channels both have the same; without clients it holds for all."""

    keep: str
    also: str
    by: tuple[str, ...]
    within_s: float | None = USUAL_WITHIN_S
    channels: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """As it was kept."""
        lists = {name: tuple(told[name]) for name in ("by", "channels", "clients")}
        return cls(told["keep"], told["also"], within_s=told["within_s"], **lists)

    def as_dict(self) -> dict[str, Any]:
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def toml(self) -> str:
        """The table as one would write it."""
        return "\n".join([f"[[{TABLE}]]", *toml.lines(self.table())])

    def table(self) -> dict[str, Any]:
        """Without what goes without saying."""
        told = self.as_dict()
        if self.within_s is not None and self.within_s == int(self.within_s):
            told["within_s"] = int(self.within_s)
        return {name: told[name] for name in _KEYS if told[name] not in (None, [])}


Rules = tuple[Rule, ...]


def sources_of(rules: Iterable[Rule]) -> list[str]:
    """Every source that a rule names, each once."""
    return [*dict.fromkeys(name for rule in rules for name in (rule.keep, rule.also))]


def in_force(home: Path, before: Rules) -> Rules:
    """The rules of the home; those that held before where the file cannot be read, or one of them is wrong."""
    try:
        text = (home / FILE).read_text(encoding="utf-8-sig")
        rules, issues = read(tomllib.loads(text).get(TABLE, []), text)
    except FileNotFoundError:
        return ()
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, OSError):
        return before
    return before if issues else rules


def read(tables: Any, text: str = "") -> tuple[Rules, list[Issue]]:
    """The rules, and everything that is wrong with them; `text` is the file, to name lines of it."""
    lines = [at for at, line in enumerate(text.splitlines(), 1) if re.match(rf"\s*\[\[\s*{TABLE}\s*\]\]", line)]
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        return (), [Issue(Text("same.tables", "A rule is a table of its own, headed %(head)s.", {"head": f"[[{TABLE}]]"}), FILE)]
    rules: list[Rule] = []
    issues: list[Issue] = []
    for number, table in enumerate(tables):
        line = lines[number] if number < len(lines) else None
        wrong = [*_wrong(table), *_chained(table, tables)]
        issues += [Issue(said, FILE, line, f"{TABLE}.{key}" if key else TABLE) for key, said in wrong]
        if not wrong:
            rules.append(_rule(table))
    return tuple(rules), issues


def _rule(table: Mapping[str, Any]) -> Rule:
    by = tuple(name for name in BY if name in _list(table["by"]))
    usual = None if "reference" in by else USUAL_WITHIN_S
    return Rule(table["keep"], table["also"], by, table.get("within_s", usual), tuple(_list(table.get("channels", []))), tuple(_list(table.get("clients", []))))


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _wrong(table: Mapping[str, Any]) -> Iterable[tuple[str, Text]]:
    """What is wrong with one rule by itself."""
    for key in table.keys() - {*_KEYS}:
        yield key, _none(key, _KEYS)
    for key in ("keep", "also"):
        if not isinstance(table.get(key), str) or not table[key].strip():
            yield key, Text("same.source", "“%(key)s” is the name of a source, as the page with the loads shows it.", {"key": key})
    if "keep" in table and table["keep"] == table.get("also"):
        yield "also", Text("same.itself", "“%(source)s” stands on both sides. Name two sources.", {"source": str(table["keep"])})
    if "by" not in table or not _list(table["by"]):
        yield "by", Text("same.by", "Say by what the rows are known as the same: by = [%(known)s], one or more.", {"known": _quoted(BY)})
    for key, known in (("by", BY), ("channels", CHANNELS)):
        yield from ((key, _none(str(one), known)) for one in _list(table.get(key, [])) if one not in known)
    if not all(isinstance(one, str) for one in _list(table.get("clients", []))):
        yield "clients", Text("same.clients", "“%(key)s” is a list of texts in quotes.", {"key": "clients"})
    within = table.get("within_s", 1)
    if isinstance(within, bool) or not isinstance(within, (int, float)) or not 0 < within <= LONGEST_S:
        yield "within_s", Text("same.within", "“%(key)s” is a number of seconds from 1 to %(most)s.", {"key": "within_s", "most": LONGEST_S})


def _chained(table: Mapping[str, Any], tables: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, Text]]:
    """Rows that count nowhere cannot be what others are counted as."""
    if table.get("keep") in [other.get("also") for other in tables if other is not table and other.get("also") != other.get("keep")]:
        english = "“%(source)s” is kept here, and counts as another source's in another rule. Name that other source here too."
        yield "keep", Text("same.chain", english, {"source": str(table.get("keep"))})


def _none(word: str, known: Iterable[str]) -> Text:
    near = did_you_mean(word, known)
    if near:
        return Text("pull.unknown_near", "“%(word)s” is not known here. Did you mean %(near)s?", {"word": word, "near": near})
    return Text("pull.unknown", "“%(word)s” is not known here. There is: %(known)s.", {"word": word, "known": ", ".join(sorted(known))})


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
