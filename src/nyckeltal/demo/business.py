"""The clients' own figures: orders of the shop, complaints, customers won and lost, and what a month cost and brought in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from nyckeltal.demo.book import NEVER, Contact
from nyckeltal.demo.chance import Chance
from nyckeltal.demo.columns import local_months, moments, year_first
from nyckeltal.demo.company import CLIENTS, POOLS, Client
from nyckeltal.demo.demand import local_hour
from nyckeltal.demo.offers import Leaver, Sale
from nyckeltal.demo.simulate import Story
from nyckeltal.demo.telephony import by_telephone, contact_id, customer

ZONE = "Europe/Stockholm"
SHOP = "nordhem"
ORDERS_A_DAY = 460.0
MEDIAN_ORDER, ORDER_SPREAD = 480.0, 0.75
LOYAL = 2.4  # the higher, the fewer customers make most of the orders
COMPLAINS, COMPLAINS_ELSE = 0.03, 0.0012  # about an unsolved contact, about another one
TROUBLE_FACTOR = 4.0
ABOUT = (("Service", 0.45), ("Product", 0.8), ("Price", 0.93), ("Other", 1.0))
HOUR_COSTS = {"polartel": 330.0, "nordkraft": 31.0, "nordhem": 245.0}  # in the client's currency
OVERHEAD = 1.28  # rooms, systems and leaders, on top of hours
EARNS = {"polartel": 262.0, "nordkraft": 61.0}  # a month from each customer; the shop's come from its orders
NEW, LOST = 0.011, 0.0095  # of customers, a month
ACTIVE = 0.86


def orders(story: Story, sales: Sequence[Sale], chance: Chance) -> pa.Table:
    """The web shop's, and those that were made in calls."""
    generator, customers = chance.generator, max(40, int(_shop().customers * story.demand.scale))
    days = story.events.period.days
    counts = generator.poisson([ORDERS_A_DAY * story.demand.scale * _shop().season[day.month - 1] for day in days])
    midnights = np.repeat([local_hour(day, 0, _shop().zone) for day in days], counts)
    total = int(counts.sum())
    hours = np.clip(generator.normal(15.5, 4.2, total) % 24, 0, 23.2)
    by_call = [sale for sale in sales if sale.accepted and sale.contact.queue.client_id == SHOP]
    who = (customers * generator.random(total) ** LOYAL).astype(np.int64)
    amounts = np.round(np.exp(np.log(MEDIAN_ORDER) + ORDER_SPREAD * generator.standard_normal(total)), 2)
    none = [None] * total
    return pa.table(
        {
            "order": [f"N{number:07d}" for number in range(1, total + len(by_call) + 1)],
            "customer": [f"{_shop().prefix}{number:06d}" for number in who.tolist()] + [customer(sale.contact) for sale in by_call],
            "at": moments(np.concatenate([midnights + hours * 3600, [sale.at for sale in by_call]])),
            "amount": np.concatenate([amounts, [sale.amount for sale in by_call]]),
            "agent": pa.array(none + [sale.agent.agent_id for sale in by_call], pa.string()),
            "call": pa.array(none + [contact_id(sale.contact) for sale in by_call], pa.string()),
        }
    )


def _shop() -> Client:
    return next(client for client in CLIENTS if client.client_id == SHOP)


def complaints(story: Story, chance: Chance) -> pa.Table:
    """Some days after a call; more after the day on which systems stood still."""
    rows = [row for contact in story.book.contacts if (row := _complaint(story, contact, chance)) is not None]
    rows.sort(key=lambda row: row[1])
    return pa.table(
        {
            "Complaint": [f"K{number:05d}" for number in range(1, len(rows) + 1)],
            "Client": [contact.queue.client_id for contact, _, _, _ in rows],
            "Call": [contact_id(contact) for contact, _, _, _ in rows],
            "Received": year_first((at for _, at, _, _ in rows), ZONE),
            "Concerns": [about for _, _, about, _ in rows],
            "Closed": year_first((closed for _, _, _, closed in rows), ZONE),
        }
    )


def _complaint(story: Story, contact: Contact, chance: Chance) -> tuple[Contact, float, str, float] | None:
    """Nothing where nobody complains, or has not yet."""
    trouble, end = story.events.trouble, story.demand.end
    if not by_telephone(contact) or contact.ended_at >= end or contact.solved is None:
        return None
    struck = contact.queue.client_id == trouble.client_id and 0 <= contact.offered_at - local_hour(trouble.day, 0, ZONE) < 86_400
    if chance.uniform() >= (COMPLAINS_ELSE if contact.solved else COMPLAINS) * (TROUBLE_FACTOR if struck else 1.0):
        return None
    at = contact.ended_at + 86_400 * (0.3 + 3 * chance.exponential())
    closed, draw = at + 86_400 * (1 + 6 * chance.exponential()), chance.uniform()
    about = next(about for about, until in ABOUT if draw <= until)
    return (contact, at, about, closed if closed < end else NEVER) if at < end else None


def months(story: Story) -> list[date]:
    """The first days of the months that are over; of the first one the demo may have a part only."""
    period, found = story.events.period, []
    month = period.first.replace(day=1)
    while _next(month) <= period.until:
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def customer_base(story: Story, leavers: Sequence[Leaver], chance: Chance) -> pa.Table:
    """A row for each client and month; those lost include those who said so in a call."""
    lost = [one for one in leavers if one.lost_at < NEVER]
    told = Counter(zip((one.contact.queue.client_id for one in lost), local_months((one.lost_at for one in lost), ZONE), strict=True))
    rows = [row for client in CLIENTS for row in _base(client, story, told, chance)]
    names = ("Client", "Month", "Opening", "New", "Churned", "Closing", "Active")
    return pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})


def _base(client: Client, story: Story, told: Counter[tuple[str, str]], chance: Chance) -> Iterator[tuple[str, str, int, int, int, int, int]]:
    opening = round(client.customers * story.demand.scale)
    for month in months(story):
        new = int(chance.generator.poisson(opening * NEW * client.season[month.month - 1]))
        churned = int(chance.generator.poisson(opening * LOST)) + told[client.client_id, f"{month:%Y-%m}"]
        closing = opening + new - churned
        yield client.client_id, f"{month:%Y-%m}", opening, new, churned, closing, round(closing * ACTIVE)
        opening = closing


def finances(story: Story, shop_orders: pa.Table, chance: Chance) -> pa.Table:
    """Costs are the planned hours of those who worked for a client, by the time that its contacts took."""
    hours = _hours(story)
    ordered = _by_month(shop_orders)
    rows = [_finance(client, month, story, hours, ordered, chance) for client in CLIENTS for month in months(story)]
    names = ("Client", "Month", "Cost", "Revenue", "Transactions", "Currency")
    return pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)})


Finance = tuple[str, str, str, str, int, str]


def _finance(client: Client, month: date, story: Story, hours: dict[tuple[str, str], float], ordered: dict[str, tuple[int, float]], chance: Chance) -> Finance:
    named, part = f"{month:%Y-%m}", _part_of(month, story)
    cost = hours.get((client.client_id, named), 0.0) * HOUR_COSTS[client.client_id] * OVERHEAD
    customers = client.customers * story.demand.scale * part
    count, earned = ordered.get(named, (0, 0.0))
    if client.client_id != SHOP:
        count, earned = round(customers), customers * EARNS[client.client_id] * client.season[month.month - 1] ** 0.5 * chance.around(0.01)
    return client.client_id, month.strftime("%B %Y"), _money(cost), _money(earned), count, client.currency


def _money(amount: float) -> str:
    """1 234 567.80"""
    return f"{amount:,.2f}".replace(",", " ")


def _part_of(month: date, story: Story) -> float:
    """The share of the month that the demo tells of."""
    first = max(month, story.events.period.first)
    return (_next(month) - first).days / (_next(month) - month).days


def _hours(story: Story) -> dict[tuple[str, str], float]:
    """By client and month."""
    handled: dict[str, Counter[str]] = {pool: Counter() for pool in POOLS}
    for leg in story.book.legs:
        handled[leg.queue.pool][leg.queue.client_id] += int(leg.ended_at - leg.rang_at)
    found: dict[tuple[str, str], float] = defaultdict(float)
    for planned in story.plan:
        shares, length = handled[planned.pool], (planned.shift.end - planned.shift.start) / 3600
        for client_id, worked in shares.items():
            found[client_id, f"{planned.day:%Y-%m}"] += length * worked / max(shares.total(), 1)
    return found


def _by_month(shop_orders: pa.Table) -> dict[str, tuple[int, float]]:
    at = np.asarray(shop_orders.column("at").to_numpy(), dtype="datetime64[s]").astype(np.float64)
    named = np.array(local_months(at, _shop().zone), dtype=str)
    amounts = np.asarray(shop_orders.column("amount").to_numpy(), dtype=np.float64)
    return {str(month): (int((named == month).sum()), float(amounts[named == month].sum())) for month in np.unique(named)}
