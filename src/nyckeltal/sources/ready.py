"""Systems that need no code: a folder with a mapping for each fact that their export tells, recognised by the columns those mappings name."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from nyckeltal.errors import CannotRead
from nyckeltal.sources.coverage import coverage
from nyckeltal.sources.documents import peek
from nyckeltal.sources.gathered import default_client
from nyckeltal.sources.mapping import TableMapping, with_client, with_zone
from nyckeltal.sources.mapping_file import read_mapping
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.tables.heading import separator_line
from nyckeltal.sources.tables.separated import separators
from nyckeltal.sources.tables.text import form, plain, refuse
from nyckeltal.words import Text

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Ready:
    """`folder` holds the mappings; all whose columns a file has are read from it, each as one fact.

    `optional` are fields whose columns an export may leave out; `prepared` makes the export's rows, line for line, into those that the mappings know. `unnamed`
    are the columns of files whose first line `is_unnamed`, which is a row already.
    """

    name: str
    title: Text
    folder: Path
    optional: frozenset[str] = frozenset()
    prepared: Callable[[Path, Path], Path] | None = None
    unnamed: tuple[str, ...] = ()
    is_unnamed: Callable[[Sequence[str]], bool] = lambda _: False

    @cached_property
    def mappings(self) -> dict[str, TableMapping]:
        """By the name of their file."""
        return {path.stem: read_mapping(path)[0] for path in sorted(self.folder.glob("*.toml"))}

    def recognises(self, file: Path) -> bool:
        """By its header, which has every column of one of the mappings."""
        try:
            return form(file) == "text" and bool(self._fitting(self._names(file)[0]))
        except CannotRead:
            return False

    def read(self, con: duckdb.DuckDBPyConnection, files: Sequence[Path], setting: Setting) -> Reading:
        """Each fact of the files."""
        from nyckeltal.sources.tabular import read_tables

        found: dict[tuple[str, frozenset[str], tuple[str, ...] | None], list[Path]] = {}
        for file in files:
            names, unnamed = self._names(file)
            fitting = self._fitting(names)
            if not fitting:
                needed = ", ".join(dict.fromkeys(column for column, _ in next(iter(self.mappings.values())).used))
                raise refuse(
                    file, Text("sources.ready.columns", "its columns are not those of %(system)s: %(needed)s.", {"system": self.name, "needed": needed})
                )
            for name in fitting:
                found.setdefault((name, self._lacking(name, names), unnamed), []).append(self.prepared(file, setting.folder) if self.prepared else file)
        reading = Reading()
        for at, ((name, lacking, unnamed), those) in enumerate(found.items()):
            folder = setting.folder / f"{name}-{at}"
            folder.mkdir()
            mapping = self.mappings[name]
            rules = tuple(rule for rule in mapping.rules if rule.said not in lacking)
            mapping = replace(mapping, rules=rules, form=replace(mapping.form, names=unnamed))
            mapping = with_zone(with_client(mapping, setting.client or default_client), setting.zone)
            reading.join(read_tables(con, those, mapping, [], replace(setting, folder=folder, client=setting.client or default_client)))
        reading.kinds = coverage(con, reading.facts, setting, setting.zone)
        return reading

    def _names(self, file: Path) -> tuple[set[str], tuple[str, ...] | None]:
        """The columns of a file, and all of them in their order where it does not name them itself."""
        cells = _first_row(file)
        return ({*self.unnamed}, self.unnamed) if self.is_unnamed(cells) else ({*cells}, None)

    def _fitting(self, names: set[str]) -> list[str]:
        """The mappings that a file of these columns has all it needs for; of several for one fact the one that uses most of them."""
        best: dict[str, tuple[int, str]] = {}
        for name, mapping in self.mappings.items():
            needed = {column for column, purpose in mapping.used if purpose not in self.optional}
            if needed <= names:
                best[mapping.kind] = max(best.get(mapping.kind, (0, "")), (len(needed), name))
        return [name for _, name in best.values()]

    def _lacking(self, name: str, names: set[str]) -> frozenset[str]:
        """The optional fields for which the file has no column."""
        return frozenset(purpose for column, purpose in self.mappings[name].used if column not in names and purpose in self.optional)


def rewritten(file: Path, folder: Path, row: Callable[[dict[str, str]], dict[str, str]], unnamed: Sequence[str] = ()) -> Path:
    """The table line for line with its rows changed, in a file of the same name; a row of another width stands as it is. `unnamed` are its columns
    where the first line is a row already."""
    target = folder / "rewritten" / file.name
    target.parent.mkdir(exist_ok=True)
    with plain(file, folder).path.open(encoding="utf-8", newline="") as said, target.open("w", encoding="utf-8", newline="") as out:
        blank, mark, first = beginning(said)
        out.write("\n" * blank)  # lines keep their numbers
        names = list(unnamed or first)
        write = csv.writer(out, delimiter=mark, lineterminator="\n")
        if not unnamed:
            write.writerow(names)
        for cells in chain([first] if unnamed else (), csv.reader(said, delimiter=mark)):
            write.writerow(row(dict(zip(names, cells, strict=True))).values() if len(cells) == len(names) else cells)
    return target


def beginning(said: Iterator[str]) -> tuple[int, str, list[str]]:
    """How many blank lines stand first, what separates cells, and those of the first line that says anything."""
    blank, first = next(((at, line) for at, line in enumerate(said) if line.strip() and not separator_line.match(line.rstrip() + "\n")), (0, ""))
    mark = max(separators, key=first.count)
    return blank, mark, [name.strip() for name in next(csv.reader([first], delimiter=mark), [])]


def _first_row(file: Path) -> list[str]:
    return beginning(iter(peek(file).splitlines()))[2]
