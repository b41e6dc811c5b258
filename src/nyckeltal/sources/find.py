"""Which systems there are: built-in ones by folder, others by the entry point group nyckeltal.systems."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from nyckeltal.errors import CannotRead, OurMistake, did_you_mean
from nyckeltal.sources.source import Source
from nyckeltal.words import Text

group = "nyckeltal.systems"


def systems() -> dict[str, Source]:
    """Every system by its name; two of one name are a mistake that names both places."""
    found: dict[str, tuple[Source, str]] = {}
    for source, place in [*_built_in(), *_installed()]:
        if source.name in found:
            values = {"name": source.name, "one": found[source.name][1], "two": place}
            raise CannotRead(Text("sources.find.same_name", "Two systems are called “%(name)s”: %(one)s and %(two)s. Remove one of them.", values))
        found[source.name] = (source, place)
    return {name: source for name, (source, _) in sorted(found.items())}


def system(name: str) -> Source:
    """The system of that name, or a mistake that says which there are."""
    known = systems()
    if name in known:
        return known[name]
    values = {"name": name, "known": ", ".join(known), "near": did_you_mean(name, known)}
    if values["near"] is None:
        raise CannotRead(Text("sources.find.unknown_of", "There is no system “%(name)s”. There is: %(known)s.", values))
    raise CannotRead(Text("sources.find.unknown", "There is no system “%(name)s”. Did you mean %(near)s? There is: %(known)s.", values))


def recognise(file: Path) -> Source | None:
    """The system that claims the file, None when nobody does; two claims are a mistake that names both."""
    claims = [source for source in systems().values() if source.recognises(file)]
    if len(claims) > 1:
        values = {"file": file.name, "names": " and ".join(source.name for source in claims)}
        raise CannotRead(Text("sources.find.two_claims", "%(file)s looks like %(names)s. Say which with --as.", values))
    return claims[0] if claims else None


def by_itself(file: Path) -> Source | None:
    """The system that reads the file without being told more; a survey tool's table is better said column by column."""
    from nyckeltal.sources.answers import Asking

    source = recognise(file)
    return None if isinstance(source, Asking) and source.plain(file) else source


def _built_in() -> list[tuple[Source, str]]:
    folder = Path(__file__).parent / "systems"
    names = sorted(path.parent.name for path in folder.glob("*/__init__.py"))
    return [(import_module(f"nyckeltal.sources.systems.{name}").SYSTEM, f"nyckeltal/sources/systems/{name}") for name in names]


@cache
def added() -> tuple[EntryPoint, ...]:
    """What other packages add. It is looked for once in a process: the files of every installed package are opened for it."""
    return tuple(entry_points(group=group))


def _installed() -> list[tuple[Source, str]]:
    found = []
    for point in added():
        source = point.load()
        if not hasattr(source, "recognises"):
            raise OurMistake(f"entry point {point.name} = {point.value} is no system")
        found.append((source, f"{point.value} ({point.dist.name if point.dist else '?'})"))
    return found
