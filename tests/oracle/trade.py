"""The words of sales, requests to leave, orders and complaints, of evaluations, and of interviews, from the rows as files give them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from oracle import clocks

if TYPE_CHECKING:
    from oracle.world import Row, World

ENDS = {"0_10": (0, 10), "1_10": (1, 10), "1_5": (1, 5), "1_7": (1, 7), "yes_no": (0, 1)}
MOMENTS = {"sale": "sold_at", "retention_case": "requested_at", "complaint": "received_at", "order": "ordered_at", "qa_evaluation": "completed_at"}


def derive(world: World) -> None:
    for table, moment in MOMENTS.items():
        for row in world.tables[table]:
            row.update(_of_contact(world, row, row[moment] or row.get("started_at")))
    for sale in world.tables["sale"]:
        sale["cancelled_after_s"] = _later(sale["sold_at"], sale["cancelled_at"])
    for request in world.tables["retention_case"]:
        request["lost_after_s"] = _later(request["requested_at"], request["lost_at"])
    for order in world.tables["order"]:
        order["next_order_after_s"] = _next_order(world, order)
    for table in ("customer_base_month", "finance_month"):
        for row in world.tables[table]:
            row |= {"clock": "UTC", "local_date": row["month_start"]}
    world.tables["qa_item"] = [*_items(world)]
    world.tables["interview"] = [found for row in world.tables["survey_invitation"] if (found := _interview(world, row))]


def _of_contact(world: World, row: Row, moment: datetime | None) -> Row:
    """The place of a row in time, and the words of the contact it speaks of."""
    contact: Row = world.get("contact", row["contact_id"]) or {}
    zone = world.zone_of(contact.get("queue_id"), row["client_id"] or contact.get("client_id"), row["zone"])
    about = {name: contact.get(name) for name in ("queue_id", "channel", "reason_id", "reason_level2_id")}
    return about | {"clock": zone, "local_date": clocks.local(moment, zone).date() if moment else None}


def _later(first: datetime, then: datetime | None) -> float | None:
    return max(0.0, (then - first).total_seconds()) if then else None


def _next_order(world: World, order: Row) -> float | None:
    """Until the same customer's next order from the same client."""
    if order["customer_key"] is None:
        return None
    mine = [row for row in world.tables["order"] if (row["client_id"], row["customer_key"]) == (order["client_id"], order["customer_key"])]
    mine.sort(key=lambda row: (row["ordered_at"], row["order_id"]))
    at = mine.index(order)
    return (mine[at + 1]["ordered_at"] - order["ordered_at"]).total_seconds() if at + 1 < len(mine) else None


def _items(world: World) -> Any:
    """Each answer beside its evaluation; the form's own score is the item `form`."""
    for evaluation in world.tables["qa_evaluation"]:
        if evaluation["completed_at"] is None:
            continue
        of_form = {"answer_id": f"{evaluation['evaluation_id']}#form", "item_id": "form", "value_n": evaluation["score"], "scale": "points"}
        answers = [row for row in world.tables["qa_answer"] if row["evaluation_id"] == evaluation["evaluation_id"]]
        contact: Row = world.get("contact", evaluation["contact_id"]) or {}
        client = evaluation["client_id"] or contact.get("client_id")
        for answer in [*answers, *([of_form] if evaluation["score"] is not None else [])]:
            said = {name: answer[name] for name in ("answer_id", "item_id", "scale")}
            yield {**evaluation, **said, "client_id": client, "value_n": None if answer.get("is_na") else answer["value_n"]}


def _interview(world: World, invitation: Row) -> Row | None:
    """A completed interview: the mean of its answers to the questions about the whole, each brought to 0 to 1."""
    every = [row for row in world.tables["survey_response"] if row["invitation_id"] == invitation["invitation_id"]]
    answers = [row for row in every if row["measure"] == "total" and row["scale"] in ENDS and row["value"] is not None]
    if invitation["outcome"] != "complete" or not answers:
        return None
    shares = [(row["value"] - ENDS[row["scale"]][0]) / (ENDS[row["scale"]][1] - ENDS[row["scale"]][0]) for row in answers]
    last = max(every, key=lambda row: row["answered_at"])
    of_contact = {name: last[name] for name in ("clock", "local_date", "queue_id", "channel", "reason_id", "is_test", "direction")}
    mean = {"experience": sum(shares) / len(shares), "weight": sum(row["weight"] for row in answers) / len(answers)}
    return {**invitation, **of_contact, **mean, "agent_id": invitation["agent_id"] or last["agent_id"], "completed_at": last["answered_at"]}
