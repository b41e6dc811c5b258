"""Time zones, opening hours and holidays that cannot be read are refused where they come in, with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.errors import BadMapping, CannotRead
from tables import aside, loaded, put

CALENDARS = {"fact": {"kind": "calendar"}, "columns": {name: name for name in ("calendar_id", "tz", "weekly", "holidays")}}
GOOD = "".join(f"c{at},Europe/Stockholm,mo-fr 08:00-17:00,2026; 2026-12-25\n" for at in range(60))
HEAD = "calendar_id,tz,weekly,holidays\n"


@pytest.mark.parametrize(
    ("row", "field", "right"),
    [
        ("bad,Europe/Stokholm,mo-fr 08:00-17:00,2026", "tz", "Europe/Stockholm"),
        ("bad,Europe/Stockholm,mon-fri 8-17,2026", "weekly", "mo-fr 08:00-17:00"),
        ("bad,Europe/Stockholm,mo-fr 08:00-17:00,25 December", "holidays", "2026-12-25"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused_with_line_field_and_what_would_be_right(
    row: str, field: str, right: str, home: Path, tmp_path: Path
) -> None:
    loaded(home, put(tmp_path, HEAD + GOOD + row + "\n", "calendars.csv"), CALENDARS)
    [refused] = aside(home)
    assert (refused["file"], refused["line"], refused["field"]) == ("calendars.csv", 62, field)
    assert right in refused["reason"]
    assert ContactStore(home).snapshot().small("calendar").num_rows == 60


def test_a_small_table_with_a_wrong_zone_is_refused_whole_and_says_where(home: Path, tmp_path: Path) -> None:
    said = {"fact": {"kind": "client"}, "columns": {"client_id": "id", "tz": "zone"}}
    with pytest.raises(CannotRead) as refused:
        loaded(home, put(tmp_path, "id,zone\none,Europe/Stockholm\ntwo,Stockholm time\n", "clients.csv"), said)
    [issue] = refused.value.issues
    assert (issue.file, issue.line, issue.field) == ("clients.csv", 3, "tz")
    assert "Stockholm time" in str(issue.text)


def test_a_zone_that_the_mapping_says_is_looked_at_too(home: Path, tmp_path: Path) -> None:
    said = {"fact": {"kind": "queue", "client": "one"}, "columns": {"queue_id": "id", "tz": {"is": "Europe/Stokholm"}}}
    with pytest.raises(BadMapping, match="Europe/Stockholm"):
        loaded(home, put(tmp_path, "id\nq\n", "queues.csv"), said)
