"""Five languages, complete: everything the product says is collected, translated, with the same placeholders and tags."""

from __future__ import annotations

import io
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.catalog import Message as Entry

from nyckeltal.locale import collect
from nyckeltal.locale.from_kpis import from_kpis
from nyckeltal.locale.from_python import from_python
from nyckeltal.locale.message import Message

languages = ("da", "fi", "hu", "sv")
placeholder = re.compile(r"%\((\w+)\)")
tag = re.compile(r"</?[a-z][^>]*>")

# reference 1.1
kpi_names = {
    "Service level": ("Servicenivå", "Serviceniveau", "Szolgáltatási szint", "Palvelutaso"),
    "Average speed of answer": ("Snittid svar", "Gennemsnitlig svartid (kø)", "Átlagos hívásfogadási idő", "Keskimääräinen vastausaika"),
    "Answer rate": ("Svarsprocent", "Besvarelsesprocent", "Megválaszolási arány", "Vastausprosentti"),
    "Abandonment rate": ("Andel tappade samtal", "Andel tabte opkald", "Hívásfeladási arány", "Luopumisprosentti"),
    "SLA compliance": ("SLA-uppfyllnad", "SLA-overholdelse", "SLA-teljesülés", "SLA-toteuma"),
    "Contacts offered": ("Inkommande kontakter", "Indkomne henvendelser", "Beérkező megkeresések", "Saapuneet yhteydenotot"),
    "Contacts (tickets) handled": ("Hanterade kontakter", "Behandlede henvendelser", "Feldolgozott megkeresések", "Käsitellyt yhteydenotot"),
    "Average handling time": ("Medelärendetid", "Behandlingstid pr. henvendelse", "Átlagos kezelési idő", "Keskimääräinen käsittelyaika"),
    "After-contact work time": ("Efterbehandlingstid", "Efterbehandlingstid", "Utómunka ideje", "Jälkityöaika"),
    "Failure-demand share": ("Andel onödig efterfrågan", "Andel fejlefterspørgsel", "Hibából eredő megkeresések aránya", "Häiriökysynnän osuus"),
    "Contacts logged by category and type": (
        "Andel kategoriserade kontakter",
        "Andel logget efter kategori og type",
        "Kategorizált megkeresések aránya",
        "Luokiteltujen yhteydenottojen osuus",
    ),
    "Incidents opened per 100 contacts": (
        "Öppnade ärenden per 100 kontakter",
        "Oprettede sager pr. 100 henvendelser",
        "Nyitott incidensek 100 megkeresésre",
        "Avatut tapaukset / 100 yhteydenottoa",
    ),
    "First contact resolution": ("Löst vid första kontakt", "Straksafklaring", "Első kapcsolatfelvételkor megoldott arány", "Ensikontaktiratkaisu"),
    "Repeat contact rate": ("Återkontaktsgrad", "Genhenvendelsesprocent", "Ismételt megkeresések aránya", "Uusintayhteydenottojen osuus"),
    "Contacts per case": ("Kontakter per ärende", "Henvendelser pr. sag", "Ügyenkénti megkeresések", "Yhteydenottoja per asia"),
    "Escalation share": ("Eskalationsprocent", "Eskaleringsprocent", "Eszkalációs arány", "Eskalointiprosentti"),
    "Number escalated": ("Antal eskalerade", "Antal eskalerede", "Eszkalációk száma", "Eskalointien määrä"),
    "Transfer rate": ("Vidarekopplingsgrad", "Viderestillingsprocent", "Átkapcsolási arány", "Siirtoprosentti"),
    "Customer satisfaction": ("Kundnöjdhet", "Kundetilfredshed", "Ügyfél-elégedettség", "Asiakastyytyväisyys"),
    "Net Promoter Score": ("NPS (kundlojalitet)", "NPS (kundeloyalitet)", "NPS (ajánlási mutató)", "NPS (suositteluhalukkuus)"),
}
columns = {language: {english: row[place] for english, row in kpi_names.items()} for place, language in enumerate(("sv", "da", "hu", "fi"))}


@pytest.fixture(scope="module", params=languages)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return collect.catalogue(request.param)


@pytest.fixture(scope="module")
def collected() -> tuple[list[Message], list[str]]:
    """Everything said, and where something is said that cannot be collected: reading the whole product takes seconds."""
    return collect.messages()


@pytest.fixture(scope="module")
def said(collected: tuple[list[Message], list[str]]) -> set[tuple[str | None, str, str | None]]:
    return {(message.context, message.english, message.plural) for message in collected[0]}


def entries(catalogue: Catalog) -> Iterator[tuple[Entry, tuple[str, ...], tuple[str, ...]]]:
    """Every entry with its English forms and its translated ones."""
    for entry in catalogue:
        if entry.id:
            yield entry, forms(entry.id), forms(entry.string)


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, (tuple, list)) else (str(text),)


def test_the_languages_are_those_of_the_folders() -> None:
    assert tuple(collect.languages()) == languages


def test_every_text_stands_where_it_can_be_collected(collected: tuple[list[Message], list[str]]) -> None:
    assert collected[1] == []


def test_no_text_is_put_together_before_it_is_translated(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    head = "from django.utils.translation import gettext\nfrom nyckeltal.words import Text\n"
    (package / "page.py").write_text(head + "gettext(f'{1} rows')\nText('a', 'b' % 1)\ngettext('%(n)s rows' % {'n': 1})\ngettext('a'.format(1))\n")
    found, lost = from_python(package)
    assert found == []
    assert [place.split(":")[1] for place in lost] == ["3", "4", "5", "6"]


def test_texts_are_found_however_code_hands_them_on(tmp_path: Path) -> None:
    package = tmp_path / "shop"
    package.mkdir()
    (package / "page.py").write_text(
        "from django.utils import translation\n"
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        "from nyckeltal.words import Text\n"
        "labels = {'a': 'From a table'}\n"
        "def mistake(name, english, **values): return Text(name, english, values)\n"
        "def line(name, english): return mistake('line.' + name, english)\n"
        "def page(key, late):\n"
        "    english = 'From a name'\n"
        "    Text('x', english); Text('y', labels[key]); Text('z', 'Late' if late else 'On time')\n"
        "    line('q', 'Handed on twice'); mistake(name='r', english='By keyword')\n"
        "    ngettext('%(n)s row', '%(n)s rows', 2); pgettext('month', 'May'); translation.gettext('By module')\n"
        "title = _('At ' 'once')\n"
    )
    found, lost = from_python(package)
    assert lost == []
    assert {(message.context, message.english, message.plural) for message in found} == {
        *((None, english, None) for english in ("From a name", "From a table", "Late", "On time", "Handed on twice", "By keyword", "By module", "At once")),
        (None, "%(n)s row", "%(n)s rows"),
        ("month", "May", None),
    }


def test_a_variant_called_case_is_not_taken_for_a_worked_case(tmp_path: Path) -> None:
    folder = tmp_path / "shop" / "kpi" / "catalogue"
    folder.mkdir(parents=True)
    (folder / "fcr.toml").write_text('[variants.case]\ncalled = "Cases"\n[[case]]\nsay = "A story"\n', encoding="utf-8")
    assert {message.english for message in from_kpis(tmp_path / "shop")} == {"Cases", "A story"}


def test_everything_said_is_in_the_catalogue_and_nothing_else(catalogue: Catalog, said: set[tuple[str | None, str, str | None]]) -> None:
    kept = {(entry.context, english[0], english[1] if len(english) > 1 else None) for entry, english, _ in entries(catalogue)}
    assert said - kept == set(), "run `make words` and translate what is new"
    assert kept - said == set(), "run `make words`"


def test_everything_is_translated(catalogue: Catalog) -> None:
    assert [english[0] for entry, english, local in entries(catalogue) if entry.fuzzy or not all(local)] == []


def test_placeholders_agree(catalogue: Catalog) -> None:
    wrong = []
    for _, english, local in entries(catalogue):
        expected = {name for form in english for name in placeholder.findall(form)}
        least = set.intersection(*(set(placeholder.findall(form)) for form in english))
        wrong += [form for form in local if form and not least <= set(placeholder.findall(form)) <= expected]
    assert wrong == []


def test_every_text_with_placeholders_can_be_filled_in(catalogue: Catalog) -> None:
    for _, english, local in entries(catalogue):
        values = {name: 1 for form in english for name in placeholder.findall(form)}
        for form in local if values else ():
            assert "%(" not in form % values


def test_tags_and_edges_agree(catalogue: Catalog) -> None:
    wrong = []
    for _, english, local in entries(catalogue):
        for form in filter(None, local):
            same_tags = sorted(tag.findall(form)) == sorted(tag.findall(english[-1]))
            edges = [(text[:1].isspace(), text[-1:].isspace(), text[-1:] == "…") for text in (form, english[-1])]
            if not same_tags or edges[0] != edges[1]:
                wrong.append(form)
    assert wrong == []


def test_no_translation_shouts(catalogue: Catalog) -> None:
    assert [form for _, english, local in entries(catalogue) for form in local if "!" in form and "!" not in english[0]] == []


@pytest.mark.parametrize("language", languages)
def test_kpis_are_called_as_the_reference_calls_them(language: str) -> None:
    kept = collect.catalogue(language)
    found = {english: message.string for english in kpi_names if (message := kept.get(english))}
    assert found == columns[language]


@pytest.mark.parametrize("language", languages)
def test_a_catalogue_is_compiled_and_read_again(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gettext import GNUTranslations

    source = collect.po_file(language)
    monkeypatch.setattr(collect, "po_file", lambda _: tmp_path / "django.po")
    (tmp_path / "django.po").write_bytes(source.read_bytes())
    collect.compile_one(language)
    read = GNUTranslations(io.BytesIO((tmp_path / "django.mo").read_bytes()))
    assert read.gettext("Service level") == columns[language]["Service level"]


def test_collecting_twice_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, collected: tuple[list[Message], list[str]]) -> None:
    source, copy = collect.po_file("sv"), tmp_path / "django.po"
    copy.write_bytes(source.read_bytes())
    monkeypatch.setattr(collect, "po_file", lambda _: copy)
    collect.update("sv", collected[0])
    assert copy.read_bytes() == source.read_bytes(), "run `make words`"


def test_no_page_says_anything_outside_translation() -> None:
    assert list(bare_words()) == []


def bare_words() -> Iterator[str]:
    """Letters between tags, or in attributes that are read out, that no translate tag stands around."""
    blocks = re.compile(r"{% (blocktranslate|comment|verbatim)\b.*?{% end\1 %}|<(script|style|svg|code)\b.*?</\2>|{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
    for path in sorted(collect.package.rglob("templates/**/*.html")):
        text = blocks.sub(lambda found: "\n" * found.group().count("\n"), path.read_text(encoding="utf-8"))
        spoken = re.findall(r"\b(?:alt|title|placeholder|aria-label)=\"([^\"]*)\"", text) + re.sub(r"<[^>]*>", "\n", text).split("\n")
        for words in spoken:
            if any(letter in string.ascii_letters for letter in re.sub(r"&\w+;|nyckeltal", "", words)):
                yield f"{path.name}: {words.strip()}"
