"""Measure customer service, choose the few figures that matter, and explain every one of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nyckeltal.kpi.ask import ask, explain
    from nyckeltal.kpi.question import Question
    from nyckeltal.sources.load import load
    from nyckeltal.when.period import Period

__all__ = ["Period", "Question", "ask", "explain", "load"]

_FOUND_IN = {
    "load": "nyckeltal.sources.load",
    "ask": "nyckeltal.kpi.ask",
    "explain": "nyckeltal.kpi.ask",
    "Question": "nyckeltal.kpi.question",
    "Period": "nyckeltal.when.period",
}


def __getattr__(name: str) -> Any:
    """Imported when first used: `import nyckeltal` alone loads nothing that takes time."""
    if name not in _FOUND_IN:
        raise AttributeError(f"module 'nyckeltal' has no attribute {name!r}")
    return getattr(import_module(_FOUND_IN[name]), name)
