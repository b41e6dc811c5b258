"""A ticket system's exported table: its columns by name in any spelling, its dates in whichever form its people chose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources import cells, refusing, spans
from nyckeltal.sources.tables import FileForm, read_table
from nyckeltal.sources.tables.heading import below_separator
from nyckeltal.sources.tables.text import refuse
from nyckeltal.sources.tables.workbook import beginning
from nyckeltal.sources.tabular import too_many
from nyckeltal.sources.tickets.told import Tickets, no_number, same_word
from nyckeltal.when import clock
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.reading import Setting
    from nyckeltal.sources.tables import RawTable

_TIMES = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p")
DAY_FIRST = tuple(f"{day} {time}" for day in ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y") for time in _TIMES)
MONTH_FIRST = tuple(f"{day} {time}" for day in ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y") for time in _TIMES)
_NAMED = ("%d/%b/%y", "%d/%b/%Y", "%d-%b-%Y", "%d %b %Y", "%d %b %Y,", "%b %d, %Y")  # months whole or short, in any language known
NAMED_MONTH = tuple(f"{day} {time}" for day in _NAMED for time in _TIMES)
YEAR_FIRST = tuple(f"{day} {time}" for day in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d") for time in _TIMES)
FORMS = ("iso", *DAY_FIRST, *MONTH_FIRST, *YEAR_FIRST, *NAMED_MONTH)
_looked_at = 5_000
_SPACE = r"[\s\x{A0}\x{202F}]"  # those that do not break too
most_of_a_letter = 4  # bytes
_ragged = Text("sources.row.ragged_any", "The row has another number of cells than the header.")
_unreadable = Text("sources.ticket.no_moment", "“%(value)s” is no date with a time.")
_called = '%(file)s has no column “%(word)s”. Where it is called otherwise, say so under [headers] in a mapping: "its name there" = "%(word)s".'
Headers = Mapping[str, str]  # how lists in other languages head a column → how the English one does, both as `same_word` writes them


def header(file: Path, others: Headers | None = None) -> set[str]:
    """The words of the first line of a text, or of the header of a workbook's table, to tell a system by them; those of other languages in English."""
    try:
        start = beginning(file)
    except CannotRead:
        return set()
    try:
        text = start.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:  # what was read may end within a letter
        text = start[: wrong.start].decode("utf-8-sig") if len(start) - wrong.start < most_of_a_letter else start.decode("cp1252", errors="replace")
    first = below_separator(text).lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t|", key=first.count)
    words = {str(same_word(name.strip().strip('"'))) for name in first.split(separator) if name.strip().strip('"')}
    return {(others or {}).get(word, word) for word in words}


def in_english(setting: Setting, file: Path, names: Sequence[str], others: Headers) -> list[str | None]:
    """What an English list would call each column: as is known, and as [headers] in a mapping says; one named there that is not in the file is a mistake."""
    own = {same_word(name): same_word(meant) for name, meant in setting.told.get("headers", {}).items()}
    words = [same_word(name) for name in names]
    if missing := next((name for name in setting.told.get("headers", {}) if same_word(name) not in words), None):
        raise refuse(file, Text("sources.mapping.no_column", "%(file)s has no column “%(word)s”.", {"word": missing, "file": file.name}))
    return [own.get(word, others.get(str(word), word)) for word in words]


class Sheet:
    """One file as text cells; `n` tells its rows from those of all other files of the load."""

    def __init__(
        self, told: Tickets, file: Path, at: int, moments: Sequence[str], none: Sequence[str] = (), zone: str | None = None, others: Headers | None = None
    ) -> None:
        """`moments` are its columns of dates, in every spelling; cells with one of `none` say nothing; `zone` goes before the load's; `others` are the
        headers of other languages, where lists of the system have any."""
        self.told, self.file, self.none, self.zone = told, file, none, zone or told.setting.zone or "UTC"
        self.raw = read_table(told.con, file, told.setting.folder, FileForm(), f"sheet{at}")
        words = [same_word(name) for name in self.raw.names] if others is None else in_english(told.setting, file, self.raw.names, others)
        self.columns = {word: f"c{place}" for place, word in reversed(list(enumerate(words)))}
        self.first_n = told.n
        self.rows_n, last = told.con.execute(f"SELECT count(*), coalesce(max(line), 0) FROM ({self._lines()})").fetchone() or (0, 0)
        told.counted.read += self.rows_n
        told.n += last + 1
        self.form = form_of(told.con, told.setting, file, self.raw, [self.text(name) for name in moments if self.has(name)])

    def _lines(self) -> str:
        ragged = f" UNION ALL SELECT line FROM read_parquet('{self.raw.ragged}')" if self.raw.ragged else ""
        return f"SELECT line FROM read_parquet('{self.raw.rows}'){ragged}"

    @property
    def relation(self) -> str:
        return f"(SELECT *, line + {self.first_n} AS n FROM read_parquet('{self.raw.rows}'))"

    def has(self, *names: str) -> bool:
        return any(same_word(name) in self.columns for name in names)

    def text(self, *names: str) -> str:
        """SQL for the first of these columns that the file has, white space within made one space; NULL where it says nothing."""
        column = next((self.columns[same_word(name)] for name in names if same_word(name) in self.columns), None)
        if column is None:
            return "NULL::VARCHAR"
        found = f"nullif(trim(regexp_replace({column}, '{_SPACE}+', ' ', 'g')), '')"
        for nothing in self.none:
            found = f"nullif({found}, {cells.quote(nothing)})"
        return found

    def number(self, *names: str) -> str:
        return f"try_cast({self.text(*names)} AS DOUBLE)"

    def flag(self, *names: str) -> str:
        return cells.read("flag", f"lower({self.text(*names)})", (), None).value

    def word(self, *names: str) -> str:
        """SQL for the text as `same_word` writes it."""
        return f"lower(trim(regexp_replace({self.text(*names)}, '[\\s_-]+', ' ', 'g')))"

    def moment(self, *names: str) -> str:
        """SQL for a moment; the clock is the zone's where no offset stands there."""
        text = self.text(*names)
        if text == "NULL::VARCHAR":
            return "NULL::TIMESTAMPTZ"
        read = reading(text, self.form)
        zone = cells.quote(self.zone)
        local = clock.place_sql(f"({read.local})", zone) if read.local else "NULL"
        return f"coalesce({read.value}, {local})"

    def needs(self, *columns: Sequence[str]) -> None:
        """Refuse a file that has none of the names of a column without which nothing can be told."""
        if missing := next((names for names in columns if not self.has(*names)), None):
            raise refuse(self.file, Text("sources.ticket.no_column", _called, {"word": missing[0], "file": self.file.name}))

    def take(self, key: str, needed: str | None, shown: Sequence[str]) -> str:
        """Set aside the rows without `key` (SQL) or a readable `needed` moment (a column), and give the relation of the rest."""
        told, relation, moment = self.told, self.relation, self.moment(needed) if needed else "now()"
        originals = ", ".join(f"{cells.quote(name)}, {self.text(name)}" for name in shown if self.has(name))
        place = {"n": "n", "file": cells.quote(self.file.name), "line": "line"}
        told.take("record", relation, {**place, "original": f"json_object({originals})::VARCHAR"})
        bad = [(no_number, "number", f"SELECT n, NULL AS id, NULL AS value FROM {relation} WHERE {key} IS NULL")]
        if needed:
            query = f"SELECT n, {key} AS id, {self.text(needed)} AS value FROM {relation} WHERE {key} IS NOT NULL AND {moment} IS NULL"
            bad.append((_unreadable, needed, query))
        if self.raw.ragged:
            odd = f"(SELECT *, line + {self.first_n} AS n FROM read_parquet('{self.raw.ragged}'))"
            told.take("record", odd, place)
            bad.append((_ragged, "", f"SELECT n, NULL AS id, NULL AS value FROM {odd}"))
        refused = sum(self._aside(query, field, text) for text, field, query in bad)
        if refusing.too_many(refused, self.rows_n):
            raise too_many(self.file.name, refused, self.rows_n, list(self._reasons(bad)))
        return f"(FROM {relation} WHERE {key} IS NOT NULL AND {moment} IS NOT NULL)"

    def _reasons(self, bad: Sequence[tuple[Text, str, str]]) -> Iterator[tuple[Text, str, int, int]]:
        """Of each sort of bad rows how many there are, and the first with its line and what stands there."""
        for text, field, query in bad:
            n, first, value = self.told.con.execute(
                f"SELECT count(*), coalesce(min(n) FILTER (value IS NOT NULL), min(n)), arg_min(value, n) FROM ({query})"
            ).fetchone() or (0, 0, None)
            if n:
                yield Text(text.id, text.english, {"value": str(value or "")} if "%(value)s" in text.english else {}), field, n, first - self.first_n

    def _aside(self, query: str, field: str, said: Text) -> int:
        return self.told.set_aside_later(f"({query})", field, said)

    def note_unread(self, key: str, relation: str, *names: str) -> None:
        """Set aside what stands in these columns and is no moment; the row counts without it."""
        for name in names:
            if self.has(name):
                self._aside(
                    f"SELECT n, {key} AS id, {self.text(name)} AS value FROM {relation} WHERE {self.text(name)} IS NOT NULL AND {self.moment(name)} IS NULL",
                    name,
                    _unreadable,
                )


def form_of(con: duckdb.DuckDBPyConnection, setting: Setting, file: Path, raw: RawTable, texts: Sequence[str]) -> str:
    """The form in which most of the dates of some columns (SQL) can be read; a day and a month that could be each other are not guessed."""
    said = setting.told.get("file", {}).get("dates")
    if said or not texts:
        return str(said or "iso")
    reads = {form: reading("said", form) for form in FORMS}
    counts = ", ".join(f"count(*) FILTER (({read.value}) IS NOT NULL OR ({read.local}) IS NOT NULL)" for read in reads.values())
    dates = " UNION ".join(f"(SELECT DISTINCT {text} AS said FROM read_parquet('{raw.rows}') WHERE {text} IS NOT NULL LIMIT {_looked_at})" for text in texts)
    worth = dict(zip(FORMS, con.execute(f"SELECT {counts} FROM ({dates})").fetchone() or (), strict=True))
    best = max(FORMS, key=lambda form: worth[form])
    twin = _turned(best)
    if best in DAY_FIRST and worth.get(twin, 0) == worth[best] > 0:
        raise refuse(file, day_or_month(best))
    return best


def reading(text: str, form: str) -> cells.Reading:
    """How a date is read in a form; a month that is written out may be of another language."""
    return cells.read("moment", spans.month_in_english(text, form) if "%b" in form or "%B" in form else text, (form,), None)


def _turned(form: str) -> str:
    return form.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m")


def day_or_month(form: str) -> Text:
    """What to say of dates that could be read in two ways."""
    english = 'a date such as its first could be day or month first. Say dates = "%(one)s" or dates = "%(other)s" under [file] in a mapping.'
    return Text("sources.ticket.day_or_month", english, {"one": form, "other": _turned(form)})


def zone_note(setting: Setting) -> list[Text]:
    """What was assumed of times without an offset."""
    if setting.zone:
        return []
    english = 'No zone is stated, so times without an offset were read as UTC. Say zone = "Europe/Stockholm" or the like under [file].'
    return [Text("sources.warning.zone", english)]
