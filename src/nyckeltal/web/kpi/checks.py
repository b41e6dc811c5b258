"""Said at the start: KPIs in focus that cannot be shown."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from nyckeltal.errors import BadDefinition


@register()
def focus_can_be_shown(**_: Any) -> list[CheckMessage]:
    from nyckeltal.kpi.focus import focus

    try:
        focus()
    except BadDefinition as bad:
        return [Error(str(issue), hint="Name KPIs of the catalogue that may be asked at that level.", id="nyckeltal.E011") for issue in bad.issues]
    return []
