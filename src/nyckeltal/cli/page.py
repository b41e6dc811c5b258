"""One key figure as a page of documentation: question, formulas in words and as counted, levels, reading, worked cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Kpi, Said, Setting

COUNTED_KEYS = ("where", "of", "up", "down", "among", "weight", "per", "at", "between", "exposure", "measure", "thing", "rater", "scale_of", "direction")
RESULTS = ("gives", "variants", "by_queue", "by_agent", "by_client", "by_team", "as_team", "say", "period", "known_until", "set", "calendar", "times")


def page(kpi: Kpi) -> str:
    head = f"# {kpi.name}\n\n`{kpi.id}`, version {kpi.version}\n\n> {kpi.asks}\n"
    parts = [head, _facts(kpi), _formulas(kpi), _levels(kpi), _beside(kpi), _reading(kpi), _benchmark(kpi), _history(kpi), _cases(kpi)]
    return "\n".join(part for part in parts if part)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


def _facts(kpi: Kpi) -> str:
    rows = {
        "unit": kpi.unit,
        "better": kpi.better,
        "purpose": ", ".join(kpi.purpose),
        "standards": ", ".join(kpi.standards),
        "settings": "; ".join(f"`{setting.name}`: {_duration(setting.otherwise)}{_agreed(setting)}" for setting in kpi.settings.values()),
        "read over": f"{kpi.base['rolling_months']} months, ending with the one asked for" if kpi.base["rolling_months"] else "",
        "final": f"once `{kpi.base['matures']}` has passed" if kpi.base["matures"] else "",
        "floor": f"shown from {kpi.reading['floor']}" if kpi.reading.get("floor") else "",
        "hidden": f"below {kpi.privacy['least']} {_told_apart(kpi)}, with the next smallest beside it" if kpi.privacy.get("least") else "",
    }
    return _table(("", ""), [(name, value) for name, value in rows.items() if value])


def _told_apart(kpi: Kpi) -> str:
    """What the rule of hiding counts."""
    return f"different `{kpi.privacy['of']}`" if kpi.privacy.get("of") else "rows"


def _agreed(setting: Setting) -> str:
    parts = [f", unless the agreement says otherwise (`{setting.column}` of {' or '.join(setting.measures)})"] if setting.column else []
    parts += [f"; allowed are {', '.join(map(_plain, setting.allowed))}"] if setting.allowed else []
    return "".join(parts)


def _duration(seconds: float) -> str:
    """Settings are times: whole days where they are, else seconds."""
    days = seconds / 86400
    return f"{days:g} day{'s' if days != 1 else ''}" if days >= 1 and days.is_integer() else f"{seconds:g} s"


def _formulas(kpi: Kpi) -> str:
    rows = [_formula(kpi, name) for name in kpi.variant_names]
    return "## Definitions\n\n" + _table(("variant", "is called", "in words", "counted"), rows) + "\nThe first one is the default.\n"


def _formula(kpi: Kpi, name: str) -> tuple[str, ...]:
    said = kpi.said(name)
    if said.refused:
        return (f"`{name}`", said.words.get("called", ""), said.refused, "")
    return (f"`{name}`", said.words.get("called", ""), _in_words(kpi, said), _as_counted(said))


def _in_words(kpi: Kpi, said: Said) -> str:
    """Top over bottom, with the settings' defaults put in."""
    values = {name: _duration(setting.otherwise) for name, setting in kpi.settings.items()}
    return " ÷ ".join(_filled(said.words[part], values) for part in ("top", "bottom") if said.words.get(part))


def _filled(words: str, values: Mapping[str, str]) -> str:
    return words % values if "%(" in words else words


def _as_counted(said: Said) -> str:
    sides = {side: said[side] for side in ("top", "bottom") if isinstance(said[side], dict)}
    parts = [f"{said.kind} of `{said['over']}`" if said["over"] else said.kind]
    parts += [f"{key} `{said[key]}`" for key in COUNTED_KEYS if said[key] is not None]
    parts += [f"{side} {', '.join(f'{key} `{value}`' for key, value in keys.items())}" for side, keys in sides.items()]
    return "; ".join(parts)


def _levels(kpi: Kpi) -> str:
    told = [(level, _at(overlay)) for level, overlay in kpi.levels.items()]
    told += [(f"{level}, as a goal", why) for level, why in kpi.never.items()]
    told += [(f"{level}, as a goal", f"judged by the {period}") for level, period in kpi.goal.items()]
    return "## By whom\n\n" + _table(("asked by", ""), told) if told else ""


def _at(overlay: Mapping[str, Any]) -> str:
    return str(overlay.get("refuse") or "; ".join(f"{key} `{value}`" for key, value in overlay.items()))


def _beside(kpi: Kpi) -> str:
    rows = [(f"`{name}`", _as_counted(kpi.said(beside=name))) for name in kpi.beside]
    return "## Beside the value\n\n" + _table(("part", "counted"), rows) if rows else ""


def _reading(kpi: Kpi) -> str:
    parts = [kpi.reading[key] for key in ("caution", "empty") if kpi.reading.get(key)]
    parts += [f"Pulls against: {', '.join(f'`{other}`' for other in kpi.reading['opposed'])}."] if kpi.reading.get("opposed") else []
    parts += [f"Balanced by: {', '.join(f'`{other}`' for other in kpi.reading['balanced_by'])}."] if kpi.reading.get("balanced_by") else []
    return "## How to read it\n\n" + "\n\n".join(parts) + "\n" if parts else ""


def _benchmark(kpi: Kpi) -> str:
    found = kpi.benchmark
    return f"## From outside\n\n{found['text']} ({source(found)})\n" if found else ""


def source(benchmark: Mapping[str, Any]) -> str:
    """Where outside figures come from, and which definition they follow where that is stated."""
    return f"{benchmark['source']}, counted as `{benchmark['variant']}`" if benchmark.get("variant") else str(benchmark["source"])


def _history(kpi: Kpi) -> str:
    return "## History\n\n" + "\n".join(f"- {line}" for line in episodes(kpi.history)) + "\n" if kpi.history else ""


def episodes(history: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each version of a definition, the newest first."""
    for episode in reversed(history):
        yield f"Version {episode['version']}, from {episode['valid_from']}: {episode['changed']}"


def _cases(kpi: Kpi) -> str:
    return "## Worked cases\n\n" + "\n".join(text for case in kpi.cases for text in _case(case))


def _case(case: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {case.get('say', 'A case')}\n"
    yield from (f"- {line}" for line in given(case))
    yield f"\nGives {results(case)}.\n"


def given(case: Mapping[str, Any]) -> Iterator[str]:
    """What is put in, a line per row."""
    for fact, rows in case.items():
        if fact not in RESULTS and isinstance(rows, list | tuple):
            yield from (f"{fact}: {_row(row)}" for row in rows)


def _row(row: Mapping[str, Any]) -> str:
    said = f"{row['say']} – " if row.get("say") else ""
    return said + (", ".join(f"{name} {_plain(value)}" for name, value in row.items() if name != "say") or "all as usual")


def results(case: Mapping[str, Any]) -> str:
    """What it gives; by variant, by agent and so on in brackets."""
    tables = {name: case[name] for name in RESULTS if isinstance(case.get(name), Mapping) and name not in ("set", "calendar")}
    told = [f"{name.replace('_', ' ')}: {', '.join(f'{key} {value}' for key, value in table.items())}" for name, table in tables.items()]
    return f"{case['gives']} ({'; '.join(told)})" if told else str(case["gives"])


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
