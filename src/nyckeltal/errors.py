"""One family of errors. Mistakes of the user carry a `Text` that says what was wrong, where, and what would be right;
mistakes of ours are `OurMistake` and never shown as if the user had made them."""

from __future__ import annotations

import difflib
import errno
import os
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from nyckeltal.words import Text


@dataclass(frozen=True)
class Issue:
    """One thing that is wrong, and where. `line` counts from 1; `severity` as in kpi-reference section 7."""

    text: Text
    file: str | None = None
    line: int | None = None
    field: str | None = None
    severity: Literal["error", "warning", "advice"] = "error"

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        where = f"{place}: " if place else ""
        return f"{where}{self.field}: {self.text}" if self.field else f"{where}{self.text}"


class NyckeltalError(Exception):
    """Base of the family."""


class UserMistake(NyckeltalError):
    """Something the user gave cannot be used; `text` says why and what would be right."""

    def __init__(self, text: Text, issues: Sequence[Issue] = ()) -> None:
        super().__init__(str(text))
        self.text = text
        self.issues = tuple(issues)


class CannotRead(UserMistake):
    """A file is missing, empty, broken or in a form that nobody here reads."""


class CannotFetch(UserMistake):
    """A source that is asked over the network did not answer, or not so that it can be used. `status` is what it answered with, where it
    did; `again_s` after how many seconds it wants to be asked again, where it said so."""

    def __init__(self, text: Text, issues: Sequence[Issue] = (), *, status: int | None = None, again_s: float | None = None) -> None:
        super().__init__(text, issues)
        self.status = status
        self.again_s = again_s


class BadMapping(UserMistake):
    """A mapping file does not fit itself or its data file; `issues` lists everything at once."""


class BadDefinition(UserMistake):
    """A KPI file breaks the language; `issues` lists everything at once, with file and line."""


class BadPlan(UserMistake):
    """A plan file says something that cannot be; `issues` lists everything at once, with file and line. Rules that it breaks are no mistakes of the file."""


class BadQuestion(UserMistake):
    """A question cannot be asked so."""


class NotAllowed(UserMistake):
    """The person may not see or do this."""


class StoreBusy(UserMistake):
    """Another process kept the store's lock for longer than we were told to wait."""


class EngineAway(UserMistake):
    """The engine that was named for questions is not here, not there, or failed."""


class OurMistake(NyckeltalError):
    """A state that only a fault of ours can bring about."""


_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHT = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_WAY = (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EADDRINUSE)


def of_the_machine(fault: BaseException) -> UserMistake | None:
    """What only the machine can be blamed for, a full disk, a folder that may not be read, a network that is away, whichever library met it; None where it
    is another fault."""
    number = (isinstance(fault, OSError) and fault.errno) or next((one for one in (*_NO_ROOM, *_NO_RIGHT, errno.EIO) if os.strerror(one) in str(fault)), None)
    away = number in _NO_WAY or isinstance(fault, (ConnectionError, TimeoutError, socket.gaierror))
    if number is None and not away:
        return None
    said, where = getattr(fault, "strerror", None), getattr(fault, "filename", None)
    first_line = (str(fault).strip().splitlines() or [type(fault).__name__])[0][:300].rstrip(".")
    what = {"what": f"{said}: {where}" if said and where else said or first_line}
    if number in _NO_ROOM:
        return UserMistake(Text("machine.no_room", "There is no room left: %(what)s. Make room on that disk. Nothing was changed by halves.", what))
    if number in _NO_RIGHT:
        english = "This may not be read or written: %(what)s. Give it to the user that runs nyckeltal, or run it as its owner."
        return UserMistake(Text("machine.no_right", english, what))
    if away:
        english = "Another machine or program could not be reached over the network: %(what)s. Check its address, and whether it runs."
        return UserMistake(Text("machine.network", english, what))
    return UserMistake(Text("machine.files", "Files could not be read or written: %(what)s.", what))


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """The known word nearest to `word`, or None when nothing is near. The only such helper in the house."""
    options = sorted(known)
    folded = {option.casefold(): option for option in reversed(options)}
    near = difflib.get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.6)
    return folded[near[0]] if near else None
