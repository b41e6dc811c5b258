"""LimeSurvey's remote control on this machine, as it is documented: every answer is 200, what is wrong stands in the result."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from fake_vendor import FakeVendor

NO_TABLE = "Error: No survey participants table"


def participant(number: int, sent: str, completed: str = "N", **told: Any) -> dict[str, Any]:
    """A row of its table of participants; who was never invited or has not answered has an N there."""
    person = {"firstname": "Kim", "lastname": "Holm", "email": f"p{number}@example.com", "token": f"secret{number}"}
    return {"tid": str(number), **person, "emailstatus": "OK", "sent": sent, "remindersent": "N", "remindercount": 0, "completed": completed, **told}


@dataclass
class Lime(FakeVendor):
    """One survey: its responses by number, its participants where it keeps a list; `wrong` is what it says to whoever asks for that."""

    responses: dict[int, dict[str, str | None]] = field(default_factory=dict)
    participants: list[dict[str, Any]] | None = None
    wrong: str = ""
    sessions_of: int = 1_000  # requests after which a session has ended
    left: int = 0

    def answer(self, path: str) -> dict[str, Any]:
        asked = json.loads(self.said[-1])
        assert path.endswith("/admin/remotecontrol")
        return {"id": asked["id"], "result": self.result(asked["method"], asked["params"]), "error": None}

    def result(self, method: str, params: list[Any]) -> object:
        if method == "get_session_key":
            self.left = self.sessions_of
            return "key" if params[1] == "right" else {"status": "Invalid user name or password"}
        if method == "release_session_key":
            return "OK"
        if self.left == 0:
            return {"status": "Invalid Session Key" if method == "list_participants" else "Invalid session key"}
        self.left -= 1
        return self.listed(*params[2:]) if method == "list_participants" else self.exported(params[7], params[8])

    def exported(self, first: int, last: int | None) -> object:
        if not self.responses:
            return {"status": "No Data, could not get max id."}
        found = [{"id": str(n), **row} for n, row in sorted(self.responses.items()) if first <= n <= (last or max(self.responses))]
        return base64.b64encode(json.dumps({"responses": found or [{"id": "", "submitdate": "", "NPS": ""}]}).encode()).decode()

    def listed(self, start: int, limit: int, unused: bool, attributes: list[str]) -> object:
        if self.wrong or self.participants is None:
            return {"status": self.wrong or NO_TABLE}
        assert not unused
        found = self.participants[start:][:limit]
        person = ("firstname", "lastname", "email")
        rows = [
            {"tid": row["tid"], "token": row["token"], "participant_info": {name: row[name] for name in person}}
            | {name: row[name] for name in attributes if name in row}
            for row in found
        ]
        return rows or {"status": "No survey participants found."}
