"""A fact's rows with everything a question needs joined to them, flat: each leaf of an expression then has its column."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import ibis

from nyckeltal.contacts.expression import Constant, Contains, Every, Name, Some
from nyckeltal.contacts.schema import TABLES
from nyckeltal.contacts.spelled import to_met, to_python
from nyckeltal.contacts.where import family
from nyckeltal.kpi.compile import Clock, Dimension, Measure, Scan, Term, repeat_window
from nyckeltal.kpi.engine import cut
from nyckeltal.kpi.engine.overlap import SUMMARY, counting
from nyckeltal.kpi.engine.runner import runner, whole_table
from nyckeltal.kpi.engine.shape import first_mark, last_mark
from nyckeltal.kpi.vocabulary import LINKS, TEAM_LISTS, dimension_word, filling, matter_word, names_its_team, reason_word, repeat_word
from nyckeltal.when.period import Grain

if TYPE_CHECKING:
    import pyarrow as pa

    from nyckeltal.kpi.known import Known
    from nyckeltal.kpi.organisation import Organisation

_LITERALS = {"number": "float64", "text": "string", "flag": "boolean", "date": "date", "moment": "timestamp('UTC')"}
AGENT_TABLES = {"site": "agents", "tenure": "agents", "team": "teams", "leader": "teams"}
_REASON_COLUMNS = ("reason1", "reason2", "reason3", "area", "demand")


@dataclass
class Needs:
    """What a scan and its measures mention: words (also of links), agreed terms, menu clocks, and dimensions."""

    words: set[str] = field(default_factory=set)
    terms: list[Term] = field(default_factory=list)
    clocks: set[str] = field(default_factory=set)
    dimensions: set[str] = field(default_factory=set)
    matures: bool = False
    windows: list[Constant | Term] = field(default_factory=list)  # what has to pass until a row counts


@dataclass
class Layout:
    """The small tables that are joined, by the name they have in SQL, and what is constant. Decides what the SQL looks like."""

    tables: dict[str, pa.Table] = field(default_factory=dict)
    clocks: dict[str, pa.Table] = field(default_factory=dict)  # what stretches of time are cut by
    known_s: float | None = None  # known until, in seconds since 1970, where it is the same for all clients
    once: bool = False  # several teams answer for one row, which is to be counted once all the same
    ripe: bool = False  # the days asked for ended so long ago that every row has matured
    absent: frozenset[str] = frozenset()  # links to facts of which nothing is loaded: nothing has to be looked for

    @property
    def key(self) -> tuple[object, ...]:
        return (self.known_s, self.once, self.ripe, self.absent, *sorted(self.tables), *sorted(self.clocks))


def needs_of(scan: Scan, measures: Iterable[Measure]) -> Needs:
    """Everything that has to be at hand."""
    needs = Needs()
    needs.words |= {word for word in (scan.place.day, scan.place.moment, scan.place.minute, scan.place.offset_s) if word}
    needs.words |= {"month"} if by_stored_month(scan) else set()
    needs.dimensions |= {*scan.by, *(name for name, _ in scan.within)}
    measures = list(measures)
    for measure in measures:
        named = (measure.per, measure.apart, measure.between, measure.rater, measure.scale_of, measure.distinct, *measure.thing)
        needs.words |= {word for word in named if word}
        needs.words |= {TABLES[scan.over].key or ""} if measure.kind == "alpha" else set()
        needs.matures |= measure.matures is not None
        needs.windows += [measure.matures] if measure.matures is not None else []
    nodes = [scan.where, scan.asked, *(getattr(m, key) for m in measures for key in ("of", "among", "weight", "up", "down", "exposure", "doubt", "matures"))]
    for leaf in (leaf for node in nodes if node is not None for leaf in leaves(node)):
        _note(leaf, needs)
    needs.words |= {name for name in ("is_test", "direction", "client_id") if name in TABLES[scan.over]}
    for dimension in needs.dimensions:
        _note_dimension(dimension, scan, needs)
    if (needs.terms or needs.clocks) and (queue := dimension_word(scan.over, "queue")):
        needs.words.add(queue)
    if needs.terms and scan.over == "contact":
        needs.words.add("local_date")
    return needs


def by_stored_month(scan: Scan) -> bool:
    """Whether the months asked for are those by which rows lie in folders: DuckDB knows a file's without looking at its rows."""
    return scan.per is Grain.MONTH and scan.place.day == "local_date" and not scan.split and TABLES[scan.over].monthly and runner().name == "duckdb"


def leaves(node: Any) -> Iterable[Any]:
    """The words, constants, terms, clocks and dimensions of an expression."""
    if isinstance(node, Every | Some):
        inner: tuple[Any, ...] = node.parts
    elif isinstance(node, Contains):
        inner = (node.name,)
    else:
        inner = tuple(getattr(node, part) for part in ("left", "right", "item", "part") if hasattr(node, part))
        inner += tuple(getattr(node, "options", ()))
    if not inner:
        yield node
    for part in inner:
        yield from leaves(part)


def _note(leaf: Any, needs: Needs) -> None:
    match leaf:
        case Clock(measure=measure):
            needs.clocks |= {measure} if measure else set()
            needs.words |= {"wait_s", "ivr_wait_s", "ivr_started_at"}
        case Name(name):
            needs.words.add(name)
        case Term():
            needs.terms += [leaf] if leaf not in needs.terms else []
        case Dimension(name):
            needs.dimensions.add(name)


def _note_dimension(dimension: str, scan: Scan, needs: Needs) -> None:
    if word := dimension_word(scan.over, dimension):
        needs.words.add(word)
    if dimension in ("agent", *AGENT_TABLES) and scan.credit:
        needs.words.add(scan.credit)
    if dimension in _REASON_COLUMNS and (word := (dimension == "reason2" and matter_word(scan.over)) or reason_word(scan.over)):
        needs.words.add(word)
    if dimension == "repeat" and (word := repeat_word(scan.over)):
        needs.words |= {word, word.replace("previous_handled_after_s", "customer_key")}
        needs.terms += [repeat_window] if repeat_window not in needs.terms else []


def layout_of(scan: Scan, needs: Needs, organisation: Organisation, known: Known) -> Layout:
    """The small tables this scan meets; empty ones are left out, so that nothing is joined in vain."""
    tables: dict[str, pa.Table] = {}
    of_clients = "client_id" in TABLES[scan.over]  # nobody agreed on anything about rows that are no client's
    for number, term in enumerate(needs.terms if of_clients else ()):
        tables |= _agreed_tables(f"term_{number}", organisation.agreed(term), scan)
    for measure in needs.clocks:
        tables |= _agreed_tables(f"clock_{measure}", organisation.menu_clocks[measure], scan)
    if needs.dimensions & {"team", "leader"} and not names_its_team(scan.over):
        by_list = TEAM_LISTS.get(scan.credit or "")
        tables["teams"] = organisation.teams_of_lists(by_list) if by_list else organisation.teams_of_agents
    if needs.dimensions & {"site", "tenure"}:
        tables["agents"] = organisation.agents
    if needs.dimensions & _reasons_joined(scan, needs):
        tables["reasons"] = organisation.reasons
    by_client = known.by_client if needs.matures and of_clients else None
    if by_client is not None:
        tables["known"] = by_client
    shared = "team" not in scan.by and "teams" in tables and _has_repeats(tables["teams"])
    clocks = cut.clocks_of(scan, organisation) if scan.split else {}
    known_s = known.same_s if of_clients else known.least_s
    links = {word.partition(".")[0] for word in needs.words if "." in word}
    absent = {link for link in links if TABLES[LINKS[scan.over][link][0]].monthly and not organisation.facts.months(LINKS[scan.over][link][0])}
    return Layout(tables, clocks, known_s, once=shared, ripe=_is_ripe(scan, needs, tables, known_s), absent=frozenset(absent))


def _is_ripe(scan: Scan, needs: Needs, tables: Collection[str], known_s: float | None) -> bool:
    """Whether all rows have matured by the last day asked for, so that none has to be looked at: wherever it was, that day was over a day later."""
    moment = TABLES[scan.over].placed_by
    usual = scan.place.day == "local_date" and scan.place.moment == moment and not TABLES[scan.over][moment].nullable and not scan.split
    if scan.last is None or known_s is None or not usual or not needs.windows:
        return False
    agreed = {term for number, term in enumerate(needs.terms) if any(name.startswith(f"term_{number}_") for name in tables)}
    longest = max(float(str(it.value if isinstance(it, Constant) else it.otherwise)) for it in needs.windows)
    over = datetime(scan.last.year, scan.last.month, scan.last.day, tzinfo=UTC) + timedelta(days=2)
    return not agreed & {*needs.windows} and over.timestamp() + longest <= known_s


def _reasons_joined(scan: Scan, needs: Needs) -> set[str]:
    """The dimensions that the tree of reasons is joined for: rows hold their reason's level 2 themselves."""
    return {*_REASON_COLUMNS} - ({"reason2"} if matter_word(scan.over) in needs.words else set())


def _has_repeats(teams: pa.Table) -> bool:
    """Whether an id is listed by several teams."""
    if "listed_id" not in teams.column_names:
        return False
    pairs = teams.select(["listed_id", "team_id"]).group_by(["listed_id", "team_id"]).aggregate([])
    return len(set(pairs.column("listed_id").to_pylist())) < len(pairs)


def _agreed_tables(name: str, agreed: pa.Table, scan: Scan) -> dict[str, pa.Table]:
    import pyarrow.compute as pc

    named = pc.is_valid(agreed.column("queue_id"))
    tables = {f"{name}_any": agreed.filter(pc.invert(named))}
    if dimension_word(scan.over, "queue"):
        tables[f"{name}_queue"] = agreed.filter(named)
    return {name: table for name, table in tables.items() if len(table)}


class Rows:
    """The flat table of a scan, and the column of every leaf."""

    def __init__(self, scan: Scan, needs: Needs, layout: Layout) -> None:
        self.scan, self.needs, self.layout = scan, needs, layout
        own = {word for word in needs.words if "." not in word}
        self.links = sorted({word.partition(".")[0] for word in needs.words if "." in word}, key=lambda link: ("." in LINKS[scan.over][link][1], link))
        keys = {LINKS[scan.over][link][1] for link in self.links}
        own |= {key for key in keys if "." not in key}
        self.key = TABLES[scan.over].key or ""
        own |= {self.key} if layout.once else set()
        if any("." in key for key in keys) and "contact" not in self.links:
            self.links.insert(0, "contact")
            own.add("contact_id")
        self.linked = {word for word in (*needs.words, *keys) if "." in word}
        own |= cut.words_for(scan) if scan.split else set()
        source = told_table(scan.over, own) if scan.over != SUMMARY else counting(whole_table(SUMMARY))
        self.table = told_words(source, scan.over, own)
        if scan.split:
            self.table = cut.pieces(self.table, scan, layout.clocks)
        self._join_links()
        self._join_organisation()

    def of_the_days(self) -> list[Any]:
        """What says that a row is placed within the days asked for. Chosen together with all else: each choice by itself takes long to write."""
        day = self.table[self.scan.place.day]
        asked = [day.notnull()]
        asked += [day >= ibis.literal(first_mark).cast("date")] if self.scan.first else []
        asked += [day <= ibis.literal(last_mark).cast("date")] if self.scan.last else []
        return asked

    def _join_links(self) -> None:
        for link in self.links:
            table, key = LINKS[self.scan.over][link]
            wanted = sorted(word.partition(".")[2] for word in self.linked if word.partition(".")[0] == link)
            source = told_table(table, {*wanted, TABLES[table].key or ""}, f"link_{link}")
            right = source.select(link_key=source[TABLES[table].key or ""], **{_flat(f"{link}.{name}"): told_word(source, table, name) for name in wanted})
            if link in self.layout.absent:
                self.table = self.table.mutate(**{name: ibis.null(kind) for name, kind in right.schema().items() if name != "link_key"})
            else:
                self._left_join(right, [self.word(key) == right["link_key"]])

    def _join_organisation(self) -> None:
        for name, table in sorted(self.layout.tables.items()):
            right = ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name).rename(lambda column, name=name: f"{name}__{column}")
            self._left_join(right, list(self._meets(name, right)))

    def _meets(self, name: str, right: ibis.Table) -> Iterable[Any]:
        """What joins a row to a small table: an id, and the day where the table has days."""
        if name == "reasons":
            yield self.word(reason_word(self.scan.over) or "") == right["reasons__reason_id"]
        elif name in ("teams", "agents"):
            key = "listed_id" if f"{name}__listed_id" in right.columns else "agent_id"
            yield self.word(self.scan.credit or "") == right[f"{name}__{key}"]
        else:
            yield self.table["client_id"] == right[f"{name}__client_id"]
            if name.endswith("_queue"):
                yield self.word(dimension_word(self.scan.over, "queue") or "") == right[f"{name}__queue_id"]
        if f"{name}__starts" in right.columns:
            day = self.table["local_date" if _agreed_when_offered(self.scan, name) else self.scan.place.day]
            left = self.scan.over == "agent" and self.scan.place.day == "left_on"  # the first day without: the team is that of the day before
            yield day > right[f"{name}__starts"] if left else day >= right[f"{name}__starts"]
            yield day <= right[f"{name}__ends"] if left else day < right[f"{name}__ends"]

    def _left_join(self, right: ibis.Table, meets: list[Any]) -> None:
        self.table = self.table.left_join(right, meets)

    def keep_each_once(self) -> None:
        """Only `by team` counts a row for each team that answers for it; what the rows were chosen by does not repeat them."""
        if self.layout.once:
            groups = ["teams__leader_id"] if "leader" in self.scan.by else []
            self.table = self.table.distinct(on=[self.key, *groups], keep="first")

    def word(self, word: str) -> Any:
        return self.table[_flat(word)]

    def condition(self, node: Any) -> Any:
        """A condition over the rows; true where none is said."""
        return ibis.literal(True) if node is None else to_python(node, self.leaf)

    def met(self, node: Any) -> Any:
        """The same, perhaps missing where it is not met: filling gaps takes as long as adding a column up."""
        return ibis.literal(True) if node is None else to_met(node, self.leaf)

    def leaf(self, leaf: Any) -> Any:
        """The column of a leaf, as `contacts.spelled.to_python` asks for it."""
        match leaf:
            case Constant(value, kind):
                return ibis.literal(value, _LITERALS[family(kind)])
            case Term():
                return self._agreed(f"term_{self.needs.terms.index(leaf)}", leaf.otherwise)
            case Clock(measure=measure):
                menu = self._agreed(f"clock_{measure}", 0.0) == ibis.literal(1.0, "float64") if measure else ibis.literal(True)
                was_there = self.word("ivr_started_at").notnull()  # a chat, a call-back and a direct number have no menu, only a wait
                return ibis.ifelse(menu & was_there, self.word("ivr_wait_s"), self.word("wait_s"))
            case Name(name):
                return self.word(name)
        return self.dimension(leaf.name)

    def _agreed(self, name: str, otherwise: float) -> Any:
        values = [self.table[f"{table}__value"] for table in self._tables(name)]
        return ibis.coalesce(*values, ibis.literal(otherwise, "float64"))

    def _tables(self, name: str) -> list[str]:
        """Where something is agreed: the queue's own goes before what holds for all."""
        return [f"{name}_{kind}" for kind in ("queue", "any") if f"{name}_{kind}" in self.layout.tables]

    def dimension(self, name: str) -> Any:
        if word := dimension_word(self.scan.over, name):
            return self.word(word)
        if name == "reason2" and matter_word(self.scan.over) in self.needs.words:
            return self.word(matter_word(self.scan.over) or "")
        if name in _REASON_COLUMNS:
            return self.table[f"reasons__{name}"]
        match name:
            case "agent":
                return self.word(self.scan.credit or "")
            case "site":
                return self.table["agents__site_id"]
            case "team" | "leader":
                return self.table[f"teams__{name}_id"]
            case "tenure":
                return self._tenure()
            case "day":
                return self.table[self.scan.place.day]
            case "weekday":
                return self.table[self.scan.place.day].day_of_week.index().cast("int64") + 1
            case "hour":
                return (self.table[self.scan.place.minute or ""] // 60).cast("int64")
        return self._repeat()

    def _tenure(self) -> Any:
        """Whole months since the agent was hired, in bands; null before that day or where it is not known."""
        day, hired = self.table[self.scan.place.day], self.table["agents__hired_on"]
        months = (day.year() - hired.year()) * 12 + (day.month() - hired.month()) - ibis.ifelse(day.day() < hired.day(), 1, 0)
        return ibis.cases((months < 0, None), (months < 3, "0-3"), (months < 6, "3-6"), (months < 12, "6-12"), (months >= 12, "12+"), else_=None)

    def _repeat(self) -> Any:
        before = repeat_word(self.scan.over) or ""
        came_back = (self.word(before) <= self.leaf(repeat_window)).fill_null(False)
        return ibis.ifelse(self.word(before.replace("previous_handled_after_s", "customer_key")).isnull(), ibis.null("boolean"), came_back)

    def known_s(self) -> Any:
        """Until when the row's client is known, in seconds since 1970."""
        if "known" in self.layout.tables:
            return self.table["known__until_s"]
        return ibis.literal(self.layout.known_s, "float64")

    def ripe(self, window: Constant | Term) -> Any:
        """Whether the window had passed when the row's client was last known. One window for all is compared as a moment, which costs
        a third of counting seconds."""
        if self.layout.ripe:
            return ibis.literal(True)
        moment = self.table[self.scan.place.moment]
        same = isinstance(window, Constant) or not self._tables(f"term_{self.needs.terms.index(window)}")
        if self.layout.known_s is not None and same:
            elapsed = self.layout.known_s - float(str(window.value if isinstance(window, Constant) else window.otherwise))
            latest = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=elapsed)
            return (moment <= ibis.literal(latest, "timestamp('UTC')")).fill_null(False)
        return (moment.cast("timestamp('UTC')").epoch_seconds() + self.leaf(window) <= self.known_s()).fill_null(False)


def _agreed_when_offered(scan: Scan, table: str) -> bool:
    """Whether a small table holds terms about contacts: those hold that were valid on the day a contact was offered, wherever it is placed."""
    return scan.over == "contact" and table.startswith("term_")


def _flat(word: str) -> str:
    return word.replace(".", "__")


def told_table(table: str, words: Collection[str], name: str | None = None) -> ibis.Table:
    """A table with what these words are told by."""
    return whole_table(table, name, {*words, *(filled for word in words if (filled := filling(table, word)))})


def told_words(source: ibis.Table, table: str, words: Collection[str]) -> ibis.Table:
    """These words of a table alone, their gaps filled."""
    if {*source.columns} <= {*words} and not any(filling(table, word) for word in words):
        return source
    return source.select(**{name: told_word(source, table, name) for name in source.columns if name in words})


def told_word(source: ibis.Table, table: str, word: str) -> Any:
    """The column of a word, its gaps filled where another column fills them."""
    filled = filling(table, word)
    return source[word] if filled is None else source[filled].coalesce(source[word])


def linked_tables(over: str, links: Iterable[str]) -> Mapping[str, str]:
    """The name in SQL of each link's table, and the table."""
    return {f"link_{link}": LINKS[over][link][0] for link in links}
