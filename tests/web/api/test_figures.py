from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import Client

from nyckeltal.contacts.store import World
from nyckeltal.kpi.ask import ask, explain
from nyckeltal.web.api import forms
from nyckeltal.web.people.models import Look
from web import cast

Program = Callable[..., Client]
BY_QUEUE = "kpi=service_level&kpi=asa&by=queue&per=month"


def _asked(program: Client, query: str, **headers: str) -> Any:
    answer = program.get(f"/api/ask?{query}", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer


@pytest.mark.parametrize(
    ("query", "question"),
    [
        (BY_QUEUE, {"kpis": ("service_level", "asa"), "by": "queue", "per": "month"}),
        ("kpi=fcr&variant=case", {"kpis": ("fcr",), "variant": "case"}),
        ("kpi=service_level&set=within%3D10&where=queue+in+('invoice','orders')", {"set": {"within": 10}, "where": "queue in ('invoice','orders')"}),
        ("kpi=service_level&from=2026-09&to=2026-09-15&floor=0&by=hour", {"start": "2026-09", "end": "2026-09-15", "floor": 0, "by": "hour"}),
        ("kpi=csat", {"kpis": ("csat",)}),
    ],
)
def test_the_answer_is_that_of_the_command_line(query: str, question: Mapping[str, Any], as_program: Program, centre: World) -> None:
    words = dict(question)
    kpis = words.pop("kpis", ("service_level",))
    expected = ask(*kpis, facts=centre, now=datetime.now(UTC), **words).as_dicts()
    assert _asked(as_program("david"), query).json() == expected


def test_the_same_question_in_the_body_gets_the_same_answer(as_program: Program) -> None:
    program = as_program("david")
    body = {"kpi": ["service_level", "asa"], "by": ["queue"], "per": "month", "set": {}, "floor": None}
    assert program.post("/api/ask", body, content_type="application/json").json() == _asked(program, BY_QUEUE).json()


def test_a_question_is_either_in_the_address_or_in_the_body(as_program: Program) -> None:
    answer = as_program("david").post("/api/ask?format=csv", {"kpi": ["asa"]}, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["issues"][0]["field"] == "format"


def test_all_forms_hold_the_same(as_program: Program) -> None:
    program = as_program("david")
    rows = _asked(program, BY_QUEUE).json()
    arrow = pa.ipc.open_stream(_asked(program, BY_QUEUE, Accept="application/vnd.apache.arrow.stream").content).read_all()
    parquet = pq.read_table(io.BytesIO(_asked(program, f"{BY_QUEUE}&format=parquet").content))
    lines = list(csv.DictReader(io.StringIO(_asked(program, f"{BY_QUEUE}&format=csv").content.decode())))
    assert arrow.equals(parquet)
    for name in ("kpi", "period", "value", "low", "n", "message", "provisional"):
        assert arrow.column(name).to_pylist() == [row[name] for row in rows]
    assert arrow.column("queue").to_pylist() == [row["by"]["queue"] for row in rows] == [line["queue"] for line in lines]
    assert arrow.column("parts.median").to_pylist() == [row["parts"].get("median") for row in rows]
    assert arrow.column("known_until").to_pylist()[0] == cast.KNOWN_UNTIL
    assert [float(line["value"]) for line in lines] == [row["value"] for row in rows]


def test_no_rows_are_a_table_all_the_same(as_program: Program, nothing_loaded: None) -> None:
    content = _asked(as_program("david"), "kpi=asa&by=queue&format=arrow").content
    table = pa.ipc.open_stream(content).read_all()
    assert (table.column("queue").to_pylist(), table.column("reason").to_pylist()) == ([None], ["no_data"])
    assert [figure["by"] for figure in _asked(as_program("david"), "kpi=asa&by=queue").json()] == [{}]


@pytest.mark.parametrize(("accept", "kind"), [("*/*", "json"), ("text/csv, application/json;q=0.5", "csv"), ("text/html, */*;q=0.1", "json")])
def test_accept_chooses_the_form(accept: str, kind: str, as_program: Program) -> None:
    assert _asked(as_program("david"), "kpi=asa", Accept=accept)["Content-Type"].startswith(forms.FORMS[kind])


def test_a_form_that_there_is_none_of_is_refused(as_program: Program) -> None:
    program = as_program("david")
    assert program.get("/api/ask?kpi=asa", headers={"Accept": "text/html"}).status_code == 406
    assert program.get("/api/ask?kpi=asa&format=xlsx").status_code == 422
    assert program.get("/api/catalogue?format=csv").status_code == 422


def test_a_long_answer_is_sent_row_by_row(as_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    program = as_program("david")
    whole = {form: _asked(program, f"{BY_QUEUE}&format={form}").content for form in forms.FORMS}
    monkeypatch.setattr(forms, "ROW_BY_ROW", 4)
    for form, content in whole.items():
        answer = _asked(program, f"{BY_QUEUE}&format={form}")
        assert answer.streaming is (form != "parquet")
        told = b"".join(answer.streaming_content) if answer.streaming else answer.content
        same = pa.ipc.open_stream(told).read_all().equals(pa.ipc.open_stream(content).read_all()) if form == "arrow" else told == content
        assert same, form


def test_parts_laid_together_are_the_whole(as_program: Program) -> None:
    program = as_program("david")
    whole, rows, query = _asked(program, BY_QUEUE).json(), [], f"{BY_QUEUE}&limit=4"
    while query:
        answer = _asked(program, query)
        assert len(answer.json()) <= 4
        rows += answer.json()
        query = answer["Link"].partition("?")[2].partition(">")[0] if "Link" in answer.headers else ""
    assert rows == whole
    assert len(whole) == 18


def test_a_cursor_into_another_answer_is_refused(as_program: Program) -> None:
    program = as_program("david")
    cursor = _asked(program, f"{BY_QUEUE}&limit=4")["Next-Cursor"]
    assert program.get(f"/api/ask?kpi=asa&by=queue&limit=4&cursor={cursor}").status_code == 409
    assert as_program("cecilia").get(f"/api/ask?{BY_QUEUE}&limit=4&cursor={cursor}").status_code == 409
    assert program.get(f"/api/ask?{BY_QUEUE}&cursor=next").status_code == 422


def test_a_cursor_is_refused_once_the_data_changed(as_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from nyckeltal.web.frame import facts

    program = as_program("david")
    cursor = _asked(program, f"{BY_QUEUE}&limit=4")["Next-Cursor"]
    more = cast.centre(620)
    monkeypatch.setattr(facts, "current", lambda: more)
    answer = program.get(f"/api/ask?{BY_QUEUE}&limit=4&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (409, "api.stale_cursor")


def test_the_same_answer_is_not_sent_twice(as_program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from nyckeltal.web.frame import facts

    program = as_program("david")
    tag = _asked(program, BY_QUEUE)["ETag"]
    again = program.get(f"/api/ask?{BY_QUEUE}", headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert _asked(program, "kpi=asa", **{"If-None-Match": tag})["ETag"] != tag
    assert _asked(program, f"{BY_QUEUE}&format=csv", **{"If-None-Match": tag})["ETag"] != tag
    assert _asked(as_program("cecilia"), BY_QUEUE, **{"If-None-Match": tag})["ETag"] != tag
    more = cast.centre(620)
    monkeypatch.setattr(facts, "current", lambda: more)
    assert _asked(program, BY_QUEUE, **{"If-None-Match": tag})["ETag"] != tag


def test_what_is_read_about_persons_is_logged_with_the_tokens_purpose(as_program: Program) -> None:
    _asked(as_program("cecilia"), "kpi=aht&by=agent&per=month&from=2026-09&to=2026-10")
    looks = list(Look.objects.order_by("agent_id").values_list("agent_id", "thing", "purpose", "what"))
    assert looks == [(one, "export", "cecilia’s sheet", "aht, 2026-09-01..2026-10-31") for one in ("anna", "bengt")]


def test_ones_own_figures_are_not_logged(as_program: Program) -> None:
    _asked(as_program("anna"), "kpi=aht&by=agent&per=month")
    assert not Look.objects.exists()


def test_persons_stand_by_pseudonym_in_every_form(as_program: Program) -> None:
    program = as_program("cecilia")
    rows = _asked(program, "kpi=aht&by=agent,leader").json()
    assert {row["by"]["agent"] for row in rows} & {"anna", "bengt", "cecilia"} == set()
    assert len({row["by"]["agent"] for row in rows}) == 2
    assert b"anna" not in _asked(program, "kpi=aht&by=agent&format=csv").content


def test_a_client_sees_the_own_service_alone(as_program: Program) -> None:
    program = as_program("gustav")
    assert {row["by"]["client"] for row in _asked(program, "kpi=contacts_offered&by=client").json()} == {"two"}
    assert _asked(program, "kpi=contacts_offered").json()[0]["value"] == 200
    assert program.get("/api/ask?kpi=contacts_offered&client=one").status_code == 403
    assert _asked(program, "kpi=contacts_offered&where=client+%3D%3D+'one'").json()[0]["value"] in (0, None)
    assert program.get("/api/ask?kpi=contacts_offered&by=area").status_code == 403


@pytest.mark.parametrize(
    ("name", "query", "code"),
    [
        ("david", "kpi=aht&by=agent", "access.manager_persons"),
        ("david", "kpi=aht&where=agent+%3D%3D+'anna'", "where.unknown_word"),
        ("david", "kpi=aht&where=contact_id+%3D%3D+'phone:1'", "where.unknown_word"),
        ("david", "kpi=aht&where=local_minute+%3C+60", "where.unknown_word"),
        ("david", "kpi=aht&by=team&where=queue+!%3D+'orders'", "api.condition_of_groups"),
        ("david", "kpi=aht&by=tenure,weekday", "access.manager_tenure"),
        ("david", "kpi=aht&by=tenure&where=weekday+%3D%3D+1", "access.manager_tenure"),
        ("cecilia", "kpi=aht&by=agent&per=day", "access.by_month"),
        ("cecilia", "kpi=aht&by=agent&where=hour+%3D%3D+9", "access.by_month"),
        ("cecilia", "kpi=aht&by=agent&from=2026-09-01&to=2026-09-02", "access.by_month"),
        ("cecilia", "kpi=aht&by=agent&floor=0", "api.floor_of_persons"),
        ("anna", "kpi=aht&floor=0", "api.floor_of_persons"),
        ("anna", "kpi=aht&by=hour", "access.by_month"),
        ("anna", "kpi=aht&by=team", "access.agent_others"),
        ("ingrid", "kpi=aht", "access.administrator"),
        ("cecilia", "kpi=aht&by=team&team=syd", "access.outside"),
    ],
)
def test_no_way_leads_around_the_rules(name: str, query: str, code: str, as_program: Program) -> None:
    answer = as_program(name).get(f"/api/ask?{query}")
    assert (answer.status_code in (403, 422), answer.json()["code"].removesuffix("_of").removesuffix("_near")) == (True, code)
    assert not Look.objects.exists()


def test_an_id_that_nobody_has_heard_of_is_told_to_whoever_sees_everything(as_program: Program) -> None:
    answer = as_program("david").get("/api/ask?kpi=asa&where=queue+%3D%3D+'invoices'")
    assert (answer.status_code, "invoice" in answer.json()["detail"]) == (422, True)
    narrowed = as_program("david").get("/api/ask?kpi=asa&client=onne")
    assert (narrowed.status_code, "onne" in narrowed.json()["detail"]) == (422, True)
    assert "orders" not in as_program("fatima").get("/api/ask?kpi=asa&where=queue+%3D%3D+'order'").content.decode()


def test_quarters_of_an_hour_are_asked_for_a_month_at_most(as_program: Program) -> None:
    program = as_program("david")
    assert program.get("/api/ask?kpi=asa&per=interval").json()["issues"][0]["field"] == "per"
    assert program.get("/api/ask?kpi=asa&per=interval&from=2026-10-01&to=2026-10-02").status_code == 200


def test_a_message_is_said_in_the_callers_language(as_program: Program) -> None:
    program = as_program("david")
    english, swedish = (_asked(program, "kpi=service_level&per=day&from=2026-10-01&to=2026-10-01", **{"Accept-Language": one}) for one in ("en", "sv"))
    assert english.json()[0]["message"] != swedish.json()[0]["message"]
    assert english["ETag"] != swedish["ETag"]


def test_an_explanation_is_that_of_the_command_line(as_program: Program, centre: World) -> None:
    expected = [one.as_dict() for one in explain("service_level", by="queue", set={"within": 30}, facts=centre, now=datetime.now(UTC))]
    told = as_program("david").get("/api/explain?kpi=service_level&by=queue&set=within%3D30").json()
    assert {**told[0], "sql": None} == {**expected[0], "sql": None}
    assert len(told[0]["sql"]) == len(expected[0]["sql"])


def test_for_whom_figures_are_not_open_the_query_names_no_client(as_program: Program) -> None:
    told = as_program("nobody").get("/api/explain?kpi=service_level&by=client").json()[0]
    assert told["top"]
    assert not any("'one'" in sql or "Stockholm" in sql for sql in told["sql"])


def test_contacts_behind_a_figure_are_drawn_and_logged(as_program: Program) -> None:
    answer = as_program("fatima").get("/api/evidence/service_level?from=2026-10&to=2026-10")
    rows = answer.json()
    assert len(rows) == 5
    assert {row["words"]["client_id"] for row in rows} == {"one"}
    assert set(Look.objects.values_list("what", flat=True)) == {row["contact_id"] for row in rows}
    assert set(Look.objects.values_list("purpose", flat=True)) == {"fatima’s sheet"}


@pytest.mark.parametrize(("query", "status"), [("from=2026-01&to=2026-10", 422), ("from=2026-10&client=two", 403), ("draw=-1&from=2026-10", 422)])
def test_contacts_are_not_drawn_from_anywhere(query: str, status: int, as_program: Program) -> None:
    assert as_program("fatima").get(f"/api/evidence/service_level?{query}").status_code == status
    assert not Look.objects.exists()


def test_contacts_behind_a_faulty_key_figure_are_refused_with_its_mistakes(as_program: Program, tmp_path: Path) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text("id = ", encoding="utf-8")
    answer = as_program("david").get("/api/evidence/mine?from=2026-10&to=2026-10")
    assert (answer.status_code, "until its file is mended" in answer.content.decode()) == (422, True)
    assert as_program("david").get("/api/evidence/nobodys?from=2026-10&to=2026-10").status_code == 404


@pytest.mark.parametrize("form", ["", "&by=team", "&by=team&per=month"])
def test_where_there_is_no_group_at_all_the_reason_is_told(form: str, as_program: Program) -> None:
    [figure] = as_program("david").get(f"/api/ask?kpi=enps&from=2026-10&to=2026-10{form}").json()
    assert (figure["kpi"], figure["value"], bool(figure["reason"]), bool(figure["message"])) == ("enps", None, True, True)


@pytest.mark.parametrize("call", ["ask", "explain"])
def test_a_faulty_file_is_told_by_its_name_alone_and_keeps_nothing_else_from_being_counted(as_program: Program, tmp_path: Path, call: str) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text("id = ", encoding="utf-8")
    program = as_program("david")
    assert program.get(f"/api/{call}?kpi=asa&from=2026-10&to=2026-10").status_code == 200
    assert program.get("/api/evidence/asa?from=2026-10&to=2026-10").status_code == 200
    answer = program.get(f"/api/{call}?kpi=mine&from=2026-10&to=2026-10")
    assert (answer.status_code, "until its file is mended" in answer.content.decode()) == (422, True)
    assert str(tmp_path) not in answer.content.decode()
