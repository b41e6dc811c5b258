"""Local clocks of a whole table placed in UTC (reference 9.3, rule 1): the hour that comes twice by the order of the rows,
the hour that never comes shifted and marked, clock times after midnight on the next day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from nyckeltal.sources import cells
from nyckeltal.sources.placing import placed_by
from nyckeltal.when import clock

if TYPE_CHECKING:
    import duckdb

    from nyckeltal.sources.mapping import Rule, TableMapping
    from nyckeltal.sources.reading import Setting
    from nyckeltal.sources.tables.raw import RawTable

before_the_placing = ("ivr_started_at",)
through_days = {"absence": ("ended_at",)}
half_a_day = "INTERVAL 12 HOUR"
_steady = {"UTC", "Etc/UTC", "GMT"}


@dataclass(frozen=True)
class Clock:
    """Reads every moment of a table. `folds` is a temporary table of the lines whose twice-told hour the order of rows resolved."""

    zone: str
    now: datetime
    moments: dict[str, Rule]
    placing: str | None
    days: tuple[str, ...]
    folds: str | None
    through: tuple[str, ...] = ()  # whose day, named without a time, is the last one and not the first after it

    @staticmethod
    def of(con: duckdb.DuckDBPyConnection, raw: RawTable, mapping: TableMapping, setting: Setting) -> Clock:
        """The clock of a mapping over a file; looks at the days on which the hour comes twice."""
        moments = {rule.field: rule for rule in mapping.rules if rule.kind == "moment" and rule.columns}
        if mapping.changed_at:
            moments["changed_at"] = mapping.changed_at
        for at, survey in enumerate(mapping.surveys):
            if survey.answered_at:
                moments[f"s{at}_answered_at"] = survey.answered_at
        placing = placed_by(mapping.kind)
        zone = mapping.form.zone or setting.zone or "UTC"
        days = () if zone in _steady else change_days(zone)
        through = through_days.get(mapping.kind, ())
        here = Clock(zone, setting.now, moments, placing if placing in moments else None, days, None, through)
        return replace(here, folds=here.sequence(con, raw) if days else None)

    def local(self, name: str, text: str) -> str:
        """The local reading of a text, NULL where it has an offset of its own."""
        found = cells.read("moment", text, self.moments[name].forms, None).local or "NULL::TIMESTAMP"
        if name not in self.through:
            return found
        return f"CASE WHEN ({found})::TIME = TIME '00:00' AND NOT contains({text}, ':') THEN ({found}) + INTERVAL 1 DAY ELSE ({found}) END"

    def sequence(self, con: duckdb.DuckDBPyConnection, raw: RawTable) -> str | None:
        """Which rows of the twice-told hour stand in its second pass, where the order of rows says so."""
        if self.placing is None:
            return None
        rule = self.moments[self.placing]
        zone = cells.quote(self.zone)
        inside = f"coalesce({clock.flag_sql('l', zone)} = 'ambiguous', false)"
        texts = f"SELECT line, {text_of(rule, raw)} AS x FROM read_parquet('{raw.rows}')"
        local = f"SELECT line, {self.local(self.placing, 'x')} AS l FROM ({texts})"
        rows = f"SELECT line, l, l::DATE AS day, {inside} AS inside FROM ({local}) WHERE {self.changes('l')}"
        con.execute(f"CREATE OR REPLACE TEMP TABLE folds AS {_SEQUENCE.format(rows=rows)}")
        some = con.execute("SELECT count(*) FROM folds").fetchone()
        return "folds" if some and some[0] else None

    def changes(self, local: str) -> str:
        """Whether a local time lies on a day on which the clock is changed."""
        days = ", ".join(f"DATE '{day}'" for day in self.days)
        return f"{local}::DATE IN ({days})"

    def placed(self, texts: str) -> str:
        """Adds m_<name>, the moment, and f_<name>, its mark, for every moment whose text is x_<name>."""
        if not self.moments:
            return texts
        read = ", ".join(
            f"{self.local(name, f'x_{name}')} AS r_{name}, {cells.read('moment', f'x_{name}', rule.forms, None).value} AS a_{name}"
            for name, rule in self.moments.items()
        )
        wrapped = ", ".join(f"{self._wrapped(name)} AS l_{name}" for name in self.moments)
        inner = f"SELECT *, {wrapped} FROM (SELECT *, {read} FROM ({texts}))"
        if not self.days:
            steady = ", ".join(f"coalesce(a_{name}, l_{name}::TIMESTAMPTZ) AS m_{name}" for name in self.moments)
            return f"SELECT *, {steady} FROM ({inner})"
        return self._on_changing_clock(inner)

    def _wrapped(self, name: str) -> str:
        """A clock time put together with the same day as the placing moment, half a day before it: it was after midnight."""
        placing = self.placing
        if placing is None or name == placing or len(self.moments[name].columns) < 2:
            return f"r_{name}"
        if not set(self.moments[name].columns) & set(self.moments[placing].columns):
            return f"r_{name}"
        return f"CASE WHEN r_{name} < r_{placing} - {half_a_day} THEN r_{name} + INTERVAL 1 DAY ELSE r_{name} END"

    def _on_changing_clock(self, inner: str) -> str:
        zone = cells.quote(self.zone)
        joined = (
            f"SELECT t.*, f.second FROM ({inner}) t LEFT JOIN {self.folds} f USING (line)"
            if self.folds
            else f"SELECT *, NULL::BOOLEAN AS second FROM ({inner})"
        )
        parts = []
        for name in self.moments:
            late, early = f"timezone({zone}, l_{name})", clock.place_sql(f"l_{name}", zone)
            changes = self.changes(f"l_{name}")
            parts += [f"coalesce(a_{name}, {late}) AS late_{name}", f"coalesce(a_{name}, CASE WHEN {changes} THEN {early} ELSE {late} END) AS early_{name}"]
            parts.append(f"CASE WHEN {changes} THEN {clock.flag_sql(f'l_{name}', zone)} || '_hour' END AS g_{name}")
        both = f"SELECT *, {', '.join(parts)} FROM ({joined})"
        others = ["true AS clocks_read", *(self._other(name) for name in self.moments if name != self.placing)]
        return f"SELECT *, {', '.join(others)} FROM ({self._first(both)})"

    def _first(self, both: str) -> str:
        if self.placing is None:
            return both
        name = self.placing
        moment = f"CASE WHEN second THEN late_{name} ELSE early_{name} END AS m_{name}"
        return f"SELECT *, {moment}, CASE WHEN second IS NULL THEN g_{name} END AS f_{name} FROM ({both})"

    def _other(self, name: str) -> str:
        """In the twice-told hour a row's other moments take the pass that fits its placing moment."""
        if self.placing is None:
            return f"early_{name} AS m_{name}, g_{name} AS f_{name}"
        at = f"m_{self.placing}"
        if name in before_the_placing:
            return f"CASE WHEN late_{name} <= {at} THEN late_{name} ELSE early_{name} END AS m_{name}, NULL AS f_{name}"
        only_late = f"early_{name} < {at} AND late_{name} >= {at}"
        return f"CASE WHEN {only_late} THEN late_{name} ELSE early_{name} END AS m_{name}, CASE WHEN {only_late} THEN NULL ELSE g_{name} END AS f_{name}"

    def marks(self, name: str) -> list[str]:
        """The SQL of the marks a moment earns."""
        return [f"f_{name}"] if self.days else []


# Rows of a changed day in the order of the file. Where time runs forward, one step back inside the hour is the change of the
# clock; where the newest stand first, one step forward is. More steps than one: the order says nothing.
_SEQUENCE = """
WITH rows AS ({rows}),
steps AS (SELECT *, lag(l) OVER here AS previous, lag(inside) OVER here AS was_inside FROM rows WINDOW here AS (PARTITION BY day ORDER BY line)),
counted AS (
    SELECT *,
        count(*) FILTER (l > previous AND NOT (inside AND was_inside)) OVER (PARTITION BY day) AS forward,
        count(*) FILTER (l < previous AND NOT (inside AND was_inside)) OVER (PARTITION BY day) AS backward,
        count(*) FILTER (l < previous AND inside AND was_inside) OVER (PARTITION BY day) AS drops,
        count(*) FILTER (l > previous AND inside AND was_inside) OVER (PARTITION BY day) AS rises,
        count(*) FILTER (l < previous AND inside AND was_inside) OVER (PARTITION BY day ORDER BY line) AS dropped,
        count(*) FILTER (l > previous AND inside AND was_inside) OVER (PARTITION BY day ORDER BY line) AS risen
    FROM steps)
SELECT line, CASE WHEN forward >= backward THEN dropped = 1 ELSE risen = 0 END AS second
FROM counted
WHERE inside AND CASE WHEN forward >= backward THEN backward * 10 <= forward AND drops = 1 ELSE forward * 10 <= backward AND rises = 1 END
"""


@lru_cache(maxsize=64)
def change_days(zone: str, first_year: int = 1970, last_year: int = 2040) -> tuple[str, ...]:
    """The local days on which the zone's clock is changed, as ISO text."""
    here, days = clock.zone(zone), []
    day, before = date(first_year, 1, 1), None
    while day.year <= last_year:
        after = datetime.combine(day, time(), tzinfo=here).utcoffset()
        if before is not None and after != before:
            days.append((day - timedelta(days=1)).isoformat())
        day, before = day + timedelta(days=1), after
    return tuple(days)


def text_of(rule: Rule, raw: RawTable) -> str:
    """The cell or cells of a rule as one text, NULL where the file says none."""
    none = ", ".join(map(cells.quote, rule.none))
    parts = [cells.trimmed(raw.column(name)) for name in rule.columns]
    if len(parts) > 1 and rule.kind in cells.dated:
        parts = [clock_part(part) for part in parts]
    if none:
        parts = [f"CASE WHEN {part} NOT IN ({none}) THEN {part} END" for part in parts]
    joined = (" || ' ' || " if rule.kind in (*cells.dated, "text") else " || '-' || ").join(parts)
    return f"CASE WHEN ({joined}) NOT IN ({none}) THEN {joined} END" if none and len(parts) > 1 else joined


def clock_part(part: str) -> str:
    """A workbook writes a bare day as midnight and a bare time on its day zero; put together, those halves go."""
    return f"regexp_replace({part}, '^(1899-12-3[01]|1900-01-0[01]) |[ T]00:00:00(\\.0+)?$', '')" if part else part
