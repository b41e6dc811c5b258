"""What stands beside a value and under it."""

from __future__ import annotations

from datetime import date

import pytest

from nyckeltal import ask
from nyckeltal.contacts.world import World
from small import LATE, by, contact, of, one, silence


def test_the_parts_of_the_handling_add_up_over_channels() -> None:
    facts = silence(one={"talk_s": 100, "hold_s": 20, "acw_s": 30}, one_mail={"talk_s": 200, "channel": "email"})
    figure = one("aht", facts=facts)
    assert (figure.value, figure.parts) == (175, {"talk_s": 150, "hold_s": 10, "acw_s": 15})
    assert one("aht", facts=facts, variant="acw_s").value == 15
    assert one("aht", facts=facts, where="channel == 'email'").parts == {"talk_s": 200, "hold_s": None, "acw_s": None}
    assert one("aht", facts=facts, variant="active").parts == {}


def test_parts_that_do_not_add_up_say_why() -> None:
    clock = {"own_started_at": "2026-03-02T09:00:00Z", "own_ended_at": "2026-03-02T09:01:00Z"}
    clocks = one("aht", facts=silence(one={"talk_s": 100, "hold_s": 0, "acw_s": 0}, two=clock))
    assert (clocks.value, clocks.parts["talk_s"]) == (80, 50)
    assert str(clocks.message) == "On average 30.0 s of it are known by clocks only, not as talk, hold or after-contact work."
    first = {"contact_id": "c", "started_at": "2026-03-02T09:00:00Z", "ended_at": "2026-03-02T09:10:00Z", "talk_s": 600, "hold_s": 0, "acw_s": 0}
    second = {"contact_id": "c", "seq": 2, "started_at": "2026-03-02T09:08:00Z", "ended_at": "2026-03-02T09:20:00Z", "talk_s": 720, "hold_s": 0, "acw_s": 0}
    both = one("aht", facts=of(contact=[contact(contact_id="c")], segment=[first, second]))
    assert (both.value, both.parts["talk_s"]) == (1200, 1320)
    assert "120.0 s" in str(both.message)


def test_how_many_customers_are_not_known_stands_beside_what_leaves_them_out() -> None:
    rows = [contact(customer_key="a", reason_id="r"), contact(reason_id="r"), contact(reason_id="r"), contact(outcome="abandoned")]
    facts = of(LATE, contact=rows)
    assert one("fcr", facts=facts).parts == {"unknown_customer": pytest.approx(2 / 3)}
    assert one("repeat_contact_rate", facts=facts).parts == {"unknown_customer": pytest.approx(2 / 3)}
    assert one("fcr", facts=facts, variant="agent_flag").parts == {}
    assert one("fcr", facts=facts, variant="agent_flag.unknown_customer").reason == "refused"


def test_notes_on_other_count_until_they_are_more_than_one_in_five_of_a_persons() -> None:
    noted = {"reason_type": "t"}
    rows = [contact(times=4, agent_id="anna", reason_id="r", **noted), contact(agent_id="anna", reason_id="other", **noted)]
    rows += [contact(times=3, agent_id="bengt", reason_id="r", **noted), contact(agent_id="bengt", reason_id="other", **noted), contact(agent_id="bengt")]
    facts = of(contact=rows, reason=[{"reason_id": "other", "is_other": True}, {"reason_id": "r"}])
    assert by("agent", "logged_share", facts) == {"anna": 1, "bengt": 0.6}
    told = one("logged_share", facts=facts, where="agent == 'bengt'")
    assert (told.numerator, told.parts["other"]) == (3, 0.25)
    assert str(told.message) == "1 of 4 say only “other”, more than 20% of them: they do not count above the line."
    assert one("logged_share", facts=facts).value == 0.9
    assert by("team", "logged_share", facts) == {None: 0.9}


def test_a_case_opened_again_within_the_time_agreed_is_not_closed_yet() -> None:
    case = {"case_id": "k", "opened_at": "2026-03-02T09:00:00Z", "closed_at": "2026-03-03T09:00:00Z", "reopened_at": "2026-03-08T09:00:00Z"}
    facts = of(LATE, case=[case], contact=[contact(case_id="k"), contact(case_id="k")])
    assert one("contacts_per_case", facts=facts).reason == "no_data"
    assert one("contacts_per_case", facts=facts, set={"window": 3}).value == 2
    agreed = [{"agreement_id": "1", "client_id": "c1", "measure": "fcr", "repeat_window_d": 3, "valid_from": date(2026, 1, 1)}]
    assert one("contacts_per_case", facts=of(LATE, case=[case], contact=[contact(case_id="k")], agreement=agreed)).value == 1


def _teams(more: int = 0) -> World:
    """North has three who answer, south one; somebody is in no team, with `more` others."""
    teams = {"anna": "north", "bengt": "north", "cecilia": "north", "david": "south"}
    members = [{"agent_id": agent, "team_id": team, "valid_from": date(2026, 1, 1)} for agent, team in teams.items()]
    agents = (*teams, "eva", *map(str, range(more)))
    rows = [contact(times=times, agent_id=agent, talk_s=60 * times, acw_s=9, end_kind="customer") for times, agent in enumerate(agents, start=1)]
    return of(contact=rows, team_membership=members, team=[{"team_id": "north"}, {"team_id": "south"}])


@pytest.mark.parametrize("kpi", ["contacts_handled", "aht", "transfer_rate", "acw_time"])
def test_a_group_of_fewer_than_asked_for_is_hidden_with_all_it_was_counted_from(kpi: str) -> None:
    found = {figure.by["team"]: figure for figure in ask(kpi, by="team", facts=_teams(1), floor=0, least_persons=3)}
    assert found["north"].value is not None
    hidden = found["south"]
    assert (hidden.value, hidden.n, hidden.numerator, hidden.denominator, hidden.low, dict(hidden.parts)) == (None, None, None, None, None, {})
    assert (hidden.reason, str(hidden.message)) == ("hidden", "Fewer than 3 persons stand behind this, so it is not shown.")
    assert found[None].reason == "hidden"


def test_no_hidden_group_is_what_the_others_leave_of_the_whole() -> None:
    found = {figure.by["team"]: figure for figure in ask("contacts_handled", by="team", facts=_teams(3), floor=0, least_persons=3)}
    assert {team: figure.reason for team, figure in found.items()} == {"north": "hidden", "south": "hidden", None: None}
    assert str(found["north"].message) == "Not shown, to protect those asked"
    assert (found["north"].n, found["north"].numerator) == (None, None)


def test_persons_are_counted_in_every_cell_and_wherever_groups_are_named() -> None:
    facts = _teams()
    assert one("contacts_handled", facts=facts, where="team == 'south'", least_persons=3).reason == "hidden"
    assert one("contacts_handled", facts=facts, within={"team": ["south"]}, least_persons=3).reason == "hidden"
    assert {figure.reason for figure in ask("contacts_handled", by=["team", "hour"], per="day", facts=facts, floor=0, least_persons=4)} == {"hidden"}
    assert one("contacts_handled", facts=facts, least_persons=9).value == 15
    assert [figure.value for figure in ask("contacts_handled", by="team", facts=facts, floor=0)] == [6, 4, 5]


def test_what_a_team_answers_for_is_not_its_persons() -> None:
    facts = of(contact=[contact(queue_id="q", agent_id="anna", wait_s=5)], team=[{"team_id": "north", "queue_ids": ["q"]}], queue=[{"queue_id": "q"}])
    assert one("service_level", by="team", facts=facts, least_persons=3).value == 1
