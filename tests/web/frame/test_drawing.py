from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from django.utils.translation import override

from nyckeltal.web.frame import drawing
from nyckeltal.web.frame.drawing import Chart, Spec, draw
from nyckeltal.web.kpi import charts
from nyckeltal.web.kpi.charts import Goal, Point

POINTS = [
    Point("All who contacted us", 0.76, 0.748, 0.772, "76%", 'A "quoted" <b>sentence</b> & more', hollow=True),
    Point("Quick hang-ups left out", 0.776, 0.762, 0.789, "78%", "Quick: 78%", strong=True, note="as defined"),
    Point("Nothing here", None, None, None, "", ""),
]


def _rows(width: int) -> Spec:
    return charts.rows(POINTS, "share", width, goal=Goal(0.8, "Agreed 80%"))


def _read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own drawing


@pytest.fixture
def chart() -> Chart:
    return draw("A finding", "below", 'In words: 76% & "78%"', _rows)


def test_a_chart_is_one_picture_with_one_description(chart: Chart) -> None:
    for _, svg in chart.drawings:
        root = _read(svg)
        assert (root.get("role"), root.get("aria-label")) == ("img", 'In words: 76% & "78%"')
        assert "graphics-symbol" not in svg


def test_a_chart_obeys_the_strict_policy(chart: Chart) -> None:
    for _, svg in chart.drawings:
        assert not re.search(r" style=|<style|<script|href=|\son[a-z]+=", svg)


def test_colours_are_tokens_so_that_themes_need_no_second_drawing(chart: Chart) -> None:
    colours = {colour for _, svg in chart.drawings for colour in re.findall(r'(?:fill|stroke)="([^"]+)"', svg)} - {"none"}
    assert colours
    assert all(colour.startswith("var(--") for colour in colours)


def test_text_from_outside_stays_text(chart: Chart) -> None:
    said = [mark.get("data-say") for _, svg in chart.drawings for mark in _read(svg).iter() if mark.get("data-say")]
    assert 'A "quoted" <b>sentence</b> & more' in said


def test_each_width_is_exactly_what_was_asked_for(chart: Chart) -> None:
    for width, svg in chart.drawings:
        assert abs(float(_read(svg).get("width", "0")) - drawing.WIDTHS[width]) <= 1


def test_type_is_never_smaller_than_thirteen_pixels(chart: Chart) -> None:
    sizes = {float(size) for _, svg in chart.drawings for size in re.findall(r'font-size="([\d.]+)px"', svg)}
    assert min(sizes) >= 13


def test_the_same_chart_is_drawn_once(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_convert", lambda *_: pytest.fail("drawn again"))
    assert draw("Another finding", "below", 'In words: 76% & "78%"', _rows).drawings == chart.drawings


def test_another_language_is_another_drawing(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_convert", lambda *_: "<svg></svg>")
    with override("sv"):
        assert draw("A finding", "below", 'In words: 76% & "78%"', _rows).drawings[0][1] == "<svg></svg>"


def test_numbers_of_thousands_are_whole_where_a_point_divides_them() -> None:
    with override("da"):
        points = [Point("Regning", 42237, None, None, "42.237", "Regning: 42.237"), Point("Levering", 11288, None, None, "11.288", "Levering: 11.288")]
        for _, svg in draw("T", "", "Regning 42.237", lambda width: charts.rows(points, "count", width, bars=True)).drawings:
            root = _read(svg)
            texts = [text.text or "" for text in root.iter() if text.tag.endswith("text")]
            assert {"42.237", "11.288"} <= set(texts)
            assert [text for text in texts if text.endswith("0.000")]
            assert "Regning: 42.237" in [mark.get("data-say") for mark in root.iter()]
            assert root.get("aria-label") == "Regning 42.237"
