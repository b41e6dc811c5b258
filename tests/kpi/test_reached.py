"""Until when figures of several clients are known, whether they are final, and whom they name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from nyckeltal import ask
from nyckeltal.contacts.facts import Coverage
from small import LATE, contact, covered, of, one


def test_a_month_is_provisional_while_a_client_that_sent_until_lately_is_missing() -> None:
    march = datetime(2026, 3, 1, tzinfo=UTC)
    facts = covered(of(contact=[contact(client_id="one")]), contact=[("one", LATE), ("two", march)])
    asked: dict[str, Any] = {"start": "2026-03", "end": "2026-03", "facts": facts}
    whole = one("contacts_offered", **asked)
    assert (whole.value, whole.provisional, whole.known_until) == (1, True, march)
    (figure,) = [it for it in ask("contacts_offered", by="client", **asked) if it.by["client"] == "one"]
    assert (figure.provisional, figure.known_until) == (False, LATE)
    assert one("contacts_offered", start="2026-06", end="2026-06", facts=facts).known_until == LATE


def test_a_client_of_a_few_days_lets_the_month_of_all_others_become_final_and_is_named() -> None:
    rows = [contact(client_id="one"), contact(client_id="two", day=3)]
    facts = of(contact=rows, client=[{"client_id": "one"}, {"client_id": "two", "name": "Bank"}])
    facts = covered(facts, contact=[("one", LATE)])
    facts.stretches["contact"].append(Coverage("two", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 4, tzinfo=UTC)))
    asked: dict[str, Any] = {"start": "2026-03", "end": "2026-03", "facts": facts, "now": datetime(2026, 4, 20, tzinfo=UTC)}
    whole = one("contacts_offered", **asked)
    assert (whole.value, whole.provisional, whole.known_until) == (2, False, LATE)
    assert str(whole.message) == "The data of Bank reach no further than 2026-03-03."
    assert one("contacts_offered", **asked | {"start": "2026-02", "end": "2026-02"}).message is None
    by_client = {it.by["client"]: (it.provisional, it.message) for it in ask("contacts_offered", by="client", **asked)}
    assert by_client == {"one": (False, None), "two": (True, None)}


def test_a_client_that_a_figure_leaves_out_does_not_keep_it_waiting() -> None:
    told = [contact(client_id="one", wait_s=9) for _ in range(3)]
    reach: list[tuple[str | None, datetime]] = [("one", LATE), ("two", datetime(2026, 3, 20, tzinfo=UTC))]
    facts = covered(of(contact=[*told, contact(client_id="two")]), contact=reach, queue_visit=reach)
    asked: dict[str, Any] = {"start": "2026-03", "end": "2026-03", "facts": facts, "now": datetime(2026, 4, 20, tzinfo=UTC)}
    assert one("contacts_offered", **asked).provisional
    figure = one("asa", **asked)
    assert (figure.known_until, figure.provisional) == (LATE, False)
    assert str(figure.message).startswith("Without two")
