"""What stands around a definition and changes no figure: standards that speak of it, KPIs that it serves, figures from outside with their source,
and its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from nyckeltal.kpi.formula import unknown
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.kpi.lines import Path

STANDARDS = ("iso18295", "en15838", "copc_service", "copc_quality", "copc_efficiency", "copc_revenue", "copc_satisfaction", "copc_people")
NO_SOURCE = "no source"  # of a benchmark: looked for, and none found that can be compared
BENCHMARK = ("text", "source", "variant")
EPISODE = ("version", "valid_from", "changed")
ONLY = ("band", "outbound")  # a goal contributes only where it is a band, or counts what we make ourselves


def mistakes(data: Mapping[str, Any]) -> Iterator[tuple[Path, Text]]:
    """What is wrong with a file's `standards`, `serves`, `[benchmark]` and `[[history]]`."""
    for name in _listed(data.get("standards")):
        if name not in STANDARDS:
            yield ("standards",), unknown("standard", str(name), STANDARDS)
    for one in _listed(data.get("serves")):
        yield from _of_served(one, data.get("id"))
    if isinstance(benchmark := data.get("benchmark"), Mapping):
        yield from _of_benchmark(benchmark)
    yield from _of_history(_listed(data.get("history")), data.get("version"))


def served(said: Any) -> dict[str, str]:
    """The KPIs that a file says it contributes to, each with what must hold for it: nothing, or one of ONLY."""
    return {str(one.get("kpi")): str(one.get("only", "")) for one in map(_as_served, _listed(said))}


def unknown_neighbours(kpis: Mapping[str, Kpi]) -> Iterator[tuple[Kpi, tuple[Path, Text]]]:
    """Across files: what a KPI says it contributes to, pulls against or is balanced by must be there."""
    for kpi in kpis.values():
        said: dict[Path, Iterable[Any]] = {("serves",): kpi.serves}
        said |= {("reading", key): _listed(kpi.reading.get(key)) for key in ("opposed", "balanced_by")}
        said |= {("settings", name, "measure"): setting.measures for name, setting in kpi.settings.items() if setting.column}
        others = [name for name in kpis if name != kpi.id]
        yield from ((kpi, (path, unknown("KPI", str(name), others))) for path, named in said.items() for name in named if name not in kpis)
        for key in ("opposed", "balanced_by"):
            if kpi.id in _listed(kpi.reading.get(key)):
                yield kpi, (("reading", key), Text("kpi.its_own_neighbour", "A KPI neither pulls against itself nor balances itself: name another."))


def unknown_variants(kpi: Kpi) -> Iterator[tuple[Path, Text]]:
    """The variant that the outside figures are of must be one of this KPI's."""
    variant = kpi.benchmark.get("variant")
    if variant is not None and variant not in kpi.variant_names:
        yield ("benchmark", "variant"), unknown("variant", str(variant), kpi.variant_names)


def _of_served(one: Any, own_id: Any) -> Iterator[tuple[Path, Text]]:
    said = _as_served(one)
    name, only = said.get("kpi"), said.get("only", "")
    if not isinstance(name, str) or not name or not isinstance(only, str) or set(said) - {"kpi", "only"}:
        english = 'What it serves is a KPI by its id, “csat”, or { kpi = "csat", only = "band" } where it serves that one only as a band.'
        yield ("serves",), Text("kpi.serves_unread", english)
    elif name == own_id:
        yield ("serves",), Text("kpi.serves_itself", "A KPI does not serve itself: that a goal may hang on one of the same KPI goes without saying.")
    elif only and only not in ONLY:
        yield ("serves",), unknown("condition", only, ONLY)


def _as_served(one: Any) -> Mapping[str, Any]:
    return one if isinstance(one, Mapping) else {"kpi": one}


def _of_benchmark(benchmark: Mapping[str, Any]) -> Iterator[tuple[Path, Text]]:
    for key in benchmark:
        if key not in BENCHMARK:
            yield ("benchmark", key), unknown("key", key, [one for one in BENCHMARK if one not in benchmark])
    for key in BENCHMARK[:2]:
        if not (isinstance(benchmark.get(key), str) and benchmark[key].strip()):
            english = 'A benchmark needs “%(key)s”, a text. Where nothing was found: source = "%(none)s".'
            yield ("benchmark", key), Text("kpi.benchmark_incomplete", english, {"key": key, "none": NO_SOURCE})


def _of_history(history: list[Any], version: object) -> Iterator[tuple[Path, Text]]:
    """Every version once, from 1 to the present one, each valid from no earlier than the one before."""
    days: list[date] = []
    for number, episode in enumerate(history):
        if wrong := _of_episode(episode, number + 1, days):
            yield ("history", number), wrong
    if history and len(history) != version:
        values = {"last": len(history), "version": version}
        yield ("history", len(history) - 1), Text("kpi.history_ends", "The history ends with version %(last)s; the file is of version %(version)s.", values)


def _of_episode(episode: Any, version: int, days: list[date]) -> Text | None:
    """What is wrong with one version; notes its day."""
    said = episode if isinstance(episode, Mapping) else {}
    if strange := [key for key in said if key not in EPISODE]:
        return unknown("key", strange[0], EPISODE)
    day, changed = said.get("valid_from"), said.get("changed")
    if said.get("version") != version or not isinstance(day, date) or isinstance(day, datetime) or not (isinstance(changed, str) and changed.strip()):
        english = 'Here belongs version %(version)s: version = %(version)s, valid_from = 2026-01-01 (a day), changed = "what is counted otherwise".'
        return Text("kpi.history_incomplete", english, {"version": version})
    days.append(day)
    if len(days) > 1 and day < days[-2]:
        return Text("kpi.history_backwards", "Version %(version)s is valid from before the one it replaced.", {"version": version})
    return None


def _listed(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
