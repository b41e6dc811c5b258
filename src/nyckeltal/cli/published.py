"""Published figures as `expected.toml` lists them: each set is loaded into a home of its own, each figure asked and compared."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure

Value = float | None


@dataclass(frozen=True)
class Compared:
    """One figure, or one table of figures: what was expected and what came."""

    say: str
    command: str
    expected: Mapping[str, Value]  # one entry with the key "" where no dimension was asked
    found: Mapping[str, Value]
    off: float
    published: str | None = None

    @property
    def differing(self) -> list[str]:
        return [key for key, value in self.expected.items() if not self._same(value, self.found.get(key))]

    @property
    def agrees(self) -> bool:
        return not self.differing

    def _same(self, expected: Value, found: Value) -> bool:
        if expected is None or found is None:
            return expected is found
        return abs(expected - found) <= self.off + 1e-9 * abs(expected)


def sets(file: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["set"]
    return listed


def load_set(described: Mapping[str, Any], *, data: Path, mappings: Path, home: Path) -> Any:
    """Load one set, with key figures of its own where our catalogue has none; returns its LoadReport."""
    from nyckeltal.sources.load import load

    for kpi in described.get("kpis", ()):
        (home / "kpi").mkdir(exist_ok=True)
        shutil.copy(mappings.parent / "kpi" / f"{kpi}.toml", home / "kpi")
    mapping = mappings / described["mapping"] if "mapping" in described else None
    return load([data / described["folder"] / file for file in described["files"]], system=described.get("system"), mapping=mapping, home=home)


def compare_set(described: Mapping[str, Any], *, home: Path) -> Iterator[Compared]:
    for figure in described["figure"]:
        yield compare(figure, home=home)


def compare(figure: Mapping[str, Any], *, home: Path) -> Compared:
    """Ask one figure of `expected.toml` and lay it beside what it must give."""
    gives = figure["gives"]
    expected = {str(key): value for key, value in gives.items()} if isinstance(gives, dict) else {"": gives}
    found = _counted(figure, _answer(figure, home))
    for at, name in enumerate(("numerator", "denominator")):
        if "rests_on" in figure:
            expected[name] = figure["rests_on"][at]
    return Compared(figure["say"], _command(figure), expected, found, figure.get("off", 0), figure.get("published"))


def _answer(figure: Mapping[str, Any], home: Path) -> list[Figure]:
    from nyckeltal.kpi.ask import ask

    asked = {name: figure[name] for name in ("variant", "set", "where", "per") if name in figure}
    by = [figure["by"]] if "by" in figure else []
    days = {"start": figure["day"], "end": figure["day"]} if "day" in figure else {}
    return list(ask(figure["ask"], by=by, floor=0, home=home, **asked, **days).figures)


def _counted(figure: Mapping[str, Any], figures: list[Figure]) -> dict[str, Value]:
    """Values by the asked dimension or period, in the unit in which they are published."""
    if "at_least" in figure:
        return {"": sum(each.value is not None and each.value >= figure["at_least"] for each in figures)}
    times = figure.get("times", 1)
    found = {_key(each): _value(each, figure.get("part"), times) for each in figures}
    if len(figures) == 1:
        found |= {"numerator": figures[0].numerator, "denominator": figures[0].denominator}
    return found


def _key(figure: Figure) -> str:
    return str(figure.period or next(iter(figure.by.values()), ""))


def _value(figure: Figure, part: str | None, times: float) -> Value:
    if part == "numerator":
        return figure.numerator
    value = (figure.parts or {}).get(part) if part else figure.value
    return None if value is None else value * times


def _command(figure: Mapping[str, Any]) -> str:
    """The same question as typed."""
    words = ["nyckeltal ask", figure["ask"]]
    words += [f"--{name} {figure[name]}" for name in ("variant", "by", "per") if name in figure]
    words += [f'--where "{figure["where"]}"'] if "where" in figure else []
    words += [f"--set {name}={value}" for name, value in figure.get("set", {}).items()]
    words += [f"--from {figure['day']} --to {figure['day']}"] if "day" in figure else []
    return " ".join([*words, "--floor 0"])
