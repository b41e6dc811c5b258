"""The form with which contacts are evaluated, and how its answers become a score in each of the ways of scoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FORM = "conversation-2"


@dataclass(frozen=True)
class Item:
    """`ease` is the log-odds of a good answer for an average colleague, `quality` what a colleague's own quality adds to them."""

    item_id: str
    section: str
    weight: float
    scale: Literal["yes_no", "levels"]
    ease: float
    quality: float = 1.0
    not_applicable: float = 0.0
    critical: bool = False


SECTIONS = {"meeting": 45.0, "answer": 35.0, "closing": 20.0}
ITEMS = (
    Item("greets", "meeting", 1, "yes_no", 2.6, 0.5),
    Item("understands-need", "meeting", 2, "levels", 1.3, 1.8),
    Item("friendly", "meeting", 1, "levels", 1.8, 1.2),
    Item("right-answer", "answer", 3, "levels", 1.5, 2.0),
    Item("asks-if-solved", "answer", 2, "yes_no", 0.9, 1.6),
    Item("notes", "answer", 1, "yes_no", 1.6, 0.6),
    Item("offers-more", "closing", 1, "yes_no", 0.2, 0.8, not_applicable=0.55),
    Item("data-protection", "closing", 1, "yes_no", 4.4, 0.6, critical=True),
)

Answers = Mapping[str, float | None]  # item → 0 to 1, None where not applicable


def failed(answers: Answers) -> bool:
    """Whether a critical item was answered with no."""
    return any(item.critical and answers[item.item_id] == 0 for item in ITEMS)


def scores(answers: Answers) -> dict[str, float | None]:
    """0 to 100 in each way; None where nothing was applicable."""
    plain = _weighed(answers)
    return {
        "score": 0.0 if failed(answers) and plain is not None else plain,
        "zero_section": _weighed(answers, zero_sections=True),
        "flag": plain,
        "pooled": _pooled(answers),
        "full": _weighed({item: 1.0 if answer is None else answer for item, answer in answers.items()}),
    }


def _weighed(answers: Answers, *, zero_sections: bool = False) -> float | None:
    """Sections by their weights, those without an applicable item left out."""
    total = weights = 0.0
    for section, weight in SECTIONS.items():
        items = [(item, answers[item.item_id]) for item in ITEMS if item.section == section]
        known = [(item.weight, answer) for item, answer in items if answer is not None]
        if known:
            zero = zero_sections and any(item.critical and answer == 0 for item, answer in items)
            mean = 0.0 if zero else sum(each * answer for each, answer in known) / sum(each for each, _ in known)
            total, weights = total + weight * mean, weights + weight
    return round(100 * total / weights, 4) if weights else None


def _pooled(answers: Answers) -> float | None:
    known = [(item.weight, answer) for item in ITEMS if (answer := answers[item.item_id]) is not None]
    return round(100 * sum(weight * answer for weight, answer in known) / sum(weight for weight, _ in known), 4) if known else None
