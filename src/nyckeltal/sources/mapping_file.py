"""Reads a mapping file whole: every table, key and word of it is looked at once, and every mistake is noted with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast, get_args

from nyckeltal.contacts.model.kinds import Scale
from nyckeltal.contacts.model.voice import SurveyMeasure
from nyckeltal.contacts.schema import TABLES, Column, Table
from nyckeltal.errors import BadMapping, Issue, UserMistake
from nyckeltal.sources import anonymous, called
from nyckeltal.sources.cells import bad_form, dated
from nyckeltal.sources.mapping import KINDS, LeaveOut, Rule, Survey, TableMapping, field_of, no_kind, said_fields, unknown
from nyckeltal.sources.notation import reader_of
from nyckeltal.sources.placing import read_as
from nyckeltal.sources.survey import ANSWERED
from nyckeltal.sources.tables.raw import FileForm
from nyckeltal.words import Field, Text

_known = {
    "": ("file", "fact", "key", "columns", "survey", "leave_out", "checks", "changed_at"),
    "file": ("separator", "encoding", "zone", "decimal", "sheet"),
    "fact": ("kind", "client", "source"),
    "key": ("columns", "changed_at"),
    "checks": ("ghost_below_s", "longest_part_s"),
    "rule": ("is", "from", "as", "none", "values", "where", "source"),
    "survey": ("question", "measure", "scale", "value", "text", "answered_at", "survey_id"),
    "leave_out": ("where", "reason"),
}


_constants: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("seconds", "number", "money"), (int, float)),
    "flag": (bool,),
    "count": (int,),
    "ids": (list, str),
}


def read_mapping(given: Path | Mapping[str, Any]) -> tuple[TableMapping, list[Issue]]:
    """The mapping as far as it can be read, and everything wrong with it by itself."""
    text, tables = text_and_tables(given)
    name = given.name if isinstance(given, Path) else None
    return _Reader(tables, text, name).read()


def text_and_tables(given: Path | Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """A mapping before anything of it is understood."""
    if not isinstance(given, Path):
        import json

        return json.dumps(given, default=str, sort_keys=True, ensure_ascii=False), given
    try:
        text = given.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except FileNotFoundError:
        said = Text("sources.mapping.missing", "There is no mapping file “%(file)s”.", {"file": str(given)})
    except OSError:
        said = Text("sources.mapping.no_file", "%(file)s is no file that can be read.", {"file": str(given)})
    except UnicodeDecodeError:
        said = Text("sources.mapping.encoding", "%(file)s is not UTF-8 text.", {"file": given.name})
    except tomllib.TOMLDecodeError as wrong:
        where = re.search(r"line (\d+)", str(wrong))
        line = int(where.group(1)) if where else None
        twice = "overwrite" in str(wrong) or "twice" in str(wrong) or "already" in str(wrong)
        if twice:
            said = Text("sources.mapping.twice", "%(file)s names a field twice; one field is one column. (%(what)s)", {"file": given.name, "what": str(wrong)})
        else:
            said = Text("sources.mapping.toml", "%(file)s is not TOML: %(what)s.", {"file": given.name, "what": str(wrong)})
        raise BadMapping(said, (Issue(said, given.name, line),)) from None
    raise BadMapping(said, (Issue(said, given.name),))


class _Reader:
    """Goes through the tables once and notes every mistake on the way."""

    def __init__(self, tables: Mapping[str, Any], text: str, name: str | None) -> None:
        self.tables, self.text, self.name = tables, text, name
        self.issues: list[Issue] = []
        self.fact = ""

    def read(self) -> tuple[TableMapping, list[Issue]]:
        self.known("", self.tables)
        fact, file, key = self.table("fact"), self.table("file"), self.table("key")
        kind = self.fact = self.kind(fact)
        words: Mapping[str, Any] = {name: self.word(f"file.{name}", file.get(name)) for name in _known["file"]}
        form = FileForm(**words)
        self.zone(form)
        described = TABLES[kind]
        rules = self.rules(described)
        changed = key.get("changed_at", self.tables.get("changed_at"))
        mapping = TableMapping(
            form=form,
            kind=kind,
            client=self.word("fact.client", fact.get("client")),
            source=self.word("fact.source", fact.get("source")),
            key=self.words("key.columns", key.get("columns", ())),
            changed_at=self.rule("changed_at", "changed_at", Column("changed_at", "moment", True), changed) if changed is not None else None,
            rules=rules,
            surveys=tuple(found for found in map(self.survey, self.listed("survey")) if found) if kind in ANSWERED else (),
            leave_out=tuple(LeaveOut(str(one.get("where", "")), str(one.get("reason", "left out"))) for one in map(self.leave_out, self.listed("leave_out"))),
            checks=self.limits(self.table("checks")),
            text=self.text,
        )
        if kind not in ANSWERED and self.tables.get("survey"):
            self.wrong("survey", Text("sources.mapping.survey_kind", "[[survey]] belongs to a mapping of kind contact or survey_invitation."))
        self.complete(mapping, described)
        for place, text in anonymous.mistakes(mapping):
            self.wrong(place, text)
        return mapping, self.issues

    def wrong(self, place: str, text: Text) -> None:
        self.issues.append(Issue(text, self.name, self.line(place), place))

    def line(self, place: str) -> int | None:
        """Where the file names the last part of `place`."""
        word = re.escape(place.rsplit(".", 1)[-1])
        for number, line in enumerate(self.text.splitlines(), start=1) if self.name else ():
            if re.match(rf"\s*(\[+)?\s*\"?{word}\"?\s*[=\].]", line):
                return number
        return None

    def table(self, name: str) -> Mapping[str, Any]:
        found = self.tables.get(name, {})
        if not isinstance(found, Mapping):
            self.wrong(name, Text("sources.mapping.no_table", "“%(name)s” is a table: write [%(name)s].", {"name": name}))
            return {}
        if name in _known:
            self.known(name, found)
        return found

    def listed(self, name: str) -> list[Mapping[str, Any]]:
        found = self.tables.get(name, [])
        parts = [found] if isinstance(found, Mapping) else found
        if not isinstance(parts, list) or not all(isinstance(part, Mapping) for part in parts):
            self.wrong(name, Text("sources.mapping.no_list", "“%(name)s” is a list of tables: write [[%(name)s]].", {"name": name}))
            return []
        for part in parts:
            self.known(name, part)
        return cast("list[Mapping[str, Any]]", parts)

    def known(self, name: str, found: Mapping[str, Any], options: Sequence[str] | None = None) -> None:
        for key in found:
            if key not in (options or _known[name]):
                self.wrong(
                    f"{name}.{key}".strip("."),
                    unknown(Text("sources.mapping.unknown_key", "There is no key “%(word)s” here.", {"word": key}), key, options or _known[name]),
                )

    def word(self, place: str, value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value or None
        self.wrong(place, Text("sources.mapping.no_text", "“%(place)s” is a text in quotes.", {"place": place}))
        return None

    def words(self, place: str, value: Any) -> tuple[str, ...]:
        parts = [value] if isinstance(value, (str, int, float)) and not isinstance(value, bool) else value
        if isinstance(parts, (list, tuple)) and all(isinstance(part, (str, int, float)) for part in parts):
            return tuple(map(str, parts))
        self.wrong(place, Text("sources.mapping.no_texts", "“%(place)s” is a text or a list of texts.", {"place": place}))
        return ()

    def kind(self, fact: Mapping[str, Any]) -> str:
        kind = fact.get("kind", "contact")
        if kind in KINDS:
            return str(kind)
        self.wrong("fact.kind", no_kind(str(kind)))
        return "contact"

    def zone(self, form: FileForm) -> None:
        from nyckeltal.when import clock

        try:
            if form.zone:
                clock.zone(form.zone)
        except UserMistake as mistake:
            self.wrong("file.zone", mistake.text)
        if form.decimal not in (None, ",", "."):
            self.wrong("file.decimal", Text("sources.mapping.decimal", "“decimal” is a comma or a full stop."))
        if form.separator is not None and len(form.separator) != 1:
            self.wrong("file.separator", Text("sources.mapping.separator", "“separator” is one character; a tab is written \\t."))

    def rules(self, described: Table) -> tuple[Rule, ...]:
        found: dict[str, Rule] = {}
        for said, given in self.table("columns").items():
            column = field_of(described, said)
            if column is None and self.fact == anonymous.KIND and anonymous.tells_too_much(said):
                self.wrong(said, anonymous.refusal(said))
            elif column is None:
                options = said_fields(described)
                self.wrong(
                    said,
                    unknown(
                        Text("sources.mapping.unknown_field", "A %(kind)s has no field “%(word)s”.", {"word": said, "kind": described.name}), said, options
                    ),
                )
            elif column.name in found:
                values = {"one": found[column.name].said, "two": said}
                self.wrong(said, Text("sources.mapping.two_columns", "“%(one)s” and “%(two)s” are the same field; one field is one column.", values))
            elif rule := self.rule(said, said, column, given):
                found[column.name] = rule
        return tuple(found.values())

    def rule(self, place: str, said: str, column: Column, given: Any) -> Rule | None:
        kind = read_as(self.fact, column.name, column.kind)
        if isinstance(given, str):
            return Rule(column.name, said, kind, (given,))
        if not isinstance(given, Mapping):
            self.wrong(place, Text("sources.mapping.no_rule", '“%(field)s” is a column in quotes, or a table like { from = "…" }.', {"field": said}))
            return None
        self.known(f"columns.{said}", given, _known["rule"])
        if sum(key in given for key in ("is", "from", "where")) != 1:
            self.wrong(place, Text("sources.mapping.one_way", "“%(field)s” needs exactly one of from, is, where.", {"field": said}))
            return None
        rule = Rule(
            column.name,
            said,
            kind,
            self.words(place, given.get("from", ())),
            self.words(place, given.get("as", ())),
            self.words(place, given.get("none", ())),
            self.meanings(place, column, given["values"]) if "values" in given else None,
            self.meaning(place, column, given["is"]) if "is" in given else None,
            self.word(place, given.get("where")),
            self.word(place, given.get("source")),
        )
        self.check(place, column, rule)
        return rule

    def check(self, place: str, column: Column, rule: Rule) -> None:
        if len(rule.columns) > 1 and rule.kind not in (*dated, "text", "id"):
            said = Text("sources.mapping.several", "“%(field)s” is one column; only texts, ids and moments are put together.", {"field": rule.said})
            self.wrong(place, said)
        if rule.where is not None and column.kind != "flag":
            self.wrong(place, Text("sources.mapping.no_flag", "Only a yes/no field may be a condition; “%(field)s” is none.", {"field": rule.said}))
        for form in rule.forms:
            if mistake := bad_form(rule.kind, form):
                self.wrong(place, mistake)

    def meanings(self, place: str, column: Column, given: Any) -> Mapping[str, Any] | None:
        if not isinstance(given, Mapping):
            self.wrong(place, Text("sources.mapping.values", "“values” is a table: { what the file says = what it means }."))
            return None
        return {str(said): self.meaning(place, column, means) for said, means in given.items()}

    def meaning(self, place: str, column: Column, value: Any) -> Any:
        """A constant in the field's own kind."""
        kinds: dict[str, tuple[type, ...]] = {
            "flag": (bool,),
            "seconds": (int, float),
            "number": (int, float),
            "money": (int, float),
            "count": (int,),
            "ids": (list, str),
        }
        wanted = kinds.get(column.kind)
        if isinstance(value, str) and (reader := reader_of(self.fact, column.name)):
            try:
                reader(value, "")
            except UserMistake as mistake:
                self.wrong(place, mistake.text)
        if column.choices and value not in column.choices:
            text = unknown(
                Text("sources.mapping.no_choice", "“%(field)s” cannot be “%(word)s”.", {"word": str(value), "field": column.name}), str(value), column.choices
            )
            self.wrong(place, text)
        elif wanted and (not isinstance(value, wanted) or (isinstance(value, bool) and column.kind != "flag")):
            values = {"field": column.name, "word": str(value), "kind": column.kind}
            self.wrong(place, Text("sources.mapping.wrong_kind", "“%(field)s” is a %(kind)s, and “%(word)s” is none.", values))
        return value if isinstance(value, (bool, int, float, list)) else str(value)

    def survey(self, given: Mapping[str, Any]) -> Survey | None:
        missing = [name for name in ("question", "measure", "scale", "value") if name not in given]
        for name in missing:
            self.wrong("survey", Text("sources.mapping.survey_needs", "[[survey]] needs “%(name)s”.", {"name": name}))
        for name, options in (("measure", get_args(SurveyMeasure)), ("scale", get_args(Scale))):
            if name in given and given[name] not in options:
                text = unknown(
                    Text("sources.mapping.survey_choice", "A survey's %(name)s cannot be “%(word)s”.", {"word": str(given[name]), "name": name}),
                    str(given[name]),
                    options,
                )
                self.wrong(f"survey.{name}", text)
        if missing:
            return None
        kind = {"yes_no": "flag", "text": "text"}.get(given["scale"], "number")
        value = self.rule("survey.value", "value", Column("value", kind, True), given["value"])
        words = self.rule("survey.text", "text", Column("text", "text", True), given["text"]) if "text" in given else None
        moment = Column("answered_at", "moment", True)
        at = self.rule("survey.answered_at", "answered_at", moment, given["answered_at"]) if "answered_at" in given else None
        if value is None:
            return None
        return Survey(
            str(given["question"]), str(given["measure"]), str(given["scale"]), value, words, at, self.word("survey.survey_id", given.get("survey_id"))
        )

    def leave_out(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        if not isinstance(given.get("where"), str):
            self.wrong("leave_out", Text("sources.mapping.leave_out", "[[leave_out]] needs “where”, a condition in quotes."))
        return given

    def limits(self, given: Mapping[str, Any]) -> dict[str, float]:
        for name, value in given.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
                self.wrong(f"checks.{name}", Text("sources.mapping.check", "“%(name)s” is a number of seconds, 0 or more.", {"name": name}))
        return {name: float(value) for name, value in given.items() if isinstance(value, (int, float)) and name in _known["checks"]}

    def complete(self, mapping: TableMapping, described: Table) -> None:
        """Every field that a file must give is given, and there is something that could be the key."""
        given = {rule.field for rule in mapping.rules}
        for column in described.loaded:
            stands_in = column.name == described.key or (column.name == "client_id" and mapping.client)
            if column.required and column.name not in given and not stands_in:
                values = {"kind": described.name, "field": Field(column.name, called.FIELDS.get(column.name))}
                place = "fact.client" if column.name == "client_id" else "columns"
                self.wrong(place, Text("sources.mapping.needs", "A %(kind)s needs “%(field)s”, and no column gives it.", values))
