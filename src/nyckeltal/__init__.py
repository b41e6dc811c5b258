"""The few names a notebook needs: `load`, `ask`, `explain`. Each is fetched when first used, so that importing nyckeltal costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nyckeltal.kpi.ask import ask, explain
    from nyckeltal.sources.load import load
    from nyckeltal.when.period import Period

_WHERE = {"load": "nyckeltal.sources.load", "ask": "nyckeltal.kpi.ask", "explain": "nyckeltal.kpi.ask", "Period": "nyckeltal.when.period"}

__all__ = ["Period", "ask", "explain", "load"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"nyckeltal has no {name}; it offers {', '.join(__all__)}.")
    from importlib import import_module

    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
