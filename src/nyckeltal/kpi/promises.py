"""Each promise of each agreement asked as its KPI and kept as the fact `promise`, so that keeping promises is itself a KPI.
Called by whoever loaded; what has not changed is not written again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nyckeltal.errors import BadQuestion, UserMistake
from nyckeltal.kpi.ask import answer
from nyckeltal.kpi.catalogue import absence, catalogue, mistakes
from nyckeltal.kpi.question import Question
from nyckeltal.kpi.request import Request
from nyckeltal.when.clock import local_date, midnight
from nyckeltal.when.period import Grain, Period
from nyckeltal.words import Text

if TYPE_CHECKING:
    from nyckeltal.contacts.store import ContactStore, Facts, Merged, Snapshot
    from nyckeltal.kpi.answer import Figure
    from nyckeltal.kpi.definition import Kpi

Row = Mapping[str, Any]
source = "promises"


@dataclass(frozen=True)
class Outcome:
    """One promise in one period: kept, missed, or not judged (`met` is None), then with the reason."""

    figure: Figure | None
    met: bool | None
    why: Text | None = None


def keep(home: Path | str | None, now: datetime, problems: list[Text] | None = None) -> Merged | None:
    """Judge all promises anew and write those whose verdict is new or another; None where there are none such.
    What cannot be judged is told in `problems`."""
    from nyckeltal.contacts.store import ContactStore

    store = ContactStore(home)
    facts = store.snapshot()
    rows = {row["promise_id"]: row for row in judged(facts, home, now, problems)}
    kept = _kept(facts)
    if kept.keys() - rows.keys():
        _take_all_back(store, facts, now)
        kept = {}
    changed = [row for name, row in rows.items() if kept.get(name) != (row["met"], row["value"])]
    return _write(store, facts, changed, now) if changed else None


def judged(facts: Facts, home: Path | str | None = None, now: datetime | None = None, problems: list[Text] | None = None) -> list[Row]:
    """Every promise whose period has ended for good: final figures only, and only where there was something to judge.
    An agreement that cannot be asked so stops no other; `problems` gets the reason. While the file of its measure has mistakes, what was judged stands."""
    kpis, to_be_mended = catalogue(home), {Path(issue.file or "").stem for issue in mistakes(home)}
    found: list[Row] = []
    for agreement in facts.small("agreement").to_pylist():
        try:
            if agreement["measure"] not in kpis and agreement["measure"] in to_be_mended:
                found += [row for row in facts.small("promise").to_pylist() if row["agreement_id"] == agreement["agreement_id"]]
                raise absence(agreement["measure"], home)
            found += _of_agreement(agreement, kpis.get(agreement["measure"]), facts, home, now)
        except UserMistake as mistake:
            if problems is not None:
                problems.append(_not_judged(agreement, mistake.text))
    return found


def _not_judged(agreement: Row, why: Text) -> Text:
    values = {"agreement": agreement["agreement_id"], "why": why}
    return Text("promises.not_judged", "What is promised in agreement %(agreement)s is not judged: %(why)s", values)


def is_met(figure: Figure, target: float, better: str) -> bool | None:
    """On the value as it was counted, in the direction of the KPI; None while it is not final, and where there is no better or worse.
    `target` is in the unit in which people promise it."""
    value = display(figure)
    if value is None or figure.provisional or better not in ("higher", "lower"):
        return None
    above = round(value - target, 9)  # 21 of 300 are 7 %, although floats make a little more of it
    return above >= 0 if better == "higher" else above <= 0


def display(figure: Figure) -> float | None:
    """The value in the unit in which people see and promise it: shares in percent."""
    return figure.value * 100 if figure.value is not None and figure.unit == "share" else figure.value


def outcomes(agreement: Row, facts: Facts, home: Path | str | None = None, now: datetime | None = None) -> list[Outcome]:
    """What came of one agreement in each of its periods so far, the running one last; one without figure where it cannot be judged at all."""
    kpi = catalogue(home).get(agreement["measure"])
    if kpi is None:
        return [Outcome(None, None, Text("promises.not_counted", "It cannot be counted here yet."))]
    if agreement["target"] is None or kpi.better not in ("higher", "lower"):
        return [Outcome(None, None, Text("promises.no_target", "No target is agreed, so there is nothing to keep or miss."))]
    try:
        return [_outcome(agreement, kpi, figure) for figure in _figures(agreement, kpi, facts, home, now)]
    except UserMistake as mistake:
        return [Outcome(None, None, mistake.text)]


def _outcome(agreement: Row, kpi: Kpi, figure: Figure) -> Outcome:
    if figure.value is None:
        return Outcome(figure, None, figure.message)
    if figure.provisional:
        return Outcome(figure, None, Text("promises.not_final", "Not final yet."))
    return Outcome(figure, is_met(figure, agreement["target"], kpi.better))


def _of_agreement(agreement: Row, kpi: Kpi | None, facts: Facts, home: Path | str | None, now: datetime | None) -> Iterator[Row]:
    if kpi is None or agreement["target"] is None or kpi.better not in ("higher", "lower"):
        return
    for figure in _figures(agreement, kpi, facts, home, now):
        value, met = display(figure), is_met(figure, agreement["target"], kpi.better)
        if value is None or met is None or figure.period is None:
            continue
        ended = Period.of(figure.period).last
        ended = min(ended, agreement["valid_to"] - timedelta(days=1)) if agreement["valid_to"] else ended
        yield {
            "promise_id": f"{agreement['agreement_id']}:{ended}",
            "agreement_id": agreement["agreement_id"],
            "client_id": agreement["client_id"],
            "measure": kpi.id,
            "period_ended_on": ended,
            "met": met,
            "value": float(value),
        }


def _figures(agreement: Row, kpi: Kpi, facts: Facts, home: Path | str | None, now: datetime | None) -> Iterator[Figure]:
    """The agreement's figure in each of its periods, up to the one that is running."""
    known = Request(Question.of(kpi.id), facts, home, now).known(str(kpi.base["over"] or "contact"))
    until = known.until({agreement["client_id"]})
    grain = Grain(agreement["period"])
    last = _last_day(agreement, until and local_date(until - timedelta(microseconds=1), known.zone(agreement["client_id"])), grain)
    if last is None or last < agreement["valid_from"]:
        return
    for figure in answer(_question(agreement, kpi, grain, last), facts, home, now):
        if figure.reason == "refused" and figure.message:
            raise BadQuestion(figure.message)
        yield figure


def _question(agreement: Row, kpi: Kpi, grain: Grain, last: date) -> Question:
    """The agreement's KPI for its client and queues, in each of its periods. Nothing is too few for a promise. A clock that starts
    in the menu belongs to the contact as a whole, so its queue is then the first."""
    within = {"client": [agreement["client_id"]]} | ({"queue": list(agreement["queue_ids"])} if agreement["queue_ids"] else {})
    asked = Question.of(kpi.id, per=grain, start=agreement["valid_from"], end=last, variant=agreement["variant"], floor=0, within=within)
    return replace(asked, whole=agreement["clock"] == "ivr")


def _last_day(agreement: Row, known: date | None, grain: Grain) -> date | None:
    """The end of the agreement, or of the period that is running; that one stays provisional and is not judged."""
    if known is None:
        return None
    running = Period.holding(min(known, date.max - timedelta(days=400)), grain).last
    return min(running, agreement["valid_to"] - timedelta(days=1)) if agreement["valid_to"] else running


def _kept(facts: Snapshot) -> dict[str, tuple[bool, float | None]]:
    return {row["promise_id"]: (row["met"], row["value"]) for row in facts.small("promise").to_pylist()}


def _take_all_back(store: ContactStore, facts: Snapshot, now: datetime) -> None:
    """Some promise is none any more (its agreement or its data changed): all are taken back and written again."""
    loads = sorted(facts.small("load").to_pylist(), key=lambda row: row["loaded_at"], reverse=True)
    for load in loads:
        if load["source"] == source and load["state"] == "loaded":
            store.undo(load["load_id"], now=now)


def _write(store: ContactStore, facts: Facts, rows: list[Row], now: datetime) -> Merged:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from nyckeltal.contacts.schema import staged_schema
    from nyckeltal.contacts.store import Batch

    name = f"{source}-{uuid.uuid4().hex[:12]}"
    whole = [{**row, "source": source, "source_id": row["promise_id"], "changed_at": None, "line": number} for number, row in enumerate(rows, 1)]
    with store.stage() as staging:
        file = staging.folder / "promise.parquet"
        pq.write_table(pa.Table.from_pylist(whole, staged_schema("promise")), file)
        kinds = {"promise": _covered(rows, facts, now)}
        return store.merge(Batch(load_id=name, marker=name, source=source, files=source, facts={"promise": [file]}, kinds=kinds), now=now)


def _covered(rows: list[Row], facts: Facts, now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """Promises are known from each client's first agreement until the end of the last period judged."""
    known = Request(Question.of("sla_compliance"), facts, None, now).known("contact")
    starts: dict[str, date] = {}
    for agreement in facts.small("agreement").to_pylist():
        client = agreement["client_id"]
        starts[client] = min(agreement["valid_from"], starts.get(client, agreement["valid_from"]))
    ends = {client: max(row["period_ended_on"] for row in rows if row["client_id"] == client) for client in {row["client_id"] for row in rows}}
    zones = {client: known.zone(client) for client in ends}
    return {client: (midnight(starts[client], zones[client]), midnight(end + timedelta(days=1), zones[client])) for client, end in ends.items()}
