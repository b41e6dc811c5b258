"""What the sources behind a figure never tell. Judged by where its rows come from (client and source), so that one client's
telephone log, which knows no after-work, leaves another client's figure alone."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.expression import Compare, Constant, Every, Missing, Name, Not, names, needs
from nyckeltal.contacts.schema import TABLES
from nyckeltal.kpi.engine import run as engine
from nyckeltal.kpi.fields import fields
from nyckeltal.kpi.formula import TABLED
from nyckeltal.kpi.nameless import nameless_clients, words_asked
from nyckeltal.kpi.rollup.use import origins
from nyckeltal.words import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from nyckeltal.contacts.expression import Condition
    from nyckeltal.kpi.compile import Part, Plan
    from nyckeltal.kpi.engine.run import Key, Origin
    from nyckeltal.kpi.request import Request

_HANDLING = ("handle_s", "handle_ring_s", "active_handle_s")
_PARTS_IN_ORDER = ("talk_s", "hold_s", "acw_s")
HANDLING_PARTS = frozenset(_PARTS_IN_ORDER)
_ALWAYS_TOLD = frozenset(("offered", "handled", "in_hours", "contacts_n", "segments_n", "direction", "is_test"))  # made for every row
_OF_NEIGHBOURS = frozenset(("previous_handled_after_s", "next_contact_after_s", "next_order_after_s"))  # missing means that there was none
# what a file would have to give, for words that are made of it
_MADE_OF = {
    "answered": ("outcome",),
    "abandoned": ("outcome",),
    "transferred": ("end_kind",),
    "transfers_n": ("end_kind",),
    "escalated": ("escalated_to_tier",),
    "logged": ("reason_id", "reason_type"),
}

Lacks = dict["Origin", tuple[str, ...]]  # what each of some origins never tells


class Silence:
    """Of one part of a plan: for every figure the words that its sources leave empty, and what to say of it."""

    def __init__(self, request: Request, plan: Plan, part: Part | None = None) -> None:
        self.request, self.plan, self.part = request, plan, part or plan.parts[0]
        self.scan, self.measure = self.part.scan, self.part.measure

    def whole(self, key: Key) -> list[str]:
        """Where no source behind the figure tells all that counting needs: what they leave empty."""
        here, lacks = self.here(key), self.lacking
        return sorted({word for origin in here for word in lacks[origin]}) if here and here <= lacks.keys() else []

    @property
    def anything(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.plan.formula.kind == "ratio" or self.lacking or self.unrecorded)

    def said(self, key: Key) -> Iterator[Text]:
        """What a figure that has a value leaves out."""
        yield from self.of_one_side
        yield from self.left_out(key)
        yield from self.not_recorded(key)

    @cached_property
    def of_one_side(self) -> tuple[Text, ...]:
        """Clients that are left out of a ratio, since one of its sides knows nothing of them."""
        return tuple(self._of_one_side())

    def _of_one_side(self) -> Iterator[Text]:
        lone = one_sided(self.request, self.plan) if self.plan.formula.kind == "ratio" else []
        for clients, other in zip(lone, reversed(self.plan.parts), strict=False):
            nobodys = clients & nameless_clients(self.request, other.scan)
            for left, words in ((clients - nobodys, [other.scan.over]), (nobodys, words_asked(self.request, other.scan))):
                if left:
                    values = {"left": self.named([(client, "") for client in left], ()), "words": fields(words)}
                    yield Text("figure.partly_not_in_source", "Without %(left)s, whose source never fills %(words)s.", values)

    def left_out(self, key: Key) -> Iterator[Text]:
        """Sources whose contacts cannot be counted, beside others whose can."""
        silent = {origin: words for origin, words in self.lacking.items() if origin in self.here(key)} if self.lacking else {}
        if silent:
            values = {"left": self.named(silent, self.here(key)), "words": fields(sorted({word for words in silent.values() for word in words}))}
            yield Text("figure.partly_not_in_source", "Without %(left)s, whose source never fills %(words)s.", values)

    def not_recorded(self, key: Key) -> Iterator[Text]:
        """Parts of the handling time that a source lacks are not in it; the figure says so."""
        if not self.unrecorded:
            return
        here = self._segments_of(self.here(key))
        lacking = {part: {origin for origin in here if part in self.unrecorded.get(origin, ())} for part in _PARTS_IN_ORDER}
        nowhere = [part for part, silent in lacking.items() if silent and silent == here]
        if nowhere:
            yield Text("figure.not_recorded", "The source does not record %(parts)s, so it is not in this figure.", {"parts": fields(nowhere)})
        for part, silent in lacking.items():
            if silent and part not in nowhere:
                values = {"left": self.named(silent, here), "parts": fields([part])}
                yield Text("figure.partly_not_recorded", "The source of %(left)s does not record %(parts)s, so that part is not in this figure.", values)

    # ── who tells what ──

    @cached_property
    def lacking(self) -> Lacks:
        """Sources that leave a word empty without which no row can be counted, or none above the line."""
        if not self._needed:
            return {}
        filled = engine.filled(self.request.facts, self.scan.over, self.looked_for)
        found = {origin: [word for word in self._needed if word not in told] for origin, told in filled.items()}
        return {origin: _given(words, filled[origin]) for origin, words in found.items() if words}

    @cached_property
    def clients_left_out(self) -> frozenset[str]:
        """The clients of whom no source tells all that counting needs."""
        every = engine.filled(self.request.facts, self.scan.over, ()) if self.lacking else {}
        telling = {client for client, source in every if (client, source) not in self.lacking}
        return frozenset(client for client, _ in self.lacking if client) - telling

    @cached_property
    def _needed(self) -> tuple[str, ...]:
        words = {word for node in (self.scan.where, self.measure.among) if node is not None for word in needs(node)}
        if self.measure.kind in ("mean", "total", "quantile", *TABLED) and self.measure.of is not None:
            words |= {name.name for name in names(self.measure.of)}
        if self.measure.kind == "share":
            words |= _compared(self.measure.of) - _OF_NEIGHBOURS
        return tuple(sorted(word for word in words if word in TABLES[self.scan.over] and word not in _ALWAYS_TOLD and TABLES[self.scan.over][word].nullable))

    @property
    def looked_for(self) -> tuple[str, ...]:
        """The words that decide it, and those they are made of."""
        return (*self._needed, *sorted({part for word in self._needed for part in _MADE_OF.get(word, ()) if part in TABLES[self.scan.over]}))

    @cached_property
    def unrecorded(self) -> Lacks:
        """Sources that know some parts of the handling and not others."""
        of = self.measure.of
        if of is None or not any(name.name in _HANDLING for name in names(of)):
            return {}
        filled = engine.filled(self.request.facts, "segment", _PARTS_IN_ORDER)
        found = {origin: tuple(part for part in _PARTS_IN_ORDER if part not in told) for origin, told in filled.items() if told}
        return {origin: parts for origin, parts in found.items() if parts}

    # ── where the rows of a figure come from ──

    def here(self, key: Key) -> frozenset[Origin]:
        """The origins of a figure's rows; without rows, all that could have sent some."""
        if found := self._groups.get(key):
            return found
        if key[1] not in self._all_of:
            clients = self.request.clients(self.scan, key[1])
            every = engine.filled(self.request.facts, self.scan.over, ())
            self._all_of[key[1]] = frozenset(origin for origin in every if clients is None or origin[0] in clients)
        return self._all_of[key[1]]

    @cached_property
    def _all_of(self) -> dict[tuple[Any, ...], frozenset[Origin]]:
        return {}

    @cached_property
    def _groups(self) -> dict[Key, frozenset[Origin]]:
        """By group, before what nobody tells makes rows fall out of it."""
        if not (self.lacking or self.unrecorded):
            return {}
        scan = replace(self.scan, where=self.widened) if self.lacking else self.scan
        return origins(scan, self.request)

    @property
    def widened(self) -> Condition | None:
        """What the scan asks of its rows, but for what they fall out by where nobody tells it."""
        return _without(self.scan.where, set(self._needed))

    def _segments_of(self, origins: Collection[Origin]) -> set[Origin]:
        """Whose segments make up the handling of contacts from there: the same source's, else whichever the client has."""
        every = engine.filled(self.request.facts, "segment", _PARTS_IN_ORDER)
        found = {origin for origin in origins if origin in every}
        others = {client for client, source in origins if (client, source) not in every}
        return found | {origin for origin in every if origin[0] in others}

    def named(self, silent: Collection[Origin], here: Collection[Origin]) -> tuple[Text | str, ...]:
        """Clients by name; of one of whom another source does tell, only what this one sends."""
        called = self.request.organisation.client_names
        telling = {client for client, source in here if (client, source) not in silent}
        found = dict[str, Text | str]()
        for client, source in silent:
            name = called.get(client or "", client or "–")
            of_one = Text("figure.of_one_source", "what “%(source)s” sends of %(client)s", {"source": source, "client": name})
            said = of_one if client in telling else name
            found[str(said)] = said
        return tuple(found[key] for key in sorted(found))


def look_up(request: Request, plans: Collection[Plan]) -> None:
    """What several key figures have to know of their sources, in one reading of each fact."""
    wanted: dict[str, dict[str, None]] = {}
    for plan in plans if len(plans) > 1 else ():
        for part in plan.parts:
            wanted.setdefault(part.scan.over, {}).update(dict.fromkeys(Silence(request, plan, part).looked_for))
    for fact, words in wanted.items():
        engine.filled(request.facts, fact, tuple(words))


def told(request: Request, plan: Plan) -> Plan:
    """A ratio without the clients that one side knows nothing of; a share without the rows of sources that cannot tell what stands above
    its line: below it they would count as failures.
    Only sources of the clients asked about are named: who reads the query learns of no others."""
    if plan.formula.kind == "ratio":
        return replace(plan, parts=tuple(_without_clients(part, clients) for part, clients in zip(plan.parts, one_sided(request, plan), strict=True)))
    part, among = plan.parts[0], plan.parts[0].measure.among
    clients = request.clients(replace(part.scan, by=()), ())
    found = Silence(request, plan).lacking if plan.formula.kind == "share" else {}
    lacking = [origin for origin in found if clients is None or origin[0] in clients]
    if not lacking:
        return plan
    spared = [Not(_from(part.scan.over, *origin)) for origin in lacking]
    among = Every((*spared, *((among,) if among is not None else ())))
    return replace(plan, parts=(replace(part, measure=replace(part.measure, among=among)),))


def one_sided(request: Request, plan: Plan) -> list[frozenset[str]]:
    """Per side of a ratio the clients it has rows of while nothing is known of them on the other side, or whose rows there never say what is asked
    by: their cost is no part of others' contacts. Asked by client each stands for itself."""
    if "client" in plan.parts[0].scan.by or not all("client_id" in TABLES[part.scan.over] for part in plan.parts):
        return [frozenset() for _ in plan.parts]
    asked = request.clients(replace(plan.parts[0].scan, by=()), ())
    there = [{client for client, _ in engine.filled(request.facts, part.scan.over, ())} for part in plan.parts]
    known = [request.known(part.scan.over).untils.keys() for part in plan.parts]
    unknown = [frozenset() if None in theirs else mine - theirs for mine, theirs in zip(there, reversed(known), strict=True)]
    nobodys = [nameless_clients(request, part.scan) for part in reversed(plan.parts)]
    found = [
        frozenset(client for client in mine if client and (client in strange or client in mute) and (asked is None or client in asked))
        for mine, strange, mute in zip(there, unknown, nobodys, strict=True)
    ]
    return [lone if lone < {client for client in mine if asked is None or client in asked} else frozenset() for lone, mine in zip(found, there, strict=True)]


def _without_clients(part: Part, clients: Collection[str]) -> Part:
    spared = [Not(_is("client_id", client)) for client in sorted(clients)]
    where = [part.scan.where] if part.scan.where is not None else []
    return replace(part, scan=replace(part.scan, where=Every((*where, *spared)))) if spared else part


def _from(over: str, client: str | None, source: str) -> Condition:
    """Rows of that source, of that client where rows are a client's at all."""
    of_source = _is("source", source)
    return Every((_is("client_id", client), of_source)) if "client_id" in TABLES[over] else of_source


def _is(word: str, value: str | None) -> Condition:
    name = Name(word, "text")
    return Missing(name) if value is None else Compare("==", name, Constant(value, "text"))


def _given(words: Iterable[str], told: Collection[str]) -> tuple[str, ...]:
    """The words as a file would give them: of those that a word is made of, the ones that are missing."""
    made_of = {word: [part for part in _MADE_OF.get(word, (word,)) if part not in told] or [*_MADE_OF.get(word, (word,))] for word in words}
    return tuple(sorted({part for parts in made_of.values() for part in parts}))


def _compared(of: Condition) -> frozenset[str]:
    """The words without which nothing is above the line; one that is only asked whether it is there says so by missing."""
    parts = of.parts if isinstance(of, Every) else (of,)
    return frozenset[str]().union(*(needs(part) for part in parts if not isinstance(part, Missing)))


def _without(where: Condition | None, words: Collection[str]) -> Condition | None:
    """A condition without the parts that cannot hold while these words are missing."""
    parts = where.parts if isinstance(where, Every) else (where,) if where is not None else ()
    kept = tuple(part for part in parts if not needs(part) & set(words))
    return Every(kept) if kept else None


def together(texts: Iterable[Text]) -> Text | None:
    """Several sentences as one message."""
    said = list(texts)
    return reduce(lambda first, second: Text("figure.two_messages", "%(first)s %(second)s", {"first": first, "second": second}), said) if said else None
