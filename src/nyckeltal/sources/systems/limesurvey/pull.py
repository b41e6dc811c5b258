"""Asks LimeSurvey's remote control (JSON-RPC) for the responses of one survey, a block of response numbers at a time."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from nyckeltal.errors import CannotFetch
from nyckeltal.sources.pull.vendor import Cursor, Given, Page, Web
from nyckeltal.words import Text

PATH = "index.php/admin/remotecontrol"
BLOCK = 500
NOTHING = "No Data, could not get max id."  # what it says of a survey that nobody has answered yet


class LimeSurveyPull:
    """There is no asking by date, so responses are asked by number; those that were begun and not sent in yet are asked again."""

    given: Sequence[Given] = (
        Given("address", Text("pull.address", "Address"), "https://survey.example.org"),
        Given("survey", Text("pull.limesurvey.survey", "Number of the survey"), "123456"),
        Given("user", Text("pull.user", "User"), "nyckeltal"),
        Given("password", Text("pull.password", "Password"), "…", secret=True),
    )
    look_back = timedelta(days=30)

    def pages(self, web: Web, given: Mapping[str, str], cursor: Cursor, until: datetime) -> Iterator[Page]:
        """Blocks of responses from the first number that is not settled."""
        session = _result(_call(web, "get_session_key", given["user"], given["password"]))
        first = int(cursor.get("open" if "caught_up" in cursor else "next", "1"))
        try:
            yield from _blocks(web, given, session, first, until - self.look_back)
        finally:
            with suppress(CannotFetch):
                _call(web, "release_session_key", session)


def _blocks(web: Web, given: Mapping[str, str], session: str, first: int, settled: datetime) -> Iterator[Page]:
    """A block with nothing in it is the end, or a stretch of deleted numbers: what lies beyond is then asked at once."""
    still_open: int | None = None
    while True:
        found = _responses(web, given, session, first, first + BLOCK - 1) or _responses(web, given, session, first, None)
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


def _responses(web: Web, given: Mapping[str, str], session: str, first: int, last: int | None) -> list[Mapping[str, Any]]:
    """The responses with these numbers, whole or begun, under the codes of their questions."""
    answer = _call(web, "export_responses", session, given["survey"], "json", None, "all", "code", "short", first, last)
    if isinstance(answer, Mapping) and answer.get("status") == NOTHING:
        return []
    try:
        told = json.loads(base64.b64decode(_result(answer), validate=False).decode("utf-8-sig"))
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError) as wrong:
        raise _refused(str(wrong)) from wrong
    rows = [next(iter(row.values())) if len(row) == 1 and isinstance(next(iter(row.values())), Mapping) else row for row in told["responses"]]
    inside = [row for row in rows if row.get("id")]  # where there is none it gives one row with nothing in it
    return [row for row in inside if int(row["id"]) >= first and (last is None or int(row["id"]) <= last)]


def _call(web: Web, method: str, *params: object) -> object:
    """What the method gives; an error is told in the result as well as beside it."""
    answer = web.post(PATH, json={"method": method, "params": list(params), "id": 1})
    if not isinstance(answer, Mapping) or answer.get("error") or "result" not in answer:
        raise _refused(str(answer.get("error") if isinstance(answer, Mapping) else answer))
    return answer["result"]


def _result(result: object) -> str:
    """A result that is a text; everything else says what is wrong."""
    if isinstance(result, str):
        return result
    raise _refused(str(result.get("status") if isinstance(result, Mapping) else result))


def _refused(what: str) -> CannotFetch:
    return CannotFetch(Text("pull.limesurvey.refused", "LimeSurvey answers: %(what)s", {"what": what[:200]}))


PULL = LimeSurveyPull()
