"""The demo's clients, opening hours, queues and teams, with how much comes to each queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nyckeltal.demo.holidays import Country

PoolId = Literal["tele", "tele-chat", "kraft", "hem", "hem-chat", "mail", "second"]
Channel = Literal["voice", "callback", "chat", "email"]


@dataclass(frozen=True)
class Client:
    client_id: str
    name: str
    currency: str
    zone: str
    customers: int
    prefix: str  # of the client's customer numbers
    season: tuple[float, ...]  # January to December, around 1


CLIENTS: tuple[Client, ...] = (
    Client("polartel", "Polartel", "SEK", "Europe/Stockholm", 900_000, "P", (1.05, 1.0, 1.0, 0.98, 0.97, 0.92, 0.82, 1.0, 1.06, 1.06, 1.08, 1.02)),
    Client("nordkraft", "Nordkraft", "EUR", "Europe/Helsinki", 500_000, "K", (1.3, 1.25, 1.12, 0.98, 0.9, 0.8, 0.68, 0.85, 0.95, 1.05, 1.12, 1.15)),
    Client("nordhem", "Nordhem", "DKK", "Europe/Copenhagen", 700_000, "H", (1.05, 0.92, 0.94, 0.95, 0.96, 0.94, 0.86, 0.92, 0.96, 1.0, 1.13, 1.22)),
)
ZONES: dict[Country, str] = {"se": "Europe/Stockholm", "dk": "Europe/Copenhagen", "fi": "Europe/Helsinki"}
LANGUAGES: dict[Country, str] = {"se": "sv", "dk": "da", "fi": "fi"}


@dataclass(frozen=True)
class Hours:
    """A calendar: local opening hours of weekdays and of weekends; closed on the country's holidays."""

    calendar_id: str
    country: Country
    weekday: tuple[int, int]
    weekend: tuple[int, int] | None = None

    def of(self, weekday: int) -> tuple[int, int] | None:
        return self.weekday if weekday < 5 else self.weekend


HOURS: dict[str, Hours] = {
    hours.calendar_id: hours
    for hours in (
        Hours("se-evening", "se", (8, 18), (10, 14)),
        Hours("se-office", "se", (8, 17)),
        Hours("fi-office", "fi", (8, 17)),
        Hours("dk-office", "dk", (8, 17)),
        Hours("dk-shop", "dk", (9, 18), (10, 14)),
        Hours("se-shop", "se", (9, 18), (10, 14)),
    )
}


@dataclass(frozen=True)
class Queue:
    """`volume` is about how many contacts come in the 13 months, those that return included; topics by label and weight."""

    queue_id: str
    client_id: str
    name: str
    channel: Channel
    calendar_id: str
    pool: PoolId
    volume: int
    topics: tuple[tuple[str, float], ...]
    patience_s: float = 480.0
    handle_factor: float = 1.0
    tier: int = 1

    @property
    def hours(self) -> Hours:
        return HOURS[self.calendar_id]

    @property
    def zone(self) -> str:
        return ZONES[self.hours.country]

    @property
    def language(self) -> str:
        return LANGUAGES[self.hours.country]


_BILL = (("Hard to understand", 0.42), ("Payment and reminders", 0.28), ("Change of subscription", 0.17), ("Price differs from offer", 0.13))
_TECH = (("Connection drops", 0.22), ("Cannot get started", 0.13), ("Router and password", 0.43), ("No coverage", 0.22))
_BOTH = (("Hard to understand", 0.25), ("Router and password", 0.25), ("Change of subscription", 0.25), ("Payment and reminders", 0.15), ("No coverage", 0.1))
_GRID = (
    ("Higher than expected", 0.28),
    ("Payment plan", 0.12),
    ("Moving", 0.2),
    ("Price and contract", 0.18),
    ("Power cut", 0.12),
    ("Meter reading wrong", 0.1),
)
_SHOP = (
    ("Where is my delivery", 0.34),
    ("Damaged or missing", 0.12),
    ("Change of order", 0.13),
    ("Cannot log in or pay", 0.1),
    ("How to return", 0.13),
    ("Refund not received", 0.1),
    ("Question before buying", 0.08),
)

QUEUES: tuple[Queue, ...] = (
    Queue("polartel-invoice", "polartel", "Polartel invoice", "voice", "se-evening", "tele", 68_000, _BILL),
    Queue("polartel-technical", "polartel", "Polartel technical help", "voice", "se-evening", "tele", 76_000, _TECH),
    Queue("polartel-callback", "polartel", "Polartel call-back", "callback", "se-evening", "tele", 0, _BOTH),
    Queue("polartel-business", "polartel", "Polartel business", "voice", "se-office", "second", 24_000, _BOTH, handle_factor=1.15, tier=2),
    Queue("polartel-second", "polartel", "Polartel second line", "voice", "se-office", "second", 0, _TECH, patience_s=1200.0, handle_factor=1.2, tier=2),
    Queue("polartel-chat", "polartel", "Polartel chat", "chat", "se-evening", "tele-chat", 40_000, _BOTH, patience_s=400.0, handle_factor=1.6),
    Queue("polartel-mail", "polartel", "Polartel e-mail", "email", "se-office", "mail", 20_000, _BILL, handle_factor=1.35),
    Queue("nordkraft-finland", "nordkraft", "Nordkraft Finland", "voice", "fi-office", "kraft", 42_000, _GRID, patience_s=540.0),
    Queue("nordkraft-sweden", "nordkraft", "Nordkraft Sweden", "voice", "se-office", "kraft", 26_000, _GRID, patience_s=540.0),
    Queue("nordkraft-callback", "nordkraft", "Nordkraft call-back", "callback", "fi-office", "kraft", 0, _GRID),
    Queue("nordkraft-second", "nordkraft", "Nordkraft grid", "voice", "se-office", "second", 0, _GRID, patience_s=1200.0, handle_factor=1.2, tier=2),
    Queue("nordkraft-mail", "nordkraft", "Nordkraft e-mail", "email", "fi-office", "mail", 13_000, _GRID, handle_factor=1.3),
    Queue("nordhem-denmark", "nordhem", "Nordhem Denmark", "voice", "dk-shop", "hem", 25_000, _SHOP, patience_s=450.0),
    Queue("nordhem-sweden", "nordhem", "Nordhem Sweden", "voice", "se-shop", "hem", 20_000, _SHOP, patience_s=450.0),
    Queue("nordhem-callback", "nordhem", "Nordhem call-back", "callback", "dk-shop", "hem", 0, _SHOP),
    Queue("nordhem-chat", "nordhem", "Nordhem chat", "chat", "dk-shop", "hem-chat", 28_000, _SHOP, patience_s=360.0, handle_factor=1.7),
    Queue("nordhem-mail", "nordhem", "Nordhem e-mail", "email", "dk-office", "hem", 22_000, _SHOP, handle_factor=1.4),
)
QUEUE = {queue.queue_id: queue for queue in QUEUES}
POOLS: tuple[PoolId, ...] = ("tele-chat", "hem-chat", "tele", "kraft", "hem", "mail", "second")  # in the order of a day: second line comes last
LIVE: tuple[Channel, ...] = ("voice", "chat")


@dataclass(frozen=True)
class Team:
    """`pools` are filled in this order; the queues of `first` are its own, others in the pool it takes when they wait long."""

    team_id: str
    name: str
    leader: str
    agents: int
    pools: tuple[PoolId, ...]
    client_ids: tuple[str, ...]
    queue_ids: tuple[str, ...]
    first_direction: Literal["service", "efficiency", "sales"] = "service"
    second_direction: Literal["service", "efficiency", "sales"] = "efficiency"


# fmt: off
TEAMS: tuple[Team, ...] = (
    Team("nord", "Team Nord", "Karin Ek", 14, ("tele-chat", "tele"), ("polartel",), ("polartel-technical", "polartel-chat")),
    Team("syd", "Team Syd", "Henrik Sand", 12, ("tele",), ("polartel",), ("polartel-invoice", "polartel-callback")),
    Team("energi", "Team Energi", "Päivi Nieminen", 11, ("kraft",), ("nordkraft",), ("nordkraft-finland", "nordkraft-sweden", "nordkraft-callback")),
    Team("butik", "Team Butik", "Mette Krogh", 12, ("hem-chat", "hem"), ("nordhem",),
         ("nordhem-denmark", "nordhem-sweden", "nordhem-callback", "nordhem-chat", "nordhem-mail"), "service", "sales"),
    Team("skrift", "Team Skrift", "Gábor Tóth", 7, ("mail",), ("polartel", "nordkraft"), ("polartel-mail", "nordkraft-mail"), "efficiency", "service"),
    Team("andra", "Second line", "Solveig Hauge", 4, ("second",), ("polartel", "nordkraft"), ("polartel-business", "polartel-second", "nordkraft-second")),
)
# fmt: on
TEAM = {team.team_id: team for team in TEAMS}
CALLBACK = {queue.client_id: queue for queue in QUEUES if queue.channel == "callback"}
SECOND_LINE = {"polartel": QUEUE["polartel-second"], "nordkraft": QUEUE["nordkraft-second"]}
