"""Kinds of arguments, each with a sentence for whoever writes it otherwise."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date


def whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """A whole number not below `least`, nor above `most`."""

    def read(said: str) -> int:
        if not (said.isascii() and said.isdigit() and least <= int(said) <= (int(said) if most is None else most)):
            raise argparse.ArgumentTypeError(f"“{said}” is not a whole number from {least}{f' to {most}' if most is not None else ' on'}")
        return int(said)

    return read


def day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{said}” is no day; write it like 2026-03-29") from None
