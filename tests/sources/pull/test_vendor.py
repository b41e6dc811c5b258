"""What all systems that are asked have in common: what is not there, and lists that come page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from nyckeltal.errors import CannotFetch
from nyckeltal.sources.pull.vendor import every_page, if_there
from nyckeltal.sources.tickets.lists import since
from nyckeltal.words import Text


def _answers(pages: Mapping[int, list[str] | int], page: int) -> list[str]:
    found = pages[page]
    if isinstance(found, int):
        raise CannotFetch(Text("x", "wrong"), status=found)
    return found


def test_what_is_not_there_is_none_and_every_other_failure_stays_one() -> None:
    assert if_there(lambda: _answers({1: ["a"]}, 1)) == ["a"]
    assert if_there(lambda: _answers({1: 404}, 1)) is None
    with pytest.raises(CannotFetch):
        if_there(lambda: _answers({1: 403}, 1), [404])


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ({1: 403}, None),
        ({1: []}, []),
        ({1: ["a", "b"], 2: ["c"]}, ["a", "b", "c"]),
        ({1: ["a", "b"], 2: ["c", "d"], 3: []}, ["a", "b", "c", "d"]),
    ],
)
def test_pages_are_asked_until_one_is_not_full(pages: Mapping[int, list[str] | int], expected: list[str] | None) -> None:
    assert every_page(lambda page: _answers(pages, page), 2) == expected


def _in_turn(*answers: list[str]) -> Callable[[int], list[str]]:
    told = iter(answers)
    return lambda _page: next(told)


def test_a_page_that_comes_again_by_mistake_is_asked_for_once_more() -> None:
    assert every_page(_in_turn(["a", "b"], ["a", "b"], ["c"]), 2) == ["a", "b", "c"]


def test_a_vendor_that_keeps_giving_the_same_page_is_no_end_of_the_list() -> None:
    with pytest.raises(CannotFetch, match="same page again"):
        every_page(lambda page: _answers({1: ["a", "b"], 2: ["c", "d"], 3: ["c", "d"]}, page), 2)


def test_an_older_page_in_place_of_what_changed_since_hides_nothing() -> None:
    tickets = [{"id": str(n), "at": f"0{n}:00"} for n in range(1, 8)]
    seen: list[list[dict[str, str]]] = []
    late: list[int] = [2, 3]  # which answers are the one before once more

    def ask(at: str, page: int) -> list[dict[str, str]]:
        seen.append(seen[-1] if len(seen) in late else [one for one in tickets if one["at"] >= at][2 * (page - 1) :][:2])
        return seen[-1]

    assert {one["id"] for found, _ in since(ask, "", lambda one: one["at"], 2) for one in found} == set("1234567")


def test_a_vendor_that_knows_no_numbers_of_pages_is_not_asked_for_ever() -> None:
    moments = ["08:00"] * 2 + ["09:00"] * 5
    asked: list[tuple[str, int]] = []

    def ask(at: str, page: int) -> list[dict[str, str]]:
        asked.append((at, page))
        return [{"id": str(n), "at": moment} for n, moment in enumerate(moments) if moment >= at][:2]

    with pytest.raises(CannotFetch, match="same page again"):
        list(since(ask, "", lambda one: one["at"], 2))
    assert asked == [("", 1), ("08:00", 1), ("08:00", 2), ("08:00", 2), ("08:00", 2)]


@pytest.mark.parametrize("status", [403, 404])
def test_a_later_page_that_is_refused_is_no_end_of_the_list(status: int) -> None:
    with pytest.raises(CannotFetch):
        every_page(lambda page: _answers({1: ["a", "b"], 2: status}, page), 2)
