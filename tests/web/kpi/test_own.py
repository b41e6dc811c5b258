"""KPIs of one's own: form and file, all mistakes at once, a trial before anything is kept, earlier editions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from nyckeltal.errors import BadDefinition
from nyckeltal.kpi import own
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.kpi.checks import read_text
from nyckeltal.web.frame.say import say
from nyckeltal.web.kpi import asking
from nyckeltal.web.kpi.own.form import renamed
from nyckeltal.web.people.models import Change

SignIn = Callable[[str], Client]
NEW, MINE = "/kpis/own/new/", "/kpis/own/within_a_minute/"
FORM = {
    "name": "Within a minute", "id": "", "asks": "How many wait no longer than a minute?", "owner": "David", "purpose": "service", "kind": "share",
    "over": "contact", "of": "answered and wait_s <= 60", "among": "offered", "top": "answered within a minute", "bottom": "offered", "unit": "share",
    "better": "higher", "floor": "1", "empty": "Nobody came.", "caution": "", "goal_company": "month",
}  # fmt: skip


def tried(page: Any) -> str:
    found = re.search(r'name="tried" value="(\w+)"', page.content.decode())
    assert found, page.content.decode()
    return found[1]


def kept(client: Client) -> Any:
    return client.post(NEW, FORM | {"keep": "1", "tried": tried(client.post(NEW, FORM | {"try": "1"}))})


def test_a_manager_defines_one_by_the_form_sees_it_on_own_data_and_keeps_it(as_person: SignIn, tmp_path: Path) -> None:
    david = as_person("david")
    trial = david.post(NEW, FORM | {"try": "1"})
    assert "On your own data" in trial.content.decode()
    assert "October 2026" in trial.content.decode()
    assert not (tmp_path / "kpi").exists()
    assert kept(david)["Location"] == "/kpis/within_a_minute/"
    assert (asking.kpis()["within_a_minute"].own, asking.kpis()["within_a_minute"].owner) == (True, "David")
    assert "Within a minute" in david.get("/kpis/within_a_minute/").content.decode()
    assert [change.what for change in Change.objects.all()] == ["kpi_kept"]


def test_what_somebody_has_written_stays_in_their_own_words(as_person: SignIn) -> None:
    """A word of theirs may be one of ours in another sense."""
    david = as_person("david")
    david.cookies["nyckeltal_language"] = "fi"
    words = {"name": "Answered", "id": "within_a_minute", "top": "answered", "bottom": "closed", "asks": "Answered"}
    trial = david.post(NEW, FORM | words | {"try": "1"})
    assert "<span>answered</span><span>closed</span>" in trial.content.decode()
    david.post(NEW, FORM | words | {"keep": "1", "tried": tried(trial)})
    page = david.get("/kpis/within_a_minute/").content.decode()
    assert "<h1>Answered" in page
    assert "Answered" in david.get("/kpis/").content.decode()


def test_one_agents_figures_are_neither_tried_nor_asked_through_a_key_figure_of_ones_own(as_person: SignIn, tmp_path: Path) -> None:
    david = as_person("david")
    page = david.post(NEW, FORM | {"among": "answered and own_agent_id == 'anna'", "try": "1"})
    assert (page.status_code, "On your own data" in page.content.decode()) == (422, False)
    kept(david)
    file = tmp_path / "kpi" / "within_a_minute.toml"
    assert david.get("/kpis/within_a_minute/").status_code == 200
    file.write_text(file.read_text(encoding="utf-8").replace('among = "offered"', "among = \"answered and own_agent_id == 'anna'\""), encoding="utf-8")
    assert "within_a_minute" not in asking.kpis()
    assert "tells single persons or rows apart" in david.get("/kpis/").content.decode()


@pytest.mark.parametrize("counting", [{}, {"kind": "mean", "of": "wait_s", "unit": "seconds"}, {"kind": "quantile", "of": "wait_s", "unit": "seconds"}])
def test_a_trial_that_rests_on_too_few_shows_no_figure(as_person: SignIn, counting: dict[str, str]) -> None:
    page = as_person("david").post(NEW, FORM | counting | {"floor": "9999", "try": "1"}).content.decode()
    assert "On your own data" in page
    shown = re.findall(r'<td class="num value">(.*?)</td>', page)
    assert [("Rests on" in one, "shown from 9999" in one) for one in shown] == [(True, True)] * 3


@pytest.mark.parametrize("name", ["david", "cecilia", "anna", "fatima", "ingrid"])
def test_faulty_files_close_no_page(as_person: SignIn, tmp_path: Path, name: str) -> None:
    (tmp_path / "kpi").mkdir()
    for file, content in {"empty": b"", "broken": b"id = ", "bytes": bytes(range(256)), "asa": b'id = "asa"'}.items():
        (tmp_path / "kpi" / f"{file}.toml").write_bytes(content)
    (tmp_path / "kpi" / "gone.toml").symlink_to("/nowhere")
    (tmp_path / "kpi" / "folder.toml").mkdir()
    reader = as_person(name)
    defines = name in ("david", "ingrid")
    pages = [
        "/",
        "/kpis/",
        "/kpis/asa/",
        *(["/explore/?kpi=asa"] if name != "ingrid" else []),
        *(["/customer-service/", "/plan/"] if name == "david" else []),
        *(["/kpis/own/bytes/"] if defines else []),
    ]
    assert [path for path in pages if reader.get(path, follow=True).status_code != 200] == []
    listed = reader.get("/kpis/").content.decode()
    assert ("bytes.toml" in listed and "gone.toml" in listed) is defines


def test_what_it_contributes_to_and_what_can_be_done_about_it_are_in_its_file(as_person: SignIn) -> None:
    david = as_person("david")
    more = FORM | {"goal_team": "month", "serves": ["csat", "service_level"], "lever": "Breaks are planned around the peaks."}
    assert david.post(NEW, more | {"keep": "1", "tried": tried(david.post(NEW, more | {"try": "1"}))}).status_code == 302
    kpi = asking.kpis()["within_a_minute"]
    assert set(kpi.serves) == {"csat", "service_level"}
    assert kpi.levers == dict.fromkeys(("company", "team"), "Breaks are planned around the peaks.")


def test_nothing_is_kept_that_was_not_tried_as_it_stands(as_person: SignIn, tmp_path: Path) -> None:
    david = as_person("david")
    mark = tried(david.post(NEW, FORM | {"try": "1"}))
    page = david.post(NEW, FORM | {"among": "offered and handled", "keep": "1", "tried": mark})
    assert page.status_code == 200
    assert "Nothing is kept yet" in page.content.decode()
    assert not (tmp_path / "kpi").exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"of": "answered and wait_s <= withn"}, "withn"),
        ({"of": "chanel == 'voice'"}, "Did you mean “channel”?"),
        ({"among": "channel == 'vioce'"}, "Did you mean “voice”?"),
        ({"of": "offered"}, "A share of itself"),
        ({"of": "__import__('os').system('true')"}, "__import__"),
        ({"of": "answered and"}, "answered and"),
        ({"id": "asa"}, "There is already a KPI called “asa”"),
        ({"id": "../evil"}, "is no id"),
        ({"kind": "mean", "of": "answered"}, "is not a number"),
    ],
)
def test_what_cannot_be_counted_is_told_and_nothing_is_lost(as_person: SignIn, tmp_path: Path, wrong: dict[str, str], told: str) -> None:
    page = as_person("david").post(NEW, FORM | wrong | {"keep": "1"})
    assert page.status_code == 422
    assert told in page.content.decode().replace("&#x27;", "'").replace("&lt;", "<")
    assert "How many wait no longer than a minute?" in page.content.decode()
    assert not (tmp_path / "kpi").exists()


def test_a_missing_name_hides_no_mistake_of_what_is_counted(as_person: SignIn) -> None:
    page = as_person("david").post(NEW, FORM | {"name": "", "empty": "", "of": "chanel == 'voice'", "try": "1"})
    told = page.content.decode()
    assert (page.status_code, "Did you mean “channel”?" in told, told.count("This field is required")) == (422, True, 2)
    assert "<code>name</code>" not in told


def test_a_short_name_that_is_no_id_is_told_as_that_alone(as_person: SignIn) -> None:
    told = as_person("david").post(NEW, FORM | {"id": "Not So", "try": "1"}).content.decode()
    assert ("is no id" in told, "stands in a file" in told) == (True, False)


def test_all_mistakes_of_a_file_are_told_at_once_with_their_lines(as_person: SignIn) -> None:
    david = as_person("david")
    file = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", david.post(NEW, FORM | {"file": "1"}).content.decode(), re.DOTALL)
    assert file
    text = file[1].replace("&quot;", '"').replace("&lt;", "<").replace("&#x27;", "'")
    page = david.post(NEW, {"text": text.replace("better", "bettr").replace("offered", "offred").replace('unit = "share"', 'unit = "shares"'), "try": "1"})
    told = page.content.decode()
    assert page.status_code == 422
    assert all(f"Did you mean “{right}”?" in told for right in ("better", "share"))
    assert told.count("Line ") >= 3


def test_one_begins_from_another(as_person: SignIn) -> None:
    page = as_person("david").get(f"{NEW}?like=aht").content.decode()
    assert "id = &quot;own_aht&quot;" in page
    for kpi in catalogue().values():  # none of them brings what a first version cannot have
        path = Path(str(kpi.file))
        begun = read_text(renamed(path.read_text(encoding="utf-8"), f"own_{kpi.id}"), path.with_name(f"own_{kpi.id}.toml"), own=True)
        agreed = [{name: one for name, one in each.settings.items() if one.column} for each in (kpi, begun)]
        assert (begun.id, begun.version, begun.default, agreed[1]) == (f"own_{kpi.id}", 1, kpi.default, agreed[0])


def test_a_changed_formula_needs_a_new_version_and_the_old_one_stays_readable(as_person: SignIn, tmp_path: Path) -> None:
    david = as_person("david")
    kept(david)
    text = (tmp_path / "kpi" / "within_a_minute.toml").read_text(encoding="utf-8").replace("wait_s <= 60", "wait_s <= 45")
    assert "Write version = 2" in david.post(MINE, {"text": text, "keep": "1"}).content.decode()
    text = text.replace("version = 1", "version = 2")
    done = david.post(MINE, {"text": text, "keep": "1", "tried": tried(david.post(MINE, {"text": text, "try": "1"}))})
    assert done.status_code == 302
    assert asking.kpis()["within_a_minute"].version == 2
    assert "wait_s &lt;= 60" in david.get(MINE).content.decode()


def test_a_removed_one_leaves_the_list_and_stays_among_the_editions(as_person: SignIn, tmp_path: Path) -> None:
    david = as_person("david")
    kept(david)
    assert david.post(f"{MINE}remove/")["Location"] == "/kpis/"
    assert "within_a_minute" not in asking.kpis()
    assert [edition.kpi_id for edition in own.editions("within_a_minute", tmp_path)] == ["within_a_minute"]


def test_one_that_another_rests_on_is_not_removed(as_person: SignIn, tmp_path: Path) -> None:
    david = as_person("david")
    david.post(
        NEW, FORM | {"kind": "count", "unit": "count", "keep": "1", "tried": tried(david.post(NEW, FORM | {"kind": "count", "unit": "count", "try": "1"}))}
    )
    ratio = """
id = "rests"
version = 1
name = "Rests"
asks = "How many?"
purpose = ["service"]
unit = "ratio"
better = "higher"
[ratio]
top = { kpi = "within_a_minute" }
bottom = { kpi = "contacts_offered" }
[reading]
empty = "None."
"""
    own.keep(ratio, tmp_path, now=datetime(2026, 11, 22, tzinfo=UTC))
    page = david.post(f"{MINE}remove/").content.decode()
    assert "rests rest on it" in page
    assert "within_a_minute" in asking.kpis()


@pytest.mark.parametrize("name", ["anna", "cecilia", "eva", "fatima", "hanna", "nobody"])
def test_whoever_is_neither_manager_nor_administrator_defines_nothing(as_person: SignIn, name: str) -> None:
    assert as_person(name).get(NEW).status_code == 403
    assert as_person(name).post(NEW, FORM | {"try": "1"}).status_code == 403
    assert "Define one of your own" not in as_person(name).get("/kpis/").content.decode()


def test_an_administrator_may_define_and_sees_no_figures(as_person: SignIn) -> None:
    page = as_person("ingrid").post(NEW, FORM | {"try": "1"}).content.decode()
    assert "The figures themselves are not open to you" in page
    assert "October 2026" not in page


def test_a_broken_file_is_named_to_whoever_may_mend_it_and_the_others_stand(as_person: SignIn, tmp_path: Path) -> None:
    kept(as_person("david"))
    (tmp_path / "kpi" / "broken.toml").write_text("id = 'broken'\nnonsense\n", encoding="utf-8")
    page = as_person("david").get("/kpis/").content.decode()
    assert "broken.toml:2" in page
    assert "Within a minute" in page
    assert "broken.toml" not in as_person("anna").get("/kpis/").content.decode()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "sv",
            ["”version” måste vara mellan 1 och 9999.", "”longest” måste vara ett tal.", "Det finns inget med namnet ”secons” (enhet). Menade du ”seconds”?"],
        ),
        (
            "fi",
            [
                "”version” – tässä on oltava välillä 1–9999.",
                "”longest” – tässä on oltava luku.",
                "Nimellä ”secons” ei ole mitään (yksikkö). Tarkoititko ”seconds”?",
            ],
        ),
    ],
)
def test_mistakes_are_told_whole_in_the_readers_language(language: str, said: list[str], tmp_path: Path) -> None:
    text = 'id = "mine"\nversion = 0\nunit = "secons"\n[count]\n[settings]\nlongest = "x"\n'
    with pytest.raises(BadDefinition) as refused:
        own.check(text, tmp_path)
    with override(language):
        assert {*said} <= {say(issue.text) for issue in refused.value.issues}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"of": "answered and wiat_s < 5"}, ["Above the line: Unknown word"]),
        ({"of": "offered"}, ["“Above the line” and “Below the line” say the same"]),
        ({"unit": "seconds"}, ["Unit: “seconds” is no unit for what is counted here. One that fits: percent, times"]),
        ({"kind": "mean", "of": "wait_s", "unit": "count"}, ["Unit: “a count” is no unit for what is counted here. One that fits: seconds"]),
        ({"id": "asa"}, ["Short name: There is already a KPI called “asa”"]),
        ({"among": "own_agent_id = 'anna' and wiat_s > 5"}, ["Below the line: “own_agent_id” tells single persons", "Did you mean “wait_s”?", "a single ="]),
        ({"over": "absence", "kind": "count", "among": ""}, ["write [privacy]", "What the form has no field for is said in the file"]),
    ],
)
def test_what_is_wrong_in_the_form_is_told_in_its_own_words(as_person: SignIn, wrong: dict[str, str], told: list[str]) -> None:
    page = re.sub("<[^>]*>", "", unescape(as_person("david").post(NEW, FORM | wrong | {"try": "1"}).content.decode()))
    assert [one for one in told if one not in page] == []
    assert [key for key in ("share.of", "share.among", "mean.of") if key in page] == []


def test_what_is_missing_in_one_field_hides_no_mistake_of_another(as_person: SignIn) -> None:
    page = as_person("david").post(NEW, FORM | {"of": "", "among": "chanel == 'voice'", "try": "1"}).content.decode()
    assert ("Say what stands above the line" in page, "Did you mean “channel”?" in page, "is missing" in page) == (True, True, False)


@pytest.mark.parametrize("old", ["[count]", 'over = "contact"', "better", '"none"', "[reading]", '"Nobody came."', "version = 1"])
@pytest.mark.parametrize("new", ["", "x = 5", "[[a]]", "5", '"\\u0000"', "= =", "{ a = { b = [1, {}] } }"])
def test_no_page_breaks_on_a_file_whatever_stands_in_it(as_person: SignIn, tmp_path: Path, old: str, new: str) -> None:
    head = 'id = "mine"\nversion = 1\nname = "Mine"\nasks = "?"\npurpose = ["service"]\nunit = "count"\nbetter = "none"\n'
    text = head + 'over = "contact"\n[count]\n[reading]\nempty = "Nobody came."\n'
    assert as_person("david").post(NEW, {"text": text.replace(old, new), "try": "1"}).status_code in (200, 422)
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "mine.toml").write_text(text.replace(old, new), encoding="utf-8")
    assert as_person("david").get("/kpis/").status_code == 200


def test_a_condition_that_is_too_long_is_told_as_that_alone(as_person: SignIn) -> None:
    page = as_person("david").post(NEW, FORM | {"of": "answered and " * 100 + "answered", "try": "1"}).content.decode()
    assert ("at most 1000 characters" in page, "Say what stands above the line" in page) == (True, False)
