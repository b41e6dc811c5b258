"""Progress: one moving line on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import io

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
