"""How the files of a source are to be read: the options of a load."""

from __future__ import annotations

from typing import Any

from nyckeltal.sources.load import mapping_tables
from nyckeltal.sources.pull.sources import Feed
from nyckeltal.sources.refusing import USUAL_PERCENT


def options(feed: Feed) -> dict[str, Any]:
    """System, mapping, client and zone; what it is called in the store is said to all of them. The usual share of bad rows is that of all files, which
    is wider for few rows."""
    most = None if feed.most_refused_percent == USUAL_PERCENT else feed.most_refused_percent / 100
    given: dict[str, Any] = {"client": feed.client, "zone": feed.zone, "most_refused": most}
    if feed.system is None and feed.mapping is None:
        return given
    tables = dict(mapping_tables(feed.mapping))
    tables["fact"] = {**tables.get("fact", {}), "source": feed.stored_as}
    return given | {"mapping": tables} | ({"system": feed.system} if feed.system else {})
