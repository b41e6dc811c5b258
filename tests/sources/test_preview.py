"""A file's first rows as a mapping would read them: honest about what was not looked at, and about what would be refused."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from nyckeltal.contacts.store import ContactStore
from nyckeltal.sources import preview, written
from nyckeltal.sources.tables import FileForm
from tables import calls, loaded, mapping, put


def test_the_first_facts_are_shown_as_they_would_be_read(tmp_path: Path) -> None:
    seen = preview.preview(put(tmp_path, calls()), mapping())
    assert (seen.read, seen.whole, seen.refused) == (30, True, 0)
    assert [row["wait_s"] for row in seen.rows] == [1, 2, 3, 4, 5]


def test_rows_that_would_be_refused_are_counted_by_reason_with_the_first_of_them(tmp_path: Path) -> None:
    seen = preview.preview(put(tmp_path, calls(row_3="3,2026-03-02 09:03:00,x", row_5="5,2026-03-02 09:05:00,y", row_9="9,never,9")), mapping())
    assert [(one.field, one.n, one.line) for one in seen.refusals] == [("wait_s", 2, 4), ("offered_at", 1, 10)]
    assert "“x”" in str(seen.refusals[0].text)


def test_a_row_with_another_number_of_cells_counts_as_refused(tmp_path: Path) -> None:
    seen = preview.preview(put(tmp_path, calls(row_3="3,2026-03-02 09:03:00,1,2,3")), mapping())
    assert (seen.read, seen.refused) == (30, 1)


def test_what_keeps_the_mapping_from_being_used_is_said_at_once(tmp_path: Path) -> None:
    seen = preview.preview(put(tmp_path, calls()), mapping({"wait_s": "waited", "queue_id": "kö"}))
    assert len(seen.issues) == 2
    assert seen.rows == ()


def test_rows_left_out_are_counted_by_their_reason(tmp_path: Path) -> None:
    seen = preview.preview(put(tmp_path, calls()), mapping(leave_out=[{"where": "wait > 28", "reason": "long"}]))
    assert seen.left_out == {"long": 2}


def test_without_a_key_it_says_so(tmp_path: Path) -> None:
    assert preview.preview(put(tmp_path, calls()), mapping(key={})).keyless
    assert not preview.preview(put(tmp_path, calls()), mapping()).keyless


@pytest.mark.parametrize("packed", [False, True])
def test_of_a_long_file_only_the_beginning_is_read_and_that_is_said(tmp_path: Path, packed: bool) -> None:
    text = calls(9_000).encode()
    seen = preview.preview(put(tmp_path, gzip.compress(text) if packed else text), mapping())
    assert (seen.read, seen.whole) == (preview.ROWS, False)


def test_of_a_long_parquet_file_too(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    n = 9_000
    table = pa.table({"id": list(map(str, range(n))), "at": ["2026-03-02 09:00:00"] * n, "wait": ["1"] * n})
    pq.write_table(table, tmp_path / "calls.parquet")
    seen = preview.preview(tmp_path / "calls.parquet", mapping())
    assert (seen.read, seen.whole) == (preview.ROWS, False)


def test_the_beginning_ends_between_rows_also_where_a_cell_holds_line_ends(tmp_path: Path) -> None:
    text = "id,at,wait\n" + "".join(f'{at},2026-03-02 09:00:00,"1\n"\n' for at in range(4_000))
    with preview.beginning(put(tmp_path, text)) as (part, whole):
        assert not whole
        assert part.read_text().count('"') % 2 == 0


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_the_beginning_of_a_file_in_utf_16_is_text_still(tmp_path: Path, encoding: str) -> None:
    with preview.beginning(put(tmp_path, calls(9_000).encode(encoding))) as (part, whole):
        assert not whole
        assert part.read_bytes().decode(encoding).endswith("\n")


def test_the_values_of_a_column_come_the_most_frequent_first(tmp_path: Path) -> None:
    file = put(tmp_path, "id,end\n1,b\n2,a\n3,a\n")
    assert preview.values(file, ["end", "no such"], FileForm()) == {"end": ["a", "b"]}


def test_a_mapping_is_written_as_a_file_and_read_again(tmp_path: Path) -> None:
    said: dict[str, Any] = mapping(
        {"outcome": {"from": "slut på", "values": {'Tog "slut"': "answered", "ö": "abandoned"}}}, leave_out=[{"where": "a == 'b'", "reason": "c"}]
    )
    assert written.tables_of(written.text_of(said)) == said


def test_rows_that_are_in_already_are_told_with_the_load_they_came_with(home: Path, tmp_path: Path) -> None:
    first = loaded(home, put(tmp_path, calls(20), "switch.csv"))
    loaded(home, put(tmp_path, calls(30), "longer.csv"))
    facts = ContactStore(home).snapshot()
    other = put(tmp_path, calls(40, row_3="3,2026-03-02 09:03:00,99", row_25="25,2026-04-02 09:25:00,25", row_26="26,never,1"), "other.csv")
    assert [(one.load_id, one.files, one.source, one.n, one.changed) for one in preview.preview(other, mapping(), facts=facts).came][:1] == [
        (first.load_id, "switch.csv", "one", 20, 1)
    ]
    assert [(one.n, one.changed) for one in preview.preview(other, mapping(), facts=facts).came] == [(20, 1), (9, 1)]
    assert preview.preview(other, mapping(fact={"kind": "contact", "client": "one", "source": "another"}), facts=facts).came == ()


def test_what_is_in_as_it_is_would_not_be_replaced_though_customers_are_hidden(home: Path, tmp_path: Path) -> None:
    file = put(tmp_path, "id,at,wait,who\n" + "".join(f"{n},2026-03-02 09:{n}:00,{n},c{n}\n" for n in range(10, 40)))
    said = mapping({"customer_key": "who"})
    loaded(home, file, said)
    assert [(one.n, one.changed) for one in preview.preview(file, said, facts=ContactStore(home).snapshot()).came] == [(30, 0)]
