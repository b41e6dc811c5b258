"""A KPI as its file says it: a base, what lies over it by level and variant, and what stands beside the value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nyckeltal.words import Text

KINDS: dict[str, tuple[str, ...]] = {
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
NEEDED = {
    "total": ("of",),
    "share": ("of",),
    "balance": ("up", "down"),
    "mean": ("of",),
    "quantile": ("of", "at"),
    "ratio": ("top", "bottom"),
    "spread": ("of", "between"),
    "alpha": ("of", "thing", "rater"),
}
ROW_KEYS = ("over", "date", "where", "credit", "direction", "scale", "rolling_months", "matures", "apart", "unit")
WORD_KEYS = ("called", "top", "bottom")
_FORGOTTEN = ("date", "credit", "matures", "per")  # when `over` changes
OF_ONE_FACT = ("over", "date", "where", "credit", "matures")  # what a ratio says on each of its sides
UNITS = {"s": 1, "minutes": 60, "hours": 3600, "days": 86400}


@dataclass(frozen=True)
class Setting:
    """A number that conditions may name: a constant, or what an agreement says on the day. `worth` is how much one of the
    figures in the file, and one given with `--set`, is worth (86400 for days)."""

    name: str
    otherwise: float
    column: str | None = None
    measures: tuple[str, ...] = ()
    times: float = 1
    worth: float = 1
    allowed: tuple[float, ...] = ()

    @property
    def seconds(self) -> tuple[float, ...]:
        """What it may be, without an agreement, where it is a length of time."""
        return (self.otherwise, *(each * self.worth for each in self.allowed))

    def given(self, value: float) -> Setting:
        """The same, set by whoever asks: no agreement changes it then."""
        return Setting(self.name, value * self.worth, worth=self.worth, allowed=self.allowed)


@dataclass(frozen=True)
class Said:
    """One formula as the file says it after all overlays, before its conditions are read; `words` is how it is put in words."""

    keys: Mapping[str, Any]
    words: Mapping[str, str]

    def __getitem__(self, key: str) -> Any:
        return self.keys.get(key)

    @property
    def kind(self) -> str:
        return str(self.keys["kind"])

    @property
    def refused(self) -> str | None:
        return self.keys.get("refuse")

    def under(self, overlay: Mapping[str, Any]) -> Said:
        """The formula with an overlay on top (rule 1 of the language)."""
        keys, changes = dict(self.keys), dict(overlay)
        words = {**self.words, **changes.pop("words", {}), **{key: changes.pop(key) for key in WORD_KEYS if isinstance(changes.get(key), str)}}
        if changes.get("kind", keys["kind"]) != keys["kind"]:
            keys = {key: value for key, value in keys.items() if key in (*ROW_KEYS, *KINDS[changes["kind"]])}
            keys = {key: value for key, value in keys.items() if changes["kind"] != "ratio" or key not in OF_ONE_FACT}
        if changes.get("over", keys.get("over")) != keys.get("over"):
            keys = {key: value for key, value in keys.items() if key not in _FORGOTTEN}
        keys.update({key: value for key, value in changes.items() if key not in ("agent", "team", "queue", "sample")})
        return Said({key: value for key, value in keys.items() if value is not False}, words)


@dataclass(frozen=True)
class Kpi:
    """A definition. `case` rows are kept as they stand in the file; `file` is where it was read."""

    id: str
    version: int
    name: str
    asks: str
    purpose: tuple[str, ...]
    unit: str
    better: str
    base: Said
    default: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    beside: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sample: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    privacy: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)  # by variant what its sums are, of a source that keeps no contacts
    goal: Mapping[str, str] = field(default_factory=dict)
    never: Mapping[str, str] = field(default_factory=dict)
    levers: Mapping[str, str] = field(default_factory=dict)
    means: Mapping[str, str] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    serves: Mapping[str, str] = field(default_factory=dict)  # the KPIs it contributes to, each with what must hold: nothing, `band` or `outbound`
    cases: tuple[Mapping[str, Any], ...] = ()
    standards: tuple[str, ...] = ()
    benchmark: Mapping[str, str] = field(default_factory=dict)  # text, source, and the variant it is of where that is stated
    history: tuple[Mapping[str, Any], ...] = ()  # the oldest version first: version, valid_from, changed
    owner: str = ""  # who answers for an organisation's own KPI
    own: bool = False
    file: str | None = None

    @property
    def variant_names(self) -> tuple[str, ...]:
        """The base by its name, then the variants."""
        return (self.default, *(name for name in self.variants if name != self.default))

    def sample_of(self, variant: str | None = None) -> Mapping[str, Any]:
        """From how many a figure of one agent is shown and compared; a variant that counts something else may need others."""
        return {**self.sample.get("agent", {}), **self.variants.get(variant or self.default, {}).get("sample", {}).get("agent", {})}

    def said(self, variant: str | None = None, level: str | None = None, beside: str | None = None) -> Said:
        """Base ← level ← variant ← the variant at that level ← beside."""
        variant_named = variant or self.default
        varied = self.variants.get(variant_named, {})
        layers = (self.levels.get(level or "", {}), varied, varied.get(level or "", {}), self.beside.get(beside or "", {}))
        said = self.base
        for layer in layers:
            said = said.under(layer)
            if said.refused:
                return said
        if variant_named not in said.keys.get("only", (variant_named,)):
            return said.under({"refuse": "This stands beside another variant."})
        return said

    def text(self, part: str) -> Text:
        """One of the file's sentences by its path: `name`, `asks`, `reading.caution`, `never.agent`, `levers.team`, `variants.all.called`,
        `history.2.changed`."""
        found: Any = {
            "name": self.name,
            "asks": self.asks,
            "reading": self.reading,
            "never": self.never,
            "levers": self.levers,
            "means": self.means,
            "words": self.base.words,
            "levels": self.levels,
            "variants": self.variants,
            "beside": self.beside,
            "benchmark": self.benchmark,
            "history": {str(episode["version"]): episode for episode in self.history},
        }
        for step in part.split("."):
            found = found.get(step, "") if isinstance(found, Mapping) else ""
        return Text(f"kpi.{self.id}.{part}", str(found or ""), as_written=self.own)

    @property
    def named(self) -> Text:
        return self.text("name")

    @property
    def question(self) -> Text:
        """What it asks."""
        return self.text("asks")
