from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_django.fixtures import Settings

from nyckeltal.web.frame.kept import kept


def _process(name: str, folder: Path) -> dict[str, Any]:
    own = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    return {"default": own, "server": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": str(folder)}}


def test_what_one_process_of_a_server_has_found_the_others_read(settings: Settings, tmp_path: Path) -> None:
    settings.CACHES = _process("one", tmp_path)
    assert kept("answer", ("asked", 1), lambda: "found", 60) == "found"
    settings.CACHES = _process("another", tmp_path)
    assert kept("answer", ("asked", 1), lambda: "found again", 60) == "found"
    assert kept("answer", ("asked", 2), lambda: "asked otherwise", 60) == "asked otherwise"
    settings.CACHES = _process("of another server", tmp_path / "elsewhere")
    assert kept("answer", ("asked", 1), lambda: "found again", 60) == "found again"


def test_nothing_is_kept_longer_than_by_whoever_found_it(settings: Settings, tmp_path: Path) -> None:
    settings.CACHES = _process("one", tmp_path)
    kept("answer", "soon over", lambda: "found", 0)
    settings.CACHES = _process("another", tmp_path)
    assert kept("answer", "soon over", lambda: "found again", 0) == "found again"
