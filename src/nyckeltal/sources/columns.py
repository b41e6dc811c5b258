"""The header names that a field answers to, in English, Swedish, Danish, Hungarian and Finnish, and what common values mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "contact_id": "contact id, call id, callid, id, case number, interaction id, conversation id, uniqueid, samtals id, samtal id, "
    "kontakt id, ärende id, opkalds id, hívás azonosító, azonosító, puhelun tunnus, tunnus",
    "client_id": "client, customer company, account, tenant, kund, uppdragsgivare, klient, ügyfél cég, megbízó, asiakasyritys, toimeksiantaja",
    "queue_id": "queue, queue name, queuename, skill, split, kö, könamn, kø, kønavn, várakozási sor, sor, jono, palvelujono",
    "channel": "channel, media, media type, kanal, medium, csatorna, kanava",
    "direction": "direction, riktning, retning, irány, suunta",
    "customer_key": "customer id, customer, caller, caller id, phone, phone number, kundnummer, telefonnummer, kundenummer, ügyfél, "
    "telefonszám, asiakas, puhelinnumero",
    "offered_at": "offered, offered at, start, start time, call start, samtal start, call started, date time, datetime, arrival, "
    "received, timestamp, created, "
    "starttid, inkommet, ankom, tidpunkt, modtaget, starttidspunkt, kezdet, kezdés, érkezett, időpont, alku, alkuaika, saapui, aika",
    "queue_entered_at": "queue start, queue entered, queued at, kö start, køstart, sorba lépett, jonoon",
    "answered_at": "answered at, call answered, answer time, connected, svarstid, besvarad kl, besvaret kl, felvéve, vastattu klo",
    "abandoned_at": "abandoned at, hangup time, lagd på kl, afbrudt kl, letéve, luovutti klo",
    "ended_at": "ended, ended at, end, end time, call ended, call end, samtal slut, sluttid, avslutat, slut, sluttidspunkt, "
    "afsluttet, vége, befejezés, päättyi, loppuaika, loppu",
    "wait_s": "wait, wait time, waiting time, queue time, q time, hold time in queue, speed of answer, "
    "speed of answer in seconds, wait length, wait seconds, kötid, väntetid, "
    "køtid, ventetid, várakozás, várakozási idő, odotusaika, jonotusaika",
    "own_talk_s": "talk, talk time, talktime, talk duration, avgtalkduration, service time, ser time, service length, call duration, "
    "duration, samtalstid, taletid, beszédidő, beszélgetés, puheaika",
    "own_hold_s": "hold, hold time, parkeringstid, parkerad, holdtid, parkeret, tartás, tartásidő, pitoaika",
    "own_acw_s": "acw, wrap up, wrapup, wrap up time, after call work, after work, efterarbete, efterbehandling, "
    "efterbehandlingstid, utómunka, jälkityö, jälkikäsittely",
    "own_ring_s": "ring, ring time, ringtid, csengés, soittoaika",
    "own_agent_id": "agent, agent id, agent name, server, operator, user, handläggare, medarbetare, agentnamn, medarbejder, ügyintéző, "
    "operátor, asiakaspalvelija, käsittelijä",
    "outcome": "outcome, result, disposition, status, how ended, answered, answered y n, avslut, utfall, resultat, udfald, "
    "afslutning, kimenetel, eredmény, tulos, lopputulos",
    "resolved_flag": "resolved, resolved y n, solved, first call resolution, löst, løst, megoldva, ratkaistu",
    "reason_id": "reason, topic, category, subject, contact reason, type, orsak, ärendetyp, kontaktorsak, årsag, emne, kategori, ok, téma, syy, aihe",
    "case_id": "case, case id, ticket, ticket id, ärende, ärendenummer, sag, sagsnummer, ügy, ügyszám, tapaus, tiketti",
    "language": "language, språk, sprog, nyelv, kieli",
    "is_test": "test, is test, testsamtal, teszt, testi",
    "opened_at": "opened, opened at, created at, sys created on, öppnat, skapad, åbnet, oprettet, megnyitva, avattu, luotu",
    "closed_at": "closed, closed at, resolved at, stängt, stängd, lukket, lezárva, suljettu",
    "started_at": "started, started at, from, från, fra, ettől, alkaen",
    "state": "state, agent state, aux, tillstånd, tilstand, állapot, tila",
}
SATISFACTION = "satisfaction, satisfaction rating, rating, csat, score, nöjdhet, betyg, tilfredshed, elégedettség, értékelés, tyytyväisyys, arvosana"
DATES = "date, day, datum, dato, dátum, nap, päivä, päivämäärä, pvm"
TIMES = "time, clock, tid, klockslag, kl, klokkeslæt, idő, óra, kello, kellonaika, vru entry, call started"
OUTCOMES: Mapping[str, str] = {
    "answered": "answered, agent, y, yes, ja, igen, kyllä, true, handled, connected, completed, besvarad, besvarat, besvaret, "
    "svarad, megválaszolt, fogadott, vastattu, 1",
    "abandoned": "abandoned, hang, hangup, hung up, n, no, nej, nem, ei, false, missed, lost, tappad, tappat, lagt på, avbruten, "
    "tabt, mistet, afbrudt, elhagyott, "
    "elveszett, nem fogadott, menetetty, luovuttanut, keskeytynyt, 0",
    "callback_requested": "callback, call back, callback requested, återuppringning, tilbagekald, visszahívás, takaisinsoitto",
    "overflowed": "overflow, overflowed, overflöd, overløb, túlcsordult, ylivuoto",
    "closed": "closed, stängt, lukket, zárva, suljettu",
}
CHANNELS: Mapping[str, str] = {
    "voice": "voice, phone, call, telephone, telefon, samtal, opkald, hívás, puhelin, puhelu",
    "email": "email, e mail, mail, e post, epost, sähköposti, levél",
    "chat": "chat, livechat, chatt",
    "message": "message, sms, whatsapp, meddelande, besked, üzenet, viesti",
    "social": "social, facebook, sociala medier, some",
    "visit": "visit, besök, besøg, látogatás, käynti",
    "callback": "callback, call back, återuppringning",
}
DIRECTIONS: Mapping[str, str] = {
    "inbound": "inbound, in, incoming, inkommande, indgående, bejövő, saapuva",
    "outbound": "outbound, out, outgoing, utgående, udgående, kimenő, lähtevä",
    "internal": "internal, intern, internt, belső, sisäinen",
}


def plain(name: str) -> str:
    """A header name without case, units and punctuation: "CallStart (s)" is "call start"."""
    spaced = re.sub(r"(?<=[a-zåäöæø])(?=[A-ZÅÄÖÆØ])", " ", name)
    bare = re.sub(r"[\(\[](s|sec|sek|seconds|mm:ss|hh:mm:ss|min)[\)\]]", " ", unicodedata.normalize("NFC", spaced).casefold())
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")))


def words(listed: str) -> set[str]:
    """The names in one of the lists above."""
    return {plain(word) for word in listed.split(",")}


def likeness(name: str, listed: str) -> float:
    """1 for a name that is listed, less for one that holds a listed name, 0 for none."""
    said, known = plain(name), words(listed)
    if said in known or said.removesuffix(" s") in known:
        return 1.0
    inside = [word for word in known if len(word) > 3 and re.search(rf"\b{re.escape(word)}\b", said)]
    return 0.6 if inside else 0.0


def meanings(values: list[str], known: Mapping[str, str]) -> dict[str, str]:
    """What each value means, for those that are known."""
    return {value: meant for value in values for meant, listed in known.items() if plain(value) in words(listed)}
