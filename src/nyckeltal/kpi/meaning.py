"""Rules about what the formulas of a KPI file say, once its shape is right: one function per rule, each tells its mistakes with where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nyckeltal.kpi.background import unknown_variants
from nyckeltal.kpi.definition import KINDS, ROW_KEYS, Kpi
from nyckeltal.kpi.formula import BadFormula, read_formula, unknown
from nyckeltal.kpi.lines import Path, inside
from nyckeltal.kpi.vocabulary import COUNTED, LEVELS, words
from nyckeltal.words import Text

Mistake = tuple[Path, Text]

LEAST = {"least": 5, "comments": 10}  # reference 6.5
COUNTS = ("top", "bottom")  # what a sample may count besides rows: the events above the line, what is below it


def every_formula_can_be_read(kpi: Kpi) -> Iterator[Mistake]:
    """Every variant at every level, and what stands beside it, must parse, or say why it cannot be asked there."""
    for variant in kpi.variant_names:
        for level in (None, *LEVELS):
            for beside in (None, *kpi.beside):
                said = kpi.said(variant, level, beside)
                try:
                    if not said.refused:
                        read_formula(said, kpi.settings)
                except BadFormula as bad:
                    yield from ((_where_said(kpi, key, variant, level, beside), text) for key, text in bad.mistakes)


def no_setting_is_called_like_a_word(kpi: Kpi) -> Iterator[Mistake]:
    for over in _facts_of(kpi):
        for name in kpi.settings:
            if name in words(over):
                values = {"name": name, "over": over}
                yield ("settings", name), Text("kpi.setting_is_word", "“%(name)s” is already a word of %(over)s; give the setting another name.", values)


def a_share_is_not_its_own_whole(kpi: Kpi) -> Iterator[Mistake]:
    for variant in kpi.variant_names:
        said = kpi.said(variant)
        if not said.refused and said.kind == "share" and said["of"] == said["among"]:
            path = ("variants", variant) if variant != kpi.default else ("share", "of")
            yield path, Text("kpi.share_of_itself", "A share of itself is always the whole: “of” and “among” say the same.")


def the_base_is_no_variant(kpi: Kpi) -> Iterator[Mistake]:
    if kpi.default in kpi.variants:
        values = {"name": kpi.default}
        yield ("variants", kpi.default), Text("kpi.default_is_base", "“%(name)s” names the base (default); a variant needs another name.", values)


def what_stands_beside_has_its_variant(kpi: Kpi) -> Iterator[Mistake]:
    for beside, overlay in kpi.beside.items():
        for name in overlay.get("only", ()):
            if name not in kpi.variant_names:
                yield ("beside", beside, "only"), unknown("variant", str(name), kpi.variant_names)


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
    """Who must not be told from others is protected by at least five; a file may only ask for more (reference 6.5)."""
    for key, least in LEAST.items():
        if kpi.privacy.get(key, least) < least:
            yield ("privacy", key), Text("kpi.privacy_least", "“%(key)s” may be raised, not lowered: at least %(least)s.", {"key": key, "least": least})
    if not kpi.privacy.get("complementary", True):
        english = "What is hidden must not be worked out from a sum: the next smallest is always hidden beside it."
        yield ("privacy", "complementary"), Text("kpi.privacy_complementary", english)


def what_is_told_apart_by_exists(kpi: Kpi) -> Iterator[Mistake]:
    """Columns that the rules of hiding and of samples count by."""
    counted: list[tuple[Path, Any]] = [(("privacy", "of"), kpi.privacy.get("of"))]
    counted += [(("sample", level, "counts"), sample.get("counts")) for level, sample in kpi.sample.items()]
    for path, name in counted:
        for over in _facts_of(kpi) if name not in (None, *COUNTS) else ():
            if name not in words(over):
                yield path, unknown("word", str(name), words(over))


MEANING: tuple[Callable[[Kpi], Iterator[Mistake]], ...] = (
    every_formula_can_be_read,
    no_setting_is_called_like_a_word,
    a_share_is_not_its_own_whole,
    the_base_is_no_variant,
    what_stands_beside_has_its_variant,
    unknown_variants,
    names_of_cases_exist,
    a_side_names_no_side,
    hiding_is_never_loosened,
    what_is_told_apart_by_exists,
)


def kpis_named_exist(kpis: Mapping[str, Kpi]) -> Iterator[tuple[Kpi, Mistake]]:
    """Across files: a ratio may rest on another KPI's count or total."""
    counts = [name for name, other in kpis.items() if other.base.kind in ("count", "total")]
    for kpi in kpis.values():
        for path, side in _sides(kpi):
            if "kpi" in side and side["kpi"] not in counts:
                yield kpi, (path, unknown("count or total", str(side["kpi"]), counts))


def _sides(kpi: Kpi) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every side of a ratio that the file says, on whichever layer, and where."""
    layers: list[tuple[Path, Any]] = [((kpi.base.kind,), kpi.base.keys)]
    for table, overlays in (("levels", kpi.levels), ("variants", kpi.variants), ("beside", kpi.beside)):
        layers += [((table, name), overlay) for name, overlay in overlays.items()]
        layers += [((table, name, level), inside(overlay, (level,))) for name, overlay in overlays.items() for level in LEVELS]
    for path, layer in layers:
        for side in KINDS["ratio"]:
            if isinstance(said := inside(layer, (side,)), dict):
                yield (*path, side), said


def _facts_of(kpi: Kpi) -> list[str]:
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
    found = next((path for path, layer in layers if isinstance(layer, dict) and key in layer), None)
    if found:
        return (*found, key)
    return (key,) if key in ROW_KEYS else (kpi.base.kind, key)
