"""What a standing means and what to do now, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nyckeltal.when.period import Period
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.kpi.definition import Kpi
    from nyckeltal.plan.fair import Fair
    from nyckeltal.plan.goal import Goal

# English by status; `_close` where chance alone may have put the value on this side, `_band` where a range is to be kept
_SAID: Mapping[str, Text] = {
    "reached": Text("standing.reached", "The goal is reached, and by more than chance would have it."),
    "reached_close": Text("standing.reached_close", "The goal is reached, but so narrowly that it may be chance: the next period can fall on either side."),
    "reached_band": Text("standing.reached_band", "The value lies within the range. There is nothing to push further."),
    "on_the_way": Text("standing.on_the_way", "The goal is not reached yet, but the change towards it is real."),
    "unclear": Text("standing.unclear", "The goal is not reached, but so near that chance alone may decide. Wait for more before you conclude anything."),
    "off": Text("standing.off", "The goal is missed by more than chance would have it, and no change towards it is seen."),
    "off_band": Text("standing.off_band", "The value lies outside the range by more than chance would have it."),
    "watched": Text("standing.watched", "It is watched; nothing is to be reached."),
    "too_few": Text("standing.too_few", "Too little is counted for a verdict, even over six months."),
    "provisional": Text("standing.provisional", "No period of this goal is final yet. What is shown is no verdict."),
    "before": Text("standing.before", "What is shown is from before the goal’s time, so there is no verdict."),
    "no_data": Text("standing.no_data", "There is nothing to judge yet."),
}
_ENDED: Mapping[str, Text] = {
    "reached": Text("standing.ended_reached", "The goal's time is over. It was reached."),
    "off": Text("standing.ended_off", "The goal's time is over. It was not reached."),
}
_OVER = Text("standing.window", "%(said)s One period is too little here, so the last %(months)s months are taken together.")
_WITH_SAME_MIX = Text("standing.with_same_mix", "%(said)s What counts is the value with the same mix of contacts for all: %(value)s.")


def means(goal: Goal, figure: Figure | None, status: str, window: int = 0, fair: Fair | None = None, *, ended: bool = False) -> Text:
    """The verdict in a sentence; by which value, where the one as counted would have it otherwise; and over how long, where one period is too little."""
    said = _ended(status) if ended else _SAID[_key(goal, figure, status, fair)]
    if fair is not None and goal.met(fair.raw, fair.better) != goal.met(fair.value, fair.better):
        said = Text(_WITH_SAME_MIX.id, _WITH_SAME_MIX.english, {"said": said, "value": Amount(fair.value, fair.unit)})
    return Text(_OVER.id, _OVER.english, {"said": said, "months": window}) if window else said


def act(goal: Goal, kpi: Kpi, status: str) -> Text | str:
    """What was agreed for when it is off goal; else what one can do about it at all."""
    if status == "off" and goal.action.strip():
        return goal.action.strip()
    for level in dict.fromkeys((goal.level, "company" if goal.level == "client" else goal.level)):
        if kpi.levers.get(level):
            return kpi.text(f"levers.{level}")
    return ""


def _ended(status: str) -> Text:
    if status == "reached":
        return _ENDED["reached"]
    return _ENDED["off"] if status in ("off", "on_the_way", "unclear") else _SAID[status]


def _key(goal: Goal, figure: Figure | None, status: str, fair: Fair | None) -> str:
    if status == "provisional" and figure is not None and Period.of(figure.period or "").end <= goal.starts.replace(day=1):
        return "before"
    if goal.band is not None and status in ("reached", "off"):
        return f"{status}_band"
    return "reached_close" if status == "reached" and _close(goal, figure, fair) else status


def _close(goal: Goal, figure: Figure | None, fair: Fair | None) -> bool:
    low, high = (fair.low, fair.high) if fair is not None else (figure.low, figure.high) if figure is not None else (None, None)
    return goal.target is not None and low is not None and high is not None and low <= goal.target <= high
