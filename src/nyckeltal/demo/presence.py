"""What agents were doing when: log-ins, contacts and breaks as one row of states without gaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

import pyarrow as pa

from nyckeltal.demo.book import Absent, Leg
from nyckeltal.demo.columns import moments
from nyckeltal.demo.simulate import Story

Piece = tuple[float, float, str]
LOGGED_DAYS = 62  # the telephone system keeps two months of them


def states(story: Story) -> pa.Table:
    """Rows in the order of agent and time."""
    since = story.demand.end - LOGGED_DAYS * 86_400
    sessions: dict[str, list[Absent]] = defaultdict(list)
    pieces: dict[str, list[Piece]] = defaultdict(list)
    for absent in story.book.absences:
        if absent.start < since:
            continue
        if absent.state is None:
            sessions[absent.agent.agent_id].append(absent)
        else:
            pieces[absent.agent.agent_id].append((absent.start, absent.end, absent.state))
    for leg in story.book.legs:
        if leg.started_at >= since and leg.answered:
            pieces[leg.agent.agent_id] += _of(leg)
    rows = [(agent_id, *piece) for agent_id in sorted(sessions) for piece in _without_gaps(sessions[agent_id], sorted(pieces[agent_id]))]
    return pa.table(
        {
            "agent": [agent_id for agent_id, _, _, _ in rows],
            "state": [state for _, _, _, state in rows],
            "from": moments(start for _, start, _, _ in rows),
            "to": moments(end for _, _, end, _ in rows),
        }
    )


def _of(leg: Leg) -> Iterator[Piece]:
    talked = leg.ended_at - leg.acw_s
    yield leg.started_at, talked, "talking"
    if leg.acw_s > 0:
        yield talked, leg.ended_at, "acw"


def _without_gaps(sessions: list[Absent], pieces: list[Piece]) -> Iterator[Piece]:
    """Each session filled up with `available`; between sessions logged out."""
    sessions = sorted(sessions, key=lambda session: session.start)
    place = 0
    for session, following in pairwise([*sessions, None]):
        if session is None:
            continue
        at = session.start
        while place < len(pieces) and pieces[place][0] < session.end:
            start, end, state = pieces[place]
            place += 1
            if end <= at or start < session.start:
                continue  # a second chat inside the first
            if start > at + 0.001:
                yield at, start, "available"
            yield max(start, at), end, state
            at = end
        if session.end > at + 0.001:
            yield at, session.end, "available"
        if following is not None:
            yield max(at, session.end), following.start, "logged_out"
