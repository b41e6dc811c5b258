"""Contacts that two sources tell of, for the page with the loads: what rules joined, what probably counts twice, and writing or taking away a rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

from nyckeltal.contacts import same_rules
from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.sources import alike
from nyckeltal.sources.pull import write
from nyckeltal.web.contacts.loads.ledger import store


@dataclass(frozen=True)
class Twice:
    """`waits`: rules were changed and have not taken effect yet."""

    joined: tuple[alike.Joined, ...] = ()
    alike: tuple[alike.Alike, ...] = ()
    waits: bool = False

    @property
    def is_any(self) -> bool:
        return bool(self.joined or self.alike or self.waits)


def twice() -> Twice:
    """As the store stands."""
    now = store().snapshot()
    written = same_rules.in_force(_home(), now.state.same)
    joined, found = _found(_ById(now))
    return Twice(joined, tuple(one for one in found if one.rule not in written), written != now.state.same)


class _ById:
    """A snapshot that is the same as another of the same state: pages ask again and again."""

    def __init__(self, facts: Snapshot) -> None:
        self.facts = facts

    def __hash__(self) -> int:
        return hash(self.facts.id)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ById) and other.facts.id == self.facts.id


@lru_cache(maxsize=4)
def _found(now: _ById) -> tuple[tuple[alike.Joined, ...], tuple[alike.Alike, ...]]:
    return tuple(alike.joined(now.facts)), tuple(alike.alike(now.facts))


def change(request: HttpRequest) -> None:
    """Write the rule that was shown, or take one away; what was shown and stands no more is passed over. The worker lets it take effect."""
    shown = {one.rule.toml(): one.rule for one in twice().alike}
    gone = _plain(request.POST.get("drop", ""))
    if rule := shown.get(_plain(request.POST.get("add", ""))):
        write.add_rule(_home(), rule)
    elif gone:
        written = same_rules.in_force(_home(), store().snapshot().state.same)
        write.drop_rule(_home(), next((rule for rule in written if rule.toml() == gone), None))


def _plain(sent: str) -> str:
    """Browsers send other ends of lines."""
    return sent.replace("\r\n", "\n")


def _home() -> Path:
    return Path(settings.NYCKELTAL_HOME)
