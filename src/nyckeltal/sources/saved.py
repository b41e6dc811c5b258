"""Mappings saved by name in the home folder: the Loads page keeps them there, and page, command line and watched folders read by them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nyckeltal.contacts.state import home_folder
from nyckeltal.errors import CannotRead, did_you_mean
from nyckeltal.words import Text

Given = Path | str | Mapping[str, Any] | None


def by_name(given: Given, home: Path | str | None) -> Given:
    """The file of a saved mapping where a name is given; a path to a file, and tables, as they are."""
    if not isinstance(given, (str, Path)) or Path(given).is_file() or Path(given).name != str(given):
        return given
    folder = home_folder(home) / "mappings"
    kept = folder / f"{str(given).removesuffix('.toml')}.toml"
    if kept.is_file():
        return kept
    names = sorted(file.stem for file in folder.glob("*.toml"))
    if not names or Path(given).suffix == ".toml":
        return given
    near = did_you_mean(str(given), names) or ", ".join(names)
    english = "There is no mapping saved as “%(name)s”, and no file of that name. Saved is: %(near)s."
    raise CannotRead(Text("sources.saved.unknown", english, {"name": str(given), "near": near}))
