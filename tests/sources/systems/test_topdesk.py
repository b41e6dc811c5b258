"""TOPdesk: parts of major incidents, times agreed, work that several did; and asking day by day."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_vendor import FakeVendor, Repeating, serving
from nyckeltal.errors import CannotRead
from nyckeltal.sources.pull.web import HttpWeb
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems import topdesk
from nyckeltal.sources.tables import connect

SAMPLES = Path(topdesk.__file__).parent / "samples"


def read(folder: Path, file: Path) -> Reading:
    setting = Setting(folder, "desk", "one", "UTC", datetime(2026, 4, 1, tzinfo=UTC), lambda text: f"md5({text})")
    return topdesk.SYSTEM.read(connect(folder, [file]), [file], setting)


def test_a_part_of_a_major_incident_is_no_matter_of_its_own(tmp_path: Path) -> None:
    assert read(tmp_path, SAMPLES / "incidents.json").counts["topdesk"].left_out == {"partial": 1}


def test_a_row_that_cannot_be_read_is_set_aside_and_a_date_that_cannot_is_left_empty(tmp_path: Path) -> None:
    head, first, *_ = (SAMPLES / "list.csv").read_text(encoding="utf-8").splitlines()
    rows = [first.replace("I 2603 011", f"I {number}") for number in range(30)]
    rows[3] = rows[3].replace("2-3-2026 08:00", "someday", 1)
    rows[4] = rows[4].replace("13-3-2026 10:00", "later", 1)
    file = tmp_path / "list.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    found = read(tmp_path, file)
    named = ", ".join(f"'{path}'" for path in found.set_aside)
    aside = connect(tmp_path).execute(f"SELECT line, field, source_id FROM read_parquet([{named}], union_by_name = true) ORDER BY line").fetchall()
    assert aside == [(5, "Call date", "I 3"), (6, "Modification date", "I 4")]
    assert found.counts["case"].read == 29


class Topdesk(FakeVendor):
    """Incidents of a day, a page at a time, and the progress of each."""

    def answer(self, path: str) -> Any:
        parts, asked = urlsplit(path), {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if parts.path.endswith("/progresstrail"):
            first, size = int(asked.get("start", "0")), int(asked.get("page_size", "10"))  # as documented: ten unless more are asked for, a hundred at most
            trail = range(251 if parts.path.split("/")[-2] == "7" else 1)[first : first + min(size, 100)]
            return [{"id": f"m{entry}", "entryDate": "2026-03-02T09:00:00.000+0000", "memoText": "a secret"} for entry in trail]
        if asked["modification_date_start"] != "2026-03-02":
            return []
        first = int(asked["start"])
        return [{"id": str(number), "number": f"I {number}", "request": "a secret"} for number in range(first, min(first + 100, 130))]


def test_it_is_asked_day_by_day_and_goes_on_from_the_last_day() -> None:
    with serving(Topdesk()) as vendor:
        vendor.faults += ["500"]
        web = HttpWeb([vendor.address], sleep=lambda _: None)
        given = {"user": "nyckeltal", "password": "p", "from": "2026-03-01"}
        pages = list(topdesk.SYSTEM.pull.pages(web, given, {}, datetime(2026, 3, 3, 12, tzinfo=UTC)))
        assert [page.cursor for page in pages] == [{"day": day} for day in ("2026-03-02", "2026-03-02", "2026-03-03", "2026-03-03")]
        rows: list[Any] = [row for page in pages for row in page.document["incidents"]]  # type: ignore[index]  # a document is whatever the vendor says
        assert len({row["id"] for row in rows}) == len(rows) == 130
        assert {row["id"]: len(row["progress"]) for row in rows if len(row["progress"]) != 1} == {"7": 251}
        assert "a secret" not in json.dumps(rows)


@pytest.mark.parametrize("fault", ["429", "500", "truncated", "dropped", "half", "repeat"])
def test_a_progress_of_many_pages_is_read_to_its_end_whatever_becomes_of_one(fault: str) -> None:
    with serving(Topdesk()) as vendor:
        web: Any = HttpWeb([vendor.address], sleep=lambda _: None)
        if fault == "repeat":
            web = Repeating(web)
        else:
            vendor.faults += [""] * 9 + [fault, "", fault]
        given = {"user": "nyckeltal", "password": "p", "from": "2026-03-02"}
        [page, *_] = topdesk.SYSTEM.pull.pages(web, given, {}, datetime(2026, 3, 2, 12, tzinfo=UTC))
        [row] = [row for row in page.document["incidents"] if row["id"] == "7"]  # type: ignore[index]  # a document is whatever the vendor says
        assert {entry["id"] for entry in row["progress"]} == {f"m{number}" for number in range(251)}


def test_the_page_of_the_day_before_that_is_given_once_more_hides_no_day() -> None:
    class Daily(Topdesk):
        """An incident a day but on the third."""

        def answer(self, path: str) -> Any:
            asked = parse_qs(urlsplit(path).query)
            day = asked.get("modification_date_start", [""])[0]
            if day in ("", "2026-03-03"):
                return []
            return [{"id": day, "number": f"I {day}", "modificationDate": f"{day}T09:00:00.000+0000"}] if asked["start"] == ["0"] else []

    with serving(Daily()) as vendor:
        web = Repeating(HttpWeb([vendor.address], sleep=lambda _: None), in_between=True)
        given = {"user": "nyckeltal", "password": "p", "from": "2026-03-01"}
        pages = list(topdesk.SYSTEM.pull.pages(web, given, {}, datetime(2026, 3, 5, 12, tzinfo=UTC)))
    rows = [row["id"] for page in pages for row in page.document["incidents"]]  # type: ignore[index]  # a document is whatever the vendor says
    assert rows == ["2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05"]
    assert web.repeated > 0


def test_an_entry_that_moves_to_the_next_page_while_it_is_read_counts_once() -> None:
    class Written(Topdesk):
        """A colleague writes while the progress is read: what was last on the first page is first on the second."""

        def answer(self, path: str) -> Any:
            found = super().answer(path)
            return [{"id": "m99"}, *found[:-1]] if "/id/7/" in path and "start=100" in path else found

    with serving(Written()) as vendor:
        web = HttpWeb([vendor.address], sleep=lambda _: None)
        [page, *_] = topdesk.SYSTEM.pull.pages(web, {"user": "u", "password": "p", "from": "2026-03-02"}, {}, datetime(2026, 3, 2, 12, tzinfo=UTC))
        [row] = [row for row in page.document["incidents"] if row["id"] == "7"]  # type: ignore[index]  # a document is whatever the vendor says
        assert sorted(entry["id"] for entry in row["progress"]).count("m99") == 1


def test_a_list_of_which_too_much_cannot_be_read_is_refused_with_the_first_line_and_what_stands_there(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Incident number;Call date\nI 1;2026-03-29 02:30\nI 2;\nI 3;29-03-2026 08:00\n", encoding="utf-8")
    with pytest.raises(CannotRead) as told:
        read(tmp_path, file)
    assert "list.csv:4: Call date: 2 rows: “29-03-2026 08:00” is no date with a time." in str(told.value.text)
