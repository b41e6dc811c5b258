"""Which engine answers questions, and whether it can: for whoever starts a server, and for the doctor."""

from __future__ import annotations

from nyckeltal.kpi.engine.runner import runner


def named() -> str:
    """`duckdb`, or Spark and its master; raises BadQuestion where the setting names none."""
    return runner().name


def tried() -> None:
    """Raises BadQuestion or EngineAway where it cannot answer. Nothing is started."""
    runner().tried()
