"""What a file looks like: its system, or its columns with what they probably mean, and the mapping file that says so."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.errors import CannotRead, did_you_mean
from nyckeltal.sources import answers, find, mapping_text, proposal, ratings, totals
from nyckeltal.sources import fact as facts
from nyckeltal.sources.keys import Key
from nyckeltal.sources.mapping import DERIVED, KINDS, no_kind
from nyckeltal.sources.shapes import Shape, by_number, named_so, settled, shape
from nyckeltal.sources.tables import FileForm, RawTable, connect, read_table
from nyckeltal.sources.tables.text import glance
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

sample_rows = 1000
MONTHS_IN = ("en", "sv", "da", "hu", "fi")  # file names carry them


@dataclass(frozen=True)
class ColumnGuess:
    """One column of the file. `field` is what it means, None where nobody can tell; `confidence` is sure, check or none."""

    name: str
    samples: tuple[str, ...]
    shape: Shape
    field: str | None = None
    rule: Any = None
    confidence: str = "none"


@dataclass(frozen=True)
class Description:
    """`needed` are fields that a file must give and no column seems to; with none the proposed mapping can be loaded as it is.
    `likely` are the facts that the headers speak for, the likeliest first; `key` is what tells rows apart."""

    file: str
    system: str | None
    kind: str
    rows: int
    columns: tuple[ColumnGuess, ...]
    needed: tuple[str, ...]
    mapping: Mapping[str, Any]
    preview: tuple[Mapping[str, Any], ...] = ()
    likely: tuple[str, ...] = ()
    key: Key = field(default_factory=Key)
    read_by: str | None = None  # the system that the mapping is for

    @property
    def complete(self) -> bool:
        """Whether the proposal can be loaded."""
        return not self.needed

    @property
    def says_nothing(self) -> bool:
        """Whether no column means anything here, so that the proposal is none."""
        return self.system is None and self.read_by is None and bool(self.needed) and all(column.field is None for column in self.columns)

    def mapping_toml(self) -> str:
        """The proposed mapping file, what is unsure said in comments."""
        return mapping_text.toml(self)

    def as_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {**asdict(self), "complete": self.complete, "mapping_toml": self.mapping_toml()}


def describe(file: Path, system: str | None = None, *, fact: str | None = None, form: FileForm | None = None) -> Description:
    """Look at a file and propose how to read it; `fact` says which fact it tells, `form` what is known about the file itself."""
    glance(file)
    if fact is not None:
        known_fact(fact)
    source = find.system(system) if system else None if fact else find.recognise(file)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        con = connect(folder)
        try:
            if isinstance(source, answers.Asking):
                return _asked(con, file, folder, source)
            if source is not None:
                return Description(file.name, source.name, "contact", 0, (), (), {"fact": {"client": slug(file)}})
            return _table(con, file, folder, fact, form or FileForm())
        finally:
            con.close()


def known_fact(fact: str) -> str:
    """The fact itself, or a mistake that names those there are."""
    if fact in KINDS:
        return fact
    if fact in DERIVED:
        raise CannotRead(no_kind(fact))
    values = {"word": fact, "near": did_you_mean(fact, KINDS), "known": ", ".join(KINDS)}
    if values["near"] is None:
        raise CannotRead(Text("sources.describe.fact_of", "There is no fact “%(word)s”. There is: %(known)s.", values))
    raise CannotRead(Text("sources.describe.fact", "There is no fact “%(word)s”. Did you mean “%(near)s”? There is: %(known)s.", values))


def _table(con: duckdb.DuckDBPyConnection, file: Path, folder: Path, fact: str | None, form: FileForm) -> Description:
    whole = read_table(con, file, folder, form)
    raw, summed = _without_totals(con, whole, folder)
    found = con.execute(f"SELECT count(*) FROM read_parquet('{whole.rows}')").fetchone()
    seen = [_look(con, raw, at) for at in range(len(raw.names)) if raw.names[at]]
    likely = facts.likely([guess.name for guess in seen])
    if likely[0] in ("contact", "survey_response") and ratings.one_row_each(seen):
        likely = ["survey_invitation", *(one for one in likely if one != "survey_invitation")]
    elif by_hand := facts.by_values(seen, lambda name: proposal.values(con, raw, name)):
        likely = list(dict.fromkeys((by_hand, *likely)))
    kind = fact or likely[0]
    said = proposal.propose(con, raw, seen, kind, slug(file))
    if fact is None and said.needed and likely == ["contact"]:
        others = ((near, proposal.propose(con, raw, seen, near, slug(file))) for near in facts.nearest([guess.name for guess in seen])[:3])
        kind, said = next(((near, other) for near, other in others if not other.needed and _meant(other) > _meant(said)), (kind, said))
        likely = list(dict.fromkeys((kind, *likely)))
    if summed:
        said.mapping["leave_out"] = [*said.mapping.get("leave_out", ()), *(one.left_out for one in summed)]
    preview = _preview(con, raw, said.mapping, folder) if not said.needed else ()
    rows = int(found[0]) if found else 0
    return Description(file.name, None, kind, rows, said.columns, said.needed, said.mapping, preview, tuple(likely), said.key)


def _without_totals(con: duckdb.DuckDBPyConnection, raw: RawTable, folder: Path) -> tuple[RawTable, list[totals.Sums]]:
    """The table that is guessed from, and its rows of totals: they are no facts, and would spoil every column's shape."""
    sums = totals.found(con, raw)
    if not sums:
        return raw, []
    rows = folder / "without-totals.parquet"
    con.execute(f"COPY (SELECT * FROM read_parquet('{raw.rows}') WHERE NOT ({' OR '.join(one.sql for one in sums)})) TO '{rows}' (FORMAT parquet)")
    return replace(raw, rows=rows), sums


def _meant(said: proposal.Proposal) -> int:
    """How many columns have a meaning as this fact."""
    return sum(guess.field is not None for guess in said.columns)


def _asked(con: duckdb.DuckDBPyConnection, file: Path, folder: Path, source: answers.Asking) -> Description:
    """A survey tool's file: what a person has to say about it, guessed."""
    raw = source.tables(con, [file], folder)[0]
    mapping = answers.proposal(con, raw, source.known(con, raw), slug(file))
    (rows,) = con.execute(f"SELECT count(*) FROM read_parquet('{raw.rows}')").fetchone() or (0,)
    meant = {rule: field for field, rule in mapping["columns"].items() if isinstance(rule, str)}
    asked = {survey["value"]["from"] if isinstance(survey["value"], dict) else survey["value"] for survey in mapping["survey"]}
    seen = [_look(con, raw, at) for at in range(len(raw.names)) if raw.names[at]]
    fields = {**meant, **dict.fromkeys(asked, "survey")}
    guesses = [replace(guess, field=fields.get(guess.name), confidence="check" if guess.name in asked else "sure") for guess in seen]
    key = Key(tuple(mapping["key"]["columns"]), 0, rows)
    kind = "survey_invitation"
    return Description(file.name, None, kind, rows, tuple(guesses), (), mapping, _preview(con, raw, mapping, folder), (kind,), key, source.name)


def _look(con: duckdb.DuckDBPyConnection, raw: RawTable, at: int) -> ColumnGuess:
    first = f"SELECT c{at}, line FROM read_parquet('{raw.rows}') ORDER BY line LIMIT {sample_rows}"
    query = f"SELECT c{at} FROM ({first}) WHERE trim(coalesce(c{at}, '')) <> '' ORDER BY line"
    values = [str(value) for (value,) in con.execute(query).fetchall()]
    seen = by_number(_shape(con, values, raw.names[at]), raw.names[at], values)
    return ColumnGuess(raw.names[at], tuple(list(dict.fromkeys(values))[:3]), settled(con, f"SELECT c{at} FROM read_parquet('{raw.rows}')", seen))


def _shape(con: duckdb.DuckDBPyConnection, values: Sequence[str], name: str) -> Shape:
    """Below a header that says a time, a length or a number, “?” and “unknown” do not hide what the other cells are."""
    found = shape(con, values)
    if found.kind != "text" or not facts.is_measured(name):
        return found
    named = shape(con, values, named_so)
    return replace(named, sure=False) if named.kind in ("moment", "date", "clock", "number") else found


def _preview(con: duckdb.DuckDBPyConnection, raw: RawTable, mapping: Mapping[str, Any], folder: Path) -> tuple[Mapping[str, Any], ...]:
    """The first facts as they would be read."""
    from datetime import UTC, datetime

    from nyckeltal.errors import UserMistake
    from nyckeltal.sources.mapping_file import read_mapping
    from nyckeltal.sources.reading import Setting
    from nyckeltal.sources.staging import stage

    read, issues = read_mapping(mapping)
    if issues:
        return ()
    setting = Setting(folder, read.client or "", read.client, read.form.zone, datetime.now(UTC), lambda text: f"left(md5({text}), 8)")
    few = folder / "few.parquet"
    con.execute(f"COPY (SELECT * FROM read_parquet('{raw.rows}') ORDER BY line LIMIT 3) TO '{few}' (FORMAT parquet)")
    try:
        staged = stage(con, replace(raw, rows=few, ragged=None), read, setting, "preview")
    except UserMistake:
        return ()
    named = [rule.field for rule in read.rules]
    rows = con.execute(f"SELECT {', '.join(f'{name}::VARCHAR AS {name}' for name in named)} FROM read_parquet('{staged.rows}')").to_arrow_table().to_pylist()
    return tuple(rows)


def slug(file: Path) -> str:
    """A file's name as an id, without its date: next month's file is of the same client and source."""
    parts = [part for part in re.split(r"[\W_]+", file.name.split(".", 1)[0].casefold()) if part]
    lasting = [part for part in parts if not re.fullmatch(r"[vqwk]?\d+", part) and part not in _months()]
    return "-".join(lasting or parts) or "client"


@cache
def _months() -> frozenset[str]:
    """What months are called in file names, whole and short."""
    from babel.dates import get_month_names

    names: set[str] = set()
    for one in MONTHS_IN:
        names |= {*get_month_names("wide", "format", one).values(), *get_month_names("wide", "stand-alone", one).values()}
        names |= {*get_month_names("abbreviated", "format", one).values()}
    return frozenset(name.casefold().rstrip(".") for name in names)


def only(guesses: Sequence[ColumnGuess], *kinds: str) -> list[ColumnGuess]:
    """The columns whose values have one of these shapes."""
    return [guess for guess in guesses if guess.shape.kind in kinds]
