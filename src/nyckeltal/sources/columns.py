"""The header names that a field answers to, in English, Swedish, Danish, Hungarian and Finnish, and what common values mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from nyckeltal.sources import called, lengths

NAMES: Mapping[str, str] = {
    "contact_id": "contact id, call id, callid, id, case number, interaction id, conversation id, uniqueid, samtals id, samtal id, "
    "kontakt id, ärende id, opkalds id, hívás azonosító, azonosító, puhelun tunnus, tunnus",
    "client_id": "client, customer company, account, tenant, kund, uppdragsgivare, klient, ügyfél cég, megbízó, asiakasyritys, toimeksiantaja",
    "queue_id": "queue, queue name, queuename, skill, split, kö, könamn, kø, kønavn, várakozási sor, sor, jono, palvelujono",
    "channel": "channel, media, media type, kanal, medium, csatorna, kanava",
    "direction": "direction, riktning, retning, irány, suunta",
    "customer_key": "customer no, customer number, kundnr, kund nr, kundenr, ügyfélszám, asiakasnro, asiakasnumero, "
    "customer id, customer, kund id, kunde id, ügyfél azonosító, asiakas id, asiakastunnus, "
    "caller, caller id, phone, phone number, ani, cli, calling number, from number, kundnummer, telefonnummer, "
    "a nummer, anummer, uppringande nummer, kundenummer, opkaldsnummer, opkaldende nummer, ügyfél, telefonszám, hívószám, hívó szám, asiakas, "
    "puhelinnumero, soittajan numero, a numero",
    "offered_at": "offered, offered at, start, start time, call start, samtal start, call started, date time, datetime, arrival, "
    "received, timestamp, created, "
    "starttid, inkommet, inkom, inkommen, ankomst, ankomsttid, "
    "ankom, tidpunkt, modtaget, starttidspunkt, kezdet, kezdés, érkezett, időpont, alku, alkuaika, saapui, aika",
    "queue_entered_at": "queue start, queue entered, queued at, kö start, køstart, sorba lépett, jonoon",
    "answered_at": "answered at, call answered, answer time, connected, svarstid, besvarad kl, besvaret kl, felvéve, vastattu klo",
    "abandoned_at": "abandoned at, hangup time, lagd på kl, afbrudt kl, letéve, luovutti klo",
    "ended_at": "ended, ended at, end, end time, call ended, call end, samtal slut, sluttid, avslutat, slut, sluttidspunkt, "
    "afsluttet, vége, befejezés, päättyi, loppuaika, loppu",
    "wait_s": "wait, wait time, waiting time, queue time, q time, hold time in queue, speed of answer, "
    "speed of answer in seconds, wait length, wait seconds, kötid, väntetid, svarstid, "
    "køtid, ventetid, várakozás, várakozási idő, odotusaika, jonotusaika",
    "own_talk_s": "talk, talk time, talktime, talk duration, avgtalkduration, service time, ser time, service length, call duration, "
    "duration, samtalstid, taltid, samtalslängd, taletid, samtaletid, beszédidő, beszélgetés, puheaika",
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
    # messages
    "message_id": "message, message id, meddelande id, besked id, üzenet azonosító, viestin tunnus",
    "sent_at": "sent, sent at, message sent, skickat, skickad, avsänt, sendt, afsendt, elküldve, küldve, lähetetty",
    "author": "author, written by, sender type, författare, avsändare, skrivet av, afsender, skrevet af, szerző, feladó, lähettäjä, kirjoittaja",
    "is_auto": "auto, automatic, is auto, autosvar, automatiskt, automatisk, automatikus, automaattinen",
    # what was planned
    "shift_id": "shift, shift id, pass, pass id, skift, vagt, vagt id, műszak, műszak azonosító, vuoro, työvuoro, vuoron tunnus",
    "state_class": "activity, planned activity, scheduled activity, planned state, shift type, aktivitet, planerad aktivitet, passtyp, planlagt aktivitet, "
    "vagttype, "
    "tevékenység, tervezett tevékenység, műszaktípus, toiminta, suunniteltu toiminta, vuorotyyppi",
    "schedule_shift.started_at": "shift start, scheduled start, planned start, start, start time, started, from, från, start, starttid, pass start, fra, "
    "vagt start, "
    "kezdet, kezdés, műszak kezdete, ettől, alku, alkaen, alkuaika, vuoron alku",
    "schedule_shift.ended_at": "shift end, scheduled end, planned end, end, end time, ended, to, until, slut, sluttid, pass slut, till, til, vagt slut, vége, "
    "műszak vége, eddig, loppu, asti, loppuaika, vuoron loppu",
    "version": "version, revision, plan version, schemaversion, planversion, verzió, versio",
    "published_at": "published, published at, publicerat, publicerad, offentliggjort, udgivet, közzétéve, julkaistu",
    "exception": "exception, approved exception, undantag, undtagelse, kivétel, poikkeus",
    "forecast_id": "forecast id, prognos id, prognose id, előrejelzés azonosító, ennusteen tunnus",
    "interval_start": "interval, interval start, period start, time, start, starttid, intervall, intervallstart, intervalstart, tidspunkt, időköz, "
    "időköz kezdete, "
    "kezdet, aikaväli, aikavälin alku, alku",
    "interval_s": "interval length, interval seconds, intervallängd, intervallængde, időköz hossza, aikavälin pituus",
    "made_at": "made at, forecast made, forecast date, prognos gjord, prognosdatum, prognose lavet, prognosedato, előrejelzés készült, ennuste tehty",
    "forecast.contacts": "forecast calls, forecasted calls, expected calls, forecast volume, calls forecast, prognos samtal, "
    "prognostiserade samtal, prognose opkald, "
    "forventede opkald, előrejelzett hívások, várt hívásszám, ennustetut puhelut, ennustettu määrä, "
    "forecast, forecast contacts, forecasted, expected contacts, expected, contacts, volume, calls, prognos, förväntade, volym, prognose, "
    "forventede, volumen, opkald, előrejelzés, várható, várt hívások, ennuste, odotetut, määrä",
    "aht_s": "aht, forecast aht, prognos aht, aht prognos, prognose aht, aht prognose, aht előrejelzés, aht ennuste, ennustettu aht, "
    "handle time, average handling time, hanteringstid, medelärendetid, behandlingstid, kezelési idő, käsittelyaika",
    "agents_required": "required, agents required, staff required, fte required, behov, bemanningsbehov, bemandingsbehov, szükséges, szükséges létszám, tarve, "
    "henkilöstötarve",
    "agents_scheduled": "scheduled, agents scheduled, staffed, planned agents, bemanning, schemalagda, bemanding, planlagte, beosztott, beosztott létszám, "
    "suunniteltu, miehitys",
    "shrinkage": "shrinkage, bortfall, svind, frånvaroandel, veszteség, hävikki",
    "patience_s": "patience, patience time, tålamod, tålmodighed, türelem, kärsivällisyys",
    "outage_id": "outage, outage id, incident, avbrott, driftstopp, driftstörning, nedbrud, üzemzavar, leállás, häiriö, käyttökatko",
    "scope": "scope, affected, omfattning, drabbade, omfang, ramt, hatókör, érintett, laajuus, kohde",
    "scope_id": "scope id, site, system, queue, plats, plads, rendszer, hely, järjestelmä, paikka",
    "lost_agent_share": "lost share, lost agent share, share of agents, bortfallen andel, andel agenter, tabt andel, kiesett arány, poissa olleiden osuus",
    "external": "external, extern, külső, ulkoinen",
    # quality
    "evaluation_id": "evaluation, evaluation id, review, review id, scorecard, utvärdering, utvärderings id, bedömning, evaluering, evaluerings id, vurdering, "
    "értékelés azonosító, értékelés, arviointi, arvioinnin tunnus",
    "form_version_id": "form, form version, form id, scorecard version, formulär, formulärversion, skema, skemaversion, űrlap, űrlap verzió, lomake, "
    "lomakeversio",
    "evaluator_id": "evaluator, reviewer, evaluated by, assessor, utvärderare, bedömare, evaluator, bedømmer, értékelő, arvioija",
    "purpose": "purpose, syfte, ändamål, formål, cél, tarkoitus",
    "completed_at": "completed, completed at, evaluated, evaluated at, evaluation date, utvärderad, bedömd, slutförd, evalueret, bedømt, gennemført, "
    "értékelve, "
    "befejezve, arvioitu, valmis, valmistunut",
    "score": "score, total score, qa score, result, poäng, totalpoäng, kvalitetspoäng, resultat, point, kvalitetsscore, pontszám, összpontszám, pisteet, "
    "kokonaispisteet, laatupisteet",
    "critical": "critical, critical error, kritiskt fel, kritisk fejl, kritikus hiba, kriittinen virhe",
    "disputed": "disputed, bestridd, bestridt, anfægtet, vitatott, kiistetty",
    "design_weight": "weight, design weight, vikt, vægt, súly, paino",
    "stratum": "stratum, strata, ositus, réteg",
    "answer_id": "answer id, svars id, svar id, besvarelses id, válasz azonosító, vastauksen tunnus",
    "item_id": "item, item id, criterion, question, kriterium, fråga, punkt, spørgsmål, szempont, kérdés, kriteeri, kohta, kysymys",
    "qa_answer.value": "answer, value, rating, svar, värde, værdi, vurdering, válasz, érték, vastaus, arvo",
    "qa_answer.value_n": "score, points, poäng, point, pontszám, pisteet",
    "is_na": "na, n a, not applicable, ej tillämpligt, ikke relevant, nem értelmezhető, ei sovellu",
    "comment": "comment, comments, kommentar, megjegyzés, kommentti",
    # trade
    "sale_id": "sale, sale id, sales id, deal, försäljning, försäljnings id, sälj id, salg, salgs id, értékesítés, eladás, eladás azonosító, myynti, "
    "myynnin tunnus",
    "sold_at": "close date, closed date, won date, avslutsdatum, lukkedato, "
    "sold, sold at, sale date, sales date, såld, säljdatum, försäljningsdatum, solgt, salgsdato, eladva, eladás dátuma, myyty, myyntipäivä",
    "sale.kind": "kind, type, sale type, typ, slag, försäljningstyp, salgstype, típus, eladás típusa, tyyppi, myyntityyppi",
    "accepted": "won, closed won, elfogadta, vunnen, vunnet, megnyert, voitettu, "
    "accepted, accepted offer, accepterat, tackade ja, accepteret, elfogadva, hyväksytty",
    "amount": "deal value, deal amount, deal size, "
    "amount, value, price, total, order value, sum, belopp, värde, pris, ordervärde, summa, beløb, ordreværdi, összeg, érték, ár, rendelési érték, "
    "summa, "
    "hinta, tilauksen arvo",
    "cancelled_at": "cancelled, cancelled at, canceled, cancellation date, avbeställd, annullerad, makulerad, annulleret, afbestilt, lemondva, visszavonva, "
    "peruttu, "
    "perutettu",
    "retention_id": "retention, retention id, cancellation, cancellation id, churn case, uppsägning, uppsägnings id, opsigelse, opsigelses id, fastholdelse, "
    "felmondás, "
    "felmondás azonosító, irtisanominen, irtisanomisen tunnus, pito",
    "requested_at": "requested, requested at, cancel requested, cancellation date, begärd, uppsagd, uppsägningsdatum, anmodet, opsagt, opsigelsesdato, "
    "kérve, felmondva, "
    "felmondás dátuma, pyydetty, irtisanottu",
    "retention_case.outcome": "outcome, result, utfall, resultat, udfald, kimenetel, eredmény, tulos, lopputulos",
    "lost_at": "last day, sista dag, sidste dag, utolsó nap, viimeinen päivä, "
    "lost, lost at, left, churned at, lämnade, förlorad, tabt, forlod, elveszett, távozott, menetetty, poistui",
    "order_id": "order no, order nr, ordernr, ordrenr, rendelés száma, tilausnro, "
    "order, order id, order number, ordernummer, köp, ordre, ordre id, ordrenummer, rendelés, rendelésszám, tilaus, tilausnumero",
    "ordered_at": "ordered, ordered at, order date, order time, beställd, orderdatum, bestilt, ordredato, megrendelve, rendelés dátuma, tilattu, tilauspäivä",
    "complaint_id": "complaint, complaint id, klagomål, klagomåls id, klage, klage id, panasz, panasz azonosító, valitus, reklamaatio, valituksen tunnus",
    "received_at": "received, received at, complaint date, registered, inkommet, inkom, registrerat, modtaget, registreret, beérkezett, érkezett, saapunut, "
    "saapui, "
    "kirjattu",
    "about": "about, concerns, complaint type, gäller, avser, klagomålstyp, vedrører, klagetype, tárgya, panasz típusa, koskee, aihe",
    "month_start": "month, period, month start, månad, måned, hónap, kuukausi",
    "opening": "opening, opening customers, customers at start, start of month, ingående, ingående kunder, primo, nyitó, nyitó ügyfélszám, alussa, "
    "asiakkaita alussa",
    "new": "new, new customers, won, nya, nya kunder, nye, nye kunder, új, új ügyfelek, uudet, uudet asiakkaat",
    "churned": "churned, lost, lost customers, churn, förlorade, tappade kunder, tabte, mistede kunder, elveszett, elveszett ügyfelek, menetetyt, poistuneet",
    "closing": "closing, closing customers, customers at end, utgående, utgående kunder, ultimo, záró, záró ügyfélszám, lopussa, asiakkaita lopussa",
    "active": "active, active customers, aktiva, aktiva kunder, aktive, aktive kunder, aktív, aktív ügyfelek, aktiiviset, aktiiviset asiakkaat",
    "service_cost": "cost, costs, service cost, customer service cost, kostnad, kostnader, servicekostnad, omkostning, omkostninger, serviceomkostninger, "
    "költség, "
    "ügyfélszolgálati költség, kulut, kustannukset, palvelukulut",
    "revenue": "revenue, income, turnover, sales revenue, omsättning, intäkt, intäkter, omsætning, indtægter, árbevétel, bevétel, liikevaihto, tuotot",
    "transactions": "transactions, transaktioner, tranzakciók, tapahtumat, transaktiot",
    "cost_scope": "cost scope, includes, omfattar, omfatter, tartalmazza, sisältää",
    # people
    "employment_id": "employment, employment id, contract id, anställning, anställnings id, ansættelse, ansættelses id, munkaviszony, työsuhde, "
    "työsuhteen tunnus",
    "hours_week": "hours a week, hours per week, weekly hours, contract hours, timmar per vecka, veckoarbetstid, timer per uge, ugentlige timer, heti óra, "
    "heti óraszám, "
    "viikkotunnit, tunnit viikossa",
    "day_h": "hours a day, hours per day, timmar per dag, timer per dag, napi óra, tunnit päivässä",
    "profile": "profile, profil, profiili",
    "absence_id": "absence, absence id, frånvaro, frånvaro id, fravær, fravær id, távollét, hiányzás, poissaolo, poissaolon tunnus",
    "absence.kind": "absence reason, leave type, fravær, syy, poissaolosyy, ok, jogcím, "
    "kind, type, absence type, absence kind, typ, orsak, frånvarotyp, frånvaroorsak, fraværstype, fraværsårsag, årsag, típus, "
    "hiányzás típusa, tyyppi, poissaolon tyyppi, poissaolon syy, type of absence, reason of absence, typ av frånvaro, orsak till frånvaro, "
    "type af fravær, fraværets art, hiányzás oka, távollét oka",
    "absence.started_at": "from date, fr o m, från datum, första dag, startdag, fra dato, første dag, kezdő dátum, kezdő nap, mettől, alkupvm, alkamispäivä, "
    "ensimmäinen päivä, første fraværsdag, første sygedag, första frånvarodag, första sjukdag, hiányzás kezdete, ensimmäinen poissaolopäivä, absent from, "
    "started, start, start date, from, first day, first day of absence, från, från och med, startdatum, fra, fra og med, startdato, ettől, kezdete, alkaen, "
    "alku, alkupäivä",
    "absence.ended_at": "to date, t o m, till datum, sista dag, slutdag, til dato, sidste dag, záró dátum, utolsó nap, meddig, loppupvm, päättymispäivä, "
    "viimeinen päivä, sidste fraværsdag, sidste sygedag, sista frånvarodag, sista sjukdag, hiányzás vége, viimeinen poissaolopäivä, absent until, "
    "ended, end, end date, to, until, last day, last day of absence, till, till och med, slutdatum, til, til og med, slutdato, eddig, vége, asti, loppu, "
    "loppupäivä",
    "days": "number of days, no of days, absence days, antal dagar, frånvarodagar, antal dage, fraværsdage, napok száma, päiviä, "
    "days, working days, dagar, arbetsdagar, dage, arbejdsdage, napok, munkanapok, päivät, työpäivät",
    "hours": "number of hours, antal timmar, frånvarotimmar, antal timer, fraværstimer, órák száma, óra, tunteja, "
    "hours, absence hours, timmar, timer, órák, tunnit",
    "approved": "approved, godkänd, beviljad, godkendt, jóváhagyva, hyväksytty",
    "talk_id": "talk id, feedback talk, coaching id, samtals id feedback, återkopplingssamtal, feedbacksamtale, visszajelzés azonosító, palautekeskustelu",
    "leader_id": "leader, manager, team leader, supervisor, coach, ledare, chef, gruppledare, teamledare, leder, teamleder, vezető, csoportvezető, esihenkilö, "
    "tiiminvetäjä",
    "held_at": "held, held at, talk date, feedback date, coached at, hållet, hölls, samtalsdatum, afholdt, samtaledato, megtartva, megbeszélés dátuma, pidetty",
    "feedback_talk.kind": "kind, type, form, typ, form, típus, forma, tyyppi, muoto",
    "kpi_ids": "kpis, key figures, nyckeltal, nøgletal, mutatók, tunnusluvut, mittarit",
    "agreed_actions": "actions, agreed actions, agreed, åtgärder, överenskommet, handlinger, aftalt, teendők, megállapodás, toimenpiteet, sovittu",
    "acknowledged_at": "acknowledged, acknowledged at, confirmed, bekräftad, kvitterad, bekræftet, megerősítve, visszaigazolva, vahvistettu, kuitattu",
    "wave_id": "wave, survey wave, round, omgång, mätning, runde, måling, hullám, kör, kierros, mittaus",
    "week": "week, vecka, uge, hét, viikko",
    # summaries of intervals and days
    "summary_id": "summary, summary id, row id, sammanfattning, opsummering, összesítés, yhteenveto",
    "summary.started_at": "interval, interval start, period, period start, start, date, day, datum, dag, starttid, dato, dátum, nap, időköz, päivä, "
    "päivämäärä, aikaväli",
    "length_s": "interval length, period length, length, intervallängd, intervallængde, időköz hossza, aikavälin pituus",
    "offered_n": "offered, incoming, incoming calls, calls offered, offered calls, received, calls, total calls, inkommande, inkommande samtal, inkomna, "
    "inkomna samtal, erbjudna, indgående, indgående opkald, indkomne, indkomne opkald, bejövő, bejövő hívások, beérkezett, beérkezett hívások, saapuneet, "
    "saapuneet puhelut, "
    "tarjotut",
    "answered_n": "answered, answered calls, calls answered, handled, calls handled, besvarade, besvarade samtal, besvarede, besvarede opkald, megválaszolt, "
    "megválaszolt hívások, "
    "fogadott, fogadott hívások, vastatut, vastatut puhelut",
    "abandoned_n": "abandoned, abandoned calls, calls abandoned, lost calls, tappade, tappade samtal, förlorade, tabte, tabte opkald, mistede, elhagyott, "
    "elhagyott hívások, "
    "elveszett, elveszett hívások, luopuneet, menetetyt puhelut",
    "short_abandoned_n": "short abandoned, short abandons, abandoned short, korta lägg på, korta avbrott, korte tabte, rövid elhagyott, lyhyet luopumiset",
    "short_s": "short abandon limit, gräns för korta, grænse for korte, rövid határ, lyhyiden raja",
    "in_time_n": "answered in sl, answered within sl, "
    "answered in time, within target, in service level, calls in service level, besvarade i tid, inom mål, besvaret i tide, inden for mål, "
    "időben fogadott, célidőn belül, ajoissa vastatut, tavoiteajassa",
    "in_time_share": "sla, service level, sl, service level percent, service level 20 seconds, servicenivå, servicegrad, svarsnivå, serviceniveau, "
    "szolgáltatási szint, palvelutaso",
    "in_time_s": "service level limit, target seconds, threshold, tröskel, gräns, servicenivågräns, grænse, küszöb, határérték, raja",
    "summary.wait_s": "total wait time, wait time total, total waiting time, total väntetid, samlad väntetid, samlet ventetid, összes várakozás, "
    "odotusaika yhteensä",
    "summary.talk_s": "total talk time, talk time total, total samtalstid, samlad samtalstid, samlet taletid, összes beszédidő, puheaika yhteensä",
    "summary.hold_s": "total hold time, hold time total, total parkeringstid, samlet holdtid, összes tartásidő, pitoaika yhteensä",
    "summary.acw_s": "total acw, total wrap up time, total after call work, total efterbehandlingstid, samlet efterbehandlingstid, összes utómunka, "
    "jälkityö yhteensä",
    "handle_s": "total handle time, handle time total, total hanteringstid, samlet behandlingstid, összes kezelési idő, käsittelyaika yhteensä",
    "mean_wait_s": "asa, average speed of answer, answer speed avg, avg speed of answer, average wait, avg wait time, average wait time, medelväntetid, "
    "genomsnittlig väntetid, svarstid snitt, gennemsnitlig ventetid, átlagos várakozás, keskimääräinen odotusaika",
    "mean_talk_s": "att, average talk time, avg talk time, talk duration avg, medelsamtalstid, genomsnittlig samtalstid, gennemsnitlig taletid, "
    "átlagos beszédidő, keskimääräinen puheaika",
    "mean_hold_s": "average hold time, avg hold time, genomsnittlig parkeringstid, gennemsnitlig holdtid, átlagos tartásidő, keskimääräinen pitoaika",
    "mean_acw_s": "average acw, avg acw, average wrap up time, genomsnittlig efterbehandlingstid, gennemsnitlig efterbehandlingstid, átlagos utómunka, "
    "keskimääräinen jälkityö",
    "mean_handle_s": "aht, average handle time, average handling time, avg handle time, medelhanteringstid, genomsnittlig hanteringstid, "
    "gennemsnitlig behandlingstid, átlagos kezelési idő, keskimääräinen käsittelyaika",
    "task_id": "task, task id, report, report id, uppgift, rapport, opgave, feladat, jelentés, tehtävä, raportti",
    "due_on": "due, due on, due date, deadline, förfaller, senast, forfalder, frist, határidő, esedékes, määräpäivä, eräpäivä",
    "delivered_at": "delivered, delivered at, delivery date, levererad, levererat, leveret, leveringsdato, leszállítva, elkészült, toimitettu, toimituspäivä",
    "reasons_n": "reasons, number of reasons, antal orsaker, orsaker, antal årsager, árok száma, okok száma, syitä, syiden määrä",
    "with_owner_and_action_n": "with owner and action, reasons with owner and action, med ägare och åtgärd, med ejer og handling, felelőssel és teendővel, "
    "omistajalla ja toimenpiteellä",
}
_BY_NAME = (  # in what offices keep by hand a name is the agent's
    "name, employee, employee name, staff, namn, anställd, personal, navn, ansat, név, dolgozó, munkatárs, nimi, työntekijä"
)
_SELLER = "rep, sales rep, seller, salesperson, account manager, säljare, sælger, értékesítő, myyjä"
BY_HAND: Mapping[str, str] = {
    **dict.fromkeys(("absence", "schedule_shift", "employment", "feedback_talk", "retention_case"), _BY_NAME),
    **dict.fromkeys(("sale", "order"), f"{_BY_NAME}, {_SELLER}"),
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
TIMES = "time, clock, tid, klockslag, kl, klokkeslæt, klokken, tidspunkt, idő, óra, időpont, kello, klo, kellonaika, vru entry, call started"
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


_currencies = ("sek", "dkk", "nok", "eur", "huf", "gbp", "usd", "kr", "ft")  # behind what an amount is of


def names_of(kind: str, field: str) -> str:
    """The header names that a field of this kind of fact answers to; its own list goes before the one that all facts share."""
    found = NAMES.get(f"{kind}.{field}") or NAMES.get(field) or NAMES.get(f"own_{field}", "")
    return f"{found}, {BY_HAND[kind]}" if field == "agent_id" and kind in BY_HAND else found


@lru_cache(maxsize=1024)
def plain(name: str) -> str:
    """A header name without case, units and punctuation: "CallStart (s)" is "call start"."""
    spaced = re.sub(r"(?<=[a-zåäöæø])(?=[A-ZÅÄÖÆØ])", " ", name)
    bare = re.sub(rf"[\(\[]({lengths.UNITS})[\)\]]", " ", unicodedata.normalize("NFC", spaced).casefold())
    said = re.findall(r"\w+", bare.replace("_", " "))
    return " ".join(said[:-1] if len(said) > 1 and said[-1] in _currencies else said)


@cache
def everywhere(field: str) -> frozenset[str]:
    """What pages and templates call a field, in any language, as plain words."""
    return frozenset(plain(called.field(field, language)) for language in called.LANGUAGES)


def says(header: str, kind: str, field: str) -> float:
    """How much a header speaks for a field: by what pages and templates call it, in any language, else by the names it answers to."""
    return 1.0 if plain(header) in everywhere(field) else likeness(header, names_of(kind, field))


@cache
def words(listed: str) -> frozenset[str]:
    """The names in one of the lists above."""
    return frozenset(plain(word) for word in listed.split(","))


@lru_cache(maxsize=8192)
def likeness(name: str, listed: str) -> float:
    """1 for a name that is listed, less for one that holds a listed name, 0 for none."""
    said, known = plain(name), words(listed)
    if said in known or said.removesuffix(" s") in known:
        return 1.0
    return 0.6 if any(len(word) > 3 and f" {word} " in f" {said} " for word in known) else 0.0


def meanings(values: list[str], known: Mapping[str, str]) -> dict[str, str]:
    """What each value means, for those that are known."""
    return {value: meant for value in values for meant, listed in known.items() if plain(value) in words(listed)}
