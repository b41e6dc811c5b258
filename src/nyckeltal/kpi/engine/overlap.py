"""Which summaries count: nothing is counted twice, where contacts, or shorter summaries, tell of the same queue and day (decision 0020)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import ibis

from nyckeltal.kpi.engine.runner import Lies, whole_table

if TYPE_CHECKING:
    from nyckeltal.contacts.store import Facts

SUMMARY = "summary"
_KNOWN = {"known_contact": "contact", "known_visit": "queue_visit"}  # how the tables that are looked at besides are called in SQL
_ALIKE = ("client_id", "channel", "direction", "local_date")


def tables_beside(facts: Facts, months: Sequence[str] | None) -> Mapping[str, Lies]:
    """What has to be at hand besides the summaries; a contact of the same day lies in the same month."""
    there = facts.months(SUMMARY) if months is None else months
    return {name: Lies(table, [month for month in facts.months(table) if month in there]) for name, table in _KNOWN.items()}


def counting(summaries: ibis.Table) -> ibis.Table:
    """The summaries that count: no contact of their queue and day is known, nor, where they name no queue, of their client, channel and day;
    and no shorter one lies within, nor one that names a queue beside one that does not."""
    contacts, visits = (whole_table(table, name) for name, table in _KNOWN.items())
    named = _days(visits, "queue_id").union(_days(contacts.filter(contacts.same_as.notnull()), "queue_id"), distinct=True)
    rows = summaries.anti_join(named, [*_same(summaries, named), summaries.queue_id == named.queue_id])
    whole = _days(contacts)
    rows = rows.anti_join(whole, [*_same(rows, whole), rows.queue_id.isnull()])
    queues = summaries.filter(summaries.queue_id.notnull()).select(*_ALIKE).distinct()
    rows = rows.anti_join(queues, [*_same(rows, queues), rows.queue_id.isnull()])
    return _finest(rows, summaries.view())


def _days(rows: ibis.Table, *more: str) -> ibis.Table:
    """The days on which contacts are known, each once; one that counts as another source's is known all the same (decision 0021)."""
    known = ~rows.is_test.fill_null(False)
    known = known | rows.same_as.notnull() if "same_as" in rows.columns else known
    return rows.filter(known).select(*_ALIKE, *more).distinct()


def _same(left: ibis.Table, right: ibis.Table) -> list[ibis.Value]:
    return [left[name] == right[name] for name in _ALIKE]


def _finest(rows: ibis.Table, others: ibis.Table) -> ibis.Table:
    """Of one source all rows of a length count; shorter ones go before what they lie in, and of two sources the one loaded last."""
    first, length = rows.started_at.epoch_seconds(), rows.length_s
    begins = others.started_at.epoch_seconds()
    later = (others.loaded_at > rows.loaded_at).fill_null(False) | ((others.loaded_at == rows.loaded_at).fill_null(True) & (others.source > rows.source))
    goes_before = (others.length_s < length) | ((others.length_s == length) & (others.source != rows.source) & later)
    same_queue = others.queue_id.fill_null("") == rows.queue_id.fill_null("")
    return rows.anti_join(others, [*_same(rows, others), same_queue, begins >= first, begins < first + length, goes_before])
