"""Ids in a question that nobody has ever heard of: a mistyped queue would otherwise be a queue without contacts.

For whoever may see all names; an answer to a client must not name another client's queues.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from nyckeltal.errors import BadQuestion, Issue
from nyckeltal.kpi.formula import unknown
from nyckeltal.kpi.organisation import organisation

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts
    from nyckeltal.words import Text

# word → what it names, and where all of those stand
_NAMED = {
    **dict.fromkeys(("client", "client_id"), ("client", "client", "client_id")),
    **dict.fromkeys(("queue", "queue_id", "target_queue_id"), ("queue", "queue", "queue_id")),
    **dict.fromkeys(("agent", "leader", "agent_id", "first_agent_id", "opened_by", "logged_by"), ("agent", "agent", "agent_id")),
    **dict.fromkeys(("reason1", "reason2", "reason3", "reason_id", "reason_level2_id"), ("reason", "reason", "reason_id")),
    "team": ("team", "team", "team_id"),
    "site": ("site", "agent", "site_id"),
    "area": ("business area", "reason", "responsible_area"),
}


def refuse_unheard(where: str | None, facts: Facts, chosen: Mapping[str, str] | None = None) -> None:
    """Raises BadQuestion with every value that names nothing there is; what nothing is known of is not judged. `chosen`: dimensions narrowed to one value."""
    said = [text for word, value in (*_compared(where), *(chosen or {}).items()) if (text := _unheard(word, value, facts))]
    if said:
        raise BadQuestion(said[0], tuple(map(Issue, said)))


def _unheard(word: str, value: str, facts: Facts) -> Text | None:
    if word not in _NAMED:
        return None
    what, table, column = _NAMED[word]
    known = {row[column] for row in organisation(facts).rows(table)} - {None}
    return unknown(what, value, known) if known and value not in known else None


def _compared(where: str | None) -> Iterator[tuple[str, str]]:
    """Words and the texts they are compared with, before anything is known about either."""
    try:
        tree = ast.parse((where or "").strip() or "None", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            sides = (node.left, node.comparators[0])
            words = [ast.unparse(side).rpartition(".")[2] for side in sides if isinstance(side, ast.Name | ast.Attribute)]
            values = [leaf.value for side in sides for leaf in ast.walk(side) if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)]
            yield from ((word, value) for word in words for value in values)
