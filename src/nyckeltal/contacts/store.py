"""The store: merges loads, takes them back, and shows what counts. Several processes may use it at once; one writes at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.contacts import ledger, merge, same_rules, seen, settle, trace, undo, upgrade, upkeep, withdrawn
from nyckeltal.contacts.batch import Batch, Merged
from nyckeltal.contacts.change import Change
from nyckeltal.contacts.columns import text
from nyckeltal.contacts.facts import Coverage, Facts
from nyckeltal.contacts.lake import Lake, recover
from nyckeltal.contacts.schema import STORE_VERSION, TABLES, arrow_schema
from nyckeltal.contacts.snapshot import Snapshot
from nyckeltal.contacts.state import Staging, State, home_folder, locked, sweep_staging
from nyckeltal.contacts.world import World
from nyckeltal.errors import CannotRead, UserMistake
from nyckeltal.words import Text

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Batch", "ContactStore", "Coverage", "Facts", "Merged", "Snapshot", "Staging", "World", "home_folder"]

Progress = Callable[[str, int, int], None]

MANY_FILES = 16  # a load that leaves more files in a month joins them


class ContactStore:
    """The facts under a home folder. `wait_s` is how long to wait for another process that writes."""

    def __init__(self, home: Path | str | None = None, wait_s: float = 600) -> None:
        self.home = home_folder(home)
        self.wait_s = wait_s

    def snapshot(self) -> Snapshot:
        """What counts now; never sees half a load, and never waits, but for an older version's store to be brought up, once."""
        now = self._as_it_is()
        return self._as_it_is() if now.state.is_older and self.bring_up() else now

    def _as_it_is(self) -> Snapshot:
        """The same whatever version wrote it: the ledgers are read so."""
        return Snapshot(self.home, State.read(self.home))

    @property
    def is_older(self) -> bool:
        """Whether an older version wrote this store, and nobody has opened it since."""
        return State.read(self.home).is_older

    def bring_up(self, progress: Progress | None = None) -> bool:
        """Let this version's columns and words into a store that an older one wrote; whether there was anything to do."""
        if not self.is_older:
            return False
        try:
            with self._writing(progress):
                return True
        except OSError as why:
            english = "This store was written by an older version, and bringing it up failed: %(why)s. Run %(command)s as somebody who may write there."
            raise CannotRead(Text("store.older", english, {"why": str(why), "command": "nyckeltal serve"})) from why

    def stage(self) -> Staging:
        """A private folder for the files of a batch, removed afterwards."""
        return Staging(self.home)

    def loads(self) -> pa.Table:
        """Every load there was, undone ones included, the latest last."""
        return self._as_it_is().small("load").sort_by([("loaded_at", "ascending"), ("load_id", "ascending")])

    def ensure(self, load_id: str) -> None:
        """Refuse a load that there never was."""
        _there(self._as_it_is(), load_id)

    def loaded(self, marker: str) -> dict[str, Any] | None:
        """The load with this marker that counts, if there is one."""
        return ledger.loaded(self._as_it_is(), marker)

    def taken(self) -> set[str]:
        """The loads that count and may lack rows since an undo."""
        return {row["load_id"] for row in self._as_it_is().small("load").to_pylist() if row["state"] == "loaded" and row["taken_at"]}

    def set_aside(self, load_id: str | None = None) -> pa.Table:
        """The refused rows of one load, or of all that count, in the order of the files."""
        import pyarrow.compute as pc

        rows = self._as_it_is().small("set_aside")
        rows = rows if load_id is None else rows.filter(pc.field("load_id") == load_id)
        return rows.sort_by([("set_aside_at", "ascending"), ("load_id", "ascending"), ("file", "ascending"), ("line", "ascending")])

    def settle_rows(self, load_id: str, row_ids: Sequence[str], settled: bool, *, now: datetime, by: str | None = None) -> None:
        """Keep that nothing more is to be done about refused rows, or that they stand open again. No figure changes, so the state keeps its id."""
        with self._writing() as (state, lake):
            lake.append("settled_row", ledger.said_of_rows(load_id, row_ids, settled, now, by))
            state.moved(lake.reached).save(self.home)

    def merge(self, batch: Batch, *, now: datetime, progress: Progress | None = None, guard: Callable[[Snapshot], None] | None = None) -> Merged:
        """Take a batch in, in all its tables or in none. The same marker again changes nothing, but where an undo took rows that the load had:
        under its id it is put back where it was. `guard` sees what the batch would be put into, with the lock held, and raises where it does
        not fit any more."""
        with self._writing(progress) as (state, lake):
            snapshot = Snapshot(self.home, state)
            before = ledger.loaded(snapshot, batch.marker)
            if before and before["taken_at"] is None:
                return Merged(str(before["load_id"]), {}, already=True)
            if guard:
                guard(snapshot)
            again = before if before and before["load_id"] == batch.load_id else None
            at = again["loaded_at"] if again else now
            with self._change(state, batch.load_id, at, progress, batch.facts) as change:
                change.again = again is not None
                counts = merge.compare(change, batch.facts)
                withdrawn.withdraw(change, batch, counts)
                nothing = again is not None and not any(n for table in counts.values() for part, n in table.items() if part not in merge.AS_IT_WAS)
                if before := ledger.line(snapshot, batch.load_id):
                    counts = ledger.grown(before, counts)
                seen.meet(change)
                writes = settle.work_out(change)
                known = ledger.known(change, batch)
                settle.commit(change, lake, writes)
                ledger.keep_replaced(change, lake, {*batch.facts} | change.too_old)
                withdrawn.keep(change, lake)
                if before:
                    ledger.begin_again(lake, batch.load_id)
                ledger.keep_rows(lake, "set_aside", batch.set_aside)
                ledger.keep_rows(lake, "log_event", batch.log_events)
                ledger.keep_load(lake, batch, counts, known, at, withdrawn.told_whole(change, batch), now if again else None)
                saved = self._save(state, lake, change)
            self._join(saved, MANY_FILES)
            return Merged(batch.load_id, counts, known, already=nothing)

    def undo(self, load_id: str, *, now: datetime, progress: Progress | None = None) -> Merged:
        """Take a load back whole. What it had replaced returns; what has been replaced since stays. Loads that had rows of it unchanged lose them,
        and may be loaded again."""
        with self._writing(progress) as (state, lake):
            _undoable(Snapshot(self.home, state), load_id)
            with self._change(state, load_id, now, progress) as change:
                counts = undo.take_back(change, load_id)
                also_in = ledger.also_in(change, counts)
                seen.meet_again(change)
                writes = settle.work_out(change)
                settle.commit(change, lake, writes)
                relinked = change.table(undo.relinked(change, load_id)).cast(arrow_schema("replaced"))
                mine = text(load_id)
                if lake.exists("replaced"):
                    lake.delete("replaced", f"load_id = {mine} or replaced_by = {mine}")
                    lake.append("replaced", relinked)
                for table in ("set_aside", "settled_row", "log_event"):
                    if lake.exists(table):
                        lake.delete(table, f"load_id = {mine}")
                lake.update("load", {"state": "undone", "undone_at": now}, f"load_id = {mine}")
                if also_in:
                    lake.update("load", {"taken_at": now}, f"load_id in ({', '.join(map(text, also_in))})")
                self._save(state, lake, change)
            return Merged(load_id, counts, also_in=also_in)

    @property
    def rules_changed(self) -> bool:
        """Whether `sources.toml` joins the rows of two sources otherwise than they are joined."""
        state = State.read(self.home)
        return bool(state.tables) and same_rules.in_force(self.home, state.same) != state.same

    def join(self, *, now: datetime, progress: Progress | None = None) -> bool:
        """Join the rows of two sources by the rules of `sources.toml` as they are now; whether they had changed. The next load does so too."""
        if not self.rules_changed:
            return False
        with self._writing(progress) as (state, lake), self._change(state, "", now, progress) as change:
            settle.commit(change, lake, settle.work_out(change))
            self._save(state, lake, change)
            return True

    def tidy(self) -> None:
        """Upkeep: sort and join the small files that loads left, and remove files that nothing needs any more."""
        with self._writing() as (state, _):
            upkeep.vacuum(self.home, self._join(state, 1))

    def _join(self, state: State, most_files: int) -> State:
        """Join the files of months that have more than `most_files`: the same data under the same id."""
        lake = Lake(self.home, state)
        with Staging(self.home) as staging:
            snapshot = Snapshot(self.home, state)
            upkeep.tidy(snapshot, lake, staging.folder, most_files)
            for table in [name for name, described in TABLES.items() if described.family == "ledger" and len(snapshot.files(name)) > most_files]:
                lake.compact(table)
        if not lake.reached:
            return state
        joined = state.moved(lake.reached)
        joined.save(self.home)
        upkeep.vacuum(self.home, joined)
        return joined

    @contextmanager
    def _writing(self, progress: Progress | None = None) -> Iterator[tuple[State, Lake]]:
        """The lock, with everything that an interrupted load or an older version left behind put right first."""
        with locked(self.home, self.wait_s):
            state = recover(self.home)
            sweep_staging(self.home)
            if state.is_older:
                state = self._brought_up(state, progress)
            yield state, Lake(self.home, state)

    def _brought_up(self, state: State, progress: Progress | None) -> State:
        lake = Lake(self.home, state)
        with Staging(self.home) as staging:
            upgrade.bring_up(Snapshot(self.home, state), lake, staging.folder, progress)
        new = replace(state.with_versions(lake.reached), model=STORE_VERSION)
        new.save(self.home)
        return new

    @contextmanager
    def _change(
        self, state: State, load_id: str, now: datetime, progress: Progress | None, given: Mapping[str, Sequence[Path]] | None = None
    ) -> Iterator[Change]:
        with Staging(self.home) as staging:
            rules = same_rules.in_force(self.home, state.same)
            change = Change(Snapshot(self.home, state), load_id, now, staging.folder, progress, given or {}, rules)
            try:
                yield change
            finally:
                change.close()

    def _save(self, state: State, lake: Lake, change: Change) -> State:
        new = replace(state, same=change.same).with_versions(lake.reached)
        trace.write(self.home, state.id, new.id, change.touched)
        new.save(self.home)
        return new


def _there(snapshot: Snapshot, load_id: str) -> dict[str, Any]:
    for row in snapshot.small("load").to_pylist():
        if row["load_id"] == load_id:
            return dict(row)
    raise UserMistake(Text("store.no_such_load", "There is no load “%(load)s”. The list of loads names those there are.", {"load": load_id}))


def _undoable(snapshot: Snapshot, load_id: str) -> None:
    if _there(snapshot, load_id)["state"] == "undone":
        raise UserMistake(Text("store.already_undone", "The load “%(load)s” has been taken back already.", {"load": load_id}))
