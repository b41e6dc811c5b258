"""Our commands in a process of its own, since Django reads its settings once: one start for all that is asked of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SCRIPT = """
import contextlib, io, json, sys
from nyckeltal.cli.main import main
ended = []
for words, said in json.loads(sys.argv[1]):
    out, err, sys.stdin = io.StringIO(), io.StringIO(), io.StringIO(said)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    ended.append((code, out.getvalue(), err.getvalue()))
print(json.dumps(ended))
"""


@dataclass(frozen=True)
class Ended:
    """What a command said, and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def commands(home: Path, *lines: tuple[str, ...], database: str | None = None, said: str = "") -> list[Ended]:
    """Each `nyckeltal …` one after another on that home, with what is said to each."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps([(line, said) for line in lines])], env=on(home, database), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return [Ended(*one) for one in json.loads(ran.stdout)]


def on(home: Path, database: str | None = None, **more: str) -> Mapping[str, str]:
    """The environment of a process on that home and, where it is said, on a database elsewhere; otherwise as if nobody had set anything."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NYCKELTAL_", "DATABASE_", "DJANGO_"))}
    own = {"NYCKELTAL_HOME": str(home), "DJANGO_SETTINGS_MODULE": "nyckeltal.web.settings"}
    return kept | own | ({"DATABASE_URL": database} if database else {}) | more
