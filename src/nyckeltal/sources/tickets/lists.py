"""Documents of ticket systems that hold several lists, and asking for what changed since a moment page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from nyckeltal.sources.documents import documents
from nyckeltal.sources.gathered import Unreadable
from nyckeltal.sources.pull.vendor import moved_on
from nyckeltal.sources.tickets.told import Kept, Tickets, known, moment, readable
from nyckeltal.words import Text

Take = Callable[[Tickets, Kept], None]
Lists = Mapping[str, Sequence[Any]]
_to_the_second = len("2026-03-02T08:00:00")  # some tell fractions, what is asked has none
_no_json = Text("sources.json.none", "This is no JSON, or it ends too early.")
_closed_to_us = Text("sources.zammad.closed", "Its messages are closed to this account, or it was removed meanwhile.")
_no_list = Text("sources.ticket.no_list", "This document has none of: %(known)s.")


class Closed(Unreadable):
    """A record that is set aside for a reason that says nothing against the rest of the document."""


def take_all(told: Tickets, files: Sequence[Path], opened: Callable[[Any], Lists], shown: Mapping[str, Sequence[str]], take: Mapping[str, Take]) -> None:
    """Every item of every list through its taker, in the order in which `take` names the lists.

    Of a record that is set aside only the fields in `shown` are kept: what customers wrote is nobody's business.
    """
    for at, file in enumerate(files):
        told.setting.tell("read", at, len(files))
        read, refused = told.counted.read, told.counted.refused.total() - told.pardoned
        for document in documents(file):
            told.note_whole(file, document.value)
            lists = opened(document.value) if document.broken is None else {}
            if not any(name in lists for name in take):
                why = _no_json if document.broken is not None else Text(_no_list.id, _no_list.english, {"known": ", ".join(take)})
                told.refuse(told.record(file, document.line, None, ()), "", why)
            for name, taker in take.items():
                items = lists.get(name)
                for item in items if isinstance(items, Sequence) and not isinstance(items, str) else ():
                    _take(told, told.record(file, told.counted.read - read + 1, item, shown.get(name, ("id",))), taker, is_ticket=name == "tickets")
        if told.counted.read > read:
            told.judge(file, told.counted.read - read, told.counted.refused.total() - told.pardoned - refused)


def _take(told: Tickets, record: Kept, taker: Take, is_ticket: bool) -> None:
    """A ticket that cannot be used is known by its key when it comes again."""
    try:
        with readable(record):
            taker(told, record)
    except Unreadable as wrong:
        key = known(record.value.get("id")) if is_ticket else None
        told.refuse(record, wrong.field, wrong.text, wrong.source_id or key, fact="case" if is_ticket else None)
        told.pardoned += isinstance(wrong, Closed)


def closed(field: str) -> Take:
    """Sets aside a ticket of which the pull was refused what belongs to it: it was removed meanwhile, or moved to where this account may not read."""

    def taker(told: Tickets, record: Kept) -> None:  # noqa: ARG001 whatever is taken is taken so
        raise Closed(field, _closed_to_us, key_of(record))

    return taker


def since(
    ask: Callable[[str, int], Sequence[Mapping[str, Any]]], begin: str, changed: Callable[[Mapping[str, Any]], str], full: int
) -> Iterator[tuple[Sequence[Mapping[str, Any]], str]]:
    """Pages of what changed at or after `begin`, oldest first, each with the moment from which to go on.

    After each page it is asked anew from its last moment instead of by the next page's number: so nothing slips through when rows move while one reads, and
    no vendor's limit of pages is met. Only where a whole page is of one moment its number counts. A page that comes again instead is asked for once more.
    """
    page = 1
    found: Sequence[Mapping[str, Any]] = ()

    def asked() -> Sequence[Mapping[str, Any]]:
        return list(ask(begin, page))

    def is_old(again: Sequence[Mapping[str, Any]]) -> bool:
        older = bool(again) and max(changed(one) for one in again)[:_to_the_second] < begin[:_to_the_second]
        return older or (bool(again) and again == found and (page > 1 or changed(again[0]) < begin))

    while True:
        found = moved_on(asked, is_old)
        if found:
            last = max(changed(one) for one in found)
            begin, page = (last, 1) if last > begin else (begin, page + 1)
            yield found, begin
        if len(found) < full:
            return


def key_of(record: Kept, name: str = "id") -> str:
    """The id without which nothing can be told apart."""
    if key := known(record.value.get(name)):
        return key
    raise Unreadable(name, Text("sources.row.no_key", "The key (%(columns)s) is empty.", {"columns": name}))


def needed(value: Any, name: str, zone: str | None = None) -> datetime:
    """A moment that has to be there."""
    found = moment(value, name, zone, needed=True)
    if found is None:
        raise Unreadable(name, Text("sources.row.empty", "“%(field)s” is needed and empty here.", {"field": name}))
    return found


def earlier(moment_text: str, by: timedelta) -> str:
    """An ISO moment, so much earlier."""
    return (datetime.fromisoformat(moment_text) - by).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
