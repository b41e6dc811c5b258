"""Finds the texts in ready plans: what each is for, and the answers, actions and support of its goals."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nyckeltal.locale.message import Message

of_plan = ("name", "about", "objective")
of_goal = ("purpose", "why", "influence", "method", "action")


def from_plans(package: Path) -> Iterator[Message]:
    for path in sorted((package / "plan" / "templates").glob("*.toml")):
        file = path.relative_to(package.parent).as_posix()
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from (Message(file, content[key], about=f"{path.stem}: {key}") for key in of_plan)
        for goal in content["goal"]:
            yield from (Message(file, english, about=f"{path.stem}: {where}") for where, english in _said(goal))


def _said(goal: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((f"{goal['id']}.{key}", goal[key]) for key in of_goal)
    yield from ((f"{goal['id']}.support", one) for one in goal["support"])
