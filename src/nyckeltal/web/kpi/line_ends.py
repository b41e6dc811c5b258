"""The words at the ends of the lines of a chart: beside their line, whole on as many rows as they need, never on each other."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nyckeltal.web.frame.drawing import DATA, INK, Spec

LETTER = 7.8  # px that a letter of 13px in bold takes, on the safe side
BESIDE = 18  # px between a line's end and the edge beyond its words
SHARE, MOST = 0.4, 0.48  # of the whole width for the words; the second where a single word needs it
ROW, BETWEEN = 16, 3  # px of a row of words, and between the words of two lines
ROWS = 3


@dataclass(frozen=True)
class End:
    """What is said of one line, and the value at which it ends."""

    name: str
    rows: tuple[str, ...]
    value: float

    @property
    def height(self) -> int:
        return ROW * len(self.rows) + BETWEEN


def broken(texts: Mapping[str, tuple[str, float]], total: int) -> list[End]:
    """Each text on rows that fit in the room beside a chart of this width."""
    longest = max((len(word) for text, _ in texts.values() for word in text.split()), default=4)
    most = max(_letters(total * SHARE), min(_letters(total * MOST), longest))
    return [End(name, tuple(textwrap.wrap(text, most, max_lines=ROWS, placeholder="…")) or ("",), value) for name, (text, value) in texts.items()]


def _letters(px: float) -> int:
    return int((px - BESIDE) / LETTER)


def room(ends: Sequence[End]) -> int:
    """Pixels to the right of the plot."""
    return BESIDE + round(LETTER * max((len(row) for end in ends for row in end.rows), default=4))


def height_of(ends: Sequence[End]) -> int:
    """What all of them need below each other."""
    return sum(end.height for end in ends)


def drawn(ends: Sequence[tuple[float, End]], order: Sequence[str], height: int, *, alone: bool) -> list[Spec]:
    """`ends` with the places of their lines in pixels from the top; `order` gives each its line's colour."""
    ends = sorted(ends, key=lambda one: one[0])
    layers: list[Spec] = []
    for at, (_, end) in zip(apart([at for at, _ in ends], [end.height for _, end in ends], height), ends, strict=True):
        colour = INK if alone else DATA[order.index(end.name) % len(DATA)]
        mark = {"type": "text", "align": "left", "baseline": "middle", "dx": 10, "color": colour, "fontWeight": 600}
        for number, row in enumerate(end.rows):
            y = at + (number - (len(end.rows) - 1) / 2) * ROW
            layers.append(
                {"data": {"values": [{"text": row}]}, "mark": mark, "encoding": {"x": {"value": "width"}, "y": {"value": y}, "text": {"field": "text"}}}
            )
    return layers


def apart(places: Sequence[float], heights: Sequence[int], height: int) -> list[float]:
    """The middles of blocks of these heights, in their order: as near to where they belong as the others and both edges let them."""
    if not places:
        return []
    least = [(one + other) / 2 for one, other in pairwise(heights)]
    found = [max(places[0], (heights[0] - ROW - BETWEEN) / 2), *places[1:]]
    for number, gap in enumerate(least):
        found[number + 1] = max(found[number + 1], found[number] + gap)
    found[-1] = min(found[-1], height - (heights[-1] - ROW - BETWEEN) / 2)
    for number in range(len(least) - 1, -1, -1):
        found[number] = min(found[number], found[number + 1] - least[number])
    return found
