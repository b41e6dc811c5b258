"""ServiceNow's quirks: question marks for nothing, days first, states without meaning, rows out of order; and asking its Table API."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_vendor import FakeVendor, serving
from nyckeltal.errors import CannotRead
from nyckeltal.sources.pull.web import HttpWeb
from nyckeltal.sources.reading import Reading, Setting
from nyckeltal.sources.systems import servicenow
from nyckeltal.sources.tables import connect

SAMPLES = Path(servicenow.__file__).parent / "samples"
HEAD = "number,incident_state,sys_mod_count,opened_at,sys_updated_at,contact_type,assigned_to,reassignment_count,resolved_at,closed_at\n"


class Read:
    def __init__(self, folder: Path, *files: Path, zone: str | None = "UTC", told: dict[str, Any] | None = None) -> None:
        self.con = connect(folder, files)
        setting = Setting(folder, "now", "one", zone, datetime(2026, 4, 1, tzinfo=UTC), lambda text: f"md5({text})", told=told or {})
        self.reading: Reading = servicenow.SYSTEM.read(self.con, files, setting)

    def rows(self, paths: list[Path]) -> list[dict[str, Any]]:
        named = ", ".join(f"'{path}'" for path in paths)
        return self.con.execute(f"FROM read_parquet([{named}], union_by_name = true)").to_arrow_table().to_pylist()

    def __getitem__(self, table: str) -> list[dict[str, Any]]:
        return sorted(self.rows(self.reading.facts[table]), key=lambda row: str(row["source_id"]))


def log(folder: Path, *rows: str) -> Path:
    path = folder / "log.csv"
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_what_cannot_be_used_is_set_aside_with_its_place_and_the_rest_of_the_incident_counts(tmp_path: Path) -> None:
    read = Read(tmp_path, SAMPLES / "updates.csv")
    aside = read.rows(read.reading.set_aside)
    assert {(row["field"], row["line"], row["source_id"]) for row in aside} == {("state", 12, "INC002"), ("channel", 14, "INC003")}
    assert "“-100”" in next(row["reason"] for row in aside if row["field"] == "state")
    assert all("Holm" not in str(row["original"]) and "Lund" not in str(row["original"]) for row in aside)
    assert read.reading.counts["servicenow"].repeated == 1
    assert read.reading.counts["servicenow"].read == 13


def test_an_incident_that_is_still_open_was_not_yet_in_time_but_may_be_late(tmp_path: Path) -> None:
    head = "number,state,opened_at,sys_updated_on,made_sla\n"
    told = (("INC1", "Closed", "true"), ("INC2", "New", "true"), ("INC3", "New", "false"))
    file = tmp_path / "list.csv"
    file.write_text(head + "".join(f"{number},{state},2026-03-02 08:00,2026-03-02 09:00,{sla}\n" for number, state, sla in told), encoding="utf-8")
    assert [case["in_time"] for case in Read(tmp_path, file)["case"]] == [True, None, False]


def test_a_time_in_an_unknown_state_is_the_time_of_none(tmp_path: Path) -> None:
    case = Read(tmp_path, SAMPLES / "updates.csv")["case"][1]
    assert (case["new_s"], case["open_s"], case["on_hold_s"]) == (1800, 0, 0)


def test_days_and_months_that_could_be_each_other_are_not_guessed(tmp_path: Path) -> None:
    unclear = log(tmp_path, "INC1,New,0,2/3/2026 08:00,2/3/2026 08:05,Phone,?,0,?,?")
    with pytest.raises(CannotRead, match="day or month first"):
        Read(tmp_path, unclear)
    read = Read(tmp_path, unclear, told={"file": {"dates": "%m/%d/%Y %H:%M"}})
    assert read["case"][0]["opened_at"] == datetime(2026, 2, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "said", ["2026-06-30 05:00:00 PM", "06-30-2026 05:00:00 PM", "30.06.2026 17:00:00", "2026/06/30 17:00", "30 June 2026 17:00", "30-Jun-2026 17:00:00"]
)
def test_dates_are_read_in_every_form_that_an_account_may_choose(said: str, tmp_path: Path) -> None:
    read = Read(tmp_path, log(tmp_path, f"INC1,New,0,{said},{said},Phone,?,0,?,?"))
    assert read["case"][0]["opened_at"] == datetime(2026, 6, 30, 17, tzinfo=UTC)


def test_local_times_are_on_the_clock_of_the_zone(tmp_path: Path) -> None:
    rows = log(tmp_path, "INC1,New,0,30/6/2026 08:00,30/6/2026 08:05,Phone,?,0,?,?")
    assert Read(tmp_path, rows, zone="Europe/Stockholm")["case"][0]["opened_at"] == datetime(2026, 6, 30, 6, tzinfo=UTC)
    assert str(Read(tmp_path, rows, zone=None).reading.warnings[0]).startswith("No zone is stated")


def test_a_file_of_which_too_much_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    rows = [f"INC{number},New,0,{'soon' if number < 3 else '30/6/2026 08:00'},30/6/2026 08:05,Phone,?,0,?,?" for number in range(20)]
    with pytest.raises(CannotRead, match="3 of 20 rows"):
        Read(tmp_path, log(tmp_path, *rows))


def test_an_unknown_state_in_an_answer_sets_the_incident_aside_and_a_cancelled_one_is_left_out(tmp_path: Path) -> None:
    read = Read(tmp_path, SAMPLES / "table-api.json")
    [aside] = read.rows(read.reading.set_aside)
    assert (aside["source_id"], aside["field"], aside["line"]) == ("INC0010004", "state", 4)
    assert read.reading.counts["servicenow"].left_out == {"cancelled": 1}
    assert [case["status"] for case in read["case"]] == ["closed", "pending"]
    assert [case["opened_by"] for case in read["case"]] == ["5137153c", None]  # who wrote to us is no agent


class Now(FakeVendor):
    """Answers as the Table API does: rows of the query in order, cut by limit and offset."""

    def answer(self, path: str) -> dict[str, Any]:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        since = asked["sysparm_query"].split("sys_updated_on>=")[1].split("^")[0]
        rows = sorted((row for row in self.calls.values() if row["sys_updated_on"]["value"] >= since), key=lambda row: str(row["sys_updated_on"]["value"]))
        first = int(asked["sysparm_offset"])
        return {"result": rows[first : first + int(asked["sysparm_limit"])]}


def test_it_is_asked_page_by_page_and_goes_on_from_the_last_update(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyckeltal.sources.systems.servicenow.pull.ROWS", 2)
    with serving(Now()) as vendor:
        for number, minute in enumerate((1, 2, 2, 2, 5)):
            vendor.calls[str(number)] = {"number": f"INC{number}", "sys_updated_on": {"value": f"2026-03-02 09:0{minute}:00"}}
        vendor.faults += ["429", "500"]
        web = HttpWeb([vendor.address], sleep=lambda _: None)
        given = {"user": "reader", "password": "p", "from": "2026-03-01"}
        until = datetime(2026, 3, 3, tzinfo=UTC)
        pages = list(servicenow.SYSTEM.pull.pages(web, given, {}, until))
        seen = [row["number"] for page in pages for row in page.document["result"]]  # type: ignore[index]  # a document is whatever the vendor says
        assert set(seen) == {"INC0", "INC1", "INC2", "INC3", "INC4"}
        assert pages[-1].cursor["since"] == "2026-03-02 09:05:00"
        assert vendor.tokens[0] == "Basic cmVhZGVyOnA="
        again = list(servicenow.SYSTEM.pull.pages(web, given, pages[-1].cursor, until))
        assert [row["number"] for page in again for row in page.document["result"]] == ["INC4"]  # type: ignore[index]  # a document is whatever the vendor says


def test_an_answer_in_another_form_is_the_sources_mistake_and_is_not_taken_for_nothing(tmp_path: Path) -> None:
    class Odd(FakeVendor):
        def answer(self, path: str) -> dict[str, Any]:
            return {"error": {"message": "no", "path": path}}

    with serving(Odd()) as vendor, pytest.raises(KeyError):  # which the frame tells as such
        list(
            servicenow.SYSTEM.pull.pages(HttpWeb([vendor.address]), {"user": "u", "password": "p", "from": "2026-03-01"}, {}, datetime(2026, 3, 3, tzinfo=UTC))
        )
    file = tmp_path / "odd.json"
    file.write_text('{"error": {"message": "no"}}', encoding="utf-8")
    with pytest.raises(CannotRead, match="none of: result"):
        Read(tmp_path, file)
