"""What is hidden beside a cell of few persons."""

from __future__ import annotations

from datetime import date

from nyckeltal.kpi import few

MARCH, APRIL = (3,), (4,)


def _hidden(persons: dict[few.Key, int], least: int = 3) -> set[few.Key]:
    first = few.too_few(persons, least)
    return {*first, *few.beside(persons, first, least)}


def test_nothing_is_hidden_where_enough_stand_behind_every_cell() -> None:
    assert _hidden({((), ("north",)): 3, ((), ("south",)): 4}) == set()


def test_the_smallest_of_the_others_is_hidden_too() -> None:
    assert _hidden({((), ("north",)): 9, ((), ("south",)): 1, ((), ("west",)): 4, ((), ("east",)): 5}) == {((), ("south",)), ((), ("west",))}


def test_of_two_alike_the_first_is_hidden() -> None:
    assert _hidden({((), ("north",)): 4, ((), ("south",)): 1, ((), ("west",)): 4}) == {((), ("north",)), ((), ("south",))}


def test_two_who_are_hidden_together_are_enough_persons() -> None:
    assert _hidden({((), ("north",)): 9, ((), ("south",)): 1, ((), ("west",)): 2}) == {((), ("south",)), ((), ("west",))}
    assert _hidden({((), ("north",)): 9, ((), ("south",)): 1, ((), ("west",)): 1}) == {((), ("south",)), ((), ("west",)), ((), ("north",))}


def test_a_group_is_hidden_in_another_period_too_since_all_of_it_may_be_asked_for() -> None:
    cells = {(MARCH, ("north",)): 9, (MARCH, ("south",)): 2, (APRIL, ("north",)): 9, (APRIL, ("south",)): 4}
    assert _hidden(cells) == set(cells)


def test_cells_without_anybody_hide_nothing() -> None:
    assert _hidden({((), ("north",)): 9, ((), ("south",)): 2, ((), ("west",)): 0}) == {((), ("south",)), ((), ("north",))}


def test_the_same_persons_in_two_periods_are_no_more_persons() -> None:
    cells = {(MARCH, ("north",)): 2, (APRIL, ("north",)): 2, ((5,), ("north",)): 9}
    first = few.too_few(cells, 3)
    assert few.beside(cells, first, 3) == set()
    assert few.beside(cells, first, 3, apart={1}) == {((5,), ("north",))}


def test_pieces_of_time_keep_to_months_where_enough_stand_behind_them() -> None:
    behind = {date(2026, 3, 2): 3, date(2026, 3, 9): 4, date(2026, 3, 16): 1, date(2026, 4, 6): 5, date(2026, 4, 13): 6, date(2026, 5, 4): 0}
    march, sixth, thirteenth = (date(2026, 3, 2), date(2026, 3, 16)), date(2026, 4, 6), date(2026, 4, 13)
    assert few.stretches(behind, 5, adds_up=True) == [march, (sixth, sixth), (thirteenth, thirteenth)]
    assert few.stretches(behind, 5, adds_up=False) == [(date(2026, 3, 2), sixth), (thirteenth, thirteenth)]
    assert few.stretches({sixth: 2, thirteenth: 1}, 5, adds_up=True) == [(sixth, thirteenth)]
    assert few.stretches({}, 5, adds_up=True) == []
