"""What comes without any action, as a goal's card says it."""

from __future__ import annotations

from types import SimpleNamespace

from django.template.loader import render_to_string

from monthly import months
from nyckeltal.web.plan.ahead import ahead

TIMES = [372, 365, 381, 358, 369, 376, 362, 370, 379, 366, 374, 361, 368, 371, 364, 377, 359, 373, 367, 375, 363, 370, 366, 372]


def test_two_looks_each_with_its_band_and_how_good_such_looks_were() -> None:
    soon, later = ahead(months(TIMES), "seconds")
    assert (soon.when, later.when) == ("In three months, March 2026", "In twelve months, December 2026")
    assert soon.value.startswith("6:0")
    assert "in eight cases of ten" in soon.band
    assert "of what came lay in the band" in soon.tried
    assert later.unsure  # two years are few for a look so far ahead


def test_a_year_ahead_is_not_looked_from_a_short_series_and_nothing_from_a_shorter() -> None:
    soon, later = ahead(months(TIMES[:12]), "seconds")
    assert soon.value
    assert "takes at least 18; 12 are known" in later.lacks
    assert ahead(months(TIMES[:4]), "seconds") == []


def test_the_card_says_it() -> None:
    card = SimpleNamespace(ahead=ahead(months(TIMES), "seconds"), goal=SimpleNamespace(pk=7), name="Average handling time")
    page = render_to_string("plan/ahead.html", {"card": card})
    assert "What comes without any action" in page
    assert "In three months, March 2026" in page
    assert "Uncertain" in page
    card.ahead = []
    assert render_to_string("plan/ahead.html", {"card": card}).strip() == ""
