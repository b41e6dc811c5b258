"""What the doctor and the page say of contacts that two sources tell of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from batches import put
from nyckeltal.cli import checkup
from nyckeltal.contacts.same_rules import Rule
from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources.alike import Joined, alike, joined

BEGIN = datetime(2026, 3, 9, 9, tzinfo=UTC)


def contacts(source: str, n: int, *, second: int = 0, **more: Any) -> list[dict[str, Any]]:
    """One every ten minutes, each of another customer."""
    known = {"source": source, "client_id": "one", "channel": "voice", "outcome": "answered", **more}
    return [
        {"contact_id": f"{source}:{at}", "customer_key": f"c{at}", "offered_at": BEGIN + timedelta(minutes=10 * at, seconds=second), **known} for at in range(n)
    ]


def test_sources_whose_latest_contacts_are_alike_are_pointed_out_with_the_rule_that_joins_them(home: Path) -> None:
    store = ContactStore(home)
    earlier = [{**row, "contact_id": f"{row['contact_id']}-old", "offered_at": row["offered_at"] - timedelta(days=8)} for row in contacts("tickets", 9)]
    put(store, "one", {"contact": [*contacts("switch", 10, wait_s=5.0), *contacts("tickets", 6, second=30), *contacts("chats", 9, channel="chat"), *earlier]})
    [found] = alike(store.snapshot())
    assert (found.rule, found.n, found.of) == (Rule("switch", "tickets", ("customer",), 60), 6, 6)
    [finding] = checkup.told_twice(home)
    assert finding.wrong == str(found.text)
    assert all(line in str(finding.mend) for line in found.rule.toml().splitlines())

    (home / "sources.toml").write_text(found.rule.toml())
    store.join(now=BEGIN)
    assert alike(store.snapshot()) == []
    assert joined(store.snapshot()) == [Joined("tickets", (found.rule,), 6, 0, 15)]
    assert [one.wrong for one in checkup.told_twice(home)] == [None]


def test_it_is_told_by_agents_where_customers_are_not_known_and_few_are_chance(home: Path) -> None:
    store = ContactStore(home)
    rows = [*contacts("switch", 8, wait_s=5.0, own_agent_id="anna"), *contacts("desk", 8, second=9, own_agent_id="anna"), *contacts("other", 4, second=9)]
    put(store, "one", {"contact": [{**row, "customer_key": row["customer_key"] if row["source"] != "desk" else None} for row in rows]})
    assert [(one.rule.also, one.rule.by, one.n) for one in alike(store.snapshot())] == [("desk", ("agent",), 8)]
