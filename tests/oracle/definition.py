"""A KPI file as tables, and what its overlays make of it: base ← level ← variant ← beside."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from components import REPOSITORY

Definition = dict[str, Any]

CATALOGUE = REPOSITORY / "src" / "nyckeltal" / "kpi" / "catalogue"
KINDS = {
    "count": ("among", "per"),
    "total": ("of", "among"),
    "share": ("of", "among", "weight", "per", "doubt", "doubt_above"),
    "balance": ("up", "down", "among", "weight"),
    "mean": ("of", "among", "weight", "per", "missing"),
    "quantile": ("of", "at", "among"),
    "ratio": ("top", "bottom"),
    "spread": ("of", "between", "among", "exposure", "measure"),
    "alpha": ("of", "thing", "rater", "among", "scale_of"),
}
LEVELS = ("queue", "team", "agent")
OTHER_FACT = ("date", "credit", "matures", "per")  # what a definition forgets when it turns to another fact
OF_ONE_FACT = ("over", "date", "where", "credit", "matures")  # what a ratio says on each side instead
PASSING = (*OF_ONE_FACT, "direction", "scale", "rolling_months", "apart", "settings")


@cache
def read(kpi: str) -> Definition:
    return tomllib.loads((CATALOGUE / f"{kpi}.toml").read_text(encoding="utf-8"))


def catalogue() -> list[str]:
    return sorted(file.stem for file in CATALOGUE.glob("*.toml"))


def variants(kpi: str) -> list[str]:
    """The base by its name, then every variant."""
    return [read(kpi)["default"], *read(kpi).get("variants", {})]


def beside(kpi: str, variant: str | None) -> list[str]:
    """What stands beside the value of this variant."""
    file = read(kpi)
    return [name for name, overlay in file.get("beside", {}).items() if (variant or file["default"]) in overlay.get("only", [variant or file["default"]])]


def parted(kpi: str, variant: str | None) -> tuple[str | None, str | None]:
    """`all.median` as the variant and what stands beside it."""
    whole, _, last = (variant or "").rpartition(".")
    return (whole or None, last) if last in read(kpi).get("beside", {}) else (variant, None)


def effective(kpi: str, level: str | None, variant: str | None) -> Definition:
    """What is counted when the KPI is asked so; `refuse` says why it is not."""
    file = read(kpi)
    kind = next(name for name in KINDS if name in file)
    flat: Definition = {name: file[name] for name in PASSING if name in file} | {"kind": kind, **file[kind]}
    if level:
        flat = laid(flat, file.get("levels", {}).get(level, {}), level)
    for name in variant.split(".") if variant else []:
        if name != file["default"]:
            flat = laid(flat, file.get("variants", {}).get(name) or file["beside"][name], level)
    return flat


def laid(flat: Definition, overlay: Definition, level: str | None) -> Definition:
    """An overlay on top; what it says for one level alone comes last."""
    plain = {name: value for name, value in overlay.items() if name not in LEVELS}
    found = dict(flat)
    if (kind := plain.get("kind", found["kind"])) != found["kind"]:
        dropped = {*KINDS[found["kind"]], *(OF_ONE_FACT if kind == "ratio" else ())} - {*KINDS[kind]}
        found = {name: value for name, value in found.items() if name not in dropped}
    if plain.get("over", found.get("over")) != found.get("over"):
        found = {name: value for name, value in found.items() if name not in OTHER_FACT}
    found = {name: value for name, value in (found | plain).items() if value is not False}
    return laid(found, overlay[level], None) if level and level in overlay else found
