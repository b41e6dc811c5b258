"""The demo's agents: when they came and went, which team they were in, and what they are truly like."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta

from nyckeltal.demo.chance import Chance
from nyckeltal.demo.company import TEAM, TEAMS, Team
from nyckeltal.demo.events import Span
from nyckeltal.demo.names import NAMES, sign

LEARNING_RATE = 0.90  # each doubling of the contacts taken brings handling time to 90 %
LEARNING_EXPONENT = -math.log2(LEARNING_RATE)  # 0.152
EXPERIENCED_AT = 8_000  # contacts taken at which the learning factor is 1
AFTER_TRAINING = 100  # a new colleague starts as if these had been taken
CONTACTS_A_DAY = 16  # a calendar day, before the simulation begins
HURRY_SPREAD = 0.10  # of the logarithm of handling time, from month to month within an agent
SLOW_BY_CASES = "Johan Berg"
SITES = {"nord": "stockholm", "syd": "stockholm", "energi": "helsinki", "butik": "copenhagen", "skrift": "budapest", "andra": "stockholm"}
SITE_ZONES = {"stockholm": "Europe/Stockholm", "helsinki": "Europe/Helsinki", "copenhagen": "Europe/Copenhagen", "budapest": "Europe/Budapest"}
_TEAM_LANGUAGES = {
    "nord": ("sv",),
    "syd": ("sv",),
    "energi": ("fi", "sv"),
    "butik": ("da", "sv"),
    "skrift": ("sv", "fi", "da"),
    "andra": ("sv", "fi"),
}
_MOVES = (("Sara Nyström", "andra", 0.30), ("Hanna Forsberg", "skrift", 0.45), ("Emil Sjögren", "nord", 0.58), ("Gustav Palm", "syd", 0.62))
_LEAVES = (
    ("Maja Åkesson", 0.34, "voluntary"),
    ("Tove Melin", 0.33, "voluntary"),
    ("Axel Rosén", 0.55, "other"),
    ("Kaisa Ojala", 0.62, "voluntary"),
    ("Nanna Bech", 0.94, "voluntary"),
    ("Mikko Laine", 0.86, "voluntary"),
)
_HIRED_WITHIN = (
    ("Réka Balogh", 0.04),
    ("Ida Holm", 0.12),
    ("Tuomas Virtanen", 0.3),
    ("Anders Holm", 0.52),
    ("Signe Lundgren", 0.06),
    ("Dávid Farkas", 0.25),
    ("Linnea Hedlund", 0.47),
    ("Olli Tamminen", 0.08),
    ("Petra Sundström", 0.4),
    ("Stefan Nyberg", 0.62),
    ("Amalie Friis", 0.03),
    ("Kasper Holst", 0.02),
    ("Line Thorsen", 0.33),
    ("Karl Engström", 0.03),
    ("Ilona Szűcs", 0.5),
)


@dataclass(frozen=True)
class Membership:
    team_id: str
    valid_from: date
    valid_to: date | None


@dataclass(slots=True, eq=False)
class Agent:
    """`speed` multiplies handling time and `quality` is added to the log-odds of a solved matter; both are what later features should find."""

    agent_id: str
    name: str
    site: str
    languages: tuple[str, ...]
    hired_on: date
    left_on: date | None
    left_kind: str | None
    memberships: tuple[Membership, ...]
    share: float  # of full time
    speed: float
    quality: float
    taken: float  # contacts taken so far, the measure of experience
    taken_at_start: float
    hurry: dict[tuple[int, int], float]  # (year, month): logarithm of a factor on handling time
    hard_cases: bool = False
    holidays: frozenset[tuple[int, int]] = field(default=frozenset())  # ISO weeks off

    def team_on(self, day: date) -> Team | None:
        """The team on that day, None before hiring and after leaving."""
        for each in self.memberships:
            if each.valid_from <= day and (each.valid_to is None or day < each.valid_to):
                return TEAM[each.team_id]
        return None

    @property
    def learning_factor(self) -> float:
        return math.pow(self.taken / EXPERIENCED_AT, -LEARNING_EXPONENT)


def hire(period: Span, chance: Chance) -> list[Agent]:
    """All sixty, in the order of their teams."""
    return [_agent(name, team, period, chance) for team in TEAMS for name in NAMES[team.team_id]]


def _agent(name: str, team: Team, period: Span, chance: Chance) -> Agent:
    hired = _hired_on(name, period, chance)
    left_share, left_kind = next(((share, kind) for who, share, kind in _LEAVES if who == name), (None, None))
    left = None if left_share is None else _day(period, left_share)
    taken = AFTER_TRAINING + CONTACTS_A_DAY * max(0, (period.first - hired).days)
    by_cases = name == SLOW_BY_CASES
    return Agent(
        agent_id=sign(name),
        name=name,
        site=SITES[team.team_id],
        languages=_TEAM_LANGUAGES[team.team_id],
        hired_on=hired,
        left_on=left,
        left_kind=left_kind,
        memberships=_memberships(name, team, hired, left, period),
        share=1.0 if by_cases else (0.8, 0.8, 1.0, 1.0)[int(chance.uniform() * 4)],
        speed=1.0 if by_cases else math.exp(0.09 * chance.normal()),
        quality=0.0 if by_cases else 0.22 * chance.normal(),
        taken=taken,
        taken_at_start=taken,
        hurry={month: HURRY_SPREAD * chance.normal() for month in _months(period)},
        hard_cases=by_cases,
        holidays=_weeks_off(period, chance),
    )


def _hired_on(name: str, period: Span, chance: Chance) -> date:
    share = dict(_HIRED_WITHIN).get(name)
    if share is not None:
        return _day(period, share)
    years = 3.0 if name == SLOW_BY_CASES else 0.4 + 5 * chance.uniform() ** 1.5
    return period.first - timedelta(days=int(365 * years))


def _day(period: Span, share: float) -> date:
    """The Monday on or before that share of the period."""
    day = period.first + timedelta(days=int((period.until - period.first).days * share))
    return day - timedelta(days=day.weekday())


def _memberships(name: str, team: Team, hired: date, left: date | None, period: Span) -> tuple[Membership, ...]:
    move = next(((to, share) for who, to, share in _MOVES if who == name), None)
    if move is None:
        return (Membership(team.team_id, hired, left),)
    moved = _day(period, move[1])
    return (Membership(team.team_id, hired, moved), Membership(move[0], moved, left))


def _months(period: Span) -> list[tuple[int, int]]:
    return sorted({(day.year, day.month) for day in period.days})


def _weeks_off(period: Span, chance: Chance) -> frozenset[tuple[int, int]]:
    """Two weeks in a row in summer, one in late winter and one in autumn, each year."""
    weeks: set[tuple[int, int]] = set()
    for year in range(period.first.year, period.until.year + 1):
        summer = 24 + int(chance.uniform() * 11)
        weeks |= {(year, summer), (year, summer + 1), (year, 6 + int(chance.uniform() * 6)), (year, 35 + int(chance.uniform() * 16))}
    return frozenset(weeks)
