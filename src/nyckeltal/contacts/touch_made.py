"""Which rows that are made of other facts a change touches: gathers what `derive_made` starts from, and the `old_…` rows it is compared with."""

from __future__ import annotations

from nyckeltal.contacts import columns, derive_made
from nyckeltal.contacts.change import Change, same
from nyckeltal.contacts.upkeep import MADE


def gather(change: Change) -> None:
    """Everything that stands, the finished rows in hand among it."""
    for table in derive_made.WHOLE:
        names = ", ".join(columns.quoted(name) for name in columns.types(table) if name != "month")
        change.run(f"""
            create or replace temp view whole_{table} as select {names} from {MADE[table]}
            union all select {names} from stored_{table} s anti join old_{table} o on {same(table, "s", "o")};
        """)
    change.take("forecast", "true", "old_forecast")
    kept = f"select * from old_forecast o where not exists (select 1 from was_forecast w where {same('forecast', 'w', 'o')})"
    change.run(f"create or replace temp table base_forecast as select {_based()} from new_forecast union all by name select {_based()} from ({kept})")
    derive_made.ask_for_all(change.con)
    for table in derive_made.MADE:
        change.take(table, "true", f"old_{table}")


def _based() -> str:
    return ", ".join(columns.quoted(name) for name in columns.based("forecast"))
