"""What common values of fields with few words mean, in English, Swedish, Danish, Hungarian and Finnish."""

from __future__ import annotations

from collections.abc import Mapping

from nyckeltal.contacts.schema import TABLES
from nyckeltal.sources import choice_words, columns

_PLANNED: Mapping[str, str] = {
    "contact": "contact, contacts, calls, phone, shift, work, kontakt, samtal, telefon, pass, arbete, opkald, vagt, arbejde, hívások, munka, puhelut, vuoro, "
    "työ",
    "offline": "offline, offline work, back office, administration, admin, adminisztráció, hallinto",
    "training": "training, course, utbildning, kurs, uddannelse, kursus, képzés, oktatás, koulutus",
    "meeting": "meeting, möte, møde, megbeszélés, értekezlet, kokous, palaveri",
    "break": "break, lunch, pause, paus, rast, frokost, szünet, ebéd, tauko, lounas",
}
_ABSENT: Mapping[str, str] = {
    "sick": "sairauspoissaolo, oma ilmoitus, sjukskriven, sygemelding, sygemeldt, táppénz, sick, ill, illness, sick leave, sjuk, sjukdom, sjukfrånvaro, "
    "syg, sygdom, sygefravær, beteg, betegség, betegszabadság, sairas, sairaus, "
    "sairausloma",
    "leave": "betald semester, feriefridag, feriefri, éves szabadság, leave, holiday, vacation, annual leave, semester, ledig, ledighet, ferie, "
    "szabadság, loma, vuosiloma",
    "care": "barns sygedag, barns første sygedag, barns anden sygedag, barns 1 sygedag, barns 2 sygedag, omsorgsdag, omsorgsdage, "
    "barn syg, tillfällig föräldrapenning, sairas lapsi, gyes, care, parental leave, child care, vab, "
    "vård av barn, föräldraledig, barnsygdom, barsel, gyermekápolás, hoitovapaa, vanhempainvapaa, lapsen hoito",
    "other": "other, övrigt, annan, andet, øvrigt, egyéb, muu",
}
_ABOUT: Mapping[str, str] = {
    "service": "service, customer service, bemötande, kundservice, kundeservice, kiszolgálás, ügyfélszolgálat, palvelu, asiakaspalvelu",
    "product": "product, produkt, vara, vare, termék, tuote",
    "price": "price, invoice, pris, faktura, ár, számla, hinta, lasku",
    "other": "other, övrigt, annat, andet, egyéb, muu",
}
_KEPT: Mapping[str, str] = {
    "kept": "kept, saved, retained, stayed, behållen, stannade, räddad, fastholdt, blev, megtartva, maradt, pidetty, jäi",
    "lost": "lost, left, churned, cancelled, förlorad, lämnade, uppsagd, tabt, opsagt, elveszett, távozott, menetetty, lähti",
    "pending": "pending, open, pågår, väntar, afventer, åben, függőben, kesken, avoin",
}
_SOLD: Mapping[str, str] = {
    "new": "new, new customer, ny, nyförsäljning, ny kunde, nysalg, új, uusi, uusmyynti",
    "upsell": "upsell, cross sell, add on, merförsäljning, mersalg, kiegészítő, lisämyynti",
    "renewal": "renewal, renewed, extension, förlängning, förnyelse, fornyelse, forlængelse, megújítás, hosszabbítás, uusinta, jatko",
}
_TALKS: Mapping[str, str] = {
    "one_to_one": "one to one, 1 1, one on one, individual, enskilt, enskilt samtal, individuell, individuel, egyéni, négyszemközti, kahdenkeskinen, yksilö",
    "side_by_side": "side by side, sit in, shadowing, medlyssning, sidemandsoplæring, medlyt, mellette ülve, rinnakkain, vierikuuntelu",
    "group": "group, team, grupp, gruppe, csoport, csoportos, ryhmä",
}
_PURPOSES: Mapping[str, str] = {
    "sample": "sample, random, stickprov, slumpvis, stikprøve, tilfældig, minta, véletlen, otos, satunnainen",
    "calibration": "calibration, kalibrering, kalibráció, kalibrointi",
    "coaching": "coaching, learning, lärande, läring, fejlesztés, tanulás, valmennus, oppiminen",
}
_CRITICAL: Mapping[str, str] = {
    "none": "none, no, ingen, nej, nincs, nem, ei, ei mitään",
    "customer": "customer, kund, kunde, ügyfél, asiakas",
    "business": "business, affär, verksamhet, forretning, üzleti, liiketoiminta",
    "compliance": "compliance, legal, regelefterlevnad, lov, megfelelőség, jogi, lainmukaisuus, säännöt",
}
_AUTHORS: Mapping[str, str] = {
    "customer": "customer, client, user, visitor, kund, kunde, ügyfél, asiakas",
    "agent": "agent, operator, handläggare, medarbetare, medarbejder, ügyintéző, operátor, käsittelijä",
    "bot": "bot, chatbot, robot, robotti",
    "system": "system, automatic, automatiskt, automatisk, rendszer, automatikus, järjestelmä, automaattinen",
}
_SCOPES: Mapping[str, str] = {
    "company": "company, all, företag, alla, firma, virksomhed, alle, cég, mind, yritys, kaikki",
    "site": "site, location, office, ort, kontor, telephely, toimipaikka",
    "queue": "queue, kö, kø, sor, jono",
    "system": "system, rendszer, järjestelmä",
}
_PROFILES: Mapping[str, str] = {
    "service": "service, kundservice, kundeservice, ügyfélszolgálat, palvelu, asiakaspalvelu",
    "sales": "sales, försäljning, salg, értékesítés, myynti",
}
_KNOWN: Mapping[str, Mapping[str, str]] = {
    "outcome": columns.OUTCOMES,
    "channel": columns.CHANNELS,
    "direction": columns.DIRECTIONS,
    "state": columns.STATES,
    "state_class": _PLANNED,
    "absence.kind": _ABSENT,
    "about": _ABOUT,
    "retention_case.outcome": _KEPT,
    "sale.kind": _SOLD,
    "feedback_talk.kind": _TALKS,
    "purpose": _PURPOSES,
    "critical": _CRITICAL,
    "author": _AUTHORS,
    "scope": _SCOPES,
    "profile": _PROFILES,
}


def known_values(kind: str, field: str) -> Mapping[str, str]:
    """What the field may be, each with the words that mean it; empty for a field that may be anything."""
    found, said = _KNOWN.get(f"{kind}.{field}") or _KNOWN.get(field) or {}, choice_words.all_of(kind, field)
    every = {choice: (choice, found.get(choice), *said.get(choice, ())) for choice in TABLES[kind][field].choices or found}
    return {choice: ", ".join(filter(None, words)) for choice, words in every.items()}
