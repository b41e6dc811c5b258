"""What is kept to be said later is said then as if it were said now."""

from __future__ import annotations

import json
from datetime import date

from nyckeltal.errors import Issue, UserMistake
from nyckeltal.packing import pack_mistake, unpack_mistake
from nyckeltal.words import Amount, Field, Text


def test_what_was_packed_is_the_same_again_values_and_all() -> None:
    inner = Text("x.inner", "a date such as %(day)s", {"day": date(2026, 3, 2)})
    values = {
        "share": Amount(0.125, "share"),
        "field": Field("wait_s", Text("f", "Waited")),
        "bare": Field("x", None),
        "many": (inner, "å", Text("x.own", "answered", as_written=True)),
        "n": 3,
    }
    text = Text("x.outer", "%(share)s %(field)s %(bare)s %(many)s %(n)s", values)
    mistake = UserMistake(text, [Issue(inner, "calls.csv", 7, "wait_s", "warning"), Issue(text)])
    told = unpack_mistake(json.loads(json.dumps(pack_mistake(mistake))))
    assert (told.text, told.issues) == (mistake.text, mistake.issues)
