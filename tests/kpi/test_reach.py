"""Nobody asks for neighbours farther off than they are looked for: such a window would read as “never came back”."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nyckeltal import ask
from nyckeltal.contacts import checks
from nyckeltal.contacts.schema import REACH_D
from nyckeltal.contacts.store import World
from nyckeltal.errors import BadDefinition, BadQuestion
from nyckeltal.kpi.checks import read_text

KPI = """
id = "own_window"
version = 1
name = "Back within"
asks = "Who comes back?"
purpose = ["quality"]
unit = "share"
better = "lower"
over = "contact"
[share]
of = "{of}"
[settings]
window = {window}
[reading]
empty = "Nobody."
"""
CONTACT = {"client_id": "one", "customer_key": "A", "reason_id": "r", "outcome": "answered"}
WORLD = World.of({"contact": [CONTACT, {**CONTACT, "offered_at": "2026-03-07T09:00:00Z"}]}, defaults=True)


def mistakes(of: str, window: str) -> list[str]:
    try:
        read_text(KPI.format(of=of, window=window), Path("own_window.toml"), own=True)
    except BadDefinition as bad:
        return [str(issue.text) for issue in bad.issues]
    return []


@pytest.mark.parametrize(
    ("of", "window", "days"),
    [
        ("next_contact_after_s <= window", "{ days = 93 }", "93"),
        ("next_contact_after_s <= window", "{ else = { days = 7 }, allowed = [7, 120] }", "120"),
        ("handled and not (previous_handled_after_s > window)", "{ else = { hours = 2400 } }", "100"),
        ("next_contact_after_s - 86400 <= window", "{ days = 92 }", "93"),
        ("next_contact_after_s <= 8640000", "{ days = 1 }", "100"),
    ],
)
def test_a_definition_with_a_longer_window_is_refused(of: str, window: str, days: str) -> None:
    assert any("_after_s” is known up to 92 days" in said and f" {days} days" in said for said in mistakes(of, window)), mistakes(of, window)


def test_one_up_to_the_reach_is_taken_and_so_is_a_longer_one_about_something_else() -> None:
    assert mistakes("next_contact_after_s <= window", f"{{ days = {REACH_D} }}") == []
    assert mistakes("next_contact_after_s <= 3600 and case.reopened_after_s <= window", "{ days = 400 }") == []


def test_who_asks_with_a_longer_one_is_told_so() -> None:
    assert ask("repeat_contact_rate", facts=WORLD, set={"window": 30}, floor=0).figures[0].value == 0.5
    with pytest.raises(BadQuestion, match="known up to 92 days"):
        ask("repeat_contact_rate", facts=WORLD, where="previous_handled_after_s < 9000000", floor=0)


def test_a_window_in_seconds_is_named_in_whole_digits() -> None:
    with pytest.raises(BadQuestion, match="window cannot be 2592000"):
        ask("fcr", facts=WORLD, set={"window": 2592000}, floor=0)


@pytest.mark.parametrize("asked", [{}, {"where": "repeat"}])
def test_an_agreement_that_an_older_version_took_is_named_instead_of_counted(asked: dict[str, Any]) -> None:
    agreement = {"agreement_id": "far", "client_id": "one", "measure": "fcr", "repeat_window_d": 120, "valid_from": "2026-01-01"}
    world = World.of({"contact": [CONTACT], "agreement": [agreement]}, defaults=True)
    figure = ask("contacts_handled" if asked else "fcr", facts=world, floor=0, **asked).figures[0]
    assert figure.value is None
    assert "Agreement far says 120 days" in str(figure.message)


def test_a_file_with_such_an_agreement_is_set_aside() -> None:
    assert [(rule.field, rule.broken) for rule in checks.rules("agreement", checks.Limits()) if rule.field == "repeat_window_d"] == [
        ("repeat_window_d", "NOT repeat_window_d BETWEEN 0 AND 92")
    ]


def test_an_own_key_figure_is_not_asked_further_than_it_may_say(tmp_path: Path) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "own_window.toml").write_text(KPI.format(of="next_contact_after_s <= window", window="{ days = 7 }"))
    assert ask("own_window", facts=WORLD, home=tmp_path, set={"window": 90}, floor=0).figures[0].value == 0.5
    with pytest.raises(BadQuestion, match="200 days cannot be told"):
        ask("own_window", facts=WORLD, home=tmp_path, set={"window": 200}, floor=0)
