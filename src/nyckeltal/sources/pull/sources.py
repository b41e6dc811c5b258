"""Which sources are kept in step, and how: `sources.toml` in the home folder, read and checked whole. What is wrong with one source stops no other."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from nyckeltal.contacts import same_rules
from nyckeltal.contacts.same_rules import Rules
from nyckeltal.errors import Issue, UserMistake, did_you_mean, of_the_machine
from nyckeltal.sources import find
from nyckeltal.sources.load import mapping_tables
from nyckeltal.sources.pull import secrets
from nyckeltal.sources.pull.schedule import Schedule
from nyckeltal.sources.pull.vendor import Given, Pull
from nyckeltal.sources.refusing import USUAL_PERCENT
from nyckeltal.when import clock
from nyckeltal.words import Text

FILE = "sources.toml"
WAYS = ("from", "folder", "follow")  # asked over the network, files in a folder, lines of a growing file
KEYS: Mapping[str, type] = {
    "system": str, "mapping": str, "client": str, "zone": str, "source": str, "every": str, "paused": bool, "from": date, "folder": str,
    "pattern": str, "follow": str, "keep_days": int, "most_minutes": int, "most_refused_percent": int, "proxy": str, "unencrypted": bool,
}  # fmt: skip
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
EVERY = {"from": "15 minutes", "folder": "1 minute", "follow": "1 minute"}
_no_table = Text("pull.a_table", "A source is a table of its own, headed %(head)s.", {"head": "[source.…]"})
KIND_NAMES = {
    str: Text("pull.a_text", "a text in quotes"),
    bool: Text("pull.a_flag", "true or false"),
    int: Text("pull.a_number", "a whole number"),
    date: Text("pull.a_date", "a date, such as 2026-01-31 without quotes"),
}


@dataclass(frozen=True)
class Feed:
    """One source as it is to be kept in step. `stored_as` is its name in the store; `given` what its system asks for, secrets apart."""

    name: str
    way: str
    stored_as: str
    every: Schedule
    system: str | None = None
    mapping: Path | None = None
    client: str | None = None
    zone: str | None = None
    first_day: date | None = None
    place: Path | None = None  # the folder, or the file that grows
    pattern: str = "*"
    paused: bool = False
    keep_days: int = 7
    most_minutes: int = 10
    most_refused_percent: int = USUAL_PERCENT
    proxy: str | None = field(default=None, repr=False)  # may hold a password
    given: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where it may be asked: its own address first, then every other one that the person gave."""
        others = [value for name, value in self.given.items() if name != "address" and value.startswith(("https://", "http://"))]
        own = [self.given["address"]] if "address" in self.given else []  # a database has none
        return (*own, *others)

    @property
    def pull(self) -> Pull:
        """How its system is asked; only of a source that is asked."""
        return pull_of(self.system or "")


@dataclass(frozen=True)
class Sources:
    """The sources that can be used, and everything that is wrong, each with the source that it is about as its field's beginning."""

    feeds: Mapping[str, Feed]
    issues: tuple[Issue, ...] = ()
    broken: Mapping[str, tuple[Issue, ...]] = field(default_factory=dict)
    same: Rules = ()  # by which rows of two sources are one contact
    wrong_rules: tuple[Issue, ...] = ()

    def feed(self, name: str) -> Feed:
        """A UserMistake that says what is wrong with it, or which there are."""
        if name in self.feeds:
            return self.feeds[name]
        if name in self.broken:
            raise UserMistake(Text("pull.broken", "The source “%(name)s” cannot be used as %(file)s says.", {"name": name, "file": FILE}), self.broken[name])
        raise UserMistake(_unknown(name, [*self.feeds, *self.broken]), self.issues)


def pull_of(system: str) -> Pull:
    """How the system is asked; a UserMistake where its files can only be loaded."""
    pull: Pull | None = getattr(find.system(system), "pull", None)
    if pull is None:
        known = ", ".join(askable())
        english = "“%(system)s” cannot be asked over the network; give its files with folder or follow. These can: %(known)s."
        raise UserMistake(Text("pull.only_files", english, {"system": system, "known": known}))
    return pull


def settings_of(system: str) -> list[Given]:
    """What a person gives for a source of this system; an address in any case, unless it is a database on a host."""
    given = list(pull_of(system).given)
    if {"address", "host"} & {one.name for one in given}:
        return given
    return [Given("address", Text("pull.given_address", "Address"), "https://example.com"), *given]


def askable() -> list[str]:
    """The systems that can be asked over the network."""
    return [name for name, system in find.systems().items() if getattr(system, "pull", None) is not None]


def read(home: Path) -> Sources:
    """Every source of the home; none where there is no such file."""
    path = home / FILE
    if not path.exists():
        return Sources({})
    try:
        return read_text(home, path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, OSError) as wrong:
        line = re.search(r"line (\d+)", str(wrong))
        return Sources({}, (Issue(unreadable(wrong), FILE, int(line.group(1)) if line else None),))


def unreadable(wrong: Exception) -> Text:
    """Why the file is no TOML, or cannot be opened."""
    return Text("pull.toml", "%(file)s cannot be read: %(what)s.", {"file": FILE, "what": str(wrong)})


def read_text(home: Path, text: str) -> Sources:
    """The same of a file that is not written yet."""
    return _Reader(home, text, tomllib.loads(text)).read()


class _Reader:
    """Goes through the tables once and notes every mistake on the way."""

    def __init__(self, home: Path, text: str, tables: Mapping[str, Any]) -> None:
        self.home, self.tables = home, tables
        self.text, self.lines = text, text.splitlines()
        self.name = ""
        self.issues: list[Issue] = []

    def read(self) -> Sources:
        for key in self.tables.keys() - {"source", same_rules.TABLE}:
            self.wrong(_unknown(key, ["source", same_rules.TABLE]), key)
        same, wrong = same_rules.read(self.tables.get(same_rules.TABLE, []), self.text)
        feeds, broken = {}, {}
        named = self.tables.get("source", {})
        if not isinstance(named, Mapping):
            self.wrong(_no_table, "source")
        for name, table in named.items() if isinstance(named, Mapping) else ():
            self.name, before = name, len(self.issues)
            if not isinstance(table, Mapping):
                self.wrong(_no_table)
            feed = self.feed(name, table) if isinstance(table, Mapping) else None
            if feed is None or len(self.issues) > before:
                broken[name] = tuple(self.issues[before:])
            else:
                feeds[name] = feed
        self.name = ""
        self.apart(feeds, broken)
        return Sources(feeds, (*self.issues, *wrong), broken, same, tuple(wrong))

    def feed(self, name: str, table: Mapping[str, Any]) -> Feed | None:
        """One source; None where too much of it is wrong to go on."""
        if not NAME.fullmatch(name):
            english = "A source is named with small letters, digits and hyphens, at most forty; “%(name)s” is not."
            self.wrong(Text("pull.name", english, {"name": name}))
        if (ways := [way for way in WAYS if way in table]) == [] or len(ways) > 1:
            english = 'Say one of: from = a date (it is asked over the network), folder = "…" (files put there), follow = "…" (a file that grows).'
            self.wrong(Text("pull.one_way", english))
            for key in table:
                if key not in KEYS and did_you_mean(key, KEYS):
                    self.wrong(_unknown(key, KEYS), key)
            return None
        way, said = ways[0], self.plain(table)
        system, mapping = self.system(said.get("system"), way), self.mapping(said.get("mapping"))
        told = self.told(mapping)
        client = said.get("client") or told.get("client")
        if way != "folder" and not said.get("system") and (way == "from" or not said.get("mapping")):
            self.wrong(Text("pull.no_system", 'Say system = "…": which system it is, or mapping = "…": how its table is read.'))
        given, secret = self.given(table, system if way == "from" else None)
        return Feed(
            name=name,
            way=way,
            stored_as=said.get("source") or told.get("source") or ("-".join(filter(None, (system, client))) if system else client or name),
            every=self.every(said.get("every", EVERY[way])),
            system=system,
            mapping=mapping,
            client=client,
            zone=self.zone(said.get("zone")),
            first_day=said.get("from"),
            place=self.place(said.get(way), way),
            pattern=said.get("pattern", "*"),
            paused=said.get("paused", False),
            keep_days=max(0, said.get("keep_days", 7)),
            most_minutes=max(1, said.get("most_minutes", 10)),
            most_refused_percent=self.percent(said.get("most_refused_percent", USUAL_PERCENT)),
            proxy=self.proxy(said.get("proxy")) if way == "from" else None,
            given=given,
            secret=secret,
        )

    def plain(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """The frame's own keys with values of their kind."""
        found = {}
        for key, kind in KEYS.items():
            value = table.get(key)
            if value is None:
                continue
            empty = isinstance(value, str) and not value.strip()
            if type(value) is kind and not empty:
                found[key] = value
            else:
                self.wrong(Text("pull.kind", "“%(key)s” is %(kind)s.", {"key": key, "kind": KIND_NAMES[kind]}), key)
        return found

    def percent(self, said: int) -> int:
        if not 0 <= said <= 100:
            self.wrong(Text("pull.percent", "“%(key)s” is a whole number from 0 to 100.", {"key": "most_refused_percent"}), "most_refused_percent")
        return said

    def system(self, name: str | None, way: str) -> str | None:
        if name is None:
            return None
        known = find.systems()
        if name not in known:
            self.wrong(_unknown(name, known), "system")
            return None
        if way == "from" and name not in askable():
            english = "“%(system)s” cannot be asked over the network; give its files with folder or follow. These can: %(known)s."
            self.wrong(Text("pull.only_files", english, {"system": name, "known": ", ".join(askable())}), "system")
            return None
        return name

    def mapping(self, name: str | None) -> Path | None:
        """A mapping saved by name, or a file."""
        if name is None:
            return None
        kept = self.home / "mappings" / f"{name}.toml"
        path = kept if "/" not in name and kept.exists() else self.home / name
        if path.is_file():
            return path
        self.wrong(_unknown(name, [file.stem for file in (self.home / "mappings").glob("*.toml")]), "mapping")
        return None

    def told(self, mapping: Path | None) -> Mapping[str, Any]:
        """What the mapping says of the whole table; a mapping that cannot be read is told when it is used."""
        try:
            found = mapping_tables(mapping).get("fact", {})
        except UserMistake as mistake:
            self.wrong(mistake.text, "mapping")
            return {}
        return found if isinstance(found, Mapping) else {}

    def every(self, said: str) -> Schedule:
        try:
            return Schedule.read(said)
        except UserMistake as mistake:
            self.wrong(mistake.text, "every")
            return Schedule.read("1 day")

    def zone(self, name: str | None) -> str | None:
        try:
            clock.zone(name or "UTC")
        except UserMistake as mistake:
            self.wrong(mistake.text, "zone")
            return None
        return name

    def place(self, said: object, way: str) -> Path | None:
        """A whole path: a worker and a person at a terminal stand in different folders."""
        if way == "from" or not isinstance(said, str):
            return None
        path = Path(said).expanduser()
        if not path.is_absolute():
            self.wrong(Text("pull.path", "Write the whole path, from / on: “%(path)s” is none.", {"path": said}), way)
        return path

    def given(self, table: Mapping[str, Any], system: str | None) -> tuple[dict[str, str], dict[str, str]]:
        """What the system asks for, with its defaults; secrets from where they are kept."""
        asked = {one.name: one for one in settings_of(system)} if system else {}
        for key in table.keys() - KEYS.keys() - asked.keys():
            self.wrong(_unknown(key, [*KEYS, *asked]), key)
        given: dict[str, str] = {}
        secret: dict[str, str] = {}
        for name, one in asked.items():
            value = self.one(one, table)
            if value is not None:
                (secret if one.secret else given)[name] = value
        for name, value in given.items():
            if name == "address" or "://" in value:
                self.address(value, unencrypted=table.get("unencrypted") is True)
        return given, secret

    def one(self, asked: Given, table: Mapping[str, Any]) -> str | None:
        """One setting; of a secret only where it is kept, never in the file."""
        if asked.secret:
            if asked.name in table:
                self.secret_here(asked.name)
            if (found := self.secret(asked.name)) is None and asked.default is None:
                english = "The secret “%(key)s” is missing. Put it into %(place)s, or into the environment as %(variable)s."
                self.wrong(Text("pull.secret_missing", english, {"key": asked.name, **self.kept(asked.name)}), asked.name)
            return found if found is not None else asked.default
        value = table.get(asked.name, asked.default)
        if value is None:
            english = "“%(key)s” is missing: %(label)s, such as %(example)s."
            self.wrong(Text("pull.missing", english, {"key": asked.name, "label": asked.label, "example": asked.example}), asked.name)
        return None if value is None else str(value).strip()

    def kept(self, name: str) -> dict[str, str]:
        return {"place": f"{secrets.FOLDER}/{self.name}.{name}", "variable": secrets.variable(self.name, name)}

    def secret_here(self, name: str) -> None:
        english = "A secret does not stand in %(file)s. Take “%(key)s” out, and put it into %(place)s or the environment (%(variable)s)."
        self.wrong(Text("pull.secret_here", english, {"file": FILE, "key": name, **self.kept(name)}), name)

    def secret(self, name: str) -> str | None:
        """One that may not be read is told; the other sources go on."""
        try:
            return secrets.find(self.home, self.name, name)
        except OSError as fault:
            told = of_the_machine(fault)
            self.wrong(told.text if told else Text("pull.file", "%(what)s", {"what": str(fault)}), name)
            return None

    def proxy(self, said: str | None) -> str | None:
        """One that asks for a name and a password is a secret whole."""
        found = self.secret("proxy") or said
        parts = _parts(found or "")
        if parts.password and found == said:
            self.secret_here("proxy")
        elif found and (parts.scheme not in {"http", "https"} or not parts.hostname):
            self.wrong(Text("pull.proxy", "“%(value)s” is no proxy. Write it whole: http://proxy.example:3128.", {"value": said or "•••"}), "proxy")
        return found

    def address(self, value: str, *, unencrypted: bool) -> None:
        parts = _parts(value)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            self.wrong(Text("pull.address", "“%(value)s” is no address. Write it whole: https://example.com.", {"value": value}), "address")
        elif parts.username or parts.password:
            self.wrong(Text("pull.address_secret", "An address holds no name and no password. Give them in their own settings."), "address")
        elif parts.scheme == "http" and parts.hostname not in HERE and not unencrypted:
            english = "%(host)s would be asked without encryption, and everybody on the way could read the secret. Write https://, or unencrypted = true."
            self.wrong(Text("pull.unencrypted", english, {"host": parts.hostname}), "address")

    def apart(self, feeds: dict[str, Feed], broken: dict[str, tuple[Issue, ...]]) -> None:
        """Two accounts under one name in the store would take each other's rows for their own."""
        seen: dict[str, str] = {}
        for feed in [feed for feed in feeds.values() if feed.way == "from"]:
            if feed.stored_as in seen:
                english = '“%(one)s” and “%(two)s” would both be kept as %(source)s. Say another source = "…" in one of them.'
                self.name, before = feed.name, len(self.issues)
                self.wrong(Text("pull.same_name", english, {"one": seen[feed.stored_as], "two": feed.name, "source": feed.stored_as}))
                broken[feed.name] = tuple(self.issues[before:])
                del feeds[feed.name]
            seen.setdefault(feed.stored_as, feed.name)

    def wrong(self, text: Text, key: str | None = None) -> None:
        field = ".".join(part for part in ("source", self.name, key) if part) if self.name else key
        self.issues.append(Issue(text, FILE, self.line(key), field))

    def line(self, key: str | None) -> int | None:
        """Where the key stands in this source's table, else where the table begins."""
        heads = [f"[source.{self.name}]", f'[source."{self.name}"]']
        begin = next((at for at, line in enumerate(self.lines, 1) if line.split("#")[0].strip() in heads), None)
        if begin is None or key is None:
            return begin
        for at, line in enumerate(self.lines[begin:], begin + 1):
            if line.startswith("["):
                break
            if re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
                return at
        return begin


def _parts(address: str) -> SplitResult:
    """An address that cannot be taken apart has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def _unknown(word: str, known: Iterable[str]) -> Text:
    """A word that is none of those there are."""
    listed = sorted(known)
    if near := did_you_mean(word, listed):
        return Text("pull.unknown_near", "“%(word)s” is not known here. Did you mean %(near)s?", {"word": word, "near": near})
    return Text("pull.unknown", "“%(word)s” is not known here. There is: %(known)s.", {"word": word, "known": ", ".join(listed[:30]) or "–"})
