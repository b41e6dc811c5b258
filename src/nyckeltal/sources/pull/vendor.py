"""What a system offers that can be asked over its own interface: which settings it needs, and its documents page by page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from operator import eq
from typing import Any, Protocol, TypeVar

from nyckeltal.errors import CannotFetch
from nyckeltal.words import Text

Cursor = Mapping[str, str]
T = TypeVar("T")
NOT_THERE = (403, 404)  # closed to this account, not part of its plan, or removed meanwhile
TRIES = 3  # for a page, where another one comes instead


@dataclass(frozen=True)
class Given:
    """A setting that a person gives for one source; a secret one is kept apart and shown to nobody."""

    name: str
    label: Text
    example: str
    secret: bool = False
    default: str | None = None  # None: it has to be given


@dataclass(frozen=True)
class Page:
    """One answer of the vendor as it came.

    `kind` names its stream and becomes part of the file's name; a `document` of bytes is kept as it is, any other as JSON. `cursor` is the whole
    place from which to go on once the page is in the store.
    """

    kind: str
    document: object
    cursor: Cursor


class Web(Protocol):
    """The network as a system sees it: paths are below the source's address, failures are tried again by the frame, what remains is a CannotFetch."""

    def sign(self, headers: Mapping[str, str]) -> None:
        """Headers that every request carries from now on."""
        ...

    def sign_each(self, signer: Callable[[str, str, bytes | None], Mapping[str, str]]) -> None:
        """Headers made for each request from now on, from its method, address and body."""
        ...

    def get(self, path: str, params: Mapping[str, str | int] | Sequence[tuple[str, str | int]] | None = None) -> object:
        """The parsed JSON of an answer."""
        ...

    def read(self, path: str, take: Callable[[bytes], T]) -> T:
        """What `take` makes of an answer that is no JSON; its ValueError means that the answer was not whole, which is tried again."""
        ...

    def post(self, path: str, *, json: object = None, form: Mapping[str, str] | None = None) -> object:
        """The parsed JSON of an answer to what only asks; nothing at the vendor is ever changed."""
        ...


def rows_of(answer: object) -> list[Any]:
    """An answer that is a list by itself; anything else is none that has nothing in it."""
    if not isinstance(answer, list):
        raise TypeError(f"{type(answer).__name__} instead of a list")
    return answer


def if_there(ask: Callable[[], T], missing: Collection[int] = NOT_THERE) -> T | None:
    """What is answered; None where a status says that it is not there, or not to be seen by this account."""
    try:
        return ask()
    except CannotFetch as wrong:
        if wrong.status in missing:
            return None
        raise


def every_page(ask: Callable[[int], Sequence[T]], full: int, missing: Collection[int] = NOT_THERE) -> list[T] | None:
    """All items, page by page until one is not full; None where the first is not there. A later one that is not there is a failure: what came before
    it may not be all."""
    found = if_there(lambda: list(ask(1)), missing)
    page = 1
    while found is not None and len(found) == page * full:
        page += 1
        found += moved_on(partial(ask, page), partial(eq, found[-full:]))
    return found


def moved_on(ask: Callable[[], T], is_old: Callable[[T], bool]) -> T:
    """What is answered; where that is an older page once more, as servers give it by mistake, it is asked for again, so that nothing behind it is lost."""
    for _ in range(TRIES):
        if not is_old(found := ask()):
            return found
    english = (
        "The source gives the same page again when it is asked for the next one, %(tries)s times one after the other, so what comes next is not known. "
        "What came before stays loaded. It is asked again when it is next due."
    )
    raise CannotFetch(Text("pull.repeats", english, {"tries": TRIES}))


class Pull(Protocol):
    """How a system is asked. Among `given` is `address`, where it is asked; a further address (for signing in) is a setting of its own.

    `look_back` is for how long the vendor changes what it has told; so far back is asked again each time. Where that is a question of time, the
    cursor that `pages` is called with has `caught_up`, the moment until which everything had been asked when the last catch-up came to its end;
    one that was cut short has none, and is gone on with where it ended, without looking back.
    """

    given: Sequence[Given]
    look_back: timedelta

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Everything changed since the cursor and before `until`, oldest first; the frame may stop after any page.

        With an empty cursor from the source's first day on, `given["from"]`, a date in ISO form.
        """
        ...
