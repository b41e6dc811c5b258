from __future__ import annotations

import pytest

from nyckeltal.contacts.world import World
from nyckeltal.errors import BadQuestion
from nyckeltal.kpi.unheard import refuse_unheard
from small import contact, of


@pytest.fixture(scope="module")
def facts() -> World:
    reasons = [{"reason_id": "invoice", "responsible_area": "finance"}]
    return of(contact=[contact(agent_id="anna", reason_id="invoice")], team=[{"team_id": "nord"}], reason=reasons)


@pytest.mark.parametrize(
    ("where", "near"),
    [("team == 'nordd'", "nord"), ("reason2 in ('invoice', 'invoic')", "invoice"), ("not contact.queue_id != 'q11'", "q1"), ("area == 'finanse'", "finance")],
)
def test_an_id_that_nobody_has_heard_of_is_told_with_what_is_near(where: str, near: str, facts: World) -> None:
    with pytest.raises(BadQuestion, match=f"Did you mean “{near}”"):
        refuse_unheard(where, facts)


def test_every_such_id_is_told_at_once(facts: World) -> None:
    with pytest.raises(BadQuestion) as caught:
        refuse_unheard("agent == 'ana' or queue == 'q9'", facts)
    assert [issue.text.values["name"] for issue in caught.value.issues] == ["ana", "q9"]


@pytest.mark.parametrize("where", [None, "", "agent == 'anna' and channel == 'chat'", "wait_s > 3", "site == 'lund'", "language == 'sv'", "agent = 'x'", "("])
def test_what_is_known_or_cannot_be_judged_passes(where: str | None, facts: World) -> None:
    refuse_unheard(where, facts)
