"""What every test gets: a home of its own, no environment of the person who runs it, and more random worlds under NYCKELTAL_SOAK=1."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# A browser driven in this process leaves its event loop running, and Django would then refuse every query of the tests that follow.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

settings.register_profile("test", max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("soak", max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("soak" if os.environ.get("NYCKELTAL_SOAK") == "1" else "test")

KEPT = {"NYCKELTAL_TEST_ALL", "NYCKELTAL_SOAK", "NYCKELTAL_SHARED_DATA", "NYCKELTAL_CHROMIUM"}
for name in [name for name in os.environ if name.startswith("NYCKELTAL_") and name not in KEPT]:
    del os.environ[name]

# Django reads its settings once, so they get a home of their own before it does.
os.environ["NYCKELTAL_HOME"] = tempfile.mkdtemp(prefix="nyckeltal-tests-")
os.environ["DJANGO_SETTINGS_MODULE"] = "nyckeltal.web.settings"
atexit.register(shutil.rmtree, os.environ["NYCKELTAL_HOME"], ignore_errors=True)

# Beginnings of paths below this folder, in the order in which they are begun: what is long, though it has few tests. All else goes by their number.
LONGEST = (
    *("browser/", "kpi/engine/test_spark", "contacts/test_killed", "kpi/test_cases", "web/test_access", "web/test_postgresql", "contacts/test_store"),
    *("contacts/test_undo", "contacts/test_organisation_edit", "contacts/test_touch_made", "contacts/test_world", "contacts/test_upkeep"),
    *("web/contacts/test_loads", "web/kpi/test_expl", "web/jobs/test_server", "web/api/test_server", "cli/test_backup"),
    *("kpi/test_engine", "kpi/test_every", "sources/test_load", "kpi/rollup/", "real_data/", "contacts/test_upgrade"),
    "cli/test_serve",
)
# What shares with another what is dear to make: the example organisation, sums by day, a server of processes that has everything imported.
TOGETHER = {
    "demo/": "browser/",
    "kpi/upkeep/": "kpi/rollup/",
    **dict.fromkeys(("sources/test_faults", "contacts/test_loaders_at_once"), "contacts/test_killed"),
}

import django  # noqa: E402, F401 pytest-django sets Django up when it finds it here


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`make soak` runs what is slow, draws random worlds, or has a longer form there."""
    for item in items if os.environ.get("NYCKELTAL_SOAK") else ():
        if _has_longer_form(item.path):
            item.add_marker(pytest.mark.soak)


@cache
def _has_longer_form(path: Path) -> bool:
    return "NYCKELTAL_SOAK" in path.read_text(encoding="utf-8")


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: looking through it for what is not needed any more would take minutes in all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(optionalhook=True)  # without xdist there is one process
def pytest_xdist_auto_num_workers() -> int:
    """Two processes more than cores: a good quarter of the time a test waits for a browser, a server or a cluster that it started."""
    return len(os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)) + 2


@pytest.hookimpl(optionalhook=True)  # without xdist there is one process
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file's tests run in one process, all journeys in a browser in the same, since they share what is dear to make; what lasts
    longest begins first, so that no process waits for it at the end."""
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]  # xdist has no types

    class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0].removeprefix("tests/")
            return next((TOGETHER.get(part, part) for part in (*TOGETHER, *LONGEST) if file.startswith(part)), file)

        def _assign_work_unit(self, node: Any) -> None:
            for part in reversed(LONGEST):
                if part in self.workqueue:
                    self.workqueue.move_to_end(part, last=False)
            super()._assign_work_unit(node)

    return ByFile(config, log)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example organisation as the command makes it, small. Copy it before anything is written into it."""
    from components import DEMO_SCALE
    from nyckeltal.cli.main import main

    home = tmp_path_factory.mktemp("demo") / "home"
    assert main(["demo", "--home", str(home), "--scale", DEMO_SCALE, "--build-only"]) == 0
    return home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder that does not exist yet, named by NYCKELTAL_HOME as long as the test runs."""
    folder = tmp_path / "home"
    monkeypatch.setenv("NYCKELTAL_HOME", str(folder))
    return folder
