"""Charts: a Vega-Lite specification becomes SVG in three or four widths, once per content, language and version.

Colours stay `var(--token, #fallback)`, so that light, dark and print are the stylesheet's business; no style attributes, so that the policy
of `default-src 'self'` holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from nyckeltal.web.frame.kept import kept

Spec = dict[str, Any]
Width = Literal["narrow", "mid", "wide", "full"]
WIDTHS: Mapping[Width, int] = {"narrow": 256, "mid": 420, "wide": 692, "full": 1010}  # px at which type stands at 13px; base.css picks by container
VEGA_LITE = "5.21"
_DRAWN = "2"  # raised when the drawing of the same specification changes
Locale = Literal["en-GB", "sv-SE", "da-DK", "hu-HU", "fi-FI"]
_PLACES = re.compile(r' (?:d|transform|x|y|x1|x2|y1|y2|cx|cy|width|height)="[^"]*"')
_LOCALES: Mapping[str, Locale] = {"en": "en-GB", "sv": "sv-SE", "da": "da-DK", "hu": "hu-HU", "fi": "fi-FI"}

INK, INK_2, INK_3 = "var(--text, #191d21)", "var(--text-2, #474e56)", "var(--text-3, #626971)"
SURFACE, GRID, STRONG = "var(--surface, #ffffff)", "var(--grid, #e9e9e4)", "var(--line-strong, #80868d)"
TARGET, BAND = "var(--target, #191d21)", "var(--d1-band, #1c5a9e24)"
DATA = ("var(--d1, #1c5a9e)", "var(--d2, #b4500a)", "var(--d3, #0b7568)", "var(--d4, #67489c)")
QUIET = "var(--d0, #8b9299)"

_AXIS = {
    "aria": False,
    "domain": False,
    "ticks": False,
    "title": None,
    "labelColor": INK_3,
    "labelFontSize": 13,
    "labelFontWeight": "normal",
    "gridColor": GRID,
    "labelPadding": 8,
    "labelLimit": 0,
}
_CONFIG = {
    "font": "inherit",
    "background": None,
    "view": {"stroke": None},
    "axis": _AXIS,
    "text": {"fontSize": 13, "color": INK_3, "aria": False},
    "rule": {"aria": False},
    "line": {"aria": False},
    "area": {"aria": False},
}


@dataclass(frozen=True)
class Chart:
    """One message: the finding as title, what is shown below it, the same in words for who does not see it, and the drawings by width."""

    title: str
    under: str
    description: str
    drawings: Sequence[tuple[Width, SafeString]]


def draw(title: str, under: str, description: str, spec: Callable[[int], Spec], widths: Sequence[Width] = ("narrow", "mid", "wide")) -> Chart:
    """`spec(width)` gives the specification for a total width in pixels."""
    return Chart(title, under, description, [(width, _drawn(spec(WIDTHS[width]), description)) for width in widths])


def _drawn(spec: Spec, description: str) -> SafeString:
    language = get_language() or "en"
    content = json.dumps([_DRAWN, VEGA_LITE, language, description, spec], sort_keys=True, ensure_ascii=False)
    svg = kept("chart", content, lambda: _convert(spec, description, _LOCALES.get(language, "en-GB")), 86400)
    return SafeString(svg)  # Vega escapes the text in it: tests/web/frame/test_drawing.py tries


def _convert(spec: Spec, description: str, locale: Locale) -> str:
    import vl_convert

    whole = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "autosize": {"type": "fit", "contains": "padding"}, "config": _CONFIG, **spec}
    svg = vl_convert.vegalite_to_svg(whole, vl_version=VEGA_LITE, format_locale=locale, time_format_locale=locale, allowed_base_urls=[])
    return _for_a_page(svg, description)


def _for_a_page(svg: str, description: str) -> str:
    """One picture with one description; the sentence of each mark is kept as data for page.js. English words of Vega's own go."""
    svg = re.sub(r' aria-label="([^"]*)" role="graphics-symbol"', r' data-say="\1"', svg)
    svg = re.sub(r' (?:role|aria-roledescription|aria-hidden|aria-label|class|pointer-events|xmlns(?::xlink)?|version)="[^"]*"', "", svg)
    svg = re.sub(r'<path d="(?:M0,0h0v0h0Z)?"[^>]*/>', "", svg)
    svg = _PLACES.sub(lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]), svg)  # in places only: in Danish 42.237 is a number of thousands
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(description)}" ', 1)


def warm() -> None:
    """The first drawing of a process takes about a second."""
    spec: Spec = {"width": 100, "height": 40, "data": {"values": [{"x": 1}]}, "mark": "point", "encoding": {"x": {"field": "x", "type": "quantitative"}}}
    _convert(spec, "", "en-GB")
