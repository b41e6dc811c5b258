from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from nyckeltal.kpi.trend import Usual
from nyckeltal.web.frame.drawing import WIDTHS
from nyckeltal.web.kpi import charts, line_ends
from nyckeltal.web.kpi.charts import Point
from nyckeltal.web.kpi.scale import scale


@given(some.lists(some.floats(0, 1), min_size=1, max_size=20), some.booleans())
def test_an_axis_of_shares_holds_every_value_and_stays_within_nought_and_one(values: list[float], zero: bool) -> None:
    axis = scale(values, "share", zero=zero)
    assert axis.low <= min(values) + 1e-9
    assert axis.high >= max(values) - 1e-9
    assert 0 <= axis.low < axis.high <= 1 + 1e-9
    assert 2 <= len(axis.ticks) <= 12


@given(some.lists(some.floats(0, 1e7), min_size=1, max_size=20), some.sampled_from(["count", "seconds", "score", "ratio", "points"]))
def test_an_axis_holds_every_value_on_round_marks(values: list[float], unit: str) -> None:
    axis = scale(values, unit)
    assert axis.low <= min(values) + 1e-6
    assert axis.high >= max(values) - 1e-6
    assert len(axis.ticks) >= 2


def test_bars_start_at_nought() -> None:
    assert scale([812, 1400], "count", zero=True).low == 0


@given(some.lists(some.tuples(some.floats(0, 190), some.integers(1, 3)), min_size=1, max_size=4))
def test_labels_at_the_ends_of_lines_never_overlap(ends: list[tuple[float, int]]) -> None:
    places, heights = sorted(at for at, _ in ends), [line_ends.ROW * rows + line_ends.BETWEEN for _, rows in ends]
    apart = line_ends.apart(places, heights, max(190, sum(heights)))
    assert all(after - before >= (one + other) / 2 - 1e-6 for (before, after), (one, other) in zip(pairwise(apart), pairwise(heights), strict=True))
    assert apart[0] >= (heights[0] - 19) / 2 - 1e-6
    assert apart[-1] <= max(190, sum(heights)) - (heights[-1] - 19) / 2 + 1e-6


@pytest.mark.parametrize("total", sorted(WIDTHS.values()))
def test_names_at_the_ends_of_lines_are_whole_at_every_width(total: int) -> None:
    names = ["Polartel chatt", "Polartel technical help", "Polartel inkommande", "Nordkraft yhteydenotot"]
    ends = line_ends.broken({name: (name, 0.5) for name in names}, total)
    assert [" ".join(end.rows) for end in ends] == names
    assert line_ends.room(ends) <= total * 0.5


@pytest.mark.parametrize("total", sorted(WIDTHS.values()))
def test_a_word_of_a_name_beside_a_chart_is_not_torn(total: int) -> None:
    names = ["Utan dem som lade på direkt", "Även utanför öppettiderna"]
    _, letters = charts._room_for_names([Point(name, 0.5, 0.4, 0.6, "78,3 %", "x") for name in names], total)
    assert [" ".join(charts._lines(name, letters)) for name in names] == names


def test_names_of_longer_words_than_there_is_room_for_beside_a_chart_stand_above_their_rows() -> None:
    names = ["Ügyfélmunkából és rendelkezésre állásból", "A teljes bejelentkezett időből"]
    narrow, wide = (charts.rows([Point(name, 0.5, 0.4, 0.6, "52%", "x") for name in names], "share", total) for total in (256, 692))
    assert [row["lines"].split("\n") for row in narrow["data"]["values"]] == [
        ["Ügyfélmunkából és", "rendelkezésre állásból"],
        ["A teljes bejelentkezett", "időből"],
    ]
    assert narrow["padding"]["left"] < 24 < wide["padding"]["left"]
    assert "lineBreak" not in json.dumps(wide)


def test_a_name_on_several_lines_has_its_middle_at_its_row() -> None:
    names = {"one": ["one"], "two two": ["two", "two"], "three three three": ["three", "three", "three"]}
    axis = charts._name_axis([Point(name, 0.5, None, None, "", "") for name in names], names)
    assert [(one["test"], one["value"]) for one in axis["labelOffset"]["condition"]] == [
        ('indexof(["two two"], datum.value) >= 0', -8),
        ('indexof(["three three three"], datum.value) >= 0', -16),
    ]


@pytest.mark.parametrize("total", sorted(WIDTHS.values()))
def test_a_chart_keeps_room_for_itself_at_every_width(total: int) -> None:
    points = [Point(f"A rather long name of a reason for contact, number {number}", 0.5, 0.4, 0.6, "50%", "x") for number in range(5)]
    spec = charts.rows(points, "share", total)
    padding = spec["padding"]
    assert spec["width"] + padding["left"] + padding["right"] <= total
    assert spec["width"] >= total * 0.25


def test_a_preliminary_value_is_hollow_and_its_way_dotted() -> None:
    points = [Point("2026-09", 0.5, 0.4, 0.6, "50%", "x"), Point("2026-10", 0.6, 0.5, 0.7, "60%", "x", hollow=True)]
    drawn = json.dumps(charts.trend({"": points}, {"2026-09": "Sep", "2026-10": "Oct"}, "share", 420))
    assert '"strokeDash": [2, 5]' in drawn
    assert "datum.hollow" in drawn


def test_a_gap_stays_a_gap() -> None:
    points = [Point("a", 0.5, None, None, "", ""), Point("b", None, None, None, "", ""), Point("c", 0.6, None, None, "", "")]
    drawn = json.dumps(charts.trend({"": points}, {"a": "a", "b": "b", "c": "c"}, "share", 420))
    assert "break-paths" in drawn


def test_an_axis_with_too_many_places_labels_every_second_or_third() -> None:
    ticks = {f"2026-{month:02}": f"Month {month}" for month in range(1, 13)}
    points = [Point(name, 0.5, None, None, "", "") for name in ticks]
    (axis,) = {
        json.dumps(layer["encoding"]["x"]["axis"]["values"])
        for layer in charts.trend({"": points}, ticks, "share", 256)["layer"]
        if "axis" in layer["encoding"]["x"]
    }
    assert len(json.loads(axis)) <= 4
    assert json.loads(axis)[-1] == "2026-12"


def months(*values: float | None) -> list[Point]:
    return [Point(f"2026-{number + 1:02}", value, value, value, str(value), "", hollow=number + 1 == len(values)) for number, value in enumerate(values)]


@pytest.mark.parametrize(("values", "above"), [((0.5, 0.8, 0.5), True), ((0.8, 0.5, 0.8), False)])
def test_the_month_shown_has_its_value_where_the_line_is_not(values: tuple[float, ...], above: bool) -> None:
    points = months(*values)
    spec = charts.trend({"": points}, {point.name: point.name for point in points}, "share", 420, mark="2026-02")
    label = next(layer["mark"] for layer in spec["layer"] if layer.get("mark", {}).get("fontWeight") == 600)
    assert (label["dy"] < 0) is above


def test_a_month_that_is_not_final_stands_on_slanting_lines_within_its_own_place() -> None:
    points = months(0.5, 0.6, 0.7)
    spec = charts.trend({"": points}, {point.name: point.name for point in points}, "share", 420, mark="2026-02")
    path = spec["layer"][0]["mark"]["shape"]
    across = [float(place.split(",")[0]) for place in path.replace("L", "M").split("M")[1:]]
    assert min(across) == pytest.approx(spec["width"] * 2 / 3, abs=0.1)
    assert max(across) <= spec["width"] + 0.1


def test_what_was_agreed_is_a_dashed_line_that_the_axis_holds() -> None:
    points = months(0.5, 0.6)
    goal = charts.Goal(0.8, "Agreed 80%")
    spec = charts.trend({"": points}, {point.name: point.name for point in points}, "share", 420, goal=goal, mark="2026-01")
    dashed = next(layer for layer in spec["layer"] if layer.get("mark", {}).get("strokeDash") == [6, 4])
    assert dashed["encoding"]["y"] == {"datum": 0.8}
    assert any(layer["data"]["values"] == [{"text": "Agreed 80%"}] for layer in spec["layer"] if "data" in layer)


def test_a_trend_that_is_judged_has_its_limits_as_lines_and_its_signals_as_squares() -> None:
    usual, signal = Usual(0.4, 0.5, 0.6), Usual(0.4, 0.5, 0.6, "X1", up=True)
    points = [Point("2026-09", 0.5, None, None, "50%", "x", usual=usual), Point("2026-10", 0.7, None, None, "70%", "x", usual=signal)]
    ticks = {"2026-09": "Sep", "2026-10": "Oct"}
    layers = charts.trend({"": points}, ticks, "share", 420)["layer"]
    assert [layer["encoding"]["y"]["field"] for layer in layers if layer["mark"].get("interpolate") == "step"] == ["low", "high"]
    squares = [layer["data"]["values"] for layer in layers if layer["mark"].get("shape") == "square"]
    assert [[one["name"] for one in found] for found in squares] == [["2026-10"]]
    plain = json.dumps(charts.trend({"": [Point("2026-09", 0.5, None, None, "50%", "x")]}, ticks, "share", 420))
    assert '"step"' not in plain


def test_names_that_begin_alike_can_be_told_apart_on_a_phone() -> None:
    names = ("Utan dem som lade på direkt", "Utan dem som lade på i tid", "Alla som kontaktade oss")
    sheet = charts.rows([charts.Point(name, 0.8, None, None, "80 %", "") for name in names], "share", 256)
    assert "…" not in str(sheet)
    assert sheet["height"] == 3 * charts.HIGH_ROW
