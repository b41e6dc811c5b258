"""A question in words: what is divided by what, with which settings, as formula, as SQL, and by a worked case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.expression import Compare, Name
from nyckeltal.contacts.where import BadCondition, Word, parse
from nyckeltal.kpi import certainty, summaries
from nyckeltal.kpi.vocabulary import FACTS, words
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.compile import Plan
    from nyckeltal.kpi.definition import Kpi, Setting
    from nyckeltal.kpi.request import Asked, Request

_CONDITIONS = ("where", "among", "of", "up", "down")
_SPANS = ((86400, Text("unit.days", "%(n)s days")), (3600, Text("unit.hours", "%(n)s hours")), (60, Text("unit.minutes", "%(n)s minutes")))


@dataclass(frozen=True)
class Explanation:
    """How one KPI is counted, for the question as asked. `refused` says why it cannot be asked so; then there is no formula."""

    kpi: str
    version: int
    name: Text
    asks: Text
    variant: str
    called: Text
    top: Text
    bottom: Text | None
    formula: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Text] = field(default_factory=dict)
    sql: tuple[str, ...] = ()
    case: Mapping[str, Any] = field(default_factory=dict)
    caution: Text | None = None
    interval: Text | None = None
    benchmark: Mapping[str, Any] = field(default_factory=dict)  # text, source, and the variant it is of where that is stated
    standards: tuple[str, ...] = ()
    history: tuple[Mapping[str, Any], ...] = ()
    counted: str = "contact"
    refused: Text | None = None
    sums: Text | None = None  # whether a source that keeps no contacts tells it

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON, in English."""
        return {name: _plain(value) for name, value in self.__dict__.items()}


def explained(request: Request, asked: Asked) -> Explanation:
    """Shares everything with an answer but the run."""
    kpi, plan = asked.kpi, asked.plan
    variant = plan.variant if plan else request.question.variant or kpi.default
    shared: dict[str, Any] = {
        "kpi": kpi.id,
        "version": kpi.version,
        "name": kpi.text("name"),
        "asks": kpi.text("asks"),
        "variant": variant,
        "case": kpi.cases[0] if kpi.cases else {},
        "caution": kpi.text("reading.caution") if kpi.reading.get("caution") else None,
        "benchmark": {**kpi.benchmark, "text": kpi.text("benchmark.text")} if kpi.benchmark else {},
        "standards": kpi.standards,
        "history": tuple({**episode, "changed": kpi.text(f"history.{episode['version']}.changed")} for episode in kpi.history),
    }
    if plan is None:
        empty = Text("explain.nothing", "")
        return Explanation(**shared, called=empty, top=empty, bottom=None, refused=asked.refused)
    said = {name: worded(request, plan, name) for name in ("called", "top", "bottom")}
    return Explanation(
        **shared,
        called=said["called"] or kpi.text("name"),
        top=said["top"] or kpi.text("name"),
        bottom=said["bottom"] if plan.formula.kind not in ("count", "total") else None,
        formula=dict(plan.said.keys),
        settings={name: spelled(request, plan, setting) for name, setting in plan.settings.items()},
        sql=tuple(step.sql for step in request.steps(plan)),
        interval=certainty.method(plan),
        counted=plan.counted,
        sums=summaries.told(kpi, plan.variant),
    )


def worded(request: Request, plan: Plan, part: str) -> Text | None:
    """One of the formula's sentences, with its settings filled in."""
    english = plan.said.words.get(part)
    if not english:
        return None
    values = {name: spelled(request, plan, setting) for name, setting in plan.settings.items() if f"%({name})s" in english}
    return Text(f"kpi.{plan.kpi.id}.{_layer(plan, part)}{part}", english, values, as_written=plan.kpi.own)


def spelled(request: Request, plan: Plan, setting: Setting) -> Text:
    """A setting's value in words, and that an agreement may say otherwise where one does."""
    plain = span(setting.otherwise, is_time=setting.worth != 1 or _is_time(plan.kpi, setting.name))
    if setting.column and request.organisation.terms(setting.column, setting.measures):
        return Text("explain.as_agreed", "the time agreed (else %(otherwise)s)", {"otherwise": plain})
    return plain


def span(seconds: float, *, is_time: bool = True) -> Text:
    """A number, or a length of time in the largest unit that it is at least twice, or a whole number, of."""
    if not is_time:
        return Text("unit.plain", "%(n)s", {"n": f"{seconds:g}"})
    for size, text in _SPANS:
        if seconds >= 2 * size and seconds % size == 0:
            return Text(text.id, text.english, {"n": f"{seconds / size:g}"})
    return Text("unit.seconds", "%(n)s s", {"n": f"{seconds:g}"}) if seconds != 86400 else Text("unit.day_hours", "24 hours")


def _is_time(kpi: Kpi, setting: str) -> bool:
    """Whether a setting is compared with seconds anywhere in the file's formula."""
    scope = {name: word for over in FACTS for name, word in words(over).items()} | {name: Word("number") for name in kpi.settings}
    for condition in _CONDITIONS:
        try:
            found = parse(str(kpi.base[condition]), scope) if kpi.base[condition] else None
        except BadCondition:
            found = None
        if found is not None and _beside_seconds(found, setting):
            return True
    return False


def _beside_seconds(node: Any, setting: str) -> bool:
    if isinstance(node, Compare):
        sides = [side for side in (node.left, node.right) if isinstance(side, Name)]
        return any(side.name == setting for side in sides) and any(side.kind == "seconds" for side in sides)
    inner = getattr(node, "parts", ()) or [part for part in (getattr(node, "part", None),) if part is not None]
    return any(_beside_seconds(part, setting) for part in inner)


def _layer(plan: Plan, part: str) -> str:
    """Where in the file the sentence stands: the uppermost layer that says it."""
    variant, level = plan.kpi.variants.get(plan.variant, {}), plan.level or ""
    of_variant = f"variants.{plan.variant}."
    layers = ((f"{of_variant}{level}.", variant.get(level, {})), (of_variant, variant), (f"levels.{level}.", plan.kpi.levels.get(level, {})))
    for path, layer in layers:
        if part in layer.get("words", {}):
            return f"{path}words."
        if isinstance(layer.get(part), str):
            return path
    return "words."


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return str(value)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
