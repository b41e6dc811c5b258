"""How far a contact's neighbours are looked for (decision 0022), and that nobody asks beyond it: a window longer than that would read as “never”."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.expression import Compare, Constant, Name, OneOf, Sum, children
from nyckeltal.contacts.schema import REACH_D
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.kpi.definition import Setting
    from nyckeltal.kpi.organisation import Organisation

DAY_S = 86400
WORDS = ("next_contact_after_s", "previous_handled_after_s")
AGREED = "repeat_window_d"


def mistakes(node: Any, settings: Mapping[str, Setting]) -> Iterator[Text]:
    """What a condition asks of neighbours that are farther off than they are looked for."""
    for name, days in sorted({*_asked(node, settings)}):
        english = "“%(word)s” is known up to %(most)s days. %(days)s days cannot be told from never."
        yield Text("kpi.beyond_reach", english, {"word": name, "most": REACH_D, "days": f"{days:.15g}"})


def agreed_mistake(organisation: Organisation, measures: frozenset[str]) -> Text | None:
    """The same of an agreement about one of these measures: an older version took any."""
    far = (row for row in organisation.terms(AGREED, sorted(measures)) if row[AGREED] > REACH_D)
    english = "Agreement %(agreement)s says %(days)s days for a further contact, which is looked for up to %(most)s days. Change the agreement."
    return next(
        (Text("ask.agreed_beyond_reach", english, {"agreement": row["agreement_id"], "days": f"{row[AGREED]:g}", "most": REACH_D}) for row in far), None
    )


def _asked(node: Any, settings: Mapping[str, Setting]) -> Iterator[tuple[str, float]]:
    """The words of neighbours, each with a number of days beyond the reach that it is compared with."""
    if isinstance(node, Compare | OneOf):
        item, others = (node.left, (node.right,)) if isinstance(node, Compare) else (node.item, node.options)
        for other in others:
            word, far_s = _distance(Sum("-", item, other), settings)
            if word and far_s > REACH_D * DAY_S:
                yield word, far_s / DAY_S
    for part in children(node):
        yield from _asked(part, settings)


def _distance(value: Any, settings: Mapping[str, Setting]) -> tuple[str, float]:
    """The word of a neighbour in a sum, and how many seconds the rest of it comes to at most; words of the row say nothing before they are read."""
    match value:
        case Constant(number) if isinstance(number, int | float):
            return "", abs(number)
        case Name(name) if name in settings:
            setting = settings[name]
            return "", max(abs(setting.otherwise), *(each * setting.worth for each in setting.allowed), 0.0)
        case Name(name):
            return (plain if (plain := name.rpartition(".")[2]) in WORDS else ""), 0.0
        case Sum(_, left, right):
            (one, left_s), (other, right_s) = _distance(left, settings), _distance(right, settings)
            return one or other, left_s + right_s
    return "", 0.0
