"""What a test may need beside Python: Chromium, PostgreSQL, the public data sets. Absent, the test is skipped with its reason;
under NYCKELTAL_TEST_ALL=1 (build machines) that skip is a failure."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
DEMO_SCALE = "0.02"  # of the example organisation that tests share


def absent(reason: str) -> NoReturn:
    """Skip the test, or fail it where everything is promised to be present."""
    if os.environ.get("NYCKELTAL_TEST_ALL") == "1":
        pytest.fail(f"{reason} NYCKELTAL_TEST_ALL=1 promises that it is there.", pytrace=False)
    pytest.skip(reason)


def chromium() -> str:
    """Path of a Chromium browser; NYCKELTAL_CHROMIUM names another one."""
    names = (os.environ.get("NYCKELTAL_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None) or absent("Chromium is not installed.")


def postgresql() -> Path:
    """Folder with PostgreSQL's programs (initdb, pg_ctl)."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [Path(on_path).parent] if on_path else debian
    return next((folder for folder in folders if (folder / "initdb").exists()), None) or absent("PostgreSQL is not installed.")


def shared_data(folder: str) -> Path:
    """One of the public data sets beside the repository, or where NYCKELTAL_SHARED_DATA says. They are not part of the project."""
    root = Path(os.environ.get("NYCKELTAL_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not (root / folder).is_dir():
        pytest.skip(f"The public data set {folder} is not in {root}; NYCKELTAL_SHARED_DATA names the folder that holds it.")
    return root / folder


def spark_class() -> Path:
    """The program of the installed pyspark that starts masters and workers."""
    if not shutil.which("java"):
        absent("Spark needs Java 17 or newer (Debian: apt-get install default-jre-headless).")
    try:
        import pyspark
    except ImportError:
        absent("pyspark is not installed: make spark")
    return Path(pyspark.__file__).parent / "bin" / "spark-class"
