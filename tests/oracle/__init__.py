"""The language of KPI files read a second time, in plain Python over dict rows: slow, simple, and nothing shared with the engine.

`World(rows)` derives the words kept at load, `ask(world, kpi)` counts. It is compared with the engine, never used by the product.
"""

from __future__ import annotations

from oracle.counting import ask
from oracle.result import Result
from oracle.world import World

__all__ = ["Result", "World", "ask"]
