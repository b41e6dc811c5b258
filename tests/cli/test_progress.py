"""Progress: one moving line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import io

import pytest

from nyckeltal.cli.progress import Line


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_log_gets_one_line_per_stage_and_the_end() -> None:
    stream = io.StringIO()
    with Line(stream) as progress:
        for done in range(0, 1001, 10):
            progress("reading", done, 1000)
        progress("merging", 0, 0)
    assert stream.getvalue().splitlines() == ["reading 0 of 1,000 (0%)", "reading 1,000 of 1,000 (100%)", "merging"]


def test_a_terminal_gets_one_line_that_moves_and_ends() -> None:
    stream = Terminal()
    with Line(stream) as progress:
        progress("reading", 1000, 1000)
        progress("done", 0, 0)
    assert stream.getvalue() == "\rreading 1,000 of 1,000 (100%)\rdone" + " " * 25 + "\n"


def test_quiet_says_nothing() -> None:
    stream = io.StringIO()
    with Line(stream, quiet=True) as progress:
        progress("reading", 1, 2)
    assert stream.getvalue() == ""


def test_a_stage_that_another_one_follows_is_told_to_its_end() -> None:
    stream = io.StringIO()
    with Line(stream) as progress:
        for stage in ("compare", "stage"):
            for done in range(3):
                progress(stage, done, 3)
    said = stream.getvalue().splitlines()
    assert said == ["compare 0 of 3 (0%)", "compare 3 of 3 (100%)", "stage 0 of 3 (0%)", "stage 3 of 3 (100%)"]


def test_a_stage_that_fails_is_not_told_to_its_end() -> None:
    stream = io.StringIO()

    def fail() -> None:
        with Line(stream) as progress:
            progress("read", 1, 4)
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 whatever the work itself raises comes through
        fail()
    assert "100%" not in stream.getvalue()
