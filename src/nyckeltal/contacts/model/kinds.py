"""The kinds of value a field can have, and the two ways a field can come about.

Kinds are `Annotated` aliases so that one dataclass says both the Python type and the column's meaning.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date, datetime
from typing import Annotated, Any, Literal

type_names = ("id", "text", "moment", "date", "seconds", "count", "number", "flag", "ids", "choice", "money", "hash")

Id = Annotated[str, "id"]
Words = Annotated[str, "text"]
Moment = Annotated[datetime, "moment"]  # UTC, microseconds
Day = Annotated[date, "date"]
Seconds = Annotated[float, "seconds"]
Count = Annotated[int, "count"]
Number = Annotated[float, "number"]
Flag = Annotated[bool, "flag"]
Money = Annotated[int, "money"]  # minor units (cents) of the row's currency; files give major ones ("349.90")
Hash = Annotated[int, "hash"]  # 63 bits of an id: rows are found by it, and nobody asks for it
Ids = Annotated[tuple[str, ...], "ids"]  # a list of ids or marks; never null, empty where there are none

Outcome = Literal["answered", "abandoned", "callback_requested", "overflowed", "blocked", "saturated", "closed", "technical"]
Channel = Literal["voice", "email", "chat", "message", "social", "visit", "callback"]
Direction = Literal["inbound", "outbound", "internal"]
Scale = Literal["0_10", "1_10", "1_5", "1_7", "yes_no", "text"]


def derived(default: Any = None) -> Any:
    """A word kept at load: never read from a file, computed by `contacts/upkeep.py`."""
    return field(default=default, metadata={"derived": True})


def joined(default: Any = None) -> Any:
    """A derived word that says what joining it with another source's row changed about this one (`contacts/same.py`): it comes along when
    words are made anew, so that the row can be told as it was loaded."""
    return field(default=default, metadata={"derived": True, "joined": True})


def carried(default: Any = None) -> Any:
    """What a contact's own row said about its one segment; becomes a segment unless segments are loaded."""
    return field(default=default, metadata={"carried": True})
