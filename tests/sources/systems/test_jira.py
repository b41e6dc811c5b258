"""Jira's own statuses, what a service desk keeps beside a request, and asking its search page by page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fake_vendor import FakeVendor, serving
from nyckeltal.errors import CannotRead
from nyckeltal.sources.load import load
from nyckeltal.sources.pull.web import HttpWeb
from nyckeltal.sources.reading import Setting
from nyckeltal.sources.systems import jira
from nyckeltal.sources.tables import connect
from tables import put, rows

SAMPLE = Path(jira.__file__).parent / "samples" / "search.json"


def cases(folder: Path, *files: Path, **told: Any) -> list[dict[str, Any]]:
    con = connect(folder, files)
    setting = Setting(folder, "help", "one", "UTC", datetime(2026, 4, 1, tzinfo=UTC), lambda text: f"md5({text})", told=told)
    reading = jira.SYSTEM.read(con, files, setting)
    return con.execute(f"FROM read_parquet('{reading.facts['case'][0]}') ORDER BY source_id").to_arrow_table().to_pylist()


def test_a_status_of_ones_own_is_told_by_its_category_and_before_that_by_a_mapping(tmp_path: Path) -> None:
    assert [case["status"] for case in cases(tmp_path, SAMPLE)] == ["closed", "open"]
    told = cases(tmp_path, SAMPLE, statuses={"Frozen": "hold", "At the dentist": "hold"}, channels={"jira": "voice"})
    assert [case["status"] for case in told] == ["closed", "hold"]
    assert told[0]["on_hold_s"] == 25 * 3600
    assert told[1]["channel"] == "voice"


def test_a_status_without_category_that_nobody_has_explained_is_not_guessed(tmp_path: Path) -> None:
    page = json.loads(SAMPLE.read_text(encoding="utf-8"))
    page["issues"] = [{**page["issues"][1], "fields": {**page["issues"][1]["fields"], "status": {"name": "Frozen"}}}]
    file = tmp_path / "page.json"
    file.write_text(json.dumps(page), encoding="utf-8")
    with pytest.raises(CannotRead, match="“Frozen” means"):
        cases(tmp_path, file)


def test_a_request_without_a_project_is_of_the_one_that_its_key_names(tmp_path: Path) -> None:
    page = json.loads(SAMPLE.read_text(encoding="utf-8"))
    expected = [case["queue_id"] for case in cases(tmp_path, SAMPLE)]
    for issue in page["issues"]:
        del issue["fields"]["project"]
    assert [case["queue_id"] for case in cases(tmp_path, put(tmp_path, json.dumps(page), "page.json"))] == expected == ["HELP", "HELP"]
    table = put(tmp_path, "Issue key,Status,Created\nMY_2-DESK-7,Done,2026-03-02 09:00\n7,Done,2026-03-02 09:00\n", "list.csv")
    assert [case["queue_id"] for case in cases(tmp_path, table)] == [None, "MY_2-DESK"]


def test_what_a_rule_or_an_app_writes_is_no_message_of_the_customer_and_begins_no_contact(home: Path, tmp_path: Path) -> None:
    page = json.loads(SAMPLE.read_text(encoding="utf-8"))
    page["issues"] = page["issues"][:1]
    before = len(rows(_loaded(home, tmp_path, page)))
    comments = page["issues"][0]["fields"]["comment"]["comments"]
    last = max(str(one["created"]) for one in comments)
    robot = {"accountId": "557058", "accountType": "app", "displayName": "Automation for Jira"}
    comments.append({"id": "9009", "author": robot, "created": last.replace("2026-03-0", "2026-03-1"), "jsdPublic": True})
    page["issues"][0]["fields"]["updated"] = "2026-03-20T10:00:00.000+0100"
    assert len(rows(_loaded(home, tmp_path, page))) == before
    [said] = [row for key, row in rows(home, "message").items() if key.endswith("/9009")]
    assert (said["author"], said["is_auto"]) == ("bot", True)


def _loaded(home: Path, folder: Path, page: Any) -> Path:
    load(put(folder, json.dumps(page), "page.json"), client="one", mapping={"channels": {"jira": "voice"}}, system="jira", home=home)
    return home


class Jira(FakeVendor):
    """Its search by token, and the rest of a log that the search cuts off."""

    def answer(self, path: str) -> dict[str, Any]:
        parts, asked = urlsplit(path), {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if parts.path.endswith("/changelog"):
            first = int(asked["startAt"])
            return {"values": [{"id": str(number)} for number in range(first, min(first + 2, 3))], "total": 3}
        last = "nextPageToken" in asked
        fields = {"updated": f"2026-03-0{3 if last else 2}T10:00:00.000+0100", "description": "a secret", "comment": {"total": 0, "comments": []}}
        issue = {"key": "HELP-2" if last else "HELP-1", "fields": fields, "changelog": {"total": 3, "histories": [{"id": "0"}]}}
        return {"issues": [issue], "isLast": last, **({} if last else {"nextPageToken": "more"})}


def test_it_is_asked_page_by_page_with_everything_that_the_search_cut_off() -> None:
    with serving(Jira()) as vendor:
        vendor.faults += ["429"]
        web = HttpWeb([vendor.address], sleep=lambda _: None)
        given = {"user": "", "token": "t", "project": "HELP", "from": "2026-03-01"}
        pages = list(jira.SYSTEM.pull.pages(web, given, {}, datetime(2026, 3, 4, tzinfo=UTC)))
        assert [page.cursor for page in pages] == [{"since": "1772442000000"}, {"since": "1772528400000"}]
        issues: list[Any] = [issue for page in pages for issue in page.document["issues"]]  # type: ignore[index]  # a document is whatever the vendor says
        assert [len(issue["changelog"]["histories"]) for issue in issues] == [3, 3]
        assert "a secret" not in json.dumps(issues)
        assert vendor.tokens[0] == "Bearer t"
        jql = parse_qs(urlsplit(vendor.asked[1]).query)["jql"][0]
        assert jql == 'project = "HELP" AND updated >= 1772323200000 AND updated < 1772582400000 ORDER BY updated ASC'
        vendor.asked.clear()
        list(jira.SYSTEM.pull.pages(web, given, {"since": "1772528400000", "caught_up": "2026-03-04T00:00:00+00:00"}, datetime(2026, 3, 4, tzinfo=UTC)))
        assert "updated >= 1772527800000" in parse_qs(urlsplit(vendor.asked[0]).query)["jql"][0]  # ten minutes further back
