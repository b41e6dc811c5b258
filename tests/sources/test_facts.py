"""Every fact that can be loaded is recognised by its headers, mapped as proposed, loaded and counted; corrected rows replace theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from nyckeltal.contacts.schema import TABLES
from nyckeltal.errors import CannotRead
from nyckeltal.sources.describe import Description
from nyckeltal.sources.fact import likely
from nyckeltal.sources.load import FactCount, describe, load, load_together
from nyckeltal.sources.mapping import DERIVED, KINDS
from nyckeltal.sources.mapping_file import read_mapping
from tables import aside, put, rows

NOW = datetime(2026, 4, 20, tzinfo=UTC)


class Told(NamedTuple):
    """A file, what its first row says, and a correction of that row with what it says then."""

    text: str
    says: dict[str, Any]
    correction: tuple[str, str]
    then: dict[str, Any]


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


FILES: dict[str, Told] = {
    "message": Told(
        "Message id,Contact id,Author,Agent,Sent\nm1,c1,Customer,,2026-03-02 08:00:00\nm2,c1,Agent,anna,2026-03-02 09:30:00\n",
        {"message_id": "put:m1", "contact_id": "put:c1", "author": "customer", "sent_at": _at(2, 8)},
        ("m1,c1,Customer,,2026-03-02 08:00:00", "m1,c1,Customer,,2026-03-02 08:05:00"),
        {"sent_at": _at(2, 8, 5)},
    ),
    "schedule_shift": Told(
        "Pass id;Handläggare;Pass start;Pass slut;Aktivitet\np1;anna;2026-03-02 08:00:00;2026-03-02 12:00:00;Samtal\n"
        "p2;anna;2026-03-02 12:00:00;2026-03-02 12:30:00;Rast\n",
        {"agent_id": "anna", "state_class": "contact", "started_at": _at(2, 8), "ended_at": _at(2, 12), "exception": "none"},
        ("2026-03-02 12:00:00;Samtal", "2026-03-02 12:00:00;Rast"),
        {"state_class": "break"},
    ),
    "forecast": Told(
        "Forecast id,Queue,Interval start,Forecast,AHT\n1,help,2026-03-02 08:00:00,12.5,240\n2,help,2026-03-02 08:15:00,14,240\n",
        {"queue_id": "help", "interval_start": _at(2, 8), "contacts": 12.5, "aht_s": 240.0, "interval_s": 900.0},
        ("12.5", "13.5"),
        {"contacts": 13.5},
    ),
    "summary": Told(
        "Row id,Queue,Interval start,Incoming calls,Answered calls,Abandoned calls,Service level,ASA\n"
        "1,help,2026-03-02 08:00:00,12,10,2,75 %,24\n2,help,2026-03-02 08:30:00,8,8,0,100 %,3\n",
        {"queue_id": "help", "started_at": _at(2, 8), "offered_n": 12, "in_time_share": 0.75, "timely_n": 9.0, "wait_sum_s": 240.0, "length_s": 1800.0},
        ("12,10,2", "13,11,2"),
        {"came_n": 13, "wait_sum_s": 264.0},
    ),
    "outage": Told(
        "Outage,Started,Ended,Scope,Lost share\no1,2026-03-02 08:00:00,2026-03-02 10:00:00,Company,0.3\no2,2026-03-03 08:00:00,,Site,0.1\n",
        {"scope": "company", "lost_agent_share": 0.3, "ended_at": _at(2, 10)},
        ("0.3", "0.4"),
        {"lost_agent_share": 0.4},
    ),
    "absence": Told(
        "Fravær id;Medarbejder;Fraværstype;Fra;Til;Timer\n"
        "f1;anna;Sygdom;2026-03-02 08:00:00;2026-03-02 16:00:00;7,5\nf2;bo;Ferie;2026-03-02 00:00:00;2026-03-06 00:00:00;37\n",
        {"agent_id": "anna", "kind": "sick", "hours": 7.5},
        ("7,5", "8"),
        {"hours": 8.0},
    ),
    "qa_evaluation": Told(
        "Evaluation,Contact id,Agent,Evaluator,Evaluated,Score,Purpose,Critical error\n"
        "e1,c1,anna,eva,2026-03-02 10:00:00,87.5,Sample,None\ne2,c2,bo,eva,2026-03-02 11:00:00,0,Sample,Compliance\n",
        {"evaluation_id": "put:e1", "contact_id": "put:c1", "agent_id": "anna", "score": 87.5, "purpose": "sample", "critical": "none"},
        ("87.5", "90"),
        {"score": 90.0},
    ),
    "qa_answer": Told(
        "Answer id,Evaluation,Item,Answer,Points\na1,e1,greets,yes,1\na2,e1,listens,partly,0.5\n",
        {"evaluation_id": "put:e1", "item_id": "greets", "value": "yes", "value_n": 1.0, "is_na": False},
        ("yes,1", "no,0"),
        {"value_n": 0.0},
    ),
    "sale": Told(
        "Sale,Agent,Sold,Type,Accepted,Amount,Customer\ns1,anna,2026-03-02 10:00:00,New,yes,EUR 349.90,c17\ns2,bo,2026-03-02 11:00:00,Upsell,no,12.00,c18\n",
        {"sale_id": "put:s1", "client_id": "put", "kind": "new", "accepted": True, "amount": 34990, "currency": "EUR"},
        ("349.90", "349.50"),
        {"amount": 34950},
    ),
    "retention_case": Told(
        "Uppsägning,Begärd,Utfall,Handläggare,Kund\nu1,2026-03-02 10:00:00,Behållen,anna,17\nu2,2026-03-02 11:00:00,Förlorad,bo,18\n",
        {"retention_id": "put:u1", "outcome": "kept", "agent_id": "anna", "requested_at": _at(2, 10)},
        ("Behållen,anna", "Förlorad,anna"),
        {"outcome": "lost"},
    ),
    "order": Told(
        "Tilausnumero;Asiakas;Tilauspäivä;Summa\n1;17;2026-03-02 10:00:00;1 234,50\n2;18;2026-03-02 11:00:00;20,00\n",
        {"order_id": "put:1", "amount": 123450, "ordered_at": _at(2, 10)},
        ("1 234,50", "1 234,60"),
        {"amount": 123460},
    ),
    "complaint": Told(
        "Panasz azonosító;Beérkezett;Tárgya;Lezárva\n1;2026-03-02 10:00:00;Kiszolgálás;2026-03-05 10:00:00\n2;2026-03-02 11:00:00;Számla;\n",
        {"complaint_id": "put:1", "about": "service", "received_at": _at(2, 10), "closed_at": _at(5, 10)},
        ("Kiszolgálás", "Számla"),
        {"about": "price"},
    ),
    "customer_base_month": Told(
        "Row id,Month,Opening,New,Churned,Closing\n1,2026-02,1000,50,20,1030\n2,2026-03,1030,40,30,1040\n",
        {"month_start": date(2026, 2, 1), "opening": 1000, "new": 50, "churned": 20, "closing": 1030},
        ("1000,50,20,1030", "1000,50,25,1025"),
        {"churned": 25},
    ),
    "finance_month": Told(
        "Row id;Månad;Kostnad;Omsättning;Valuta\n1;mars 2026;1 250 000,00;20 000 000,50;sek\n2;april 2026;1 300 000,00;21 000 000,00;sek\n",
        {"month_start": date(2026, 3, 1), "service_cost": 125000000, "revenue": 2000000050, "currency": "SEK", "client_id": "put"},
        ("1 250 000,00", "1 250 000,10"),
        {"service_cost": 125000010},
    ),
    "employment": Told(
        "Employment id,Agent,Valid from,Valid to,Hours per week,Profile\n1,anna,2024-01-01,,40,Service\n2,bo,2025-05-01,2026-05-01,32,Sales\n",
        {"employment_id": "1", "agent_id": "anna", "hours_week": 40.0, "day_h": 8.0, "profile": "service"},
        ("40", "36"),
        {"hours_week": 36.0},
    ),
    "feedback_talk": Told(
        "Talk id,Agent,Leader,Held,Form,Actions\nt1,anna,karin,2026-03-02 10:00:00,One to one,listen; ask\nt2,bo,karin,2026-03-02 11:00:00,Group,\n",
        {"agent_id": "anna", "leader_id": "karin", "kind": "one_to_one", "agreed_actions": ["listen", "ask"], "held_at": _at(2, 10)},
        ("One to one", "Group"),
        {"kind": "group"},
    ),
    "employee_response": Told(
        "Sheet,Wave,Team,Week,Question,Answer\n1,2026-1,north,2026-W10,enps,9\n2,2026-1,north,2026-W10,enps,4\n",
        {"wave_id": "2026-1", "team_id": "north", "week": date(2026, 3, 2), "question_id": "enps", "value": 9.0},
        ("enps,9", "enps,8"),
        {"value": 8.0},
    ),
    "report_task": Told(
        "Report,Leader,Due,Delivered,Reasons,With owner and action\nr1,karin,2026-03-06,2026-03-05 10:00:00,10,9\nr2,karin,2026-04-07,,,\n",
        {"task_id": "put:r1", "due_on": date(2026, 3, 6), "delivered_at": _at(5, 10), "reasons_n": 10, "with_owner_and_action_n": 9},
        ("10,9", "10,10"),
        {"with_owner_and_action_n": 10},
    ),
}
KEYS = {"customer_base_month": ["Row id"], "finance_month": ["Row id"], "employee_response": ["Sheet"]}  # named like no id of theirs
OLD = {*("contact", "queue_visit", "segment", "case", "agent_state", "survey_invitation", "survey_response"), *("client", "queue", "agreement", "calendar")} | {
    *("team", "team_membership", "agent", "reason", "question")
}  # tested beside, in files of their own


def test_every_fact_that_can_be_loaded_is_tried() -> None:
    assert set(FILES) == set(KINDS) - OLD


class Loaded(NamedTuple):
    """What was proposed for each file, and the counts and rows of both loads: the files, and the files with one row corrected."""

    described: dict[str, Description]
    counts: tuple[dict[str, FactCount], ...]
    rows: tuple[dict[str, dict[str, Any]], ...]  # the first row of each fact


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """All in two loads: a load takes a while, whatever it holds."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("files")
    described = {kind: describe(put(folder, told.text, f"{kind}.csv")) for kind, told in FILES.items()}
    mappings = {kind: _mapping(kind, described[kind]) for kind in FILES}
    first = load_together([(folder / f"{kind}.csv", mappings[kind]) for kind in FILES], home=home, now=NOW).facts
    before = {kind: _first(home, kind) for kind in FILES}
    corrected = [(put(folder, told.text.replace(*told.correction), f"{kind}-2.csv"), mappings[kind]) for kind, told in FILES.items()]
    later = load_together(corrected, home=home, now=NOW).facts
    return Loaded(described, (first, later), (before, {kind: _first(home, kind) for kind in FILES}))


def _mapping(kind: str, described: Description) -> dict[str, Any]:
    """As it was proposed, with client and source said, and the key where nothing is named like one."""
    fact = {"kind": kind, "source": "put"} | ({} if kind == "employee_response" else {"client": "put"})
    return {**described.mapping, "fact": fact} | ({"key": {"columns": KEYS[kind]}} if kind in KEYS else {})


def _first(home: Path, kind: str) -> dict[str, Any]:
    found = rows(home, kind)
    return found[min(found)]


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_fact_is_described_mapped_loaded_and_corrected(kind: str, loaded: Loaded) -> None:
    told = FILES[kind]
    assert (loaded.described[kind].kind, loaded.described[kind].needed) == (kind, ())
    first, later = (counts[kind] for counts in loaded.counts)
    assert (first.read, first.new, dict(first.refused)) == (2, 2, {})
    assert (later.new, later.changed, later.unchanged) == (0, 1, 1)
    before, after = (found[kind] for found in loaded.rows)
    assert {name: before[name] for name in told.says} == told.says
    assert {name: after[name] for name in told.then} == told.then


# Headers in English, Swedish, Danish, Hungarian and Finnish.
HEADERS = {
    "message": (
        "Message id,Case,Author,Sent",
        "Meddelande,Ärende,Avsändare,Skickat",
        "Besked,Afsender,Sendt",
        "Üzenet,Feladó,Elküldve",
        "Viesti,Lähettäjä,Lähetetty",
    ),
    "schedule_shift": (
        *("Agent,Shift start,Shift end,Activity", "Handläggare,Pass,Från,Till", "Medarbejder,Vagt,Fra,Til,Aktivitet"),
        *("Ügyintéző,Műszak,Kezdet,Vége", "Käsittelijä,Vuoro,Alku,Loppu"),
    ),
    "summary": (
        "Queue,Date,Calls offered,Calls answered,Calls abandoned",
        "Kö,Datum,Inkommande samtal,Besvarade samtal,Tappade samtal",
        "Kø,Dato,Indgående opkald,Besvarede opkald,Tabte opkald",
        "Sor,Dátum,Bejövő hívások,Fogadott hívások,Elveszett hívások",
        "Jono,Päivä,Saapuneet puhelut,Vastatut puhelut,Menetetyt puhelut",
    ),
    "forecast": ("Queue,Interval,Forecast", "Kö,Intervall,Prognos", "Kø,Interval start,Prognose", "Sor,Időköz,Előrejelzés", "Jono,Aikaväli,Ennuste"),
    "outage": ("Outage,From,Until", "Avbrott,Från,Till,Omfattning", "Nedbrud,Fra,Til", "Üzemzavar,Ettől,Eddig", "Häiriö,Alkaen,Asti"),
    "absence": (
        *("Absence id,Agent,From,To", "Frånvaro,Handläggare,Från,Till", "Fravær,Medarbejder,Fra,Til"),
        *("Hiányzás,Ügyintéző,Ettől,Eddig", "Poissaolo,Käsittelijä,Alku,Loppu"),
    ),
    "qa_evaluation": (
        *("Evaluation,Agent,Evaluator,Score", "Utvärdering,Handläggare,Utvärderare,Poäng", "Evaluering,Medarbejder,Bedømmer,Point"),
        *("Értékelés azonosító,Ügyintéző,Értékelő,Pontszám", "Arviointi,Käsittelijä,Arvioija,Pisteet"),
    ),
    "qa_answer": (
        *("Evaluation,Item,Answer", "Utvärdering,Kriterium,Svar", "Evaluering,Kriterium,Svar"),
        *("Értékelés azonosító,Szempont,Válasz", "Arviointi,Kriteeri,Vastaus"),
    ),
    "sale": (
        *("Sale,Agent,Sold,Amount", "Försäljning,Handläggare,Såld,Belopp", "Salg,Medarbejder,Solgt,Beløb"),
        *("Eladás,Ügyintéző,Eladva,Összeg", "Myynti,Käsittelijä,Myyty,Summa"),
    ),
    "retention_case": (
        *("Cancellation,Requested,Outcome", "Uppsägning,Begärd,Utfall", "Opsigelse,Anmodet,Udfald"),
        *("Felmondás,Kérve,Eredmény", "Irtisanominen,Pyydetty,Tulos"),
    ),
    "order": (
        *("Order,Customer,Order date,Order value", "Ordernummer,Kund,Orderdatum,Belopp", "Ordre,Kunde,Ordredato,Beløb"),
        *("Rendelésszám,Ügyfél,Rendelés dátuma,Összeg", "Tilaus,Asiakas,Tilauspäivä,Summa"),
    ),
    "complaint": ("Complaint,Received,About", "Klagomål,Inkommet,Gäller", "Klage,Modtaget,Vedrører", "Panasz,Beérkezett,Tárgya", "Valitus,Saapunut,Koskee"),
    "customer_base_month": (
        *("Client,Month,Opening,New,Churned,Closing", "Kund,Månad,Ingående,Nya,Förlorade,Utgående", "Kunde,Måned,Primo,Nye,Tabte,Ultimo"),
        *("Ügyfél,Hónap,Nyitó,Új,Elveszett,Záró", "Asiakas,Kuukausi,Alussa,Uudet,Menetetyt,Lopussa"),
    ),
    "finance_month": (
        *("Client,Month,Cost,Revenue", "Kund,Månad,Kostnad,Omsättning", "Kunde,Måned,Omkostning,Omsætning"),
        *("Ügyfél,Hónap,Költség,Árbevétel", "Asiakas,Kuukausi,Kulut,Liikevaihto"),
    ),
    "employment": (
        *("Agent,Valid from,Hours per week", "Handläggare,Från,Timmar per vecka", "Medarbejder,Fra,Timer per uge"),
        *("Ügyintéző,Ettől,Heti óra", "Käsittelijä,Alkaen,Viikkotunnit"),
    ),
    "feedback_talk": (
        *("Agent,Leader,Held", "Handläggare,Ledare,Hölls", "Medarbejder,Leder,Afholdt"),
        *("Ügyintéző,Vezető,Megtartva", "Käsittelijä,Esihenkilö,Pidetty"),
    ),
    "employee_response": (
        *("Wave,Team,Week,Question,Answer", "Omgång,Team,Vecka,Fråga,Svar", "Runde,Team,Uge,Spørgsmål,Svar"),
        *("Hullám,Csapat,Hét,Kérdés,Válasz", "Kierros,Tiimi,Viikko,Kysymys,Vastaus"),
    ),
    "report_task": (
        *("Report,Client,Leader,Due,Delivered", "Rapport,Kund,Ledare,Förfaller,Levererad", "Rapport,Kunde,Leder,Frist,Leveret"),
        *("Jelentés,Megbízó,Vezető,Határidő,Elkészült", "Raportti,Asiakas,Esihenkilö,Määräpäivä,Toimitettu"),
    ),
}


@pytest.mark.parametrize("kind", sorted(HEADERS))
def test_headers_in_five_languages_say_which_fact_it_is(kind: str) -> None:
    assert [likely(headers.split(","))[0] for headers in HEADERS[kind]] == [kind] * 5


@pytest.mark.parametrize("kind", sorted(DERIVED))
def test_what_is_worked_out_is_refused_with_what_to_load_instead(kind: str, tmp_path: Path) -> None:
    _, issues = read_mapping({"fact": {"kind": kind}, "columns": {}})
    assert f"“{kind}” is worked out from other facts and never loaded. Load these: {DERIVED[kind]}." in str(issues[0])
    assert set(DERIVED[kind].split(", ")) <= set(KINDS)
    with pytest.raises(CannotRead, match="worked out"):
        describe(put(tmp_path, "a,b\n1,2\n"), fact=kind)


def test_all_that_is_made_of_other_facts_is_refused() -> None:
    assert {name for name, table in TABLES.items() if table.made} | {"promise"} == set(DERIVED)


PEOPLE: dict[str, dict[str, Any]] = {
    "a field that says who": {"columns": {"agent_id": "who"}},
    "a field that says when": {"columns": {"answered_at": "when"}},
    "a person as the key": {"key": {"columns": ["Employee id"]}},
    "a person as the answer's id": {"columns": {"answer_id": "Anställningsnummer"}},
    "a person as the team": {"columns": {"team_id": "Medarbejder"}},
    "a moment as the key": {"key": {"columns": ["Sheet", "Submitted at"]}},
    "when a row was changed": {"key": {"columns": ["Sheet"], "changed_at": "Sheet"}},
}


@pytest.mark.parametrize("way", sorted(PEOPLE))
def test_employees_answers_take_no_person_and_no_time(way: str) -> None:
    base = {"question_id": "Question", "value": "Answer", "week": "Week"}
    _, issues = read_mapping({"fact": {"kind": "employee_response"}, **PEOPLE[way], "columns": {**base, **PEOPLE[way].get("columns", {})}})
    assert ["Employees answer anonymously" in str(issue) for issue in issues] == [True]


def test_a_refused_answer_of_an_employee_is_kept_without_who_and_when(tmp_path: Path) -> None:
    sheets = "".join(f"{n},anna{n},2026-03-05 10:{n:02}:00,enps,{n % 10}\n" for n in range(30))
    file = put(tmp_path, "Sheet,Employee,Submitted at,Question,Answer\n" + sheets + "31,anna31,2026-03-05 11:00:00,enps,many\n")
    columns = {"question_id": "Question", "value": "Answer", "week": "Submitted at"}
    load(file, mapping={"fact": {"kind": "employee_response", "source": "x"}, "key": {"columns": ["Sheet"]}, "columns": columns}, home=tmp_path / "home")
    [row] = aside(tmp_path / "home")
    assert (row["field"], row["original"]) == ("value", ",,,enps,many")
    assert {row["week"] for row in rows(tmp_path / "home", "employee_response").values()} == {date(2026, 3, 2)}
