"""Which KPIs pull against each other, in figures that were made so and in figures that were not."""

from __future__ import annotations

import numpy as np
import pytest

from monthly import label
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.plan.links import Link, found, known_to_oppose, links, opposition, share_parts

KPIS = catalogue()


def figures(kpi: str, values: np.ndarray, by: str = "agent") -> list[Figure]:
    """One row per group, one column per month."""
    return [
        Figure(kpi, 1, "default", label(month), {by: f"a{group}"}, float(value), KPIS[kpi].unit)
        for group, row in enumerate(values)
        for month, value in enumerate(row)
    ]


def simulated(together: float, groups: int = 20, months: int = 14, lag: int = 0, seed: int = 1, by: str = "agent") -> list[Figure]:
    """Handling times and resolution: what a group always is, what a month brings to all, and what a month's hurry does to both."""
    drawn = np.random.default_rng(seed)
    hurry = drawn.normal(0, 1, (groups, months + 1))
    noise = drawn.normal(0, 1, (groups, months))
    always, season = drawn.normal(0, 3, (groups, 1)), drawn.normal(0, 2, (1, months))
    times = 340 + 20 * (always + season - hurry[:, 1:])  # who is in a hurry is quick
    solved = 0.74 + 0.02 * (always + season + together * hurry[:, 1 - lag : months + 1 - lag] + (1 - together**2) ** 0.5 * noise)
    return figures("aht", times, by) + figures("fcr", solved, by)


def one(together: float, **more: int | str) -> Link:
    by = str(more.get("by", "agent"))
    (link,) = found(simulated(together, **more), ("aht", "fcr"), KPIS, by)  # type: ignore[arg-type]  # the two words a test gives
    return link


def test_what_was_made_to_pull_against_each_other_is_found_with_its_strength() -> None:
    link = one(-0.6)
    assert (link.verdict, link.known, link.lag, link.groups, link.periods) == ("opposing", True, 0, 20, 14)
    assert link.r == pytest.approx(-0.6, abs=0.1)
    assert link.low is not None
    assert link.high is not None
    assert link.low < -0.6 < link.high < 0
    said = str(link.sentence(KPIS))
    assert "“Average handling time” gets better, the same agent's “First contact resolution” gets worse" in said
    assert "20 agents over 14 periods" in said


def test_what_goes_along_is_supporting_and_a_known_pair_is_told_as_not_seen_here() -> None:
    link = one(0.6)
    assert link.verdict == "supporting"
    assert link.opposing  # known of these two whatever is seen here
    assert "It is not seen here: correlation 0.6" in str(link.sentence(KPIS))


def test_nothing_is_found_where_nothing_was_put() -> None:
    verdicts = [one(0.0, seed=seed).verdict for seed in range(40)]
    assert verdicts.count("unclear") >= 38


def test_what_follows_a_month_later_is_found_too() -> None:
    link = one(-0.8, lag=1)
    assert (link.first, link.second, link.lag, link.verdict) == ("aht", "fcr", 1, "opposing")
    assert "A period after an agent's “Average handling time”" in str(link.sentence(KPIS))


def test_too_few_agents_or_months_cannot_tell() -> None:
    for link in (one(-0.9, groups=7), one(-0.9, months=11)):
        assert (link.verdict, link.seen, link.opposing) == (None, None, True)
        assert "too few to tell (it takes 8 with 12 periods each)" in str(link.sentence(KPIS))


def test_values_that_are_hidden_or_not_final_count_as_missing() -> None:
    whole = simulated(-0.6, groups=8, months=12)
    assert found(whole, ("aht", "fcr"), KPIS)[0].verdict == "opposing"
    hidden = [each for each in whole if not (each.kpi == "fcr" and each.by["agent"] == "a3" and each.period == "2024-05")]
    assert found(hidden, ("aht", "fcr"), KPIS)[0].verdict is None  # one agent has eleven months left, and seven agents are too few


def test_teams_are_told_of_as_teams() -> None:
    link = one(-0.7, groups=9, by="team")
    assert link.verdict == "opposing"
    assert "When a team's" in str(link.sentence(KPIS))


def test_what_is_made_of_the_same_parts_is_not_looked_at() -> None:
    alike = [("aht", "acw_time"), ("aht", "contacts_per_hour"), ("aht", "transfer_rate")]
    apart = [("aht", "fcr"), ("aht", "csat"), ("fcr", "qa_score"), ("aht", "adherence"), ("sales_per_day", "aht"), ("upsell_rate", "csat")]
    assert [share_parts(KPIS[a], KPIS[b], KPIS) for a, b in alike] == [True] * 3
    assert not any(share_parts(KPIS[a], KPIS[b], KPIS) for a, b in apart)
    noise = np.random.default_rng(1).normal(300, 5, (10, 14))
    (link,) = found(figures("aht", noise) + figures("acw_time", noise), ("aht", "acw_time"), KPIS)
    assert (link.verdict, link.shared) == (None, True)
    assert "made of the same parts" in str(link.sentence(KPIS))


def test_known_pairs_are_symmetric_and_every_pair_says_what_balances_it() -> None:
    assert known_to_oppose(KPIS["fcr"], KPIS["aht"])
    assert known_to_oppose(KPIS["aht"], KPIS["fcr"])
    assert not known_to_oppose(KPIS["fcr"], KPIS["qa_score"])
    assert {"qa_score", "csat"} <= set(one(-0.6).balanced_by)


def test_the_rules_are_told_what_data_can_tell() -> None:
    told = opposition([one(-0.6), *found([], ("csat", "aht"), KPIS)])
    assert told.keys() == {frozenset({"aht", "fcr"})}
    assert (told[frozenset({"aht", "fcr"})].verdict, told[frozenset({"aht", "fcr"})].agents) == ("opposing", 20)


def test_figures_are_asked_once_and_within_what_one_may_see(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[tuple[str, ...], dict[str, object]]] = []

    class Answered:
        figures = tuple(simulated(-0.6))

    def ask(*kpis: str, **question: object) -> Answered:
        asked.append((kpis, question))
        return Answered()

    monkeypatch.setattr("nyckeltal.kpi.ask.ask", ask)
    told = links(("aht", "fcr", "service_level"), KPIS, within={"team": ["nord"]})
    assert [(kpis, question["within"], question["by"]) for kpis, question in asked] == [(("aht", "fcr"), {"team": ["nord"]}, ("agent",))]
    assert next((link.first, link.second, link.verdict) for link in told) == ("aht", "fcr", "opposing")


def test_every_pair_of_the_catalogue_can_be_looked_at() -> None:
    assert all(str(link.sentence(KPIS)) for link in found([], sorted(KPIS), KPIS, "team"))
