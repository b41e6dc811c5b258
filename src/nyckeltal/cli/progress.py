"""How far long work has come, on standard error: one line that moves on a terminal, a line now and then elsewhere; a stage that
another one follows, or that ends well, is told to its end."""

from __future__ import annotations

import sys
import time
from typing import Self, TextIO

EVERY_S = {True: 0.1, False: 10.0}  # on a terminal, elsewhere


class Line:
    """Called with (stage, done, total); total 0 where it is unknown. Ends its line when the `with` block is left."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self.stream = stream or sys.stderr
        self.quiet = quiet
        self.moving = self.stream.isatty()
        self.stage = ""
        self.open = 0  # the total of the stage that runs, as long as its end has not been told
        self.said_at = 0.0
        self.width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        if fault is None:
            self._end_stage()
        if self.moving and self.width:
            self.stream.write("\n")
            self.stream.flush()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if stage != self.stage:
            self._end_stage()
        now, self.open = time.monotonic(), total
        if self.quiet or (stage == self.stage and done != total and now - self.said_at < EVERY_S[self.moving]):
            return
        self.open = 0 if done >= total else total
        self.stage, self.said_at = stage, now
        self._write(f"{stage} {done:,} of {total:,} ({done / total:.0%})" if total else f"{stage} {done:,}" if done else stage)

    def _end_stage(self) -> None:
        """Who works tells where each step begins; that the last one was done shows in what follows."""
        if self.open and not self.quiet:
            self._write(f"{self.stage} {self.open:,} of {self.open:,} (100%)")
        self.open = 0

    def _write(self, text: str) -> None:
        self.stream.write(f"\r{text.ljust(self.width)}" if self.moving else f"{text}\n")
        self.stream.flush()
        self.width = len(text)
