"""Where a table begins in a file of a person: titles and remarks may stand above the row that names the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence

looked_at = 40  # rows from the top
separator_line = re.compile(r'\A"?sep=[^\r\n]"?\r?\n', re.IGNORECASE)  # as Excel is told what separates cells
_figures = re.compile(r"\W*\d[\d\s.,:/%-]*\W*")


def below_separator(text: str) -> str:
    """The text without a first line that only tells Excel what separates cells."""
    return separator_line.sub("", text)


def header_at(rows: Sequence[Sequence[str | None]]) -> int:
    """Which of the first rows names the columns: the first that says anything, unless it fills at most half as many cells as the rows below do."""
    filled = [[cell for cell in row if cell and cell.strip()] for row in rows[:looked_at]]
    first = next((at for at, row in enumerate(filled) if row), 0)
    usual = sorted((len(row) for row in filled), reverse=True)[1] if len(filled) > 1 else 0  # as wide as two of them are
    narrow = usual < 2 or (usual == 2 and len(rows[first]) < 2)  # of two columns only where the title is one of two cells: a comma may stand in any text
    if narrow or 2 * len(filled[first]) > usual:
        return first
    wide = [at for at, row in enumerate(filled) if 2 * len(row) > usual]
    return next((at for at in wide if not any(_figures.fullmatch(cell) for cell in filled[at])), wide[0])
