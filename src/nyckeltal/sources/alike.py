"""Contacts that two sources tell of: how many a rule joined, and where no rule joins them yet, how many are probably the same (decision 0021)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts import same
from nyckeltal.contacts.same_rules import BY, USUAL_WITHIN_S, Rule, Rules
from nyckeltal.words import Amount, Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.contacts.snapshot import Snapshot

DAYS = 7  # looked at, up to the last contact
LEAST, LEAST_SHARE = 5, 0.02  # fewer may be chance


@dataclass(frozen=True)
class Joined:
    """What the rules made of the rows of one source: `of` is how many it has, `unclear` how many could be either of two and were left alone."""

    source: str
    rules: Rules
    n: int
    unclear: int
    of: int


@dataclass(frozen=True)
class Alike:
    """`n` of the last `of` contacts of a source are probably another source's too, as `rule` would find them."""

    rule: Rule
    n: int
    of: int

    @property
    def share(self) -> float:
        return self.n / self.of

    @property
    def text(self) -> Text:
        english = (
            "%(n)s of the %(of)s latest contacts of “%(also)s” (%(share)s) are probably contacts of “%(keep)s” too, and count twice. "
            "A rule in sources.toml counts them once."
        )
        values = {"n": self.n, "of": self.of, "also": self.rule.also, "keep": self.rule.keep, "share": Amount(self.share, "share")}
        return Text("same.alike", english, values)


def joined(facts: Snapshot) -> list[Joined]:
    """What the rules in force did, source by source."""
    rules = facts.state.same
    found = _joined(facts) if rules else {}
    named = dict.fromkeys(rule.also for rule in rules)
    return [Joined(source, tuple(rule for rule in rules if rule.also == source), *found.get(source, (0, 0, 0))) for source in named]


def _joined(facts: Snapshot) -> dict[str, tuple[int, int, int]]:
    from nyckeltal.contacts.upkeep import beside

    with beside(threads=None) as con:
        facts.attach(con, "contact", name="told")
        counted = "select source, count(same_as) as n, count(*) filter (same_unclear) as unclear, count(*) as total from told group by source"
        return {source: (n, unclear, total) for source, n, unclear, total in con.execute(counted).fetchall()}


def alike(facts: Snapshot) -> list[Alike]:
    """Pairs of sources of which no rule speaks, whose latest contacts are alike: of the same customer or by the same agent within a minute, or one
    naming the other. Of each pair that by which most are found."""
    from nyckeltal.contacts.upkeep import beside

    months = [month for month in facts.months("contact") if month[:1].isdigit()][-2:]
    with beside(threads=None) as con:
        for table in ("contact", "segment"):
            facts.attach(con, table, months, f"lately_{table}")
        told = [row for row in con.execute(_LATELY).to_arrow_table().to_pylist() if row["source"]]
        pairs = list(_unruled(told, facts.state.same))
        return list(_found(con, pairs, {row["source"]: row["n"] for row in told})) if pairs else []


_WHEN = f"offered_at > (select max(offered_at) from lately_contact) - interval {DAYS} day"
_LATELY = f"""select source, count(*) as n, count(waited_s) / count(*) as waits, list(distinct channel) as channels
    from lately_contact where {_WHEN} and not is_test group by source order by source"""
_AGENTS = "(select contact_id, agent_id from lately_segment where agent_id is not null)"


def _unruled(told: list[dict[str, Any]], rules: Rules) -> Iterator[tuple[str, str]]:
    """Which source would be kept, and which is looked for among it: waiting times are known where contacts are measured best."""
    ruled = {frozenset((rule.keep, rule.also)) for rule in rules}
    for one, other in combinations(sorted(told, key=lambda row: (-row["waits"], -row["n"], row["source"])), 2):
        if {*one["channels"]} & {*other["channels"]} and frozenset((one["source"], other["source"])) not in ruled:
            yield one["source"], other["source"]


def _found(con: duckdb.DuckDBPyConnection, pairs: list[tuple[str, str]], total: dict[str, int]) -> Iterator[Alike]:
    tried = tuple(Rule(keep, also, (by,), None if by == "reference" else USUAL_WITHIN_S) for keep, also in pairs for by in BY)
    rows = same.told_rows("lately_contact", _WHEN)
    sql = same.pairs(tried, same.keys(tried, True, rows, _AGENTS), same.keys(tried, False, rows, _AGENTS))
    counted: dict[int, int] = dict(con.execute(f"select rule, count(distinct also_id) from ({sql}) group by rule").fetchall())
    for first in range(0, len(tried), len(BY)):
        best = max(range(first, first + len(BY)), key=lambda number: (counted.get(number, 0), -number))
        n, of = counted.get(best, 0), total[tried[best].also]
        if n >= LEAST and n >= LEAST_SHARE * of:
            yield Alike(tried[best], n, of)
