"""Tables with a mapping, as a source: read every file, stage it, and hand over facts, refused rows and counts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.contacts.schema import TABLES, arrow_schema
from nyckeltal.errors import BadMapping, CannotRead, Issue
from nyckeltal.sources import anonymous, called, cells, refusing
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.mapping import TableMapping, across, fit, refuse_if
from nyckeltal.sources.placing import placed_by
from nyckeltal.sources.reading import Counted, Reading, Setting
from nyckeltal.sources.staging import Staged, conditions, problem_rows, select_staged, stage
from nyckeltal.sources.survey import survey_facts
from nyckeltal.sources.tables import RawTable, read_table
from nyckeltal.sources.tables.text import packed
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb

repeated_at_most = 0.05
_alike = "Rows that are the same as another one in every cell, and count once: %(n)s. Where each is one of its own, add a column with a number for each row."
_ragged = Text("sources.row.ragged", "The row has %(cells)s cells where the header has %(columns)s.")


def read_tables(con: duckdb.DuckDBPyConnection, files: Sequence[Path], mapping: TableMapping, issues: list[Issue], setting: Setting) -> Reading:
    """Everything the files say, or one mistake that names all there is to mend."""
    raws = []
    for at, file in enumerate(files):
        size = 0 if packed(file) else file.stat().st_size  # how much a packed file holds is not known before it is read
        raws.append(read_table(con, file, setting.folder, mapping.form, f"file{at}", lambda done, size=size: setting.tell("read", done, size)))  # type: ignore[misc]  # a default argument in a lambda has no type
    return read_raw_tables(con, raws, mapping, issues, setting)


def read_raw_tables(con: duckdb.DuckDBPyConnection, raws: Sequence[RawTable], mapping: TableMapping, issues: list[Issue], setting: Setting) -> Reading:
    """The same of tables that have been read as text."""
    for raw in raws:
        issues += fit(mapping, raw.names, raw.file)
    if not issues:
        for raw in raws:
            issues += conditions(mapping, raw)[1]
    issues = [*(said for raw in raws if issues for said in across(mapping, raw.names, raw.file)), *issues]
    refuse_if(_once(issues), raws[0].file if raws else None)
    staged = []
    for at, raw in enumerate(raws):
        setting.tell("convert", at, len(raws))
        staged.append(stage(con, raw, mapping, setting, f"file{at}"))
    reading = _finish(con, staged, mapping, setting)
    guessed = [] if mapping.form.encoding else [note for raw in raws for note in notes(raw)]
    reading.warnings = [*guessed, *(note for raw in raws for note in raw.notes), *_zone_note(mapping, setting), *_currency_note(con, mapping)]
    if reading.contents_are_keys and (alike := reading.counts[mapping.kind].repeated):
        reading.warnings.append(Text("sources.warning.alike", _alike, {"n": alike}))
    if not reading.counts[mapping.kind].read:
        reading.warnings.append(Text("sources.warning.no_rows", "There is a header and no row below it."))
    return reading


def notes(raw: RawTable) -> list[Text]:
    """What was guessed about the file and may be wrong."""
    if raw.encoding not in ("cp1252", "latin-1"):
        return []
    said = Text(
        "sources.warning.encoding",
        "%(file)s is not UTF-8 and was read as %(encoding)s. If letters look wrong, say the encoding under [file].",
        {"file": raw.file, "encoding": raw.encoding},
    )
    return [said]


def _zone_note(mapping: TableMapping, setting: Setting) -> list[Text]:
    """Times without offset and without a zone are read as UTC, which is seldom meant."""
    local = any(rule.kind == "moment" and rule.columns and not any(form.startswith("epoch") or "%z" in form for form in rule.forms) for rule in mapping.rules)
    if not local or mapping.form.zone or setting.zone:
        return []
    return [
        Text("sources.warning.zone", 'No zone is stated, so times without an offset were read as UTC. Say zone = "Europe/Stockholm" or the like under [file].')
    ]


def _currency_note(con: duckdb.DuckDBPyConnection, mapping: TableMapping) -> list[Text]:
    """Amounts of which nobody says the currency stand apart from all others."""
    money = [rule.field for rule in mapping.rules if rule.kind == "money"]
    bare = " OR ".join(f"{field} IS NOT NULL" for field in money) or "false"
    [n] = (con.execute(f"SELECT count(*) FROM good WHERE currency IS NULL AND ({bare})").fetchone() if money else None) or (0,)
    english = 'Rows whose currency is not known: %(n)s. Say currency = { is = "SEK" } under [columns], or give the client a currency before loading.'
    return [Text("sources.warning.currency", english, {"n": n})] if n else []


def _once(issues: list[Issue]) -> list[Issue]:
    return list({(str(issue.text), issue.field): issue for issue in issues}.values())


def _finish(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], mapping: TableMapping, setting: Setting) -> Reading:
    counted, reading = Counted(), Reading(files={mapping.kind: ", ".join(one.raw.file for one in staged)})
    reading.counts[mapping.kind] = counted
    reading.contents_are_keys = not mapping.key and mapping.rule(TABLES[mapping.kind].key or "") is None
    for at, one in enumerate(staged):
        if _count(con, one, mapping, counted):
            reading.set_aside.append(_set_aside(con, one, mapping, setting, at))
    rows = " UNION ALL ".join(f"SELECT *, {at} AS file_at FROM read_parquet('{one.rows}')" for at, one in enumerate(staged))
    good = f"SELECT * FROM ({rows}) WHERE left_out IS NULL AND problem IS NULL"
    earlier = _repeated(con, good, mapping, counted)
    con.execute(f"CREATE OR REPLACE TEMP VIEW good AS SELECT * FROM ({good}) g{earlier}")
    reading.facts[mapping.kind] = [one.rows for one in staged]
    if earlier or counted.left_out or counted.refused:
        path = setting.folder / f"{mapping.kind}.parquet"
        con.execute(f"COPY (SELECT {select_staged(mapping.kind)} FROM good) TO '{path}' (FORMAT parquet)")
        reading.facts[mapping.kind] = [path]
    for table, paths in survey_facts(con, mapping, setting).items():
        reading.facts[table] = paths
    reading.kinds = coverage(con, reading.facts, setting, mapping.form.zone)
    return reading


def _count(con: duckdb.DuckDBPyConnection, one: Staged, mapping: TableMapping, counted: Counted) -> int:
    """Count this file's rows and refuse the file when too many of them are bad; returns how many are."""
    found = con.execute(f"SELECT left_out, problem, count(*), min(line) FROM read_parquet('{one.rows}') GROUP BY ALL ORDER BY 4").fetchall()
    ragged = con.execute(f"SELECT count(*), min(line) FROM read_parquet('{one.raw.ragged}')").fetchone() if one.raw.ragged else None
    odd = int(ragged[0]) if ragged else 0
    read = sum(int(n) for _, _, n, _ in found) + odd
    counted.read += read
    reasons: list[tuple[Text, str, int, int]] = []
    for left_out, problem, n, line in found:
        if left_out is not None:
            counted.left_out[mapping.leave_out[left_out].reason] += n
        elif problem is not None:
            broken = one.problems[problem]
            reasons.append((broken.text, broken.field, n, line))
    if odd and ragged:
        reasons.append((Text("sources.row.ragged_any", "The row has another number of cells than the header."), "", odd, int(ragged[1])))
    for text, field, n, _ in reasons:
        counted.refused[_reason(text, field)] += n
    refused = sum(n for _, _, n, _ in reasons)
    if refused:
        counted.headers[one.raw.file] = {"columns": list(one.raw.names), "separator": one.raw.separator}
    if read and refusing.too_many(refused, read):
        every = [(_with(one.problems[at].text, value), one.problems[at].field, n, line) for at, n, line, value in con.execute(one.every).fetchall()]
        raise too_many(one.raw.file, refused, read, [*every, *(reasons[-1:] if odd else ())])
    return refused


def _reason(text: Text, field: str) -> str:
    """A reason as counted: without the one row's value."""
    return f"{field}: {_told(text)}" if field else str(_told(text))


def _told(text: Text) -> Text:
    return called.named(Text(text.id, text.english, {"value": "…", **text.values})) if "%(" in text.english else text


def _with(text: Text, value: str | None) -> Text:
    """The reason with what stands in the first of its rows."""
    return text if value is None or "%(value)s" not in text.english else called.named(Text(text.id, text.english, {**text.values, "value": value}))


def too_many(file: str, refused: int, read: int, reasons: Sequence[tuple[Text, str, int, int]]) -> CannotRead:
    """The whole file is refused, with each reason, how often and where first."""
    issues = [
        Issue(Text("sources.refused.reason", "%(n)s rows: %(reason)s", {"n": n, "reason": _told(text)}), file, line, field or None)
        for text, field, n, line in sorted(reasons, key=lambda reason: -reason[2])
    ]
    said = Text(
        "sources.refused.file",
        "%(file)s: %(refused)s of %(read)s rows cannot be used, more than %(most)s %%, so nothing was loaded. Most often: %(first)s",
        {"file": file, "refused": refused, "read": read, "most": refusing.percent(read), "first": called.told(issues[0])},
    )
    return CannotRead(said, issues)


def _repeated(con: duckdb.DuckDBPyConnection, good: str, mapping: TableMapping, counted: Counted) -> str:
    """Keep the last row of each key; a key that many different rows share is no key. The SQL that leaves out the earlier ones."""
    twice = f"CREATE OR REPLACE TEMP TABLE twice AS SELECT hash(source_id) AS h FROM ({good}) GROUP BY 1 HAVING count(*) > 1"
    if not con.execute(twice).fetchall()[0][0]:
        return ""
    placed = placed_by(mapping.kind) or ("valid_from" if "valid_from" in TABLES[mapping.kind] else "NULL")
    newest = f"{'changed_at NULLS FIRST, ' if mapping.changed_at else ''}file_at, line"
    con.execute(f"""CREATE OR REPLACE TEMP TABLE earlier AS
        SELECT file_at, line, {placed} IS DISTINCT FROM last_value({placed}) OVER here AND file_at = last_value(file_at) OVER here AS differs
        FROM ({good}) WHERE hash(source_id) IN (SELECT h FROM twice)
        WINDOW here AS (PARTITION BY source_id ORDER BY {newest} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
        QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY {newest}) < count(*) OVER (PARTITION BY source_id)""")
    n, differing, line = con.execute("SELECT count(*), count(*) FILTER (differs), min(line) FILTER (differs) FROM earlier").fetchone() or (0, 0, 0)
    counted.repeated += n
    kept = counted.read - counted.left_out.total() - counted.refused.total()
    if differing > repeated_at_most * kept and not mapping.changed_at:
        raise _no_key(mapping, differing, kept, line)
    return " ANTI JOIN earlier USING (file_at, line)" if n else ""


def _no_key(mapping: TableMapping, differing: int, kept: int, line: int) -> BadMapping:
    columns = " + ".join(mapping.key) or "the id"
    text = Text(
        "sources.mapping.key_not_unique",
        "The key (%(columns)s) is not unique: %(n)s of %(read)s rows share it with another one of another time. Name the columns that tell rows apart.",
        {"columns": columns, "n": differing, "read": kept},
    )
    return BadMapping(text, (Issue(text, None, line, "key"),))


def _set_aside(con: duckdb.DuckDBPyConnection, one: Staged, mapping: TableMapping, setting: Setting, at: int) -> Path:
    """The refused rows of a file as the ledger has them, with the row as it stood."""
    path = setting.folder / f"set_aside-{at}.parquet"
    con.execute("CREATE OR REPLACE TEMP TABLE problems (problem INTEGER, field VARCHAR, reason_id VARCHAR, english VARCHAR, others VARCHAR, letters VARCHAR)")
    rows = [(*row, _letters(one.raw, mapping, row[1])) for row in problem_rows(one.problems)]
    if rows:
        con.executemany("INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?)", rows)
    bad = f"""SELECT r.line, s.source_id, nullif(p.field, '') AS field, p.reason_id, replace(p.english, '%(value)s', coalesce(s.problem_value, '')) AS reason,
        json_merge_patch(p.others, json_object('value', s.problem_value, 'cell', p.letters || r.line))::VARCHAR AS "values",
        {_original(one.raw, anonymous.kept(mapping, one.raw))} AS original
        FROM read_parquet('{one.rows}') s JOIN problems p USING (problem) JOIN read_parquet('{one.raw.rows}') r ON r.line = s.line"""
    if one.raw.ragged:
        whole = "NULL::VARCHAR" if mapping.kind == anonymous.KIND else "original"
        bad += f""" UNION ALL SELECT line, NULL, NULL, {cells.quote(_ragged.id)},
            replace(replace({cells.quote(_ragged.english)}, '%(cells)s', cells::VARCHAR), '%(columns)s', columns::VARCHAR),
            json_object('cells', cells::VARCHAR, 'columns', columns::VARCHAR)::VARCHAR, {whole} FROM read_parquet('{one.raw.ragged}')"""
    said = {"load_id": setting.load_id, "fact": mapping.kind, "file": one.raw.file}
    constants = {name: f"{cells.quote(value)}" for name, value in said.items()} | {"set_aside_at": f"TIMESTAMPTZ '{setting.now.isoformat()}'"}
    columns = ", ".join(f'{constants.get(name, chr(34) + name + chr(34))} AS "{name}"' for name in arrow_schema("set_aside").names)
    con.execute(f"COPY (SELECT {columns} FROM ({bad}) ORDER BY line) TO '{path}' (FORMAT parquet)")
    return path


def _letters(raw: RawTable, mapping: TableMapping, field: str) -> str | None:
    """The column of a sheet in which a field stands, where it is one column."""
    rule = mapping.rule(field)
    return raw.letters(rule.columns[0]) if rule and len(rule.columns) == 1 else None


def _original(raw: RawTable, kept: Sequence[bool]) -> str:
    """The row as one line of the file would write it; cells that may not be kept are empty."""
    mark = cells.quote(raw.separator)

    def part(column: str) -> str:
        quoted = f"'\"' || replace({column}, '\"', '\"\"') || '\"'"
        special = " OR ".join(f"contains({column}, {one})" for one in (mark, "'\"'", "chr(10)"))
        return f"CASE WHEN {column} IS NULL THEN '' WHEN {special} THEN {quoted} ELSE {column} END"

    return f"concat_ws({mark}, {', '.join(part(f'r.c{at}') if keep else repr('') for at, keep in enumerate(kept))})"
