"""Loading: read, check, store. A load counts in all its tables or in none, and the same load again changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts.schema import MODEL_VERSION
from nyckeltal.errors import BadMapping, CannotRead, Issue, StoreBusy
from nyckeltal.sources import find, refusing
from nyckeltal.sources.becoming import Into, ReadAnew, new_id
from nyckeltal.sources.mapping import TableMapping, with_client, with_zone
from nyckeltal.sources.mapping_file import read_mapping, text_and_tables
from nyckeltal.sources.reading import Progress, Reading, Setting
from nyckeltal.sources.report import FactCount, LoadReport, already, counts_from, unchanged
from nyckeltal.sources.saved import by_name
from nyckeltal.sources.source import Source
from nyckeltal.sources.tables.text import glance
from nyckeltal.sources.written import together
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.contacts.store import ContactStore, Snapshot
    from nyckeltal.sources.describe import Description

__all__ = ["FactCount", "LoadReport", "describe", "load", "load_together", "new_id", "undo"]

_unknown_told = "%(file)s is of no system known here, and the mapping says “%(word)s”, which only a system's reader understands. Say which one with --as."
most_readings = 5


@dataclass(frozen=True)
class _Job:
    """What is to be loaded, and how."""

    files: tuple[Path, ...]
    system: Source | None
    mapping: TableMapping | None
    issues: tuple[Issue, ...]
    client: str | None
    zone: str | None
    told: Mapping[str, Any] = field(default_factory=dict)  # what a mapping says to a system's reader

    @property
    def source(self) -> str:
        if self.mapping and self.mapping.source:
            return self.mapping.source
        if self.system and (named := self.told.get("fact", {}).get("source")):
            return str(named)
        if self.system:
            return f"{self.system.name}-{self.client}" if self.client else self.system.name
        return self.client or (self.mapping.kind if self.mapping else "files")

    def marker(self, after: str | None = None) -> str:
        """The hash of file, mapping, client and model version, and of the load before it where that matters."""
        digest = hashlib.sha256((after or "").encode())
        said = [MODEL_VERSION, self.source, self.client, self.zone, self.system.name if self.system else None, self.mapping.text if self.mapping else None]
        if beyond := {name: part for name, part in self.told.items() if name not in ("file", "fact")}:
            said.append(json.dumps(beyond, default=str, sort_keys=True))
        digest.update(json.dumps(said).encode())
        for one in sorted(_hash(file) for file in self.files):
            digest.update(one)
        return digest.hexdigest()


def load(
    paths: str | Path | Iterable[str | Path],
    *,
    system: str | None = None,
    mapping: Path | str | Mapping[str, Any] | None = None,
    client: str | None = None,
    zone: str | None = None,
    home: Path | str | None = None,
    now: datetime | None = None,
    by: str | None = None,
    progress: Progress | None = None,
    after: str | None = None,
    grows: str | None = None,
    most_refused: float | None = None,
) -> LoadReport:
    """Read files or folders into the store under `home`.

    Without `system` and `mapping` the system is told from the files. With both, the mapping's [file] and [fact] say the
    zone, client and source of the system's files. `client` and `zone` go before what the mapping says.

    `after` is the load of the same source that came before: what a source says again after it has said something else counts again.
    `grows` is the id of a load that these files, which hold all of its rows, take further; it is begun where there is none.
    `most_refused` is the share of rows above which a file is refused whole, for sources of which more is known than of others.
    """
    from nyckeltal.contacts.store import ContactStore

    moment = now or datetime.now(UTC)
    job = _job(_files(paths), system, by_name(mapping, home), client, zone)
    for file in job.files:
        glance(file)
    store = ContactStore(home)
    store.bring_up(progress)
    into = Into(job.marker(after), moment, by, grows)
    with store.stage() as staging:

        def read() -> Reading:
            with refusing.above(most_refused):
                return _read(job, _setting(job, store, staging.folder, into, progress), store)

        return _until_in(store, job, into, read, progress)


def _until_in(store: ContactStore, job: _Job, into: Into, read: Callable[[], Reading], progress: Progress | None) -> LoadReport:
    """Read and merged; read anew where the store changed meanwhile so that it would be read otherwise."""
    for _ in range(most_readings):
        if earlier := into.already(store):
            return already(earlier, job.files)
        reading = read()
        with suppress(ReadAnew):
            return _merge(store, job, reading, into, progress)
    english = "Other loads of “%(source)s” came in again and again meanwhile. Load its files one after the other."
    raise StoreBusy(Text("sources.load.busy", english, {"source": job.source}))


def load_together(
    parts: Sequence[tuple[Path | str, Path | str | Mapping[str, Any]]],
    *,
    home: Path | str | None = None,
    now: datetime | None = None,
    by: str | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Load several tables of one source, each a file with its mapping, as one load: all of them count, or none."""
    from nyckeltal.contacts.store import ContactStore

    moment = now or datetime.now(UTC)
    jobs = [_job(_files(file), None, mapping, None, None) for file, mapping in parts]
    if len({job.source for job in jobs}) != 1:
        said = "Tables that are loaded together are of one source; these are of: %(names)s. Say the same source under [fact] in each mapping."
        raise CannotRead(Text("sources.load.sources", said, {"names": ", ".join(sorted({job.source for job in jobs}))}))
    store, job = ContactStore(home), _together(jobs)
    store.bring_up(progress)
    into = Into(hashlib.sha256("".join(one.marker() for one in jobs).encode()).hexdigest(), moment, by)
    with store.stage() as staging:

        def read() -> Reading:
            reading = Reading()
            for number, one in enumerate(jobs):
                folder = staging.folder / f"part{number}"
                folder.mkdir(exist_ok=True)
                glance(one.files[0])
                reading.join(_read(one, _setting(one, store, folder, into, progress), store))
            return reading

        return _until_in(store, job, into, read, progress)


def _together(jobs: Sequence[_Job]) -> _Job:
    """The jobs as one: its mapping is the first's with the text of all."""
    mappings = [job.mapping for job in jobs if job.mapping]
    mapping = replace(mappings[0], text=together(one.text for one in mappings)) if mappings else None
    client = jobs[0].client if len({job.client for job in jobs}) == 1 else None
    return _Job(tuple(file for job in jobs for file in job.files), None, mapping, (), client, jobs[0].zone)


def undo(load_id: str, home: Path | str | None = None, now: datetime | None = None) -> LoadReport:
    """Take a load back whole; what it replaced stands again."""
    from nyckeltal.contacts.store import ContactStore

    store = ContactStore(home)
    merged = store.undo(load_id, now=now or datetime.now(UTC))
    undone = {table: dict(counts) for table, counts in merged.counts.items()}
    return LoadReport(load_id, [], undone=True, undone_counts=undone, also_in=list(merged.also_in))


def describe(file: Path | str, system: str | None = None, *, fact: str | None = None) -> Description:
    """What the file looks like; see `sources/describe.py`."""
    from nyckeltal.sources.describe import describe as described

    return described(Path(file), system, fact=fact)


def _files(paths: str | Path | Iterable[str | Path]) -> tuple[Path, ...]:
    """Every file named, folders opened, in order."""
    named = [Path(paths)] if isinstance(paths, (str, Path)) else [Path(path) for path in paths]
    files: list[Path] = []
    for path in named:
        if not path.exists():
            raise CannotRead(Text("sources.load.missing", "There is no file or folder “%(path)s”.", {"path": str(path)}))
        inside = sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith(".")) if path.is_dir() else [path]
        files += [one for one in inside if one not in files]
    if not files:
        raise CannotRead(Text("sources.load.nothing", "There is no file to load here."))
    return tuple(files)


def _job(files: tuple[Path, ...], system: str | None, given: Path | str | Mapping[str, Any] | None, client: str | None, zone: str | None) -> _Job:
    options = Path(given) if isinstance(given, str) else given
    word = None if system else _said_to_a_system(options, files)
    options = options if options is not None or system else _filled_in(files, client)
    if options is None or system is not None or word:
        source = find.system(system) if system else _recognised(files, word)
        told = mapping_tables(options)
        file, fact = told.get("file", {}), told.get("fact", {})
        return _Job(files, source, None, (), client or fact.get("client"), zone or file.get("zone"), told)
    mapping, issues = read_mapping(options)
    mapping = with_zone(with_client(mapping, client), zone)
    return _Job(files, None, mapping, tuple(issues), mapping.client, mapping.form.zone)


def _said_to_a_system(options: Path | Mapping[str, Any] | None, files: Sequence[Path]) -> str | None:
    """A word of the mapping that only a system's reader understands; [[survey]] without the rest of a fact is one where the files are of a survey tool."""
    from nyckeltal.sources.answers import Asking

    try:
        told = mapping_tables(options)
    except BadMapping:  # told with its line where the mapping is read
        return None
    if found := next((word for word in ("headers", "statuses", "states", "channels") if word in told), None):
        return found
    said = {name for table in ("fact", "columns") if isinstance(part := told.get(table), Mapping) for name in part}
    alone = "survey" in told and not {"kind", "offered_at", "channel"} & said
    return "survey" if alone and all(isinstance(find.recognise(file), Asking) for file in files) else None


def _filled_in(files: Sequence[Path], client: str | None) -> Mapping[str, Any] | None:
    """How filled-in templates of one fact are read; one that says whose its rows are has to be told it."""
    from nyckeltal.sources import filled

    return None if any(map(find.recognise, files)) else filled.mapping(files, client)


def mapping_tables(options: Path | Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What a mapping says to a system's reader: its zone and client, and what no file of that system tells."""
    return {} if options is None else text_and_tables(options)[1]


def _recognised(files: Sequence[Path], word: str | None = None) -> Source:
    """The one system all files come from; `word` is what their mapping says to it."""
    found = {file: find.recognise(file) for file in files}
    unknown = [file for file, source in found.items() if source is None]
    if unknown:
        glance(unknown[0])
        if word:
            raise CannotRead(Text("sources.load.unknown_told", _unknown_told, {"file": unknown[0].name, "word": word}))
        raise CannotRead(
            Text(
                "sources.load.unknown",
                "%(file)s is of no system known here. Say what its columns mean with a mapping file; “nyckeltal describe” proposes one.",
                {"file": unknown[0].name},
            ),
            [Issue(Text("sources.load.unknown_file", "of no system known here"), str(file)) for file in unknown if len(unknown) > 1],
        )
    sources = {source.name: source for source in found.values() if source is not None}
    if len(sources) > 1:
        raise CannotRead(
            Text(
                "sources.load.mixed",
                "These files come from several systems (%(names)s). Load them one system at a time.",
                {"names": ", ".join(sorted(sources))},
            )
        )
    return next(iter(sources.values()))


def _setting(job: _Job, store: ContactStore, folder: Path, into: Into, progress: Progress | None) -> Setting:
    from nyckeltal.contacts import privacy

    snapshot = store.snapshot()
    clients, questions = snapshot.small("client"), snapshot.small("question").to_pylist()
    described = frozenset(str(question["question_id"]) for question in questions if question["source"] != job.source)
    zones: dict[str | None, str | None] = dict(zip(clients["client_id"].to_pylist(), clients["tz"].to_pylist(), strict=True))
    currencies = {row["client_id"]: row["currency"] for row in clients.to_pylist() if row["currency"]}
    zone = job.zone or zones.get(job.client)
    hide, beside = (lambda sql: privacy.pseudonym_sql(sql, store.home)), _standing(snapshot, job.source)
    return Setting(
        folder,
        job.source,
        job.client,
        zone,
        into.at,
        hide,
        into.load_id,
        progress,
        zones,
        currencies,
        described,
        snapshot,
        beside,
        job.told,
        privacy.pseudonym(store.home),
    )


def _read(job: _Job, setting: Setting, store: ContactStore) -> Reading:
    from nyckeltal.sources.guard import refuse_corrections
    from nyckeltal.sources.tables import connect
    from nyckeltal.sources.tabular import read_tables

    con = connect(setting.folder, job.files)
    try:
        if job.system is not None:
            return job.system.read(con, job.files, setting)
        if job.mapping is None:
            raise CannotRead(Text("sources.load.no_mapping", "Neither a system nor a mapping was given."))
        reading = read_tables(con, job.files, job.mapping, list(job.issues), setting)
        if reading.contents_are_keys:
            refuse_corrections(con, store.snapshot(), job.mapping.kind, setting.source, reading)
        return reading
    finally:
        con.close()


def _merge(store: ContactStore, job: _Job, reading: Reading, into: Into, progress: Progress | None) -> LoadReport:
    from nyckeltal.contacts.store import Batch
    from nyckeltal.sources import overlaps, questions

    names = [str(file) for file in job.files]
    counts = {table: counted.as_dict() for table, counted in reading.counts.items()}
    batch = Batch(
        load_id=into.load_id,
        marker=into.marker,
        source=job.source,
        client_id=job.client,
        files=", ".join(file.name for file in job.files),
        system=job.system.name if job.system else None,
        mapping=job.mapping.text if job.mapping else None,
        facts=reading.facts,
        set_aside=reading.set_aside,
        counts=counts,
        kinds=reading.kinds,
        loaded_by=into.by,
        log_events=reading.log_events,
        whole=reading.whole,
    )
    noticed: list[Text] = []

    def fits(snapshot: Snapshot) -> None:
        into.fits(snapshot)
        _as_understood(snapshot, job, reading)
        overlaps.refuse_agreements(reading, snapshot)
        noticed.extend(overlaps.memberships(reading, snapshot) + overlaps.employments(reading, snapshot))

    merged = store.merge(batch, now=into.now, progress=progress, guard=fits)
    if merged.already:
        return LoadReport(merged.load_id, names, already=True, facts=unchanged(counts))
    if {"contact", "segment"} & reading.facts.keys():
        noticed += overlaps.talks(store.snapshot(), into.load_id)
    noticed += questions.undescribed(reading, store.snapshot())
    known = {fact: dict(clients) for fact, clients in (merged.known or reading.kinds).items() if clients}
    return LoadReport(into.load_id, names, facts=counts_from(counts, merged.counts), warnings=[*reading.warnings, *noticed], known=known)


def _as_understood(snapshot: Snapshot, job: _Job, reading: Reading) -> None:
    """Another file of the same log that came in meanwhile may tell the rest of a call."""
    if reading.beside is not None and reading.beside != _standing(snapshot, job.source):
        raise ReadAnew


def _standing(snapshot: Snapshot, source: str) -> tuple[str, ...]:
    return tuple(sorted(load["load_id"] for load in snapshot.small("load").to_pylist() if load["source"] == source and load["state"] == "loaded"))


def _hash(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()
