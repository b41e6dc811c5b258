"""What exists is documented: every KPI, command, setting and system has its heading, and no link of the documentation leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from components import REPOSITORY
from nyckeltal.cli import docs, main
from nyckeltal.kpi.catalogue import catalogue
from nyckeltal.sources.find import systems

DOCS = REPOSITORY / "docs"
PAGES = [REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def _headings(page: Path) -> set[str]:
    return {line.lstrip("# ").strip() for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("#")}


@pytest.mark.parametrize("name", sorted(main.commands()))
def test_each_command_has_its_heading(name: str) -> None:
    assert name in _headings(DOCS / "guide" / "commands.md")


def test_no_heading_speaks_of_a_command_that_is_gone() -> None:
    assert _headings(DOCS / "guide" / "commands.md") - {"Commands"} == set(main.commands())


def _settings() -> set[str]:
    """Every name that is read from the environment."""
    files = [*(REPOSITORY / "src").rglob("*.py"), *(REPOSITORY / "tests").glob("*.py")]
    return {name for file in files for name in re.findall(r'"(NYCKELTAL_[A-Z_]+|DATABASE_URL)"', file.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", sorted(_settings()))
def test_each_setting_has_its_heading(name: str) -> None:
    assert name in _headings(DOCS / "guide" / "settings.md")


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_each_kpi_has_its_page(name: str) -> None:
    assert catalogue()[name].name in _headings(DOCS / "kpi" / f"{name}.md")


@pytest.mark.parametrize("name", sorted(systems()))
def test_each_system_has_its_heading(name: str) -> None:
    assert name in _headings(DOCS / "systems.md")


def test_the_written_pages_are_up_to_date() -> None:
    assert [name for name, text in docs.pages() if not (DOCS / name).exists() or (DOCS / name).read_text(encoding="utf-8") != text] == []


def _links(page: Path) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_no_link_leads_nowhere(page: Path) -> None:
    assert [target for target in _links(page) if not (page.parent / target).exists()] == []
