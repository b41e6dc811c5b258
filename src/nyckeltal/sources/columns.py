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
    "customer_key": "customer id, customer, caller, caller id, phone, phone number, ani, cli, calling number, from number, kundnummer, telefonnummer, "
    "a nummer, anummer, uppringande nummer, kundenummer, opkaldsnummer, opkaldende nummer, ügyfél, telefonszám, hívószám, hívó szám, asiakas, "
    "puhelinnumero, soittajan numero, a numero",
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
    "agent_state.started_at": "started, started at, start, start time, from, från, start, starttid, fra, kezdet, kezdés, ettől, alku, alkaen, alkuaika",
    "agent_state.ended_at": "ended, ended at, end, end time, to, until, slut, sluttid, till, til, vége, eddig, loppu, asti, loppuaika",
    "state": "state, agent state, agent status, aux, tillstånd, tilstand, állapot, tila",
    # queue visits and segments
    "visit_id": "visit id, queue visit, queue visit id, köbesök, købesøg, sorbanállás azonosító, jonokäynti",
    "entered_at": "entered, entered at, queue entered, queue start, in i kö, köstart, køstart, ind i kø, sorba lépett, jonoon",
    "left_at": "left at, left queue, queue left, queue end, ut ur kö, köslut, køslut, ud af kø, sorból kilépett, jonosta",
    "segment_id": "segment, segment id, leg, leg id, part id, delsamtal, samtalsdel, opkaldsdel, hívásrész, puhelun osa, osan tunnus",
    # surveys
    "invitation_id": "invitation, invitation id, survey invitation, inbjudan, inbjudans id, invitations id, meghívó, meghívó azonosító, kutsu, kutsun tunnus",
    "drawn_at": "drawn, drawn at, invited, invited at, sent, sent at, utskickad, skickad, inbjuden, udsendt, sendt, inviteret, kiküldve, meghívva, "
    "lähetetty, kutsuttu",
    "response_id": "response id, answer id, svars id, svar id, besvarelses id, válasz azonosító, vastauksen tunnus",
    "question_id": "question, question id, fråga, spørgsmål, kérdés, kysymys",
    "survey_id": "survey, survey id, enkät, undersökning, undersøgelse, spørgeskema, felmérés, kérdőív, kysely",
    "value": "value, score, answer, rating, grade, satisfaction, satisfaction rating, csat, nps, svar, betyg, poäng, nöjdhet, karakter, besvarelse, "
    "tilfredshed, válasz, érték, értékelés, elégedettség, pontszám, vastaus, arvo, arvosana, pisteet, tyytyväisyys",
    "text": "text, comment, comments, free text, kommentar, fritext, fritekst, megjegyzés, szöveges válasz, kommentti, vapaa teksti",
    "scale": "scale, skala, skála, asteikko",
    "survey_response.answered_at": "answered at, answered, answer date, response date, submitted, submitted at, completed, date, datetime, timestamp, "
    "date time, besvarad, svarat, svarsdatum, datum, tidpunkt, besvaret, svardato, dato, kitöltve, válaszolt, dátum, időpont, "
    "vastattu, vastauspäivä, päivämäärä, aika",
    "words": "words, wording, question text, text, lydelse, formulering, frågetext, ordlyd, spørgsmålstekst, szöveg, kérdés szövege, sanamuoto, kysymysteksti",
    # the organisation
    "name": "name, namn, navn, név, megnevezés, nimi",
    "display_name": "name, display name, full name, agent name, namn, navn, név, nimi",
    "tz": "time zone, timezone, zone, tz, tidszon, tidszone, tidzon, időzóna, aikavyöhyke",
    "currency": "currency, valuta, pénznem, valuutta",
    "skill": "skill, kompetens, kompetence, készség, osaaminen",
    "calendar_id": "calendar, calendar id, kalender, naptár, kalenteri",
    "weekly": "weekly, opening hours, hours, öppettider, åbningstider, nyitvatartás, aukioloajat",
    "holidays": "holidays, helgdagar, röda dagar, helligdage, ünnepnapok, pyhäpäivät, juhlapyhät",
    "valid_from": "valid from, from, from date, start date, giltig från, gäller från, från, från och med, gyldig fra, fra, fra og med, "
    "érvényes ettől, ettől, kezdete, voimassa alkaen, alkaen",
    "valid_to": "valid to, valid until, to, until, end date, giltig till, gäller till, till, gyldig til, til, érvényes eddig, eddig, voimassa asti, asti",
    "team_id": "team, team id, group, grupp, gruppe, hold, csapat, csoport, tiimi, ryhmä",
    "parent_unit": "parent, parent unit, department, unit, avdelning, enhet, afdeling, enhed, osztály, szervezeti egység, osasto, yksikkö",
    "queue_ids": "queues, queue ids, köer, køer, sorok, jonot",
    "client_ids": "clients, client ids, kunder, uppdragsgivare, ügyfelek, megbízók, asiakkaat, toimeksiantajat",
    "membership_id": "membership, membership id, medlemskap, medlemskab, tagság, jäsenyys",
    "role": "role, roll, rolle, szerep, szerepkör, rooli",
    "fte_share": "fte, fte share, sysselsättningsgrad, tjänstgöringsgrad, beskæftigelsesgrad, munkaidő arány, työaikaprosentti, työaika",
    "hired_on": "hired, hired on, hire date, employed since, anställd, anställningsdatum, ansat, ansættelsesdato, felvéve ekkor, munkába állt, palkattu",
    "left_on": "left on, left, leaving date, slutat, slutdatum, fratrådt, fratrædelsesdato, kilépett, kilépés dátuma, lähtenyt, lopetuspäivä",
    "languages": "languages, språk, sprog, nyelvek, kielet",
    "site_id": "site, location, office, ort, kontor, lokation, telephely, toimipaikka, paikkakunta",
    "parent_id": "parent, parent id, parent reason, överordnad, overordnet, szülő, fölérendelt, ylätaso, yläluokka",
    "level": "level, nivå, niveau, szint, taso",
    "label": "label, name, benämning, namn, betegnelse, navn, megnevezés, név, nimike, nimi",
    "demand_type": "demand, demand type, efterfrågan, efterfrågetyp, efterspørgsel, igény, igény típusa, kysyntä, kysyntätyyppi",
    "responsible_area": "area, owner, responsible, responsible area, business area, ansvarig, ansvarsområde, ägare, ansvarlig, ejer, felelős, "
    "felelős terület, vastuualue, omistaja",
    "agreement_id": "agreement, agreement id, contract, avtal, avtals id, aftale, szerződés, megállapodás, sopimus",
    "measure": "measure, kpi, mått, nyckeltal, måltal, nøgletal, mutató, mérőszám, mittari, tunnusluku",
    "threshold": "threshold, limit, gräns, gränsvärde, grænse, grænseværdi, küszöb, határérték, raja, raja arvo",
    "target": "target, goal, mål, målnivå, cél, célérték, tavoite",
}
STATES: Mapping[str, str] = {
    "available": "available, ready, idle, login, logged in, tillgänglig, ledig, klar, inloggad, logget ind, elérhető, szabad, bejelentkezve, vapaa, "
    "käytettävissä, kirjautunut",
    "talking": "talking, in call, on call, i samtal, samtalar, i opkald, taler, beszél, hívásban, puhelussa",
    "holding": "hold, holding, parkerad, parkeret, tartásban, pidossa",
    "acw": "acw, after call work, wrap up, wrapup, efterarbete, efterbehandling, utómunka, jälkityö, jälkikäsittely",
    "break": "break, pause, lunch, paus, rast, frokost, szünet, ebéd, tauko, lounas",
    "meeting": "meeting, möte, møde, megbeszélés, értekezlet, kokous, palaveri",
    "training": "training, utbildning, uddannelse, kursus, képzés, oktatás, koulutus",
    "offline_work": "offline work, back office, administration, admin, adminisztráció, hallinto",
    "feedback": "feedback, coaching, återkoppling, visszajelzés, palaute, valmennus",
    "outage": "outage, technical problem, tekniskt fel, driftstopp, teknisk fejl, nedbrud, műszaki hiba, üzemzavar, häiriö",
    "logged_out": "logged out, logout, log off, offline, utloggad, logget ud, kijelentkezve, kirjautunut ulos, poissa",
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


def names_of(kind: str, field: str) -> str:
    """The header names that a field of this kind of fact answers to; its own list goes before the one that all facts share."""
    return NAMES.get(f"{kind}.{field}") or NAMES.get(field) or NAMES.get(f"own_{field}", "")


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
