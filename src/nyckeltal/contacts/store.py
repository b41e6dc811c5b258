"""The store of facts."""

from __future__ import annotations

from nyckeltal.contacts.facts import Coverage, Facts
from nyckeltal.contacts.world import World

__all__ = ["Coverage", "Facts", "World"]
