"""What the words of a field with few of them are in each language: templates write them so, and reading understands them."""

from __future__ import annotations

from collections.abc import Mapping

from nyckeltal.sources.called import LANGUAGES

Words = Mapping[str, tuple[str, str, str, str, str]]  # in the order of LANGUAGES

_CHANNELS: Words = {
    "voice": ("voice", "telefon", "telefon", "telefon", "puhelin"),
    "email": ("email", "e-post", "e-mail", "e-mail", "sähköposti"),
    "chat": ("chat", "chatt", "chat", "chat", "chat"),
    "message": ("message", "meddelande", "besked", "üzenet", "viesti"),
    "social": ("social", "sociala medier", "sociale medier", "közösségi média", "sosiaalinen media"),
    "visit": ("visit", "besök", "besøg", "látogatás", "käynti"),
    "callback": ("callback", "återuppringning", "tilbagekald", "visszahívás", "takaisinsoitto"),
}
_ENDS: Words = {
    "answered": ("answered", "besvarad", "besvaret", "fogadott", "vastattu"),
    "abandoned": ("abandoned", "tappad", "tabt", "elhagyott", "luovuttanut"),
    "callback_requested": ("callback requested", "återuppringning", "tilbagekald", "visszahívás", "takaisinsoitto"),
    "overflowed": ("overflowed", "överflöd", "overløb", "túlcsordult", "ylivuoto"),
    "blocked": ("blocked", "spärrad", "spærret", "letiltva", "estetty"),
    "saturated": ("saturated", "fullt", "optaget", "telített", "ruuhkautunut"),
    "closed": ("closed", "stängt", "lukket", "zárva", "suljettu"),
    "technical": ("technical", "tekniskt fel", "teknisk fejl", "műszaki hiba", "tekninen vika"),
}
_WORK: Words = {
    "training": ("training", "utbildning", "uddannelse", "képzés", "koulutus"),
    "meeting": ("meeting", "möte", "møde", "megbeszélés", "kokous"),
    "break": ("break", "rast", "pause", "szünet", "tauko"),
}
_OTHER = ("other", "övrigt", "andet", "egyéb", "muu")
_NONE = ("none", "ingen", "ingen", "nincs", "ei")
_WORDS: Mapping[str, Words] = {
    "absence.kind": {
        "sick": ("sick", "sjuk", "syg", "beteg", "sairas"),
        "leave": ("leave", "semester", "ferie", "szabadság", "loma"),
        "care": ("care", "vård av barn", "barn syg", "gyermekápolás", "lapsen hoito"),
        "other": _OTHER,
    },
    "state_class": {
        "contact": ("contact", "kontakt", "kontakt", "ügyfélkapcsolat", "asiakastyö"),
        "offline": ("offline", "administration", "administration", "adminisztráció", "hallinto"),
        **_WORK,
    },
    "exception": {"none": _NONE, "approved": ("approved", "godkänd", "godkendt", "jóváhagyott", "hyväksytty")},
    "profile": {
        "service": ("service", "kundservice", "kundeservice", "ügyfélszolgálat", "asiakaspalvelu"),
        "sales": ("sales", "försäljning", "salg", "értékesítés", "myynti"),
    },
    "sale.kind": {
        "new": ("new", "ny", "ny", "új", "uusi"),
        "upsell": ("upsell", "merförsäljning", "mersalg", "kiegészítő", "lisämyynti"),
        "renewal": ("renewal", "förlängning", "fornyelse", "megújítás", "uusinta"),
    },
    "retention_case.outcome": {
        "kept": ("kept", "behållen", "fastholdt", "megtartva", "pidetty"),
        "lost": ("lost", "förlorad", "tabt", "elveszett", "menetetty"),
        "pending": ("pending", "pågår", "afventer", "függőben", "kesken"),
    },
    "qa_evaluation.purpose": {
        "sample": ("sample", "stickprov", "stikprøve", "minta", "otos"),
        "calibration": ("calibration", "kalibrering", "kalibrering", "kalibráció", "kalibrointi"),
        "coaching": ("coaching", "lärande", "læring", "fejlesztés", "valmennus"),
    },
    "selected_by": {
        "plan": ("plan", "plan", "plan", "terv", "suunnitelma"),
        "replacement": ("replacement", "ersättning", "erstatning", "csere", "korvaava"),
        "manual": ("manual", "manuell", "manuel", "kézi", "käsin"),
    },
    "critical": {
        "none": _NONE,
        "customer": ("customer", "kund", "kunde", "ügyfél", "asiakas"),
        "business": ("business", "affär", "forretning", "üzleti", "liiketoiminta"),
        "compliance": ("compliance", "regelefterlevnad", "lov", "megfelelőség", "lainmukaisuus"),
    },
    "qa_answer.scale": {
        "yes_no": ("yes/no", "ja/nej", "ja/nej", "igen/nem", "kyllä/ei"),
        "levels": ("levels", "nivåer", "niveauer", "szintek", "tasot"),
        "points": ("points", "poäng", "point", "pontok", "pisteet"),
    },
    "about": {
        "service": ("service", "bemötande", "kundeservice", "kiszolgálás", "palvelu"),
        "product": ("product", "produkt", "produkt", "termék", "tuote"),
        "price": ("price", "pris", "pris", "ár", "hinta"),
        "other": ("other", "annat", "andet", "egyéb", "muu"),
    },
    "feedback_talk.kind": {
        "one_to_one": ("one to one", "enskilt", "individuel", "egyéni", "kahdenkeskinen"),
        "side_by_side": ("side by side", "medlyssning", "medlyt", "mellette ülve", "rinnakkain"),
        "group": ("group", "grupp", "gruppe", "csoport", "ryhmä"),
    },
    "survey_invitation.outcome": {
        "complete": ("complete", "besvarad", "besvaret", "megválaszolt", "vastattu"),
        "partial": ("partial", "delvis besvarad", "delvist besvaret", "részben megválaszolt", "osittain vastattu"),
        "refusal": ("refusal", "avböjde", "afslog", "elutasította", "kieltäytyi"),
        "non_contact": ("not reached", "inte nådd", "ikke nået", "nem elért", "ei tavoitettu"),
        "ineligible": ("ineligible", "inte aktuell", "ikke relevant", "nem érintett", "ei kohderyhmää"),
        "unknown": ("unknown", "okänt", "ukendt", "ismeretlen", "tuntematon"),
    },
    "contact.outcome": _ENDS,
    "queue_visit.outcome": _ENDS,
    "channel": _CHANNELS,
    "direction": {
        "inbound": ("inbound", "inkommande", "indgående", "bejövő", "saapuva"),
        "outbound": ("outbound", "utgående", "udgående", "kimenő", "lähtevä"),
        "internal": ("internal", "intern", "intern", "belső", "sisäinen"),
    },
    "agent_state.state": {
        "available": ("available", "tillgänglig", "ledig", "elérhető", "vapaa"),
        "talking": ("talking", "i samtal", "i opkald", "beszél", "puhelussa"),
        "holding": ("holding", "parkerad", "parkeret", "tartásban", "pidossa"),
        "acw": ("acw", "efterarbete", "efterbehandling", "utómunka", "jälkityö"),
        "offline_work": ("offline work", "administration", "administration", "adminisztráció", "hallinto"),
        **_WORK,
        "feedback": ("feedback", "återkoppling", "feedback", "visszajelzés", "palaute"),
        "outage": ("outage", "driftstopp", "nedbrud", "üzemzavar", "häiriö"),
        "logged_out": ("logged out", "utloggad", "logget ud", "kijelentkezve", "kirjautunut ulos"),
    },
    "author": {
        "customer": ("customer", "kund", "kunde", "ügyfél", "asiakas"),
        "agent": ("agent", "handläggare", "medarbejder", "ügyintéző", "käsittelijä"),
        "bot": ("bot", "robot", "robot", "robot", "robotti"),
        "system": ("system", "system", "system", "rendszer", "järjestelmä"),
    },
    "outage.scope": {
        "company": ("company", "företag", "virksomhed", "cég", "yritys"),
        "site": ("site", "ort", "kontor", "telephely", "toimipaikka"),
        "queue": ("queue", "kö", "kø", "sor", "jono"),
        "system": ("system", "system", "system", "rendszer", "järjestelmä"),
    },
}
YES: Mapping[bool, tuple[str, ...]] = {True: ("yes", "ja", "ja", "igen", "kyllä"), False: ("no", "nej", "nej", "nem", "ei")}


def all_of(kind: str, field: str) -> Words:
    """The words of a field, by what they mean; empty where it has none but its own."""
    return _WORDS.get(f"{kind}.{field}") or _WORDS.get(field) or {}


def in_language(kind: str, field: str, choice: str, language: str) -> str:
    """A word of a field as a file in that language has it."""
    said = all_of(kind, field).get(choice)
    return said[LANGUAGES.index(language)] if said else choice


def yes(value: bool, language: str) -> str:
    return YES[value][LANGUAGES.index(language)]
