"""The rules of the language: a KPI file is read and every mistake in it told at once, with file and line and what would be right.
One function per rule, those about shape here, those about meaning in `meaning.py`; `read` is the only way from a file to a `Kpi`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import BadDefinition, Issue
from nyckeltal.kpi import amounts, background
from nyckeltal.kpi.amounts import FLAG, LIST, NUMBER, TABLE, TEXT, TEXTS, WHOLE, amount, is_a, must_be
from nyckeltal.kpi.definition import KINDS, ROW_KEYS, UNITS, Kpi, Said, Setting
from nyckeltal.kpi.formula import SIDE_KEYS, missing, unknown
from nyckeltal.kpi.lines import Lines, NotToml, Path, inside, table_of
from nyckeltal.kpi.meaning import MEANING, RATES
from nyckeltal.kpi.vocabulary import FACTS, LEVELS
from nyckeltal.words import Text, short

if TYPE_CHECKING:
    import pathlib

Mistake = tuple[Path, Text]
Rule = Callable[[Kpi], Iterator[Mistake]]

ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
PURPOSES = ("service", "efficiency", "sales", "quality", "people")
BETTER = ("higher", "lower", "band", "none")
SHOWN_IN = ("share", "seconds", "count", "score", "points", "ratio", *RATES, "money", "hours", "days", "alpha")
GOAL_LEVELS = ("company", "client", "team", "agent")
PERIODS = ("day", "week", "month", "quarter", "year")
DIRECTIONS = ("inbound", "outbound", "both")

_ROW: dict[str, str] = dict.fromkeys(ROW_KEYS, TEXT) | {"scale": NUMBER, "rolling_months": WHOLE}
_KIND = {key: TEXT for keys in KINDS.values() for key in keys} | {"at": NUMBER, "missing": NUMBER, "doubt_above": NUMBER, "thing": ""}
_OVERLAY = {**_ROW, **_KIND, "kind": TEXT, "called": TEXT, "refuse": TEXT, "top": "", "bottom": "", "words": TABLE}
_TABLES = ("levels", "variants", "beside", "sample", "privacy", "summary", "goal", "never", "levers", "means", "reading")
_TOP = {
    **_ROW,
    **dict.fromkeys(("id", "name", "asks", "better", "default", "owner"), TEXT),
    "version": WHOLE,
    **dict.fromkeys(("purpose", "standards"), TEXTS),
    **dict.fromkeys(("history", "serves"), LIST),
    "benchmark": TABLE,
    **dict.fromkeys((*KINDS, *_TABLES, "settings", "words"), TABLE),
    "case": LIST,
}
_READING = {"empty": TEXT, "caution": TEXT, "opposed": TEXTS, "balanced_by": TEXTS, "floor": WHOLE}
_SETTING = {**dict.fromkeys((*UNITS, "times"), NUMBER), "agreement": TEXT, "measure": "", "else": "", "allowed": LIST}
_CASE = {
    **dict.fromkeys(("say", "gives", "period"), TEXT),
    **dict.fromkeys(("variants", "by_queue", "by_agent", "as_team", "set"), TABLE),
    "known_until": "",
    **dict.fromkeys(("calendar", *FACTS, *(name for name, table in TABLES.items() if table.family == "organisation")), LIST),
}
_INNER: dict[str, dict[str, str]] = {
    "reading": _READING,
    "privacy": {"least": WHOLE, "of": TEXT, "comments": WHOLE, "complementary": FLAG},
    "words": dict.fromkeys(("called", "top", "bottom"), TEXT),
    "goal": dict.fromkeys(GOAL_LEVELS, TEXT),
    **{said: dict.fromkeys(GOAL_LEVELS, TEXT) for said in ("never", "levers", "means")},
}


_STRANGE = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Draft:
    """A file that is TOML, before it is known to be a definition."""

    data: Mapping[str, Any]
    stem: str
    own: bool = False

    def table(self, name: str) -> dict[str, Any]:
        found = self.data.get(name)
        return found if isinstance(found, dict) else {}

    @property
    def kinds(self) -> list[str]:
        return [kind for kind in KINDS if kind in self.data]


def read(file: pathlib.Path, *, own: bool = False) -> Kpi:
    """Read a KPI file; raises BadDefinition with every mistake in it."""
    try:
        return read_text(file.read_text(encoding="utf-8"), file, own=own)
    except UnicodeDecodeError as error:
        said = Text("kpi.not_utf8", "This is not text in UTF-8 (byte %(at)s).", {"at": error.start + 1})
        raise BadDefinition(said, (Issue(said, str(file)),)) from None
    except OSError as error:
        said = Text("kpi.not_read", "This is no file that can be read: %(why)s", {"why": error.strerror or type(error).__name__})
        raise BadDefinition(said, (Issue(said, str(file)),)) from None


def read_text(text: str, file: pathlib.Path, *, own: bool = False, besides: tuple[Rule, ...] = ()) -> Kpi:
    """The same for a text that is to become that file. `besides`: rules about its place among others."""
    try:
        data = table_of(text)
    except NotToml as bad:
        raise BadDefinition(bad.said, (Issue(bad.said, str(file), bad.line),)) from None
    draft, lines = Draft(data, file.stem, own), Lines(text)
    mistakes = [mistake for rule in SHAPE for mistake in rule(draft)]
    kpi, misread = _read(draft, file, mistakes, besides)
    mistakes += misread
    if mistakes or not kpi:
        issues = {(str(said), lines.of(path)): Issue(said, str(file), lines.of(path), ".".join(map(str, path))) for path, said in mistakes}
        raise BadDefinition(Text("kpi.bad_file", "%(file)s is no KPI yet.", {"file": file.name}), tuple(sorted(issues.values(), key=lambda it: it.line or 0)))
    return kpi


def _read(draft: Draft, file: pathlib.Path, mistakes: list[Mistake], besides: tuple[Rule, ...]) -> tuple[Kpi | None, list[Mistake]]:
    """The definition and what its formulas get wrong, as far as its shape lets them be read."""
    told = {path for path, _ in mistakes}
    found: list[Mistake] = []
    kpi = None
    strange = 0
    try:
        kpi = _kpi(draft, str(file), own=draft.own)
    except _STRANGE:
        strange += 1
    for rule in (*MEANING, *besides):
        try:
            found += [(path, said) for path, said in rule(kpi) if path not in told] if kpi else []
        except _STRANGE:
            strange += 1  # of another shape than the rule reads: it hides nothing that the others find
    if strange and not (mistakes or found):
        english = "Something here has another form than in the file of a key figure. Begin with the file of one that is like it."
        found.append(((), Text("kpi.not_understood", english)))
    return kpi, found


# ── rules about shape: keys, their types and closed lists ──


def keys_are_known(draft: Draft) -> Iterator[Mistake]:
    yield from _known((), draft.data, _TOP)
    for name, allowed in _INNER.items():
        yield from _known((name,), draft.table(name), allowed)
    for kind in draft.kinds:
        yield from _known((kind,), draft.table(kind), {key: _KIND[key] if kind != "ratio" else TABLE for key in KINDS[kind]})


def sides_are_known(draft: Draft) -> Iterator[Mistake]:
    for side, said in draft.table("ratio").items():
        if isinstance(said, dict):
            yield from _known(("ratio", side), said, {"kpi": TEXT} if "kpi" in said else {**dict.fromkeys(SIDE_KEYS, TEXT), "by": TEXTS})


def overlays_are_known(draft: Draft) -> Iterator[Mistake]:
    for table in ("levels", "variants", "beside"):
        nested = dict.fromkeys((*LEVELS, "sample"), TABLE) if table == "variants" else {}
        for name, overlay in draft.table(table).items():
            if not isinstance(overlay, dict):
                yield (table, name), must_be(name, TABLE)
                continue
            yield from _overlay((table, name), overlay, {**_OVERLAY, **nested, **({"only": TEXTS} if table == "beside" else {})})
            for level in LEVELS if nested else ():
                yield from _overlay((table, name, level), overlay.get(level, {}), _OVERLAY)
    yield from (((("levels", name), unknown("level", name, LEVELS))) for name in draft.table("levels") if name not in LEVELS)


def _overlay(path: Path, overlay: Any, allowed: dict[str, str]) -> Iterator[Mistake]:
    if isinstance(overlay, dict):
        yield from _known(path, {key: value for key, value in overlay.items() if value is not False or key in ("kind", "over")}, allowed)
        if isinstance(overlay.get("words"), dict):  # a ratio's sides are tables, so its words stand apart from them
            yield from _known((*path, "words"), overlay["words"], dict.fromkeys(("top", "bottom"), TEXT))
        yield from _closed((*path, "kind"), overlay.get("kind"), "kind", tuple(KINDS))
        yield from _closed((*path, "direction"), overlay.get("direction"), "direction", DIRECTIONS)
        yield from _closed((*path, "unit"), overlay.get("unit"), "unit", SHOWN_IN)


def settings_are_known(draft: Draft) -> Iterator[Mistake]:
    columns = {column.name: "" for column in TABLES["agreement"].columns if column.kind in ("number", "seconds", "count")}
    for name, value in draft.table("settings").items():
        if isinstance(value, dict):
            yield from _known(("settings", name), value, _SETTING)
            yield from _closed(("settings", name), value.get("agreement"), "number in an agreement", tuple(columns))
            if not any(key in value for key in ("else", *UNITS)):
                yield ("settings", name), Text("kpi.setting_without_value", "“%(name)s” needs a value: else = 20, or days = 7", {"name": name})


def needed_keys_are_there(draft: Draft) -> Iterator[Mistake]:
    for key in ("id", "version", "name", "asks", "purpose", "unit", "better", "reading"):
        if key not in draft.data:
            yield (), missing(key)
    empty = draft.table("reading").get("empty")
    if not empty or (isinstance(empty, str) and not empty.strip()):
        yield ("reading",), missing("reading.empty")
    if draft.kinds and draft.kinds[0] != "ratio" and "over" not in draft.data:
        yield (), missing("over")


def there_is_one_kind(draft: Draft) -> Iterator[Mistake]:
    if len(draft.kinds) != 1:
        kinds = {"kinds": ", ".join(KINDS)}
        if not draft.kinds:
            yield (), Text("kpi.no_kind", "A KPI is of one kind, said by its table: [count], or one of %(kinds)s", kinds)
        else:
            values = {"found": ", ".join(draft.kinds), **kinds}
            yield (draft.kinds[-1],), Text("kpi.one_kind", "A KPI is of exactly one kind (found: %(found)s) of: %(kinds)s", values)


def the_id_is_a_word(draft: Draft) -> Iterator[Mistake]:
    found = draft.data.get("id")
    if found is not None and not (isinstance(found, str) and ID.fullmatch(found)):
        english = "“%(id)s” is no id: a small letter, then small letters a to z, digits and _, up to 60 in all."
        yield ("id",), Text("kpi.id_no_word", english, {"id": short(found)})


def the_file_is_called_as_the_kpi(draft: Draft) -> Iterator[Mistake]:
    named = draft.data.get("id")
    if isinstance(named, str) and ID.fullmatch(named) and named != draft.stem:  # what is no id gives no name to a file
        values = {"id": named, "stem": draft.stem}
        yield ("id",), Text("kpi.id_is_file", "“%(id)s” stands in a file called %(stem)s.toml. Both must be the same.", values)


def choices_are_known(draft: Draft) -> Iterator[Mistake]:
    yield from _closed(("better",), draft.data.get("better"), "direction of better", BETTER)
    yield from _closed(("unit",), draft.data.get("unit"), "unit", SHOWN_IN)
    yield from _closed(("direction",), draft.data.get("direction"), "direction", DIRECTIONS)
    for purpose in draft.data.get("purpose", ()) if isinstance(draft.data.get("purpose"), list) else ():
        yield from _closed(("purpose",), purpose, "purpose", PURPOSES)
    for level, period in draft.table("goal").items():
        yield from _closed(("goal", level), period, "period", PERIODS)


def samples_are_numbers(draft: Draft) -> Iterator[Mistake]:
    samples: list[tuple[Path, Any]] = [(("sample",), draft.table("sample"))]
    samples += [(("variants", name, "sample"), inside(overlay, ("sample",))) for name, overlay in draft.table("variants").items()]
    for path, said in samples:
        for level, sample in said.items() if isinstance(said, dict) else ():
            yield from _closed((*path, level), level, "level", GOAL_LEVELS)
            if not isinstance(sample, dict):
                yield (*path, level), must_be(level, TABLE)
            else:
                yield from _known((*path, level), sample, {"counts": TEXT, "show": WHOLE, "compare": WHOLE})


def what_stands_around_is_whole(draft: Draft) -> Iterator[Mistake]:
    yield from background.mistakes(draft.data)


def amounts_can_be(draft: Draft) -> Iterator[Mistake]:
    yield from amounts.mistakes(draft.data)


def there_is_a_case(draft: Draft) -> Iterator[Mistake]:
    cases = draft.data.get("case")
    if cases is None and draft.own:
        return  # an organisation's own may go without: it is tried on own data instead
    if not isinstance(cases, list) or not cases:
        yield (), Text("kpi.no_case", "A worked case is missing: [[case]] with some facts, and what they give.")
        return
    for number, case in enumerate(cases):
        if not isinstance(case, dict):
            yield ("case", number), must_be("case", TABLE)
            continue
        yield from _known(("case", number), case, _CASE)
        if "gives" not in case:
            yield ("case", number), Text("kpi.case_gives_nothing", "This case does not say what its facts give.")
        yield from _rows(number, case)


def _rows(number: int, case: Mapping[str, Any]) -> Iterator[Mistake]:
    for table in TABLES.keys() & case.keys():
        columns = {column.name: "" for column in (*TABLES[table].columns, *TABLES["segment"].columns)} if table == "contact" else {}
        columns |= {column.name: "" for column in TABLES[table].columns} | {"times": WHOLE, "say": TEXT, "source": TEXT}
        for row in case[table] if isinstance(case[table], list) else ():
            if isinstance(row, dict):
                yield from _known(("case", number, table), row, columns)
            else:
                yield ("case", number, table), must_be(table, Text("kpi.must_be.rows", "a list of tables, as in [ { wait_s = 12 } ]"))


SHAPE: tuple[Callable[[Draft], Iterator[Mistake]], ...] = (
    keys_are_known,
    sides_are_known,
    overlays_are_known,
    settings_are_known,
    needed_keys_are_there,
    there_is_one_kind,
    the_id_is_a_word,
    the_file_is_called_as_the_kpi,
    choices_are_known,
    samples_are_numbers,
    what_stands_around_is_whole,
    amounts_can_be,
    there_is_a_case,
)


# ── from shape to definition ──


def _kpi(draft: Draft, file: str, *, own: bool) -> Kpi:
    data, kind = draft.data, draft.kinds[0]
    keys = {key: data[key] for key in ROW_KEYS if key in data} | draft.table(kind) | {"kind": kind}
    tables: dict[str, Any] = {key: draft.table(key) for key in _TABLES}
    return Kpi(
        **{key: data.get(key, "") for key in ("id", "version", "name", "asks", "unit", "better")},  # one that is missing is told by the rules
        **tables,
        purpose=tuple(data.get("purpose", ())),
        base=Said(keys, draft.table("words")),
        default=data.get("default", "default"),
        owner=data.get("owner", ""),
        settings={name: _setting(name, value, data.get("id", "")) for name, value in draft.table("settings").items()},
        cases=tuple(data.get("case", ())),
        standards=tuple(data.get("standards", ())),
        serves=background.served(data.get("serves")),
        benchmark=draft.table("benchmark"),
        history=tuple(data.get("history", ())),
        own=own,
        file=file,
    )


def _setting(name: str, value: Any, kpi: str) -> Setting:
    said = value if isinstance(value, dict) else {"else": value}
    plain = said.get("else", said)
    unit = next((unit for unit in UNITS if isinstance(plain, dict) and unit in plain), "s")
    number = plain.get(unit) if isinstance(plain, dict) else plain
    measure = said.get("measure", kpi)
    return Setting(
        name=name,
        otherwise=amount(number) * UNITS[unit],
        column=said.get("agreement"),
        measures=tuple(measure) if isinstance(measure, list) else (measure,),
        times=amount(said.get("times", 1)),
        worth=float(UNITS[unit]),
        allowed=tuple(map(amount, said.get("allowed", ()))),
    )


def _known(path: Path, table: Mapping[str, Any], allowed: Mapping[str, str]) -> Iterator[Mistake]:
    for key, value in table.items():
        if key not in allowed:
            yield (*path, key), unknown("key", key, [one for one in allowed if one not in table])
        elif allowed[key] and not is_a(value, allowed[key]):
            yield (*path, key), must_be(key, allowed[key])


def _closed(path: Path, value: Any, what: str, choices: tuple[str, ...]) -> Iterator[Mistake]:
    if isinstance(value, str) and value not in choices:
        yield path, unknown(what, value, choices)
