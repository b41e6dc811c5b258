"""Fair comparison by the worked numbers of kpi-reference 3.7 to 3.10, and on people whose truth is known."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from math import exp, log, sqrt
from typing import Any

import pytest
from scipy.special import stdtrit

from nyckeltal.contacts.world import World
from nyckeltal.kpi.answer import Figure
from nyckeltal.kpi.ask import ask
from nyckeltal.plan.fair import WAITS, WITH_WAIT, Fair, Family, by_wait, cells_of, expectations, fair, tells_of_waits

Mix = Mapping[str, Mapping[tuple[str, str, str], tuple[float, float]]]  # by person and cell: how many, and their sum


def figures(mix: Mix, kpi: str = "aht", unit: str = "seconds", cv: float = 1.0) -> list[Figure]:
    found = []
    for agent, cells in mix.items():
        for (reason, channel, tenure), (n, total) in cells.items():
            by = {"agent": agent, "reason2": reason, "channel": channel, "tenure": tenure}
            half = float(stdtrit(max(n - 1, 1), 0.975)) * cv / sqrt(n)
            low, high = (total / n * exp(-half), total / n * exp(half)) if unit == "seconds" else (None, None)
            found.append(Figure(kpi, 1, "default", None, by, total / n, unit, numerator=total, denominator=n, n=round(n), low=low, high=high))
    return found


def cell(reason: str, tenure: str = "12+", channel: str = "voice") -> tuple[str, str, str]:
    return reason, channel, tenure


def judged(found: Family | None) -> dict[str, Fair]:
    assert found
    return dict(found.people)


def test_the_same_mix_shows_who_only_looks_slow() -> None:
    """kpi-reference 3.9: A looks 65 % slower than B but is faster on both reasons."""
    mix = {"a": {cell("simple"): (50, 50 * 190), cell("complex"): (150, 150 * 560)}, "b": {cell("simple"): (160, 160 * 205), cell("complex"): (40, 40 * 600)}}
    expected = expectations(cells_of(figures(mix)))
    assert pytest.approx(expected["a"] * 0.98076, rel=1e-4) == 50 * 190 + 150 * 560
    both = mix | {"c": {cell("simple"): (0.001, 0.20143)}}  # nobody to speak of, since two are no group
    people = judged(fair(figures(both), "lower"))
    assert (people["a"].raw, people["b"].raw) == pytest.approx((467.50, 284.00), abs=0.01)
    assert (people["a"].value, people["b"].value) == pytest.approx((368.52, 388.29), abs=0.01)
    assert (people["a"].harder, people["b"].harder) == (1, -1)
    assert people["a"].expected == pytest.approx((50 * 201.43 + 150 * 568.42) / 200, abs=0.01)


def satisfied(agent: str, n: float, mean: float) -> Figure:
    by = {"agent": agent, "reason2": "bill", "channel": "voice", "tenure": "12+"}
    return Figure("csat", 1, "mean", None, by, mean, "score", numerator=n * mean, denominator=n, n=round(n), low=mean - 0.4, high=mean + 0.4)


def test_who_answers_those_that_waited_is_not_less_liked() -> None:
    """Everybody is given 9 by those who came through at once and 7 by those who waited; one answers mostly the latter."""
    at_once, waited = {"a": 20.0, "b": 80.0, "c": 80.0}, {"a": 80.0, "b": 20.0, "c": 20.0}
    parts = {WAITS[0]: [satisfied(name, n, 9.0) for name, n in at_once.items()], WAITS[3]: [satisfied(name, n, 7.0) for name, n in waited.items()]}
    whole = [satisfied(name, 100, (at_once[name] * 9 + waited[name] * 7) / 100) for name in at_once]
    assert tells_of_waits("csat", whole)
    assert not tells_of_waits("fcr", whole)
    raw = judged(fair(whole, "higher"))
    assert raw["a"].value < raw["b"].value - 1
    apart = by_wait(whole, parts)
    assert apart
    people = judged(fair(apart, "higher", mix=WITH_WAIT))
    assert people["a"].value == pytest.approx(people["b"].value)
    assert people["a"].harder == 1
    assert by_wait([replace(whole[0], denominator=101.0), *whole[1:]], parts) is None, "a wait that is in none of the bands tells nothing of the whole"


def test_the_sentence_says_what_a_colleague_would_have_needed() -> None:
    hard = Fair("a", "aht", "seconds", "lower", 365, 350, 380, 330, 300)
    said = "Your contacts are harder than the others’: with the same mix a colleague would have had 6:20; you have 6:05."
    assert str(hard.sentence) == said
    solved = Fair("a", "fcr", "share", "higher", 0.71, 0.77, 0.68, 0.75, 300)
    assert (solved.harder, str(solved.sentence)) == (
        1, "Your contacts are harder than the others’: with the same mix a colleague would have had 68%; you have 71%."
    )  # fmt: skip
    assert Fair("a", "fcr", "share", "higher", 0.71, 0.7, 0.745, 0.75, 300).harder == 0
    assert str(hard.about).startswith("Harder contacts")


def test_agents_whose_mix_is_alike_are_placed_as_the_reference_places_them() -> None:
    """kpi-reference 3.7: of twelve agents only the seventh stands out once the spread is allowed for, and none among twelve that are looked at."""
    counts = [231, 198, 260, 150, 175, 244, 120, 207, 190, 265, 142, 228]
    ns = [300, 280, 310, 220, 240, 300, 190, 270, 265, 330, 180, 310]
    mix = {f"{at:02d}": {cell("all"): (n, k)} for at, (k, n) in enumerate(zip(counts, ns, strict=True), 1)}
    found = fair(figures(mix, "fcr", "share"), "higher")
    assert found
    assert (found.overall, found.funnel.dispersion, sqrt(found.funnel.extra)) == pytest.approx((0.75430, 2.9644, 0.03949), abs=5e-5)
    assert [agent for agent, one in found.people.items() if one.place != "usual"] == ["07"]
    assert found.people["07"].place == "look"
    assert found.people["07"].q == pytest.approx(0.0148 * 12, abs=2e-3)
    assert found.spread


def test_small_samples_are_drawn_towards_the_others() -> None:
    """kpi-reference 3.8: shares by the beta-binomial law, times on their logarithms."""
    shares = {"a": (20, 12), "b": (80, 66), "c": (130, 95), "d": (60, 40), "e": (24, 21)}
    people = judged(fair(figures({name: {cell("all"): pair} for name, pair in shares.items()}, "fcr", "share"), "higher"))
    assert [people[name].shrunken for name in "abcde"] == pytest.approx([0.6985, 0.7975, 0.7343, 0.6991, 0.7923], abs=5e-5)
    values, ns = [310, 355, 402, 330, 368, 290], [250, 40, 120, 300, 25, 180]
    times = {str(at): {cell("all"): (n, value * n)} for at, (value, n) in enumerate(zip(values, ns, strict=True))}
    drawn = judged(fair(figures(times), "lower"))
    assert [drawn[str(at)].shrunken for at in range(6)] == pytest.approx([318.27, 335.24, 358.49, 330.28, 335.30, 309.18], abs=0.05)


def test_a_thin_cell_is_read_as_the_wider_one_it_is_part_of() -> None:
    mix = {
        "a": {cell("late", "0-3"): (10, 5000), cell("late"): (40, 8000)},
        "b": {cell("late"): (60, 12_000), cell("lost", channel="chat"): (5, 900)},
        "c": {cell("lost"): (20, 9000), cell("sum"): (30, 3000)},
    }
    expected = expectations(cells_of(figures(mix)), {"late": "bill", "lost": "parcel", "sum": "bill"})
    late = (5000 + 8000 + 12_000) / 110  # a's ten of the first months are too few, so they count as any about the same by telephone
    everything = (5000 + 20_000 + 900 + 9000 + 3000) / 165
    above = (5000 + 20_000 + 3000) / 140  # thirty about sums, but all of one person's: as any about bills
    assert expected["a"] == pytest.approx(10 * late + 40 * 200)
    assert expected["b"] == pytest.approx(60 * 200 + 5 * everything)  # 25 about what was lost, too few by whichever channel
    assert expected["c"] == pytest.approx(20 * everything + 30 * above)


def test_whoever_is_new_is_compared_with_others_who_are_new() -> None:
    mix = {name: {cell("late", "0-3"): (100, 100 * 500 * pace)} for name, pace in {"a": 1.0, "b": 1.02}.items()}
    mix |= {name: {cell("late", "12+"): (100, 100 * 300 * pace)} for name, pace in {"c": 1.0, "d": 0.99}.items()}
    people = judged(fair(figures(mix), "lower"))
    assert people["a"].raw > 1.5 * people["c"].raw
    assert people["a"].value == pytest.approx(people["c"].value, rel=0.02)
    assert {one.place for one in people.values()} == {"usual"}


def test_who_only_gets_difficult_cases_comes_out_as_fine_and_who_is_slow_does_not() -> None:
    """Twelve agents of equal pace; one has four hard cases in five, where the others have one in five. Another takes 40 % longer on everything."""
    chance = random.Random(7)
    mix: dict[str, dict[tuple[str, str, str], tuple[float, float]]] = {}
    paces = {f"p{at:02d}": 1.0 for at in range(12)} | {"hard": 1.0, "slow": 1.4}
    for name, pace in paces.items():
        share = 0.8 if name == "hard" else 0.2
        cells = {cell("easy"): 240.0, cell("hard"): 620.0}
        mix[name] = {}
        for each, mean in cells.items():
            n = round(600 * (share if each[0] == "hard" else 1 - share))
            spell = [chance.lognormvariate(log(mean * pace) - 0.32, 0.8) for _ in range(n)]
            mix[name][each] = (n, sum(spell))
    people = judged(fair(figures(mix, cv=0.94), "lower"))
    raw = sorted(people, key=lambda name: people[name].raw)
    assert raw[-1] == "hard"  # the slowest of all, by the plain figure
    assert (people["hard"].place, people["hard"].harder) == ("usual", 1)
    assert abs(people["hard"].value / people["hard"].overall - 1) < 0.1
    assert people["slow"].place == "unusual"
    assert people["slow"].q is not None
    assert people["slow"].q < 0.05
    assert sum(one.place == "unusual" for one in people.values()) == 1


def test_among_many_who_are_alike_hardly_anybody_is_named() -> None:
    """Of forty families of twenty people with nothing between them, one in twenty may have a false alarm; seven in eight would at 19 in 20 for each."""
    chance, named, looked_at = random.Random(11), 0, 0
    for _ in range(40):
        mix = {str(at): {cell("all"): (200, float(sum(chance.random() < 0.7 for _ in range(200))))} for at in range(20)}
        people = judged(fair(figures(mix, "fcr", "share"), "higher")).values()
        named, looked_at = named + any(one.place == "unusual" for one in people), looked_at + any(one.place != "usual" for one in people)
    assert named <= 2
    assert looked_at > 20


def test_two_are_no_group_and_a_balance_has_no_such_comparison() -> None:
    two = {"a": {cell("all"): (100, 70.0)}, "b": {cell("all"): (100, 60.0)}}
    assert fair(figures(two, "fcr", "share"), "higher") is None
    three = two | {"c": {cell("all"): (100, 65.0)}}
    assert fair(figures(three, "nps", "points"), "higher") is None
    assert fair(figures(three, "fcr", "share"), "higher") is not None
    assert fair([], "higher") is None


def test_marks_are_compared_on_their_own_scale() -> None:
    found = []
    for agent, mean in {"a": 8.0, "b": 8.2, "c": 7.9}.items():
        by = {"agent": agent, "reason2": "all", "channel": "voice", "tenure": "12+"}
        half = 1.984 * 1.5 / sqrt(100)  # Student's t, 99 degrees of freedom; marks vary by 1.5
        found.append(Figure("csat", 1, "mean", None, by, mean, "score", numerator=mean * 100, denominator=100, n=100, low=mean - half, high=mean + half))
    told = fair(found, "higher")
    assert told
    assert told.funnel.error == pytest.approx(1.5, abs=0.01)
    assert [one.value for one in told.people.values()] == pytest.approx([8.0, 8.2, 7.9])
    assert {one.place for one in told.people.values()} == {"usual"}


def test_each_answer_is_in_one_of_the_waits() -> None:
    first = datetime(2026, 2, 2, 9, tzinfo=UTC)
    waits = (10, 30, 31, 200, 300, 4000)
    rows: dict[str, list[dict[str, Any]]] = {
        "client": [{"client_id": "one"}],
        "question": [{"question_id": "q", "measure": "csat", "scale": "1_10"}],
        "contact": [{"contact_id": f"c{wait}", "client_id": "one", "offered_at": first, "wait_s": wait} for wait in waits],
        "survey_response": [
            {"question_id": "q", "scale": "1_10", "value": 8, "answered_at": first, "client_id": "one", "contact_id": name}
            for name in (*(f"c{wait}" for wait in waits), None)
        ],
    }
    world = World.of(rows, known_until=datetime(2026, 3, 20, tzinfo=UTC), defaults=True)
    asked = [ask("csat", start="2026-02-01", end="2026-02-28", where=wait, floor=0, facts=world)[0].n or 0 for wait in WAITS]
    assert asked == [2, 1, 2, 1, 1]
