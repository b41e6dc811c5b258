"""Of how many bad rows a file is refused whole: above one in twenty, unless the source that it is of says otherwise. In a file of fewer than
twenty rows one bad row says nothing of the others: there it takes more than two in five, where nothing else is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

USUAL_PERCENT = 5
FEW = 20
OF_FEW = 0.4
_at_most: ContextVar[float | None] = ContextVar("refused_at_most", default=None)


@contextmanager
def above(share: float | None) -> Iterator[None]:
    """For what is read meanwhile; None leaves it as it is."""
    before = _at_most.set(_at_most.get() if share is None else share)
    try:
        yield
    finally:
        _at_most.reset(before)


def too_many(refused: int, read: int) -> bool:
    """Whether so many bad rows are the fault of the whole, and not theirs."""
    return refused > _share(read) * read


def percent(read: int) -> str:
    """The share, as a message says it."""
    return f"{_share(read) * 100:g}"


def _share(read: int) -> float:
    said = _at_most.get()
    return said if said is not None else OF_FEW if read < FEW else USUAL_PERCENT / 100
