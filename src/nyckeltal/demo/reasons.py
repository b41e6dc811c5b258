"""Why the demo's customers make contact: a tree of three levels, with what each reason asks of the person who answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Demand = Literal["value", "failure"]
Avoidable = Literal["self_service", "information", "process", "product", "none"]


@dataclass(frozen=True)
class Topic:
    """A reason at level 2. `handle_s` is what a colleague with 8,000 contacts behind them needs by telephone, after-work included."""

    client_id: str
    area: str  # its reason at level 1
    label: str
    responsible: str
    demand: Demand
    avoidable_by: Avoidable
    handle_s: float
    solved: float  # chance that one contact settles it, for an average colleague
    case_share: float  # how often a case is opened
    escalated: float  # how often a first-line colleague passes it on
    leaves: tuple[str, ...]
    reason_id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason_id", f"{self.client_id}-{_slug(self.area)}-{_slug(self.label)}")

    @property
    def area_id(self) -> str:
        return f"{self.client_id}-{_slug(self.area)}"

    def leaf_id(self, number: int) -> str:
        return f"{self.reason_id}-{number + 1}"


def _slug(label: str) -> str:
    return label.lower().replace(" ", "-")


HARD_FROM_S = 480.0  # topics that take longer go to the colleague who is slow because of the cases alone


def hard(topic: Topic) -> bool:
    return topic.handle_s >= HARD_FROM_S


_TELE = "polartel"
_KRAFT = "nordkraft"
_HEM = "nordhem"

# fmt: off
TOPICS: tuple[Topic, ...] = (
    Topic(_TELE, "Invoice", "Hard to understand", "Finance", "failure", "information", 320, .62, .15, 0, ("Part of a month", "Fees and add-ons")),
    Topic(_TELE, "Invoice", "Payment and reminders", "Finance", "value", "self_service", 250, .74, .10, 0, ("Extension of time", "Reminder fee")),
    Topic(_TELE, "Broadband", "Connection drops", "Network", "failure", "product", 590, .45, .55, .12, ("In the evening", "All day long")),
    Topic(_TELE, "Broadband", "Cannot get started", "Product", "failure", "information", 520, .54, .35, .08, ("Box will not start", "Technician did not come")),
    Topic(_TELE, "Broadband", "Router and password", "Product", "value", "self_service", 240, .74, .05, .02, ("Lost password", "Change of network name")),
    Topic(_TELE, "Mobile", "No coverage", "Network", "failure", "product", 400, .52, .40, .06, ("At home", "Abroad")),
    Topic(_TELE, "Mobile", "Change of subscription", "Sales", "value", "self_service", 310, .76, .05, 0, ("More data", "New number")),
    Topic(_TELE, "Mobile", "Price differs from offer", "Sales", "failure", "process", 370, .54, .25, 0, ("Campaign price missing", "Told otherwise in shop")),
    Topic(_KRAFT, "Invoice", "Higher than expected", "Finance", "failure", "information", 390, .60, .20, .03, ("Cold month", "New price")),
    Topic(_KRAFT, "Invoice", "Payment plan", "Finance", "value", "process", 320, .74, .20, 0, ("Pay in parts", "Later due date")),
    Topic(_KRAFT, "Contract", "Moving", "Customer service", "value", "self_service", 350, .78, .10, 0, ("Moving in", "Moving out")),
    Topic(_KRAFT, "Contract", "Price and contract", "Sales", "value", "information", 330, .74, .05, 0, ("Fixed price", "Spot price")),
    Topic(_KRAFT, "Supply", "Power cut", "Grid", "failure", "product", 190, .66, .15, .05, ("Own house", "Whole area")),
    Topic(_KRAFT, "Supply", "Meter reading wrong", "Grid", "failure", "process", 430, .47, .50, .10, ("Estimated reading", "Meter exchanged")),
    Topic(_HEM, "Delivery", "Where is my delivery", "Logistics", "failure", "information", 220, .62, .12, 0, ("Late", "No notice came")),
    Topic(_HEM, "Delivery", "Damaged or missing", "Logistics", "failure", "process", 350, .54, .55, 0, ("Damaged", "Part is missing")),
    Topic(_HEM, "Order", "Change of order", "Web", "value", "self_service", 240, .78, .05, 0, ("New address", "Cancel a line")),
    Topic(_HEM, "Order", "Cannot log in or pay", "Web", "failure", "product", 270, .68, .15, 0, ("Card refused", "Log-in fails")),
    Topic(_HEM, "Returns", "How to return", "Web", "value", "information", 200, .80, .05, 0, ("Label is missing", "Time limit")),
    Topic(_HEM, "Returns", "Refund not received", "Finance", "failure", "process", 290, .52, .45, 0, ("After return", "After cancellation")),
    Topic(_HEM, "Product", "Question before buying", "Sales", "value", "information", 260, .82, .02, 0, ("Size and fit", "In stock")),
)
# fmt: on


def topic(client_id: str, label: str) -> Topic:
    return next(each for each in TOPICS if each.client_id == client_id and each.label == label)


def other_id(client_id: str) -> str:
    return f"{client_id}-other"
