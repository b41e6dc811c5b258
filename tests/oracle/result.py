"""What plain Python makes of one group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Result:
    """One figure. `reason` is null, no_data, immature or refused."""

    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None
    n: int = 0
    reason: str | None = None
    beside: dict[str, Any] = field(default_factory=dict)
