"""Rules about what the formulas of a KPI file say, once its shape is right: one function per rule, each tells its mistakes with where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from typing import Any, get_args

from nyckeltal.contacts.expression import Compare, Condition, Contains, Every, Name, OneOf, Value, children, names
from nyckeltal.contacts.where import BadCondition, Word, parse, parse_value
from nyckeltal.kpi.amounts import TEXTS, is_a
from nyckeltal.kpi.background import unknown_neighbours, unknown_variants
from nyckeltal.kpi.definition import KINDS, ROW_KEYS, WORD_KEYS, Kpi, Said
from nyckeltal.kpi.formula import BadFormula, Formula, read_formula, unknown
from nyckeltal.kpi.lines import Path, inside
from nyckeltal.kpi.vocabulary import COUNTED, LEVELS, tells_apart, tells_of_colleagues, tells_persons, words
from nyckeltal.words import PLACE, Text

Mistake = tuple[Path, Text]

ILLNESS = frozenset({"sick", "sick_h"})  # of a day of work
_UNITS = {"share": ("share", "ratio"), "count": ("count", "ratio", "points")}
_PLAIN = ("count", "score", "points", "ratio", "share", "hours", "days")  # of a number that is no time and no money
RATES = ("per_100", "per_1000", "per_hour", "per_day", "per_month")
FILLED = ("value", "of_100")  # into what a value means
COUNTS = ("top", "bottom")  # what a sample may count besides rows: the events above the line, what is below it


def every_formula_can_be_read(kpi: Kpi) -> Iterator[Mistake]:
    """Every variant at every level, and what stands beside it, must parse, or say why it cannot be asked there."""
    for variant in kpi.variant_names:
        for level in (None, *LEVELS):
            for beside in (None, *kpi.beside):
                said = kpi.said(variant, level, beside)
                if said.refused:
                    continue
                having = [*ROW_KEYS, *KINDS[said.kind], "kind", "refuse", "only"]
                for key in said.keys.keys() - having:
                    yield _where_said(kpi, key, variant, level, beside), unknown("key", key, [one for one in having if one not in said.keys])
                try:
                    read_formula(said, kpi.settings)
                except BadFormula as bad:
                    yield from ((_where_said(kpi, key, variant, level, beside), text) for key, text in bad.mistakes)


def sums_can_be_read(kpi: Kpi) -> Iterator[Mistake]:
    """What [summary] adds up, of sources that keep no contacts, is of its words, and of variants that there are."""
    there = {**words("summary"), **{name: Word("number") for name in kpi.settings}}
    for variant, said in kpi.summary.items():
        if variant == "where":
            yield from _unreadable(("summary", "where"), parse, str(said), there)
        elif variant not in (*kpi.variant_names, *kpi.beside):
            yield ("summary", variant), unknown("variant", variant, (*kpi.variant_names, *kpi.beside))
        elif not isinstance(said, Mapping) or not {"top"} <= {*said} <= {"top", "bottom", "when"} or not is_a([*said.values()], TEXTS):
            yield ("summary", variant), Text("kpi.summary_keys", 'Sums are said as { top = "…", bottom = "…", when = "…" }, a count without bottom.')
        else:
            for key, text in said.items():
                yield from _unreadable(("summary", variant, key), parse if key == "when" else parse_value, str(text), there)


def _unreadable(path: Path, read: Callable[[str, Mapping[str, Word]], object], text: str, there: Mapping[str, Word]) -> Iterator[Mistake]:
    try:
        read(text, there)
    except BadCondition as bad:
        yield from ((path, issue.text) for issue in bad.issues)


def no_setting_is_called_like_a_word(kpi: Kpi) -> Iterator[Mistake]:
    for over in facts_of(kpi):
        for name in kpi.settings:
            if name in words(over):
                values = {"name": name, "over": over}
                yield ("settings", name), Text("kpi.setting_is_word", "“%(name)s” is already a word of %(over)s; give the setting another name.", values)


def a_share_is_not_its_own_whole(kpi: Kpi) -> Iterator[Mistake]:
    for variant in kpi.variant_names:
        said = kpi.said(variant)
        if not said.refused and said.kind == "share" and said["of"] and said["of"] == said["among"]:
            path = ("variants", variant) if variant != kpi.default else ("share", "of")
            english = "A share of itself is always the whole: “%(of)s” and “%(among)s” say the same."
            yield path, Text("kpi.share_of_itself", english, {"of": "of", "among": "among"})


def the_base_is_no_variant(kpi: Kpi) -> Iterator[Mistake]:
    if kpi.default in kpi.variants:
        values = {"name": kpi.default}
        yield ("variants", kpi.default), Text("kpi.default_is_base", "“%(name)s” names the base (default); a variant needs another name.", values)


def what_stands_beside_has_its_variant(kpi: Kpi) -> Iterator[Mistake]:
    for beside, overlay in kpi.beside.items():
        for name in overlay.get("only", ()):
            if name not in kpi.variant_names:
                yield ("beside", beside, "only"), unknown("variant", str(name), kpi.variant_names)


def the_unit_fits(kpi: Kpi) -> Iterator[Mistake]:
    """A mean of seconds is no percentage. With a scale, and of what is set in relation, the file knows best."""
    for variant in kpi.variant_names:
        formula = _readable(kpi.said(variant), kpi)
        unit = (formula and formula.unit) or kpi.unit
        if formula and formula.scale == 1 and unit not in (fitting := _units_of(formula) or (unit,)):
            values = {"unit": unit, "fitting": fitting}
            yield ("unit",), Text("kpi.unit_unfit", "“%(unit)s” is no unit for what is counted here. One that fits: %(fitting)s", values)


def _readable(said: Said, kpi: Kpi) -> Formula | None:
    """A formula as far as it can be read: what is wrong with the rest is told besides."""
    try:
        return None if said.refused else read_formula(said, kpi.settings)
    except BadFormula as bad:
        return bad.readable


def _units_of(formula: Formula) -> tuple[str, ...]:
    """The units in which a formula's figure can be told; none where any could be meant."""
    if formula.kind in _UNITS:
        return _UNITS[formula.kind]
    if formula.kind == "ratio":
        top, bottom = (_measured(side) for side in (formula.top, formula.bottom))
        of_rows = isinstance(formula.bottom, Formula) and formula.bottom.kind == "count"
        return () if not (top and bottom) else (*_PLAIN, *RATES) if top == bottom else (top, "ratio") if of_rows else ()
    measured = _measured(formula) if formula.kind in ("mean", "total", "quantile") else None
    return () if measured is None else _PLAIN if measured == "plain" else (measured,)


def _measured(formula: Formula | str | None) -> str | None:
    """What a formula of one fact adds up: seconds, money, or plain numbers; None where that cannot be told."""
    if not isinstance(formula, Formula) or (formula.kind != "count" and formula.of is None):
        return None
    kinds = {getattr(words(formula.over).get(name.name), "kind", "") for name in names(formula.of)} if formula.of else set()
    unread = isinstance(formula.of, Every)  # of which the rest may be anything
    return "seconds" if "seconds" in kinds else "money" if "money" in kinds else None if unread else "plain"


def what_is_filled_in_exists(kpi: Kpi) -> Iterator[Mistake]:
    """Into the words of a formula come its settings, into what a value means comes the value."""
    said: list[tuple[Path, Any]] = [(("words",), kpi.base.words)]
    for path, layer in _layers(kpi):
        said += [(path, layer), ((*path, "words"), inside(layer, ("words",)))]
    for path, words_said in said:
        for key in WORD_KEYS:
            sentence = inside(words_said, (key,))
            for name in PLACE.findall(sentence) if isinstance(sentence, str) else ():
                if name not in kpi.settings:
                    yield (*path, key), unknown("setting", name, kpi.settings)
    for level, sentence in kpi.means.items():
        yield from ((("means", level), unknown("value", name, FILLED)) for name in PLACE.findall(sentence) if name not in FILLED)


def names_of_cases_exist(kpi: Kpi) -> Iterator[Mistake]:
    known = {*kpi.variant_names, *kpi.beside, *(f"{variant}.{beside}" for variant in kpi.variant_names for beside in kpi.beside)}
    for number, case in enumerate(kpi.cases):
        for name in case.get("variants", {}):
            if name not in known:
                yield ("case", number, "variants"), unknown("variant", name, known)
        for name in case.get("set", {}):
            if name not in kpi.settings:
                yield ("case", number, "set"), unknown("setting", name, kpi.settings)


def a_side_names_no_side(kpi: Kpi) -> Iterator[Mistake]:
    """A ratio that rests on itself would never come to an end."""
    for path, side in _sides(kpi):
        if side.get("kpi") == kpi.id:
            yield path, Text("kpi.side_is_itself", "A ratio cannot rest on itself.")


def hiding_is_never_loosened(kpi: Kpi) -> Iterator[Mistake]:
    """Who must not be told from others stays hidden, whatever a file says (reference 6.5); of how many, its bounds say."""
    if not kpi.privacy.get("complementary", True):
        english = "What is hidden must not be worked out from a sum: the next smallest is always hidden beside it."
        yield ("privacy", "complementary"), Text("kpi.privacy_complementary", english)


def what_must_be_hidden_is(kpi: Kpi) -> Iterator[Mistake]:
    """Answers of employees and illness are shown of no few, whoever writes the file (reference 6.5 and 8)."""
    counted, hidden = facts_of(kpi), kpi.privacy
    if "employee_response" in counted and not hidden.get("least"):
        yield ("privacy",), Text("kpi.privacy_of_answers", "Answers of employees are anonymous: write [privacy] with least = 5.")
    told_of = {name for formula in _formulas(kpi) for _, node in _expressions(kpi, formula) for name in _words_of(node)}
    is_ill = "absence" in counted or ("agent_day" in counted and ILLNESS & told_of)
    if is_ill and not (hidden.get("least") and hidden.get("of") == "agent_id"):
        yield ("privacy",), Text("kpi.privacy_of_illness", "Absence tells of people’s health: write [privacy] with least = 5 and of = “agent_id”.")


def nobody_is_named(kpi: Kpi) -> Iterator[Mistake]:
    """A key figure that an organisation writes must not lead around the rules about who may see whom."""
    said: list[tuple[str, Path, Any]] = [(formula.over, path, node) for formula in _formulas(kpi) for path, node in _expressions(kpi, formula)]
    said += [("summary", ("summary",), node) for node in _of_sums(kpi)]
    named = {name: path for over, path, node in reversed(said) for name in _named(over, node)} if kpi.own else {}
    for name, path in sorted(named.items()):
        english = "“%(word)s” tells single persons or rows apart, so it cannot be compared with a value here."
        yield path, Text("kpi.names_somebody", english, {"word": name})


def groups_of_colleagues_are_hidden(kpi: Kpi) -> Iterator[Mistake]:
    """By site, language or contract one agent alone may be meant: no floor for groups of colleagues guards what a file compares."""
    said = [(formula.over, node) for formula in _formulas(kpi) for _, node in _expressions(kpi, formula)] if kpi.own else []
    compared = {name for over, node in said for name in _compared(node) if tells_of_colleagues(over, name)}
    if compared and not (kpi.privacy.get("least") and kpi.privacy.get("of") == "agent_id"):
        english = "By %(words)s one colleague alone may be meant: write [privacy] with least = 5 and of = “agent_id”."
        yield ("privacy",), Text("kpi.privacy_of_colleagues", english, {"words": ", ".join(sorted(compared))})


def _compared(node: Any) -> Iterator[str]:
    """The words that are compared; whether one is there at all is no comparison."""
    if isinstance(node, Compare | OneOf | Contains):
        yield from (name.name for name in names(node))
    for part in children(node):
        yield from _compared(part)


def _formulas(kpi: Kpi) -> Iterator[Formula]:
    """Every formula that the file says, as far as it can be read, of a ratio both sides."""
    for variant in kpi.variant_names:
        for level in (None, *LEVELS):
            for beside in (None, *kpi.beside):
                formula = _readable(kpi.said(variant, level, beside), kpi)
                yield from (side for side in (formula, *((formula.top, formula.bottom) if formula else ())) if isinstance(side, Formula))


def _expressions(kpi: Kpi, formula: Formula) -> list[tuple[Path, Any]]:
    """Each with where the file most likely says it."""
    found = [(field.name, getattr(formula, field.name)) for field in fields(formula)]
    expressions = [(key, one) for key, one in found if isinstance(one, (*get_args(Condition), *get_args(Value)))]
    return [((key,) if key in ROW_KEYS and kpi.base.kind != "ratio" else (kpi.base.kind, key), one) for key, one in expressions]


def _words_of(node: Any) -> set[str]:
    return {name.name.rpartition(".")[2] for name in names(node)}


def _of_sums(kpi: Kpi) -> Iterator[Condition]:
    """The conditions about summaries that can be read."""
    there = {**words("summary"), **{name: Word("number") for name in kpi.settings}}
    sums = (said.get("when") for said in kpi.summary.values() if isinstance(said, Mapping))
    for text in (kpi.summary.get("where"), *sums):
        with suppress(BadCondition):
            yield from (parse(text, there),) if isinstance(text, str) else ()


def _named(over: str, node: Any) -> Iterator[str]:
    """The words by which persons or rows are told apart, where they are compared with a value; those of persons also with each other."""
    for part in children(node):
        yield from _named(over, part)
    if isinstance(node, Compare | OneOf | Contains):
        of_words = isinstance(node, Compare) and isinstance(node.left, Name) and isinstance(node.right, Name)
        tells = tells_persons if of_words else tells_apart
        yield from (name.name for name in names(node) if tells(over, name.name))


def what_is_told_apart_by_exists(kpi: Kpi) -> Iterator[Mistake]:
    """Columns that the rules of hiding and of samples count by."""
    counted: list[tuple[Path, Any]] = [(("privacy", "of"), kpi.privacy.get("of"))]
    counted += [(("sample", level, "counts"), sample.get("counts")) for level, sample in kpi.sample.items()]
    for path, name in counted:
        for over in facts_of(kpi) if name not in (None, *COUNTS) else ():
            if name not in words(over):
                yield path, unknown("word", str(name), [one for one, word in words(over).items() if "." not in one and word.kind == "id"])


MEANING: tuple[Callable[[Kpi], Iterator[Mistake]], ...] = (
    every_formula_can_be_read,
    sums_can_be_read,
    no_setting_is_called_like_a_word,
    a_share_is_not_its_own_whole,
    the_base_is_no_variant,
    the_unit_fits,
    what_stands_beside_has_its_variant,
    what_is_filled_in_exists,
    unknown_variants,
    names_of_cases_exist,
    a_side_names_no_side,
    hiding_is_never_loosened,
    what_must_be_hidden_is,
    nobody_is_named,
    groups_of_colleagues_are_hidden,
    what_is_told_apart_by_exists,
)


def kpis_named_exist(kpis: Mapping[str, Kpi]) -> Iterator[tuple[Kpi, Mistake]]:
    """Across files: a ratio may rest on another KPI's count or total, and a KPI may serve others, or stand beside them."""
    yield from unknown_neighbours(kpis)
    counts = [name for name, other in kpis.items() if other.base.kind in ("count", "total")]
    for kpi in kpis.values():
        for path, side in _sides(kpi):
            if "kpi" in side and side["kpi"] not in counts:
                yield kpi, (path, unknown("count or total", str(side["kpi"]), [name for name in counts if name != kpi.id]))
            elif "kpi" in side and kpis[side["kpi"]].privacy.get("least") and not kpi.privacy.get("least"):
                said = "%(other)s hides what rests on few, so this must too: write [privacy] with least = 5."
                yield kpi, (path, Text("kpi.privacy_of_side", said, {"other": side["kpi"]}))


def _sides(kpi: Kpi) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every side of a ratio that the file says, on whichever layer, and where."""
    for path, layer in [((kpi.base.kind,), kpi.base.keys), *_layers(kpi)]:
        for side in KINDS["ratio"]:
            if isinstance(said := inside(layer, (side,)), dict):
                yield (*path, side), said


def _layers(kpi: Kpi) -> Iterator[tuple[Path, Any]]:
    """What lies over the base, and where."""
    for table, overlays in (("levels", kpi.levels), ("variants", kpi.variants), ("beside", kpi.beside)):
        for name, overlay in overlays.items():
            yield (table, name), overlay
            yield from (((table, name, level), inside(overlay, (level,))) for level in LEVELS)


def facts_of(kpi: Kpi) -> list[str]:
    """Every fact that some formula of the file counts."""
    layers = (kpi.base.keys, *kpi.levels.values(), *kpi.variants.values(), *(side for _, side in _sides(kpi)))
    named = (layer.get("over") for layer in layers)
    return sorted({over for over in named if over in COUNTED})


def _where_said(kpi: Kpi, key: str, variant: str, level: str | None, beside: str | None) -> Path:
    """The uppermost layer that says this key; the mistake stands there."""
    layers: list[tuple[Path, Any]] = [
        (("beside", beside or ""), kpi.beside.get(beside or "")),
        (("variants", variant, level or ""), inside(kpi.variants, (variant, level or ""))),
        (("variants", variant), kpi.variants.get(variant)),
        (("levels", level or ""), kpi.levels.get(level or "")),
    ]
    found = next((path for said in (key, "kind") for path, layer in layers if isinstance(layer, dict) and said in layer), None)
    if found:
        return (*found, key)
    return (key,) if key in ROW_KEYS else (kpi.base.kind, key)
