"""A formula with its conditions read: what rows it counts and how, ready to be compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.expression import Every
from nyckeltal.contacts.where import BadCondition, Word, parse, parse_value
from nyckeltal.errors import BadQuestion, did_you_mean
from nyckeltal.kpi import reach
from nyckeltal.kpi.amounts import LONGEST_D, too_long
from nyckeltal.kpi.definition import KINDS, NEEDED, OF_ONE_FACT
from nyckeltal.kpi.fields import thing
from nyckeltal.kpi.vocabulary import COUNTED, DIMENSIONS, TEAM_LISTS, Place, dates, place, plain, tells_apart, usual_credit, words
from nyckeltal.words import Text, short

if TYPE_CHECKING:
    from nyckeltal.contacts.expression import Condition, Value
    from nyckeltal.kpi.definition import Said, Setting

SIDE_KEYS = ("over", "date", "where", "total", "per", "credit", "by")
MEASURES = ("sd", "icc1", "evenness")  # of a spread
_FITTING = {"credit": ("id",), "apart": ("id", "text", "choice"), "rater": ("id",), "between": ("id",)}  # kinds of the words that a key may name
TABLED = ("spread", "alpha")  # kinds whose figure comes from a table of groups or pairs, not from sums


@dataclass(frozen=True)
class Formula:
    """One kind over one fact. For a ratio only `top` and `bottom` say what is counted; each is a formula or the id of a KPI."""

    kind: str
    over: str
    place: Place
    where: Condition | None = None
    credit: str | None = None
    direction: str = "inbound"
    of: Condition | Value | None = None
    among: Condition | None = None
    weight: Value | None = None
    per: str | None = None
    at: float | None = None
    missing: float | None = None
    doubt: Condition | None = None
    doubt_above: float = 0
    up: Condition | None = None
    down: Condition | None = None
    matures: str | None = None
    apart: str | None = None
    scale: float = 1
    rolling_months: int | None = None
    unit: str | None = None
    top: Formula | str | None = None
    bottom: Formula | str | None = None
    between: str | None = None
    exposure: Value | None = None
    measure: str | None = None
    thing: tuple[str, ...] = ()
    rater: str | None = None
    scale_of: str | None = None
    by: tuple[str, ...] | None = None  # of a side of a ratio: the dimensions that it has, where that is not all that its rows lead to

    @property
    def additive(self) -> bool:
        """Whether the figures of two groups of different rows add up to the figure of both."""
        return self.kind not in ("quantile", *TABLED) and self.per is None


class BadFormula(Exception):
    """The formula cannot be read; `mistakes` are pairs of the key and what is wrong with it, `readable` is what it says besides, of one fact."""

    def __init__(self, mistakes: list[tuple[str, Text]], readable: Formula | None = None) -> None:
        super().__init__("; ".join(str(mistake) for _, mistake in mistakes))
        self.mistakes, self.readable = mistakes, readable


def read_formula(said: Said, settings: Mapping[str, Setting]) -> Formula:
    """Read every condition of a formula; raises BadFormula with all that is wrong."""
    return _ratio(said, settings) if said.kind == "ratio" else _Reader(said.keys, settings).formula(said.kind)


def asked_formula(said: Said, settings: Mapping[str, Setting]) -> Formula:
    """The same of a definition that was checked, but not with the settings that are asked for; raises BadQuestion."""
    try:
        return read_formula(said, settings)
    except BadFormula as bad:
        raise BadQuestion(bad.mistakes[0][1]) from None


def _ratio(said: Said, settings: Mapping[str, Setting]) -> Formula:
    sides: dict[str, Formula | str] = {}
    english = 'A ratio counts two facts: say “%(key)s” on each side, as in top = { over = "sale", where = "accepted" }'
    mistakes = [(key, Text("kpi.ratio_of_one_fact", english, {"key": key})) for key in OF_ONE_FACT if said[key]]
    for side in KINDS["ratio"]:
        try:
            sides[side] = _side(said[side], said, settings)
        except BadFormula as bad:
            mistakes += [(side, text) for _, text in bad.mistakes]
            sides |= {side: bad.readable} if bad.readable else {}
    shared = {"scale": float(said["scale"] or 1), "rolling_months": said["rolling_months"], "unit": said["unit"], "apart": said["apart"]}
    read = Formula("ratio", "", Place("", "", None, None), top=sides.get("top"), bottom=sides.get("bottom"), **shared)
    if mistakes:
        raise BadFormula(mistakes, read)
    return read


def _side(side: Any, said: Said, settings: Mapping[str, Setting]) -> Formula | str:
    if not isinstance(side, Mapping):
        english = 'A side of a ratio is a table: { over = "contact", where = "handled" } or { kpi = "contacts_handled" }'
        raise BadFormula([("", Text("kpi.side_no_table", english))])
    if "kpi" in side:
        return str(side["kpi"])
    keys = {key: value for key, value in side.items() if key != "total"}
    keys |= {"of": side["total"]} if "total" in side else {}
    keys |= {"direction": said["direction"]} if said["direction"] else {}
    over = side.get("over")
    keys |= {"apart": said["apart"]} if said["apart"] and over in COUNTED and said["apart"] in words(over) else {}
    return _Reader(keys, settings).formula("total" if "total" in side else "count")


class _Reader:
    """Reads the keys of one formula and notes every mistake."""

    def __init__(self, keys: Mapping[str, Any], settings: Mapping[str, Setting]) -> None:
        self.keys, self.settings = keys, settings
        self.mistakes: list[tuple[str, Text]] = []
        self.over = str(keys.get("over"))
        if keys.get("over") is None:
            raise BadFormula([("over", missing("over"))])
        if self.over not in COUNTED:
            raise BadFormula([("over", unknown("fact", self.over, COUNTED))])
        self.words = _known(self.over, frozenset(settings))

    def formula(self, kind: str) -> Formula:
        value = kind in ("mean", "total", "quantile", *TABLED)
        read = Formula(
            kind=kind,
            over=self.over,
            place=self.place(),
            where=self.condition("where"),
            credit=self.credit(),
            direction=self.keys.get("direction", "inbound"),
            of=self.number("of") if value else self.condition("of"),
            among=self.condition("among"),
            weight=self.number("weight"),
            per=self.word("per"),
            at=self.keys.get("at"),
            missing=self.keys.get("missing"),
            doubt=self.condition("doubt"),
            doubt_above=float(self.keys.get("doubt_above", 0)),
            up=self.condition("up"),
            down=self.condition("down"),
            matures=self.setting("matures"),
            apart=self.apart(),
            scale=float(self.keys.get("scale", 1)),
            rolling_months=self.keys.get("rolling_months"),
            unit=self.keys.get("unit"),
            between=self.word("between"),
            exposure=self.number("exposure"),
            measure=self.one_of("measure", MEASURES, "sd") if kind == "spread" else None,
            thing=self.thing(),
            rater=self.word("rater"),
            scale_of=self.word("scale_of"),
            by=self.dimensions(),
        )
        self.mistakes += [(key, missing(f"{kind}.{key}")) for key in NEEDED.get(kind, ()) if self.keys.get(key) in (None, [])]
        if self.mistakes:
            raise BadFormula(self.mistakes, read)
        return read

    def condition(self, key: str) -> Condition | None:
        found: Condition | None = self.attempt(key, parse)
        return found

    def number(self, key: str) -> Value | None:
        found: Value | None = self.attempt(key, parse_value)
        return found

    def attempt(self, key: str, read: Any) -> Any:
        text = self.keys.get(key)
        if text is None:
            return None
        try:
            found = _parsed(read, str(text), self.over, frozenset(self.settings))
        except BadCondition as bad:
            self.mistakes += [(key, issue.text) for issue in bad.issues]
            return Every(bad.readable) if bad.readable else None  # whatever they are: it is looked through, never counted
        self.mistakes += [(key, said) for said in reach.mistakes(found, self.settings)] if any(word in str(text) for word in reach.WORDS) else []
        return found

    def one_of(self, key: str, choices: tuple[str, ...], otherwise: str) -> str:
        found = str(self.keys.get(key, otherwise))
        if found not in choices:
            self.mistakes.append((key, unknown("measure of spread", found, choices)))
        return found

    def thing(self) -> tuple[str, ...]:
        """The words that together name what is rated: one, or a list of them."""
        found = self.keys.get("thing")
        named = found if isinstance(found, list) else [] if found is None else [found]
        return tuple(word for name in named if (word := self.word("thing", name)))

    def dimensions(self) -> tuple[str, ...] | None:
        said = self.keys.get("by")
        named = said if isinstance(said, list) else []
        self.mistakes += [("by", unknown("dimension", str(name), DIMENSIONS)) for name in named if name not in DIMENSIONS]
        return None if said is None else tuple(map(str, named))

    def word(self, key: str, said: Any = None) -> str | None:
        name = self.keys.get(key) if said is None else said
        if name is None:
            return None
        if str(name) not in self.words:
            self.mistakes.append((key, unknown("word", str(name), [word for word, it in self.words.items() if it.kind in _FITTING.get(key, (it.kind,))])))
        return plain(self.over, str(name))

    def credit(self) -> str | None:
        credit = self.word("credit") or usual_credit(self.over)
        if credit and credit in self.words and self.words[credit].kind not in _FITTING["credit"]:
            self.mistakes.append(("credit", Text("kpi.credit_no_id", "“%(word)s” is no id, so it names neither agent nor team.", {"word": credit})))
        return credit

    def apart(self) -> str | None:
        name = self.word("apart")
        if name and name in self.words and self.words[name].kind not in _FITTING["apart"]:
            self.mistakes.append(("apart", Text("kpi.apart_no_name", "Figures are kept apart by an id or a text, and “%(word)s” is neither.", {"word": name})))
        return name

    def setting(self, key: str) -> str | None:
        name = self.keys.get(key)
        if name is not None and str(name) not in self.settings:
            self.mistakes.append((key, unknown("setting", str(name), self.settings)))
        elif name is not None and any(map(too_long, self.settings[name].seconds)):
            english = "“%(name)s” is how long a row must have stood: between 0 and %(most)s days."
            self.mistakes.append((key, Text("kpi.matures_too_long", english, {"name": name, "most": LONGEST_D})))
        return name

    def place(self) -> Place:
        found = place(self.over, self.keys.get("date"))
        if found is None:
            values = {"date": self.keys["date"], "over": self.over, "known": ", ".join(dates(self.over))}
            self.mistakes.append(("date", Text("kpi.no_local_day", "No local day is kept for “%(date)s”. A %(over)s is placed by: %(known)s", values)))
        return found or Place("", "", None, None)


@lru_cache(maxsize=1024)
def _known(over: str, settings: frozenset[str]) -> Mapping[str, Word]:
    """The words that a condition may use; those by which somebody is told apart stand in no suggestion, since most that is done with them is refused."""
    advised = {name: replace(word, advised=not tells_apart(over, name)) for name, word in words(over).items()}
    return {**advised, **{name: Word("number") for name in settings}}


@lru_cache(maxsize=4096)  # every question reads the same few conditions, and reading one takes as long as a small answer
def _parsed(read: Callable[[str, Mapping[str, Word]], Any], text: str, over: str, settings: frozenset[str]) -> Any:
    return read(text, _known(over, settings))


def is_team_list(credit: str | None) -> bool:
    """Whether a credit leads to a team by what the team answers for, not by who worked."""
    return credit in TEAM_LISTS


def missing(key: str) -> Text:
    return Text("kpi.key_missing", "“%(key)s” is missing.", {"key": key})


def unknown(what: str, name: str, known: Any) -> Text:
    """“There is no … called …”, with the nearest one there is, else all of them when they are few."""
    values: dict[str, object] = {"what": thing(what), "name": short(name)}
    if near := did_you_mean(name, known):
        return Text("kpi.unknown_near", "There is no %(what)s called “%(name)s”. Did you mean “%(near)s”?", {**values, "near": near})
    if known and len(known) <= 30:
        return Text("kpi.unknown_of", "There is no %(what)s called “%(name)s”. There are: %(known)s", {**values, "known": ", ".join(sorted(known))})
    return Text("kpi.unknown", "There is no %(what)s called “%(name)s”.", values)
