"""The web side on PostgreSQL: its tests once more, in a process of its own, since Django knows one database per process."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cluster import cluster
from components import REPOSITORY


@pytest.mark.postgresql
@pytest.mark.slow
def test_the_pages_pass_their_tests_on_postgresql() -> None:
    with cluster() as address:
        line = [sys.executable, "-m", "pytest", "tests/web", "-q", "-m", "not browser", "-p", "no:cacheprovider", "-rN"]
        done = subprocess.run(line, cwd=REPOSITORY, env=os.environ | {"DATABASE_URL": address}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:]
