"""Asks LimeSurvey's remote control (JSON-RPC) for one survey: its responses, a block of numbers at a time, and its participants, a page at a time."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from operator import eq
from typing import Any

from nyckeltal.errors import CannotFetch
from nyckeltal.sources.pull.vendor import TRIES, Cursor, Given, Page, Web, moved_on
from nyckeltal.words import Text

PATH = "index.php/admin/remotecontrol"
BLOCK = 500
ENDED = "invalid session key"
NO_RESPONSES = "No Data, could not get max id."  # of a survey that nobody has answered yet
NO_PARTICIPANTS = ("no survey participants found", "no tokens found")  # from this place on
NO_LIST = ("no survey participants table", "no token table")  # whoever has the address may answer, or the survey is over
NOT_ALLOWED = "no permission"
ATTRIBUTES = ("emailstatus", "sent", "remindersent", "remindercount", "completed", "usesleft", "language", *(f"attribute_{n}" for n in range(1, 51)))


class LimeSurveyPull:
    """There is no asking by date. Responses are asked by number, those that were begun and not sent in yet again; participants, any of whom may have
    been reminded or have answered, are asked all."""

    given: Sequence[Given] = (
        Given("address", Text("pull.address", "Address"), "https://survey.example.org"),
        Given("survey", Text("pull.limesurvey.survey", "Number of the survey"), "123456"),
        Given("user", Text("pull.user", "User"), "nyckeltal"),
        Given("password", Text("pull.password", "Password"), "…", secret=True),
    )
    look_back = timedelta(days=30)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Blocks of responses from the first number that is not settled, then the participants."""
        anew = "caught_up" in cursor
        place = {name: cursor[name] for name in ("next", "open", "participants") if name in cursor}
        if anew and "participants" in place:
            place["participants"] = "0"
        remote = _Remote(web, given)
        try:
            first, still_open = int(place.get("open" if anew else "next", "1")), int(place.get("open", "1"))
            for page in _blocks(remote, given, first, still_open if still_open < first else None, until - self.look_back):
                place |= page.cursor
                yield Page(page.kind, page.document, dict(place))
            yield from _participants(remote, given, place)
        finally:
            remote.end()


class _Remote:
    """What is asked about the survey, in one session; one that ended meanwhile is begun anew."""

    def __init__(self, web: Web, given: Mapping[str, str]) -> None:
        self.web, self.given, self.key = web, given, ""

    def ask(self, method: str, *params: object) -> object:
        for _ in range(TRIES):
            self.key = self.key or _result(_call(self.web, "get_session_key", self.given["user"], self.given["password"]))
            answer = _call(self.web, method, self.key, self.given["survey"], *params)
            if not _status(answer).startswith(ENDED):
                return answer
            self.key = ""
        raise _refused(ENDED.capitalize())

    def end(self) -> None:
        with suppress(CannotFetch):
            _ = self.key and self.web.post(PATH, json=_asked("release_session_key", self.key))


def _blocks(remote: _Remote, given: Mapping[str, str], first: int, still_open: int | None, settled: datetime) -> Iterator[Page]:
    """A block with nothing in it is the end, or a stretch of deleted numbers: what lies beyond is then asked at once."""
    while True:
        found = _responses(remote, first, first + BLOCK - 1) or _responses(remote, first, None)
        if not found:
            return
        numbers = [int(response["id"]) for response in found]
        open_now = [int(response["id"]) for response in found if _may_still_come(response, settled)]
        still_open = min([*open_now, *([still_open] if still_open else [])], default=None)
        first = max(numbers) + 1
        kept = [response for response in found if not response.get("submitdate") or str(response["submitdate"])[:10] >= given.get("from", "")]
        yield Page("responses", {"survey": given["survey"], "responses": kept}, {"next": str(first), "open": str(still_open or first)})


def _may_still_come(response: Mapping[str, Any], settled: datetime) -> bool:
    """Begun and not sent in, and not long ago."""
    last = str(response.get("datestamp") or response.get("startdate") or "9999")
    return not response.get("submitdate") and last[:10] >= settled.date().isoformat()


def _responses(remote: _Remote, first: int, last: int | None) -> list[Mapping[str, Any]]:
    """The responses with these numbers, whole or begun, under the codes of their questions."""
    answer = remote.ask("export_responses", "json", None, "all", "code", "short", first, last)
    if isinstance(answer, Mapping) and answer.get("status") == NO_RESPONSES:
        return []
    try:
        told = json.loads(base64.b64decode(_result(answer), validate=False).decode("utf-8-sig"))
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError) as wrong:
        raise _refused(str(wrong)) from wrong
    rows = [next(iter(row.values())) if len(row) == 1 and isinstance(next(iter(row.values())), Mapping) else row for row in told["responses"]]
    inside = [row for row in rows if row.get("id")]  # where there is none it gives one row with nothing in it
    return [row for row in inside if int(row["id"]) >= first and (last is None or int(row["id"]) <= last)]


def _participants(remote: _Remote, given: Mapping[str, str], place: Mapping[str, str]) -> Iterator[Page]:
    """From the given place to the last; of a survey whose list may not be read only the responses are told, as long as it never could."""
    start, found = int(place.get("participants", "0")), list[Mapping[str, Any]]()
    while found := moved_on(partial(_listed, remote, start, "participants" in place), partial(eq, found or None)):
        start += len(found)
        place = {**place, "participants": str(start)}
        invited = [participant for participant in map(_plain, found) if str(participant.get("sent"))[:10] >= given.get("from", "")]
        yield Page("participants", {"survey": given["survey"], "participants": invited}, place)


def _listed(remote: _Remote, start: int, needed: bool) -> list[Mapping[str, Any]]:
    """The next participants; none where the survey has no more, or keeps no list."""
    answer = remote.ask("list_participants", start, BLOCK, False, list(ATTRIBUTES))
    if isinstance(answer, list):
        return answer
    said = _status(answer)
    if said.startswith((*NO_PARTICIPANTS, *NO_LIST)) or (said.startswith(NOT_ALLOWED) and not needed):
        return []
    raise _refused(str(answer.get("status") if isinstance(answer, Mapping) else answer))


def _plain(participant: Mapping[str, Any]) -> dict[str, Any]:
    """As their exported list has it, without names and without what lets one answer in another's place."""
    info = participant["participant_info"]
    told = {name: value for name, value in participant.items() if name in ATTRIBUTES}
    return {"tid": participant["tid"], "email": info.get("email"), **told}


def _call(web: Web, method: str, *params: object) -> object:
    """What the method gives; an error is told in the result as well as beside it."""
    answer: Any = web.post(PATH, json=_asked(method, *params))
    if answer.get("error"):
        raise _refused(str(answer["error"]))
    return answer["result"]


def _asked(method: str, *params: object) -> dict[str, object]:
    return {"method": method, "params": list(params), "id": 1}


def _status(answer: object) -> str:
    """What it says instead of an answer, in small letters; empty where it answers."""
    said = str(answer.get("status") or "") if isinstance(answer, Mapping) else ""
    return said.casefold().removeprefix("error: ")


def _result(result: object) -> str:
    """A result that is a text; everything else says what is wrong."""
    if isinstance(result, str):
        return result
    raise _refused(str(result.get("status") if isinstance(result, Mapping) else result))


def _refused(what: str) -> CannotFetch:
    return CannotFetch(Text("pull.limesurvey.refused", "LimeSurvey answers: %(what)s", {"what": what[:200]}))


PULL = LimeSurveyPull()
