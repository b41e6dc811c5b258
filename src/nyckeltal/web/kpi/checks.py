"""Said at the start: KPIs in focus that cannot be shown, and an engine that cannot answer."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 - Django's own name

from nyckeltal.errors import BadDefinition, BadQuestion, EngineAway


@register()
def focus_can_be_shown(**_: Any) -> list[CheckMessage]:
    from nyckeltal.kpi.focus import focus

    try:
        focus()
    except BadDefinition as bad:
        return [Error(str(issue), hint="Name KPIs of the catalogue that may be asked at that level.", id="nyckeltal.E011") for issue in bad.issues]
    return []


@register()
def engine_can_answer(**_: Any) -> list[CheckMessage]:
    """What is wrong on this machine stops the start; a master that is away for now does not: pages without figures go on."""
    from nyckeltal.kpi import engines

    hint = "Set NYCKELTAL_ENGINE to duckdb, or to the address of a Spark master. See docs/guide/scale-out.md."
    try:
        engines.tried()
    except BadQuestion as bad:
        return [Error(f"NYCKELTAL_ENGINE: {bad}", hint=hint, id="nyckeltal.E012")]
    except EngineAway as away:
        if away.text.id == "engine.no_master":
            return [Warning(f"NYCKELTAL_ENGINE: {away}", hint="Until it answers, questions are refused with that reason.", id="nyckeltal.W012")]
        return [Error(f"NYCKELTAL_ENGINE: {away}", hint=hint, id="nyckeltal.E013")]
    return []
